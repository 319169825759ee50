r"""Boosting: each tree learns from the residuals that all trees before it have left.

    F   <-  argmin_c sum w L(y, c)                  start from the best constant
    repeat
        r, h   <-  -dL/dF, d^2L/dF^2 at F           what is missing still
        tree   <-  fitted to r                      where it is missing
        v      <-  argmin_v sum_leaf w L(y, F + v)  how much of it, leaf by leaf
        F      <-  F + learning_rate * v            one small step of it

It is gradient descent, not on parameters but on the predictions F of the training samples: r is
the steepest way down, and a tree is the nearest thing to r that new samples can follow.
Small steps generalise better; they take more trees. Drawing a part of the samples anew for each
stage makes trees differ, and boosting stochastic.

Friedman, Greedy function approximation: a gradient boosting machine, Annals of Statistics 29
(2001), algorithm 1; Stochastic gradient boosting (2002), for the draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.boosting.losses import Loss
from firsthand.scratch.trees.tree import Tree

__all__ = ["Stage", "boost"]

Array = NDArray[np.float64]
Grow = Callable[[Array, Array, Array], tuple[Tree, NDArray[np.intp]]]


class Stage(NamedTuple):
    """What one round of boosting leaves behind.

    Attributes
    ----------
    trees : list of Tree
        One for each column of F; the values are the learning rate times v.
    F : ndarray of shape (n_samples, n_outputs)
        What all trees so far predict on the training samples; the next stage changes it in place.
    drawn : ndarray of shape (n_samples,), bool
        Which samples the trees have seen.
    """

    trees: list[Tree]
    F: Array
    drawn: NDArray[np.bool_]


def boost(
    y: Array,
    loss: Loss,
    grow: Grow,
    learning_rate: float,
    weight: Array,
    subsample: float = 1.0,
    l2: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Iterator[Stage]:
    """Yield stage after stage, for ever: whoever asks decides when it is enough.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Numbers; of a classifier the code of the class.
    loss : Loss
    grow : callable
        From residual, curvature and weight, each (n_samples,), to a tree and to the leaf that
        every sample falls into. Samples of weight 0 must not change the tree.
    learning_rate : float
    weight : ndarray of shape (n_samples,)
    subsample : float
        The share of samples drawn for each stage.
    l2 : float
        Pulls the values of leaves towards zero.
    rng : numpy.random.Generator, optional
        Draws, if ``subsample`` is below 1.
    """
    n_samples = len(y)
    F = np.tile(loss.initial(y, weight), (n_samples, 1))  # (n_samples, n_outputs)
    drawn, w = np.ones(n_samples, bool), weight
    while True:
        if subsample < 1.0 and rng is not None:
            n_drawn = max(1, int(subsample * n_samples))
            drawn = rng.permutation(n_samples) < n_drawn
            w = weight * drawn
        residual, curvature = loss.derivatives(y, F)
        trees: list[Tree] = []
        for k in range(loss.n_outputs):
            r, h = residual[:, k], curvature[:, k]
            tree, leaf = grow(r, h, w)
            v = loss.leaf_values(y - F[:, k], r, h, w, leaf, tree.node_count, l2)
            trees.append(tree.with_value(learning_rate * v[:, None]))
            F[:, k] += learning_rate * v[leaf]
        yield Stage(trees, F, drawn)
