"""A series cut into windows, and windows into parts: no step is forecast in two of them.

A window belongs to the part in which all the steps lie that it forecasts; the steps that it sees
may lie before it, as they are known by then. A window across an edge belongs to none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.series.windows import Windows
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part
    from firsthand.train.data.series.transforms import Transform

SMALL = 1e-9  # a column that varies less is constant, and is not divided by its deviation
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Cut:
    """How a series is cut.

    Attributes
    ----------
    history, horizon : int
        Steps that are seen, and steps that are forecast.
    transform : Transform
    ends : (int, int, int)
        The steps behind the last one of training, validation and test.
    """

    history: int
    horizon: int
    transform: Transform
    ends: tuple[int, int, int]

    @property
    def first(self) -> int:
        """The first step that can be the last one seen."""
        return self.transform.lost + self.history - 1


def ends_of(
    n_steps: int, shares: tuple[float, float], horizon: int, test_from: int | None
) -> tuple[int, int, int]:
    """Return the steps behind the last one of training, validation and test.

    Parameters
    ----------
    n_steps : int
    shares : (float, float)
        Of the series, or of what is not given for test, held out to choose by and to test on.
    horizon : int
    test_from : int or None
        The first step of a test part that is given.
    """
    shared = n_steps if test_from is None else test_from
    test_from = test_from or n_steps - max(round(shares[1] * shared), horizon)
    return test_from - max(round(shares[0] * shared), horizon), test_from, n_steps


def scales(seen: NDArray[np.float64], cut: Cut) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and deviation of what training windows see: (variables,) each."""
    training = seen[cut.transform.lost : cut.ends[0] - cut.horizon]
    mean, std = training.mean(0), training.std(0)
    return mean, np.where(std < SMALL, 1.0, std)


def windows(
    seen: NDArray[np.float64],
    y: NDArray[np.float64],
    unknown: NDArray[np.bool_],
    scale: tuple[NDArray[np.float64], NDArray[np.float64]],
    sources: Sequence[str],
    cut: Cut,
) -> dict[Part, Windows]:
    """Return the windows of each part.

    Parameters
    ----------
    seen : ndarray of shape (n_steps, variables)
        What is seen of each step, the transformed targets first.
    y : ndarray of shape (n_steps, n_targets)
        The targets in their own unit.
    unknown : ndarray of bool, shape (n_steps,)
        Steps that no window is to forecast, as their value was filled.
    scale : (mean, deviation) of what is seen
    sources : sequence of str, one a step
    cut : Cut

    Raises
    ------
    DataError
        If a part would be empty.
    """
    mean, std = scale
    scaled = torch.from_numpy(np.nan_to_num((seen - mean) / std).astype(np.float32))
    n_targets = y.shape[1]
    parts: dict[Part, Windows] = {}
    for name, start, end in zip(PARTS, (0, *cut.ends[:2]), cut.ends, strict=True):
        origins = np.arange(max(start - 1, cut.first), end - cut.horizon)
        forecast = origins[:, None] + np.arange(1, cut.horizon + 1)
        origins = origins[~np.any(unknown[forecast], axis=1)]
        if not len(origins):
            raise DataError(
                f"No window of the {name} part is whole: a window takes {cut.history} steps and "
                f"forecasts {cut.horizon}. Shorten data.history or data.horizon, change data.split "
                "or fill what is missing."
            )
        parts[name] = Windows(
            scaled,
            scaled[:, :n_targets],
            y,
            origins,
            cut.history,
            cut.horizon,
            cut.transform,
            mean[:n_targets],
            std[:n_targets],
            sources,
        )
    return parts
