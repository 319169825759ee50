"""A sound curriculum has no problems; each planted fault is found, and only it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.study.authoring import new_stage
from firsthand.study.content import load_curriculum
from firsthand.study.errors import ContentError
from firsthand.study.proofreading import proofread, published_ids

PATH = """
[[stage]]
name = "01_error"
title = "Error"
track = "classic"
objective = "Measure how far off one is."
requires = []

[[stage]]
name = "02_later"
title = "Later"
track = "classic"
objective = "Still to come."
requires = ["01_error"]
"""

STAGE = """
minutes = 5
reference = "firsthand.study.checking"
file = "from_scratch/error_numpy.py"
counterpart = ""

[[exercise]]
id = "error.relative"
target = "relative_error"
title = "Relative error"
statement = "Write it."
minutes = 5
hints = ["Relative to what?", "Divide by the largest entry."]

[[claim]]
text = "Can measure an error"
kind = "implementation"
evidence = ["error.relative", "question:error.q0"]
"""

LESSON = "Errors are relative.\n\n::figure{bars}\n\nNow [write it](exercise:error.relative).\n"

FIGURES = """
from firsthand.study.figures import Bars, Panel, Picture, figure

@figure("bars")
def bars():
    return Picture((Panel((Bars(("a",), [1.0]),)),))
"""

CHECKS = """
from firsthand.study.checking import check, close

@check("error.relative", oracle="by hand")
def one_percent(impl, rng):
    close(impl.relative_error([1.01], [1.0]), 0.01, case={})

@check("error.relative", oracle="property: scale free")
def scale_free(impl, rng):
    close(impl.relative_error([2.02], [2.0]), 0.01, case={})
"""

MISCONCEPTIONS = "from firsthand.study.checking import misconception\n" + "\n".join(
    f"""
@misconception("error.relative", "This is wrong in way {i}.")
def wrong_{i}(got, expected):
    return float({i + 2})
"""
    for i in range(3)
)

CARDS = "\n".join(
    f'[[card]]\nid = "error.c{i}"\nfront = "front {i}"\nback = "back {i}"\n' for i in range(15)
)
KINDS = ["mathematical", "conceptual", "practical", "design", "implementation"] * 2
QUESTIONS = "\n".join(
    f'[[question]]\nid = "error.q{i}"\nkind = "{kind}"\nprompt = "p"\nanswer = "a"\nnumber = {i}\n'
    for i, kind in enumerate(KINDS)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    stage = tmp_path / "01_error"
    stage.mkdir()
    (tmp_path / "path.toml").write_text(PATH)
    for file, text in {
        "stage.toml": STAGE,
        "lesson.md": LESSON,
        "figures.py": FIGURES,
        "checks.py": CHECKS,
        "misconceptions.py": MISCONCEPTIONS,
        "cards.toml": CARDS,
        "questions.toml": QUESTIONS,
    }.items():
        (stage / file).write_text(text)
    ids = [f"card:error.c{i}" for i in range(15)] + [f"question:error.q{i}" for i in range(10)]
    (tmp_path / "published.txt").write_text("\n".join(ids))
    return tmp_path


def problems(root: Path) -> list[str]:
    return [str(p) for p in proofread(load_curriculum(root))]


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        path = root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return apply


def test_a_sound_curriculum_has_no_problems(root: Path) -> None:
    assert problems(root) == []
    assert len(published_ids(load_curriculum(root))) == 25


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (edit("path.toml", "requires = []", 'requires = ["02_later"]'), "in a circle"),
        (edit("path.toml", '"01_error"]', '"07_gone"]'), "07_gone, which is no stage"),
        (edit("01_error/stage.toml", "study.checking", "study.nowhere"), "is no module"),
        (edit("01_error/stage.toml", 'target = "rel', 'target = "del'), "has no function"),
        (edit("01_error/stage.toml", '"Relative to what?"', '" "'), "hints, none empty"),
        (edit("01_error/stage.toml", "from_scratch/", ""), "must lie in from_scratch/"),
        (edit("01_error/stage.toml", "question:error.q0", "card:no"), "card:no, which is nothing"),
        (edit("01_error/stage.toml", '["error.relative", ', "["), "no claim rests on"),
        (edit("01_error/stage.toml", '"implementation"', '"magic"'), "is of kind 'magic'"),
        (edit("01_error/lesson.md", "{bars}", "{pies}"), "places ::figure{pies}"),
        (edit("01_error/lesson.md", "::figure{bars}", ""), "which the lesson never places"),
        (edit("01_error/lesson.md", "exercise:error", "exercise:terror"), "links to exercise:"),
        (edit("01_error/lesson.md", "Errors", "WRITE ME Errors"), "still says WRITE ME"),
        (edit("01_error/checks.py", "property: scale free", "by hand"), "two different oracles"),
        (edit("01_error/misconceptions.py", '"error.relative"', '"error.x"'), "is no exercise"),
        (edit("01_error/cards.toml", "error.c3", "error.c2"), "used 2 times"),
        (edit("01_error/cards.toml", '"back 3"', '""'), "empty side"),
        (edit("01_error/cards.toml", "error.c3", "error.other"), "error.c3 was published"),
        (edit("01_error/questions.toml", "design", "practical"), "no design question"),
        (edit("01_error/questions.toml", "number = 3", ""), "exactly one of"),
        (edit("01_error/questions.toml", "number = 3", 'choices = ["a"]'), "choice is correct"),
        (lambda root: (root / "01_error" / "stray.md").write_text(""), "that nobody reads"),
        (lambda root: (root / "09_stray").mkdir(), "path.toml does not list"),
    ],
)
def test_a_planted_fault_is_found(root: Path, fault: Callable[[Path], None], told: str) -> None:
    fault(root)
    found = problems(root)
    assert [p for p in found if told in p], found


def test_an_unknown_key_is_named(root: Path) -> None:
    edit("01_error/stage.toml", "minutes = 5\nhints", "minuets = 5\nhints")(root)
    with pytest.raises(ContentError, match="minuets"):
        load_curriculum(root)


def test_a_new_stage_is_complete_but_for_what_only_its_author_can_write(root: Path) -> None:
    template = root / "_template"
    template.mkdir()
    shipped = load_curriculum().root / "_template"
    for source in shipped.glob("*.template"):
        (template / source.name).write_text(source.read_text())
    new_stage(load_curriculum(root), "02", "firsthand.study.checking", "relative_error")
    fresh = load_curriculum(_moved(root))
    told = [str(p) for p in proofread(fresh, [fresh.stage("02")])]
    assert any("still says WRITE ME" in p for p in told)
    assert not any("no module" in p or "no function" in p for p in told)


def test_a_new_stage_never_touches_what_is_written(root: Path) -> None:
    with pytest.raises(ContentError, match="already written"):
        new_stage(load_curriculum(root), "01", "firsthand.study.checking", "close")
    with pytest.raises(ContentError, match="Write the reference first"):
        new_stage(load_curriculum(root), "02", "firsthand.scratch.nowhere", "close")


def _moved(root: Path) -> Path:
    """The same curriculum under another name: what was loaded once is kept."""
    return root.rename(root.with_name(root.name + "_moved"))
