r"""Cross-validation: fit on some samples, score on the others, split by split.

    score_i = score of the model fitted on train_i, on test_i

The spread of the scores says how far one of them can be trusted; it is no confidence interval,
since the training sets overlap.

Stone, Cross-Validatory Choice and Assessment of Statistical Predictions (1974).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import clone
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.model_selection._inputs import count_samples
from firsthand.scratch.model_selection.scorers import check_scoring
from firsthand.scratch.model_selection.splitters import Indices
from firsthand.scratch.model_selection.trials import (
    Evaluation,
    Trial,
    fit,
    prepared,
    rows_of,
    table,
    take_both,
)
from firsthand.scratch.threads import in_threads

__all__ = ["cross_val_predict", "cross_val_score", "cross_validate"]


def cross_validate(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    groups: Any = None,
    scoring: Any = None,
    cv: Any = None,
    n_jobs: int | None = None,
    params: dict[str, Any] | None = None,
    return_train_score: bool = False,
    return_estimator: bool = False,
    return_indices: bool = False,
    error_score: Any = np.nan,
) -> dict[str, Any]:
    """Fit and score a model on every split.

    Parameters
    ----------
    estimator : estimator
        Ours or scikit-learn's; it is cloned for every split.
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,), optional
    groups : array-like of shape (n_samples,), optional
        For a splitter that keeps groups together.
    scoring : None, str, callable, list of str, or dict
        One score or several by name; None is the model's own.
    cv : int, splitter, iterable of (train, test), or None
        See :func:`check_cv`.
    n_jobs : int, optional
        How many threads fit at the same time; -1 is one for each processor. The results are the
        same.
    params : dict, optional
        Passed to ``fit``; what has a value for each sample is split like X.
    return_train_score, return_estimator, return_indices : bool
        What else to return.
    error_score : number or "raise"
        The score of a split whose fit fails.

    Returns
    -------
    dict of str to ndarray of shape (n_splits,)
        "fit_time", "score_time" in seconds, "test_score" (or "test_NAME" of each of several),
        and what else was asked for: "train_score", "estimator", "indices".

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    >>> found = cross_validate(LinearRegression(), X, y, cv=2, scoring=["r2", "neg_max_error"])
    >>> found["test_r2"].round(6).tolist()
    [1.0, 1.0]
    """
    X, y, splits = prepared(estimator, X, y, groups, cv)
    evaluation = Evaluation(
        estimator,
        X,
        y,
        check_scoring(estimator, scoring),
        dict(params or {}),
        train_too=return_train_score,
        error_score=error_score,
    )
    trials = evaluation.run([Trial(train, test) for train, test in splits], n_jobs)
    found: dict[str, Any] = {
        "fit_time": np.array([trial.fit_time for trial in trials]),
        "score_time": np.array([trial.score_time for trial in trials]),
    }
    if return_estimator:
        found["estimator"] = [trial.model for trial in trials]
    if return_indices:
        found["indices"] = {
            "train": tuple(train for train, _ in splits),
            "test": tuple(test for _, test in splits),
        }
    for name, values in table(trials, "test").items():
        found[f"test_{name}"] = values
        if return_train_score:
            found[f"train_{name}"] = table(trials, "train")[name]
    return found


def cross_val_score(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    groups: Any = None,
    scoring: Any = None,
    cv: Any = None,
    n_jobs: int | None = None,
    params: dict[str, Any] | None = None,
    error_score: Any = np.nan,
) -> NDArray[np.float64]:
    """Return the score of a model on every split, shape (n_splits,).

    The parameters are those of :func:`cross_validate`, with one score.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    >>> cross_val_score(LinearRegression(), X, y, cv=2).round(6).tolist()
    [1.0, 1.0]
    """
    if isinstance(scoring, list | tuple | set | dict):
        raise ParameterError(
            f"scoring is {scoring!r}; cross_val_score computes one score, cross_validate several."
        )
    found = cross_validate(
        estimator,
        X,
        y,
        groups=groups,
        scoring={"score": check_scoring(estimator, scoring)},
        cv=cv,
        n_jobs=n_jobs,
        params=params,
        error_score=error_score,
    )
    return found["test_score"]


def cross_val_predict(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    groups: Any = None,
    cv: Any = None,
    n_jobs: int | None = None,
    params: dict[str, Any] | None = None,
    method: str = "predict",
) -> NDArray[Any]:
    """Return what is said about each sample by the model that was not trained on it.

    Parameters
    ----------
    estimator, X, y, groups, cv, n_jobs, params
        As in :func:`cross_validate`; every sample has to be tested once.
    method : {"predict", "predict_proba", "predict_log_proba", "decision_function"}
        What to ask the model.

    Returns
    -------
    ndarray of shape (n_samples,) or (n_samples, n_classes)
        Columns for all classes of ``y``, sorted, even if a split was trained without one.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    >>> cross_val_predict(LinearRegression(), X, y, cv=2).round(6).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    X, y, splits = prepared(estimator, X, y, groups, cv)
    n_samples = count_samples(X)
    tested = np.concatenate([test for _, test in splits])
    if not np.array_equal(np.sort(tested), np.arange(n_samples)):
        raise DataError(
            "cross_val_predict only works for partitions: every sample has to be tested once, as "
            "by KFold."
        )
    classes = None if y is None or method == "predict" else np.unique(np.asarray(y))

    def ask(split: tuple[Indices, Indices]) -> NDArray[Any]:
        train, test = split
        model = clone(estimator)
        fit(model, *take_both(model, X, y, train), rows_of(params or {}, train, n_samples))
        answer = getattr(model, method)(take_both(model, X, None, test, train)[0])
        if classes is None or np.array_equal(model.classes_, classes):
            return answer
        return _for_all_classes(answer, np.asarray(model.classes_), classes, method)

    answers = np.concatenate(in_threads(ask, splits, n_jobs))
    return answers[np.argsort(tested)]


def _for_all_classes(
    answer: NDArray[Any], seen: NDArray[Any], classes: NDArray[Any], method: str
) -> NDArray[Any]:
    """Return a column for every class, where a split was trained without some."""
    warnings.warn(
        f"A split was trained on {len(seen)} of {len(classes)} classes; stratify the splits.",
        RuntimeWarning,
        stacklevel=2,
    )
    if (
        answer.ndim != 2
        or answer.shape[1] != len(seen)
        or (method == "decision_function" and len(seen) <= 2)
    ):
        raise DataError(
            f"{method} gives {answer.shape[1:] or 'one column'} for {len(seen)} of {len(classes)} "
            "classes, which do not belong to one each; stratify the splits."
        )
    lowest = 0.0 if method == "predict_proba" else np.finfo(answer.dtype).min
    filled = np.full((len(answer), len(classes)), lowest, answer.dtype)
    filled[:, np.searchsorted(classes, seen)] = answer
    return filled
