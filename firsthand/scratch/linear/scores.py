"""What a classifier does with its scores: one for two classes, else one for each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.bayes.posterior import log_posterior
from firsthand.scratch.linear.logistic_regression import sigmoid, softmax

__all__ = ["class_scores", "log_probabilities", "probabilities", "top_labels"]

Array = NDArray[np.float64]


def class_scores(X: Array, coef: Array, intercept: Array) -> Array:
    """Return X coef' + intercept: (n_samples,) where ``coef`` has one row, else a column a row."""
    Z = X @ coef.T + intercept
    return Z[:, 0] if Z.shape[1] == 1 else Z


def top_labels(classes: NDArray[Any], Z: Array) -> NDArray[Any]:
    """Return the label of each sample: of the second class above 0, or of the highest score."""
    return classes[np.argmax(Z, axis=1) if Z.ndim == 2 else (Z > 0).astype(np.intp)]


def probabilities(Z: Array) -> Array:
    """Return the probability of every class, (n_samples, n_classes), whose log-odds are Z."""
    return softmax(Z) if Z.ndim == 2 else np.column_stack([sigmoid(-Z), sigmoid(Z)])


def log_probabilities(Z: Array) -> Array:
    """Return the logarithm of :func:`probabilities`; small ones keep their digits."""
    return log_posterior(Z if Z.ndim == 2 else np.column_stack([np.zeros(len(Z)), Z]))
