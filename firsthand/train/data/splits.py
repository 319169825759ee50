"""Splits: which examples are learnt from, chosen by, and tested on.

    random       a share drawn without looking
    stratified   the same share of every class
    grouped      whole groups, so that no person, place or day is in two parts
    time         the latest are tested on, those before them chosen by

The parts depend on the seed and on what is given here, never on the order of calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part

    Rows = NDArray[np.int64]
    Parts = dict[Part, Rows]


@dataclass(frozen=True)
class Shares:
    """Which share is held out for each part; 0 where a part was given as a file of its own."""

    validation: float
    test: float

    @property
    def held_out(self) -> list[tuple[Literal["test", "validation"], float]]:
        """The parts to hold out, and their shares; the test part first."""
        both: list[tuple[Literal["test", "validation"], float]] = [
            ("test", self.test),
            ("validation", self.validation),
        ]
        return [(name, share) for name, share in both if share > 0]


def random_split(n: int, shares: Shares, seed: int) -> Parts:
    """Return rows of each part, drawn at random.

    Raises
    ------
    DataError
        If a part would be empty.
    """
    return _cut(np.random.default_rng((seed, 1)).permutation(n), shares)


def time_split(times: NDArray[Any], shares: Shares) -> Parts:
    """Return rows of each part: the latest are the test part. Rows of one moment stay together.

    Parameters
    ----------
    times : ndarray of shape (n,), of numbers or datetime64

    Raises
    ------
    DataError
        If a part would be empty, as where most rows have the same time.
    """
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    n = len(times)
    test = n - _number(n, shares.test)
    validation = test - _number(n, shares.validation)
    # a boundary moves back to the first row of its moment: no moment is in two parts
    begins = [int(np.searchsorted(ordered, ordered[i])) if i < n else n for i in (validation, test)]
    parts: Parts = {
        "train": order[: begins[0]],
        "validation": order[begins[0] : begins[1]],
        "test": order[begins[1] :],
    }
    return _checked(parts, shares, n, "rows of different times")


def stratified_split(
    labels: NDArray[np.int64],
    names: Sequence[str],
    shares: Shares,
    seed: int,
    *,
    rare: Literal["refuse", "train"] = "refuse",
) -> Parts:
    """Return rows of each part, which has its share of every class.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Numbers of the classes.
    names : sequence of str
        Of the classes.
    rare : {"refuse", "train"}
        What becomes of a class with fewer members than there are parts: an error, or training.

    Raises
    ------
    DataError
        If a class has too few members, or a part would be empty.
    """
    n, n_parts = len(labels), 1 + len(shares.held_out)
    counts = np.bincount(labels, minlength=len(names))
    few = [
        f"{names[c]!r} has {counts[c]}"
        for c in np.flatnonzero((counts < n_parts) & (counts > 0)).tolist()
    ]
    if few and rare == "refuse":
        raise DataError(
            f"A stratified split needs at least {n_parts} examples of each class, one for each "
            f"part; {', '.join(few[:5])}. Add some, leave those rows out, or set "
            "data.split.kind: random."
        )
    order = np.random.default_rng((seed, 1)).permutation(n)
    parts: Parts = {"train": order, "validation": order[:0], "test": order[:0]}
    for name, share in shares.held_out:
        rest = parts["train"]
        of_class = np.bincount(labels[rest], minlength=len(names))
        wanted = np.where(counts >= n_parts, share * counts, 0.0)
        left = np.maximum(of_class - (2 if name == "test" and shares.validation else 1), 0)
        taken = _rounded(wanted, left, _number(n, share))
        held = _rank(labels[rest]) < taken[labels[rest]]
        parts[name], parts["train"] = rest[held], rest[~held]
    return _checked(parts, shares, n, "rows")


def grouped_split(groups: NDArray[np.int64], shares: Shares, seed: int) -> Parts:
    """Return rows of each part; all rows of a group are in one.

    Parameters
    ----------
    groups : ndarray of shape (n,)
        The number of each row's group.

    Raises
    ------
    DataError
        If there are fewer groups than parts.
    """
    held_out = shares.held_out
    present, of_group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(present) <= len(held_out):
        raise DataError(
            f"A grouped split needs at least {1 + len(held_out)} groups, one for each part; there "
            f"{'is' if len(present) == 1 else 'are'} {len(present)}. Look whether data.split.group "
            "is the right column, or set data.split.kind: random."
        )
    order = np.random.default_rng((seed, 1)).permutation(len(present))
    part_of = np.full(len(present), "train", dtype="U10")
    start = 0
    for i, (name, share) in enumerate(held_out):
        still_needed = len(held_out) - i  # groups that the other parts have to get
        held = 0
        while start < len(order) - still_needed:
            size = int(sizes[order[start]])
            if held and held + size / 2 > share * len(groups):
                break
            part_of[order[start]] = name
            held, start = held + size, start + 1
    of_row = part_of[of_group]
    parts: Parts = {
        "train": np.flatnonzero(of_row == "train"),
        "validation": np.flatnonzero(of_row == "validation"),
        "test": np.flatnonzero(of_row == "test"),
    }
    return _checked(parts, shares, len(groups), "groups")


def _cut(order: Rows, shares: Shares) -> Parts:
    """Part an order: first the test part, then validation, then training."""
    n = len(order)
    n_test, n_validation = _number(n, shares.test), _number(n, shares.validation)
    parts: Parts = {
        "train": order[n_test + n_validation :],
        "validation": order[n_test : n_test + n_validation],
        "test": order[:n_test],
    }
    return _checked(parts, shares, n, "rows")


def _number(n: int, share: float) -> int:
    """How many of ``n`` a share is; at least one, unless it is none."""
    return max(round(n * share), 1) if share > 0 else 0


def _rounded(wanted: NDArray[np.float64], most: Rows, total: int) -> Rows:
    """Round so that the sum is ``total`` where ``most`` allows: the largest remainders first."""
    taken = np.minimum(np.floor(wanted).astype(np.int64), most)
    taken = np.maximum(taken, np.minimum((wanted > 0).astype(np.int64), most))  # one of each class
    for c in np.argsort(taken - wanted, kind="stable"):
        if taken.sum() >= total:
            break
        taken[c] += taken[c] < most[c]
    return taken


def _rank(labels: Rows) -> Rows:
    """The how-manieth of its class each is."""
    by_class = np.argsort(labels, kind="stable")
    counts = np.bincount(labels)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.empty(len(labels), np.int64)
    rank[by_class] = np.arange(len(labels)) - starts
    return rank


def _checked(parts: Parts, shares: Shares, n: int, what: str) -> Parts:
    """Sort the rows of each part; refuse an empty one."""
    wanted: list[Part] = ["train", *(name for name, _ in shares.held_out)]
    for name in wanted:
        if len(parts[name]) == 0:
            raise DataError(
                f"The {name} part would be empty: there are only {n} rows, and "
                f"data.split.validation is {shares.validation:g}, data.split.test "
                f"{shares.test:g}. Add {what}, or change the shares."
            )
    return {name: np.sort(rows) for name, rows in parts.items()}
