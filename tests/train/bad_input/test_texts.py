"""Texts that cannot be used: each is named, and earlier outputs stay as they are."""

from pathlib import Path
from typing import Any

import pytest

from firsthand.train import DataError, parse_config
from firsthand.train.data import Data, load_data

GOOD = "".join(f"a text of its own {i}\t{'ab'[i % 2]}\n" for i in range(40))
HEAD = "text\tlabel\n"
QUOTED = "".join(f'"a text, number {i}",{"ab"[i % 2]}\n' for i in range(40))
LINES = "".join(f'{{"text": "number {i}", "label": {i % 2}}}\n' for i in range(40))


def loaded(path: Path, **keys: Any) -> Data:
    return load_data(parse_config({"task": "text", "data": {"path": str(path)} | keys}))


# name of the file, its content, keys of data, words of the message
FILES: dict[str, tuple[str, str | bytes, dict[str, Any], tuple[str, ...]]] = {
    "an empty file": ("t.tsv", "", {}, ("t.tsv", "is empty")),
    "no such column": ("t.tsv", "txt\tlabel\n" + GOOD, {}, ("no column 'text'", "txt", "mean")),
    "no line of names": ("t.tsv", GOOD, {}, ("no column 'text'", "data.names")),
    "too many fields": ("t.tsv", HEAD + GOOD + "a\tb\tc\n", {}, ("line 42", "3 fields", "2")),
    "too few fields": ("t.tsv", HEAD + "alone\n" + GOOD, {}, ("line 2", "1 fields")),
    "no label": ("t.tsv", HEAD + GOOD + "words\t\n", {}, ("line 42", "no label in 'label'")),
    "no text": ("t.tsv", HEAD + GOOD + "  \ta\n", {}, ("line 42", "no text in 'text'")),
    "wrong bytes": (
        "t.tsv",
        (HEAD + GOOD).encode() + b"caf\xe9\ta\n",
        {},
        ("line 42", "byte 4 (0xe9)", "utf-8", "data.encoding"),
    ),
    "utf-16": ("t.tsv", (HEAD + GOOD).encode("utf-16"), {}, ("UTF-16", "UTF-8")),
    "an unknown encoding": ("t.tsv", HEAD + GOOD, {"encoding": "utf8000"}, ("utf8000", "cp1252")),
    "an encoding of two bytes": ("t.tsv", HEAD + GOOD, {"encoding": "utf-16-le"}, ("utf-16-le",)),
    "an open quote": (
        "t.csv",
        "text,label\n" + QUOTED + '"never closed,a\n' + QUOTED,
        {},
        ("line 42", "quote"),
    ),
    "no json": ("t.jsonl", LINES + "{'text': 1}\n", {}, ("line 41", "no JSON")),
    "no json object": ("t.jsonl", LINES + "[1, 2]\n", {}, ("line 41", "no JSON object")),
    "a missing key": ("t.jsonl", LINES + '{"text": "x"}\n', {}, ("line 41", "no 'label'", "text")),
    "a text of numbers": (
        "t.jsonl",
        LINES + '{"text": 1, "label": 1}\n',
        {},
        ("line 41", "no text"),
    ),
    "a label of lists": (
        "t.jsonl",
        LINES + '{"text": "x", "label": [1]}\n',
        {},
        ("line 41", "[1]", "no label"),
    ),
    "one class": ("t.tsv", HEAD + GOOD.replace("\tb", "\ta"), {}, ("Every label is 'a'",)),
    "texts as labels": ("t.tsv", "label\ttext\n" + GOOD, {}, ("40 different labels", "target")),
    "an unknown split": ("t.tsv", HEAD + GOOD, {"split": {"kind": "time"}}, ("time", "stratified")),
    "too few texts": ("t.tsv", HEAD + "x\ta\ny\tb\nz w\tb\n", {}, ("3 texts", "data.split")),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_says_what_is_wrong_and_where(tmp_path: Path, name: str) -> None:
    file, content, keys, words = FILES[name]
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    with pytest.raises(DataError) as caught:
        loaded(path, **keys)
    assert not [word for word in words if word not in str(caught.value)], caught.value
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_bad_rows_are_skipped_and_named_where_that_is_wished(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes((HEAD + GOOD).encode() + b"caf\xe9\ta\nwords\t\n")
    data = loaded(path, bad="skip")
    assert len(data.train) + len(data.validation) + len(data.test) == 40
    (found,) = [finding for finding in data.findings if finding.kind == "bad"]
    assert "2 of 42" in found.text
    assert "line 42" in found.text
    assert "line 43" in found.text


def test_too_many_bad_rows_are_refused_even_when_skipping(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(HEAD + GOOD + "lonely\n" * 10, "utf-8")
    with pytest.raises(DataError, match=r"10 of 50 rows .* data.max_bad allows \(5%\)"):
        loaded(path, bad="skip")


def test_a_missing_file_and_a_folder_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no"):
        loaded(tmp_path / "nowhere.tsv")
    with pytest.raises(DataError, match="a folder for each class"):
        loaded(tmp_path)
    (tmp_path / "good").mkdir()
    with pytest.raises(DataError, match=r"no .txt file in its folders good"):
        loaded(tmp_path)


def test_a_class_that_only_the_test_file_has(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(HEAD + GOOD, "utf-8")
    (tmp_path / "test.tsv").write_text(HEAD + "new\tc\n", "utf-8")
    with pytest.raises(DataError, match="Class 'c' is not in the training part"):
        loaded(tmp_path / "t.tsv", test_path=str(tmp_path / "test.tsv"))


def test_a_file_that_changes_while_it_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(HEAD + GOOD, "utf-8")
    data = loaded(path, in_memory="no")
    path.write_text("short\n", "utf-8")
    import numpy as np

    with pytest.raises(DataError, match="has changed since"):
        data.train.batch(np.arange(4))
