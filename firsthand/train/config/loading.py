"""Read a configuration: YAML, then what the command line overrides, then the schema's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from firsthand.train.config.schema import Config
from firsthand.train.errors import ConfigError


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration in a YAML file, with overrides such as ``train.lr=0.01``.

    Raises
    ------
    ConfigError
        If the file cannot be read, an override is no ``key=value``, a key is unknown or a value
        does not fit; names every such key.
    """
    path = Path(path)
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no YAML: {error}.") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} holds no keys; it starts with `task:` and `data:`.")
    for text in overrides:
        override(raw, text)
    return parse_config(raw, origin=str(path))


def override(raw: dict[str, Any], text: str) -> None:
    """Set the key that ``text``, such as ``train.lr=0.01``, names; values are read as YAML."""
    key, equals, value = text.partition("=")
    if not equals or not all(key.split(".")):
        raise ConfigError(f"{text!r} is no override; write key=value, such as train.lr=0.01.")
    *above, last = key.split(".")
    here = raw
    for name in above:
        here = here.setdefault(name, {})
        if not isinstance(here, dict):
            raise ConfigError(f"{text!r}: {name} is a value and has no keys.")
    try:
        here[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"{text!r}: the value is no YAML: {error}.") from error


def parse_config(raw: dict[str, Any], *, origin: str = "The configuration") -> Config:
    """Return the configuration that plain values describe.

    Raises
    ------
    ConfigError
        As `load_config`.
    """
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ConfigError("\n".join([f"{origin} does not fit:", *lines])) from error


def nearest(name: str, known: Sequence[str]) -> str:
    """Return " Did you mean ...?" for a misspelt name, or an empty text."""
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
