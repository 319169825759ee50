"""Feature unions against scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
import sklearn.decomposition as their_decomposition
import sklearn.pipeline as theirs
from sklearn.base import clone

from firsthand.scratch.compose import FeatureUnion, make_union
from firsthand.scratch.errors import NotFittedError, ParameterError, ParameterTypeError
from firsthand.scratch.preprocessing import MinMaxScaler, StandardScaler

X = np.random.default_rng(0).normal(size=(20, 3))
PARTS = [
    ("scaled", StandardScaler()),
    ("raw", "passthrough"),
    ("off", "drop"),
    ("pca", their_decomposition.PCA(2)),
]


@pytest.mark.parametrize("weights", [None, {"pca": 3.0, "raw": 0.5}])
@pytest.mark.parametrize("table", [X, pd.DataFrame(X, columns=["a", "b", "c"])], ids=type)
def test_is_what_sklearn_makes(weights, table):
    mine = clone(FeatureUnion(PARTS, transformer_weights=weights))
    library = clone(theirs.FeatureUnion(PARTS, transformer_weights=weights))
    expected = library.fit_transform(table)
    np.testing.assert_array_equal(mine.fit_transform(table), expected)
    np.testing.assert_array_equal(mine.fit(table).transform(table), library.transform(table))
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    assert mine.n_features_in_ == 3
    assert hasattr(mine, "feature_names_in_") == hasattr(library, "feature_names_in_")


def test_fits_and_names_its_parts():
    union = make_union(StandardScaler(), MinMaxScaler(), MinMaxScaler())
    assert list(union.named_transformers) == [
        "standardscaler",
        "minmaxscaler-1",
        "minmaxscaler-2",
    ]
    with pytest.raises(NotFittedError):
        union.transform(X)
    union.set_params(standardscaler="drop").fit(X)
    assert union.transform(X).shape == (20, 6)
    assert FeatureUnion([("off", "drop")]).fit(X).transform(X).shape == (20, 0)


def test_weighted_samples_reach_every_part():
    weight = np.arange(20.0)
    union = make_union(StandardScaler()).fit(X, sample_weight=weight)
    expected = np.average(X, axis=0, weights=weight)
    np.testing.assert_allclose(union.named_transformers.standardscaler.mean_, expected)


def test_refusals_name_the_part():
    with pytest.raises(ParameterTypeError, match="'a' is 3"):
        FeatureUnion([("a", 3)]).fit(X)
    with pytest.raises(ParameterError, match="transformer_weights names b, which is not among a"):
        FeatureUnion([("a", MinMaxScaler())], transformer_weights={"b": 1}).fit(X)
    with pytest.raises(ValueError, match="infinity") as caught:
        make_union(MinMaxScaler()).fit([[np.inf]])
    assert "transformer 'minmaxscaler'" in caught.value.__notes__[0]
