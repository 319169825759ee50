"""Groups of the test part: where the model is worse than elsewhere."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.intervals import FEWEST as FEWEST_GROUPS
from firsthand.train.evaluation.intervals import Interval, wilson
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.saying import count, say, sentence, share, short
from firsthand.train.evaluation.shares import mean_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.view import View

FEWEST = 10  # examples of a group whose figure is told
MOST_GROUPS, MOST_SLICES = 12, 12
CONFIDENCE = (0.0, 0.5, 0.7, 0.9, 0.99, 1.0 + 1e-9)


def section(view: View) -> Section | None:
    """Return a table for each way to group the test part; None where there is none."""
    wanted = view.slices()
    if isinstance(view.test.figures, Classes):
        wanted = {**wanted, "confidence": _confidence(view.test.figures)}
    wanted = {k: v for k, v in wanted.items() if 1 < len(set(v)) <= 200}
    if not wanted:
        return None
    name, percent = judged_by(view)
    values = _values(view)
    tests = sum(min(len(set(groups)), MOST_GROUPS) for groups in wanted.values())
    worse: list[tuple[float, str, str, Interval]] = []
    tables: list[Table] = []
    plain: dict[str, Any] = {}
    for slice_name, groups in list(wanted.items())[:MOST_SLICES]:
        rows, told = _rows(view, slice_name, np.array(groups, object), values, tests, worse)
        tables.append(Table((short(slice_name), name, "examples"), rows))
        plain[slice_name] = told
    if worse:
        _, of, group, interval = max(worse, key=lambda w: w[0])
        text = (
            f"It is worse where {short(of)} is “{short(group)}”: "
            f"{sentence(interval, percent=percent, unit=_unit(view))}."
        )
    elif len(wanted) > (1 if "confidence" in wanted else 0):
        text = "No group of the test part is worse than the rest by more than chance explains."
    else:
        text = _by_confidence(view)
    return Section(
        "slices",
        "Groups",
        text,
        tables,
        limit=text if worse else "",
        note=f"{name.capitalize()} in each group. A group is marked where it differs from all "
        f"others by more than chance explains, with {count(tests, 'comparison')} allowed for; of "
        f"fewer than {FEWEST} examples nothing is told.",
        figures={"by": judged_by(view)[0], "slices": plain},
    )


def _by_confidence(view: View) -> str:
    figures = view.test.figures
    assert isinstance(figures, Classes)
    right, sure = figures.predicted == figures.y, figures.probabilities.max(1)
    order = np.argsort(sure, kind="stable")
    few = order[: max(1, len(order) // 10)]
    wrong = int((~right).sum())
    if not wrong:
        return "No prediction is wrong, however sure the model is."
    return (
        "The tenth of the predictions it is least sure of holds "
        f"{share((~right)[few].sum() / wrong)} "
        "of all mistakes; what it is unsure of can be given to a person."
    )


def judged_by(view: View) -> tuple[str, bool]:
    """Return the name of what groups are judged by, and whether it is told in percent."""
    if isinstance(view.test.figures, Classes):
        return "accuracy", True
    if isinstance(view.test.figures, Numbers):
        return "mean absolute error", False
    return "pixels right", True


def _values(view: View) -> NDArray[np.float64]:
    """Return for each example what is averaged over a group."""
    figures = view.test.figures
    if isinstance(figures, Classes):
        return (figures.predicted == figures.y).astype(float)
    sizes = view.test.sizes()
    return sizes if isinstance(figures, Numbers) else 1 - sizes


def _rows(
    view: View,
    of: str,
    groups: NDArray[Any],
    values: NDArray[np.float64],
    tests: int,
    worse: list[tuple[float, str, str, Interval]],
) -> tuple[list[list[Cell | str]], dict[str, Any]]:
    percent = judged_by(view)[1]
    names, sizes = np.unique(groups, return_counts=True)
    if of != "confidence":
        names = names[np.argsort(-sizes, kind="stable")]
    rows: list[list[Cell | str]] = []
    plain: dict[str, Any] = {}
    for group in names[:MOST_GROUPS].tolist():
        inside = groups == group
        interval = _mean(view, values, inside)
        n = int(inside.sum())
        if n < FEWEST:
            rows.append([short(group), Cell("too few", "", "n"), Cell(count(n), "", "n")])
            plain[group] = {"n": n}
            continue
        z = _difference(values, inside, view.resampling.groups)
        marked = of != "confidence" and abs(z) > _threshold(tests)
        is_worse = (z > 0) == isinstance(view.test.figures, Numbers)
        if marked and is_worse:
            worse.append((abs(z), of, group, interval))
        cell = say(interval, percent=percent, unit=_unit(view))
        kind = ("bad" if is_worse else "good") if marked else "n"
        rows.append([short(group), Cell(cell.text, cell.small, kind), Cell(count(n), "", "n")])
        plain[group] = {"n": n, **interval.plain(), "differs": bool(marked)}
    if len(names) > MOST_GROUPS:
        rows.append([f"… {len(names) - MOST_GROUPS} smaller groups"])
    return rows, plain


def _mean(view: View, values: NDArray[np.float64], inside: NDArray[np.bool_]) -> Interval:
    if view.resampling.groups is not None:
        return mean_of(values, inside, view.resampling)
    values = values[inside]
    if isinstance(view.test.figures, Classes):
        return wilson(int(values.sum()), len(values))
    mean = float(values.mean())
    half = 1.96 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return Interval(mean, mean - float(half), mean + float(half), "normal")


def _difference(
    values: NDArray[np.float64],
    inside: NDArray[np.bool_],
    groups: NDArray[np.int64] | None = None,
) -> float:
    """Return how many standard errors the mean inside lies above that of the others.

    Where examples are grouped, the error is that of whole groups: the root of the sum of squares of
    what each group adds to the difference; of fewer groups than a bootstrap takes, nothing is told.
    """
    a, b = values[inside], values[~inside]
    if len(a) < 2 or len(b) < 2:
        return 0.0
    # two more examples of the usual spread, so that a group without variance is not certain
    both = float(np.concatenate([a, b]).var())
    spread = [(v.var() * len(v) + max(v.var(), both) * 2) / (len(v) + 2) for v in (a, b)]
    error = np.sqrt(spread[0] / len(a) + spread[1] / len(b))
    if groups is not None:
        of_both = min(len(np.unique(groups[inside])), len(np.unique(groups[~inside])))
        if of_both < FEWEST_GROUPS:
            return 0.0
        added = np.where(inside, (values - a.mean()) / len(a), (b.mean() - values) / len(b))
        n_groups = len(np.unique(groups))
        squares = float((np.bincount(groups, added) ** 2).sum()) * n_groups / (n_groups - 1)
        error = max(float(error), float(np.sqrt(squares)))
    return float((a.mean() - b.mean()) / error) if error > 0 else 0.0


def _threshold(tests: int) -> float:
    from scipy import stats

    return float(stats.norm.ppf(1 - 0.025 / max(tests, 1)))


def _confidence(figures: Classes) -> list[str]:
    sure = figures.probabilities.max(1)
    place = np.searchsorted(np.array(CONFIDENCE[1:-1]), sure, side="right")
    names = [f"{share(low)} to {share(min(high, 1))}" for low, high in pairwise(CONFIDENCE)]
    return [names[p] for p in place]


def _unit(view: View) -> str:
    return view.facts.unit if isinstance(view.test.figures, Numbers) else ""
