"""Tables: a CSV or Parquet file with a column to predict."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.in_memory import InMemory
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData


def load_table(settings: TabularData, seed: int) -> Data:
    """Return a table, split and prepared.

    Raises
    ------
    DataError
        If the file or the target cannot be used.
    """
    import pandas as pd

    path = Path(settings.path)
    try:
        frame = pd.read_csv(path, na_values=list(settings.missing), keep_default_na=False)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    y = pd.factorize(frame.pop(settings.target), sort=True)
    X = pd.get_dummies(frame, dtype=np.float32).to_numpy(np.float32)
    order = np.random.default_rng(seed).permutation(len(frame))
    n_test = int(len(frame) * settings.split.test)
    n_validation = int(len(frame) * settings.split.validation)
    test, validation, train = np.split(order, [n_test, n_test + n_validation])
    mean, std = np.nanmean(X[train], 0), np.nanstd(X[train], 0) + 1e-9
    X = np.nan_to_num((X - mean) / std)

    def part(rows: NDArray[np.int64]) -> InMemory:
        return InMemory(
            torch.from_numpy(X[rows]),
            torch.from_numpy(y[0][rows]),
            [f"{path.name}, row {i + 2}" for i in rows],
        )

    facts = Facts(
        "tabular",
        "classification",
        (X.shape[1],),
        len(y[1]),
        tuple(map(str, y[1])),
        tuple(np.bincount(y[0][train]).tolist()),
        target_names=(settings.target,),
    )
    return Data(
        part(train),
        part(validation),
        part(test),
        facts,
        {"mean": mean.tolist(), "std": std.tolist()},
        fingerprint=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
