r"""Search: score every candidate by cross-validation, keep the best, fit it on all the data.

    best = argmax over candidates of the mean over splits of score(candidate, split)

The score of the winner is too good, for it was chosen for it: to know what a search is worth,
cross-validate the search itself.

Bergstra & Bengio, Random Search for Hyper-Parameter Optimization (2012); Cawley & Talbot, On
Over-fitting in Model Selection and Subsequent Selection Bias (2010).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.availability import available_if
from firsthand.scratch.base import Estimator, Kind, clone, kind_of
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.model_selection.candidates import (
    Candidate,
    Grid,
    ParameterGrid,
    ParameterSampler,
)
from firsthand.scratch.model_selection.results import cv_results
from firsthand.scratch.model_selection.scorers import (
    Scoring,
    accepts_sample_weight,
    check_scoring,
)
from firsthand.scratch.model_selection.trials import (
    Evaluation,
    Trial,
    clone_values,
    fit,
    prepared,
    table,
)
from firsthand.scratch.validation import check_fitted, check_flags

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


def _inner_has(name: str) -> Callable[[Any], bool]:
    """Return whether a search refits, and its model has an attribute."""
    return lambda search: (
        bool(search.refit) and hasattr(getattr(search, "best_estimator_", search.estimator), name)
    )


class _Search:
    """What searches share; they differ in their candidates."""

    estimator: Any
    scoring: Any
    n_jobs: int | None
    refit: Any
    cv: Any
    error_score: Any
    return_train_score: bool
    best_estimator_: Any
    scorer_: Scoring | dict[str, Scoring]

    def _candidates(self) -> Iterable[Candidate]:
        raise NotImplementedError

    def fit(self, X: Any, y: Any = None, *, groups: Any = None, **params: Any) -> Self:
        """Score every candidate on every split, and fit the best one on all the data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,), optional
        groups : array-like of shape (n_samples,), optional
            For a splitter that keeps groups together.
        **params : any
            Passed to the model's ``fit``; what has a value for each sample is split like X.
            ``sample_weight`` weighs the scores, too, where they can be weighed.
        """
        check_flags(self, but=["refit"])
        X, y, splits = prepared(self.estimator, X, y, groups, self.cv)
        scorers = check_scoring(self.estimator, self.scoring)
        if isinstance(scorers, dict):
            self._check_refit(scorers)
        candidates = list(self._candidates())
        evaluation = Evaluation(
            self.estimator,
            X,
            y,
            scorers,
            params,
            score_weight=self._score_weight(scorers, params.get("sample_weight")),
            train_too=self.return_train_score,
            error_score=self.error_score,
        )
        trials = evaluation.run(
            (Trial(train, test, each) for each in candidates for train, test in splits),
            self.n_jobs,
        )
        scores = {"test": table(trials, "test")}
        if self.return_train_score:
            scores["train"] = table(trials, "train")
        self.multimetric_ = isinstance(scorers, dict) or "score" not in scores["test"]
        if self.multimetric_:
            self._check_refit(scores["test"])
        times = {
            "fit_time": np.array([trial.fit_time for trial in trials]),
            "score_time": np.array([trial.score_time for trial in trials]),
        }
        self.cv_results_ = cv_results(candidates, len(splits), times, scores)
        self.n_splits_ = len(splits)
        self.scorer_ = scorers
        self._choose(candidates)
        if self.refit:
            start = time.perf_counter()
            best = clone(self.estimator).set_params(**clone_values(self.best_params_))
            fit(best, X, y, params)
            self.best_estimator_ = best
            self.refit_time_ = time.perf_counter() - start
        return self

    def _choose(self, candidates: list[Candidate]) -> None:
        """Note the best candidate, unless there are several scores and none is to decide."""
        if not self.refit and self.multimetric_:
            return
        if callable(self.refit):
            self.best_index_ = int(cast("Any", self.refit(self.cv_results_)))
            if not 0 <= self.best_index_ < len(candidates):
                raise IndexError(
                    f"refit chose candidate {self.best_index_} of {len(candidates)}; it has to "
                    "return an index into cv_results_['params']."
                )
        else:
            name = self.refit if self.multimetric_ else "score"
            self.best_index_ = int(self.cv_results_[f"rank_test_{name}"].argmin())
            self.best_score_ = float(self.cv_results_[f"mean_test_{name}"][self.best_index_])
        self.best_params_ = candidates[self.best_index_]

    def _check_refit(self, scores: Iterable[str]) -> None:
        """Refuse to choose by several scores at once."""
        named = isinstance(self.refit, str) and self.refit in scores
        if self.refit is not False and not named and not callable(self.refit):
            raise ParameterError(
                f"There are several scores, {', '.join(scores)}, so refit has to name the one "
                f"that decides (or be False, or a function of cv_results_); it is {self.refit!r}."
            )

    def _score_weight(self, scorers: Scoring | dict[str, Scoring], weight: Any) -> Any:
        if weight is None:
            return None
        for scorer in scorers.values() if isinstance(scorers, dict) else [scorers]:
            if not accepts_sample_weight(scorer, self.estimator):
                warnings.warn(
                    f"The score {scorer!r} cannot weigh samples, so candidates are compared "
                    "without sample_weight.",
                    UserWarning,
                    stacklevel=3,
                )
        return weight

    @available_if(_inner_has("predict"))
    def predict(self, X: Any) -> Any:
        """Return what the best model predicts."""
        return self._best.predict(X)

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X: Any) -> Any:
        """Return the probability of every class, (n_samples, n_classes)."""
        return self._best.predict_proba(X)

    @available_if(_inner_has("predict_log_proba"))
    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithms of the probabilities, (n_samples, n_classes)."""
        return self._best.predict_log_proba(X)

    @available_if(_inner_has("decision_function"))
    def decision_function(self, X: Any) -> Any:
        """Return the scores of the best model."""
        return self._best.decision_function(X)

    @available_if(_inner_has("score_samples"))
    def score_samples(self, X: Any) -> Any:
        """Return the best model's score of every sample."""
        return self._best.score_samples(X)

    @available_if(_inner_has("transform"))
    def transform(self, X: Any) -> Any:
        """Return X as the best model transforms it."""
        return self._best.transform(X)

    @available_if(_inner_has("inverse_transform"))
    def inverse_transform(self, X: Any) -> Any:
        """Undo the best model's transformation."""
        return self._best.inverse_transform(X)

    @available_if(lambda search: bool(search.refit))
    def score(self, X: Any, y: Any = None) -> float:
        """Return the score that decided the search, of the best model on other data."""
        best = self._best
        scorer: Any = self.scorer_
        if isinstance(scorer, dict):
            scorer = scorer[self.refit]
        score = scorer(best, X) if y is None else scorer(best, X, y)
        return score[self.refit] if isinstance(score, dict) else score

    @property
    def _best(self) -> Any:
        check_fitted(cast("Estimator", self))
        return self.best_estimator_

    @property
    def kind(self) -> Kind | None:
        """What the model inside is."""
        return kind_of(self.estimator)

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes of the best model."""
        return self.best_estimator_.classes_

    @property
    def n_features_in_(self) -> int:
        """The number of features that the best model was fitted on."""
        return self.best_estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """The names of the columns that the best model was fitted on."""
        return self.best_estimator_.feature_names_in_

    def __sklearn_tags__(self) -> Any:
        """Describe the search to scikit-learn as what the model inside is."""
        tags = cast("Any", super()).__sklearn_tags__()
        inner = self.estimator.__sklearn_tags__()
        for name in ("estimator_type", "classifier_tags", "regressor_tags"):
            setattr(tags, name, deepcopy(getattr(inner, name)))
        tags.input_tags.pairwise = inner.input_tags.pairwise
        tags.input_tags.sparse = inner.input_tags.sparse
        return tags


class GridSearchCV(_Search, Estimator):  # pyright: ignore[reportIncompatibleVariableOverride]  # read from the model inside
    """Every combination of a grid of parameters, tried by cross-validation.

    Parameters
    ----------
    estimator : estimator
        Ours or scikit-learn's, a pipeline of either; it is cloned.
    param_grid : dict of str to sequence, or list of such
        The values to try of each parameter; ``step__name`` of a step in a pipeline.
    scoring : None, str, callable, list of str, or dict
        The score that decides, or several by name; None is the model's own.
    n_jobs : int, optional
        How many threads fit at the same time; -1 is one for each processor. The results are the
        same.
    refit : bool, str or callable
        Whether to fit the best candidate on all the data; with several scores, the name of the
        one that decides. A callable gets ``cv_results_`` and returns the index of the best.
    cv : int, splitter, iterable of (train, test), or None
        See :func:`check_cv`.
    error_score : number or "raise"
        The score of a split whose fit fails.
    return_train_score : bool
        Whether to score what was trained on, too.

    Attributes
    ----------
    cv_results_ : dict
        See :func:`cv_results`.
    best_params_, best_score_, best_index_ : dict, float, int
        The best candidate, its mean score, its place in ``cv_results_``.
    best_estimator_ : estimator
        Fitted on all the data, in ``refit_time_`` seconds.
    scorer_ : callable, or dict of them
    multimetric_ : bool
    n_splits_ : int
    classes_, n_features_in_, feature_names_in_
        Of the best model.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    >>> search = GridSearchCV(LinearRegression(), {"l2": [1.0, 0.0]}, cv=2).fit(X, y)
    >>> search.best_params_, search.predict([[5.0]]).round(6).tolist()
    ({'l2': 0.0}, [5.0])
    """

    def __init__(
        self,
        estimator: Any,
        param_grid: Grid,
        *,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        error_score: Any = np.nan,
        return_train_score: bool = False,
    ) -> None:
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.error_score = error_score
        self.return_train_score = return_train_score

    def _candidates(self) -> Iterable[Candidate]:
        return ParameterGrid(self.param_grid)


class RandomizedSearchCV(_Search, Estimator):  # pyright: ignore[reportIncompatibleVariableOverride]  # read from the model inside
    """Combinations of parameters drawn at random, tried by cross-validation.

    Where few of many parameters matter, random candidates try more values of those than a grid of
    the same size does.

    Parameters
    ----------
    estimator : estimator
    param_distributions : dict of str to sequence or distribution, or list of such
        See :class:`ParameterSampler`.
    n_iter : int
        How many candidates to draw.
    random_state : int, numpy.random.Generator or None
        Decides which.
    scoring, n_jobs, refit, cv, error_score, return_train_score
        As in :class:`GridSearchCV`, and so are the attributes.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> from firsthand.scratch.model_selection import LogUniform
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    >>> search = RandomizedSearchCV(
    ...     LinearRegression(), {"l2": LogUniform(1e-6, 1.0)}, n_iter=5, cv=2, random_state=0
    ... )
    >>> search.fit(X, y).best_params_["l2"] == min(search.cv_results_["param_l2"])
    np.True_
    """

    def __init__(
        self,
        estimator: Any,
        param_distributions: Grid,
        *,
        n_iter: int = 10,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        random_state: Any = None,
        error_score: Any = np.nan,
        return_train_score: bool = False,
    ) -> None:
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.random_state = random_state
        self.error_score = error_score
        self.return_train_score = return_train_score

    def _candidates(self) -> Iterable[Candidate]:
        return ParameterSampler(
            self.param_distributions, self.n_iter, random_state=self.random_state
        )
