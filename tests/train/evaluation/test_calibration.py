"""Calibration, against what is known by construction and scikit-learn's log-loss."""

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss

from firsthand.train.evaluation.calibration import (
    by_chance,
    conformal,
    fit_temperature,
    log_loss,
    of_scores,
    reliability,
)
from firsthand.train.evaluation.outcomes import softmax


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return scores, and classes that were drawn from their softmax."""
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(n, 4)) * 2
    return Z, (softmax(Z).cumsum(1) > rng.random((n, 1))).argmax(1)


def test_log_loss_is_scikit_learns() -> None:
    Z, y = drawn(200)
    assert log_loss(Z, y, 2.5) == pytest.approx(sklearn_log_loss(y, softmax(Z, 2.5)))


@pytest.mark.parametrize("sharper", [0.4, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(sharper: float) -> None:
    Z, y = drawn(20_000)
    assert fit_temperature(Z * sharper, y) == pytest.approx(sharper, rel=0.05)


def test_calibrated_scores_have_the_error_of_chance_and_sharper_ones_more() -> None:
    Z, y = drawn(2000)
    mean, most = by_chance(softmax(Z).max(1))
    assert of_scores(Z, y).ece < most
    assert 0 < mean < most
    assert of_scores(3 * Z, y).ece > 3 * most
    assert of_scores(3 * Z, y, 3.0).ece == pytest.approx(of_scores(Z, y).ece)


def test_reliability_by_hand() -> None:
    confidence = np.repeat([0.6, 0.9], 20)
    right = np.concatenate([np.arange(20) < 8, np.arange(20) < 19])
    bins = reliability(confidence, right)
    assert bins.counts.tolist() == [20, 20]
    assert bins.accuracy == pytest.approx([0.4, 0.95])
    assert bins.ece == pytest.approx((0.2 + 0.05) / 2)


def test_one_prediction_and_none() -> None:
    assert reliability(np.array([0.7]), np.array([True])).ece == pytest.approx(0.3)
    assert reliability(np.zeros(0), np.zeros(0, bool)).ece == 0
    assert fit_temperature(np.zeros((0, 2)), np.zeros(0, int)) == 1


def test_conformal_intervals_hold_what_they_were_made_for() -> None:
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        half = conformal(rng.standard_t(3, (50, 1)))
        held.append((np.abs(rng.standard_t(3, (50, 1))) <= half).mean())
    assert np.mean(held) == pytest.approx(0.9, abs=0.012)  # exactly 46/51 expected


def test_too_few_errors_give_no_finite_interval() -> None:
    assert np.isinf(conformal(np.ones((5, 2)))).all()
