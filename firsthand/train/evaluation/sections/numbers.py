"""Predicted numbers against the truth, drawn; forecasts by how far ahead they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.drawing import HAIR, MODEL, SOFT, draw
from firsthand.train.evaluation.intervals import percentile
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.parts import Picture, Section, Table
from firsthand.train.evaluation.resampling import bootstrap, measure
from firsthand.train.evaluation.saying import number, say, short
from firsthand.train.evaluation.sections.trust import output_name
from firsthand.train.evaluation.showing import window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.view import View

POINTS = 800  # that are drawn
ROWS = 24


def section(view: View) -> Section | None:
    """Return predictions against truth; None where no numbers are predicted."""
    figures = view.test.figures
    if not isinstance(figures, Numbers):
        return None
    if view.facts.problem == "forecasting":
        return _forecasts(view, figures)
    y, p = figures.y.ravel(), figures.predicted.ravel()
    unit = f" ({view.facts.unit})" if view.facts.unit else ""
    chosen = np.unique(np.linspace(0, len(y) - 1, POINTS).round().astype(int))
    return Section(
        "numbers",
        "Prediction and truth",
        _said(view, y, p),
        _each_target(view, figures) if figures.y.shape[1] > 1 else [],
        [
            draw(
                "Prediction against truth",
                "On the line they are equal.",
                lambda axes: _scatter(axes, y[chosen], p[chosen], unit),
                size=(4.2, 3.6),
            ),
            draw(
                "Residuals",
                "Truth less prediction, against the prediction. A slope or a funnel is something "
                "the model could still learn, or that its errors depend on.",
                lambda axes: _residuals(axes, y[chosen], p[chosen], unit),
                size=(4.2, 3.6),
            ),
        ],
        note=f"{len(chosen)} of {len(y)} test predictions are drawn."
        if len(chosen) < len(y)
        else "",
        figures={"bias": float((p - y).mean())},
    )


def _said(view: View, y: NDArray[np.float64], p: NDArray[np.float64]) -> str:
    error = p - y
    bias, se = float(error.mean()), float(error.std() / np.sqrt(len(error)))
    digits = int(np.clip(1 - np.floor(np.log10(max(se, 1e-9))), 0, 5))
    unit = f" {view.facts.unit}" if view.facts.unit else ""
    if abs(bias) < 1.96 * se:
        text = "Predictions are neither too high nor too low on average."
    else:
        way = "high" if bias > 0 else "low"
        text = f"Predictions are too {way} by {number(abs(bias), digits)}{unit} on average."
    top = y >= np.quantile(y, 0.9)
    high = float(error[top].mean())
    if abs(high) > 2 * abs(bias) and abs(high) > 3 * float(error[top].std() / np.sqrt(top.sum())):
        way = "low" if high < 0 else "high"
        text += (
            f" The tenth with the highest truth is predicted too {way}, by "
            f"{number(abs(high), digits)}{unit}."
        )
    return text


def _scatter(axes: Any, y: NDArray[np.float64], p: NDArray[np.float64], unit: str) -> None:
    low, high = min(y.min(), p.min()), max(y.max(), p.max())
    axes.plot([low, high], [low, high], color=HAIR, linewidth=1.2)
    axes.scatter(y, p, s=7, color=MODEL, alpha=0.35, linewidths=0)
    axes.set(xlabel=f"truth{unit}", ylabel=f"prediction{unit}")


def _residuals(axes: Any, y: NDArray[np.float64], p: NDArray[np.float64], unit: str) -> None:
    axes.axhline(0, color=HAIR, linewidth=1.2)
    axes.scatter(p, y - p, s=7, color=MODEL, alpha=0.35, linewidths=0)
    bins = [b for b in np.array_split(np.argsort(p), 12) if len(b)]
    axes.plot([p[b].mean() for b in bins], [(y - p)[b].mean() for b in bins], color=SOFT)
    axes.set(xlabel=f"prediction{unit}", ylabel=f"truth − prediction{unit}")


def _each_target(view: View, figures: Numbers) -> list[Table]:
    rows = []
    for k in range(figures.y.shape[1]):
        one = Numbers(figures.y[:, [k]], figures.predicted[:, [k]])
        rows.append([output_name(view, k), *_cells(view, one)])
    return [Table(("", "mean absolute error", "RMSE", "R²"), rows)]


def _cells(view: View, one: Numbers, names: tuple[str, ...] = ("mae", "rmse", "r2")) -> list[Any]:
    values = measure(one, len(one.y))
    replicates = bootstrap(one, view.resampling)
    how = view.resampling.how
    return [
        say(
            percentile(values[name], replicates[name], how, units=view.resampling.units),
            percent=view.is_percent(name),
            unit=view.unit_of(name),
        )
        for name in names
        if name in values
    ]


def _forecasts(view: View, figures: Numbers) -> Section:
    n_targets = max(len(view.facts.target_names), 1)
    horizon = figures.y.shape[1] // n_targets
    steps = np.unique(np.linspace(0, horizon - 1, min(horizon, ROWS)).round().astype(int))
    names = [n for n in ("mae", "rmse", "mase", "smape") if n in view.figures]
    rows, maes = [], []
    for step in steps:
        columns = step * n_targets + np.arange(n_targets)
        naive = None if figures.naive_error is None else figures.naive_error[columns]
        one = Numbers(figures.y[:, columns], figures.predicted[:, columns], naive)
        cells = _cells(view, one, tuple(names))
        maes.append(measure(one, len(one.y))["mae"])
        rows.append([f"{step + 1}", *cells])
    pictures = [_drawn(view, figures, horizon)]
    if horizon > 2:
        pictures.append(_ahead(view, steps + 1, maes))
    return Section(
        "numbers",
        "Forecasts",
        _said_ahead(view, horizon, maes),
        [Table(("steps ahead", *(short(view.names[n][0], 30) for n in names)), rows)],
        pictures,
        note="MASE is the error as a multiple of what the seasonal naive forecast missed by in the "
        "training part: below 1 is better than repeating last season."
        if "mase" in names
        else "",
        figures={"mae_by_step": dict(zip(map(int, steps + 1), maes, strict=True))},
    )


def _said_ahead(view: View, horizon: int, maes: list[float]) -> str:
    mase = view.figures.get("mase")
    text = ""
    if mase is not None:
        text = (
            f"Forecasts miss by {number(mase.value, 2)} times what repeating the last season "
            "missed by in training."
        )
    if horizon > 1 and maes[0] > 0:
        text += (
            f" The last step ahead is missed by {number(maes[-1] / maes[0], 1)} times as much as "
            "the first."
        )
    return text.strip() or "Each forecast beside what came."


def _drawn(view: View, figures: Numbers, horizon: int) -> Picture:
    """Return forecasts one after the other, as they would have been made."""
    n = len(figures.y)
    starts = list(range(0, n, horizon))
    most = max(1, 120 // horizon)
    chosen = starts[-most:]
    text = window(view, chosen, size=(7.6, 3.0))
    title = f"The last {len(chosen)} forecasts, each from where the one before ended"
    return Picture(
        title if len(chosen) > 1 else "A forecast", "Forecasts against what came.", text, wide=True
    )


def _ahead(view: View, steps: Any, maes: list[float]) -> Picture:
    unit = f" ({view.facts.unit})" if view.facts.unit else ""

    def paint(axes: Any) -> None:
        axes.plot(steps, maes, "o-", color=MODEL)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set(xlabel="steps ahead", ylabel=f"mean absolute error{unit}", ylim=(0, None))

    return draw("Further ahead", "The mean error by how far ahead the forecast looks.", paint)
