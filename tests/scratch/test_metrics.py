"""Scores against scikit-learn's, and what they refuse."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from firsthand.scratch.errors import DataError
from firsthand.scratch.linear import linear_regression
from firsthand.scratch.metrics import accuracy_score, r2_score

NUMBERS = arrays(float, 6, elements=st.floats(-100, 100).map(lambda v: round(v, 3)))
WEIGHTS = arrays(float, 6, elements=st.floats(0.5, 4))


@settings(deadline=None)
@given(
    arrays(int, 6, elements=st.integers(0, 2)), arrays(int, 6, elements=st.integers(0, 2)), WEIGHTS
)
def test_accuracy_is_sklearns(y_true, y_pred, weights):
    expected = sklearn.metrics.accuracy_score(y_true, y_pred, sample_weight=weights)
    assert accuracy_score(y_true, y_pred, weights) == pytest.approx(expected)
    assert accuracy_score(y_true, y_pred) == pytest.approx(np.mean(y_true == y_pred))


@settings(deadline=None)
@given(NUMBERS, NUMBERS, WEIGHTS)
def test_r2_is_sklearns(y_true, y_pred, weights):
    for w in (None, weights):
        expected = sklearn.metrics.r2_score(y_true, y_pred, sample_weight=w)
        if np.ptp(y_true):  # of a constant, rounding decides what is left of the variance
            assert r2_score(y_true, y_pred, w) == pytest.approx(expected, rel=1e-6)


def test_a_constant_truth_is_right_or_not():
    assert r2_score([2.0, 2.0], [2.0, 2.0]) == 1.0
    assert r2_score([2.0, 2.0], [2.0, 3.0]) == 0.0
    assert r2_score([1.0, 3.0], [2.0, 2.0]) == 0.0
    tenths = np.full(3, 0.1)  # whose mean is not 0.1
    assert r2_score(tenths, tenths + 1e-9) == 0.0


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.booleans())
def test_r2_is_the_one_that_stage_05_writes(y_true, y_pred, constant):
    y_true = np.full(6, y_true[0]) if constant else y_true
    written = linear_regression.r2_score(y_true, y_pred)
    assert r2_score(y_true, y_pred) == pytest.approx(written, rel=1e-9)


@pytest.mark.parametrize("score", [accuracy_score, r2_score])
def test_lengths_have_to_agree(score):
    with pytest.raises(DataError, match="y_true has 3 samples, but y_pred has 2"):
        score([1, 2, 3], [1, 2])
    with pytest.raises(DataError, match="no samples"):
        score([], [])
