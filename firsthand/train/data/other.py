"""Other data than a run's own, tested on with the preparation that was saved with the run.

Nothing is fitted again: the training and validation part stay those of the run, and only the test
part is another.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.config import Config
    from firsthand.train.data.contract import Data

# task: the module, and its function of (path, settings, data, preparation)
READERS = {
    "tabular": ("tables.testing", "tested_on"),
    "image": ("pictures.testing", "tested_on"),
    "text": ("texts.testing", "tested_on"),
    "segmentation": ("pictures.testing", "tested_on_masks"),
}


def test_on(path: Path, config: Config, data: Data, preparation: dict[str, Any]) -> Data:
    """Return a run's data with the examples of ``path`` as their test part.

    Parameters
    ----------
    path : path
        A file or folder like the one trained on.
    config : Config
        The run's.
    data : Data
        The run's own, read as ``config`` says.
    preparation : dict
        That was saved with the run.

    Raises
    ------
    DataError
        If the run's own data are no longer prepared so, the examples cannot be used, or they
        cannot be tested on without another preparation.
    """
    if not is_prepared_so(data, preparation):
        raise DataError(
            f"{config.data.path}, which the run was trained on, has changed since, and would be "
            "prepared in another way now. Bring the old data back, or train again; then test on "
            f"{path}."
        )
    if config.task not in READERS:
        return _read_together(path, config, preparation)
    module, function = READERS[config.task]
    reader = getattr(import_module(f"firsthand.train.data.{module}"), function)
    tested: Data = reader(path, config.data, data, preparation)
    if not len(tested.test):
        raise DataError(f"{path} holds no example that can be tested on.")
    return tested


def is_prepared_so(data: Data, preparation: dict[str, Any]) -> bool:
    """Whether all that was saved of a preparation is that of the data, too."""
    now = {key: data.preparation.get(key) for key in preparation}
    return json.dumps(now, sort_keys=True) == json.dumps(preparation, sort_keys=True)


def _read_together(path: Path, config: Config, preparation: dict[str, Any]) -> Data:
    """Read a series that goes on in ``path``; refuse it where its preparation is another then."""
    from firsthand.train.data.loading import load_data

    settings = config.data.model_copy(update={"test_path": path})
    data = load_data(config.model_copy(update={"data": settings}))
    if not is_prepared_so(data, preparation):
        raise DataError(
            f"{path} cannot be tested on: without the test part of {config.data.path} the run's "
            "training part would be another, and with it scales and seasons. Set data.test_path, "
            "train, and test on other files then."
        )
    return data
