"""Ctrl-C and the end of a job's time: noted, and obeyed between two steps."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any


class Interrupts:
    """Whether somebody asked training to stop.

    Attributes
    ----------
    name : str
        Of the signal, such as SIGINT; empty if nobody did.
    """

    def __init__(self) -> None:
        self.name = ""

    @contextlib.contextmanager
    def noted(self) -> Generator[None]:
        """Note SIGINT and SIGTERM instead of dying of them; the same again is obeyed at once.

        Only the main thread hears signals; elsewhere this does nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[signal.Signals, Any] = {
            number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _: FrameType | None) -> None:
        name = signal.Signals(number).name
        if self.name == name:
            raise KeyboardInterrupt
        self.name = self.name or name
