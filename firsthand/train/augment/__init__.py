"""Random changes to training batches, and averages over changed pictures when testing."""

from __future__ import annotations

from firsthand.train.augment.building import Augmentation, augment
from firsthand.train.augment.views import averaged

__all__ = ["Augmentation", "augment", "averaged"]
