r"""Recurrence: one step, used for every place of a sequence, with a state that goes on.

    h_t = step(x_t, h_t-1)                       the same weights at every step
    dh_t-1, dx_t = step_backward(dh_t + what the output at t asks for)
    dW  = sum over t of what step t asks for     backpropagation through time

``unroll`` and ``unroll_backward`` are this, for the steps of ``rnn``, ``lstm`` and ``gru``.
``Recurrent`` is what their modules share: layers on top of each other, a second direction,
sequences of different lengths, and states that are carried on. Werbos, Backpropagation through
time: what it does and how to do it (1990).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.layers._gates import Gates
from firsthand.scratch.nn.layers._sweep import Sweep
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]
States = tuple[Array, ...]


def unroll(
    step: Callable[..., tuple[Any, ...]], X: Array, start: States, *weights: Array
) -> tuple[Array, States, list[Any]]:
    """Take ``step`` after ``step`` through ``X``.

    Parameters
    ----------
    step : callable
        ``step(x, *states, *weights)`` returns the new states, h first, and what its backward needs.
    X : array of shape (..., n_samples, n_steps, n_in)
    start : tuple of arrays of shape (..., n_samples, n_hidden)
    *weights : array

    Returns
    -------
    H : array of shape (..., n_samples, n_steps, n_hidden)
    last : tuple of arrays of shape (..., n_samples, n_hidden)
    seen : list
        What each step kept.
    """
    states, H, seen = start, [], []
    for t in range(X.shape[-2]):
        *new, kept = step(X[..., t, :], *states, *weights)
        states = tuple(new)
        H.append(states[0])
        seen.append(kept)
    return np.stack(H, axis=-2), states, seen


def unroll_backward(
    step_backward: Callable[..., tuple[Any, ...]],
    dH: Array,
    dlast: States,
    seen: Sequence[Any],
    *weights: Array,
) -> tuple[Array, States, list[Array]]:
    """Return (dX, dstart, dweights) of :func:`unroll`, from the last step to the first.

    ``step_backward(*dstates, kept, *weights)`` returns dx, the gradients of the states before the
    step, and those of the weights. ``dH`` is what the outputs ask for, ``dlast`` the last states.
    """
    dstates, dX = dlast, []
    dweights: list[Any] = [0] * len(weights)
    for t in reversed(range(len(seen))):
        dh = dstates[0] + dH[..., t, :]  # from this step's output, and from all later steps
        dx, *gradients = step_backward(dh, *dstates[1:], seen[t], *weights)
        dstates = tuple(gradients[: len(dlast)])
        asked = gradients[len(dlast) :]
        dweights = [d + more for d, more in zip_longest(dweights, asked, fillvalue=0)]
        dX.append(dx)
    return np.stack(dX[::-1], axis=-2), dstates, dweights


class Recurrent(Module):
    """What ``RNN``, ``LSTM`` and ``GRU`` share; each only says which ``gates`` it has.

    Parameters
    ----------
    n_in, n_hidden : int
    n_layers : int, default 1
        Each reads what the one below it says.
    bidirectional : bool, default False
        Whether a second sweep goes from the last step to the first; the output has both.
    dropout : float, default 0
        Share of what goes from one layer to the next that is left out while learning.

    Attributes
    ----------
    lengths : array of int (n_samples,) or None
        Set it before a forward whose samples differ in length: steps after a sample's end leave
        its state as it is, put out 0 and get no gradient.
    last : tuple of ndarray of shape (..., n_layers n_directions, n_samples, n_hidden)
        The states after the last forward: h, and c of an LSTM.
    dstart : tuple of ndarray
        The gradients of the initial states after the last backward.

    Notes
    -----
    ``X`` has shape (..., n_samples, n_steps, n_in), the output (..., n_samples, n_steps, n_hidden)
    or twice as many features; one without the trials' axes is shared. Parameters of layer k are
    ``W_k`` (n_in, gates n_hidden), ``U_k`` (n_hidden, gates n_hidden), and a bias for each product,
    ``b_k`` and ``v_k``; those of the second direction end in ``_reverse``. Between
    :meth:`start_carrying` and :meth:`stop_carrying` each forward goes on from where the last one
    ended: for sampling step by step, or for long texts in pieces. Gradients stay within a piece.
    """

    gates: ClassVar[type[Gates]]

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        n_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        check_sizes(n_in=n_in, n_hidden=n_hidden, n_layers=n_layers)
        self.n_in, self.n_hidden, self.n_layers = n_in, n_hidden, n_layers
        self.bidirectional, self.n_directions = bidirectional, 1 + bidirectional
        self.drops = [Dropout(dropout) for _ in range(n_layers - 1)]
        self.sweeps = [Sweep(self.gates()) for _ in self.places]
        self.shapes = {}
        for k, place in enumerate(self.places):
            below = n_in if k < self.n_directions else n_hidden * self.n_directions
            wide = self.gates.n_gates * n_hidden
            self.shapes |= {f"W_{place}": (below, wide), f"U_{place}": (n_hidden, wide)}
            self.shapes |= {f"b_{place}": (wide,), f"v_{place}": (wide,)}
        self.lengths: NDArray[np.integer[Any]] | None = None
        self.carrying = False
        self.carried: States | None = None

    @property
    def places(self) -> list[str]:
        """What names of parameters end in, a layer and a direction each."""
        ways = ("", "_reverse")[: self.n_directions]
        return [f"{layer}{way}" for layer in range(self.n_layers) for way in ways]

    def initialize(self, rng: np.random.Generator) -> None:
        reach = 1 / np.sqrt(self.n_hidden)
        for trial in np.ndindex(self.trials):
            for name, shape in self.shapes.items():
                getattr(self, name)[trial] = rng.uniform(-reach, reach, size=shape)

    def start_carrying(self) -> None:
        """Start the next forward from zeros, and every one after it where the last one ended."""
        if self.bidirectional:
            raise ParameterError(f"{self} reads backward, too, and cannot go on from a last step.")
        self.carrying, self.carried = True, None

    def stop_carrying(self) -> None:
        """Start every forward anew."""
        self.carrying, self.carried = False, None

    def forward(self, X: Array, start: States | None = None) -> Array:
        """Return h of every step of the last layer.

        ``start`` has the layout of ``last``; by default it is zeros, or what was carried.
        """
        H, n_samples = self._steps_first(X), X.shape[-3]
        self.ended = self._ended(len(H), n_samples)
        H = self._without_ends(H)  # what stands there may be no number at all
        states = self._states(start if start is not None else self.carried, n_samples, "start")
        ways = self.n_directions
        for layer in range(self.n_layers):
            H = self.drops[layer - 1].forward(H) if layer else H
            outputs: list[Array] = []
            for way in range(ways):
                k = layer * ways + way
                sweep, turn = self.sweeps[k], slice(None, None, -1 if way else 1)
                ended = None if self.ended is None else self.ended[turn]
                first = [state[..., k, :, :].mT for state in states]
                A = sweep.gates.joint(*self._weights(k))
                outputs.append(sweep.forward(H[turn], first, A, ended)[turn])
            H = np.concatenate(outputs, axis=-2) if ways > 1 else outputs[0]
            H = self._without_ends(H)
        lasts = zip(*(sweep.last for sweep in self.sweeps), strict=True)
        self.last = tuple(np.stack([part.mT for part in parts], axis=-3) for parts in lasts)
        if self.carrying:
            self.carried = self.last
        return np.moveaxis(H, (0, -1), (-2, -3)).copy(order="C")

    def backward(self, dZ: Array, dlast: States | None = None) -> Array:
        """Return dX and fill the gradients; ``dlast`` is what the last states are asked for."""
        n_samples, ways, n = self.sweeps[0].G.shape[-1], self.n_directions, self.n_hidden
        dstates = self._states(dlast, n_samples, "dlast")
        dstart = [np.empty_like(state) for state in dstates]
        dH = np.ascontiguousarray(np.moveaxis(dZ, (-2, -3), (0, -1)))
        for layer in reversed(range(self.n_layers)):
            above, inputs = self._without_ends(dH), list[Array]()
            for way in range(ways):
                k = layer * ways + way
                turn = slice(None, None, -1 if way else 1)
                asked = above[turn][..., way * n : (way + 1) * n, :]
                ends = [state[..., k, :, :].mT for state in dstates]
                dX, firsts, dA = self.sweeps[k].backward(asked, ends)
                self.sweeps[k].gates.parted(dA, *self._weights(k, "d"))
                inputs.append(dX[turn])
                for gradient, first in zip(dstart, firsts, strict=True):
                    gradient[..., k, :, :] = first.mT
            dH = inputs[0] + inputs[1] if ways > 1 else inputs[0]
            dH = self.drops[layer - 1].backward(dH) if layer else dH
        self.dstart = tuple(dstart)
        return np.moveaxis(dH, (0, -1), (-2, -3)).copy(order="C")

    def to_torch(self) -> dict[str, Array]:
        return {
            theirs: np.ascontiguousarray(getattr(self, ours).mT if turned else getattr(self, ours))
            for ours, theirs, turned in self._names()
        }

    def from_torch(self, state: Mapping[str, Array]) -> None:
        for ours, theirs, turned in self._names():
            self.put(ours, state[theirs].mT if turned else state[theirs])

    def describe(self) -> str:
        layers = f", {self.n_layers} layers" if self.n_layers > 1 else ""
        ways = ", both ways" if self.bidirectional else ""
        return f"{type(self).__name__} {self.n_in} -> {self.n_hidden}{layers}{ways}"

    def _names(self) -> list[tuple[str, str, bool]]:
        """Return our name, PyTorch's, and whether it is transposed there."""
        theirs = {"W": "weight_ih", "U": "weight_hh", "b": "bias_ih", "v": "bias_hh"}
        return [
            (f"{ours}_{place}", f"{name}_l{place}", ours in "WU")
            for place in self.places
            for ours, name in theirs.items()
        ]

    def _weights(self, k: int, d: str = "") -> list[Array]:
        """Return W, U, b, v of a layer and direction, or their gradients."""
        return [getattr(self, f"{d}{name}_{self.places[k]}") for name in "WUbv"]

    def _steps_first(self, X: Array) -> Array:
        """Return X as (n_steps, ..., n_in, n_samples)."""
        self.check(X, "n_samples", "n_steps", self.n_in)
        lead = X.shape[:-3]
        shared = X.reshape(*(1,) * (len(self.trials) - len(lead)), *X.shape)
        return np.moveaxis(shared, (-2, -3), (0, -1))

    def _ended(self, n_steps: int, n_samples: int) -> NDArray[np.bool_] | None:
        """Return which samples have ended before each step, (n_steps, n_samples)."""
        if self.lengths is None:
            return None
        lengths = np.asarray(self.lengths)
        if lengths.shape != (n_samples,) or lengths.dtype.kind not in "iu":
            raise DataError(
                f"{self} got lengths of shape {lengths.shape} and dtype {lengths.dtype}, "
                f"needs a whole number for each of {n_samples} samples."
            )
        if lengths.min() < 1 or lengths.max() > n_steps:
            raise DataError(
                f"{self} got lengths from {lengths.min()} to {lengths.max()}, "
                f"needs 1 to {n_steps}, the steps of X."
            )
        return np.arange(n_steps)[:, None] >= lengths

    def _without_ends(self, H: Array) -> Array:
        """Return H with zeros where a sample has ended."""
        if self.ended is None:
            return H
        between = (1,) * (H.ndim - 2)
        return np.where(self.ended.reshape(len(H), *between, -1), H.dtype.type(0), H)

    def _states(self, given: States | None, n_samples: int, name: str) -> States:
        """Return states of the layout of ``last``: what is given, if it fits, or zeros."""
        shape = (*self.trials, len(self.places), n_samples, self.n_hidden)
        if given is None:
            return (np.zeros(shape, self.dtype),) * self.gates.n_states
        if len(given) != self.gates.n_states:
            raise DataError(f"{self} got {len(given)} arrays as {name}, has {self.gates.n_states}.")
        for state in given:
            self.check(state, *shape, name=name)
        return given
