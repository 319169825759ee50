"""A loss as an object: how far outputs are from the truth, and then the slope of that.

    J  = loss.forward(Z, y)     one number a network: the shape of the trials
    dZ = loss.backward()        dJ/dZ of the last forward, of the shape of Z

Each file of this folder has a function, its gradient, and a class that only calls them. Every
loss is a mean over samples (and outputs), as PyTorch's are by default.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError

Array = NDArray[np.floating[Any]]


class Loss:
    """Base of every loss: a value, its slope, and the shapes around them.

    Attributes
    ----------
    trials : tuple of int
        The leading axes of Z, over which J is not averaged.
    """

    trials: tuple[int, ...] = ()
    _rows: tuple[Array, Any] | None = None
    _shape: tuple[int, ...] = ()

    def value(self, Z: Array, y: Any) -> Any:
        """Return J, given Z of shape (..., n_samples, n_outputs)."""
        raise NotImplementedError

    def slope(self, Z: Array, y: Any) -> Array:
        """Return dJ/dZ, given the same."""
        raise NotImplementedError

    def forward(self, Z: Array, y: Any) -> Any:
        """Return J of outputs Z against y, whose axes between trials and outputs are samples."""
        self._check_outputs(Z)
        self._shape = Z.shape
        self._rows = Z.reshape(*self.trials, -1, Z.shape[-1]), self.targets(np.asarray(y), Z)
        return self.value(*self._rows)

    def backward(self) -> Array:
        """Return dJ/dZ of the last :meth:`forward`.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        if self._rows is None:
            raise RuntimeError(f"{self}: backward needs a forward pass first; call forward(Z, y).")
        return self.slope(*self._rows).reshape(self._shape)

    def targets(self, y: NDArray[Any], Z: Array) -> NDArray[Any]:
        """Return ``y`` with one row for each of ``Z``, in its dtype; trials may share it."""
        if y.dtype.kind not in "biuf":
            raise DataTypeError(f"{self} got targets of dtype {y.dtype}, needs numbers.")
        if y.shape not in (Z.shape, Z.shape[len(self.trials) :]):
            raise DataError(
                f"{self} got targets of shape {y.shape}, needs {Z.shape}, that of the outputs."
            )
        rows = np.broadcast_to(y, Z.shape).reshape(*self.trials, -1, Z.shape[-1])
        return rows.astype(Z.dtype, copy=False)  # or the slope would be wider than the network

    def _check_outputs(self, Z: Any) -> None:
        kind = f"dtype {Z.dtype}" if isinstance(Z, np.ndarray) else f"type {type(Z).__name__}"
        if not isinstance(Z, np.ndarray) or Z.dtype.kind != "f":
            raise DataTypeError(f"{self} got outputs of {kind}, needs an array of floats.")
        if not Z.size:
            raise DataError(f"{self} got outputs of shape {Z.shape}; there is nothing to average.")
        n = len(self.trials)
        if Z.ndim <= n or Z.shape[:n] != self.trials:
            needed = ", ".join([*map(str, self.trials), "n_samples", "n_outputs"])
            raise DataError(f"{self} got outputs of shape {Z.shape}, needs ({needed}).")

    def __repr__(self) -> str:
        settings = {k: v for k, v in vars(self).items() if k[0] != "_" and k != "trials"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"
