"""A point near the data keeps the digits of products; the origin is taken where it is as good."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.centring import near, off_origin


def test_a_constant_column_is_left_exactly_nothing():
    X = np.full((3000, 2), [0.1, 1e9 + 0.3])
    assert not (X - near(X)).any()


@pytest.mark.parametrize("n_samples", [1, 5, 1024, 50_000])
def test_it_lies_among_the_data_even_if_they_are_sorted(n_samples):
    X = np.sort(1e6 + np.random.default_rng(0).normal(size=(n_samples, 3)), axis=0)
    assert (near(X) >= X.min(axis=0)).all()
    assert (near(X) <= X.max(axis=0)).all()
    assert np.abs(near(X) - X.mean(axis=0)).max() <= 0.2


@given(st.floats(0.0, 2.5), st.floats(4.0, 1e6))
def test_each_column_decides_for_itself(close, far):
    spread = np.random.default_rng(1).normal(size=500)
    spread = (spread - spread.mean()) / spread.std()
    shift = off_origin(np.column_stack([spread + close, spread - far]))
    assert shift[0] == 0.0
    assert shift[1] == pytest.approx(-far)


def test_sorted_data_far_from_the_origin_keeps_its_products():
    X = np.sort(1e7 + np.random.default_rng(2).normal(size=(5000, 2)), axis=0)
    exact = np.cov((X - 1e7).T)
    away = X - off_origin(X)
    d = away.mean(axis=0)
    np.testing.assert_allclose((away.T @ away - 5000 * np.outer(d, d)) / 4999, exact, rtol=1e-9)
