"""What can go wrong with networks alone; the rest stands in :mod:`firsthand.scratch.errors`.

ScratchError
└── DivergenceError (ArithmeticError)    the numbers have grown beyond all bounds
"""

from __future__ import annotations

from firsthand.scratch.errors import ScratchError


class DivergenceError(ScratchError, ArithmeticError):
    """Training has left the numbers: a loss or a weight is infinite or not a number."""
