"""More than two classes: softmax on both sides.

A constant added to every class's intercept changes no probability, and a penalty on weights
alone does not settle it: intercepts are compared by their distance from their mean.
"""

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
from firsthand.compare.drawing import GROUPS, draw
from firsthand.compare.families import layout, penalty_strength
from firsthand.compare.logistic_regression.binary import L2, NEWTON, STOP, WHY_NEWTON
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import logistic_regression

Array = NDArray[np.float64]
TARGETS = ("one_hot", "softmax", "cross_entropy", "softmax_gradient")


def compare_softmax(bench: Bench, data: Dataset) -> Pair:
    """Return the pair, fitted to the end on both sides."""
    from firsthand.scratch.linear import LogisticRegression

    X, y, n = data.X, np.asarray(data.y, np.int64), data.n_samples

    def fit() -> Any:
        return LogisticRegression(L2, solver="newton", tol=STOP).fit(X, y)

    ours = fit()
    W, b = ours.coef_.T, ours.intercept_  # W is (n_features, n_classes)
    models: dict[float, Any] = {}

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        C = values["penalty"]
        if C not in models:
            models[C] = logistic_regression(X, y, C)
        model = models[C]
        free = np.asarray(model.intercept_)
        near = partial(agree, tolerance=NEWTON, why=WHY_NEWTON)
        return [
            near("weights", values["layout"](W), model.coef_),
            near("intercepts about their mean", b - b.mean(), free - free.mean()),
            near("probabilities", ours.predict_proba(X), model.predict_proba(X)),
            agree_exactly("classes", ours.predict(X), model.predict(X)),
        ]

    convention = search([penalty_strength("C", L2, n), layout("W", "coef_")], under)
    C = 1 / (L2 * n)
    return Pair(
        "Softmax and LogisticRegression",
        f"LogisticRegression(l2={L2:g}, solver='newton').fit(X, y), {data.n_classes} classes",
        f"sklearn.linear_model.LogisticRegression(C={C:.4g})",
        said(data, "standardised"),
        convention.best.rows,
        convention=convention,
        score=Score("accuracy", ours.score(X, y), float(models[C].score(X, y))),
        timing=bench.time(fit, lambda: logistic_regression(X, y, C)),
        targets=TARGETS,
        notes=("intercepts are free up to a constant, so they are compared about their mean",),
        pictures=(_probabilities(bench, ours.predict_proba(X), models[C].predict_proba(X)),),
    )


def compare_digits(data: Dataset) -> Pair:
    """Return the pair at the library's minimum: our probabilities, loss and slope there."""
    from sklearn.metrics import log_loss

    from firsthand.scratch.linear import logistic_regression as scratch

    X, y, n = data.X / 16, np.asarray(data.y, np.int64), data.n_samples
    model = logistic_regression(X, y, 1 / (L2 * n))
    W, b = np.ascontiguousarray(np.asarray(model.coef_).T), np.asarray(model.intercept_)
    Z, Y = X @ W + b, scratch.one_hot(y, data.n_classes)
    P, theirs = scratch.softmax(Z), model.predict_proba(X)
    dW, db = scratch.softmax_gradient(X, Y, W, b, L2)
    flat = partial(agree, tolerance=1e-8, why="the library stops when its slope is below 1e-12")
    rows = (
        agree("probabilities", P, theirs),
        agree("cross-entropy", scratch.cross_entropy(Z, Y), log_loss(y, theirs), tolerance=1e-9),
        flat("gradient in W at the library's minimum", dW, np.zeros_like(dW)),
        flat("gradient in b at the library's minimum", db, np.zeros_like(db)),
        agree_exactly("classes", P.argmax(axis=1), model.predict(X)),
    )
    return Pair(
        "Ten digits, at the library's answer",
        "softmax, cross_entropy, softmax_gradient at W = coef_.T, b = intercept_",
        f"sklearn.linear_model.LogisticRegression(C={1 / (L2 * n):.4g}) and log_loss",
        said(data, "grey values from 0 to 1"),
        rows,
        score=Score("accuracy", float(np.mean(P.argmax(axis=1) == y)), float(model.score(X, y))),
        targets=TARGETS,
        pictures=(_weights(dW, W),),
    )


def _probabilities(bench: Bench, ours: Array, theirs: Array) -> Picture:
    """Draw every sample's probability of its likeliest class on both sides, sorted."""
    order = np.argsort(theirs.max(axis=1))
    shown = order[np.unique(np.linspace(0, len(order) - 1, 300).astype(int))]
    rank = np.arange(len(shown))

    def paint(axes: Any) -> None:
        axes.plot(
            rank,
            theirs.max(axis=1)[shown],
            "o",
            color=LIBRARY,
            markerfacecolor="none",
            markersize=5,
            label="library",
        )
        axes.plot(
            rank, ours.max(axis=1)[shown], ".", color=bench.colour, markersize=3, label=bench.side
        )
        axes.set(
            xlabel="samples, from doubtful to sure", ylabel="probability of the likeliest class"
        )
        axes.legend(loc="lower right")

    return draw(
        "How sure both sides are",
        "Every dot lies in its ring: for each sample both sides are equally sure.",
        paint,
    )  # fmt: skip


def _weights(dW: Array, W: Array) -> Picture:
    """Draw the ten classes' weights as images."""
    from matplotlib.colors import LinearSegmentedColormap

    limit = float(np.abs(W).max())
    colours = LinearSegmentedColormap.from_list("weights", [GROUPS[1], "#ffffff", GROUPS[0]])

    def paint(axes: Any) -> None:
        for k, panel in enumerate(axes.flat):
            panel.imshow(W[:, k].reshape(8, 8), cmap=colours, vmin=-limit, vmax=limit)
            panel.set_title(str(k), fontsize=9)
            panel.set(xticks=[], yticks=[])
            panel.spines[:].set_visible(False)

    return draw(
        "What each digit is looked for by",
        "Weights of the ten classes as images: purple speaks for the digit, ochre against it; "
        f"the slope of our loss there is at most {np.abs(dW).max():.0e}.",
        paint,
        size=(4.8, 2.3),
        columns=5,
        rows=2,
    )
