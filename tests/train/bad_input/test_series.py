"""Series that cannot be used: each fault is named, and earlier outputs stay as they are."""

from pathlib import Path
from typing import Any

import pytest

from firsthand.train import DataError, parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.series import prepare

HEAD = "day,sold\n"
REGULAR = [f"2024-01-{1 + i:02},{10 + i % 7}" for i in range(31)]
REGULAR += [f"2024-02-{1 + i:02},{10 + i % 7}" for i in range(29)]
TIMED = {"time": "day", "history": 4}


def text(rows: list[str], head: str = HEAD) -> str:
    return head + "\n".join(rows) + "\n"


def loaded(path: Path, **keys: Any) -> Data:
    return load_data(parse_config({"task": "timeseries", "data": {"path": str(path)} | keys}))


def changed(line: int, row: str) -> list[str]:
    """The regular rows with another in one line of the file."""
    rows = list(REGULAR)
    rows[line - 2] = row
    return rows


# content, keys of data, words of the message
FILES: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "an empty file": ("", TIMED, ("no first line", "column names")),
    "no line of names": ("1,2\n" * 40, {}, ("begins with numbers", "1,2", "names")),
    "a name twice": (text(REGULAR, "day,day\n"), TIMED, ("two columns", "'day'")),
    "no such time": (text(REGULAR), {"time": "dya"}, ("no column 'dya'", "Did you mean 'day'")),
    "no such target": (text(REGULAR), TIMED | {"target": "sole"}, ("'sole'", "'sold'")),
    "no numbers": (text([f"2024-01-{i:02},x" for i in range(1, 20)]), TIMED, ("no column of num",)),
    "several targets": (
        text([row + ",1" for row in REGULAR], "day,sold,price\n"),
        TIMED,
        ("sold, price", "data.target"),
    ),
    "a target that is an input, too": (
        text(REGULAR),
        TIMED | {"target": "sold", "inputs": ["sold"]},
        ("data.inputs", "twice"),
    ),
    "a word for a number": (
        text(changed(9, "2024-01-08,many")),
        TIMED,
        ("line 9", "'many'", "sold"),
    ),
    "an infinite number": (text(changed(9, "2024-01-08,inf")), TIMED, ("line 9", "'inf'")),
    "a cell too many": (text(changed(9, "2024-01-08,1,2")), TIMED, ("line 9", "3 cells", "2")),
    "no time": (text(changed(9, "soon,1")), TIMED, ("line 9", "'soon'", "2024-01-01")),
    "no times at all": (
        text([f"day {i},{i}" for i in range(30)]),
        TIMED,
        ("'day'", "day 0", "2024-12-31"),
    ),
    "a time twice": (text([*REGULAR, "2024-01-08,99"]), TIMED, ("line 62", "line 9", "2024-01-08")),
    "between two steps": (
        text(changed(9, "2024-01-08 11:00,3")),
        TIMED,
        ("line 9", "between two steps", "one day"),
    ),
    "times far apart": (text([*REGULAR, "2094-01-01,5"]), TIMED, ("2094", "column", "rows")),
    "too short": (text(REGULAR[:12]), TIMED | {"history": 24}, ("12 steps", "history 24")),
    "missing refused": (
        text(changed(9, "2024-01-08,")),
        TIMED | {"fill": "refuse"},
        ("1 of 60", "line 9", "data.fill"),
    ),
    "too much missing": (
        text(REGULAR[:20] + REGULAR[40:]),
        TIMED,
        ("20 of 60", "2024-01-21", "data.max_bad"),
    ),
    "the logarithm of 0": (
        text(changed(9, "2024-01-08,0")),
        TIMED | {"transform": "log"},
        ("line 9", "0 has no logarithm", "data.transform"),
    ),
    "no season": (
        text([f"2024-01-{1 + i:02},{i}" for i in range(31)]),
        TIMED | {"transform": "seasonal_difference"},
        ("needs a season", "data.period"),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_series_says_what_is_wrong_and_where(tmp_path: Path, name: str) -> None:
    content, keys, words = FILES[name]
    path = tmp_path / "sales.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError) as caught:
        loaded(path, **keys)
    assert not [word for word in words if word not in str(caught.value)], caught.value
    assert path.read_text("utf-8") == content
    assert list(tmp_path.iterdir()) == [path]


def test_rows_are_skipped_and_named_and_no_window_forecasts_their_step(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(text(changed(41, "2024-02-09,many")), "utf-8")
    data = loaded(path, bad="skip", **TIMED)
    kinds = {finding.kind: finding.text for finding in data.findings}
    assert "line 41: 'many' in 'sold' is no number" in kinds["bad"]
    assert "2024-02-09" in kinds["gap"]
    assert "2024-02-09" in kinds["missing"]
    sources = [data.train.source(i) for i in range(len(data.train))]
    assert any("2024-02-08" in source for source in sources)
    assert not any("2024-02-09" in source for source in sources)


def test_bytes_that_are_no_text_and_a_folder_of_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"day,sold\n\xff\xfe")
    with pytest.raises(DataError, match="no UTF-8 text"):
        loaded(tmp_path / "a.csv", **TIMED)
    (tmp_path / "b.csv").write_text(text(REGULAR), "utf-8")
    with pytest.raises(DataError, match=r"one CSV file \(a.csv, b.csv\)"):
        loaded(tmp_path, **TIMED)
    with pytest.raises(DataError, match="cannot be read"):
        loaded(tmp_path / "nowhere.csv", **TIMED)


def test_a_test_file_that_begins_too_early(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text(REGULAR[:10] + REGULAR[11:]), "utf-8")
    (tmp_path / "b.csv").write_text(text(REGULAR[10:11]), "utf-8")
    with pytest.raises(DataError, match=r"b.csv, line 2, 2024-01-11.* begin where the other"):
        loaded(tmp_path / "a.csv", test_path=str(tmp_path / "b.csv"), **TIMED)


def test_what_is_to_be_forecast_may_be_wrong_too(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(text(REGULAR), "utf-8")
    preparation = loaded(path, **TIMED).preparation
    with pytest.raises(DataError, match="3 steps came; a forecast needs 4"):
        prepare({"sold": [1, 2, 3]}, preparation)
    with pytest.raises(DataError, match="Column 'sold' is missing; bought came"):
        prepare({"bought": [1, 2, 3, 4]}, preparation)
    with pytest.raises(DataError, match="'sold' holds what is no number"):
        prepare({"sold": [1, 2, 3, "x"]}, preparation)
    with pytest.raises(DataError, match="Column 'day' of times is missing"):
        prepare({"sold": [1, 2, 3, 4]}, preparation)
    with pytest.raises(DataError, match="'soon' in 'day' is no time"):
        prepare({"sold": [1, 2, 3, 4], "day": ["soon"] * 4}, preparation)
    filled = prepare({"sold": [1, None, 3, 4], "day": ["2024-03-01"]}, preparation)
    assert filled.isfinite().all()
