r"""Operations on tensors: what each computes, and the rule that sends its gradient back.

    z = a + b           da = dz                     db = dz
    z = a b             da = dz b                   db = dz a
    z = a @ b           da = dz b'                  db = a' dz
    z = f(a)            da = dz f'(a)
    z = sum(a)          da = dz, spread out         and the other way round
    z = a[index]        da = dz, put where it came from, added up where it was taken twice

An array that was spread out by broadcasting gets back the sum over the axes it was spread along.
Every rule is written with the operations themselves, so that it can be differentiated again.
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
    if isinstance(b, int | float):
        a = tensor(a)
        return a, Tensor(np.asarray(b, a.data.dtype if a.data.dtype.kind == "f" else None))
    if isinstance(a, int | float):
        b, a = pair(b, a)
        return a, b
    return tensor(a), tensor(b)


def add(a: Operand, b: Operand) -> Tensor:
    """Return a + b."""
    a, b = pair(a, b)
    return Tensor.made(
        a.data + b.data,
        "+",
        (a, lambda dz: sum_to(dz, a.shape)),
        (b, lambda dz: sum_to(dz, b.shape)),
    )


def multiply(a: Operand, b: Operand) -> Tensor:
    """Return a b, entry by entry."""
    a, b = pair(a, b)
    return Tensor.made(
        a.data * b.data,
        "*",
        (a, lambda dz: sum_to(multiply(dz, b), a.shape)),
        (b, lambda dz: sum_to(multiply(dz, a), b.shape)),
    )


def divide(a: Operand, b: Operand) -> Tensor:
    """Return a / b, entry by entry."""
    a, b = pair(a, b)
    return multiply(a, power(b, -1.0))  # a float, or whole numbers would be refused


def power(a: Operand, exponent: float) -> Tensor:
    """Return a to a power that is a number."""
    a = tensor(a)

    def back(dz: Tensor) -> Tensor:
        if exponent == 0:
            return multiply(dz, 0.0)
        return multiply(dz, multiply(exponent, power(a, exponent - 1)))

    return Tensor.made(a.data**exponent, f"**{exponent:g}", (a, back))


def matmul(a: Operand, b: Operand) -> Tensor:
    """Return the matrix product over the last two axes; both have at least two."""
    a, b = tensor(a), tensor(b)
    return Tensor.made(
        a.data @ b.data,
        "@",
        (a, lambda dz: sum_to(matmul(dz, swap(b)), a.shape)),
        (b, lambda dz: sum_to(matmul(swap(a), dz), b.shape)),
    )


def exp(a: Operand) -> Tensor:
    """Return e to the power of a."""
    a = tensor(a)
    z = Tensor.made(np.exp(a.data), "exp", (a, lambda dz: multiply(dz, z)))
    return z


def log(a: Operand) -> Tensor:
    """Return the natural logarithm."""
    a = tensor(a)
    return Tensor.made(np.log(a.data), "log", (a, lambda dz: divide(dz, a)))


def sqrt(a: Operand) -> Tensor:
    """Return the square root."""
    return power(a, 0.5)


def tanh(a: Operand) -> Tensor:
    """Return the hyperbolic tangent."""
    a = tensor(a)

    def back(dz: Tensor) -> Tensor:
        return multiply(dz, add(1.0, multiply(-1.0, multiply(z, z))))

    z = Tensor.made(np.tanh(a.data), "tanh", (a, back))
    return z


def sigmoid(a: Operand) -> Tensor:
    """Return 1 / (1 + exp(-a)), as tanh of half of it: nothing overflows."""
    return multiply(0.5, add(1.0, tanh(multiply(0.5, a))))


def erf(a: Operand) -> Tensor:
    """Return the error function."""
    a = tensor(a)

    def back(dz: Tensor) -> Tensor:
        density = exp(multiply(-1.0, multiply(a, a)))
        return multiply(dz, multiply(2 / math.sqrt(math.pi), density))

    return Tensor.made(_erf(a.data), "erf", (a, back))


def where(condition: Array, a: Operand, b: Operand) -> Tensor:
    """Return a where the condition holds and b elsewhere; the condition has no slope."""
    a, b = pair(a, b)
    return Tensor.made(
        np.where(condition, a.data, b.data),
        "where",
        (a, lambda dz: sum_to(where(condition, dz, 0.0), a.shape)),
        (b, lambda dz: sum_to(where(condition, 0.0, dz), b.shape)),
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

    def back(dz: Tensor) -> Tensor:
        return broadcast_to(reshape(dz, kept), a.shape)

    return Tensor.made(np.sum(a.data, axis=axis, keepdims=keepdims), "sum", (a, back))


def mean(a: Operand, axis: Axes = None, *, keepdims: bool = False) -> Tensor:
    """Return the mean over axes, over all by default."""
    a = tensor(a)
    total = sum(a, axis, keepdims=keepdims)
    return multiply(total, total.data.size / a.data.size)


def maximum_over(a: Operand, axis: int, *, keepdims: bool = False) -> Tensor:
    """Return the largest entry along an axis; of equal ones the first has the slope."""
    a = tensor(a)
    place = np.expand_dims(np.argmax(a.data, axis=axis), axis)
    largest = take_along(a, place, axis)
    return largest if keepdims else reshape(largest, np.squeeze(place, axis).shape)


def take_along(a: Operand, place: Array, axis: int) -> Tensor:
    """Return the entries at ``place`` along an axis, as ``np.take_along_axis`` does."""
    a = tensor(a)
    index: list[Any] = list(np.indices(place.shape, sparse=True))
    index[axis] = place
    return take(a, tuple(index))


def broadcast_to(a: Operand, shape: tuple[int, ...]) -> Tensor:
    """Return ``a`` spread out to a shape."""
    a = tensor(a)
    if a.shape == shape:
        return a
    spread = np.broadcast_to(a.data, shape)
    return Tensor.made(spread, "broadcast", (a, lambda dz: sum_to(dz, a.shape)))


def sum_to(a: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the sum over the axes along which ``shape`` was spread out to that of ``a``."""
    if a.shape == shape:
        return a
    added = tuple(range(a.ndim - len(shape)))
    spread = tuple(
        axis + len(added)
        for axis, size in enumerate(shape)
        if size == 1 and a.shape[axis + len(added)] != 1
    )
    return reshape(sum(a, (*added, *spread)), shape)


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

    def rule(end: int, size: int) -> Rule:
        index: list[Any] = [slice(None)] * z.ndim
        index[axis] = slice(end - size, end)
        return lambda dz: take(dz, tuple(index))

    rules = [rule(int(end), t.shape[axis]) for end, t in zip(ends, tensors, strict=True)]
    return Tensor.made(z, "concatenate", *zip(tensors, rules, strict=True))


