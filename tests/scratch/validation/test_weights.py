"""Weights are one number for each sample, none negative, not all zero."""

import numpy as np
import pytest

from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import check_sample_weight


def test_sample_weights():
    np.testing.assert_array_equal(check_sample_weight(None, 3), np.ones(3))
    np.testing.assert_array_equal(check_sample_weight([0, 2], 2), [0.0, 2.0])
    for weights, says in [
        ([1, 1, 1], r"shape \(3,\), but X has 2 samples"),
        (np.ones((2, 2)), r"shape \(2, 2\)"),
        ([1, -1], r"negative \(-1\)"),
        ([0, 0], "weights are zero"),
        ([1, np.nan], "Input sample_weight contains NaN at row 1"),
    ]:
        with pytest.raises(DataError, match=says):
            check_sample_weight(weights, 2)


def test_weights_next_to_zero_are_refused():
    check_sample_weight([1e-149, 0.0], 2)
    with pytest.raises(DataError, match=r"largest sample weight is 1e-310.*the same number"):
        check_sample_weight([1e-310, 0.0], 2)
