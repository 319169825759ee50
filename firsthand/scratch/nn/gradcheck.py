r"""Gradient checking: is what backward says the slope of what forward computes?

    numeric  = (J(theta + h e_i) - J(theta - h e_i)) / (2 h)          central differences
    error    = |analytic - numeric| / max(|analytic|, |numeric|, least)

    error    1e-2  wrong      1e-4  suspicious      1e-7  right          in float64

``least`` is the slope below which rounding alone, epsilon |J| / h, would look like an error.

J is a loss, or the sum of the outputs times random numbers, all different, so that no term can
hide behind another. Three things make right gradients look wrong, and are seen to:

    a kink       of a relu or a maximum, between theta - h and theta + h: with a smaller h the
                 difference goes away; such entries are counted and judged by that
    dropout      draws anew in every forward: its draws are frozen, unless ``freeze`` is off
    batch norm   moves its running means in every forward: they are put back
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataTypeError
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.network import Network

Array = NDArray[np.floating[Any]]
Rung = Literal["right", "suspicious", "wrong"]

RIGHT, SUSPICIOUS = 1e-6, 1e-3


@dataclass(frozen=True)
class Checked:
    """The gradient of one tensor against central differences.

    Attributes
    ----------
    name : str
        A parameter, or ``"X"``.
    error : float
        The largest relative error of the entries that were looked at.
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
    """
    if network.parameters.flat.dtype != np.float64:
        raise DataTypeError("Gradients are checked in float64; make the network with that dtype.")
    rng = np.random.default_rng(random_state)
    objective = _Objective(network, X, loss, y, freeze, rng)
    dX = objective.backward()
    gradients = {name: g.copy() for name, g in network.gradients.items()}
    tensors = {name: (network.parameters[name], g) for name, g in gradients.items()}
    if X.dtype.kind == "f":
        tensors["X"] = (objective.X, dX)
    rows = [
        _checked(name, theta, gradient, objective, step, most, rng)
        for name, (theta, gradient) in tensors.items()
    ]
    objective.restore()
    return GradientCheck(tuple(sorted(rows, key=lambda row: -row.error)))


class _Objective:
    """J of the network at its present parameters, with its draws and its buffers put back."""

    def __init__(
        self,
        network: Network,
        X: Array,
        loss: Loss | None,
        y: Any,
        freeze: bool,
        rng: np.random.Generator,
    ) -> None:
        self.network, self.X, self.loss, self.y, self.freeze = network, X.copy(), loss, y, freeze
        self.buffers = {name: kept.copy() for name, kept in network.buffers.items()}
        self.draws = network.rng.bit_generator.state
        self.upstream = rng.normal(size=self._forward().shape)

    def __call__(self) -> float:
        Z = self._forward()
        return float(self.loss.forward(Z, self.y) if self.loss else np.sum(Z * self.upstream))

    def backward(self) -> Array:
        Z = self._forward()
        if self.loss is None:
            return self.network.backward(self.upstream)
        self.loss.forward(Z, self.y)
        return self.network.backward(self.loss.backward())

    def restore(self) -> None:
        self.network.rng.bit_generator.state = self.draws
        for name, kept in self.buffers.items():
            self.network.buffers[name][...] = kept

    def _forward(self) -> Array:
        if self.freeze:
            self.restore()
        return self.network.forward(self.X)


def _checked(
    name: str,
    theta: Array,
    gradient: Array,
    objective: Callable[[], float],
    step: float,
    most: int,
    rng: np.random.Generator,
) -> Checked:
    """Check the entries of one tensor, all or a draw of them."""
    entries = np.arange(theta.size)
    if theta.size > most:
        entries = np.sort(rng.choice(theta.size, most, replace=False))
    noise = 10 * np.finfo(np.float64).eps * max(1.0, abs(objective()))  # of one value of J
    least = noise / step / RIGHT
    worst, n_kinks = (-1.0, (), 0.0, 0.0), 0
    for entry in entries:
        where = tuple(int(i) for i in np.unravel_index(entry, theta.shape))
        analytic = float(gradient[where])
        numeric = _slope(objective, theta, where, step)
        error = _relative(analytic, numeric, least)
        if error > RIGHT:  # is a kink in the way? then a shorter step does not meet it
            shorter = _slope(objective, theta, where, step / 100)
            closer = _relative(analytic, shorter, 100 * least)
            if closer < error / 100:
                n_kinks, numeric, error = n_kinks + 1, shorter, closer
        if error > worst[0]:
            worst = (error, where, analytic, numeric)
    return Checked(name, *worst, len(entries), n_kinks)


def _slope(
    objective: Callable[[], float], theta: Array, where: tuple[int, ...], step: float
) -> float:
    value = theta[where]
    h = step * max(1.0, abs(float(value)))
    theta[where] = value + h
    above = objective()
    theta[where] = value - h
    below = objective()
    theta[where] = value
    return (above - below) / (2 * h)


def _relative(analytic: float, numeric: float, least: float) -> float:
    return abs(analytic - numeric) / max(abs(analytic), abs(numeric), least)
