"""A table of Q learnt by playing: Q-learning, SARSA and expected SARSA, one loop.

    Q, episodes = q_learning(environment, 500, epsilon=0.1, discount=0.99, random_state=0)
    episodes.rewards        what each episode earned while it learnt
    greedy(Q)               the policy

States and actions are numbers, and ``environment.observation_space.n`` says how many there are.
``epsilon`` may be a schedule, a function of the episode from 0, such as
``lambda episode: exponential_decay(episode, 1.0, 0.99)``. ``learning_rate`` may be a function of
how often the pair of state and action was seen, from 1: ``lambda n: 1 / n`` makes Q a mean, and
any that sums to infinity while its squares do not lets Q converge (Robbins & Monro, 1951).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.rl.environment import Environment, Episodes
from firsthand.scratch.rl.temporal_difference import (
    epsilon_greedy,
    expected_sarsa_update,
    q_learning_update,
    sarsa_update,
)
from firsthand.scratch.validation import check_number, check_random_state

Array = NDArray[np.float64]
Schedule = float | Callable[[int], float]
# learn(Q, state, action, reward, next_state, next_action, epsilon, terminated, rate)
Learn = Callable[[Array, int, int, float, int, int, float, bool, float], None]


def q_learning(
    environment: Environment,
    n_episodes: int,
    *,
    learning_rate: Schedule = 0.1,
    discount: float = 0.99,
    epsilon: Schedule = 0.1,
    Q: Array | None = None,
    random_state: int = 0,
) -> tuple[Array, Episodes]:
    """Learn the optimal Q while an epsilon-greedy policy plays.

    Parameters
    ----------
    environment : Environment
        Its states and actions are numbers from 0.
    n_episodes : int
    learning_rate : float, or function of the visits of (state, action)
    discount : float
    epsilon : float, or function of the episode
    Q : ndarray of shape (n_states, n_actions), optional
        Where to start, not changed; zeros by default.
    random_state : int
        Seeds the policy, and the environment's first reset.

    Returns
    -------
    Q : ndarray of shape (n_states, n_actions)
    episodes : Episodes

    Raises
    ------
    DataError
        If the environment does not count its states and actions.
    ParameterError
        If a number is out of its range.

    Examples
    --------
    >>> from firsthand.scratch.rl import GridWorld, greedy
    >>> world = GridWorld(["S.G", ".#P"])
    >>> Q, episodes = q_learning(world, 100, learning_rate=0.5, discount=0.9)
    >>> print(world.draw(greedy(Q)).splitlines()[0], Q[0].max().round(3))
    →→G 0.9
    """

    def learn(  # the order of the loop's arguments
        Q: Array, s: int, a: int, r: float, after: int, _: int, __: float, end: bool, rate: float
    ) -> None:
        q_learning_update(Q, s, a, r, after, end, rate, discount)

    return _train(environment, n_episodes, learn, learning_rate, discount, epsilon, Q, random_state)


def sarsa(
    environment: Environment,
    n_episodes: int,
    *,
    learning_rate: Schedule = 0.1,
    discount: float = 0.99,
    epsilon: Schedule = 0.1,
    Q: Array | None = None,
    random_state: int = 0,
) -> tuple[Array, Episodes]:
    """Learn the Q of the epsilon-greedy policy that plays; as :func:`q_learning` otherwise."""

    def learn(
        Q: Array, s: int, a: int, r: float, after: int, then: int, _: float, end: bool, rate: float
    ) -> None:
        sarsa_update(Q, s, a, r, after, then, end, rate, discount)

    return _train(environment, n_episodes, learn, learning_rate, discount, epsilon, Q, random_state)


def expected_sarsa(
    environment: Environment,
    n_episodes: int,
    *,
    learning_rate: Schedule = 0.1,
    discount: float = 0.99,
    epsilon: Schedule = 0.1,
    Q: Array | None = None,
    random_state: int = 0,
) -> tuple[Array, Episodes]:
    """Learn what SARSA learns, without the chance of a'; as :func:`q_learning` otherwise."""

    def learn(
        Q: Array, s: int, a: int, r: float, after: int, _: int, eps: float, end: bool, rate: float
    ) -> None:
        expected_sarsa_update(Q, s, a, r, after, eps, end, rate, discount)

    return _train(environment, n_episodes, learn, learning_rate, discount, epsilon, Q, random_state)


def _train(
    environment: Environment,
    n_episodes: int,
    learn: Learn,
    learning_rate: Schedule,
    discount: float,
    epsilon: Schedule,
    Q: Array | None,
    random_state: int,
) -> tuple[Array, Episodes]:
    """Play, and learn from every step. The next action is drawn before Q moves, as SARSA needs."""
    check_number("n_episodes", n_episodes, at_least=1, whole=True)
    check_number("discount", discount, at_least=0, at_most=1)
    rng = check_random_state(random_state)
    Q = _empty_table(environment) if Q is None else Q.astype(np.float64)
    visits = np.zeros(Q.shape, np.intp)
    earned: list[tuple[float, int]] = []
    for episode in range(n_episodes):
        eps = epsilon(episode) if callable(epsilon) else epsilon
        check_number("epsilon", eps, at_least=0, at_most=1)
        state, _ = environment.reset(seed=random_state if episode == 0 else None)
        action = epsilon_greedy(Q[state], eps, rng)
        total, length, over = 0.0, 0, False
        while not over:
            after, reward, terminated, truncated, _ = environment.step(action)
            then = epsilon_greedy(Q[after], eps, rng)
            visits[state, action] += 1
            seen = int(visits[state, action])
            rate = learning_rate(seen) if callable(learning_rate) else learning_rate
            learn(Q, state, action, float(reward), after, then, eps, terminated, rate)
            state, action = after, then
            total, length, over = total + float(reward), length + 1, terminated or truncated
        earned.append((total, length))
    return Q, Episodes.of(earned)


def _empty_table(environment: Any) -> Array:
    try:
        return np.zeros((int(environment.observation_space.n), int(environment.action_space.n)))
    except AttributeError as error:
        raise DataError(
            "The environment does not say how many states and actions it has; "
            "a table needs observation_space.n and action_space.n."
        ) from error