def stack(parts: Sequence[Operand], axis: int = 0) -> Tensor:
    """Return tensors of one shape along a new axis."""
    tensors = [tensor(part) for part in parts]
    shape = np.expand_dims(tensors[0].data, axis).shape
    return concatenate([reshape(t, shape) for t in tensors], axis)


def pad(a: Operand, widths: Sequence[tuple[int, int]]) -> Tensor:
    """Return ``a`` with zeros around it: (before, after) for each axis."""
    a = tensor(a)
    pairs = zip(widths, a.shape, strict=True)
    inside = tuple(slice(before, before + size) for (before, _), size in pairs)
    return Tensor.made(np.pad(a.data, widths), "pad", (a, lambda dz: take(dz, inside)))


def log_softmax(a: Operand, axis: int = -1) -> Tensor:
    """Return log(exp(a) / sum exp(a)) along an axis; no exponential overflows."""
    a = tensor(a)
    shifted = add(a, -a.data.max(axis=axis, keepdims=True))  # a constant changes nothing
    return add(shifted, multiply(-1.0, log(sum(exp(shifted), axis, keepdims=True))))


def softmax(a: Operand, axis: int = -1) -> Tensor:
    """Return exp(a) / sum exp(a) along an axis."""
    return exp(log_softmax(a, axis))
