"""Multinomial and Bernoulli naive Bayes against scikit-learn's, and by hand."""

import numpy as np
import pytest
import sklearn.naive_bayes as library
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits

from firsthand.scratch import bayes
from firsthand.scratch.bayes import BernoulliNB, MultinomialNB
from firsthand.scratch.bayes.counting import ROWS, class_sums
from firsthand.scratch.bayes.posterior import log_posterior
from firsthand.scratch.errors import DataError, ParameterError

CLOSED_FORM = 1e-10
MODELS = [MultinomialNB, BernoulliNB]
FITTED = ("feature_count_", "class_count_", "feature_log_prob_", "class_log_prior_")


def counts(seed=0, n_samples=80):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n_samples) % 3)
    return rng.poisson(1 + np.arange(5) * y[:, None] / 4), y


def same(ours, theirs, X):
    for name in FITTED:
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=CLOSED_FORM)
    for name in ("predict_joint_log_proba", "predict_log_proba", "predict_proba"):
        assert_allclose(getattr(ours, name)(X), getattr(theirs, name)(X), atol=CLOSED_FORM)
    assert np.array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"alpha": 1e-3},
        {"fit_prior": False},
        {"class_prior": np.arange(1, 11) / 55},
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_is_scikit_learns(model, how, weighted):
    X, y = load_digits(return_X_y=True)
    weight = np.random.default_rng(0).uniform(0, 3, len(y)) if weighted else None
    theirs = getattr(library, model.__name__)(**how).fit(X, y, weight)
    same(model(**how).fit(X, y, weight), theirs, X)


def test_an_alpha_for_each_feature():
    X, y = counts()
    alpha = np.linspace(0.1, 2, 5)
    ours, theirs = (m.MultinomialNB(alpha=alpha).fit(X, y) for m in (bayes, library))
    same(ours, theirs, X)
    each = [BernoulliNB(alpha=a).fit(X, y).feature_log_prob_[:, j] for j, a in enumerate(alpha)]
    assert_allclose(BernoulliNB(alpha=alpha).fit(X, y).feature_log_prob_, np.transpose(each))


@pytest.mark.parametrize("threshold", [0.0, 7.0])
def test_binarizing_is_scikit_learns(threshold):
    X, y = load_digits(return_X_y=True)
    occurs = np.where(threshold < X, 1.0, 0.0)
    same(*(m.BernoulliNB(binarize=threshold).fit(X, y) for m in (bayes, library)), X)
    same(*(m.BernoulliNB(binarize=None).fit(occurs, y) for m in (bayes, library)), occurs)


@pytest.mark.parametrize("model", MODELS)
@given(seed=st.integers(0, 10**6), n_batches=st.integers(1, 5))
def test_batches_teach_what_all_at_once_does(model, seed, n_batches):
    X, y = counts(seed)
    parts, theirs = model(), getattr(library, model.__name__)()
    for rows in np.array_split(np.arange(len(X)), n_batches):
        parts.partial_fit(X[rows], y[rows], [0, 1, 2])
        theirs.partial_fit(X[rows], y[rows], [0, 1, 2])
    same(parts, model().fit(X, y), X)
    same(parts, theirs, X)


def test_fitting_again_forgets():
    X, y = counts()
    model = MultinomialNB().fit(X[:40], y[:40])
    same(model.fit(X, y), MultinomialNB().fit(X, y), X)


def test_what_never_came_rules_out_only_where_it_comes():
    X, y = np.array([[2, 0], [1, 0], [1, 3]]), np.array([0, 0, 1])
    model = MultinomialNB(alpha=0).fit(X, y)
    proba = model.predict_proba([[1, 0], [0, 1]])
    assert proba[1].tolist() == [0.0, 1.0]
    assert_allclose(proba[0], [2 / 3 / (2 / 3 + 1 / 12), 1 / 12 / (2 / 3 + 1 / 12)])
    sure = BernoulliNB(alpha=0).fit(X, y)  # feature 0 always occurs, 1 tells the classes apart
    assert sure.predict_proba([[1, 0], [1, 1]]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert sure.predict_proba([[0, 1]]).tolist() == [[0.5, 0.5]]  # impossible in both


def test_blocks_add_up():
    rng = np.random.default_rng(1)
    X, codes = rng.normal(size=(2 * ROWS + 5, 2)), rng.integers(0, 4, 2 * ROWS + 5)
    weight = rng.uniform(size=len(codes))
    N, n = class_sums(X, codes, 4, weight)
    for k in range(4):
        assert_allclose(N[k], weight[codes == k] @ X[codes == k], rtol=1e-10)
        assert_allclose(n[k], weight[codes == k].sum())


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=5))
def test_posteriors_add_to_one(joint):
    assert_allclose(np.exp(log_posterior(np.array([joint]))).sum(), 1.0)


@pytest.mark.parametrize(
    ("model", "how", "X", "error"),
    [
        (MultinomialNB, {}, [[-1.0], [0.0]], DataError),
        (BernoulliNB, {"binarize": None}, [[2.0], [0.0]], DataError),
        (BernoulliNB, {"binarize": "no"}, [[2.0], [0.0]], ParameterError),
        (MultinomialNB, {"alpha": -1.0}, [[1.0], [0.0]], ParameterError),
        (MultinomialNB, {"alpha": [1.0, 1.0]}, [[1.0], [0.0]], ParameterError),
        (BernoulliNB, {"class_prior": [1.0]}, [[1.0], [0.0]], ParameterError),
    ],
)
def test_what_cannot_be_used_is_refused(model, how, X, error):
    with pytest.raises(error):
        model(**how).fit(X, [0, 1])
