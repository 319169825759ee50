r"""t-SNE: a map on which near samples stay near, by matching probabilities of being neighbours.

    p_j|i = exp(-beta_i |x_i - x_j|^2) / sum_k!=i ...    beta_i such that 2^H(p_.|i) = perplexity
    p_ij  = (p_j|i + p_i|j) / (2 n)
    w_ij  = (1 + |y_i - y_j|^2 / nu)^(-(nu + 1) / 2)     Student's t: heavy tails make room
    q_ij  = w_ij / sum_k!=l w_kl
    KL    = sum_ij p_ij log(p_ij / q_ij)
    dKL/dy_i = 2 (nu + 1) / nu  sum_j (p_ij - q_ij) w_ij^(2 / (nu + 1)) (y_i - y_j)

On a plane nu = 1, w = 1 / (1 + d^2), and the factors are 4 and w.

van der Maaten & Hinton, Visualizing data using t-SNE (2008); van der Maaten, Learning a
parametric embedding by preserving local structure (2009), for nu.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.distances import squared_distances

__all__ = [
    "Descent",
    "conditional_probabilities",
    "descent_step",
    "joint_probabilities",
    "kl_divergence",
    "kl_gradient",
    "student_kernel",
]

Array = NDArray[np.float64]

TINY = np.finfo(np.float64).eps  # no probability is smaller: logarithms stay finite


def conditional_probabilities(D: Array, perplexity: float, tol: float = 1e-5) -> Array:
    """Return p_j|i, the probability that i would choose j as its neighbour.

    The precision beta_i is found by bisection, for all samples at once: where the entropy is too
    large it doubles, or moves half way to the smallest that was too large.

    Parameters
    ----------
    D : ndarray of shape (n_samples, n_samples)
        Squared distances.
    perplexity : float
        About how many neighbours a sample has, below n_samples.
    tol : float
        How exactly the entropy, in nats, has to be log(perplexity).

    Returns
    -------
    P : ndarray of shape (n_samples, n_samples)
        Rows sum to 1; the diagonal is 0.

    Examples
    --------
    >>> D = np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 1.0], [4.0, 1.0, 0.0]])
    >>> P = conditional_probabilities(D, 2)
    >>> P[1].round(6).tolist()
    [0.5, 0.0, 0.5]
    """
    n_samples = len(D)
    others = D.astype(np.float64)  # a copy
    np.fill_diagonal(others, np.inf)  # exp(-inf) = 0: nobody is its own neighbour
    others -= others.min(axis=1, keepdims=True)  # a factor common to a row, before it underflows
    beta = np.ones(n_samples)
    low, high = np.zeros(n_samples), np.full(n_samples, np.inf)
    P = np.empty_like(others)
    wrong = np.arange(n_samples)
    for _ in range(100):
        P[wrong], entropy = _boltzmann(others[wrong], beta[wrong])
        excess = entropy - np.log(perplexity)
        off = np.abs(excess) > tol
        wrong, excess = wrong[off], excess[off]
        if len(wrong) == 0:
            break
        flat = excess > 0  # too many neighbours: a narrower bell
        low[wrong[flat]], high[wrong[~flat]] = beta[wrong[flat]], beta[wrong[~flat]]
        middle = (low[wrong] + high[wrong]) / 2
        beta[wrong] = np.where(np.isinf(high[wrong]), 2 * beta[wrong], middle)
    return P


def _boltzmann(D: Array, beta: Array) -> tuple[Array, Array]:
    """Return exp(-beta D) over its sum, and the entropy, for every row."""
    P = np.exp(-beta[:, None] * D)
    total = P.sum(axis=1)
    P /= total[:, None]
    heat = np.einsum("ij,ij->i", P, np.where(np.isinf(D), 0.0, D))
    return P, np.log(total) + beta * heat


def joint_probabilities(D: Array, perplexity: float) -> Array:
    """Return p_ij, symmetric and of sum 1, at least 2.2e-16 off the diagonal.

    Parameters
    ----------
    D : ndarray of shape (n_samples, n_samples)
        Squared distances.
    perplexity : float

    Examples
    --------
    >>> P = joint_probabilities(np.array([[0.0, 1.0], [1.0, 0.0]]), 1.0)
    >>> P.tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    P = conditional_probabilities(D, perplexity)
    P = P + P.T
    P = np.maximum(P / P.sum(), TINY)
    np.fill_diagonal(P, 0.0)
    return P


def student_kernel(Y: Array, nu: float = 1.0) -> Array:
    """Return (1 + |y_i - y_j|^2 / nu)^-1 of all pairs, 0 on the diagonal.

    To the power (nu + 1) / 2 it is w_ij, and q_ij is that over its sum.

    Parameters
    ----------
    Y : ndarray of shape (n_samples, n_components)
    nu : float
        Degrees of freedom.

    Examples
    --------
    >>> student_kernel(np.array([[0.0, 0.0], [1.0, 0.0]])).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    K = squared_distances(Y, Y)
    K /= nu
    K += 1.0
    np.divide(1.0, K, out=K)
    np.fill_diagonal(K, 0.0)
    return K


def kl_divergence(P: Array, Q: Array) -> float:
    """Return sum p log(p / q) over all pairs of two samples.

    Examples
    --------
    >>> round(kl_divergence(np.array([[0.0, 0.9], [0.1, 0.0]]), np.full((2, 2), 0.5)), 6)
    0.368064
    """
    inside = P > 0
    p, q = P[inside], np.maximum(Q[inside], TINY)
    return float(p @ np.log(p / q))


def kl_gradient(Y: Array, P: Array, nu: float = 1.0) -> tuple[Array, Array]:
    """Return the gradient of KL with respect to the map, and q_ij.

    Since sum_j m_ij (y_i - y_j) = (sum_j m_ij) y_i - (M Y)_i, it is one matrix product.

    Parameters
    ----------
    Y : ndarray of shape (n_samples, n_components)
    P : ndarray of shape (n_samples, n_samples)
    nu : float

    Returns
    -------
    dY : ndarray of shape (n_samples, n_components)
    Q : ndarray of shape (n_samples, n_samples)
    """
    K = student_kernel(Y, nu)
    Q = K if nu == 1.0 else K ** ((nu + 1.0) / 2.0)
    Q = Q / Q.sum()
    M = (P - Q) * K
    dY = M.sum(axis=1)[:, None] * Y - M @ Y
    return 2.0 * (nu + 1.0) / nu * dY, Q


class Descent(NamedTuple):
    """Where the descent is: the map, its velocity, and a gain for each coordinate.

    Attributes
    ----------
    Y, velocity, gains : ndarray of shape (n_samples, n_components)
        The velocity is 0 at first, and the gains 1.
    """

    Y: Array
    velocity: Array
    gains: Array


def descent_step(state: Descent, dY: Array, learning_rate: float, momentum: float) -> Descent:
    """Return the map after one step of gradient descent with momentum and gains.

        gain     <- gain + 0.2  where the gradient still pulls along the velocity,
                    0.8 gain    where it pulls back; at least 0.01
        velocity <- momentum velocity - learning_rate gain dY
        Y        <- Y + velocity

    Parameters
    ----------
    state : Descent
    dY : ndarray of shape (n_samples, n_components)
    learning_rate, momentum : float
    """
    along = state.velocity * dY < 0
    gains = np.maximum(np.where(along, state.gains + 0.2, 0.8 * state.gains), 0.01)
    velocity = momentum * state.velocity - learning_rate * gains * dY
    return Descent(state.Y + velocity, velocity, gains)
