"""Reinforcement learning: from a table of Q to policies that are networks.

``planning`` knows the world and is the oracle, ``temporal_difference`` and ``tabular`` learn it
by playing, ``policy_gradient`` and ``actor_critic`` do so with networks of ours. An environment is
passed in: our ``GridWorld``, or any of Gymnasium's with a finite number of actions.
"""

from firsthand.scratch.rl.actor_critic import actor_critic, reinforce
from firsthand.scratch.rl.environment import Environment, Episodes, play
from firsthand.scratch.rl.grid_world import Discrete, GridWorld
from firsthand.scratch.rl.planning import greedy, model, policy_values, value_iteration
from firsthand.scratch.rl.policy_gradient import (
    discounted_returns,
    generalised_advantages,
    policy_gradient_loss,
    policy_gradient_loss_backward,
    sample_action,
)
from firsthand.scratch.rl.rollout import Player, Rollout, best_action
from firsthand.scratch.rl.tabular import expected_sarsa, q_learning, sarsa
from firsthand.scratch.rl.temporal_difference import (
    epsilon_greedy,
    epsilon_greedy_probabilities,
    expected_sarsa_update,
    q_learning_update,
    sarsa_update,
)

__all__ = [
    "Discrete",
    "Environment",
    "Episodes",
    "GridWorld",
    "Player",
    "Rollout",
    "actor_critic",
    "best_action",
    "discounted_returns",
    "epsilon_greedy",
    "epsilon_greedy_probabilities",
    "expected_sarsa",
    "expected_sarsa_update",
    "generalised_advantages",
    "greedy",
    "model",
    "play",
    "policy_gradient_loss",
    "policy_gradient_loss_backward",
    "policy_values",
    "q_learning",
    "q_learning_update",
    "reinforce",
    "sample_action",
    "sarsa",
    "sarsa_update",
    "value_iteration",
]
