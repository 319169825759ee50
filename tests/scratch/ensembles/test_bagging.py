"""The functions of bagging, against closed forms."""

import numpy as np
import pytest

from firsthand.scratch.ensembles.bagging import average, average_out_of_bag, bootstrap, out_of_bag

FOUR_ERRORS = 4.0  # standard errors: one failure in 15,000 for a right function, were it not seeded


def test_a_bootstrap_holds_the_expected_share_of_the_samples():
    n, draws = 200, 500
    shares = [
        1 - out_of_bag(bootstrap(n, np.random.default_rng(s)), n).mean() for s in range(draws)
    ]
    expected = 1 - (1 - 1 / n) ** n
    assert abs(np.mean(shares) - expected) < FOUR_ERRORS * np.std(shares) / np.sqrt(draws)


def test_every_row_is_as_likely_as_any_other():
    counts = np.bincount(bootstrap(10, np.random.default_rng(0), n_drawn=100_000), minlength=10)
    spread = np.sqrt(100_000 * 0.1 * 0.9)
    assert np.abs(counts - 10_000).max() < FOUR_ERRORS * spread


def test_what_is_drawn_is_not_out_of_the_bag():
    drawn = bootstrap(50, np.random.default_rng(1))
    outside = out_of_bag(drawn, 50)
    assert set(np.flatnonzero(outside)) == set(range(50)) - set(drawn.tolist())


def test_the_mean_of_models_that_share_nothing_has_a_share_of_their_variance():
    rng = np.random.default_rng(2)
    n_models, rho = 10, 0.3
    shared, own = rng.normal(size=20_000), rng.normal(size=(n_models, 20_000))
    models = np.sqrt(rho) * shared + np.sqrt(1 - rho) * own  # variance 1, correlation rho
    assert np.var(average(list(models))) == pytest.approx(rho + (1 - rho) / n_models, rel=0.05)


def test_out_of_bag_means_are_those_of_a_loop():
    rng = np.random.default_rng(3)
    n_models, n_samples = 7, 30
    outside = rng.random((n_models, n_samples)) < 0.3
    outside[:, 4] = False
    predictions = rng.normal(size=(n_models, n_samples, 2))
    found = average_out_of_bag((out, p[out]) for out, p in zip(outside, predictions, strict=True))
    assert np.isnan(found[4]).all()
    for i in set(range(n_samples)) - {4}:
        if outside[:, i].any():
            expected = predictions[outside[:, i], i].mean(axis=0)
            np.testing.assert_allclose(found[i], expected, rtol=1e-12)
