r"""Which fold tests which sample: one rule a function, each an array of fold numbers.

    even        n samples in k folds: each holds n // k, the first n mod k one more
    stratified  every fold has each class in its share: classes are dealt like cards
    grouped     samples of a group stay together: the largest group next, to the lightest fold
    both        groups one by one, to the fold after which classes are spread most evenly

A model is tested on one fold and trained on the others, so every sample is tested once. Time is
the exception: what is tested lies after what is trained on.

Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), 7.10; Kohavi, A Study
of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection (1995).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError

__all__ = [
    "even_folds",
    "grouped_folds",
    "stratified_folds",
    "stratified_grouped_folds",
    "time_splits",
]

Indices = NDArray[np.intp]


def even_folds(n_samples: int, n_folds: int, rng: np.random.Generator | None = None) -> Indices:
    """Return the fold of each sample: runs of equal length, or with ``rng`` a draw of them.

    Parameters
    ----------
    n_samples : int
    n_folds : int, at most n_samples
    rng : numpy.random.Generator, optional
        Shuffles the samples first.

    Returns
    -------
    ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> even_folds(7, 3)
    array([0, 0, 0, 1, 1, 2, 2])
    """
    sizes = np.full(n_folds, n_samples // n_folds)
    sizes[: n_samples % n_folds] += 1
    folds = np.repeat(np.arange(n_folds), sizes)
    return folds if rng is None else rng.permutation(folds)


def stratified_folds(
    codes: Indices, n_folds: int, rng: np.random.Generator | None = None
) -> Indices:
    """Return the fold of each sample, every class spread over the folds as evenly as can be.

    The samples, sorted by class, are dealt to the folds like cards, which settles how many of
    each class a fold gets. Within a class, the first samples go to the first fold, and so on; or
    with ``rng``, any go anywhere.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The class of each sample, from 0. Which class is called 0 decides who is dealt first.
    n_folds : int
    rng : numpy.random.Generator, optional

    Returns
    -------
    ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> stratified_folds(np.array([0, 0, 0, 0, 1, 1]), 2)
    array([0, 0, 1, 1, 0, 1])
    """
    folds = np.empty(len(codes), np.intp)
    dealt = np.arange(len(codes)) % n_folds  # to the samples in the order of their classes
    ranked = np.sort(codes)
    for code in range(int(ranked[-1]) + 1):
        hand = np.sort(dealt[ranked == code])
        folds[codes == code] = hand if rng is None else rng.permutation(hand)
    return folds


def grouped_folds(groups: Indices, n_folds: int, rng: np.random.Generator | None = None) -> Indices:
    """Return the fold of each sample, with every group in one fold.

    Groups are placed from the largest to the smallest, each into the fold that has fewest
    samples so far; of equal groups the last comes first, of equal folds the first. With ``rng``,
    the groups are shuffled and cut into runs of equally many groups.

    Parameters
    ----------
    groups : ndarray of int of shape (n_samples,)
        The group of each sample, from 0.
    n_folds : int, at most the number of groups
    rng : numpy.random.Generator, optional

    Returns
    -------
    ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> grouped_folds(np.array([0, 0, 0, 1, 1, 2, 2]), 2)
    array([0, 0, 0, 1, 1, 1, 1])
    """
    sizes = np.bincount(groups)
    if rng is not None:
        return even_folds(len(sizes), n_folds, rng)[groups]
    fold_of_group = np.empty(len(sizes), np.intp)
    load = np.zeros(n_folds, np.intp)
    for group in np.argsort(sizes, kind="stable")[::-1]:
        lightest = load.argmin()
        fold_of_group[group] = lightest
        load[lightest] += sizes[group]
    return fold_of_group[groups]


def stratified_grouped_folds(
    codes: Indices,
    groups: Indices,
    n_folds: int,
    rng: np.random.Generator | None = None,
) -> Indices:
    """Return the fold of each sample: groups stay whole, and classes spread as evenly as that lets.

    Groups are placed one by one, those with the most uneven classes first. Each goes where the
    shares of the classes then vary least between folds; if several do equally well, to the one
    with fewest samples.

    Parameters
    ----------
    codes, groups : ndarray of int of shape (n_samples,)
        The class and the group of each sample, from 0.
    n_folds : int, at most the number of groups
    rng : numpy.random.Generator, optional
        Shuffles groups that are equally uneven.

    Returns
    -------
    ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> stratified_grouped_folds(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), 2)
    array([0, 1, 0, 1])
    """
    n_groups, n_classes = int(groups.max()) + 1, int(codes.max()) + 1
    held = np.zeros((n_groups, n_classes))  # samples of each class in each group
    np.add.at(held, (groups, codes), 1)
    order = np.arange(n_groups) if rng is None else rng.permutation(n_groups)
    order = order[np.argsort(-np.std(held[order], axis=1), kind="stable")]
    of_class = held.sum(axis=0)
    fold_of_group = np.empty(n_groups, np.intp)
    in_fold = np.zeros((n_folds, n_classes))
    for group in order:
        best, least = 0, np.inf
        for fold in range(n_folds):
            in_fold[fold] += held[group]
            unevenness = float(np.mean(np.std(in_fold / of_class, axis=0)))
            in_fold[fold] -= held[group]
            tied = np.isclose(unevenness, least) and in_fold[fold].sum() < in_fold[best].sum()
            if unevenness < least or tied:
                best, least = fold, unevenness
        in_fold[best] += held[group]
        fold_of_group[group] = best
    return fold_of_group[groups]


def time_splits(
    n_samples: int,
    n_splits: int,
    *,
    max_train_size: int | None = None,
    test_size: int | None = None,
    gap: int = 0,
) -> Iterator[tuple[Indices, Indices]]:
    """Yield (train, test) such that every test lies after what was trained on.

    The tests are ``n_splits`` runs of ``test_size`` samples that end with the last sample. Each
    is trained on all before it, but for the ``gap`` samples next to it, or the last
    ``max_train_size`` of those.

    Parameters
    ----------
    n_samples, n_splits : int
    max_train_size : int, optional
    test_size : int, optional
        By default n_samples // (n_splits + 1).
    gap : int

    Raises
    ------
    DataError
        If there are too few samples for it.

    Examples
    --------
    >>> [(train.tolist(), test.tolist()) for train, test in time_splits(5, 2, gap=1)]
    [([0, 1], [3]), ([0, 1, 2], [4])]
    """
    size = n_samples // (n_splits + 1) if test_size is None else test_size
    first = n_samples - n_splits * size
    if size < 1 or first - gap < 1:
        raise DataError(
            f"{n_splits} tests of {max(size, 1)} samples and a gap of {gap} leave nothing to "
            f"train on of {n_samples} samples; ask for fewer splits, or smaller tests."
        )
    for start in range(first, n_samples, size):
        end = start - gap
        begin = 0 if not max_train_size else max(0, end - max_train_size)
        yield np.arange(begin, end), np.arange(start, start + size)
