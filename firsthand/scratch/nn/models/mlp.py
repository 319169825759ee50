"""A multi-layer perceptron that owns its parameters: the functions of ``mlp`` over one buffer.

network = MLP([2, 16, 3], activation="tanh", random_state=0)
Z = network.forward(X)
network.backward(cross_entropy_backward(Z, y))     fills network.gradients, steps nothing
sgd_step(network.parameters.flat, network.gradients.flat, learning_rate=0.1)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn.mlp import (
    Layer,
    backward_deep,
    cross_entropy,
    cross_entropy_backward,
    forward_deep,
    init_weights,
)
from firsthand.scratch.nn.parameters import Parameters

Array = NDArray[np.floating[Any]]


class MLP:
    """Linear layers with an activation between them, of any depth.

    Parameters
    ----------
    sizes : sequence of int
        Features, hidden units of each layer, outputs: at least two numbers.
    activation : "relu" or "tanh", default "relu"
    trials : tuple of int, default ()
        ``(T,)`` makes T networks with a leading axis; each starts from weights of its own.
    dtype : float64 or float32, default float64
    random_state : int or numpy.random.Generator, default 0

    Attributes
    ----------
    parameters, gradients : Parameters
        ``W1, b1, W2, b2, ...`` and their gradients, each in one flat buffer.
    activations : list of ndarray
        What the last :meth:`forward` computed: ``[X, A1, ..., Z]``.

    Raises
    ------
    ParameterError
        If no such network can be made.
    DataError
        If a shape does not fit; the message names the layer, the shape it got and needs.
    DataTypeError
        If an array's dtype is not the network's.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "relu",
        trials: tuple[int, ...] = (),
        dtype: DTypeLike = np.float64,
        random_state: int | np.random.Generator = 0,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1:
            raise ParameterError(f"sizes needs at least two positive numbers, got {list(sizes)}.")
        if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise ParameterError(f"dtype is float32 or float64, not {np.dtype(dtype)}.")
        if activation not in ("relu", "tanh"):
            raise ParameterError(f"activation is 'relu' or 'tanh', not {activation!r}.")
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = activation
        shapes: dict[str, tuple[int, ...]] = {}
        for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
            shapes |= {f"W{number}": (n_in, n_out), f"b{number}": (n_out,)}
        self.parameters = Parameters(shapes, trials=trials, dtype=dtype)
        self.gradients = self.parameters.like()
        self.activations: list[Array] = []
        self._initialize(np.random.default_rng(random_state))

    @property
    def layers(self) -> list[Layer]:
        """``[(W1, b1), (W2, b2), ...]``, views into :attr:`parameters`."""
        return _pairs(self.parameters)

    def forward(self, X: Array) -> Array:
        """Return the scores of ``X``, and keep every layer's activations for :meth:`backward`.

        ``X`` has shape (..., n_samples, sizes[0]); one without the trial axes is shared.
        """
        self._check(X, "X", self.sizes[0], layer=1)
        self.activations = forward_deep(X, self.layers, self.activation)
        return self.activations[-1]

    def backward(self, dZ: Array) -> None:
        """Fill ``gradients``, given dJ/dZ at the scores of the last :meth:`forward`.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        if not self.activations:
            raise RuntimeError("backward needs a forward pass first; call forward(X).")
        last = len(self.sizes) - 1
        self._check(dZ, "dZ", self.sizes[-1], layer=last)
        if dZ.shape != self.activations[-1].shape:
            raise DataError(
                f"{self._name(last)} got dZ of shape {dZ.shape}, "
                f"but its scores have shape {self.activations[-1].shape}."
            )
        made = backward_deep(dZ, self.layers, self.activations, self.activation)
        for (dW, db), (to_dW, to_db) in zip(made, _pairs(self.gradients), strict=True):
            to_dW[...] = dW
            to_db[...] = db

    def trace(self, X: Array, y: NDArray[np.integer[Any]]) -> dict[str, Array]:
        """Return every tensor of one forward and backward pass under cross-entropy, in order.

        ``A1, A2, ..., Z, loss, dZ, dW2, db2, dW1, db1``: copies, so that two implementations
        can be walked through in lock-step and the first tensor that differs be named.
        """
        Z = self.forward(X)
        self._check_labels(y, Z)
        dZ = cross_entropy_backward(Z, y)
        self.backward(dZ)
        seen: dict[str, Array] = {
            f"A{number}": A.copy() for number, A in enumerate(self.activations[1:-1], start=1)
        }
        seen |= {"Z": Z.copy(), "loss": np.asarray(cross_entropy(Z, y)), "dZ": dZ}
        for number in range(len(self.sizes) - 1, 0, -1):
            seen |= {
                name: self.gradients[name[1:]].copy() for name in (f"dW{number}", f"db{number}")
            }
        return seen

    def _initialize(self, rng: np.random.Generator) -> None:
        """Draw every W; biases stay 0. The scores' layer is not bent, so its gain is 1."""
        bends = [self.activation == "relu"] * (len(self.sizes) - 2) + [False]
        for index in np.ndindex(self.parameters.trials):
            for (W, _), bent in zip(self.layers, bends, strict=True):
                n_in, n_out = W.shape[-2:]
                W[index] = init_weights(n_in, n_out, rng, gain=2.0 if bent else 1.0)

    def _check(self, array: Array, name: str, width: int, *, layer: int) -> None:
        """Refuse what the layer cannot take, saying what came and what is needed."""
        trials = self.parameters.trials
        dtype = self.parameters.flat.dtype
        if array.dtype != dtype:
            raise DataTypeError(
                f"{self._name(layer)} got {name} of dtype {array.dtype}, needs {dtype}; "
                f"convert it with {name}.astype({str(dtype)!r})."
            )
        fits = array.ndim >= 2 and array.shape[-1] == width and array.shape[-2] > 0
        if not fits or array.shape[:-2] not in ((), trials):
            needed = ", ".join([*map(str, trials), "n_samples", str(width)])
            raise DataError(
                f"{self._name(layer)} got {name} of shape {array.shape}, needs ({needed})."
            )

    def _check_labels(self, y: NDArray[Any], Z: Array) -> None:
        """Refuse labels that would count as no class at all, and silently cost nothing."""
        if y.dtype.kind not in "iu":
            raise DataTypeError(f"labels have dtype {y.dtype}, need whole numbers.")
        if y.shape not in (Z.shape[-2:-1], Z.shape[:-1]):
            raise DataError(f"labels have shape {y.shape}, need {Z.shape[:-1]}, one a sample.")
        if y.min() < 0 or y.max() >= Z.shape[-1]:
            raise DataError(
                f"labels go from {y.min()} to {y.max()}, "
                f"but {self._name(len(self.sizes) - 1)} gives classes 0 to {Z.shape[-1] - 1}."
            )

    def _name(self, layer: int) -> str:
        return f"layer {layer} (linear {self.sizes[layer - 1]} -> {self.sizes[layer]})"


def _pairs(parameters: Parameters) -> list[Layer]:
    """Return [(W1, b1), (W2, b2), ...] as views."""
    count = len(parameters) // 2
    return [(parameters[f"W{n}"], parameters[f"b{n}"]) for n in range(1, count + 1)]
