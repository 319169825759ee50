"""Tables learnt by playing, against value iteration, on our grid and on Gymnasium's."""

import gymnasium
import numpy as np
import pytest

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.schedules import exponential_decay
from firsthand.scratch.rl import (
    GridWorld,
    epsilon_greedy,
    epsilon_greedy_probabilities,
    expected_sarsa,
    greedy,
    model,
    play,
    policy_values,
    q_learning,
    sarsa,
    value_iteration,
)

LEARNERS = [q_learning, sarsa, expected_sarsa]
MAP = ["S..", ".#P", "..G"]


def fading(episode):
    return exponential_decay(episode, 1.0, 0.995)


def test_epsilon_greedy_draws_what_its_probabilities_say():
    rng, q = np.random.default_rng(0), np.array([1.0, 3.0, 3.0, 2.0])
    drawn = np.bincount([epsilon_greedy(q, 0.4, rng) for _ in range(5000)], minlength=4) / 5000
    expected = epsilon_greedy_probabilities(q, 0.4)
    np.testing.assert_allclose(expected, [0.1, 0.4, 0.4, 0.1])
    np.testing.assert_allclose(drawn, expected, atol=0.03)  # 4 deviations


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_grid_that_does_not_slip_is_solved(learner):
    """The policy is the best one; SARSA's values still hold what exploring cost lately."""
    world = GridWorld(MAP, step_reward=-0.02)
    best = value_iteration(*model(world.P), discount=0.9)
    Q, _ = learner(world, 800, learning_rate=0.5, discount=0.9, epsilon=fading)
    state, over = world.reset(seed=0)[0], False
    while not over:
        action = int(Q[state].argmax())
        assert best[state, action] == pytest.approx(best[state].max())
        assert Q[state, action] == pytest.approx(best[state].max(), abs=0.1)
        state, _, over, _, _ = world.step(action)


def test_q_learning_finds_every_value_where_no_chance_is():
    world = GridWorld(MAP, step_reward=-0.02)
    best = value_iteration(*model(world.P), discount=0.9)
    Q, _ = q_learning(world, 600, learning_rate=1.0, discount=0.9, epsilon=1.0)
    np.testing.assert_allclose(Q, best, atol=1e-9)


def test_q_learning_converges_where_the_floor_slips():
    world = GridWorld(MAP, slip=0.2, step_reward=-0.02)
    best = value_iteration(*model(world.P), discount=0.9)
    Q, _ = q_learning(
        world, 3000, learning_rate=lambda n: n**-0.7, discount=0.9, epsilon=1.0, random_state=1
    )
    np.testing.assert_allclose(Q, best, atol=0.06)  # noise of some 1000 visits a pair


@pytest.mark.parametrize("learner", [sarsa, expected_sarsa])
def test_sarsa_learns_what_the_exploring_policy_is_worth(learner):
    """A policy that only explores is the same throughout: its values solve a linear system."""
    world = GridWorld(MAP, slip=0.2, step_reward=-0.02)
    P, R = model(world.P)
    V = policy_values(P, R, np.full(R.shape, 0.25), 0.9)
    Q, _ = learner(
        world, 3000, learning_rate=lambda n: n**-0.7, discount=0.9, epsilon=1.0, random_state=1
    )
    np.testing.assert_allclose(Q, R + 0.9 * P @ V, atol=0.06)


@pytest.mark.parametrize("learner", LEARNERS)
def test_frozen_lake_is_crossed(learner):
    lake = gymnasium.make("FrozenLake-v1", is_slippery=False)
    Q, episodes = learner(
        lake,
        1000,
        learning_rate=0.5,
        discount=0.95,
        epsilon=lambda e: exponential_decay(e, 1, 0.995),
    )
    shown = play(lake, lambda state: int(Q[state].argmax()))
    assert shown.rewards.tolist() == [1.0]
    assert shown.lengths.tolist() == [6]
    assert episodes.rewards[-100:].mean() > episodes.rewards[:100].mean()


def test_q_learning_walks_the_cliff_and_sarsa_the_safe_path():
    """Sutton & Barto, example 6.6: the edge is best, and an explorer falls off it."""
    cliff = gymnasium.make("CliffWalking-v1", max_episode_steps=1000)
    found = {
        learner: learner(cliff, 500, learning_rate=0.5, discount=1.0, epsilon=0.1)
        for learner in (q_learning, sarsa)
    }
    paid = {}
    for learner, (Q, _) in found.items():
        paid[learner] = play(cliff, lambda s, Q=Q: int(Q[s].argmax()), most_steps=100).rewards[0]
    assert paid[q_learning] == -13  # along the edge
    assert -21 <= paid[sarsa] <= -15  # by rows farther off
    online = {learner: e.rewards[-200:].mean() for learner, (_, e) in found.items()}
    assert online[sarsa] > online[q_learning] + 10  # in the book about -25 and -50


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_seed_repeats_the_learning(learner):
    def learnt(seed):
        world = GridWorld(MAP, slip=0.2)
        return learner(world, 20, epsilon=0.5, random_state=seed)

    (Q, episodes), (again, repeated) = learnt(3), learnt(3)
    np.testing.assert_array_equal(Q, again)
    np.testing.assert_array_equal(episodes.rewards, repeated.rewards)
    assert not np.array_equal(Q, learnt(4)[0])


def test_learning_goes_on_from_a_table_and_leaves_it_alone():
    world = GridWorld(MAP)
    Q, _ = q_learning(world, 200, learning_rate=0.5, epsilon=1.0)
    before = Q.copy()
    further, _ = q_learning(world, 5, Q=Q, epsilon=0.0)
    np.testing.assert_array_equal(Q, before)
    assert greedy(further)[0] == greedy(Q)[0]


def test_what_cannot_be_learnt_is_refused():
    pole = gymnasium.make("CartPole-v1")
    with pytest.raises(DataError, match=r"observation_space\.n"):
        q_learning(pole, 1)
    world = GridWorld(MAP)
    with pytest.raises(ParameterError, match=r"epsilon is 1\.5"):
        sarsa(world, 1, epsilon=lambda _: 1.5)
    with pytest.raises(ParameterError, match="n_episodes is 0"):
        sarsa(world, 0)
    with pytest.raises(DataError, match="has not ended after 10 steps"):
        play(world, lambda state: 0, most_steps=10)
