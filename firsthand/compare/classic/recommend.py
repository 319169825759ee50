"""Matrix factorisation: the library has none, but each of its steps is a ridge regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import FunctionPair
from firsthand.compare.classic.quantity import value
from firsthand.data import Dataset

WHY = "both solve the normal equations, whose condition number the penalty bounds"


def _for_every_class(step: Any, data: Dataset) -> Any:
    """Return the step's solution for the samples of each class, with features of equal scale."""
    X = data.standardised().X
    target = np.cos(np.arange(data.n_samples))
    weight = 1.0 + np.arange(data.n_samples) % 3
    return step(X, target, data.y, int(data.y.max()) + 1, 1.0, weight)


PAIRS = (
    FunctionPair(
        "als_step",
        scratch="firsthand.scratch.recommend.matrix_factorization.als_step",
        library="firsthand.library.ridge_by_group",
        task="classification",
        call=_for_every_class,
        quantities=(value("coefficients", lambda found, _: found, tolerance=1e-9, why=WHY),),
        notes=("a step of alternating least squares is a ridge regression for every id",),
    ),
)
