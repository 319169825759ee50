"""Products of features: by their exponents, one by one, and as scikit-learn makes them."""

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures as Theirs

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.preprocessing import PolynomialFeatures
from firsthand.scratch.preprocessing.polynomial import exponents, products

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n_features", [1, 2, 3, 5])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("interaction_only", [False, True])
def test_products_are_what_the_exponents_say(n_features, degree, interaction_only):
    X = RNG.normal(size=(7, n_features))
    powers = exponents(n_features, (0, degree), interaction_only=interaction_only)
    expected = np.prod(X[:, None, :] ** powers, axis=2)
    found = products(X, degree, interaction_only=interaction_only)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("degree", [1, 3, (0, 2), (1, 1), (2, 2), (2, 4), (3, 3)])
@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize("include_bias", [False, True])
def test_ranges_of_degrees(degree, interaction_only, include_bias):
    X = RNG.normal(size=(6, 3))
    how = {"interaction_only": interaction_only, "include_bias": include_bias}
    mine, library = (kind(degree, **how) for kind in (PolynomialFeatures, Theirs))
    np.testing.assert_allclose(mine.fit_transform(X), library.fit_transform(X), rtol=1e-12)
    np.testing.assert_array_equal(mine.powers_, library.powers_)
    assert list(mine.get_feature_names_out()) == list(library.get_feature_names_out())


@pytest.mark.parametrize("degree", [-1, 1.5, (2, 1), (-1, 2)])
def test_refuses_degrees_that_are_none(degree):
    with pytest.raises(ParameterError, match="degree is"):
        PolynomialFeatures(degree).fit([[1.0]])


def test_refuses_to_make_nothing():
    with pytest.raises(ParameterError, match="empty output"):
        PolynomialFeatures(0, include_bias=False).fit([[1.0]])
