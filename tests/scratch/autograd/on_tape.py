"""Every layer and loss written once more, with the tape's operations: an independent witness.

``Tape(network).run(X)`` computes what ``network.forward(X)`` does, of leaves with the network's own
numbers; the tape then finds every gradient without any ``backward`` of the layers.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from firsthand.scratch.autograd import Tensor
from firsthand.scratch.autograd import operations as op
from firsthand.scratch.nn import Network, Sequential, layers, losses
from firsthand.scratch.nn.layers.positions import angles, sinusoidal
from tests.scratch.nn.every import Reading

RULES: dict[type, Callable[..., Tensor]] = {}
LOSSES: dict[type, Callable[..., Tensor]] = {}


class Tape:
    """A network's parameters as leaves; ``run`` puts an input through one of its modules."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.leaves = {
            name: Tensor(value.copy(), requires_grad=True, name=name)
            for name, value in network.parameters.items()
        }

    def run(self, X: Any, part: Any = None) -> Tensor:
        part = self.network.module if part is None else part

        def own(name: str) -> Tensor:
            return self.leaves[f"{part.name}.{name}" if part.name else name]

        return RULES[type(part)](self, part, X, own)


def rule(*kinds: type) -> Callable[..., Any]:
    def taken(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        RULES.update(dict.fromkeys(kinds, function))
        return function

    return taken


def loss(kind: type) -> Callable[..., Any]:
    def taken(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        LOSSES[kind] = function
        return function

    return taken


@rule(Sequential)
def _sequential(tape, part, X, own):
    for inner in part.parts:
        X = tape.run(X, inner)
    return X


@rule(layers.Residual)
def _residual(tape, part, X, own):
    around = X if part.shortcut is None else tape.run(X, part.shortcut)
    return tape.run(X, part.inner) + around


@rule(layers.Linear)
def _linear(tape, part, X, own):
    Z = X @ own("W")
    return Z + own("b") if part.bias else Z


@rule(layers.ReLU)
def _relu(tape, part, X, own):
    return op.maximum(X, 0.0)


@rule(layers.LeakyReLU)
def _leaky_relu(tape, part, X, own):
    return op.maximum(X, 0.0) - part.slope * op.maximum(-X, 0.0)


@rule(layers.Sigmoid)
def _sigmoid(tape, part, X, own):
    return 1 / (1 + op.exp(-X))


@rule(layers.Tanh)
def _tanh(tape, part, X, own):
    grown = op.exp(2 * X)
    return (grown - 1) / (grown + 1)


@rule(layers.GELU)
def _gelu(tape, part, X, own):
    if part.approximate:
        return 0.5 * X * (1 + op.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3)))
    return 0.5 * X * (1 + op.erf(X / math.sqrt(2)))


@rule(layers.Softmax)
def _softmax(tape, part, X, own):
    grown = op.exp(X - X.data.max(axis=-1, keepdims=True))
    return grown / grown.sum(-1, keepdims=True)


@rule(layers.Dropout)
def _dropout(tape, part, X, own):
    return X if part.mask is None else X * part.mask  # the same draw as in the forward before


@rule(layers.Flatten)
def _flatten(tape, part, X, own):
    return X.reshape(*X.shape[: X.ndim - part.n_axes], -1)


@rule(layers.Unflatten)
def _unflatten(tape, part, X, own):
    return X.reshape(*X.shape[:-1], *part.shape)


@rule(layers.LayerNorm)
def _layer_norm(tape, part, X, own):
    centred = X - X.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return centred / op.sqrt(variance + part.epsilon) * own("gamma") + own("beta")


@rule(layers.RMSNorm)
def _rms_norm(tape, part, X, own):
    return X / op.sqrt((X * X).mean(-1, keepdims=True) + part.epsilon) * own("gamma")


@rule(layers.BatchNorm1d, layers.BatchNorm2d)
def _batch_norm(tape, part, X, own):
    behind = (1,) * part.n_places
    axes = (0, *range(2, 2 + part.n_places))
    mean = part.running_mean.reshape(-1, *behind)
    variance = part.running_var.reshape(-1, *behind)
    if part.training:
        mean = X.mean(axes, keepdims=True)
        variance = (X * X).mean(axes, keepdims=True) - mean * mean
    x = (X - mean) / op.sqrt(variance + part.epsilon)
    return x * own("gamma").reshape(-1, *behind) + own("beta").reshape(-1, *behind)


