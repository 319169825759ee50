"""A point of the search space, and the configuration that it makes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from firsthand.train.config import Config, parse_config
from firsthand.train.config.overriding import override
from firsthand.train.config.tuning import Range
from firsthand.train.errors import ConfigError

if TYPE_CHECKING:
    import optuna

    from firsthand.train.config.tuning import Axis

EDGE = 0.02  # share of a range that counts as its edge


def suggest(trial: optuna.Trial, space: dict[str, Any]) -> dict[str, Any]:
    """Return a value for each key of the space, as the trial's sampler proposes."""
    values: dict[str, Any] = {}
    for key, axis in space.items():
        if not isinstance(axis, Range):
            # studies store plain values only, so that lists are chosen by their text
            texts = [json.dumps(choice) for choice in axis]
            values[key] = json.loads(trial.suggest_categorical(key, texts))
        elif axis.whole:
            values[key] = trial.suggest_int(key, int(axis.low), int(axis.high), log=axis.log)
        else:
            values[key] = trial.suggest_float(key, axis.low, axis.high, log=axis.log)
    return values


def value_of(stored: Any) -> Any:
    """Return a stored parameter as it stands in a configuration."""
    return json.loads(stored) if isinstance(stored, str) else stored


def configured(config: Config, values: dict[str, Any]) -> Config:
    """Return the configuration with some keys set.

    Raises
    ------
    ConfigError
        If a key is unknown or a value does not fit.
    """
    raw = config.model_dump(mode="json", by_alias=True)
    override(raw, [f"{key}={json.dumps(value)}" for key, value in values.items()], Config)
    return parse_config(raw, origin="The configuration with " + told(values))


def check_space(config: Config) -> None:
    """Refuse a space that holds an unknown key or a value that does not fit, before any trial.

    Raises
    ------
    ConfigError
        Names the key.
    """
    if not config.tune.space:
        raise ConfigError("tune.space is empty; name keys to search, such as train.lr.")
    for key, axis in config.tune.space.items():
        if key.split(".")[0] in ("tune", "task", "folders", "data", "seed", "name"):
            raise ConfigError(f"tune.space: {key} is no setting to search; it defines the problem.")
        for value in _ends(axis):
            configured(config, {key: value})


def _ends(axis: Axis) -> tuple[Any, ...]:
    """Return the extreme values of an axis; of choices, all."""
    if not isinstance(axis, Range):
        return axis
    return (int(axis.low), int(axis.high)) if axis.whole else (axis.low, axis.high)


def at_edges(values: dict[str, Any], space: dict[str, Any]) -> list[str]:
    """Return a warning for each key whose value lies at an end of its range.

    Examples
    --------
    >>> at_edges({"train.lr": 0.1}, {"train.lr": Range(low=1e-4, high=0.1, log=True)})[0][:43]
    'train.lr is best at 0.1, the upper end of i'
    """
    warnings: list[str] = []
    for key, axis in space.items():
        if not isinstance(axis, Range) or key not in values:
            continue
        low, high, value = (
            (math.log(x) if axis.log else x) for x in (axis.low, axis.high, float(values[key]))
        )
        place = (value - low) / (high - low)
        if min(place, 1 - place) <= EDGE:
            end, way = ("lower", "down") if place < 0.5 else ("upper", "up")
            warnings.append(
                f"{key} is best at {values[key]:g}, the {end} end of its range "
                f"({axis.low:g} to {axis.high:g}); extend the range {way} and search on."
            )
    return warnings


def told(values: dict[str, Any]) -> str:
    """Return settings as a person writes them: ``train.lr=0.01 model.dropout=0.2``."""
    return " ".join(
        f"{key}={value:.3g}" if isinstance(value, float) else f"{key}={json.dumps(value)}"
        for key, value in values.items()
    )
