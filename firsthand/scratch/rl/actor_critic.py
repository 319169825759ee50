r"""Policies as networks: REINFORCE with a baseline, and actor-critic.

    policy (actor):  s -> Z, a score for each action        steps along the policy gradient
    critic:          s -> V(s), what will be earned         steps along d mean((V - target)^2)

REINFORCE waits for the end of its episodes and credits an action with G - V, all that followed
against what was expected. Actor-critic learns from any stretch of steps and lets the critic say
what follows: generalised advantages A, and A + V as the critic's target. CartPole wants a trace
near 1: with 0.95 three of four seeds lost the cart after some 150 steps, with 0.99 all four held
it for 450 and more.

An episode that was cut off, and did not end, goes on in the critic's guess. Advantages are scaled
to mean 0 and deviation 1 in each batch, so that one learning rate suits rewards of any size; one
step alone has nothing to be compared with, and stays as it is.

Williams (1992); Sutton & Barto, Reinforcement Learning (2nd edition, 2018), 13.4-13.5; Mnih et
al., Asynchronous methods for deep reinforcement learning (2016).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.losses.mean_squared import mean_squared_error_backward
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.optimizers import Adam, clip_by_norm
from firsthand.scratch.nn.optimizers.optimizer import Optimizer
from firsthand.scratch.rl.environment import Environment, Episodes
from firsthand.scratch.rl.policy_gradient import (
    discounted_returns,
    generalised_advantages,
    policy_gradient_loss_backward,
)
from firsthand.scratch.rl.rollout import Player, Rollout
from firsthand.scratch.validation import check_number, check_random_state

Array = NDArray[np.float64]
Until = Callable[[list[float]], bool]
Credit = Callable[[Rollout], tuple[Array, Array]]


def reinforce(
    environment: Environment,
    policy: Network,
    baseline: Network | None = None,
    *,
    n_episodes: int = 1000,
    batch_episodes: int = 8,
    discount: float = 0.99,
    learning_rate: float = 3e-3,
    entropy: float = 0.0,
    most: float = 0.5,
    until: Until | None = None,
    random_state: int = 0,
) -> Episodes:
    """Train ``policy`` on whole episodes, credited with what followed each action.

    Parameters
    ----------
    environment : Environment
        With actions from 0 on.
    policy : Network
        States in, (n_states, n_actions) scores out; trained in place.
    baseline : Network, optional
        States in, (n_states, 1) out: learns what is expected, and takes away that noise.
    n_episodes, batch_episodes : int
        How many in all, and how many a step of the optimizer.
    discount : float
    learning_rate : float
        Of Adam, for both networks; it falls in a straight line to 0.
    entropy : float
        The reward of staying undecided.
    most : float
        Longer gradients are shortened to that norm.
    until : callable, optional
        Asked after each batch with all episodes' rewards; True ends the training.
    random_state : int
        Seeds the actions, and the environment's first reset.

    Returns
    -------
    episodes : Episodes
        What was earned on the way.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """
    check_number("n_episodes", n_episodes, at_least=1, whole=True)
    check_number("batch_episodes", batch_episodes, at_least=1, whole=True)
    check_number("discount", discount, at_least=0, at_most=1)
    player = Player(environment, policy, check_random_state(random_state), random_state)
    learner = _Learner(policy, baseline, learning_rate, entropy, most)

    def credit(rollout: Rollout) -> tuple[Array, Array]:
        after = values_after(baseline, rollout)
        ends = np.flatnonzero(rollout.ended) + 1
        episodes = np.split(np.arange(len(rollout.rewards)), ends[:-1])
        returns = [
            discounted_returns(rollout.rewards[e], discount, float(after[e[-1]])) for e in episodes
        ]
        targets = np.concatenate(returns)
        return targets - values_of(baseline, rollout.states), targets

    while len(player.earned) < n_episodes:
        done = len(player.earned) / n_episodes
        rollout = player.play(n_episodes=min(batch_episodes, n_episodes - len(player.earned)))
        learner.learn(rollout, credit, share_left=1 - done)
        if until is not None and until([reward for reward, _ in player.earned]):
            break
    return Episodes.of(player.earned)


def actor_critic(
    environment: Environment,
    policy: Network,
    critic: Network,
    *,
    n_steps: int = 100_000,
    batch_steps: int = 256,
    discount: float = 0.99,
    trace: float = 0.95,
    learning_rate: float = 3e-3,
    entropy: float = 0.0,
    most: float = 0.5,
    until: Until | None = None,
    random_state: int = 0,
) -> Episodes:
    """Train ``policy`` and ``critic`` on stretches of steps, over the ends of episodes.

    Parameters
    ----------
    environment, policy, discount, learning_rate, entropy, most, until, random_state
        As for :func:`reinforce`.
    critic : Network
        States in, (n_states, 1) out: what will be earned; trained in place.
    n_steps, batch_steps : int
        How many in all, and how many a step of the optimizer.
    trace : float
        From 0, trust the critic after one step, to 1, trust rewards alone.

    Returns
    -------
    episodes : Episodes
        What was earned by the episodes that ended on the way.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """
    check_number("n_steps", n_steps, at_least=1, whole=True)
    check_number("batch_steps", batch_steps, at_least=2, whole=True)
    check_number("discount", discount, at_least=0, at_most=1)
    check_number("trace", trace, at_least=0, at_most=1)
    player = Player(environment, policy, check_random_state(random_state), random_state)
    learner = _Learner(policy, critic, learning_rate, entropy, most)

    def credit(rollout: Rollout) -> tuple[Array, Array]:
        V, after = values_of(critic, rollout.states), values_after(critic, rollout)
        A = generalised_advantages(rollout.rewards, V, after, rollout.ended, discount, trace)
        return A, A + V

    for done in range(0, n_steps, batch_steps):
        rollout = player.play(n_steps=min(batch_steps, n_steps - done))
        learner.learn(rollout, credit, share_left=1 - done / n_steps)
        if until is not None and until([reward for reward, _ in player.earned]):
            break
    return Episodes.of(player.earned)


def values_of(critic: Network | None, states: Array) -> Array:
    """Return V of each state, (n_steps,); zeros without a critic.

    Raises
    ------
    DataError
        If the critic returns anything but one number a state.
    """
    if critic is None:
        return np.zeros(len(states))
    V = critic.forward(states)
    if V.shape != (len(states), 1):
        raise DataError(f"The critic returns {V.shape} for {len(states)} states; needs (n, 1).")
    return V[:, 0].astype(float)


def values_after(critic: Network | None, rollout: Rollout) -> Array:
    """Return V of the state after each step, (n_steps,): 0 where the episode was over for good."""
    return np.where(rollout.terminated, 0.0, values_of(critic, rollout.next_states))


class _Learner:
    """One optimizer for each network, and what both do with a rollout."""

    def __init__(
        self,
        policy: Network,
        critic: Network | None,
        learning_rate: float,
        entropy: float,
        most: float,
    ) -> None:
        check_number("learning_rate", learning_rate, above=0)
        check_number("entropy", entropy, at_least=0)
        check_number("most", most, above=0)
        self.policy, self.critic, self.entropy = policy, critic, entropy
        self.learning_rate, self.most = learning_rate, most
        self.optimizers = Adam(learning_rate), Adam(learning_rate)

    def learn(self, rollout: Rollout, credit: Credit, share_left: float) -> None:
        advantages, targets = credit(rollout)
        if self.critic is not None:
            V = self.critic.forward(rollout.states)  # (n_steps, 1)
            Y = targets.astype(V.dtype)[:, None]
            self.critic.backward(mean_squared_error_backward(V, Y))
            self._step(self.critic, self.optimizers[1], share_left)
        if len(advantages) > 1:
            advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        Z = self.policy.forward(rollout.states)
        dZ = policy_gradient_loss_backward(Z, rollout.actions, advantages, self.entropy)
        self.policy.backward(dZ)
        self._step(self.policy, self.optimizers[0], share_left)

    def _step(self, network: Network, optimizer: Optimizer, share_left: float) -> None:
        clip_by_norm(network.gradients.flat, self.most)
        optimizer.learning_rate = self.learning_rate * share_left
        optimizer.step(network.parameters.flat, network.gradients.flat)
