"""What keys there are: each with its path, what it may be, its default and its description.

The documents, ``--keys`` and the texts of errors all say what stands here, and nothing beside the
schema itself has to be told of a new key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from firsthand.train.config.base import Section


@dataclass(frozen=True)
class Key:
    """One key that a configuration may have.

    Attributes
    ----------
    path : str
        As an override names it, such as ``train.schedule.warmup``.
    only : str
        Which of several kinds has it, such as "cosine"; empty where all have.
    allowed, default, description : str
        For a person; a key without a default must be given.
    """

    path: str
    only: str
    allowed: str
    default: str
    description: str


def fields_of(section: type[Section]) -> dict[str, FieldInfo]:
    """Return a section's fields by the names they have in a file."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def kinds_of(field: FieldInfo) -> dict[str, type[Section]]:
    """Return the sections that a key may hold, by name; one without a name; none for a value."""
    sections = [t for t in _members(field.annotation) if _is_section(t)]
    if not isinstance(field.discriminator, str):
        return {"": sections[0]} if sections else {}
    return {
        str(tag): section
        for section in sections
        for tag in get_args(section.model_fields[field.discriminator].annotation)
    }


def default_kind(field: FieldInfo) -> str | None:
    """Return the name of the kind that a key holds when nothing is said, if it has one."""
    if field.default_factory is None or not isinstance(field.discriminator, str):
        return None
    value: Any = field.get_default(call_default_factory=True)
    return str(getattr(value, field.discriminator))


def allowed(field: FieldInfo) -> str:
    """Return what the value of a key may be, such as "a number above 0 and below 1, or null"."""
    kinds = kinds_of(field)
    if kinds and "" not in kinds:
        return f"keys, with {field.discriminator}: {_one_of(list(kinds))}"
    if kinds:
        return "keys"
    return _type(field.annotation, tuple(field.metadata))


def choices(field: FieldInfo) -> list[str]:
    """Return the words that a key allows; none where it takes other values."""
    return [
        str(word)
        for member in _members(field.annotation)
        if get_origin(member) is Literal
        for word in get_args(member)
    ]


def takes(field: FieldInfo, kind: type) -> bool:
    """Whether a value of exactly that type is meant somewhere in a key's value."""

    def inside(annotation: Any) -> bool:
        if kind in (annotation, get_origin(annotation)) or annotation is Any:
            return True
        return any(inside(member) for member in get_args(annotation))

    return inside(field.annotation)


def keys(section: type[Section], above: str = "") -> Iterator[Key]:
    """Yield every key of a section and below, in the order of the schema."""
    for name, field in fields_of(section).items():
        path = f"{above}{name}"
        kinds = kinds_of(field)
        if not kinds or default_kind(field):
            yield Key(path, "", allowed(field), _default(field), field.description or "")
        found: dict[Key, list[str]] = {}
        for kind, below in kinds.items():
            for key in keys(below, f"{path}."):
                if key.path != f"{path}.{field.discriminator}":
                    found.setdefault(key, []).append(kind)
        for key, names in found.items():
            everywhere = len(names) == len(kinds)
            yield replace(key, only=key.only if everywhere else ", ".join(names))


@cache
def all_keys() -> tuple[Key, ...]:
    """Return every key of a configuration."""
    from firsthand.train.config.schema import Config

    return tuple(keys(Config))


def plain(value: Any) -> str:
    """Return a value as one writes it in a file."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, tuple | list):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return value if value and value.isprintable() and value == value.strip() else repr(value)
    return str(value)


def _default(field: FieldInfo) -> str:
    if field.is_required() or "" in kinds_of(field):
        return ""
    if kinds_of(field):
        return default_kind(field) or ""
    value: Any = field.get_default(call_default_factory=True)
    return plain(value)


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, UnionType):
        return get_args(annotation)
    return (annotation,)


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _type(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:
    """Say what an annotation allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0], tuple(arguments[1:]))
    if origin in (Union, UnionType):
        return ", or ".join(_type(member, metadata) for member in arguments)
    if origin is Literal:
        return _one_of([plain(word) for word in arguments])
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return f"a list, each {_type(arguments[0])}"
        return f"a list of {len(arguments)}, each {_type(arguments[0])}"
    if annotation is NoneType:
        return "null"
    if annotation in (int, float):
        return ("a whole number" if annotation is int else "a number") + _bounds(metadata)
    names: dict[Any, str] = {bool: "true or false", str: "text", Path: "a path", Any: "anything"}
    return names.get(annotation, "keys and values")


def _bounds(metadata: tuple[Any, ...]) -> str:
    told: list[str] = []
    for limit in metadata:
        match limit:
            case Gt(gt=value):
                told.append(f"above {value}")
            case Ge(ge=value):
                told.append(f"from {value}")
            case Lt(lt=value):
                told.append(f"below {value}")
            case Le(le=value):
                told.append(f"to {value}")
            case _:
                pass
    text = " and ".join(told).replace(" and to ", " to ")
    return f" {text}" if text else ""


def _one_of(words: list[str]) -> str:
    return "one of " + ", ".join(words) if len(words) > 1 else words[0]
