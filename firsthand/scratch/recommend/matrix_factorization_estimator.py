"""Matrix factorisation as a model: ids of any values, two solvers, recommendations."""

from __future__ import annotations

import warnings
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Regressor
from firsthand.scratch.errors import (
    ConvergenceWarning,
    DataError,
    ParameterError,
    in_both_families,
)
from firsthand.scratch.recommend.matrix_factorization import (
    als_step,
    objective,
    others,
    predict,
    sgd_step,
)
from firsthand.scratch.validation import (
    check_choice,
    check_fitted,
    check_number,
    check_random_state,
    check_sample_weight,
    check_X,
    check_X_y,
)

__all__ = ["MatrixFactorization"]

Array = NDArray[np.float64]


class MatrixFactorization(Regressor, Estimator):
    """Ratings from who rates and what is rated.

    ``X`` holds ids: a row is a rating, its columns who and what, as numbers of any values (an
    ``OrdinalEncoder`` makes them of text). An id that ``fit`` has not seen is average: its bias
    and factors are 0. Further columns of ids are welcome; all pairs of columns interact.

    Parameters
    ----------
    n_factors : int
        Length of the vectors whose products say who suits what.
    l2 : float
        Penalty on squared biases and factors, above zero; an id with few ratings stays near
        the average.
    solver : {"als", "sgd"}
        Alternating least squares, or stochastic gradient descent; both minimise the same sum.
    learning_rate : float
        Of gradient descent.
    batch_size : int
        Ratings a step of gradient descent.
    max_iter : int
        Most rounds over all ratings.
    tol : float
        ALS stops when a round lowers the objective by no more than this part of it.
    random_state : int, numpy.random.Generator or None
        Draws the first factors, and the batches.

    Attributes
    ----------
    mean_ : float
        Mean rating.
    ids_ : list of ndarray of shape (n_ids,)
        The ids of each column, sorted.
    biases_ : list of ndarray of shape (n_ids,)
    factors_ : list of ndarray of shape (n_ids, n_factors)
    losses_ : ndarray of shape (n_iter_ + 1,)
        The objective at the start and after every round.
    n_iter_ : int
    n_features_in_ : int

    Examples
    --------
    >>> X = [[7, 100], [7, 200], [8, 100], [8, 200], [9, 100]]
    >>> model = MatrixFactorization(1, l2=0.1, random_state=0).fit(X, [5.0, 1.0, 4.0, 1.0, 5.0])
    >>> model.predict([[9, 200]]).round().tolist(), model.recommend(9).tolist()
    ([2.0], [200.0])
    """

    def __init__(
        self,
        n_factors: int = 10,
        *,
        l2: float = 1.0,
        solver: Literal["als", "sgd"] = "als",
        learning_rate: float = 0.01,
        batch_size: int = 256,
        max_iter: int = 50,
        tol: float = 1e-4,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.n_factors = n_factors
        self.l2 = l2
        self.solver = solver
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find biases and factors at which the objective is low.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            Ids; two columns for users and items.
        y : array-like of shape (n_samples,)
            Ratings.
        sample_weight : array-like of shape (n_samples,), optional

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used, or if gradient descent diverged.

        Warns
        -----
        ConvergenceWarning
            If ALS ran out of rounds.
        """
        self._check_parameters()
        matrix, ratings = check_X_y(self, X, y)
        weight = check_sample_weight(sample_weight, len(ratings))
        counts = weight > 0  # who only has ratings without weight has not been seen
        matrix, ratings, weight = matrix[counts], ratings[counts], weight[counts]
        rng = check_random_state(self.random_state)
        coded = [np.unique(column, return_inverse=True) for column in matrix.T]
        self.ids_ = [ids for ids, _ in coded]
        self._codes = codes = np.column_stack([code for _, code in coded])
        self.mean_ = float(np.average(ratings, weights=weight))
        thetas = [
            np.column_stack([np.zeros(len(ids)), 0.1 * rng.normal(size=(len(ids), self.n_factors))])
            for ids in self.ids_
        ]
        descend = self._als if self.solver == "als" else self._sgd
        self.losses_ = np.array(descend(thetas, codes, ratings, weight, rng))
        self.n_iter_ = len(self.losses_) - 1
        self.biases_ = [theta[:, 0] for theta in thetas]
        self.factors_ = [theta[:, 1:] for theta in thetas]
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the rating of every row of ids, shape (n_samples,)."""
        matrix = check_X(self, X)
        codes = [_code(ids, column) for ids, column in zip(self.ids_, matrix.T, strict=True)]
        return predict(self._thetas(), np.column_stack(codes), self.mean_)

    def recommend(
        self, user: float, n_items: int = 10, *, exclude_seen: bool = True
    ) -> NDArray[np.float64]:
        """Return the items that a user should like best, the best one first.

        Parameters
        ----------
        user : float
            An id of the first column; one that is new gets what everybody likes.
        n_items : int
            How many; fewer where there are not as many.
        exclude_seen : bool
            Whether to leave out what the user rated in ``fit``.

        Returns
        -------
        items : ndarray of shape (n_items,)
            Ids of the second column.

        Raises
        ------
        DataError
            If the model was not fitted on two columns of ids.
        """
        check_fitted(self)
        check_number("n_items", n_items, at_least=1, whole=True)
        if self.n_features_in_ != 2:
            raise DataError(
                f"X had {self.n_features_in_} columns in fit; recommend needs two, user and item."
            )
        items = np.arange(len(self.ids_[1]))
        code = _code(self.ids_[0], np.array([float(user)]))[0]
        if exclude_seen:
            items = np.setdiff1d(items, self._codes[self._codes[:, 0] == code, 1])
        pairs = np.column_stack([np.full(len(items), code), items])
        best = np.argsort(-predict(self._thetas(), pairs, self.mean_), kind="stable")
        return self.ids_[1][items[best[:n_items]]]

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn: of ids not seen before it knows nothing."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags

    def _thetas(self) -> list[Array]:
        """Return [b, p] of each column's ids, and of one who is average, in the last row."""
        rows = [np.column_stack(part) for part in zip(self.biases_, self.factors_, strict=True)]
        return [np.vstack([theta, np.zeros(theta.shape[1])]) for theta in rows]

    def _als(
        self,
        thetas: list[Array],
        codes: NDArray[np.intp],
        y: Array,
        weight: Array,
        rng: np.random.Generator,
    ) -> list[float]:
        """Solve column after column, in rounds; change ``thetas`` and return the objectives."""
        losses = [objective(thetas, codes, y, self.mean_, self.l2, weight)]
        for _ in range(self.max_iter):
            for c, code in enumerate(codes.T):
                Z = others(thetas, codes, c)
                mine = np.einsum("ij,ij->i", Z, thetas[c][code])
                target = y - predict(thetas, codes, self.mean_) + mine
                thetas[c] = als_step(Z, target, code, len(thetas[c]), self.l2, weight)
            losses.append(objective(thetas, codes, y, self.mean_, self.l2, weight))
            if losses[-2] - losses[-1] <= self.tol * losses[-2]:
                return losses
        warnings.warn(
            f"After {self.max_iter} rounds another one would still lower the objective by more "
            f"than tol={self.tol:g} of it; raise max_iter or tol.",
            in_both_families(ConvergenceWarning),
            stacklevel=3,
        )
        return losses

    def _sgd(
        self,
        thetas: list[Array],
        codes: NDArray[np.intp],
        y: Array,
        weight: Array,
        rng: np.random.Generator,
    ) -> list[float]:
        """Step over all ratings, batch by batch; change ``thetas`` and return the objectives."""
        shares = [self.l2 / np.bincount(code) for code in codes.T]
        losses = [objective(thetas, codes, y, self.mean_, self.l2, weight)]
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is told below
            for _ in range(self.max_iter):
                order = rng.permutation(len(y))
                for start in range(0, len(y), self.batch_size):
                    rows = order[start : start + self.batch_size]
                    step = (y[rows], self.mean_, shares, self.learning_rate, weight[rows])
                    sgd_step(thetas, codes[rows], *step)
                losses.append(objective(thetas, codes, y, self.mean_, self.l2, weight))
        if not losses[-1] < 1e3 * losses[0] + 1.0:
            raise ParameterError(
                f"learning_rate is {self.learning_rate:g}, at which the loss grows beyond all "
                "bounds; lower it, use smaller batches, scale the ratings, or use solver='als'."
            )
        return losses

    def _check_parameters(self) -> None:
        check_number("n_factors", self.n_factors, at_least=1, whole=True)
        check_number("l2", self.l2, above=0)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("batch_size", self.batch_size, at_least=1, whole=True)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        check_number("tol", self.tol, at_least=0)
        check_choice("solver", self.solver, ("als", "sgd"))


def _code(ids: Array, column: Array) -> NDArray[np.intp]:
    """Return the row of every id, and the number of rows where there is none of that id."""
    places = np.minimum(np.searchsorted(ids, column), len(ids) - 1)
    return np.where(ids[places] == column, places, len(ids))
