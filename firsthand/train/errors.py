"""What can go wrong in a project, as one tree.

TrainError
├── ConfigError       a key is unknown, or a value does not fit; names the key, and the nearest one
├── DataError         a file, a row or a label cannot be used; names it
├── ModelError        a model, or weights for it, cannot be built or do not fit the data
├── CheckpointError   no checkpoint is whole, or it belongs to another model
├── ProjectError      a project cannot be made here
├── RunError          a run is missing, or its folder cannot be written
├── DivergedError     training produced numbers that are not finite
└── StoppedError      somebody stopped training; its state is on disk
"""

from __future__ import annotations


class TrainError(Exception):
    """A project cannot go on; the text says what was wrong, what came and what to do."""


class ConfigError(TrainError):
    """A key of the configuration is unknown, or its value does not fit."""


class DataError(TrainError):
    """A file, a row or a label cannot be used."""


class ModelError(TrainError):
    """A model, or weights for it, cannot be built or do not fit the data."""


class CheckpointError(TrainError):
    """No checkpoint is whole, or it belongs to another model."""


class ProjectError(TrainError):
    """A project cannot be made here."""


class RunError(TrainError):
    """A run is missing, or its folder cannot be written."""


class DivergedError(TrainError):
    """Training produced numbers that are not finite."""


class StoppedError(TrainError):
    """Somebody stopped training; its state is on disk."""
