"""Separability against linear programming, the widest line against quadratic programming."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from firsthand.scratch.linear.separability import (
    is_linearly_separable,
    nearest_to_origin,
    widest_line,
)


def problems():
    """Normal and gridded samples, with random labels and with those of a line; duplicates too."""
    rng = np.random.default_rng(0)
    for trial in range(120):
        shape = rng.integers(2, 30), rng.integers(1, 5)
        X = rng.normal(size=shape) if trial % 2 else rng.integers(-2, 3, shape).astype(float)
        w, b = rng.normal(size=shape[1]), rng.normal()
        y = np.where(X @ w + b > 0, 1.0, -1.0) if trial % 3 else rng.choice([-1.0, 1.0], shape[0])
        yield X, y


def test_decides_as_linear_programming_does():
    decided = []
    for X, y in problems():
        signed = y[:, None] * np.column_stack([X, np.ones(len(X))])
        free = [(None, None)] * signed.shape[1]
        program = linprog(
            np.zeros(signed.shape[1]), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=free
        )
        decided.append(program.status == 0)
        assert is_linearly_separable(X, y) == decided[-1]
    assert 20 < sum(decided) < 110


def test_no_line_is_wider():
    for X, y in list(problems())[:40]:
        line = widest_line(X, y)
        if line is None:
            continue
        signed = y[:, None] * np.column_stack([X, np.ones(len(X))])
        u = np.append(*line)
        width = (signed @ u).min()
        assert np.linalg.norm(u) == pytest.approx(1)
        constraint = {"type": "ineq", "fun": lambda u, s=signed: s @ u - 1}
        program = minimize(lambda u: u @ u / 2, u / width, constraints=constraint, method="SLSQP")
        assert width >= 1 / np.linalg.norm(program.x) * (1 - 1e-6)


def test_the_nearest_point_of_simple_hulls():
    np.testing.assert_allclose(nearest_to_origin(np.array([[3.0, 4.0]])), [3, 4])
    np.testing.assert_allclose(nearest_to_origin(np.array([[1.0, 1.0], [1.0, -3.0]])), [1, 0])
    corners = np.array([[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]])
    np.testing.assert_allclose(nearest_to_origin(corners), [0, 0], atol=1e-12)
