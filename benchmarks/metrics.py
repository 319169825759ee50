"""Metrics, ours against scikit-learn's: a million samples, silhouettes of five thousand.

    python benchmarks/metrics.py

The sides alternate with a pause of 50 ms between runs, because the idle threads of one library
slow the other; each figure is the median of the rounds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn.metrics

from firsthand.compare.timing import time_both
from firsthand.scratch import metrics

RUNS, N, CLUSTERED = 7, 1_000_000, 5_000


def cases() -> dict[str, Callable[[Any], Any]]:
    """What is timed; each is called with a module of metrics."""
    rng = np.random.default_rng(0)
    score, weights = rng.random(N), rng.random(N)
    positive = (rng.random(N) < score).astype(int)
    y, p = rng.integers(0, 5, N), rng.integers(0, 5, N)
    P = rng.dirichlet(np.ones(5), N)
    words = np.array(["ant", "bee", "cow", "dog", "elk"])
    few, fewer = words[y[: N // 10]], words[p[: N // 10]]
    X, clusters = rng.normal(size=(CLUSTERED, 10)), rng.integers(0, 8, CLUSTERED)
    return {
        "roc_auc_score": lambda m: m.roc_auc_score(positive, score),
        "roc_auc_score, weights": lambda m: m.roc_auc_score(positive, score, sample_weight=weights),
        "roc_curve": lambda m: m.roc_curve(positive, score),
        "average_precision_score": lambda m: m.average_precision_score(positive, score),
        "confusion_matrix, 5 classes": lambda m: m.confusion_matrix(y, p),
        "confusion_matrix, text, 1e5": lambda m: m.confusion_matrix(few, fewer),
        "precision, recall, F": lambda m: m.precision_recall_fscore_support(y, p),
        "accuracy_score": lambda m: m.accuracy_score(y, p),
        "log_loss, 2 classes": lambda m: m.log_loss(positive, score),
        "log_loss, 5 classes": lambda m: m.log_loss(y, P),
        "brier_score_loss": lambda m: m.brier_score_loss(positive, score),
        "adjusted_rand_score": lambda m: m.adjusted_rand_score(y, p),
        "mean_squared_error": lambda m: m.mean_squared_error(score, weights),
        "r2_score": lambda m: m.r2_score(score, weights),
        "silhouette_score, 5e3": lambda m: m.silhouette_score(X, clusters),
    }


def main() -> None:
    print(f"medians of {RUNS} alternating runs, milliseconds")
    print(f"{'':28} {'ours':>8} {'sklearn':>8} {'ratio':>6} {'difference':>11}")
    for name, call in cases().items():
        ours, theirs = call(metrics), call(sklearn.metrics)
        apart = max_difference(ours, theirs)
        timed = time_both(
            lambda call=call: call(metrics),
            lambda call=call: call(sklearn.metrics),
            runs=RUNS,
            at_least=0.1,
        )
        mine, library = 1e3 * timed.scratch, 1e3 * timed.library
        print(f"{name:28} {mine:8.1f} {library:8.1f} {timed.ratio:6.2f} {apart:11.1e}")


def max_difference(ours: Any, theirs: Any) -> float:
    pairs = zip(ours, theirs, strict=True) if isinstance(theirs, tuple) else [(ours, theirs)]
    gaps = []
    for mine, library in pairs:
        a, b = np.asarray(mine, float), np.asarray(library, float)
        finite = np.isfinite(a) & np.isfinite(b)
        gaps.append(np.max(np.abs(a[finite] - b[finite]), initial=0.0))
    return float(max(gaps))


if __name__ == "__main__":
    main()
