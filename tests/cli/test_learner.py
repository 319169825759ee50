"""The learner's commands, lived through from an empty folder."""

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firsthand.cli.main import main
from firsthand.study.content import load_curriculum
from firsthand.study.journey import Journey
from firsthand.study.memory.log import history
from firsthand.study.memory.rating import Rating
from firsthand.study.verdict import Verdict, VerdictKind

SMALL = Path(__file__).parents[1] / "study" / "small_curriculum"
BOTH = "def total(x):\n    return sum(x)\n\n\ndef mean(x):\n    return total(x) / len(x)\n"


@dataclass
class Said:
    """What a command printed and exited with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``firsthand WORDS`` in an empty folder, ``keys`` typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRSTHAND_CURRICULUM", str(SMALL))
    monkeypatch.delenv("FIRSTHAND_JOURNEY", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.syspath_prepend(str(SMALL))

    def command(*words: str, keys: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["firsthand", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
        capsys.readouterr()
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(int(done.value.code or 0), out, err)

    return command


@pytest.fixture
def started(run: Run) -> Run:
    assert run("start").code == 0
    return run


def graded(kind: VerdictKind, days_ago: int = 0, exercise: str = "sums.total") -> None:
    """Have the grader's word on an exercise recorded."""
    with Journey.find("ml_journey", load_curriculum(SMALL)) as journey:
        when = datetime.now(UTC) - timedelta(days=days_ago)
        journey.record_verdict(Verdict(exercise, kind, f"It is {kind}.", "", ""), BOTH, when)


def test_start_makes_the_journey_and_says_where_to_begin(run: Run, tmp_path: Path) -> None:
    said = run("start")
    assert said.code == 0
    assert "01_sums/from_scratch/sums_numpy.py" in said.out
    assert (tmp_path / "ml_journey/01_sums/notes.md").is_file()


def test_start_again_adds_and_says_what_a_file_lacks(started: Run, tmp_path: Path) -> None:
    assert "has all its files" in started("start").out
    (tmp_path / "ml_journey/00_counting/notes.md").unlink()
    (tmp_path / "ml_journey/01_sums/from_scratch/sums_numpy.py").write_text("def mean(x): ...\n")
    said = started("start", "--json").json
    assert said["new"] == ["00_counting/notes.md"]
    assert said["lacking"] == {"01": ["total"]}
    assert "has no total" in started("start").out
    assert "firsthand reset sums.total" in started("start").out


