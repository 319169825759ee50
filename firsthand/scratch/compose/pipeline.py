"""A pipeline is one model made of a chain: each step transforms, the last one may predict.

    fit      X_1 = step_1.fit_transform(X, y),  X_2 = step_2.fit_transform(X_1, y), ...
    predict  the same chain, with nothing fitted: step_k.transform(...), last.predict(...)

Whatever a step learns it learns from the rows that ``fit`` was given. That is why scaling belongs
into the pipeline: scaled beforehand, the rows held out would have had their say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.availability import available_if
from firsthand.scratch.base import Estimator, Kind, kind_of
from firsthand.scratch.compose.parts import (
    Named,
    check_names,
    default_names,
    fitted_and_transformed,
    is_fitted,
    is_passed,
    transforms,
    within,
)
from firsthand.scratch.errors import ParameterError, ParameterTypeError

__all__ = ["Pipeline", "make_pipeline"]


def _last_has(method: str) -> Callable[[Any], bool]:
    return lambda pipeline: hasattr(pipeline[-1], method)


def _all_have(method: str) -> Callable[[Any], bool]:
    return lambda pipeline: all(
        is_passed(step) or hasattr(step, method) for _, step in pipeline.steps
    )


class Pipeline(Estimator):
    """Steps in a row, as one model: fitted, searched, validated and stored together.

    ``fit`` fits the very steps it was given. What the last step can do, the pipeline can:
    ``predict_proba`` is there exactly if it has it.

    Parameters
    ----------
    steps : list of (str, model)
        All but the last have ``fit`` and ``transform``. "passthrough" leaves X as it is. The
        parameter ``C`` of the step called "model" is ``model__C``.

    Attributes
    ----------
    named_steps : dict
        The steps by name, as attributes, too.
    classes_ : ndarray of shape (n_classes,)
        Of the last step, if it is a classifier.
    n_features_in_ : int

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> from firsthand.scratch.preprocessing import StandardScaler
    >>> pipeline = Pipeline([("scale", StandardScaler()), ("model", LinearRegression())])
    >>> pipeline.fit([[1.0], [2.0], [3.0]], [10.0, 20.0, 30.0]).predict([[4.0]]).round(9)
    array([40.])
    >>> pipeline.set_params(model__l2=0.1).get_params()["model__l2"]
    0.1
    """

    parts = "steps"

    def __init__(self, steps: list[tuple[str, Any]]) -> None:
        self.steps = steps

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit the steps one after another, each on what those before made of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Or whatever the first step takes.
        y : array-like of shape (n_samples,), optional
            Given to every step.
        **params : any
            For the ``fit`` of single steps: ``model__sample_weight=w``.

        Raises
        ------
        ParameterError
            If the steps are no chain. What goes wrong in a step is noted with its name.
        """
        given = self._given(params)
        X = self._fit_first(X, y, given)
        name, last = self.steps[-1]
        if not is_passed(last):
            with within(self._place(name)):
                last.fit(X, y, **given[name])
        return self

    @available_if(_last_has("predict"))
    def predict(self, X: Any, **params: Any) -> Any:
        """Return what the last step predicts; ``params`` go to it."""
        return self._of_last("predict", X, **params)

    @available_if(_last_has("predict_proba"))
    def predict_proba(self, X: Any, **params: Any) -> Any:
        """Return the probability of every class, (n_samples, n_classes)."""
        return self._of_last("predict_proba", X, **params)

    @available_if(_last_has("predict_log_proba"))
    def predict_log_proba(self, X: Any, **params: Any) -> Any:
        """Return the logarithms of the probabilities, (n_samples, n_classes)."""
        return self._of_last("predict_log_proba", X, **params)

    @available_if(_last_has("decision_function"))
    def decision_function(self, X: Any, **params: Any) -> Any:
        """Return the scores of the last step."""
        return self._of_last("decision_function", X, **params)

    @available_if(_last_has("score_samples"))
    def score_samples(self, X: Any) -> Any:
        """Return the last step's score of every sample."""
        return self._of_last("score_samples", X)

    @available_if(_last_has("score"))
    def score(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the last step's score on the transformed X."""
        weight = {} if sample_weight is None else {"sample_weight": sample_weight}
        return self._of_last("score", X, y, **weight)

    @available_if(_last_has("fit_predict"))
    def fit_predict(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Fit all steps and return what the last one predicts for the same rows."""
        given = self._given(params)
        X = self._fit_first(X, y, given)
        name, last = self.steps[-1]
        with within(self._place(name)):
            return last.fit_predict(X, y, **given[name])

    @available_if(
        lambda self: (
            is_passed(self[-1]) or transforms(self[-1]) or hasattr(self[-1], "fit_transform")
        )
    )
    def fit_transform(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Fit all steps and return X as they transform it."""
        given = self._given(params)
        X = self._fit_first(X, y, given)
        name, last = self.steps[-1]
        if is_passed(last):
            return X
        with within(self._place(name)):
            return fitted_and_transformed(last, X, y, **given[name])

    @available_if(lambda self: is_passed(self[-1]) or hasattr(self[-1], "transform"))
    def transform(self, X: Any) -> Any:
        """Return X as all steps transform it."""
        return self._transformed(X, self.steps)

    @available_if(_all_have("inverse_transform"))
    def inverse_transform(self, X: Any) -> Any:
        """Undo the steps, the last one first."""
        for name, step in reversed(self.steps):
            if not is_passed(step):
                with within(self._place(name)):
                    X = step.inverse_transform(X)
        return X

    @available_if(_all_have("get_feature_names_out"))
    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out of the last step."""
        names: Any = input_features
        for name, step in self.steps:
            if not is_passed(step):
                with within(self._place(name)):
                    names = step.get_feature_names_out(names)
        return names

    @property
    def named_steps(self) -> Named:
        """The steps by name."""
        return Named(self.steps)

    @property
    def kind(self) -> Kind | None:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a step
        """What the last step is."""
        return "transformer" if is_passed(self[-1]) else kind_of(self[-1])

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes of the last step."""
        return self[-1].classes_

    @property
    def n_features_in_(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a step
        """The number of columns that the first step was fitted on."""
        return self._first.n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a step
        """The names of the columns that the first step was fitted on."""
        return self._first.feature_names_in_

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.steps)

    def __getitem__(self, key: int | str | slice) -> Any:
        """Return a step by its place or name, or a pipeline of the same steps by a slice."""
        if isinstance(key, slice):
            return type(self)(self.steps[key])
        return self.named_steps[key] if isinstance(key, str) else self.steps[key][1]

    def __sklearn_is_fitted__(self) -> bool:
        """Whether the last step that learns is fitted."""
        learning = [step for _, step in self.steps if not is_passed(step)]
        return is_fitted(learning[-1]) if learning else True

    def __sklearn_tags__(self) -> Any:
        """Describe the pipeline to scikit-learn as what its last step is."""
        tags = super().__sklearn_tags__()
        steps = [step.__sklearn_tags__() for _, step in self.steps if not is_passed(step)]
        tags.input_tags.sparse = all(step.input_tags.sparse for step in steps)
        if not is_passed(self[-1]):
            for name in ("target_tags", "classifier_tags", "regressor_tags", "transformer_tags"):
                setattr(tags, name, getattr(steps[-1], name))
        return tags

    @property
    def _first(self) -> Any:
        """The first step that does anything."""
        return next((step for _, step in self.steps if not is_passed(step)), self.steps[0][1])

    def _place(self, name: str) -> str:
        return f"step {name!r} of the pipeline, {type(self.named_steps[name]).__name__}"

    def _fit_first(self, X: Any, y: Any, given: dict[str, dict[str, Any]]) -> Any:
        """Fit all steps but the last, and return what they make of X."""
        for name, step in self.steps[:-1]:
            if not is_passed(step):
                with within(self._place(name)):
                    X = fitted_and_transformed(step, X, y, **given[name])
        return X

    def _transformed(self, X: Any, steps: list[tuple[str, Any]]) -> Any:
        for name, step in steps:
            if not is_passed(step):
                with within(self._place(name)):
                    X = step.transform(X)
        return X

    def _of_last(self, method: str, X: Any, *arguments: Any, **params: Any) -> Any:
        X = self._transformed(X, self.steps[:-1])
        name, last = self.steps[-1]
        with within(self._place(name)):
            return getattr(last, method)(X, *arguments, **params)

    def _given(self, params: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Check the steps, and return the fit parameters of each."""
        check_names(self, self.steps, 2)
        *transformers, (last_name, last) = self.steps
        for name, step in transformers:
            if not is_passed(step) and not transforms(step):
                raise ParameterTypeError(
                    "All intermediate steps should be transformers and implement fit and transform "
                    f"or be 'passthrough', but {name!r} is {step!r}."
                )
        if not is_passed(last) and not hasattr(last, "fit"):
            raise ParameterTypeError(
                "Last step of Pipeline should implement fit or be 'passthrough', but "
                f"{last_name!r} is {last!r}."
            )
        given: dict[str, dict[str, Any]] = {name: {} for name, _ in self.steps}
        for key, value in params.items():
            name, inside, parameter = key.partition("__")
            if not inside or name not in given:
                raise ParameterError(
                    f"Pipeline.fit does not accept the {key} parameter; name a step and two "
                    f"underscores first, as in {last_name}__{parameter or key}."
                )
            given[name][parameter] = value
        return given


def make_pipeline(*steps: Any) -> Pipeline:
    """Return a pipeline of the steps, each named by its class in small letters.

    Examples
    --------
    >>> from firsthand.scratch.preprocessing import MinMaxScaler, StandardScaler
    >>> list(make_pipeline(StandardScaler(), MinMaxScaler()).named_steps)
    ['standardscaler', 'minmaxscaler']
    """
    return Pipeline(list(zip(default_names(steps), steps, strict=True)))
