"""Automate it: a PyTorch project from a file of data to a trained, tuned, reported model."""

from __future__ import annotations

from firsthand.train.config import Config, load_config, parse_config
from firsthand.train.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    DivergedError,
    ModelError,
    RunError,
    TrainError,
)
from firsthand.train.project import open_data, project_of, train
from firsthand.train.run import Run

__all__ = [
    "CheckpointError",
    "Config",
    "ConfigError",
    "DataError",
    "DivergedError",
    "ModelError",
    "Run",
    "RunError",
    "TrainError",
    "load_config",
    "open_data",
    "parse_config",
    "project_of",
    "train",
]
