"""How the judge and the processes it asks talk: frames of plain data over two pipes.

A frame is two lengths, a JSON text and a block of bytes; both lengths are bounded. What may travel
stands in ``codec.py``. Functions and objects stay where they are; a number travels for them, and
calling that number calls back. Nothing is ever unpickled.

An argument that was changed in place, an array, a list, a dict or a generator, is changed on the
caller's side too when the call returns; an argument that is returned arrives as itself.

This file is also loaded by the player, inside the sandbox: the standard library only.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from firsthand.study.grading.codec import (
    Broken,
    CannotTravel,
    Decoder,
    Encoder,
    Message,
    Table,
    WireError,
    index_in,
    listed,
)

HEADER = struct.Struct("<QQ")
TEXT_LIMIT = 8 << 20
DATA_LIMIT = 128 << 20


class OutOfTime(Broken):
    """The other side used up its time."""


class Hangup(Broken):
    """The other side is gone."""


@dataclass
class Budget:
    """Seconds that may still be spent on calls; None for as many as it takes.

    All that happens during a call counts, the answering of its calls back included.
    """

    seconds: float | None = None
    _since: float | None = None

    @contextmanager
    def spending(self) -> Generator[None]:
        """Count the time of the block; blocks inside it are counted with it."""
        if self._since is not None:
            yield
            return
        self._since = time.monotonic()
        try:
            yield
        finally:
            self.seconds, self._since = self.left(), None

    def left(self) -> float | None:
        """Return what is left at this moment."""
        if self.seconds is None or self._since is None:
            return self.seconds
        return self.seconds - (time.monotonic() - self._since)


class Stream:
    """Frames over a pair of pipes."""

    def __init__(self, reader: int, writer: int, budget: Budget | None = None) -> None:
        self._reader, self._writer = reader, writer
        self.budget = budget or Budget()

    def send(self, message: Message, data: bytes | bytearray = b"") -> None:
        """Write one frame; waits while the other side does not read."""
        text = json.dumps(message, separators=(",", ":")).encode()
        if len(text) > TEXT_LIMIT or len(data) > DATA_LIMIT:
            raise CannotTravel("the value is too large to pass on")
        rest = memoryview(HEADER.pack(len(text), len(data)) + text + bytes(data))
        while rest:
            self._wait(self._writer, select.POLLOUT)
            try:
                rest = rest[os.write(self._writer, rest[:65536]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Hangup from error

    def receive(self) -> tuple[Message, bytes]:
        """Read one frame."""
        text_size, data_size = HEADER.unpack(self._read(HEADER.size))
        if text_size > TEXT_LIMIT or data_size > DATA_LIMIT:
            raise WireError("a value is too large to pass on")
        text, data = self._read(text_size), self._read(data_size)
        try:
            message = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WireError("not a message") from error
        if not isinstance(message, dict):
            raise WireError("not a message")
        return cast("Message", message), data

    def _read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            self._wait(self._reader, select.POLLIN)
            try:
                part = os.read(self._reader, min(size, 1 << 20))
            except BlockingIOError:
                continue
            except OSError as error:
                raise Hangup from error
            if not part:
                raise Hangup
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, descriptor: int, event: int) -> None:
        left = self.budget.left()
        if left is None:
            return
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise OutOfTime


class Channel:
    """Calls in both directions over one stream, one inside the other.

    ``exported`` are the functions and objects of this side that the other may use by number.
    """

    catches: type[BaseException] = Exception  # of what is run here for the other side

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.exported: dict[int, Any] = {}
        self._next = 0

    def call(self, number: int, args: Sequence[Any], kwargs: dict[str, Any], get: str = "") -> Any:
        """Call object ``number`` of the other side, or get its attribute ``get``."""
        with self.stream.budget.spending():
            return self._call(number, args, kwargs, get)

    def _call(self, number: int, args: Sequence[Any], kwargs: dict[str, Any], get: str) -> Any:
        self._next += 1
        ticket = self._next
        table = Table()
        encoder = Encoder(table, self.export)
        tree = {
            "args": encoder.encode(tuple(args)),
            "kwargs": encoder.encode(tuple(kwargs.items())),
        }
        message = {"op": "call", "id": ticket, "to": number, "get": get, **tree}
        self.stream.send(message, encoder.data)
        while True:
            message, data = self.stream.receive()
            if message.get("op") == "call":
                self.answer(message, data)
            elif message.get("id") == ticket:
                return self._result(message, data, table)
            else:
                raise WireError("an answer to nothing that was asked")

    def answer(self, message: Message, data: bytes) -> None:
        """Run the call that ``message`` asks for, and send back what came of it."""
        table = Table()
        decoder = Decoder(table, data, self.resolve)
        number, get = message.get("to"), message.get("get")
        if not isinstance(number, int) or not isinstance(get, str) or number not in self.exported:
            raise WireError("a call of nothing that was offered")
        args = decoder.decode(message.get("args"))
        pairs = decoder.decode(message.get("kwargs"))
        if not isinstance(args, tuple) or not isinstance(pairs, tuple):
            raise WireError("a call without arguments")
        kwargs = {str(key): value for key, value in cast("tuple[Any, ...]", pairs)}
        before = table.contents()
        encoder = Encoder(table, self.export, shared=len(before))
        try:
            value = self.perform(self.exported[number], get, cast("tuple[Any, ...]", args), kwargs)
            known = table.things[: len(before)]
            reply: Message = {"op": "return", "value": encoder.encode(value)}
            reply["changes"] = encoder.changes(before, known)
            self.stream.send({**reply, **self.remarks(), "id": message.get("id")}, encoder.data)
        except Broken:
            raise
        except self.catches as error:
            reply = {"op": "raise", **self.describe(error), **self.remarks()}
            self.stream.send({**reply, "id": message.get("id")})

    def export(self, thing: Any) -> Message:
        """Return the form in which something that must stay here is named to the other side."""
        known = (number for number, other in self.exported.items() if other is thing)
        number = next(known, len(self.exported))
        self.exported[number] = thing
        return {"k": "far", "i": number, "n": type(thing).__name__, "c": callable(thing)}

    def resolve(self, tree: Message) -> Any:
        """Return what stands here for a thing of the other side."""
        raise WireError(f"an unknown kind of value: {tree['k']!r}")

    def perform(self, thing: Any, get: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do what a call asks for."""
        if get:
            raise WireError("nothing here has attributes to get")
        return thing(*args, **kwargs)

    def remarks(self) -> Message:
        """Return what goes with every answer."""
        return {}

    def describe(self, error: BaseException) -> Message:
        """Return an exception as plain data."""
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"type": type(error).__name__, "kinds": kinds, "message": _text(error)}

    def error(self, message: Message) -> BaseException:
        """Return the exception that an answer describes."""
        raise NotImplementedError

    def heard(self, message: Message) -> None:
        """Take note of the remarks that came with an answer."""

    def _result(self, message: Message, data: bytes, table: Table) -> Any:
        self.heard(message)
        if message.get("op") == "raise":
            raise self.error(message)
        known = list(table.things)
        decoder = Decoder(table, data, self.resolve, shared=len(known))
        value = decoder.decode(message.get("value"))
        decoder.shared = 0
        changes = message.get("changes")
        for change in listed(changes):
            index, tree = listed(change)
            decoder.replace(known[index_in(index, len(known))], tree)
        return value


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:  # its __str__ is the learner's too
        return "(its text could not be read)"
