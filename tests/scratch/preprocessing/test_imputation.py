"""Imputation of numbers, text and objects against scikit-learn's, and back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer as Theirs

from firsthand.scratch.errors import DataError, DataTypeError, NotFittedError, ParameterError
from firsthand.scratch.preprocessing import SimpleImputer

NUMBERS = np.array([[1.0, -1, 3], [np.nan, -1, 5], [2.0, 4, np.nan], [1.0, np.nan, 7]])
WORDS = np.array([["a", None], ["b", "x"], [None, "y"], ["b", "x"]], dtype=object)
MIXED = pd.DataFrame({"word": ["a", np.nan, "b", "b"], "n": [1.0, 2.0, 2.0, np.nan]})


def plain(values):
    return ["NaN" if v != v else v for v in np.asarray(values, object).ravel()]


@pytest.mark.parametrize(
    ("table", "how"),
    [
        (NUMBERS, {"missing_values": -1, "strategy": "mean"}),
        (NUMBERS, {"missing_values": -1, "strategy": "most_frequent"}),
        (np.array([[1, -1], [3, 4], [3, 5]]), {"missing_values": -1, "strategy": "median"}),
        (np.array([[1, -1], [3, 4], [3, 5]]), {"missing_values": -1, "strategy": "constant"}),
        (WORDS, {"missing_values": None, "strategy": "most_frequent"}),
        (WORDS, {"missing_values": None, "strategy": "constant"}),
        (WORDS, {"missing_values": "x", "strategy": "constant", "fill_value": "?"}),
        (MIXED, {"strategy": "most_frequent"}),
        (MIXED, {"strategy": "most_frequent", "add_indicator": True}),
    ],
)
def test_is_what_sklearn_makes(table, how):
    mine, library = SimpleImputer(**how), Theirs(**how)
    if how.get("missing_values") == -1 and table is NUMBERS:
        with pytest.raises(DataError, match="NaN"):
            mine.fit(table)
        table = np.nan_to_num(table)
    if how.get("missing_values") == "x":
        table = np.where(table == np.array(None), "none", table)
    expected = library.fit_transform(table)
    assert plain(mine.fit_transform(table)) == plain(expected)
    assert plain(mine.statistics_) == plain(library.statistics_)
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
@pytest.mark.filterwarnings("ignore:Skipping features")
def test_columns_without_any_value(keep, strategy):
    table = np.column_stack([NUMBERS, np.full(4, np.nan)])
    how = {"strategy": strategy, "keep_empty_features": keep, "add_indicator": True}
    mine, library = SimpleImputer(**how), Theirs(**how)
    np.testing.assert_array_equal(mine.fit_transform(table), library.fit_transform(table))
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    assert plain(mine.statistics_) == plain(library.statistics_)


def test_what_was_missing_is_missing_again():
    imputer = SimpleImputer(add_indicator=True)
    Z = imputer.fit_transform(NUMBERS)
    np.testing.assert_array_equal(imputer.inverse_transform(Z), NUMBERS)
    complete = NUMBERS[:1]
    np.testing.assert_array_equal(imputer.inverse_transform(imputer.transform(complete)), complete)


def test_new_gaps_are_filled_with_what_fit_saw():
    imputer = SimpleImputer().fit([[1.0, 5.0], [3.0, 7.0]])
    assert imputer.transform([[np.nan, np.nan]]).tolist() == [[2.0, 6.0]]
    assert np.isnan(NUMBERS).sum() == 3, "the input is not changed"


def test_fractions_are_not_cut_to_whole_numbers():
    imputer = SimpleImputer(strategy="constant", fill_value=0.5, missing_values=0)
    assert imputer.fit_transform(np.array([[1], [0]])).ravel().tolist() == [1.0, 0.5]


def test_refusals():
    with pytest.raises(DataError, match="does not hold numbers"):
        SimpleImputer().fit([["a"], ["b"]])
    with pytest.raises(DataTypeError, match="does not support data with dtype <U1"):
        SimpleImputer(strategy="constant").fit(np.array([["a"], ["b"]]))
    with pytest.raises(DataError, match="NaN in column 0"):
        SimpleImputer(strategy="constant", missing_values=0).fit([[np.nan]])
    with pytest.raises(ParameterError, match="strategy is 'mode'"):
        SimpleImputer(strategy="mode").fit(NUMBERS)
    with pytest.raises(ParameterError, match="add_indicator=True"):
        SimpleImputer().fit(NUMBERS).inverse_transform(NUMBERS)
    with pytest.raises(NotFittedError):
        SimpleImputer(add_indicator=True).inverse_transform(NUMBERS)
    with pytest.warns(UserWarning, match=r"without any observed values: \[1\]"):
        SimpleImputer().fit_transform([[1.0, np.nan]])
