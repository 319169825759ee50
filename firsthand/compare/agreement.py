"""Agreement: how far apart two answers to the same question are, and how far they may be.

    difference = max |scratch - library| / max |library|

An agreement is about one quantity (coefficients, probabilities, a gradient). Its tolerance is
stated with its reason: two exact solvers differ by rounding, two iterative ones by where they
stop. Labels and counts have no tolerance: they are equal or they are not.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.study.checking import relative_error

ROUNDING = 1e-10
WHY_ROUNDING = "both are exact; float64 rounds differently in another order of operations"


@dataclass(frozen=True)
class Agreement:
    """How one quantity compares.

    Attributes
    ----------
    quantity : str
        What was compared, such as ``"coefficients"``.
    difference : float
        Largest difference as a part of the library's largest entry; for labels, the number of
        entries that differ. Infinite where shapes differ or a side is not a number.
    tolerance : float
        The largest ``difference`` that still counts as agreement.
    why : str
        The reason for the tolerance, or what is wrong.
    largest : float
        The same difference, not divided by anything.
    where : tuple of int
        Index of the entry that differs most; empty for a scalar and where nothing differs.
    scratch, library : float or None
        The two values at ``where``.
    shape : tuple of int
        Shape of the library's side.
    """

    quantity: str
    difference: float
    tolerance: float
    why: str
    largest: float = 0.0
    where: tuple[int, ...] = ()
    scratch: float | None = None
    library: float | None = None
    shape: tuple[int, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both sides are the same as far as their arithmetic allows."""
        return self.difference <= self.tolerance

    def to_json(self) -> dict[str, Any]:
        """Return plain data; what is infinite becomes None."""
        row = {**asdict(self), "agrees": self.agrees}
        return {k: _plain(v) for k, v in row.items()}


def agree(
    quantity: str,
    scratch: ArrayLike,
    library: ArrayLike,
    *,
    tolerance: float = ROUNDING,
    why: str = WHY_ROUNDING,
    missing: bool = False,
) -> Agreement:
    """Return how far ``scratch`` is from ``library``, two arrays or numbers of equal shape.

    NaN on both sides agrees only where values may be ``missing``; otherwise both have failed.

    Examples
    --------
    >>> agree("slope", [2.0, 4.0], [2.0, 5.0]).difference
    0.2
    """
    ours, theirs = np.asarray(scratch, np.float64), np.asarray(library, np.float64)
    if ours.shape != theirs.shape:
        return _shapes_differ(quantity, ours, theirs, tolerance)
    with np.errstate(invalid="ignore"):  # infinity less infinity, which is put right below
        gap = np.nan_to_num(np.abs(ours - theirs), nan=np.inf, posinf=np.inf)
    gap = np.where((ours == theirs) | (missing & np.isnan(ours) & np.isnan(theirs)), 0.0, gap)
    place = _worst(gap, ours, theirs)
    difference = relative_error(ours, theirs) if np.isfinite(gap).all() else math.inf
    return Agreement(quantity, difference, tolerance, why, **place)


def agree_exactly(
    quantity: str,
    scratch: ArrayLike,
    library: ArrayLike,
    *,
    why: str = "labels and counts are equal or they are not",
) -> Agreement:
    """Return in how many entries two arrays of labels, counts or truth values differ."""
    ours, theirs = np.asarray(scratch), np.asarray(library)
    if ours.shape != theirs.shape:
        return _shapes_differ(quantity, ours, theirs, 0.0)
    differs = np.asarray(ours != theirs, np.float64)
    numeric = ours.dtype.kind in "biuf" and theirs.dtype.kind in "biuf"
    worst: dict[str, Any] = {"shape": theirs.shape}
    if numeric:
        worst = _worst(differs, ours, theirs)
    return Agreement(quantity, float(differs.sum()), 0.0, why, **worst)


def at_most(quantity: str, value: float, bound: float, *, why: str) -> Agreement:
    """Return by how much ``value`` exceeds a proven ``bound``; 0 where it keeps to it."""
    over = float(value) - float(bound)
    beyond = max(0.0, over) if over == over else math.inf
    return Agreement(
        quantity, beyond, 0.0, why, largest=beyond, scratch=float(value), library=float(bound)
    )


def number(value: float) -> str:
    """Write a difference so that its size is seen at once: 0, 3, 2.1e-16."""
    if math.isinf(value):
        return "infinite"
    return f"{value:.0f}" if value == int(value) and value < 1e6 else f"{value:.1e}"


def _worst(gap: NDArray[Any], ours: NDArray[Any], theirs: NDArray[Any]) -> dict[str, Any]:
    """Return the place of the largest gap with both values there."""
    if not gap.size:
        return {"shape": theirs.shape}
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))
    return {
        "largest": float(gap[where]),
        "where": where,
        "scratch": float(ours[where]),
        "library": float(theirs[where]),
        "shape": theirs.shape,
    }


def _shapes_differ(
    quantity: str, ours: NDArray[Any], theirs: NDArray[Any], tolerance: float
) -> Agreement:
    why = f"the shapes differ: {ours.shape} from scratch, {theirs.shape} from the library"
    return Agreement(quantity, math.inf, tolerance, why, largest=math.inf, shape=theirs.shape)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value
