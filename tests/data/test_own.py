"""The user's own file: read as pandas reads it, and refused in words that help."""

import csv
import gzip
import operator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.data import DataError, FileError, load_csv


def write(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


MIXED = """size,colour,smooth,price
1.5,red,yes,10.5
2,blue,no,12.25
,red,yes,9
4,green,,20.75
"""


def test_numbers_words_and_gaps_become_what_pandas_makes_of_them(tmp_path: Path) -> None:
    path = write(tmp_path, MIXED)
    data = load_csv(path, "price")
    table = pd.read_csv(path)
    table["size"] = table["size"].fillna(table["size"].median())
    table["smooth"] = table["smooth"].fillna("missing")
    expected = pd.get_dummies(table.drop(columns="price"), drop_first=True, dtype=float)
    assert list(data.feature_names) == [
        "size", "colour=green", "colour=red", "smooth=no", "smooth=yes",
    ]  # fmt: skip
    assert list(expected.columns) == [n.replace("=", "_") for n in data.feature_names]
    np.testing.assert_array_equal(data.X, expected.to_numpy())
    np.testing.assert_array_equal(data.y, table["price"])
    assert data.task == "regression"
    told = " ".join(data.notes)
    assert "size: 1 missing, filled with the median 2" in told
    assert "colour: coded as 2 columns of 0 and 1 against 'blue'" in told


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e12, 1e12),
            st.integers(-(10**9), 10**9),
            st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=6),
        ),
        min_size=4,
        max_size=15,
    )
)
def test_whatever_a_writer_of_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, int, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "y"])
        writer.writerows([*row, i + 0.5] for i, row in enumerate(rows))
    if len({a for a, _, _ in rows}) == 1:
        with path.open("a", encoding="utf-8") as file:  # a constant feature would be left out
            file.write("0.125,7,word,-1\n")
        rows = [*rows, (0.125, 7, "word")]
    data = load_csv(path, "y")
    for name, column in (("a", 0), ("b", 1)):
        if name in data.feature_names:
            read = data.X[:, data.feature_names.index(name)]
            np.testing.assert_array_equal(read, [float(row[column]) for row in rows])
        else:
            assert any(note.startswith(f"{name}: left out") for note in data.notes)
    assert len(data.y) == len(rows)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_found_and_said(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, MIXED.replace(",", delimiter))
    assert load_csv(path, "price").X.shape == (4, 5)
    assert "separated by" in load_csv(path, "price").notes[0]


def test_decimal_commas_are_numbers(tmp_path: Path) -> None:
    data = load_csv(write(tmp_path, "a;y\n1,5;2,5\n2,5;3,75\n4;1\n"), "y")
    np.testing.assert_array_equal(data.X[:, 0], [1.5, 2.5, 4])
    np.testing.assert_array_equal(data.y, [2.5, 3.75, 1])


def test_a_byte_order_mark_windows_lines_and_latin_text(tmp_path: Path) -> None:
    marked = write(tmp_path, b"\xef\xbb\xbfa,y\r\n1,2\r\n3,4.5\r\n", "bom.csv")
    assert load_csv(marked, "y").feature_names == ("a",)
    latin = write(tmp_path, "größe,y\n1,2\n3,4.5\n".encode("latin-1"), "latin.csv")
    data = load_csv(latin, "y")
    assert data.feature_names == ("größe",)
    assert "Latin-1" in data.notes[0]


def test_the_target_decides_the_task(tmp_path: Path) -> None:
    path = write(tmp_path, "x,word,few,many\n" + "".join(
        f"{i},{'ab'[i % 2]},{i % 3},{i / 7}\n" for i in range(30)))  # fmt: skip
    assert load_csv(path, "word").target_names == ("a", "b")
    assert load_csv(path, "few").target_names == ("0", "1", "2")
    assert load_csv(path, "many").task == "regression"
    assert load_csv(path, "few", task="regression").y.dtype == np.float64


def test_what_cannot_help_is_left_out_and_said(tmp_path: Path) -> None:
    rows = "".join(f"{i},id{i},same,3,{'?' if i % 4 else 1},{i % 7}.5\n" for i in range(40))
    data = load_csv(write(tmp_path, "x,name,word,number,holes,y\n" + rows), "y")
    assert data.feature_names == ("x",)
    told = " ".join(data.notes)
    for name in ("name", "word", "number", "holes"):
        assert f"{name}: left out" in told


