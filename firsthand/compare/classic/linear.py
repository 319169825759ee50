"""Linear models beside scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np

from firsthand.compare.classic.counterpart import LEFT, Counterpart
from firsthand.compare.classic.quantity import (
    INDEPENDENT,
    attribute,
    labels,
    no_worse,
    outputs,
    value,
)
from firsthand.data import Dataset

SIX_DIGITS = 1e-9
WHY_SIX = "the normal equations square the condition number; the library's SVD does not"


def _inverse_strength(data: Dataset) -> dict[str, float]:
    """Return C for l2 = 0.01: the library sums the losses that we average."""
    return {"C": 1 / (0.01 * data.n_samples), "l2": LEFT, "tol": 1e-10, "max_iter": 10_000}


def _sparse(l1_ratio: float) -> Any:
    """Return settings with a tenth of the penalty at which every weight is 0."""

    def settings(data: Dataset) -> dict[str, float]:
        centred, y = data.X - data.X.mean(axis=0), data.y - data.y.mean()
        alpha = 0.1 * float(np.abs(centred.T @ y).max()) / data.n_samples
        mixed = {} if l1_ratio == 1.0 else {"l1_ratio": l1_ratio}
        return {"alpha": alpha, "tol": 1e-12, "max_iter": 100_000, **mixed}

    return settings


def _sparse_strength(data: Dataset) -> dict[str, Any]:
    """Return the library's names for l1 = l2 = 0.02."""
    C = 1 / (0.04 * data.n_samples)
    how = {"solver": "saga", "tol": 1e-8, "max_iter": 20_000, "random_state": 0}
    return {"C": C, "l1_ratio": 0.5, "l1": LEFT, "l2": LEFT, **how}


def _sparse_objective(model: Any, data: Dataset) -> float:
    """Return the mean loss and both penalties, at l1 = l2 = 0.02."""
    P = model.predict_proba(data.X)
    chosen = P[np.arange(data.n_samples), np.searchsorted(model.classes_, data.y)]
    penalty = np.abs(model.coef_).sum() + (model.coef_**2).sum() / 2
    return float(0.02 * penalty - np.log(chosen).mean())


def _unsigned(model: Any, data: Dataset) -> Any:
    """Return the projection; a direction has no sign of its own."""
    return np.abs(model.transform(data.X))


ITERATIVE = "both stop near the optimum"
WHY_SHAPE = "covariances are inverted, which costs the digits of their condition number"

PAIRS = (
    Counterpart(
        "LinearRegression",
        scratch="firsthand.scratch.linear.LinearRegression",
        library="sklearn.linear_model.LinearRegression",
        task="regression",
        quantities=(
            attribute("coef_", tolerance=SIX_DIGITS, why=WHY_SIX, when=INDEPENDENT),
            attribute("intercept_", tolerance=SIX_DIGITS, why=WHY_SIX, when=INDEPENDENT),
            outputs("predict", tolerance=SIX_DIGITS, why=WHY_SIX),
        ),
        score="R²",
    ),
    Counterpart(
        "Ridge",
        scratch="firsthand.scratch.linear.Ridge",
        library="sklearn.linear_model.Ridge",
        task="regression",
        prepare=Dataset.standardised,
        quantities=(
            attribute("coef_", tolerance=SIX_DIGITS, why=WHY_SIX),
            attribute("intercept_", tolerance=SIX_DIGITS, why=WHY_SIX),
            outputs("predict", tolerance=SIX_DIGITS, why=WHY_SIX),
        ),
        score="R²",
    ),
    Counterpart(
        "Lasso",
        scratch="firsthand.scratch.linear.Lasso",
        library="sklearn.linear_model.Lasso",
        task="regression",
        settings=_sparse(1.0),
        quantities=(
            attribute("coef_", tolerance=1e-6, why=ITERATIVE, when=INDEPENDENT),
            outputs("predict", tolerance=1e-6, why=ITERATIVE),
        ),
        score="R²",
    ),
    Counterpart(
        "ElasticNet",
        scratch="firsthand.scratch.linear.ElasticNet",
        library="sklearn.linear_model.ElasticNet",
        task="regression",
        settings=_sparse(0.5),
        quantities=(
            attribute("coef_", tolerance=1e-6, why=ITERATIVE),
            outputs("predict", tolerance=1e-6, why=ITERATIVE),
        ),
        score="R²",
    ),
    Counterpart(
        "LogisticRegression",
        scratch="firsthand.scratch.linear.LogisticRegression",
        library="sklearn.linear_model.LogisticRegression",
        task="classification",
        settings={"l2": 0.01},
        theirs=_inverse_strength,
        prepare=Dataset.standardised,
        quantities=(
            attribute("coef_", tolerance=1e-6, why=ITERATIVE),
            outputs("predict_proba", tolerance=1e-6, why=ITERATIVE),
            labels(),
        ),
        score="accuracy",
        notes=("C = 1 / (l2 * n_samples): the library sums the losses that ours averages",),
    ),
    Counterpart(
        "LogisticRegression, l1 and l2",
        scratch="firsthand.scratch.linear.LogisticRegression",
        library="sklearn.linear_model.LogisticRegression",
        task="classification",
        settings={"l1": 0.02, "l2": 0.02},
        theirs=_sparse_strength,
        prepare=Dataset.standardised,
        quantities=(
            attribute("coef_", tolerance=1e-4, why="the library's saga converges slowly"),
            no_worse("objective", _sparse_objective, slack=1e-9, why="ours is at the optimum"),
        ),
        score="accuracy",
        notes=("l1 = l1_ratio / (C n_samples), l2 = (1 - l1_ratio) / (C n_samples)",),
    ),
    Counterpart(
        "LogisticRegression, L-BFGS",
        scratch="firsthand.scratch.linear.LogisticRegression",
        library="sklearn.linear_model.LogisticRegression",
        task="classification",
        settings={"l2": 0.01, "solver": "lbfgs", "tol": 1e-14},
        theirs=_inverse_strength,
        prepare=Dataset.standardised,
        quantities=(
            attribute("coef_", tolerance=1e-5, why=ITERATIVE),
            outputs("predict_proba", tolerance=1e-5, why=ITERATIVE),
        ),
        score="accuracy",
    ),
    Counterpart(
        "Perceptron",
        scratch="firsthand.scratch.linear.Perceptron",
        library="sklearn.linear_model.Perceptron",
        task="classification",
        settings={"shuffle": False, "max_iter": 20},
        theirs={"tol": None},
        prepare=Dataset.standardised,
        quantities=(attribute("coef_"), attribute("intercept_"), labels()),
        score="accuracy",
        notes=("in the order of the data, every sum of both sides is the same",),
    ),
    Counterpart(
        "LinearDiscriminantAnalysis",
        scratch="firsthand.scratch.linear.LinearDiscriminantAnalysis",
        library="sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
        task="classification",
        quantities=(
            attribute("coef_", tolerance=1e-7, why=WHY_SHAPE),
            outputs("predict_proba", tolerance=1e-7, why=WHY_SHAPE),
            value("transform, without signs", _unsigned, tolerance=1e-7, why=WHY_SHAPE),
            labels(),
        ),
        score="accuracy",
    ),
    Counterpart(
        "LinearDiscriminantAnalysis, shrunk",
        scratch="firsthand.scratch.linear.LinearDiscriminantAnalysis",
        library="sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
        task="classification",
        settings={"solver": "eigen", "shrinkage": "auto"},
        quantities=(
            outputs("predict_proba", tolerance=1e-7, why=WHY_SHAPE),
            attribute("covariance_"),
        ),
        score="accuracy",
    ),
)
