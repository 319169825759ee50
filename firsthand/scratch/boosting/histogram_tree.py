r"""A tree from histograms: add up residuals in bins, and look for the best cut between bins.

    G, H, N     sums of residuals r, of curvatures h, and of 1, over the samples of a bin
    score       G^2 / (H + l2)                          -2 min_v (-G v + (H + l2) v^2 / 2)
    v           G / (H + l2)                            where that is least
    gain        score(left) + score(right) - score(both)

One pass over the samples fills the histograms of all features; after it a node offers only
n_features (n_bins - 1) cuts, however many samples it has. And of two siblings only the
smaller is counted: what the parent has and that one has not, is the other's.

    histogram(parent) = histogram(left) + histogram(right)

This is the idea on one page. ``histogram_growing`` grows the same tree, a level at once.

Friedman (2001), 4.3; Chen & Guestrin, XGBoost (2016), equations 5-7 and 3.4 for missing values;
Ke et al., LightGBM (2017), 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.boosting.bins import MISSING

__all__ = [
    "Node",
    "Splits",
    "best_splits",
    "grow",
    "histogram",
    "score",
    "split_gain",
    "step",
]

Array = NDArray[np.float64]
ByteCodes = NDArray[np.uint8]

TINY = 1e-15  # in a node that bends nowhere a step of 0 / TINY is 0
LEAST_CURVATURE = 1e-3  # of a child: below it a Newton step is a leap in the dark
ROUNDING = 1e-14  # a gain below this part of the score is the rounding of sums


@dataclass(frozen=True)
class Splits:
    """The best cut of each of some nodes, arrays of shape (n_nodes,).

    Attributes
    ----------
    gain : ndarray
        0 or less where no cut is any good.
    feature, code : ndarray
        Samples with ``codes[feature] <= code`` go left.
    missing_left : ndarray of bool
        Where samples go whose feature is missing.
    left : ndarray of shape (3, n_nodes)
        Sums of residual, of curvature and of 1 over the samples that go left.
    """

    gain: Array
    feature: NDArray[np.intp]
    code: NDArray[np.intp]
    missing_left: NDArray[np.bool_]
    left: Array


@dataclass(frozen=True)
class Node:
    """A node with all below it: a leaf has no children, and only a leaf's value is used."""

    value: float
    n_samples: int
    feature: int = -1
    code: int = -1
    missing_left: bool = False
    left: Node | None = None
    right: Node | None = None


def histogram(codes: ByteCodes, residual: Array, curvature: Array, n_bins: int) -> Array:
    """Return the sums of residual, curvature and 1 in every bin of every feature.

    Parameters
    ----------
    codes : ndarray of shape (n_features, n_samples)
    residual, curvature : ndarray of shape (n_samples,)
    n_bins : int
        All codes are below it.

    Returns
    -------
    ndarray of shape (3, n_features, n_bins)

    Examples
    --------
    >>> codes = np.array([[1, 2, 1]], np.uint8)
    >>> histogram(codes, np.array([0.5, 2.0, 1.0]), np.ones(3), 3)[:, 0].tolist()
    [[0.0, 1.5, 2.0], [0.0, 2.0, 1.0], [0.0, 2.0, 1.0]]
    """
    sums = [
        [np.bincount(row, weights, n_bins) for row in codes]
        for weights in (residual, curvature, None)
    ]
    return np.array(sums, np.float64)


def score(G: Array, H: Array, l2: float = 0.0) -> Array:
    """Return G^2 / (H + l2), elementwise: twice what the best step of a node takes off the loss."""
    return G * G / np.maximum(H + l2, TINY)


def step(G: Array, H: Array, l2: float = 0.0) -> Array:
    """Return G / (H + l2), elementwise: the step that a node's samples take together."""
    return G / np.maximum(H + l2, TINY)


def split_gain(left: Array, right: Array, l2: float = 0.0) -> Array:
    """Return by how much two children score more than their parent.

    Parameters
    ----------
    left, right : ndarray of shape (2, ...)
        Sums of residual and of curvature.
    l2 : float

    Examples
    --------
    >>> split_gain(np.array([-2.0, 2.0]), np.array([2.0, 2.0]))
    np.float64(4.0)
    """
    both = left + right
    return score(left[0], left[1], l2) + score(right[0], right[1], l2) - score(both[0], both[1], l2)


