"""y is one value for each row of X, a number or a label."""

import numpy as np
import pytest
import scipy.sparse

from firsthand.scratch.errors import DataConversionWarning, DataError, DataTypeError
from firsthand.scratch.validation import check_target, check_X_labels, check_X_y
from tests.scratch.validation.model import Model, X, y


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


def test_a_target_by_itself():
    assert check_target(Model(), [1, 2]).tolist() == [1.0, 2.0]
    with pytest.raises(DataError, match="requires y to be passed"):
        check_target(Model(), None)
    with pytest.raises(DataError, match="y should be a 1d array"):
        check_target(Model(), X)
