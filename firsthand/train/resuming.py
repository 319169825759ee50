"""A run goes on only as it began: with its settings, and its data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from firsthand.train.errors import CheckpointError

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data

# these may change between a run's parts: how long, where, how much is kept, how it is computed
FREE = (
    "name",
    "device",
    "threads",
    "folders",
    "data.path",
    "data.test_path",
    "train.epochs",
    "train.patience",
    "train.max_minutes",
    "train.checkpoints",
    "train.check",
    "train.compile",
    "train.detect_anomaly",
    "train.tensorboard",
    "train.report",
)


def circumstances(config: Config, data: Data) -> dict[str, Any]:
    """Return what a checkpoint remembers of the training it belongs to."""
    return {"config": config.model_dump(mode="json"), "fingerprint": data.fingerprint}


def refuse_another(everything: dict[str, Any], config: Config, data: Data) -> None:
    """See that a checkpoint belongs to a training with these settings and these data.

    Raises
    ------
    CheckpointError
        If it does not; names every setting that differs, with both values.
    """
    now = circumstances(config, data)
    differing = [
        f"{key} was {was!r}, is {is_!r}"
        for key, was, is_ in differences(everything["config"], now["config"])
        if not any(key == free or key.startswith(f"{free}.") for free in FREE)
    ]
    if everything["fingerprint"] != now["fingerprint"]:
        differing.append("the data are others (their fingerprint differs)")
    if differing:
        raise CheckpointError(
            f"The run was started with something else: {'; '.join(differing)}. Resume it as it "
            "was, or start a new run."
        )


def differences(
    before: dict[str, Any], after: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, value before, value after) of all that differs between two configurations."""
    for name in dict.fromkeys([*before, *after]):
        was, is_ = before.get(name), after.get(name)
        if isinstance(was, dict) and isinstance(is_, dict):
            yield from differences(was, is_, f"{prefix}{name}.")
        elif was != is_:
            yield f"{prefix}{name}", was, is_
