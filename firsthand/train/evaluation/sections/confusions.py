"""Which classes are taken for which: the confusion matrix and the most confused pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.drawing import INK, MODEL_RGB, TEXT, draw, name
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.saying import count, say, share, short
from firsthand.train.evaluation.shares import share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.intervals import Interval
    from firsthand.train.evaluation.view import View

PAIRS = 10
MOST_NAMED, MOST_WRITTEN = 30, 12  # classes whose names, whose numbers are written


def section(view: View) -> Section | None:
    """Return the matrix; None where no classes are predicted."""
    figures = view.test.figures
    if isinstance(figures, Classes):
        n_classes = figures.probabilities.shape[1]
        counts = np.zeros((n_classes, n_classes))
        np.add.at(counts, (figures.y, figures.predicted), 1)
    elif isinstance(figures, Pixels):
        counts = figures.counts.sum(0)
    else:
        return None
    true = counts.sum(1, keepdims=True)
    rates = np.divide(counts, true, out=np.zeros_like(counts), where=true > 0)
    pairs = confused(counts)
    what = "pixels" if isinstance(figures, Pixels) else "examples"
    rows = [
        [
            short(view.class_name(i)),
            short(view.class_name(j)),
            Cell(count(int(counts[i, j])), "", "n"),
            say(_taken(view, figures, i, j), percent=True)
            if isinstance(figures, Classes)
            else Cell(share(rates[i, j], 1), "", "n"),
        ]
        for i, j in pairs
    ]
    picture = draw(
        "Confusion matrix",
        "Each row is a true class, each column what it was taken for; a row adds up to 100 %.",
        lambda axes: paint(axes, rates, [name(view.class_name(c)) for c in range(len(counts))]),
        size=_size(len(counts)),
    )
    tables = [Table(("true", "taken for", what, "of the true class"), rows)] if rows else []
    plain: dict[str, Any] = {
        "labels": [view.class_name(c) for c in range(len(counts))],
        "confusion_matrix": counts.astype(int).tolist(),
        "most_confused": [
            {"true": view.class_name(i), "taken_for": view.class_name(j), "n": int(counts[i, j])}
            for i, j in pairs
        ],
    }
    return Section(
        "confusions",
        "Confusions",
        _said(view, counts, pairs, what),
        tables,
        [picture],
        figures=plain,
    )


def _taken(view: View, figures: Classes, true: int, other: int) -> Interval:
    """Return how much of a class is taken for another."""
    return share_of(figures.predicted == other, figures.y == true, view.resampling)


def confused(counts: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the (true, taken for) pairs that occur, the most frequent first, at most ten."""
    off = counts * (1 - np.eye(len(counts)))
    order = np.argsort(-off, axis=None, kind="stable")[:PAIRS]
    pairs = [divmod(int(k), len(counts)) for k in order]
    return [(i, j) for i, j in pairs if off[i, j] > 0]


def paint(axes: Any, rates: NDArray[np.float64], names: list[str]) -> None:
    """Draw a matrix of shares of each row: colour for everything, numbers where they fit."""
    n = len(rates)
    colours = np.empty((n, n, 4))
    colours[..., :3] = MODEL_RGB
    colours[..., 3] = rates**0.6  # small confusions are to be seen beside the diagonal
    axes.imshow(colours, interpolation="nearest", aspect="equal")
    axes.set(xlabel="taken for", ylabel="true")
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if n <= MOST_NAMED:
        longest = max(map(len, names))
        axes.set_xticks(range(n), names, rotation=90 if longest * n > 24 else 0, **TEXT)
        axes.set_yticks(range(n), names, **TEXT)
    if n > MOST_WRITTEN:
        return
    for i in range(n):
        for j in range(n):
            if rates[i, j] >= 0.0005:
                text = f"{100 * rates[i, j]:.{1 if rates[i, j] < 0.0995 else 0}f}"
                colour = (
                    "#ffffff" if rates[i, j] ** 0.6 > 0.55 else INK
                )  # on deep blue, in light and dark
                axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=7.5)


def _size(n: int) -> tuple[float, float]:
    side = min(max(2.6 + 0.22 * n, 3.2), 6.4)
    return side + 0.5, side


def _said(view: View, counts: NDArray[np.float64], pairs: list[tuple[int, int]], what: str) -> str:
    if not pairs:
        return f"No class was taken for another in {count(int(counts.sum()))} {what}."
    i, j = pairs[0]
    wrong = counts.sum() - np.trace(counts)
    return (
        f"The most frequent mistake is to take {view.quoted(i)} for "
        f"{view.quoted(j)}: {share(counts[i, j] / wrong)} of all mistakes, and "
        f"{share(counts[i, j] / counts[i].sum(), 1)} of {view.quoted(i)}."
    )
