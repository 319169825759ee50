"""Splitters: objects that say which samples to train on and which to test on.

    for train, test in KFold(5).split(X, y): ...

They hold the rules of ``folds.py`` with their numbers, so that a model's evaluation can be told
which rule to use. scikit-learn's functions take them too, and ours take scikit-learn's.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.model_selection._inputs import (
    class_codes,
    count_samples,
    group_codes,
    has_classes,
    same_samples,
)
from firsthand.scratch.model_selection.folds import (
    even_folds,
    grouped_folds,
    stratified_folds,
    stratified_grouped_folds,
    time_splits,
)
from firsthand.scratch.validation import check_number, check_random_state

__all__ = [
    "GroupKFold",
    "KFold",
    "LeaveOneGroupOut",
    "LeaveOneOut",
    "RepeatedKFold",
    "RepeatedStratifiedKFold",
    "Splitter",
    "StratifiedGroupKFold",
    "StratifiedKFold",
    "TimeSeriesSplit",
    "check_cv",
]

Indices = NDArray[np.intp]
Split = tuple[Indices, Indices]


class Splitter:
    """Base of the splitters: ``split`` yields (train, test), ``get_n_splits`` counts them."""

    uses_groups = False

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Yield the indices to train on and to test on, split by split.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Only its rows are counted.
        y, groups : array-like of shape (n_samples,), optional
            The target and the group of each sample, where the rule needs them.
        """
        n_samples = same_samples(X=X, y=y, groups=groups)
        if groups is not None and not self.uses_groups:
            warnings.warn(
                f"{type(self).__name__} does not look at groups, so a group may be on both "
                "sides; use GroupKFold to keep groups together.",
                UserWarning,
                stacklevel=2,
            )
        yield from self._splits(n_samples, y, groups)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many splits there are."""
        raise NotImplementedError

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        raise NotImplementedError

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({told})"


class _Folds(Splitter):
    """A splitter that tests one fold after the other."""

    def __init__(self, n_splits: int = 5, *, shuffle: bool = False, random_state: Any = None):
        check_number("n_splits", n_splits, at_least=2, whole=True)
        if random_state is not None and not shuffle:
            raise ParameterError(
                f"random_state is {random_state!r}, but nothing is drawn; set shuffle=True, or "
                "leave random_state out."
            )
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return ``n_splits``."""
        return self.n_splits

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        if self.n_splits > n_samples:
            raise DataError(
                f"Cannot have number of splits n_splits={self.n_splits} greater than the number "
                f"of samples: n_samples={n_samples}; ask for fewer splits."
            )
        rng = check_random_state(self.random_state) if self.shuffle else None
        folds = self._folds(n_samples, y, groups, rng)
        for number in range(self.n_splits):
            yield np.flatnonzero(folds != number), np.flatnonzero(folds == number)

    def _folds(
        self, n_samples: int, y: Any, groups: Any, rng: np.random.Generator | None
    ) -> Indices:
        raise NotImplementedError


class KFold(_Folds):
    """Folds of equal size, in the order of the samples or shuffled.

    Parameters
    ----------
    n_splits : int
    shuffle : bool
    random_state : int, numpy.random.Generator or None
        With ``shuffle``, decides the draw; an integer gives the same folds every time.

    Examples
    --------
    >>> [test.tolist() for _, test in KFold(3).split([10, 20, 30, 40])]
    [[0, 1], [2], [3]]
    """

    def _folds(
        self, n_samples: int, y: Any, groups: Any, rng: np.random.Generator | None
    ) -> Indices:
        return even_folds(n_samples, self.n_splits, rng)


