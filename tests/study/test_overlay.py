"""Jobs run on the learner's passed functions, with ours for the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.errors import StudyError
from firsthand.study.overlay import OverlayError, run

FIXTURE = Path(__file__).parent / "grading" / "fixture"

SIGMOID = """\
from math import inf

HALF = 0.5


def helper(z):
    print("learning aloud")
    return z * 0 + HALF


def sigmoid(z):
    return helper(z)
"""
DESCEND = "def descend(X, y, learning_rate, n_steps):\n    return sigmoid(X[0]) + len(y)\n"


@pytest.fixture
def curriculum(monkeypatch: pytest.MonkeyPatch) -> Curriculum:
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parents[2]}:{FIXTURE}")
    return load_curriculum(FIXTURE)


def job(curriculum: Curriculum, passed: dict[str, str], name: str = "gradient", **arguments):
    return run(curriculum, passed, f"fixture_jobs:{name}", **arguments)


def test_without_a_pass_everything_is_ours(curriculum: Curriculum) -> None:
    ran = job(curriculum, {})
    assert ran.yours == ()
    assert ran.value["db"] == pytest.approx(0.9525741268)


def test_theirs_stands_in_wherever_ours_is_called(curriculum: Curriculum) -> None:
    ran = job(curriculum, {"logistic.sigmoid": SIGMOID})
    assert ran.yours == ("logistic.sigmoid",)
    # at log-odds 3 ours is 0.95: theirs is called by our gradient, and where its name was taken
    assert ran.value == {"db": 0.5, "imported": 0.5}


def test_theirs_see_one_another_and_ours_for_the_rest(curriculum: Curriculum) -> None:
    passed = {"logistic.descend": DESCEND}
    assert job(curriculum, passed, "descend").value == pytest.approx(3 + 1 / (1 + np.exp(-1)))
    assert job(curriculum, {**passed, "logistic.sigmoid": SIGMOID}, "descend").value == 3.5


def test_a_job_is_told_whose_functions_it_runs_on(curriculum: Curriculum) -> None:
    ran = job(curriculum, {"logistic.sigmoid": SIGMOID}, "told", stage="06")
    assert ran.value == ["sigmoid"]


def test_what_cannot_be_used_stays_ours(curriculum: Curriculum) -> None:
    text = "import nothing_of_that_name\n\n\ndef sigmoid(z):\n    pass\n"
    ran = job(curriculum, {"logistic.sigmoid": text})
    assert ran.yours == ()
    assert "nothing_of_that_name" in ran.unusable["logistic.sigmoid"]
    assert ran.value["db"] == pytest.approx(0.9525741268)


def test_their_error_is_told_with_their_line(curriculum: Curriculum) -> None:
    with pytest.raises(OverlayError, match=r"your logistic\.sigmoid, line 2") as error:
        job(curriculum, {"logistic.sigmoid": "def sigmoid(z):\n    return z / None\n"})
    assert "TypeError" in str(error.value)


def test_our_own_errors_arrive_as_what_they_are(curriculum: Curriculum) -> None:
    with pytest.raises(StudyError, match="There is no stage called 'x'"):
        job(curriculum, {}, "refuse")


def test_a_job_that_never_ends_is_ended(curriculum: Curriculum) -> None:
    with pytest.raises(OverlayError, match="did not finish"):
        job(curriculum, {"logistic.sigmoid": "def sigmoid(z):\n    while True: pass\n"}, seconds=2)


def test_a_job_that_dies_is_told(curriculum: Curriculum) -> None:
    passed = {"logistic.sigmoid": "import os\n\n\ndef sigmoid(z):\n    os._exit(3)\n"}
    with pytest.raises(OverlayError, match="without an answer"):
        job(curriculum, passed)


def test_their_code_cannot_change_the_disk(curriculum: Curriculum, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("kept")
    text = f"def sigmoid(z):\n    open({str(file)!r}, 'w').write('gone')\n    return z\n"
    if not job(curriculum, {}).sandboxed:
        pytest.skip("bubblewrap does not work here: sudo apt-get install bubblewrap")
    with pytest.raises(OverlayError, match="Read-only"):
        job(curriculum, {"logistic.sigmoid": text})
    assert file.read_text() == "kept"


FORGED = """\
import os

for number in range(3, 60):
    try:
        os.write(number, b'\\n{}')
    except OSError:
        pass
os._exit(0)
"""


@pytest.mark.parametrize(
    "answer",
    ["[1, 2", "3", "{}", '{"error": 1}', '{"error": {"module": "firsthand.nothing", "type": 1}}'],
)
def test_a_forged_answer_is_an_error_like_others(curriculum: Curriculum, answer: str) -> None:
    with pytest.raises(OverlayError):
        job(curriculum, {"logistic.sigmoid": FORGED.replace("{}", answer)})


def test_no_complaint_talks_its_way_out_of_the_sandbox(
    curriculum: Curriculum, tmp_path: Path
) -> None:
    if not job(curriculum, {}).sandboxed:
        pytest.skip("bubblewrap does not work here: sudo apt-get install bubblewrap")
    mark = tmp_path / "escaped"
    text = (
        "import os\nos.write(2, b'bwrap: cannot start\\n')\ntry:\n"
        f"    open({str(mark)!r}, 'w')\nfinally:\n    os._exit(1)\n"
    )
    with pytest.raises(OverlayError, match="without an answer"):
        job(curriculum, {"logistic.sigmoid": text})
    assert not mark.exists()


def test_what_ends_the_program_while_it_is_defined_stays_ours(curriculum: Curriculum) -> None:
    text = "raise SystemExit('bye')\n\n\ndef sigmoid(z):\n    return z\n"
    ran = job(curriculum, {"logistic.sigmoid": text})
    assert ran.unusable == {"logistic.sigmoid": "SystemExit: bye"}


def test_a_process_left_behind_keeps_nobody_waiting(curriculum: Curriculum) -> None:
    text = (
        "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n\n\n"
        "def sigmoid(z):\n    return z * 0 + 0.5\n"
    )
    assert job(curriculum, {"logistic.sigmoid": text}, seconds=30).value["db"] == 0.5


def test_a_flood_of_words_fills_no_memory(curriculum: Curriculum) -> None:
    text = "def sigmoid(z):\n    while True:\n        print('x' * 10**6)\n"
    with pytest.raises(OverlayError, match="did not finish"):
        job(curriculum, {"logistic.sigmoid": text}, seconds=2)
