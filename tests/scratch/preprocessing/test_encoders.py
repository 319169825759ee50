"""Encoders against scikit-learn's, on text, numbers, mixtures and what is missing."""

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing as theirs
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, DataTypeError, NotFittedError, ParameterError
from firsthand.scratch.preprocessing import OneHotEncoder, OrdinalEncoder
from firsthand.scratch.preprocessing.encoding import categories, codes, indicators, infrequent

COLOURS = ["red", "blue", "green", "red", "red", "blue"]
SIZES = [3, 1, 3, 2, 3, 1]
FRAME = pd.DataFrame({"colour": COLOURS, "size": SIZES, "sold": [True, False] * 3})
GAPS = np.array([["a", 1.0], [None, np.nan], ["b", 2.0], [np.nan, 1.0], ["a", 1.0]], dtype=object)
TABLES = {
    "text": np.array([COLOURS, COLOURS[::-1]]).T,
    "objects": np.array([COLOURS, SIZES], dtype=object).T,
    "rows": [[c, s] for c, s in zip(COLOURS, SIZES, strict=True)],
    "whole numbers": np.array([SIZES, SIZES[::-1]]).T,
    "numbers with gaps": np.array([[1.5, np.nan], [np.nan, 2.0], [1.5, 3.0], [0.0, 2.0]]),
    "flags": np.array([[True, False], [False, False], [True, False]]),
    "frame": FRAME,
    "categorical frame": FRAME.astype({"colour": "category", "size": "category"}),
    "gaps": GAPS,
    "frame with gaps": pd.DataFrame(GAPS, columns=["x", "y"]),
    "one row": [["a", "b"]],
}
DROPS = [None, "first", "if_binary"]
GROUPS = [
    {"min_frequency": 2},
    {"min_frequency": 0.4},
    {"max_categories": 2},
    {"max_categories": 1},
    {"max_categories": 3, "min_frequency": 2},
]


def plain(values):
    """As nested lists, in which NaN is equal to NaN."""
    return [["NaN" if v != v else v for v in row] for row in map(list, values)]


def both(how):
    return OneHotEncoder(**how), theirs.OneHotEncoder(sparse_output=False, **how)


def unseen(table):
    """Return the table with a category that is not in it, in the first row and column."""
    if hasattr(table, "columns"):
        return table.assign(**{table.columns[0]: ["never", *table[table.columns[0]][1:]]})
    new = np.array(table, dtype=object)
    new[0, 0] = "never" if isinstance(new[-1, 0], str) else 99.5
    return new


def compare(mine, library, table):
    Z = mine.fit_transform(table)
    np.testing.assert_array_equal(Z, library.fit_transform(table))
    assert Z.dtype == np.float64
    assert plain(mine.categories_) == plain(library.categories_)
    assert [c.dtype for c in mine.categories_] == [c.dtype for c in library.categories_]
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    if Z.shape[1]:
        assert plain(mine.inverse_transform(Z)) == plain(library.inverse_transform(Z))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("drop", DROPS)
def test_one_hot(table, drop):
    mine, library = both({"drop": drop})
    compare(mine, library, TABLES[table])
    assert np.array_equal(mine.drop_idx_, library.drop_idx_)


@pytest.mark.parametrize("table", ["objects", "frame", "numbers with gaps", "gaps"])
@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("group", GROUPS, ids=str)
@pytest.mark.parametrize("unknown", ["ignore", "infrequent_if_exist"])
@pytest.mark.filterwarnings("ignore:Found unknown categories:UserWarning")
def test_one_hot_with_rare_and_unknown_categories(table, drop, group, unknown):
    mine, library = both({"drop": drop, "handle_unknown": unknown, **group})
    Z = mine.fit_transform(TABLES[table])
    np.testing.assert_array_equal(Z, library.fit_transform(TABLES[table]))
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    for few, expected in zip(
        mine.infrequent_categories_, library.infrequent_categories_, strict=True
    ):
        assert (few is None) == (expected is None)
        assert few is None or plain([few]) == plain([expected])
    new = unseen(TABLES[table])
    np.testing.assert_array_equal(mine.transform(new), library.transform(new))
    if Z.shape[1]:
        assert plain(mine.inverse_transform(Z)) == plain(grouped(mine, TABLES[table]))
        if drop is None or unknown != "ignore":  # there scikit-learn names another category
            assert plain(mine.inverse_transform(Z)) == plain(library.inverse_transform(Z))


