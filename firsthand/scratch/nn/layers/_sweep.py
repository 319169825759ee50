"""One recurrent layer in one direction, over all steps and back, for any cell of ``_gates``.

    forward     V_t = [h_t-1; x_t; 1]      G_t = A V_t             h_t = bend(G_t)
    backward    dG_t from dh_t             dV_t = A' dG_t          dh_t-1 = dV_t's first rows
                dA = sum over t of dG_t V_t' and all dx_t, a product each after the last step

Steps come first, samples last: (n_steps, ..., n_features, n_samples). A sample that has ended
keeps its state, and its gradient passes by. Arrays are used again from call to call: at 32 samples
of 50 steps, 64 -> 128, fresh memory cost nothing to 2 of 11 ms, as the allocator pleased.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.layers._gates import Gates, States

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


class Sweep:
    """A pass over the steps, and what its way back needs."""

    def __init__(self, gates: Gates) -> None:
        self.gates = gates
        self.rooms: dict[str, Array] = {}

    def forward(self, X: Array, start: States, A: Array, ended: Mask | None) -> Array:
        """Return h of every step, (n_steps, ..., n_hidden, n_samples), until the next forward.

        ``X`` (n_steps, ..., n_in, n_samples) in the order of the sweep, ``start`` states of shape
        (..., n_hidden, n_samples), ``A`` of ``gates.joint``, ``ended`` (n_steps, n_samples).
        """
        gates, n = self.gates, start[0].shape[-2]
        lead, (n_steps, n_samples) = A.shape[:-2], (len(X), X.shape[-1])

        def room(name: str, steps: int, rows: int) -> Array:
            return self._room(name, (steps, *lead, rows, n_samples), A.dtype)

        V = room("V", n_steps + 1, A.shape[-1])
        V[:-1, ..., n:-1, :] = X
        V[..., -1, :] = 1
        states = [V[..., :n, :]]
        if gates.n_states == 2:
            states.append(room("c", n_steps + 1, n))
        for state, first in zip(states, start, strict=True):
            state[0] = first
        G, kept = room("G", n_steps, gates.n_blocks * n), room("kept", n_steps, gates.n_kept * n)
        halved = A.copy()
        halved[..., : gates.n_sigmoids * n, :] *= 0.5
        for t in range(n_steps):
            np.matmul(halved, V[t], out=G[t])
            old, new = [s[t] for s in states], [s[t + 1] for s in states]
            gates.bend(G[t], old, new, kept[t])
            if ended is not None:
                for before, after in zip(old, new, strict=True):
                    np.copyto(after, before, where=ended[t])
        self.A, self.V, self.G, self.kept, self.states, self.ended = A, V, G, kept, states, ended
        return states[0][1:]

    @property
    def last(self) -> list[Array]:
        """The states after the last step, each (..., n_hidden, n_samples)."""
        return [state[-1] for state in self.states]

    def backward(self, dH: Array, dlast: States) -> tuple[Array, list[Array], Array]:
        """Return (dX, dstart, dA), given dJ/dh of every step and of the last states."""
        A, G, V, states, gates = self.A, self.G, self.V, self.states, self.gates
        n, n_steps, n_samples = dH.shape[-2], len(dH), dH.shape[-1]
        lead, n_in = A.shape[:-2], A.shape[-1] - n - 1
        dX = self._room("dX", (*lead, n_in, n_steps, n_samples), A.dtype)
        slopes = self._room("slopes", (*lead, G.shape[-2], n_steps, n_samples), A.dtype)
        inputs = self._room("inputs", (*lead, V.shape[-2], n_steps, n_samples), A.dtype)
        dG, to_h = np.empty(G.shape[1:], A.dtype), A[..., :n].mT.copy()
        dstates = [gradient.copy() for gradient in dlast]
        dh = dstates[0]
        for t in reversed(range(n_steps)):
            passing = None
            if self.ended is not None:
                passing = [gradient.copy() for gradient in dstates]
            dh += dH[t]
            old, new = [s[t] for s in states], [s[t + 1] for s in states]
            past = gates.bend_backward(dstates, G[t], old, new, self.kept[t], dG)
            if self.ended is not None:
                np.copyto(dG, 0, where=self.ended[t])
            slopes[..., t, :] = dG
            np.matmul(to_h, dG, out=dh)
            if past is not None:
                dh += past
            if passing is not None and self.ended is not None:
                for gradient, kept in zip(dstates, passing, strict=True):
                    np.copyto(gradient, kept, where=self.ended[t])
        inputs[...] = np.moveaxis(V[:-1], 0, -2)
        all_steps = (*lead, -1, n_steps * n_samples)
        every = slopes.reshape(all_steps)
        np.matmul(A[..., n:-1].mT, every, out=dX.reshape(*lead, n_in, -1))
        return np.moveaxis(dX, -2, 0), dstates, every @ inputs.reshape(all_steps).mT

    def _room(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return the array of that name, made anew where another shape is needed."""
        kept = self.rooms.get(name)
        if kept is None or kept.shape != shape or kept.dtype != dtype:
            kept = self.rooms[name] = np.empty(shape, dtype)
        return kept
