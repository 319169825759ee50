"""Leakage: columns that give the target away, and rows that are in two parts.

A column alone predicts the target too well to be true where the mean, or most frequent class, of
64 bins of its values, learnt on half of the training rows, explains almost all of the other half;
or where it orders the rows as the target does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.contract import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part

BINS = 64
SUSPICIOUS = 0.98  # of what there is to explain
FEWEST = 40  # rows below which it may be chance


def giveaways(
    names: Sequence[str], values: NDArray[np.float64], y: NDArray[np.float64], *, classes: bool
) -> list[Finding]:
    """Return a finding for each column that predicts the target almost alone.

    Parameters
    ----------
    names : sequence of str, length n_columns
    values : ndarray of shape (n, n_columns)
        Of the training rows, unscaled; NaN where missing.
    y : ndarray of shape (n,)
        Classes or quantities.
    classes : bool
    """
    if len(y) < FEWEST:
        return []
    found: list[Finding] = []
    for i, name in enumerate(names):
        explained = _explained(np.asarray(values[:, i]), y, classes=classes)
        if explained >= SUSPICIOUS:
            what = "tells the class" if classes else "explains the variance"
            text = (
                f"Column {name!r} alone {what} of the target to {explained:.1%}. If it is not "
                "known before the target is, add it to data.leave_out."
            )
            found.append(Finding("leakage", text))
    return found


def duplicates(hashes: NDArray[np.uint64], parts: dict[Part, NDArray[np.int64]]) -> list[Finding]:
    """Return findings on rows that come twice in the training part, or in two parts.

    Parameters
    ----------
    hashes : ndarray of shape (n_rows,)
        Of the columns that are learnt from and the target.
    parts : dict of part to rows
    """
    found: list[Finding] = []
    train = hashes[parts["train"]]
    n_twice = len(train) - len(np.unique(train))
    if n_twice:
        text = f"{n_twice} rows of the training part repeat an earlier one."
        found.append(Finding("duplicate", text, "note"))
    names: list[Part] = ["validation", "test"]
    for name in names:
        also = int(np.isin(hashes[parts[name]], train).sum())
        if also:
            text = (
                f"{also} of {len(parts[name])} rows of the {name} part are in the training part, "
                "too: its figures are too good by that. Remove duplicates, or split by group."
            )
            found.append(Finding("duplicate_in_parts", text))
    return found


def _explained(x: NDArray[np.float64], y: NDArray[np.float64], *, classes: bool) -> float:
    """Return the share of the target's variance, or of the errors of guessing, that x explains."""
    bins = _binned(x)
    learn = np.arange(len(x)) % 2 == 0
    n_bins = int(bins.max()) + 1
    if classes:
        labels = y.astype(np.int64)
        table = np.zeros((n_bins, int(labels.max()) + 1))
        np.add.at(table, (bins[learn], labels[learn]), 1)
        guess = table.sum(0).argmax()
        said = np.where(table.any(1), table.argmax(1), guess)[bins[~learn]]
        wrong, wrong_guess = (said != labels[~learn]).mean(), (guess != labels[~learn]).mean()
        return float(1 - wrong / wrong_guess) if wrong_guess > 0 else 0.0
    counts = np.bincount(bins[learn], minlength=n_bins)
    means = np.bincount(bins[learn], y[learn], n_bins) / np.maximum(counts, 1)
    means[counts == 0] = y[learn].mean()
    held = y[~learn]
    spread = ((held - held.mean()) ** 2).mean()
    by_bins = 1 - ((held - means[bins[~learn]]) ** 2).mean() / spread if spread > 0 else 0.0
    there = ~np.isnan(x)
    by_order = 0.0
    if there.mean() > 0.5 and np.ptp(x[there]) > 0:
        by_order = float(np.corrcoef(_ranks(x[there]), _ranks(y[there]))[0, 1] ** 2)
    return float(max(by_bins, by_order))


def _binned(x: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return each value's bin: its own where there are few values; 0 where it is missing."""
    there = ~np.isnan(x)
    different = np.unique(x[there])
    if len(different) > BINS:
        different = np.unique(np.quantile(x[there], np.arange(1, BINS) / BINS))
    bins = np.zeros(len(x), np.int64)
    bins[there] = 1 + np.searchsorted(different, x[there], side="right")
    return bins


def _ranks(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks; equal values share the mean of theirs."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[place]
    return ranks
