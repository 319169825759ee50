"""From a text to the numbers of its tokens, by what was fitted on the training part.

Token 0 pads, token 1 is any that the vocabulary has not. A text without a token is one unknown
token, so that no row of a batch is nothing but padding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from firsthand.train.data.texts.subwords import Subwords, learn
from firsthand.train.data.texts.tokens import characters, words

PAD, UNKNOWN = 0, 1
SPECIAL = ("<pad>", "<unknown>")


def fit(
    texts: Callable[[], Iterable[str]],
    tokens: str,
    size: int,
    *,
    length: int,
    lowercase: bool,
    minimum: int,
) -> dict[str, Any]:
    """Return the vocabulary of the training texts, as plain values.

    Parameters
    ----------
    texts : function
        Goes through the training texts, each time it is called.
    tokens : {"words", "characters", "subwords"}
    size : int
        At most so many tokens, with the two special ones.
    length : int
        To which texts are cut.
    lowercase : bool
    minimum : int
        Tokens that came less often are unknown.
    """
    preparation: dict[str, Any] = {"tokens": tokens, "lowercase": lowercase, "length": length}
    if tokens == "subwords":
        all_words = Counter(w for text in texts() for w in words(text, lowercase=lowercase))
        letters = {letter for word in all_words for letter in word}
        preparation["merges"] = learn(all_words, max(size - len(SPECIAL) - len(letters) - 1, 0))
    tokenize = tokenizer(preparation)
    counts = Counter(token for text in texts() for token in tokenize(text))
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    known = [token for token, count in frequent if count >= minimum]
    return preparation | {"vocabulary": [*SPECIAL, *known[: size - len(SPECIAL)]]}


def tokenizer(preparation: dict[str, Any]) -> Callable[[str], list[str]]:
    """Return the function from a text to its tokens."""
    lowercase = preparation["lowercase"]
    if preparation["tokens"] == "subwords":
        apart = Subwords(preparation["merges"])
        return lambda text: [p for w in words(text, lowercase=lowercase) for p in apart(w)]
    split = characters if preparation["tokens"] == "characters" else words
    return lambda text: split(text, lowercase=lowercase)


class Encoder:
    """From texts to numbers of tokens.

    Parameters
    ----------
    preparation : dict
        What `fit` returned.
    """

    def __init__(self, preparation: dict[str, Any]):
        self.tokenize = tokenizer(preparation)
        self.length: int = preparation["length"]
        self.number = {token: i for i, token in enumerate(preparation["vocabulary"])}

    def __call__(self, text: str) -> NDArray[np.int32]:
        """Return the numbers of a text's tokens, at most ``length`` and at least one."""
        number = self.number
        found = [number.get(token, UNKNOWN) for token in self.tokenize(text)[: self.length]]
        return np.array(found or [UNKNOWN], np.int32)


def padded(rows: Sequence[NDArray[np.int32]]) -> torch.Tensor:
    """Return rows of tokens as one tensor (n, longest) of int64, zeros after the shorter ones."""
    together = np.zeros((len(rows), max(map(len, rows), default=0)), np.int64)
    for i, row in enumerate(rows):
        together[i, : len(row)] = row
    return torch.from_numpy(together)


def prepare(texts: Sequence[str], preparation: dict[str, Any]) -> torch.Tensor:
    """Return raw texts as a model takes them: tokens of shape (n, longest of them), int64."""
    encode = Encoder(preparation)
    return padded([encode(text) for text in texts])
