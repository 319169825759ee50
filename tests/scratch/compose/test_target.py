"""A regressor of a transformed target against scikit-learn's."""

import numpy as np
import pytest
import sklearn.compose as theirs
import sklearn.linear_model as their_linear
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GridSearchCV

from firsthand.scratch.compose import TransformedTargetRegressor
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear import LinearRegression
from firsthand.scratch.preprocessing import MinMaxScaler, StandardScaler

X, y = load_diabetes(return_X_y=True)
WAYS = [
    {},
    {"func": np.log, "inverse_func": np.exp},
    {"transformer": StandardScaler()},
    {"regressor": their_linear.Ridge(0.1), "transformer": MinMaxScaler()},
]


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_predicts_what_sklearn_predicts(how):
    mine, library = TransformedTargetRegressor(**how), theirs.TransformedTargetRegressor(**how)
    expected = library.fit(X, y).predict(X)
    np.testing.assert_allclose(mine.fit(X, y).predict(X), expected, rtol=1e-10)
    assert mine.score(X, y) == pytest.approx(library.score(X, y), rel=1e-10)
    assert mine.n_features_in_ == 10
    assert (mine.transformer_ is None) == ("transformer" not in how)


def test_lives_in_a_search_and_passes_weights():
    model = TransformedTargetRegressor(LinearRegression(), func=np.sqrt, inverse_func=np.square)
    search = GridSearchCV(model, {"regressor__l2": [0.0, 1.0]}, cv=3).fit(X, y)
    assert search.best_params_ == {"regressor__l2": 0.0}
    weight = np.arange(len(y))
    expected = LinearRegression().fit(X, np.sqrt(y), sample_weight=weight).coef_
    found = model.fit(X, y, sample_weight=weight).regressor_.coef_
    np.testing.assert_array_equal(found, expected)


def test_an_inverse_that_does_not_undo_is_told():
    wrong = {"func": np.log, "inverse_func": np.square}
    with pytest.warns(UserWarning, match="not strictly inverse"):
        TransformedTargetRegressor(**wrong).fit(X, y)
    TransformedTargetRegressor(**wrong, check_inverse=False).fit(X, y)


def test_refusals():
    with pytest.raises(ParameterError, match="cannot both be set"):
        TransformedTargetRegressor(transformer=MinMaxScaler(), func=np.log).fit(X, y)
    with pytest.raises(ParameterError, match="'inverse_func' must also"):
        TransformedTargetRegressor(func=np.log).fit(X, y)
    with pytest.raises(DataError, match="requires y to be passed"):
        TransformedTargetRegressor().fit(X, None)
    with pytest.raises(DataError, match="Input y contains NaN"):
        TransformedTargetRegressor().fit([[1.0]], [np.nan])
