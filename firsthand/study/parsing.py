"""Python's text as a tree, one text at a time.

CPython counts how deep it is in a tree in one place for all threads, and up to 3.12 two that parse
at once can mix that up: ``SystemError: AST constructor recursion depth mismatch``
(https://github.com/python/cpython/issues/106905). Verdicts are given in threads, so they wait here.
"""

from __future__ import annotations

import ast
from threading import Lock

_one_at_a_time = Lock()


def parse(source: str) -> ast.Module:
    """Return what ``ast.parse`` does, and raise what it raises."""
    with _one_at_a_time:
        return ast.parse(source)
