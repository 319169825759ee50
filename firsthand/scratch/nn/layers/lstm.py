r"""Long short-term memory: a cell that keeps what it holds unless a gate says otherwise.

    z = x W + h U + b                    four blocks of n_hidden: i, f, g, o
    i, f, o = sigmoid(z_i, z_f, z_o)     what enters, what stays, what is said
    g  = tanh(z_g)
    c' = f c + i g
    h' = o tanh(c')

    do = dh' tanh(c')           dc' = dc' + dh' o (1 - tanh(c')^2)
    di = dc' g       df = dc' c       dg = dc' i       dc = dc' f
    dz = (di i (1 - i), df f (1 - f), dg (1 - g^2), do o (1 - o))
    dx = dz W'        dh = dz U'        dW = x' dz        dU = h' dz        db = sum of dz

with dU made of the old state. Along c the gradient is only multiplied by f: where f is near one it
does not vanish. Hochreiter & Schmidhuber, Long short-term memory (1997); ``torch.nn.LSTM``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers._gates import LSTMGates
from firsthand.scratch.nn.layers.activations import sigmoid, sigmoid_backward
from firsthand.scratch.nn.layers.recurrent import Recurrent
from firsthand.scratch.nn.mlp import tanh_backward

Array = NDArray[np.floating[Any]]
Seen = tuple[Array, ...]


def lstm_step(
    x: Array, h: Array, c: Array, W: Array, U: Array, b: Array
) -> tuple[Array, Array, Seen]:
    """Return the new state, the new cell, and what backward needs.

    Parameters
    ----------
    x : array of shape (..., n_samples, n_in)
    h, c : array of shape (..., n_samples, n_hidden)
    W : array of shape (n_in, 4 n_hidden)
    U : array of shape (n_hidden, 4 n_hidden)
    b : array of shape (4 n_hidden,)
    """
    z_i, z_f, z_g, z_o = np.split(x @ W + h @ U + b, 4, axis=-1)
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)
    g = np.tanh(z_g)
    cell = f * c + i * g
    bent = np.tanh(cell)
    return o * bent, cell, (x, h, c, i, f, g, o, bent)


def lstm_step_backward(
    dh: Array, dc: Array, seen: Seen, W: Array, U: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return (dx, dh, dc, dW, dU, db), given the gradients of the new state and cell."""
    x, h, c, i, f, g, o, bent = seen
    do = dh * bent
    dc = dc + tanh_backward(dh * o, bent)
    di, df, dg = dc * g, dc * c, dc * i
    dz = np.concatenate(
        [
            sigmoid_backward(di, i),
            sigmoid_backward(df, f),
            tanh_backward(dg, g),
            sigmoid_backward(do, o),
        ],
        axis=-1,
    )
    return dz @ W.mT, dz @ U.mT, dc * f, x.mT @ dz, h.mT @ dz, dz.sum(axis=-2)


class LSTM(Recurrent):
    """A layer of such cells; parameters and attributes are those of :class:`Recurrent`.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(LSTM(3, 5, n_layers=2, bidirectional=True))
    >>> network.forward(np.ones((2, 7, 3))).shape
    (2, 7, 10)
    >>> h, c = network.module.last
    >>> h.shape, c.shape
    ((4, 2, 5), (4, 2, 5))
    """

    gates = LSTMGates
