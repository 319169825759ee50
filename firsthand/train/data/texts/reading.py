"""Labelled texts, read, split and encoded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.texts.corpus import Corpus
from firsthand.train.data.texts.encoding import Encoder, fit
from firsthand.train.data.texts.examples import Texts
from firsthand.train.data.texts.features import Features
from firsthand.train.data.texts.findings import look
from firsthand.train.data.texts.parting import signatures, stratified
from firsthand.train.data.texts.slices import slices_of
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import TextData
    from firsthand.train.data.contract import Part

    Rows = dict[Part, NDArray[np.int64]]


def load_texts(settings: TextData, seed: int) -> Data:
    """Return labelled texts, split and encoded.

    Raises
    ------
    DataError
        If a file, a row or a label cannot be used.
    """
    bad = Bad(settings.bad, settings.max_bad)
    corpus = Corpus(settings, bad)
    given: dict[Part, range] = {"train": corpus.read(Path(settings.path))}
    if settings.validation_path is not None:
        given["validation"] = corpus.read(Path(settings.validation_path))
    if settings.test_path is not None:
        given["test"] = corpus.read(Path(settings.test_path))
    skipped = bad.findings(len(corpus) + corpus.n_bad)
    classes, labels = _classes(corpus)
    same = signatures(corpus.text(row) for row in range(len(corpus)))
    rows = _parts(settings, seed, given, labels, same)
    counts = np.bincount(labels[rows["train"]], minlength=len(classes))
    for name, count in zip(classes, counts, strict=True):
        if not count:
            raise DataError(
                f"Class {name!r} is not in the training part of {settings.path}; "
                "a network cannot learn it. Look whether the label is misspelt."
            )

    def training_texts() -> list[str] | map[str]:
        return map(corpus.text, rows["train"].tolist())

    preparation = fit(
        training_texts,
        settings.tokens,
        settings.vocabulary,
        length=settings.length,
        lowercase=settings.lowercase,
        minimum=settings.minimum,
    )
    encoder = Encoder(preparation)
    features = Features(training_texts, encoder.tokenize)

    def part(name: Part) -> Texts:
        chosen = rows[name]
        tokens = [encoder(text) for text in corpus.texts(chosen)] if corpus.in_memory else None
        return Texts(corpus, chosen, labels[chosen], encoder, features, tokens)

    facts = Facts(
        "text",
        "classification",
        (settings.length,),
        len(classes),
        tuple(classes),
        tuple(counts.tolist()),
        vocabulary=len(preparation["vocabulary"]),
        target_names=(settings.target,),
    )
    return Data(
        part("train"),
        part("validation"),
        part("test"),
        facts,
        preparation | {"classes": classes},
        (*skipped, *look(corpus, rows, labels, same, classes, encoder)),
        _fingerprint(corpus, settings, seed),
        slices_of(corpus, rows),
    )


def _classes(corpus: Corpus) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names of the classes in order, and each row's number among them."""
    found = corpus.classes
    if not found:
        raise DataError(f"{corpus.files[0]} holds no text with a label.")
    if len(found) == 1:
        raise DataError(f"Every label is {found[0]!r}; there is nothing to tell apart.")
    if len(found) > max(len(corpus) / 2, 20):
        raise DataError(
            f"{len(corpus)} texts have {len(found)} different labels, such as {found[0]!r} and "
            f"{found[1]!r}. Is data.target ({corpus.settings.target!r}) the column of labels?"
        )
    numbers = all(name.lstrip("-").isdecimal() for name in found)
    classes = sorted(found, key=int) if numbers else sorted(found)
    place = np.array([classes.index(name) for name in found])
    return classes, place[corpus.labels]


def _parts(
    settings: TextData,
    seed: int,
    given: dict[Part, range],
    labels: NDArray[np.int64],
    same: NDArray[np.uint64],
) -> Rows:
    """Return the rows of each part: those of files of their own, and shares of the first."""
    kind = settings.split.kind
    if kind in ("grouped", "time"):
        raise DataError(
            f"data.split.kind: {kind} is for tables; texts are split stratified (auto) or random. "
            "Give parts of your own in data.validation_path and data.test_path."
        )
    first = np.array(given["train"], np.int64)
    shares = (
        0.0 if "validation" in given else settings.split.validation,
        0.0 if "test" in given else settings.split.test,
    )
    parts = stratified(labels[first], same[first], shares, seed, by_class=kind != "random")
    train, validation, test = (first[rows] for rows in parts)
    return {
        "train": train,
        "validation": np.array(given["validation"]) if "validation" in given else validation,
        "test": np.array(given["test"]) if "test" in given else test,
    }


def _fingerprint(corpus: Corpus, settings: TextData, seed: int) -> str:
    """Return the SHA-256 of all files, and of how they were split."""
    total = hashlib.sha256()
    for path in corpus.files:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    total.update(repr((settings.split, seed, settings.names)).encode())
    return total.hexdigest()
