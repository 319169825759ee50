"""Read a configuration: YAML, then what the command line overrides, then the schema's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firsthand.train.config.overriding import override
from firsthand.train.config.schema import Config
from firsthand.train.config.verdict import judge
from firsthand.train.config.yaml_text import Lines, read_yaml, write_yaml
from firsthand.train.errors import ConfigError


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration in a YAML file, with overrides such as ``train.lr=0.01``.

    Raises
    ------
    ConfigError
        If the file cannot be read, an override is no ``key=value``, keys are unknown or values do
        not fit; names every such key, its line, what came and what is allowed.
    """
    file = Path(path)
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is no text in UTF-8: {error.reason}.") from error
    raw, lines = read_yaml(text, str(file))
    if not isinstance(raw, dict):
        raise ConfigError(f"{file} holds no keys; it starts with `task:` and `data:`.")
    override(raw, overrides, Config)
    for overridden in overrides:
        key = tuple(overridden.partition("=")[0].split("."))
        lines.pop(key, None)
        lines.pop(key[:-1], None)
    return parse_config(raw, origin=str(file), lines=lines)


def parse_config(
    raw: dict[str, Any], *, origin: str = "The configuration", lines: Lines | None = None
) -> Config:
    """Return the configuration that plain values describe.

    Parameters
    ----------
    raw : dict
    origin : str
        What errors call it.
    lines : dict of path to int, optional
        In which line of a file a key stands.

    Raises
    ------
    ConfigError
        As `load_config`.
    """
    config, mistakes = judge(raw)
    if config is not None:
        return config
    told: list[str] = []
    line_of = dict(lines or {})
    for mistake in mistakes:
        if mistake.path[-1] == "name" and mistake.path[:-1] in line_of:  # model: cnn, in short
            line_of.setdefault(mistake.path, line_of[mistake.path[:-1]])
    for mistake in sorted(mistakes, key=lambda m: (line_of.get(m.path, 0), m.path)):
        line = line_of.get(mistake.path)
        told.append(
            f"  {'.'.join(mistake.path)}{f' (line {line})' if line else ''}: {mistake.text}"
        )
    count = "one mistake" if len(told) == 1 else f"{len(told)} mistakes"
    raise ConfigError("\n".join([f"{origin} has {count}:", *told]))


def dump_config(config: Config) -> str:
    """Return a configuration as YAML, every key spelt out; `load_config` reads it back equal."""
    values = config.model_dump(mode="json", by_alias=True)
    del values["data"]["task"]  # which stands at the top
    return write_yaml(values)
