"""Every layer and loss, in each of its ways: what makes it, and what it is fed."""

from typing import Any

import numpy as np

from firsthand.scratch.nn import Module, Network, Sequential, losses
from firsthand.scratch.nn.layers import (
    GELU,
    GRU,
    LSTM,
    RNN,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    CrossAttention,
    DecoderBlock,
    Dropout,
    Embedding,
    Flatten,
    GlobalAvgPool2d,
    LayerNorm,
    LeakyReLU,
    LearnedPositions,
    Linear,
    MaxPool2d,
    MultiHeadAttention,
    ReLU,
    Residual,
    RMSNorm,
    Sigmoid,
    SinusoidalPositions,
    Softmax,
    Tanh,
    TransformerBlock,
    Unflatten,
)

ROWS, STEPS, IMAGES = (5, 4), (3, 6, 4), (3, 4, 7, 6)


def padded(heads: int = 2) -> MultiHeadAttention:
    attention = MultiHeadAttention(4, heads)
    attention.padding = np.arange(6) < np.array([[6], [2], [4]])
    return attention


class Reading(Module):
    """A layer that takes two sequences, fed with two parts of one, so that one gradient has all.

    ``asks`` and ``held`` are the places that are X and those that are the memory.
    """

    def __init__(self, inner: Any, asks: slice, held: slice, padding: Any = None) -> None:
        self.inner, self.asks, self.held = inner, asks, held
        (inner if isinstance(inner, CrossAttention) else inner.multihead_attn).padding = padding

    def forward(self, X: Any) -> Any:
        parts = X, X
        if isinstance(X, np.ndarray):
            self.shape = X.shape
            parts = X[..., self.asks, :], X[..., self.held, :]
        return self.inner.forward(*parts)

    def backward(self, dZ: Any) -> Any:
        asked = self.inner.backward(dZ)
        dX = np.zeros((*asked.shape[:-2], *self.shape[-2:]), asked.dtype)
        dX[..., self.asks, :] += asked
        dX[..., self.held, :] += self.inner.dmemory
        return dX


def reading(inner: Module, *, padded: bool = False) -> Reading:
    padding = np.arange(4) < np.array([[4], [1], [3]]) if padded else None
    return Reading(inner, slice(None), slice(2, None), padding)


def of_lengths(module):
    module.lengths = np.array([6, 1, 4])
    return module


