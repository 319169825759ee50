"""The grid world keeps Gymnasium's interface, and does what its table says."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.rl import GridWorld, model

MAP = ["S..", ".#P", "..G"]


class Dressed(gymnasium.Env):
    """Our world under Gymnasium's base class, as its checker wants it."""

    def __init__(self):
        self.world = GridWorld(MAP, slip=0.3)
        self.observation_space = gymnasium.spaces.Discrete(self.world.observation_space.n)
        self.action_space = gymnasium.spaces.Discrete(self.world.action_space.n)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.world.reset(seed=seed, options=options)

    def step(self, action):
        return self.world.step(action)


def test_gymnasiums_own_checker_accepts_it():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises a render mode and a registered spec
        check_env(Dressed(), skip_render_check=True)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.text("S.#GP", min_size=6, max_size=6))
def test_every_action_leads_somewhere(slip, cells):
    cells = "S" + cells.replace("S", ".")[1:]
    world = GridWorld([cells[:3], cells[3:]], slip=slip)
    for actions in world.P.values():
        for outcomes in actions.values():
            assert sum(p for p, *_ in outcomes) == pytest.approx(1)
    P, _ = model(world.P)
    walls = [s for s, cell in enumerate(cells) if cell == "#"]
    assert not P[:, :, walls].any()


def test_steps_come_as_often_as_the_table_says():
    world = GridWorld(["...", ".S.", "..."], slip=0.3)
    counts = np.zeros(9)
    world.reset(seed=0)
    for _ in range(4000):
        counts[world.step(0)[0]] += 1
        world.reset()
    expected = np.zeros(9)
    expected[[1, 3, 5]] = 0.7, 0.15, 0.15
    np.testing.assert_allclose(counts / 4000, expected, atol=0.03)  # 4 deviations


def test_walls_edges_goals_and_pits():
    world = GridWorld(MAP, step_reward=-0.1)
    assert world.reset(seed=0) == (0, {})
    assert world.step(0)[0] == 0  # the edge
    assert world.step(1)[0] == 1
    assert world.step(2)[0] == 1  # the wall
    world.step(1)
    state, reward, terminated, truncated, _ = world.step(2)
    assert (state, reward, terminated, truncated) == (5, -1.1, True, False)


def test_the_clock_runs_out():
    world = GridWorld(["S.G"], most_steps=2)
    world.reset()
    assert world.step(0)[2:4] == (False, False)
    assert world.step(0)[2:4] == (False, True)
    with pytest.raises(ParameterError, match="call reset"):
        world.step(0)


def test_a_seed_repeats_the_walk():
    def walk():
        world = GridWorld(["....", ".S..", "...."], slip=0.5)
        world.reset(seed=3)
        return [world.step(action)[0] for action in [0, 1, 2, 3] * 5]

    assert walk() == walk()


@pytest.mark.parametrize(
    ("rows", "told"),
    [([], "same"), (["S.", "."], r"\[2, 1\]"), (["S?"], r"\?"), (["..G"], "0 starts")],
)
def test_bad_maps_are_refused(rows, told):
    with pytest.raises(DataError, match=told):
        GridWorld(rows)


def test_bad_numbers_are_refused():
    with pytest.raises(ParameterError, match="slip is 2"):
        GridWorld(["S"], slip=2)
    world = GridWorld(["S.G"])
    with pytest.raises(ParameterError, match="call reset"):
        world.step(1)
    world.reset()
    with pytest.raises(ParameterError, match="action is 4"):
        world.step(4)
