"""t-SNE: probabilities and gradient against scikit-learn's own and central differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import squareform
from scipy.stats import entropy
from sklearn import manifold
from sklearn.datasets import load_digits, load_iris, make_blobs
from sklearn.manifold import trustworthiness
from sklearn.manifold._t_sne import _gradient_descent, _joint_probabilities, _kl_divergence

from firsthand.scratch.decomposition import TSNE, Descent
from firsthand.scratch.decomposition.tsne import (
    conditional_probabilities,
    descent_step,
    joint_probabilities,
    kl_divergence,
    kl_gradient,
    student_kernel,
)
from firsthand.scratch.distances import squared_distances
from firsthand.scratch.errors import DataError, ParameterError

IRIS = load_iris().data


def cloud(n=40, d=3, seed=0):
    """Return whole numbers: their squared distances are exact in single precision."""
    return np.random.default_rng(seed).integers(0, 12, (n, d)).astype(float)


def problem(n=30, n_components=2, seed=0, spread=1.0):
    """Return P of a cloud, and a map of it."""
    X = cloud(n, seed=seed)
    P = joint_probabilities(squared_distances(X, X), 5.0)
    return P, spread * np.random.default_rng(seed).normal(size=(n, n_components))


@pytest.mark.parametrize("perplexity", [2.5, 5.0, 30.0])
def test_joint_probabilities_are_sklearns(perplexity):
    X = np.random.default_rng(0).normal(size=(40, 3))
    D = squared_distances(X, X).astype(np.float32).astype(np.float64)  # theirs is in single
    theirs = _joint_probabilities(D, perplexity, 0)
    np.testing.assert_allclose(squareform(joint_probabilities(D, perplexity)), theirs, rtol=1e-9)


def test_two_equally_near_neighbours_count_as_two():
    D = np.array([[0.0, 1, 1, 9], [1, 0, 4, 9], [1, 4, 0, 9], [9, 9, 9, 0]])
    P = conditional_probabilities(D, 1.5)  # which the first sample cannot have
    np.testing.assert_allclose(P[0], [0, 0.5, 0.5, 0], atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(1.1, 15), st.sampled_from([1e-6, 1.0, 1e6]))
def test_every_row_has_the_perplexity(seed, perplexity, scale):
    X = scale * np.random.default_rng(seed).normal(size=(20, 3))
    P = conditional_probabilities(squared_distances(X, X), perplexity)
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    assert np.diag(P).tolist() == [0.0] * 20
    np.testing.assert_allclose(np.exp(entropy(P, axis=1)), perplexity, rtol=1.1e-5)


def test_samples_far_from_all_others_have_neighbours_too():
    X = np.vstack([cloud(10), [[1e6] * 3], [[1e6 + 1] * 3]])
    P = conditional_probabilities(squared_distances(X, X), 3.0)
    np.testing.assert_allclose(np.exp(entropy(P, axis=1)), 3.0, rtol=1e-4)


def test_copies_share_their_neighbours():
    D = np.zeros((4, 4))
    np.testing.assert_allclose(conditional_probabilities(D, 2.0), (1 - np.eye(4)) / 3)


@pytest.mark.parametrize("n_components", [1, 2, 3, 4])
def test_divergence_and_gradient_are_sklearns(n_components):
    P, Y = problem(n_components=n_components)
    nu = max(n_components - 1, 1)
    expected, gradient = _kl_divergence(Y.ravel(), squareform(P), nu, len(Y), n_components)
    dY, Q = kl_gradient(Y, P, nu)
    assert kl_divergence(P, Q) == pytest.approx(expected, rel=1e-12)
    if nu == 1:  # beyond the plane theirs has w in place of w^(2 / (nu + 1))
        np.testing.assert_allclose(dY.ravel(), gradient, rtol=1e-9, atol=1e-14)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 2.0, 5.0]), st.floats(0.01, 5))
def test_the_gradient_is_that_of_the_divergence(seed, nu, spread):
    P, Y = problem(8, 3, seed % 1000, spread)

    def loss(Y):
        return kl_divergence(P, kl_gradient(Y, P, nu)[1])

    direction = np.random.default_rng(seed).normal(size=Y.shape)
    h = 1e-6 * spread
    central = (loss(Y + h * direction) - loss(Y - h * direction)) / (2 * h)
    assert np.sum(kl_gradient(Y, P, nu)[0] * direction) == pytest.approx(
        central, rel=1e-5, abs=1e-7
    )


def test_the_kernel_has_heavy_tails():
    K = student_kernel(np.array([[0.0], [3.0]]), nu=3.0)
    np.testing.assert_allclose(K, [[0, 1 / 4], [1 / 4, 0]])


def test_the_descent_is_sklearns_step_by_step():
    P, Y = problem(25, spread=1e-2)
    state = Descent(Y, np.zeros_like(Y), np.ones_like(Y))
    for n_steps in range(1, 31):
        state = descent_step(state, kl_gradient(state.Y, P)[0], 20.0, 0.8)
        theirs, _, _ = _gradient_descent(
            lambda p, compute_error: _kl_divergence(
                p, squareform(P), 1, 25, 2, compute_error=compute_error
            ),
            Y.ravel(),
            it=0,
            max_iter=n_steps,
            learning_rate=20.0,
            momentum=0.8,
            min_grad_norm=0.0,
        )
        np.testing.assert_allclose(state.Y.ravel(), theirs, rtol=1e-6, atol=1e-9)


def test_a_slow_descent_ends_where_sklearns_does():
    """At a usual rate rounding grows into another map; at this one it has no time to."""
    X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32).astype(np.float64)
    how = {"perplexity": 5, "init": 0.1 * np.random.default_rng(1).normal(size=(40, 2))}
    how |= {"max_iter": 250, "learning_rate": 0.5}
    ours, theirs = TSNE(**how).fit(X), manifold.TSNE(**how, method="exact").fit(X)
    np.testing.assert_allclose(ours.embedding_, theirs.embedding_, atol=1e-3)


@pytest.mark.parametrize("init", ["pca", "random"])
def test_maps_are_as_good_as_sklearns(init):
    X = load_digits().data[:120]
    ours = TSNE(perplexity=15, init=init, random_state=0).fit(X)
    theirs = manifold.TSNE(perplexity=15, init=init, random_state=0, method="exact").fit(X)
    assert ours.kl_divergence_ < 1.1 * theirs.kl_divergence_ + 0.02
    near, expected = (trustworthiness(X, m.embedding_, n_neighbors=8) for m in (ours, theirs))
    assert near > expected - 0.02
    assert ours.learning_rate_ == theirs.learning_rate_ == 50.0


def test_clusters_stay_apart():
    X, y = make_blobs(90, 10, centers=3, random_state=0)
    Y = TSNE(perplexity=10, max_iter=400, random_state=0).fit_transform(X)
    D = squared_distances(Y, Y)
    np.fill_diagonal(D, np.inf)
    assert (y[D.argmin(axis=1)] == y).all()


def test_a_seed_reproduces_and_a_start_may_be_given():
    X, start = IRIS[::3], 1e-2 * IRIS[::3, :2]
    how = {"perplexity": 5, "max_iter": 250}
    a, b = (TSNE(**how, init="random", random_state=1).fit_transform(X) for _ in "ab")
    np.testing.assert_array_equal(a, b)
    given_start = TSNE(**how, init=start).fit(X)
    assert given_start.embedding_.shape == (50, 2)
    np.testing.assert_array_equal(TSNE(**how, init=start).fit_transform(X), given_start.embedding_)
    assert np.isfinite(TSNE(**how).fit_transform(np.ones((10, 3)))).all()


def test_stops_without_progress_and_at_the_bottom():
    X = IRIS[::5]
    how = {"perplexity": 5, "random_state": 0}
    assert TSNE(**how, min_grad_norm=1e9).fit(X).n_iter_ == 100, "one look in each phase"
    early = TSNE(**how, n_iter_without_progress=0, max_iter=5000, learning_rate=100).fit(X)
    assert early.n_iter_ < 5000
    assert TSNE(**how, max_iter=300).fit(X).n_iter_ == 300


def test_names_of_the_columns():
    model = TSNE(perplexity=2, max_iter=250).fit(IRIS[::10])
    assert model.get_feature_names_out().tolist() == ["tsne0", "tsne1"]


@pytest.mark.parametrize(
    ("how", "error", "match"),
    [
        ({"perplexity": 150}, DataError, "n_samples=150"),
        ({"perplexity": 0}, ParameterError, "perplexity is 0"),
        ({"n_components": 0}, ParameterError, "n_components"),
        ({"early_exaggeration": 0.5}, ParameterError, "early_exaggeration"),
        ({"max_iter": 249}, ParameterError, "at least 250"),
        ({"n_iter_without_progress": -1}, ParameterError, "n_iter_without_progress"),
        ({"min_grad_norm": -1}, ParameterError, "min_grad_norm"),
        ({"learning_rate": 0}, ParameterError, "learning_rate"),
        ({"learning_rate": "fast"}, ParameterError, "'auto'"),
        ({"init": "best"}, ParameterError, "'pca'"),
        ({"init": np.zeros((3, 2))}, ParameterError, r"\(150, 2\)"),
    ],
)
def test_what_cannot_be_is_refused(how, error, match):
    with pytest.raises(error, match=match):
        TSNE(**how).fit(IRIS)
