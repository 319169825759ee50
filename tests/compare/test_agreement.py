"""An agreement tells how far apart two arrays are, and where."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from firsthand.compare import agree, agree_exactly, at_most
from firsthand.compare.notebook import table

ARRAYS = npst.arrays(
    np.float64,
    npst.array_shapes(max_dims=3),
    elements=st.integers(-(10**9), 10**9).map(lambda i: i / 1000),
)


@given(ARRAYS, st.floats(1e-6, 1e3))
def test_the_difference_is_relative_to_the_largest_entry(library: np.ndarray, gap: float) -> None:
    scratch = library.copy()
    index = np.unravel_index(scratch.size // 2, scratch.shape)
    scratch[index] += gap
    row = agree("q", scratch, library)
    moved = abs(scratch[index] - library[index])
    assert row.where == tuple(index)
    assert row.largest == pytest.approx(moved)
    scale = np.abs(library).max() or 1.0
    assert row.difference == pytest.approx(moved / scale)
    assert row.agrees == (moved / scale <= row.tolerance)


@given(ARRAYS)
def test_a_thing_agrees_with_itself(array: np.ndarray) -> None:
    assert agree("q", array, array).difference == 0
    assert agree_exactly("q", array, array).agrees


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_never_agrees(bad: float) -> None:
    assert not agree("q", [1.0, bad], [1.0, 2.0], tolerance=1e9).agrees
    assert not agree("q", [1.0, 2.0], [1.0, bad], tolerance=1e9).agrees
    assert agree("q", [1.0, bad], [1.0, bad]).agrees == math.isinf(bad)
    assert agree("q", [1.0, bad], [1.0, bad], missing=True).agrees
    assert not at_most("q", math.nan, 5.0, why="").agrees


def test_another_shape_never_agrees_even_where_it_would_broadcast() -> None:
    row = agree("q", np.zeros((3, 1)), np.zeros(3), tolerance=1e9)
    assert not row.agrees
    assert "(3, 1) from scratch, (3,) in the library" in row.why.replace("from the", "in the")
    assert row.to_json()["difference"] is None
    assert not agree_exactly("q", [1, 2], [1, 2, 3]).agrees


def test_labels_count_how_many_differ() -> None:
    row = agree_exactly("classes", ["a", "b", "c"], ["a", "x", "y"])
    assert row.difference == 2
    assert not row.agrees
    assert agree_exactly("classes", [1, 2, 2], [1, 2, 3]).where == (2,)


def test_a_bound_is_kept_or_broken_by_so_much() -> None:
    assert at_most("mistakes", 7, 51.2, why="").agrees
    row = at_most("mistakes", 60, 51.5, why="")
    assert (row.agrees, row.difference) == (False, 8.5)


def test_a_table_agrees_when_every_row_does_and_there_is_one() -> None:
    right, wrong = agree("right", 1.0, 1.0), agree("<wrong>", 1.0, 2.0)
    assert table(right).agrees
    assert not table(right, wrong).agrees
    assert not table().agrees
    shown = table(right, wrong)._repr_html_()
    assert "&lt;wrong&gt;" in shown
    assert "1 from scratch, 2 in the library" in shown
    assert "✗ no" in repr(table(right, wrong))
