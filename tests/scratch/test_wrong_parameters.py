"""A parameter of a wrong kind is refused with its name, whichever model it belongs to."""

import numpy as np
import pytest

from firsthand.scratch.errors import ParameterError
from tests.scratch.examples import example
from tests.scratch.test_estimators import MODELS

X = np.column_stack([np.arange(30) % 5, np.arange(30) % 6]).astype(np.float64)
y = np.arange(30) % 2
NO_FLAGS = ("no", 0, None, np.array([True, False]))
# what no parameter that is a number, a word or a list of them can be
NONSENSE = (object(), np.nan, np.inf, {}, b"x", np.array([[1, 2, 3]]))
# a model, a function, data to compare with, or a seed: they say themselves what they take
OTHERS = {
    *("estimator", "estimators", "regressor", "transformer", "transformers", "transformer_list"),
    *("steps", "remainder", "func", "inverse_func", "kw_args", "inv_kw_args", "kernel", "drop"),
    *("cv", "scoring", "refit", "error_score", "param_grid", "param_distributions"),
    *("missing_values", "fill_value", "feature_names_out", "random_state", "class_weight"),
    *("encoded_missing_value", "unknown_value", "transformer_weights", "memory", "shrink", "inner"),
    *("weights", "metric_params"),
}


def parameters():
    for model in MODELS:
        if model.__module__.startswith(("firsthand.scratch.nn", "tests")):
            continue
        for name, value in example(model).get_params(deep=False).items():
            if name not in OTHERS:
                wrong = NO_FLAGS if isinstance(value, bool) else NONSENSE
                yield pytest.param(model, name, wrong, id=f"{model.__name__}-{name}")


@pytest.mark.parametrize(("model", "name", "wrong"), list(parameters()))
def test_a_parameter_of_a_wrong_kind_is_refused_by_name(model, name, wrong):
    for value in wrong:
        with pytest.raises(ParameterError, match=name):
            example(model).set_params(**{name: value}).fit(X, y)
