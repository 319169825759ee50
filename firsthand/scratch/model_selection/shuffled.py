r"""Random splits: draw what is tested, train on the rest; stratified, each class by its share.

Of n samples, n_k of class k, a draw of m takes about m n_k / n of each class: the whole parts of
that, and then one more where the largest fractions are, until there are m.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.model_selection._inputs import (
    class_codes,
    group_codes,
    same_samples,
    take,
)
from firsthand.scratch.model_selection.splitters import Split, Splitter
from firsthand.scratch.validation import check_number, check_random_state

__all__ = [
    "GroupShuffleSplit",
    "ShuffleSplit",
    "StratifiedShuffleSplit",
    "apportion",
    "random_split",
    "split_sizes",
    "stratified_random_split",
    "train_test_split",
]

Indices = NDArray[np.intp]
Size = float | int | None


def split_sizes(
    n_samples: int, test_size: Size = None, train_size: Size = None, default: float = 0.25
) -> tuple[int, int]:
    """Return (n_train, n_test): shares of the samples, or numbers of them.

    A share for the test is rounded up, one for training down. What is not told is the rest, and
    if nothing is, a share of ``default`` is tested.

    Raises
    ------
    ParameterError, DataError
        If a size is out of range, or nothing would be left to train on.

    Examples
    --------
    >>> split_sizes(10, test_size=0.25), split_sizes(10, test_size=2, train_size=0.5)
    ((7, 3), (5, 2))
    """
    sizes = {"test_size": test_size, "train_size": train_size}
    if test_size is None and train_size is None:
        sizes["test_size"] = default
    counts: dict[str, int] = {}
    for name, size in sizes.items():
        if size is None:
            continue
        whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
        most = n_samples if whole else 1
        check_number(name, size, above=0)
        if size >= most:
            raise ParameterError(
                f"{name} is {size!r}; it has to be a share below 1, or a number of samples below "
                f"{n_samples}."
            )
        exact = float(size) if whole else size * n_samples
        counts[name] = int(np.ceil(exact) if name == "test_size" else np.floor(exact))
    n_test = counts.get("test_size", n_samples - counts.get("train_size", 0))
    n_train = counts.get("train_size", n_samples - n_test)
    shares = [size for size in (test_size, train_size) if isinstance(size, float)]
    if n_train + n_test > n_samples or sum(shares) > 1:
        raise ParameterError(
            f"test_size={test_size} and train_size={train_size} together are more than all "
            f"{n_samples} samples; reduce one."
        )
    if n_train == 0:
        raise DataError(
            f"With n_samples={n_samples}, test_size={test_size} and train_size={train_size}, "
            "nothing is left to train on; test fewer."
        )
    return n_train, n_test


def apportion(counts: Indices, n_draws: int, rng: np.random.Generator) -> Indices:
    """Return how many to draw of each class, in proportion to how many there are.

    Parameters
    ----------
    counts : ndarray of int of shape (n_classes,)
    n_draws : int, at most the sum of ``counts``
    rng : numpy.random.Generator
        Decides between equal fractions.

    Returns
    -------
    ndarray of int of shape (n_classes,)
        They sum to ``n_draws``, and none is above its count.

    Examples
    --------
    >>> apportion(np.array([6, 3, 1]), 5, np.random.default_rng(0))
    array([3, 1, 1])
    """
    share = counts / counts.sum() * n_draws
    drawn = np.floor(share).astype(np.intp)
    fraction = share - drawn
    left = n_draws - int(drawn.sum())
    chance = rng.permutation(len(counts))
    largest = chance[np.argsort(-fraction[chance], kind="stable")][:left]
    drawn[largest] += 1
    return drawn


def random_split(n_samples: int, n_train: int, n_test: int, rng: np.random.Generator) -> Split:
    """Return (train, test): the first of one permutation are tested, the next trained on.

    Examples
    --------
    >>> train, test = random_split(10, 6, 2, np.random.default_rng(0))
    >>> len(train), len(test), len(set(train) | set(test))
    (6, 2, 8)
    """
    order = rng.permutation(n_samples)
    return order[n_test : n_test + n_train], order[:n_test]


def stratified_random_split(
    codes: Indices, n_train: int, n_test: int, rng: np.random.Generator
) -> Split:
    """Return (train, test), drawn at random with every class by its share in both.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The class of each sample, from 0.
    n_train, n_test : int
    rng : numpy.random.Generator

    Examples
    --------
    >>> codes = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
    >>> train, test = stratified_random_split(codes, 6, 3, np.random.default_rng(0))
    >>> np.bincount(codes[train]), np.bincount(codes[test])
    (array([4, 2]), array([2, 1]))
    """
    counts = np.bincount(codes)
    of_train = apportion(counts, n_train, rng)
    of_test = apportion(counts - of_train, n_test, rng)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(counts)[:-1])
    trains: list[Indices] = []
    tests: list[Indices] = []
    for rows, a, b in zip(members, of_train, of_test, strict=True):
        order = rng.permutation(rows)
        trains.append(order[:a])
        tests.append(order[a : a + b])
    return rng.permutation(np.concatenate(trains)), rng.permutation(np.concatenate(tests))


class _Draws(Splitter):
    """A splitter that draws ``n_splits`` times."""

    default = 0.1  # the share that is tested if nothing is told

    def __init__(
        self,
        n_splits: int = 10,
        *,
        test_size: Size = None,
        train_size: Size = None,
        random_state: Any = None,
    ):
        check_number("n_splits", n_splits, at_least=1, whole=True)
        self.n_splits = n_splits
        self.test_size = test_size
        self.train_size = train_size
        self.random_state = random_state

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return ``n_splits``."""
        return self.n_splits

    def _sizes(self, n_samples: int) -> tuple[int, int]:
        return split_sizes(n_samples, self.test_size, self.train_size, self.default)


