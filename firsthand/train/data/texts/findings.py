"""What is noticed in labelled texts: repeated ones, contradictory labels, rare classes, cuts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.contract import Finding
from firsthand.train.data.texts.encoding import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Part
    from firsthand.train.data.texts.corpus import Corpus
    from firsthand.train.data.texts.encoding import Encoder

RARE = 0.2  # a class that has less than this share of the most frequent one's examples
SAMPLE = 2000  # texts by which cuts and unknown tokens are judged
MANY_CUT, MANY_UNKNOWN = 0.1, 0.2


def look(
    corpus: Corpus,
    rows: dict[Part, NDArray[np.int64]],
    labels: NDArray[np.int64],
    same: NDArray[np.uint64],
    classes: list[str],
    encoder: Encoder,
) -> Iterator[Finding]:
    """Yield what is noticed.

    Parameters
    ----------
    corpus : Corpus
    rows : dict of part to rows of the corpus
    labels : ndarray of shape (n_rows,)
    same : ndarray of shape (n_rows,)
        Equal for texts that differ by case, spaces or marks alone.
    classes : list of str
    encoder : Encoder
    """
    yield from _repeated(corpus, labels, same, classes)
    for part in ("validation", "test"):
        yield from _leaked(corpus, rows, part, same)
    counts = np.bincount(labels[rows["train"]], minlength=len(classes))
    if counts.min() < RARE * counts.max():
        shown = ", ".join(f"{n} {c}" for n, c in zip(classes, counts, strict=True))
        yield Finding(
            "imbalance",
            f"The classes are of very different size ({shown}): judge by F1 and not by accuracy, "
            "and try train.class_weights: balanced.",
        )
    yield from _encoded(corpus, rows, encoder)


def _repeated(
    corpus: Corpus, labels: NDArray[np.int64], same: NDArray[np.uint64], classes: list[str]
) -> Iterator[Finding]:
    order = np.lexsort((np.arange(len(same)), same))
    again = same[order][1:] == same[order][:-1]
    pairs = np.stack([order[:-1][again], order[1:][again]])
    if pairs.size:
        a, b = pairs[:, 0].tolist()
        yield Finding(
            "duplicate",
            f"{pairs.shape[1]} of {len(same)} texts came before, but for case, spaces or marks, "
            f"such as {corpus.place(b)} and {corpus.place(a)}. Where parts are drawn, the same "
            "text is never in two of them.",
            "note",
        )
    differ = labels[pairs[0]] != labels[pairs[1]] if pairs.size else np.zeros(0, bool)
    if differ.any():
        a, b = pairs[:, differ][:, 0].tolist()
        yield Finding(
            "contradiction",
            f"{int(differ.sum())} of the repeated texts have another label than before: "
            f"{corpus.place(a)} is {classes[labels[a]]!r}, {corpus.place(b)} is "
            f"{classes[labels[b]]!r}.",
        )


def _leaked(
    corpus: Corpus,
    rows: dict[Part, NDArray[np.int64]],
    part: Part,
    same: NDArray[np.uint64],
) -> Iterator[Finding]:
    """Yield the texts of a part that training has seen."""
    seen = np.isin(same[rows[part]], same[rows["train"]])
    if seen.any():
        b = int(rows[part][seen][0])
        a = int(rows["train"][same[rows["train"]] == same[b]][0])
        yield Finding(
            "leakage",
            f"{int(seen.sum())} of {len(seen)} texts of the {part} part are in the training part, "
            f"too, such as {corpus.place(b)} and {corpus.place(a)}: results on them say nothing.",
        )


def _encoded(
    corpus: Corpus, rows: dict[Part, NDArray[np.int64]], encoder: Encoder
) -> Iterator[Finding]:
    """Yield what encoding loses, judged on the first validation texts."""
    tokens = [encoder.tokenize(text) for text in corpus.texts(rows["validation"][:SAMPLE])]
    if not tokens:
        return
    cut = np.mean([len(row) > encoder.length for row in tokens])
    if cut > MANY_CUT:
        longest = int(np.quantile([len(row) for row in tokens], 0.95))
        yield Finding(
            "cut",
            f"{cut:.0%} of the texts are longer than data.length = {encoder.length} tokens and "
            f"lose their end; {longest} would keep 95 % whole.",
        )
    n_tokens = sum(map(len, tokens))
    unknown = sum(encoder.number.get(t, UNKNOWN) == UNKNOWN for row in tokens for t in row)
    if unknown > MANY_UNKNOWN * n_tokens:
        yield Finding(
            "unknown",
            f"{unknown / n_tokens:.0%} of the validation texts' tokens are not in the vocabulary; "
            "try data.tokens: subwords, or a larger data.vocabulary.",
        )
    empty = sum(not row for row in tokens)
    if empty:
        yield Finding("empty", f"{empty} validation texts have no token at all.")
