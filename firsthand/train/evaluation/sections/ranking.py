"""How well scores order the examples, whatever the threshold: ROC and precision-recall curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.drawing import HAIR, MODEL, OTHER, SOFT, draw
from firsthand.train.evaluation.of_classes import Classes, area_of
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.saying import number, sentence, share, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.view import View

MOST_CURVES = 40
POINTS = 200  # of a curve; more cannot be seen


def section(view: View) -> Section | None:
    """Return the curves; None where no classes are predicted, or only one occurs."""
    figures = view.test.figures
    if not isinstance(figures, Classes):
        return None
    y, P = figures.y, figures.probabilities
    n_classes = P.shape[1]
    wanted = [1] if n_classes == 2 else range(n_classes)
    there = [c for c in wanted if 0 < (y == c).sum() < len(y)]
    if not there:
        return Section(
            "ranking",
            "Ranking",
            "",
            missing="only one class occurs in the test part, and an order needs two",
        )
    ones = np.ones((1, len(y)))
    each = {c: tuple(float(a[0]) for a in area_of(y == c, P[:, c], ones)) for c in there}
    worst = min(each, key=lambda c: each[c][0])
    drawn = sorted(each, key=lambda c: each[c][0])[:MOST_CURVES]
    curves = {c: _curves(y == c, P[:, c]) for c in drawn}

    def paint(axes: Any) -> None:
        axes[0].plot([0, 1], [0, 1], color=HAIR, linewidth=1)
        for c in reversed(drawn):
            colour = MODEL if n_classes == 2 else (OTHER if c == worst else SOFT)
            style: dict[str, Any] = {"color": colour, "linewidth": 1.8 if c == worst else 0.8}
            (fpr, tpr), (recall, precision) = curves[c]
            axes[0].plot(fpr, tpr, **style)
            axes[1].plot(recall, precision, **style)
        axes[0].set(xlabel="false alarms", ylabel="found", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes[1].set(
            xlabel="found (recall)", ylabel="precision", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02)
        )
        axes[0].set_title("ROC")
        axes[1].set_title("Precision and recall")

    name = view.quoted(1 if n_classes == 2 else worst)
    picture = draw(
        "Every threshold at once",
        "Left: share found against share of false alarms. Right: precision against recall. "
        + (
            f"Of {name}."
            if n_classes == 2
            else f"Each class against the rest; {name}, the lowest, in colour."
        ),
        paint,
        size=(7.4, 3.2),
        panels=2,
        wide=True,
    )
    rows = [
        [short(view.class_name(c)), *(Cell(number(a, 4), "", "n") for a in each[c])]
        for c in sorted(each, key=lambda c: each[c][0])[:10]
    ]
    return Section(
        "ranking",
        "Ranking",
        _said(view, name, n_classes, y),
        [Table(("class, lowest first", "ROC area", "precision-recall area"), rows)]
        if n_classes > 2
        else [],
        [picture],
        figures={
            "areas": {
                view.class_name(c): {"auc": a, "average_precision": p} for c, (a, p) in each.items()
            }
        },
    )


def _said(view: View, name: str, n_classes: int, y: NDArray[np.int64]) -> str:
    area = view.figures["auc"]
    if n_classes == 2:
        base = float((y == 1).mean())
        return (
            f"Of an example that is {name} and one that is not, the model ranks the first higher "
            f"with probability {sentence(area, percent=True)}. {name} is {share(base)} of the test "
            "part, which is the precision that guessing would have."
        )
    return (
        "Each class against the rest, the model ranks the right one of two examples higher with "
        f"probability {sentence(area, percent=True)} on average; {name} is the hardest."
    )


def _curves(is_it: NDArray[np.bool_], scores: NDArray[np.float64]) -> Any:
    from sklearn import metrics

    fpr, tpr, _ = metrics.roc_curve(is_it, scores)
    precision, recall, _ = metrics.precision_recall_curve(is_it, scores)
    return _thinned(fpr, tpr), _thinned(recall[::-1], precision[::-1])


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> Any:
    chosen = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(int))
    return x[chosen], y[chosen]
