"""The terminal door: ``firsthand COMMAND``.

Each command lives in a module of its own that exposes ``app`` and is imported only when it is
called, so that ``--help`` answers at once. Exit codes: 0 done, 1 not passed or not in agreement,
2 wrong usage or bad input, 3 nothing to work on (no journey here), 130 interrupted.
"""

from __future__ import annotations

from firsthand.cli.main import main

__all__ = ["main"]
