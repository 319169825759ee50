"""Platt's sigmoid and the coupling of pairs against direct minimisation and closed forms."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from firsthand.scratch.svm import platt

seeds = st.integers(0, 2**32 - 1)


def test_the_sigmoid_is_where_the_cross_entropy_is_least():
    rng = np.random.default_rng(0)
    f = rng.normal(size=200)
    first = f + rng.normal(size=200) > 0.3
    A, B = platt.fit_sigmoid(f, first)
    t = platt.soft_targets(first)

    def loss(v):
        z = v[0] * f + v[1]  # -log p = log(1 + e^z), -log(1 - p) = log(1 + e^-z)
        return np.sum(t * np.logaddexp(0, z) + (1 - t) * np.logaddexp(0, -z))

    best = minimize(loss, [0.0, 0.0], tol=1e-12)
    np.testing.assert_allclose([A, B], best.x, atol=1e-5)
    assert A < 0


def test_separated_decisions_stay_finite():
    A, B = platt.fit_sigmoid(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True]))
    p = platt.pair_probability(np.array([-1.5, 1.5]), A, B)
    np.testing.assert_allclose(p, [0.25, 0.75], atol=0.02)  # the soft targets, 1/4 and 3/4


def test_equal_decisions_give_the_share_of_the_class():
    p = platt.pair_probability(np.zeros(1), *platt.fit_sigmoid(np.zeros(4), np.arange(4) < 3))
    np.testing.assert_allclose(p, np.mean([0.8, 0.8, 0.8, 1 / 3]))


@given(seeds, st.integers(2, 6))
def test_consistent_pairs_give_their_probabilities_back(seed, n_classes):
    p = np.random.default_rng(seed).dirichlet(np.ones(n_classes), size=4) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    R = p[:, :, None] / (p[:, :, None] + p[:, None, :])
    np.testing.assert_allclose(platt.couple(R), p, atol=1e-9)


@given(seeds, st.integers(3, 6))
def test_coupling_is_the_least_of_its_objective(seed, n_classes):
    rng = np.random.default_rng(seed)
    R = np.full((n_classes, n_classes), 0.5)
    for i in range(n_classes):
        for j in range(i):
            R[i, j] = rng.uniform(0.01, 0.99)
            R[j, i] = 1 - R[i, j]

    def objective(p):
        return np.sum((R.T * p[:, None] - R * p[None, :]) ** 2)

    p = platt.couple(R[None])[0]
    assert np.all(p >= 0)
    for _ in range(20):
        other = rng.dirichlet(np.ones(n_classes))
        near = p + 1e-3 * (other - p)
        assert objective(p) <= objective(near) + 1e-12
