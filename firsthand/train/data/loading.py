"""One door to all readers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data.contract import Data

# task: the module that reads it, and its function of (settings, seed)
READERS = {
    "tabular": ("tables", "load_table"),
    "image": ("pictures.images", "load_images"),
    "text": ("texts", "load_texts"),
    "timeseries": ("series", "load_series"),
    "segmentation": ("pictures.masks", "load_masks"),
}


def load_data(config: Config) -> Data:
    """Return the data that a configuration describes, read, split and prepared.

    Raises
    ------
    DataError
        If a file, a row or a label cannot be used.
    """
    module, function = READERS[config.task]
    reader = getattr(import_module(f"firsthand.train.data.{module}"), function)
    data: Data = reader(config.data, config.data.split.seed)
    return data
