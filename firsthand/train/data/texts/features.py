"""What classical baselines learn from: TF-IDF of tokens and pairs of neighbours.

Fitted on the training part alone, and only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any


class Features:
    """TF-IDF with sublinear counts: (1 + log count) * (1 + log((1 + n) / (1 + texts with it))).

    Parameters
    ----------
    training_texts : function
        Goes through the training texts.
    tokenize : function from a text to its tokens
    """

    def __init__(
        self,
        training_texts: Callable[[], Iterable[str]],
        tokenize: Callable[[str], list[str]],
    ):
        self.training_texts, self.tokenize = training_texts, tokenize
        self._fitted: Any = None

    def __call__(self, texts: Iterable[str]) -> Any:
        """Return a sparse matrix (n_texts, n_features), float32, rows of length 1."""
        if self._fitted is None:
            from sklearn.feature_extraction.text import TfidfVectorizer

            analyzer: Any = self._grams  # a function is welcome; the stubs know only names
            self._fitted = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True).fit(
                self.training_texts()
            )
        return self._fitted.transform(texts).astype("float32")

    def _grams(self, text: str) -> list[str]:
        """Return the tokens of a text and the pairs of neighbours."""
        tokens = self.tokenize(text)
        return tokens + [f"{a} {b}" for a, b in pairwise(tokens)]
