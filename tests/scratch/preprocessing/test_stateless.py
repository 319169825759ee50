"""Transformers that learn nothing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import FunctionTransformer as Theirs

from firsthand.scratch.errors import DataError, NotFittedError, ParameterError
from firsthand.scratch.preprocessing import Binarizer, FunctionTransformer, Normalizer

X = np.array([[3.0, -4.0], [0.0, 0.0], [1e-12, 0.0]])


@pytest.mark.parametrize("model", [Normalizer(), Binarizer(), FunctionTransformer(np.abs)])
def test_need_no_fit(model):
    np.testing.assert_array_equal(model.transform(X), model.fit(X).transform(X))
    assert model.__sklearn_is_fitted__()


def test_names_need_a_fit():
    with pytest.raises(NotFittedError):
        Normalizer().get_feature_names_out()
    with pytest.raises(DataError, match="expecting 2 features"):
        Normalizer().fit(X).transform(X[:, :1])


@pytest.mark.parametrize("validate", [False, True])
def test_functions(validate):
    how = {"validate": validate, "kw_args": {"decimals": 1}, "feature_names_out": "one-to-one"}
    mine, library = (kind(np.round, **how).fit(X) for kind in (FunctionTransformer, Theirs))
    np.testing.assert_array_equal(mine.transform(X), library.transform(X))
    np.testing.assert_array_equal(mine.inverse_transform(X), X)
    assert list(mine.get_feature_names_out()) == ["x0", "x1"]


def test_a_table_passes_as_it_is():
    table = pd.DataFrame(X, columns=["a", "b"])
    assert FunctionTransformer().fit_transform(table) is table
    made = FunctionTransformer(
        lambda table: table.assign(c=1), feature_names_out=lambda self, names: [*names, "c"]
    )
    assert list(made.fit_transform(table).columns) == list(made.get_feature_names_out())


def test_names_are_there_only_if_they_are_known():
    assert not hasattr(FunctionTransformer(np.abs).fit(X), "get_feature_names_out")


def test_an_inverse_that_does_not_undo_is_told():
    with pytest.warns(UserWarning, match="not strictly inverse"):
        FunctionTransformer(np.abs, np.negative).fit(X)
    FunctionTransformer(np.abs, np.negative, check_inverse=False).fit(X)
    undone = FunctionTransformer(np.cbrt, lambda x: x**3).fit(X)
    np.testing.assert_allclose(undone.inverse_transform(undone.transform(X)), X)


def test_refusals():
    with pytest.raises(ParameterError, match="norm is 'l3'; use 'l1', 'l2' or 'max'"):
        Normalizer("l3").fit(X)
    with pytest.raises(ParameterError, match="threshold is 'a'"):
        Binarizer(threshold="a").fit(X)
    with pytest.raises(ParameterError, match="feature_names_out is 'all'"):
        FunctionTransformer(feature_names_out="all").fit(X).get_feature_names_out()
