"""AND, OR and NAND are learned within the bound; XOR never is, and that is proved."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree, agree_exactly, at_most
from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.drawing import GROUPS, draw
from firsthand.data import Dataset
from firsthand.library import widest_margin

Array = NDArray[np.float64]
PATIENCE = 1000  # epochs; XOR's weights repeat after two


def compare_gates(bench: Bench, gates: list[Dataset]) -> Pair:
    """Return the pair: learned gates within their bound, and the one that no line can draw."""
    from firsthand.scratch.linear import perceptron as scratch

    rows: list[Agreement] = []
    shown: list[tuple[Dataset, Array, float, list[int]]] = []
    right, best = 0, 0
    for data in gates:
        X, y = data.X, signs(data.y == 1)
        w, b, mistakes = scratch.train(X, y, max_epochs=PATIENCE)
        shown.append((data, w, b, mistakes))
        name = data.name.removeprefix("gate_").upper()
        right += int(np.sum(scratch.predict(X, w, b) == y))
        best += _most_right(X, y)
        bound, u = novikoff(X, y)
        if bound is None:
            rows += _never(name, X, y, mistakes, scratch)
            continue
        why = f"Novikoff: at most (R / gamma)^2 = {bound:.4g} mistakes"
        proved = scratch.mistake_bound(X, y, u[:-1], float(u[-1]))
        rows += [
            agree_exactly(f"{name}: answers", scratch.predict(X, w, b), y),
            at_most(f"{name}: mistakes until none", sum(mistakes), bound, why=why),
            agree(f"{name}: the bound itself", proved, bound, tolerance=1e-8),
        ]
    total = 4 * len(gates)
    return Pair(
        "Gates and Novikoff's bound",
        "train(X, y), predict, mistake_bound",
        "none on purpose; widest margin by scipy.optimize.nnls, all lines by enumeration",
        "the truth tables of AND, OR, NAND and XOR",
        tuple(rows),
        score=Score("answers right", right / total, best / total),
        oracle="theorem",
        targets=("predict", "update", "epoch", "train", "mistake_bound", "rules_out_a_line"),
        notes=("the score on the right is the most that any line can get right",),
        pictures=(_planes(bench, shown), _mistakes(bench, shown)),
    )


def signs(positive: NDArray[np.bool_]) -> Array:
    """Return +1 where true and -1 elsewhere."""
    return np.where(positive, 1.0, -1.0)


def novikoff(X: Array, y: Array) -> tuple[float | None, Array]:
    """Return ((R / gamma)^2, separator) for the widest margin; None where no line separates."""
    X1 = np.column_stack([X, np.ones(len(X))])
    gamma, u = widest_margin(y[:, None] * X1)
    if gamma == 0:
        return None, u
    return float((X1**2).sum(axis=1).max()) / gamma**2, u


def _never(name: str, X: Array, y: Array, mistakes: list[int], scratch: Any) -> list[Agreement]:
    """Return what holds where no line separates: no end, and a proof that there is none."""
    wrong_epochs = sum(count > 0 for count in mistakes)
    return [
        agree_exactly(f"{name}: epochs with a mistake", wrong_epochs, PATIENCE,
                      why="no line exists, so no epoch is ever free of mistakes"),
        agree_exactly(f"{name}: moves of one cycle cancel",
                      scratch.rules_out_a_line(X, y, np.ones(len(y), int)), True,
                      why="each sample once moves the weights nowhere: no line exists"),
        agree_exactly(f"{name}: most answers that a line gets right", _most_right(X, y), 3,
                      why="all lines, by enumeration"),
    ]  # fmt: skip


def _most_right(X: Array, y: Array) -> int:
    """Return how many of the samples the best line gets right, by trying all labellings."""
    most = 0
    for labels in product((-1.0, 1.0), repeat=len(y)):
        agreeing = int(np.sum(np.array(labels) == y))
        if agreeing > most and novikoff(X, np.array(labels))[0] is not None:
            most = agreeing
    return most


def _planes(bench: Bench, shown: list[tuple[Dataset, Array, float, list[int]]]) -> Picture:
    def paint(axes: Any) -> None:
        for panel, (data, w, b, _) in zip(axes.flat, shown, strict=True):
            for k, marker in enumerate("os"):
                panel.scatter(*data.X[data.y == k].T, s=46, marker=marker, color=GROUPS[k])
            if w.any():
                x = np.array([-0.6, 1.6])
                line = (
                    np.column_stack([x, -(w[0] * x + b) / w[1]])
                    if w[1]
                    else np.column_stack([np.full(2, -b / w[0]), x])
                )
                panel.plot(*line.T, color=bench.colour)
            panel.set(
                xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=[0, 1], yticks=[0, 1], aspect="equal"
            )
            panel.set_title(data.name.removeprefix("gate_").upper(), fontsize=9.5)

    return draw(
        "What a line can do, and what it cannot",
        "A line parts true (squares) from false (circles) in AND, OR and NAND; for XOR, where the "
        "training was stopped after 1000 epochs, none does.",
        paint, size=(3.9, 4.1), columns=2, rows=2,
    )  # fmt: skip


def _mistakes(bench: Bench, shown: list[tuple[Dataset, Array, float, list[int]]]) -> Picture:
    def paint(axes: Any) -> None:
        dashes = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
        for (data, _, _, mistakes), dash in zip(shown, dashes, strict=True):
            name = data.name.removeprefix("gate_").upper()
            axes.plot(
                np.arange(1, 1 + len(mistakes[:14])),
                mistakes[:14],
                color=bench.colour,
                linestyle=dash,
                marker=".",
                label=name,
            )
        axes.set(xlabel="epoch", ylabel="mistakes", ylim=(0, None))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, columnspacing=1)

    return draw(
        "Mistakes in each epoch",
        "They come to an end for OR, and for AND and NAND, whose curves are one; for XOR every "
        "epoch makes some.",
        paint,
        size=(4.8, 2.9),
    )  # fmt: skip
