"""The judge's end of the pipes: a player for the learner's code, a companion for our own.

The companion is a process of the same kind without the sandbox: it holds the reference and
answers what the learner's code asks of neighbouring functions. So a neighbour that is called
with arguments that never end, or fill the memory, takes down the companion and not the judge.
"""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import numpy as np

from firsthand.study.checking import Mismatch
from firsthand.study.grading.codec import Broken, Message, WireError, readable
from firsthand.study.grading.sandbox import STARTING_SECONDS, Process, kill, start_player
from firsthand.study.grading.wire import Budget, Channel, Stream

# What the learner's code raised is raised here again as the nearest of these. A StopIteration
# would end a loop of ours instead of reaching us.
_ERRORS: dict[str, type[Exception]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(kind, StopIteration | StopAsyncIteration)
} | {"LinAlgError": np.linalg.LinAlgError}


class Ended(BaseException):
    """The learner's code raised what is no error: SystemExit, or an exception beside Exception."""


class Far:
    """An object that stays in the other process: its public attributes can be read."""

    def __init__(self, channel: JudgeChannel, number: int) -> None:
        self.__far__ = channel, number  # a name that no attribute read from there can have

    def __getattr__(self, name: str) -> Any:
        """Return the attribute of the object."""
        if name.startswith("_"):
            raise AttributeError(name)
        channel, number = self.__far__
        return channel.call(number, (), {}, get=name)

    def __repr__(self) -> str:
        """Name its type; what else it says of itself is not asked."""
        return f"<{type(self).__name__}>"


