"""A configuration with the keys that matter, each with its description beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firsthand.train.config import all_keys
from firsthand.train.config.yaml_text import inline

WIDTH = 100
_TOLD: dict[tuple[str, ...], str] = {  # in fewer words than the schema
    ("task",): "tabular, image, text, timeseries or segmentation",
    ("model",): "The network; firsthand train --keys lists all.",
    ("tune",): "What `python main.py tune` searches.",
    ("tune", "space"): "",
}


def commented(values: dict[str, Any], head: str) -> str:
    """Return plain values as YAML, with what each key means from the schema.

    Parameters
    ----------
    values : dict
        Sections are dictionaries; ``tune.space`` holds a dictionary for each key.
    head : str
        What the file begins with.
    """
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for name, value in values.items():
        if isinstance(value, dict):
            lines.append("")
        lines += _key((name,), value, values)
    return "\n".join(lines) + "\n"


def _key(path: tuple[str, ...], value: Any, values: dict[str, Any]) -> Iterator[str]:
    indent, told = "  " * (len(path) - 1), _told(path, values)
    if isinstance(value, dict) and value:
        yield from _line(indent, f"{path[-1]}:", told)
        for name, below in value.items():
            if len(path) > 1 and path[-1] == "space":
                yield f"{indent}  {name}: {inline(below)}"
            else:
                yield from _key((*path, name), below, values)
    else:
        yield from _line(indent, f"{path[-1]}: {inline(value)}", told)


def _line(indent: str, text: str, told: str) -> Iterator[str]:
    line = f"{indent}{text}"
    if not told:
        yield line
    elif len(beside := f"{line:38}  # {told}") <= WIDTH:
        yield beside
    else:
        yield from _wrapped(indent, told)
        yield line


def _wrapped(indent: str, told: str) -> Iterator[str]:
    from textwrap import wrap

    for part in wrap(told, WIDTH - len(indent) - 2):
        yield f"{indent}# {part}"


def _told(path: tuple[str, ...], values: dict[str, Any]) -> str:
    """Return what a key means to the task and the network that ``values`` names."""
    if path in _TOLD:
        return _TOLD[path]
    kinds = {values["task"], values["model"]["name"], values["train"]["schedule"]["name"]}
    return next(
        (
            key.description
            for key in all_keys()
            if key.path == ".".join(path) and (not key.only or kinds & set(key.only.split(", ")))
        ),
        "",
    )
