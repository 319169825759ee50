"""What a check lets pass, what it refuses, and what it says where an oracle is not installed."""

import sys

import numpy as np
import pytest

from firsthand.study.checking import (
    Mismatch,
    OracleUnavailable,
    close,
    equal,
    finite_difference,
    holds,
    library,
    raises,
    recording,
    unchanged,
)


@pytest.mark.parametrize("expected", [0.0, np.zeros(3)])
def test_an_expected_zero_is_not_a_wildcard(expected):
    close(expected + 1e-12, expected, case={})
    with pytest.raises(Mismatch, match="value differs"):
        close(expected + 1e-3, expected, case={})


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 1.0, 1e200])
def test_the_error_is_relative_to_the_largest_entry(scale):
    expected = scale * np.array([1.0, -4.0, 0.0])
    close(expected + scale * 1e-12, expected, case={}, atol=0.0)
    with pytest.raises(Mismatch):
        close(expected + scale * 1e-8, expected, case={}, atol=0.0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_a_number_never_agrees(wrong):
    for expected in (0.0, 1.0):
        with pytest.raises(Mismatch):
            close(wrong, expected, case={})


@pytest.mark.parametrize(
    ("got", "what"),
    [
        (None, "type"),
        ("1.0", "type"),
        ([1.0, 2.0], "type"),
        (np.array([1, 2]), "dtype"),
        (np.array([[1.0, 2.0]]), "shape"),
        (np.array([1.0, 3.0]), "value"),
    ],
)
def test_a_difference_is_named_by_its_kind(got, what):
    with pytest.raises(Mismatch) as found:
        close(got, np.array([1.0, 2.0]), case={"x": 1})
    assert found.value.what == what
    assert found.value.case == {"x": 1}


def test_equality_is_exact_and_of_one_shape():
    equal(np.array([1, 2]), [1, 2], case={})
    for wrong, what in (([1, 3], "value"), ([[1, 2]], "shape")):
        with pytest.raises(Mismatch) as found:
            equal(np.array(wrong), [1, 2], case={})
        assert found.value.what == what


def test_a_property_a_refusal_and_a_kept_argument():
    holds(True, "it holds", case={}, got=1)
    with pytest.raises(Mismatch, match="it holds"):
        holds(False, "it holds", case={}, got=1)
    with raises(ValueError, case={}, because="zero has no direction"):
        raise ValueError
    refused = pytest.raises(Mismatch, match="zero has no direction: it should raise ValueError")
    with refused, raises(ValueError, case={}, because="zero has no direction"):
        pass
    unchanged([1.0, np.nan], [1.0, np.nan], of="x", case={})
    with pytest.raises(Mismatch, match="x was changed in place"):
        unchanged([1.0], [2.0], of="x", case={})


def test_what_held_is_counted_and_what_did_not_is_not():
    with recording() as recorder:
        close(1.0 + 1e-12, 1.0, case={})
        equal(2, 2, case={})
        with pytest.raises(Mismatch):
            close(2.0, 1.0, case={})
    assert recorder.comparisons == 2
    assert recorder.worst_error == pytest.approx(1e-12, rel=1e-3)


def test_finite_differences_of_a_polynomial():
    at = np.array([[1.0, -2.0], [0.5, 3.0]])
    slope = finite_difference(lambda x: float(np.sum(x**3)), at)
    np.testing.assert_allclose(slope, 3 * at**2, rtol=1e-8)
    assert finite_difference(lambda x: x**2, 3.0) == pytest.approx(6.0)


def test_an_installed_package_is_returned():
    assert library("numpy.linalg").norm([3.0, 4.0]) == 5.0


def test_a_missing_package_says_how_to_get_it():
    with pytest.raises(OracleUnavailable, match="pip install no_such_oracle"):
        library("no_such_oracle.part")


def test_a_broken_package_is_not_taken_for_a_missing_one(tmp_path, monkeypatch):
    (tmp_path / "half_an_oracle.py").write_text("import not_there_either\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="not_there_either"):
        library("half_an_oracle")
    sys.modules.pop("half_an_oracle", None)