# name: (what makes the module, the shape of its input; a list where that is whole numbers)
LAYERS = {
    "linear": (lambda: Linear(4, 3), STEPS),
    "linear without a bias": (lambda: Linear(4, 3, bias=False), ROWS),
    "relu": (ReLU, ROWS),
    "leaky relu": (lambda: LeakyReLU(0.2), ROWS),
    "sigmoid": (Sigmoid, ROWS),
    "tanh": (Tanh, ROWS),
    "gelu": (GELU, ROWS),
    "gelu by tanh": (lambda: GELU(approximate=True), ROWS),
    "softmax": (Softmax, STEPS),
    "dropout": (lambda: Dropout(0.4), STEPS),
    "flatten": (Flatten, IMAGES),
    "unflatten": (lambda: Unflatten(2, 1, 2), ROWS),
    "residual": (lambda: Residual(Sequential(Linear(4, 4), Tanh()), Linear(4, 4)), ROWS),
    "layer norm": (lambda: LayerNorm(4), STEPS),
    "rms norm": (lambda: RMSNorm(4), STEPS),
    "batch norm of rows": (lambda: BatchNorm1d(4), ROWS),
    "batch norm of images": (lambda: BatchNorm2d(4), IMAGES),
    "convolution": (lambda: Conv2d(4, 3, 3), IMAGES),
    "convolution, all settings": (
        lambda: Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups=2),
        IMAGES,
    ),
    "convolution of rows": (lambda: Conv1d(4, 6, 3, 2, 1, 1, groups=2), (3, 4, 9)),
    "convolution, one image each": (lambda: Conv2d(4, 4, 2, groups=4, bias=False), IMAGES),
    "transposed convolution": (lambda: ConvTranspose2d(4, 3, 3), IMAGES),
    "transposed convolution, strides": (lambda: ConvTranspose2d(4, 2, 4, 2, 1), IMAGES),
    "max pool": (lambda: MaxPool2d(2), IMAGES),
    "max pool that overlaps": (lambda: MaxPool2d(3, 2, 1), IMAGES),
    "average pool": (lambda: AvgPool2d(2), IMAGES),
    "average pool that overlaps": (lambda: AvgPool2d(3, 2, 1), IMAGES),
    "global average pool": (GlobalAvgPool2d, IMAGES),
    "embedding": (lambda: Embedding(5, 3), [2, 3]),
    "rnn": (lambda: RNN(4, 3), STEPS),
    "rnn, both ways": (lambda: of_lengths(RNN(4, 3, 2, bidirectional=True)), STEPS),
    "lstm": (lambda: LSTM(4, 3), STEPS),
    "lstm, both ways, dropout": (lambda: LSTM(4, 3, 2, bidirectional=True, dropout=0.3), STEPS),
    "lstm, lengths": (lambda: of_lengths(LSTM(4, 3, 2)), STEPS),
    "gru": (lambda: GRU(4, 3), STEPS),
    "gru, both ways, lengths": (lambda: of_lengths(GRU(4, 3, 2, bidirectional=True)), STEPS),
    "attention": (lambda: MultiHeadAttention(4, 2), STEPS),
    "attention, causal": (lambda: MultiHeadAttention(4, 1, causal=True), STEPS),
    "attention, padded": (padded, STEPS),
    "cross-attention": (lambda: reading(CrossAttention(4, 2)), STEPS),
    "cross-attention, padded": (lambda: reading(CrossAttention(4, 1), padded=True), STEPS),
    "sinusoidal positions": (SinusoidalPositions, STEPS),
    "learned positions": (lambda: LearnedPositions(8, 4), STEPS),
    "transformer block": (lambda: TransformerBlock(4, 2, causal=True, dropout=0.2), STEPS),
    "decoder block": (lambda: reading(DecoderBlock(4, 2, dropout=0.2), padded=True), STEPS),
}


# name: (the loss, which of the targets below it takes)
LOSSES = {
    "squared": (losses.MeanSquaredError(), "numbers"),
    "absolute": (losses.MeanAbsoluteError(), "numbers"),
    "huber": (losses.Huber(0.7), "numbers"),
    "binary cross-entropy": (losses.BinaryCrossEntropy(2.5), "shares"),
    "divergence": (losses.KLDivergence(), "shares"),
    "cross-entropy": (losses.CrossEntropy(), "classes"),
    "cross-entropy, all settings": (
        losses.CrossEntropy(0.2, np.array([0.5, 2.0, 1.0]), ignore_index=1),
        "classes",
    ),
    "hinge": (losses.Hinge(0.6), "classes"),
    "triplet": (losses.BatchHardTriplet(0.6), "classes"),
}


def targets(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return targets of outputs of this shape."""
    if kind == "classes":
        return rng.integers(shape[-1], size=shape[:-1])
    return rng.normal(size=shape) if kind == "numbers" else rng.dirichlet(np.ones(3), shape[:-1])


def started(make: Any, seed: int = 0, **how: Any) -> Network:
    """Return a network whose numbers are all drawn, so that no term is 0."""
    network = Network(make(), random_state=seed, **how)
    rng = np.random.default_rng(seed)
    network.parameters.flat[...] = rng.normal(size=network.parameters.flat.shape)
    return network


def fed(shape: tuple[int, ...] | list[int], rng: np.random.Generator) -> np.ndarray:
    """Return an input; a list is the shape of whole numbers below 5."""
    return rng.integers(5, size=tuple(shape)) if isinstance(shape, list) else rng.normal(size=shape)
