"""The pattern of a difference, in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from firsthand.study.checking import Mismatch
from firsthand.study.grading.diagnosis import case_of, pattern, rung, shown

A = np.array([[1.0, 2.5], [-3.0, 0.5], [7.0, -1.0]])
S = A[:2]
FLOAT32 = "it was computed in float32, which keeps 7 digits; use float64"


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (17 * A, A, "17 times too large (X has 17 rows)"),
        (3 * A, A, "3 times too large (X has 3 columns)"),
        (A / 4, A, "4 times too small"),
        (A * 1.37, A, "1.37 times too large"),
        (-A, A, "the sign is opposite"),
        (-2 * A, A, "2 times too large, and of opposite sign"),
        (A + 0.25, A, "0.25 too large everywhere"),
        (S.T, S, "transposed"),
        (A.T, A, "transposed"),
        (A.T[:, ::-1], A, "its axes are swapped"),
        (np.abs(A), A, "some signs are opposite"),
        (A[:, 0][::-1], A[:, 0], "in reverse order"),
        (np.sort(A[:, 0]), A[:, 0], "the right numbers in another order"),
        (A * A, A, "the square of what is expected"),
        (1 - A, A, "one minus what is expected"),
        (np.zeros_like(A), A, "all zeros"),
        (0.0, 2.0, "zero"),
        (A + np.eye(3, 2) * [0, 1], A, "entry [1, 1] alone differs"),
        (A * [[1], [1], [2]], A, "row 2 alone differs"),
        (A * [1, 2], A, "column 1 alone differs"),
        (A[:, :1], A[:, 0], "an axis of length 1 too many"),
        (A[:, 0], A[:, :1], "an axis is missing"),
        (np.ones((3, 3)), np.ones(3), "a column and a row were broadcast against each other"),
        (1.0, np.ones(3), "it was summed or averaged over every axis"),
        (np.array([np.nan, 1.0]), np.ones(2), "nan where a number belongs, in 1 of 2 entries"),
        (np.inf, 1.0, "inf where a number belongs"),
        (A + np.array([[1, 0], [0, 2], [0, 0]]), A, "2 of 6 entries differ"),
        (np.array([1.0, 9.0, -4.0]), np.array([2.0, 5.0, 1.0]), ""),
        (A.astype(np.float32) * np.float32(0.1), A * 0.1, FLOAT32),
        (A * (1 + 9e-10 * np.sign(A)), A, "it agrees to 9 digits and no further"),
        (None, A, ""),
        ("text", A, ""),
    ],
)
def test_patterns(got, expected, words: str) -> None:
    assert pattern(got, expected, {"X": np.zeros((17, 3))}) == words


@pytest.mark.parametrize(
    ("error", "name"),
    [(1.0, "wrong"), (5e-3, "suspicious"), (1e-5, "nearly"), (1e-7, "right"), (0.0, "right")],
)
def test_the_error_ladder(error: float, name: str) -> None:
    assert rung(error) == name


def test_a_small_difference_is_shown_with_enough_digits() -> None:
    case = case_of(Mismatch("value", "x", 1.0 + 1e-9, 1.0, {}), "c", ())
    assert case.got.text != case.expected.text


def test_of_all_locals_only_the_inputs_are_shown() -> None:
    case = {"impl": object(), "rng": np.random.default_rng(), "y": 2, "X": A, "dw": A, "J": len}
    found = case_of(Mismatch("value", "dw", A, A, case), "c", ("X", "y"))
    assert [name for name, _ in found.inputs] == ["X", "y"]


numbers = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4))


@given(numbers, numbers)
def test_any_two_results_can_be_told(got, expected) -> None:
    assert isinstance(pattern(got, expected, {}), str)
    case_of(Mismatch("value", "", got, expected, {"x": got}), "c", ())


@given(st.recursive(st.none() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=30))
def test_anything_can_be_shown(value) -> None:
    assert len(shown(value).text) < 2100


def test_what_the_kind_of_mismatch_says_is_not_said_twice() -> None:
    changed = Mismatch("changed input", "X", 2 * A, A, {"X": A}, message="X was changed in place")
    assert case_of(changed, "check", ("X",)).pattern == ""
    a_list = Mismatch("type", "", A[0].tolist(), A[0], {"X": A}, message="the result is list")
    assert case_of(a_list, "check", ("X",)).pattern == ""
