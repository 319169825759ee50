"""The models inside a model: made from one, seeded, fitted on drawn or weighted samples."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import clone
from firsthand.scratch.errors import ParameterError

__all__ = ["SameAlways", "fresh", "shares_of", "tags_with", "takes_weights"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def fresh(model: Any, rng: np.random.Generator) -> Any:
    """Return an unfitted copy of any model of the contract, its random states drawn anew."""
    if not hasattr(model, "fit") or not hasattr(model, "get_params"):
        raise ParameterError(f"{model!r} is no estimator; it needs fit, predict and get_params.")
    copy = clone(model)
    seeds = {
        name: int(rng.integers(2**31))
        for name in sorted(copy.get_params())
        if name == "random_state" or name.endswith("__random_state")
    }
    return copy.set_params(**seeds) if seeds else copy


def tags_with(tags: Any, members: Iterable[Any]) -> Any:
    """Return scikit-learn's tags of a model that takes missing values where its members do."""
    members = list(members)
    if all(hasattr(member, "__sklearn_tags__") for member in members):  # else told by ``fit``
        allowed = [member.__sklearn_tags__().input_tags.allow_nan for member in members]
        tags.input_tags.allow_nan = all(allowed)
    return tags


def takes_weights(model: Any) -> bool:
    """Return whether ``model.fit`` takes ``sample_weight``."""
    return "sample_weight" in inspect.signature(model.fit).parameters


def shares_of(model: Any, X: Array, n_classes: int) -> Array:
    """Return the probability of each class, (n_samples, n_classes), from a model fitted on codes.

    One that knows no probabilities gives its whole vote to the class it predicts. A class that it
    has not seen gets nothing.
    """
    if not hasattr(model, "predict_proba"):
        return np.eye(n_classes)[model.predict(X)]
    shares = np.zeros((len(X), n_classes))
    shares[:, model.classes_] = model.predict_proba(X)
    return shares


class SameAlways:
    """What stands in for a classifier where a draw holds one class only: it predicts that class."""

    def __init__(self, code: int) -> None:
        self.classes_ = np.array([code])

    def predict(self, X: Array) -> Indices:
        """Return the class for each sample."""
        return np.repeat(self.classes_, len(X))
