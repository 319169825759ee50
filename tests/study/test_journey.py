"""The folder: made in the documented pattern, found, never overwritten, free to move."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.errors import JourneyError, RequestError, UnknownNameError
from firsthand.study.files import Conflict, Source, text_hash
from firsthand.study.journey import Journey, find_folder
from firsthand.study.verdict import Verdict, VerdictKind

TOTAL = "def total(x):\n    return float(sum(x))\n"


def verdict(exercise: str, kind: VerdictKind = "passed") -> Verdict:
    return Verdict(exercise, kind, f"{exercise} {kind}", "", "")


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith("progress.db")
    }


def test_the_folder_has_the_documented_pattern(journey: Journey) -> None:
    assert set(everything(journey.folder)) == {
        "README.md",
        "00_counting/notes.md",
        "01_sums/from_scratch/sums_numpy.py",
        "01_sums/library_impl/sums_numpy.py",
        "01_sums/comparison.ipynb",
        "01_sums/notes.md",
    }


def test_the_file_is_the_reference_without_the_answers(journey: Journey) -> None:
    text = (journey.folder / "01_sums/from_scratch/sums_numpy.py").read_text()
    assert '"""Return the sum of ``x``; 0.0 for no numbers."""' in text
    assert "value += number" not in text
    assert text.count("raise NotImplementedError") == 2


def test_the_notebook_is_valid_and_without_outputs(journey: Journey) -> None:
    import nbformat

    text = (journey.folder / "01_sums/comparison.ipynb").read_text()
    nbformat.validate(nbformat.reads(text, as_version=4))
    cells = json.loads(text)["cells"]
    assert [c["cell_type"] for c in cells] == ["markdown", "code"]
    assert cells[1]["outputs"] == []


def test_starting_again_overwrites_nothing_and_adds_what_is_missing(
    journey: Journey, small: Curriculum, now: datetime
) -> None:
    notes, library = journey.folder / "01_sums/notes.md", journey.folder / "01_sums/library_impl"
    notes.write_text("mine")
    shutil.rmtree(library)
    before = everything(journey.folder)
    with Journey.create(journey.folder, now, small):
        pass
    after = everything(journey.folder)
    assert {k: v for k, v in after.items() if k in before} == before
    assert set(after) - set(before) == {"01_sums/library_impl/sums_numpy.py"}


def test_what_they_deleted_stays_deleted_until_they_start_again(
    journey: Journey, now: datetime
) -> None:
    shutil.rmtree(journey.folder / "01_sums")
    assert journey.write_stages(now) == []
    assert len(journey.write_stages(now, again=True)) == 4


def test_an_upgrade_adds_stages_and_leaves_files_alone(
    journey: Journey, small: Curriculum, tmp_path: Path, now: datetime
) -> None:
    (journey.folder / "01_sums/from_scratch/sums_numpy.py").write_text(TOTAL)
    before = everything(journey.folder)
    newer = tmp_path / "newer"
    shutil.copytree(small.root, newer)
    shutil.copytree(newer / "00_counting", newer / "02_later")
    later = Journey(journey.folder, load_curriculum(newer), journey.store)
    assert later.write_stages(now) == [journey.folder / "02_later/notes.md"]
    after = everything(journey.folder)
    assert {k: v for k, v in after.items() if k in before} == before
    assert [e.id for e in later.missing(later.curriculum.stage("01"))] == ["sums.mean"]


def test_a_folder_with_other_things_in_it_keeps_them(
    tmp_path: Path, small: Curriculum, now: datetime
) -> None:
    (tmp_path / "README.md").write_text("other")
    Journey.create(tmp_path, now, small).close()
    assert (tmp_path / "README.md").read_text() == "other"


def test_a_file_in_the_way_is_told(tmp_path: Path, small: Curriculum, now: datetime) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(JourneyError, match="cannot be made"):
        Journey.create(tmp_path / "taken", now, small)


def test_it_is_found_by_argument_variable_place_and_name(journey: Journey, tmp_path: Path) -> None:
    home = journey.folder
    deep = home / "01_sums" / "from_scratch"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert find_folder(home, environment={}, here=elsewhere) == home
    named = {"FIRSTHAND_JOURNEY": str(home)}
    assert find_folder(environment=named, here=elsewhere) == home
    assert find_folder(environment={}, here=deep) == home
    assert find_folder(environment={}, here=tmp_path) == home  # ./ml_journey
    with pytest.raises(JourneyError, match="firsthand start"):
        find_folder(environment={}, here=elsewhere)
    with pytest.raises(JourneyError, match="is no journey"):
        find_folder(elsewhere, environment=named, here=home)


def test_moving_and_copying_the_folder_moves_everything(
    journey: Journey, small: Curriculum, tmp_path: Path, now: datetime
) -> None:
    journey.record_verdict(verdict("sums.total"), TOTAL, now)
    journey.close()
    copied = shutil.copytree(journey.folder, tmp_path / "copied")
    moved = shutil.move(journey.folder, tmp_path / "moved")
    for folder in (copied, Path(moved)):
        with Journey.find(folder, small) as found:
            assert found.passed() == {"sums.total"}
            assert found.file(small.exercise("sums.total")).is_file()
            assert (
                str(journey.folder).encode() not in (folder / ".firsthand/progress.db").read_bytes()
            )


def test_reset_keeps_a_dated_copy_and_touches_one_function(
    journey: Journey, small: Curriculum, now: datetime
) -> None:
    path = journey.folder / "01_sums/from_scratch/sums_numpy.py"
    mine = "# mine\n" + TOTAL + "\n\ndef mean(x):\n    return total(x) / len(x)  # done\n"
    path.write_text(mine)
    copy = journey.reset(small.exercise("sums.total"), now)
    assert copy is not None
    assert copy.read_text() == mine
    assert "2026-03-02T09-00-00Z" in str(copy)
    text = path.read_text()
    assert text.startswith("# mine\n")
    assert "return float(sum(x))" not in text
    assert "return total(x) / len(x)  # done" in text
    again = journey.reset(small.exercise("sums.mean"), now)  # in the same second
    assert again is not None
    assert again != copy
    assert copy.read_text() == mine
    assert again.read_text() == text


def test_reset_puts_a_missing_function_back(
    journey: Journey, small: Curriculum, now: datetime
) -> None:
    path = journey.folder / "01_sums/from_scratch/sums_numpy.py"
    path.write_text(TOTAL)
    journey.reset(small.exercise("sums.mean"), now)
    assert path.read_text().startswith(TOTAL)
    assert journey.missing(small.stage("01")) == ()


def test_reset_of_a_broken_file_says_the_line_and_replaces_the_whole_on_request(
    journey: Journey, small: Curriculum, now: datetime
) -> None:
    path = journey.folder / "01_sums/from_scratch/sums_numpy.py"
    path.write_text("x = 1\ndef total(x:\n")
    with pytest.raises(RequestError, match=r"line 2.*firsthand reset 01"):
        journey.reset(small.exercise("sums.total"), now)
    assert path.read_text() == "x = 1\ndef total(x:\n"
    copy = journey.reset_stage(small.stage("01"), now)
    assert copy is not None
    assert copy.read_text() == "x = 1\ndef total(x:\n"
    assert path.read_text().count("raise NotImplementedError") == 2


def test_a_passed_function_comes_back_blank_in_a_copy(
    journey: Journey, small: Curriculum, now: datetime
) -> None:
    exercise = small.exercise("sums.total")
    with pytest.raises(RequestError, match="never passed"):
        journey.practise(exercise, now)
    own = journey.file(exercise)
    own.write_text(TOTAL + "\n\ndef mean(x):\n    return total(x) / len(x)\n")
    journey.record_verdict(verdict(exercise.id), own.read_text(), now)
    practice = journey.practise(exercise, now + timedelta(days=3))
    assert own.read_text().startswith(TOTAL)
    assert "float(sum(x))" not in practice.read_text()
    assert "raise NotImplementedError" in practice.read_text()
    assert "return total(x) / len(x)" in practice.read_text()

    practice.write_text("half done")
    assert journey.practise(exercise, now + timedelta(days=4)).read_text() == "half done"
    journey.record_verdict(verdict(exercise.id), TOTAL, now + timedelta(days=4), practice=True)
    assert not journey.practising(exercise)
    journey.practise(exercise, now + timedelta(days=9))
    assert "raise NotImplementedError" in practice.read_text()
    copies = list((journey.folder / ".firsthand/backups/practice").rglob("*.py"))
    assert [c.read_text() for c in copies] == ["half done"]


def test_a_place_tells_what_it_holds(journey: Journey, small: Curriculum, now: datetime) -> None:
    exercise = small.exercise("sums.total")
    journey.record_verdict(verdict(exercise.id), TOTAL, now)
    own = journey.at(journey.file(exercise))
    assert ([e.id for e in own.exercises], own.practice) == (["sums.total", "sums.mean"], False)
    copy = journey.at(journey.practise(exercise, now))
    assert ([e.id for e in copy.exercises], copy.practice) == (["sums.total"], True)
    with pytest.raises(UnknownNameError):
        journey.at(journey.folder / "README.md")


def test_a_conflict_loses_neither_side(journey: Journey, small: Curriculum) -> None:
    path = journey.file(small.exercise("sums.total"))
    loaded = journey.read_source(path)
    path.write_text("from their own editor")
    answer = journey.write_source(path, "from the studio", loaded.hash)
    assert answer == Conflict(
        "from the studio", Source("from their own editor", text_hash("from their own editor"))
    )
    assert path.read_text() == "from their own editor"
    saved = journey.write_source(path, "both", text_hash("from their own editor"))
    assert saved == Source("both", text_hash("both"))
    assert path.read_text() == "both"
    assert not list(path.parent.glob(".*.part"))


def test_nothing_outside_the_folder_is_read_or_written(journey: Journey, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (journey.folder / "link").symlink_to(tmp_path / "secret")
    for path in (Path("../secret"), tmp_path / "secret", Path("link")):
        with pytest.raises(RequestError, match="outside"):
            journey.read_source(path)
        with pytest.raises(RequestError, match="outside"):
            journey.write_source(path, "", "")
    assert (tmp_path / "secret").read_text() == "secret"


def test_a_file_that_is_no_text_is_told(journey: Journey, small: Curriculum) -> None:
    path = journey.file(small.exercise("sums.total"))
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(JourneyError, match="not UTF-8"):
        journey.source(small.exercise("sums.total"))
    path.unlink()
    with pytest.raises(JourneyError, match="missing"):
        journey.source(small.exercise("sums.total"))
