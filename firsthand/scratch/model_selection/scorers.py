"""Scorers: one number for a fitted model on data it has not seen, larger is better.

    scorer(model, X, y) = sign * metric(y, what the model says about X)

What a metric needs is asked of the model: its predictions, the probability of the positive class,
or its decision function. Losses count with a minus, and are called ``neg_...`` for it.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch import metrics
from firsthand.scratch.base import kind_of
from firsthand.scratch.errors import DataError, ParameterError, ParameterTypeError

__all__ = ["Scorer", "check_scoring", "get_scorer", "get_scorer_names", "make_scorer"]

Metric = Callable[..., Any]
Scoring = Callable[..., Any]
SCORES = ("decision_function", "predict_proba")  # what ranks samples; the first that is there


class Scorer:
    """A metric that asks the model itself; made by :func:`make_scorer`."""

    def __init__(
        self, metric: Metric, sign: int, response_method: str | tuple[str, ...], options: Any
    ):
        self.metric = metric
        self.sign = sign
        self.response_method = response_method
        self.options = options

    def __call__(self, model: Any, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """Return the score of a fitted model on ``X`` and ``y``."""
        return self.of(Responses(model, X), y, sample_weight)

    def of(self, responses: Responses, y: Any, sample_weight: Any = None) -> Any:
        """Return the score, from responses that other scorers may use, too."""
        answer = responses.get(self.response_method, self._pos_label())
        weight = {} if sample_weight is None else {"sample_weight": sample_weight}
        return self.sign * self.metric(y, answer, **self.options, **weight)

    @property
    def accepts_sample_weight(self) -> bool:
        """Whether the metric can weigh samples."""
        return "sample_weight" in inspect.signature(self.metric).parameters

    def _pos_label(self) -> Any:
        if "pos_label" in self.options:
            return self.options["pos_label"]
        parameter = inspect.signature(self.metric).parameters.get("pos_label")
        return None if parameter is None else parameter.default

    def __repr__(self) -> str:
        more = [] if self.sign > 0 else ["greater_is_better=False"]
        more += [f"response_method={self.response_method!r}"]
        more += [f"{name}={value!r}" for name, value in self.options.items()]
        return f"make_scorer({', '.join([self.metric.__name__, *more])})"


class Responses:
    """What a fitted model says about X; each method is called once, however many scores use it."""

    def __init__(self, model: Any, X: Any):
        self.model = model
        self.X = X
        self.given: dict[str, Any] = {}

    def get(self, methods: str | tuple[str, ...], pos_label: Any = None) -> NDArray[Any]:
        """Return the output of the first of ``methods`` that the model has.

        Of a classifier of two classes, probabilities are those of the positive class, and a
        decision function is turned so that it is higher for it.

        Raises
        ------
        ParameterTypeError
            If the model has none of them.
        DataError
            If ``pos_label`` is not one of its classes.
        """
        names = (methods,) if isinstance(methods, str) else methods
        name = next((name for name in names if hasattr(self.model, name)), None)
        if name is None:
            raise ParameterTypeError(
                f"{type(self.model).__name__} has none of the following attributes: "
                f"{', '.join(names)}; choose a scoring that does not need them."
            )
        if name not in self.given:
            self.given[name] = getattr(self.model, name)(self.X)
        answer = self.given[name]
        if kind_of(self.model) != "classifier":
            return answer
        classes = np.asarray(self.model.classes_)
        if classes.ndim != 1 or len(classes) > 2:
            return answer
        if pos_label is not None and pos_label not in classes.tolist():
            raise DataError(
                f"pos_label={pos_label!r} is not a valid label: it should be one of "
                f"{classes.tolist()}."
            )
        negative = pos_label is not None and pos_label != classes[-1]
        if name == "decision_function":
            return -answer if negative else answer
        if name in ("predict_proba", "predict_log_proba") and answer.shape[1] == 2:
            return answer[:, 0 if negative else 1]
        return answer


def make_scorer(
    score_func: Metric,
    *,
    response_method: str | tuple[str, ...] = "predict",
    greater_is_better: bool = True,
    **options: Any,
) -> Scorer:
    """Return a scorer of a metric.

    Parameters
    ----------
    score_func : callable
        ``score_func(y_true, answer, **options)`` returns a number.
    response_method : str or tuple of str
        What to ask the model: "predict", "predict_proba", "decision_function"; of several, the
        first that it has.
    greater_is_better : bool
        A loss is not: it gets a minus.
    **options : any
        Further arguments of the metric.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> from firsthand.scratch.metrics import mean_pinball_loss
    >>> scorer = make_scorer(mean_pinball_loss, greater_is_better=False, alpha=0.9)
    >>> model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    >>> scorer(model, [[2.0]], [3.0]).__round__(9)
    -0.9
    """
    return Scorer(score_func, 1 if greater_is_better else -1, response_method, options)


def get_scorer(scoring: str | Scoring) -> Scoring:
    """Return the scorer of that name; a callable is returned as it is.

    Raises
    ------
    ParameterError
        If there is none, with the name that comes nearest.
    """
    if not isinstance(scoring, str):
        return scoring
    if scoring in _SCORERS:
        return _SCORERS[scoring]
    near = difflib.get_close_matches(scoring, _SCORERS, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(map(repr, near))}?" if near else "see get_scorer_names()."
    raise ParameterError(f"{scoring!r} is not a valid scoring value; {hint}")


def get_scorer_names() -> list[str]:
    """Return the names that :func:`get_scorer` knows, sorted.

    Examples
    --------
    >>> "f1_macro" in get_scorer_names()
    True
    """
    return sorted(_SCORERS)


def check_scoring(model: Any, scoring: Any = None) -> Scoring | dict[str, Scoring]:
    """Return the scorer that ``scoring`` means, or several by their names.

    Parameters
    ----------
    model : estimator
    scoring : None, str, callable, list of str, or dict of str to str or callable
        None is the model's own ``score``. A list or a dict means several scores.
    """
    if scoring is None:
        if not hasattr(model, "score"):
            raise ParameterTypeError(
                f"{type(model).__name__} has no score method; say by scoring how to score it."
            )
        return OwnScore()
    if isinstance(scoring, str) or callable(scoring):
        return get_scorer(cast("str | Scoring", scoring))
    if isinstance(scoring, Mapping):
        named = dict(cast("Mapping[str, Any]", scoring))
    elif isinstance(scoring, list | tuple | set):
        names = list(cast("list[Any]", scoring))
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise ParameterError(
                f"scoring is {scoring!r}; a list holds different names. For callables, pass a "
                "dict of names and scorers."
            )
        named = {name: name for name in names}
    else:
        raise ParameterTypeError(
            f"scoring is {scoring!r}; pass a name, a callable, a list of names, or a dict."
        )
    if not named:
        raise ParameterError("scoring is empty; name at least one score.")
    return {name: get_scorer(scorer) for name, scorer in named.items()}


class OwnScore:
    """The score that a model computes itself."""

    def __call__(self, model: Any, X: Any, y: Any = None, **params: Any) -> Any:
        """Return ``model.score(X, y)``."""
        return model.score(X, **params) if y is None else model.score(X, y, **params)

    def __repr__(self) -> str:
        return "model.score"


def accepts_sample_weight(scorer: Scoring, model: Any) -> bool:
    """Whether a scorer can weigh samples."""
    if isinstance(scorer, Scorer):
        return scorer.accepts_sample_weight
    called = model.score if isinstance(scorer, OwnScore) else scorer
    return "sample_weight" in inspect.signature(called).parameters


def _named_scorers() -> dict[str, Scorer]:
    """Return the scorers by scikit-learn's names."""
    found: dict[str, Scorer] = {}
    for metric in (
        metrics.accuracy_score,
        metrics.balanced_accuracy_score,
        metrics.r2_score,
        metrics.explained_variance_score,
    ):
        found[metric.__name__.removesuffix("_score")] = make_scorer(metric)
    for metric in (
        metrics.matthews_corrcoef,
        metrics.adjusted_rand_score,
        metrics.mutual_info_score,
        metrics.normalized_mutual_info_score,
    ):
        found[metric.__name__] = make_scorer(metric)
    for metric in (
        metrics.max_error,
        metrics.mean_squared_error,
        metrics.mean_absolute_error,
        metrics.mean_absolute_percentage_error,
        metrics.median_absolute_error,
        metrics.root_mean_squared_error,
    ):
        found[f"neg_{metric.__name__}"] = make_scorer(metric, greater_is_better=False)
    for metric, name in ((metrics.log_loss, "log_loss"), (metrics.brier_score_loss, "brier_score")):
        found[f"neg_{name}"] = make_scorer(
            metric, greater_is_better=False, response_method="predict_proba"
        )
    for name, metric in (
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ):
        found[name] = make_scorer(metric, average="binary")
        for average in ("macro", "micro", "weighted"):
            found[f"{name}_{average}"] = make_scorer(metric, pos_label=None, average=average)
    found["roc_auc"] = make_scorer(metrics.roc_auc_score, response_method=SCORES)
    for kind in ("ovr", "ovo"):
        for suffix, average in (("", "macro"), ("_weighted", "weighted")):
            found[f"roc_auc_{kind}{suffix}"] = make_scorer(
                metrics.roc_auc_score,
                response_method="predict_proba",
                multi_class=kind,
                average=average,
            )
    found["average_precision"] = make_scorer(
        metrics.average_precision_score, response_method=SCORES
    )
    found["top_k_accuracy"] = make_scorer(metrics.top_k_accuracy_score, response_method=SCORES)
    return found


_SCORERS = _named_scorers()
