"""The classification report: precision, recall and F1 of every class, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from firsthand.scratch.errors import DataError
from firsthand.scratch.metrics._inputs import label_pair, present
from firsthand.scratch.metrics.precision_recall import (
    ZeroDivision,
    precision_recall_fscore_support,
)

__all__ = ["classification_report"]

COLUMNS = ("precision", "recall", "f1-score", "support")
Row = tuple[float, float, float, Any]


def classification_report(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: ZeroDivision = "warn",
) -> str | dict[str, Any]:
    """Return the scores of every class and their averages, as text or as a dict.

    The micro average is called accuracy where it is one: where all classes are shown.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels: whole numbers or text.
    labels : array-like of shape (n_classes,), optional
        The classes, in order; by default all that occur, sorted.
    target_names : sequence of str, optional
        What to call the classes, in the order of ``labels``.
    sample_weight : array-like of shape (n_samples,), optional
    digits : int
        How many digits behind the point the text shows.
    output_dict : bool
        Whether to return ``{class: {"precision": ..., "recall": ..., ...}}`` instead.
    zero_division : {"warn", 0.0, 1.0, nan}
        What an undefined ratio is; see :func:`precision_recall_fscore_support`.

    Examples
    --------
    >>> print(classification_report(["cat", "dog", "dog"], ["cat", "dog", "cat"]))
                  precision    recall  f1-score   support
    <BLANKLINE>
             cat       0.50      1.00      0.67         1
             dog       1.00      0.50      0.67         2
    <BLANKLINE>
        accuracy                           0.67         3
       macro avg       0.75      0.75      0.67         3
    weighted avg       0.83      0.67      0.67         3
    <BLANKLINE>
    """
    occurring = present(*label_pair(y_true, y_pred))
    classes = occurring if labels is None else np.asarray(labels)
    names = [str(c) for c in classes] if target_names is None else list(target_names)
    if len(names) != len(classes):
        raise DataError(
            f"There are {len(classes)} classes, but {len(names)} target_names; name each, or "
            "say by labels which classes are meant."
        )
    scored: dict[str, Any] = {"sample_weight": sample_weight, "zero_division": zero_division}
    p, r, f, support = precision_recall_fscore_support(y_true, y_pred, labels=classes, **scored)
    rows: dict[str, Row] = dict(zip(names, zip(p, r, f, support, strict=True), strict=True))
    averages: dict[str, Row] = {}
    all_shown = bool(np.isin(occurring, classes).all())
    for average in ("micro", "macro", "weighted"):
        heading = "accuracy" if average == "micro" and all_shown else f"{average} avg"
        *scores, _ = precision_recall_fscore_support(
            y_true, y_pred, labels=classes, average=average, **scored
        )
        averages[heading] = (*scores, np.sum(support))
    return _as_dict(rows | averages) if output_dict else _as_text(rows, averages, digits)


def _as_dict(rows: dict[str, Row]) -> dict[str, Any]:
    table: dict[str, Any] = {
        name: dict(zip(COLUMNS, map(float, row), strict=True)) for name, row in rows.items()
    }
    if "accuracy" in table:
        table["accuracy"] = table["accuracy"]["precision"]  # the micro averages are all the same
    return table


def _as_text(rows: dict[str, Row], averages: dict[str, Row], digits: int) -> str:
    width = max(*map(len, rows), *map(len, averages), len("weighted avg"), digits)

    def line(name: str, row: Row) -> str:
        shown = [f"{score:.{digits}f}" for score in row[:3]]
        if name == "accuracy":
            shown[:2] = "", ""
        return " ".join([f"{name:>{width}} ", *(f"{cell:>9}" for cell in (*shown, row[3]))])

    head = " ".join([" " * width + " ", *(f"{name:>9}" for name in COLUMNS)])
    body = [line(name, row) for name, row in rows.items()]
    foot = [line(name, row) for name, row in averages.items()]
    return "\n".join([head, "", *body, "", *foot, ""])
