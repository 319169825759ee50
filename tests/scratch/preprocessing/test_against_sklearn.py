"""Every transformer of numbers and its counterpart: the same columns out, back, and named."""

import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.impute import SimpleImputer

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
    ("SimpleImputer", {}),
    ("SimpleImputer", {"strategy": "median", "add_indicator": True}),
    ("SimpleImputer", {"strategy": "most_frequent", "keep_empty_features": True}),
    ("SimpleImputer", {"strategy": "constant", "fill_value": -1, "add_indicator": True}),
    ("Normalizer", {}),
    ("Normalizer", {"norm": "l1"}),
    ("Normalizer", {"norm": "max"}),
    ("Binarizer", {"threshold": 0.5}),
    ("PolynomialFeatures", {}),
    ("PolynomialFeatures", {"degree": 3, "include_bias": False}),
    ("PolynomialFeatures", {"degree": (2, 3), "interaction_only": True}),
    ("PolynomialFeatures", {"degree": 0}),
    ("KBinsDiscretizer", {"encode": "ordinal"}),
    ("KBinsDiscretizer", {"encode": "onehot-dense", "strategy": "uniform", "n_bins": 3}),
    ("KBinsDiscretizer", {"encode": "ordinal", "n_bins": 4, "quantile_method": "linear"}),
]
# those that refuse NaN, as scikit-learn's do
WHOLE = {"Normalizer", "Binarizer", "PolynomialFeatures", "KBinsDiscretizer"}
PAIRED = pytest.mark.parametrize(("name", "how"), PAIRS, ids=lambda value: str(value))

NOT_NUMBERS = {"bin_edges_", "indicator_"}
TOLD = "ignore:(Bins whose|Feature . is constant|Skipping features)"  # alike on both sides

# around 1e8 the last digit of a mean is 1e-8; the smallest spread is 0.1, or nothing but that digit
ROUNDED = {"far off": 1e-6, "constant but for rounding": 1.0}

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
    "constant but for rounding": 1e8 + 1.5e-8 * TIES,
    "ties": TIES,
    "whole numbers": TIES.astype(int),
    "huge": PLAIN * 1e8,
    "tiny": PLAIN * 1e-6,
    "far off": PLAIN + 1e8,
    "gaps": GAPS,
    "a column of gaps": np.column_stack([GAPS, np.full(50, np.nan)]),
    "outlier": np.vstack([PLAIN, [[1e6, -1e6, 1e6]]]),
}


def both(name, how):
    library_model = SimpleImputer if name == "SimpleImputer" else getattr(theirs, name)
    return getattr(ours, name)(**how), library_model(**how)


def library(call, *arguments):
    """Call scikit-learn, which warns of columns without any value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return call(*arguments)


def names(model, **arguments):
    return list(model.get_feature_names_out(**arguments))


def same(found, expected, data):
    """Compare to the tolerance of the data, relative to the largest value."""
    size = np.nanmax(np.abs(expected), initial=1e-8)
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDED.get(data, TOLERANCE) * size)


@PAIRED
@pytest.mark.parametrize("data", DATA)
@pytest.mark.filterwarnings(TOLD)
def test_gives_what_sklearn_gives(name, how, data):
    X = DATA[data]
    mine, library_model = both(name, how)
    if name in WHOLE and "gaps" in data:
        with pytest.raises(ValueError, match="NaN"):
            mine.fit(X)
        return
    Z = mine.fit_transform(X)
    same(Z, library(library_model.fit_transform, X), data)
    same(mine.transform(X[::-1]), Z[::-1], data)
    assert names(mine) == names(library_model)
    assert hasattr(mine, "inverse_transform") == hasattr(library_model, "inverse_transform")
    if hasattr(mine, "inverse_transform") and mine.get_params().get("add_indicator", True):
        back = mine.inverse_transform(Z)
        if name == "SimpleImputer":  # what is missing is again; scikit-learn loses empty columns
            np.testing.assert_array_equal(back, X)
        else:
            same(back, library(library_model.inverse_transform, Z), data)
    for attribute, value in vars(library_model).items():
        if attribute.endswith("_") and value is not None and attribute not in NOT_NUMBERS:
            same(np.asarray(getattr(mine, attribute), float), np.asarray(value, float), data)


@PAIRED
@pytest.mark.filterwarnings(TOLD)
def test_names_of_a_table(name, how):
    table = pd.DataFrame(PLAIN, columns=["a", "b", "c"])
    mine, library_model = both(name, how)
    assert names(mine.fit(table)) == names(library_model.fit(table))
    columns = ["x", "y", "z"]
    plain = [names(model.fit(PLAIN), input_features=columns) for model in (mine, library_model)]
    assert plain[0] == plain[1]


# in steps of 1e-3: where values differ by less than 1e-8, scikit-learn has no bins, and ours has
NUMBERS = st.integers(-(10**9), 10**9).map(lambda n: n / 1000) | st.sampled_from([0.0, 1.0, -1.0])


@PAIRED
@pytest.mark.filterwarnings(TOLD)
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
