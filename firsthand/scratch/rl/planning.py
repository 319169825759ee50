r"""Value iteration: the best that can be earned, when all that can happen is known.

    Q(s, a) = R(s, a) + discount sum over s' of P(s' | s, a) V(s')      Bellman's backup
    V(s)    = max over a of Q(s, a)                                     again and again

V settles: each backup brings any two V nearer by the factor ``discount``. What a given policy is
worth takes no iteration, it is linear: V = R_pi + discount P_pi V.

``P`` has shape (n_states, n_actions, n_states) and holds only what goes on: a step that ends the
episode leaves its part of the row at 0, and so a state after the end is worth nothing.

Bellman, Dynamic Programming (1957); Sutton & Barto, Reinforcement Learning (2nd edition, 2018),
4.1 and 4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import check_number

__all__ = ["Table", "backup", "greedy", "model", "policy_values", "value_iteration"]

Array = NDArray[np.float64]
# state: action: [(probability, next state, reward, terminated), ...]
Table = Mapping[int, Mapping[int, list[tuple[float, int, float, bool]]]]


def model(table: Table) -> tuple[Array, Array]:
    """Return (P, R) of a table ``environment.unwrapped.P`` as Gymnasium writes it.

    Parameters
    ----------
    table : mapping
        ``table[state][action]`` is a list of (probability, next state, reward, terminated).

    Returns
    -------
    P : ndarray of shape (n_states, n_actions, n_states)
        The probability of going on in each state.
    R : ndarray of shape (n_states, n_actions)
        The reward that an action earns on average.

    Examples
    --------
    >>> P, R = model({0: {0: [(0.8, 0, 0.0, False), (0.2, 1, 5.0, True)]}, 1: {0: []}})
    >>> P[:, 0].tolist(), R[:, 0].tolist()
    ([[0.8, 0.0], [0.0, 0.0]], [1.0, 0.0])
    """
    n_states, n_actions = len(table), max(len(actions) for actions in table.values())
    P, R = np.zeros((n_states, n_actions, n_states)), np.zeros((n_states, n_actions))
    for state, actions in table.items():
        for action, outcomes in actions.items():
            for probability, after, reward, terminated in outcomes:
                R[state, action] += probability * reward
                if not terminated:
                    P[state, action, after] += probability
    return P, R


def backup(V: Array, P: Array, R: Array, discount: float) -> Array:
    """Return Q: what each action earns now, and what V says follows.

    Parameters
    ----------
    V : ndarray of shape (n_states,)
    P : ndarray of shape (n_states, n_actions, n_states)
    R : ndarray of shape (n_states, n_actions)
    discount : float

    Returns
    -------
    Q : ndarray of shape (n_states, n_actions)
    """
    return R + discount * (P @ V)


def greedy(Q: Array) -> NDArray[np.intp]:
    """Return the best action of every state; of equal ones the first."""
    return Q.argmax(axis=-1)


def value_iteration(
    P: Array,
    R: Array,
    discount: float = 0.99,
    *,
    tolerance: float = 1e-10,
    max_iter: int = 100_000,
) -> Array:
    """Return the optimal Q.

    Parameters
    ----------
    P : ndarray of shape (n_states, n_actions, n_states)
    R : ndarray of shape (n_states, n_actions)
    discount : float
        From 0 to 1; at 1 every good policy has to come to an end.
    tolerance : float
        Stop when no value moves by more. The error is then below tolerance discount /
        (1 - discount).
    max_iter : int

    Returns
    -------
    Q : ndarray of shape (n_states, n_actions)

    Raises
    ------
    DataError
        If the values have not settled.

    Examples
    --------
    >>> P, R = np.zeros((2, 2, 2)), np.array([[0.0, 1.0], [5.0, 0.0]])
    >>> P[0, 0, 1] = 1.0
    >>> value_iteration(P, R, discount=0.9).tolist()
    [[4.5, 1.0], [5.0, 0.0]]
    """
    check_number("discount", discount, at_least=0, at_most=1)
    V = np.zeros(len(R))
    for _ in range(max_iter):
        Q = backup(V, P, R, discount)
        moved = np.abs(Q.max(axis=1) - V).max()
        V = Q.max(axis=1)
        if moved <= tolerance:
            return backup(V, P, R, discount)
    raise DataError(f"The values still move after {max_iter} rounds; take a discount below 1.")


def policy_values(P: Array, R: Array, policy: NDArray[Any], discount: float = 0.99) -> Array:
    """Return V of a policy, the solution of (I - discount P_pi) V = R_pi.

    Parameters
    ----------
    P : ndarray of shape (n_states, n_actions, n_states)
    R : ndarray of shape (n_states, n_actions)
    policy : integer array of shape (n_states,), or array of shape (n_states, n_actions)
        An action for each state, or the probability of each.
    discount : float

    Returns
    -------
    V : ndarray of shape (n_states,)

    Raises
    ------
    numpy.linalg.LinAlgError
        If the discount is 1 and the policy never comes to an end.
    """
    if policy.ndim == 1:
        policy = np.eye(R.shape[1])[policy]
    P_pi = np.einsum("sa,sat->st", policy, P)
    R_pi = np.einsum("sa,sa->s", policy, R)
    return np.linalg.solve(np.eye(len(R)) - discount * P_pi, R_pi)
