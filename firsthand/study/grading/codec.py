"""Values as plain data: into JSON and bytes on one side, back into values on the other.

What may travel is numbers, text, None, lists, tuples, dicts, sets, arrays of plain dtypes, random
generators (as their state) and dtypes. Functions and objects stay where they are; a number
travels for them. Decoding trusts nothing: every length, reference and kind is checked, and
nothing that arrives can hold itself.

This file is also loaded by the player, inside the sandbox: the standard library and NumPy only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

DEPTH_LIMIT = 60
SIZE_LIMIT = 256 << 20  # of the arrays in one value, each as often as it is referred to
COUNT_LIMIT = 8192  # entries of a dict or a set: few enough to survive keys that all collide
RANGE_LIMIT = 1 << 20
DTYPE = re.compile(r"[<>|]?[biufcSU]\d{0,6}")
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
TYPES: dict[str, Any] = {"float": float, "int": int, "bool": bool, "complex": complex, "str": str}

Message = dict[str, Any]


class Broken(BaseException):
    """The conversation is over. No exception that a check or a solution would catch."""


class WireError(Broken):
    """What came over the pipe is not what was agreed."""


class CannotTravel(Exception):  # noqa: N818 - it is a fact about a value
    """A value cannot be passed on: too large, too deep, or of a kind that stays where it is."""


@dataclass
class Table:
    """The things of one call that can change, numbered alike on both sides."""

    things: list[Any] = field(default_factory=list[Any])
    number: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, thing: Any) -> None:
        """Give ``thing`` the next number."""
        self.number[id(thing)] = len(self.things)
        self.things.append(thing)

    def contents(self) -> list[Any]:
        """Return what each thing holds now, to find out later what changed."""
        return [_content(thing) for thing in self.things]


class Encoder:
    """Turn values into JSON and bytes. ``foreign`` names what must stay here, or refuses it.

    Arrays and generators met again are referred to; lists and dicts only if they are among the
    first ``shared`` things of the table. So nothing that arrives can hold itself.
    """

    def __init__(self, table: Table, foreign: Callable[[Any], Message], shared: int = 0) -> None:
        self.table = table
        self.shared = shared
        self.data = bytearray()
        self._foreign = foreign
        self._size = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON form of ``value``."""
        if depth > DEPTH_LIMIT:
            raise CannotTravel("the value is nested too deeply to pass on")
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        if kind is float or kind is str:
            return value
        if kind is int:
            if value.bit_length() > 4096:
                raise CannotTravel("an integer is too large to pass on")
            return value
        number = self.table.number.get(id(value))
        if number is not None and (number < self.shared or _is_leaf(value)):
            self._weigh(value)
            return {"k": "ref", "i": number}
        if kind is tuple:
            return {"k": "tuple", "v": [self.encode(v, depth + 1) for v in value]}
        if kind in (list, dict, np.ndarray, np.random.Generator):
            self.table.add(value)
            return self.content(value, depth)
        return self._other(value, depth)

    def content(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON form of what a changeable thing holds."""
        match value:
            case list():
                return [self.encode(v, depth + 1) for v in value]
            case dict():
                _require(len(value) <= COUNT_LIMIT, "a dict has too many entries")
                pairs = (
                    (self.encode(k, depth + 1), self.encode(v, depth + 1)) for k, v in value.items()
                )
                return {"k": "dict", "v": [list(pair) for pair in pairs]}
            case np.ndarray():
                return self._array(value, depth)
            case _:
                return {"k": "rng", "v": _state_out(value.bit_generator.state)}

    def changes(self, before: Sequence[Any], things: Sequence[Any]) -> list[Any]:
        """Return the number and the new content of every thing that differs from ``before``."""
        self.shared = 0
        return [
            [index, self.content(thing)]
            for index, (old, thing) in enumerate(zip(before, things, strict=True))
            if not _same(old, _content(thing))
        ]

    def _array(self, value: np.ndarray[Any, Any], depth: int) -> Message:
        if value.dtype.kind == "O":
            items = [self.encode(v, depth + 1) for v in value.ravel().tolist()]
            return {"k": "objects", "s": list(value.shape), "v": items}
        if not DTYPE.fullmatch(value.dtype.str):
            raise CannotTravel(f"an array of dtype {value.dtype} cannot be passed on")
        self._weigh(value)
        _require(_extent(value.shape) <= SIZE_LIMIT, "an array's shape is too large to pass on")
        start = len(self.data)
        self.data += np.ascontiguousarray(value).tobytes()
        return {"k": "array", "d": value.dtype.str, "s": list(value.shape), "at": start}

    def _weigh(self, value: Any) -> None:
        self._size += value.nbytes if isinstance(value, np.ndarray) else 0
        _require(self._size <= SIZE_LIMIT, "the value is too large to pass on")

    def _other(self, value: Any, depth: int) -> Any:
        match value:
            case np.generic():
                return {"k": "scalar", "v": self._array(np.asarray(value), depth)}
            case np.ndarray() | list() | dict():  # a subclass: only what it holds counts
                self.table.add(value)
                plain = np.asarray(value) if isinstance(value, np.ndarray) else value
                return self.content(plain, depth)
            case complex():
                return {"k": "complex", "v": [value.real, value.imag]}
            case bool() | int() | float() | str():
                return self.encode(_base(value), depth)
            case tuple():
                items = [self.encode(v, depth + 1) for v in tuple.__iter__(value)]
                names = getattr(type(value), "_fields", None)
                return {"k": "row", "f": [str(n) for n in names or ()], "v": items}
            case set() | frozenset():
                _require(len(value) <= COUNT_LIMIT, "a set has too many members")
                items = [self.encode(v, depth + 1) for v in value]
                return {"k": "set", "v": items, "f": isinstance(value, frozenset)}
            case range():
                _require(_is_short(value), "a range has too many numbers")
                return {"k": "range", "v": [value.start, value.stop, value.step]}
            case np.dtype():
                return {"k": "dtype", "v": value.str}
            case type() if issubclass(value, np.generic):
                return {"k": "type", "v": value.__name__}
            case type() if value in TYPES.values():
                return {"k": "type", "v": value.__name__}
            case _:
                return self._foreign(value)


class Decoder:
    """Turn JSON and bytes back into values; trusts nothing."""

    def __init__(
        self, table: Table, data: bytes, foreign: Callable[[Message], Any], shared: int = 0
    ) -> None:
        self.table = table
        self.shared = shared
        self._data = data
        self._foreign = foreign
        self._size = 0

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """Return the value of a JSON form."""
        if depth > DEPTH_LIMIT:
            raise WireError("nested too deeply")
        if not isinstance(tree, list | dict):
            return tree
        try:
            if isinstance(tree, list) or tree["k"] in ("dict", "array", "objects", "rng"):
                thing = self._empty(tree)
                self.table.add(thing)
                return self._filled(thing, tree, depth)
            return self._tagged(cast("Message", tree), depth)
        except Exception as error:  # whatever it is that NumPy or a dict makes of it
            raise WireError("not a value") from error

    def replace(self, thing: Any, tree: Any) -> None:
        """Make ``thing`` hold what the JSON form of its content says."""
        try:
            _assign(thing, self._filled(self._empty(tree), tree, 0))
        except Exception as error:
            raise WireError("not a change") from error

    def _empty(self, tree: Any) -> Any:
        """Return the changeable thing of a JSON form, without the things that it holds."""
        if isinstance(tree, list):
            return []
        match tree["k"]:
            case "dict":
                return {}
            case "array":
                return self._array(cast("Message", tree))
            case "objects":
                return np.empty(_shape(tree["s"], len(listed(tree["v"]))), dtype=object)
            case _:
                return _generator(tree["v"])

    def _filled(self, thing: Any, tree: Any, depth: int) -> Any:
        match thing:
            case list():
                thing.extend(self.decode(v, depth + 1) for v in tree)
            case dict():
                for key, item in _few(tree["v"]):
                    thing[self.decode(key, depth + 1)] = self.decode(item, depth + 1)
            case np.ndarray() if thing.dtype.kind == "O":
                items = [self.decode(v, depth + 1) for v in listed(tree["v"])]
                for index, item in zip(np.ndindex(thing.shape), items, strict=True):
                    thing[index] = item
            case _:
                pass
        return thing

    def _tagged(self, tree: Message, depth: int) -> Any:
        kind, value = tree["k"], tree.get("v")
        match kind:
            case "ref":
                index = index_in(tree["i"], len(self.table.things))
                thing = self.table.things[index]
                if index >= self.shared and not _is_leaf(thing):
                    raise WireError("a list that may hold itself")
                self._weigh(thing)
                return thing
            case "tuple":
                return tuple(self.decode(v, depth + 1) for v in listed(value))
            case "scalar":
                return self._array(cast("Message", value))[()]
            case "complex":
                real, imaginary = listed(value)
                return complex(float(real), float(imaginary))
            case "row":
                items = [self.decode(v, depth + 1) for v in listed(value)]
                return Row(items, [str(name) for name in listed(tree["f"])])
            case "set":
                members = {self.decode(v, depth + 1) for v in _few(value)}
                return frozenset(members) if tree.get("f") is True else members
            case "range":
                start, stop, step = listed(value)
                numbers = range(int(start), int(stop), int(step))
                if not _is_short(numbers):
                    raise WireError("a range has too many numbers")
                return numbers
            case "dtype":
                return np.dtype(_dtype(value))
            case "type":
                name = str(value)
                return TYPES[name] if name in TYPES else np.dtype(name).type
            case _:
                return self._foreign(tree)

    def _array(self, tree: Message) -> np.ndarray[Any, Any]:
        dtype, shape = np.dtype(_dtype(tree["d"])), _shape(tree["s"])
        start, size = int(tree["at"]), math.prod(shape) * dtype.itemsize
        if start < 0 or start + size > len(self._data):
            raise WireError("an array reaches beyond its data")
        flat = (
            np.frombuffer(self._data, dtype, math.prod(shape), start)
            if size
            else np.empty(0, dtype)
        )
        array = flat.reshape(shape).copy()
        self._weigh(array)
        return array

    def _weigh(self, value: Any) -> None:
        self._size += value.nbytes if isinstance(value, np.ndarray) else 0
        if self._size > SIZE_LIMIT:
            raise WireError("a value is too large to pass on")


class Row(tuple[Any, ...]):
    """A named tuple whose class stayed on the other side: its fields are attributes here too."""

    names: Sequence[str]

    def __new__(cls, items: Sequence[Any], names: Sequence[str]) -> Row:
        """Make a row; there are as many names as items, or none."""
        row = super().__new__(cls, items)
        row.names = tuple(names)
        return row

    def __getattr__(self, name: str) -> Any:
        """Return the item of that name."""
        if name.startswith("_") or name not in self.names:
            raise AttributeError(name)
        return self[self.names.index(name)]


def _content(thing: Any) -> Any:
    match thing:
        case list():
            return [id(v) if _changeable(v) else v for v in thing]
        case dict():
            return {k: id(v) if _changeable(v) else v for k, v in thing.items()}
        case np.ndarray():
            return thing.copy()
        case _:
            return _state_out(thing.bit_generator.state)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray):
        return old.shape == new.shape and old.dtype == new.dtype and old.tobytes() == new.tobytes()
    return repr(old) == repr(new)


def _is_leaf(value: Any) -> bool:
    """Return whether a changeable thing holds no other things."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind != "O"
    return isinstance(value, np.random.Generator)


def _changeable(value: Any) -> bool:
    return isinstance(value, list | dict | np.ndarray | np.random.Generator)


def _assign(thing: Any, new: Any) -> None:
    match thing, new:
        case np.ndarray(), np.ndarray() if thing.shape == new.shape and thing.dtype == new.dtype:
            thing[...] = new
        case list(), list():
            thing[:] = new
        case dict(), dict():
            thing.clear()
            thing.update(new)
        case np.random.Generator(), np.random.Generator():
            _move_on(thing, new)
        case _:
            raise WireError("an argument became something else")


def _move_on(generator: np.random.Generator, new: np.random.Generator) -> None:
    """Advance a generator to where the other side left it, on the same stream of numbers."""
    old_state, state = generator.bit_generator.state, new.bit_generator.state
    if old_state["bit_generator"] != state["bit_generator"]:
        raise WireError("a generator became another one")
    fixed = ("inc", "key") if state["bit_generator"] != "MT19937" else ()
    for key in fixed:
        old, now = old_state["state"].get(key), state["state"].get(key)
        if not np.array_equal(np.asarray(old, dtype=object), np.asarray(now, dtype=object)):
            raise WireError("a generator became another one")
    generator.bit_generator.state = state


def _state_out(state: Any) -> Any:
    """Return the state of a bit generator as JSON; its arrays are of 32 or 64 bit words."""
    match state:
        case dict():
            return {key: _state_out(value) for key, value in state.items()}
        case np.ndarray():
            return [str(state.dtype), state.tolist()]
        case np.generic():
            return state.item()
        case _:
            return state


def _state_in(state: Any) -> Any:
    match state:
        case dict():
            return {str(key): _state_in(value) for key, value in state.items()}
        case [("uint32" | "uint64") as dtype, list(words)] if len(words) <= 1024:
            return np.array(words, dtype=str(dtype))
        case int() | str():
            return state
        case _:
            raise WireError("not the state of a generator")


def _generator(state: Any) -> np.random.Generator:
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise WireError("an unknown random generator")
    bits = getattr(np.random, name)(0)
    bits.state = _state_in(state)
    return np.random.Generator(bits)


def _base(value: Any) -> Any:
    """Return the plain value of an instance of a subclass of a plain type."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__add__(value, 0)
    return float.__add__(value, 0.0)


def readable(text: object) -> str:
    """Return text that any terminal, file or database takes: no controls, no half characters."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text)
    )


