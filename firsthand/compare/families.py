"""The conventions in which implementations of machine learning differ, declared once.

Each function returns a :class:`Dimension` whose first option is the documented one; pass
``first`` where another module documents another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.compare.conventions import Dimension, Option


def penalty_strength(name: str, l2: float, n_samples: int) -> Dimension:
    """Return how ``l2`` may translate into the library's strength, ``alpha`` or ``C``.

    We document J = mean of losses + l2/2 |w|^2, whose factors are those of a mean against a
    sum (n), of a half (2), of neither, and, in the inverse ``C``, of one over all that.
    """
    n = n_samples
    factors: list[tuple[str, float]] = [
        ("l2 * n_samples", l2 * n),
        ("l2", l2),
        ("2 * l2 * n_samples", 2 * l2 * n),
        ("l2 * n_samples / 2", l2 * n / 2),
        ("2 * l2", 2 * l2),
        ("l2 / 2", l2 / 2),
        ("l2 / n_samples", l2 / n),
        ("1 / l2", 1 / l2 if l2 else math.inf),
    ]
    if name == "C":
        return Dimension("penalty", tuple(Option(_inverse(v), _over(s)) for s, v in factors))
    return Dimension("penalty", tuple(Option(v, f"{name} = {s}") for s, v in factors))


def _inverse(strength: float) -> float:
    return 1 / strength if strength else math.inf


def _over(strength: str) -> str:
    """Return "C = 1 / (...)", and "C = l2" for one over one over."""
    if strength == "1 / l2":
        return "C = l2"
    if strength == "l2":
        return "C = 1 / l2"
    inner = strength.removesuffix(" / 2").removesuffix(" / n_samples")
    if inner != strength:
        return f"C = {strength[len(inner) + 3 :]} / {f'({inner})' if '*' in inner else inner}"
    return f"C = 1 / ({strength})"


def intercept(first: str = "free") -> Dimension:
    """Return whether the intercept is penalised with the weights: ``"free"`` or ``"penalised"``."""
    options = (
        Option("free", ""),
        Option("penalised", "the intercept is penalised like a weight"),
    )
    return Dimension("intercept", options if first == "free" else options[::-1])


def reduction(n_samples: int, scratch: str, library: str) -> Dimension:
    """Return by which factor a loss or gradient may differ: mean, half the mean, sum, half the sum.

    ``scratch`` and ``library`` are how the statement writes the two quantities. The first
    option is equality; use :func:`documented` to put another first.
    """
    n = n_samples
    factors: list[tuple[float, str]] = [
        (1.0, ""),
        (0.5, f"{scratch} = {library} / 2"),
        (2.0, f"{scratch} = 2 * {library}"),
        (float(n), f"{scratch} = n_samples * {library}"),
        (n / 2, f"{scratch} = n_samples / 2 * {library}"),
        (1 / n, f"{scratch} = {library} / n_samples"),
        (1 / (2 * n), f"{scratch} = {library} / (2 * n_samples)"),
    ]
    return Dimension("reduction", tuple(Option(v, s) for v, s in factors))


def layout(scratch: str = "W", library: str = "weight") -> Dimension:
    """Return whether a matrix is stored as it is or transposed."""
    return Dimension(
        "layout",
        (Option(_transpose, f"{library} = {scratch}.T"), Option(_keep, f"{library} = {scratch}")),
    )


def ddof(scratch: str = "variance") -> Dimension:
    """Return whether a variance divides by n or by n - 1."""
    return Dimension(
        "ddof",
        (
            Option(0, f"the {scratch} divides by n_samples (ddof = 0)"),
            Option(1, f"the {scratch} divides by n_samples - 1 (ddof = 1)"),
        ),
    )


def epsilon() -> Dimension:
    """Return where a small number that prevents division by zero stands.

    The value of an option computes the denominator from (variance, epsilon).
    """

    def outside(variance: ArrayLike, eps: float) -> NDArray[np.float64]:
        return np.sqrt(np.asarray(variance, np.float64)) + eps

    def inside(variance: ArrayLike, eps: float) -> NDArray[np.float64]:
        return np.sqrt(np.asarray(variance, np.float64) + eps)

    return Dimension(
        "epsilon",
        (
            Option(inside, "epsilon stands inside the root: sqrt(v + eps)"),
            Option(outside, "epsilon stands outside the root: sqrt(v) + eps"),
        ),
    )


def documented(dimension: Dimension, is_documented: Callable[[Any], bool]) -> Dimension:
    """Return the dimension with the option whose value is documented in front.

    Raises
    ------
    ValueError
        If no option or more than one is.
    """
    first = [o for o in dimension.options if is_documented(o.value)]
    if len(first) != 1:
        raise ValueError(f"{dimension.name}: {len(first)} options are documented, expected one.")
    rest = [o for o in dimension.options if o is not first[0]]
    return Dimension(dimension.name, (first[0], *rest))


def _transpose(matrix: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(matrix, np.float64).T


def _keep(matrix: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(matrix, np.float64)
