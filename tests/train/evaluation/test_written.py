"""The worst rows of a table are shown with the columns they have in their file."""

from pathlib import Path

from firsthand.train import load_config, train
from firsthand.train.evaluation.opening import open_run
from firsthand.train.evaluation.written import written_rows
from tests.train.projects import write_project


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    config = load_config(write_project(tmp_path, epochs=1, curves=False))
    run, _ = train(config, tmp_path)
    opened = open_run(run)
    lines = (tmp_path / "data/raw/points.csv").read_text().splitlines()
    found = written_rows(opened, [0, 3])
    assert set(found) == {0, 3}
    for i, row in found.items():
        line = int(opened.data.test.source(i).rpartition(" ")[2])
        assert ",".join(map(str, row.values())) == lines[line - 1]
        assert list(row) == ["a", "b", "c", "d", "kind"]


def test_a_file_that_has_gone_stops_nothing(tmp_path: Path) -> None:
    config = load_config(write_project(tmp_path, epochs=1, curves=False))
    run, _ = train(config, tmp_path)
    opened = open_run(run)
    (tmp_path / "data/raw/points.csv").unlink()
    assert written_rows(opened, [0]) == {}
