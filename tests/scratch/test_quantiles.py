"""Weighted quantiles, against NumPy's on samples repeated as often as they weigh."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firsthand.scratch.quantiles import weighted_quantiles


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 3)), min_size=1, max_size=30),
    st.lists(st.integers(0, 16), min_size=1, max_size=5),
)
def test_a_weight_is_a_number_of_copies(pairs, sixteenths):
    values, weight = np.array(pairs, float).T
    if not weight.any():
        weight += 1
    q = np.array(sixteenths) / 16
    copies = np.repeat(values, weight.astype(int))
    expected = np.quantile(copies, q, method="averaged_inverted_cdf")
    np.testing.assert_allclose(weighted_quantiles(values, q, weight), expected, rtol=0, atol=1e-12)


@given(st.integers(0, 100))
def test_the_scale_of_weights_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    values, weight, q = rng.normal(size=20), rng.integers(1, 4, 20) * 1.0, np.arange(1, 8) / 8
    expected = weighted_quantiles(values, q, weight)
    for scale in (1e-9, 0.1, 3.0, 1e9):
        np.testing.assert_array_equal(weighted_quantiles(values, q, weight * scale), expected)
