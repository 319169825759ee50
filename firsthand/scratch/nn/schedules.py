r"""Schedules: the learning rate as a function of how far training is.

    step decay          eta_t = eta gamma^floor(t / every)
    exponential         eta_t = eta gamma^t
    cosine              eta_t = least + (eta - least) (1 + cos(pi t / n)) / 2
    warm restarts       the cosine again and again, over n, n f, n f^2, ... steps
    warm-up             eta_t = eta (start + (1 - start) min(t, n) / n)
    one-cycle           up to eta by a cosine, and down to almost nothing by another
    plateau             eta <- eta factor, when the loss has not improved for a while

All but the last are pure functions of the step t = 0, 1, ...: set ``optimizer.learning_rate`` to
what they return. Loshchilov & Hutter, SGDR (2017); Smith, Super-convergence (2018);
``torch.optim.lr_scheduler``.
"""

from __future__ import annotations

import math

from firsthand.scratch.validation import check_number


def step_decay(t: int, rate: float, every: int, gamma: float = 0.1) -> float:
    """Return ``rate`` times ``gamma`` for each time that ``every`` steps have passed."""
    return rate * gamma ** (t // every)


def exponential_decay(t: int, rate: float, gamma: float) -> float:
    """Return ``rate`` times ``gamma`` to the power of ``t``."""
    return rate * gamma**t


def cosine(t: int, rate: float, n_steps: int, least: float = 0.0) -> float:
    """Return the rate on half a cosine: ``rate`` at 0, ``least`` at ``n_steps`` and after."""
    share = min(t / n_steps, 1.0)
    return least + (rate - least) * (1 + math.cos(math.pi * share)) / 2


def cosine_with_restarts(
    t: int, rate: float, n_steps: int, factor: int = 1, least: float = 0.0
) -> float:
    """Return the rate on a cosine over ``n_steps``, then over ``factor`` times as many, ..."""
    check_number("n_steps", n_steps, at_least=1, whole=True)
    check_number("factor", factor, at_least=1, whole=True)
    while t >= n_steps:
        t, n_steps = t - n_steps, n_steps * factor
    return cosine(t, rate, n_steps, least)


def warm_up(t: int, rate: float, n_steps: int, start: float = 0.0) -> float:
    """Return the rate on a line from ``start rate`` at 0 to ``rate`` at ``n_steps``, and after."""
    return rate * (start + (1 - start) * min(t / n_steps, 1.0))


def one_cycle(
    t: int,
    rate: float,
    n_steps: int,
    rising: float = 0.3,
    first: float = 25.0,
    last: float = 1e4,
) -> float:
    """Return the rate of one cycle of ``n_steps`` steps, whose last is ``n_steps`` - 1.

    Parameters
    ----------
    t : int
    rate : float
        The highest.
    n_steps : int
        Steps in all.
    rising : float
        The part of them in which the rate rises.
    first, last : float
        It starts at rate / first, and ends at rate / first / last.

    Raises
    ------
    ParameterError
        If ``t`` is none of its steps.
    """
    check_number("t", t, at_least=0, at_most=n_steps - 1, whole=True)
    top = rising * n_steps - 1
    if t <= top and top > 0:  # the highest may be the first
        return cosine_between(rate / first, rate, t / top)
    return cosine_between(rate, rate / first / last, (t - top) / (n_steps - 1 - top))


def cosine_between(start: float, end: float, share: float) -> float:
    """Return the value at ``share`` in [0, 1] on half a cosine from ``start`` to ``end``."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


class Plateau:
    """Lower the rate when the loss stops falling.

    Parameters
    ----------
    rate : float
        What it starts with.
    factor : float, default 0.1
        What the rate is multiplied by, below 1.
    patience : int, default 10
        How many looks without improvement are borne; the next one lowers the rate.
    threshold : float, default 1e-4
        An improvement is a loss below (1 - threshold) times the best.
    least : float, default 0
        The rate never falls below it.

    Attributes
    ----------
    rate : float
        What it is now.
    best : float
        The least loss that counted as an improvement.
    waited : int
        Looks since then, or since the rate was lowered.
    """

    def __init__(
        self,
        rate: float,
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        least: float = 0.0,
    ) -> None:
        check_number("rate", rate, above=0)
        check_number("factor", factor, above=0, at_most=1)
        check_number("patience", patience, at_least=0, whole=True)
        self.rate, self.factor, self.patience = rate, factor, patience
        self.threshold, self.least = threshold, least
        self.best, self.waited = math.inf, 0

    def step(self, loss: float) -> float:
        """Look at the newest loss and return the rate from here on."""
        if loss < self.best * (1 - self.threshold):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited > self.patience:
            self.rate, self.waited = max(self.rate * self.factor, self.least), 0
        return self.rate
