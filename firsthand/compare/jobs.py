"""Comparisons as jobs: plain arguments in, plain data out, for a process of their own.

The overlay runs :func:`compare` where the learner's passed functions stand in for ours. It
imports this module before any of ``scratch``; everything here calls scratch through its
modules, so that it finds the learner's functions there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firsthand.compare.errors import CompareError
from firsthand.compare.registry import compare as _compare
from firsthand.compare.registry import find
from firsthand.compare.timing import PAUSE
from firsthand.data import DataError, Dataset, load_csv


def compare(
    stage: str,
    *,
    data: str | None = None,
    target: str | None = None,
    yours: Sequence[str] = (),
    runs: int = 5,
    pause: float = PAUSE,
) -> dict[str, Any]:
    """Return a comparison as plain data.

    Parameters
    ----------
    stage : str
        Which stage.
    data, target : str, optional
        The user's CSV file and the column to predict.
    yours : sequence of str
        Targets for which the learner's functions stand in.
    runs, pause
        As for :func:`firsthand.compare.compare`.
    """
    given = read_data(stage, data, target) if data else None
    return _compare(stage, data=given, yours=tuple(yours), runs=runs, pause=pause).to_json()


def read_data(stage: str, path: str, target: str | None) -> Dataset:
    """Return the user's file as what the stage learns from; for a family, its target decides.

    Raises
    ------
    CompareError
        If the file or the column cannot be used, or no column is given.
    """
    if not target:
        raise CompareError("Say which column of the file to predict: --target COLUMN.")
    subject = find(stage)
    subject.check_takes_data()
    try:
        return load_csv(path, target, task=subject.task)
    except DataError as error:
        raise CompareError(str(error)) from error
