"""What a reader notices in a table, and that it stays silent on a sound one."""

from pathlib import Path

import numpy as np
import pytest

from tests.train.data.tables.loading import kinds, load, rows, told, write


def test_a_sound_table_has_no_findings(tmp_path: Path) -> None:
    assert not load(write(tmp_path / "t.csv", rows())).findings


def with_column(tmp_path: Path, values: list[str], n: int = 200, **settings):
    table = [[*row, value] for row, value in zip(rows(n), values, strict=True)]
    return load(write(tmp_path / "t.csv", table, "a,b,when,y,new"), **settings)


SPREAD = np.random.default_rng(3).normal(size=200)


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        (["7"] * 200, "constant", ["'new'", "the same value", "left out"]),
        ([""] * 200, "constant", ["no value in any row"]),
        ([str(i) for i in range(200)], "id", ["'new'", "numbers the rows"]),
        ([f"x{i}" for i in range(200)], "id", ["another value in every row"]),
        ([f"this is the text number {i}" for i in range(200)], "text", ["of 6 words"]),
        (["3" if i % 3 else "three" for i in range(200)], "mixed", ["mixes numbers (6", "words"]),
        ([f"w{i // 2}" for i in range(200)], "high_cardinality", ["words", "max_levels"]),
        (["" if i % 4 else str(SPREAD[i]) for i in range(200)], "missing", ["no value in 7"]),
        ([str(x) for x in SPREAD[:-1]] + ["inf"], None, []),
        (["1e9" if i == 150 else str(x) for i, x in enumerate(SPREAD)], None, []),
        (["02/03/2020", "05/06/2021"] * 100, "ambiguous_date", ["month/day or day/month"]),
    ],
)
def test_a_column_is_told(tmp_path: Path, values: list[str], kind: str | None, words) -> None:
    data = with_column(tmp_path, values)
    if kind is not None:
        assert all(word in told(data, kind) for word in words)
        left_out = kind in ("constant", "id", "text")
        assert left_out != any(name.startswith("new") for name in data.preparation["inputs"])


def test_an_outlier_is_told_with_its_line_and_can_be_clipped(tmp_path: Path) -> None:
    values = [str(x) for x in SPREAD]
    data = with_column(tmp_path, values)
    line = int(data.train.source(0).split()[-1])
    values[line - 2] = "1e6"
    data = with_column(tmp_path, values)
    assert f"1e+06 in line {line}" in told(data, "outlier")
    clipped = with_column(tmp_path, values, clip_outliers=3, scale="robust")
    column = clipped.preparation["inputs"].index("new")
    assert clipped.train.inputs[:, column].max() == 3


def test_infinite_numbers_count_as_missing(tmp_path: Path) -> None:
    values = [str(x) for x in SPREAD]
    line = int(with_column(tmp_path, values).train.source(0).split()[-1])
    values[line - 2] = "-inf"
    data = with_column(tmp_path, values)
    assert "'new' has 1 infinite" in told(data, "infinite")
    assert np.isfinite(data.train.inputs).all()


def test_a_column_that_gives_a_class_away_is_told(tmp_path: Path) -> None:
    classes = [row[3] for row in rows()]
    data = with_column(tmp_path, ["approved" if y == "yes" else "rejected" for y in classes])
    assert "'new' alone tells the class of the target to 100.0%" in told(data, "leakage")
    left_out = load(tmp_path / "t.csv", leave_out=["new"])
    assert "leakage" not in kinds(left_out)


def test_a_column_that_gives_a_quantity_away_is_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.lognormal(size=300)
    table = [[f"{rng.normal():.3f}", f"{v**2 + 1:.6f}", f"{v:.6f}"] for v in y]
    data = load(write(tmp_path / "t.csv", table, "noise,squared,y"))
    leaks = [finding.text for finding in data.findings if finding.kind == "leakage"]
    assert len(leaks) == 1
    assert "'squared'" in leaks[0]


