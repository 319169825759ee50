r"""A residual network for small pictures: each block learns only what it changes.

    block     A = relu(F(X) + S(X)),   F = conv 3 x 3, batch norm, relu, conv 3 x 3, batch norm
    S(X) = X                       where the shape stays
    S(X) = batch norm(conv 1 x 1)  where it changes: "project"
    S(X) = X at every other pixel, with channels of zeros before and behind: "pad"

    (n, 3, h, w)          pictures
    (n, 16, h, w)         conv 3 x 3, batch norm, relu; then n_blocks blocks
    (n, 32, h/2, w/2)     n_blocks blocks, the first with stride 2
    (n, 64, h/4, w/4)     n_blocks blocks, the first with stride 2
    (n, 64)               mean over the places
    (n, n_classes)        scores

It has 6 n_blocks + 2 layers with weights: 3 blocks make ResNet-20. Padding costs no parameters
and is what the paper used for CIFAR-10; projecting learns a little better. He, Zhang, Ren & Sun,
Deep residual learning for image recognition (2016), 4.2.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.layers import BatchNorm2d, Conv2d, GlobalAvgPool2d, Linear, ReLU
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.sequential import Sequential

Array = NDArray[np.floating[Any]]
Shortcut = Literal["project", "pad"]


def subsample_and_pad(X: Array, stride: int, n_out: int) -> Array:
    """Return every ``stride``-th pixel, with channels of zeros up to ``n_out``.

    Half of the zeros come before the channels of ``X`` (..., channels, height, width), half behind.
    """
    before, behind = _zeros_around(X.shape[-3], n_out)
    around = [(0, 0)] * (X.ndim - 3) + [(before, behind), (0, 0), (0, 0)]
    return np.pad(X[..., ::stride, ::stride], around)


def subsample_and_pad_backward(dZ: Array, shape: tuple[int, ...], stride: int) -> Array:
    """Return dX of ``shape``: the gradient where a pixel was kept, and 0 elsewhere."""
    before, _ = _zeros_around(shape[-3], dZ.shape[-3])
    dX = np.zeros(shape, dZ.dtype)
    dX[..., ::stride, ::stride] = dZ[..., before : before + shape[-3], :, :]
    return dX


def _zeros_around(n_in: int, n_out: int) -> tuple[int, int]:
    return (n_out - n_in) // 2, n_out - n_in - (n_out - n_in) // 2


class PaddedShortcut(Module):
    """A way around a block that learns nothing: fewer pixels, more channels, all of them zeros."""

    def __init__(self, n_out: int, stride: int) -> None:
        self.n_out, self.stride = n_out, stride

    def forward(self, X: Array) -> Array:
        self.shape = X.shape
        return subsample_and_pad(X, self.stride, self.n_out)

    def backward(self, dZ: Array) -> Array:
        return subsample_and_pad_backward(dZ, self.shape, self.stride)


class ResidualBlock(Module):
    """A = relu(F(X) + S(X)) for pictures (..., n_samples, n_in, height, width).

    Parameters
    ----------
    n_in, n_out : int
        Channels in and out.
    stride : int, default 1
        2 halves the pictures.
    shortcut : "project" or "pad", default "project"
        How X gets around F where channels or sizes change.
    """

    def __init__(
        self, n_in: int, n_out: int, stride: int = 1, shortcut: Shortcut = "project"
    ) -> None:
        self.conv1 = Conv2d(n_in, n_out, 3, stride, 1, bias=False)
        self.bn1 = BatchNorm2d(n_out)
        self.relu = ReLU()
        self.conv2 = Conv2d(n_out, n_out, 3, 1, 1, bias=False)
        self.bn2 = BatchNorm2d(n_out)
        self.shortcut = _around(n_in, n_out, stride, shortcut)
        self.relu_after = ReLU()

    def forward(self, X: Array) -> Array:
        Z = self.relu.forward(self.bn1.forward(self.conv1.forward(X)))
        Z = self.bn2.forward(self.conv2.forward(Z))
        return self.relu_after.forward(Z + self.shortcut.forward(X))

    def backward(self, dZ: Array) -> Array:
        dZ = self.relu_after.backward(dZ)
        dF = self.conv2.backward(self.bn2.backward(dZ))
        dF = self.conv1.backward(self.bn1.backward(self.relu.backward(dF)))
        return dF + self.shortcut.backward(dZ)

    def describe(self) -> str:
        return f"ResidualBlock {self.conv1.n_in} -> {self.conv1.n_out}"


def _around(n_in: int, n_out: int, stride: int, shortcut: Shortcut) -> Module:
    if shortcut not in ("project", "pad"):
        raise ParameterError(f"shortcut is 'project' or 'pad', not {shortcut!r}.")
    if stride == 1 and n_in == n_out:
        return Sequential()  # X itself
    if shortcut == "pad":
        if n_out < n_in:
            raise ParameterError(f"{n_in} channels cannot be padded to {n_out}; project them.")
        return PaddedShortcut(n_out, stride)
    return Sequential(Conv2d(n_in, n_out, 1, stride, bias=False), BatchNorm2d(n_out))


class ResNet(Module):
    """Three stages of residual blocks, for pictures (..., n_samples, in_channels, height, width).

    Parameters
    ----------
    n_blocks : int, default 3
        Blocks of a stage.
    n_classes, in_channels : int
    channels : (int, int, int)
        Of the stages.
    shortcut : "project" or "pad", default "project"

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> Network(ResNet(shortcut="pad"))
    Network(ResNet-20, 269722 parameters)
    """

    def __init__(
        self,
        *,
        n_blocks: int = 3,
        n_classes: int = 10,
        in_channels: int = 3,
        channels: tuple[int, int, int] = (16, 32, 64),
        shortcut: Shortcut = "project",
    ) -> None:
        if n_blocks < 1:
            raise ParameterError(f"n_blocks is {n_blocks}; a stage has at least one.")
        a, b, c = channels
        self.n_blocks = n_blocks
        self.conv1 = Conv2d(in_channels, a, 3, 1, 1, bias=False)
        self.bn1 = BatchNorm2d(a)
        self.relu = ReLU()
        self.layer1 = _stage(n_blocks, a, a, 1, shortcut)
        self.layer2 = _stage(n_blocks, a, b, 2, shortcut)
        self.layer3 = _stage(n_blocks, b, c, 2, shortcut)
        self.pool = GlobalAvgPool2d()
        self.linear = Linear(c, n_classes, gain=1.0)

    def forward(self, X: Array) -> Array:
        for part in self._chain():
            X = part.forward(X)
        return X

    def backward(self, dZ: Array) -> Array:
        for part in reversed(self._chain()):
            dZ = part.backward(dZ)
        return dZ

    def describe(self) -> str:
        return f"ResNet-{6 * self.n_blocks + 2}"

    def _chain(self) -> tuple[Module, ...]:
        stages = self.layer1, self.layer2, self.layer3
        return (self.conv1, self.bn1, self.relu, *stages, self.pool, self.linear)


def _stage(n_blocks: int, n_in: int, n_out: int, stride: int, shortcut: Shortcut) -> Sequential:
    """Return blocks of which the first changes the shape."""
    first = ResidualBlock(n_in, n_out, stride, shortcut)
    return Sequential(first, *(ResidualBlock(n_out, n_out) for _ in range(n_blocks - 1)))
