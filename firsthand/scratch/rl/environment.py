"""What an agent meets: the interface of Gymnasium, which is never imported here.

    state, info = environment.reset(seed=0)
    state, reward, terminated, truncated, info = environment.step(action)

``terminated``: the episode is over, and nothing more can be earned. ``truncated``: only the clock
ran out, so what would have followed still has a value. Any environment of Gymnasium with a
finite number of actions will do, and so will our :class:`GridWorld`: the caller passes one in.

Towers et al., Gymnasium: a standard interface for reinforcement learning environments (2024).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError

Array = NDArray[np.float64]


class Environment(Protocol):
    """A world that says what an action led to."""

    def reset(self, *, seed: int | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; return (state, info). A seed also seeds the world's own draws."""
        ...

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Return (state, reward, terminated, truncated, info)."""
        ...


@dataclass(frozen=True)
class Episodes:
    """What was earned, an entry for each episode that came to its end.

    Attributes
    ----------
    rewards : ndarray of shape (n_episodes,)
        The sum of each episode's rewards, not discounted.
    lengths : ndarray of shape (n_episodes,)
        Its steps.
    """

    rewards: Array
    lengths: NDArray[np.intp]

    @classmethod
    def of(cls, earned: list[tuple[float, int]]) -> Episodes:
        """Return pairs (reward, length) as two arrays."""
        return cls(np.array([r for r, _ in earned], float), np.array([n for _, n in earned], int))


def play(
    environment: Environment,
    act: Callable[[Any], Any],
    n_episodes: int = 1,
    *,
    most_steps: int = 100_000,
    random_state: int | None = 0,
) -> Episodes:
    """Let ``act`` play whole episodes, without learning.

    Parameters
    ----------
    environment : Environment
    act : callable
        The action for a state.
    n_episodes : int
    most_steps : int
        An episode that is longer is refused: the policy goes in circles.
    random_state : int or None
        Seeds the first reset; the others go on from there.

    Raises
    ------
    DataError
        If an episode does not end.

    Examples
    --------
    >>> from firsthand.scratch.rl import GridWorld
    >>> play(GridWorld(["S.G"]), lambda state: 1).lengths.tolist()
    [2]
    """
    earned: list[tuple[float, int]] = []
    for episode in range(n_episodes):
        state, _ = environment.reset(seed=random_state if episode == 0 else None)
        total, length, over = 0.0, 0, False
        while not over:
            state, reward, terminated, truncated, _ = environment.step(act(state))
            total, length, over = total + float(reward), length + 1, terminated or truncated
            if length > most_steps:
                raise DataError(
                    f"Episode {episode} has not ended after {most_steps} steps; "
                    "pass a larger most_steps, or an environment that truncates."
                )
        earned.append((total, length))
    return Episodes.of(earned)
