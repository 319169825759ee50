r"""Gaussian mixtures: clusters with a size, a place and a shape, fitted by EM.

    p(x) = sum_k w_k N(x | m_k, C_k)

    E:  r_ik = w_k N(x_i | m_k, C_k) / p(x_i)           how much of x_i is component k's doing
    M:  n_k = sum_i r_ik,   w_k = n_k / n,   m_k = sum_i r_ik x_i / n_k,
        C_k = sum_i r_ik (x_i - m_k)(x_i - m_k)^T / n_k

Each round raises the likelihood, or leaves it. A covariance may be full, the same for all
components (tied), diagonal, or a multiple of the identity (spherical); its inverse is kept as
P P^T with P upper triangular, so that (x - m)^T C^-1 (x - m) = |(x - m)^T P|^2.

Dempster, Laird & Rubin, Maximum likelihood from incomplete data via the EM algorithm (1977);
Bishop, Pattern Recognition and Machine Learning (2006), 9.2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TYPES",
    "Mixture",
    "e_step",
    "expectation_maximization",
    "log_densities",
    "log_sum_exp",
    "m_step",
    "mixture_covariances",
    "n_parameters",
    "precision_cholesky",
    "precision_matrices",
    "sample",
]

Array = NDArray[np.float64]
TYPES = ("full", "tied", "diag", "spherical")


class Mixture(NamedTuple):
    """The parameters of a mixture; the shape of two of them tells its covariance type.

    Attributes
    ----------
    weights : ndarray of shape (n_components,)
    means : ndarray of shape (n_components, n_features)
    covariances, precisions_cholesky : ndarray
        Of shape (n_components, n_features, n_features) if "full", (n_features, n_features) if
        "tied", (n_components, n_features) if "diag", (n_components,) if "spherical".
    """

    weights: Array
    means: Array
    covariances: Array
    precisions_cholesky: Array


def log_sum_exp(Z: Array) -> Array:
    """Return log sum_k exp(Z_ik) of every row.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_components)

    Returns
    -------
    sums : ndarray of shape (n_samples,)

    Examples
    --------
    >>> log_sum_exp(np.array([[0.0, 0.0], [-1e4, -2e4]])).round(4).tolist()
    [0.6931, -10000.0]
    """
    top = Z.max(axis=1, keepdims=True)  # the largest term becomes 1: no overflow, and no log 0
    return top[:, 0] + np.log(np.exp(Z - top).sum(axis=1))


def log_densities(
    X: Array, means: Array, precisions_cholesky: Array, covariance_type: str
) -> Array:
    """Return log N(x_i | m_k, C_k) for all samples and components.

        log N = log det P - 1/2 (n_features log(2 pi) + |(x - m)^T P|^2)

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    means : ndarray of shape (n_components, n_features)
    precisions_cholesky : ndarray
        P of every component, in the shape of the type.
    covariance_type : {"full", "tied", "diag", "spherical"}

    Returns
    -------
    log_densities : ndarray of shape (n_samples, n_components)
    """
    n_features = X.shape[1]
    origin = means.mean(axis=0)
    X, means = X - origin, means - origin  # products cancel least near the means
    if covariance_type in ("diag", "spherical"):
        P = precisions_cholesky.reshape(len(means), -1) * np.ones(n_features)
        squares = X**2 @ (P**2).T - 2 * X @ (means * P**2).T + (means**2 * P**2).sum(axis=1)
        log_dets = np.log(P).sum(axis=1)
    else:
        P = np.broadcast_to(precisions_cholesky, (len(means), n_features, n_features))
        squares = np.empty((len(X), len(means)))
        for k, mean in enumerate(means):
            Y = X @ P[k] - mean @ P[k]  # (n_samples, n_features), whitened
            squares[:, k] = np.einsum("ij,ij->i", Y, Y)
        log_dets = np.log(np.diagonal(P, axis1=1, axis2=2)).sum(axis=1)
    return log_dets - 0.5 * (n_features * np.log(2 * np.pi) + squares)


def e_step(X: Array, mixture: Mixture, covariance_type: str) -> tuple[Array, Array]:
    """Return log p(x_i), and the logarithm of what each component has to do with x_i.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    mixture : Mixture
    covariance_type : {"full", "tied", "diag", "spherical"}

    Returns
    -------
    log_likelihoods : ndarray of shape (n_samples,)
    log_responsibilities : ndarray of shape (n_samples, n_components)
        The exponentials of each row sum to 1.
    """
    with np.errstate(divide="ignore"):  # a weight of 0 is a component that is not there
        log_weights = np.log(mixture.weights)
    joint = log_weights + log_densities(
        X, mixture.means, mixture.precisions_cholesky, covariance_type
    )
    log_likelihoods = log_sum_exp(joint)
    return log_likelihoods, joint - log_likelihoods[:, None]


def m_step(X: Array, responsibilities: Array, reg_covar: float, covariance_type: str) -> Mixture:
    """Return the mixture that is most likely, given who is responsible for what.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Near the origin, else tied, diagonal and spherical covariances lose digits.
    responsibilities : ndarray of shape (n_samples, n_components)
    reg_covar : float
        Added to every variance, so that none collapses to zero.
    covariance_type : {"full", "tied", "diag", "spherical"}

    Raises
    ------
    numpy.linalg.LinAlgError
        If a covariance is not positive definite.
    """
    counts = responsibilities.sum(axis=0) + 10 * np.finfo(np.float64).eps  # none is quite empty
    means = responsibilities.T @ X / counts[:, None]
    covariances = mixture_covariances(
        X, responsibilities, counts, means, reg_covar, covariance_type
    )
    P = precision_cholesky(covariances, covariance_type)
    return Mixture(counts / counts.sum(), means, covariances, P)


def mixture_covariances(
    X: Array,
    responsibilities: Array,
    counts: Array,
    means: Array,
    reg_covar: float,
    covariance_type: str,
) -> Array:
    """Return the covariances about the means, in the shape of the type.

    full       C_k = sum_i r_ik (x_i - m_k)(x_i - m_k)^T / n_k
    tied       C = (sum_i x_i x_i^T - sum_k n_k m_k m_k^T) / n      whole minus between
    diag       the diagonals of C_k
    spherical  the means of these diagonals

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    responsibilities : ndarray of shape (n_samples, n_components)
    counts : ndarray of shape (n_components,)
        Sums of the responsibilities.
    means : ndarray of shape (n_components, n_features)
    reg_covar : float
        Added to every variance.
    covariance_type : {"full", "tied", "diag", "spherical"}
    """
    ridge = reg_covar * np.eye(X.shape[1])
    if covariance_type == "full":
        covariances = np.empty((len(means), X.shape[1], X.shape[1]))
        for k, mean in enumerate(means):
            away = X - mean
            covariances[k] = (responsibilities[:, k] * away.T) @ away / counts[k] + ridge
        return covariances
    if covariance_type == "tied":
        return (X.T @ X - (counts * means.T) @ means) / counts.sum() + ridge
    variances = responsibilities.T @ X**2 / counts[:, None] - means**2 + reg_covar
    return variances if covariance_type == "diag" else variances.mean(axis=1)


def precision_cholesky(covariances: Array, covariance_type: str) -> Array:
    """Return P with C^-1 = P P^T for every covariance: from C = L L^T, P is L^-T.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a covariance is not positive definite.

    Examples
    --------
    >>> precision_cholesky(np.array([4.0, 0.25]), "spherical").tolist()
    [0.5, 2.0]
    """
    if covariance_type in ("full", "tied"):
        L = np.linalg.cholesky(covariances)
        inverse = np.asarray(np.linalg.solve(L, np.eye(L.shape[-1])), np.float64)
        return np.triu(np.swapaxes(inverse, -1, -2))
    if np.any(covariances <= 0):
        raise np.linalg.LinAlgError("a variance is not positive")
    return 1.0 / np.sqrt(covariances)


def precision_matrices(precisions_cholesky: Array, covariance_type: str) -> Array:
    """Return C^-1 = P P^T for every component, in the shape of the type."""
    if covariance_type in ("full", "tied"):
        return precisions_cholesky @ np.swapaxes(precisions_cholesky, -1, -2)
    return precisions_cholesky**2


def n_parameters(n_components: int, n_features: int, covariance_type: str) -> int:
    """Return how many numbers of the mixture are free.

    Examples
    --------
    >>> n_parameters(3, 2, "full"), n_parameters(3, 2, "spherical")
    (17, 11)
    """
    square = n_features * (n_features + 1) // 2
    shapes = {
        "full": n_components * square,
        "tied": square,
        "diag": n_components * n_features,
        "spherical": n_components,
    }
    return shapes[covariance_type] + n_components * n_features + n_components - 1


def expectation_maximization(
    X: Array,
    mixture: Mixture,
    reg_covar: float,
    covariance_type: str,
    max_iter: int,
    tol: float,
) -> tuple[Mixture, list[float], bool]:
    """Take E and M steps until the mean log-likelihood rises by less than ``tol``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    mixture : Mixture
        Where to begin; its covariances are not needed.
    reg_covar : float
    covariance_type : {"full", "tied", "diag", "spherical"}
    max_iter : int
    tol : float

    Returns
    -------
    mixture : Mixture
    lower_bounds : list of float
        The mean log-likelihood before each M step.
    converged : bool
    """
    lower_bounds: list[float] = []
    for _ in range(max_iter):
        log_likelihoods, log_responsibilities = e_step(X, mixture, covariance_type)
        mixture = m_step(X, np.exp(log_responsibilities), reg_covar, covariance_type)
        lower_bounds.append(float(log_likelihoods.mean()))
        if len(lower_bounds) > 1 and abs(lower_bounds[-1] - lower_bounds[-2]) < tol:
            return mixture, lower_bounds, True
    return mixture, lower_bounds, False


def sample(
    mixture: Mixture, covariance_type: str, n_samples: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.intp]]:
    """Draw samples: first a component by its weight, then a point m + z P^-1.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        Component by component.
    labels : ndarray of shape (n_samples,)
        The component of each.
    """
    counts = rng.multinomial(n_samples, mixture.weights)
    drawn: list[Array] = []
    for k, count in enumerate(counts):
        P = mixture.precisions_cholesky
        P = P if covariance_type == "tied" else P[k]
        Z = rng.normal(size=(count, mixture.means.shape[1]))
        spread = np.linalg.solve(P.T, Z.T).T if P.ndim == 2 else Z / P
        drawn.append(mixture.means[k] + spread)
    return np.vstack(drawn), np.repeat(np.arange(len(counts)), counts)
