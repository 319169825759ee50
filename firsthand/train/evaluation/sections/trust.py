"""Whether probabilities, or intervals, can be trusted: calibration before and after mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation import calibration
from firsthand.train.evaluation.drawing import HAIR, INK, MODEL, OTHER, SOFT, draw
from firsthand.train.evaluation.intervals import UNKNOWN, Interval, percentile, wilson
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.outcomes import softmax
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.resampling import bootstrap
from firsthand.train.evaluation.saying import count, number, say, sentence, share, short
from firsthand.train.evaluation.shares import share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.calibration import Reliability
    from firsthand.train.evaluation.view import View

FILE = "calibration.json"
SURE = 0.9
LEVEL = 0.9  # of the intervals of predicted numbers
MOST = 20_000  # predictions of which intervals are drawn

PIXELS = f"{UNKNOWN}pixels of one group depend on each other"


def section(view: View) -> Section:
    """Return what probabilities or intervals are worth, and write down what mends them."""
    if isinstance(view.test.figures, Numbers):
        return _intervals(view, view.test.figures)
    return _probabilities(view)


def _probabilities(view: View) -> Section:
    scores, y = view.test.scores, view.test.labels
    T = view.temperature
    before, after = calibration.of_scores(scores, y), calibration.of_scores(scores, y, T)
    eces = [_ece(view, scores, y, t) for t in (1.0, T)]
    chance = calibration.by_chance(softmax(scores).max(1), seed=view.seed)
    losses = [calibration.log_loss(scores, y, t) for t in (1.0, T)]
    lines = {
        "temperature": T,
        "ece": eces[0].plain(),
        "ece_after": eces[1].plain(),
        "ece_by_chance": {"mean": chance[0], "p95": chance[1]},
        "log_loss": losses[0],
        "log_loss_after": losses[1],
        "bins": [_plain(bins) for bins in (before, after)],
    }
    view.opened.run.write_json(
        FILE,
        {
            "temperature": T,
            "use": "probabilities = softmax(scores / temperature)",
            "fitted_on": "validation",
            "n": len(view.validation.labels),
        },
    )
    rows = [
        ["Expected calibration error", *(say(ece, percent=True) for ece in eces)],
        ["Log-loss", *(Cell(number(loss, 4), "", "n") for loss in losses)],
        ["Temperature", Cell("1", "", "n"), Cell(number(T, 3), "", "n")],
    ]
    said = _said(view, before, scores, y, eces, chance, T)
    what = "pixels" if view.facts.problem == "segmentation" else "predictions"
    picture = draw(
        "Reliability",
        "How often predictions are right, by how sure the model is. On the line both are equal; "
        "below it the model is too sure. Each point stands for as many predictions as any other.",
        lambda axes: _paint(axes, before, after),
        size=(4.2, 3.6),
    )
    return Section(
        "calibration",
        "Calibration",
        said,
        [Table(("", "as trained", "after temperature scaling"), rows)],
        [picture],
        limit=said if eces[0].value > chance[1] else "",
        note=f"Bins of equal numbers of {what}. A perfectly calibrated model would show a "
        f"calibration error of {share(chance[0], 1)} on a sample of this size, and up to "
        f"{share(chance[1], 1)} in 95 % of cases. The temperature was fitted on the validation "
        f"part and is kept in {FILE}; it changes no prediction, only how sure it is.",
        figures=lines,
    )


def _said(
    view: View,
    bins: Reliability,
    scores: NDArray[np.float64],
    y: NDArray[np.int64],
    eces: list[Interval],
    chance: tuple[float, float],
    T: float,
) -> str:
    P = softmax(scores)
    sure = P.max(1) > SURE
    right = P.argmax(1) == y
    gap = float(P.max(1).mean() - right.mean())
    if eces[0].value <= chance[1]:
        text = "The probabilities can be taken as they are: the calibration error is no larger "
        text += "than chance explains."
    elif gap > 0:
        text = "The model is overconfident"
        text += f": {_those_sure(view, P, right, sure)}" if sure.any() else "."
    else:
        text = "The model is underconfident"
        text += f": {_those_sure(view, P, right, sure)}" if sure.any() else "."
    if eces[0].value > chance[1] and eces[1].value < 0.8 * eces[0].value:
        text += (
            f" Divided by a temperature of {number(T, 2)}, its scores are calibrated to "
            f"{share(eces[1].value, 1)}, from {share(eces[0].value, 1)}."
        )
    elif eces[0].value > chance[1] and eces[1].value > eces[0].value:
        text += " No temperature mends that: one number for all scores is not enough."
    return text


def _those_sure(
    view: View, P: NDArray[np.float64], right: NDArray[np.bool_], sure: NDArray[np.bool_]
) -> str:
    interval = wilson(int(right[sure].sum()), int(sure.sum()))
    if view.resampling.groups is not None:
        interval = (
            share_of(right, sure, view.resampling)
            if len(right) == view.resampling.n
            else Interval(interval.value, how=PIXELS)
        )
    return (
        f"of the {count(int(sure.sum()))} predictions it gives more than {share(SURE)}, "
        f"{share(float(P.max(1)[sure].mean()), 1)} on average, "
        f"{sentence(interval, percent=True)} are right."
    )


def _ece(
    view: View, scores: NDArray[np.float64], y: NDArray[np.int64], temperature: float
) -> Interval:
    chosen = np.linspace(0, len(y) - 1, min(len(y), MOST)).astype(int)
    P = softmax(scores, temperature)
    confidence, right = P.max(1), P.argmax(1) == y
    value = calibration.reliability(confidence, right).ece
    rng = np.random.default_rng(view.seed)
    groups, units = view.resampling.groups, len(chosen)
    if groups is None:
        draws = [rng.choice(chosen, len(chosen)) for _ in range(300)]
    elif len(groups) == len(y):
        units = len(np.unique(groups[chosen]))
        draws = [_whole_groups(groups[chosen], chosen, rng) for _ in range(300)]
    else:
        return Interval(value, how=PIXELS)
    eces = np.array([calibration.reliability(confidence[d], right[d]).ece for d in draws])
    # a resample of a sample has its noise twice; what is added by it is taken off again
    how = "bootstrap" if groups is None else f"bootstrap over {units} groups"
    return percentile(value, np.maximum(eces - (eces.mean() - value), 0), how, units=units)


def _whole_groups(
    groups: NDArray[np.int64], index: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the examples at ``index`` of as many groups as there are, drawn with replacement."""
    of_group, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    members = np.split(index[np.argsort(of_group, kind="stable")], np.cumsum(sizes)[:-1])
    return np.concatenate([members[g] for g in rng.integers(0, len(sizes), len(sizes)).tolist()])


