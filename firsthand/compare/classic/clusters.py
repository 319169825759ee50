"""Clusters beside scikit-learn's: from the same start, the same clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import (
    attribute,
    exact,
    labels,
    outputs,
    scores_over_seeds,
)
from firsthand.data import Dataset

SIX = 1e-6
WHY_SIX = "a hundred rounds of EM carry the rounding of each into the next"


def _start(data: Dataset) -> NDArray[np.float64]:
    """Return up to three different samples to begin with."""
    distinct, first = np.unique(data.X, axis=0, return_index=True)
    return data.X[np.sort(first)[: min(3, len(distinct))]]


def _from_centers(data: Dataset) -> Mapping[str, Any]:
    start = _start(data)
    return {"n_clusters": len(start), "init": start, "n_init": 1, "random_state": 0}


def _in_short(data: Dataset) -> Mapping[str, Any]:
    return {**_from_centers(data), "max_iter": 10, "batch_size": 256}


def _from_round_components(data: Dataset) -> Mapping[str, Any]:
    start = _start(data)
    k, spread = len(start), data.X.var(axis=0)
    precisions = np.diag(1 / np.maximum(spread, 1e-6 * spread.max()))
    return {
        "n_components": k,
        "weights_init": np.full(k, 1 / k),
        "means_init": start,
        "precisions_init": np.stack([precisions] * k),
        "reg_covar": 1e-4 * float(spread.max()),
    }


def _reach_of_five(data: Dataset) -> Mapping[str, Any]:
    """Return an eps at which half of the samples have five neighbours, themselves included."""
    from sklearn.metrics import pairwise_distances

    fifth = np.sort(pairwise_distances(data.X), axis=1)[:, min(4, data.n_samples - 1)]
    return {"eps": float(np.median(fifth)) * 1.01 or 1.0}


PAIRS = (
    Counterpart(
        "KMeans",
        scratch="firsthand.scratch.clusters.KMeans",
        library="sklearn.cluster.KMeans",
        task="classification",
        settings=_from_centers,
        quantities=(
            attribute("cluster_centers_"),
            exact("labels_", lambda model, _: model.labels_),
            exact("n_iter_", lambda model, _: model.n_iter_),
            attribute("inertia_"),
            labels(),
            outputs("transform", tolerance=1e-7, why="near a centre squares cancel"),
        ),
        supervised=False,
        data="iris",
        score="minus inertia",
    ),
    Counterpart(
        "MiniBatchKMeans",
        scratch="firsthand.scratch.clusters.MiniBatchKMeans",
        library="sklearn.cluster.MiniBatchKMeans",
        task="classification",
        settings=_in_short,
        quantities=(scores_over_seeds(seeds=3),),
        supervised=False,
        data="iris",
        score="minus inertia",
    ),
    Counterpart(
        "GaussianMixture",
        scratch="firsthand.scratch.clusters.GaussianMixture",
        library="sklearn.mixture.GaussianMixture",
        task="classification",
        settings=_from_round_components,
        quantities=(
            attribute("weights_", tolerance=SIX, why=WHY_SIX),
            attribute("means_", tolerance=SIX, why=WHY_SIX),
            attribute("covariances_", tolerance=SIX, why=WHY_SIX),
            outputs("score_samples", tolerance=SIX, why=WHY_SIX),
            exact("n_iter_", lambda model, _: model.n_iter_),
        ),
        supervised=False,
        data="iris",
        score="mean log-likelihood",
    ),
    Counterpart(
        "DBSCAN",
        scratch="firsthand.scratch.clusters.DBSCAN",
        library="sklearn.cluster.DBSCAN",
        task="classification",
        settings=_reach_of_five,
        quantities=(
            exact("labels_", lambda model, _: model.labels_),
            exact("core_sample_indices_", lambda model, _: model.core_sample_indices_),
        ),
        supervised=False,
        data="iris",
    ),
)
