"""Groups of texts by which a report breaks results down: length, and the file they came from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part
    from firsthand.train.data.texts.corpus import Corpus

MOST_FILES = 20  # more files than this are a file a text


def slices_of(
    corpus: Corpus, rows: dict[Part, NDArray[np.int64]]
) -> dict[str, dict[Part, list[str]]]:
    """Return the length of every text, in quarters of the training part, and its file."""
    n_words: dict[Part, NDArray[np.int64]] = {
        part: np.array([len(text.split()) for text in corpus.texts(chosen)])
        for part, chosen in rows.items()
    }
    edges = np.unique(np.quantile(n_words["train"], [0.25, 0.5, 0.75]).astype(int))
    names = _names(edges)
    slices: dict[str, dict[Part, list[str]]] = {
        "length": {
            part: [names[i] for i in np.searchsorted(edges, counts)]
            for part, counts in n_words.items()
        }
    }
    if 1 < len(corpus.files) <= MOST_FILES:
        file_of = corpus.file_of
        slices["file"] = {
            part: [corpus.files[i].name for i in file_of[chosen]] for part, chosen in rows.items()
        }
    return slices


def _names(edges: NDArray[np.int64]) -> list[str]:
    """Return the names of the groups that edges part, each edge in the lower one."""
    first = f"up to {edges[0]} words"
    between = [f"{a + 1} to {b} words" for a, b in pairwise(edges.tolist())]
    return [first, *between, f"more than {edges[-1]} words"]
