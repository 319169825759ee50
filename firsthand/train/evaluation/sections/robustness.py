"""How fast the model gets worse as its inputs do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.corruption import Corruption, corruptions
from firsthand.train.evaluation.drawing import HAIR, MODEL, OTHER, TRUTH, draw
from firsthand.train.evaluation.outcomes import observe
from firsthand.train.evaluation.parts import Cell, Section, Table
from firsthand.train.evaluation.resampling import measure
from firsthand.train.evaluation.saying import count, number, share
from firsthand.train.evaluation.subset import Subset, spread_out

if TYPE_CHECKING:
    from firsthand.train.evaluation.view import View

MOST = {"segmentation": 32, "image": 500, "text": 500}
COLOURS = (MODEL, OTHER, TRUTH)


def section(view: View) -> Section:
    """Return the main figure under each corruption, at each size."""
    n = MOST.get(view.facts.task, 1000)
    index = spread_out(len(view.data.test), n)
    clean = _score(view, index, None, 0)
    curves = {
        kind: [clean, *(_score(view, index, kind, size) for size in kind.sizes)]
        for kind in corruptions(view.facts.task)
    }
    rows = [
        [
            kind.name,
            *(Cell(_told(view, v), "", "n") for v in values),
        ]
        for kind, values in curves.items()
    ]
    said = _said(view, clean, curves)
    tables = [
        Table(("", "0", *(f"{s:g}{kind.unit}" for s in kind.sizes)), [row])
        for kind, row in zip(curves, rows, strict=True)
    ]

    def paint(axes: Any) -> None:
        for (kind, values), colour in zip(curves.items(), COLOURS, strict=False):
            places = np.linspace(0, 1, len(values))
            axes.plot(
                places,
                values,
                "o-",
                color=colour,
                label=f"{kind.name}, to {kind.sizes[-1]:g}{kind.unit}",
            )
        axes.axhline(clean, color=HAIR, linewidth=1, zorder=0)
        axes.set(xlabel="none  …  most", ylabel=view.names[view.main][0], xticks=[])
        axes.legend()

    return Section(
        "robustness",
        "Noise",
        said,
        tables,
        limit=said if said.startswith("Most harm") else "",
        pictures=[
            draw(
                "Worse inputs", "The main figure as the inputs are corrupted more and more.", paint
            )
        ],
        note=f"{view.names[view.main][0]} of {count(len(index), 'test example')}. "
        + " ".join(f"{kind.name}: {kind.what}." for kind in curves),
        figures={
            "figure": view.main,
            "clean": clean,
            "kinds": {
                kind.name: [
                    {"size": s, "value": v} for s, v in zip((0, *kind.sizes), values, strict=True)
                ]
                for kind, values in curves.items()
            },
        },
    )


def _score(view: View, index: Any, kind: Corruption | None, size: float) -> float:
    change = None if kind is None else kind.at(size, view.seed)
    some = Subset(view.data.test, index, change)
    outcome = observe(view.opened.model, view.data, some, device=view.device, keep=False)
    return measure(outcome.figures, len(outcome))[view.main]


def _said(view: View, clean: float, curves: dict[Corruption, list[float]]) -> str:
    def lost(values: list[float]) -> float:
        change = clean - values[-1] if view.higher_is_better else values[-1] - clean
        return change / max(abs(clean), 1e-12)

    worst = max(curves, key=lambda kind: lost(curves[kind]))
    values = curves[worst]
    size = f"{worst.sizes[-1]:g}{worst.unit}"
    if lost(values) < 0.02:
        return f"None of the corruptions below moves it much, {worst.name} of {size} included."
    return (
        f"Most harm comes from {worst.name}: at {size} its {view.spoken} goes from "
        f"{_told(view, clean)} to {_told(view, values[-1])}."
    )


def _told(view: View, value: float) -> str:
    if view.is_percent(view.main):
        return share(value, 1)
    return number(value, int(np.clip(2 - np.floor(np.log10(abs(value) or 1)), 0, 5)))