def test_repeated_rows_are_told_within_and_between_parts(tmp_path: Path) -> None:
    table = rows(100) * 2
    data = load(write(tmp_path / "t.csv", table))
    n = len(data.train)
    seen = {tuple(table[int(data.train.source(i).split()[-1]) - 2]) for i in range(n)}
    assert f"{n - len(seen)} rows of the training part repeat" in told(data, "duplicate")
    test = [tuple(table[int(data.test.source(i).split()[-1]) - 2]) for i in range(len(data.test))]
    also = [f.text for f in data.findings if f.kind == "duplicate_in_parts"]
    assert f"{sum(row in seen for row in test)} of {len(test)} rows of the test part" in also[1]


def test_rare_classes_are_told(tmp_path: Path) -> None:
    table = rows()
    for i, row in enumerate(table):
        row[3] = "rare" if i < 12 else "common"
    data = load(write(tmp_path / "t.csv", table))
    assert "'rare' 12" in told(data, "imbalance")
    for i in range(2, 12):
        table[i][3] = "common"
    data = load(write(tmp_path / "t.csv", table))
    assert "'rare'" in told(data, "rare_class")
    assert data.facts.class_counts[1] == 2


def test_bad_rows_are_skipped_by_name_when_asked(tmp_path: Path) -> None:
    table = rows()
    table[10] = ["1", "2"]
    table[20][0] = "much"
    table[30][3] = ""
    data = load(write(tmp_path / "t.csv", table), bad="skip")
    text = told(data, "bad")
    assert "3 of 200 rows" in text
    for words in (
        "t.csv, line 12: it has 2 fields, and there are 4 columns",
        "t.csv, line 22: 'much' in column 'a' is no number",
        "t.csv, line 32: the target 'y' has no value",
    ):
        assert words in text
    parts = (data.train, data.validation, data.test)
    sources = {part.source(i) for part in parts for i in range(len(part))}
    assert len(sources) == 197
    assert not sources & {"t.csv, line 12", "t.csv, line 22", "t.csv, line 32"}


THREE_FORMS = ["2020-01-{:02}", "{:02}.03.2020", "{:02} Mar 2021"]


@pytest.mark.parametrize("distinct", [5, 28])
def test_dates_in_several_forms_are_told(tmp_path: Path, distinct: int) -> None:
    values = [THREE_FORMS[i % 3].format(i % distinct + 1) for i in range(200)]
    text = told(with_column(tmp_path, values), "mixed_dates")
    assert "'new' holds dates in more than one form" in text
    assert "2026-01-31" in text


def test_words_that_differ_in_capitals_are_told(tmp_path: Path) -> None:
    data = with_column(tmp_path, [["Oak", "oak", "OAK", "ash"][i % 4] for i in range(200)])
    assert "'OAK', 'Oak', 'oak'" in told(data, "spelling")
    table = [[row[0], ["Yes", "yes", "YES", "no"][i % 4]] for i, row in enumerate(rows())]
    data = load(write(tmp_path / "u.csv", table, "a,y"))
    assert "The target 'y' has classes that differ only in capitals" in told(data, "spelling")


def test_tiny_numbers_are_scaled_like_others(tmp_path: Path) -> None:
    data = with_column(tmp_path, [f"{x:.4f}e-300" for x in SPREAD])
    column = data.preparation["inputs"].index("new")
    assert data.train.inputs[:, column].std() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("scale", ["standard", "robust", "quantile", "none"])
def test_a_huge_number_can_be_skipped_without_warnings(tmp_path: Path, scale: str) -> None:
    values = ["1e308" if i == 7 else f"{x:.4f}" for i, x in enumerate(SPREAD)]
    data = with_column(tmp_path, values, bad="skip", scale=scale)
    assert "'1e308' in column 'new' is too large" in told(data, "bad")
    assert np.isfinite(data.train.inputs).all()
