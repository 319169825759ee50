r"""Text as numbers: a vocabulary of characters, and the windows that a model learns from.

text       "to be"          vocabulary   " beot"
tokens      4 3 0 1 2       each character's place in the vocabulary
X           4 3 0 1         y is X one step later: at every place the model says
y           3 0 1 2         what comes next
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.validation import check_number

Indices = NDArray[np.integer[Any]]


def make_vocabulary(text: str) -> str:
    """Return the characters of ``text``, each once, sorted.

    Examples
    --------
    >>> make_vocabulary("to be")
    ' beot'
    """
    return "".join(sorted(set(text)))


def encode(text: str, vocabulary: str) -> Indices:
    """Return the place of each character in the vocabulary, (n_characters,).

    Raises
    ------
    DataError
        If a character is not in it; the message says which, and where.

    Examples
    --------
    >>> encode("to be", " beot")
    array([4, 3, 0, 1, 2])
    """
    place = {character: i for i, character in enumerate(vocabulary)}
    try:
        return np.array([place[character] for character in text], np.int64)
    except KeyError as error:
        unknown = error.args[0]
        raise DataError(
            f"Character {text.index(unknown)} of the text is {unknown!r}, which is not among the "
            f"{len(vocabulary)} of the vocabulary; leave it out, or make one of all the text."
        ) from None


def decode(tokens: Indices, vocabulary: str) -> str:
    """Return the text that a row of tokens stands for.

    Raises
    ------
    DataError
        If a token is none of the vocabulary.

    Examples
    --------
    >>> decode(np.array([4, 3, 0, 1, 2]), " beot")
    'to be'
    """
    wrong = [token for token in tokens if not 0 <= token < len(vocabulary)]
    if wrong:
        raise DataError(
            f"The token {wrong[0]} stands for nothing: the vocabulary's {len(vocabulary)} "
            f"characters go from 0 to {len(vocabulary) - 1}."
        )
    return "".join(vocabulary[token] for token in tokens)


def windows(tokens: Indices, starts: Indices, n_steps: int) -> tuple[Indices, Indices]:
    """Return (X, y), each (n_samples, n_steps): the windows at ``starts``, and one step later.

    Raises
    ------
    DataError
        If there are no starts, or a window and the token after it do not fit into the tokens.
    """
    if not starts.size:
        raise DataError("There are no windows: starts is empty, or n_samples is 0; take one.")
    if starts.min() < 0 or starts.max() + n_steps >= len(tokens):
        raise DataError(
            f"{len(tokens)} tokens have no window of {n_steps} with a token after it that starts "
            f"at {starts.max() if starts.min() >= 0 else starts.min()}; take a shorter window."
        )
    places = starts[:, None] + np.arange(n_steps)
    return tokens[places], tokens[places + 1]


def random_windows(
    tokens: Indices, n_samples: int, n_steps: int, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return (X, y) of windows that start anywhere, each (n_samples, n_steps)."""
    last = max(len(tokens) - n_steps, 1)
    return windows(tokens, rng.integers(last, size=n_samples), n_steps)


def even_windows(tokens: Indices, n_samples: int, n_steps: int) -> tuple[Indices, Indices]:
    """Return (X, y) of windows spread evenly over the tokens, always the same: to measure with."""
    last = max(len(tokens) - n_steps - 1, 0)
    return windows(tokens, np.linspace(0, last, n_samples).astype(np.int64), n_steps)


def padded_words(words: Sequence[str], vocabulary: str, end: str = "\n") -> tuple[Indices, Indices]:
    """Return (X, y) of words by themselves, each (n_words, length of the longest + 1).

    X begins with ``end``, y closes with it; behind that X goes on with ``end`` and y is -1, which
    a loss with ``ignore_index=-1`` does not count.

    Examples
    --------
    >>> X, y = padded_words(["ab", "b"], "\\nab")
    >>> X.tolist(), y.tolist()
    ([[0, 1, 2], [0, 2, 0]], [[1, 2, 0], [2, 0, -1]])
    """
    if not words:
        raise DataError("There are no words to learn from.")
    stop = int(encode(end, vocabulary)[0])
    longest = max(len(word) for word in words)
    X = np.full((len(words), longest + 1), stop)
    y = np.full_like(X, -1)
    for row, word in enumerate(words):
        tokens = encode(word, vocabulary)
        X[row, 1 : len(word) + 1] = y[row, : len(word)] = tokens
        y[row, len(word)] = stop
    return X, y


def words_of(tokens: Indices, vocabulary: str, end: str = "\n") -> list[str]:
    """Return what each row of tokens (n_words, n_steps) says before its first ``end``.

    Examples
    --------
    >>> words_of(np.array([[1, 2, 0], [2, 0, 1]]), "\\nab")
    ['ab', 'b']
    """
    return [decode(row, vocabulary).partition(end)[0] for row in tokens]


def streams(tokens: Indices, n_samples: int, n_steps: int) -> Iterator[tuple[Indices, Indices]]:
    """Yield (X, y), each (n_samples, n_steps), so that row i goes on where row i ended before.

    The tokens are cut into ``n_samples`` long rows, and these into pieces: with a state that is
    carried on, a recurrent network reads all of a row, and learns within the piece (truncated
    backpropagation). What does not fill a last piece is left out.

    Examples
    --------
    >>> for X, y in streams(np.arange(9), 2, 2):
    ...     print(X.tolist(), y.tolist())
    [[0, 1], [4, 5]] [[1, 2], [5, 6]]
    [[2, 3], [6, 7]] [[3, 4], [7, 8]]
    """
    check_number("n_samples", n_samples, at_least=1, whole=True)
    check_number("n_steps", n_steps, at_least=1, whole=True)
    n_pieces = (len(tokens) - 1) // n_samples // n_steps
    if not n_pieces:
        raise DataError(
            f"{len(tokens)} tokens do not fill {n_samples} rows of {n_steps} steps and a token "
            "after them; take fewer or shorter ones."
        )
    starts = np.arange(n_samples) * ((len(tokens) - 1) // n_samples)
    for piece in range(n_pieces):
        yield windows(tokens, starts + piece * n_steps, n_steps)
