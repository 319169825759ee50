r"""Gradient checking: is what backward says the slope of what forward computes?

    numeric  = (J(theta + h e_i) - J(theta - h e_i)) / (2 h)          central differences
    apart    = |analytic - numeric|
    error    = (apart - rounding) / max(|analytic|, |numeric|, top / 1000)

    error    1e-2  wrong      1e-4  suspicious      1e-7  right          in float64

``rounding`` is what is lost in the difference of two J, about epsilon |J| / h, and ``top`` the
largest slope of the tensor. Nothing here has a scale of its own: inputs of 1e-5 and of 1e5 are
judged alike.

J is a loss, or the sum of the outputs times random numbers, all different, so that no term can
hide behind another. Three things make right gradients look wrong, and are seen to:

    a kink       of a relu or a maximum, between theta - h and theta + h, or a bend that is too
                 sharp for h: both sides meet with a shorter h, which what is wrong never does;
                 such entries are counted and judged by that
    dropout      draws anew in every forward: its draws are frozen, unless ``freeze`` is off
    a state      that every forward moves on, such as the running means of batch norm or what a
                 recurrent layer carries: it is put back
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataTypeError, ParameterError
from firsthand.scratch.nn.layers.recurrent import Recurrent
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.network import Network

Array = NDArray[np.floating[Any]]
Rung = Literal["right", "suspicious", "wrong"]

RIGHT, SUSPICIOUS = 1e-6, 1e-3
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Checked:
    """The gradient of one tensor against central differences.

    Attributes
    ----------
    name : str
        A parameter, or ``"X"``.
    error : float
        The largest relative error of the entries that were looked at; infinite where one side
        is not a number.
    where : tuple of int
        The entry that has it.
    analytic, numeric : float
        What backward says there, and what the differences say.
    n_checked, n_kinks : int
        How many entries were looked at, and at how many a kink was in the way.
    """

    name: str
    error: float
    where: tuple[int, ...]
    analytic: float
    numeric: float
    n_checked: int
    n_kinks: int

    @property
    def rung(self) -> Rung:
        """Where the error stands on the ladder."""
        if self.error <= RIGHT:
            return "right"
        return "suspicious" if self.error <= SUSPICIOUS else "wrong"


@dataclass(frozen=True)
class GradientCheck:
    """The verdict on a network: a row for each tensor, the worst first."""

    rows: tuple[Checked, ...]

    @property
    def rung(self) -> Rung:
        """The rung of the worst tensor."""
        return self.rows[0].rung

    def __str__(self) -> str:
        lines = [f"{'tensor':24} {'error':>8}  {'':10} {'analytic':>12} {'numeric':>12}  entries"]
        for r in self.rows:
            kinks = f", {r.n_kinks} at a kink" if r.n_kinks else ""
            lines.append(
                f"{r.name:24} {r.error:8.1e}  {r.rung:10} {r.analytic:12.5g} {r.numeric:12.5g}"
                f"  {r.n_checked}{kinks}"
            )
        return "\n".join(lines)


def check_gradients(
    network: Network,
    X: Array,
    *,
    loss: Loss | None = None,
    y: Any = None,
    step: float = 1e-5,
    most: int = 100,
    freeze: bool = True,
    random_state: int = 0,
) -> GradientCheck:
    """Compare what ``backward`` computes with central differences, in the mode the network is in.

    Parameters
    ----------
    network : Network
        Of dtype float64, without trials. It is left as it was.
    X : array
        What it is fed; its own gradient is checked, too, unless it holds whole numbers.
    loss, y : Loss and its targets, optional
        By default J is the sum of the outputs times random numbers.
    step : float
        h, at parameters of about one; 1e-5 balances rounding and curvature in float64.
    most : int
        Entries looked at in each tensor, drawn where it has more.
    freeze : bool
        Whether every forward draws the same, as it must for the slope to mean anything.
    random_state : int

    Raises
    ------
    DataTypeError
        If the network computes in float32, whose rounding hides most errors.
    ParameterError
        If it has trials.
    """
    if network.parameters.flat.dtype != np.float64:
        raise DataTypeError("Gradients are checked in float64; make the network with that dtype.")
    if network.trials:
        raise ParameterError("Gradients are checked in one network; make it without trials.")
    rng = np.random.default_rng(random_state)
    objective = _Objective(network, X, loss, y, freeze)
    try:
        dX = objective.start(rng)
        gradients = {name: g.copy() for name, g in network.gradients.items()}
        tensors = {name: (network.parameters[name], g) for name, g in gradients.items()}
        if X.dtype.kind == "f":
            tensors["X"] = (objective.X, dX)
        rows = [
            _checked(name, theta, gradient, objective, step, most, rng)
            for name, (theta, gradient) in tensors.items()
        ]
    finally:
        objective.restore()
    return GradientCheck(tuple(sorted(rows, key=lambda row: -row.error)))


class _Objective:
    """J of the network at its present parameters, with its draws and its state put back."""

    def __init__(self, network: Network, X: Array, loss: Loss | None, y: Any, freeze: bool) -> None:
        self.network, self.X, self.loss, self.y, self.freeze = network, X.copy(), loss, y, freeze
        self.buffers = {name: kept.copy() for name, kept in network.buffers.items()}
        self.draws = network.rng.bit_generator.state
        recurrent = [part for part in network.modules.values() if isinstance(part, Recurrent)]
        self.carried = [(part, part.carried) for part in recurrent]
        self.flats = [(p.flat, p.flat.copy()) for p in (network.parameters, network.gradients)]

    def __call__(self) -> tuple[float, float]:
        """Return J, and how large the numbers are that it is the sum of."""
        Z = self._forward()
        if self.loss is None:
            return float(np.sum(Z * self.upstream)), float(np.sum(np.abs(Z * self.upstream)))
        J = float(self.loss.forward(Z, self.y))
        return J, abs(J)

    def start(self, rng: np.random.Generator) -> Array:
        """Fill the gradients and return that of X."""
        Z = self._forward()
        self.upstream = rng.normal(size=Z.shape)
        if self.loss is None:
            return self.network.backward(self.upstream)
        self.loss.forward(Z, self.y)
        return self.network.backward(self.loss.backward())

    def restore(self) -> None:
        for flat, kept in self.flats:
            flat[...] = kept
        self._put_back()

    def _forward(self) -> Array:
        if self.freeze:
            self._put_back()
        return self.network.forward(self.X)

    def _put_back(self) -> None:
        self.network.rng.bit_generator.state = self.draws
        for name, kept in self.buffers.items():
            self.network.buffers[name][...] = kept
        for part, state in self.carried:
            part.carried = state


def _checked(
    name: str,
    theta: Array,
    gradient: Array,
    objective: _Objective,
    step: float,
    most: int,
    rng: np.random.Generator,
) -> Checked:
    """Check the entries of one tensor, all or a draw of them."""
    entries = np.arange(theta.size)
    if theta.size > most:
        entries = np.sort(rng.choice(theta.size, most, replace=False))
    top = float(np.max(np.abs(gradient)))
    worst, n_kinks = (-1.0, (), 0.0, 0.0), 0
    for entry in entries:
        where = tuple(int(i) for i in np.unravel_index(entry, theta.shape))
        analytic, kink = float(gradient[where]), False
        numeric, rounding = _slope(objective, theta, where, step)
        error = _relative(analytic, numeric, rounding, top)
        for shorter in (step / 100, step / 10_000):
            if error <= RIGHT or not math.isfinite(error):
                break
            closer, rounding = _slope(objective, theta, where, shorter)
            # as h shrinks rounding grows, until it could excuse everything
            if max(abs(analytic - closer), rounding) < abs(analytic - numeric) / 100:
                numeric, kink = closer, True
                error = _relative(analytic, numeric, rounding, top)
        n_kinks += kink
        if error > worst[0]:
            worst = (error, where, analytic, numeric)
    return Checked(name, *worst, len(entries), n_kinks)


def _slope(
    objective: _Objective, theta: Array, where: tuple[int, ...], step: float
) -> tuple[float, float]:
    """Return the central difference, and how much of it may be rounding."""
    value = theta[where]
    h = step * max(1.0, abs(float(value)))
    theta[where] = value + h
    above, size = objective()
    theta[where] = value - h
    below, other = objective()
    theta[where] = value
    return (above - below) / (2 * h), 10 * EPSILON * max(size, other) / h


def _relative(analytic: float, numeric: float, rounding: float, top: float) -> float:
    apart = abs(analytic - numeric)
    if not math.isfinite(apart):
        return math.inf
    if apart <= rounding:
        return 0.0
    return (apart - rounding) / max(abs(analytic), abs(numeric), top / 1000)