def seen(X: Tensor, geometry: layers.Geometry, around: float = 0.0) -> Tensor:
    """Return every window of (n, channels, h, w): (n, channels, out_h, out_w, kernel_h, kernel_w).

    An image with ``around`` about it is looked up at every place of every window.
    """
    (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
    (ph, pw), (oh, ow) = geometry.padding, geometry.output(*X.shape[-2:])
    widths = [(0, 0), (0, 0), (ph, ph), (pw, pw)]
    wide = op.pad(X, widths) + np.pad(np.zeros(X.shape), widths, constant_values=around)
    rows = sh * np.arange(oh)[:, None, None, None] + dh * np.arange(kh)[:, None]
    across = sw * np.arange(ow)[:, None, None] + dw * np.arange(kw)
    return wide[:, :, rows, across]


def convolve(X: Tensor, W: Tensor, geometry: layers.Geometry, groups: int = 1) -> Tensor:
    """Return the convolution of (n, channels, h, w), group after group."""
    n_in, n_out = W.shape[1], W.shape[0] // groups
    parts = []
    for g in range(groups):
        C = seen(X[:, g * n_in : (g + 1) * n_in], geometry).transpose(0, 2, 3, 1, 4, 5)
        n, oh, ow, *_ = C.shape
        kernels = W[g * n_out : (g + 1) * n_out].reshape(n_out, -1)
        parts.append((C.reshape(n, oh, ow, -1) @ kernels.T).transpose(0, 3, 1, 2))
    return op.concatenate(parts, 1)


@rule(layers.Conv2d)
def _conv2d(tape, part, X, own):
    Z = convolve(X, own("W"), part.geometry, part.groups)
    return Z + own("b").reshape(-1, 1, 1) if part.bias else Z


@rule(layers.Conv1d)
def _conv1d(tape, part, X, own):
    W = own("W")
    wide = X.reshape(*X.shape[:2], 1, X.shape[2])
    Z = convolve(wide, W.reshape(*W.shape[:2], 1, W.shape[2]), part.geometry, part.groups)
    Z = Z.reshape(*Z.shape[:2], Z.shape[3])
    return Z + own("b").reshape(-1, 1) if part.bias else Z


@rule(layers.ConvTranspose2d)
def _conv_transpose2d(tape, part, X, own):
    """Put zeros between the entries, and go over them with the kernels turned around."""
    (kh, kw), (sh, sw), (ph, pw) = part.geometry.kernel, part.geometry.stride, part.geometry.padding
    n, channels, h, w = X.shape
    shape = n, channels, (h - 1) * sh + 1, (w - 1) * sw + 1
    apart = op.put(
        X, (slice(None), slice(None), slice(None, None, sh), slice(None, None, sw)), shape
    )
    full = op.pad(apart, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    W = own("W")[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    Z = convolve(full, W, layers.Geometry((kh, kw)))
    Z = Z[:, :, ph : Z.shape[2] - ph, pw : Z.shape[3] - pw]
    return Z + own("b").reshape(-1, 1, 1) if part.bias else Z


@rule(layers.MaxPool2d)
def _max_pool(tape, part, X, own):
    C = seen(X, part.geometry, around=-1e300)
    return op.maximum_over(C.reshape(*C.shape[:4], -1), -1)


@rule(layers.AvgPool2d)
def _avg_pool(tape, part, X, own):
    return seen(X, part.geometry).mean((-2, -1))


@rule(layers.GlobalAvgPool2d)
def _global_avg_pool(tape, part, X, own):
    return X.mean((-2, -1))


@rule(layers.Embedding)
def _embedding(tape, part, X, own):
    one_hot = np.eye(part.n_rows)[X.data]
    return one_hot @ own("W")


@rule(layers.LearnedPositions)
def _learned_positions(tape, part, X, own):
    return X + own("W")[part.first : part.first + X.shape[-2]]


@rule(layers.SinusoidalPositions)
def _sinusoidal_positions(tape, part, X, own):
    return X + sinusoidal(*X.shape[-2:])


def rotate(X: Tensor) -> Tensor:
    half = X.shape[-1] // 2
    turned = angles(X.shape[-2], half)
    a, b = X[..., :half], X[..., half:]
    cos, sin = np.cos(turned), np.sin(turned)
    return op.concatenate([a * cos - b * sin, b * cos + a * sin], -1)


def attended(joint: list[Tensor], n_heads: int, allowed: Any) -> Tensor:
    """Return A of Q, K and V, each (n, steps, d), in heads; ``allowed`` is 1 where one may look."""
    Q, K, V = (part.reshape(*part.shape[:2], n_heads, -1).transpose(0, 2, 1, 3) for part in joint)
    fits = op.exp(Q @ op.swap(K) / math.sqrt(Q.shape[-1])) * allowed
    A = (fits / fits.sum(-1, keepdims=True)) @ V
    return A.transpose(0, 2, 1, 3).reshape(*joint[0].shape)


@rule(layers.MultiHeadAttention)
def _attention(tape, part, X, own):
    n_steps, d = X.shape[1:]
    joint = X @ own("W") + own("b")
    allowed = np.tril(np.ones((n_steps, n_steps))) if part.causal else np.ones((n_steps, n_steps))
    if part.padding is not None:
        allowed = allowed * part.padding[:, None, None, :]
    parts = [joint[:, :, k * d : (k + 1) * d] for k in range(3)]
    return attended(parts, part.n_heads, allowed) @ own("W_out") + own("b_out")


@rule(layers.CrossAttention)
def _cross_attention(tape, part, both, own):
    W, b, d = own("W"), own("b"), part.n_features
    places = [slice(k * d, (k + 1) * d) for k in range(3)]
    inputs = both[0], both[1], both[1]
    parts = [X @ W[:, at] + b[at] for X, at in zip(inputs, places, strict=True)]
    allowed = 1.0 if part.padding is None else part.padding[:, None, None, :]
    return attended(parts, part.n_heads, allowed) @ own("W_out") + own("b_out")


@rule(Reading)
def _reading(tape, part, X, own):
    return tape.run((X[..., part.asks, :], X[..., part.held, :]), part.inner)


@rule(layers.TransformerBlock)
def _transformer_block(tape, part, X, own):
    X = X + tape.run(tape.run(tape.run(X, part.norm_1), part.attention), part.drop_1)
    thought = tape.run(tape.run(X, part.norm_2), part.wide)
    return X + tape.run(tape.run(tape.run(thought, part.bend), part.narrow), part.drop_2)


@rule(layers.DecoderBlock)
def _decoder_block(tape, part, both, own):
    X, memory = both
    X = X + tape.run(tape.run(tape.run(X, part.norm1), part.self_attn), part.dropout1)
    X = X + tape.run(
        tape.run((tape.run(X, part.norm2), memory), part.multihead_attn), part.dropout2
    )
    thought = tape.run(tape.run(tape.run(X, part.norm3), part.linear1), part.activation)
    return X + tape.run(tape.run(thought, part.linear2), part.dropout3)


def _rnn_cell(x, states, W, U, b, v):
    (h,) = states
    return (op.tanh(x @ W + b + h @ U + v),)


def _lstm_cell(x, states, W, U, b, v):
    h, c = states
    n = h.shape[-1]
    z = x @ W + b + h @ U + v
    i, f, g, o = (z[:, k * n : (k + 1) * n] for k in range(4))
    c = op.sigmoid(f) * c + op.sigmoid(i) * op.tanh(g)
    return op.sigmoid(o) * op.tanh(c), c


def _gru_cell(x, states, W, U, b, v):
    (h,) = states
    n = h.shape[-1]
    a, m = x @ W + b, h @ U + v
    r, z = (op.sigmoid((a + m)[:, k * n : (k + 1) * n]) for k in range(2))
    new = op.tanh(a[:, 2 * n :] + r * m[:, 2 * n :])
    return ((1 - z) * new + z * h,)


CELLS = {
    layers.RNN: (_rnn_cell, 1),
    layers.LSTM: (_lstm_cell, 2),
    layers.GRU: (_gru_cell, 1),
}


@rule(*CELLS)
def _recurrent(tape, part, X, own):
    cell, n_states = CELLS[type(part)]
    n, n_steps, _ = X.shape
    lengths = np.full(n, n_steps) if part.lengths is None else np.asarray(part.lengths)
    H = [X[:, t] for t in range(n_steps)]
    for layer in range(part.n_layers):
        if layer and part.drops[layer - 1].mask is not None:
            mask = np.moveaxis(part.drops[layer - 1].mask, -1, 1)  # (steps, samples, features)
            H = [h * mask[t] for t, h in enumerate(H)]
        ways = []
        for way in range(part.n_directions):
            place = part.places[layer * part.n_directions + way]
            weights = [own(f"{name}_{place}") for name in "WUbv"]
            states = (Tensor(np.zeros((n, part.n_hidden))),) * n_states
            out: dict[int, Tensor] = {}
            for t in reversed(range(n_steps)) if way else range(n_steps):
                going = (t < lengths)[:, None]
                new = cell(H[t], states, *weights)
                states = tuple(op.where(going, a, b) for a, b in zip(new, states, strict=True))
                out[t] = states[0] * going
            ways.append(out)
        H = [op.concatenate([out[t] for out in ways], -1) for t in range(n_steps)]
    return op.stack(H, 1)


def _rows(Z: Tensor, y: np.ndarray) -> tuple[Tensor, np.ndarray]:
    return Z.reshape(-1, Z.shape[-1]), y.reshape(-1)


@loss(losses.MeanSquaredError)
def _mean_squared(ours, Z, y):
    return ((Z - y) ** 2).mean()


@loss(losses.MeanAbsoluteError)
def _mean_absolute(ours, Z, y):
    return op.absolute(Z - y).mean()


@loss(losses.Huber)
def _huber(ours, Z, y):
    e = op.absolute(Z - y)
    straight = ours.delta * (e - ours.delta / 2)
    return op.where(e.data <= ours.delta, e * e / 2, straight).mean()


@loss(losses.BinaryCrossEntropy)
def _binary_cross_entropy(ours, Z, y):
    p = op.sigmoid(Z)
    return -(ours.positive_weight * y * op.log(p) + (1 - y) * op.log(1 - p)).mean()


@loss(losses.CrossEntropy)
def _cross_entropy(ours, Z, y):
    Z, y = _rows(Z, y)
    n_classes = Z.shape[-1]
    counts = np.ones(len(y)) if ours.ignore_index is None else (y != ours.ignore_index) * 1.0
    weight = np.ones(n_classes) if ours.weight is None else ours.weight
    one_hot = np.eye(n_classes)[np.where(counts > 0, y, 0)]
    q = (1 - ours.smoothing) * one_hot + ours.smoothing / n_classes
    costs = -(op.log_softmax(Z) * (q * weight * counts[:, None])).sum()
    return costs / float((one_hot @ weight * counts).sum())


@loss(losses.Hinge)
def _hinge(ours, Z, y):
    Z, y = _rows(Z, y)
    true = op.take(Z, (np.arange(len(y))[:, None], y[:, None]))
    wrong = np.arange(Z.shape[1]) != y[:, None]
    return (op.maximum(ours.margin - true + Z, 0.0) * wrong).mean()


@loss(losses.BatchHardTriplet)
def _batch_hard_triplet(ours, Z, y):
    """Of all triplets of an anchor, the one that costs most."""
    Z, y = _rows(Z, y)
    n, n_features = Z.shape
    d = distance(Z.reshape(n, 1, n_features), Z.reshape(1, n, n_features))
    near = op.where(y[:, None] == y, d, -1e9)
    far = op.where(y[:, None] == y, -1e9, -d)
    gap = op.maximum_over(near, 1) + op.maximum_over(far, 1)
    return op.maximum(gap + ours.margin, 0.0).mean()


@loss(losses.KLDivergence)
def _divergence(ours, Z, y):
    known = (y * np.log(np.where(y > 0, y, 1))).sum()
    return (known - (op.log_softmax(Z) * y).sum()) / float(Z.data[..., 0].size)


def distance(U: Any, V: Any) -> Tensor:
    return op.sqrt(((U - V) ** 2).sum(-1) + 1e-12)


def contrastive(U: Tensor, V: Tensor, same: np.ndarray, margin: float) -> Tensor:
    d = distance(U, V)
    return (same * d * d + (1 - same) * op.maximum(margin - d, 0.0) ** 2).mean() / 2


def triplet(A: Tensor, P: Tensor, N: Tensor, margin: float) -> Tensor:
    return op.maximum(distance(A, P) - distance(A, N) + margin, 0.0).mean()
