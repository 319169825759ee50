"""Stage 15: the multi-layer perceptron in lock-step with PyTorch.

Both start from the same weights and see the same batches. After every batch each activation,
the loss, each gradient and each weight is compared; the first that differs is named.
"""

from __future__ import annotations

from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair
from firsthand.compare.mlp.walk import compare_walk
from firsthand.data import Dataset

__all__ = ["compare"]


def compare(bench: Bench) -> tuple[tuple[Dataset, ...], tuple[Pair, ...]]:
    """Return the data that was used and the pairs."""
    data = bench.data("digits")
    scaled = data.standardised()
    return (data,), (
        compare_walk(bench, scaled, "Two layers, ReLU", (32,), "relu"),
        compare_walk(bench, scaled, "Two layers, tanh, weight decay", (32,), "tanh", decay=0.01),
        compare_walk(bench, scaled, "Four layers, ReLU", (48, 32, 16), "relu"),
    )
