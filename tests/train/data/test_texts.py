"""Labelled texts: lines and folders, tokens, vocabulary, parts, findings, batches."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.train import parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.texts import prepare
from firsthand.train.data.texts.parting import stratified
from firsthand.train.data.texts.subwords import Subwords, learn, merged
from firsthand.train.data.texts.tokens import words

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


def test_the_same_text_is_never_in_two_parts_and_contradictions_are_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = path.read_text("utf-8").splitlines()
    again = [line[:-1].upper() + line[-1] for line in lines[1:21]]
    again[0] = again[0][:-1] + "n"  # it was p
    path.write_text("\n".join([*lines, *again]) + "\n", "utf-8")
    data = loaded(path)
    parts: dict[str, Any] = {"train": data.train, "validation": data.validation, "test": data.test}
    seen = {name: {part.text(i).lower() for i in range(len(part))} for name, part in parts.items()}
    assert not seen["train"] & seen["validation"]
    assert not seen["train"] & seen["test"]
    assert not seen["validation"] & seen["test"]
    kinds = {finding.kind: finding.text for finding in data.findings}
    assert kinds["duplicate"].startswith("20 of 80 texts")
    assert kinds["contradiction"].startswith("1 of the repeated texts")


def test_texts_of_the_test_file_that_training_has_are_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    again = path.read_text("utf-8").upper().replace("TEXT\tLABEL", "text\tlabel").lower()
    (tmp_path / "test.tsv").write_text(again + "new words\tp\n", "utf-8")
    data = loaded(path, test_path=str(tmp_path / "test.tsv"))
    (leaked,) = [found.text for found in data.findings if found.kind == "leakage"]
    assert f"{len(data.train)} of 61 texts of the test part" in leaked


def test_a_folder_a_class_and_a_csv_over_several_lines_and_json(tmp_path: Path) -> None:
    for i in range(30):
        folder = tmp_path / "reviews" / ("good" if i % 2 else "poor")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i}.txt").write_text(f"review\nnumber {i}", "utf-8")
    data = loaded(tmp_path / "reviews")
    assert data.facts.classes == ("good", "poor")
    assert data.train.source(0).startswith("good/")
    csv = tmp_path / "r.csv"
    rows = [f'{i},"says ""no"",\nnumber {i}",{"ab"[i % 2]}' for i in range(30)]
    csv.write_text("id;text;label\n".replace(";", ",") + "\n".join(rows) + "\n", "utf-8")
    data = loaded(csv, in_memory="no")
    texts: Any = data.train
    assert texts.text(0).startswith('says "no",\nnumber ')
    lines = [int(texts.source(i).rpartition(" ")[2]) for i in range(len(texts))]
    assert all(line % 2 == 0 for line in lines)  # every record takes two lines, after the names
    (tmp_path / "r.jsonl").write_text(
        "".join(f'{{"text": "number {i}", "label": {i % 2}}}\n' for i in range(30)), "utf-8"
    )
    assert loaded(tmp_path / "r.jsonl").facts.classes == ("0", "1")


def test_the_vocabulary_and_tf_idf_know_the_training_part_alone(tmp_path: Path) -> None:
    data = loaded(written(tmp_path))
    training: Any = data.train
    seen = {token for i in range(len(training)) for token in words(training.text(i))}
    assert set(data.preparation["vocabulary"][2:]) == seen
    x = data.test.features(np.arange(len(data.test)))
    texts: Any = data.test
    counts: dict[str, int] = {}
    for i in range(len(training)):
        tokens = words(training.text(i))
        for gram in {*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))}:
            counts[gram] = counts.get(gram, 0) + 1
    tokens = words(texts.text(0))
    grams = [g for g in [*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))] if g in counts]
    weights = [
        (1 + math.log(grams.count(g))) * (1 + math.log((1 + len(training)) / (1 + counts[g])))
        for g in set(grams)
    ]
    expected = np.array(sorted(weights)) / np.linalg.norm(weights)
    np.testing.assert_allclose(np.sort(x[0].toarray()[x[0].toarray() > 0]), expected, rtol=1e-5)


def test_new_texts_are_prepared_as_in_training(tmp_path: Path) -> None:
    data = loaded(written(tmp_path), tokens="subwords", vocabulary=60, length=6)
    texts: Any = data.test
    raw = [texts.text(i) for i in range(len(texts))]
    again = json.loads(json.dumps(data.preparation))
    assert prepare(raw, again).equal(data.test.batch(np.arange(len(raw)))[0])
    assert prepare(["", ""], again).tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop\u2026", ["don't", "stop", "\u2026"]),
        ("call 08452810075 now, 3.50 or 12:30", ["call", "#11", "now", ",", "3.50", "or", "12:30"]),
        ("\u0928\u092e\u0938\u094d\u0924\u0947", ["\u0928\u092e\u0938\u094d\u0924\u0947"]),
        ("\u65e5\u672c\u8a9e", ["\u65e5", "\u672c", "\u8a9e"]),
        ("ok \U0001f44d\U0001f3fd!", ["ok", "\U0001f44d\U0001f3fd", "!"]),
        ("\U0001f468\u200d\U0001f467?", ["\U0001f468\u200d\U0001f467", "?"]),
        ("nai\u0308ve", ["na\u00efve"]),
        ("", []),
    ],
)
def test_words_of_many_scripts(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


def test_byte_pair_encoding_merges_what_sennrich_haddow_and_birch_say() -> None:
    # Their Figure 1: low 5, lower 2, newest 6, widest 3; es, est are merged first.
    merges = learn({"low": 5, "lower": 2, "newest": 6, "widest": 3}, 6)
    assert merges[:2] == [("e", "s"), ("es", "t")]
    assert ("l", "o") in merges
    assert Subwords(merges)("lowest")[-1] == "est"
    assert "".join(Subwords(merges)("lowest")) == "\u2581lowest"


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=8), st.integers(1, 9), min_size=1))
def test_merges_are_those_of_counting_all_pairs_anew(counts: dict[str, int]) -> None:
    parts = {word: ["\u2581", *word] for word in counts}
    expected: list[tuple[str, str]] = []
    while len(expected) < 12:
        pairs: dict[tuple[str, str], int] = {}
        for word, symbols in parts.items():
            for pair in pairwise(symbols):
                pairs[pair] = pairs.get(pair, 0) + counts[word]
        if not pairs or max(pairs.values()) < 2:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        expected.append(best)
        parts = {word: merged(symbols, best) for word, symbols in parts.items()}
    assert learn(counts, 12) == expected


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=40, max_size=80), st.integers(0, 9))
def test_parts_hold_every_row_once_and_keep_groups_together(labels: list[int], seed: int) -> None:
    y = np.array(labels)
    groups = np.arange(len(y), dtype=np.uint64) // np.uint64(3)
    y = y[(groups * np.uint64(3)).astype(int)]  # a group has one label
    parts = stratified(y, groups, (0.2, 0.2), seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    held = [set(groups[rows].tolist()) for rows in parts]
    assert not held[0] & held[1]
    assert not held[0] & held[2]
    assert not held[1] & held[2]
