"""What can go wrong in scratch, as one tree; every text says what came and what to do.

ScratchError
├── DataError (ValueError)                      X or y cannot be used as it is
│   └── DataTypeError (TypeError)               it does not hold numbers at all
├── ParameterError (ValueError)                 a constructor argument is out of its range
│   └── ParameterTypeError (TypeError)          it is of a kind that cannot be used there
└── NotFittedError (ValueError, AttributeError) predict before fit

UserWarning
├── DataConversionWarning                       y was a column, and was read as a row
├── ConvergenceWarning                          the iterations ran out before the fit was done
└── UndefinedMetricWarning                      a score has no meaning on these data

RuntimeWarning
└── FitFailedWarning                            some fits of a cross-validation raised an error

Five of them share a name with scikit-learn's. Where scikit-learn is loaded, the exception
raised belongs to both families, so that ``except`` and warning filters written for either
catch it; where it is not loaded, nothing of it is needed.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)


class ScratchError(Exception):
    """Base of every error that scratch raises on purpose."""


class DataError(ScratchError, ValueError):
    """X or y cannot be used as it is."""


class DataTypeError(DataError, TypeError):
    """The data does not hold numbers."""


class ParameterError(ScratchError, ValueError):
    """A parameter of an estimator is out of its range."""


class ParameterTypeError(ParameterError, TypeError):
    """A parameter of an estimator is of a kind that cannot be used."""


class NotFittedError(ScratchError, ValueError, AttributeError):
    """The estimator was asked for something that only a fitted one knows."""


class DataConversionWarning(UserWarning):
    """The data was reshaped to what was meant."""


class ConvergenceWarning(UserWarning):
    """The iterations ran out before the fit was done."""


class FitFailedWarning(RuntimeWarning):
    """Some fits of a cross-validation raised an error."""


class UndefinedMetricWarning(UserWarning):
    """A score has no meaning on these data, such as the recall of a class that never occurs."""


def in_both_families(own: type[E]) -> type[E]:
    """Return ``own``, joined with scikit-learn's class of that name if scikit-learn is loaded."""
    theirs: Any = getattr(sys.modules.get("sklearn.exceptions"), own.__name__, None)
    return own if theirs is None else _joined(own, theirs)


@cache
def _joined(own: type[Any], theirs: type[Any]) -> Any:
    def reduce(self: Exception) -> tuple[Any, ...]:
        return _rebuild, (own, self.args)  # a class made at run time pickles by how it is made

    return type(own.__name__, (own, theirs), {"__doc__": own.__doc__, "__reduce__": reduce})


def _rebuild(own: type[E], arguments: tuple[Any, ...]) -> E:
    return in_both_families(own)(*arguments)
