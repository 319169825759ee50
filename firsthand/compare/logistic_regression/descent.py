"""Gradient descent against the minimum, with the distance that is left proven, not guessed.

J is strongly convex around its minimum: wherever the slope is g, the minimum is at most
|g| / m away, m being the smallest curvature. That is the tolerance.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import agree
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture
from firsthand.compare.drawing import QUIET, draw
from firsthand.compare.logistic_regression.binary import L2
from firsthand.data import Dataset
from firsthand.library import logistic_regression

Array = NDArray[np.float64]
N_STEPS = 3000


def compare_descent(bench: Bench, data: Dataset) -> Pair:
    """Return the pair after 3000 steps of the largest rate that never goes uphill."""
    from firsthand.scratch.linear import logistic_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    n = len(y)
    X1 = np.column_stack([X, np.ones(n)])
    rate = 1 / (float(np.linalg.eigvalsh(X1.T @ X1 / n)[-1]) / 4 + L2)
    model = logistic_regression(X, y, 1 / (L2 * n))
    coef, free = np.asarray(model.coef_)[0], float(np.asarray(model.intercept_)[0])
    start = np.zeros(data.n_features)
    w, intercept, losses = scratch.gradient_descent(X, y, start, 0.0, rate, N_STEPS, L2)
    b = float(intercept)
    least = _objective(X, y, coef, free)
    g = _slope(X1, y, np.append(w, b))
    left = 1.1 * float(np.linalg.norm(g)) / _smallest_curvature(X1, np.append(coef, free))
    largest = float(np.abs(np.append(coef, free)).max())
    near = partial(
        agree,
        tolerance=left / largest + 1e-9,
        why=f"after {N_STEPS} steps the slope is {np.linalg.norm(g):.1e}; over the smallest "
        "curvature, that is how far the minimum can be",
    )
    climbs = float(np.max(np.diff(losses), initial=0.0))
    return Pair(
        "Gradient descent and the minimum",
        f"gradient_descent(X, y, 0, 0, learning_rate={rate:.3g}, n_steps={N_STEPS}, l2={L2:g})",
        f"sklearn.linear_model.LogisticRegression(C={1 / (L2 * n):.4g})",
        said(data, "standardised"),
        (
            near("parameters at the end", np.append(w, b), np.append(coef, free)),
            agree("loss at the end", losses[-1], _objective(X, y, w, b)),
            agree("largest rise of the loss in a step", climbs, 0.0, tolerance=1e-14,
                  why="at this rate J never rises, but for rounding"),
        ),
        targets=("gradient_descent", "gradient", "binary_cross_entropy"),
        pictures=(_picture(bench, losses, least),),
    )  # fmt: skip


def _objective(X: Array, y: Array, w: Array, b: float) -> float:
    z = X @ w + b
    return float(np.mean(np.logaddexp(0, z) - y * z) + L2 / 2 * w @ w)


def _slope(X1: Array, y: Array, v: Array) -> Array:
    from scipy.special import expit

    penalty = L2 * np.append(v[:-1], 0.0)
    return X1.T @ (np.asarray(expit(X1 @ v)) - y) / len(y) + penalty


def _smallest_curvature(X1: Array, v: Array) -> float:
    from scipy.special import expit

    p = np.asarray(expit(X1 @ v))
    penalty = np.append(np.full(X1.shape[1] - 1, L2), 0.0)
    H = (X1 * (p * (1 - p) / len(X1))[:, None]).T @ X1 + np.diag(penalty)
    return float(np.linalg.eigvalsh(H)[0])


def _picture(bench: Bench, losses: Array, least: float) -> Picture:
    def paint(axes: Any) -> None:
        shown = np.unique(np.geomspace(1, len(losses), 200).astype(int)) - 1
        axes.semilogx(shown + 1, losses[shown], color=bench.colour, label=bench.side)
        axes.axhline(least, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            "the library's minimum",
            (1, least),
            xytext=(0, 4),
            textcoords="offset points",
            color=QUIET,
            fontsize=9,
        )
        axes.set(xlabel="step + 1", ylabel="J")
        axes.legend(loc="upper right")

    return draw(
        "Downhill to the same place",
        "The loss from scratch falls to the least loss that the library found, and no lower.",
        paint,
    )  # fmt: skip
