"""The families whose pairs can be compared, and the comparison of a whole family."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from firsthand.compare.bench import Bench
from firsthand.compare.classic.counterpart import Counterpart, FunctionPair
from firsthand.compare.comparison import Comparison, Source
from firsthand.compare.errors import CompareError

FAMILIES = {
    "bayes": "Naive Bayes",
    "boosting": "Gradient boosting, exact and by histograms",
    "clusters": "Clusters: k-means, Gaussian mixtures, DBSCAN",
    "compose": "Pipelines, unions, column transformers",
    "decomposition": "Principal components and t-SNE",
    "ensembles": "Bagging, forests, AdaBoost, voting",
    "linear": "Linear models",
    "neighbors": "Nearest neighbours",
    "preprocessing": "Scalers, encoders, imputation, binning",
    "recommend": "Matrix factorisation of ratings",
    "selection": "Metrics and model selection",
    "svm": "Support vector machines",
    "trees": "Decision trees",
}


def pairs(family: str) -> tuple[Counterpart | FunctionPair, ...]:
    """Return the pairs of a family."""
    return import_module(f"firsthand.compare.classic.{family}").PAIRS


def compare_family(family: str, bench: Bench) -> Comparison:
    """Return how far every pair of a family agrees on ``bench``'s data, or on real data each.

    Raises
    ------
    CompareError
        If the user's data fits no pair of the family.
    """
    given = bench.given
    fitting = [p for p in pairs(family) if given is None or p.task == given.task]
    if not fitting and given is not None:
        raise CompareError(
            f"No model of {family} learns {given.task}, for which {given.name} is made."
        )
    found = [pair.compare(bench) for pair in fitting]
    sources = {data.name: Source.of(replace(data, notes=())) for data, _ in found}
    return Comparison(
        family,
        FAMILIES[family],
        tuple(sources.values()),
        bench.authors,
        tuple(pair for _, pair in found),
    )
