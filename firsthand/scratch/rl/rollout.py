"""Steps of a policy that plays, kept to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.network import Network
from firsthand.scratch.rl.environment import Environment
from firsthand.scratch.rl.policy_gradient import sample_action

Array = NDArray[Any]


@dataclass(frozen=True)
class Rollout:
    """Steps in a row, over one episode or several.

    Attributes
    ----------
    states, next_states : ndarray of shape (n_steps, ...)
        Before and after each step.
    actions, rewards : ndarray of shape (n_steps,)
    terminated : boolean ndarray of shape (n_steps,)
        The episode was over for good.
    ended : boolean ndarray of shape (n_steps,)
        The next step belongs to another episode: terminated, truncated, or the last one kept.
    """

    states: Array
    next_states: Array
    actions: Array
    rewards: Array
    terminated: Array
    ended: Array


class Player:
    """Plays on, step by step, with actions drawn from a policy; episodes follow each other.

    Parameters
    ----------
    environment : Environment
    policy : Network
        States in, a score for each action out. States that are whole numbers go in as a column:
        ``Sequential(Embedding(n_states, n_actions), Flatten(2))`` is a policy that is a table.
    rng : numpy.random.Generator
    seed : int or None
        For the environment's first reset.

    Raises
    ------
    DataError
        If there is no finite number of actions.

    Attributes
    ----------
    earned : list of (float, int)
        Reward and length of every episode that has ended.
    """

    def __init__(
        self,
        environment: Environment,
        policy: Network,
        rng: np.random.Generator,
        seed: int | None,
    ) -> None:
        actions: Any = getattr(environment, "action_space", None)
        if actions is not None and not hasattr(actions, "n"):
            raise DataError(f"The environment's actions are {actions}; needs a number of them, n.")
        self.environment, self.policy, self.rng = environment, policy, rng
        self.earned: list[tuple[float, int]] = []
        self.state, _ = environment.reset(seed=seed)
        self.total, self.length = 0.0, 0

    def play(self, *, n_steps: int = 0, n_episodes: int = 0) -> Rollout:
        """Return the next ``n_steps`` steps, and more until ``n_episodes`` have ended."""
        steps: list[tuple[Any, Any, int, float, bool, bool]] = []
        target = len(self.earned) + n_episodes
        while len(steps) < n_steps or len(self.earned) < target:
            action = sample_action(scores(self.policy, self.state), self.rng)
            after, reward, terminated, truncated, _ = self.environment.step(action)
            ended = bool(terminated or truncated)
            steps.append((self.state, after, action, float(reward), bool(terminated), ended))
            self.state, self.total, self.length = after, self.total + float(reward), self.length + 1
            if ended:
                self.earned.append((self.total, self.length))
                self.state, _ = self.environment.reset()
                self.total, self.length = 0.0, 0
        states, next_states, actions, rewards, terminated, ended = zip(*steps, strict=True)
        return Rollout(
            states=as_states(states, self.policy),
            next_states=as_states(next_states, self.policy),
            actions=np.array(actions),
            rewards=np.array(rewards),
            terminated=np.array(terminated),
            ended=np.array([*ended[:-1], True]),
        )


def as_states(states: Any, network: Network) -> Array:
    """Return states as one batch of the network's dtype; whole numbers stay so, as one column."""
    batch = np.asarray(states)
    if batch.dtype.kind in "iu":
        return batch[:, None] if batch.ndim == 1 else batch
    return batch.astype(network.parameters.flat.dtype)


def scores(policy: Network, state: Any) -> Array:
    """Return the policy's scores for one state, (n_actions,).

    Raises
    ------
    DataError
        If the policy returns anything but one row of scores a state.
    """
    Z = policy.forward(as_states([state], policy))
    if Z.ndim != 2 or len(Z) != 1:
        raise DataError(f"The policy returns shape {Z.shape} for one state; needs (1, n_actions).")
    return Z[0]


def best_action(policy: Network, state: Any) -> int:
    """Return the action with the highest score, for a policy that has learnt enough."""
    return int(scores(policy, state).argmax())
