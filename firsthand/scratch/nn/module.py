r"""A module: one piece of a network, with its forward and its backward pass.

    Z  = module.forward(X)      computes, and keeps what backward will need
    dX = module.backward(dZ)    fills dW, db, ... and returns dJ/dX; it never steps

A module only says which parameters it has (``shapes``) and how they start (``initialize``). The
:class:`~firsthand.scratch.nn.network.Network` around it gives every one a place in its flat
buffers: after ``bind``, ``module.W`` and ``module.dW`` are views, and an optimizer's step over the
whole buffer is seen by every module. A module stands in a network once, since ``backward``
overwrites; what shares weights passes its inputs as one batch.

Inputs have leading axes: with ``trials=(T,)`` every array starts with an axis of T networks that
train side by side, and an input without it is shared by all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError

Array = NDArray[np.floating[Any]]
Shape = tuple[int, ...]

NOTHING: Array = np.empty(0)  # what backward returns instead of a gradient that nobody needs


class Module:
    """Base of every layer and of everything that is put together from layers.

    Attributes
    ----------
    shapes : mapping of str to tuple of int
        Its own parameters, without those of the modules inside it.
    buffers : mapping of str to (shape, value)
        Numbers that are kept and never differentiated, such as running means, and their start.
    training : bool
        Whether the network learns; dropout and batch normalisation ask.
    name : str
        Its place in the network, such as ``"blocks.0.attention"``; empty before ``bind``.
    trials : tuple of int
        The axes in front of every parameter.
    needs_input_gradient : bool
        Whether anyone asks for dJ/dX; if not, ``backward`` may return :data:`NOTHING`.
    rng : numpy.random.Generator
        What it draws from while it learns, such as the units that dropout leaves out.
    """

    shapes: Mapping[str, Shape] = {}
    buffers: Mapping[str, tuple[Shape, float]] = {}
    # name of a parameter or buffer here: name in PyTorch, and whether it is transposed there
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {}

    training: bool = True
    needs_input_gradient: bool = True
    name: str = ""
    trials: tuple[int, ...] = ()
    rng: np.random.Generator

    def forward(self, X: Array) -> Array:
        """Return the output for ``X``."""
        raise NotImplementedError

    def backward(self, dZ: Array) -> Array:
        """Return dJ/dX of the last ``forward``, given dJ/dZ; fill the parameters' gradients."""
        raise NotImplementedError

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw the parameters of this module; they are zeros before.

        The modules inside it have drawn theirs by then, and a model may draw them anew.
        """

    def children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules inside this one by name, in the order of its attributes."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value
            elif isinstance(value, list | tuple):
                for place, part in enumerate(value):
                    if isinstance(part, Module):
                        yield f"{name}.{place}", part

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield this module and all inside it, each with its place."""
        yield prefix, self
        for name, child in self.children():
            yield from child.walk(f"{prefix}.{name}" if prefix else name)

    def to_torch(self) -> dict[str, Array]:
        """Return its own numbers as PyTorch names and lays them out, without leading axes."""
        return {
            theirs: np.ascontiguousarray(getattr(self, ours).mT if turned else getattr(self, ours))
            for ours, (theirs, turned) in self.in_torch.items()
            if ours in self.shapes or ours in self.buffers
        }

    def from_torch(self, state: Mapping[str, Array]) -> None:
        """Take its own numbers from what PyTorch's counterpart calls them."""
        for ours, (theirs, turned) in self.in_torch.items():
            if ours in self.shapes or ours in self.buffers:
                self.put(ours, state[theirs].mT if turned else state[theirs])

    def put(self, name: str, value: Array) -> None:
        """Write into a parameter or a buffer; another shape is refused, never broadcast."""
        place = getattr(self, name)
        if np.shape(value) != place.shape:
            raise DataError(f"{self}: {name} has shape {place.shape}, but got {np.shape(value)}.")
        place[...] = value

    def check(self, X: Array, *needed: int | str, name: str = "X") -> None:
        """Refuse an input whose last axes are not ``needed``: a size, or the name of any.

        Raises
        ------
        DataError
            If the shape does not fit, or an axis is empty.
        DataTypeError
            If the numbers are not the network's.
        """
        dtype = self.dtype
        if dtype is not None and X.dtype != dtype:
            raise DataTypeError(
                f"{self} got {name} of dtype {X.dtype}, needs {dtype}; "
                f"convert it with {name}.astype({str(dtype)!r})."
            )
        last = X.shape[X.ndim - len(needed) :] if X.ndim >= len(needed) else ()
        fits = len(last) == len(needed) and all(
            size == need or (isinstance(need, str) and size > 0)
            for size, need in zip(last, needed, strict=True)
        )
        if not fits:
            told = ", ".join(["...", *map(str, needed)])
            raise DataError(f"{self} got {name} of shape {X.shape}, needs ({told}).")

    def beside(self, parameter: Array, X: Array) -> Array:
        """Return a parameter (*trials, n) with axes of size 1, to stand beside (..., n).

        With trials ``X`` starts with their axes, or is a matrix that all share.
        """
        if not self.trials:
            return parameter
        between = 1 if X.ndim == 2 else X.ndim - len(self.trials) - 1
        return parameter.reshape(*self.trials, *(1,) * between, parameter.shape[-1])

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The dtype of its parameters; None where it has none."""
        for name in self.shapes:
            if hasattr(self, name):
                return getattr(self, name).dtype
        return None

    def describe(self) -> str:
        """Return what it is, in a few words, such as ``"Linear 784 -> 10"``."""
        return type(self).__name__

    def __repr__(self) -> str:
        return f"{self.name} ({self.describe()})" if self.name else self.describe()


def as_rows(X: Array, trials: tuple[int, ...]) -> Array:
    """Return ``X`` as (*trials, n_rows, n_features): one matrix product for all other axes.

    A matrix is shared by all trials and stays as it is.
    """
    return X if X.ndim == 2 else X.reshape(*trials, -1, X.shape[-1])
