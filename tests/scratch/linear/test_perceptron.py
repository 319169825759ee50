"""The perceptron against scikit-learn's, against its theorem, and on what it must refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import Perceptron as SklearnPerceptron
from sklearn.linear_model import SGDClassifier

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.linear import Perceptron
from firsthand.scratch.linear.perceptron import (
    epoch,
    margin,
    mistake_bound,
    predict,
    rules_out_a_line,
    train,
    train_averaged,
)
from firsthand.scratch.linear.separability import widest_line

GATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = np.array([-1.0, -1.0, -1.0, 1.0])
OR = np.array([-1.0, 1.0, 1.0, 1.0])
XOR = np.array([-1.0, 1.0, 1.0, -1.0])


@st.composite
def separable(draw):
    """Samples with a line between them, some of them close to it."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    X = rng.normal(size=(draw(st.integers(2, 20)), draw(st.integers(1, 4))))
    w, b = rng.normal(size=X.shape[1]), rng.normal()
    X = X[np.abs(X @ w + b) > 0.1 * np.linalg.norm(w)]
    y = np.where(X @ w + b > 0, 1.0, -1.0)
    return (X, y) if len(X) else (GATES, AND)


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("n_epochs", [1, 5])
def test_is_sklearns_to_the_last_digit(load, n_epochs):
    X, y = load(return_X_y=True)
    theirs = SklearnPerceptron(eta0=0.3, max_iter=n_epochs, tol=None, shuffle=False).fit(X, y)
    ours = Perceptron(0.3, max_iter=n_epochs, shuffle=False).fit(X, y)
    # the same sums in the same order; a pass free of mistakes changes nothing in either
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-10, atol=1e-10)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
def test_the_average_is_sklearns(load):
    X, y = load(return_X_y=True)
    theirs = SGDClassifier(
        loss="perceptron",
        penalty=None,
        learning_rate="constant",
        eta0=0.3,
        average=True,
        max_iter=4,
        tol=None,
        shuffle=False,
    ).fit(X, y)
    ours = Perceptron(0.3, average=True, max_iter=4, shuffle=False).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-9)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-9)


@settings(deadline=None)  # the machine may be slow; what is asserted is no time
@given(separable(), st.integers(0, 1000))
def test_separable_data_is_learned_within_the_bound_in_any_order(data, seed):
    X, y = data
    best = widest_line(X, y)
    w, b, mistakes = train(X, y, max_epochs=10**4, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(predict(X, w, b), y)
    assert mistakes[-1] == 0
    tightest = mistake_bound(X, y, *best) * (1 + 1e-9)  # equality is possible, and rounds
    assert sum(mistakes) <= tightest <= mistake_bound(X, y, w, b) * (1 + 1e-8)
    assert (margin(X, y, w, b) > 0) or not w.any()


# A power of two scales without rounding, so that no sample near the line changes its side.
@settings(deadline=None)
@given(separable(), st.integers(-8, 8).map(lambda k: 2.0**k))
def test_the_learning_rate_scales_the_weights_and_nothing_else(data, learning_rate):
    X, y = data
    w, b, mistakes = train(X, y, max_epochs=5)
    scaled_w, scaled_b, scaled_mistakes = train(X, y, learning_rate, max_epochs=5)
    assert scaled_mistakes == mistakes
    np.testing.assert_array_equal(scaled_w, learning_rate * w)
    assert scaled_b == learning_rate * b


@pytest.mark.parametrize("gate", [AND, OR])
def test_gates_with_a_line_are_learned(gate):
    w, b, mistakes = train(GATES, gate)
    np.testing.assert_array_equal(predict(GATES, w, b), gate)
    assert mistakes[-1] == 0


def test_xor_comes_back_to_zero_every_pass_which_proves_that_no_line_exists():
    w, b, mistakes = train(GATES, XOR, max_epochs=7)
    assert mistakes == [4] * 7
    assert (w.tolist(), b) == ([0.0, 0.0], 0.0)
    assert rules_out_a_line(GATES, XOR, np.array([1, 1, 1, 1]))
    assert not rules_out_a_line(GATES, AND, np.array([1, 1, 1, 1]))


def test_the_average_is_of_all_steps():
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(9, 2)), rng.choice([-1.0, 1.0], 9)
    w, b, visited = np.zeros(2), 0.0, []
    for order in ([i] for _ in range(3) for i in range(9)):
        w, b, _ = epoch(X, y, w, b, 0.5, np.array(order))
        visited.append([*w, b])
    mean_w, mean_b, _ = train_averaged(X, y, 0.5, 3)
    np.testing.assert_allclose([*mean_w, mean_b], np.mean(visited, axis=0), rtol=1e-12)


def test_tells_whether_it_got_there():
    assert Perceptron(random_state=0).fit(GATES, AND).converged_
    model = Perceptron(max_iter=12, random_state=0).fit(GATES, XOR)
    assert not model.converged_
    assert model.n_iter_ == 12
    assert len(model.mistakes_[0]) == 12


def test_the_same_seed_gives_the_same_model():
    X, y = load_breast_cancer(return_X_y=True)
    one, two, other = (Perceptron(max_iter=2, random_state=s).fit(X, y) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.coef_, two.coef_)
    assert not np.array_equal(one.coef_, other.coef_)


def test_bad_input_is_refused():
    for wrong in ({"learning_rate": 0}, {"learning_rate": "big"}, {"max_iter": 0}):
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            Perceptron(**wrong).fit(GATES, AND)
    with pytest.raises(DataError, match="1 class only"):
        Perceptron().fit(GATES, np.ones(4))
    with pytest.raises(ValueError, match="no line to measure from"):
        margin(GATES, AND, np.zeros(2), 1.0)
    with pytest.raises(ValueError, match="does not separate"):
        mistake_bound(GATES, XOR, np.array([1.0, 1.0]), -0.5)