def grouped(encoder, table):
    """Return the table with its rare categories under their common name."""
    columns = [
        [
            "infrequent_sklearn"
            if few is not None and codes(np.array([v], object), few)[0] >= 0
            else v
            for v in column
        ]
        for column, few in zip(
            np.array(table, dtype=object).T, encoder.infrequent_categories_, strict=True
        )
    ]
    return zip(*columns, strict=True)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("missing", [np.nan, -7])
def test_ordinal(table, missing):
    how = {
        "handle_unknown": "use_encoded_value",
        "unknown_value": -1,
        "encoded_missing_value": missing,
    }
    mine, library = OrdinalEncoder(**how), theirs.OrdinalEncoder(**how)
    compare(mine, library, TABLES[table])
    new = unseen(TABLES[table])
    Z = mine.transform(new)
    np.testing.assert_array_equal(Z, library.transform(new))
    assert plain(mine.inverse_transform(Z)) == plain(library.inverse_transform(Z))


GIVEN = [["small", "middle", "large"], [1, 2, 3]]


def test_given_categories_keep_their_order():
    table = [["large", 3], ["small", 1]]
    for mine, library in (
        both({"categories": GIVEN, "drop": ["middle", 1]}),
        (OrdinalEncoder(categories=GIVEN), theirs.OrdinalEncoder(categories=GIVEN)),
    ):
        compare(mine, library, table)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["a", "b", "c", None, float("nan")]), min_size=1, max_size=12))
def test_categories_and_codes_undo_each_other(values):
    column = np.array(values, dtype=object)
    known = categories(column)
    found = codes(column, known)
    assert plain([known[found]]) == plain([column])
    assert sorted(set(found.tolist())) == list(range(len(known)))
    np.testing.assert_array_equal(indicators(found[:, None], [len(known)]).sum(axis=1), 1)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=12))
def test_numbers_and_objects_are_coded_alike(values):
    column, loose = np.array(values), np.array(values, dtype=object)
    known = categories(column)
    np.testing.assert_array_equal(codes(column, known), codes(loose, known))
    assert plain([known]) == plain([categories(loose)])


def test_numbers_are_known_or_not():
    known = np.array([1.0, 3.0, np.nan])
    assert codes(np.array([0.0, 1.0, 2.0, 3.0, 9.0, np.nan]), known).tolist() == [
        -1,
        0,
        -1,
        1,
        -1,
        2,
    ]
    assert codes(np.array([0, 3, 4]), known[:2]).tolist() == [-1, 1, -1]
    assert codes(np.array([np.nan, 9.0]), known[:2]).tolist() == [-1, -1]


def test_text_of_any_length_is_known_or_not():
    known = categories(np.array(["aa", "b"]))
    assert codes(np.array(["b", "aaa", "a"]), known).tolist() == [1, -1, -1]
    assert codes(np.array([1.0, 2.0]), known).tolist() == [-1, -1]


def test_pandas_na_is_missing():
    table = pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64")})
    assert plain(OneHotEncoder().fit(table).categories_) == [[1, 3, "NaN"]]


def test_all_rare_or_none():
    assert infrequent([3, 1], max_categories=1).tolist() == [True, True]
    assert infrequent([3, 1]).tolist() == [False, False]
    assert infrequent([3, 1], min_frequency=1).tolist() == [False, False]


