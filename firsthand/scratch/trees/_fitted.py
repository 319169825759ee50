"""What a classifier and a regressor that hold one tree do alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.trees.pruning import Path, prune, pruning_path
from firsthand.scratch.trees.tree import Tree
from firsthand.scratch.validation import check_fitted, check_number, check_X

__all__ = ["SingleTree"]

Beside = Estimator if TYPE_CHECKING else object  # it stands beside Estimator, not below it


class SingleTree(Beside):
    """One tree, grown and perhaps pruned; stands before ``Estimator`` among the bases.

    Attributes
    ----------
    tree_ : Tree
    """

    tree_: Tree
    ccp_alpha: float

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Grow the tree, and prune it where ``ccp_alpha`` is above zero.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            May hold NaN.
        y : array-like of shape (n_samples,)
            Numbers for a regressor; for a classifier labels of any kind, of two or more classes.
        sample_weight : array-like of shape (n_samples,), optional
            A weight of 2 counts as if the sample were there twice.

        Raises
        ------
        DataError, ParameterError
            If the data or a parameter cannot be used; the message says why.
        """
        check_number("ccp_alpha", self.ccp_alpha, at_least=0)
        tree = self._grow(X, y, sample_weight)
        self.tree_ = prune(tree, self.ccp_alpha) if self.ccp_alpha > 0 else tree
        return self

    def cost_complexity_pruning_path(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Path:
        """Return at which ``ccp_alpha`` the tree grown on this data shrinks, and to what.

        Returns
        -------
        Path
            With ``ccp_alphas`` and ``impurities``, both of shape (n_steps,).
        """
        fresh = type(self)(**self.get_params(deep=False))
        return pruning_path(fresh._grow(X, y, sample_weight))

    def apply(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return the leaf of every sample, as the number of its node in ``tree_``."""
        matrix = check_X(self, X)
        return self.tree_.apply(matrix)

    def decision_path(self, X: ArrayLike) -> NDArray[np.bool_]:
        """Return which nodes every sample passes, of shape (n_samples, node_count)."""
        matrix = check_X(self, X)
        return self.tree_.decision_path(matrix)

    def get_depth(self) -> int:
        """Return the most questions between the root and a leaf."""
        check_fitted(self)
        return self.tree_.max_depth

    def get_n_leaves(self) -> int:
        """Return the number of leaves."""
        check_fitted(self)
        return self.tree_.n_leaves

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """How much of the impurity each feature's questions removed, (n_features_in_,)."""
        check_fitted(self)
        return self.tree_.feature_importances()

    def _grow(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Tree:
        """Check everything, and return the tree before pruning."""
        raise NotImplementedError
