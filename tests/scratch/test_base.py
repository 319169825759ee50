"""Parameters, how a model shows itself, and what it is before it was fitted."""

import pytest

from firsthand.scratch.base import Estimator
from firsthand.scratch.errors import ParameterError


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
