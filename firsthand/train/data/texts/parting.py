"""Parts of labelled texts: by class, and the same text never in two of them."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_SPACES = re.compile(r"\W+")


def signatures(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Return a number for each text, equal where they differ by case, spaces or marks alone."""
    plain = (_SPACES.sub(" ", text.lower()).strip() or text for text in texts)
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in plain)
    return np.fromiter((int.from_bytes(d, "little") for d in digests), np.uint64)


def stratified(
    labels: NDArray[np.int64],
    groups: NDArray[np.uint64],
    shares: tuple[float, float],
    seed: int,
    *,
    by_class: bool = True,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of (training, validation, test), each in ascending order.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    groups : ndarray of shape (n,)
        Rows of one group stay together.
    shares : (float, float)
        Of all rows, for validation and test.
    seed : int
    by_class : bool
        Every class has those shares; else only the whole.

    Raises
    ------
    DataError
        If a part would be empty.
    """
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    random = np.random.default_rng(seed)
    size = np.bincount(group)
    part_of_group = np.zeros(len(first), np.int64)
    kind = labels[first] if by_class else np.zeros(len(first), np.int64)
    for label in np.unique(kind):
        members = random.permutation(np.flatnonzero(kind == label))
        share = np.cumsum(size[members]) / size[members].sum()
        before = np.concatenate([[0.0], share[:-1]])  # each group goes where its first row falls
        part_of_group[members[before < shares[0] + shares[1]]] = 2
        part_of_group[members[before < shares[0]]] = 1
        if shares[0] + shares[1] > 0 and (part_of_group[members] == 0).sum() == 0:
            part_of_group[members[-1]] = 0
    part = part_of_group[group]
    train, validation, test = (np.flatnonzero(part == i) for i in range(3))
    for name, rows, share in (
        ("training", train, 1),
        ("validation", validation, shares[0]),
        ("test", test, shares[1]),
    ):
        if share and not len(rows):
            raise DataError(
                f"{len(labels)} texts leave none for {name}; give more, or other shares in "
                "data.split."
            )
    return train, validation, test
