"""What stages of trees become: predictions, importances, and the decision to stop.

F(x) = initial + sum over trees of the value of the leaf that x falls into
stop   when none of the last n losses on held-out samples is lower than the one before them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.boosting.boosting import Stage
from firsthand.scratch.boosting.early_stopping import Holdout, has_stalled
from firsthand.scratch.boosting.losses import Loss
from firsthand.scratch.trees.tree import LEAF, Tree

__all__ = ["BoostedTrees", "add_stage", "run_stages"]

Array = NDArray[np.float64]

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
            gains += np.bincount(tree.feature[inner], gain, n_features)
        whole = gains.sum()
        return gains / whole if whole > 0 else gains


def add_stage(F: Array, stage: list[Tree], X: Array) -> None:
    """Add to F, in place, what the trees of one stage say about ``X``."""
    for k, tree in enumerate(stage):
        F[:, k] += tree.predict(X)[:, 0]


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
