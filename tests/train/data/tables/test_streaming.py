"""A table that is converted in pieces gives what one gives that is read whole."""

from pathlib import Path

import numpy as np
import pytest
import torch

from firsthand.train.data.tables import sources
from tests.train.data.tables.loading import load, rows, write


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "ROWS", 37)


def odd_table(folder: Path) -> Path:
    table = rows(300)
    for i in range(0, 300, 11):
        table[i][i % 3] = ""
    table[40] = ["1"]
    table[140][0] = "much"
    table[200] = table[201]
    (folder / "raw").mkdir(exist_ok=True)
    return write(folder / "raw" / "t.csv", table)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("scale", ["standard", "quantile"])
@pytest.mark.parametrize("target", ["y", "a"])
def test_the_batches_are_the_same(tmp_path: Path, scale: str, target: str) -> None:
    path = odd_table(tmp_path)
    more = {"scale": scale, "bad": "skip", "max_bad": 0.2, "target": target}
    whole = load(path, in_memory="yes", **more)
    converted = load(path, in_memory="no", **more)
    again = load(path, in_memory="no", **more)
    assert whole.train.in_memory
    for data in (converted, again):
        assert not data.train.in_memory
        assert isinstance(data.train.inputs, np.memmap)
        assert data.preparation == whole.preparation
        assert data.facts == whole.facts
        assert data.findings == whole.findings
        assert data.fingerprint == whole.fingerprint
        assert data.slices == whole.slices
        for name in ("train", "validation", "test"):
            one, other = whole.part(name), data.part(name)
            assert len(one) == len(other)
            every = np.random.default_rng(0).permutation(len(one))
            for x, z in zip(one.batch(every), other.batch(every), strict=True):
                assert torch.equal(x, z)
            assert one.source(5) == other.source(5)


def test_it_is_converted_once_and_anew_when_the_file_or_the_settings_change(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", rows())
    first = load(path, in_memory="no")
    stored = tmp_path / ".firsthand"
    (folder,) = stored.iterdir()
    made = (folder / "inputs.f32").stat().st_mtime_ns
    assert load(path, in_memory="no").fingerprint == first.fingerprint
    assert (folder / "inputs.f32").stat().st_mtime_ns == made
    assert load(path, in_memory="no", scale="robust").fingerprint != first.fingerprint
    write(path, rows(seed=1))
    assert load(path, in_memory="no").fingerprint != first.fingerprint
    assert len(list(stored.iterdir())) == 3


def test_what_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", rows())
    first = load(path, in_memory="no")
    (folder,) = (tmp_path / ".firsthand").iterdir()
    every = np.arange(len(first.train))
    inputs = first.train.batch(every)[0]
    for name in ("inputs.f32", "rows.npz", "about.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        assert torch.equal(load(path, in_memory="no").train.batch(every)[0], inputs)


def test_a_table_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    table = rows()
    table[100][0] = "much"
    from firsthand.train import DataError

    with pytest.raises(DataError, match="'much'"):
        load(write(tmp_path / "t.csv", table), in_memory="no")
    assert [p.name for p in tmp_path.rglob("*")] in (["t.csv"], ["t.csv", ".firsthand"])
    assert not list(tmp_path.glob(".firsthand/*"))
