r"""Operations on tensors: what each computes, and the rule that sends its gradient back.

    z = a + b           da = dz                     db = dz
    z = a b             da = dz b                   db = dz a
    z = a @ b           da = dz b'                  db = a' dz
    z = f(a)            da = dz f'(a)
    z = sum(a)          da = dz, spread out         and the other way round
    z = a[index]        da = dz, put where it came from, added up where it was taken twice

What was spread out by broadcasting gets back the sum over the axes it was spread along: the walk
sees to that, and no rule needs to. Every rule is written with the operations themselves, so that
it can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.autograd.tensor import Rule, Tensor
from firsthand.scratch.nn._erf import erf as _erf

Array = NDArray[Any]
Axes = int | tuple[int, ...] | None
Operand = Any  # a tensor, an array or a number


def tensor(value: Operand) -> Tensor:
    """Return ``value`` as a tensor, as it is if it is one."""
    return value if isinstance(value, Tensor) else Tensor(value)


def pair(a: Operand, b: Operand) -> tuple[Tensor, Tensor]:
    """Return both as tensors; a plain number takes the other's dtype."""
    if isinstance(a, int | float) and not isinstance(b, int | float):
        b, a = pair(b, a)
    elif isinstance(b, int | float):
        a = tensor(a)
        b = np.asarray(b, a.data.dtype if a.data.dtype.kind == "f" else None)
    return tensor(a), tensor(b)


def add(a: Operand, b: Operand) -> Tensor:
    """Return a + b."""
    a, b = pair(a, b)
    return Tensor.made(a.data + b.data, "+", (a, lambda dz: dz), (b, lambda dz: dz))


def subtract(a: Operand, b: Operand) -> Tensor:
    """Return a - b."""
    a, b = pair(a, b)
    return Tensor.made(a.data - b.data, "-", (a, lambda dz: dz), (b, lambda dz: -dz))


def multiply(a: Operand, b: Operand) -> Tensor:
    """Return a b, entry by entry."""
    a, b = pair(a, b)
    return Tensor.made(a.data * b.data, "*", (a, lambda dz: dz * b), (b, lambda dz: dz * a))


def divide(a: Operand, b: Operand) -> Tensor:
    """Return a / b, entry by entry."""
    a, b = pair(a, b)
    return multiply(a, power(b, -1.0))  # a float, or whole numbers would be refused


def power(a: Operand, exponent: float) -> Tensor:
    """Return a to a power that is a number."""
    a = tensor(a)
    lower = exponent - 1 if exponent else 0  # 0 times 1 / a is no number where a is 0
    z = a.data**exponent
    return Tensor.made(z, f"**{exponent:g}", (a, lambda dz: dz * (exponent * a**lower)))


def matmul(a: Operand, b: Operand) -> Tensor:
    """Return the matrix product over the last two axes; a vector is a row on the left."""
    a, b = tensor(a), tensor(b)
    if b.ndim == 1:
        return take(matmul(a, reshape(b, (-1, 1))), (..., 0))
    if a.ndim == 1:
        return take(matmul(reshape(a, (1, -1)), b), (..., 0, slice(None)))
    z = a.data @ b.data
    return Tensor.made(z, "@", (a, lambda dz: dz @ swap(b)), (b, lambda dz: swap(a) @ dz))


def exp(a: Operand) -> Tensor:
    """Return e to the power of a."""
    a = tensor(a)
    # computed anew in the rule: one that held its own result would keep both from being freed
    return Tensor.made(np.exp(a.data), "exp", (a, lambda dz: dz * exp(a)))


def log(a: Operand) -> Tensor:
    """Return the natural logarithm."""
    a = tensor(a)
    return Tensor.made(np.log(a.data), "log", (a, lambda dz: dz / a))


def sqrt(a: Operand) -> Tensor:
    """Return the square root."""
    return power(a, 0.5)


def tanh(a: Operand) -> Tensor:
    """Return the hyperbolic tangent."""
    a = tensor(a)
    return Tensor.made(np.tanh(a.data), "tanh", (a, lambda dz: dz * (1 - tanh(a) ** 2)))


def sigmoid(a: Operand) -> Tensor:
    """Return 1 / (1 + exp(-a)), as tanh of half of it: nothing overflows."""
    return multiply(0.5, add(1.0, tanh(multiply(0.5, a))))


def erf(a: Operand) -> Tensor:
    """Return the error function."""
    a = tensor(a)
    top = 2 / math.sqrt(math.pi)
    return Tensor.made(_erf(a.data), "erf", (a, lambda dz: dz * (top * exp(-a * a))))


def where(condition: Array, a: Operand, b: Operand) -> Tensor:
    """Return a where the condition holds and b elsewhere; the condition has no slope."""
    a, b = pair(a, b)
    return Tensor.made(
        np.where(condition, a.data, b.data),
        "where",
        (a, lambda dz: where(condition, dz, 0.0)),
        (b, lambda dz: where(condition, 0.0, dz)),
    )


def maximum(a: Operand, b: Operand) -> Tensor:
    """Return the larger of both, entry by entry; where they are equal, b has the slope."""
    a, b = pair(a, b)
    return where(a.data > b.data, a, b)


def absolute(a: Operand) -> Tensor:
    """Return |a|, of slope 0 at 0."""
    a = tensor(a)
    return multiply(a, np.sign(a.data))


