"""Texts of other files, encoded by what was fitted on a run's training part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Part
from firsthand.train.data.texts.corpus import Corpus
from firsthand.train.data.texts.encoding import Encoder
from firsthand.train.data.texts.examples import Texts
from firsthand.train.data.texts.slices import edges_of, lengths_of
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.config.data import TextData


def tested_on(path: Path, settings: TextData, data: Data, preparation: dict[str, Any]) -> Data:
    """Return data with the texts of another file as their test part. See `data.other`."""
    bad = Bad(settings.bad, settings.max_bad)
    corpus = Corpus(settings, bad)
    corpus.read(path)
    classes: list[str] = preparation["classes"]
    number = {name: i for i, name in enumerate(classes)}
    place = np.array([number.get(name, -1) for name in corpus.classes], np.int64)
    labels = place[corpus.labels] if len(place) else np.zeros(0, np.int64)
    for row in np.flatnonzero(labels < 0).tolist():
        name = corpus.classes[int(corpus.labels[row])]
        bad.row(
            corpus.place(row),
            f"its label {name!r} is no class of training ({', '.join(classes[:8])})",
        )
    rows = np.flatnonzero(labels >= 0)
    if not len(rows):
        raise DataError(f"{path} holds no text with a label that the run has learnt.")
    train = data.train
    assert isinstance(train, Texts)  # as every run's own texts are read
    encoder = Encoder(preparation)
    tokens = [encoder(text) for text in corpus.texts(rows)] if corpus.in_memory else None
    test: Part = "test"
    lengths = lengths_of(corpus, rows, edges_of(train.corpus, train.rows))
    own = {"length": lengths, "file": [corpus.files[i].name for i in corpus.file_of[rows]]}
    return replace(
        data,
        test=Texts(corpus, rows, labels[rows], encoder, train.features_of, tokens),
        findings=(*bad.findings(len(corpus) + corpus.n_bad), *data.findings),
        slices={name: parts | {test: own[name]} for name, parts in data.slices.items()},
    )