def listed(value: Any) -> list[Any]:
    """Return what came as the list that it should be."""
    if not isinstance(value, list):
        raise WireError("a list is missing")
    return cast("list[Any]", value)


def index_in(value: Any, size: int) -> int:
    """Return what came as an index below ``size``."""
    if type(value) is not int or not 0 <= value < size:
        raise WireError("a reference to nothing")
    return value


def _few(value: Any) -> list[Any]:
    if len(listed(value)) > COUNT_LIMIT:
        raise WireError("too many entries")
    return listed(value)


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise CannotTravel(otherwise)


def _is_short(numbers: range) -> bool:
    try:
        return len(numbers) <= RANGE_LIMIT
    except OverflowError:  # more than a machine word can count
        return False


def _extent(shape: Sequence[int]) -> int:
    """Return how many entries a sum over the empty axes of an array would have."""
    return math.prod(max(n, 1) for n in shape)


def _shape(value: Any, most: int = SIZE_LIMIT) -> tuple[int, ...]:
    """Return what came as a shape; also an empty array has no long axis, which sums would show."""
    shape = tuple(listed(value))
    if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
        raise WireError("not a shape")
    if _extent(shape) > max(most, 1):
        raise WireError("a value is too large to pass on")
    return shape


def _dtype(value: Any) -> str:
    if not isinstance(value, str) or not DTYPE.fullmatch(value):
        raise WireError("not a plain dtype")
    return value
