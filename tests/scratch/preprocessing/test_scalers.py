"""Scalers: batches, weights, far-off data, and what they refuse."""

import numpy as np
import pytest
import sklearn.preprocessing as theirs
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, NotFittedError, ParameterError
from firsthand.scratch.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from firsthand.scratch.preprocessing.scaling import merge, moments, quantiles

RNG = np.random.default_rng(1)
X = RNG.normal(size=(200, 3)) * [1, 100, 1e-3] + [1e8, 0, -5]
GAPS = np.where(RNG.random(X.shape) < 0.2, np.nan, X)


def learned(model):
    return {k: v for k, v in vars(model).items() if k.endswith("_")}


@pytest.mark.parametrize("scaler", [StandardScaler, MinMaxScaler, MaxAbsScaler])
@pytest.mark.parametrize("data", [X, GAPS, X[:3]])
def test_batches_are_as_good_as_all_at_once(scaler, data):
    whole, batches = scaler().fit(data), scaler()
    for part in np.array_split(data, [1, 2, 50, 51]):
        if len(part):
            batches.partial_fit(part)
    for name, value in learned(whole).items():
        np.testing.assert_allclose(learned(batches)[name], value, rtol=1e-10, err_msg=name)


def test_batches_of_weighted_samples():
    weight = RNG.integers(0, 4, len(X))
    batches = StandardScaler()
    for rows, w in zip(np.array_split(GAPS, 4), np.array_split(weight, 4), strict=True):
        batches.partial_fit(rows, sample_weight=w)
    repeated = StandardScaler().fit(np.repeat(GAPS, weight, axis=0))
    expected = theirs.StandardScaler().fit(GAPS, sample_weight=weight)
    for name in ("mean_", "var_", "scale_", "n_samples_seen_"):
        found = getattr(batches, name)
        np.testing.assert_allclose(found, getattr(repeated, name), rtol=1e-10, err_msg=name)
        np.testing.assert_allclose(found, getattr(expected, name), rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("offset", [0.0, 1e8, -1e8, 1e12])
def test_a_far_off_mean_costs_no_digits_of_the_variance(offset):
    spread = RNG.integers(-50, 50, size=(1000, 2)) / 8  # exact beside the offset, too
    exact = spread.var(axis=0)
    np.testing.assert_allclose(moments(spread + offset).variance, exact, rtol=1e-12)
    halves = merge(moments(spread[:300] + offset), moments(spread[300:] + offset))
    np.testing.assert_allclose(halves.variance, exact, rtol=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_quantiles_are_numpys(values, levels):
    column = np.array(values)[:, None]
    expected = np.quantile(column, levels, axis=0)
    np.testing.assert_allclose(quantiles(column, np.array(levels)), expected, atol=1e-9)


def test_quantiles_leave_gaps_out():
    levels = np.array([0.1, 0.5, 0.9])
    expected = np.nanquantile(GAPS, levels, axis=0)
    np.testing.assert_allclose(quantiles(GAPS, levels), expected, rtol=1e-12)


def test_clipping_holds_later_values_in_the_range():
    model = MinMaxScaler((0, 2), clip=True).fit([[0.0], [1.0]])
    assert model.transform([[-5.0], [0.5], [9.0], [np.nan]]).ravel()[:3].tolist() == [0, 1, 2]


def test_a_second_fit_forgets_the_first():
    for scaler in (StandardScaler, MinMaxScaler, MaxAbsScaler):
        again = scaler().fit(X * 3 + 1).fit(X)
        np.testing.assert_array_equal(again.scale_, scaler().fit(X).scale_)
        assert again.n_samples_seen_ == len(X)


def test_input_is_not_changed():
    before = X.copy()
    for scaler in (StandardScaler(with_mean=False, with_std=False), MinMaxScaler(), RobustScaler()):
        out = scaler.fit_transform(X)
        out[:] = 0
        scaler.inverse_transform(X)[:] = 0
        np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    "model",
    [
        MinMaxScaler((1, 1)),
        MinMaxScaler((1, 0)),
        RobustScaler(quantile_range=(60, 40)),
        RobustScaler(quantile_range=(-1, 40)),
        RobustScaler(quantile_range=(0, 40), unit_variance=True),
    ],
)
def test_a_range_has_to_rise(model):
    with pytest.raises(ParameterError, match=r"_range is .*it has to"):
        model.fit(X)


def test_refusals_say_what_came():
    with pytest.raises(DataError, match="infinity at row 0, column 1"):
        StandardScaler().fit([[1.0, np.inf]])
    with pytest.raises(NotFittedError, match="not fitted yet"):
        StandardScaler().inverse_transform(X)
    with pytest.raises(DataError, match="X has 2 columns, but what StandardScaler transforms to"):
        StandardScaler().fit(X).inverse_transform(X[:, :2])
    with pytest.raises(DataError, match="expecting 3 features"):
        StandardScaler().fit(X).partial_fit(X[:, :2])


def test_huge_weights_are_counted_as_they_are():
    weight = [1e100, 1e-100]
    scaler = StandardScaler().fit([[1.0], [3.0]], sample_weight=weight)
    assert scaler.n_samples_seen_ == pytest.approx(1e100, rel=1e-15)