def best_splits(
    sums: Array,
    min_samples_leaf: int = 1,
    l2: float = 0.0,
    missing: NDArray[np.bool_] | None = None,
    allowed: NDArray[np.bool_] | None = None,
) -> Splits:
    """Return every node's cut with the largest gain: of equal ones, that of the lowest feature.

    A cut after bin b sends the bins up to b left. Of a feature with missing values every cut is
    tried twice, with them on the right and on the left; one more cuts them off from all others.

    Parameters
    ----------
    sums : ndarray of shape (3, n_nodes, n_features, n_bins)
        Histograms; bin 0 is that of missing values.
    min_samples_leaf : int
        Neither side may have fewer samples.
    l2 : float
    missing : ndarray of shape (n_features,), optional
        Which features miss values anywhere in the training data. Of the others a missing
        value will go with the majority.
    allowed : ndarray of shape (n_nodes, n_features), optional
        Which features may be asked; all by default.
    """
    n_nodes, _n_features, _n_bins = sums.shape[1:]
    misses = np.max(sums[2, :, :, MISSING], axis=0) > 0 if missing is None else missing
    left = np.cumsum(sums, axis=-1)
    whole = left[:, :, :1, -1:]  # (3, n_nodes, 1, 1): any feature's bins add up to the node
    lefts = [left]
    if misses.any():
        lefts.insert(0, left - sums[..., :1])
    gains = [_gains(left, whole, min_samples_leaf, l2) for left in lefts]
    gain = np.stack(gains, axis=2)  # (n_nodes, n_features, ways, n_bins)
    if allowed is not None:
        gain = np.where(allowed[:, :, None, None], gain, -np.inf)
    best = gain.reshape(n_nodes, -1).argmax(axis=1)
    feature, way, code = np.unravel_index(best, gain.shape[1:])
    nodes = np.arange(n_nodes)
    picked = [left[:, nodes, feature, code] for left in lefts]  # each (3, n_nodes)
    left = np.where(way == 1, picked[-1], picked[0])
    majority = left[2] > whole[2, :, 0, 0] - left[2]
    found = gain[nodes, feature, way, code]
    return Splits(
        gain=np.where(
            found > ROUNDING * score(whole[0, :, 0, 0], whole[1, :, 0, 0], l2), found, 0.0
        ),
        feature=feature,
        code=code,
        missing_left=np.where(misses[feature], way == 1, majority),
        left=left,
    )


def _gains(left: Array, whole: Array, min_samples_leaf: int, l2: float) -> Array:
    """Return the gain of every cut, minus infinity where a side would be too small."""
    right = whole - left
    H, N = np.minimum(left[1:], right[1:])
    enough = (min_samples_leaf <= N) & (H >= LEAST_CURVATURE)
    return np.where(enough, split_gain(left[:2], right[:2], l2), -np.inf)


def grow(
    codes: ByteCodes,
    residual: Array,
    curvature: Array,
    n_bins: int,
    max_depth: float = np.inf,
    min_samples_leaf: int = 1,
    l2: float = 0.0,
    missing: NDArray[np.bool_] | None = None,
    sums: Array | None = None,
) -> Node:
    """Return the tree: cut the node where the gain is largest, then do the same with each half.

    Parameters
    ----------
    codes : ndarray of shape (n_features, n_samples)
    residual, curvature : ndarray of shape (n_samples,)
    n_bins : int
    max_depth : int, optional
        The most cuts between the root and a leaf.
    min_samples_leaf : int
    l2 : float
    missing : ndarray of shape (n_features,), optional
        Which features miss values; those of ``codes`` by default.
    sums : ndarray of shape (3, n_features, n_bins), optional
        The node's :func:`histogram` if it is known already.

    Examples
    --------
    >>> codes = np.array([[1, 1, 2, 2]], np.uint8)
    >>> tree = grow(codes, np.array([1.0, 3.0, 5.0, 5.0]), np.ones(4), 3)
    >>> tree.value, tree.left.value, tree.right.value
    (3.5, 2.0, 5.0)
    """
    if sums is None:
        sums = histogram(codes, residual, curvature, n_bins)
    if missing is None:
        missing = (codes == MISSING).any(axis=1)
    G, H, N = sums[:, 0].sum(axis=-1)
    value, n_samples = float(step(G, H, l2)), int(N)
    best = best_splits(sums[:, None], min_samples_leaf, l2, missing)
    if max_depth < 1 or best.gain[0] <= 0:
        return Node(value, n_samples)
    feature, code, missing_left = (
        int(best.feature[0]),
        int(best.code[0]),
        bool(best.missing_left[0]),
    )
    x = codes[feature]
    yes = (x <= code) & (missing_left | (x != MISSING))
    rows = [np.flatnonzero(yes), np.flatnonzero(~yes)]
    small = int(len(rows[1]) <= len(rows[0]))
    r = rows[small]
    counted = histogram(codes[:, r], residual[r], curvature[r], n_bins)
    children = [
        grow(
            codes[:, side],
            residual[side],
            curvature[side],
            n_bins,
            max_depth - 1,
            min_samples_leaf,
            l2,
            missing,
            counted if k == small else sums - counted,
        )
        for k, side in enumerate(rows)
    ]
    return Node(value, n_samples, feature, code, missing_left, *children)
