"""The terminal door: ``firsthand COMMAND``.

Each command lives in a module of its own that exposes ``command`` and is imported only when it
is called, so that ``--help`` answers at once. The exit codes are listed in ``main.EXIT_CODES``.
"""

from __future__ import annotations

from firsthand.cli.main import main

__all__ = ["main"]