def _paint(axes: Any, before: Reliability, after: Reliability) -> None:
    axes.plot([0, 1], [0, 1], color=HAIR, linewidth=1)
    axes.plot(
        after.confidence,
        after.accuracy,
        "o-",
        color=SOFT,
        linewidth=0.9,
        markersize=3,
        label="after scaling",
    )
    axes.plot(before.confidence, before.accuracy, "o-", color=MODEL, label="as trained")
    low = min(*before.confidence, *before.accuracy, *after.confidence, *after.accuracy, 0.9)
    limits = (max(low - 0.05, -0.02), 1.02)
    axes.set(xlabel="how sure it is", ylabel="how often it is right", xlim=limits, ylim=limits)
    axes.legend(loc="upper left")


def _plain(bins: Reliability) -> list[dict[str, float]]:
    rows = zip(bins.confidence, bins.accuracy, bins.counts, strict=True)
    return [{"confidence": float(c), "accuracy": float(a), "n": int(n)} for c, a, n in rows]


def _intervals(view: View, figures: Numbers) -> Section:
    half = view.half_widths
    inside = np.abs(figures.predicted - figures.y) <= half
    n_right, n = int(inside.sum()), inside.size
    replicates = bootstrap(lambda w: {"": w @ inside.mean(1) / w.sum(1)}, view.resampling)[""]
    how, units = view.resampling.how, view.resampling.units
    covered = percentile(n_right / n, replicates, how, units=units)
    if view.resampling.block == 1 and inside.shape[1] == 1:
        covered = share_of(inside[:, 0], np.ones(n, bool), view.resampling)
    finite = bool(np.isfinite(half).all())
    view.opened.run.write_json(
        FILE,
        {
            "half_width": half.tolist() if finite else None,
            "level": LEVEL,
            "use": "prediction ± half_width, in the target's own unit",
            "fitted_on": "validation",
            "n": len(view.validation),
        },
    )
    if not finite:
        return Section(
            "calibration",
            "Intervals",
            "",
            missing="the validation part has too few "
            "examples to tell how wide an interval of 90 % has to be",
        )
    unit = f" {view.facts.unit}" if view.facts.unit else ""
    steps = len(half)
    wide = f"± {number(float(half.mean()), _digits(float(half.mean())))}{unit}"
    said = sentence(covered, percent=True)
    verdict = (
        ""
        if not covered.known
        else ", as it should"
        if covered.low <= LEVEL <= covered.high
        else ", too few"
        if covered.value < LEVEL
        else ", more than it should"
    )
    forecasts = view.facts.problem == "forecasting"
    rows = _rows(view, figures, half) if steps > 1 else []
    return Section(
        "calibration",
        "Intervals",
        f"An interval of {wide} around {'a forecast' if forecasts else 'a prediction'} was made to "
        f"hold 90 % of the truths, and holds {said} of those in the test part{verdict}."
        + (
            " A series changes, and its future need not be like the part that the width is from."
            if forecasts and covered.high < LEVEL
            else ""
        ),
        [Table(("", "half-width", "truths inside"), rows)] if rows else [],
        [_error_picture(view, figures, float(half.mean()))],
        note="The half-width is the error that nine of ten predictions of the validation part stay "
        f"within (split conformal); it is kept in {FILE}.",
        figures={"level": LEVEL, "half_width": half.tolist(), "covered": covered.plain()},
    )


