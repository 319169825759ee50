"""Keys set on the command line: ``train.lr=0.01``, ``model.hidden=[64,32]``, ``model.name=cnn``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from firsthand.train.config.base import Section
from firsthand.train.config.keys import fields_of, kinds_of
from firsthand.train.config.shorthand import spell_out
from firsthand.train.config.yaml_text import read_value
from firsthand.train.errors import ConfigError

log = logging.getLogger(__name__)


def override(raw: dict[str, Any], texts: Sequence[str], section: type[Section]) -> None:
    """Set the keys that ``texts`` name in place; values are read as YAML.

    Where one chooses another kind of a section (``model.name=cnn``), keys of the file that the new
    kind has, with the same meaning, stay; the others are taken out, and a warning is logged that
    names them.

    Raises
    ------
    ConfigError
        If a text is no ``key=value``, or its key is below a value.
    """
    spell_out(raw, section)
    from_file = _kinds(raw, section)
    given: set[str] = set()
    for text in texts:
        given.add(_set(raw, text))
    spell_out(raw, section)
    for path, kind in _kinds(raw, section).items():
        if path in from_file and from_file[path][1] is not kind[1]:
            _drop(kind[0], path, from_file[path][1], kind[1], given)


def _set(raw: dict[str, Any], text: str) -> str:
    key, equals, value = text.partition("=")
    key = key.strip().removeprefix("--")
    if not equals or not all(key.split(".")):
        raise ConfigError(f"{text!r} is no override; write key=value, such as train.lr=0.01.")
    *above, last = key.split(".")
    here = raw
    for name in above:
        here = here.setdefault(name, {})
        if not isinstance(here, dict):
            raise ConfigError(f"{text!r}: {name} is a value and has no keys.")
    try:
        new = read_value(value)
    except ConfigError as error:
        raise ConfigError(f"{text!r}: {error}") from error
    if isinstance(here.get(last), dict) and isinstance(new, str):
        here = here[last]  # model=cnn, for model.name=cnn
        key, last = f"{key}.name", "name"
    here[last] = new
    return key


Kinds = dict[str, tuple[dict[str, Any], type[Section]]]


def _kinds(raw: dict[str, Any], section: type[Section], above: str = "") -> Kinds:
    """Return the sections of which there are several kinds: their values, and which kind it is."""
    found: Kinds = {}
    for name, field in fields_of(section).items():
        value, kinds, tag = raw.get(name), kinds_of(field), field.discriminator
        if not isinstance(value, dict) or not kinds:
            continue
        chosen = raw.get("task") if name == "data" else value.get(str(tag))
        kind = kinds.get("" if "" in kinds else str(chosen))
        if kind is not None:
            if "" not in kinds:
                found[f"{above}{name}"] = (value, kind)
            found |= _kinds(value, kind, f"{above}{name}.")
    return found


def _drop(
    values: dict[str, Any], path: str, old: type[Section], new: type[Section], given: set[str]
) -> None:
    """Take out the keys of the old kind that mean nothing, or something else, to the new one."""
    before, after = fields_of(old), fields_of(new)
    gone = [
        name
        for name in values
        if name in before
        and name not in ("name", "task")
        and not any(key == f"{path}.{name}" or key.startswith(f"{path}.{name}.") for key in given)
        and (name not in after or after[name].annotation != before[name].annotation)
    ]
    for name in gone:
        del values[name]
    if gone:
        names = ", ".join(f"{path}.{name}" for name in gone)
        log.warning("%s in the file are left out: they are not for the %s asked for.", names, path)
