"""Models made of models beside scikit-learn's: ours of our parts, theirs of theirs."""

from __future__ import annotations

from typing import Any

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import outputs
from firsthand.data import Dataset
from firsthand.library import named
from firsthand.scratch.linear import LinearRegression
from firsthand.scratch.preprocessing import MinMaxScaler, StandardScaler

L2 = 0.01


def _theirs(name: str, **settings: Any) -> Any:
    return named(f"sklearn.{name}")(**settings)


def _our_chain(_: Dataset) -> dict[str, Any]:
    return {"steps": [("scale", StandardScaler()), ("model", LinearRegression(L2))]}


def _their_chain(data: Dataset) -> dict[str, Any]:
    ridge = _theirs("linear_model.Ridge", alpha=L2 * data.n_samples)
    return {"steps": [("scale", _theirs("preprocessing.StandardScaler")), ("model", ridge)]}


def _our_columns(_: Dataset) -> dict[str, Any]:
    return {"transformers": [("first", StandardScaler(), [0])], "remainder": MinMaxScaler()}


def _their_columns(_: Dataset) -> dict[str, Any]:
    first = ("first", _theirs("preprocessing.StandardScaler"), [0])
    return {"transformers": [first], "remainder": _theirs("preprocessing.MinMaxScaler")}


def _our_union(_: Dataset) -> dict[str, Any]:
    return {"transformer_list": [("scale", StandardScaler()), ("raw", "passthrough")]}


def _their_union(_: Dataset) -> dict[str, Any]:
    scale = ("scale", _theirs("preprocessing.StandardScaler"))
    return {"transformer_list": [scale, ("raw", "passthrough")]}


def _our_target(_: Dataset) -> dict[str, Any]:
    return {"regressor": LinearRegression(L2), "transformer": StandardScaler()}


def _their_target(data: Dataset) -> dict[str, Any]:
    ridge = _theirs("linear_model.Ridge", alpha=L2 * data.n_samples)
    return {"regressor": ridge, "transformer": _theirs("preprocessing.StandardScaler")}


PAIRS = (
    Counterpart(
        "Pipeline",
        scratch="firsthand.scratch.compose.Pipeline",
        library="sklearn.pipeline.Pipeline",
        task="regression",
        settings=_our_chain,
        theirs=_their_chain,
        quantities=(outputs("predict"),),
        score="R^2",
        notes=("alpha = l2 * n_samples: scikit-learn's ridge sums where ours takes the mean",),
    ),
    Counterpart(
        "ColumnTransformer",
        scratch="firsthand.scratch.compose.ColumnTransformer",
        library="sklearn.compose.ColumnTransformer",
        task="regression",
        settings=_our_columns,
        theirs=_their_columns,
        quantities=(outputs("transform"),),
        supervised=False,
    ),
    Counterpart(
        "FeatureUnion",
        scratch="firsthand.scratch.compose.FeatureUnion",
        library="sklearn.pipeline.FeatureUnion",
        task="regression",
        settings=_our_union,
        theirs=_their_union,
        quantities=(outputs("transform"),),
        supervised=False,
    ),
    Counterpart(
        "TransformedTargetRegressor",
        scratch="firsthand.scratch.compose.TransformedTargetRegressor",
        library="sklearn.compose.TransformedTargetRegressor",
        task="regression",
        settings=_our_target,
        theirs=_their_target,
        quantities=(outputs("predict"),),
        score="R^2",
    ),
)
