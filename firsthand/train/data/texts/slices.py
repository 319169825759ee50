"""Groups of texts by which a report breaks results down: length, and the file they came from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part
    from firsthand.train.data.texts.corpus import Corpus as Files
    from firsthand.train.data.texts.examples import Corpus

MOST_FILES = 20  # more files than this are a file a text


def slices_of(
    corpus: Files, rows: dict[Part, NDArray[np.int64]]
) -> dict[str, dict[Part, list[str]]]:
    """Return the length of every text, in quarters of the training part, and its file."""
    edges = edges_of(corpus, rows["train"])
    slices: dict[str, dict[Part, list[str]]] = {
        "length": {part: lengths_of(corpus, chosen, edges) for part, chosen in rows.items()}
    }
    if 1 < len(corpus.files) <= MOST_FILES:
        file_of = corpus.file_of
        slices["file"] = {
            part: [corpus.files[i].name for i in file_of[chosen]] for part, chosen in rows.items()
        }
    return slices


def edges_of(corpus: Corpus, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of words that part the texts of rows into quarters."""
    return np.unique(np.quantile(_n_words(corpus, rows), [0.25, 0.5, 0.75]).astype(int))


def lengths_of(corpus: Corpus, rows: NDArray[np.int64], edges: NDArray[np.int64]) -> list[str]:
    """Return the name of the group of each row's text."""
    names = _names(edges)
    return [names[i] for i in np.searchsorted(edges, _n_words(corpus, rows))]


def _n_words(corpus: Corpus, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([len(corpus.text(row).split()) for row in rows.tolist()], np.int64)


def _names(edges: NDArray[np.int64]) -> list[str]:
    """Return the names of the groups that edges part, each edge in the lower one."""
    first = f"up to {edges[0]} words"
    between = [f"{a + 1} to {b} words" for a, b in pairwise(edges.tolist())]
    return [first, *between, f"more than {edges[-1]} words"]
