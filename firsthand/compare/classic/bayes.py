"""Naive Bayes beside scikit-learn's."""

from __future__ import annotations

from dataclasses import replace

from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import Quantity, attribute, labels, outputs
from firsthand.data import Dataset

ROUNDED = "log-probabilities are sums over features, and rounded as such"


def _counted(data: Dataset) -> Dataset:
    """Return the data moved so that nothing is negative, as counts are not."""
    note = "features moved to start at 0"
    return replace(data, X=data.X - data.X.min(axis=0), notes=(*data.notes, note))


def _probabilities() -> tuple[Quantity, ...]:
    return (
        outputs("predict_joint_log_proba", tolerance=1e-9, why=ROUNDED),
        outputs("predict_proba", tolerance=1e-6, why=ROUNDED),
    )


PAIRS = (
    Counterpart(
        "GaussianNB",
        scratch="firsthand.scratch.bayes.GaussianNB",
        library="sklearn.naive_bayes.GaussianNB",
        task="classification",
        quantities=(
            attribute("theta_"),
            attribute("var_"),
            attribute("class_prior_"),
            *_probabilities(),
            labels(),
        ),
        score="accuracy",
    ),
    Counterpart(
        "BernoulliNB",
        scratch="firsthand.scratch.bayes.BernoulliNB",
        library="sklearn.naive_bayes.BernoulliNB",
        task="classification",
        prepare=Dataset.standardised,
        # without labels: zeros and ones make classes equally likely, and rounding decides
        quantities=(attribute("feature_log_prob_"), *_probabilities()),
        score="accuracy",
        notes=("a feature occurs where it is above its mean",),
    ),
    Counterpart(
        "MultinomialNB",
        scratch="firsthand.scratch.bayes.MultinomialNB",
        library="sklearn.naive_bayes.MultinomialNB",
        task="classification",
        prepare=_counted,
        quantities=(attribute("feature_log_prob_"), *_probabilities(), labels()),
        score="accuracy",
    ),
)
