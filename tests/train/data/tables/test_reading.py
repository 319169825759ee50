"""Whatever way a table is written, the same numbers come out."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.train.config.data import TabularData
from firsthand.train.data.tables.sources import open_table
from tests.train.data.tables.loading import kinds, load, rows, told, write

ALL = np.arange(20)


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, sep: str) -> None:
    comma = load(write(tmp_path / "comma.csv", rows()))
    other = load(write(tmp_path / "other.csv", rows(), sep=sep))
    assert (comma.train.batch(ALL)[0] == other.train.batch(ALL)[0]).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    text = "größe,y\n" + "".join(f"{'süß' if i % 3 else 'herb'},{i % 2}\n" for i in range(60))
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    data = load(tmp_path / "t.csv")
    assert data.preparation["inputs"] == ["größe = herb", "größe = süß"]
    assert ("encoding" in kinds(data)) == (encoding == "cp1252")


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    plain = write(tmp_path / "t.csv", rows())
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    one, two = load(plain), load(tmp_path / "p.csv.gz")
    assert (one.test.batch(ALL)[0] == two.test.batch(ALL)[0]).all()


def test_a_file_without_names_gets_them(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", rows())
    bare = tmp_path / "bare.csv"
    bare.write_text(path.read_text().partition("\n")[2])
    names = ["a", "b", "when", "y"]
    one, two = load(path), load(bare, names=names)
    assert (one.train.batch(ALL)[0] == two.train.batch(ALL)[0]).all()
    line = int(one.train.source(0).removeprefix("t.csv, line "))
    assert two.train.source(0) == f"bare.csv, line {line - 1}"


def test_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    frame = pd.read_csv(write(tmp_path / "t.csv", rows()), parse_dates=["when"])
    frame["flag"] = frame["a"] > 0
    frame.loc[3, "a"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    one, two = load(tmp_path / "t.csv"), load(tmp_path / "t.parquet")
    assert one.preparation["inputs"] == two.preparation["inputs"]
    assert torch_equal(one, two)
    line = int(one.train.source(0).removeprefix("t.csv, line "))
    assert two.train.source(0) == f"t.parquet, row {line - 1}"


def torch_equal(one, two) -> bool:
    x, y = one.train.batch(ALL)
    other_x, other_y = two.train.batch(ALL)
    return bool((x - other_x).abs().max() < 1e-6) and bool((y == other_y).all())


def test_the_source_is_the_line_where_a_row_begins(tmp_path: Path) -> None:
    table = rows()
    table[0][1] = '"two\nlines"'
    data = load(write(tmp_path / "t.csv", table), max_levels=2)
    sources = {part.source(i) for part in (data.train, data.test) for i in range(len(part))}
    assert "t.csv, line 3" not in sources
    assert "t.csv, line 4" in sources


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
TRICKY = WORDS | st.sampled_from(
    ['say "x"', "a,b", "a;b", "two\nlines", "'", '"', ",", "#", "x\ty"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(TRICKY, st.floats(), st.integers(), st.booleans()), min_size=3, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([0, 1, 2]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_pandas_writes_is_read_back(
    tmp_path: Path, table: list[tuple], sep: str, quoting: int, end: str
) -> None:
    frame = pd.DataFrame(table, columns=["word, or not", 'say "number"', "whole", "flag"])
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False, sep=sep, quoting=quoting, lineterminator=end)
    read = open_table(path, TabularData(target="flag", separator=sep))
    assert list(read.columns) == list(frame.columns)
    back = pd.concat([piece.frame for piece in read.pieces()], ignore_index=True)
    written = frame["word, or not"].str.replace("\r\n", "\n").str.strip()
    assert back["word, or not"].str.replace("\r\n", "\n").tolist() == written.tolist()
    numbers = pd.to_numeric(back['say "number"']).to_numpy("float64")
    np.testing.assert_array_equal(numbers, frame['say "number"'].to_numpy())
    assert back["whole"].tolist() == frame["whole"].astype(str).tolist()
    assert back["flag"].tolist() == frame["flag"].astype(str).tolist()


def test_a_test_file_is_tested_on(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", rows(100))
    test = write(tmp_path / "test.csv", [[*row[:3], row[3] + "."] for row in rows(30, 1)])
    data = load(train, test_path=str(test))
    assert len(data.test) == 30
    assert len(data.train) + len(data.validation) == 100
    assert data.test.source(0) == "test.csv, line 2"
    assert "'no.' as 'no'" in told(data, "label_spelling")


def test_rows_of_a_group_stay_together(tmp_path: Path) -> None:
    table = [[*row, f"person {i // 4}"] for i, row in enumerate(rows())]
    path = write(tmp_path / "t.csv", table, "a,b,when,y,who")
    data = load(path, split={"kind": "grouped", "group": "who"})
    who = [
        {(int(part.source(i).split()[-1]) - 2) // 4 for i in range(len(part))}
        for part in (data.train, data.validation, data.test)
    ]
    assert not who[0] & who[1] | who[0] & who[2] | who[1] & who[2]
    assert not any(name.startswith("who") for name in data.preparation["inputs"])


def test_the_latest_rows_are_tested_on(tmp_path: Path) -> None:
    table = rows()
    data = load(write(tmp_path / "t.csv", table), split={"kind": "time", "time": "when"})

    def days(part) -> list[str]:
        return [table[int(part.source(i).split()[-1]) - 2][2] for i in range(len(part))]

    assert max(days(data.train)) < min(days(data.validation))
    assert max(days(data.validation)) < min(days(data.test))
