"""The worst examples, shown: what the model is surest of and wrong, or misses by the most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.parts import Section
from firsthand.train.evaluation.saying import count, number, share, short
from firsthand.train.evaluation.showing import PALETTE, card
from firsthand.train.evaluation.written import written_rows

if TYPE_CHECKING:
    from firsthand.train.evaluation.view import View

SHOWN = {"image": 24, "text": 10, "tabular": 8, "timeseries": 6, "segmentation": 5}
FEW = 0.1  # of the examples


def section(view: View) -> Section:
    """Return the worst test examples."""
    sizes = view.test.sizes()
    figures = view.test.figures
    order = np.argsort(-sizes, kind="stable")
    if isinstance(figures, Classes):
        wrong = figures.predicted != figures.y
        order = order[wrong[order]]
    chosen = order[: SHOWN[view.facts.task]].tolist()
    lines = [_lines(view, i) for i in chosen]
    rows = written_rows(view.opened, chosen, view.opened.path)
    plain: list[dict[str, Any]] = [
        {"source": view.data.test.source(i), "size": float(sizes[i]), **dict(said)}
        for i, said in zip(chosen, lines, strict=True)
    ]
    return Section(
        "errors",
        "The worst examples",
        _said(view, sizes, len(order)),
        cards=[card(view, i, said, rows.get(i)) for i, said in zip(chosen, lines, strict=True)],
        note="Look for what they have in common: a label that is wrong, a kind of example that "
        "training had too few of, something that cannot be told from the input."
        if chosen
        else "",
        figures={"worst": plain},
    )


def _said(view: View, sizes: Any, n_wrong: int) -> str:
    figures, n = view.test.figures, len(view.test)
    if isinstance(figures, Classes):
        if n_wrong == 0:
            return f"All {count(n)} test examples are right."
        wrong = figures.predicted != figures.y
        sure = figures.probabilities.max(1)[wrong]
        return (
            f"{count(n_wrong)} of {count(n, 'example')} are wrong, and in "
            f"{share(float((sure > 0.9).mean()))} of these the model was more than {share(0.9)} "
            "sure. The surest first:"
        )
    few = max(1, round(FEW * n))
    worst = np.sort(sizes)[::-1][:few].sum() / max(float(sizes.sum()), 1e-12)
    if isinstance(figures, Numbers):
        return (
            f"{share(float(worst))} of all error is that of the worst "
            f"{_few(few, 'prediction')} of {count(n)}. The worst first:"
        )
    return (
        f"{share(float(worst))} of all wrong pixels are in the worst {_few(few, 'picture')} of "
        f"{count(n)}. The worst first:"
    )


def _lines(view: View, i: int) -> list[tuple[str, str]]:
    figures = view.test.figures
    if isinstance(figures, Classes):
        P, y, z = figures.probabilities[i], int(figures.y[i]), int(figures.predicted[i])
        return [
            ("true", f"{short(view.class_name(y))}, given {share(float(P[y]), 1)}"),
            ("taken for", f"{short(view.class_name(z))}, given {share(float(P[z]), 1)}"),
        ]
    if isinstance(figures, Numbers):
        error = figures.predicted[i] - figures.y[i]
        if len(error) > 1:
            return [("off by", f"{_number(float(np.abs(error).mean()))}{_unit(view)} on average")]
        return [
            ("true", _number(float(figures.y[i, 0])) + _unit(view)),
            ("predicted", _number(float(figures.predicted[i, 0])) + _unit(view)),
            ("off by", _number(float(error[0]), sign=True)),
        ]
    counts = figures.counts[i]
    off = counts * (1 - np.eye(len(counts)))
    a, b = divmod(int(off.argmax()), len(counts))
    right = float(np.trace(counts) / max(counts.sum(), 1))
    lines = [("pixels right", share(right, 1))]
    if off[a, b]:
        lines.append(("most taken", f"{short(view.class_name(a))} for {short(view.class_name(b))}"))
    return lines


def legend(view: View) -> list[tuple[str, str]]:
    """Return (class, CSS colour) of masks."""
    names = view.facts.classes or tuple(map(str, range(view.facts.output_size)))
    colours = [f"rgb{PALETTE[c % len(PALETTE)]}" for c in range(len(names))]
    return [(short(name), colour) for name, colour in zip(names, colours, strict=True)]


def _few(n: int, what: str) -> str:
    return what if n == 1 else count(n, what)


def _number(value: float, *, sign: bool = False) -> str:
    digits = int(np.clip(3 - np.floor(np.log10(abs(value))), 0, 4)) if value else 0
    return ("+" if sign and value > 0 else "") + number(value, digits)


def _unit(view: View) -> str:
    return f" {view.facts.unit}" if view.facts.unit else ""
