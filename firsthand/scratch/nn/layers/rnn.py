r"""Recurrent layer: what it says is a bend of what it reads and of what it said before.

    h' = tanh(x W + h U + b)

    dz = dh' (1 - h'^2)
    dx = dz W'        dh = dz U'        dW = x' dz        dU = h' dz        db = sum of dz

with dU made of the old state. Elman, Finding structure in time (1990); ``torch.nn.RNN``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers._gates import RNNGates
from firsthand.scratch.nn.layers.recurrent import Recurrent
from firsthand.scratch.nn.mlp import tanh_backward

Array = NDArray[np.floating[Any]]
Seen = tuple[Array, ...]


def rnn_step(x: Array, h: Array, W: Array, U: Array, b: Array) -> tuple[Array, Seen]:
    """Return the new state, and what backward needs.

    Parameters
    ----------
    x : array of shape (..., n_samples, n_in)
    h : array of shape (..., n_samples, n_hidden)
    W : array of shape (n_in, n_hidden)
    U : array of shape (n_hidden, n_hidden)
    b : array of shape (n_hidden,)
    """
    new = np.tanh(x @ W + h @ U + b)
    return new, (x, h, new)


def rnn_step_backward(
    dh: Array, seen: Seen, W: Array, U: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return (dx, dh, dW, dU, db), given the gradient of the new state."""
    x, h, new = seen
    dz = tanh_backward(dh, new)
    return dz @ W.mT, dz @ U.mT, x.mT @ dz, h.mT @ dz, dz.sum(axis=-2)


class RNN(Recurrent):
    """The plain recurrent layer; parameters and attributes are those of :class:`Recurrent`.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(RNN(3, 5))
    >>> network.forward(np.ones((2, 7, 3))).shape
    (2, 7, 5)
    >>> network.module.last[0].shape
    (1, 2, 5)
    """

    gates = RNNGates
