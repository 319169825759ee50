"""A least squares fit, ours against scikit-learn's: 100,000 samples of 20 features.

    python benchmarks/linear_regression.py

The two sides alternate with a pause of 50 ms between them, because the idle threads of one
library slow the other; the figures are medians. Both solve exactly: scikit-learn by a singular
value decomposition, ours by the normal equations where they are well conditioned. The last line
shows our fallback on data that are not.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from sklearn.linear_model import LinearRegression as Library
from sklearn.linear_model import Ridge

from firsthand.scratch.linear import LinearRegression

N_SAMPLES, N_FEATURES, ROUNDS = 100_000, 20, 25


def milliseconds(fit: Callable[[], object]) -> float:
    time.sleep(0.05)
    start = time.perf_counter()
    fit()
    return 1e3 * (time.perf_counter() - start)


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    rounds = [(milliseconds(ours), milliseconds(theirs)) for _ in range(ROUNDS)]
    a, b = (median(side) for side in zip(*rounds, strict=True))
    print(f"{name:24} {a:6.1f} ms   scikit-learn {b:6.1f} ms   ratio {a / b:.2f}")


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES)) + 3
    y = X @ rng.normal(size=N_FEATURES) + rng.normal(size=N_SAMPLES)
    twins = X.copy()
    twins[:, 1] = twins[:, 0]
    alpha = 0.1 * N_SAMPLES
    compare("least squares", lambda: LinearRegression().fit(X, y), lambda: Library().fit(X, y))
    compare("ridge", lambda: LinearRegression(0.1).fit(X, y), lambda: Ridge(alpha).fit(X, y))
    compare(
        "least squares, twins",
        lambda: LinearRegression().fit(twins, y),
        lambda: Library().fit(twins, y),
    )
