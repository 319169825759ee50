r"""AdaBoost: fit weak models in turn, each on weights that stress what the last ones got wrong.

    SAMME, for K classes, with weights w that sum to 1
        e_m = sum_i w_i [h_m(x_i) != y_i]
        a_m = nu (log((1 - e_m) / e_m) + log(K - 1))
        w_i <- w_i exp(a_m [h_m(x_i) != y_i]),  then scaled to sum to 1
        F_k(x) = sum_m a_m ([h_m(x) = k] - [h_m(x) != k] / (K - 1)) / sum_m a_m

    R2, for numbers
        l_i = |h_m(x_i) - y_i| as a share of the largest, or its square, or 1 - exp(-share)
        L_m = sum_i w_i l_i,  b_m = L_m / (1 - L_m),  a_m = nu log(1 / b_m)
        w_i <- w_i b_m^(nu (1 - l_i)),  then scaled to sum to 1
        F(x) = median of the h_m(x), weighted by a_m

A model that is better than chance (e_m < 1 - 1/K) gets a say a_m > 0, and after the update those it
got wrong hold as much weight as chance would give them: there is nothing more to learn from it.
nu is the learning rate.

Freund & Schapire, A decision-theoretic generalization of on-line learning, JCSS 55 (1997); Zhu,
Zou, Rosset & Hastie, Multi-class AdaBoost, Statistics and Its Interface 2 (2009); Drucker,
Improving regressors using boosting techniques, ICML (1997).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "decision",
    "error_of",
    "losses",
    "reweigh",
    "reweigh_by_loss",
    "say",
    "say_by_loss",
    "weighted_median",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def error_of(missed: Mask, w: Array) -> float:
    """Return the weight of the samples that a model gets wrong.

    Parameters
    ----------
    missed : ndarray of shape (n_samples,)
        Where the prediction is not the label.
    w : ndarray of shape (n_samples,)
        Weights that sum to 1.

    Examples
    --------
    >>> error_of(np.array([True, False, False]), np.array([0.5, 0.25, 0.25]))
    0.5
    """
    return float(np.sum(w[missed]))


def say(error: float, n_classes: int = 2, learning_rate: float = 1.0) -> float:
    """Return how much a classifier of this error counts, a_m: 0 for one that guesses.

    Parameters
    ----------
    error : float
        Above 0 and below 1.
    n_classes : int
    learning_rate : float

    Examples
    --------
    >>> say(0.5), round(say(0.1), 3), round(say(0.5, n_classes=3), 3)
    (0.0, 2.197, 0.693)
    """
    return learning_rate * float(np.log((1 - error) / error) + np.log(n_classes - 1))


def reweigh(w: Array, missed: Mask, amount: float) -> Array:
    """Return weights in which the samples that were missed count exp(``amount``) as much.

    Parameters
    ----------
    w : ndarray of shape (n_samples,)
    missed : ndarray of shape (n_samples,)
    amount : float
        The classifier's :func:`say`.

    Returns
    -------
    ndarray of shape (n_samples,)
        They sum to 1.

    Examples
    --------
    >>> missed = np.array([True, False, False, False])
    >>> reweigh(np.full(4, 0.25), missed, say(0.25)).round(3)  # half of all for those missed
    array([0.5  , 0.167, 0.167, 0.167])
    """
    raised = w * np.exp(amount * (missed - 1.0))  # relative to those that were missed: no overflow
    return raised / raised.sum()


def decision(predicted: NDArray[np.intp], amounts: Array, n_classes: int) -> Array:
    """Return F_k: the say of those who name a class, less a share of what others say.

    Parameters
    ----------
    predicted : ndarray of shape (n_models, n_samples)
        Classes, from 0 to ``n_classes - 1``.
    amounts : ndarray of shape (n_models,)
        What each model has to say.
    n_classes : int

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        From -1 / (n_classes - 1) to 1; a row sums to 0.

    Examples
    --------
    >>> decision(np.array([[0, 1], [1, 1]]), np.array([3.0, 1.0]), 2)
    array([[ 0.5, -0.5],
           [-1. ,  1. ]])
    """
    votes = np.zeros((predicted.shape[1], n_classes))
    for classes, amount in zip(predicted, amounts, strict=True):
        votes[np.arange(len(votes)), classes] += amount
    votes /= amounts.sum()
    return votes - (1 - votes) / (n_classes - 1)


def losses(distance: Array, kind: Literal["linear", "square", "exponential"] = "linear") -> Array:
    """Return the loss of each sample as a share of the largest distance, from 0 to 1.

    Parameters
    ----------
    distance : ndarray of shape (n_samples,)
        |h(x) - y|; not all 0.
    kind : {"linear", "square", "exponential"}

    Examples
    --------
    >>> losses(np.array([0.0, 1.0, 2.0]), "square")
    array([0.  , 0.25, 1.  ])
    """
    share = distance / distance.max()
    if kind == "square":
        return share**2
    return share if kind == "linear" else 1 - np.exp(-share)


def say_by_loss(mean_loss: float, learning_rate: float = 1.0) -> float:
    """Return how much a regressor of this mean loss counts: 0 at one half.

    Examples
    --------
    >>> say_by_loss(0.5), round(say_by_loss(0.1), 3)
    (0.0, 2.197)
    """
    return learning_rate * float(np.log((1 - mean_loss) / mean_loss))


def reweigh_by_loss(w: Array, loss: Array, amount: float) -> Array:
    """Return weights that fall by b^(1 - loss), b = exp(-``amount``): least where the loss is 1.

    Parameters
    ----------
    w, loss : ndarray of shape (n_samples,)
    amount : float
        The regressor's :func:`say_by_loss`.

    Returns
    -------
    ndarray of shape (n_samples,)
        They sum to 1.

    Examples
    --------
    >>> reweigh_by_loss(np.full(2, 0.5), np.array([0.0, 1.0]), np.log(3.0))
    array([0.25, 0.75])
    """
    lowered = w * np.exp(-amount * (1 - loss))
    return lowered / lowered.sum()


def weighted_median(predictions: Array, amounts: Array) -> Array:
    """Return the least prediction that models with half of the say do not exceed.

    Parameters
    ----------
    predictions : ndarray of shape (n_models, n_samples)
    amounts : ndarray of shape (n_models,)

    Returns
    -------
    ndarray of shape (n_samples,)

    Examples
    --------
    >>> weighted_median(np.array([[1.0], [5.0], [2.0]]), np.array([1.0, 3.0, 1.0]))
    array([5.])
    """
    order = np.argsort(predictions, axis=0, kind="stable")  # (n_models, n_samples)
    reached = np.cumsum(amounts[order], axis=0)
    middle = np.argmax(reached >= 0.5 * reached[-1], axis=0)
    model = np.take_along_axis(order, middle[None], axis=0)
    return np.take_along_axis(predictions, model, axis=0)[0]
