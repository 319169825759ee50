"""What a baseline is: a name, and a function that learns from a matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Predict = Callable[[Any], NDArray[Any]]


@dataclass(frozen=True)
class Budget:
    """What a fit may use.

    Attributes
    ----------
    seconds : float
        After which a model that grows piece by piece stops growing.
    seed : int
    clock : function
        Seconds.
    """

    seconds: float
    seed: int
    clock: Callable[[], float]


@dataclass(frozen=True)
class Baseline:
    """A classical model.

    Attributes
    ----------
    name, what : str
        For a person.
    fit : function of (X, y, Budget)
        Returns its function from X to predictions.
    needs : str
        The package without which there is none.
    most : int
        Numbers of a training matrix, rows x columns, beyond which fewer rows are taken.
    """

    name: str
    what: str
    fit: Callable[[Any, NDArray[Any], Budget], Predict]
    needs: str = "sklearn"
    most: int = 8_000_000
