"""Classic models, ours against the library's: time, memory, and how both grow.

    python benchmarks/classic.py                     the table of times
    python benchmarks/classic.py --rows tree svc     only works whose name holds one of these
    python benchmarks/classic.py --grow              the same at ten times the samples, too
    python benchmarks/classic.py --memory            peaks above what was there before the work

Both sides have two threads and settings that mean the same; neither side's tolerance is touched.
The sides alternate with a pause of 50 ms, because the idle threads of one library slow the
other, and a run repeats the work until it has lasted 0.2 s, because waking a thread can take
20 ms. Times are medians, and the ratio is the median of the runs' ratios. ``score`` is what both
reach on rows not fitted.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ.setdefault("OMP_NUM_THREADS", "2")

import argparse
import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import geometric_mean
from typing import Any

import numpy as np

from firsthand.compare.memory import in_a_process, resident, risen
from firsthand.compare.timing import Timing, time_both
from firsthand.library import named

Array = np.ndarray
Data = tuple[Array, Array]
WIDTH = 68
LASTS = 0.2  # seconds a run takes at least


@dataclass(frozen=True)
class Work:
    """One kind of work: the data of n samples, and the models of both sides.

    ``bar`` is the largest ratio allowed, for fit and for predict where ``predicts``; ``theirs`` has
    settings on top of those that both share, and ``named`` a name for those that are not
    scikit-learn's own model of the same kind.
    """

    name: str
    bar: float
    n_samples: int
    data: Callable[[int], Data]
    scratch: str
    library: str
    settings: dict[str, Any] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)
    predicts: bool = False
    runs: int = 7
    n_queries: int = 0  # rows to predict, if not as many as were fitted
    grows: int = 10

    def model(self, side: str) -> Any:
        """Return an unfitted model of the side "ours" or "theirs"."""
        path = f"firsthand.scratch.{self.scratch}" if side == "ours" else self.library
        return named(path)(**self.settings, **getattr(self, side))

    @property
    def counts(self) -> bool:
        """Whether the mean over scikit-learn takes it in."""
        return self.library.startswith("sklearn.")


def linear_data(n: int, n_features: int = 20) -> Data:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, n_features))
    return X, X @ rng.normal(size=n_features) + 3 + rng.normal(size=n)


def sparse_data(n: int) -> Data:
    """Ten features of 200 matter, as lasso supposes."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, 200))
    w = np.zeros(200)
    w[:10] = rng.normal(size=10) * 3
    return X, X @ w + rng.normal(size=n)


def correlated_data(n: int, n_features: int) -> Data:
    """Features that share directions, as measured ones do, and two classes that overlap."""
    rng = np.random.default_rng(2)
    mixed = rng.normal(size=(n_features, n_features))
    X = rng.normal(size=(n, n_features)) @ mixed
    z = X @ rng.normal(size=n_features) / n_features
    return X, (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)


def made_classes(n: int, n_features: int = 20, n_classes: int = 2) -> Data:
    from sklearn.datasets import make_classification

    return make_classification(
        n,
        n_features,
        n_informative=n_features // 2,
        n_redundant=n_features // 10,
        n_classes=n_classes,
        flip_y=0.05,
        random_state=3,
    )


def made_numbers(n: int, n_features: int = 20) -> Data:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(n, n_features))
    return X, np.sin(X[:, 0] * 2) + X[:, 1] * X[:, 2] + 0.3 * rng.normal(size=n)


def blobs(n: int) -> Data:
    from sklearn.datasets import make_blobs

    X, y = make_blobs(n, 20, centers=12, cluster_std=4.0, random_state=5)
    return X, y


def correlated(n_features: int) -> Callable[[int], Data]:
    return partial(correlated_data, n_features=n_features)


START = np.random.default_rng(6).normal(size=(8, 20)) * 5
ROUNDS = {"n_clusters": 8, "init": START, "n_init": 1, "max_iter": 50, "tol": 0.0}
DEPTH = {"max_depth": 10, "random_state": 0}
FOREST = {"n_estimators": 100, "random_state": 0, "n_jobs": 2}
BOOSTED = {"max_iter": 100, "max_leaf_nodes": None, "early_stopping": False}
BOOSTING = "histogram boosting 1e5 x 20, 100 trees, depth 6"

