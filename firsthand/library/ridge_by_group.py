"""One ridge regression for each group of samples, one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def ridge_by_group(
    Z: ArrayLike,
    target: ArrayLike,
    group: ArrayLike,
    n_groups: int,
    alpha: float,
    sample_weight: ArrayLike,
) -> np.ndarray:
    """Return the coefficients of each group, (n_groups, n_columns); 0 for one without samples."""
    from sklearn.linear_model import Ridge

    Z, target, group, weight = map(np.asarray, (Z, target, group, sample_weight))
    found = np.zeros((n_groups, Z.shape[1]))
    for g in np.unique(group):
        mine = group == g
        model = Ridge(alpha=alpha, fit_intercept=False, solver="cholesky")
        found[g] = model.fit(Z[mine], target[mine], sample_weight=weight[mine]).coef_
    return found
