"""Ridge: one penalty under two names. ``l2`` weighs a mean of squares, ``alpha`` their sum."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.conventions import search
from firsthand.compare.drawing import GROUPS, draw
from firsthand.compare.families import intercept, penalty_strength
from firsthand.compare.linear_regression.closed_form import SIX_DIGITS, WHY_SIX
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import linear_regression, ridge, ridge_with_penalised_intercept

Array = NDArray[np.float64]
L2 = 0.1


def compare_ridge(bench: Bench, data: Dataset) -> Pair:
    """Return the pair under the convention that makes both sides identical."""
    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    w, b = scratch.closed_form(X, y, L2)
    ours = scratch.predict(X, w, b)

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        coef, free = _library(X, y, values["penalty"], values["intercept"])
        near = partial(agree, tolerance=SIX_DIGITS, why=WHY_SIX)
        return [
            near("coefficients", w, coef),
            near("intercept", b, free),
            near("predictions", ours, X @ coef + free),
        ]

    n = data.n_samples
    convention = search([penalty_strength("alpha", L2, n), intercept()], under)
    model = ridge(X, y, L2 * n)
    return Pair(
        "Ridge and Ridge",
        f"closed_form(X, y, l2={L2:g})",
        f"sklearn.linear_model.Ridge(alpha={L2 * n:g})",
        said(data, "standardised"),
        convention.best.rows,
        convention=convention,
        score=Score("R²", scratch.r2_score(y, ours), float(model.score(X, y))),
        timing=bench.time(lambda: scratch.closed_form(X, y, L2), lambda: ridge(X, y, L2 * n)),
        targets=("closed_form", "normal_equations", "predict", "r2_score"),
        pictures=(_path(bench, data),),
    )


def _library(X: Array, y: Array, alpha: float, intercept: str) -> tuple[Array, float]:
    """Return (coefficients, intercept) as scikit-learn computes them under a convention."""
    if intercept == "penalised":
        return ridge_with_penalised_intercept(X, y, alpha)
    model = ridge(X, y, alpha) if alpha else linear_regression(X, y)
    return np.asarray(model.coef_), float(model.intercept_)


def _path(bench: Bench, data: Dataset) -> Picture:
    """Draw how every coefficient shrinks as the penalty grows, on both sides."""
    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    n, shown = len(y), np.argsort(-np.abs(linear_regression(X, y).coef_))[:8]
    fine, coarse = np.logspace(-4, 2, 50), np.logspace(-4, 2, 9)
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    ours = scratch.ridge_path(Xc, yc, fine * n)[:, shown]
    theirs = np.array([ridge(X, y, l2 * n).coef_ for l2 in coarse])[:, shown]

    def paint(axes: Any) -> None:
        axes.axhline(0, color=GROUPS[2], linewidth=0.7)
        axes.semilogx(fine, ours, color=bench.colour, linewidth=1.2)
        axes.semilogx(
            np.repeat(coarse[:, None], len(shown), 1),
            theirs,
            "o",
            color=LIBRARY,
            markerfacecolor="none",
            markersize=5,
        )
        axes.plot([], [], color=bench.colour, label=bench.side)
        axes.plot([], [], "o", color=LIBRARY, markerfacecolor="none", label="library")
        axes.set(xlabel="l2", ylabel="coefficient")
        axes.legend(loc="upper right")

    return draw(
        "The ridge path",
        "As the penalty grows every coefficient shrinks towards 0; rings of the library lie on "
        "the lines from scratch.",
        paint,
    )  # fmt: skip