class StratifiedKFold(_Folds):
    """Folds in which every class has about the share that it has in all.

    The parameters are those of :class:`KFold`.

    Examples
    --------
    >>> y = ["a", "a", "a", "a", "b", "b"]
    >>> [test.tolist() for _, test in StratifiedKFold(2).split(y, y)]
    [[0, 1, 4], [2, 3, 5]]
    """

    def _folds(
        self, n_samples: int, y: Any, groups: Any, rng: np.random.Generator | None
    ) -> Indices:
        classes, codes = _strata(y, self.n_splits)
        first = np.full(len(classes), n_samples)
        np.minimum.at(first, codes, np.arange(n_samples))
        by_appearance = first.argsort().argsort()  # the class that comes first is called 0
        return stratified_folds(by_appearance[codes], self.n_splits, rng)


class GroupKFold(_Folds):
    """Folds of about equal size, with every group in one of them.

    The parameters are those of :class:`KFold`.

    Examples
    --------
    >>> groups = ["ann", "ann", "bob", "cid", "cid"]
    >>> [test.tolist() for _, test in GroupKFold(2).split(groups, groups=groups)]
    [[2, 3, 4], [0, 1]]
    """

    uses_groups = True

    def _folds(
        self, n_samples: int, y: Any, groups: Any, rng: np.random.Generator | None
    ) -> Indices:
        return grouped_folds(_enough_groups(self, groups), self.n_splits, rng)


class StratifiedGroupKFold(_Folds):
    """Folds with every group in one of them, and classes as even as that allows.

    The parameters are those of :class:`KFold`.
    """

    uses_groups = True

    def _folds(
        self, n_samples: int, y: Any, groups: Any, rng: np.random.Generator | None
    ) -> Indices:
        _, codes = _strata(y, self.n_splits)
        return stratified_grouped_folds(codes, _enough_groups(self, groups), self.n_splits, rng)


class TimeSeriesSplit(Splitter):
    """Tests that lie after what was trained on, for samples in the order of time.

    Parameters
    ----------
    n_splits : int
    max_train_size : int, optional
        The most samples to train on, the latest of them.
    test_size : int, optional
        By default n_samples // (n_splits + 1).
    gap : int
        How many samples to leave out between what is trained on and what is tested.

    Examples
    --------
    >>> [(train.tolist(), test.tolist()) for train, test in TimeSeriesSplit(2).split([1, 2, 3])]
    [([0], [1]), ([0, 1], [2])]
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        max_train_size: int | None = None,
        test_size: int | None = None,
        gap: int = 0,
    ):
        check_number("n_splits", n_splits, at_least=2, whole=True)
        check_number("gap", gap, at_least=0, whole=True)
        for name, size in (("max_train_size", max_train_size), ("test_size", test_size)):
            if size is not None:
                check_number(name, size, at_least=1, whole=True)
        self.n_splits = n_splits
        self.max_train_size = max_train_size
        self.test_size = test_size
        self.gap = gap

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return ``n_splits``."""
        return self.n_splits

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        yield from time_splits(
            n_samples,
            self.n_splits,
            max_train_size=self.max_train_size,
            test_size=self.test_size,
            gap=self.gap,
        )


class LeaveOneOut(Splitter):
    """Every sample is tested alone: n splits, so n fits.

    Examples
    --------
    >>> [(train.tolist(), test.tolist()) for train, test in LeaveOneOut().split("ab")]
    [([1], [0]), ([0], [1])]
    """

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of samples of ``X``."""
        if X is None:
            raise DataError("There is a split for each sample; pass X.")
        return count_samples(X)

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        if n_samples < 2:
            raise DataError(f"There is {n_samples} sample; none is left to train on.")
        samples = np.arange(n_samples)
        for i in range(n_samples):
            yield np.delete(samples, i), samples[i : i + 1]


class LeaveOneGroupOut(Splitter):
    """Every group is tested alone, trained on all others."""

    uses_groups = True

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of groups."""
        return len(group_codes(groups, type(self).__name__)[0])

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        names, codes = group_codes(groups, type(self).__name__)
        if len(names) < 2:
            raise DataError("There is one group only; none is left to train on.")
        for group in range(len(names)):
            yield np.flatnonzero(codes != group), np.flatnonzero(codes == group)


