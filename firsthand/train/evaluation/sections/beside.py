"""The model beside classical ones, on the same examples: is the network worth it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.baselines.fitting import Rival, fit_baselines
from firsthand.train.evaluation.intervals import Interval, percentile
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.opening import history
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.resampling import Resampling, bootstrap, measure
from firsthand.train.evaluation.saying import count, number, say, sentence
from firsthand.train.evaluation.subset import spread_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.view import View

MOST = {"segmentation": 24}
AREAS = ("auc", "average_precision")
SECONDS, SHORTEST = 60.0, 4.0  # for all baselines: as long as training took, within these


def section(view: View) -> Section:
    """Return the baselines, each with its interval and its paired difference to the model."""
    if not view.baselines:
        told = "Not compared, for classical models were not asked for (--no-baselines)."
        return Section("baselines", "Beside classical models", told)
    index = spread_out(len(view.test), MOST.get(view.facts.problem, 5000))
    trained = sum(epoch.get("seconds", 0.0) for epoch in history(view.opened.run))
    rivals = fit_baselines(
        view.data,
        index,
        seconds=float(np.clip(trained or SECONDS, SHORTEST, 4 * SECONDS)),
        seed=view.seed,
    )
    areas = view.main in AREAS  # which take the longest
    model = _some(view.test.figures, index, areas)
    resampling = _resampling(view, index)
    name, higher = view.main, view.higher_is_better
    fitted = [
        replace(r, figures=_some(r.figures, np.arange(len(index)), areas))
        for r in rivals
        if r.figures is not None
    ]

    def all_of(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        own = model(weights)[name]
        found = {"model": own}
        for r in fitted:
            assert r.figures is not None
            found[r.name] = r.figures(weights)[name]
            found[f"{r.name} -"] = own - found[r.name]
        return found

    values, replicates = measure(all_of, len(index)), bootstrap(all_of, resampling)
    intervals = {
        k: percentile(values[k], replicates[k], resampling.how, units=resampling.units)
        for k in values
    }
    percent, unit = view.is_percent(name), view.unit_of(name)
    rows = [[Cell("this model"), say(intervals["model"], percent=percent, unit=unit), "", "", ""]]
    rows += [_row(view, r, intervals) for r in rivals]
    said, is_better = _said(view, fitted, intervals, higher)
    head = ("", view.names[name][0], "this model is better by", "learnt from", "seconds")
    return Section(
        "baselines",
        "Beside classical models",
        said,
        [Table(head, rows)],
        limit="" if is_better else said,
        note=f"All on the same {count(len(index), 'test example')}; differences are paired "
        f"({resampling.how}). Classical models learn from columns, pixels, counts of words "
        "or past values.",
        figures={
            "figure": name,
            "n_test": len(index),
            "model": intervals["model"].plain(),
            "baselines": {
                r.name: {
                    "interval": intervals[r.name].plain(),
                    "model_minus_baseline": intervals[f"{r.name} -"].plain(),
                    "n_train": r.n,
                    "seconds": r.seconds,
                }
                if r.figures is not None
                else {"failed": r.failed}
                for r in rivals
            },
        },
    )


def _row(view: View, rival: Rival, intervals: dict[str, Interval]) -> list[Cell | str]:
    if rival.figures is None:
        return [Cell(rival.name, rival.what), f"could not be fitted: {rival.failed[:120]}"]
    percent, unit = view.is_percent(view.main), view.unit_of(view.main)
    difference = better_by(intervals[f"{rival.name} -"], view.higher_is_better)
    cell = say(difference, percent=percent, unit=unit, points=percent)
    kind = "n" if not difference.excludes_zero else "good" if difference.value > 0 else "bad"
    return [
        Cell(rival.name, rival.what),
        say(intervals[rival.name], percent=percent, unit=unit),
        Cell(cell.text, cell.small, kind),
        Cell(count(rival.n) if rival.n else "", "", "n"),
        Cell(number(rival.seconds, 1) if rival.seconds else "", "", "n"),
    ]


def better_by(difference: Interval, higher_is_better: bool) -> Interval:
    """Return a difference model - other as by how much the model is better."""
    if higher_is_better:
        return difference
    return Interval(-difference.value, -difference.high, -difference.low, difference.how)


def _said(
    view: View, fitted: list[Rival], intervals: dict[str, Interval], higher: bool
) -> tuple[str, bool]:
    """Return what came of it, and whether the model is better than all others."""
    if not fitted:
        return "No classical model could be fitted.", False
    best = max(fitted, key=lambda r: intervals[r.name].value * (1 if higher else -1))
    difference = better_by(intervals[f"{best.name} -"], higher)
    size = difference if difference.value >= 0 else better_by(difference, False)
    percent, unit = view.is_percent(view.main), view.unit_of(view.main)
    points = sentence(size, percent=percent, unit=unit, points=percent)
    if not difference.known:
        return (
            f"Whether {best.name}, the best classical model, is better or worse cannot be told "
            "from so few test examples.",
            False,
        )
    if not difference.excludes_zero:
        return (
            f"The best classical model, {best.name}, cannot be told apart from this one: the "
            f"difference is {points}, and 0 lies within.",
            False,
        )
    if difference.value > 0:
        return f"It is better than the best classical model, {best.name}, by {points}.", True
    return (
        f"A classical model is better: {best.name}, by {points}. Use it, or find out what it sees "
        "that the network does not.",
        False,
    )


def _some(
    figures: Classes | Numbers | Pixels, index: NDArray[np.int64], areas: bool
) -> Classes | Numbers | Pixels:
    if isinstance(figures, Classes):
        return Classes(figures.y[index], figures.probabilities[index], areas)
    if isinstance(figures, Numbers):
        return replace(figures, y=figures.y[index], predicted=figures.predicted[index])
    return Pixels(figures.counts[index])


def _resampling(view: View, index: NDArray[np.int64]) -> Resampling:
    of = view.resampling
    if len(index) == of.n:
        return replace(of, replicates=min(of.replicates, 500))
    strata = None if of.strata is None else of.strata[index]
    groups = None if of.groups is None else np.unique(of.groups[index], return_inverse=True)[1]
    return Resampling(len(index), strata, groups, of.block, 500, of.seed)
