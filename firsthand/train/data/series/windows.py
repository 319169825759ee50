"""Windows of a series as `contract.Examples`: some steps of the past, and the ones after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.series.transforms import Transform

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Windows:
    """One part of a series. See `contract.Examples`.

    Attributes
    ----------
    inputs : Tensor of shape (n_steps, variables)
        All that the model sees of each step, scaled.
    targets : Tensor of shape (n_steps, n_targets)
        Transformed and scaled.
    values : ndarray of shape (n_steps, n_targets)
        The targets in their own unit.
    origins : ndarray of int64, shape (n_examples,)
        The last step that each example sees.
    history, horizon : int
    transform : Transform
    mean, std : ndarray of shape (n_targets,)
        Of the transformed targets of the training part.
    sources : sequence of str, one a step
    in_memory : bool
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    values: NDArray[np.float64]
    origins: NDArray[np.int64]
    history: int
    horizon: int
    transform: Transform
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    sources: Sequence[str]
    in_memory: bool = True

    def __len__(self) -> int:
        return len(self.origins)

    def _steps(self, index: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
        """Return the steps from origin + first to origin + last: shape (n, last - first + 1)."""
        return self.origins[index][:, None] + np.arange(first, last + 1)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs (n, history, variables), targets (n, horizon * n_targets))."""
        past = torch.from_numpy(self._steps(index, 1 - self.history, 0))
        future = torch.from_numpy(self._steps(index, 1, self.horizon))
        return self.inputs[past], self.targets[future].flatten(1)

    def source(self, i: int) -> str:
        """Return the first step that example ``i`` forecasts."""
        return self.sources[int(self.origins[i]) + 1]

    def features(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inputs of all steps as one row, for a linear autoregression or trees."""
        return self.batch(index)[0].flatten(1).numpy()

    def past(self, index: NDArray[np.int64], n_steps: int) -> NDArray[np.float64]:
        """Return the targets up to the origin in their own unit: (n, n_steps, n_targets)."""
        return self.values[self._steps(index, 1 - n_steps, 0)]

    def truth(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what came, in its own unit: (n, horizon * n_targets)."""
        return self.values[self._steps(index, 1, self.horizon)].reshape(len(index), -1)

    def undo(self, outputs: NDArray[np.float64], index: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a model's outputs for ``index``, (n, horizon * n_targets), in their own unit."""
        past = self.past(index, max(self.transform.lost, 1))
        return undone(outputs, past, self.transform, self.mean, self.std)


def undone(
    outputs: NDArray[np.float64],
    past: NDArray[np.float64],
    transform: Transform,
    mean: NDArray[np.float64],
    std: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return outputs (n, horizon * n_targets) after past (n, steps, n_targets), in its unit."""
    n, _, n_targets = past.shape
    z = np.asarray(outputs, float).reshape(n, -1, n_targets) * std + mean
    y = transform.undo(z.swapaxes(0, 1), past.swapaxes(0, 1))
    return y.swapaxes(0, 1).reshape(n, -1)
