"""Real data, one class against the rest: where a line exists the bound holds, elsewhere no end."""

from __future__ import annotations

import math

import numpy as np

from firsthand.compare.agreement import Agreement, agree_exactly, at_most
from firsthand.compare.bench import said
from firsthand.compare.comparison import Pair, Score
from firsthand.compare.perceptron.gates import novikoff, signs
from firsthand.data import Dataset

PATIENCE = 100
SEED = 0


def compare_classes(data: Dataset, positive: int) -> Pair:
    """Return the pair for class ``positive`` against the rest."""
    from firsthand.scratch.linear import perceptron as scratch

    X, y = data.X, signs(data.y == positive)
    name = data.target_names[positive]
    bound, _ = novikoff(X, y)
    rng = np.random.default_rng(SEED)
    w, b, mistakes = scratch.train(X, y, max_epochs=PATIENCE, rng=rng)
    accuracy = float(np.mean(scratch.predict(X, w, b) == y))
    rows: list[Agreement]
    if bound is None:
        rows = [
            agree_exactly("epochs with a mistake", sum(m > 0 for m in mistakes), PATIENCE,
                          why="no line exists, as non-negative least squares found"),
            agree_exactly("its answers are all right", accuracy == 1, False,
                          why="then a line would exist"),
        ]  # fmt: skip
        note = f"no line parts {name} from the rest: the perceptron would never stop"
    else:
        says = f"Novikoff: at most (R / gamma)^2 = {bound:.4g}"
        rows = [at_most("mistakes in all", sum(mistakes), bound, why=says)]
        note = f"a line parts {name} from the rest; mistakes {sum(mistakes)} of at most {bound:.4g}"
        if bound < PATIENCE or mistakes[-1] == 0:
            rows.append(agree_exactly("answers", scratch.predict(X, w, b), y))
        else:
            note += f"; stopped after {PATIENCE} epochs, as the bound allows many more"
    return Pair(
        f"{name} against the rest, and Novikoff's bound",
        f"train(X, y, max_epochs={PATIENCE}, rng)",
        "none on purpose; widest margin by scipy.optimize.nnls",
        said(data, f"{name} against the rest"),
        tuple(rows),
        score=Score("accuracy", accuracy, 1.0 if bound else math.nan),
        oracle="theorem",
        targets=("train", "epoch", "update", "predict"),
        notes=(note,),
    )
