"""Stage 07: the perceptron against its own theorem. It has no library on purpose.

What holds it to account is Novikoff's bound: if a line parts the classes with margin gamma,
there are at most (R / gamma)^2 mistakes, ever. The widest margin comes from non-negative least
squares, which knows nothing of perceptrons.
"""

from __future__ import annotations

from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair
from firsthand.compare.errors import CompareError
from firsthand.compare.perceptron.gates import compare_gates
from firsthand.compare.perceptron.separable import compare_classes
from firsthand.data import Dataset, gate, load

__all__ = ["compare"]


def compare(bench: Bench) -> tuple[tuple[Dataset, ...], tuple[Pair, ...]]:
    """Return the data that was used and the pairs."""
    if bench.given is not None:
        if bench.given.n_classes != 2:
            raise CompareError(
                f"{bench.given.name} has {bench.given.n_classes} classes; a perceptron tells two "
                "apart. Compare stage 06 for more."
            )
        return (bench.given,), (compare_classes(bench.given, 1),)
    gates, iris = [gate(name) for name in ("and", "or", "nand", "xor")], load("iris")
    return (*gates, iris), (
        compare_gates(bench, gates),
        compare_classes(iris, 0),
        compare_classes(iris, 1),
    )
