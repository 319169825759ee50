"""What comes in is refused with a text that says what was wrong, what came, and what to do."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError as SklearnNotFittedError

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.errors import (
    DataConversionWarning,
    DataError,
    DataTypeError,
    NotFittedError,
    ParameterError,
)
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_number,
    check_numbers,
    check_random_state,
    check_sample_weight,
    check_table,
    check_target,
    check_X,
    check_X_labels,
    check_X_y,
    to_array,
    to_matrix,
)


class Model(Classifier, Estimator):
    def predict(self, X):
        return np.zeros(len(check_X(self, X)))


X = np.arange(8.0).reshape(4, 2)
y = np.array([0, 1, 0, 1])


def fitted(data=X):
    model = Model()
    check_X(model, data, fitting=True)
    model.coef_ = np.zeros(2)
    return model


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


@pytest.mark.parametrize("check", [check_X_y, check_X_labels])
@pytest.mark.parametrize(
    ("target", "error", "says"),
    [
        (None, DataError, "Model requires y to be passed, but the target y is None"),
        (y[:3], DataError, "X has 4 samples, but y has 3"),
        (np.zeros((4, 2)), DataError, r"y should be a 1d array, got an array of shape \(4, 2\)"),
        ([0, np.nan, 1, 1], DataError, "Input y contains NaN at row 1"),
        (y + 1j, DataTypeError, "y is complex"),
        (scipy.sparse.csr_array(y[:, None]), DataTypeError, "y is a sparse matrix"),
    ],
)
def test_an_unusable_target_is_refused(check, target, error, says):
    model = Model()
    with pytest.raises(error, match=says):
        check(model, X, target)
    assert not hasattr(model, "n_features_in_"), "a refused fit leaves no trace"


@pytest.mark.parametrize("check", [check_X_y, check_X_labels])
def test_a_column_is_read_as_a_row_and_told(check):
    with pytest.warns(DataConversionWarning, match="column-vector y was passed") as told:
        _, *rest = check(Model(), X, y[:, None])
    assert told[0].filename == __file__ or told[0].filename.endswith("python.py")
    np.testing.assert_array_equal(rest[-1], y)


def test_labels_become_codes_of_sorted_classes():
    _, classes, codes = check_X_labels(Model(), X, ["wolf", "ape", "wolf", "cat"])
    assert classes.tolist() == ["ape", "cat", "wolf"]
    assert codes.tolist() == [2, 0, 2, 1]
    _, classes, codes = check_X_labels(Model(), X, [1.0, -1.0, 1.0, -1.0])
    assert classes.tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("labels", "error", "says"),
    [
        ([0.0, 1.0, 2.5, 1.0], DataError, "Unknown label type: y is continuous, it holds 2.5"),
        (np.array([0, "a", None, 1], object), DataTypeError, "Unknown label type: y mixes kinds"),
        (["a", "a", "a", "a"], DataError, "y holds 1 class only, 'a'"),
    ],
)
def test_what_is_no_label_is_refused(labels, error, says):
    with pytest.raises(error, match=says):
        check_X_labels(Model(), X, labels)


def test_other_columns_than_those_of_the_fit_are_refused():
    with pytest.raises(DataError, match=r"X has 3 features, but Model is expecting 2 .* select"):
        check_X(fitted(), np.zeros((1, 3)))
    model = fitted(pd.DataFrame(X, columns=["a", "b"]))
    with pytest.raises(DataError, match="same order"):
        check_X(model, pd.DataFrame(X, columns=["b", "a"]))
    with pytest.raises(DataError, match=r"unseen at fit time:\n- c\n.*now missing:\n- b"):
        check_X(model, pd.DataFrame(X, columns=["a", "c"]))
    check_X(model, X)
    check_X(model, pd.DataFrame(X))  # columns 0 and 1 are places, not names


def test_predict_before_fit_is_both_families_error():
    for family in (NotFittedError, SklearnNotFittedError, AttributeError):
        with pytest.raises(family, match=r"This Model is not fitted yet; call fit\(X, y\) first"):
            check_fitted(Model())


def test_sample_weights():
    np.testing.assert_array_equal(check_sample_weight(None, 3), np.ones(3))
    np.testing.assert_array_equal(check_sample_weight([0, 2], 2), [0.0, 2.0])
    for weights, says in [
        ([1, 1, 1], r"shape \(3,\), but X has 2 samples"),
        (np.ones((2, 2)), r"shape \(2, 2\)"),
        ([1, -1], r"negative \(-1\)"),
        ([0, 0], "weights are zero"),
        ([1, np.nan], "Input sample_weight contains NaN at row 1"),
    ]:
        with pytest.raises(DataError, match=says):
            check_sample_weight(weights, 2)


def test_random_state():
    rng = np.random.default_rng(3)
    assert check_random_state(rng) is rng
    assert check_random_state(3).random() == np.random.default_rng(3).random()
    assert check_random_state(None).random() != check_random_state(None).random()
    for wrong in (-1, "seed", 1.5):
        with pytest.raises(ParameterError, match="random_state is"):
            check_random_state(wrong)


def test_numbers_have_ranges():
    check_number("l2", 0, at_least=0)
    check_number("max_iter", np.int64(5), at_least=1, whole=True)
    for value, limits, says in [
        (0.0, {"above": 0}, "rate is 0.0; it has to be a number above 0"),
        (2, {"at_least": 0, "at_most": 1}, "a number at least 0 and at most 1"),
        (1.5, {"whole": True, "at_least": 1}, "a whole number at least 1"),
        (True, {}, "rate is True"),
        ("0.1", {}, "rate is '0.1'"),
        (float("nan"), {}, "rate is nan"),
        (float("inf"), {"above": 0}, "rate is inf; it has to be a finite number above 0"),
        (np.float32(-np.inf), {}, "rate is np.float32.*a finite number"),
    ]:
        with pytest.raises(ParameterError, match=says):
            check_number("rate", value, **limits)


def test_whole_numbers_may_be_of_any_size():
    check_number("depth", 10**400, at_least=1, whole=True)


class Switched(Model):
    def __init__(self, on=False, fast=True, name="auto"):
        self.on = on
        self.fast = fast
        self.name = name


@pytest.mark.parametrize("check", [check_X_y, check_X_labels])
def test_a_flag_is_true_or_false(check):
    check(Switched(np.True_, fast=False, name=True), X, y)
    for value in ("no", 0, 1.0, None, np.array([True, False])):
        model = Switched(fast=value)
        with pytest.raises(ParameterError, match=r"fast is .*; use True or False"):
            check(model, X, y)
        assert not hasattr(model, "n_features_in_")


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
    labels = check_X_labels(Model(), X, (y * 100).astype(np.float16))[
        1
    ]  # 100 squared is none there
    assert labels.tolist() == [0, 100]


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


def test_a_target_by_itself():
    assert check_target(Model(), [1, 2]).tolist() == [1.0, 2.0]
    with pytest.raises(DataError, match="requires y to be passed"):
        check_target(Model(), None)
    with pytest.raises(DataError, match="y should be a 1d array"):
        check_target(Model(), X)


def test_a_choice_is_one_of_those_allowed():
    check_choice("norm", "l1", ("l1", "l2"))
    check_choice("norm", np.str_("l1"), ("l1", "l2"))
    check_choice("drop", None, (None, "first"))
    with pytest.raises(ParameterError, match=r"categories is 'all'; use 'auto'\."):
        check_choice("categories", "all", ("auto",))
    for wrong in ("l3", None, 1, ["l1"]):
        with pytest.raises(ParameterError, match=r"norm is .*; use 'l1' or 'l2'"):
            check_choice("norm", wrong, ("l1", "l2"))


def test_a_parameter_that_holds_numbers_becomes_an_array_of_its_own():
    given = np.array([1.0, 2.0])
    assert check_numbers("priors", given, length=2) is not given
    assert check_numbers("init", [[1, 2]]).shape == (1, 2)
    assert check_numbers("alpha", 3).item() == 3
    for values in ("x", b"x", {}, object(), None, [1, [2]], [1, np.nan], 3, [1, 2, 3], [[1, 2]]):
        with pytest.raises(ParameterError, match="feature_range"):
            check_numbers("feature_range", values, length=2)


def test_weights_next_to_zero_are_refused():
    check_sample_weight([1e-149, 0.0], 2)
    with pytest.raises(DataError, match=r"largest sample weight is 1e-310.*the same number"):
        check_sample_weight([1e-310, 0.0], 2)
