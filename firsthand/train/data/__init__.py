"""Data of a project: readers of tables, pictures, texts, series and masks behind one contract."""

from __future__ import annotations

from firsthand.train.data.contract import Data, Examples, Facts, Finding
from firsthand.train.data.loading import load_data

__all__ = ["Data", "Examples", "Facts", "Finding", "load_data"]
