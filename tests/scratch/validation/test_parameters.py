"""What a model is constructed with is in its range, and told where it is not."""

import numpy as np
import pytest

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import (
    check_choice,
    check_number,
    check_numbers,
    check_random_state,
    check_X_labels,
    check_X_y,
)
from tests.scratch.validation.model import Model, X, y


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
