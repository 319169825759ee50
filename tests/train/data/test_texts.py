"""Labelled texts: lines and folders, tokens, vocabulary, parts, findings, batches."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data

GOOD = ["a fine film", "truly lovely acting", "lovely and fine", "fine, fine music", "so lovely"]
POOR = ["a dull film", "truly poor acting", "poor and dull", "dull, dull music", "so poor"]


def written(folder: Path, n: int = 60) -> Path:
    """A TSV of texts, all different, and their labels."""
    lines = [f"{(GOOD, POOR)[i % 2][i // 2 % 5]} take{i}\t{'pn'[i % 2]}" for i in range(n)]
    path = folder / "reviews.tsv"
    path.write_text("text\tlabel\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def loaded(path: Path, **keys: Any) -> Data:
    return load_data(parse_config({"task": "text", "data": {"path": str(path)} | keys}))


def test_parts_facts_and_sources(tmp_path: Path) -> None:
    data = loaded(written(tmp_path))
    assert (len(data.train), len(data.validation), len(data.test)) == (42, 10, 8)
    assert data.facts.classes == ("n", "p")
    assert sum(data.facts.class_counts) == 42
    assert data.train.source(0).startswith("reviews.tsv, line ")
    x, y = data.train.batch(np.array([3, 0]))
    assert x.shape[0] == 2
    assert y.shape == (2,)


@pytest.mark.parametrize("tokens", ["words", "characters"])
def test_batches_from_the_disk_are_those_in_memory(tmp_path: Path, tokens: str) -> None:
    path = written(tmp_path)
    kept, read = (loaded(path, in_memory=how, tokens=tokens) for how in ("yes", "no"))
    assert kept.train.in_memory
    assert not read.train.in_memory
    index = np.random.default_rng(0).permutation(len(kept.train))[:16]
    for a, b in zip(kept.train.batch(index), read.train.batch(index), strict=True):
        assert a.equal(b)
    assert kept.preparation == read.preparation
