r"""Adam: momentum for the direction, RMSprop for the length, both corrected for their start.

    m <- beta_1 m + (1 - beta_1) gradient          running mean of the gradient
    v <- beta_2 v + (1 - beta_2) gradient^2        and of its square
    theta <- theta - learning_rate m' / (sqrt(v') + epsilon)
        m' = m / (1 - beta_1^t),  v' = v / (1 - beta_2^t)      they start at 0: undo that pull

AdamW pulls the parameters towards 0 beside that, theta <- (1 - learning_rate decay) theta,
instead of through the gradient, where the division would undo it. Kingma & Ba, Adam (2015);
Loshchilov & Hutter, Decoupled weight decay regularization (2019); ``torch.optim.Adam``,
``torch.optim.AdamW``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.nn.optimizers.optimizer import Optimizer, Rate
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]


def adam_step(
    theta: Array,
    gradient: Array,
    m: Array,
    v: Array,
    t: int,
    learning_rate: Rate,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
) -> None:
    """Step by Adam, changing ``theta``, ``m`` and ``v`` in place.

    Parameters
    ----------
    theta, gradient, m, v : arrays of shape (..., n_parameters)
        ``m`` and ``v`` are zeros before the first step. ``gradient`` stays as it is.
    t : int
        Which step this is, from 1.
    learning_rate : float, or array of shape (..., 1)
    beta_1, beta_2 : float
        How slowly the mean of the gradient, and of its square, forget.
    epsilon : float
        Keeps a parameter whose gradient has always been 0 where it is.
    """
    m *= beta_1
    m += (1 - beta_1) * gradient
    v *= beta_2
    v += (1 - beta_2) * gradient * gradient
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    theta -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


class Adam(Optimizer):
    """Momentum over RMSprop.

    Parameters
    ----------
    learning_rate : float, or array of shape (*trials, 1), default 1e-3
    beta_1, beta_2 : float, default 0.9 and 0.999
    epsilon : float, default 1e-8
    weight_decay : float, default 0
        Added to the gradient, times the parameter; see :class:`AdamW`.
    """

    remembers = ("m", "v")

    def __init__(
        self,
        learning_rate: Rate = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        *,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate)
        _check(beta_1, beta_2, epsilon, weight_decay)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.weight_decay = epsilon, weight_decay

    def rule(self, theta: Array, gradient: Array) -> None:
        g = gradient + self.weight_decay * theta if self.weight_decay else gradient
        m, v = self.memory["m"], self.memory["v"]
        betas = self.beta_1, self.beta_2
        fast_adam_step(theta, g, m, v, self.t, self.learning_rate, *betas, self.epsilon)


class AdamW(Optimizer):
    """Adam with the pull towards 0 beside it.

    Parameters
    ----------
    learning_rate : float, or array of shape (*trials, 1), default 1e-3
    beta_1, beta_2 : float, default 0.9 and 0.999
    epsilon : float, default 1e-8
    weight_decay : float, default 0.01
    decays : array of shape (n_parameters,), optional
        1 where a parameter decays and 0 where it does not, such as biases; by default all do.
    """

    remembers = ("m", "v")

    def __init__(
        self,
        learning_rate: Rate = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        *,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        decays: Array | None = None,
    ) -> None:
        super().__init__(learning_rate)
        _check(beta_1, beta_2, epsilon, weight_decay)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.weight_decay, self.decays = epsilon, weight_decay, decays

    def rule(self, theta: Array, gradient: Array) -> None:
        pull = self.learning_rate * self.weight_decay
        theta *= 1 - (pull if self.decays is None else pull * self.decays)
        m, v = self.memory["m"], self.memory["v"]
        betas = self.beta_1, self.beta_2
        fast_adam_step(theta, gradient, m, v, self.t, self.learning_rate, *betas, self.epsilon)


def fast_adam_step(
    theta: Array,
    gradient: Array,
    m: Array,
    v: Array,
    t: int,
    learning_rate: Rate,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """Step by Adam with fewer passes over memory; ``m`` and ``v`` lack their factors 1 - beta.

    m and v are sums here, sum beta^k gradient and its square, and one number puts all
    factors right at the end; sqrt and the division run in place in one buffer.
    """
    m *= beta_1
    m += gradient
    step = gradient * gradient
    v *= beta_2
    v += step
    if t % 256 == 0:  # subnormal numbers cost 47 times a normal multiplication
        for sums in (m, v):
            sums[np.abs(sums) < 1e4 * np.finfo(sums.dtype).tiny] = 0
    root = np.sqrt((1 - beta_2) / (1 - beta_2**t))
    np.sqrt(v, out=step)
    step += epsilon / root
    np.divide(m, step, out=step)
    step *= learning_rate * ((1 - beta_1) / (1 - beta_1**t) / root)
    theta -= step


def _check(beta_1: float, beta_2: float, epsilon: float, weight_decay: float) -> None:
    for name, beta in (("beta_1", beta_1), ("beta_2", beta_2)):
        check_number(name, beta, at_least=0, at_most=1 - 1e-12)
    check_number("epsilon", epsilon, above=0)
    check_number("weight_decay", weight_decay, at_least=0)
