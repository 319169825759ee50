"""The figures of the test part, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.parts import Section, Table
from firsthand.train.evaluation.saying import count, say, sentence, share, short

if TYPE_CHECKING:
    from firsthand.train.evaluation.view import View


def section(view: View) -> Section:
    """Return the table of figures, with the main one said in a sentence."""
    figures, main = view.figures, view.main
    rows = [
        [
            view.names[name][0],
            say(interval, percent=view.is_percent(name), unit=view.unit_of(name)),
            "higher is better" if view.names[name][1] else "lower is better",
        ]
        for name, interval in figures.items()
    ]
    how = view.resampling.how
    return Section(
        "figures",
        "Figures",
        said(view),
        [Table(("on the test part", "with 95 % interval", ""), rows)],
        note=f"Intervals: {how}"
        + ("; of the accuracy: Wilson" if isinstance(view.test.figures, Classes) else "")
        + ". They say how the figure would move on other examples of the same kind, not on data "
        "of another kind."
        + (
            " Averages over classes are plain means, so that rare classes count as much as others."
            if isinstance(view.test.figures, Classes)
            else ""
        ),
        figures={
            "main": main,
            "higher_is_better": view.higher_is_better,
            "n_test": len(view.test),
            "test": {name: interval.plain() for name, interval in figures.items()},
        },
    )


def said(view: View) -> str:
    """Return the main figure as one sentence."""
    n, main = len(view.test), view.main
    interval = view.figures[main]
    told = sentence(interval, percent=view.is_percent(main), unit=view.unit_of(main))
    what = {"segmentation": "picture", "forecasting": "window"}.get(view.facts.problem, "example")
    on = f"on {count(n, what)} it was not trained on"
    target = short(", ".join(view.facts.target_names), 80) or "the target"
    if main == "accuracy" and isinstance(view.test.figures, Classes):
        most = max(view.facts.class_counts, default=0) / max(sum(view.facts.class_counts), 1)
        always = f" Always saying the most frequent class would be right in about {share(most)}."
        return f"The model is right in {told} {on}." + (always if most else "")
    if main in ("mae", "rmse"):
        average = "" if main == "mae" else ", where large errors count more,"
        return f"The model misses {target} by {told} on average{average} {on}."
    return f"Its {view.spoken} is {told} {on}."