class FarFunction(Far):
    """A function that stays in the other process."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        channel, number = self.__far__
        return channel.call(number, args, kwargs)


class JudgeChannel(Channel):
    """Calls to a player or a companion, and what it says with its answers."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.printed = ""
        self.told: list[tuple[BaseException, Message]] = []  # what was raised, and where
        self._found: BaseException | None = None

    def export(self, thing: Any) -> Message:
        """Offer functions; of objects, only those that came from there go back."""
        if isinstance(thing, Far) and thing.__far__[0] is self:
            return {"k": "mine", "i": thing.__far__[1]}
        if not callable(thing):
            raise TypeError(f"an object of type {type(thing).__name__} cannot be passed on")
        return super().export(thing)

    def resolve(self, tree: Message) -> Any:
        """Return a stand-in for a function or an object of the other process."""
        if tree["k"] == "mine" and tree["i"] in self.exported:
            return self.exported[tree["i"]]
        if tree["k"] != "far" or type(tree["i"]) is not int:
            raise WireError("an unknown kind of value")
        base = FarFunction if tree["c"] is True else Far
        kind = type(readable(tree["n"])[:80], (base,), {})  # it is called what it is
        return kind(self, tree["i"])

    def perform(self, thing: Any, get: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a call back; what a check finds in it is the check's, not the learner's."""
        if get:
            raise WireError("nothing here has attributes to get")
        try:
            return thing(*args, **kwargs)
        except Mismatch as found:
            self._found = found
            raise

    def heard(self, message: Message) -> None:
        """Keep what was printed; a mismatch found while answering comes before the answer."""
        printed = message.get("printed", "")
        if isinstance(printed, str):
            self.printed = (self.printed + readable(printed[:4000]))[:4000]
        if self._found is not None:
            found, self._found = self._found, None
            raise found

    def error(self, message: Message) -> BaseException:
        """Return an exception of ours like the one raised there."""
        text = readable(str(message.get("message", ""))[:2000])
        error: BaseException = Ended(text)
        for name in _items(message.get("kinds")):
            kind = _ERRORS.get(str(name))
            if kind is not None:
                error = _made(kind, text)
                break
        frames = [
            (frame[0], readable(frame[1])[:80])
            for frame in map(_items, _items(message.get("frames")))
            if len(frame) == 2 and type(frame[0]) is int
        ]
        kind_name = readable(str(message.get("type", ""))[:80])
        self.told.append((error, {"type": kind_name, "frames": frames}))
        return error


class Player:
    """One learner's file, loaded in a process of its own."""

    def __init__(self, process: Process, budget: Budget) -> None:
        self._process = process
        process.stream.budget = budget
        self.channel = JudgeChannel(process.stream)
        self.protection = process.protection

    def load(
        self,
        source: str,
        file: str,
        target: str,
        neighbours: dict[str, Callable[..., Any]],
        forbidden: Sequence[str],
    ) -> Callable[..., Any]:
        """Run the file there and return its function ``target``."""
        arguments = (source, file, target, neighbours, list(forbidden))
        return cast("Callable[..., Any]", self.channel.call(0, arguments, {}))

    def close(self) -> int:
        """Kill the process and return how it ended."""
        return kill(self._process.popen)


class Companion:
    """The reference in a process that can be killed; started when it is first asked."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self._popen: subprocess.Popen[bytes] | None = None
        self._channel: JudgeChannel | None = None
        self._offered: dict[str, int] = {}

    def start(self) -> None:
        """Start the process now, if it is not running, and wait until it is ready."""
        if self._popen is not None and self._popen.poll() is None:
            return
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "firsthand.study.grading.companion", self.reference],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        for pipe in (self._popen.stdin, self._popen.stdout):
            os.set_blocking(pipe.fileno(), False)
        reader, writer = self._popen.stdout.fileno(), self._popen.stdin.fileno()
        self._channel = JudgeChannel(Stream(reader, writer, Budget(STARTING_SECONDS)))
        self._offered = self._channel.call(0, (), {})

    def functions(self, names: Iterable[str], budget: Budget) -> dict[str, Callable[..., Any]]:
        """Return the reference's functions of these names, answered there."""
        self.start()
        assert self._channel is not None
        self._channel.stream.budget = budget
        self._channel.exported.clear()
        return {
            name: FarFunction(self._channel, self._offered[name])
            for name in names
            if name in self._offered
        }

    def close(self) -> None:
        """End the process."""
        if self._popen is not None:
            kill(self._popen)
            self._popen = None


class Pool:
    """Players started beforehand and companions kept, for any number of verdicts at a time."""

    def __init__(self, spares: int = 1) -> None:
        self._starter = ThreadPoolExecutor(max_workers=2, thread_name_prefix="player")
        self._lock = threading.Lock()
        self._closed = False
        self._spares: list[Future[Process]] = []
        self._companions: dict[str, list[Companion]] = {}
        for _ in range(spares):
            self.prepare()

    def prepare(self) -> None:
        """Start one more player in the background."""
        with self._lock:
            if not self._closed:
                self._spares.append(self._starter.submit(start_player))

    def player(self) -> Process:
        """Return a player that nobody has used; starts one only where none is waiting."""
        with self._lock:
            spare = self._spares.pop(0) if self._spares else None
        process = spare.result() if spare else start_player()
        if process.popen.poll() is not None:  # it died while it waited
            process.close()
            return start_player()
        return process

    def companion(self, reference: str) -> Companion:
        """Return a companion for a reference module that nobody else is using."""
        with self._lock:
            waiting = self._companions.setdefault(reference, [])
            return waiting.pop() if waiting else Companion(reference)

    def give_back(self, companion: Companion, sound: bool) -> None:
        """Keep a companion for the next verdict, or end it if it may still be busy."""
        with self._lock:
            if sound and not self._closed:
                self._companions[companion.reference].append(companion)
                return
        companion.close()

    def close(self) -> None:
        """End every process."""
        with self._lock:
            self._closed = True
            spares, self._spares = self._spares, []
            companions = [c for waiting in self._companions.values() for c in waiting]
            self._companions.clear()
        for companion in companions:
            companion.close()
        for spare in spares:
            try:
                spare.result().close()
            except (OSError, Broken):
                continue
        self._starter.shutdown()


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _made(kind: type[Exception], text: str) -> Exception:
    try:
        return kind(text)
    except TypeError:  # UnicodeDecodeError and its like want more
        return RuntimeError(f"{kind.__name__}: {text}")
