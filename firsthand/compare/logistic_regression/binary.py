"""Two classes: Newton's method on both sides, and the penalty under two names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree, agree_exactly
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.conventions import search
from firsthand.compare.drawing import GROUPS, diagonal, draw
from firsthand.compare.families import intercept, penalty_strength
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import logistic_regression, logistic_with_penalised_intercept

Array = NDArray[np.float64]
L2 = 0.01
STOP = 1e-11
NEWTON = 1e-7
WHY_NEWTON = (
    f"both stop when the slope is below {STOP:g}; divided by the smallest curvature, about l2, "
    "that leaves 1e-9 of a weight, and more where features nearly repeat each other"
)


def compare_binary(bench: Bench, data: Dataset, plain: Dataset) -> Pair:
    """Return the pair on standardised ``data``; ``plain`` has original units, for the picture."""
    from firsthand.scratch.linear import LogisticRegression

    X, y, n = data.X, np.asarray(data.y, np.int64), data.n_samples

    def fit() -> Any:
        return LogisticRegression(L2, solver="newton", tol=STOP).fit(X, y)

    ours = fit()
    w, b, z = ours.coef_[0], float(ours.intercept_[0]), ours.decision_function(X)

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        coef, free = _library(X, y, values["penalty"], values["intercept"])
        near = partial(agree, tolerance=NEWTON, why=WHY_NEWTON)
        theirs = X @ coef + free
        return [
            near("coefficients", w, coef),
            near("intercept", b, free),
            near("log-odds", z, theirs),
            near("probabilities", ours.predict_proba(X)[:, 1], _probability(theirs)),
            agree_exactly("classes", ours.predict(X), theirs > 0),
        ]

    convention = search([penalty_strength("C", L2, n), intercept()], under)
    C = 1 / (L2 * n)
    model = logistic_regression(X, y, C)
    return Pair(
        "Two classes and LogisticRegression",
        f"LogisticRegression(l2={L2:g}, solver='newton').fit(X, y)",
        f"sklearn.linear_model.LogisticRegression(C={C:.4g})",
        said(data, "standardised"),
        convention.best.rows,
        convention=convention,
        score=Score("accuracy", ours.score(X, y), float(model.score(X, y))),
        timing=bench.time(fit, lambda: logistic_regression(X, y, C)),
        targets=("sigmoid", "log_odds", "binary_cross_entropy", "gradient", "newton_step"),
        pictures=(_boundary(bench, plain), _log_odds(bench, data, z, model.decision_function(X))),
    )


def _library(X: Array, y: NDArray[np.int64], C: float, intercept: str) -> tuple[Array, float]:
    """Return (coefficients, intercept) as scikit-learn computes them under a convention."""
    if intercept == "penalised":
        coef, free = logistic_with_penalised_intercept(X, y, C)
        return coef[0], float(free[0])
    model = logistic_regression(X, y, C)
    return np.asarray(model.coef_)[0], float(np.asarray(model.intercept_)[0])


def _probability(z: Array) -> Array:
    from scipy.special import expit

    return np.asarray(expit(z))


def _boundary(bench: Bench, data: Dataset) -> Picture:
    """Draw the two features that part the classes best alone, and both sides' boundary."""
    from firsthand.scratch.linear import LogisticRegression
    from firsthand.scratch.linear import logistic_regression as scratch

    y = np.asarray(data.y)
    spread = data.X.std(axis=0)
    apart = np.abs(data.X[y == 1].mean(axis=0) - data.X[y == 0].mean(axis=0))
    apart[spread > 0] /= spread[spread > 0]
    first, second = np.argsort(-apart)[[0, 1]] if data.n_features > 1 else (0, 0)
    X = data.X[:, [first, second]]
    shift, scale = X.mean(axis=0), X.std(axis=0)
    Z = (X - shift) / scale
    ours = LogisticRegression(L2, solver="newton", tol=STOP).fit(Z, y)
    model = logistic_regression(Z, y, 1 / (L2 * len(y)))
    x1 = np.linspace(Z[:, 0].min(), Z[:, 0].max(), 2)
    line = scratch.boundary(x1, ours.coef_[0], float(ours.intercept_[0]))
    coef, free = np.asarray(model.coef_)[0], float(np.asarray(model.intercept_)[0])
    theirs = -(coef[0] * x1 + free) / coef[1]
    shown = np.random.default_rng(0).permutation(len(y))[:1500]

    def paint(axes: Any) -> None:
        for k, marker in enumerate("os"):
            rows = shown[y[shown] == k]
            axes.scatter(
                *X[rows].T,
                s=12,
                marker=marker,
                color=GROUPS[k],
                alpha=0.6,
                linewidths=0,
                label=data.target_names[k],
            )
        axes.plot(
            x1 * scale[0] + shift[0],
            theirs * scale[1] + shift[1],
            color=LIBRARY,
            linewidth=5,
            alpha=0.45,
            solid_capstyle="butt",
            label="library",
        )
        axes.plot(
            x1 * scale[0] + shift[0],
            line * scale[1] + shift[1],
            color=bench.colour,
            label=bench.side,
        )
        axes.set(
            xlabel=data.feature_names[first],
            ylabel=data.feature_names[second],
            ylim=_limits(X[:, 1]),
        )
        legend = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 4}
        axes.legend(**legend, columnspacing=1, handlelength=1.2)

    return draw(
        "Where the probability is one half",
        "On the two features that part the classes best, both boundaries are the same line.",
        paint,
    )  # fmt: skip


def _limits(values: Array) -> tuple[float, float]:
    edge = 0.06 * float(np.ptp(values))
    return float(values.min()) - edge, float(values.max()) + edge


def _log_odds(bench: Bench, data: Dataset, z: Array, theirs: Array) -> Picture:
    y = np.asarray(data.y)
    shown = np.random.default_rng(0).permutation(len(y))[:800]

    def paint(axes: Any) -> None:
        diagonal(axes, float(theirs.min()), float(theirs.max()))
        for k, marker in enumerate("os"):
            rows = shown[y[shown] == k]
            axes.scatter(
                theirs[rows],
                z[rows],
                s=12,
                marker=marker,
                color=GROUPS[k],
                alpha=0.7,
                linewidths=0,
                label=data.target_names[k],
            )
        axes.set_xlabel("log-odds, library", color=LIBRARY)
        axes.set_ylabel(f"log-odds, {bench.side}", color=bench.colour)
        axes.legend(loc="upper left")

    return draw(
        "Log-odds, sample by sample",
        "Every sample lies on the diagonal: both sides are equally sure of it.",
        paint,
        size=(4.0, 3.6),
    )  # fmt: skip
