"""Data for tests of metrics: small, with ties, missing classes and text among the labels."""

import warnings

import numpy as np
from hypothesis import strategies as st

TOLERANCE = 1e-12  # sums of the same numbers in another order
KINDS = [np.array([0, 1, 2]), np.array(["ant", "bee", "cow"]), np.array([-1.0, 1.0, 7.0])]


@st.composite
def label_columns(draw, n_classes=3, n_columns=2, kinds=KINDS, min_size=1):
    """Draw columns of labels and a column of weights (or None) for them."""
    classes = draw(st.sampled_from(kinds))[:n_classes]
    n = draw(st.integers(min_size, 12))
    codes = st.lists(st.integers(0, len(classes) - 1), min_size=n, max_size=n)
    columns = [classes[draw(codes)] for _ in range(n_columns)]
    return *columns, draw(weight_columns(n))


def weight_columns(n):
    """Draw a positive weight for each of n samples, zero now and then, or None."""
    some = st.sampled_from([0.5, 1.0, 2.25, 0.125])
    first = st.lists(some, min_size=1, max_size=1)
    rest = st.lists(st.one_of(some, st.just(0.0)), min_size=n - 1, max_size=n - 1)
    weights = st.builds(lambda a, b: np.array(a + b), first, rest)
    return st.one_of(st.none(), weights, st.just(np.arange(1, n + 1)))


def quiet(function, *args, **kwargs):
    """Return what a metric gives without its warnings, or the error it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            return error


def agree(ours, theirs, *args, tolerance=TOLERANCE, **kwargs):
    """Hold two metrics together: the same numbers, or an error on both sides."""
    got, expected = quiet(ours, *args, **kwargs), quiet(theirs, *args, **kwargs)
    if isinstance(expected, Exception) or isinstance(got, Exception):
        assert isinstance(got, ValueError), f"expected an error like {expected!r}, got {got!r}"
        assert isinstance(expected, ValueError), f"expected {expected!r}, got {got!r}"
        return
    pairs = zip(got, expected, strict=True) if isinstance(expected, tuple) else [(got, expected)]
    for mine, library in pairs:
        assert (mine is None) == (library is None)
        if mine is not None:
            assert np.shape(mine) == np.shape(library)
            np.testing.assert_allclose(
                np.asarray(mine, float), np.asarray(library, float), rtol=tolerance, atol=tolerance
            )
