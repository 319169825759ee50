"""Linear models, ours against scikit-learn's: time to fit, and how far the answers are apart.

    python benchmarks/linear.py

Linear regression and ridge on 100,000 x 20, with a pair of twin columns, too; logistic regression
on 20,000 x 50 (two classes), with features of equal scale and of scales 1 to 100, and on digits
(ten). Neither side's tolerance is touched: how far apart the answers are is printed. The sides
alternate with a pause of 50 ms between runs, because the idle threads of one library slow the
other; each figure is the median of the rounds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

from firsthand.compare.timing import time_both
from firsthand.data import load
from firsthand.scratch import linear

RUNS, L2 = 15, 0.01
Fit = Callable[[], Any]


def regression_problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 20))
    return X, X @ rng.normal(size=20) + 3 + rng.normal(size=len(X))


def classification_problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(20_000, 50))
    z = X @ rng.normal(size=50) / 3
    return X, (rng.random(len(X)) < 1 / (1 + np.exp(-z))).astype(int)


def cases() -> dict[str, tuple[Fit, Fit]]:
    """What is timed; both sides return (coefficients, intercept)."""
    X, y = regression_problem()
    twins = X.copy()
    twins[:, 1] = twins[:, 0]
    Z, k = classification_problem()
    uneven = Z * np.geomspace(0.1, 10, Z.shape[1])
    digits = load("digits")
    D, t = digits.X / 16, digits.y
    n, m, d = len(y), len(k), len(t)

    def logistic(X: np.ndarray, y: np.ndarray, **how: Any) -> Fit:
        C = 1 / (L2 * len(y))
        return lambda: parameters(LogisticRegression(C=C, max_iter=1000, **how).fit(X, y))

    def ours(X: np.ndarray, y: np.ndarray) -> Fit:
        return lambda: parameters(linear.LogisticRegression(L2).fit(X, y))

    return {
        f"linear regression {n} x 20": (
            lambda: parameters(linear.LinearRegression().fit(X, y)),
            lambda: parameters(LinearRegression().fit(X, y)),
        ),
        f"linear regression {n} x 20, twin columns": (
            lambda: parameters(linear.LinearRegression().fit(twins, y)),
            lambda: parameters(LinearRegression().fit(twins, y)),
        ),
        f"ridge {n} x 20": (
            lambda: parameters(linear.LinearRegression(L2).fit(X, y)),
            lambda: parameters(Ridge(alpha=L2 * n).fit(X, y)),
        ),
        f"logistic {m} x 50, lbfgs": (ours(Z, k), logistic(Z, k)),
        f"logistic {m} x 50, newton-cholesky": (
            ours(Z, k),
            logistic(Z, k, solver="newton-cholesky"),
        ),
        f"logistic {m} x 50, uneven scales, lbfgs": (ours(uneven, k), logistic(uneven, k)),
        f"softmax {d} x 64, ten classes, lbfgs": (ours(D, t), logistic(D, t)),
    }


def parameters(model: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.ravel(model.coef_), np.ravel(model.intercept_)


def main() -> None:
    print(f"medians of {RUNS} alternating runs, milliseconds")
    print(f"{'':43} {'ours':>8} {'sklearn':>8} {'ratio':>6} {'difference':>11}")
    for name, (ours, theirs) in cases().items():
        apart = float(np.max(np.abs(np.ravel(ours()[0]) - np.ravel(theirs()[0]))))
        timed = time_both(ours, theirs, runs=RUNS, at_least=0.1)
        mine, library = 1e3 * timed.scratch, 1e3 * timed.library
        print(f"{name:43} {mine:8.1f} {library:8.1f} {timed.ratio:6.2f} {apart:11.1e}")


if __name__ == "__main__":
    main()
