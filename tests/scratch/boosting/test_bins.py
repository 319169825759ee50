"""Bins: scikit-learn's edges, and codes that say the same as comparisons do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper

from firsthand.scratch.boosting.bins import Bins, bin_codes, bin_edges


def column(kind, n=1500):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return {
        "distinct": x,
        "few values": np.round(x),
        "many at one value": np.where(rng.random(n) < 0.7, 0.0, x),
        "missing": np.where(rng.random(n) < 0.2, np.nan, x),
        "huge": x * 1e8,
        "tiny": x * 1e-8,
    }[kind]


KINDS = ["distinct", "few values", "many at one value", "missing", "huge", "tiny"]


@pytest.mark.parametrize("max_bins", [2, 64, 255])
@pytest.mark.parametrize("kind", KINDS)
def test_edges_and_codes_are_the_librarys(kind, max_bins):
    x = column(kind)
    mapper = _BinMapper(n_bins=max_bins + 1, n_threads=1).fit(x[:, None])
    edges = bin_edges(x, max_bins)
    np.testing.assert_allclose(edges, mapper.bin_thresholds_[0], rtol=1e-15)
    theirs = mapper.transform(x[:, None])[:, 0]
    expected = np.where(np.isnan(x), 0, theirs.astype(int) + 1)  # the library's missing come last
    np.testing.assert_array_equal(bin_codes(x, mapper.bin_thresholds_[0]), expected)


def test_weighted_edges_are_the_librarys():
    x = column("distinct")
    weight = np.random.default_rng(1).integers(0, 4, len(x)) * 1.0
    mapper = _BinMapper(n_bins=33, n_threads=1).fit(x[:, None], sample_weight=weight)
    np.testing.assert_allclose(bin_edges(x, 32, weight), mapper.bin_thresholds_[0], rtol=1e-15)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(2, 20))
def test_a_code_answers_every_question_about_x(values, max_bins):
    x = np.array(values)
    edges = bin_edges(x, max_bins)
    assert len(edges) < max_bins
    assert (np.diff(edges) > 0).all()
    codes = bin_codes(x, edges)
    for i, edge in enumerate(edges):
        np.testing.assert_array_equal(codes <= 1 + i, x <= edge)


def test_bins_hold_about_as_many_samples_each():
    x = np.random.default_rng(2).lognormal(size=10_000)
    counts = np.bincount(bin_codes(x, bin_edges(x, 50)))[1:]
    np.testing.assert_allclose(counts, 200, rtol=0, atol=1)  # NumPy's percents are rounded


def test_neighbouring_floats_are_told_apart():
    x = np.array([1.0, np.nextafter(1.0, 2.0)])
    np.testing.assert_array_equal(bin_codes(x, bin_edges(x, 4)), [1, 2])


def test_constant_and_empty_columns_have_one_bin():
    X = np.column_stack([np.full(5, 3.0), np.full(5, np.nan), np.arange(5.0)])
    bins = Bins.of(X, 4)
    np.testing.assert_array_equal(bins.sizes, [2, 2, 5])
    np.testing.assert_array_equal(bins.codes(X)[:2], [[1] * 5, [0] * 5])


def test_thresholds_say_what_the_codes_say():
    x = column("missing")
    bins = Bins.of(x[:, None], 16)
    codes, seen = bins.codes(x[:, None])[0], ~np.isnan(x)
    for code in range(int(bins.sizes[0])):
        np.testing.assert_array_equal(codes[seen] <= code, x[seen] <= bins.threshold(0, code))
