r"""The perceptron: a neuron that learns from its mistakes alone.

    z      = x . w + b                         score: which side of the line, and how far
    y_hat  = +1 if z > 0 else -1               step
    mistake where  y z <= 0                    labels y are +1 and -1; a tie is a mistake
    then           w <- w + learning_rate y x
                   b <- b + learning_rate y

If some line leaves every sample at least gamma on its right side, there are at most
(R / gamma)^2 mistakes in all, whatever the order (Novikoff). If no line does, it never stops.

scikit-learn has the same model as ``Perceptron(eta0=learning_rate)``, and its average as
``SGDClassifier(loss="perceptron", average=True)``.

Rosenblatt, The perceptron, Psychological Review 65 (1958); Novikoff, On convergence proofs
for perceptrons (1962); Freund & Schapire, Large margin classification using the perceptron
algorithm, Machine Learning 37 (1999).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.validation import (
    check_number,
    check_random_state,
    check_X,
    check_X_labels,
)

__all__ = [
    "Perceptron",
    "epoch",
    "margin",
    "mistake_bound",
    "predict",
    "rules_out_a_line",
    "train",
    "train_averaged",
    "update",
]

Array = NDArray[np.float64]


def predict(X: Array, w: Array, b: float) -> Array:
    """Return +1.0 where the score of a sample is above zero, and -1.0 everywhere else.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    w : ndarray of shape (n_features,)
    b : float

    Returns
    -------
    ndarray of shape (n_samples,)
        A sample exactly on the line, with score 0, gets -1.

    Examples
    --------
    >>> predict(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([1.0, 1.0]), -1.5)
    array([-1.,  1.])
    """
    return np.where(X @ w + b > 0, 1.0, -1.0)


def update(
    x: Array, y: float, w: Array, b: float, learning_rate: float = 1.0
) -> tuple[Array, float]:
    """Return (w, b) after looking at one sample: moved on a mistake, as they were if not.

    Parameters
    ----------
    x : ndarray of shape (n_features,)
        The sample.
    y : float
        Its label, +1 or -1.
    w, b : ndarray of shape (n_features,), float
        The weights before. ``w`` is not changed in place.
    learning_rate : float

    Returns
    -------
    w, b : ndarray of shape (n_features,), float
        A sample on the line counts as a mistake, whatever its label.

    Examples
    --------
    >>> update(np.array([2.0, 1.0]), -1.0, np.array([0.0, 1.0]), 0.0)
    (array([-2.,  0.]), -1.0)
    """
    if y * (x @ w + b) > 0:
        return w, b
    return w + learning_rate * y * x, b + learning_rate * y


def epoch(
    X: Array, y: Array, w: Array, b: float, learning_rate: float, order: NDArray[np.intp]
) -> tuple[Array, float, int]:
    """Return (w, b, mistakes) after one pass over the samples, one by one.

    Every sample is judged by the weights that the samples before it have left.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    w, b : ndarray of shape (n_features,), float
        The weights to start from. ``w`` is not changed in place.
    learning_rate : float
    order : ndarray of int
        Which samples to visit, in which order; some may be missing or come twice.

    Returns
    -------
    w, b : ndarray of shape (n_features,), float
    mistakes : int
        How many of the visited samples were on the wrong side, or on the line, when met.
    """
    mistakes = 0
    for x, target in zip(X[order], y[order], strict=True):
        if target * (x @ w + b) <= 0:
            w, b = update(x, target, w, b, learning_rate)
            mistakes += 1
    return w, b, mistakes


def train(
    X: Array,
    y: Array,
    learning_rate: float = 1.0,
    max_epochs: int = 100,
    rng: np.random.Generator | None = None,
) -> tuple[Array, float, list[int]]:
    """Return (w, b, mistakes): pass over the samples until one pass is free of mistakes.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    learning_rate : float
    max_epochs : int
        The most passes to make; without a separating line they would never end.
    rng : numpy.random.Generator, optional
        Each pass visits the samples in the order of one ``rng.permutation(n_samples)``;
        without a generator, from first to last.

    Returns
    -------
    w, b : ndarray of shape (n_features,), float
        Started from zero.
    mistakes : list of int
        The mistakes of each pass that was made, the one without any included.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> train(X, np.array([-1.0, -1.0, -1.0, 1.0]))  # AND
    (array([3., 2.]), -4.0, [2, 3, 3, 2, 2, 3, 2, 1, 0])
    """
    n_samples, n_features = X.shape
    w, b = np.zeros(n_features), 0.0
    mistakes: list[int] = []
    for _ in range(max_epochs):
        order = np.arange(n_samples) if rng is None else rng.permutation(n_samples)
        w, b, count = epoch(X, y, w, b, learning_rate, order)
        mistakes.append(count)
        if count == 0:
            break
    return w, float(b), mistakes


def train_averaged(
    X: Array,
    y: Array,
    learning_rate: float = 1.0,
    n_epochs: int = 10,
    rng: np.random.Generator | None = None,
) -> tuple[Array, float, list[int]]:
    """Return (w, b, mistakes), where w and b are averages over all steps of the training.

    A step is a visit to one sample, mistake or not; the weights after it enter the average
    once. So weights that survive many samples count for more than weights soon corrected.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    learning_rate : float
    n_epochs : int
        Exactly so many passes are made, at least one, even after one free of mistakes.
    rng : numpy.random.Generator, optional
        As in :func:`train`.

    Returns
    -------
    w, b : ndarray of shape (n_features,), float
        The means of the n_epochs * n_samples weights; the zeros they start from not included.
    mistakes : list of int
        The mistakes of each pass, made by the current weights and not by their average.
    """
    n_samples, n_features = X.shape
    w, b = np.zeros(n_features), 0.0
    w_sum, b_sum = np.zeros(n_features), 0.0
    mistakes = [0] * n_epochs
    for i in range(n_epochs):
        for j in range(n_samples) if rng is None else rng.permutation(n_samples):
            mistakes[i] += int(y[j] * (X[j] @ w + b) <= 0)
            w, b = update(X[j], y[j], w, b, learning_rate)
            w_sum, b_sum = w_sum + w, b_sum + b
    n_steps = n_epochs * n_samples
    return w_sum / n_steps, float(b_sum) / n_steps, mistakes


def margin(X: Array, y: Array, w: Array, b: float) -> float:
    """Return the signed distance from the line to the sample that is worst off.

    The distance of a sample is positive on its right side and negative on the wrong one, and
    is measured in the space of ``X``. So the result is positive if and only if the line
    separates the two classes.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    w, b : ndarray of shape (n_features,), float

    Raises
    ------
    ValueError
        If ``w`` is zero: there is no line then.

    Examples
    --------
    >>> X, y = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([-1.0, 1.0])
    >>> margin(X, y, np.array([3.0, 4.0]), -5.0)
    1.0
    """
    length = float(np.linalg.norm(w))
    if length == 0.0:
        raise ValueError("w is zero, so there is no line to measure from.")
    return float(np.min(y * (X @ w + b))) / length


def mistake_bound(X: Array, y: Array, w: Array, b: float) -> float:
    """Return Novikoff's bound (R / gamma)^2 on the mistakes of a perceptron, from one separator.

    The bias is a weight like any other, on a feature that is always 1. The theorem holds for
    those longer samples (x, 1): R is the length of the longest of them, gamma the distance to
    the nearest of them from the plane with the weights (w, b) through the origin.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    w, b : ndarray of shape (n_features,), float
        Any line that separates the classes; the wider its margin, the tighter the bound.

    Raises
    ------
    ValueError
        If the line does not separate them: the bound says nothing then.

    Examples
    --------
    >>> X, y = np.array([[-2.0], [2.0]]), np.array([-1.0, 1.0])
    >>> mistake_bound(X, y, np.array([1.0]), 0.0)
    1.25
    """
    X1 = np.column_stack([X, np.ones(len(X))])  # (n_samples, n_features + 1)
    gamma = margin(X1, y, np.append(w, b), 0.0)
    if gamma <= 0.0:
        raise ValueError("This line does not separate the classes, so it gives no bound.")
    return float(np.max(np.sum(X1**2, axis=1))) / gamma**2


def rules_out_a_line(X: Array, y: Array, counts: NDArray[np.intp]) -> bool:
    """Return whether ``counts`` of mistakes prove that no line separates the classes.

    Suppose that a perceptron, somewhere in its training, comes back to weights it had before,
    and made ``counts[i]`` mistakes on sample i in between: its moves have cancelled, those of
    w and those of b. A separating line cannot exist then, for every one of those moves would
    have turned the weights further towards it.

    Parameters
    ----------
    X, y : ndarray of shape (n_samples, n_features), ndarray of shape (n_samples,)
        Samples, and their labels +1 or -1.
    counts : ndarray of int of shape (n_samples,)

    Returns
    -------
    bool
        True if the moves cancel exactly, as sums of whole numbers can; it is a proof, so
        nothing is forgiven. False if they do not, if a count is negative, or if all are zero:
        such counts prove nothing.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> rules_out_a_line(X, np.array([-1.0, 1.0, 1.0, -1.0]), np.array([1, 1, 1, 1]))  # XOR
    True
    """
    if np.any(counts < 0) or not np.any(counts):
        return False
    moves = counts * y
    return bool(np.all(moves @ X == 0.0) and np.sum(moves) == 0.0)


class Perceptron(Classifier, Estimator):
    """Rosenblatt's perceptron; with more than two classes, one of each class against the rest.

    Parameters
    ----------
    learning_rate : float
        Size of a step. From weights of zero it scales them and changes no prediction.
    max_iter : int
        The most passes over the data. On data that no line separates, all are made.
    average : bool
        Whether to keep the average of the weights over all steps instead of the last, which
        is steadier where no line separates the classes. Makes all ``max_iter`` passes.
    shuffle : bool
        Whether to visit the samples in a new order each pass.
    random_state : int, numpy.random.Generator or None
        Decides the orders.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
    intercept_ : ndarray of shape (1,) or (n_classes,)
    mistakes_ : list of list of int
        For each row of ``coef_``, the mistakes of each pass.
    n_iter_ : int
        The most passes any of them made.
    converged_ : bool
        Whether each of them ended with a pass free of mistakes.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> model = Perceptron(random_state=0).fit(X, ["off", "on", "on", "on"])  # OR
    >>> model.predict(X).tolist(), model.converged_
    (['off', 'on', 'on', 'on'], True)
    """

    def __init__(
        self,
        learning_rate: float = 1.0,
        *,
        max_iter: int = 100,
        average: bool = False,
        shuffle: bool = True,
        random_state: int | np.random.Generator | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.average = average
        self.shuffle = shuffle
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from ``X`` of shape (n_samples, n_features) and the labels ``y``."""
        X, classes, codes = check_X_labels(self, X, y)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("max_iter", self.max_iter, at_least=1, whole=True)
        rng = check_random_state(self.random_state) if self.shuffle else None
        method = train_averaged if self.average else train
        positives = [1] if len(classes) == 2 else range(len(classes))
        fits = [
            method(X, np.where(codes == k, 1.0, -1.0), self.learning_rate, self.max_iter, rng)
            for k in positives
        ]
        self.classes_ = classes
        self.coef_ = np.array([w for w, _, _ in fits])
        self.intercept_ = np.array([b for _, b, _ in fits])
        self.mistakes_ = [mistakes for _, _, mistakes in fits]
        self.n_iter_ = max(len(mistakes) for mistakes in self.mistakes_)
        self.converged_ = all(mistakes[-1] == 0 for mistakes in self.mistakes_)
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the scores: of shape (n_samples,) for two classes, else one column for each."""
        X = check_X(self, X)
        scores = X @ self.coef_.T + self.intercept_  # (n_samples, 1 or n_classes)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label of each sample: of the second class above 0, or of the top score."""
        scores = self.decision_function(X)
        codes = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[codes]
