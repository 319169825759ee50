"""A table is divided by the column that is named, and each part knows its groups."""

from pathlib import Path

import numpy as np
import pytest

from firsthand.train import DataError, TrainError
from tests.train.data.tables.loading import load, rows, told, write

NAMES = "who,a,b,when,y"


def by_person(path: Path, people: range, n: int = 200) -> Path:
    who = np.random.default_rng(1).choice(list(people), n)
    table = [[f"p{person}", *row] for person, row in zip(who, rows(n), strict=True)]
    return write(path, table, NAMES)


def line(source: str) -> int:
    return int(source.split()[-1])


@pytest.mark.parametrize("in_memory", ["yes", "no"])
@pytest.mark.parametrize("kind", ["auto", "grouped"])
def test_a_named_group_is_in_one_part(tmp_path: Path, kind: str, in_memory: str) -> None:
    path = by_person(tmp_path / "t.csv", range(30))
    split = {"kind": kind, "group": "who"}
    for _ in range(2):  # converted to files, and opened again
        data = load(path, split=split, in_memory=in_memory)
        lines = path.read_text().splitlines()
        for part in ("train", "validation", "test"):
            examples = data.part(part)
            written = [
                lines[line(examples.source(i)) - 1].split(",")[0] for i in range(len(examples))
            ]
            assert data.groups[part] == written
        held = [set(data.groups[part]) for part in ("train", "validation", "test")]
        assert not held[0] & held[1] | held[0] & held[2] | held[1] & held[2]
        assert not any(name.startswith("who") for name in data.preparation["inputs"])


def test_a_named_time_tests_on_the_latest(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", rows())
    auto, asked = (load(path, split={"kind": k, "time": "when"}) for k in ("auto", "time"))
    sources = [auto.test.source(i) for i in range(len(auto.test))]
    assert sources == [asked.test.source(i) for i in range(len(asked.test))]
    when = {i: row[2] for i, row in enumerate(rows(), start=2)}
    latest = min(when[line(source)] for source in sources)
    learnt = [when[line(auto.train.source(i))] for i in range(len(auto.train))]
    assert max(learnt) <= latest
    assert auto.groups == {}


@pytest.mark.parametrize("key", ["group", "time"])
def test_a_column_that_is_not_there_has_a_near_name(tmp_path: Path, key: str) -> None:
    path = write(tmp_path / "t.csv", rows())
    with pytest.raises(DataError, match=rf"data\.split\.{key}: .*Did you mean 'when'\?"):
        load(path, split={key: "wehn"})


def test_group_and_time_are_not_both_meant(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", rows())
    with pytest.raises(TrainError, match="set kind to grouped or time"):
        load(path, split={"group": "b", "time": "when"})


def test_groups_of_a_test_file_are_known_and_those_shared_are_told(tmp_path: Path) -> None:
    path = by_person(tmp_path / "t.csv", range(30))
    other = by_person(tmp_path / "other.csv", range(28, 60))
    data = load(path, test_path=str(other), split={"group": "who"})
    assert len(data.groups["test"]) == len(data.test)
    assert "2 of 32 groups" in told(data, "shared_groups")
    assert "'p28'" in told(data, "shared_groups")