def _rows(view: View, figures: Numbers, half: NDArray[np.float64]) -> list[list[Cell | str]]:
    inside = np.abs(figures.predicted - figures.y) <= half
    shown = np.unique(np.linspace(0, len(half) - 1, min(len(half), 12)).round().astype(int))
    return [
        [
            output_name(view, int(k)),
            Cell(f"± {number(float(half[k]), _digits(float(half[k])))}", "", "n"),
            say(share_of(inside[:, k], np.ones(len(inside), bool), view.resampling), percent=True),
        ]
        for k in shown
    ]


def output_name(view: View, k: int) -> str:
    """Return what output ``k`` is: a column, or a step ahead of one."""
    names = view.facts.target_names
    if view.facts.problem != "forecasting":
        return short(names[k]) if k < len(names) else f"output {k + 1}"
    n_targets = max(len(names), 1)
    step, target = divmod(k, n_targets)
    ahead = f"{count(step + 1, 'step')} ahead"
    return f"{short(names[target])}, {ahead}" if n_targets > 1 else ahead


def _digits(value: float) -> int:
    return int(np.clip(2 - np.floor(np.log10(value)), 0, 6)) if value > 0 else 2


def _error_picture(view: View, figures: Numbers, half: float) -> Any:
    error = (figures.predicted - figures.y).ravel()
    low, high = np.quantile(error, [0.005, 0.995])
    bins = np.linspace(min(low, -half), max(high, half), 41)

    def paint(axes: Any) -> None:
        axes.hist(error, bins=bins, color=MODEL, alpha=0.75)
        for side in (-half, half):
            axes.axvline(side, color=OTHER, linewidth=1.2)
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.locator_params(axis="x", nbins=5)
        axes.set(
            xlabel=f"prediction − truth{f' ({view.facts.unit})' if view.facts.unit else ''}",
            ylabel="predictions",
        )

    return draw(
        "Errors",
        "How far predictions lie above (right) and below the truth; the outer lines bound the "
        "interval of 90 %.",
        paint,
    )
