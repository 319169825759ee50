r"""Generation: a text that a model writes, token by token, each chosen by what stands before it.

    Z = scores of what follows x_1 ... x_t
    x_t+1 drawn from softmax(Z / temperature), of the top k or the top p

What is drawn is read in turn. A model that remembers what it has read, keys and values or a state,
reads only the newest token each time; what comes out is the same.
"""

from __future__ import annotations

from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.sampling import Sampler, surprises
from firsthand.scratch.validation import check_number, check_random_state

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]


@runtime_checkable
class NextToken(Protocol):
    """A module that can tell what follows, as :class:`~firsthand.scratch.nn.models.GPT` can."""

    def scores_of_next(self, tokens: Indices, *, cache: bool) -> Array:
        """Return scores (n_samples, n_tokens) of what follows ``tokens`` (n_samples, n_steps).

        With ``cache`` the tokens are those of the last call and one more, and what was computed
        for them is remembered, from the first call after :meth:`stop_cache`.
        """
        ...

    def stop_cache(self) -> None:
        """Forget what is remembered."""
        ...


def generate(
    network: Network,
    prompt: Indices,
    n_tokens: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    random_state: int | np.random.Generator | None = 0,
    cache: bool = True,
) -> Indices:
    """Return ``n_tokens`` tokens for each prompt.

    Parameters
    ----------
    network : Network
        Around a model of tokens, without trials. Meanwhile it is in the mode that predicts.
    prompt : array of int, shape (n_samples, n_steps)
        What the texts start with.
    n_tokens : int
    temperature, top_k, top_p : see :class:`~firsthand.scratch.nn.sampling.Sampler`
    random_state : int, numpy.random.Generator or None
    cache : bool, default True
        Whether the model remembers what it has read, or reads all of it for every token.

    Returns
    -------
    array of int, shape (n_samples, n_tokens)

    Raises
    ------
    ParameterError
        If the network is none of tokens.
    DataError
        If the prompt is empty or holds what is no token, or the scores are no numbers.

    Examples
    --------
    >>> from firsthand.scratch.nn.models import GPT
    >>> network = Network(GPT(5, context=8, n_features=12, n_heads=2, n_layers=2))
    >>> generate(network, np.array([[0, 3]]), 4).shape
    (1, 4)
    """
    check_number("n_tokens", n_tokens, at_least=0, whole=True)
    if not isinstance(network.module, NextToken) or network.trials:
        raise ParameterError(
            f"generate needs a model of tokens without trials, such as a GPT; got {network}."
        )
    model = cast(NextToken, network.module)
    tokens = np.asarray(prompt)
    if tokens.ndim != 2 or not tokens.size:
        raise DataError(
            f"The prompt has shape {tokens.shape}, needs (n_samples, n_steps), a step at least."
        )
    if tokens.dtype.kind not in "iu":
        raise DataTypeError(f"The prompt is of {tokens.dtype}, needs an array of whole numbers.")
    tokens = tokens.astype(np.int64)
    choose, rng = Sampler(temperature, top_k, top_p), check_random_state(random_state)
    training, n_given = network.training, tokens.shape[1]
    network.eval()
    model.stop_cache()  # what somebody else had it read is no part of this text
    try:
        for _ in range(n_tokens):
            Z = model.scores_of_next(tokens, cache=cache)
            tokens = np.concatenate([tokens, choose(Z, rng)[:, None]], axis=1)
    finally:
        model.stop_cache()
        if training:
            network.train()
    return tokens[:, n_given:]


def measure_surprises(
    network: Network, X: Indices, y: Indices, batch_size: int = 64
) -> NDArray[np.float64]:
    """Return what each token of ``y`` costs, in nats, (n_samples, n_steps), while it predicts.

    Parameters
    ----------
    network : Network
        Around a model of tokens, without trials; its mode is put back.
    X, y : arrays of int, shape (n_samples, n_steps)
        What is read, and what comes next. Where y is -1 nothing does, and it costs 0.
    batch_size : int
    """
    training = network.training
    network.eval()
    cost = np.empty(y.shape)
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        Z = network.forward(X[rows]).astype(np.float64)
        cost[rows] = np.where(y[rows] < 0, 0, surprises(Z, y[rows]))
    if training:
        network.train()
    return cost
