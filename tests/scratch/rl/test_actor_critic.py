"""Networks that learn to act: on a grid, on CartPole, and with seeds that repeat."""

import gymnasium
import numpy as np
import pytest

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import Embedding, Flatten, Linear, Tanh
from firsthand.scratch.rl import (
    GridWorld,
    Player,
    actor_critic,
    best_action,
    model,
    play,
    reinforce,
    value_iteration,
)
from firsthand.scratch.rl.actor_critic import values_after, values_of


def table(world, n_out):
    """A network that is a table: its states are whole numbers."""
    rows = Embedding(world.observation_space.n, n_out, std=1e-6)
    return Network(Sequential(rows, Flatten(2)))


def pole_network(n_out, dtype=np.float64):
    layers = Linear(4, 32, gain=1), Tanh(), Linear(32, n_out, gain=0.01)
    return Network(Sequential(*layers), dtype=dtype, random_state=n_out)


def test_actor_critic_finds_the_way_and_what_it_is_worth():
    world = GridWorld(["S..", ".#P", "..G"], step_reward=-0.02, most_steps=100)
    policy, critic = table(world, 4), table(world, 1)
    actor_critic(
        world, policy, critic, n_steps=6000, batch_steps=64, discount=0.9, learning_rate=0.1
    )
    shown = play(world, lambda state: best_action(policy, state), most_steps=10)
    assert shown.lengths.tolist() == [4]
    best = value_iteration(*model(world.P), discount=0.9).max(axis=1)
    assert values_of(critic, np.array([[0]]))[0] == pytest.approx(best[0], abs=0.05)


@pytest.mark.parametrize("with_baseline", [True, False])
def test_reinforce_finds_the_way(with_baseline):
    world = GridWorld(["S..", ".#P", "..G"], step_reward=-0.02, most_steps=100)
    policy, baseline = table(world, 4), table(world, 1) if with_baseline else None
    reinforce(world, policy, baseline, n_episodes=500, discount=0.9, learning_rate=0.2)
    shown = play(world, lambda state: best_action(policy, state), most_steps=10)
    assert shown.lengths.tolist() == [4]


def test_rewards_rise_on_cartpole():
    pole = gymnasium.make("CartPole-v1")
    policy, critic = pole_network(2), pole_network(1)
    episodes = actor_critic(pole, policy, critic, n_steps=12_000, learning_rate=1e-2)
    assert episodes.rewards[:20].mean() < 40
    assert episodes.rewards[-10:].mean() > 100


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_seed_repeats_the_learning(dtype):
    def learnt(seed):
        pole = gymnasium.make("CartPole-v1")
        policy, critic = pole_network(2, dtype), pole_network(1, dtype)
        episodes = actor_critic(pole, policy, critic, n_steps=600, random_state=seed)
        return policy.parameters.flat, episodes.rewards

    theta, rewards = learnt(3)
    again, repeated = learnt(3)
    assert theta.dtype == dtype
    np.testing.assert_array_equal(theta, again)
    np.testing.assert_array_equal(rewards, repeated)
    assert not np.array_equal(theta, learnt(4)[0])


def test_one_step_alone_is_learnt_from():
    world = GridWorld(["SG"], most_steps=1)
    policy = table(world, 4)
    before = policy.parameters.flat.copy()
    reinforce(world, policy, n_episodes=20, batch_episodes=1)
    assert not np.array_equal(policy.parameters.flat, before)


def test_no_more_steps_are_played_than_were_asked_for():
    world = GridWorld(["SG"], most_steps=1)
    episodes = actor_critic(world, table(world, 4), table(world, 1), n_steps=10, batch_steps=4)
    assert episodes.lengths.sum() == 10


def test_training_ends_when_it_is_told_to():
    world = GridWorld(["S.G"])
    episodes = reinforce(world, table(world, 4), until=lambda rewards: len(rewards) >= 16)
    assert len(episodes.rewards) == 16


def test_a_rollout_knows_an_end_from_a_cut():
    world = GridWorld(["SG"], most_steps=3)
    policy, critic = table(world, 4), table(world, 1)
    critic.parameters.flat[...] = 5.0
    policy.parameters["0.W"][0] = [50, 0, 0, 0]  # into the wall, until the clock runs out
    rng = np.random.default_rng(0)
    cut = Player(world, policy, rng, 0).play(n_steps=4)
    assert cut.ended.tolist() == [False, False, True, True]
    assert not cut.terminated.any()
    np.testing.assert_array_equal(values_after(critic, cut), 5.0)
    policy.parameters["0.W"][0] = [0, 50, 0, 0]
    over = Player(world, policy, rng, 0).play(n_episodes=2)
    assert over.terminated.tolist() == over.ended.tolist() == [True, True]
    np.testing.assert_array_equal(values_after(critic, over), 0.0)


def test_numbers_out_of_range_are_refused():
    world = GridWorld(["S.G"])
    for setting in ({"n_steps": 0}, {"trace": 1.5}, {"discount": -1}, {"learning_rate": 0}):
        with pytest.raises(ParameterError, match=next(iter(setting))):
            actor_critic(world, table(world, 4), table(world, 1), **setting)
    with pytest.raises(ParameterError, match="batch_episodes"):
        reinforce(world, table(world, 4), batch_episodes=0)


def test_networks_of_another_shape_are_refused():
    world = GridWorld(["S.G"])
    with pytest.raises(DataError, match=r"needs \(1, n_actions\)"):
        reinforce(world, Network(Embedding(3, 4)))
    with pytest.raises(DataError, match=r"needs \(n, 1\)"):
        reinforce(world, table(world, 4), table(world, 2))


def test_actions_that_cannot_be_counted_are_refused():
    network = Network(Linear(3, 2))
    with pytest.raises(DataError, match=r"actions are Box.*; needs a number of them"):
        reinforce(gymnasium.make("Pendulum-v1"), network, n_episodes=1)
