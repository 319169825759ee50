"""The kernel machine against scikit-learn's SVC, on real, random, degenerate and bad data."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import svm
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.datasets import make_classification as make
from sklearn.exceptions import ConvergenceWarning as LibraryConvergenceWarning
from sklearn.metrics import log_loss

from firsthand.scratch.errors import ConvergenceWarning, DataError, ParameterError
from firsthand.scratch.svm import SVC, smo
from firsthand.scratch.svm.kernels import rbf, scale_gamma
from firsthand.scratch.svm.one_vs_one import class_pairs, class_scores, votes
from tests.scratch.loading import standardised

# LIBSVM keeps its kernel in float32, whose digits end at 6e-8 of sums over the support vectors
SINGLE = 2e-6
WITHIN_TOL = 3e-3  # two fits that both stop at a gap of 1e-3


def gaps(model, X, y):
    """Return what is left of each pair's optimality conditions, in double precision."""
    codes = np.searchsorted(model.classes_, y)
    owner = codes[model.support_]
    left = []
    for i, j in class_pairs(len(model.classes_)):
        beta = np.zeros(len(y))
        beta[model.support_[owner == i]] = model.dual_coef_[j - 1, owner == i]
        beta[model.support_[owner == j]] = model.dual_coef_[i, owner == j]
        rows = np.flatnonzero((codes == i) | (codes == j))
        sign = np.where(codes[rows] == (1 if len(model.classes_) == 2 else i), 1.0, -1.0)
        Z = X[rows].astype(float)
        K = Z @ Z.T if model.kernel == "linear" else rbf(Z, Z, scale_gamma(X))
        F = smo.residual(K, sign, beta[rows])
        left.append(smo.gap(F, beta[rows], smo.box(sign, np.full(len(rows), model.C))))
        assert abs(beta.sum()) < 1e-12
    return left


def both(X, y, sample_weight=None, **how):
    return SVC(**how).fit(X, y, sample_weight), svm.SVC(**how).fit(X, y, sample_weight)


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"kernel": "linear", "C": 0.1},
        {"kernel": "poly", "coef0": 1.0, "degree": 2, "C": 0.1},
        {"gamma": "auto", "C": 3.0},
        {"gamma": 0.05, "class_weight": "balanced"},
    ],
)
def test_decisions_and_support_vectors_are_scikit_learns(load, how):
    X, y = standardised(load)
    X, first = np.unique(X, axis=0, return_index=True)  # of twins either may be the support
    y = y[first]
    ours, theirs = both(X, y, tol=1e-8, decision_function_shape="ovo", **how)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=SINGLE)
    assert_array_equal(ours.predict(X), theirs.predict(X))
    assert_array_equal(ours.support_, theirs.support_)
    assert_array_equal(ours.n_support_, theirs.n_support_)
    assert_array_equal(ours.support_vectors_, theirs.support_vectors_)
    assert_allclose(ours.dual_coef_, theirs.dual_coef_, atol=1e-4)
    assert_allclose(ours.intercept_, theirs.intercept_, atol=SINGLE)
    assert ours.n_iter_.shape == theirs.n_iter_.shape
    if ours.kernel == "linear":
        assert_allclose(ours.coef_, theirs.coef_, atol=SINGLE)


@pytest.mark.parametrize("shape", ["ovr", "ovo"])
def test_ten_classes(shape):
    X, y = load_digits(return_X_y=True)
    ours, theirs = both(X, y, decision_function_shape=shape, tol=1e-5)
    assert_array_equal(ours.predict(X), theirs.predict(X))
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=WITHIN_TOL)


def test_a_thousand_samples_by_working_sets():
    X, y = make(1000, 20, random_state=1)
    ours, theirs = both(X, y)
    assert_array_equal(ours.predict(X), theirs.predict(X))
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=WITHIN_TOL)
    ours, theirs = both(X, y, tol=1e-8)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=SINGLE)


def test_sample_weights_scale_the_price():
    X, y = make(120, 5, n_informative=3, n_classes=3, random_state=2)
    weight = np.random.default_rng(0).integers(0, 4, len(y)).astype(float)
    ours, theirs = both(X, y, weight, tol=1e-8, decision_function_shape="ovo")
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=SINGLE)
    assert_array_equal(ours.support_vectors_, theirs.support_vectors_)
    assert_array_equal(X[ours.support_], ours.support_vectors_)
    repeated = SVC(gamma=0.2, tol=1e-9).fit(
        np.repeat(X, weight.astype(int), axis=0), y.repeat(weight.astype(int))
    )
    weighted = SVC(gamma=0.2, tol=1e-9).fit(X, y, weight)
    assert_allclose(weighted.decision_function(X), repeated.decision_function(X), atol=1e-7)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("kernel", ["rbf", "poly"])
def test_the_units_of_the_data_do_not_matter(scale, kernel):
    X, y = make(150, 4, random_state=3)
    ours, theirs = both(scale * X, y, tol=1e-8, kernel=kernel)
    assert_allclose(
        ours.decision_function(scale * X), theirs.decision_function(scale * X), atol=1e-5
    )


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_an_offset_does_not_matter(kernel):
    X, y = make(150, 4, random_state=3)
    X = np.round(X * 2**20) / 2**20  # so that the shift loses no digit
    near = SVC(kernel=kernel, tol=1e-9, gamma=0.3).fit(X, y)
    far = SVC(kernel=kernel, tol=1e-9, gamma=0.3).fit(X + 2.0**20, y)
    tolerance = 1e-7 if kernel == "rbf" else 1e-6
    assert_allclose(far.decision_function(X + 2.0**20), near.decision_function(X), atol=tolerance)


