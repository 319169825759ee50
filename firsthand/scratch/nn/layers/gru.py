r"""Gated recurrent unit: a state that is a mean of what it was and of a candidate.

    r, z = sigmoid(x W_rz + b_rz + h U_rz + v_rz)       reset, and share of the old
    m  = h U_n + v_n
    n  = tanh(x W_n + b_n + r m)                        the candidate
    h' = (1 - z) n + z h

    dn = dh' (1 - z)        dz = dh' (h - n)        ds = dn (1 - n^2)
    dr = ds m               dm = ds r
    dX-side = (dr r (1 - r), dz z (1 - z), ds)      dH-side = (dr r (1 - r), dz z (1 - z), dm)
    dx = dX-side W'         dh = dh' z + dH-side U'
    dW = x' dX-side         dU = h' dH-side         db, dv = their sums

The reset stands outside the product h U_n, as in PyTorch and cuDNN, and not inside, (r h) U_n, as
in the paper: one product for all gates, and two biases that differ. Cho et al., Learning phrase
representations using RNN encoder-decoder (2014); ``torch.nn.GRU``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers._gates import GRUGates
from firsthand.scratch.nn.layers.activations import sigmoid, sigmoid_backward
from firsthand.scratch.nn.layers.recurrent import Recurrent
from firsthand.scratch.nn.mlp import tanh_backward

Array = NDArray[np.floating[Any]]
Seen = tuple[Array, ...]


def gru_step(x: Array, h: Array, W: Array, U: Array, b: Array, v: Array) -> tuple[Array, Seen]:
    """Return the new state, and what backward needs.

    Parameters
    ----------
    x : array of shape (..., n_samples, n_in)
    h : array of shape (..., n_samples, n_hidden)
    W : array of shape (n_in, 3 n_hidden)
        Blocks r, z, n, and so in U, b and v.
    U : array of shape (n_hidden, 3 n_hidden)
    b, v : array of shape (3 n_hidden,)
    """
    x_r, x_z, x_n = np.split(x @ W + b, 3, axis=-1)
    h_r, h_z, m = np.split(h @ U + v, 3, axis=-1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * m)
    return (1 - z) * n + z * h, (x, h, r, z, n, m)


def gru_step_backward(
    dh: Array, seen: Seen, W: Array, U: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return (dx, dh, dW, dU, db, dv), given the gradient of the new state."""
    x, h, r, z, n, m = seen
    ds = tanh_backward(dh * (1 - z), n)
    reset, share = sigmoid_backward(ds * m, r), sigmoid_backward(dh * (h - n), z)
    x_side = np.concatenate([reset, share, ds], axis=-1)
    h_side = np.concatenate([reset, share, ds * r], axis=-1)
    return (
        x_side @ W.mT,
        dh * z + h_side @ U.mT,
        x.mT @ x_side,
        h.mT @ h_side,
        x_side.sum(axis=-2),
        h_side.sum(axis=-2),
    )


class GRU(Recurrent):
    """A layer of such units; parameters and attributes are those of :class:`Recurrent`.

    Examples
    --------
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(GRU(3, 5))
    >>> network.forward(np.ones((2, 7, 3))).shape
    (2, 7, 5)
    """

    gates = GRUGates
