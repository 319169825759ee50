"""Column transformers against scikit-learn's: which columns, in which order, under which names."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn.compose as theirs
import sklearn.preprocessing as their_preprocessing
from sklearn.model_selection import GridSearchCV

from firsthand.scratch.base import clone
from firsthand.scratch.compose import (
    ColumnTransformer,
    Pipeline,
    make_column_selector,
    make_column_transformer,
)
from firsthand.scratch.compose.columns import find_columns
from firsthand.scratch.errors import DataError, NotFittedError, ParameterError, ParameterTypeError
from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

FRAME = pd.DataFrame(
    {
        "age": [20.0, 30.0, 40.0, 50.0],
        "height": [1.5, 1.8, 1.6, 1.9],
        "city": ["Rome", "Oslo", "Rome", "Rome"],
        "sold": [True, False, True, True],
    }
)
ARRAY = np.arange(12.0).reshape(4, 3) ** 2
KEYS = [
    ["age"],
    ["height", "age"],
    slice("age", "height"),
    slice(None, "height"),
    [0],
    [-4, 1],
    slice(0, 2),
    [True, False, False, True],
    np.array([0, 3]),
    pd.Index(["age"]),
    make_column_selector(dtype_include=float),
    make_column_selector("ei"),
    lambda table: [name for name in table.columns if len(name) == 3],
    [],
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: getattr(key, "__name__", str(key)))
@pytest.mark.parametrize("remainder", ["drop", "passthrough"])
@pytest.mark.parametrize("prefixed", [True, False])
def test_is_what_sklearn_makes(key, remainder, prefixed):
    how = {"remainder": remainder, "verbose_feature_names_out": prefixed}
    mine = ColumnTransformer([("scale", StandardScaler(), key), ("off", "drop", ["city"])], **how)
    library = theirs.ColumnTransformer(
        [("scale", their_preprocessing.StandardScaler(), key), ("off", "drop", ["city"])], **how
    )
    found, expected = (model.fit_transform(FRAME).astype(float) for model in (mine, library))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_array_equal(mine.transform(FRAME), mine.fit_transform(FRAME))
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())
    nothing = {"scale": slice(0, 0), "off": slice(0, 0), "remainder": slice(0, 0)}
    assert mine.output_indices_ == getattr(library, "output_indices_", nothing)
    assert [name for name, *_ in mine.transformers_] == [n for n, *_ in library.transformers_]
    assert mine.n_features_in_ == 4


@pytest.mark.parametrize("key", [[0], [2, 0], slice(1, 3), [False, True, True], [-1]], ids=str)
@pytest.mark.parametrize("remainder", ["drop", "passthrough", MinMaxScaler()])
def test_arrays(key, remainder):
    mine = ColumnTransformer([("scale", StandardScaler(), key)], remainder=remainder)
    library = theirs.ColumnTransformer(mine.transformers, remainder=remainder)
    np.testing.assert_array_equal(mine.fit_transform(ARRAY), library.fit_transform(ARRAY))
    np.testing.assert_array_equal(mine.transform(ARRAY[::-1]), library.transform(ARRAY[::-1]))
    assert mine.output_indices_ == library.output_indices_
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())


def test_numbers_and_words_of_a_list_of_rows():
    rows = [[1.0, "a"], [3.0, "b"]]
    prepare = make_column_transformer((StandardScaler(), [0]), (OneHotEncoder(), [1]))
    assert prepare.fit_transform(rows).tolist() == [[-1, 1, 0], [1, 0, 1]]
    assert list(prepare.named_transformers_) == ["standardscaler", "onehotencoder"]
    assert prepare.named_transformers_.standardscaler.mean_.tolist() == [2.0]


def test_one_column_by_itself_is_a_row_of_values():
    count = their_preprocessing.FunctionTransformer(lambda column: np.array(column)[:, None])
    for table, key in ((FRAME, "age"), (ARRAY, 1)):
        mine = ColumnTransformer([("one", count, key)]).fit_transform(table)
        np.testing.assert_array_equal(
            mine, theirs.ColumnTransformer([("one", count, key)]).fit_transform(table)
        )
    with pytest.raises(DataError, match="should be 2D") as caught:
        ColumnTransformer([("one", "passthrough", "age")]).fit(FRAME)
    assert "transformer 'one' of the columns 'age'" in caught.value.__notes__[0]


def test_columns_of_a_frame_are_found_again_by_name():
    prepare = ColumnTransformer(
        [("scale", StandardScaler(), ["age"]), ("words", OneHotEncoder(), ["city"])]
    )
    expected = prepare.fit_transform(FRAME)
    other = FRAME[["city", "age"]].assign(more=1)
    np.testing.assert_array_equal(prepare.transform(other), expected)
    with pytest.raises(DataError, match="columns are missing: city"):
        prepare.transform(FRAME[["age", "height"]])
    np.testing.assert_array_equal(prepare.transform(FRAME.to_numpy()), expected)
    with pytest.raises(DataError, match="expecting 4 features"):
        prepare.transform(FRAME.to_numpy()[:, :3])
    assert list(prepare.feature_names_in_) == list(FRAME.columns)
    with pytest.raises(DataError, match="input_features is not equal"):
        prepare.get_feature_names_out(["a", "b", "c", "d"])


def test_the_models_given_stay_unfitted():
    scale = StandardScaler()
    prepare = ColumnTransformer([("scale", scale, [0])], remainder=scale).fit(ARRAY)
    assert not scale.__sklearn_is_fitted__()
    assert prepare.transformers_[0][1].n_features_in_ == 1
    assert prepare.transformers_[1][1].n_features_in_ == 2
    again = clone(prepare)
    with pytest.raises(NotFittedError):
        again.transform(ARRAY)
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(prepare)).transform(ARRAY), prepare.transform(ARRAY)
    )


def test_parameters_reach_into_transformers():
    prepare = ColumnTransformer([("scale", StandardScaler(), [0])], remainder=MinMaxScaler())
    prepare.set_params(scale__with_mean=False, remainder__clip=True)
    assert prepare.get_params()["scale__with_mean"] is False
    assert prepare.remainder.clip
    prepare.set_params(scale="passthrough")
    assert prepare.transformers == [("scale", "passthrough", [0])]


def test_a_table_of_numbers_and_words_is_learned_in_a_search():
    table = pd.concat([FRAME] * 10, ignore_index=True)
    y = np.where(table.city == "Rome", "warm", "cold")
    prepare = ColumnTransformer(
        [("scale", StandardScaler(), ["age", "height"]), ("words", OneHotEncoder(), ["city"])]
    )
    model = Pipeline([("prepare", prepare), ("model", LogisticRegression())])
    grid = {"prepare__scale": [MinMaxScaler(), "drop"], "model__l2": [0.01, 0.1]}
    search = GridSearchCV(model, grid, cv=3, error_score="raise").fit(table, y)
    assert search.best_score_ == 1.0
    names = list(model.fit(table, y)[:-1].get_feature_names_out())
    assert names == ["scale__age", "scale__height", "words__city_Oslo", "words__city_Rome"]


def test_sklearns_inside_ours_and_ours_inside_sklearns():
    words = their_preprocessing.OneHotEncoder()  # sparse, and made dense beside numbers
    parts = [("words", words, ["city"]), ("scale", StandardScaler(), ["age"])]
    mine, library = ColumnTransformer(parts), theirs.ColumnTransformer(parts)
    np.testing.assert_array_equal(mine.fit_transform(FRAME), library.fit_transform(FRAME))
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())


def test_names_that_collide_are_refused():
    twice = [("a", StandardScaler(), ["age"]), ("b", MinMaxScaler(), ["age"])]
    prepare = ColumnTransformer(twice, verbose_feature_names_out=False).fit(FRAME)
    with pytest.raises(ParameterError, match=r"\['age'\] are not unique"):
        prepare.get_feature_names_out()


def test_a_transformer_without_names_is_told():
    class Bare:
        def fit(self, X, y=None):
            return self

        def transform(self, X):
            return X

        def get_params(self, deep=True):
            return {}

    prepare = ColumnTransformer([("bare", Bare(), ["age"])]).fit(FRAME)
    with pytest.raises(AttributeError, match=r"Transformer bare .* does not provide get_feature"):
        prepare.get_feature_names_out()


@pytest.mark.parametrize(
    ("key", "error", "told"),
    [
        (["weight"], ParameterError, "'weight' is not among age, height, city, sold"),
        ([7], ParameterError, "no column 7: X has 4 columns"),
        ([-5], ParameterError, "no column -5"),
        ([True], ParameterError, "has 1 entries, but X has 4 columns"),
        (["age", 0], ParameterTypeError, "No valid specification of the columns"),
        ([1.5], ParameterTypeError, "No valid specification"),
    ],
)
def test_refuses_columns_that_are_not_there(key, error, told):
    with pytest.raises(error, match=told) as caught:
        ColumnTransformer([("scale", StandardScaler(), key)]).fit(FRAME)
    assert "transformer 'scale'" in caught.value.__notes__[0]


def test_other_refusals():
    with pytest.raises(ParameterError, match="only supported for data frames"):
        ColumnTransformer([("scale", StandardScaler(), ["age"])]).fit(ARRAY)
    with pytest.raises(ParameterTypeError, match="should implement fit and transform"):
        ColumnTransformer([("scale", "passthru", [0])]).fit(ARRAY)
    with pytest.raises(ParameterTypeError, match="'remainder' is 3"):
        ColumnTransformer([("scale", "drop", [0])], remainder=3).fit(ARRAY)
    with pytest.raises(ParameterError, match="not unique: a"):
        ColumnTransformer([("a", "drop", [0]), ("a", "drop", [1])]).fit(ARRAY)
    with pytest.raises(ParameterTypeError, match="can only be applied to pandas"):
        make_column_selector("a")(ARRAY)


def test_columns_are_found_by_every_kind_of_key():
    names = np.array(["a", "b", "c"], dtype=object)
    assert find_columns("b", 3, names) == [1]
    assert find_columns(np.int64(2), 3, None) == [2]
    assert find_columns(slice(None, "b"), 3, names) == [0, 1]
    assert find_columns(slice(None), 3, None) == [0, 1, 2]
    assert find_columns(np.array([True, False, True]), 3, None) == [0, 2]
