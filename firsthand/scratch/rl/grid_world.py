"""A grid world: walls to go round, goals to reach, pits to avoid, and a floor that may slip.

    S start    . floor    # wall    G goal, +1, the end    P pit, -1, the end

An action is a direction: 0 up, 1 right, 2 down, 3 left. With probability ``slip`` the step goes
to one of the sides instead, either as likely; into a wall or off the map, it goes nowhere. Every
step earns ``step_reward`` and what stands in the cell that it leads to.

A state is a cell's number, row by row. ``P`` tells all that can happen, as Gymnasium's tables do.

Russell & Norvig, Artificial Intelligence (4th edition, 2020), 17.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.rl.planning import Table
from firsthand.scratch.validation import check_number

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
ARROWS = "↑→↓←"


@dataclass(frozen=True)
class Discrete:
    """The whole numbers from 0 to n - 1."""

    n: int


class GridWorld:
    """A map of cells, with Gymnasium's interface.

    Parameters
    ----------
    rows : sequence of str
        The map, one character a cell; exactly one S.
    slip : float, default 0
        The probability that a step goes to a side.
    goal, pit, step_reward : float, default 1, -1 and 0
    most_steps : int, default 1000
        An episode is truncated after so many.

    Attributes
    ----------
    P : dict
        ``P[state][action]`` is a list of (probability, next state, reward, terminated).
    observation_space, action_space : Discrete
        Their ``n`` are the numbers of states and of actions.
    start : int

    Raises
    ------
    DataError
        If the map is empty or ragged, holds an unknown character, or has not exactly one S.

    Examples
    --------
    >>> world = GridWorld(["S.G", ".#P"])
    >>> world.reset(seed=0)
    (0, {})
    >>> world.step(1)
    (1, 0.0, False, False, {})
    >>> world.step(2)
    (1, 0.0, False, False, {})
    >>> world.step(1)
    (2, 1.0, True, False, {})
    """

    def __init__(
        self,
        rows: Sequence[str],
        *,
        slip: float = 0.0,
        goal: float = 1.0,
        pit: float = -1.0,
        step_reward: float = 0.0,
        most_steps: int = 1000,
    ) -> None:
        check_number("slip", slip, at_least=0, at_most=1)
        check_number("most_steps", most_steps, at_least=1, whole=True)
        _check_map(rows)
        self.rows, self.slip, self.most_steps = tuple(rows), slip, most_steps
        self.earns = {"G": goal, "P": pit}
        self.step_reward = step_reward
        self.shape = len(rows), len(rows[0])
        self.start = "".join(rows).index("S")
        self.observation_space = Discrete(len(rows) * len(rows[0]))
        self.action_space = Discrete(len(MOVES))
        states, actions = range(self.observation_space.n), range(len(MOVES))
        self.P: Table = {s: {a: self._outcomes(s, a) for a in actions} for s in states}
        self.rng = np.random.default_rng()
        self.state, self.steps, self.over = self.start, 0, True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Return to S; a seed makes all that follows reproducible. ``options`` has no effect."""
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.state, self.steps, self.over = self.start, 0, False
        return self.state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Return (state, reward, terminated, truncated, info).

        Raises
        ------
        ParameterError
            If the action is none of the four, or the episode is over.
        """
        if action not in range(len(MOVES)):
            raise ParameterError(f"action is {action!r}; use 0 up, 1 right, 2 down or 3 left.")
        if self.over:
            raise ParameterError("The episode is over, or has not begun; call reset.")
        outcomes = self.P[self.state][int(action)]
        which, drawn = 0, self.rng.random()
        while which < len(outcomes) - 1 and drawn >= outcomes[which][0]:
            drawn -= outcomes[which][0]
            which += 1
        _, self.state, reward, terminated = outcomes[which]
        self.steps += 1
        truncated = not terminated and self.steps >= self.most_steps
        self.over = terminated or truncated
        return self.state, reward, terminated, truncated, {}

    def draw(self, policy: NDArray[np.integer[Any]]) -> str:
        """Return the map with an arrow for ``policy`` (n_states,) wherever one can choose.

        Examples
        --------
        >>> print(GridWorld(["S.G", ".#P"]).draw(np.array([1, 1, 0, 0, 0, 0])))
        →→G
        ↑#P
        """
        cells = "".join(self.rows)
        drawn = [ARROWS[policy[s]] if cell in "S." else cell for s, cell in enumerate(cells)]
        width = self.shape[1]
        return "\n".join("".join(drawn[at : at + width]) for at in range(0, len(drawn), width))

    def __repr__(self) -> str:
        return "\n".join(self.rows)

    def _cell(self, state: int) -> str:
        return self.rows[state // self.shape[1]][state % self.shape[1]]

    def _moved(self, state: int, direction: int) -> int:
        """Return the cell in that direction, or the same one where there is none to stand on."""
        row, column = divmod(state, self.shape[1])
        row, column = row + MOVES[direction][0], column + MOVES[direction][1]
        inside = 0 <= row < self.shape[0] and 0 <= column < self.shape[1]
        return row * self.shape[1] + column if inside and self.rows[row][column] != "#" else state

    def _outcomes(self, state: int, action: int) -> list[tuple[float, int, float, bool]]:
        if self._cell(state) not in "S.":  # an end, or a wall that nobody stands in
            return [(1.0, state, 0.0, True)]
        sides = (action + 1) % 4, (action - 1) % 4
        ways = [(1 - self.slip, action), (self.slip / 2, sides[0]), (self.slip / 2, sides[1])]
        outcomes: list[tuple[float, int, float, bool]] = []
        for probability, direction in ways:
            if probability > 0:
                after = self._moved(state, direction)
                cell = self._cell(after)
                reward = self.step_reward + self.earns.get(cell, 0.0)
                outcomes.append((probability, after, reward, cell in self.earns))
        return outcomes


def _check_map(rows: Sequence[str]) -> None:
    cells = "".join(rows)
    if not cells or len({len(row) for row in rows}) > 1:
        raise DataError(f"rows have lengths {[len(row) for row in rows]}; make them all the same.")
    if unknown := set(cells) - set("S.#GP"):
        raise DataError(f"The map holds {sorted(unknown)}; use S . # G and P.")
    if cells.count("S") != 1:
        raise DataError(f"The map has {cells.count('S')} starts; write exactly one S.")
