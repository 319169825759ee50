"""The companion: the reference, answering what the learner's code asks of its neighbours.

``python -m firsthand.study.grading.companion MODULE`` answers calls over its standard input.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from firsthand.study.grading import lockdown
from firsthand.study.grading.codec import Broken, Message
from firsthand.study.grading.implementation import careful
from firsthand.study.grading.wire import Channel, Stream


class Reference(Channel):
    """The companion's end of the pipes."""

    def __init__(self, stream: Stream, module: ModuleType) -> None:
        super().__init__(stream)
        self._module = module
        self.exported[0] = self.offer

    def offer(self) -> dict[str, int]:
        """Return the numbers of the module's public functions."""
        functions = inspect.getmembers(self._module, inspect.isfunction)
        for number, (_, function) in enumerate(functions, 1):
            self.exported[number] = function
        return {name: number for number, (name, _) in enumerate(functions, 1) if name[0] != "_"}

    def perform(self, thing: Any, get: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the reference."""
        with careful():
            return super().perform(thing, get, args, kwargs)

    def resolve(self, tree: Message) -> Any:
        """Return a function that is answered by the judge."""
        if tree["k"] == "mine":
            return self.exported[tree["i"]]
        return partial(self._ask, tree["i"])

    def _ask(self, number: int, *args: Any, **kwargs: Any) -> Any:
        return self.call(number, args, kwargs)

    def error(self, message: Message) -> BaseException:
        """Return what a function of the learner's raised."""
        return RuntimeError(str(message.get("message")))


def main(reference: str) -> None:
    """Answer calls of the functions of module ``reference``."""
    reader, writer = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    module = import_module(reference)
    np.random.default_rng(0).permutation(3)
    lockdown.limit(processor_seconds=None)
    channel = Reference(Stream(reader, writer), module)
    while True:
        message, data = channel.stream.receive()
        channel.answer(message, data)


if __name__ == "__main__":
    with contextlib.suppress(Broken):  # whoever asked is told by our end
        main(sys.argv[1])
