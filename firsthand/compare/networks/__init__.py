"""Whole networks beside their twins in PyTorch, a file each: ``TWIN`` says how both are trained.

``twins.py`` says how to add one. ``tests/compare/test_networks.py`` drives them all, and so does
``firsthand compare networks``; ``firsthand compare lenet`` walks one.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from firsthand.compare.authors import Authors
from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Comparison
from firsthand.compare.twins import Twin

FAMILY = "networks"
TITLE = "Whole networks, in lock-step with PyTorch"
NAMES = tuple(sorted(found.name for found in iter_modules(__path__)))


def twin(name: str) -> Twin:
    """Return the twins that are called ``name``, one of ``NAMES``."""
    return import_module(f"{__name__}.{name}").TWIN


def compare_networks(bench: Bench, names: tuple[str, ...] = NAMES) -> Comparison:
    """Return how far networks and their twins agree over 20 steps of training."""
    title = TITLE if names == NAMES else twin(names[0]).title
    subject = FAMILY if names == NAMES else names[0]
    pairs = tuple(twin(name).compare(bench) for name in names)
    return Comparison(subject, title, (), Authors(), pairs)
