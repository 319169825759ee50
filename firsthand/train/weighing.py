"""What the parts of a batch weigh, so that the mean of their losses is the loss of the whole.

    L = sum_k w_k L_k / sum_k w_k

where w_k is what the loss of part k divides by: its examples, or the pixels that count, each with
the weight of its class. Dice compares whole areas: computed in parts, it is a mean over parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from firsthand.train.losses import balanced

if TYPE_CHECKING:
    from firsthand.train.config.training import TrainSection
    from firsthand.train.data.contract import Facts


class Weigher:
    """The weight of targets.

    Attributes
    ----------
    counts : bool
        Whether it is just how many examples there are.
    """

    def __init__(self, settings: TrainSection, facts: Facts):
        self._ignore = facts.ignore_index
        self._classes = balanced(facts) if settings.class_weights == "balanced" else None
        self.counts = self._classes is None and facts.problem != "segmentation"

    def __call__(self, targets: torch.Tensor) -> float:
        """Return what the mean loss of these targets divides by."""
        if self.counts or targets.is_floating_point():
            return float(len(targets))
        counted = targets != self._ignore
        if self._classes is None:
            return float(counted.sum())
        weights = self._classes.to(targets.device)
        return float((weights[targets.where(counted, 0)] * counted).sum())
