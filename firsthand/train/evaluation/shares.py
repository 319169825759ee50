"""Shares of examples, and means over some of them, where examples may depend on each other.

Examples that are alone have Wilson's interval. Of grouped ones, whole groups are drawn: a share is
sum_g c_g a_g / sum_g c_g b_g with the counts c of the groups in a replicate, a_g what is counted in
a group and b_g what it is counted among.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.evaluation.intervals import Interval, percentile, wilson
from firsthand.train.evaluation.resampling import Resampling, bootstrap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.resampling import Weights


def share_of(
    counted: NDArray[np.bool_], among: NDArray[np.bool_], resampling: Resampling
) -> Interval:
    """Return how large a share of some examples is counted, with its interval.

    Parameters
    ----------
    counted, among : ndarray of shape (n,), of bool
        Which examples are of the share, and of which examples it is one.
    resampling : Resampling
        Of all ``n`` examples.
    """
    if resampling.groups is None:
        return wilson(int((counted & among).sum()), int(among.sum()))
    return mean_of(counted.astype(float), among, resampling)


def mean_of(
    values: NDArray[np.float64], among: NDArray[np.bool_], resampling: Resampling
) -> Interval:
    """Return the mean of some examples of a grouped set, over whose groups it is bootstrapped."""
    assert resampling.groups is not None
    (index,) = np.nonzero(among)
    if len(index) == 0:
        return Interval(float("nan"), how="no example")
    present, groups = np.unique(resampling.groups[index], return_inverse=True)
    n_groups = len(present)
    sums = np.bincount(groups, values[index], n_groups)
    sizes = np.bincount(groups, minlength=n_groups).astype(float)
    of_groups = Resampling(n_groups, seed=resampling.seed)

    def mean(weights: Weights) -> dict[str, NDArray[np.float64]]:
        return {"": weights @ sums / (weights @ sizes)}

    how = f"bootstrap over {n_groups} groups"
    value = float(values[index].mean())
    return percentile(value, bootstrap(mean, of_groups)[""], how, units=n_groups)
