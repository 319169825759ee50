r"""One against one: many classes decided by a machine for each pair of them.

    pairs       (0, 1), (0, 2), ..., (1, 2), ...        k (k - 1) / 2 machines
    vote        the machine of (i, j) votes for i if its decision is above 0, else for j
    decide      the class with the most votes, the first of them if two have as many

As scores, votes are whole numbers and tie often; the sum of a class's decisions, squeezed to
within 1/3 on either side, is added to break the ties without overruling a vote.

Knerr, Personnaz & Dreyfus, Single-layer learning revisited (1990); Hsu & Lin, A comparison
of methods for multiclass support vector machines (2002).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["class_pairs", "class_scores", "votes"]

Array = NDArray[np.float64]


def class_pairs(n_classes: int) -> list[tuple[int, int]]:
    """Return all pairs (i, j) of classes with i < j, in order.

    Examples
    --------
    >>> class_pairs(3)
    [(0, 1), (0, 2), (1, 2)]
    """
    return list(combinations(range(n_classes), 2))


def votes(decisions: Array, n_classes: int) -> Array:
    """Return how many pairs chose each class, shape (n_samples, n_classes).

    Parameters
    ----------
    decisions : ndarray of shape (n_samples, n_pairs)
        Above 0 where the first class of the pair is chosen.

    Examples
    --------
    >>> votes(np.array([[0.5, -2.0, -1.0]]), 3).tolist()
    [[1.0, 0.0, 2.0]]
    """
    counts = np.zeros((len(decisions), n_classes))
    for k, (i, j) in enumerate(class_pairs(n_classes)):
        first = decisions[:, k] > 0
        counts[:, i] += first
        counts[:, j] += ~first
    return counts


def class_scores(decisions: Array, n_classes: int) -> Array:
    """Return a score for each class, of shape (n_samples, n_classes): votes, ties broken.

    Parameters
    ----------
    decisions : ndarray of shape (n_samples, n_pairs)
        As in :func:`votes`.

    Examples
    --------
    >>> class_scores(np.array([[1.0, -1.0, 3.0]]), 3).round(2).tolist()
    [[1.0, 1.22, 0.78]]
    """
    confidence = np.zeros((len(decisions), n_classes))
    for k, (i, j) in enumerate(class_pairs(n_classes)):
        confidence[:, i] += decisions[:, k]
        confidence[:, j] -= decisions[:, k]
    return votes(decisions, n_classes) + confidence / (3.0 * (np.abs(confidence) + 1.0))
