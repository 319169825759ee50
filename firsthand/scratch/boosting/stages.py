"""What stages of trees become: predictions, importances, and the decision to stop.

F(x) = initial + sum over trees of the value of the leaf that x falls into
stop   when none of the last n losses on held-out samples is lower than the one before them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.boosting.boosting import Stage
from firsthand.scratch.boosting.losses import Loss
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.trees.tree import LEAF, Tree
from firsthand.scratch.validation import check_number

__all__ = [
    "BoostedTrees",
    "Holdout",
    "check_validation_fraction",
    "has_stalled",
    "hold_out",
    "run_stages",
]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

BLOCK = 4096  # samples that pass all trees together: their rows stay in the cache


@dataclass(frozen=True)
class BoostedTrees:
    """A constant and the trees that correct it.

    Attributes
    ----------
    initial : ndarray of shape (n_outputs,)
    trees : list of lists of Tree
        A list for each stage, in it a tree for each output.
    """

    initial: Array
    trees: list[list[Tree]]

    def staged(self, X: Array) -> Iterator[Array]:
        """Yield F after every stage, shape (n_samples, n_outputs)."""
        F = np.tile(self.initial, (len(X), 1))
        for stage in self.trees:
            add_stage(F, stage, X)
            yield F.copy()

    def predict(self, X: Array) -> Array:
        """Return F after the last stage, shape (n_samples, n_outputs)."""
        F = np.tile(self.initial, (len(X), 1))
        for start in range(0, len(X), BLOCK):
            block = slice(start, start + BLOCK)
            for stage in self.trees:
                add_stage(F[block], stage, X[block])
        return F

    def importances(self, n_features: int) -> Array:
        """Return how much each feature's questions gained in all trees, as shares of 1."""
        gains = np.zeros(n_features)
        for tree in (tree for stage in self.trees for tree in stage):
            left, right = tree.children_left, tree.children_right
            inner = np.flatnonzero(left != LEAF)
            total = tree.weighted_n_node_samples * tree.impurity
            gain = total[inner] - total[left[inner]] - total[right[inner]]
            gains += np.bincount(
                tree.feature[inner], gain / tree.weighted_n_node_samples[0], n_features
            )
        whole = gains.sum()
        return gains / whole if whole > 0 else gains


def add_stage(F: Array, stage: list[Tree], X: Array) -> None:
    """Add to F, in place, what the trees of one stage say about ``X``."""
    for k, tree in enumerate(stage):
        F[:, k] += tree.predict(X)[:, 0]


@dataclass(frozen=True)
class Holdout:
    """Samples that no tree sees, and when to stop by them."""

    X: Array
    y: Array
    weight: Array
    patience: int
    tol: float


def hold_out(
    y: Array, fraction: float, labels: bool, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return (kept, held): the samples to learn from, and a drawn part to judge by.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    fraction : float
        The part to hold out, between 0 and 1.
    labels : bool
        Whether ``y`` are codes of classes; then the same part of each class is drawn.
    rng : numpy.random.Generator

    Raises
    ------
    DataError
        If nothing would be left on one side, or nothing of a class to learn from.
    """
    order = rng.permutation(len(y))
    if labels:
        order = order[np.argsort(y[order], kind="stable")]  # class by class, drawn within each
        at = (np.arange(len(y)) + rng.random()) * fraction
        held = np.floor(at + fraction) > np.floor(at)
    else:
        held = np.arange(len(y)) < round(fraction * len(y))
    kept, drawn = np.sort(order[~held]), np.sort(order[held])
    if not len(drawn) or len(np.unique(y[kept])) < (len(np.unique(y)) if labels else 1):
        raise DataError(
            f"Of {len(y)} samples validation_fraction={fraction:g} leaves too few on one side, "
            "or none of a class; pass more samples, or do not stop early."
        )
    return kept, drawn


def check_validation_fraction(fraction: Any) -> None:
    """Refuse a share of held-out samples that leaves nothing on one side."""
    check_number("validation_fraction", fraction, above=0, at_most=1)
    if fraction == 1:
        raise ParameterError(
            "validation_fraction is 1; it has to be below, to learn from the rest."
        )


def has_stalled(losses: list[float], patience: int, tol: float) -> bool:
    """Return whether none of the last ``patience`` losses is lower, by more than ``tol``, than
    the one before them.

    Examples
    --------
    >>> has_stalled([3.0, 2.0, 2.1, 2.2], 2, 0.0), has_stalled([3.0, 2.0, 2.1, 1.9], 2, 0.0)
    (True, False)
    """
    return len(losses) > patience and min(losses[-patience:]) >= losses[-patience - 1] - tol


def run_stages(
    stages: Iterator[Stage],
    n_stages: int,
    initial: Array,
    loss: Loss,
    judged: Callable[[Stage], float] | None,
    held: Holdout | None,
) -> tuple[BoostedTrees, list[float], list[float]]:
    """Take stages until there are ``n_stages``, or until held-out samples gain no more.

    Parameters
    ----------
    stages : iterator of Stage
    n_stages : int
    initial : ndarray of shape (n_outputs,)
    loss : Loss
    judged : callable, optional
        The loss of a stage on the training samples.
    held : Holdout, optional

    Returns
    -------
    trees : BoostedTrees
    training, validation : list of float
        The losses after each stage; the validation's begins with that of the constant.
    """
    trees: list[list[Tree]] = []
    training: list[float] = []
    validation: list[float] = []
    F = np.empty((0, 0))
    if held is not None:
        F = np.tile(initial, (len(held.y), 1))
        validation.append(loss.mean(held.y, F, held.weight))
    for stage in islice(stages, n_stages):
        trees.append(stage.trees)
        if judged is not None:
            training.append(judged(stage))
        if held is not None:
            add_stage(F, stage.trees, held.X)
            validation.append(loss.mean(held.y, F, held.weight))
            if has_stalled(validation, held.patience, held.tol):
                break
    return BoostedTrees(initial, trees), training, validation
