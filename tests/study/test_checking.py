"""What `close` lets pass: equality up to a tolerance, and nothing else."""

import numpy as np
import pytest

from firsthand.study.checking import Mismatch, close


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
