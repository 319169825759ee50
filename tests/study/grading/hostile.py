"""Reads ``hostile.txt``: for the tests that nothing in it passes, and the benchmark of how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import indent


@dataclass(frozen=True)
class Attack:
    """A body for ``gradient``, and text below it in the file."""

    name: str
    function: str
    below: str


def attacks() -> list[Attack]:
    text = Path(__file__).with_suffix(".txt").read_text("utf-8")
    found: list[Attack] = []
    for section in text.split("\n== ")[1:]:
        name, _, rest = section.partition("\n")
        body, _, below = rest.partition("\n--\n")
        function = "def gradient(X, y, w, b, l2):\n" + indent(body.strip(), "    ") + "\n"
        found.append(Attack(name, function, below))
    return found
