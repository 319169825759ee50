"""An optimizer: steps over the flat parameters of a network, in place; it never differentiates.

    optimizer = Adam(learning_rate=1e-3)
    network.backward(dZ)
    optimizer.step(network.parameters.flat, network.gradients.flat)

The functions of this folder are the rules, one a file; the classes keep what a rule remembers
between steps. ``learning_rate`` may be changed at any time, by a schedule or by hand; with trials
it may be an array of shape (T, 1), a rate for each network.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy, deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import check_number

Array = NDArray[np.floating[Any]]
Rate = float | Array


class Optimizer:
    """Base of every optimizer: its memory, made at the first step, and its state.

    Attributes
    ----------
    learning_rate : float, or array of shape (*trials, 1)
    t : int
        Steps taken.
    memory : dict of str to ndarray
        What the rule remembers, each of the parameters' shape; zeros at first.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, learning_rate: Rate) -> None:
        for rate in np.ravel(learning_rate).tolist():
            check_number("learning_rate", rate, at_least=0)
        self.learning_rate = learning_rate
        self.t = 0
        self.memory: dict[str, Array] = {}

    def rule(self, theta: Array, gradient: Array) -> None:
        """Change ``theta`` in place; ``gradient`` stays as it is. ``t`` counts this step."""
        raise NotImplementedError

    def step(self, theta: Array, gradient: Array) -> None:
        """Take one step over flat parameters, given their gradients.

        Raises
        ------
        DataError
            If the shapes differ from each other, or from those of the steps before.
        """
        if theta.shape != gradient.shape:
            raise DataError(f"theta has shape {theta.shape}, its gradient {gradient.shape}.")
        for name in self.remembers:
            if name not in self.memory:
                self.memory[name] = np.zeros_like(theta)
            elif self.memory[name].shape != theta.shape:
                raise DataError(
                    f"{type(self).__name__} has stepped over shape {self.memory[name].shape}, "
                    f"and now got {theta.shape}; make one optimizer for each network."
                )
        self.t += 1
        self.rule(theta, gradient)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of what it takes to go on from here."""
        own = {"rule": type(self).__name__, "t": self.t, "learning_rate": self.learning_rate}
        return deepcopy({**own, **self.memory})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where ``state`` was taken.

        Raises
        ------
        DataError
            If it is another optimizer's, or lacks what this one remembers.
        """
        rule, remembered = type(self).__name__, self.remembers if state.get("t") else ()
        if state.get("rule") != rule or set(state) != {"rule", "t", "learning_rate", *remembered}:
            raise DataError(
                f"{rule} needs a state of its own, with what it remembers, "
                f"{', '.join(self.remembers) or 'nothing'}; got {', '.join(map(str, state))}."
            )
        self.t, self.learning_rate = state["t"], copy(state["learning_rate"])
        self.memory = {name: state[name].copy() for name in remembered}
