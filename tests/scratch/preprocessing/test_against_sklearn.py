"""Every transformer of numbers and its counterpart: the same columns out, back, and named."""

import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import firsthand.scratch.preprocessing as ours

TOLERANCE = 1e-10  # closed forms, relative to the largest value of the column

PAIRS = [
    ("StandardScaler", {}),
    ("StandardScaler", {"with_mean": False}),
    ("StandardScaler", {"with_std": False}),
    ("StandardScaler", {"with_mean": False, "with_std": False}),
    ("MinMaxScaler", {}),
    ("MinMaxScaler", {"feature_range": (-3, 5), "clip": True}),
    ("MaxAbsScaler", {}),
    ("RobustScaler", {}),
    ("RobustScaler", {"with_centering": False, "quantile_range": (10.0, 65.0)}),
    ("RobustScaler", {"with_scaling": False}),
    ("RobustScaler", {"unit_variance": True}),
]
PAIRED = pytest.mark.parametrize(("name", "how"), PAIRS, ids=lambda value: str(value))

# around 1e8 the last digit of a mean is 1e-8, and the smallest spread there is 0.1
ROUNDED = {"far off": 1e-6}

RNG = np.random.default_rng(0)
PLAIN = RNG.normal(size=(40, 3)) * [1, 5, 0.1] + [0, 20, -3]
TIES = RNG.integers(0, 4, size=(60, 4)).astype(float)
GAPS = np.where(RNG.random((50, 3)) < 0.3, np.nan, RNG.normal(size=(50, 3)))
DATA = {
    "plain": PLAIN,
    "one feature": PLAIN[:, :1],
    "one sample": PLAIN[:1],
    "two samples": PLAIN[:2],
    "constant columns": np.column_stack([PLAIN, np.zeros(40), np.full(40, 0.1)]),
    "ties": TIES,
    "whole numbers": TIES.astype(int),
    "huge": PLAIN * 1e8,
    "tiny": PLAIN * 1e-8,
    "far off": PLAIN + 1e8,
    "gaps": GAPS,
    "a column of gaps": np.column_stack([GAPS, np.full(50, np.nan)]),
    "outlier": np.vstack([PLAIN, [[1e6, -1e6, 1e6]]]),
}


def both(name, how):
    return getattr(ours, name)(**how), getattr(theirs, name)(**how)


def library(call, *arguments):
    """Call scikit-learn, which warns of columns without any value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return call(*arguments)


def same(found, expected, data):
    """Compare to the tolerance of the data, relative to the largest value."""
    size = np.nanmax(np.abs(expected), initial=1e-8)
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDED.get(data, TOLERANCE) * size)


@PAIRED
@pytest.mark.parametrize("data", DATA)
def test_gives_what_sklearn_gives(name, how, data):
    X = DATA[data]
    mine, library_model = both(name, how)
    Z = mine.fit_transform(X)
    same(Z, library(library_model.fit_transform, X), data)
    same(mine.transform(X[::-1]), Z[::-1], data)
    same(mine.inverse_transform(Z), library(library_model.inverse_transform, Z), data)
    assert list(mine.get_feature_names_out()) == list(library_model.get_feature_names_out())
    for attribute, value in vars(library_model).items():
        if attribute.endswith("_") and value is not None:
            same(np.asarray(getattr(mine, attribute), float), np.asarray(value, float), data)


@PAIRED
def test_names_of_a_table(name, how):
    table = pd.DataFrame(PLAIN, columns=["a", "b", "c"])
    mine, library_model = both(name, how)
    expected = library_model.fit(table).get_feature_names_out()
    assert list(mine.fit(table).get_feature_names_out()) == list(expected)


NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, -1.0])


@PAIRED
@settings(deadline=None, max_examples=15)
@given(
    X=arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=NUMBERS),
    new=arrays(float, (2, 4), elements=NUMBERS),
)
def test_any_numbers(name, how, X, new):
    mine, library_model = both(name, how)
    new = new[:, : X.shape[1]]
    expected = library_model.fit(X).transform(new)
    found = mine.fit(X).transform(new)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7 * (1 + np.abs(expected).max()))