def test_start_where_a_file_is_in_the_way(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    said = run("start", "taken")
    assert (said.code, "cannot be made" in said.err) == (3, True)


@pytest.mark.parametrize(
    "words",
    [("today",), ("path",), ("next",), ("hint",), ("review",), ("cards", "list"), ("reset", "01")],
)
def test_without_a_journey(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert (said.code, "firsthand start" in said.err) == (3, True)


def test_no_journey_is_made_inside_a_journey(
    started: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for inside in ("ml_journey", "ml_journey/01_sums/from_scratch"):
        monkeypatch.chdir(tmp_path / inside)
        said = started("start")
        assert (said.code, said.out) == (0, "ml_journey has all its files.\n")
        refused = started("start", "another")
        assert (refused.code, "lies inside the journey" in refused.err) == (3, True)
    assert len(list(tmp_path.rglob("progress.db"))) == 1


def test_a_terminal_that_knows_few_signs(
    started: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import subprocess

    plain = subprocess.run(
        [sys.executable, "-m", "firsthand", "cards", "add", "1 ≤ 2 ✓?", "λ"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
        capture_output=True,
    )
    assert plain.returncode == 0
    shown = subprocess.run(
        [sys.executable, "-m", "firsthand", "cards", "list"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONIOENCODING": "latin-1",
        },
        check=False,
        capture_output=True,
    )
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"1 ? 2 ??" in shown.stdout


def test_a_damaged_database_is_told_and_diagnosed(started: Run, tmp_path: Path) -> None:
    (tmp_path / "ml_journey/.firsthand/progress.db").write_bytes(b"no database at all" * 99)
    said = started("today")
    assert (said.code, "is damaged" in said.err, "defect" in said.err) == (3, True, False)
    assert started("doctor").code == 1


def test_no_line_ends_in_blanks_where_output_is_kept(started: Run) -> None:
    for words in (("today",), ("path", "01"), ("next",), ("hint",)):
        assert not [line for line in started(*words).out.splitlines() if line != line.rstrip()]


def test_today(started: Run) -> None:
    said = started("today")
    assert "Read stage 00: Counting" in said.out
    assert "firsthand next sums.total" in said.out
    facts = started("today", "--json").json
    assert facts["minutes"] == sum(t["minutes"] for t in facts["tasks"])
    assert [t["kind"] for t in facts["tasks"]] == ["read", "exercise"]


def test_next_says_what_where_and_how_far(started: Run) -> None:
    said = started("next")
    assert "total in ml_journey/01_sums/from_scratch/sums_numpy.py:9" in said.out
    graded("wrong")
    facts = started("next", "--json").json
    assert (facts["exercise"], facts["last"]["headline"]) == ("sums.total", "It is wrong.")
    assert "The mean" in started("next", "mean").out
    lost = started("next", "sums.totl")
    assert (lost.code, "sums.total" in lost.err) == (2, True)


def test_next_when_all_is_passed(started: Run) -> None:
    graded("passed")
    graded("passed", exercise="sums.mean")
    said = started("next")
    assert (said.code, "Every exercise is passed" in said.err) == (2, True)


def test_a_stage_stands_for_its_next_exercise(started: Run) -> None:
    assert started("next", "1", "--json").json["exercise"] == "sums.total"
    graded("passed")
    assert started("next", "01", "--json").json["exercise"] == "sums.mean"
    none = started("hint", "00")
    assert (none.code, "has no exercises" in none.err) == (2, True)


def test_hints_and_the_solution(started: Run) -> None:
    assert "hint 1 of 3" in started("hint").out
    assert started("hint", "sums.total", "--json").json["step"] == 2
    assert "That was the last" in started("hint").out
    refused = started("solution", "sums.total")
    assert (refused.code, "--give-up" in refused.err, refused.out) == (2, True, "")
    shown = started("solution", "sums.total", "--give-up")
    assert "value += number" in shown.out


def test_reset_of_an_exercise_and_of_a_stage(started: Run, tmp_path: Path) -> None:
    file = tmp_path / "ml_journey/01_sums/from_scratch/sums_numpy.py"
    file.write_text(BOTH)
    copy = Path(started("reset", "sums.total", "--json").json["copy"])
    assert copy.read_text() == BOTH
    assert "return total(x) / len(x)" in file.read_text()
    assert started("reset", "1").code == 0
    assert file.read_text().count("raise NotImplementedError") == 2
    assert started("reset", "nothing").code == 2


def test_reset_keeps_the_line_ends_of_the_file(started: Run, tmp_path: Path) -> None:
    file = tmp_path / "ml_journey/01_sums/from_scratch/sums_numpy.py"
    file.write_bytes(BOTH.replace("\n", "\r\n").encode())
    assert started("reset", "sums.total").code == 0
    data = file.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 4
    file.write_bytes(b"def mean(x):\r\n    return 1\r\n")
    assert started("reset", "sums.total").code == 0
    data = file.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 4


def test_a_mark_at_the_beginning_of_a_file_is_no_error(started: Run, tmp_path: Path) -> None:
    file = tmp_path / "ml_journey/01_sums/from_scratch/sums_numpy.py"
    file.write_bytes(b"\xef\xbb\xbf" + BOTH.encode())
    assert started("next", "sums.total", "--json").json["line"] == 1


def test_the_path_shows_what_is_coming_and_what_is_proved(started: Run) -> None:
    graded("passed")
    said = started("path")
    assert "02  Later                                coming" in said.out
    assert "1 of 2 exercises" in said.out
    one = started("path", "1")
    assert "not yet  Can add (implementation)" in one.out
    assert "+ The sum: passed on" in one.out
    facts = started("path", "sums", "--json").json
    assert facts["claims"][0]["state"] == "not yet"
    assert [s["written"] for s in started("path", "--json").json] == [True, True, False]
    assert "Later" in started("path", "2").out


def test_a_review_by_keyboard(started: Run) -> None:
    started("next")  # begins stage 01
    said = started("review", keys=" 2" + " 1" + "u" + " 2" + "s" + " q")
    assert said.code == 0
    assert "What is ∑ᵢ₌₁⁰ xᵢ?" in said.out
    assert "1 forgot   2 remembered" in said.out
    assert "Comes back in 2 days." in said.out
    assert "Comes back in 10 minutes." in said.out
    assert "Taken back." in said.out
    assert "Kept out of reviews" in said.out
    assert "2 reviewed, 8 left for today." in said.out
    with Journey.find("ml_journey", load_curriculum(SMALL)) as journey:
        assert [a.rating for a in history(journey.store, "card:sums.empty")] == [Rating.GOOD]
        assert len(journey.store.rows("SELECT * FROM suspended")) == 1


def test_a_review_to_its_end(started: Run) -> None:
    started("next")
    said = started("review", keys=" 2" * 30)
    assert "10 reviewed." in said.out
    assert started("review").out == "No card is due.\n"
    queue = started("review", "--json", "--all").json
    assert (queue["old"], queue["new"]) == (0, 9)  # the tenth is a sibling of one seen today


def test_four_buttons_and_other_settings(started: Run) -> None:
    started("next")
    shown = started("review", "--set", "buttons=4", "--set", "retention=0.85", "--json").json
    assert (shown["buttons"], shown["retention"]) == (4, 0.85)
    said = started("review", keys=" 4q")
    assert "1 forgot   2 hard   3 good   4 easy" in said.out
    refused = started("review", "--set", "retention=2")
    assert (refused.code, "between 0.7 and 0.99" in refused.err) == (2, True)
    for wrong, why in (("retention", "no value"), ("retention=high", "a number"), ("x=1", "leech")):
        refused = started("review", "--set", wrong)
        assert (refused.code, why in refused.err, "defect" in refused.err) == (2, True, False)


def test_a_review_without_a_keyboard_says_what_is_left(started: Run) -> None:
    started("next")
    assert "0 reviewed, 10 left for today." in started("review").out


def test_an_exercise_is_written_again(started: Run, tmp_path: Path) -> None:
    assert started("review", "--exercise", "sums.total").code == 2
    graded("passed", days_ago=30)
    assert "comes back blank" in started("review").out.replace("\n", " ")
    said = started("review", "--exercise", "sums.total")
    assert "practice/sums.total.py" in said.out
    assert "firsthand check sums.total" in said.out
    assert "NotImplementedError" in (tmp_path / "ml_journey/practice/sums.total.py").read_text()
    assert "in ml_journey/practice/sums.total.py" in started("next", "sums.total").out
    refused = started("solution", "sums.total")
    assert (refused.code, "not passed again yet" in refused.err) == (2, True)


def test_questions_in_the_terminal(started: Run) -> None:
    assert "Right." in started("review", "--question", "counting.how_many", keys="2\n").out
    assert "Not yet." in started("review", "--question", "sums.gauss", keys="7\n").out
    assert "Right." in started("review", "--question", "sums.explain", keys="\ny\ny\n").out
    facts = started("review", "--question", "counting.how_many", "--json").json
    assert (facts["answered_rightly"], "answer" in facts) == (True, False)


def test_cards_are_written_listed_exported_and_imported(started: Run, tmp_path: Path) -> None:
    item = started("cards", "add", "What is $e^0$?", "$1$", "--tag", "maths", "--json").json["item"]
    listed = started("cards", "list", "--json").json
    assert [(c["item"], c["tags"]) for c in listed] == [(item, ["maths"])]
    assert "What is e⁰?" in started("cards", "list").out
    for name in ("out.csv", "out.apkg"):
        assert "1 card in" in started("cards", "export", name).out
        again = started("cards", "export", name)
        assert (again.code, "--force" in again.err) == (2, True)
    (tmp_path / "more.csv").write_text("front,back\nq,a\n")
    assert "1 card added" in started("cards", "import", "more.csv").out
    (tmp_path / "evil.apkg").write_bytes(b"no zip")
    refused = started("cards", "import", "evil.apkg")
    assert (refused.code, "no Anki package" in refused.err) == (2, True)
    refused = started("cards", "export", "nowhere/out.csv")
    assert (refused.code, (tmp_path / "nowhere").exists()) == (2, False)
    lost = started("cards", "list", "nothing")
    assert (lost.code, "more, own" in lost.err) == (2, True)
    started("next")
    assert len(started("cards", "list", "1", "--json").json) == 20


def test_stages_that_an_upgrade_brought_are_laid_out_and_said(
    started: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    newer = shutil.copytree(SMALL, tmp_path / "newer")
    shutil.copytree(newer / "00_counting", newer / "02_later")
    monkeypatch.setenv("FIRSTHAND_CURRICULUM", str(newer))
    assert "New in your journey: 02_later." in started("today").err
    assert started("today").err == ""