class _Repeated(Splitter):
    """Shuffled folds, drawn anew several times."""

    of: type[KFold | StratifiedKFold]

    def __init__(self, *, n_splits: int = 5, n_repeats: int = 10, random_state: Any = None):
        check_number("n_splits", n_splits, at_least=2, whole=True)
        check_number("n_repeats", n_repeats, at_least=1, whole=True)
        self.n_splits = n_splits
        self.n_repeats = n_repeats
        self.random_state = random_state

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return ``n_splits`` times ``n_repeats``."""
        return self.n_splits * self.n_repeats

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        rng = check_random_state(self.random_state)
        for _ in range(self.n_repeats):
            folds = self.of(self.n_splits, shuffle=True, random_state=rng)
            yield from folds.split(range(n_samples), y)


class RepeatedKFold(_Repeated):
    """:class:`KFold`, shuffled ``n_repeats`` times, so that a mean depends less on one draw."""

    of = KFold


class RepeatedStratifiedKFold(_Repeated):
    """:class:`StratifiedKFold`, shuffled ``n_repeats`` times."""

    of = StratifiedKFold


class _Given(Splitter):
    """Splits that were made elsewhere."""

    uses_groups = True  # whoever made them may have looked at groups

    def __init__(self, splits: Iterable[Any]):
        self.splits = [(np.asarray(train), np.asarray(test)) for train, test in splits]

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many came."""
        return len(self.splits)

    def _splits(self, n_samples: int, y: Any, groups: Any) -> Iterator[Split]:
        yield from self.splits


def check_cv(
    cv: Any = 5,
    y: Any = None,
    *,
    classifier: bool = False,
    shuffle: bool = False,
    random_state: Any = None,
) -> Any:
    """Return the splitter that ``cv`` means.

    Parameters
    ----------
    cv : int, splitter, iterable of (train, test), or None
        A number of folds (None is 5): stratified for a classifier whose ``y`` holds classes,
        else even ones. A splitter, ours or scikit-learn's, is returned as it is.
    y : array-like of shape (n_samples,), optional
    classifier : bool
    shuffle : bool
    random_state : int, numpy.random.Generator or None
        Both for folds made from a number.

    Examples
    --------
    >>> check_cv(3, ["a", "b"], classifier=True)
    StratifiedKFold(n_splits=3, shuffle=False, random_state=None)
    """
    cv = 5 if cv is None else cv
    if isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        kind = StratifiedKFold if classifier and has_classes(y) else KFold
        return kind(int(cv), shuffle=shuffle, random_state=random_state)
    if hasattr(cv, "split") and not isinstance(cv, str):
        return cv
    if isinstance(cv, str) or not isinstance(cv, Iterable):
        raise ParameterError(
            f"cv is {cv!r}; pass a number of folds, a splitter such as KFold(5), or a list of "
            "(train, test) indices."
        )
    return _Given(cast("Iterable[Any]", cv))


def _strata(y: Any, n_folds: int) -> tuple[NDArray[Any], Indices]:
    """Return the classes and codes of ``y``, and see to it that folds can share them out."""
    if y is None:
        raise DataError("Stratified folds need the classes of the samples; pass y.")
    classes, codes = class_codes(y)
    members = np.bincount(codes)
    rare = int(members.argmin())
    if n_folds > members.max():
        raise DataError(
            f"n_splits={n_folds} cannot be greater than the number of members in each class; the "
            f"largest class has {members.max()}. Ask for fewer splits."
        )
    if n_folds > members[rare]:
        warnings.warn(
            f"The least populated class in y, {classes.tolist()[rare]!r}, has only "
            f"{members[rare]} members, which is less than n_splits={n_folds}: some folds have "
            "none.",
            UserWarning,
            stacklevel=2,
        )
    return classes, codes


def _enough_groups(splitter: _Folds, groups: Any) -> Indices:
    names, codes = group_codes(groups, type(splitter).__name__)
    if splitter.n_splits > len(names):
        raise DataError(
            f"Cannot have number of splits n_splits={splitter.n_splits} greater than the number "
            f"of groups: {len(names)}; ask for fewer splits."
        )
    return codes
