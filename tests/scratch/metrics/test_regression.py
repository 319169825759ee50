"""Scores of numbers, against scikit-learn's and by hand."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from firsthand.scratch import metrics
from firsthand.scratch.errors import DataError, ParameterError, UndefinedMetricWarning
from firsthand.scratch.linear import linear_regression
from tests.scratch.metrics.inputs import agree, weight_columns

MANY = settings(deadline=None, max_examples=30)
# eighths are exact, so neither side rounds a constant column into a varying one
EIGHTHS = st.integers(-800, 800).map(lambda v: v / 8)
NUMBERS = arrays(float, 6, elements=EIGHTHS)
NAMES = [name for name in metrics.regression.__all__ if name not in ("max_error",)]


@st.composite
def targets(draw):
    shape = draw(st.sampled_from([(5,), (5, 1), (5, 3), (2, 2)]))
    y_true, y_pred = (draw(arrays(float, shape, elements=EIGHTHS)) for _ in range(2))
    if draw(st.booleans()):
        y_true[...] = y_true[0]  # constant outputs
    weights = draw(weight_columns(shape[0]))
    multioutput = draw(st.sampled_from(["raw_values", "uniform_average", "weights"]))
    if multioutput == "weights":
        multioutput = np.arange(1, shape[1] + 1) if len(shape) > 1 and shape[1] > 1 else None
    return y_true, y_pred, weights, multioutput


@MANY
@given(targets(), st.sampled_from(NAMES))
def test_every_score_is_sklearns(data, name):
    y_true, y_pred, weights, multioutput = data
    how = {"sample_weight": weights} | ({} if multioutput is None else {"multioutput": multioutput})
    agree(getattr(metrics, name), getattr(sklearn.metrics, name), y_true, y_pred, **how)


@MANY
@given(targets(), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_pinball_and_weighted_variance_are_sklearns(data, alpha):
    y_true, y_pred, weights, _ = data
    how = {"sample_weight": weights}
    ours, theirs = metrics.mean_pinball_loss, sklearn.metrics.mean_pinball_loss
    agree(ours, theirs, y_true, y_pred, alpha=alpha, **how)
    how |= {"multioutput": "variance_weighted"}
    for name in ("r2_score", "explained_variance_score"):
        agree(getattr(metrics, name), getattr(sklearn.metrics, name), y_true, y_pred, **how)
    agree(metrics.max_error, sklearn.metrics.max_error, y_true, y_pred)


def test_a_constant_truth_is_right_or_not():
    assert metrics.r2_score([2.0, 2.0], [2.0, 2.0]) == 1.0
    assert metrics.r2_score([2.0, 2.0], [2.0, 3.0]) == 0.0
    assert metrics.r2_score([1.0, 3.0], [2.0, 2.0]) == 0.0
    tenths = np.full(3, 0.1)  # whose mean is not 0.1
    assert metrics.r2_score(tenths, tenths + 1e-9) == 0.0


@MANY
@given(NUMBERS, NUMBERS, st.booleans())
def test_r2_is_the_one_that_stage_05_writes(y_true, y_pred, constant):
    y_true = np.full(6, y_true[0]) if constant else y_true
    written = linear_regression.r2_score(y_true, y_pred)
    assert metrics.r2_score(y_true, y_pred) == pytest.approx(written, rel=1e-9)


def test_a_weighted_median_between_two_values_is_their_mean():
    y, p = np.zeros(4), np.array([1.0, 2.0, 4.0, 9.0])
    for weights in (np.ones(4), [1, 0, 0, 1], [3, 1, 1, 1], [1, 1, 1, 4]):
        agree(
            metrics.median_absolute_error,
            sklearn.metrics.median_absolute_error,
            y,
            p,
            sample_weight=np.array(weights, float),
        )


def test_pinball_is_least_at_the_quantile():
    y = np.arange(101.0)
    losses = [metrics.mean_pinball_loss(y, np.full(101, c), alpha=0.9) for c in y]
    assert np.argmin(losses) == 90


def test_what_is_refused():
    with pytest.warns(UndefinedMetricWarning, match="one sample has no variance"):
        assert np.isnan(metrics.r2_score([1.0], [1.0]))
    with pytest.raises(DataError, match="y_true has 3 samples, but y_pred has 2"):
        metrics.r2_score([1, 2, 3], [1, 2])
    with pytest.raises(DataError, match="no samples"):
        metrics.mean_squared_error([], [])
    with pytest.raises(DataError, match="y_true has 2 outputs, but y_pred has 1"):
        metrics.mean_squared_error([[1, 2]], [[1]])
    with pytest.raises(DataError, match="y_pred contains NaN"):
        metrics.mean_absolute_error([1.0], [np.nan])
    with pytest.raises(DataError, match="does not hold numbers"):
        metrics.mean_absolute_error(["a"], [1.0])
    with pytest.raises(ParameterError, match=r"alpha is 1\.5"):
        metrics.mean_pinball_loss([1.0], [1.0], alpha=1.5)
    with pytest.raises(ParameterError, match="multioutput is 'all'"):
        metrics.mean_squared_error([1.0], [1.0], multioutput="all")
    with pytest.raises(DataError, match="2 outputs, but 3 weights"):
        metrics.mean_squared_error([[1, 2]], [[1, 2]], multioutput=[1, 2, 3])
