"""Transformers beside scikit-learn's: what they make of the data, and what they make of it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import Quantity, outputs, value
from firsthand.data import Dataset

Change = Callable[[Dataset], Dataset]


def _as_it_is(data: Dataset) -> Dataset:
    return data


def _rounded(data: Dataset) -> Dataset:
    """Return the data in steps of a third of each column's spread: numbers become categories."""
    spread = data.X.std(axis=0)
    steps = np.round(3 * data.X / np.where(spread > 0, spread, 1.0))
    return replace(data, X=steps, notes=(*data.notes, "features rounded to a few values"))


def _with_gaps(data: Dataset) -> Dataset:
    """Return the data with a fifth of its values missing, but none in the first two rows."""
    gaps = np.random.default_rng(0).random(data.X.shape) < 0.2
    gaps[:2] = False
    X = np.where(gaps, np.nan, data.X)
    return replace(data, X=X, notes=(*data.notes, "a fifth of the values left out"))


def _varied(data: Dataset) -> Dataset:
    """Return the data without constant columns, of which no bins can be made."""
    varied = np.flatnonzero(np.ptp(data.X, axis=0) > 0)
    return data.only(*(data.feature_names[j] for j in varied))


def _back() -> Quantity:
    return value("inverse_transform", lambda m, data: m.inverse_transform(m.transform(data.X)))


def _pair(
    name: str,
    settings: dict[str, Any] | None = None,
    *,
    library: str = "",
    theirs: dict[str, Any] | None = None,
    prepare: Change = _as_it_is,
    back: bool = True,
    title: str = "",
) -> Counterpart:
    return Counterpart(
        title or name,
        scratch=f"firsthand.scratch.preprocessing.{name}",
        library=library or f"sklearn.preprocessing.{name}",
        task="classification",
        settings=settings or {},
        theirs=theirs or {},
        prepare=prepare,
        supervised=False,
        quantities=(outputs("transform"), *([_back()] if back else [])),
    )


PAIRS = (
    _pair("StandardScaler"),
    _pair("MinMaxScaler", {"feature_range": (-1, 1)}),
    _pair("MaxAbsScaler"),
    _pair("RobustScaler"),
    _pair("StandardScaler", prepare=_with_gaps, title="StandardScaler, values missing"),
    _pair("RobustScaler", prepare=_with_gaps, title="RobustScaler, values missing"),
    _pair("Normalizer", back=False),
    _pair("PolynomialFeatures", {"degree": 2}, back=False),
    _pair(
        "OneHotEncoder",
        {"handle_unknown": "ignore"},
        theirs={"sparse_output": False},
        prepare=_rounded,
    ),
    _pair(
        "OrdinalEncoder",
        {"handle_unknown": "use_encoded_value", "unknown_value": -1},
        prepare=_rounded,
    ),
    _pair(
        "SimpleImputer",
        {"strategy": "median", "add_indicator": True},
        library="sklearn.impute.SimpleImputer",
        prepare=_with_gaps,
        back=False,
    ),
    _pair(
        "KBinsDiscretizer",
        {"n_bins": 4, "encode": "ordinal", "strategy": "uniform"},
        theirs={"subsample": None},
        prepare=_varied,
    ),
)