@pytest.mark.parametrize(
    ("model", "table", "error", "told"),
    [
        (OneHotEncoder(), [["a"], [1]], DataTypeError, "one holds int, str"),
        (OneHotEncoder(), [[{}], [1]], DataTypeError, "one holds dict, int"),
        (OneHotEncoder(drop="last"), [["a"]], ParameterError, "'first' or 'if_binary'"),
        (OneHotEncoder(drop=["b"]), [["a"]], ParameterError, "drop names 'b' for feature 0"),
        (OneHotEncoder(drop=["b", "a"]), [["a"]], ParameterError, "drop should have length"),
        (OneHotEncoder(handle_unknown="drop"), [["a"]], ParameterError, "'error', 'ignore'"),
        (OneHotEncoder(min_frequency=0), [["a"]], ParameterError, "at least 1"),
        (OneHotEncoder(min_frequency=1.5), [["a"]], ParameterError, "at most 1"),
        (OneHotEncoder(max_categories=0), [["a"]], ParameterError, "at least 1"),
        (OneHotEncoder(categories=[["a"]]), [["a", "b"]], ParameterError, "Shape mismatch"),
        (OneHotEncoder(categories=[["a", "a"]]), [["a"]], ParameterError, "duplicate"),
        (OneHotEncoder(categories=[["b"]]), [["a"]], DataError, "unknown categories .'a'. in"),
        (OneHotEncoder(categories=[[2, 1]]), [[1]], ParameterError, "Unsorted categories"),
        (OneHotEncoder(categories=[[np.nan, 1]]), [[1.0]], ParameterError, "NaN should be the"),
        (OneHotEncoder(), [[np.inf]], DataError, "infinity in column 0"),
        (OneHotEncoder(), [[1j]], DataTypeError, "Complex data not supported"),
        (OneHotEncoder(), ["a", "b"], DataError, "Reshape your data"),
        (OrdinalEncoder(unknown_value=3), [["a"]], TypeError, "just where handle_unknown"),
        (OrdinalEncoder(handle_unknown="use_encoded_value"), [["a"]], TypeError, "just where"),
        (
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=0),
            [["a"]],
            ParameterError,
            "already used",
        ),
        (OrdinalEncoder(encoded_missing_value=0), [[1.0], [np.nan]], ParameterError, "already"),
    ],
)
def test_refusals_say_what_came(model, table, error, told):
    with pytest.raises(error, match=told):
        model.fit(table)


def test_unknown_categories_are_named_with_their_column():
    encoder = OneHotEncoder().fit(FRAME)
    with pytest.raises(DataError, match=r"unknown categories \['pink'\] in column 0 \('colour'\)"):
        encoder.transform(FRAME.replace("red", "pink"))
    with pytest.raises(DataError, match="same columns"):
        encoder.transform(FRAME.to_numpy()[:, :2])


def test_what_cannot_be_inverted():
    encoder = OneHotEncoder().fit([["a"], ["b"]])
    with pytest.raises(DataError, match=r"Samples \[1\] can not be inverted"):
        encoder.inverse_transform([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(DataError, match="has 2; pass all of them"):
        encoder.inverse_transform([[0.0]])
    with pytest.raises(DataError, match="position of none of its 2 categories"):
        OrdinalEncoder().fit([["a"], ["b"]]).inverse_transform([[5.0]])


def test_unknown_beside_dropped_is_told():
    encoder = OneHotEncoder(drop="first", handle_unknown="ignore").fit([["a"], ["b"]])
    with pytest.warns(UserWarning, match=r"unknown categories in columns \[0\]"):
        assert encoder.transform([["c"]]).tolist() == [[0.0]]


def test_an_unfitted_encoder_says_so():
    for encoder in (OneHotEncoder(), OrdinalEncoder()):
        for method in (encoder.transform, encoder.inverse_transform, encoder.get_feature_names_out):
            with pytest.raises(NotFittedError):
                method([["a"]])
