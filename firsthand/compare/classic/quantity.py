"""What is compared of two fitted models: labels, parameters, predictions, objectives, scores.

Where the answer is unique, both must give it. Where ties or chance make two answers right,
the objective reached must be as good, and scores must be equal as far as chance allows:

    |mean over seeds of (ours - theirs)| <= 4 standard errors + allowance

A quantity that means nothing on some data says on which, and why it is left out there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.compare.agreement import (
    ROUNDING,
    WHY_ROUNDING,
    Agreement,
    agree,
    agree_exactly,
    at_most,
)
from firsthand.data import Dataset

Array = NDArray[np.float64]
Models = Callable[[Dataset], tuple[Any, Any]]


@dataclass(frozen=True)
class Fitted:
    """Both sides after ``fit``, or what both functions returned, and the data they saw.

    ``again`` makes both models anew, unfitted; functions have none.
    """

    ours: Any
    theirs: Any
    data: Dataset
    again: Models | None = None


@dataclass(frozen=True)
class Condition:
    """On which data a quantity is compared, and the reason to give where it is not."""

    holds: Callable[[Dataset], bool]
    otherwise: str


@dataclass(frozen=True)
class Quantity:
    """One thing that is compared, such as the coefficients."""

    name: str
    measure: Callable[[Fitted], Agreement]
    when: Condition | None = None

    def applies(self, data: Dataset) -> bool:
        """Whether the quantity means something on this data."""
        return self.when is None or self.when.holds(data)

    @property
    def left_out(self) -> str:
        """Say why it is not compared where it does not apply."""
        return f"{self.name}: not compared, {self.when.otherwise if self.when else ''}"


def measured(
    quantities: Sequence[Quantity], fitted: Fitted
) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
    """Return how far the quantities that apply agree, and why the others are left out."""
    rows = tuple(q.measure(fitted) for q in quantities if q.applies(fitted.data))
    left_out = tuple(q.left_out for q in quantities if not q.applies(fitted.data))
    return rows, left_out


def value(
    name: str,
    of: Callable[[Any, Dataset], ArrayLike],
    *,
    tolerance: float = ROUNDING,
    why: str = WHY_ROUNDING,
    when: Condition | None = None,
) -> Quantity:
    """Return a quantity of numbers that ``of(model, data)`` computes from either side."""

    def measure(fitted: Fitted) -> Agreement:
        ours, theirs = of(fitted.ours, fitted.data), of(fitted.theirs, fitted.data)
        # data of the grid have gaps, and what only scales them keeps those
        return agree(name, ours, theirs, tolerance=tolerance, why=why, missing=True)

    return Quantity(name, measure, when)


def exact(
    name: str, of: Callable[[Any, Dataset], ArrayLike], *, when: Condition | None = None
) -> Quantity:
    """Return a quantity of labels, counts or indices, which are equal or are not."""

    def measure(fitted: Fitted) -> Agreement:
        return agree_exactly(name, of(fitted.ours, fitted.data), of(fitted.theirs, fitted.data))

    return Quantity(name, measure, when)


def attribute(
    name: str,
    *,
    tolerance: float = ROUNDING,
    why: str = WHY_ROUNDING,
    when: Condition | None = None,
) -> Quantity:
    """Return the fitted attribute ``name`` of both models, such as ``"coef_"``."""

    def of(model: Any, _: Dataset) -> ArrayLike:
        return getattr(model, name)

    return value(name, of, tolerance=tolerance, why=why, when=when)


def outputs(
    method: str,
    *,
    tolerance: float = ROUNDING,
    why: str = WHY_ROUNDING,
    when: Condition | None = None,
) -> Quantity:
    """Return what ``method`` of both gives, on the rows of ``fit`` and on rows between them."""

    def of(model: Any, data: Dataset) -> ArrayLike:
        return getattr(model, method)(rows(data))

    return value(method, of, tolerance=tolerance, why=why, when=when)


def labels(method: str = "predict", *, when: Condition | None = None) -> Quantity:
    """Return the labels that both predict, on the rows of ``fit`` and on rows between them."""

    def of(model: Any, data: Dataset) -> ArrayLike:
        return getattr(model, method)(rows(data))

    return exact(method, of, when=when)


def no_worse(
    name: str,
    objective: Callable[[Any, Dataset], float],
    *,
    slack: float,
    why: str,
    when: Condition | None = None,
) -> Quantity:
    """Return an objective, less is better, that ours must reach up to a share of its size."""

    def measure(fitted: Fitted) -> Agreement:
        ours, theirs = objective(fitted.ours, fitted.data), objective(fitted.theirs, fitted.data)
        return at_most(name, ours, theirs + slack * max(abs(theirs), 1e-12), why=why)

    return Quantity(name, measure, when)


def scores_over_seeds(
    *,
    seeds: int = 5,
    allowance: float = 0.02,
    when: Condition | None = None,
) -> Quantity:
    """Return the score on a third of the data that ``fit`` did not see, over seeds.

    For models whose draws differ by their generators. The difference of the means may be
    four standard errors, and ``allowance`` on top for what a handful of seeds cannot tell.
    """
    name = f"mean score over {seeds} seeds"
    why = f"draws differ; four standard errors, and {allowance:g} for so few seeds"

    def measure(fitted: Fitted) -> Agreement:
        ours, theirs = [], []
        for seed in range(seeds):
            known, held_out = _thirds(fitted.data, seed)
            for model, scores in zip(_seeded(fitted, known, seed), (ours, theirs), strict=True):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    model.fit(known.X, known.y)
                    scores.append(model.score(held_out.X, held_out.y))
        apart = np.subtract(ours, theirs)
        error = float(np.std(apart, ddof=1)) / np.sqrt(seeds)
        return agree(
            name,
            float(np.mean(ours)),
            float(np.mean(theirs)),
            tolerance=(4 * error + allowance) / max(abs(float(np.mean(theirs))), 1e-12),
            why=why,
        )

    return Quantity(name, measure, when)


def rows(data: Dataset) -> Array:
    """Return the rows of ``data`` and one between each and the next, where none was fitted."""
    between = 0.7 * data.X[:-1] + 0.3 * data.X[1:]
    return np.concatenate([data.X, between])


def rank(data: Dataset) -> int:
    """Return the rank of the centred, scaled features."""
    centred = data.X - data.X.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    return int(np.linalg.matrix_rank(centred / np.where(length > 0, length, 1.0)))


def _independent(data: Dataset) -> bool:
    return rank(data) == data.n_features < data.n_samples


def _distinct(data: Dataset) -> bool:
    return all(len(np.unique(column)) == data.n_samples for column in data.X.T)


def is_wide(data: Dataset) -> bool:
    """Whether X and y spread far above what libraries of trees take for equal."""
    return bool(np.ptp(data.X, axis=0).max() > 1e-6 and np.ptp(data.y) > 1e-6)


def _enough(data: Dataset) -> bool:
    rarest = np.bincount(data.y.astype(int)).min() if data.task == "classification" else 100
    return is_wide(data) and data.n_samples >= 100 and rarest > 5


INDEPENDENT = Condition(
    _independent, "columns depend on each other, so many values fit the data equally well"
)
DISTINCT = Condition(
    _distinct, "values occur twice, so that two splits can be equally good and either is right"
)
ENOUGH = Condition(
    _enough,
    "a handful of samples tells nothing of a score; or the library takes values closer than "
    "1e-7 for equal",
)
TIED = Condition(lambda data: not _distinct(data), "values are distinct, and all agrees exactly")


def _thirds(data: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Return two thirds of the data and the other third, drawn."""
    order = np.random.default_rng(seed).permutation(data.n_samples)
    cut = max(1, data.n_samples // 3)
    return (
        replace(data, X=data.X[order[cut:]], y=data.y[order[cut:]]),
        replace(data, X=data.X[order[:cut]], y=data.y[order[:cut]]),
    )


def _seeded(fitted: Fitted, data: Dataset, seed: int) -> tuple[Any, Any]:
    if fitted.again is None:
        raise TypeError("A function has no seeds to compare over.")
    ours, theirs = fitted.again(data)
    for model in (ours, theirs):
        if "random_state" in model.get_params():
            model.set_params(random_state=seed)
    return ours, theirs
