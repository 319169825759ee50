"""Fitting logistic regression, ours against scikit-learn's two second-order ways.

    python benchmarks/logistic_regression.py

20,000 samples of 50 features whose scales and correlations differ (l2 = 1e-4); then ten digits,
1797 x 64, by softmax. The sides alternate in rounds with a pause of 50 ms between them; the
figures are medians, and the error is the largest difference from a fit that ran to rounding.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression as Library

from firsthand.scratch.linear import LogisticRegression

ROUNDS = 9


def table() -> tuple[np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 50)) @ rng.normal(size=(50, 50)) / 7
    X *= np.geomspace(0.1, 10, 50)
    z = X @ (rng.normal(size=50) / np.geomspace(0.1, 10, 50)) / 3
    return X, (z + rng.logistic(size=len(z)) > 0).astype(int), 1e-4


def digits() -> tuple[np.ndarray, np.ndarray, float]:
    X, y = load_digits(return_X_y=True)
    return X / 16, y, 1e-3


def compare(name: str, X: np.ndarray, y: np.ndarray, l2: float) -> None:
    C = 1 / (l2 * len(y))
    sides: dict[str, Callable[[], Any]] = {
        "ours": lambda: LogisticRegression(l2),
        "lbfgs": lambda: Library(C=C, max_iter=10_000),
        "newton-cholesky": lambda: Library(C=C, solver="newton-cholesky"),
    }
    exact = Library(C=C, solver="newton-cholesky", tol=1e-13, max_iter=1000).fit(X, y)
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    error: dict[str, float] = {}
    for _ in range(ROUNDS):
        for side, make in sides.items():
            time.sleep(0.05)
            start = time.perf_counter()
            model = make().fit(X, y)
            seconds[side].append(time.perf_counter() - start)
            error[side] = float(np.abs(model.predict_proba(X) - exact.predict_proba(X)).max())
    print(f"{name}: {X.shape[0]} x {X.shape[1]}, {len(np.unique(y))} classes")
    for side, times in seconds.items():
        ratio = np.median(seconds["ours"]) / np.median(times)
        spent = 1e3 * np.median(times)
        print(f"  {side:16} {spent:8.1f} ms   ours/this {ratio:5.2f}   p off by {error[side]:.0e}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    compare("a table", *table())
    compare("digits", *digits())
