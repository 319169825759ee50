r"""AdaGrad: a parameter that has been steep gets smaller steps.

    s <- s + gradient^2
    theta <- theta - learning_rate gradient / (sqrt(s) + epsilon)

s never shrinks, so the steps do: fit for convex problems and rare features. Duchi, Hazan &
Singer, Adaptive subgradient methods (2011); ``torch.optim.Adagrad``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.optimizers.optimizer import Optimizer, Rate
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def adagrad_step(
    theta: Array,
    gradient: Array,
    squares: Array,
    learning_rate: Rate,
    epsilon: float = 1e-10,
) -> None:
    """Step by AdaGrad, changing ``theta`` and ``squares`` in place.

    ``squares`` are the squared gradients so far, added up, zeros before the first step; all arrays
    have shape (..., n_parameters).
    """
    squares += gradient * gradient
    theta -= learning_rate * (gradient / (np.sqrt(squares) + epsilon))


class AdaGrad(Optimizer):
    """Steps that shrink with the squared gradients so far.

    Parameters
    ----------
    learning_rate : float, or array of shape (*trials, 1), default 0.01
    epsilon : float, default 1e-10
    weight_decay : float, default 0
        Added to the gradient, times the parameter.
    """

    remembers = ("squares",)

    def __init__(
        self, learning_rate: Rate = 0.01, *, epsilon: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(learning_rate)
        check_number("epsilon", epsilon, above=0)
        check_number("weight_decay", weight_decay, at_least=0)
        self.epsilon, self.weight_decay = epsilon, weight_decay

    def rule(self, theta: Array, gradient: Array) -> None:
        g = gradient + self.weight_decay * theta if self.weight_decay else gradient
        adagrad_step(theta, g, self.memory["squares"], self.learning_rate, self.epsilon)
