"""Parameters, how a model shows itself, and what it is before it was fitted."""

import numpy as np
import pytest
import sklearn.cluster
import sklearn.linear_model

from firsthand.scratch.base import (
    Classifier,
    Estimator,
    Transformer,
    clone,
    kind_of,
    numbered_names,
)
from firsthand.scratch.errors import DataError, NotFittedError, ParameterError


class Inner(Estimator):
    def __init__(self, scale=1.0, *, shift=0):
        self.scale = scale
        self.shift = shift


class Outer(Estimator):
    def __init__(self, inner=None, size=3):
        self.inner = inner
        self.size = size


class Bare(Estimator):
    pass


def test_parameters_are_read_from_the_signature_in_its_order():
    assert list(Inner(2.0).get_params()) == ["scale", "shift"]
    assert Inner(2.0, shift=1).get_params() == {"scale": 2.0, "shift": 1}
    assert Bare().get_params() == {}


def test_nested_parameters_are_reached_by_two_underscores():
    model = Outer(Inner(2.0))
    assert model.get_params()["inner__scale"] == 2.0
    assert "inner__scale" not in model.get_params(deep=False)
    assert model.set_params(inner__scale=5.0, size=4) is model
    assert (model.inner.scale, model.size) == (5.0, 4)
    replaced = Inner(1.0)
    model.set_params(inner__scale=7.0, inner=replaced)
    assert model.inner is replaced
    assert replaced.scale == 7.0


def test_an_unknown_parameter_sets_nothing():
    model = Inner()
    with pytest.raises(ParameterError, match="Inner has no parameter 'scael'; it has scale, shift"):
        model.set_params(scale=3.0, scael=2.0)
    assert model.scale == 1.0


def test_repr_is_the_call_that_makes_it():
    assert repr(Inner()) == "Inner()"
    assert repr(Inner(float("1"))) == "Inner()", "equal to the default, though another object"
    assert repr(Outer(Inner(2.0, shift=0))) == "Outer(inner=Inner(scale=2.0))"


def test_a_description_of_the_input_is_no_fit():
    model = Inner()
    model.n_features_in_ = 3
    assert not model.__sklearn_is_fitted__()
    model.coef_ = [1.0]
    assert model.__sklearn_is_fitted__()


class Team(Estimator):
    parts = "members"

    def __init__(self, members=(), size=3):
        self.members = members
        self.size = size


def test_named_models_in_a_list_are_parameters():
    team = Team([("a", Inner(1.0), "more"), ("b", "drop")])
    assert team.get_params()["a__scale"] == 1.0
    assert team.get_params()["b"] == "drop"
    assert set(team.get_params(deep=False)) == {"members", "size"}
    before = team.members
    team.set_params(a__scale=2.0, b=Inner(5.0), b__shift=1)
    assert team.members[0][1] is before[0][1]
    assert repr(team.members) == (
        "[('a', Inner(scale=2.0), 'more'), ('b', Inner(scale=5.0, shift=1))]"
    )
    assert before[1] == ("b", "drop")
    again = clone(team)
    assert repr(again) == repr(team)
    assert again.members[0][1] is not team.members[0][1]


def test_a_new_list_brings_its_names_and_an_unknown_name_sets_nothing():
    team = Team([("a", Inner(1.0))])
    team.set_params(members=[("c", Inner(1.0))], c__scale=3.0)
    assert repr(team.members) == "[('c', Inner(scale=3.0))]"
    with pytest.raises(ParameterError, match="Team has no parameter 'a__scale'; it has members"):
        team.set_params(members=[("d", Inner())], a__scale=2.0)
    assert team.members[0][0] == "c"


@pytest.mark.parametrize("broken", ["text", 3, None, [1, 2], [("a",)], [(1, Inner())]])
def test_what_is_no_list_of_named_models_is_shown_as_it_is(broken):
    assert Team(broken).get_params() == {"members": broken, "size": 3}


class Halves(Transformer, Estimator):
    def fit(self, X, y=None, sample_weight=None):
        self.n_features_in_ = np.shape(X)[1]
        self.half_ = 0.5
        self.weighted_ = sample_weight is not None
        return self

    def transform(self, X):
        return np.asarray(X) * self.half_


def test_fit_transform_hands_fit_parameters_on():
    model = Halves()
    assert model.fit_transform([[2.0]], sample_weight=[1.0]).tolist() == [[1.0]]
    assert model.weighted_


def test_names_out_are_names_in():
    model = Halves()
    with pytest.raises(NotFittedError):
        model.get_feature_names_out()
    model.fit([[1.0, 2.0]])
    assert model.get_feature_names_out().tolist() == ["x0", "x1"]
    assert model.get_feature_names_out(["a", "b"]).tolist() == ["a", "b"]
    with pytest.raises(DataError, match=r"equal to number of features \(2\), got 1"):
        model.get_feature_names_out(["a"])
    assert numbered_names(model, 2).tolist() == ["halves0", "halves1"]
    with pytest.raises(NotFittedError):
        numbered_names(Halves(), 2)


def test_what_a_model_is_ours_or_sklearns():
    class Ours(Classifier, Estimator):
        pass

    assert kind_of(Ours()) == "classifier"
    assert kind_of(sklearn.linear_model.Ridge()) == "regressor"
    assert kind_of(sklearn.cluster.KMeans()) == "clusterer"
    assert kind_of("passthrough") is None
