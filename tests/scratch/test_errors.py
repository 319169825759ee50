"""An error of scratch is caught by its own name and, where scikit-learn is loaded, by its."""

import pickle
import warnings

import pytest
import sklearn.exceptions

from firsthand.scratch import errors

SHARED = [
    "NotFittedError",
    "DataConversionWarning",
    "ConvergenceWarning",
    "FitFailedWarning",
    "UndefinedMetricWarning",
]


@pytest.mark.parametrize("name", SHARED)
def test_belongs_to_both_families(name):
    joined = errors.in_both_families(getattr(errors, name))
    assert issubclass(joined, getattr(errors, name))
    assert issubclass(joined, getattr(sklearn.exceptions, name))
    assert joined is errors.in_both_families(getattr(errors, name))
    copy = pickle.loads(pickle.dumps(joined("why")))
    assert type(copy) is joined
    assert copy.args == ("why",)


@pytest.mark.parametrize("name", SHARED)
def test_needs_no_sklearn(name, monkeypatch):
    monkeypatch.delitem(__import__("sys").modules, "sklearn.exceptions")
    assert errors.in_both_families(getattr(errors, name)) is getattr(errors, name)


def test_a_filter_written_for_either_family_works():
    for family in (errors, sklearn.exceptions):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", family.ConvergenceWarning)
            warnings.warn(
                "ran out", errors.in_both_families(errors.ConvergenceWarning), stacklevel=1
            )


def test_all_errors_are_one_tree():
    named = [v for v in vars(errors).values() if isinstance(v, type)]
    own = [v for v in named if v.__module__ == errors.__name__ and issubclass(v, Exception)]
    for error in own:
        assert issubclass(error, (errors.ScratchError, Warning))
        assert error.__name__ in errors.__doc__
