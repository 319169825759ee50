"""The parameters of a tree, checked, and turned from shares of the data into numbers."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.trees.growing import Limits
from firsthand.scratch.validation import check_choice, check_number

__all__ = ["MaxFeatures", "Parameters", "limits_of", "number_of_features", "number_of_samples"]

Array = NDArray[np.float64]
MaxFeatures = int | float | Literal["sqrt", "log2"] | None


class Parameters(Protocol):
    """What all trees have, alone or in a forest."""

    max_depth: int | None
    min_samples_split: int | float
    min_samples_leaf: int | float
    min_weight_fraction_leaf: float
    max_features: MaxFeatures
    max_leaf_nodes: int | None
    min_impurity_decrease: float


def limits_of(model: Parameters, X: Array, total_weight: float) -> Limits:
    """Return the limits that the parameters of a model set on data of this size.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.
    """
    if model.max_depth is not None:
        check_number("max_depth", model.max_depth, at_least=1, whole=True)
    if model.max_leaf_nodes is not None:
        check_number("max_leaf_nodes", model.max_leaf_nodes, at_least=2, whole=True)
    share = model.min_weight_fraction_leaf
    check_number("min_weight_fraction_leaf", share, at_least=0, at_most=0.5)
    check_number("min_impurity_decrease", model.min_impurity_decrease, at_least=0)
    n_samples, n_features = X.shape
    min_leaf = number_of_samples("min_samples_leaf", model.min_samples_leaf, 1, n_samples)
    min_split = number_of_samples("min_samples_split", model.min_samples_split, 2, n_samples)
    return Limits(
        max_depth=np.inf if model.max_depth is None else model.max_depth,
        min_samples_split=max(min_split, 2),
        min_samples_leaf=min_leaf,
        min_weight_leaf=share * total_weight,
        min_impurity_decrease=model.min_impurity_decrease,
        max_leaf_nodes=model.max_leaf_nodes,
        max_features=number_of_features(model.max_features, n_features),
    )


def number_of_features(max_features: MaxFeatures, n_features: int) -> int | None:
    """Return how many features are drawn for a question; None where all are looked at.

    Examples
    --------
    >>> number_of_features("sqrt", 20), number_of_features(0.5, 20), number_of_features(None, 20)
    (4, 10, None)
    """
    if max_features is None:
        return None
    if isinstance(max_features, str):
        check_choice("max_features", max_features, ("sqrt", "log2"))
        root = np.sqrt(n_features) if max_features == "sqrt" else np.log2(n_features)
        drawn = max(1, int(root))
    elif isinstance(max_features, float):
        check_number("max_features", max_features, above=0, at_most=1)
        drawn = max(1, int(max_features * n_features))
    else:
        check_number("max_features", max_features, at_least=1, whole=True)
        drawn = max_features
    return drawn if drawn < n_features else None


def number_of_samples(name: str, value: Any, least: int, n_samples: int) -> int:
    """Return a number of samples, given as such or as a share of all."""
    if isinstance(value, float | np.floating):
        check_number(name, value, above=0, at_most=1)
        return int(np.ceil(value * n_samples))
    check_number(name, value, at_least=least, whole=True)
    return int(value)
