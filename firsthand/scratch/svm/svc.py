"""The kernel machine as an estimator: validation, pairs of classes and probabilities around SMO.

The equations stand in ``smo.py`` and ``kernels.py``; ``decomposition.py`` solves them at speed.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.availability import available_if
from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.distances import row_blocks
from firsthand.scratch.errors import ConvergenceWarning, DataError, in_both_families
from firsthand.scratch.svm import platt
from firsthand.scratch.svm._kernel_rows import KernelRows
from firsthand.scratch.svm.decomposition import solve
from firsthand.scratch.svm.kernels import (
    Kernel,
    exp_product,
    named_kernel,
    rbf_factors,
    scale_gamma,
)
from firsthand.scratch.svm.one_vs_one import class_pairs, class_scores, votes
from firsthand.scratch.validation import (
    check_choice,
    check_class_weight,
    check_fitted,
    check_number,
    check_random_state,
    check_sample_weight,
    check_X,
    check_X_labels,
)

__all__ = ["SVC"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

N_FOLDS = 5  # for probabilities, as LIBSVM has it
CERTAIN = 1e-7  # a pair's probability stays this far from 0 and 1
MAX_PAIRS = 10_000_000  # where max_iter sets no limit


class SVC(Classifier, Estimator):
    """Support vector classifier: the widest margin in the space of a kernel.

    Two classes are one machine; more are a machine for each pair of classes, which vote.

    Parameters
    ----------
    C : float
        Price of a sample inside the margin or beyond it. Large: few mistakes, a narrow margin.
    kernel : {"linear", "poly", "rbf", "sigmoid"} or callable
        A function of matrices of shapes (n, n_features) and (m, n_features) that returns (n, m).
    degree : int
        Of the polynomial.
    gamma : {"scale", "auto"} or float
        How fast the kernel falls off: 1 / (n_features X.var()), 1 / n_features, or a number.
    coef0 : float
        What the polynomial and the sigmoid add to the inner product.
    probability : bool
        Whether to fit the sigmoids of :meth:`predict_proba`, which costs ``N_FOLDS`` fits more.
    tol : float
        Stop when the gap in the optimality conditions is below this.
    cache_size : float
        Megabytes for rows of the kernel matrix.
    class_weight : dict, "balanced" or None
        Multiplies C by class.
    max_iter : int
        The most pairs to update in each machine; -1 for as many as are needed.
    decision_function_shape : {"ovr", "ovo"}
        Whether :meth:`decision_function` gives a score for each class or for each pair.
    random_state : int, numpy.random.Generator or None
        Deals the samples to the folds, for ``probability``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    support_ : ndarray of int of shape (n_support,)
        Which samples are support vectors, class by class.
    support_vectors_ : ndarray of shape (n_support, n_features)
    n_support_ : ndarray of int of shape (n_classes,)
    dual_coef_ : ndarray of shape (n_classes - 1, n_support)
        beta in each machine a support vector is part of. One of class c has that of the pair
        with class r in row r where r < c, else in row r - 1.
    intercept_ : ndarray of shape (n_pairs,)
    coef_ : ndarray of shape (n_pairs, n_features)
        The weights of the plane; for the linear kernel only.
    n_iter_ : ndarray of int of shape (n_pairs,)
        Pairs of variables updated.
    probA_, probB_ : ndarray of shape (n_pairs,)
        Platt's sigmoids, with ``probability``.
    n_features_in_ : int

    Notes
    -----
    A pair's decision is above 0 for its first class; where there are two classes in all it is
    above 0 for the second, as scikit-learn has it.

    Examples
    --------
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]  # XOR
    >>> SVC(C=10.0).fit(X, y).predict(X).tolist()
    [0, 1, 1, 0]
    """

    def __init__(
        self,
        C: float = 1.0,
        *,
        kernel: Literal["linear", "poly", "rbf", "sigmoid"] | Kernel = "rbf",
        degree: int = 3,
        gamma: Literal["scale", "auto"] | float = "scale",
        coef0: float = 0.0,
        probability: bool = False,
        tol: float = 1e-3,
        cache_size: float = 200.0,
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        max_iter: int = -1,
        decision_function_shape: Literal["ovr", "ovo"] = "ovr",
        random_state: Any = None,
    ) -> None:
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.probability = probability
        self.tol = tol
        self.cache_size = cache_size
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.decision_function_shape = decision_function_shape
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the support vectors of every pair of classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional
            Multiplies C by sample; 0 leaves the sample out.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.

        Warns
        -----
        ConvergenceWarning
            If ``max_iter`` stopped a machine before ``tol`` was reached.
        """
        self._check_parameters()
        matrix, self.classes_, codes = check_X_labels(self, X, y)
        C = self.C * check_sample_weight(sample_weight, len(codes))
        by_class = check_class_weight(self.class_weight, self.classes_, codes)
        if by_class is not None:
            C = C * by_class
        members = [np.flatnonzero((codes == c) & (C > 0)) for c in range(len(self.classes_))]
        for label, group in zip(self.classes_.tolist(), members, strict=True):
            if not len(group):
                raise DataError(f"All samples of class {label!r} have weight 0; leave it out of y.")
        self._kernel = self._chosen_kernel(matrix)
        # distances do not mind, nor planes, and the squares of an offset would drown them
        moves = isinstance(self.kernel, str) and self.kernel in ("rbf", "linear")
        self._center = matrix.mean(axis=0) if moves else np.zeros(matrix.shape[1])
        centered = matrix - self._center

        pairs = class_pairs(len(members))
        fits = [self._fit_pair(centered, C, members[i], members[j]) for i, j in pairs]
        self._note(matrix, members, fits)
        self.n_iter_ = np.array([n_iter for _, _, n_iter, _ in fits])
        if self.probability:
            rng = check_random_state(self.random_state)
            sigmoids = [
                self._fit_sigmoid(centered, C, members[i], members[j], rng) for i, j in pairs
            ]
            self.probA_, self.probB_ = np.array(sigmoids).T
        gap = max(left for *_, left in fits)
        if 0 <= self.max_iter <= self.n_iter_.max() and gap >= self.tol:
            warnings.warn(
                f"After {self.max_iter} updates the gap is still {gap:.2g}, and tol is "
                f"{self.tol:g}. Standardise the features, or raise max_iter.",
                in_both_families(ConvergenceWarning),
                stacklevel=2,
            )
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return how far samples lie on a side, in units of the margin.

        Returns
        -------
        ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
            Of two classes, above 0 for the second. Of more, scores that grow with the votes
            (``decision_function_shape="ovr"``), or the pairs' own decisions (``"ovo"``).
        """
        decisions = self._decide(check_X(self, X))
        if len(self.classes_) == 2:
            return decisions[:, 0]
        if self.decision_function_shape == "ovo":
            return decisions
        return class_scores(decisions, len(self.classes_))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the most votes for every sample, shape (n_samples,)."""
        decisions = self._decide(check_X(self, X))
        if len(self.classes_) == 2:
            return self.classes_[(decisions[:, 0] > 0).astype(np.intp)]
        return self.classes_[np.argmax(votes(decisions, len(self.classes_)), axis=1)]

    @available_if(lambda svc: svc.probability, "make SVC(probability=True), and fit it so.")
    def predict_proba(self, X: ArrayLike) -> Array:
        """Return class probabilities, shape (n_samples, n_classes); with ``probability=True`` only.

        They come from other machines than the labels, fitted on parts of the data: where they
        are close, the two may disagree.
        """
        return self._probabilities(X)

    @property
    def coef_(self) -> Array:
        """Weights of the planes, shape (n_pairs, n_features); of a linear kernel only."""
        if self.kernel != "linear":
            raise AttributeError(f"coef_ exists for kernel='linear', and it is {self.kernel!r}.")
        check_fitted(self)
        return self._pair_weights().T @ self.support_vectors_

    def _decide(self, X: Array) -> Array:
        """Return the decision of every machine, shape (n_samples, n_pairs)."""
        if self.kernel == "linear":
            return X @ self.coef_.T + self.intercept_
        weights, kernel = self._pair_weights(), self._kernel
        queries, vectors = X - self._center, self.support_vectors_ - self._center
        if self.kernel == "rbf":
            kernel = exp_product
            queries, vectors = (
                rbf_factors(queries, self._gamma)[0],
                rbf_factors(vectors, self._gamma)[1],
            )
        decisions = np.empty((len(X), len(self.intercept_)))
        for rows in row_blocks(len(X), max(1, len(vectors))):
            decisions[rows] = kernel(queries[rows], vectors) @ weights
        return decisions + self.intercept_

    def _pair_weights(self) -> Array:
        """Return beta of every support vector in every machine, shape (n_support, n_pairs)."""
        owner = np.repeat(np.arange(len(self.classes_)), self.n_support_)
        pairs = class_pairs(len(self.classes_))
        weights = np.zeros((len(owner), len(pairs)))
        for k, (i, j) in enumerate(pairs):
            weights[owner == i, k] = self.dual_coef_[j - 1, owner == i]
            weights[owner == j, k] = self.dual_coef_[i, owner == j]
        return weights

    def _probabilities(self, X: ArrayLike) -> Array:
        decisions = self._decide(check_X(self, X))
        n_classes = len(self.classes_)
        if n_classes == 2:
            decisions = -decisions  # the sigmoid is that of the first class
        p = platt.pair_probability(decisions, self.probA_, self.probB_)
        if n_classes == 2:
            return np.column_stack([p, 1.0 - p])
        p = np.clip(p, CERTAIN, 1.0 - CERTAIN)
        R = np.zeros((len(p), n_classes, n_classes))
        for k, (i, j) in enumerate(class_pairs(n_classes)):
            R[:, i, j], R[:, j, i] = p[:, k], 1.0 - p[:, k]
        return platt.couple(R)

    def _fit_pair(
        self, X: Array, C: Array, first: Indices, second: Indices
    ) -> tuple[Array, float, int, float]:
        """Return ``solve``'s answer for two groups of samples, the first of which is +1."""
        # of equals LIBSVM takes the last, and argmax the first: in reverse, the path is LIBSVM's
        rows = np.concatenate([first, second])[::-1]
        y = np.repeat([-1.0, 1.0], [len(second), len(first)])
        if self.kernel == "rbf":
            gamma = self._gamma
            kernel = KernelRows(exp_product, *rbf_factors(X[rows], gamma), self.cache_size)
        else:
            kernel = KernelRows(self._kernel, X[rows], X[rows], self.cache_size)
        limit = self.max_iter if self.max_iter >= 0 else MAX_PAIRS
        beta, b, n_iter, left = solve(kernel, y, C[rows], self.tol, limit)
        return beta[::-1], b, n_iter, left

    def _note(
        self, X: Array, members: list[Indices], fits: list[tuple[Array, float, int, float]]
    ) -> None:
        """Lay out what the machines found as LIBSVM does."""
        n_classes = len(members)
        coef = [np.zeros((n_classes - 1, len(group))) for group in members]
        for (i, j), (beta, *_) in zip(class_pairs(n_classes), fits, strict=True):
            coef[i][j - 1], coef[j][i] = np.split(beta, [len(members[i])])
        used = [np.flatnonzero(np.any(part != 0, axis=0)) for part in coef]
        self.support_ = np.concatenate([m[u] for m, u in zip(members, used, strict=True)])
        self.support_vectors_ = X[self.support_]
        self.n_support_ = np.array([len(u) for u in used], dtype=np.int32)
        sign = -1.0 if n_classes == 2 else 1.0
        self.dual_coef_ = sign * np.hstack([part[:, u] for part, u in zip(coef, used, strict=True)])
        self.intercept_ = sign * np.array([b for _, b, *_ in fits])
        if self.kernel == "linear":
            self.intercept_ -= self.coef_ @ self._center

    def _fit_sigmoid(
        self, X: Array, C: Array, first: Indices, second: Indices, rng: np.random.Generator
    ) -> tuple[float, float]:
        """Return Platt's (A, B) for a pair, from decisions on folds that were held out."""
        groups = [rng.permutation(first), rng.permutation(second)]
        decisions: list[Array] = []
        is_first: list[NDArray[np.bool_]] = []
        for fold in range(N_FOLDS):
            held = [group[fold::N_FOLDS] for group in groups]
            kept = [np.setdiff1d(group, out) for group, out in zip(groups, held, strict=True)]
            out = np.concatenate(held)
            if len(kept[0]) and len(kept[1]):
                beta, b, *_ = self._fit_pair(X, C, kept[0], kept[1])
                used = np.flatnonzero(beta)
                vectors = X[np.concatenate(kept)[used]]
                decisions.append(self._kernel(X[out], vectors) @ beta[used] + b)
            else:  # the only sample of a class is held out: the machine knows no other class
                decisions.append(np.full(len(out), 1.0 if len(kept[0]) else -1.0))
            is_first.append(np.repeat([True, False], [len(held[0]), len(held[1])]))
        return platt.fit_sigmoid(np.concatenate(decisions), np.concatenate(is_first))

    def _chosen_kernel(self, X: Array) -> Kernel:
        if callable(self.kernel):
            return self.kernel
        if self.gamma == "scale":
            self._gamma = scale_gamma(X)
        else:
            self._gamma = 1.0 / X.shape[1] if self.gamma == "auto" else float(self.gamma)
        return named_kernel(self.kernel, self._gamma, self.coef0, self.degree)

    def _check_parameters(self) -> None:
        check_number("C", self.C, above=0)
        check_number("degree", self.degree, at_least=0, whole=True)
        check_number("coef0", self.coef0)
        check_number("tol", self.tol, above=0)
        check_number("cache_size", self.cache_size, above=0)
        check_number("max_iter", self.max_iter, at_least=-1, whole=True)
        if isinstance(self.gamma, str):
            check_choice("gamma", self.gamma, ["scale", "auto"])
        else:
            check_number("gamma", self.gamma, at_least=0)
        check_choice("decision_function_shape", self.decision_function_shape, ["ovr", "ovo"])
        if not callable(self.kernel):
            check_choice("kernel", self.kernel, ["linear", "poly", "rbf", "sigmoid"])
