r"""Multi-layer perceptron: straight maps with a bend between them, and the error sent back.

    Z1 = X W1 + b1      A1 = g(Z1)                      hidden layer, g = relu or tanh
    Z2 = A1 W2 + b2     P  = exp(Z2) / sum exp(Z2)      one score, one probability a class
    J  = mean over samples of -log P[y]                 cross-entropy

    dZ2 = (P - Y) / n_samples                           Y = one-hot labels
    dW2 = A1' dZ2       db2 = column sums of dZ2        dA1 = dZ2 W2'
    dZ1 = dA1 * g'(Z1)                                  the chain rule through the bend
    dW1 = X' dZ1        db1 = column sums of dZ1
    theta <- theta - learning_rate * dtheta             all of them at once

``dW`` always means dJ/dW and has the shape of ``W``. Arrays may carry leading axes in front of
the shapes given below: ``W`` of shape (T, n_in, n_out) and ``b`` of (T, n_out) are T networks
that train side by side, on data of their own or shared.

``torch.nn.Linear`` stores the transpose, ``weight = W.T`` of shape (n_out, n_in);
``torch.nn.functional.cross_entropy`` averages over samples as we do.

Rumelhart, Hinton & Williams, Learning representations by back-propagating errors (1986);
Goodfellow, Bengio & Courville, Deep Learning (2016), chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
Layer = tuple[Array, Array]  # W (n_in, n_out) and b (n_out,)


def relu(Z: Array) -> Array:
    """Return max(Z, 0), elementwise, as a new array of the same shape and dtype."""
    return np.maximum(Z, 0)


def relu_backward(dA: Array, A: Array) -> Array:
    """Return dZ, given ``dA`` = dJ/dA and ``A`` = relu(Z), all of one shape.

    The slope is 1 where ``A`` > 0 and 0 elsewhere; the kink at 0 counts as flat, as in PyTorch.
    """
    return dA * (A > 0)  # A > 0 exactly where Z > 0, so Z need not be kept


def tanh_backward(dA: Array, A: Array) -> Array:
    """Return dZ, given ``dA`` = dJ/dA and ``A`` = tanh(Z), all of one shape.

    Write the slope of tanh in ``A``, so that no exponential is computed again.
    """
    return dA * (1 - A * A)


def activate(Z: Array, activation: str) -> Array:
    """Return relu(Z) or tanh(Z), as ``activation`` says; any other name is a ValueError."""
    if activation == "relu":
        return relu(Z)
    if activation == "tanh":
        return np.tanh(Z)
    raise ValueError(f"activation is 'relu' or 'tanh', not {activation!r}.")


def activate_backward(dA: Array, A: Array, activation: str) -> Array:
    """Return dZ through the activation of that name; any other name is a ValueError."""
    if activation == "relu":
        return relu_backward(dA, A)
    if activation == "tanh":
        return tanh_backward(dA, A)
    raise ValueError(f"activation is 'relu' or 'tanh', not {activation!r}.")


def linear(X: Array, W: Array, b: Array) -> Array:
    """Return Z = X W + b, one row a sample.

    Parameters
    ----------
    X : array of shape (..., n_samples, n_in)
    W : array of shape (..., n_in, n_out)
    b : array of shape (..., n_out)
        Its leading axes are those of ``W``; it is the same for every sample.

    Returns
    -------
    Z : array of shape (..., n_samples, n_out)
    """
    return X @ W + b[..., None, :]


def linear_backward_parameters(dZ: Array, X: Array) -> Layer:
    """Return (dW, db) of Z = X W + b, given ``dZ`` = dJ/dZ.

    Parameters
    ----------
    dZ : array of shape (..., n_samples, n_out)
        Whatever average the loss takes is already in it: sum over samples, do not average again.
    X : array of shape (..., n_samples, n_in)
        The layer's input in the forward pass; it may lack the leading axes.

    Returns
    -------
    dW : array of shape (..., n_in, n_out)
    db : array of shape (..., n_out)
    """
    dW = X.mT @ dZ  # mT swaps the last two axes; the product sums over samples
    db = dZ.sum(axis=-2)
    return dW, db


def linear_backward_input(dZ: Array, W: Array) -> Array:
    """Return dX of Z = X W + b, given ``dZ`` = dJ/dZ.

    Parameters
    ----------
    dZ : array of shape (..., n_samples, n_out)
    W : array of shape (..., n_in, n_out)

    Returns
    -------
    dX : array of shape (..., n_samples, n_in)
    """
    return dZ @ W.mT  # mT swaps the last two axes


def log_softmax(Z: Array) -> Array:
    """Return log(exp(Z) / sum exp(Z)) along the last axis, for scores of any finite size.

    The result has the shape of ``Z``. No intermediate overflows, and no log of 0 is taken: with
    scores (0, 1000) the first log-probability is -1000.
    """
    shifted = Z - Z.max(axis=-1, keepdims=True)  # the largest is 0: exp never overflows
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(Z: Array, y: Labels) -> Any:
    """Return the mean over samples of -log P[y], where P is the softmax of the scores ``Z``.

    Parameters
    ----------
    Z : array of shape (..., n_samples, n_classes)
    y : integer array of shape (n_samples,) or (..., n_samples)
        The true classes, from 0 to n_classes - 1.

    Returns
    -------
    J : float, or array of the leading axes' shape
        One mean for each network.
    """
    Y = y[..., None] == np.arange(Z.shape[-1])  # one-hot, (..., n_samples, n_classes)
    return -log_softmax(Z).sum(axis=-1, where=Y).mean(axis=-1)


def cross_entropy_backward(Z: Array, y: Labels) -> Array:
    """Return dZ, the gradient of :func:`cross_entropy` with respect to its scores.

    Arguments are those of :func:`cross_entropy`; the result has the shape and dtype of ``Z``.
    """
    Y = y[..., None] == np.arange(Z.shape[-1])
    P = np.exp(log_softmax(Z))
    return (P - Y) / Z.shape[-2]


def init_weights(n_in: int, n_out: int, rng: np.random.Generator, gain: float = 2.0) -> Array:
    """Return W of shape (n_in, n_out): independent normal draws of mean 0, variance gain / n_in.

    All draws come from ``rng``, in float64. A gain of 2 keeps the mean square of the signal through
    a relu, which drops half of it; 1 suits tanh (He et al., Delving deep into rectifiers, 2015).
    """
    return rng.normal(size=(n_in, n_out)) * np.sqrt(gain / n_in)


def two_layer_forward(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, activation: str = "relu"
) -> tuple[Array, Array]:
    """Return (A1, Z2): the hidden activations and the scores of a two-layer network.

    Parameters
    ----------
    X : array of shape (..., n_samples, n_features)
    W1, b1 : arrays of shapes (..., n_features, n_hidden) and (..., n_hidden)
    W2, b2 : arrays of shapes (..., n_hidden, n_classes) and (..., n_classes)
    activation : "relu" or "tanh"
        Bends the hidden layer only; scores are not bent.

    Returns
    -------
    A1 : array of shape (..., n_samples, n_hidden)
    Z2 : array of shape (..., n_samples, n_classes)
    """
    A1 = activate(linear(X, W1, b1), activation)
    Z2 = linear(A1, W2, b2)
    return A1, Z2


def two_layer_backward(
    dZ2: Array, X: Array, A1: Array, W2: Array, activation: str = "relu"
) -> tuple[Array, Array, Array, Array]:
    """Return (dW1, db1, dW2, db2), given ``dZ2`` = dJ/dZ2.

    ``A1`` is what :func:`two_layer_forward` returned for ``X``; each gradient has the shape of its
    parameter. Nothing is updated here.
    """
    dW2, db2 = linear_backward_parameters(dZ2, A1)
    dA1 = linear_backward_input(dZ2, W2)
    dZ1 = activate_backward(dA1, A1, activation)
    dW1, db1 = linear_backward_parameters(dZ1, X)
    return dW1, db1, dW2, db2


def forward_deep(X: Array, layers: Sequence[Layer], activation: str = "relu") -> list[Array]:
    """Return [A0, A1, ..., Z]: the input, each hidden layer's activations, and the scores.

    ``layers`` is a list of at least one pair (W, b). The activation follows every layer but the
    last; with one layer the network is linear. The first entry is ``X`` itself, so that entry l
    is what layer l + 1 reads.
    """
    activations = [X]
    for number, (W, b) in enumerate(layers, start=1):
        Z = linear(activations[-1], W, b)
        activations.append(activate(Z, activation) if number < len(layers) else Z)
    return activations


def backward_deep(
    dZ: Array, layers: Sequence[Layer], activations: Sequence[Array], activation: str = "relu"
) -> list[Layer]:
    """Return [(dW1, db1), (dW2, db2), ...], in the order of ``layers``.

    Parameters
    ----------
    dZ : array of shape (..., n_samples, n_classes)
        dJ/dZ at the scores.
    layers : list of pairs (W, b)
    activations : list of arrays
        What :func:`forward_deep` returned: entry l is the input of layer l + 1.
    activation : "relu" or "tanh"
    """
    gradients = [linear_backward_parameters(dZ, activations[-2])]
    for l in range(len(layers) - 1, 0, -1):
        dA = linear_backward_input(dZ, layers[l][0])
        dZ = activate_backward(dA, activations[l], activation)
        gradients.insert(0, linear_backward_parameters(dZ, activations[l - 1]))
    return gradients


def sgd_step(
    theta: Array, gradient: Array, learning_rate: float | Array, weight_decay: float = 0.0
) -> None:
    """Step downhill, changing ``theta`` in place: theta - learning_rate (gradient + decay theta).

    ``theta`` and ``gradient`` are flat, of shape (..., n_parameters); every layer's ``W`` and ``b``
    is a view into ``theta`` and sees the step. ``gradient`` stays as it is. ``learning_rate`` is
    a number, or (..., 1) for one a network. The decay pulls every parameter towards 0, as
    ``torch.optim.SGD(lr=learning_rate, weight_decay=weight_decay)`` does. Returns nothing.
    """
    if weight_decay:
        gradient = gradient + weight_decay * theta  # a new array: the caller's stays as it is
    theta -= learning_rate * gradient


def numerical_gradient(loss: Callable[[Array], float], theta: Array, step: float = 1e-5) -> Array:
    """Return the slope of ``loss`` in each entry of ``theta``, by central differences.

    Entry i is (loss(theta + step e_i) - loss(theta - step e_i)) / (2 step), where e_i is 1 at i
    and 0 elsewhere: every other entry is at its own value in both calls. ``theta`` is flat and
    comes back unchanged; the result has its shape. ``loss`` is called twice an entry.
    """
    slope = np.empty_like(theta)
    at = theta.copy()
    for i in range(theta.size):
        at[i] = theta[i] + step
        above = loss(at)
        at[i] = theta[i] - step
        below = loss(at)
        at[i] = theta[i]
        slope[i] = (above - below) / (2 * step)
    return slope
