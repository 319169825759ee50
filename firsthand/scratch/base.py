"""The estimator contract: what every model of scratch does the same way.

    model = Model(parameter=value)      stores its parameters and does nothing else
    model.fit(X, y)                     learns; what it learned ends in an underscore
    model.predict(X), model.score(X, y)

It is scikit-learn's contract, kept without importing scikit-learn: parameters are read
from the signature of ``__init__``, and the tags by which scikit-learn asks about a model are
made of its own classes when it asks, since it must be loaded by then. A model is written

    class Perceptron(Classifier, Estimator): ...

and so works in scikit-learn's ``clone``, ``Pipeline`` and ``GridSearchCV``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.metrics import accuracy_score, r2_score
from firsthand.scratch.validation import check_fitted, check_input_features

__all__ = [
    "Classifier",
    "Clusterer",
    "Estimator",
    "Regressor",
    "Transformer",
    "clone",
    "kind_of",
    "numbered_names",
]

E = TypeVar("E", bound="Estimator")
Kind = Literal["classifier", "regressor", "transformer", "clusterer", "density_estimator"]


class Estimator:
    """Base of every model: parameters in, fitted attributes out.

    Attributes
    ----------
    n_features_in_ : int
        Number of features seen by ``fit``.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if ``X`` was a table whose columns all have a text name.
    """

    kind: Kind | None = None
    allows_nan: ClassVar[bool] = False  # whether a missing value, NaN, is a value like any other
    requires_fit: ClassVar[bool] = True  # False where nothing is learned, so there is nothing to do
    parts: ClassVar[str | None] = None  # the parameter that is a list of (name, model), if one is
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name; with ``deep``, those of nested models too.

        A parameter ``scale`` of the model in parameter ``inner`` is called ``inner__scale``.
        Where a parameter is a list of named models, each name counts as a parameter.
        """
        found: dict[str, Any] = {name: getattr(self, name) for name in _parameters(type(self))}
        if deep:
            for name, value in {**found, **_named(found.get(self.parts or ""))}.items():
                found[name] = value
                if hasattr(value, "get_params") and not isinstance(value, type):
                    found |= {f"{name}__{key}": inner for key, inner in value.get_params().items()}
        return found

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, nested ones as ``inner__scale``, and return the model.

        Raises
        ------
        ParameterError
            If there is no parameter of that name; nothing is set then.
        """
        parts = self.parts or ""
        named = _named(params.get(parts, getattr(self, parts, None)))
        known = [*_parameters(type(self)), *named]
        for key in params:
            if key.partition("__")[0] not in known:
                raise ParameterError(
                    f"{type(self).__name__} has no parameter {key!r}; "
                    f"it has {', '.join(known) or 'none'}."
                )
        nested: dict[str, dict[str, Any]] = {}
        for key, value in params.items():
            name, inside, rest = key.partition("__")
            if inside:
                nested.setdefault(name, {})[rest] = value
            elif name in named:
                named[name] = value
            else:
                setattr(self, name, value)
        if not named.keys().isdisjoint(params):  # other models of the same names: a new list
            old = getattr(self, parts)
            setattr(self, parts, [(name, named[name], *rest) for name, _, *rest in old])
        for name, values in nested.items():
            model = named[name] if name in named else getattr(self, name)
            model.set_params(**values)
        return self

    def __repr__(self) -> str:
        """Show the call that makes this model; parameters at their default are left out."""
        told = [
            f"{name}={value!r}"
            for name, default in _parameters(type(self)).items()
            if (value := getattr(self, name)) is not default and repr(value) != repr(default)
        ]
        return f"{type(self).__name__}({', '.join(told)})"

    def __sklearn_is_fitted__(self) -> bool:
        """Whether ``fit`` has left anything but the description of its input, or need not."""
        return not self.requires_fit or any(
            name.endswith("_") and not name.startswith("_") and not name.endswith("_in_")
            for name in vars(self)
        )

    def __sklearn_tags__(self) -> Any:
        """Describe the model to scikit-learn, in its own words.

        Only scikit-learn calls this, so it is loaded. A model that differs from what its
        kind says overrides this and changes what ``super()`` returns.
        """
        sklearn: Any = sys.modules["sklearn.utils"]
        kind = self.kind
        return sklearn.Tags(
            estimator_type=kind,
            requires_fit=self.requires_fit,
            target_tags=sklearn.TargetTags(required=kind in ("classifier", "regressor")),
            classifier_tags=sklearn.ClassifierTags() if kind == "classifier" else None,
            regressor_tags=sklearn.RegressorTags() if kind == "regressor" else None,
            transformer_tags=sklearn.TransformerTags() if hasattr(self, "transform") else None,
            input_tags=sklearn.InputTags(allow_nan=self.allows_nan),
        )


class _Predictor(Protocol):
    def predict(self, X: ArrayLike) -> NDArray[Any]: ...


class _Transforming(Protocol):
    @property
    def fit(self) -> Callable[..., Any]: ...

    @property
    def transform(self) -> Callable[..., NDArray[Any]]: ...


class _Clustering(Protocol):
    labels_: NDArray[np.intp]

    def fit(self, X: ArrayLike, y: None = None, **how: Any) -> Any: ...


class Classifier:
    """What a model that predicts labels adds; stands before ``Estimator`` among the bases.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels seen by ``fit``, sorted.
    """

    kind: Kind | None = "classifier"
    classes_: NDArray[Any]

    def score(
        self: _Predictor, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy of ``predict(X)`` against ``y``."""
        return accuracy_score(y, self.predict(X), sample_weight)


