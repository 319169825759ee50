"""How much worse the model is on new examples than on those it was trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.drawing import MODEL, OTHER, SOFT, draw
from firsthand.train.evaluation.intervals import Interval, percentile
from firsthand.train.evaluation.opening import history
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.resampling import bootstrap, measure
from firsthand.train.evaluation.saying import count, number, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part
    from firsthand.train.evaluation.outcomes import Outcome
    from firsthand.train.evaluation.parts import Picture
    from firsthand.train.evaluation.resampling import Resampling
    from firsthand.train.evaluation.view import View


def section(view: View) -> Section:
    """Return the main figure of the three parts, and the curves of training."""
    parts = {"training": view.train, "validation": view.validation, "test": view.test}
    on = {
        "training": _of(view, "train"),
        "validation": _of(view, "validation"),
        "test": view.figures[view.main],
    }
    percent, unit = view.is_percent(view.main), view.unit_of(view.main)
    gap = _gap(view)
    rows = [
        [name, say(on[name], percent=percent, unit=unit), Cell(count(len(part)), "", "n")]
        for name, part in parts.items()
    ]
    rows.append(["training − test", say(gap, percent=percent, unit=unit, points=percent), ""])
    epochs = history(view.opened.run)
    said = _said(view, on, gap)
    return Section(
        "generalisation",
        "Training against test",
        said,
        [Table(("part", view.names[view.main][0], "examples"), rows)],
        [picture for picture in (_curves(view, epochs),) if picture is not None],
        limit=said if gap.excludes_zero else "",
        note="Of the training part, "
        + (
            "all examples."
            if len(view.train) == len(view.data.train)
            else f"{count(len(view.train), 'example')} of {count(len(view.data.train))}, "
            "evenly apart."
        )
        + " Without augmentation, all of the network at work.",
        figures={
            "parts": {name: interval.plain() for name, interval in on.items()},
            "gap": gap.plain(),
            "epochs": len(epochs),
        },
    )


def _of(view: View, name: Part) -> Interval:
    part: Outcome = getattr(view, name)
    value = measure(part.figures, len(part))[view.main]
    replicates, resampling = _replicates(view, name, view.seed)
    return percentile(value, replicates, resampling.how, units=resampling.units)


def _replicates(view: View, name: Part, seed: int) -> tuple[NDArray[np.float64], Resampling]:
    part: Outcome = getattr(view, name)
    resampling = replace(view.resampled(name, seed), replicates=300)
    return bootstrap(part.figures, resampling)[view.main], resampling


def _gap(view: View) -> Interval:
    """Return the difference of two independent samples."""
    on_train, of_train = _replicates(view, "train", view.seed + 1)
    on_test, of_test = _replicates(view, "test", view.seed + 2)
    n = min(len(on_train), len(on_test))
    fewest = [r.units for r in (of_train, of_test) if r.units is not None]
    train = measure(view.train.figures, len(view.train))[view.main]
    value = train - view.figures[view.main].value
    units = min(fewest, default=None)
    return percentile(value, on_train[:n] - on_test[:n], of_test.how, units=units)


def _said(view: View, on: dict[str, Interval], gap: Interval) -> str:
    better = gap.value if view.higher_is_better else -gap.value
    name = view.spoken
    if not gap.known:
        return "Whether it is worse on new examples cannot be told from so few."
    if not gap.excludes_zero:
        return (
            f"No gap can be told between training and test ({name} "
            f"{say(on['training'], percent=view.is_percent(view.main)).text} and "
            f"{say(on['test'], percent=view.is_percent(view.main)).text}); a larger model, or "
            "longer training, may have room."
        )
    ends = abs(gap.low), abs(gap.high)
    told = (
        f"{number(abs(gap.value) * 100, 1)} points"
        if view.is_percent(view.main)
        else say(Interval(abs(gap.value), min(ends), max(ends))).text
    )
    if better > 0:
        scale = abs(on["test"].value) if not view.is_percent(view.main) else 1.0
        large = better / max(scale, 1e-12) > 0.1
        advice = (
            " It has learnt much of the training part by heart: more data, augmentation or "
            "regularisation would help."
            if large
            else ""
        )
        return f"It is better by {told} on what it was trained on.{advice}"
    return (
        f"It is better by {told} on the test part than on the training part; the parts differ in "
        "how hard they are, or the test part is small."
    )


def _curves(view: View, epochs: list[dict[str, float]]) -> Picture | None:
    if len(epochs) < 2:
        return None
    x = [e.get("epoch", i + 1) for i, e in enumerate(epochs)]
    monitor = view.opened.run.config.train.monitor
    second = monitor if monitor != "loss" else _second(epochs[-1])
    panels = ["loss", *([second] if second else [])]

    def paint(axes: Any) -> None:
        for axis, panel in zip(np.atleast_1d(axes), panels, strict=True):
            for key, colour, label in (
                (f"train_{panel}", SOFT, "training"),
                (f"validation_{panel}", MODEL, "validation"),
            ):
                values = [e.get(key, np.nan) for e in epochs]
                if np.isfinite(np.array(values, float)).any():
                    axis.plot(x, values, color=colour, label=label)
            if view.opened.epoch is not None:
                axis.axvline(view.opened.epoch, color=OTHER, linewidth=0.8, linestyle=":")
            axis.set(xlabel="epoch")
            axis.xaxis.get_major_locator().set_params(integer=True)
            axis.set_title(panel.replace("_", " "))
            axis.legend()

    return draw(
        "Training",
        "Figures after each epoch; the dotted line is the epoch whose weights were kept.",
        paint,
        size=(3.6 * len(panels), 2.7),
        panels=len(panels),
        wide=len(panels) > 1,
    )


def _second(figures: dict[str, float]) -> str | None:
    names = [n.removeprefix("validation_") for n in figures if n.startswith("validation_")]
    return next((n for n in ("accuracy", "iou", "r2", "mae") if n in names), None)