WORKS = [
    Work(
        *("linear regression 1e5 x 20", 0.3, 100_000, linear_data),
        *("linear.LinearRegression", "sklearn.linear_model.LinearRegression"),
    ),
    Work(
        *("ridge 1e5 x 20", 0.5, 100_000, linear_data),
        *("linear.Ridge", "sklearn.linear_model.Ridge"),
    ),
    Work(
        *("logistic 2e4 x 50", 0.3, 20_000, correlated(50)),
        *("linear.LogisticRegression", "sklearn.linear_model.LogisticRegression"),
        ours={"l2": 1 / 20_000},
        theirs={"max_iter": 10_000},
    ),
    Work(
        *("lasso 1e4 x 200", 1.5, 10_000, sparse_data),
        *("linear.Lasso", "sklearn.linear_model.Lasso"),
        settings={"alpha": 0.1},
    ),
    Work(
        *("Gaussian naive Bayes 1e5 x 50", 0.6, 100_000, correlated(50)),
        *("bayes.GaussianNB", "sklearn.naive_bayes.GaussianNB"),
        predicts=True,
    ),
    Work(
        *("PCA 1e4 x 100", 1.0, 10_000, correlated(100)),
        *("decomposition.PCA", "sklearn.decomposition.PCA"),
        settings={"n_components": 10},
    ),
    Work(
        *("k-nearest neighbours 1e4 / 1e3 x 50", 1.2, 10_000, partial(made_classes, n_features=50)),
        *("neighbors.KNeighborsClassifier", "sklearn.neighbors.KNeighborsClassifier"),
        theirs={"algorithm": "brute", "n_jobs": 2},
        predicts=True,
        n_queries=1_000,
    ),
    Work(
        *("k-means 1e4 x 20, 8 clusters, 50 rounds", 1.2, 10_000, blobs),
        *("clusters.KMeans", "sklearn.cluster.KMeans"),
        settings=ROUNDS,
    ),
    *(
        Work(
            *(f"exact tree {label} x 20, {kind}", 0.8, n, data),
            *(f"trees.DecisionTree{kind}", f"sklearn.tree.DecisionTree{kind}"),
            settings=DEPTH,
            predicts=True,
        )
        for label, n in (("5e3", 5_000), ("5e4", 50_000))
        for kind, data in (("Classifier", made_classes), ("Regressor", made_numbers))
    ),
    Work(
        *("random forest 100 trees 2e4 x 20", 1.0, 20_000, made_classes),
        *("ensembles.RandomForestClassifier", "sklearn.ensemble.RandomForestClassifier"),
        settings=FOREST,
        predicts=True,
        runs=3,
    ),
    Work(
        *(f"{BOOSTING}: XGBoost", 2.5, 100_000, made_classes),
        *("boosting.HistGradientBoostingClassifier", "xgboost.XGBClassifier"),
        settings={"max_depth": 6, "learning_rate": 0.1},
        ours=BOOSTED,
        theirs={"n_estimators": 100, "n_jobs": 2, "tree_method": "hist"},
        runs=3,
    ),
    Work(
        *(f"{BOOSTING}: exact", 0.1, 100_000, made_classes),
        "boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble.GradientBoostingClassifier",
        settings={"max_depth": 6, "learning_rate": 0.1},
        ours=BOOSTED,
        theirs={"n_estimators": 100},
        runs=1,
        grows=1,
    ),
    *(
        Work(
            *(f"SVC, RBF, {label}", 0.8, n, made_classes, "svm.SVC", "sklearn.svm.SVC"),
            predicts=True,
            grows=grows,
        )
        for label, n, grows in (("2e3", 2_000, 10), ("5e3", 5_000, 4))
    ),
]


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds of both sides, their ratio and its bar."""

    name: str
    took: Timing
    bar: float
    counts: bool
    scores: tuple[float, float] = (math.nan, math.nan)


def measure(work: Work, n: int, runs: int) -> Iterator[Row]:
    """Yield the rows of one work at ``n`` samples."""
    X, y = work.data(n + n // 4)
    X, held_out, y, unseen = X[:n], X[n:], y[:n], y[n:]
    ours, theirs = work.model("ours"), work.model("theirs")
    fit = timed(lambda: ours.fit(X, y), lambda: theirs.fit(X, y), runs)
    scores = (math.nan, math.nan)
    if hasattr(theirs, "predict"):
        scores = (float(ours.score(held_out, unseen)), float(theirs.score(held_out, unseen)))
    label = f"{work.name}, fit" if work.predicts else work.name
    bar = math.nan if work.n_queries else work.bar  # brute force only keeps the samples
    yield Row(label, fit, bar, work.counts, scores)
    if work.predicts:
        rows = held_out[: work.n_queries] if work.n_queries else X
        took = timed(lambda: ours.predict(rows), lambda: theirs.predict(rows), max(runs, 5))
        yield Row(f"{work.name}, predict", took, work.bar, work.counts)


def timed(ours: Callable[[], Any], theirs: Callable[[], Any], runs: int) -> Timing:
    """Return what both take; a single run takes minutes and is not warmed up."""
    if runs > 1:
        return time_both(ours, theirs, runs=runs, at_least=LASTS)
    began = time.perf_counter()
    ours()
    between = time.perf_counter()
    theirs()
    mine, library = between - began, time.perf_counter() - between
    return Timing(mine, library, 1, mine / library)


def table(chosen: list[Work], runs: int | None) -> None:
    head = (
        f"{'milliseconds, medians':{WIDTH}} {'ours':>9} {'library':>9} {'ratio':>6} {'at most':>8}"
    )
    print(f"{head}  score of both")
    ratios: list[float] = []
    for work in chosen:
        for row in measure(work, work.n_samples, runs or work.runs):
            print(line(row), flush=True)
            if row.counts and not math.isnan(row.bar):
                ratios.append(row.took.ratio)
    if len(ratios) > 1:
        name = "geometric mean against scikit-learn"
        print(f"{name:{WIDTH}} {'':9} {'':9} {geometric_mean(ratios):6.2f} {0.6:8}")


def line(row: Row) -> str:
    bar = "" if math.isnan(row.bar) else f"{row.bar:g}"
    scores = "" if math.isnan(row.scores[1]) else f"{row.scores[0]:.4f} {row.scores[1]:.4f}"
    took = row.took
    times = f"{1e3 * took.scratch:9.1f} {1e3 * took.library:9.1f} {took.ratio:6.2f} {bar:>8}"
    return f"{row.name:{WIDTH}} {times}  {scores}"


def grow(chosen: list[Work]) -> None:
    """Print how each ratio changes from n samples to ten times as many."""
    print(f"{'ratio of times':{WIDTH}} {'at n':>8} {'':6} {'times n':>8} {'':6} {'growth':>6}")
    for work in chosen:
        if work.grows == 1:
            continue
        small = list(measure(work, work.n_samples, work.runs))
        n = work.n_samples * work.grows
        large = list(measure(work, n, 3 if work.runs > 3 else 1))
        for before, after in zip(small, large, strict=True):
            was, now = before.took.ratio, after.took.ratio
            told = f"{work.n_samples:8} {was:6.2f} {n:8} {now:6.2f} {now / was:6.2f}"
            print(f"{before.name:{WIDTH}} {told}", flush=True)


def memory(chosen: list[Work]) -> None:
    """Print the peak of each side in a process of its own, in megabytes."""
    print(
        f"{'peak memory of fit and predict, MB':{WIDTH}} {'ours':>9} {'library':>9} {'at most':>9}"
    )
    for work in chosen:
        ours, theirs = (
            in_a_process(__file__, "--peak", work.name, side) for side in ("ours", "theirs")
        )
        print(f"{work.name:{WIDTH}} {ours:9.0f} {theirs:9.0f} {3 * theirs + 200:9.0f}", flush=True)


def peak(work: Work, side: str) -> None:
    """Print by how much the process's peak rises while one side fits and predicts."""
    X, y = work.data(work.n_samples)
    work.model(side).fit(X[:200], y[:200])  # what is loaded on first use is not the work's
    before = resident()
    model = work.model(side).fit(X, y)
    if work.predicts:
        model.predict(X[: work.n_queries or None])
    print(risen(before))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="*", default=[""], help="works named so, in part")
    parser.add_argument("--runs", type=int, help="runs of each side")
    parser.add_argument("--grow", action="store_true", help="measure ten times the samples, too")
    parser.add_argument("--memory", action="store_true", help="measure peaks instead of times")
    parser.add_argument("--peak", nargs=2, metavar=("WORK", "SIDE"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    warnings.simplefilter("ignore")
    chosen = [w for w in WORKS if any(part.lower() in w.name.lower() for part in told.rows)]
    if told.peak:
        name, side = told.peak
        peak(next(w for w in WORKS if w.name == name), side)
    elif told.memory:
        memory(chosen)
    elif told.grow:
        grow(chosen)
    else:
        began = time.perf_counter()
        table(chosen, told.runs)
        print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
