"""Data made by a formula: small worlds whose truth is known. NumPy only, so figures may use it.

Every generator takes ``seed`` and returns the same data for the same seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firsthand.data.dataset import Dataset

Array = NDArray[np.float64]
PLANE = ("x1", "x2")


def noisy_line(
    n_samples: int = 60,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.5,
    seed: int = 0,
) -> Dataset:
    """Return points about the line y = slope x + intercept, x uniform in [-2, 2]."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, n_samples)
    y = slope * x + intercept + rng.normal(scale=noise, size=n_samples)
    says = f"y = {slope:g} x + {intercept:g}, with normal noise of deviation {noise:g}."
    return _made("noisy_line", x[:, None], y, ("x",), ("y",), says)


def noisy_plane(
    n_samples: int = 200, n_features: int = 5, noise: float = 0.5, seed: int = 0
) -> Dataset:
    """Return y = X w + b + noise with normal X, w and b; no feature is useless."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    w, b = rng.normal(size=n_features), rng.normal()
    y = X @ w + b + rng.normal(scale=noise, size=n_samples)
    names = tuple(f"x{i}" for i in range(1, n_features + 1))
    return _made(
        "noisy_plane", X, y, names, ("y",), "A linear function of every feature, with noise."
    )


def polynomial(n_samples: int = 40, degree: int = 9, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Return powers x, x^2, ... of x in [-1, 1] with y = sin(pi x) + noise: ill-conditioned."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n_samples))
    y = np.sin(np.pi * x) + rng.normal(scale=noise, size=n_samples)
    powers = np.arange(1, degree + 1)
    names = tuple(f"x^{p}" for p in powers)
    return _made(
        "polynomial", x[:, None] ** powers, y, names, ("y",), "A sine seen through powers of x."
    )


def clouds(
    n_samples: int = 100,
    n_classes: int = 2,
    distance: float = 3.0,
    spread: float = 1.0,
    seed: int = 0,
) -> Dataset:
    """Return round clouds whose centres lie on a circle, neighbours ``distance`` apart."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    radius = distance / (2 * np.sin(np.pi / n_classes))
    angle = 2 * np.pi * np.arange(n_classes) / n_classes
    centres = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    X = centres[y] + rng.normal(scale=spread, size=(n_samples, 2))
    return _classes("clouds", X, y, f"{n_classes} round clouds.", rng)


def moons(n_samples: int = 200, noise: float = 0.15, seed: int = 0) -> Dataset:
    """Return two half moons that reach into each other; no line parts them."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % 2
    angle = rng.uniform(0, np.pi, n_samples)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    X = np.where(y[:, None] == 0, upper, [1.0, 0.5] - upper)
    return _classes("moons", X + rng.normal(scale=noise, size=X.shape), y, "Two half moons.", rng)


def rings(n_samples: int = 200, n_classes: int = 2, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Return rings about the origin, of radius 1, 2, ...; no line parts them."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    angle = rng.uniform(0, 2 * np.pi, n_samples)
    radius = 1 + y + rng.normal(scale=noise, size=n_samples)
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _classes("rings", X, y, f"{n_classes} rings about one centre.", rng)


def xor(n_samples: int = 200, gap: float = 0.2, seed: int = 0) -> Dataset:
    """Return points in the square [-1, 1]^2, class 1 where the signs of x1 and x2 differ.

    A stripe of ``gap`` about both axes is empty.
    """
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1.0, 1.0], size=(n_samples, 2))
    X = sign * rng.uniform(gap / 2, 1, size=(n_samples, 2))
    y = (sign[:, 0] != sign[:, 1]).astype(np.int64)
    return _classes("xor", X, y, "Class 1 where the signs of x1 and x2 differ.", rng)


def spirals(n_samples: int = 300, n_classes: int = 2, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Return interleaved spirals of one turn and a half."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    along = np.sqrt(rng.uniform(0.02, 1, n_samples))
    angle = 3 * np.pi * along + 2 * np.pi * y / n_classes
    path = 3 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    X = path + rng.normal(scale=noise, size=path.shape)
    return _classes("spirals", X, y, f"{n_classes} spirals about one centre.", rng)


def gate(name: str) -> Dataset:
    """Return the truth table of a logic gate: and, or, nand, nor or xor, four points.

    Raises
    ------
    KeyError
        If no gate is called that.
    """
    tables = {
        "and": (0, 0, 0, 1),
        "or": (0, 1, 1, 1),
        "nand": (1, 1, 1, 0),
        "nor": (1, 0, 0, 0),
        "xor": (0, 1, 1, 0),
    }
    if name not in tables:
        raise KeyError(f"There is no gate called {name!r}; there are {', '.join(tables)}.")
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array(tables[name], dtype=np.int64)
    says = f"The truth table of {name.upper()}."
    return _made(f"gate_{name}", X, y, PLANE, ("false", "true"), says)


def _classes(
    name: str, X: Array, y: NDArray[np.int64], says: str, rng: np.random.Generator
) -> Dataset:
    """Return a data set of classes in random order."""
    order = rng.permutation(len(y))
    names = tuple(str(k) for k in range(int(y.max(initial=0)) + 1))
    return _made(name, X[order], y[order].astype(np.int64), PLANE, names, says)


def _made(
    name: str,
    X: Array,
    y: NDArray[np.float64] | NDArray[np.int64],
    features: tuple[str, ...],
    targets: tuple[str, ...],
    says: str,
) -> Dataset:
    task = "classification" if y.dtype.kind == "i" else "regression"
    return Dataset(name, X, y, features, targets, task, says, "generated by firsthand", "MIT")


GENERATORS = {
    "noisy_line": noisy_line,
    "noisy_plane": noisy_plane,
    "polynomial": polynomial,
    "clouds": clouds,
    "moons": moons,
    "rings": rings,
    "xor": xor,
    "spirals": spirals,
}
GATES = ("and", "or", "nand", "nor", "xor")
