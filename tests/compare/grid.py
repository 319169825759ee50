"""Data sets on which every pair must agree: real, random, and degenerate in one way each."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from firsthand.data import Dataset, load


def _made(name: str, X: np.ndarray, y: np.ndarray, task: str) -> Dataset:
    columns = tuple(f"x{i}" for i in range(X.shape[1]))
    names = tuple(map(str, np.unique(y))) if task == "classification" else ("y",)
    y = y.astype(np.int64 if task == "classification" else np.float64)
    return Dataset(name, X, y, columns, names, task)


def _random(n_samples: int, n_features: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    # float32 holds these values exactly, in which the library's trees keep them
    X = rng.normal(size=(n_samples, n_features)).astype(np.float32).astype(np.float64)
    return X, X @ rng.normal(size=n_features) + 0.5 * rng.normal(size=n_samples)


def _features() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return X and a real target by the name of what is special about X."""
    X, z = _random(120, 5)
    constant, collinear = X.copy(), X.copy()
    constant[:, 2] = 3.0
    collinear[:, 4] = collinear[:, 0] - 2 * collinear[:, 1]
    twice = np.concatenate([X, X])
    few = np.round(X)
    return {
        "random": (X, z),
        "one feature": (X[:, :1], z),
        "constant column": (constant, z),
        "duplicates": (twice, np.concatenate([z, z])),
        "ties": (few, few @ np.arange(1.0, 6.0) + np.sin(np.arange(len(few)))),
        "collinear": (collinear, z),
        "huge scale": (X * 2.0**27, z * 2.0**27),
        "tiny scale": (X * 2.0**-27, z * 2.0**-27),
        "mixed scales": (X * 2.0 ** np.array([-8, -4, 0, 4, 8]), z),
        "more features than samples": (np.random.default_rng(4).normal(size=(12, 30)), z[:12]),
    }


def _classes() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return X and class numbers by what is special about the classes."""
    X, z = _random(120, 5, seed=1)
    rare, rare_z = _random(2002, 3, seed=2)
    return {
        "three classes": (X, np.digitize(z, [-1.0, 1.0])),
        "one sample a class": (X[:4], np.arange(4)),
        "one sample of one class": (X, np.arange(len(X)) == 7),
        "imbalanced 1:1000": (rare, np.argsort(np.argsort(rare_z)) >= 2000),
        "separable": (X, z > np.median(z)),
    }


def _noisy(z: np.ndarray) -> np.ndarray:
    """Return two classes that overlap, so that every loss has a finite optimum."""
    return z + np.random.default_rng(3).normal(scale=z.std() + 1e-30, size=len(z)) > np.median(z)


def _some(name: str, n_samples: int) -> Callable[[], Dataset]:
    def make() -> Dataset:
        data = load(name)
        chosen = np.random.default_rng(0).permutation(data.n_samples)[:n_samples]
        return replace(data, X=data.X[chosen], y=data.y[chosen])

    return make


def regression_grid() -> dict[str, Dataset]:
    """Return the data sets with a real target."""
    made = {k: _made(k, X, z, "regression") for k, (X, z) in _features().items()}
    return {"diabetes": load("diabetes"), **made}


def classification_grid() -> dict[str, Dataset]:
    """Return the data sets with classes."""
    made = {k: _made(k, X, _noisy(z), "classification") for k, (X, z) in _features().items()}
    made |= {k: _made(k, X, y, "classification") for k, (X, y) in _classes().items()}
    real = {name: _some(name, 300)() for name in ("iris", "wine", "breast_cancer", "digits")}
    return real | made


GRIDS = {"regression": regression_grid(), "classification": classification_grid()}
