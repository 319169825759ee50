"""Value iteration against linear algebra, published utilities, and itself under change."""

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.rl import GridWorld, greedy, model, policy_values, value_iteration
from firsthand.scratch.rl.planning import backup


def random_model(seed, n_states, n_actions):
    """Transitions that end with some probability, and rewards."""
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.ones(n_states + 1), size=(n_states, n_actions))[..., :-1]
    return P, rng.normal(size=(n_states, n_actions))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 4), st.floats(0, 0.95))
def test_the_best_policy_is_worth_its_values_and_no_other_is_better(seed, n, k, discount):
    P, R = random_model(seed, n, k)
    Q = value_iteration(P, R, discount, tolerance=1e-13)
    V = Q.max(axis=1)
    np.testing.assert_allclose(policy_values(P, R, greedy(Q), discount), V, atol=1e-10)
    rng = np.random.default_rng(seed)
    other = rng.dirichlet(np.ones(k), size=n)
    assert (policy_values(P, R, other, discount) <= V + 1e-10).all()


def test_values_of_a_policy_solve_its_own_equation():
    P, R = random_model(0, 5, 3)
    pi = np.random.default_rng(1).dirichlet(np.ones(3), size=5)
    V = policy_values(P, R, pi, 0.9)
    np.testing.assert_allclose((pi * backup(V, P, R, 0.9)).sum(axis=1), V, atol=1e-12)
    one = np.array([0, 1, 2, 0, 1])
    np.testing.assert_allclose(
        policy_values(P, R, one, 0.9), policy_values(P, R, np.eye(3)[one], 0.9), atol=1e-12
    )


def test_the_utilities_that_russell_and_norvig_print():
    """Artificial Intelligence, 17.1: the 4 x 3 world, three decimals."""
    world = GridWorld(["...G", ".#.P", "S..."], slip=0.2, step_reward=-0.04)
    V = value_iteration(*model(world.P), discount=1.0).max(axis=1).reshape(3, 4)
    printed = [[0.812, 0.868, 0.918], [0.762, None, 0.660], [0.705, 0.655, 0.611]]
    for row, column in np.ndindex(3, 3):
        if printed[row][column] is not None:
            assert abs(V[row, column] - printed[row][column]) < 6e-4
    assert V[2, 3] == pytest.approx(0.388, abs=6e-4)


def test_gymnasiums_tables_are_understood():
    lake = gymnasium.make("FrozenLake-v1", is_slippery=False)
    Q = value_iteration(*model(lake.unwrapped.P), discount=0.9)
    assert Q[0].max() == pytest.approx(0.9**5)  # the goal is six steps away
    cliff = gymnasium.make("CliffWalking-v1")
    Q = value_iteration(*model(cliff.unwrapped.P), discount=1.0)
    assert Q[36].max() == -13  # along the edge
    assert Q[36, 1] == -113  # over it, and back to the start


def test_values_that_never_settle_are_refused():
    P, R = np.ones((1, 1, 1)), np.ones((1, 1))
    with pytest.raises(DataError, match="still move after 50 rounds"):
        value_iteration(P, R, discount=1.0, max_iter=50)
    with pytest.raises(ParameterError, match=r"discount is 1\.5"):
        value_iteration(P, R, discount=1.5)
