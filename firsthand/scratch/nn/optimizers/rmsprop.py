r"""RMSprop: AdaGrad that forgets, so that its steps need not shrink for ever.

    s <- alpha s + (1 - alpha) gradient^2
    theta <- theta - learning_rate gradient / (sqrt(s) + epsilon)

Tieleman & Hinton, Neural networks for machine learning, lecture 6.5 (2012);
``torch.optim.RMSprop``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.optimizers.optimizer import Optimizer, Rate
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def rmsprop_step(
    theta: Array,
    gradient: Array,
    squares: Array,
    learning_rate: Rate,
    alpha: float = 0.99,
    epsilon: float = 1e-8,
) -> None:
    """Step by RMSprop, changing ``theta`` and ``squares`` in place.

    ``squares`` is a running mean of squared gradients, zeros before the first step; all arrays
    have shape (..., n_parameters). ``alpha`` is the part of it that a step keeps.
    """
    squares *= alpha
    squares += (1 - alpha) * gradient * gradient
    theta -= learning_rate * (gradient / (np.sqrt(squares) + epsilon))


class RMSprop(Optimizer):
    """Steps of about one size, whatever the gradients' scale.

    Parameters
    ----------
    learning_rate : float, or array of shape (*trials, 1), default 0.01
    alpha : float, default 0.99
        How slowly old gradients are forgotten.
    epsilon : float, default 1e-8
    weight_decay : float, default 0
        Added to the gradient, times the parameter.
    """

    remembers = ("squares",)

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        alpha: float = 0.99,
        *,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate)
        check_number("alpha", alpha, at_least=0, at_most=1)
        check_number("epsilon", epsilon, above=0)
        check_number("weight_decay", weight_decay, at_least=0)
        self.alpha, self.epsilon, self.weight_decay = alpha, epsilon, weight_decay

    def rule(self, theta: Array, gradient: Array) -> None:
        g = gradient + self.weight_decay * theta if self.weight_decay else gradient
        squares = self.memory["squares"]
        rmsprop_step(theta, g, squares, self.learning_rate, self.alpha, self.epsilon)
