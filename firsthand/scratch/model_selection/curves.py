r"""Two curves that say what a model lacks, each with the score on what it was trained on, too.

    learning curve     scores against the number of samples to train on: would more data help?
    validation curve   scores against one parameter: too simple, or too free?

Where the two scores are near each other and low, the model underfits; where they are far apart, it
overfits.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.model_selection.scorers import check_scoring
from firsthand.scratch.model_selection.trials import (
    Evaluation,
    Trial,
    prepared,
    table,
)
from firsthand.scratch.validation import check_random_state

__all__ = ["learning_curve", "train_sizes_of", "validation_curve"]

Array = NDArray[np.float64]


def learning_curve(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    groups: Any = None,
    train_sizes: ArrayLike = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv: Any = None,
    scoring: Any = None,
    n_jobs: int | None = None,
    shuffle: bool = False,
    random_state: Any = None,
    error_score: Any = np.nan,
    params: dict[str, Any] | None = None,
) -> tuple[NDArray[np.intp], Array, Array]:
    """Return (sizes, train scores, test scores) of a model trained on more and more samples.

    Parameters
    ----------
    estimator, X, y, groups, cv, scoring, n_jobs, params, error_score
        As in :func:`cross_validate`.
    train_sizes : array-like of shape (n_sizes,)
        Shares of what a split trains on, or numbers of samples.
    shuffle : bool
        Whether to draw the samples; else the first of each split are taken, which may be of one
        class.
    random_state : int, numpy.random.Generator or None
        With ``shuffle``, decides the draw.

    Returns
    -------
    sizes : ndarray of int of shape (n_sizes,)
        Without repetitions.
    train_scores, test_scores : ndarray of shape (n_sizes, n_splits)

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = np.arange(12.0)[:, None], np.arange(12.0)
    >>> sizes, _, test = learning_curve(LinearRegression(), X, y, cv=3, train_sizes=[0.5, 1.0])
    >>> sizes.tolist(), test.shape
    ([4, 8], (2, 3))
    """
    X, y, splits = prepared(estimator, X, y, groups, cv)
    sizes = train_sizes_of(train_sizes, len(splits[0][0]))
    if shuffle:
        rng = check_random_state(random_state)
        splits = [(rng.permutation(train), test) for train, test in splits]
    trials = [Trial(train[:size], test) for train, test in splits for size in sizes]
    train, test = _both_scores(
        estimator, X, y, scoring, params, error_score, trials, n_jobs, len(sizes)
    )
    return sizes, train, test


def validation_curve(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    param_name: str,
    param_range: Sequence[Any],
    groups: Any = None,
    cv: Any = None,
    scoring: Any = None,
    n_jobs: int | None = None,
    error_score: Any = np.nan,
    params: dict[str, Any] | None = None,
) -> tuple[Array, Array]:
    """Return (train scores, test scores) of a model for several values of one parameter.

    Parameters
    ----------
    estimator, X, y, groups, cv, scoring, n_jobs, params, error_score
        As in :func:`cross_validate`.
    param_name : str
        The parameter; ``step__name`` of a step in a pipeline.
    param_range : sequence
        Its values.

    Returns
    -------
    train_scores, test_scores : ndarray of shape (n_values, n_splits)

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = np.arange(12.0)[:, None], np.arange(12.0)
    >>> train, _ = validation_curve(
    ...     LinearRegression(), X, y, param_name="l2", param_range=[0.0, 10.0], cv=3
    ... )
    >>> (train[0] > train[1]).all()
    np.True_
    """
    X, y, splits = prepared(estimator, X, y, groups, cv)
    trials = [
        Trial(train, test, {param_name: value}) for train, test in splits for value in param_range
    ]
    return _both_scores(
        estimator, X, y, scoring, params, error_score, trials, n_jobs, len(param_range)
    )


def train_sizes_of(train_sizes: ArrayLike, n_most: int) -> NDArray[np.intp]:
    """Return sorted numbers of samples from shares of ``n_most`` or from numbers.

    Examples
    --------
    >>> train_sizes_of([0.1, 0.5, 1.0], 20)
    array([ 2, 10, 20])
    """
    wanted = np.asarray(train_sizes)
    shares = wanted.dtype.kind == "f"
    if (
        wanted.ndim != 1
        or not wanted.size
        or wanted.min() <= 0
        or wanted.max() > (1.0 if shares else n_most)
    ):
        raise ParameterError(
            f"train_sizes is {wanted.tolist()}; it has to hold shares in (0, 1], or whole numbers "
            f"from 1 to {n_most}, what the first split trains on."
        )
    counts = np.clip((wanted * n_most).astype(np.intp), 1, n_most) if shares else wanted
    sizes = np.unique(counts.astype(np.intp))
    if len(sizes) < len(wanted):
        warnings.warn(
            f"Some train_sizes mean the same number of samples; {len(sizes)} of {len(wanted)} "
            "are left.",
            RuntimeWarning,
            stacklevel=3,
        )
    return sizes


def _both_scores(
    estimator: Any,
    X: Any,
    y: Any,
    scoring: Any,
    params: dict[str, Any] | None,
    error_score: Any,
    trials: list[Trial],
    n_jobs: int | None,
    n_points: int,
) -> tuple[Array, Array]:
    evaluation = Evaluation(
        estimator,
        X,
        y,
        {"score": check_scoring(estimator, scoring)},  # pyright: ignore[reportArgumentType]  # one
        dict(params or {}),
        train_too=True,
        error_score=error_score,
    )
    done = evaluation.run(trials, n_jobs)
    train, test = (table(done, side)["score"].reshape(-1, n_points).T for side in ("train", "test"))
    return train, test
