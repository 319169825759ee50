"""Tables: a CSV or Parquet file with a column to predict.

A table is read three times, piece by piece, or once where it fits in memory: for the target and the
parts; for what each column is, from training rows alone; and to turn values into numbers.
"""

from __future__ import annotations

from firsthand.train.data.tables.preparation import prepare, told
from firsthand.train.data.tables.reading import load_table

__all__ = ["load_table", "prepare", "told"]