class ShuffleSplit(_Draws):
    """Independent draws; a sample may be tested in several, or in none.

    Parameters
    ----------
    n_splits : int
    test_size, train_size : float, int or None
        A share of the samples, or how many. By default 0.1 is tested and the rest trained on.
    random_state : int, numpy.random.Generator or None
        Decides the draws; an integer gives the same ones every time.

    Examples
    --------
    >>> [(len(train), len(test)) for train, test in ShuffleSplit(2, test_size=3).split(range(10))]
    [(7, 3), (7, 3)]
    """

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        n_train, n_test = self._sizes(n_samples)
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            yield random_split(n_samples, n_train, n_test, rng)


class StratifiedShuffleSplit(_Draws):
    """Independent draws in which every class has the share that it has in all.

    The parameters are those of :class:`ShuffleSplit`.
    """

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        n_train, n_test = self._sizes(n_samples)
        codes = _drawable(y, n_train, n_test)
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            yield stratified_random_split(codes, n_train, n_test, rng)


class GroupShuffleSplit(_Draws):
    """Independent draws of whole groups; sizes are shares or numbers of groups, 0.2 tested.

    The parameters are those of :class:`ShuffleSplit`, with ``n_splits=5``.
    """

    default = 0.2
    uses_groups = True

    def __init__(
        self,
        n_splits: int = 5,
        *,
        test_size: Size = None,
        train_size: Size = None,
        random_state: Any = None,
    ):
        super().__init__(
            n_splits, test_size=test_size, train_size=train_size, random_state=random_state
        )

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        names, codes = group_codes(groups, type(self).__name__)
        n_train, n_test = self._sizes(len(names))
        rng = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            train, test = random_split(len(names), n_train, n_test, rng)
            yield np.flatnonzero(np.isin(codes, train)), np.flatnonzero(np.isin(codes, test))


def train_test_split(
    *arrays: Any,
    test_size: Size = None,
    train_size: Size = None,
    random_state: Any = None,
    shuffle: bool = True,
    stratify: Any = None,
) -> list[Any]:
    """Split arrays into a part to train on and one to test on, all in the same way.

    Parameters
    ----------
    *arrays : array-likes of shape (n_samples, ...)
        Arrays, tables or lists; each comes back as what it was.
    test_size, train_size : float, int or None
        A share of the samples, or how many. By default a quarter is tested.
    random_state : int, numpy.random.Generator or None
        Decides the draw.
    shuffle : bool
        Whether to draw, or else to test the last samples.
    stratify : array-like of shape (n_samples,), optional
        Classes that shall have the same shares in both parts.

    Returns
    -------
    list
        The train and the test part of the first array, of the second, and so on.

    Examples
    --------
    >>> train_test_split([1, 2, 3, 4], ["a", "b", "c", "d"], shuffle=False)
    [[1, 2, 3], [4], ['a', 'b', 'c'], ['d']]
    """
    if not arrays:
        raise ParameterError("There is nothing to split; pass X, and y if there is one.")
    n_samples = same_samples(
        **{f"array {i}": array for i, array in enumerate(arrays, 1)}, stratify=stratify
    )
    n_train, n_test = split_sizes(n_samples, test_size, train_size)
    if not shuffle:
        if stratify is not None:
            raise ParameterError("stratify needs a draw; set shuffle=True, or leave it out.")
        train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)
    else:
        rng = check_random_state(random_state)
        if stratify is None:
            train, test = random_split(n_samples, n_train, n_test, rng)
        else:
            codes = _drawable(stratify, n_train, n_test)
            train, test = stratified_random_split(codes, n_train, n_test, rng)
    return [take(array, rows) for array in arrays for rows in (train, test)]


def _drawable(y: Any, n_train: int, n_test: int) -> Indices:
    """Return codes of classes of which each can be on both sides."""
    if y is None:
        raise DataError("A stratified draw needs the classes of the samples; pass y.")
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:  # several columns: each combination is a class
        _, labels = np.unique(labels, axis=0, return_inverse=True)
    classes, codes = class_codes(labels)
    rare = classes[np.bincount(codes) < 2].tolist()
    if rare:
        raise DataError(
            "The least populated classes in y have only 1 member, which cannot be on both sides: "
            f"{rare}; merge them with others, or leave them out."
        )
    for name, size in (("train_size", n_train), ("test_size", n_test)):
        if size < len(classes):
            raise DataError(
                f"The {name} = {size} should be greater or equal to the number of classes = "
                f"{len(classes)}, so that each can be there."
            )
    return codes
