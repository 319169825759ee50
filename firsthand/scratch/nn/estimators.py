"""The perceptron with hidden layers as two estimators, trained by mini-batch gradient descent.

    each epoch: shuffle, cut into batches, and for each batch
        forward, dZ at the scores, backward, one step over the flat parameters

Both train on standardised features (the regressor on standardised targets, too), so that one
learning rate suits every unit. Standardising is linear and so are the first and the last layer:
at the end it is folded into them, and ``coefs_`` apply to X as it came.

    (X - mean) / scale W + b  =  X (W / scale) + (b - mean / scale W)

The classifier learns by cross-entropy, the regressor by the mean squared error. Their
counterparts are scikit-learn's classes of the same names with ``solver="sgd"`` and no momentum.
Their penalty is on ``W`` alone; ``weight_decay`` pulls at ``b`` as well, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Classifier, Estimator, Regressor
from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.losses import mean_squared_error, mean_squared_error_backward
from firsthand.scratch.nn.mlp import (
    cross_entropy,
    cross_entropy_backward,
    forward_deep,
    log_softmax,
    sgd_step,
)
from firsthand.scratch.nn.models.mlp import MLP
from firsthand.scratch.validation import (
    check_number,
    check_random_state,
    check_X,
    check_X_labels,
    check_X_y,
)

__all__ = ["MLPClassifier", "MLPRegressor"]

Array = NDArray[Any]


class MLPClassifier(Classifier, Estimator):
    """Multi-layer perceptron that gives a probability to each class.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default (32,)
        Units of each hidden layer; empty makes softmax regression.
    activation : "relu" or "tanh", default "relu"
    learning_rate : float, default 0.1
    weight_decay : float, default 0
        Pull of every parameter towards 0, as a part of itself, times the learning rate, a step.
    batch_size : int, default 32
        Samples a step; cut to the number of samples.
    max_iter : int, default 200
        Epochs, all of which are run.
    random_state : int, numpy.random.Generator or None, default 0
        Draws the weights and the shuffles; None makes every fit another.

    Attributes
    ----------
    coefs_, intercepts_ : list of ndarray
        W of shape (n_in, n_out) and b of shape (n_out,), layer by layer.
    loss_curve_ : ndarray of shape (max_iter,)
        Mean loss over the batches of each epoch, each taken before its step.
    n_iter_ : int
        Epochs that were run.
    classes_ : ndarray of shape (n_classes,)

    Examples
    --------
    >>> X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), [0, 1, 1, 0]
    >>> MLPClassifier((8,), "tanh").fit(X, y).predict(X)
    array([0, 1, 1, 0])
    """

    coefs_: list[Array]
    intercepts_: list[Array]
    loss_curve_: Array
    n_iter_: int

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (32,),
        activation: str = "relu",
        learning_rate: float = 0.1,
        weight_decay: float = 0.0,
        batch_size: int = 32,
        max_iter: int = 200,
        random_state: int | np.random.Generator | None = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train from new weights on labels ``y`` of shape (n_samples,)."""
        inputs, self.classes_, codes = check_X_labels(self, X, y)
        _train(self, inputs, codes, len(self.classes_), cross_entropy, cross_entropy_backward)
        return self

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return log-probabilities of shape (n_samples, n_classes)."""
        return log_softmax(_scores(self, check_X(self, X)))

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return probabilities of shape (n_samples, n_classes); rows add to one."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: ArrayLike) -> Array:
        """Return the most probable label of each sample."""
        best = self.predict_log_proba(X).argmax(axis=-1)
        return self.classes_[best]


class MLPRegressor(Regressor, Estimator):
    """Multi-layer perceptron whose one output is a number.

    Parameters
    ----------
    hidden_layer_sizes, activation, learning_rate, weight_decay, batch_size, max_iter, random_state
        As for :class:`MLPClassifier`; here ``learning_rate`` is 0.02 by default, since the slope of
        a square grows with the error.

    Attributes
    ----------
    coefs_, intercepts_, loss_curve_, n_iter_
        As for :class:`MLPClassifier`; the loss is that of the standardised targets.
    """

    coefs_: list[Array]
    intercepts_: list[Array]
    loss_curve_: Array
    n_iter_: int

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (32,),
        activation: str = "relu",
        learning_rate: float = 0.02,
        weight_decay: float = 0.0,
        batch_size: int = 32,
        max_iter: int = 200,
        random_state: int | np.random.Generator | None = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train from new weights on targets ``y`` of shape (n_samples,)."""
        inputs, target = check_X_y(self, X, y)
        mean, scale = _standard(target)
        Y = (target[:, None] - mean) / scale  # (n_samples, 1)
        _train(self, inputs, Y, 1, mean_squared_error, mean_squared_error_backward)
        self.coefs_[-1] *= scale
        self.intercepts_[-1][...] = self.intercepts_[-1] * scale + mean
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return a number for each sample, in the unit of the targets."""
        return _scores(self, check_X(self, X))[:, 0]


def _scores(model: MLPClassifier | MLPRegressor, X: Array) -> Array:
    layers = list(zip(model.coefs_, model.intercepts_, strict=True))
    return forward_deep(X, layers, model.activation)[-1]


def _train(
    model: MLPClassifier | MLPRegressor,
    data: Array,
    y: Array,
    n_outputs: int,
    loss: Callable[[Array, Array], Any],
    loss_backward: Callable[[Array, Array], Array],
) -> None:
    """Run the epochs and leave what was learned on the model."""
    check_number("learning_rate", model.learning_rate, above=0)
    check_number("weight_decay", model.weight_decay, at_least=0)
    check_number("batch_size", model.batch_size, at_least=1, whole=True)
    check_number("max_iter", model.max_iter, at_least=1, whole=True)
    for size in model.hidden_layer_sizes:
        check_number("every hidden layer's size", size, at_least=1, whole=True)
    rng = check_random_state(model.random_state)
    mean, scale = _standard(data)
    X = np.ascontiguousarray((data - mean) / scale)
    sizes = [X.shape[1], *model.hidden_layer_sizes, n_outputs]
    network = MLP(sizes, activation=model.activation, random_state=rng)
    theta, gradient = network.parameters.flat, network.gradients.flat
    curve: list[float] = []
    for epoch in range(model.max_iter):
        order = rng.permutation(len(X))
        total = 0.0
        for start in range(0, len(X), model.batch_size):
            batch = order[start : start + model.batch_size]
            with np.errstate(over="ignore", invalid="ignore"):  # told below, in words
                Z = network.forward(X[batch])
                total += float(loss(Z, y[batch])) * len(batch)
                network.backward(loss_backward(Z, y[batch]))
                sgd_step(theta, gradient, model.learning_rate, model.weight_decay)
        if not np.isfinite(total):
            raise DataError(
                f"The loss is no longer finite in epoch {epoch + 1}: the steps are too long for "
                f"this data. Lower learning_rate, which is {model.learning_rate:g}."
            )
        curve.append(total / len(X))
    model.coefs_ = [W.copy() for W, _ in network.layers]
    model.intercepts_ = [b.copy() for _, b in network.layers]
    model.coefs_[0] /= scale[:, None]
    model.intercepts_[0] -= mean @ model.coefs_[0]
    model.loss_curve_ = np.array(curve)
    model.n_iter_ = model.max_iter


def _standard(values: Array) -> tuple[Any, Any]:
    """Return the mean and the standard deviation down the samples; 1 where there is none."""
    scale = values.std(axis=0)
    return values.mean(axis=0), np.where(scale > 0, scale, 1.0)
