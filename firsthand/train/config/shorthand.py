"""What a file may say in short: ``model: cnn`` for its name, no name for the default, no keys."""

from __future__ import annotations

from typing import Any

from firsthand.train.config.base import Section
from firsthand.train.config.keys import default_kind, fields_of, kinds_of
from firsthand.train.config.models import NETWORK_OF


def spell_out(raw: dict[str, Any], section: type[Section]) -> None:
    """Write out in place what is short: every section has keys, every kind its name."""
    for name, field in fields_of(section).items():
        kinds, tag = kinds_of(field), field.discriminator
        if name == "model" and "task" in raw:
            raw.setdefault(name, {})
        if name not in raw or not kinds:
            continue
        if raw[name] is None:
            raw[name] = {}  # all its lines are comments
        if isinstance(tag, str) and isinstance(raw[name], str):
            raw[name] = {tag: raw[name]}
        value = raw[name]
        if not isinstance(value, dict):
            continue
        default = default_kind(field)
        if name == "model" and raw.get("task") in NETWORK_OF:
            default = NETWORK_OF[raw["task"]]
        if isinstance(tag, str) and default is not None:
            value.setdefault(tag, default)
        kind = kinds.get(str(value.get(tag)) if isinstance(tag, str) else "")
        if name == "data":
            kind = kinds.get(str(raw.get("task")))
        if kind is not None:
            spell_out(value, kind)
