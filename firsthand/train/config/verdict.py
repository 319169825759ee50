"""The schema's verdict on plain values, told for a person: every mistake at once.

A mistake is noted and mended for a moment (a misspelt word becomes the nearest, any other value the
default), and the rest is judged again, so that one mistake hides no other.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from firsthand.train.config.base import Section
from firsthand.train.config.keys import allowed, choices, fields_of, kinds_of, plain, takes
from firsthand.train.config.schema import Config
from firsthand.train.config.shorthand import spell_out
from firsthand.train.config.spelling import nearest, where_it_belongs

_ROUNDS = 5  # a file that needs more has been told enough


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: the key, and what to say of it."""

    path: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class _Place:
    """Where a complaint points: a key, its field, if any, whose key it is, and the way inside."""

    path: tuple[str, ...]
    field: FieldInfo | None
    owner: type[Section]
    below: tuple[str, ...] = ()


def judge(raw: dict[str, Any]) -> tuple[Config | None, list[Mistake]]:
    """Return (the configuration, no mistakes), or (None, every mistake in ``raw``)."""
    raw = deepcopy(raw)
    found = {mistake.path: mistake for mistake in _before(raw)}
    for _ in range(_ROUNDS):
        try:
            config = Config.model_validate(raw)
        except ValidationError as error:
            known = set(found)
            for detail in error.errors(include_url=False):
                for mistake in _mistakes(detail, raw, known):
                    found.setdefault(mistake.path, mistake)
        else:
            return (None if found else config), list(found.values())
    return None, list(found.values())


def _before(raw: dict[str, Any]) -> list[Mistake]:
    """Spell out what may be short, and note what the schema would let pass."""
    found: list[Mistake] = []
    data = raw.get("data")
    if isinstance(data, dict) and "task" in data:
        task = data.pop("task")
        if raw.setdefault("task", task) != task:
            text = f"came {_came(task)}, and task: {_came(raw['task'])}. Say it once, at the top."
            found.append(Mistake(("data", "task"), text))
    spell_out(raw, Config)
    return found + _truths(raw, Config)


def _truths(
    raw: dict[str, Any], section: type[Section], above: tuple[str, ...] = ()
) -> list[Mistake]:
    """Take out true and false where numbers are meant, which Python would read as 1 and 0."""
    found: list[Mistake] = []
    for name, field in fields_of(section).items():
        value, kinds, path = raw.get(name), kinds_of(field), (*above, name)
        if isinstance(value, bool) and not kinds and not takes(field, bool):
            found.append(Mistake(path, _unfit(raw.pop(name), field)))
        if isinstance(value, dict) and kinds:
            tag = field.discriminator
            kind = kinds.get(str(value.get(tag)) if isinstance(tag, str) else "")
            found += _truths(value, kind, path) if kind else []
    return found


def _mistakes(
    detail: ErrorDetails, raw: dict[str, Any], known: set[tuple[str, ...]]
) -> list[Mistake]:
    """Say what one complaint of the schema means, and mend ``raw``."""
    complaint, context = detail["type"], detail.get("ctx", {})
    if complaint == "disagreement":
        return [
            Mistake(paths[0], text)
            for paths, text in context["problems"]
            if not any(path[: len(k)] == k for path in paths for k in known)
        ]
    place = _locate(detail["loc"])
    path, field = place.path, place.field
    if field is None:
        _put(raw, path, None, delete=True)
        return [Mistake(path, where_it_belongs(path, place.owner))]
    if complaint == "missing":
        if takes(field, str):
            _put(raw, path, "-")
        text = f"is missing; {allowed(field)}. {field.description or ''}".rstrip()
        return [Mistake(path, text)]
    if complaint == "union_tag_not_found":
        return []  # of data, whose task is missing, which is told
    if complaint == "union_tag_invalid":
        path = (*path, str(field.discriminator)) if path != ("data",) else ("task",)
        return [_misspelt(raw, path, list(kinds_of(field)), field)]
    if complaint == "literal_error" and isinstance(_get(raw, path), str):
        return [_misspelt(raw, path, choices(field), field)]
    text = _unfit(_get(raw, path), field)
    if place.below and takes(field, dict):  # inside a value, such as tune.space
        inner = [name for name in place.below if name not in ("range", "choices")]
        text = f"{'.'.join(inner)}: {detail['msg'].removeprefix('Value error, ')}."
    _put(raw, path, None, delete=True)
    return [Mistake(path, text)]


def _misspelt(
    raw: dict[str, Any], path: tuple[str, ...], words: list[str], field: FieldInfo
) -> Mistake:
    came = _get(raw, path)
    near = nearest(str(came), words)
    _put(raw, path, near, delete=near is None)
    hint = f" Did you mean {near}?" if near else ""
    allowed_here = f"one of {', '.join(words)}" if kinds_of(field) else allowed(field)
    return Mistake(path, f"came {_came(came)}; {allowed_here}.{hint}")


def _unfit(value: Any, field: FieldInfo) -> str:
    if any(getattr(limit, "pattern", None) for limit in field.metadata):
        return f"came {_came(value)}; {field.description}"
    return f"came {_came(value)}; {allowed(field)}."


def _came(value: Any) -> str:
    told = repr(value) if isinstance(value, str) else plain(value)
    return told if len(told) <= 60 else f"{told[:57]}..."


def _locate(loc: tuple[int | str, ...]) -> _Place:
    """Follow a place that the schema names, without the kinds of sections in it."""
    owner: type[Section] = Config
    path: tuple[str, ...] = ()
    field: FieldInfo | None = None
    left = list(loc)
    while left:
        name = str(left.pop(0))
        path, field = (*path, name), fields_of(owner).get(name)
        kinds = kinds_of(field) if field else {}
        if not left or not kinds:
            break
        owner = kinds[""] if "" in kinds else kinds[str(left.pop(0))]
    return _Place(path, field, owner, tuple(map(str, left)))


def _get(raw: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _put(raw: dict[str, Any], path: tuple[str, ...], value: Any, *, delete: bool = False) -> None:
    *above, last = path
    for name in above:
        raw = raw[name]
    if delete:
        raw.pop(last, None)
    else:
        raw[last] = value
