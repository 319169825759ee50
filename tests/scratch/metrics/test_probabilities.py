"""Log loss, Brier score and calibration, against scikit-learn's and by hand."""

from itertools import pairwise

import numpy as np
import pytest
import sklearn.calibration
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch import metrics
from firsthand.scratch.errors import DataError, ParameterError
from tests.scratch.metrics.inputs import agree, label_columns

MANY = settings(deadline=None, max_examples=30)
WORDS = [np.array([0, 1, 2]), np.array(["ant", "bee", "cow"])]


@st.composite
def predicted(draw, n_classes):
    """Draw labels, probabilities (certainties, too), and weights."""
    y, weights = draw(label_columns(n_classes, n_columns=1, kinds=WORDS, min_size=2))
    n = len(y)
    parts = st.lists(st.integers(0, 3), min_size=n_classes, max_size=n_classes)
    P = np.array(draw(st.lists(parts, min_size=n, max_size=n)), float) + [0, 0, 1][-n_classes:]
    return y, P / P.sum(axis=1, keepdims=True), weights


@MANY
@given(predicted(2), st.booleans(), st.booleans())
def test_two_classes_are_sklearns(data, flat, normalize):
    y, P, weights = data
    p = P[:, 1] if flat else P
    labels = WORDS[0 if y.dtype.kind == "i" else 1][:2]
    how = {"sample_weight": weights, "labels": labels}
    agree(metrics.log_loss, sklearn.metrics.log_loss, y, p, normalize=normalize, **how)
    agree(metrics.log_loss, sklearn.metrics.log_loss, y, p)
    how |= {"pos_label": labels[1]} if flat else {}
    agree(metrics.brier_score_loss, sklearn.metrics.brier_score_loss, y, p, **how)
    agree(metrics.brier_score_loss, sklearn.metrics.brier_score_loss, y, p)


@pytest.mark.parametrize("y", [[0, 0], [-1, -1], [1, 1], [-1, 1], [1, 2], [0, 2], [3, 3]])
def test_which_number_is_the_positive_one(y):
    agree(metrics.brier_score_loss, sklearn.metrics.brier_score_loss, y, [0.9, 0.4])
    agree(metrics.roc_curve, sklearn.metrics.roc_curve, y, [0.9, 0.4])


@MANY
@given(predicted(3), st.sampled_from([True, False, "auto"]))
def test_three_classes_are_sklearns(data, half):
    y, P, weights = data
    labels = WORDS[0 if y.dtype.kind == "i" else 1]
    how = {"sample_weight": weights, "labels": labels}
    agree(metrics.log_loss, sklearn.metrics.log_loss, y, P, **how)
    ours, theirs = metrics.brier_score_loss, sklearn.metrics.brier_score_loss
    agree(ours, theirs, y, P, scale_by_half=half, **how)


@MANY
@given(predicted(2), st.integers(1, 5), st.sampled_from(["uniform", "quantile"]))
def test_calibration_curve_is_sklearns(data, n_bins, strategy):
    y, P, _ = data
    ours, theirs = metrics.calibration_curve, sklearn.calibration.calibration_curve
    agree(ours, theirs, y, P[:, 1], n_bins=n_bins, strategy=strategy, pos_label=y[0])


def test_float32_has_a_larger_least_probability():
    y, P = [0, 1], np.array([[1, 0], [1, 0]], np.float32)
    expected = sklearn.metrics.log_loss(y, P)
    assert metrics.log_loss(y, P) == pytest.approx(expected, rel=1e-6)
    assert metrics.log_loss(y, P) < metrics.log_loss(y, P.astype(float))


@MANY
@given(predicted(2), st.integers(1, 5))
def test_calibration_error_is_the_mean_distance_from_the_diagonal(data, n_bins):
    y, P, _ = data
    p, came = P[:, 1], (y == y[0]).astype(int)
    edges, apart = np.linspace(0, 1, n_bins + 1), 0.0
    for low, high in pairwise(edges):
        held = (p <= high) & ((p > low) | (low == 0))
        if held.any():
            apart += held.mean() * abs(came[held].mean() - p[held].mean())
    got = metrics.expected_calibration_error(came, p, n_bins=n_bins)
    assert got == pytest.approx(apart, abs=1e-12)


def test_calibration_error_of_three_classes_is_that_of_being_right():
    rng = np.random.default_rng(0)
    P = rng.dirichlet(np.ones(3), 200)
    y = rng.integers(0, 3, 200)
    right = (P.argmax(axis=1) == y).astype(int)
    expected = metrics.expected_calibration_error(right, P.max(axis=1))
    assert metrics.expected_calibration_error(y, P) == pytest.approx(expected)
    # labels drawn by the probabilities are calibrated, up to chance
    drawn = (P.cumsum(axis=1) < rng.random((200, 1))).sum(axis=1)
    assert metrics.expected_calibration_error(drawn, P) < 0.12 < expected


def test_what_is_refused():
    with pytest.raises(DataError, match=r"y_proba holds 1\.2; probabilities"):
        metrics.log_loss([0, 1], [0.5, 1.2])
    with pytest.raises(DataError, match="name all classes by labels"):
        metrics.log_loss([1, 1], [[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(DataError, match="which is not among the labels"):
        metrics.log_loss([0, 3], [0.5, 0.5], labels=[0, 1])
    with pytest.warns(UserWarning, match="do not sum to one"):
        metrics.log_loss([0, 1], [[0.5, 0.1], [0.5, 0.5]])
    with pytest.raises(DataError, match="pass pos_label"):
        metrics.brier_score_loss(["a", "b"], [0.1, 0.2])
    with pytest.raises(DataError, match="3 classes"):
        metrics.calibration_curve([0, 1, 2], [0.1, 0.2, 0.3])
    with pytest.raises(ParameterError, match="strategy is 'width'"):
        metrics.calibration_curve([0, 1], [0.1, 0.2], strategy="width")
    with pytest.raises(ParameterError, match="n_bins is 0"):
        metrics.calibration_curve([0, 1], [0.1, 0.2], n_bins=0)
    with pytest.raises(DataError, match="3 columns"):
        metrics.expected_calibration_error([0, 1], np.full((2, 3), 1 / 3))
