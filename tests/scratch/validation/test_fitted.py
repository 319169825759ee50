"""A model is asked only after its fit, and only about the columns that fit saw."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError as SklearnNotFittedError

from firsthand.scratch.errors import DataError, NotFittedError
from firsthand.scratch.validation import check_fitted, check_X
from tests.scratch.validation.model import Model, X, fitted


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
