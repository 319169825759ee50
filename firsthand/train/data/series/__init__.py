"""Time series: a CSV whose rows are steps; windows of the past, and what came after them."""

from __future__ import annotations

from firsthand.train.data.series.preparing import prepare, undo
from firsthand.train.data.series.reading import load_series

__all__ = ["load_series", "prepare", "undo"]
