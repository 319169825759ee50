"""Linear models beside scikit-learn's."""

from __future__ import annotations

from firsthand.compare.classic.counterpart import LEFT, Counterpart
from firsthand.compare.classic.quantity import INDEPENDENT, attribute, labels, outputs
from firsthand.data import Dataset

SIX_DIGITS = 1e-9
WHY_SIX = "the normal equations square the condition number; the library's SVD does not"


def _inverse_strength(data: Dataset) -> dict[str, float]:
    """Return C for l2 = 0.01: the library sums the losses that we average."""
    return {"C": 1 / (0.01 * data.n_samples), "l2": LEFT, "tol": 1e-10, "max_iter": 10_000}


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
        "LogisticRegression",
        scratch="firsthand.scratch.linear.LogisticRegression",
        library="sklearn.linear_model.LogisticRegression",
        task="classification",
        settings={"l2": 0.01},
        theirs=_inverse_strength,
        prepare=Dataset.standardised,
        quantities=(
            attribute("coef_", tolerance=1e-6, why="both stop near the optimum"),
            outputs("predict_proba", tolerance=1e-6, why="both stop near the optimum"),
            labels(),
        ),
        score="accuracy",
        notes=("C = 1 / (l2 * n_samples): the library sums the losses that ours averages",),
    ),
)
