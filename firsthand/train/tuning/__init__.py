"""Search for settings: trials that are pruned, stored and shared, finalists with more seeds."""

from __future__ import annotations

from firsthand.train.tuning.finalists import Finalist
from firsthand.train.tuning.result import Result, tune
from firsthand.train.tuning.search import Job

__all__ = ["Finalist", "Job", "Result", "tune"]
