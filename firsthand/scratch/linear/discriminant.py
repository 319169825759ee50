r"""Linear discriminant analysis: every class a normal distribution, all of the same shape.

    log p(class k | x) = x' S^-1 m_k - 1/2 m_k' S^-1 m_k + log prior_k + what all classes share

m_k is the mean of a class and S the covariance within classes, so scores are linear in x. With
a matrix W that whitens, W' S W = I, distances in x W are distances from the means, and the
means span at most n_classes - 1 directions: the data projected on them, strongest first, is the
view in which the classes lie farthest apart.

Fisher, The use of multiple measurements in taxonomic problems (1936); Hastie, Tibshirani &
Friedman, The Elements of Statistical Learning (2009), section 4.3; Ledoit & Wolf, A
well-conditioned estimator for large-dimensional covariance matrices (2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "discriminant_directions",
    "ledoit_wolf_shrinkage",
    "linear_scores",
    "shrunk",
    "whitening",
    "within_covariance",
]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


def whitening(deviations: Array, tol: float) -> Array:
    """Return W, (n_features, rank), with W' S W = I for the covariance S of ``deviations``.

    Each column is brought to unit spread first, so that units do not matter. Directions in
    which what is left spreads by at most ``tol`` carry no information, and are left out.

    Parameters
    ----------
    deviations : ndarray of shape (n_samples, n_features)
        What each sample deviates from the mean of its class.
    tol : float
    """
    spread = np.sqrt(np.mean(deviations * deviations, axis=0))
    spread = np.where(spread > 0.0, spread, 1.0)
    A = deviations / (spread * np.sqrt(len(deviations)))
    if len(A) > A.shape[1]:
        A = np.linalg.qr(A, mode="r")  # the same singular values, from fewer rows
    _, s, Vt = np.linalg.svd(A, full_matrices=False)
    kept = s > tol
    return (Vt[kept] / spread).T / s[kept]


def discriminant_directions(
    means: Array, priors: Array, W: Array, tol: float
) -> tuple[Array, Array]:
    """Return (directions, shares): where the whitened means spread most, strongest first.

    Parameters
    ----------
    means : ndarray of shape (n_classes, n_features)
    priors : ndarray of shape (n_classes,)
    W : ndarray of shape (n_features, rank)
        From :func:`whitening`.
    tol : float
        Directions weaker than this, relative to the strongest, are left out.

    Returns
    -------
    directions : ndarray of shape (n_features, n_directions)
    shares : ndarray of shape (at most n_classes,)
        Of the squared spread of the means, the part along each direction.
    """
    centred = np.sqrt(priors)[:, None] * (means - priors @ means)
    _, s, Vt = np.linalg.svd(centred @ W, full_matrices=False)
    directions = W @ Vt[s > tol * s.max(initial=0.0)].T
    total = float(np.sum(s * s))
    return directions, s * s / total if total > 0.0 else s


def linear_scores(means: Array, priors: Array, directions: Array) -> tuple[Array, Array]:
    """Return (coef, intercept) of the scores log p(class | x), up to what all classes share.

    Parameters
    ----------
    means : ndarray of shape (n_classes, n_features)
    priors : ndarray of shape (n_classes,)
    directions : ndarray of shape (n_features, n_directions)
        In which the classes have unit spread and no correlation.

    Returns
    -------
    coef : ndarray of shape (n_classes, n_features)
    intercept : ndarray of shape (n_classes,)
    """
    centre = priors @ means
    projected = (means - centre) @ directions
    coef = projected @ directions.T
    with np.errstate(divide="ignore"):  # a class of prior 0 is never predicted
        intercept = np.log(priors) - 0.5 * np.sum(projected * projected, axis=1) - coef @ centre
    return coef, intercept


def shrunk(covariance: Array, shrinkage: float) -> Array:
    """Return (1 - shrinkage) covariance + shrinkage (mean variance) I.

    With few samples the smallest eigenvalues of a covariance come out too small and the
    largest too large; this draws them together.

    Examples
    --------
    >>> shrunk(np.array([[3.0, 1.0], [1.0, 1.0]]), 0.5).tolist()
    [[2.5, 0.5], [0.5, 1.5]]
    """
    target = np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    return (1.0 - shrinkage) * covariance + shrinkage * target


def ledoit_wolf_shrinkage(deviations: Array) -> float:
    """Return the shrinkage at which the expected squared error of :func:`shrunk` is least.

    Parameters
    ----------
    deviations : ndarray of shape (n_samples, n_features)
        Samples less their mean.

    Returns
    -------
    float in [0, 1]
        The variance of the covariance's entries over their squared distance from the target.
    """
    n_samples, n_features = deviations.shape
    squares = deviations * deviations
    S = deviations.T @ deviations / n_samples
    mean_variance = np.trace(S) / n_features
    noise = (np.sum(squares.T @ squares) / n_samples - np.sum(S * S)) / n_samples
    distance = np.sum(S * S) - n_features * mean_variance**2
    return float(min(max(noise, 0.0), distance) / distance) if distance > 0.0 else 0.0


def within_covariance(
    X: Array, codes: Codes, priors: Array, shrinkage: float | str | None = None
) -> Array:
    """Return the covariance within classes: the mean of theirs, weighted with the priors.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    codes : ndarray of int of shape (n_samples,)
    priors : ndarray of shape (n_classes,)
    shrinkage : float, "auto" or None
        For each class: how far to shrink; "auto" decides it by :func:`ledoit_wolf_shrinkage`, on
        features of unit spread.
    """
    total = np.zeros((X.shape[1], X.shape[1]))
    for k, prior in enumerate(priors):
        total += prior * covariance(X[codes == k], shrinkage)
    return total


def covariance(X: Array, shrinkage: float | str | None = None) -> Array:
    """Return the covariance of ``X`` about its mean, shrunk."""
    deviations = X - X.mean(axis=0)
    scale = np.ones(X.shape[1])
    if shrinkage == "auto":
        spread = np.sqrt(np.mean(deviations * deviations, axis=0))
        scale = np.where(spread > 0.0, spread, 1.0)
        deviations = deviations / scale
        shrinkage = ledoit_wolf_shrinkage(deviations)
    S = deviations.T @ deviations / len(X)
    return (shrunk(S, float(shrinkage)) if shrinkage else S) * np.outer(scale, scale)
