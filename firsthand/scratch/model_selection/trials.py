"""Trials: a model fitted on some samples and scored on others, one after another or in threads.

Everything that judges models (cross-validation, searches, curves) makes a list of trials, and has
them run here. A fit that fails says which parameters it failed with.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import clone, kind_of
from firsthand.scratch.errors import (
    DataError,
    FitFailedWarning,
    ParameterError,
    in_both_families,
)
from firsthand.scratch.model_selection._inputs import (
    count_samples,
    same_samples,
    sliceable,
    take,
)
from firsthand.scratch.model_selection.scorers import (
    Responses,
    Scorer,
    Scoring,
    accepts_sample_weight,
)
from firsthand.scratch.model_selection.splitters import Indices, check_cv
from firsthand.scratch.threads import in_threads

__all__ = ["Evaluation", "Trial"]

Scores = dict[str, Any]


@dataclass
class Trial:
    """One model, fitted on some samples and scored on others."""

    train: Indices
    test: Indices
    candidate: dict[str, Any] | None = None  # parameters to set before fitting
    test_scores: Scores | None = None
    train_scores: Scores | None = None
    fit_time: float = 0.0
    score_time: float = 0.0
    model: Any = None
    error: Exception | None = None


@dataclass(frozen=True)
class Evaluation:
    """How every trial is fitted and scored."""

    model: Any
    X: Any
    y: Any
    scoring: Scoring | dict[str, Scoring]
    fit_params: dict[str, Any]
    score_weight: Any = None
    train_too: bool = False
    error_score: Any = np.nan

    def run(self, trials: Iterable[Trial], n_jobs: int | None) -> list[Trial]:
        """Fit and score every trial, in threads if more than one job is asked for.

        Raises
        ------
        ParameterError
            If every fit failed.
        """
        if self.error_score != "raise" and not isinstance(self.error_score, int | float):
            raise ParameterError(
                f"error_score is {self.error_score!r}; it has to be 'raise' or a number."
            )
        done = in_threads(self.one, list(trials), n_jobs)
        if not done:
            raise ParameterError("There is nothing to fit: no parameter values are given.")
        _tell_failures(done, self.error_score)
        _fill_failures(done, self.error_score, self.train_too)
        return done

    def one(self, trial: Trial) -> Trial:
        """Fit and score one trial."""
        model = clone(self.model)
        if trial.candidate is not None:
            model.set_params(**clone_values(trial.candidate))
        X, y = take_both(model, self.X, self.y, trial.train)
        start = time.perf_counter()
        try:
            fit(model, X, y, rows_of(self.fit_params, trial.train, count_samples(self.X)))
        except Exception as error:
            trial.fit_time = time.perf_counter() - start
            error.add_note(f"This was while fitting {_named(model, trial.candidate)}.")
            if self.error_score == "raise":
                raise
            trial.error = error
            return trial
        trial.fit_time = time.perf_counter() - start
        start = time.perf_counter()
        X_test, y_test = take_both(model, self.X, self.y, trial.test, trial.train)
        trial.test_scores = self._score(model, X_test, y_test, trial.test)
        trial.score_time = time.perf_counter() - start
        if self.train_too:
            trial.train_scores = self._score(model, X, y, trial.train)
        trial.model = model
        return trial

    def _score(self, model: Any, X: Any, y: Any, rows: Indices) -> Scores:
        responses, weight = Responses(model, X), take(self.score_weight, rows)
        if isinstance(self.scoring, dict):
            return {
                name: self._score_one(scorer, model, responses, y, weight)
                for name, scorer in self.scoring.items()
            }
        score = self._score_one(self.scoring, model, responses, y, weight)
        return score if isinstance(score, dict) else {"score": score}

    def _score_one(
        self, scorer: Scoring, model: Any, responses: Responses, y: Any, weight: Any
    ) -> Any:
        params = {}
        if weight is not None and accepts_sample_weight(scorer, model):
            params["sample_weight"] = weight
        try:
            if isinstance(scorer, Scorer):
                score = scorer.of(responses, y, **params)
            elif y is None:
                score = scorer(model, responses.X, **params)
            else:
                score = scorer(model, responses.X, y, **params)
        except Exception as error:
            if self.error_score == "raise":
                raise
            warnings.warn(
                f"Scoring failed, and the score is set to {self.error_score}: "
                f"{type(error).__name__}: {error}",
                UserWarning,
                stacklevel=2,
            )
            return self.error_score
        if isinstance(score, dict):
            return {name: _number(value, name) for name, value in score.items()}
        return _number(score, scorer)


def table(trials: Sequence[Trial], side: str) -> dict[str, NDArray[np.float64]]:
    """Return the scores of one side, "test" or "train", by name, in the order of the trials."""
    scores: list[Scores] = [getattr(trial, f"{side}_scores") for trial in trials]
    return {name: np.array([each[name] for each in scores]) for name in scores[0]}


def prepared(
    model: Any, X: Any, y: Any, groups: Any, cv: Any
) -> tuple[Any, Any, list[tuple[Indices, Indices]]]:
    """Return X and y as they can be sliced, and the splits that ``cv`` makes of them."""
    X, y = sliceable(X), sliceable(y)
    n_samples = same_samples(X=X, y=y, groups=groups)
    splitter = check_cv(cv, y, classifier=kind_of(model) == "classifier")
    splits: list[tuple[Indices, Indices]] = []
    for train, test in splitter.split(X, y, groups):
        splits.append((_indices(train, n_samples), _indices(test, n_samples)))
    if not splits:
        raise DataError(f"cv is {cv!r}, and makes no splits.")
    return X, y, splits


def take_both(
    model: Any, X: Any, y: Any, rows: Indices, columns: Indices | None = None
) -> tuple[Any, Any]:
    """Return the rows of X and y; a table of pairs is cut to the columns trained on, too."""
    tags = getattr(model, "__sklearn_tags__", None)
    foreign = not type(model).__module__.startswith("firsthand.")
    if foreign and tags is not None and tags().input_tags.pairwise:
        return np.asarray(X)[np.ix_(rows, rows if columns is None else columns)], take(y, rows)
    return take(X, rows), take(y, rows)


def fit(model: Any, X: Any, y: Any, params: dict[str, Any]) -> None:
    """Fit a model; one that needs a target says so itself."""
    model.fit(X, y, **params)


def rows_of(params: dict[str, Any], rows: Indices, n_samples: int) -> dict[str, Any]:
    """Return fit parameters for some samples: what has a value for each is cut."""
    return {
        name: take(value, rows) if _has_length(value, n_samples) else value
        for name, value in params.items()
    }


def clone_values(candidate: dict[str, Any]) -> dict[str, Any]:
    """Return parameters in which models are cloned, so that no two fits share one."""
    return {
        name: clone(value)
        if hasattr(value, "get_params") and not isinstance(value, type)
        else value
        for name, value in candidate.items()
    }


def _tell_failures(trials: Sequence[Trial], error_score: Any) -> None:
    failed = [trial for trial in trials if trial.error is not None]
    if not failed:
        return
    reasons: dict[str, int] = {}
    for trial in failed:
        notes = " ".join(getattr(trial.error, "__notes__", []))
        reason = f"{type(trial.error).__name__}: {trial.error} {notes}"
        reasons[reason] = reasons.get(reason, 0) + 1
    told = "\n".join(f"{count} fits failed: {reason}" for reason, count in reasons.items())
    if len(failed) == len(trials):
        raise ParameterError(
            f"All the {len(trials)} fits failed; the model is set up wrongly, or the data is not "
            f"what it expects. Use error_score='raise' to see where.\n{told}"
        ) from failed[0].error
    warnings.warn(
        f"{len(failed)} fits failed out of a total of {len(trials)}; their score is set to "
        f"{error_score}.\n{told}",
        in_both_families(FitFailedWarning),
        stacklevel=4,
    )


def _fill_failures(trials: Sequence[Trial], error_score: Any, train_too: bool) -> None:
    names = next(trial.test_scores for trial in trials if trial.test_scores is not None)
    for trial in trials:
        if trial.error is not None:
            trial.test_scores = dict.fromkeys(names, error_score)
            trial.train_scores = dict.fromkeys(names, error_score) if train_too else None


def _named(model: Any, candidate: dict[str, Any] | None) -> str:
    if candidate is None:
        return repr(model)
    told = ", ".join(f"{name}={value!r}" for name, value in sorted(candidate.items()))
    return f"{type(model).__name__} with {told or 'its own parameters'}"


def _indices(rows: Any, n_samples: int) -> Indices:
    """Return the samples of one side of a split, which may have come as a mask."""
    rows = np.asarray(rows)
    rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp)
    if rows.size and not -n_samples <= rows.min() <= rows.max() < n_samples:
        raise DataError(f"A split names sample {rows.max()}, but there are {n_samples}.")
    return rows


def _has_length(value: Any, n_samples: int) -> bool:
    if value is None or isinstance(value, str | dict) or not hasattr(value, "__len__"):
        return False
    return np.ndim(value) > 0 and count_samples(value) == n_samples


def _number(score: Any, name: Any) -> float:
    score = score.item() if hasattr(score, "item") and np.ndim(score) == 0 else score
    if not isinstance(score, int | float):
        raise ParameterError(
            f"Scoring must return a number, got {score!r} ({type(score).__name__}) from {name!r}."
        )
    return score
