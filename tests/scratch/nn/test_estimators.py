"""What the two estimators promise beyond the contract that every model keeps."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, make_moons
from sklearn.model_selection import train_test_split

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import MLPClassifier, MLPRegressor


def test_moons_need_a_bend():
    X, y = make_moons(300, noise=0.15, random_state=0)
    assert MLPClassifier(hidden_layer_sizes=()).fit(X, y).score(X, y) < 0.92
    assert MLPClassifier((16, 16)).fit(X, y).score(X, y) > 0.97


def test_digits_generalise():
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    model = MLPClassifier((32,), max_iter=30).fit(X, y)
    assert model.score(X_test, y_test) > 0.95
    assert model.loss_curve_[-1] < 0.05 < model.loss_curve_[0]
    np.testing.assert_allclose(model.predict_proba(X_test).sum(axis=1), 1, rtol=1e-12)


def test_the_folded_scaling_is_that_of_standardised_data():
    X, y = load_diabetes(return_X_y=True)
    stretched = X * [1e3, 1e-3, 5, 1, 1, 1, 1, 1, 1, 1] + 40
    near = MLPRegressor(max_iter=20).fit(X, y).predict(X)
    far = MLPRegressor(max_iter=20).fit(stretched, 7 * y - 3).predict(stretched)
    # the offset of 40 takes digits from a feature that varies by 5e-5
    np.testing.assert_allclose(far, 7 * near - 3, rtol=1e-6)


def test_a_constant_column_and_a_constant_target_change_nothing():
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40.0)
    widened = np.column_stack([X, np.full(40, 3.0)])
    assert np.isfinite(MLPRegressor(max_iter=5).fit(widened, y).predict(widened)).all()
    flat = MLPRegressor(max_iter=200).fit(X, np.full(40, 9.0))
    np.testing.assert_allclose(flat.predict(X), 9.0, atol=0.1)


def test_weight_decay_shrinks_and_the_seed_repeats():
    X, y = make_moons(100, noise=0.3, random_state=0)

    def size(model):
        return sum(float((W**2).sum()) for W in model.fit(X, y).coefs_)

    assert size(MLPClassifier(weight_decay=0.05)) < 0.5 * size(MLPClassifier())
    assert size(MLPClassifier(random_state=3)) == size(MLPClassifier(random_state=3))
    assert size(MLPClassifier(random_state=3)) != size(MLPClassifier(random_state=4))


def test_a_diverging_fit_says_so():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(DataError, match=r"no longer finite in epoch .* Lower learning_rate"):
        MLPRegressor(learning_rate=10).fit(X, y)


@pytest.mark.parametrize(
    "parameters",
    [
        {"learning_rate": 0},
        {"weight_decay": -1},
        {"batch_size": 0},
        {"max_iter": 1.5},
        {"hidden_layer_sizes": (3, 0)},
        {"activation": "sigmoid"},
    ],
)
def test_an_impossible_parameter_is_refused(parameters):
    with pytest.raises(ParameterError):
        MLPClassifier(**parameters).fit([[0.0], [1.0]], [0, 1])
