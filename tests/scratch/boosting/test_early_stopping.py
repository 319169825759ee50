"""Held-out samples: how many, of which class, and when they end the boosting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.boosting.early_stopping import (
    check_validation_fraction,
    has_stalled,
    hold_out,
)
from firsthand.scratch.errors import DataError, ParameterError


@given(st.integers(0, 50), st.sampled_from([0.1, 0.25, 0.5]), st.booleans())
def test_every_sample_is_on_one_side(seed, fraction, labels):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 60).astype(float)
    kept, held = hold_out(y, fraction, labels, rng)
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, held])), np.arange(60))
    assert abs(len(held) - fraction * 60) <= (3 if labels else 1)


@given(st.integers(0, 50))
def test_each_class_gives_the_same_part_and_keeps_a_sample(seed):
    y = np.repeat([0.0, 1.0, 2.0], [200, 50, 1])
    kept, held = hold_out(y, 0.2, True, np.random.default_rng(seed))
    np.testing.assert_allclose(np.bincount(y[held].astype(int), minlength=3), [40, 10, 0], atol=1)
    assert set(y[kept]) == {0.0, 1.0, 2.0}


def test_other_seeds_hold_out_other_samples():
    y = np.arange(40.0)
    draws = [hold_out(y, 0.25, False, np.random.default_rng(seed))[1] for seed in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()


def test_too_few_samples_are_refused():
    with pytest.raises(DataError, match="of 1 samples leaves none on one side"):
        hold_out(np.zeros(1), 0.1, False, np.random.default_rng(0))
    with pytest.raises(DataError, match="leaves none"):
        hold_out(np.array([0.0, 1.0]), 0.1, True, np.random.default_rng(0))


@pytest.mark.parametrize("fraction", [0.0, 1, 1.5, "a tenth"])
def test_a_fraction_leaves_something_on_both_sides(fraction):
    with pytest.raises(ParameterError, match="validation_fraction is"):
        check_validation_fraction(fraction)


def test_it_is_stalled_when_the_last_losses_brought_nothing():
    assert not has_stalled([3.0, 2.0], 2, 0.0)  # too early to tell
    assert not has_stalled([3.0, 2.0, 2.5, 1.9], 2, 0.0)
    assert has_stalled([3.0, 2.0, 2.5, 1.9], 2, 0.2)
    assert has_stalled([3.0, 2.0, 2.0, 2.0], 2, 0.0)
