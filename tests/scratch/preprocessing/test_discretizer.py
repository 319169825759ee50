"""Bins: their edges against NumPy's and scikit-learn's, weights, centers, ties and refusals."""

import numpy as np
import pytest
import sklearn.preprocessing as theirs
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.preprocessing import KBinsDiscretizer
from firsthand.scratch.preprocessing.binning import bins, quantile_edges, uniform_edges

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3)) * [1, 10, 0.1]
WEIGHT = RNG.integers(0, 4, 200)
THEIRS = {"subsample": None}


@pytest.mark.parametrize("strategy", ["uniform", "quantile", "kmeans"])
@pytest.mark.parametrize("encode", ["ordinal", "onehot-dense"])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_is_what_sklearn_makes(strategy, encode, weight):
    how = {"n_bins": [3, 4, 5], "strategy": strategy, "encode": encode}
    mine, library = KBinsDiscretizer(**how), theirs.KBinsDiscretizer(**how, **THEIRS)
    mine.fit(X, sample_weight=weight)
    library.fit(X, sample_weight=weight)
    for found, expected in zip(mine.bin_edges_, library.bin_edges_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(mine.n_bins_, library.n_bins_)
    Z = mine.transform(X)
    np.testing.assert_array_equal(Z, library.transform(X))
    np.testing.assert_allclose(mine.inverse_transform(Z), library.inverse_transform(Z), rtol=1e-10)
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())


@pytest.mark.parametrize("method", ["averaged_inverted_cdf", "inverted_cdf"])
def test_a_weight_of_two_is_the_sample_twice(method):
    how = {"n_bins": 7, "encode": "ordinal", "quantile_method": method}
    weighted = KBinsDiscretizer(**how).fit(X, sample_weight=WEIGHT)
    repeated = KBinsDiscretizer(**how).fit(np.repeat(X, WEIGHT, axis=0))
    for found, expected in zip(weighted.bin_edges_, repeated.bin_edges_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=30), st.integers(1, 9))
def test_unweighted_edges_are_numpys(values, n_bins):
    x = np.array(values, dtype=float)
    for average, method in ((True, "averaged_inverted_cdf"), (False, "inverted_cdf")):
        levels = np.linspace(0, 100, n_bins + 1) / 100
        expected = np.quantile(x, levels, method=method)
        found = quantile_edges(x, n_bins, np.ones(len(x)), average=average)
        np.testing.assert_array_equal(found, expected)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20, unique=True), st.integers(2, 6))
def test_every_value_lies_in_its_bin(values, n_bins):
    x = np.array(values)
    edges = uniform_edges(x, n_bins)
    j = bins(x, edges)
    assert j.min() >= 0
    assert j.max() < n_bins
    inside = (edges[j] <= x) & ((x < edges[j + 1]) | (j == n_bins - 1))
    assert inside.all()


def test_the_scale_does_not_matter():
    plain = KBinsDiscretizer(4, encode="ordinal").fit_transform(X)
    for scale in (1e-12, 1e8):
        scaled = KBinsDiscretizer(4, encode="ordinal").fit_transform(X * scale)
        np.testing.assert_array_equal(scaled, plain)


def test_ties_and_constants_make_fewer_bins_and_are_told():
    with pytest.warns(UserWarning, match="too small .* in feature 0 are removed"):
        model = KBinsDiscretizer(4, encode="ordinal").fit([[0.0]] * 9 + [[1.0]])
    assert model.n_bins_.tolist() == [1]
    with pytest.warns(UserWarning, match="Feature 0 is constant and will be replaced with 0"):
        constant = KBinsDiscretizer(4).fit([[3.0], [3.0]])
    assert constant.transform([[-1.0], [9.0]]).tolist() == [[1.0], [1.0]]
    assert np.isnan(constant.inverse_transform([[1.0]])).all()


def test_refusals():
    for wrong in (1, 2.5, [3, 1, 3], "many"):
        with pytest.raises(ParameterError, match="n_bins"):
            KBinsDiscretizer(wrong).fit(X)
    with pytest.raises(ParameterError, match="it has 2 entries, X 3 features"):
        KBinsDiscretizer([2, 2]).fit(X)
    with pytest.raises(ParameterError, match="encode is 'onehot'; use 'onehot-dense' or 'ordinal'"):
        KBinsDiscretizer(encode="onehot").fit(X)
    with pytest.raises(ParameterError, match="with sample_weight, is 'linear'"):
        KBinsDiscretizer(quantile_method="linear").fit(X, sample_weight=WEIGHT)
    with pytest.raises(DataError, match="transforms to has 15"):
        KBinsDiscretizer().fit(X).inverse_transform(X)
