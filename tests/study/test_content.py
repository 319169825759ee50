"""A curriculum is read from its folders, and says which file is wrong where one is."""

import shutil

import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.errors import ContentError, UnknownNameError
from tests.study.conftest import SMALL


@pytest.mark.parametrize("name", ["01", "1", "sums", "01_sums"])
def test_a_stage_is_found_by_its_name_its_number_and_its_topic(small, name):
    assert small.stage(name).title == "Sums"


def test_an_exercise_is_found_by_its_id_and_by_its_target(small):
    assert small.exercise("sums.total") is small.exercise("total")
    assert small.exercise("total").stage == "01_sums"


@pytest.mark.parametrize(("kind", "name"), [("stage", "01_sum"), ("exercise", "sums.totl")])
def test_the_nearest_name_is_suggested(small, kind, name):
    with pytest.raises(UnknownNameError, match="Did you mean"):
        getattr(small, kind)(name)


def test_a_stage_that_is_still_to_come_can_be_named_but_not_read(small):
    later = small.stage("02")
    assert not later.written
    assert later not in small.written
    with pytest.raises(ContentError, match="still to come"):
        later.cards()


def test_a_card_without_a_note_is_a_note_of_its_own(small):
    for card in small.stage("01").cards():
        assert card.note


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("path.toml", None, "path.toml is missing"),
        ("path.toml", "[[stage", "path.toml"),
        ("01_sums/stage.toml", "minutes = ", "stage.toml"),
        ("01_sums/stage.toml", '[[exercise]]\nid = "sums.odd"\n', "stage.toml: sums.odd"),
    ],
)
def test_a_broken_file_is_named(tmp_path, file, text, why):
    root = shutil.copytree(SMALL, tmp_path / "curriculum")
    if text is None:
        (root / file).unlink()
    else:
        (root / file).write_text(text, "utf-8")
    with pytest.raises(ContentError, match=why):
        load_curriculum(root)
