"""Which pictures are learnt from, chosen by, and tested on.

What comes with parts of its own (folders train, val, test; files of a test part) keeps them; what
is missing is held out of the rest: the same share of every class, or whole groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import Split
    from firsthand.train.data.contract import Part

PARTS: tuple[Part, ...] = ("train", "validation", "test")


def parted(
    given: Sequence[Part | None],
    labels: NDArray[np.int64] | None,
    groups: Sequence[str] | None,
    split: Split,
    seed: int,
) -> dict[Part, NDArray[np.int64]]:
    """Return the numbers of the examples of each part, in increasing order.

    Parameters
    ----------
    given : sequence of {"train", "validation", "test", None}
        The part that each example came in; None, or train: to be divided where a part is missing.
    labels : ndarray of shape (n,), or None
        Classes, every one of which each part gets its share of.
    groups : sequence of str, or None
        What stays together in one part, instead.
    split : settings
    seed : int

    Raises
    ------
    DataError
        If a part would be empty.
    """
    rng = np.random.default_rng((seed, 1))
    part_of = np.array([part or "train" for part in given], dtype=object)
    divisible = int((part_of == "train").sum())
    for name, share in (("test", split.test), ("validation", split.validation)):
        if (part_of == name).any():
            continue
        rest = np.flatnonzero(part_of == "train")
        n_held = share * divisible
        if groups is not None:
            chosen = _whole_groups([groups[i] for i in rest.tolist()], n_held, rng)
        elif labels is not None:
            chosen = _of_each_class(labels[rest], n_held / max(len(rest), 1), rng)
        else:
            chosen = rng.permutation(len(rest))[: max(round(n_held), 1)]
        part_of[rest[chosen]] = name
    parts: dict[Part, NDArray[np.int64]] = {n: np.flatnonzero(part_of == n) for n in PARTS}
    for name, members in parts.items():
        if len(members) == 0:
            what = "groups" if groups is not None else "pictures"
            raise DataError(
                f"The {name} part would be empty: there are only {len(given)} pictures "
                f"to divide. Add {what}, or change data.split."
            )
    return parts


def grouped(
    groups: list[str] | None, parts: dict[Part, NDArray[np.int64]]
) -> dict[Part, list[str]]:
    """Return the group of each example of each part; nothing where there are none."""
    if groups is None:
        return {}
    found: dict[Part, list[str]] = {}
    for name, rows in parts.items():
        found[name] = [groups[i] for i in rows.tolist()]
    return found


def _of_each_class(
    labels: NDArray[np.int64], share: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a share of each class; rounding gives to the classes that lose most by it.

    A class keeps one example at least for training.
    """
    order = rng.permutation(len(labels))
    _, of_class, sizes = np.unique(labels[order], return_inverse=True, return_counts=True)
    wanted = sizes * share
    taken = np.floor(wanted).astype(np.int64)
    missing = round(share * len(labels)) - int(taken.sum())
    for c in np.argsort(taken - wanted, kind="stable")[: max(missing, 0)]:
        taken[c] += 1
    taken = np.minimum(taken, sizes - 1)
    # the how-manieth of its class each is, along the random order
    by_class = np.argsort(of_class, kind="stable")
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    rank = np.empty(len(labels), np.int64)
    rank[by_class] = np.arange(len(labels)) - starts
    return order[rank < taken[of_class]]


def _whole_groups(
    groups: Sequence[str], n_held: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the members of groups drawn until there are ``n_held``, leaving one group at least."""
    names, of_group, sizes = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    held: list[int] = []
    for group in rng.permutation(len(names))[: max(len(names) - 1, 0)]:
        if held and sizes[held].sum() + sizes[group] / 2 > n_held:
            break
        held.append(int(group))
    return np.flatnonzero(np.isin(of_group, held))
