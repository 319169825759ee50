"""Candidates of a search: every point of a grid, or points drawn from distributions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, log, prod
from typing import Any, cast

import numpy as np

from firsthand.scratch.errors import ParameterError, ParameterTypeError
from firsthand.scratch.validation import check_number, check_random_state

__all__ = ["LogUniform", "ParameterGrid", "ParameterSampler", "Uniform"]

Grid = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Candidate = dict[str, Any]


class ParameterGrid:
    """Every combination of the values of each parameter, the last name varying fastest.

    Parameters
    ----------
    param_grid : dict of str to sequence, or list of such
        Values to try of each parameter. Several dicts are several grids, one after another.

    Examples
    --------
    >>> list(ParameterGrid({"depth": [1, 2], "leaf": [5, 10]}))  # doctest: +NORMALIZE_WHITESPACE
    [{'depth': 1, 'leaf': 5}, {'depth': 1, 'leaf': 10},
     {'depth': 2, 'leaf': 5}, {'depth': 2, 'leaf': 10}]
    """

    def __init__(self, param_grid: Grid):
        self.param_grid = _dicts(param_grid, "param_grid")
        for grid in self.param_grid:
            for name, values in grid.items():
                _check_values(name, values)

    def __iter__(self) -> Iterator[Candidate]:
        for grid in self.param_grid:
            names = sorted(grid)
            for values in product(*(grid[name] for name in names)):
                yield dict(zip(names, values, strict=True))

    def __len__(self) -> int:
        return sum(prod(len(values) for values in grid.values()) for grid in self.param_grid)

    def __getitem__(self, number: int) -> Candidate:
        """Return a candidate by its place, without making those before it."""
        if number < 0:
            number += len(self)
        for grid in self.param_grid:
            size = prod(len(values) for values in grid.values())
            if 0 <= number < size:
                found: Candidate = {}
                for name in sorted(grid, reverse=True):  # the last varies fastest
                    number, place = divmod(number, len(grid[name]))
                    found[name] = grid[name][place]
                return found
            number -= size
        raise IndexError("The grid has no candidate of that number.")


class ParameterSampler:
    """``n_iter`` candidates, drawn at random.

    If every parameter has a list, points of their grid are drawn, none twice. Otherwise each
    parameter is drawn by itself, from its list or distribution.

    Parameters
    ----------
    param_distributions : dict of str to sequence or distribution, or list of such
        A distribution has ``rvs(random_state=...)``, as :class:`Uniform`, :class:`LogUniform`
        and those of SciPy have. Of several dicts one is drawn for each candidate.
    n_iter : int
    random_state : int, numpy.random.Generator or None

    Examples
    --------
    >>> draws = ParameterSampler({"C": LogUniform(0.01, 100), "kernel": ["rbf"]}, 2, random_state=0)
    >>> [sorted(candidate) for candidate in draws]
    [['C', 'kernel'], ['C', 'kernel']]
    """

    def __init__(self, param_distributions: Grid, n_iter: int, *, random_state: Any = None):
        check_number("n_iter", n_iter, at_least=1, whole=True)
        self.param_distributions = _dicts(param_distributions, "param_distributions")
        for distributions in self.param_distributions:
            for name, values in distributions.items():
                if not hasattr(values, "rvs"):
                    _check_values(name, values)
        self.n_iter = n_iter
        self.random_state = random_state

    def __iter__(self) -> Iterator[Candidate]:
        rng = check_random_state(self.random_state)
        if self._is_a_grid():
            grid = ParameterGrid(self.param_distributions)
            if len(grid) < self.n_iter:
                warnings.warn(
                    f"The grid has {len(grid)} candidates, which is smaller than "
                    f"n_iter={self.n_iter}; all of them are tried, as GridSearchCV does.",
                    UserWarning,
                    stacklevel=2,
                )
            for number in rng.choice(len(grid), len(self), replace=False):
                yield grid[int(number)]
            return
        for _ in range(self.n_iter):
            distributions = self.param_distributions[rng.integers(len(self.param_distributions))]
            yield {name: _draw(values, rng) for name, values in sorted(distributions.items())}

    def __len__(self) -> int:
        if self._is_a_grid():
            return min(self.n_iter, len(ParameterGrid(self.param_distributions)))
        return self.n_iter

    def _is_a_grid(self) -> bool:
        lists = (values for each in self.param_distributions for values in each.values())
        return not any(hasattr(values, "rvs") for values in lists)


@dataclass(frozen=True)
class Uniform:
    """Numbers between ``low`` and ``high``, each as likely."""

    low: float
    high: float

    def rvs(self, random_state: Any = None) -> float:
        """Draw one."""
        return float(check_random_state(random_state).uniform(self.low, self.high))


@dataclass(frozen=True)
class LogUniform:
    """Numbers between ``low`` and ``high``, each order of magnitude as likely; both positive.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> below_one = [LogUniform(1e-3, 1e3).rvs(rng) < 1 for _ in range(1000)]
    >>> round(sum(below_one) / 1000, 1)
    0.5
    """

    low: float
    high: float

    def rvs(self, random_state: Any = None) -> float:
        """Draw one."""
        rng = check_random_state(random_state)
        return float(exp(rng.uniform(log(self.low), log(self.high))))


def _draw(values: Any, rng: np.random.Generator) -> Any:
    if hasattr(values, "rvs"):
        return values.rvs(random_state=rng)
    return values[int(rng.integers(len(values)))]


def _dicts(given: Any, name: str) -> list[Mapping[str, Any]]:
    """Return a list of dicts from one or several."""
    grids: Any = [given] if isinstance(given, Mapping) else given
    if not isinstance(grids, list | tuple) or not all(
        isinstance(g, Mapping) for g in cast("list[Any]", grids)
    ):
        raise ParameterTypeError(
            f"{name} is {given!r}; it has to be a dict of parameters and their values, or a list "
            "of such dicts."
        )
    return list(cast("list[Mapping[str, Any]]", grids))


def _check_values(name: str, values: Any) -> None:
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise ParameterTypeError(
            f"The values of {name!r} are {values!r}; pass a list of values, or [{values!r}] for "
            "one."
        )
    if np.ndim(cast("Any", values)) > 1 and isinstance(values, np.ndarray):
        raise ParameterError(
            f"The values of {name!r} have shape {values.shape}; pass a list of one dimension."
        )
    if not len(cast("Sequence[Any]", values)):
        raise ParameterError(f"There are no values of {name!r}; pass one, or leave it out.")