def test_rows_without_a_target_are_left_out(tmp_path: Path) -> None:
    data = load_csv(write(tmp_path, "x,y\n1,2.5\n2,\n3,NA\n4,5.5\n5,6\n"), "y")
    np.testing.assert_array_equal(data.X[:, 0], [1, 4, 5])
    assert "2 rows left out: y is missing" in data.notes


HEADER = "x,y\n"
# name: (what the file holds, target, task, words that the error must say)
HOSTILE: dict[str, tuple[str | bytes, str, str | None, str]] = {
    "empty": ("", "y", None, "is empty"),
    "blank lines": ("\n\n  \n", "y", None, "is empty"),
    "header alone": (HEADER, "y", None, "no rows below"),
    "no header": ("1,2\n3,4\n", "y", None, "begins with numbers"),
    "no such column": ("x,price\n1,2\n3,4\n", "prices", None, "Did you mean 'price'?"),
    "column twice": ("x,x,y\n1,2,3\n", "y", None, "two columns called 'x'"),
    "unnamed column": ("x,,y\n1,2,3\n", "y", None, "column 2 has no name"),
    "too many values": ("x,y\n1,2\n3,4,5\n", "y", None, "line 3: 3 values"),
    "too few values": ("x,y\n1\n", "y", None, "line 2: 1 values"),
    "open quote": ('x,y\n"1,2\n3,4\n', "y", None, "values where there are 2 columns"),
    "image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "y", None, "is not text"),
    "archive": (gzip.compress(b"x,y\n1,2\n" * 50), "y", None, "table.csv"),
    "spreadsheet": (b"PK\x03\x04rest", "y", None, "export it as CSV"),
    "utf-16": ("x,y\n1,2\n".encode("utf-16"), "y", None, "save it as UTF-8"),
    "huge field": ("x,y\n1," + "9" * 200_000 + "\n", "y", None, "line 2: not a table"),
    "infinite": ("x,y\n1,2\ninf,3\n", "y", None, "line 3: inf is not a finite number"),
    "astronomic": ("x,y\n1,2\n1e200,3\n", "y", None, "square overflows"),
    "empty target": ("x,y\n1,\n2,?\n", "y", None, "is empty; there is nothing to learn"),
    "constant target": ("x,y\n1,7\n2,7\n", "y", None, "is always '7'"),
    "one row": ("x,y\n1,2\n", "y", None, "is always '2'"),
    "target alone": ("y\n1\n2\n", "y", None, "nothing to predict 'y' from"),
    "constant features": ("x,y\n5,1\n5,2.5\n", "y", None, "nothing to predict 'y' from"),
    "words to regress on": ("x,y\n1,a\n2,b\n", "y", "regression", "a regression predicts numbers"),
    "too many classes": (
        "x,y\n" + "".join(f"{i},{i / 3}\n{i},{i / 3}\n" for i in range(40)),
        "y", "classification", "at most 30 classes",
    ),
    "names as classes": ("x,y\n1,ann\n2,bob\n3,eve\n", "y", "classification", "never repeats"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_file_is_refused_in_one_clear_sentence(tmp_path: Path, case: str) -> None:
    text, target, task, said = HOSTILE[case]
    path = write(tmp_path, text)
    with pytest.raises(DataError) as refused:
        load_csv(path, target, task=task)  # type: ignore[arg-type] - the table holds plain text
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="There is no file"):
        load_csv(tmp_path / "absent.csv", "y")
    with pytest.raises(FileError, match="is a folder"):
        load_csv(tmp_path, "y")


def test_a_file_of_more_than_100_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(101 * 2**20)  # sparse: nothing is written
    with pytest.raises(FileError, match="at most 100 MB"):
        load_csv(path, "y")


def test_python_notation_for_numbers_is_a_word(tmp_path: Path) -> None:
    data = load_csv(write(tmp_path, "x,y\n1_000,1.5\n2_000,2.5\n1_000,3.5\n"), "y")
    assert data.feature_names == ("x=2_000",)


def test_standardised_is_what_scikit_learn_makes(tmp_path: Path) -> None:
    from sklearn.preprocessing import StandardScaler

    rows = "".join(f"{i * i},{i % 3},{i}.5\n" for i in range(12))
    data = load_csv(write(tmp_path, "a,b,y\n" + rows), "y")
    expected = StandardScaler().fit_transform(data.X)
    np.testing.assert_allclose(data.standardised().X, expected, atol=1e-12)
    assert operator.contains(data.standardised().notes[-1], "standardised")
