"""A table that cannot be used says which file, line and column, and what to do."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from firsthand.train import DataError
from tests.train.data.tables.loading import load, rows, write

GOOD = "a,b,when,y\n" + "\n".join(",".join(row) for row in rows(60)) + "\n"
TWO = "a,y\n" + "".join(f"{i * 0.37:.2f},{i % 2}\n" for i in range(60))


def with_line(number: int, line: str, text: str = TWO) -> str:
    lines = text.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


# the file, settings, and words its error must hold
BAD: dict[str, tuple[str | bytes, dict[str, Any], list[str]]] = {
    "an empty file": ("", {}, ["t.csv is empty"]),
    "blank lines": ("\n\n\n", {}, ["t.csv is empty"]),
    "names and no rows": ("a,y\n", {}, ["no rows below its names"]),
    "no text": (b"PK\x03\x04\x00\x00\x00", {}, ["is no text", "CSV or Parquet"]),
    "Parquet cut short": (b"PAR1\x00\x01\x02", {}, ["no whole Parquet file"]),
    "gzip cut short": (gzip.compress(GOOD.encode())[:-20], {}, ["cannot be unpacked", "whole?"]),
    "gzip damaged": (b"\x1f\x8b\x08\x00" + b"\x07" * 60, {}, ["cannot be unpacked"]),
    "an encoding unheard of": (TWO, {"encoding": "utf-99"}, ["is not utf-99", "data.encoding"]),
    "another encoding": (TWO.replace("a,", "ä,"), {"encoding": "ascii"}, ["is not ascii"]),
    "no such target": (TWO.replace("y\n", "Y2\n"), {}, ["data.target", "no column 'y'", "'a'"]),
    "a target misspelt": (GOOD, {"target": "wehn"}, ["Did you mean 'when'?"]),
    "no line of names": (TWO.partition("\n")[2], {}, ["no column 'y'", "give data.names"]),
    "names too few": (GOOD, {"names": ["a", "y"]}, ["has 4 fields", "data.names has 2"]),
    "a name twice": ("a,a,y\n1,2,3\n", {}, ["more than one column called 'a'"]),
    "a column left out that is not": (TWO, {"leave_out": ["c"]}, ["leave_out", "no column 'c'"]),
    "fields too few": (with_line(7, "1"), {}, ["t.csv, line 7: it has 1 fields", "2 columns"]),
    "fields too many": (with_line(9, "1,0,3"), {}, ["line 9: it has 3 fields", "data.bad: skip"]),
    "a quotation open": (with_line(8, '"1,0'), {}, ["line 8", "never closed"]),
    "text after a quotation": (with_line(8, '"1"2,0'), {}, ["line 8", "quotation mark"]),
    "no number": (with_line(5, "much,1"), {}, ["line 5", "'much' in column 'a' is no number"]),
    "no target": (with_line(6, "1,"), {}, ["line 6", "the target 'y' has no value"]),
    "no target anywhere": ("a,y\n" + "1,\n" * 30, {}, ["'y' has no value in any of 30 rows"]),
    "one class": ("a,y\n" + "".join(f"{i}.5,x\n" for i in range(9)), {}, ["'x' in every row"]),
    "a class a row": (
        "a,y\n" + "".join(f"{i % 7}.5,x{i}\n" for i in range(60)),
        {},
        ["60 different values in 60 rows", "data.target"],
    ),
    "words to regress on": (
        GOOD,
        {"problem": "regression"},
        ["holds no numbers", "data.problem: classification"],
    ),
    "an infinite target": (
        "a,y\n" + "".join(f"{i % 7}.5,{i}.25\n" for i in range(60)) + "1,inf\n",
        {},
        ["line 62", "'inf', which is no finite number"],
    ),
    "nothing to learn from": (
        "a,y\n" + "".join(f"1,{i % 2}\n" for i in range(60)),
        {},
        ["no column to learn from", "Column 'a' has the same value"],
    ),
    "too few rows": ("a,y\n1.5,0\n2.5,1\n", {}, ["would be empty", "only 2 rows"]),
    "classes too few for the parts": (
        with_line(2, "1.5,9"),
        {"split": {"kind": "stratified"}},
        ["at least 3 examples of each class", "'9' has 1"],
    ),
    "no column of groups": (
        TWO,
        {"split": {"kind": "grouped", "group": "who"}},
        ["data.split.group", "no column 'who'"],
    ),
    "one group": (
        "g," + TWO.replace("\n", "\n1,").removesuffix("1,"),
        {"split": {"kind": "grouped", "group": "g"}},
        ["at least 3 groups", "there is 1"],
    ),
    "no group in a row": (
        "g," + TWO.replace("\n", "\n,").removesuffix(","),
        {"split": {"kind": "grouped", "group": "g"}},
        ["Row 1 has no value in data.split.group"],
    ),
    "no time in a row": (
        with_line(4, "soon,1"),
        {"split": {"kind": "time", "time": "a"}},
        ["Row 3 has 'soon' in data.split.time", "2026-01-31"],
    ),
    "quantities stratified": (
        "a,y\n" + "".join(f"{i % 7}.5,{i}.25\n" for i in range(60)),
        {"split": {"kind": "stratified"}},
        ["needs classes", "quantities"],
    ),
    "too much to skip": (
        TWO + "1\n" * 20,
        {"bad": "skip"},
        ["20 of 80 rows", "more than data.max_bad allows (5%)", "line 62"],
    ),
    "a huge number": (
        with_line(5, "1e308,1"),
        {},
        ["line 5", "'1e308' in column 'a' is too large", "data.missing", "data.bad: skip"],
    ),
    "a number too far for float32": (
        with_line(5, "1e60,1"),
        {"scale": "robust"},
        ["Column 'a' has 1e+60", "data.clip_outliers: 5"],
    ),
    "a huge target": (
        "a,y\n" + "".join(f"{i % 7}.5,{i}.25\n" for i in range(60)) + "1,1e308\n",
        {},
        ["line 62", "'y' is '1e308'", "too large"],
    ),
    "a tiny target": (
        "a,y\n" + "".join(f"{i % 7}.5,{i}.25e-300\n" for i in range(60)),
        {},
        ["differs by only about", "Multiply it"],
    ),
    "labels that count as missing": (
        "a,y\n" + "".join(f"{i}.5,{('ok', 'NA', 'None', 'null')[i % 4]}\n" for i in range(60)),
        {},
        ["'ok' in every row", "count as missing", "'NA' (15)", "'null' (15)", "data.missing"],
    ),
    "a label that counts as missing": (
        with_line(6, "1,NA"),
        {},
        ["line 6", "no value: 'NA' counts as none, see data.missing"],
    ),
    "a separator that is not": (GOOD, {"separator": ";"}, ["no column 'y'"]),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    content, settings, words = BAD[name]
    content = content.encode() if isinstance(content, str) else content
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError) as told:
        load(tmp_path / "t.csv", **settings)
    text = str(told.value)
    assert [word for word in words if word not in text] == [], text
    assert (tmp_path / "t.csv").read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no .*gone\.csv"):
        load(tmp_path / "gone.csv")


def test_a_folder_holds_one_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no table"):
        load(tmp_path)
    write(tmp_path / "a.csv", rows())
    assert len(load(tmp_path).train) == 140
    write(tmp_path / "b.csv", rows())
    with pytest.raises(DataError, match=r"more than one table .*\(a.csv, b.csv\)"):
        load(tmp_path)


def test_a_test_file_needs_the_same_columns_and_classes(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", rows())
    other = write(tmp_path / "other.csv", rows(), "a,c,when,y")
    with pytest.raises(DataError, match=r"other\.csv has no column 'b'"):
        load(train, test_path=str(other))
    table = rows(20)
    table[3][3] = "maybe"
    with pytest.raises(DataError, match=r"other\.csv, line 5: .*'maybe', which is no class of tr"):
        load(train, test_path=str(write(other, table)))
