"""Parameters of a network: one flat buffer, and a view into it for every name.

An optimizer steps over ``flat`` in one vector operation; a layer reads ``parameters["W1"]``
and sees the step, because both are the same memory. With ``trials=(T,)`` every array carries a
leading axis: T networks in one buffer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]


class Parameters(Mapping[str, Array]):
    """A mapping from names to arrays that share one buffer.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        The arrays, in the order in which they lie in the buffer.
    trials : tuple of int, default ()
        Axes in front of every shape, one index for each network trained side by side.
    dtype : float64 or float32, default float64

    Attributes
    ----------
    flat : ndarray of shape (*trials, size)
        All numbers; zeros at first.

    Examples
    --------
    >>> theta = Parameters({"W1": (2, 3), "b1": (3,)})
    >>> theta.flat -= 1.0
    >>> theta["b1"]
    array([-1., -1., -1.])
    """

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        *,
        trials: tuple[int, ...] = (),
        dtype: DTypeLike = np.float64,
    ) -> None:
        sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
        self.shapes = dict(shapes)
        self.trials = trials
        self.flat: Array = np.zeros((*trials, sum(sizes.values())), dtype)
        self._views: dict[str, Array] = {}
        start = 0
        for name, shape in shapes.items():
            part = self.flat[..., start : start + sizes[name]]
            self._views[name] = part.reshape(*trials, *shape, copy=False)
            start += sizes[name]

    def like(self) -> Parameters:
        """Return zeros of the same names and shapes, for gradients or an optimizer's memory."""
        return Parameters(self.shapes, trials=self.trials, dtype=self.flat.dtype)

    def copy(self) -> Parameters:
        """Return the same numbers in a buffer of their own."""
        twin = self.like()
        twin.flat[...] = self.flat
        return twin

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __setitem__(self, name: str, value: Array) -> None:
        """Write into the buffer; a value of another shape is refused, never broadcast."""
        view, value = self._views[name], np.asarray(value)
        if value.shape != view.shape:
            raise ValueError(f"{name} has shape {view.shape}, but got {value.shape}.")
        view[...] = value

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the buffer alone: restored views look into it, as they did."""
        return _restore, (self.shapes, self.trials, self.flat)

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)


def _restore(
    shapes: Mapping[str, tuple[int, ...]], trials: tuple[int, ...], flat: Array
) -> Parameters:
    parameters = Parameters(shapes, trials=trials, dtype=flat.dtype)
    parameters.flat[...] = flat
    return parameters
