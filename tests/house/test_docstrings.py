"""Every example in a docstring prints what it says."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "firsthand"
CONTENT = HOUSE / "curriculum"
SHOWING = [
    ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
    for path in sorted(HOUSE.rglob("*.py"))
    if CONTENT not in path.parents and ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("module", SHOWING)
def test_examples_print_what_they_say(module):
    failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert not failed
