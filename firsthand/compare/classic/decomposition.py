"""Principal components and t-SNE beside scikit-learn's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import Condition, attribute, no_worse, outputs
from firsthand.data import Dataset

NEAR = 1e-8
WHY_NEAR = "rounding turns a direction by about eps over the gap to the next variance"
WHY_MAPS = "the divergence has many minima, and rounding leads to another"


def _two(data: Dataset) -> Mapping[str, Any]:
    return {"n_components": min(2, *data.X.shape), "svd_solver": "full"}


def _two_as_chosen(data: Dataset) -> Mapping[str, Any]:
    return {"n_components": min(2, *data.X.shape), "random_state": 0}


def _perplexity(data: Dataset) -> Mapping[str, Any]:
    return {
        "perplexity": max(1.0, min(10.0, data.n_samples / 5)),
        "max_iter": 500,
        "init": np.random.default_rng(0).normal(scale=1e-4, size=(data.n_samples, 2)),
    }


def _few(data: Dataset) -> Dataset:
    """Return at most fifty samples: exact t-SNE compares all with all, and five hundred times."""
    return replace(data, X=data.X[:50], y=data.y[:50])


APART = Condition(
    lambda data: _gap(data) > 1e-6,
    "two variances are equal, so any direction between theirs is right",
)
MANY = Condition(lambda data: data.n_samples >= 20, "four samples have no neighbourhoods")


def _gap(data: Dataset) -> float:
    """Return the least gap after the first two variances, as a part of the first."""
    S = np.linalg.svd(data.X - data.X.mean(axis=0), compute_uv=False) ** 2
    k = min(2, *data.X.shape)
    gaps = -np.diff(np.append(S, 0.0))[:k]
    return float(gaps.min() / (S[0] or 1.0))


PAIRS = (
    Counterpart(
        "PCA, all by SVD",
        scratch="firsthand.scratch.decomposition.PCA",
        library="sklearn.decomposition.PCA",
        task="classification",
        settings=_two,
        quantities=(
            attribute("components_", tolerance=NEAR, why=WHY_NEAR, when=APART),
            attribute("explained_variance_"),
            attribute("explained_variance_ratio_"),
            attribute("singular_values_"),
            attribute("mean_"),
            outputs("transform", tolerance=NEAR, why=WHY_NEAR, when=APART),
        ),
        supervised=False,
        data="digits",
    ),
    Counterpart(
        "PCA, as it chooses",
        scratch="firsthand.scratch.decomposition.PCA",
        library="sklearn.decomposition.PCA",
        task="classification",
        settings=_two_as_chosen,
        quantities=(
            attribute("components_", tolerance=NEAR, why=WHY_NEAR, when=APART),
            attribute("explained_variance_"),
            outputs("transform", tolerance=NEAR, why=WHY_NEAR, when=APART),
        ),
        supervised=False,
        data="digits",
    ),
    Counterpart(
        "TSNE",
        scratch="firsthand.scratch.decomposition.TSNE",
        library="sklearn.manifold.TSNE",
        task="classification",
        settings=_perplexity,
        theirs={"method": "exact"},
        prepare=_few,
        quantities=(
            no_worse(
                "kl_divergence_",
                lambda model, _: model.kl_divergence_,
                slack=0.25,
                why=WHY_MAPS,
                when=MANY,
            ),
        ),
        supervised=False,
        data="iris",
    ),
)
