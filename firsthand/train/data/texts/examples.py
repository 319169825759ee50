"""Texts as `contract.Examples`: encoded in memory, or read from the disk batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from firsthand.train.data.texts.encoding import Encoder, padded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.texts.features import Features


class Corpus(Protocol):
    """All texts of a data set, of every part."""

    def text(self, row: int) -> str:
        """Return the text of a row."""
        ...

    def place(self, row: int) -> str:
        """Return where it stands: a file and its line."""
        ...


@dataclass(frozen=True)
class Texts:
    """One part of a corpus. See `contract.Examples`.

    Attributes
    ----------
    corpus : Corpus
    rows : ndarray of int64, shape (n_examples,)
        Which rows of the corpus it holds.
    labels : ndarray of int64, shape (n_examples,)
    encoder : Encoder
    features_of : Features
        TF-IDF, fitted on the training part.
    tokens : sequence of ndarray, optional
        The encoded texts, where they are kept in memory.
    """

    corpus: Corpus
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    encoder: Encoder
    features_of: Features
    tokens: Sequence[NDArray[np.int32]] | None = None

    @property
    def in_memory(self) -> bool:
        """Whether `batch` takes no reading of files."""
        return self.tokens is not None

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (tokens (n, longest of them), classes (n,)) of the examples at ``index``."""
        if self.tokens is None:
            chosen = [self.encoder(self.text(i)) for i in index.tolist()]
        else:
            chosen = [self.tokens[i] for i in index.tolist()]
        return padded(chosen), torch.from_numpy(self.labels[index])

    def source(self, i: int) -> str:
        """Return the file and the line of example ``i``."""
        return self.corpus.place(int(self.rows[i]))

    def text(self, i: int) -> str:
        """Return example ``i`` as it was written."""
        return self.corpus.text(int(self.rows[i]))

    def features(self, index: NDArray[np.int64]) -> Any:
        """Return TF-IDF of words and pairs of words: a sparse matrix (n, d)."""
        return self.features_of(self.text(i) for i in index.tolist())