class Regressor:
    """What a model that predicts numbers adds; stands before ``Estimator`` among the bases."""

    kind: Kind | None = "regressor"

    def score(
        self: _Predictor, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return R^2 of ``predict(X)`` against ``y``."""
        return r2_score(np.asarray(y, np.float64), self.predict(X), sample_weight)


class Transformer:
    """What a model that turns X into another X adds; stands before ``Estimator``."""

    kind: Kind | None = "transformer"

    def fit_transform(
        self: _Transforming, X: ArrayLike, y: ArrayLike | None = None, **fit_params: Any
    ) -> NDArray[Any]:
        """Return what ``fit(X, y, **fit_params)`` and then ``transform(X)`` give."""
        self.fit(X, y, **fit_params)
        return self.transform(X)

    def get_feature_names_out(self: Any, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out, shape (n_features_out,), of str.

        Here, those of the columns that went in: for a transformer that works on each column by
        itself. One that makes others has a method of its own, or uses ``numbered_names``.

        Parameters
        ----------
        input_features : array-like of str of shape (n_features_in_,), optional
            The names that went in; by default ``feature_names_in_``, or x0, x1, ... .
        """
        return check_input_features(self, input_features)


def numbered_names(model: Estimator, n_features_out: int) -> NDArray[Any]:
    """Return names for columns that the fitted model made of all that went in: pca0, pca1, ... ."""
    check_fitted(model)
    name = type(model).__name__.lower()
    return np.array([f"{name}{i}" for i in range(n_features_out)], dtype=object)


class Clusterer:
    """What a model that groups samples adds; stands before ``Estimator`` among the bases.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,)
        The cluster of every sample that ``fit`` saw, from 0; -1 where it belongs to none.
    """

    kind: Kind | None = "clusterer"
    labels_: NDArray[np.intp]

    def fit_predict(self: _Clustering, X: ArrayLike, y: Any = None, **how: Any) -> NDArray[np.intp]:
        """Return the cluster of every sample of ``X``, on which it is fitted.

        What else ``fit`` takes, such as ``sample_weight``, is passed to it.
        """
        self.fit(X, **how)
        return self.labels_


def clone(model: E) -> E:
    """Return an unfitted model with the same parameters; nested models are cloned, too.

    Examples
    --------
    >>> from firsthand.scratch.linear import LinearRegression
    >>> clone(LinearRegression(l2=0.5))
    LinearRegression(l2=0.5)
    """
    theirs: Any = getattr(model, "__sklearn_clone__", None)
    if theirs is not None:  # scikit-learn's know more about themselves than their parameters
        return theirs()
    return type(model)(**{name: _cloned(value) for name, value in model.get_params(False).items()})


def kind_of(model: Any) -> Kind | None:
    """Return what a model is, ours or scikit-learn's: "classifier", "regressor", ... or None."""
    if isinstance(model, Estimator):
        return model.kind
    tags = getattr(model, "__sklearn_tags__", None)
    return None if tags is None else tags().estimator_type


def _cloned(value: Any) -> Any:
    """Return a parameter for a clone: models are cloned, wherever they stand in it."""
    if isinstance(value, list | tuple):
        return type(value)(_cloned(part) for part in value)
    if hasattr(value, "get_params") and not isinstance(value, type):
        return clone(value)
    return deepcopy(value)


def _named(parts: Any) -> dict[str, Any]:
    """Return the models of a list of (name, model, ...) by name; none if it is no such list."""
    try:
        return {name: model for name, model, *_ in parts or () if isinstance(name, str)}
    except (TypeError, ValueError):  # told when it is used, not when it is shown
        return {}


def _parameters(model: type[Estimator]) -> dict[str, Any]:
    """Return the parameters of a model's constructor with their defaults, in its order."""
    if model.__init__ is object.__init__:
        return {}
    signature = inspect.signature(model.__init__)
    return {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if name != "self"
    }