DEGENERATE = {
    "one feature": lambda X, y: (X[:, :1], y),
    "constant column": lambda X, y: (np.column_stack([X, np.full(len(X), 7.0)]), y),
    "twins": lambda X, y: (np.vstack([X, X]), np.append(y, y)),
    "collinear": lambda X, y: (np.column_stack([X, X @ [1.0, 2.0, 3.0]]), y),
    "one sample a class": lambda X, y: (X[:3], np.arange(3)),
    "imbalanced 1:100": lambda X, y: (np.vstack([X, X[:1] + 9]), np.append(0 * y, 1)),
    "integers": lambda X, y: (np.round(3 * X).astype(int), y),
    "text": lambda X, y: (X, np.array(["no", "perhaps", "yes"])[y]),
}


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_degenerate_data(case, kernel):
    rng = np.random.default_rng(4)
    X = rng.normal(size=(100, 3))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
    X, y = DEGENERATE[case](X, y)
    how = {"kernel": kernel, "tol": 1e-7, "decision_function_shape": "ovo"}
    ours, theirs = SVC(**how).fit(X, y), svm.SVC(max_iter=100_000, **how)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LibraryConvergenceWarning)  # in single precision, never
        theirs.fit(X, y)
    assert max(gaps(ours, X, y)) < 2e-7
    scores = theirs.decision_function(X)
    assert_allclose(ours.decision_function(X), scores, atol=3e-4)
    clear = np.min(np.abs(scores.reshape(len(X), -1)), axis=1) > 3e-4
    assert_array_equal(ours.predict(X)[clear], theirs.predict(X)[clear])


def test_contradicting_twins_give_no_warning_and_no_nan():
    X = np.repeat(np.arange(6.0)[:, None], 2, axis=0)
    model = SVC().fit(X, np.tile([0, 1], 6))
    assert_allclose(model.decision_function(X), 0.0, atol=1e-9)


def test_a_kernel_may_be_a_function():
    X, y = standardised(load_wine)

    def laplace(A, B):
        return np.exp(-0.1 * np.abs(A[:, None] - B).sum(axis=-1))

    ours = SVC(kernel=laplace, tol=1e-8).fit(X, y)
    theirs = svm.SVC(kernel=laplace, tol=1e-8).fit(X, y)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=SINGLE)


def test_the_sigmoid_takes_the_librarys_path():
    X, y = standardised(load_wine)
    ours, theirs = both(X, y, kernel="sigmoid", tol=1e-8)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=SINGLE)


def test_the_first_of_equally_voted_classes_is_taken():
    decisions = np.array([[1.0, -1.0, 1.0], [-0.5, 2.0, 3.0]])
    assert votes(decisions, 3).tolist() == [[1.0, 1.0, 1.0], [1.0, 2.0, 0.0]]
    scores = class_scores(decisions, 3)
    assert np.all(np.abs(scores - votes(decisions, 3)) < 1 / 3)


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_probabilities_are_as_good_as_the_librarys(load):
    X, y = standardised(load)
    train, held = np.arange(len(y)) % 3 > 0, np.arange(len(y)) % 3 == 0
    ours = SVC(probability=True, random_state=0).fit(X[train], y[train])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the option leaves scikit-learn in 1.11
        theirs = svm.SVC(probability=True, random_state=0).fit(X[train], y[train])
    p, q = ours.predict_proba(X[held]), theirs.predict_proba(X[held])
    assert_allclose(p.sum(axis=1), 1.0)
    assert np.all((p >= 0) & (p <= 1))
    assert log_loss(y[held], p) < log_loss(y[held], q) + 0.02  # the folds are drawn otherwise
    assert_allclose(p, q, atol=0.15)
    again = SVC(probability=True, random_state=0).fit(X[train], y[train]).predict_proba(X[held])
    assert_array_equal(p, again)


def test_probabilities_are_there_only_when_asked_for():
    X, y = load_iris(return_X_y=True)
    plain = SVC().fit(X, y)
    assert not hasattr(plain, "predict_proba")
    assert hasattr(SVC(probability=True), "predict_proba")
    assert not hasattr(plain, "coef_")
    assert hasattr(SVC(kernel="linear").fit(X, y), "coef_")
    pickle.loads(pickle.dumps(SVC(probability=True, random_state=0).fit(X, y))).predict_proba(X)
    calibrated = CalibratedClassifierCV(SVC(), ensemble=False).fit(X, y)
    assert calibrated.score(X, y) > 0.95


def test_a_class_of_one_sample_can_be_calibrated():
    X = np.array([[0.0], [0.1], [0.2], [3.0]])
    p = SVC(probability=True, random_state=0).fit(X, [0, 0, 0, 1]).predict_proba(X)
    assert np.isfinite(p).all()


def test_stopping_early_warns():
    X, y = make(300, 5, random_state=0)
    with pytest.warns(ConvergenceWarning, match="After 5 updates the gap is still"):
        model = SVC(max_iter=5).fit(X, y)
    assert model.n_iter_.tolist() == [5]


@pytest.mark.parametrize(
    "how",
    [
        {"C": 0.0},
        {"kernel": "cubic"},
        {"gamma": -1.0},
        {"gamma": "large"},
        {"degree": -1},
        {"degree": 2.5},
        {"tol": 0.0},
        {"cache_size": 0},
        {"max_iter": -2},
        {"decision_function_shape": "all"},
        {"class_weight": {7: 1.0}},
    ],
)
def test_bad_parameters_are_refused(how):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ParameterError, match=next(iter(how))):
        SVC(**how).fit(X, y)


def test_a_class_without_weight_is_refused():
    with pytest.raises(DataError, match="class 1 have weight 0"):
        SVC().fit([[0.0], [1.0], [2.0]], [0, 1, 0], sample_weight=[1.0, 0.0, 1.0])
