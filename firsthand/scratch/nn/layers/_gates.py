"""The cells at speed: gates as blocks of rows, samples as columns, nothing allocated in a step.

A step of every cell is one product of a joint matrix with what comes in, and a bend:

    G = A [h; x; 1]        A = [U' W' b + v], a block of n_hidden rows a gate
    h = bend(G)

With samples as columns a gate is one contiguous block, and its product with few samples is a
third faster than with samples as rows. The sigmoid is a tanh, (1 + tanh(z / 2)) / 2: with the
half folded into A's rows, one call bends all gates. What these functions compute is what the step
functions of ``rnn``, ``lstm`` and ``gru`` say; tests hold both together.

Arrays may have leading axes, those of trials, in front of (rows, n_samples).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
States = Sequence[Array]


class Gates(Protocol):
    """What a sweep over the steps must know of a cell.

    ``n_gates`` counts the blocks in W and U, ``n_blocks`` those in A, of which the first
    ``n_sigmoids`` are bent by the sigmoid; ``n_states`` is 1 (h) or 2 (h and c), and ``n_kept``
    counts the blocks that a step keeps for backward beside G.
    """

    n_gates: int
    n_blocks: int
    n_sigmoids: int
    n_states: int
    n_kept: int

    def joint(self, W: Array, U: Array, b: Array, v: Array) -> Array:
        """Return A of shape (..., n_blocks n_hidden, n_hidden + n_in + 1)."""
        ...

    def parted(self, dA: Array, dW: Array, dU: Array, db: Array, dv: Array) -> None:
        """Fill the gradients of the weights, given A's."""
        ...

    def bend(self, G: Array, old: States, new: States, kept: Array) -> None:
        """Fill the new states; leave the gates in ``G``."""
        ...

    def bend_backward(
        self, dstates: States, G: Array, old: States, new: States, kept: Array, dG: Array
    ) -> Array | None:
        """Fill dG, leave the old cell's gradient in ``dstates``; return what h gets past A."""
        ...


def sigmoids(T: Array) -> Array:
    """Turn tanh(z / 2) into sigmoid(z), in place."""
    T *= 0.5
    T += 0.5
    return T


class RNNGates:
    """One block, and its tanh is the new state."""

    n_gates, n_blocks, n_sigmoids, n_states, n_kept = 1, 1, 0, 1, 0

    def joint(self, W: Array, U: Array, b: Array, v: Array) -> Array:
        return np.concatenate([U.mT, W.mT, (b + v)[..., None]], axis=-1)

    def parted(self, dA: Array, dW: Array, dU: Array, db: Array, dv: Array) -> None:
        n = dU.shape[-2]
        dU[...], dW[...] = dA[..., :n].mT, dA[..., n:-1].mT
        db[...] = dv[...] = dA[..., -1]

    def bend(self, G: Array, old: States, new: States, kept: Array) -> None:
        np.tanh(G, out=new[0])

    def bend_backward(
        self, dstates: States, G: Array, old: States, new: States, kept: Array, dG: Array
    ) -> None:
        np.multiply(new[0], new[0], out=dG)
        np.subtract(1, dG, out=dG)
        dG *= dstates[0]


