"""X is refused with a text that says what was wrong, what came, and what to do."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from firsthand.scratch.errors import DataError, DataTypeError, NotFittedError
from firsthand.scratch.validation import (
    check_table,
    check_X,
    check_X_labels,
    check_X_y,
    to_array,
    to_matrix,
)
from tests.scratch.validation.model import Model, X, fitted, y


def test_float64_is_passed_through_without_a_copy():
    assert check_X(Model(), X, fitting=True) is X
    assert check_X(Model(), X.astype(np.float32).tolist(), fitting=True).dtype == np.float64


def with_hole(value):
    holed = X.copy()
    holed[2, 1] = value
    holed[3, 0] = value
    return holed


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (with_hole(np.nan), DataError, r"contains NaN at row 2, column 1, 2 value\(s\)"),
        (with_hole(-np.inf), DataError, "contains infinity at row 2, column 1"),
        (pd.DataFrame(with_hole(np.nan), columns=["a", "b"]), DataError, r"column 1 \('b'\)"),
        (X[0], DataError, r"got shape \(2,\). Reshape your data: X.reshape\(-1, 1\)"),
        (X[None], DataError, r"got shape \(1, 4, 2\)"),
        (np.float64(3), DataError, r"got shape \(\)"),
        (np.empty((0, 3)), DataError, r"0 sample\(s\) \(shape=\(0, 3\)\)"),
        (np.empty((3, 0)), DataError, r"0 feature\(s\) \(shape=\(3, 0\)\)"),
        ([[1, 2], [3]], DataError, "X is not a table"),
        ([["a", "b"]], DataError, "X does not hold numbers, but text such as 'a'; encode text"),
        ([["1", "2"]], DataError, "X does not hold numbers, but text such as '1'; encode text"),
        ([["a", 1]], DataError, "does not hold numbers, but text"),
        (np.array([["a", 1]], object), DataError, "could not convert string to float.*encode text"),
        (with_hole(-1e160), DataError, r"X holds a value of size 1e\+160.*rescale it"),
        (pd.DataFrame({"a": pd.array([1, None] * 2, "Int64"), "b": "x"}), DataError, "encode text"),
        ([[{}, 1]], DataTypeError, "argument must be a string or a real number, not 'dict'"),
        (X + 1j, DataTypeError, "Complex data not supported: X is complex"),
        (scipy.sparse.csr_array(X), DataTypeError, r"sparse data is not supported; pass X.toarray"),
        (X.astype("datetime64[D]"), DataTypeError, r"X holds dates \(datetime64\[D\]\)"),
    ],
)
def test_unusable_data_is_refused(data, error, says):
    with pytest.raises(error, match=says):
        check_X(Model(), data, fitting=True)
    with pytest.raises(error, match=says):
        check_X_y(Model(), data, y)
    with pytest.raises(error, match=says):
        check_X_labels(Model(), data, y)


def test_the_missing_values_of_pandas_are_missing_values():
    table = pd.DataFrame({"n": pd.array([1, None], "Int64"), "x": [1.0, 2.0]})
    with pytest.raises(DataError, match=r"NaN at row 1, column 0 \('n'\)"):
        check_X(Model(), table, fitting=True)
    Tolerant = type("Tolerant", (Model,), {"allows_nan": True})
    expected = [[1, 1], [np.nan, 2]]
    np.testing.assert_array_equal(check_X(Tolerant(), table, fitting=True), expected)


def test_only_what_is_too_large_to_square_is_refused():
    Tolerant = type("Tolerant", (Model,), {"allows_nan": True})
    large = np.full((400, 300), -1e150)  # so large that the sum of all squares is none any more
    assert check_X(Model(), large, fitting=True) is large
    for cells in (with_hole(np.nan), np.full((2, 2), np.nan), np.where(X > 3, np.nan, 1e150)):
        assert check_X(Tolerant(), cells, fitting=True) is cells
    with pytest.raises(DataError, match=r"size 2e\+150"):
        check_X(Tolerant(), np.where(X > 3, np.nan, -2e150), fitting=True)
    with pytest.raises(DataError, match="contains infinity"):
        check_X(Tolerant(), with_hole(np.inf), fitting=True)
    with pytest.raises(DataError, match="Input y holds a value of size"):
        check_X_y(Model(), X, y * 1e200)
    halves = (y * 100).astype(np.float16)  # 100 squared is none there
    assert check_X_labels(Model(), X, halves)[1].tolist() == [0, 100]


def kinds(table):
    return [column.dtype.kind for column in check_table(Model(), table, fitting=True)]


def test_the_columns_of_a_table_keep_their_kinds():
    assert kinds(pd.DataFrame({"n": [1, 2], "x": [0.5, np.nan], "w": ["a", None]})) == [
        "i",
        "f",
        "O",
    ]
    assert kinds([[1, "a"], [2.5, "b"]]) == ["O", "O"]
    assert kinds(np.array([["a", "b"]])) == ["U", "U"]
    assert kinds([[1, 2]]) == ["i", "i"]
    with_na = pd.DataFrame({"n": pd.array([1, None], dtype="Int64")})
    (column,) = check_table(Model(), with_na, fitting=True)
    assert column[0] == 1
    assert np.isnan(column[1])


def test_the_columns_of_a_table_are_counted_and_compared():
    model = Model()
    check_table(model, pd.DataFrame({"a": ["x"], "b": [1]}), fitting=True)
    model.coef_ = 0.0
    assert (model.n_features_in_, list(model.feature_names_in_)) == (2, ["a", "b"])
    with pytest.raises(DataError, match="same order"):
        check_table(model, pd.DataFrame({"b": [1], "a": ["x"]}))
    with pytest.raises(DataError, match="X has 3 features, but Model is expecting 2"):
        check_table(model, [[1, 2, 3]])
    with pytest.raises(NotFittedError):
        check_table(Model(), [[1]])


@pytest.mark.parametrize(
    ("table", "error", "says"),
    [
        (pd.DataFrame({"a": [1.0, np.inf]}), DataError, r"infinity in column 0 \('a'\)"),
        (np.array([[1j]]), DataTypeError, "Complex data not supported"),
        (scipy.sparse.csr_array(X), DataTypeError, "sparse data is not supported"),
        (np.empty((0, 2)), DataError, r"0 sample\(s\)"),
        (pd.DataFrame({"a": []}), DataError, r"0 sample\(s\)"),
        ([[1, 2], [3]], DataError, "X is not a table"),
    ],
)
def test_what_is_no_table_is_refused(table, error, says):
    with pytest.raises(error, match=says):
        check_table(Model(), table, fitting=True)


def test_numbers_beside_text_stay_numbers():
    assert to_array([[1, "a"]])[0, 0] == 1
    assert to_array(np.array([[1, "a"]]))[0, 0] == "1", "an array was text before it came"


def test_what_is_turned_back_has_the_columns_that_were_made():
    assert to_matrix(fitted(), X).shape == (4, 2)
    assert to_matrix(fitted(), X[:, :1], 1).shape == (4, 1)
    with pytest.raises(DataError, match="X has 2 columns, but what Model transforms to has 3"):
        to_matrix(fitted(), X, 3)
