"""Each class on its own: precision, recall and F1, or IoU and Dice of its pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation import of_classes, of_pixels
from firsthand.train.evaluation.intervals import Interval, percentile
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.resampling import bootstrap
from firsthand.train.evaluation.saying import count, say, sentence, share, short
from firsthand.train.evaluation.shares import share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.resampling import Weights
    from firsthand.train.evaluation.view import View

MOST = 60  # rows; of more classes the best and the worst are shown


def section(view: View) -> Section | None:
    """Return the table of classes; None where none are predicted."""
    figures = view.test.figures
    if isinstance(figures, Classes):
        return _of_examples(view, figures)
    if isinstance(figures, Pixels):
        return _of_pixels(view, figures)
    return None


def _of_examples(view: View, figures: Classes) -> Section:
    ones = np.ones((1, len(view.test)))
    _, true, _ = (counts[0].astype(int) for counts in figures.counts(ones))
    f1 = _each(view, lambda w: of_classes.of_each_class(*figures.counts(w))["f1"])
    table: list[tuple[float, list[Cell | str]]] = []
    plain: dict[str, Any] = {}
    for c in range(len(true)):
        found = (figures.y == c) & (figures.predicted == c)
        recall, precision = (
            share_of(found, of == c, view.resampling) for of in (figures.y, figures.predicted)
        )
        row = {"precision": precision, "recall": recall, "f1": f1[c]}
        plain[view.class_name(c)] = {k: v.plain() for k, v in row.items()} | {"n": int(true[c])}
        cells = [say(v, percent=True) for v in row.values()]
        trained = _at(view.facts.class_counts, c)
        table.append(
            (
                recall.value if true[c] else np.inf,
                [
                    short(view.class_name(c)),
                    *cells,
                    Cell(count(int(true[c])), "", "n"),
                    Cell(count(trained), "", "n"),
                ],
            )
        )
    absent = [view.class_name(c) for c in range(len(true)) if not true[c]]
    return Section(
        "classes",
        "Each class",
        _said(view, figures, true) + _absent(absent),
        [
            Table(
                ("class", "precision", "recall", "F1", "in test", "in training"),
                _shortened(table),
            )
        ],
        note="Precision: of those taken for the class, how many are of it. Recall: of those of the "
        "class, how many were found. Intervals: "
        + (
            "Wilson; of F1: bootstrap."
            if view.resampling.groups is None
            else f"{view.resampling.how}."
        ),
        figures={"classes": plain, "absent_in_test": absent},
    )


def _said(view: View, figures: Classes, true: NDArray[np.int64]) -> str:
    there = np.flatnonzero(true > 0)
    hit = figures.predicted == figures.y
    recalls = np.bincount(figures.y[hit], minlength=len(true))[there] / true[there]
    worst, best = int(there[recalls.argmin()]), int(there[recalls.argmax()])
    if len(there) == 1:
        return f"Only {view.quoted(int(there[0]))} occurs in the test part."
    if recalls.min() == recalls.max():
        return f"All classes are found alike: {share(recalls[0], 1)} of each."
    return (
        f"{view.quoted(worst)} is found the least, "
        f"{sentence(share_of(hit, figures.y == worst, view.resampling), percent=True)} of it, and "
        f"{view.quoted(best)} the most, "
        f"{sentence(share_of(hit, figures.y == best, view.resampling), percent=True)}."
    )


def _absent(names: list[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(f"“{short(name)}”" for name in names[:5]) + (" …" if len(names) > 5 else "")
    return f" Nothing can be said of {listed}: the test part holds no example."


def _of_pixels(view: View, figures: Pixels) -> Section:
    counts = figures.counts.sum(0)
    each = {
        key: _each(view, lambda w, k=key: of_pixels.of_each_class(figures.confusion(w))[k])
        for key in ("iou", "dice", "recall")
    }
    pixels = counts.sum(1)
    order = [c for c in range(len(counts)) if pixels[c] or counts[:, c].sum()]
    rows: list[tuple[float, list[Cell | str]]] = [
        (
            each["iou"][c].value,
            [
                short(view.class_name(c)),
                *(say(each[key][c], percent=True) for key in each),
                Cell(share(pixels[c] / max(pixels.sum(), 1), 1), "", "n"),
            ],
        )
        for c in order
    ]
    known = [c for c in order if pixels[c]]
    worst = min(known, key=lambda c: each["iou"][c].value)
    best = max(known, key=lambda c: each["iou"][c].value)
    text = (
        f"{view.quoted(worst)} is outlined the worst, IoU "
        f"{sentence(each['iou'][worst], percent=True)}, and {view.quoted(best)} the "
        f"best, {sentence(each['iou'][best], percent=True)}."
    )
    absent = [view.class_name(c) for c in range(len(counts)) if c not in known]
    return Section(
        "classes",
        "Each class",
        text + _absent(absent),
        [Table(("class", "IoU", "Dice", "pixels found", "share of pixels"), _shortened(rows))],
        note="IoU: pixels of the class that were found, of all that are of it or were taken for "
        f"it. Intervals: {view.resampling.how} over whole pictures.",
        figures={
            "classes": {
                view.class_name(c): {k: each[k][c].plain() for k in each} | {"n": int(pixels[c])}
                for c in order
            },
            "absent_in_test": absent,
        },
    )


def _each(view: View, figure: Callable[[Weights], NDArray[np.float64]]) -> list[Interval]:
    """Return the interval of a figure of each class, a function of weights to (some, C)."""

    def flat(weights: Weights) -> dict[str, NDArray[np.float64]]:
        values = figure(weights)
        return {str(c): values[:, c] for c in range(values.shape[1])}

    value = flat(np.ones((1, len(view.test))))
    replicates = bootstrap(flat, view.resampling)
    how, units = view.resampling.how, view.resampling.units
    return [percentile(float(value[c][0]), replicates[c], how, units=units) for c in value]


def _shortened(rows: list[tuple[float, list[Cell | str]]]) -> list[list[Cell | str]]:
    """Return all rows in their order, or of too many the worst and the best."""
    if len(rows) <= MOST:
        return [row for _, row in rows]
    ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    left_out = len(rows) - MOST
    gap: list[Cell | str] = [f"… {left_out} in between, see report.json"]
    return [*ordered[: MOST // 2], gap, *ordered[-MOST // 2 :]]


def _at(counts: tuple[int, ...], c: int) -> int:
    return counts[c] if c < len(counts) else 0