class LSTMGates:
    """Blocks i, f, o, g: the three sigmoids are neighbours. Weights have PyTorch's i, f, g, o."""

    n_gates, n_blocks, n_sigmoids, n_states, n_kept = 4, 4, 3, 2, 1
    order = (0, 1, 3, 2)  # block of A: gate of the weights

    def joint(self, W: Array, U: Array, b: Array, v: Array) -> Array:
        n = U.shape[-2]
        A = np.empty((*W.shape[:-2], 4 * n, n + W.shape[-2] + 1), W.dtype)
        for block, gate in enumerate(self.order):
            rows, columns = _block(block, n), _block(gate, n)
            A[..., rows, :n] = U[..., columns].mT
            A[..., rows, n:-1] = W[..., columns].mT
            A[..., rows, -1] = b[..., columns] + v[..., columns]
        return A

    def parted(self, dA: Array, dW: Array, dU: Array, db: Array, dv: Array) -> None:
        n = dU.shape[-2]
        for block, gate in enumerate(self.order):
            rows, columns = _block(block, n), _block(gate, n)
            dU[..., columns] = dA[..., rows, :n].mT
            dW[..., columns] = dA[..., rows, n:-1].mT
            db[..., columns] = dv[..., columns] = dA[..., rows, -1]

    def bend(self, G: Array, old: States, new: States, kept: Array) -> None:
        n = kept.shape[-2]
        np.tanh(G, out=G)
        sigmoids(G[..., : 3 * n, :])
        i, f, o, g = (G[..., _block(block, n), :] for block in range(4))
        c = new[1]
        np.multiply(i, g, out=kept)
        np.multiply(f, old[1], out=c)
        c += kept
        np.tanh(c, out=kept)
        np.multiply(o, kept, out=new[0])

    def bend_backward(
        self, dstates: States, G: Array, old: States, new: States, kept: Array, dG: Array
    ) -> None:
        n = kept.shape[-2]
        dh, dc = dstates
        i, f, o, g = (G[..., _block(block, n), :] for block in range(4))
        di, df, do, dg = (dG[..., _block(block, n), :] for block in range(4))
        np.multiply(dh, o, out=di)  # dc += dh o (1 - tanh(c)^2); di and df are free until below
        dc += di
        np.multiply(kept, kept, out=df)
        df *= di
        dc -= df
        three, slopes = G[..., : 3 * n, :], dG[..., : 3 * n, :]
        np.subtract(1, three, out=slopes)
        slopes *= three
        di *= g
        di *= dc
        df *= old[1]
        df *= dc
        do *= kept
        do *= dh
        np.multiply(g, g, out=dg)
        np.subtract(1, dg, out=dg)
        dg *= i
        dg *= dc
        dc *= f


class GRUGates:
    """Blocks r, z, x W_n + b_n and h U_n + v_n: r stands between the last two."""

    n_gates, n_blocks, n_sigmoids, n_states, n_kept = 3, 4, 2, 1, 0

    def joint(self, W: Array, U: Array, b: Array, v: Array) -> Array:
        n = U.shape[-2]
        A = np.zeros((*W.shape[:-2], 4 * n, n + W.shape[-2] + 1), W.dtype)
        A[..., : 3 * n, n:-1] = W.mT
        A[..., : 3 * n, -1] = b
        A[..., : 2 * n, :n] = U[..., : 2 * n].mT
        A[..., : 2 * n, -1] += v[..., : 2 * n]
        A[..., 3 * n :, :n] = U[..., 2 * n :].mT
        A[..., 3 * n :, -1] = v[..., 2 * n :]
        return A

    def parted(self, dA: Array, dW: Array, dU: Array, db: Array, dv: Array) -> None:
        n = dU.shape[-2]
        dW[...], db[...] = dA[..., : 3 * n, n:-1].mT, dA[..., : 3 * n, -1]
        dU[..., : 2 * n], dv[..., : 2 * n] = dA[..., : 2 * n, :n].mT, dA[..., : 2 * n, -1]
        dU[..., 2 * n :], dv[..., 2 * n :] = dA[..., 3 * n :, :n].mT, dA[..., 3 * n :, -1]

    def bend(self, G: Array, old: States, new: States, kept: Array) -> None:
        h, new_h = old[0], new[0]
        n = h.shape[-2]
        np.tanh(G[..., : 2 * n, :], out=G[..., : 2 * n, :])
        sigmoids(G[..., : 2 * n, :])
        r, z, N, m = (G[..., _block(block, n), :] for block in range(4))
        np.multiply(r, m, out=new_h)
        N += new_h
        np.tanh(N, out=N)
        np.subtract(h, N, out=new_h)  # h' = (1 - z) N + z h
        new_h *= z
        new_h += N

    def bend_backward(
        self, dstates: States, G: Array, old: States, new: States, kept: Array, dG: Array
    ) -> Array:
        (dh,), h = dstates, old[0]
        n = h.shape[-2]
        r, z, N, m = (G[..., _block(block, n), :] for block in range(4))
        dr, dz, dN, dm = (dG[..., _block(block, n), :] for block in range(4))
        past = dh * z
        np.multiply(N, N, out=dN)
        np.subtract(1, dN, out=dN)
        np.subtract(dh, past, out=dm)
        dN *= dm  # dh (1 - z) (1 - N^2)
        np.multiply(dN, r, out=dm)
        both, slopes = G[..., : 2 * n, :], dG[..., : 2 * n, :]
        np.subtract(1, both, out=slopes)
        slopes *= both
        dr *= m
        dr *= dN
        dz *= h - N
        dz *= dh
        return past


def _block(place: int, n: int) -> slice:
    return slice(place * n, (place + 1) * n)
