r"""Gradient descent: where it is after every step, and where it arrives.

On a quadratic loss the path is known without walking it. With curvature H, learning rate r
and minimum t*,

    t_k - t* = (I - r H)^k (t_0 - t*)

so the whole path is checked against the eigenvalues of H, and the distance that is left after
k steps is at most (1 - r lambda_min)^k of the distance at the start: that is the tolerance
with which the end is compared with the library's exact solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.drawing import QUIET, draw
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import linear_regression, ridge

Array = NDArray[np.float64]
MOST_STEPS = 20_000
L2 = 1e-2


def compare_descent(bench: Bench, data: Dataset) -> Pair:
    """Return the pair; steps are as many as theory asks for, at most 20,000."""
    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    H = _curvature(X, L2)
    eigenvalues = np.linalg.eigvalsh(H)
    rate = float(1 / eigenvalues[-1])
    n_steps = _steps(rate * float(eigenvalues[0]))
    left = (1 - rate * float(eigenvalues[0])) ** n_steps
    w, b, losses = scratch.gradient_descent(X, y, rate, n_steps, L2)
    model = ridge(X, y, L2 * len(y))
    start = np.append(model.coef_, model.intercept_)
    allowed = max(left * float(np.linalg.norm(start)) / _largest(start), 0.0) + 1e-9
    why = (
        f"after {n_steps} steps at most {left:.1e} of the way is left, as the smallest "
        "curvature says; then rounding"
    )
    path = _losses(X, y, rate, n_steps, H, start)
    rows: list[Agreement] = [
        agree("learning rate that diverges", scratch.largest_learning_rate(X, L2),
              2 / eigenvalues[-1]),
        agree("loss after every step", losses, path, tolerance=1e-9,
              why=f"rounding, gathered over {n_steps} steps"),
        agree("coefficients at the end", w, model.coef_, tolerance=allowed, why=why),
        agree("intercept at the end", b, float(model.intercept_), tolerance=allowed, why=why),
    ]  # fmt: skip
    prediction = scratch.predict(X, w, b)
    return Pair(
        "Gradient descent and Ridge",
        f"gradient_descent(X, y, learning_rate={rate:.3g}, n_steps={n_steps}, l2={L2:g})",
        f"sklearn.linear_model.Ridge(alpha={L2 * len(y):g}) and the eigenvalues of the curvature",
        said(data, "standardised"),
        tuple(rows),
        score=Score("R²", scratch.r2_score(y, prediction), float(model.score(X, y))),
        timing=bench.time(
            lambda: scratch.gradient_descent(X, y, rate, n_steps, L2),
            lambda: ridge(X, y, L2 * len(y)),
        ),
        targets=("gradient_descent", "gradient", "loss", "largest_learning_rate", "predict"),
        notes=(
            f"the curvature's eigenvalues go from {eigenvalues[0]:.3g} to {eigenvalues[-1]:.3g}",
        ),
        pictures=(_picture(bench, losses, path, _least(X, y)),),
    )


def _curvature(X: Array, l2: float) -> Array:
    """Return the second derivatives of J in (w, b)."""
    X1 = np.column_stack([X, np.ones(len(X))])
    penalty = np.append(np.full(X.shape[1], l2), 0.0)
    return X1.T @ X1 / len(X) + np.diag(penalty)


def _steps(shrink: float) -> int:
    """Return after how many steps the farthest direction is within 1e-10 of its minimum."""
    needed = np.log(1e-10) / np.log1p(-min(shrink, 1 - 1e-12))
    return int(min(MOST_STEPS, np.ceil(needed)))


def _losses(X: Array, y: Array, rate: float, n_steps: int, H: Array, minimum: Array) -> Array:
    """Return J after every step from zero, out of the eigenvalues of H alone."""
    values, vectors = np.linalg.eigh(H)
    start = vectors.T @ (-minimum)
    steps = np.arange(n_steps + 1)[:, None]
    offset = (1 - rate * values) ** steps * start  # (n_steps + 1, n_features + 1)
    residual = X @ minimum[:-1] + minimum[-1] - y
    least = residual @ residual / (2 * len(y)) + L2 / 2 * minimum[:-1] @ minimum[:-1]
    return least + 0.5 * (offset**2) @ values


def _least(X: Array, y: Array) -> float:
    """Return the loss of the best unpenalised fit, half the mean squared residual."""
    return float(np.mean((linear_regression(X, y).predict(X) - y) ** 2) / 2)


def _largest(values: Array) -> float:
    return float(np.abs(values).max()) or 1.0


def _picture(bench: Bench, losses: Array, path: Array, least: float) -> Picture:
    def paint(axes: Any) -> None:
        shown = np.unique(np.geomspace(1, len(losses), 200).astype(int)) - 1
        some = np.unique(np.geomspace(1, len(losses), 14).astype(int)) - 1
        axes.semilogx(shown + 1, losses[shown], color=bench.colour, label=bench.side)
        axes.semilogx(
            some + 1,
            path[some],
            "o",
            color=LIBRARY,
            markerfacecolor="none",
            label="what the eigenvalues say",
        )
        axes.axhline(least, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set(xlabel="step + 1", ylabel="J")
        axes.legend(loc="upper right")

    return draw(
        "The way down",
        "The loss from scratch runs through the values that the curvature predicts, down to the "
        "dashed line, the least loss without a penalty.",
        paint,
    )  # fmt: skip
