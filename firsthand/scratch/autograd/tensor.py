r"""A tensor that remembers how it was computed, and can ask what anything depends on.

    z = f(a, b)          keeps a and b, and for each the rule that sends a gradient back:
    da = rule_a(dz),  db = rule_b(dz)

``backward`` walks the graph from the result to the leaves, every tensor after all that used it,
and adds up what comes back. The rules are made of the same operations as the forward pass, so the
walk can be recorded, too: that is a second derivative.

Baydin et al., Automatic differentiation in machine learning: a survey (2018); Paszke et al.,
Automatic differentiation in PyTorch (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ScratchError

Array = NDArray[Any]
Rule = Callable[["Tensor"], "Tensor"]
Given: TypeAlias = "ArrayLike | Tensor | None"

_recording: ContextVar[bool] = ContextVar("recording", default=True)


class GraphError(ScratchError, RuntimeError):
    """The graph that is asked for was never recorded, or has been let go."""


@contextmanager
def no_grad() -> Generator[None]:
    """Compute without remembering: what is made inside has no graph."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Tensor:
    """An array with its history.

    Parameters
    ----------
    data : array-like
        Numbers; whole ones become float64 if a gradient is asked for.
    requires_grad : bool, default False
        Whether ``backward`` shall leave d(result)/d(this) in ``grad``.
    name : str, default ""
        What a drawing calls it.

    Attributes
    ----------
    data : ndarray
    grad : Tensor or None
        Of a leaf, after ``backward``: added up over all calls, until it is set to None.
    operation : str
        What computed it; empty for a leaf.
    parents : tuple of (Tensor, rule)
        What it was computed from, until the graph is let go.

    Examples
    --------
    >>> x = Tensor(3.0, requires_grad=True)
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> float(x.grad.data)
    8.0
    """

    __array_ufunc__ = None  # array + tensor asks the tensor, instead of every entry

    def __init__(self, data: ArrayLike, *, requires_grad: bool = False, name: str = "") -> None:
        self.data: Array = np.asarray(data)
        if requires_grad and self.data.dtype.kind not in "f":
            self.data = self.data.astype(np.float64)
        self.requires_grad = requires_grad
        self.name = name
        self.grad: Tensor | None = None
        self.parents: tuple[tuple[Tensor, Rule], ...] = ()
        self.operation = ""
        self.hooks: list[Callable[[Tensor], Tensor | None]] = []

    @classmethod
    def made(cls, data: Array, operation: str, *parents: tuple[Tensor, Rule]) -> Self:
        """Return the result of an operation, with its history if anyone may ask for it."""
        tensor = cls(data)
        kept = tuple((parent, rule) for parent, rule in parents if parent.requires_grad)
        if kept and _recording.get():
            tensor.parents, tensor.operation, tensor.requires_grad = kept, operation, True
        return tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of ``data``."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    def detach(self) -> Tensor:
        """Return the same numbers without a history."""
        return Tensor(self.data)

    def item(self) -> float:
        """Return the only number as a float."""
        return self.data.item()

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> None:
        """Call ``hook`` with the gradient that arrives here; what it returns goes on instead."""
        self.hooks.append(hook)

    def backward(
        self, gradient: Given = None, *, retain_graph: bool = False, create_graph: bool = False
    ) -> None:
        """Add d(this)/d(leaf) to ``grad`` of every leaf that requires it.

        Parameters
        ----------
        gradient : array of this shape, optional
            dJ/d(this); 1 by default, which is for a single number.
        retain_graph : bool
            Whether the graph stays for another walk; it is let go otherwise, to free memory.
        create_graph : bool
            Whether the walk is recorded, so that gradients can be differentiated again.

        Raises
        ------
        GraphError
            If there is no graph, or it has been let go.
        DataError
            If a gradient is needed and missing, or has another shape.
        """
        for leaf, slope in _walk(self, gradient, retain_graph, create_graph):
            if not leaf.operation:  # a sum is an array of its own, also the first
                leaf.grad = slope + (0.0 if leaf.grad is None else leaf.grad)

    def __add__(self, other: Any) -> Tensor:
        return op.add(self, other)

    def __mul__(self, other: Any) -> Tensor:
        return op.multiply(self, other)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Tensor:
        return op.multiply(self, -1.0)

    def __sub__(self, other: Any) -> Tensor:
        return op.subtract(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return op.subtract(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return op.divide(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return op.divide(other, self)

    def __pow__(self, exponent: float) -> Tensor:
        return op.power(self, exponent)

    def __matmul__(self, other: Any) -> Tensor:
        return op.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return op.matmul(other, self)

    def __getitem__(self, index: Any) -> Tensor:
        return op.take(self, index)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Tensor:
        """Return the sum over axes, over all by default."""
        return op.sum(self, axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Tensor:
        """Return the mean over axes, over all by default."""
        return op.mean(self, axis, keepdims=keepdims)

    def reshape(self, *shape: int) -> Tensor:
        """Return the same numbers in another shape, of which one size may be -1."""
        return op.reshape(self, self.data.reshape(shape).shape)

    def transpose(self, *axes: int) -> Tensor:
        """Return the axes in another order."""
        return op.transpose(self, axes)

    @property
    def T(self) -> Tensor:
        """The axes in the reverse order."""
        return op.transpose(self, tuple(reversed(range(self.ndim))))

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        by = f", operation={self.operation!r}" if self.operation else ""
        return f"Tensor({self.data!r}{name}{by})"


def grad(
    result: Tensor,
    inputs: Sequence[Tensor],
    gradient: Given = None,
    *,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> list[Tensor]:
    """Return d(result)/d(input) for each of ``inputs``; no ``grad`` is changed.

    An input that the result does not depend on has a gradient of zeros. The other arguments are
    those of :meth:`Tensor.backward`.
    """
    wanted = {id(tensor) for tensor in inputs}
    walk = _walk(result, gradient, retain_graph or create_graph, create_graph)
    found = {id(tensor): slope + 0.0 for tensor, slope in walk if id(tensor) in wanted}
    return [found.get(id(t), Tensor(np.zeros_like(t.data))) for t in inputs]


def topological(result: Tensor) -> list[Tensor]:
    """Return every tensor that ``result`` was computed from and itself, parents first."""
    order: list[Tensor] = []
    seen: set[int] = set()
    stack = [(result, False)]
    while stack:  # a recursion as deep as a long network would not do
        tensor, parents_are_in = stack.pop()
        if parents_are_in:
            order.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            stack += [(tensor, True), *((parent, False) for parent, _ in tensor.parents)]
    return order


def _walk(
    result: Tensor, gradient: Given, retain_graph: bool, create_graph: bool
) -> list[tuple[Tensor, Tensor]]:
    """Return every tensor of the graph with its whole gradient, the result first."""
    if not result.requires_grad:
        raise GraphError("There is no graph: nothing that this was computed from requires_grad.")
    slopes = {id(result): _start(result, gradient)}
    walked: list[tuple[Tensor, Tensor]] = []
    token = _recording.set(create_graph)
    try:
        order = topological(result)
        if any(tensor.operation and not tensor.parents for tensor in order):
            raise GraphError("This graph was let go; pass retain_graph=True to the walk before.")
        for tensor in reversed(order):
            slope = slopes.pop(id(tensor))
            for hook in tensor.hooks:
                changed = hook(slope)
                slope = slope if changed is None else changed
            walked.append((tensor, slope))
            for parent, rule in tensor.parents:
                sent = op.sum_to(rule(slope), parent.shape)
                known = slopes.get(id(parent))
                slopes[id(parent)] = sent if known is None else known + sent
    finally:
        _recording.reset(token)
    if not (retain_graph or create_graph):
        for tensor, _ in walked:
            tensor.parents = ()
    return walked


def _start(result: Tensor, gradient: Given) -> Tensor:
    if gradient is None:
        if result.data.size != 1:
            raise DataError(
                f"The result has shape {result.shape}; pass its gradient, or make it one number."
            )
        return Tensor(np.ones_like(result.data))
    given = gradient if isinstance(gradient, Tensor) else Tensor(gradient)
    if given.shape != result.shape:
        raise DataError(f"The result has shape {result.shape}, its gradient {given.shape}.")
    return given


# the signs above are operations, which are made of tensors: each module needs the other
from firsthand.scratch.autograd import operations as op  # noqa: E402 - after Tensor, see above