def sum(a: Operand, axis: Axes = None, *, keepdims: bool = False) -> Tensor:
    """Return the sum over axes, over all by default."""
    a = tensor(a)
    kept = np.sum(a.data, axis=axis, keepdims=True).shape
    z = np.sum(a.data, axis=axis, keepdims=keepdims)
    return Tensor.made(z, "sum", (a, lambda dz: broadcast_to(reshape(dz, kept), a.shape)))


def mean(a: Operand, axis: Axes = None, *, keepdims: bool = False) -> Tensor:
    """Return the mean over axes, over all by default."""
    a = tensor(a)
    total = sum(a, axis, keepdims=keepdims)
    return multiply(total, total.data.size / a.data.size)


def maximum_over(a: Operand, axis: int, *, keepdims: bool = False) -> Tensor:
    """Return the largest entry along an axis; of equal ones the first has the slope."""
    a = tensor(a)
    place = np.expand_dims(np.argmax(a.data, axis=axis), axis)
    index: list[Any] = list(np.indices(place.shape, sparse=True))
    index[axis] = place
    largest = take(a, tuple(index))
    return largest if keepdims else reshape(largest, np.squeeze(place, axis).shape)


def broadcast_to(a: Operand, shape: tuple[int, ...]) -> Tensor:
    """Return ``a`` spread out to a shape."""
    a = tensor(a)
    if a.shape == shape:
        return a
    return Tensor.made(np.broadcast_to(a.data, shape), "broadcast", (a, lambda dz: dz))


def sum_to(a: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the sum over the axes along which ``shape`` was spread out to that of ``a``."""
    if a.shape == shape:
        return a
    known = (-1,) * (a.ndim - len(shape)) + shape
    spread = tuple(axis for axis in range(a.ndim) if a.shape[axis] != known[axis])
    return reshape(sum(a, spread), shape)


def reshape(a: Operand, shape: tuple[int, ...]) -> Tensor:
    """Return the same numbers in another shape."""
    a = tensor(a)
    if a.shape == shape:
        return a
    return Tensor.made(a.data.reshape(shape), "reshape", (a, lambda dz: reshape(dz, a.shape)))


def transpose(a: Operand, axes: Sequence[int]) -> Tensor:
    """Return the axes in another order."""
    a = tensor(a)
    back = tuple(int(i) for i in np.argsort([axis % a.ndim for axis in axes]))
    return Tensor.made(np.transpose(a.data, axes), "transpose", (a, lambda dz: transpose(dz, back)))


def swap(a: Operand) -> Tensor:
    """Return the transpose over the last two axes."""
    a = tensor(a)
    return transpose(a, (*range(a.ndim - 2), a.ndim - 1, a.ndim - 2))


def take(a: Operand, index: Any) -> Tensor:
    """Return ``a[index]``, for anything that NumPy indexes with."""
    a = tensor(a)
    return Tensor.made(a.data[index], "[]", (a, lambda dz: put(dz, index, a.shape)))


def put(a: Operand, index: Any, shape: tuple[int, ...]) -> Tensor:
    """Return zeros of a shape with ``a`` added at ``index``, as often as it is named there."""
    a = tensor(a)
    z = np.zeros(shape, a.data.dtype)
    np.add.at(z, index, a.data)
    return Tensor.made(z, "put", (a, lambda dz: take(dz, index)))


def concatenate(parts: Sequence[Operand], axis: int = 0) -> Tensor:
    """Return tensors one after the other along an axis."""
    tensors = [tensor(part) for part in parts]
    z = np.concatenate([t.data for t in tensors], axis)
    ends = np.cumsum([t.shape[axis] for t in tensors])

    before = (slice(None),) * (axis % z.ndim)

    def rule(end: int, size: int) -> Rule:
        return lambda dz: dz[(*before, slice(end - size, end))]

    back = [(t, rule(int(end), t.shape[axis])) for end, t in zip(ends, tensors, strict=True)]
    return Tensor.made(z, "concatenate", *back)


def stack(parts: Sequence[Operand], axis: int = 0) -> Tensor:
    """Return tensors of one shape along a new axis."""
    tensors = [tensor(part) for part in parts]
    shape = np.expand_dims(tensors[0].data, axis).shape
    return concatenate([reshape(t, shape) for t in tensors], axis)


def pad(a: Operand, widths: Sequence[tuple[int, int]]) -> Tensor:
    """Return ``a`` with zeros around it: (before, after) for each axis."""
    a = tensor(a)
    inside = tuple(slice(n, n + size) for (n, _), size in zip(widths, a.shape, strict=True))
    return Tensor.made(np.pad(a.data, widths), "pad", (a, lambda dz: take(dz, inside)))


def log_softmax(a: Operand, axis: int = -1) -> Tensor:
    """Return log(exp(a) / sum exp(a)) along an axis; no exponential overflows."""
    a = tensor(a)
    shifted = add(a, -a.data.max(axis=axis, keepdims=True))  # a constant changes nothing
    return add(shifted, multiply(-1.0, log(sum(exp(shifted), axis, keepdims=True))))


def softmax(a: Operand, axis: int = -1) -> Tensor:
    """Return exp(a) / sum exp(a) along an axis."""
    return exp(log_softmax(a, axis))
