"""The player: the process in which the learner's code runs, and in which nothing else is.

Started before it is needed. It loads NumPy, gives up what graded code does not need, says that
it is ready, and then answers the calls that come over its standard input. Neighbouring functions
of the exercise are put in as calls back to the judge. Nothing in this process decides anything:
it only computes values.

The standard library, NumPy and the three files beside this one are all it can see.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import os
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from firsthand.study.grading import codec, lockdown, wire

PRINTED_LIMIT = 4000


class Remote:
    """A function of the judge's, callable here."""

    def __init__(self, channel: Answers, number: int, name: str) -> None:
        self.channel, self.number = channel, number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self.channel.call(self.number, args, kwargs)


class Printed(io.TextIOBase):
    """A standard output that keeps the beginning of what is printed."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.room = PRINTED_LIMIT

    def write(self, text: str, /) -> int:
        """Keep what there is room for."""
        kept = str(text)[: self.room]
        self.text += kept
        self.room -= len(kept)
        return len(text)

    def take(self) -> str:
        """Return what was printed since the last time."""
        text, self.text = self.text, ""
        return text


class Answers(wire.Channel):
    """The player's end of the pipes."""

    catches = BaseException  # SystemExit and its like end the call, not the process

    def __init__(self, stream: wire.Stream, printed: Printed) -> None:
        super().__init__(stream)
        self.printed = printed
        self.exported[0] = self.load
        self.file = ""

    def load(
        self, source: str, file: str, target: str, neighbours: dict[str, Any], forbidden: list[str]
    ) -> Any:
        """Run the learner's file, without the functions that ``neighbours`` replace."""
        self.file = file
        set_traps(forbidden)
        tree = ast.parse(source, file)
        tree.body = [node for node in tree.body if getattr(node, "name", None) not in neighbours]
        module = types.ModuleType("from_scratch")
        sys.modules[module.__name__] = module
        vars(module).update(neighbours, __file__=file)
        exec(compile(tree, file, "exec", dont_inherit=True), vars(module))
        return vars(module)[target]

    def perform(self, thing: Any, get: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the learner's, or read an attribute of an object of theirs."""
        with (
            contextlib.redirect_stdout(self.printed),
            contextlib.redirect_stderr(self.printed),
            np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"),
        ):
            return getattr(thing, get) if get else thing(*args, **kwargs)

    def export(self, thing: Any) -> codec.Message:
        """Offer an object of the learner's; the judge's own go back as what they are."""
        if isinstance(thing, Remote):
            return {"k": "mine", "i": thing.number}
        return super().export(thing)

    def resolve(self, tree: codec.Message) -> Any:
        """Return a stand-in for a function of the judge's."""
        if tree["k"] == "mine":
            return self.exported[tree["i"]]
        return Remote(self, tree["i"], tree["n"])

    def remarks(self) -> codec.Message:
        """Pass on what was printed."""
        return {"printed": self.printed.take()}

    def describe(self, error: BaseException) -> codec.Message:
        """Return an exception with the lines of the learner's file that it passed."""
        return {**super().describe(error), "frames": list(self._frames(error))}

    def error(self, message: codec.Message) -> BaseException:
        """Return an exception like the one that a function of the judge's raised."""
        kind = getattr(builtins, message["type"], RuntimeError)
        if message["type"] == "LinAlgError":
            kind = np.linalg.LinAlgError
        return kind(message["message"])

    def _frames(self, error: BaseException) -> Iterator[list[Any]]:
        """Yield the lines of the learner's file that the exception passed, outermost first."""
        frame = error.__traceback__
        found: list[list[Any]] = []
        while frame is not None:
            if frame.tb_frame.f_code.co_filename == self.file:
                found.append([frame.tb_lineno, frame.tb_frame.f_code.co_name])
            frame = frame.tb_next
        yield from found[:5] + found[5:][-15:]


def set_traps(forbidden: list[str]) -> None:
    """Make the NumPy functions that an exercise forbids say so, wherever they are reached from."""
    for dotted in forbidden:
        module, *names = dotted.split(".")
        if module not in ("np", "numpy") or not names:
            continue
        found: Any = np
        for name in names:
            found = getattr(found, name, None)
        if found is None:
            continue
        trap = _trap(dotted)
        for name, numpy_module in list(sys.modules.items()):
            if name.partition(".")[0] == "numpy":
                for key, value in list(vars(numpy_module).items()):
                    if value is found or (key == names[-1] and isinstance(value, np.ufunc)):
                        setattr(numpy_module, key, trap)
        inner = getattr(found, "_implementation", found)
        if isinstance(inner, types.FunctionType) and not inner.__closure__:
            inner.__code__ = trap.__code__


def _trap(dotted: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    text = f"shortcut: {dotted}"
    exec(f"def trap(*args, **kwargs):\n    raise PermissionError({text!r})", namespace)
    return namespace["trap"]


def main() -> None:
    """Answer calls until the judge has had enough."""
    reader, writer = os.dup(0), os.dup(1)
    os.dup2(2, 0)  # the judge has pointed 2 at nothing: raw reads and writes go nowhere
    os.dup2(2, 1)
    sys.stdin = io.StringIO()
    warnings.simplefilter("ignore")
    channel = Answers(wire.Stream(reader, writer), Printed())
    np.random.default_rng(0).permutation(3)  # loads what is loaded late
    readable = tuple({os.path.abspath(path) for path in sys.path if path})
    lockdown.limit()
    filtered = lockdown.filter_system_calls()
    lockdown.watch(readable)
    channel.stream.send({"op": "ready", "filtered": filtered})
    while True:
        message, data = channel.stream.receive()
        channel.answer(message, data)
