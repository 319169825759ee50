r"""Learn what actions are worth from steps alone: SARSA, expected SARSA and Q-learning.

    Q(s, a) <- Q(s, a) + learning_rate (target - Q(s, a))

    SARSA             target = r + discount Q(s', a')                    a' is what is done next
    expected SARSA    target = r + discount sum over a' of pi(a' | s') Q(s', a')
    Q-learning        target = r + discount max over a' of Q(s', a')     whatever is done next

After a terminal step the target is r alone. The first two learn what the policy that acts is
worth, with all its exploring; Q-learning learns the best policy while another one acts.

Sutton & Barto, Reinforcement Learning (2nd edition, 2018), 6.4-6.6; Watkins, Learning from
delayed rewards (1989); Rummery & Niranjan (1994).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def epsilon_greedy(q: Array, epsilon: float, rng: np.random.Generator) -> int:
    """Return any action with probability epsilon, else the best; equal ones are equally likely.

    Parameters
    ----------
    q : ndarray of shape (n_actions,)
        What each action is worth.
    epsilon : float
        From 0, always the best, to 1, anything.
    rng : numpy.random.Generator

    Examples
    --------
    >>> epsilon_greedy(np.array([0.0, 2.0, 1.0]), 0.0, np.random.default_rng(0))
    1
    """
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    best = np.flatnonzero(q == q.max())  # always the first would never find out about the others
    return int(best[0] if len(best) == 1 else rng.choice(best))


def epsilon_greedy_probabilities(q: Array, epsilon: float) -> Array:
    """Return how likely :func:`epsilon_greedy` takes each action.

    Examples
    --------
    >>> epsilon_greedy_probabilities(np.array([0.0, 2.0]), 0.2).tolist()
    [0.1, 0.9]
    """
    best = q == q.max()
    return epsilon / len(q) + (1 - epsilon) * best / best.sum()


def q_learning_update(
    Q: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    learning_rate: float,
    discount: float,
) -> None:
    """Move Q[state, action] towards r + discount max Q[next_state], in place.

    Parameters
    ----------
    Q : ndarray of shape (n_states, n_actions)
    state, action, reward, next_state
        One step: what was done where, what it earned, and where it led.
    terminated : bool
        Whether that was the end; the target is then the reward alone.
    learning_rate, discount : float

    Examples
    --------
    >>> Q = np.array([[0.0, 0.0], [4.0, 8.0]])
    >>> q_learning_update(Q, 0, 1, 2.0, 1, False, learning_rate=0.5, discount=0.5)
    >>> Q.tolist()
    [[0.0, 3.0], [4.0, 8.0]]
    """
    target = reward if terminated else reward + discount * Q[next_state].max()
    Q[state, action] += learning_rate * (target - Q[state, action])


def sarsa_update(
    Q: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    next_action: int,
    terminated: bool,
    learning_rate: float,
    discount: float,
) -> None:
    """Move Q[state, action] towards r + discount Q[next_state, next_action], in place.

    Arguments are those of :func:`q_learning_update`, and ``next_action``: what is done next.

    Examples
    --------
    >>> Q = np.array([[0.0, 0.0], [4.0, 8.0]])
    >>> sarsa_update(Q, 0, 1, 2.0, 1, 0, False, learning_rate=0.5, discount=0.5)
    >>> Q.tolist()
    [[0.0, 2.0], [4.0, 8.0]]
    """
    target = reward if terminated else reward + discount * Q[next_state, next_action]
    Q[state, action] += learning_rate * (target - Q[state, action])


def expected_sarsa_update(
    Q: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    epsilon: float,
    terminated: bool,
    learning_rate: float,
    discount: float,
) -> None:
    """Move Q[state, action] towards r + discount E Q[next_state], in place.

    Arguments are those of :func:`q_learning_update`; the mean is over what an epsilon-greedy
    policy does next.

    Examples
    --------
    >>> Q = np.array([[0.0, 0.0], [4.0, 8.0]])
    >>> expected_sarsa_update(Q, 0, 1, 2.0, 1, 1.0, False, learning_rate=0.5, discount=0.5)
    >>> Q.tolist()
    [[0.0, 2.5], [4.0, 8.0]]
    """
    following = epsilon_greedy_probabilities(Q[next_state], epsilon) @ Q[next_state]
    target = reward if terminated else reward + discount * following
    Q[state, action] += learning_rate * (target - Q[state, action])
