r"""The policy gradient: make actions likelier that earned more than was expected.

    pi = softmax(Z)                                    Z, a score for each action
    J  = -mean(A log pi[a]) - entropy mean(H)          A, the advantage of what was done
    H  = -sum over a of pi log pi                      how undecided the policy is
    dZ = (A (pi - Y) + entropy pi (log pi + H)) / n    Y, the action done, one-hot

dJ is, on average, minus the gradient of what the policy earns (the policy gradient theorem). It
looks like a classifier's gradient whose labels are the actions, each weighted by its advantage.
How much an action is to be credited for is A:

    G_t = r_t + discount G_t+1                                        the return, all that followed
    delta_t = r_t + discount V(s_t+1) - V(s_t)                        one step's surprise
    A_t = delta_t + discount trace A_t+1                              generalised advantage

With trace = 1, A = G - V: right on average, and noisy. With trace = 0, A = delta: steady, and as
wrong as V is. Both sums stop where an episode ends.

Williams, Simple statistical gradient-following algorithms (1992); Sutton & Barto (2018), 13.1-13.5;
Schulman et al., High-dimensional continuous control using generalized advantage estimation (2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.mlp import log_softmax

Array = NDArray[np.floating[Any]]
Actions = NDArray[np.integer[Any]]


def sample_action(z: Array, rng: np.random.Generator) -> int:
    """Draw an action from softmax(z), for scores ``z`` of shape (n_actions,).

    Raises
    ------
    DataError
        If the scores are NaN or infinite; -inf alone is never drawn.

    Examples
    --------
    >>> sample_action(np.array([0.0, 50.0]), np.random.default_rng(0))
    1
    """
    if not np.isfinite(z.max()):
        raise DataError(f"The scores are {z}, which is no choice; the policy may have diverged.")
    # not normalised: the draw is scaled instead, in float64, as in float32 it may reach the sum
    cumulative = np.cumsum(np.exp(z - z.max()), dtype=np.float64)
    return int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right"))


def policy_gradient_loss(
    Z: Array, actions: Actions, advantages: Array, entropy: float = 0.0
) -> Any:
    """Return J = -mean(A log pi[a]) - entropy mean(H).

    Parameters
    ----------
    Z : array of shape (..., n_samples, n_actions)
        The policy's scores.
    actions : integer array of shape (..., n_samples)
        What was done.
    advantages : array of shape (..., n_samples)
        How much better that was than expected; constants, nothing flows through them.
    entropy : float
        The reward of staying undecided, which keeps the policy exploring.

    Returns
    -------
    J : float, or array of the leading axes' shape

    Examples
    --------
    >>> J = policy_gradient_loss(np.zeros((1, 2)), np.array([0]), np.array([3.0]))
    >>> round(float(J), 4)  # 3 log 2
    2.0794
    """
    log_P = log_softmax(Z)
    taken = np.take_along_axis(log_P, actions[..., None], axis=-1)[..., 0]  # (..., n_samples)
    H = -(np.exp(log_P) * log_P).sum(axis=-1)
    return -(advantages * taken + entropy * H).mean(axis=-1)


def policy_gradient_loss_backward(
    Z: Array, actions: Actions, advantages: Array, entropy: float = 0.0
) -> Array:
    """Return dZ of :func:`policy_gradient_loss`, of the shape and dtype of ``Z``.

    Examples
    --------
    >>> policy_gradient_loss_backward(np.zeros((1, 2)), np.array([0]), np.array([3.0])).tolist()
    [[-1.5, 1.5]]
    """
    log_P = log_softmax(Z)
    P = np.exp(log_P)
    Y = actions[..., None] == np.arange(Z.shape[-1])  # one-hot, (..., n_samples, n_actions)
    H = -(P * log_P).sum(axis=-1, keepdims=True)
    dZ = advantages[..., None] * (P - Y) + entropy * P * (log_P + H)
    return (dZ / Z.shape[-2]).astype(Z.dtype, copy=False)


def discounted_returns(rewards: Array, discount: float, last: float = 0.0) -> NDArray[np.float64]:
    """Return G_t = r_t + discount G_t+1 for every step of one episode.

    Parameters
    ----------
    rewards : array of shape (n_steps,)
    discount : float
    last : float
        What follows the last step; 0 at a real end, a guess where an episode was cut off.

    Returns
    -------
    G : ndarray of shape (n_steps,)

    Examples
    --------
    >>> discounted_returns(np.array([1.0, 0.0, 4.0]), 0.5).tolist()
    [2.0, 2.0, 4.0]
    """
    G = np.empty(len(rewards))
    for t in reversed(range(len(rewards))):
        last = rewards[t] + discount * last
        G[t] = last
    return G


def generalised_advantages(
    rewards: Array,
    values: Array,
    next_values: Array,
    ended: NDArray[np.bool_],
    discount: float,
    trace: float,
) -> NDArray[np.float64]:
    """Return A_t = delta_t + discount trace A_t+1, over episodes that follow each other.

    Parameters
    ----------
    rewards : array of shape (n_steps,)
    values : array of shape (n_steps,)
        V of the state before each step.
    next_values : array of shape (n_steps,)
        V of the state after it: 0 after a terminal step, V where the episode was only cut off.
    ended : boolean array of shape (n_steps,)
        Whether the next step belongs to another episode.
    discount : float
    trace : float
        From 0, trust V after one step, to 1, trust rewards alone.

    Returns
    -------
    A : ndarray of shape (n_steps,)

    Examples
    --------
    >>> generalised_advantages(
    ...     np.array([1.0, 1.0]), np.array([2.0, 0.5]), np.array([0.5, 0.0]),
    ...     np.array([False, True]), discount=1.0, trace=1.0,
    ... ).tolist()
    [0.0, 0.5]
    """
    delta = rewards + discount * next_values - values
    A, following = np.empty(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        following = delta[t] + discount * trace * following * (not ended[t])
        A[t] = following
    return A
