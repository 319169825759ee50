"""The closed form against ``LinearRegression``, on features in their own units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.drawing import GROUPS, draw
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import linear_regression

Array = NDArray[np.float64]

SIX_DIGITS = 1e-9
WHY_SIX = (
    "the normal equations square the condition number and may cost six of sixteen digits; "
    "the library's SVD does not"
)


def compare_closed_form(bench: Bench, data: Dataset) -> Pair:
    """Return the pair; coefficients are compared only where the data determines them."""
    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X, np.asarray(data.y, np.float64)
    w, b = scratch.closed_form(X, y, 0.0)
    model = linear_regression(X, y)
    ours, theirs = scratch.predict(X, w, b), model.predict(X)
    rows = [
        agree("predictions", ours, theirs, tolerance=SIX_DIGITS, why=WHY_SIX),
        agree("R²", scratch.r2_score(y, ours), model.score(X, y), tolerance=1e-12, why=WHY_SIX),
    ]
    condition = _condition(X)
    notes: tuple[str, ...] = (f"condition number of the centred, scaled features: {condition:.3g}",)
    if condition < 1e6:
        rows[:0] = _parameters(w, b, model)
    else:
        notes += (
            "columns depend on each other up to rounding, so the data does not determine the "
            "coefficients: many give these predictions, and only those are compared",
        )
    return Pair(
        "Closed form and LinearRegression",
        "closed_form(X, y, l2=0)",
        "sklearn.linear_model.LinearRegression()",
        said(data, "in their own units"),
        tuple(rows),
        score=Score("R²", scratch.r2_score(y, ours), float(model.score(X, y))),
        timing=bench.time(lambda: scratch.closed_form(X, y, 0.0), lambda: linear_regression(X, y)),
        targets=("closed_form", "normal_equations", "ridge_path", "predict", "r2_score"),
        notes=notes,
        pictures=(_line(bench, data), _coefficients(bench, data, w, model.coef_)),
    )


def _parameters(w: Array, b: float, model: Any) -> list[Agreement]:
    return [
        agree("coefficients", w, model.coef_, tolerance=SIX_DIGITS, why=WHY_SIX),
        agree("intercept", b, model.intercept_, tolerance=SIX_DIGITS, why=WHY_SIX),
    ]


def _condition(X: Array) -> float:
    """Return largest over smallest singular value, each feature at length 1."""
    centred = X - X.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    if not length.all() or X.shape[0] <= X.shape[1]:
        return float("inf")
    s = np.linalg.svd(centred / length, compute_uv=False)
    return float(s[0] / s[-1]) if s[-1] else float("inf")


def _most_correlated(X: Array, y: Array) -> int:
    """Return the feature that explains most of the target by itself."""
    centred = X - X.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    length[length == 0] = np.inf
    return int(np.argmax(np.abs(centred.T @ (y - y.mean())) / length))


def _line(bench: Bench, data: Dataset) -> Picture:
    """Draw the target against the feature that explains most of it, with both fitted lines."""
    from firsthand.scratch.linear import linear_regression as scratch

    y = np.asarray(data.y, np.float64)
    best = _most_correlated(data.X, y)
    x = data.X[:, best]
    w, b = scratch.closed_form(x[:, None], y, 0.0)
    model = linear_regression(x[:, None], y)
    ends = np.array([x.min(), x.max()])
    shown = np.random.default_rng(0).permutation(len(x))[:1500]  # enough to see a cloud

    def paint(axes: Any) -> None:
        axes.scatter(x[shown], y[shown], s=9, color=GROUPS[2], alpha=0.55, linewidths=0)
        axes.plot(
            ends,
            model.predict(ends[:, None]),
            color=LIBRARY,
            linewidth=5,
            alpha=0.45,
            solid_capstyle="butt",
            label="library",
        )
        axes.plot(ends, scratch.predict(ends[:, None], w, b), color=bench.colour, label=bench.side)
        axes.set(xlabel=data.feature_names[best], ylabel=data.target_names[0])
        axes.legend(loc="upper left")

    reading = (
        f"{data.target_names[0]} rises by {w[0]:.3g} for each unit of {data.feature_names[best]}; "
        "the thin line lies on the thick one."
    )  # fmt: skip
    return draw("One feature, one line", reading.replace("rises by -", "falls by "), paint)


def _coefficients(bench: Bench, data: Dataset, w: Array, coef: Array) -> Picture:
    """Draw both sides' coefficients, each times the spread of its feature."""
    spread = data.X.std(axis=0)
    order = np.argsort(np.abs(coef * spread))[::-1][:14][::-1]

    def paint(axes: Any) -> None:
        place = np.arange(len(order))
        axes.axvline(0, color=GROUPS[2], linewidth=0.7)
        axes.scatter(
            (coef * spread)[order],
            place,
            s=70,
            facecolors="none",
            edgecolors=LIBRARY,
            linewidths=1.6,
            label="library",
        )
        axes.scatter((w * spread)[order], place, s=14, color=bench.colour, label=bench.side)
        axes.set_yticks(place, [data.feature_names[i] for i in order])
        axes.set_xlabel(f"change of {data.target_names[0]} for one standard deviation")
        axes.legend(loc="lower right")

    height = 0.9 + 0.22 * len(order)
    return draw(
        "Coefficients", "Every dot lies in its ring: both sides give each feature the same weight.",
        paint, size=(4.8, height),
    )  # fmt: skip
