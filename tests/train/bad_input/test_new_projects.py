"""A project that cannot be made says why, and leaves nothing behind."""

from pathlib import Path

import pytest

from firsthand.train import TrainError
from firsthand.train.generator import Wish, create

TABLE = ["a,b,kind", *(f"{i},{i % 5},{'xy'[i % 2]}" for i in range(60))]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    files = {
        "table.csv": TABLE,
        "one.csv": ["a,kind", *(f"{i},same" for i in range(60))],
        "empty.csv": [],
        "head.csv": ["a,b,kind"],
        "unnamed.csv": ["a,b,c", "1,2,3", "4,5,6"],
        "texts.csv": ["words,first,second", *(f"some longer text {i},a,b" for i in range(30))],
    }
    for name, lines in files.items():
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG no picture")
    (tmp_path / "one_class" / "cat").mkdir(parents=True)
    from PIL import Image

    for i in range(12):
        Image.new("L", (8, 8), i * 20).save(tmp_path / "one_class" / "cat" / f"{i}.png")
    for name, link, to in (
        ("dangling/cat", "away.png", "/nowhere/at/all"),
        ("looped/cat", "up", ".."),
        ("ring", "a", "b"),
    ):
        (tmp_path / name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(tmp_path / name / "there.png")
        (tmp_path / name / link).symlink_to(to)
    (tmp_path / "ring" / "b").symlink_to("a")
    (tmp_path / "latin.csv").write_bytes("a,kind\n1,sch\xf6n\n".encode("latin-1"))
    return tmp_path


# name, task, data, target, keys, and words the error must hold
BAD = {
    "a name with a slash at the end of words": (
        "a b",
        "tabular",
        None,
        None,
        [],
        ["'a b'", "no name"],
    ),
    "a hidden name": (".x", "tabular", None, None, [], ["'.x'", "letter or digit first"]),
    "a long name": ("x" * 61, "tabular", None, None, [], ["60 at most"]),
    "a folder that is not empty": ("full", "tabular", None, None, [], ["not empty", "--force"]),
    "a file": ("table.csv", "tabular", None, None, [], ["is a file"]),
    "a task there is not": ("p", "tabluar", None, None, [], ["'tabluar'", "'tabular'"]),
    "data that are not there": ("p", "tabular", "no.csv", "kind", [], ["There is no", "no.csv"]),
    "an empty folder": ("p", "image", "nothing", None, [], ["empty folder"]),
    "an empty file": ("p", "tabular", "empty.csv", "kind", [], ["empty"]),
    "a line of names alone": ("p", "tabular", "head.csv", "kind", [], ["head.csv"]),
    "no target": ("p", "tabular", "unnamed.csv", None, [], ["--target", "a, b, c"]),
    "a target there is not": ("p", "tabular", "table.csv", "knd", [], ["'knd'", "'kind'"]),
    "one class": ("p", "tabular", "one.csv", "kind", [], ["same"]),
    "one class of pictures": ("p", "image", "one_class", None, [], ["'cat'", "two"]),
    "a table for pictures": ("p", "image", "table.csv", None, [], ["--task image", "tabular"]),
    "a table for masks": ("p", "segmentation", "table.csv", None, [], ["learns from pictures"]),
    "a folder for a table": ("p", "tabular", "full", "kind", [], ["is a folder", "one file"]),
    "a folder for a series": ("p", "timeseries", "full", None, [], ["is a folder"]),
    "a picture for a table": ("p", "tabular", "picture.png", "x", [], ["is a picture"]),
    "no text in UTF-8": ("p", "text", "latin.csv", "kind", [], ["latin.csv", "data.encoding"]),
    "one row": ("p", "tabular", "latin.csv", "kind", [], ["'schön' in every row"]),
    "a link to nothing": (
        "p",
        "image",
        "dangling",
        None,
        [],
        ["dangling/cat/away.png is a link to /nowhere/at/all", "remove it"],
    ),
    "a link to where it lies": (
        "p",
        "image",
        "looped",
        None,
        [],
        ["looped/cat/up is a link to ..", "without end"],
    ),
    "a ring of links": ("p", "image", "ring", None, [], ["which is not there"]),
    "several columns to predict": (
        "p",
        "text",
        "texts.csv",
        None,
        [],
        ["--target", "first, second"],
    ),
    "a misspelt key": ("p", "tabular", None, None, ["train.epoch=1"], ["train.epochs"]),
    "a key without a value": ("p", "tabular", None, None, ["train.epochs"], ["no override"]),
    "a value that does not fit": ("p", "tabular", None, None, ["train.lr=-1"], ["above 0"]),
    "a network for another task": ("p", "tabular", None, None, ["model=unet"], ["not for task"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_project_that_cannot_be_made(case: str, here: Path) -> None:
    name, task, data, target, keys, words = BAD[case]
    before = {path: path.lstat().st_mtime_ns for path in here.rglob("*")}
    wish = Wish(here / name, task, here / data if data else None, target, keys)
    with pytest.raises(TrainError) as raised:
        create(wish)
    told = str(raised.value)
    assert all(word in told for word in words), told
    assert f".{name}." not in told, "it names the folder that was taken away"
    assert {path: path.lstat().st_mtime_ns for path in here.rglob("*")} == before


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainError, match="cannot be written"):
        create(Wish(tmp_path / "file" / "p", "tabular"))
