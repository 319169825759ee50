r"""A module: one piece of a network, with its forward and its backward pass.

    Z  = module.forward(X)      computes, and keeps what backward will need
    dX = module.backward(dZ)    fills dW, db, ... and returns dJ/dX; it never steps

A module only says which parameters it has (``shapes``) and how they start (``initialize``). The
:class:`~firsthand.scratch.nn.network.Network` around it gives every one a place in its flat
buffers: after ``bind``, ``module.W`` and ``module.dW`` are views, and an optimizer's step over the
whole buffer is seen by every module. A module stands in a network once, since ``backward``
overwrites; what shares weights passes its inputs as one batch.

What comes in and goes out is kept without a copy: change neither in place between forward and
backward, or the gradient is that of other numbers.

What surrounds every forward and backward stands here once: a gradient that no forward asked for, or
of another shape or dtype than the output, is refused by the name of the layer.

Inputs have leading axes: with ``trials=(T,)`` every array starts with an axis of T networks that
train side by side, and an input without it is shared by all. Only of a matrix, or where a module
says how many axes a sample has, can that be told; ``train`` puts the axis in front of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
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
    dtype : numpy.dtype or None
        The network's float64 or float32; None before ``bind``.
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
    dtype: np.dtype[Any] | None = None
    rng: np.random.Generator
    put_out: tuple[Shape, np.dtype[Any]] | None = None  # shape and dtype of the last output

    def __init_subclass__(cls) -> None:
        """Let every forward remember what it put out, and every backward look at it first."""
        super().__init_subclass__()
        if "forward" in vars(cls):
            cls.forward = _remembering(cls.forward)
        if "backward" in vars(cls):
            cls.backward = _looking(cls.backward)

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
        """Yield the modules inside this one by name, in the order of its attributes.

        Those in lists, tuples and dicts, too, as ``"blocks.0"`` or ``"heads.left"``.
        """
        yield from _modules_in(vars(self))

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

    def check(self, X: Any, *needed: int | str, name: str = "X") -> None:
        """Refuse an input whose last axes are not ``needed``: a size, or the name of any.

        Where the first of them is ``"n_samples"``, nothing but the trials' axes may stand in front;
        what needs none takes arrays of any shape.

        Raises
        ------
        DataError
            If the shape does not fit, or an axis is empty.
        DataTypeError
            If it is no array, or its numbers are not the network's.
        """
        if not isinstance(X, np.ndarray):
            raise DataTypeError(f"{self} got {name} of type {type(X).__name__}, needs an array.")
        if self.dtype is not None and X.dtype != self.dtype:
            raise DataTypeError(
                f"{self} got {name} of dtype {X.dtype}, needs {self.dtype}; "
                f"convert it with {name}.astype({str(self.dtype)!r})."
            )
        axes = X.ndim - len(needed)
        lead, last = X.shape[: max(axes, 0)], X.shape[max(axes, 0) :]
        fits = axes >= 0 and all(
            size == need or isinstance(need, str) for size, need in zip(last, needed, strict=True)
        )
        if not fits or not X.size:
            told = ", ".join(["...", *map(str, needed)])
            empty = "" if X.size else ", and none of them empty"
            raise DataError(f"{self} got {name} of shape {X.shape}, needs ({told}){empty}.")
        whole = needed[:1] == ("n_samples",)  # other axes of samples may stand in front otherwise
        own = lead if whole else lead[: len(self.trials)]
        shared = not own or not needed or (X.ndim == 2 and not whole)
        if not shared and own != self.trials:
            known = " or ".join(str(one) for one in dict.fromkeys(((), self.trials)))
            raise DataError(
                f"{self} got {name} of shape {X.shape}; in front of "
                f"({', '.join(map(str, needed))}) it takes the trials' axes, {known}."
            )

    def beside(self, parameter: Array, X: Array) -> Array:
        """Return a parameter (*trials, n) with axes of size 1, to stand beside (..., n).

        With trials ``X`` starts with their axes, or is a matrix that all share.
        """
        if not self.trials:
            return parameter
        between = 1 if X.ndim == 2 else X.ndim - len(self.trials) - 1
        return parameter.reshape(*self.trials, *(1,) * between, parameter.shape[-1])

    def room(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Return an array to work in, the same at every call of that name, shape and dtype.

        Memory that is new at every step has to be cleared by the system first.
        """
        rooms = vars(self).setdefault("rooms", {})
        kept = rooms.get(name)
        if kept is None or kept.shape != shape or kept.dtype != dtype:
            kept = rooms[name] = np.empty(shape, dtype)
        return kept

    def describe(self) -> str:
        """Return what it is, in a few words, such as ``"Linear 784 -> 10"``."""
        return type(self).__name__

    def __repr__(self) -> str:
        return f"{self.name} ({self.describe()})" if self.name else self.describe()


def _modules_in(values: Mapping[str, Any]) -> Iterator[tuple[str, Module]]:
    for name, value in values.items():
        if isinstance(value, Module):
            yield name, value
        elif isinstance(value, list | tuple | dict):
            inside: Any = value
            places = inside.items() if isinstance(inside, dict) else enumerate(inside)
            yield from _modules_in({f"{name}.{place}": part for place, part in places})


def _remembering(forward: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(forward)
    def remember(self: Module, *inputs: Any, **more: Any) -> Any:
        Z = forward(self, *inputs, **more)
        self.put_out = (Z.shape, Z.dtype) if isinstance(Z, np.ndarray) else ((), np.dtype(object))
        return Z

    return remember


def _looking(backward: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(backward)
    def look(self: Module, dZ: Any, *more: Any, **named: Any) -> Any:
        wrong = _what_is_wrong(self, dZ)
        if wrong and (self.shapes or not any(self.children())):
            raise wrong  # those inside a module that only joins them look for themselves
        return backward(self, dZ, *more, **named)

    return look


def _what_is_wrong(part: Module, dZ: Any) -> Exception | None:
    """Return why a module cannot go back from ``dZ``, or None."""
    if part.put_out is None:
        return RuntimeError(f"{part} has nothing to go back through; call forward(X) first.")
    shape, dtype = part.put_out
    if not isinstance(dZ, np.ndarray) or dtype.kind != "f":
        return None
    # trials may share an output that no parameter has touched yet
    if dZ.shape != shape and dZ.shape != (*part.trials, *shape):
        return DataError(f"{part} got dZ of shape {dZ.shape}, needs {shape}.")
    if dZ.dtype != dtype:
        return DataTypeError(
            f"{part} got dZ of dtype {dZ.dtype}, needs {dtype}; "
            f"convert it with dZ.astype({str(dtype)!r})."
        )
    return None


def as_rows(X: Array, trials: tuple[int, ...]) -> Array:
    """Return ``X`` as (*trials, n_rows, n_features): one matrix product for all other axes.

    A matrix is shared by all trials and stays as it is.
    """
    return X if X.ndim == 2 else X.reshape(*trials, -1, X.shape[-1])
