r"""Calibration: whether a probability of 90 % is right 9 times of 10, and how to mend it.

    ECE           sum_b n_b / n |accuracy of b - mean confidence of b|, bins b of equal numbers
    temperature   T = argmin of the mean of -log softmax(Z / T)_y over the validation part

A network in perfect order has an ECE above 0, too, for its bins are small samples: `by_chance`
draws the outcomes from the probabilities themselves to say how much of it that explains.

Naeini, Cooper & Hauskrecht (2015); Guo, Pleiss, Sun & Weinberger, On Calibration of Modern Neural
Networks (2017); Nixon et al., Measuring Calibration in Deep Learning (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.evaluation.outcomes import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS, FEWEST_A_BIN = 15, 20
COLDEST, HOTTEST = 0.05, 20.0


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy, in bins of equal numbers of examples.

    Attributes
    ----------
    confidence, accuracy : ndarray of shape (n_bins,)
        Means in each bin, from the least confident to the most.
    counts : ndarray of int64, shape (n_bins,)
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def ece(self) -> float:
        """The expected calibration error."""
        gaps = np.abs(self.accuracy - self.confidence)
        return float((self.counts * gaps).sum() / max(self.counts.sum(), 1))


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Reliability:
    """Return how often predictions are right, by how confident they are.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        The probability of the class that was predicted.
    right : ndarray of bool, shape (n,)
    """
    n = len(confidence)
    if n == 0:
        empty = np.zeros(0)
        return Reliability(empty, empty, np.zeros(0, np.int64))
    order = np.argsort(confidence, kind="stable")
    bins = np.array_split(order, max(1, min(BINS, n // FEWEST_A_BIN)))
    return Reliability(
        np.array([confidence[b].mean() for b in bins]),
        np.array([right[b].mean() for b in bins]),
        np.array([len(b) for b in bins]),
    )


def of_scores(
    scores: NDArray[np.float64], y: NDArray[np.int64], temperature: float = 1.0
) -> Reliability:
    """Return the reliability of scores (n, n_classes) at a temperature."""
    P = softmax(scores, temperature)
    return reliability(P.max(1), P.argmax(1) == y)


def by_chance(
    confidence: NDArray[np.float64], *, draws: int = 200, seed: int = 0
) -> tuple[float, float]:
    """Return (mean, 95 % point) of the ECE that perfectly calibrated predictions would show."""
    rng = np.random.default_rng(seed)
    sure = np.sort(confidence)  # so that the sorting for the bins is quick
    eces = [reliability(sure, rng.random(len(sure)) < sure).ece for _ in range(draws)]
    return float(np.mean(eces)), float(np.quantile(eces, 0.95))


def fit_temperature(scores: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Return the temperature with the smallest log-loss, between 1/20 and 20."""
    from scipy.optimize import minimize_scalar

    if len(y) == 0:
        return 1.0

    def at(log_temperature: float) -> float:
        return log_loss(scores, y, float(np.exp(log_temperature)))

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    found = minimize_scalar(at, bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def log_loss(scores: NDArray[np.float64], y: NDArray[np.int64], temperature: float = 1.0) -> float:
    """Return the mean of -log p of the true class at a temperature."""
    Z = scores / temperature
    highest = Z.max(1)
    total = highest + np.log(np.exp(Z - highest[:, None]).sum(1))
    return float((total - Z[np.arange(len(y)), y]).mean())


def conformal(errors: NDArray[np.float64], level: float = 0.9) -> NDArray[np.float64]:
    """Return the half-width of intervals that hold ``level`` of new truths.

    The ceil((n + 1) level)-th smallest absolute error on examples that were not learnt from, of
    each column; infinite where they are too few. Vovk et al. (2005); Lei et al. (2018).

    Parameters
    ----------
    errors : ndarray of shape (n, n_targets)
    level : float
    """
    n = len(errors)
    k = int(np.ceil((n + 1) * level))
    if k > n:
        return np.full(errors.shape[1], np.inf)
    return np.sort(np.abs(errors), 0)[k - 1]
