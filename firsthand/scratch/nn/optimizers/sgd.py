r"""Gradient descent with momentum: a ball that rolls, instead of a walker who forgets.

    g <- gradient + weight_decay theta
    v <- momentum v + g
    theta <- theta - learning_rate v                              momentum
    theta <- theta - learning_rate (g + momentum v)               Nesterov: look where it will be

Without momentum it is ``mlp.sgd_step``. Polyak (1964); Sutskever et al., On the importance of
initialization and momentum in deep learning (2013); ``torch.optim.SGD``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.mlp import sgd_step
from firsthand.scratch.nn.optimizers.optimizer import Optimizer, Rate
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def momentum_step(
    theta: Array,
    gradient: Array,
    velocity: Array,
    learning_rate: Rate,
    momentum: float = 0.9,
    *,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> None:
    """Step with momentum, changing ``theta`` and ``velocity`` in place.

    Parameters
    ----------
    theta, gradient, velocity : arrays of shape (..., n_parameters)
        ``velocity`` is zeros before the first step. ``gradient`` stays as it is.
    learning_rate : float, or array of shape (..., 1)
    momentum : float
        The part of the velocity that is left after a step.
    nesterov : bool
        Whether to step as from where the velocity leads.
    weight_decay : float
        Pull of every parameter towards 0.
    """
    g = gradient + weight_decay * theta if weight_decay else gradient
    velocity *= momentum
    velocity += g
    theta -= learning_rate * (g + momentum * velocity if nesterov else velocity)


class SGD(Optimizer):
    """Gradient descent, with momentum where asked.

    Parameters
    ----------
    learning_rate : float, or array of shape (*trials, 1), default 0.01
    momentum : float, default 0
        From 0 to less than 1.
    nesterov : bool, default False
        Needs momentum.
    weight_decay : float, default 0
    """

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate)
        check_number("momentum", momentum, at_least=0, at_most=1 - 1e-12)
        check_number("weight_decay", weight_decay, at_least=0)
        if nesterov and not momentum:
            raise ParameterError("nesterov looks ahead along momentum, which is 0; set it above.")
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay
        self.remembers = ("velocity",) if momentum else ()

    def rule(self, theta: Array, gradient: Array) -> None:
        if not self.momentum:
            sgd_step(theta, gradient, self.learning_rate, self.weight_decay)
            return
        momentum_step(
            *(theta, gradient, self.memory["velocity"], self.learning_rate, self.momentum),
            nesterov=self.nesterov,
            weight_decay=self.weight_decay,
        )
