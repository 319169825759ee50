"""A multi-layer perceptron: ``torch.nn.Sequential`` of linear layers with a bend between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from firsthand.library.support import require


def mlp(sizes: Sequence[int]) -> Any:
    """Return a network of linear layers with a GELU behind each but the last."""
    nn = require("torch").nn
    layers: list[Any] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.GELU()]
    return nn.Sequential(*layers[:-1])
