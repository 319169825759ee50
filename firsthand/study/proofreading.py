"""Find what is wrong with a curriculum before a learner does.

Everything that can be said without running a check: files that are missing or that nobody
reads, names that lead nowhere, hints that are empty, requirements that go round in a circle,
card ids that vanished since they were published. What running can say stands in ``grading``.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

from firsthand.study.checking import Check, Misconception
from firsthand.study.content import ClaimKind, Curriculum, Question, QuestionKind, Stage
from firsthand.study.errors import ContentError
from firsthand.study.figures import Figure

# What a stage is made of; a file of another name is read by nobody.
FILES = (
    "stage.toml",
    "lesson.md",
    "checks.py",
    "misconceptions.py",
    "figures.py",
    "library_impl.py",
    "comparison.py",
    "cards.toml",
    "questions.toml",
    "strength.toml",
    "equivalent.toml",
)
PUBLISHED = "published.txt"  # every card and question id that a learner may have a schedule for
UNWRITTEN = "WRITE ME"  # what `firsthand content new` leaves for the author

MIN_CARDS, MIN_QUESTIONS, MIN_MISCONCEPTIONS, MIN_HINTS = 15, 8, 3, 2

FIGURE = re.compile(r"^::figure\{([\w-]+)(?: wide)?\}$", re.MULTILINE)
EXERCISE_LINK = re.compile(r"\(exercise:([\w.]+)\)")


@dataclass(frozen=True)
class Problem:
    """One thing an author must mend, and where."""

    stage: str
    file: str
    text: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{'/'.join(filter(None, (self.stage, self.file)))}: {self.text}"


def proofread(curriculum: Curriculum, stages: Iterable[Stage] | None = None) -> list[Problem]:
    """Return every problem of ``stages`` (all written ones by default), in reading order."""
    problems = list(_path(curriculum))
    for stage in curriculum.written if stages is None else stages:
        try:
            problems += [Problem(stage.name, file, text) for file, text in _stage(stage)]
        except ContentError as error:
            problems.append(Problem(stage.name, "", str(error)))
    if stages is None:
        problems += _published(curriculum)
    return problems


def published_ids(curriculum: Curriculum) -> list[str]:
    """Return the id of every card and question, as ``published.txt`` lists them."""
    cards = [f"card:{c.id}" for s in curriculum.written for c in s.cards()]
    questions = [f"question:{q.id}" for s in curriculum.written for q in s.questions()]
    return sorted(cards + questions)


def _path(curriculum: Curriculum) -> Iterator[Problem]:
    """Check the map: names are unique, requirements exist and never go round in a circle."""
    names = [s.name for s in curriculum.stages]
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(name, "path.toml", "is listed twice")
    for stage in curriculum.stages:
        for required in stage.requires:
            if required not in names:
                yield Problem(stage.name, "path.toml", f"requires {required}, which is no stage")
    try:
        TopologicalSorter({s.name: s.requires for s in curriculum.stages}).prepare()
    except CycleError as error:
        yield Problem("", "path.toml", f"requirements go in a circle: {' -> '.join(error.args[1])}")
    for folder in sorted(p for p in curriculum.root.iterdir() if p.is_dir()):
        if folder.name not in names and not folder.name.startswith("_"):
            yield Problem(folder.name, "", "is a folder that path.toml does not list")


def _stage(stage: Stage) -> Iterator[tuple[str, str]]:
    folder = stage.folder
    assert folder is not None
    present = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    for file in sorted(p for p in present if "__pycache__" not in p):
        if file not in FILES:
            yield file, "is a file that nobody reads"
        elif UNWRITTEN in stage.read(file):
            yield file, f"still says {UNWRITTEN}"
    yield from _lesson(stage)
    if stage.exercises:
        yield from _exercises(stage)
    yield from _recall(stage)
    yield from _claims(stage)


def _lesson(stage: Stage) -> Iterator[tuple[str, str]]:
    text = stage.read("lesson.md")
    if not text.strip():
        yield "lesson.md", "is missing or empty"
    figures = {f.name: f for f in stage.declared("figures.py", Figure)}
    placed = FIGURE.findall(text)
    for name in placed:
        if name not in figures:
            yield "lesson.md", f"places ::figure{{{name}}}, which figures.py does not declare"
    for name, figure in figures.items():
        if name not in placed:
            yield "figures.py", f"declares {name}, which the lesson never places"
        if not figure.draw().panels:
            yield "figures.py", f"{name} draws nothing"
    known = {e.id for e in stage.exercises}
    for name in EXERCISE_LINK.findall(text):
        if name not in known:
            yield "lesson.md", f"links to exercise:{name}, which the stage does not have"


def _exercises(stage: Stage) -> Iterator[tuple[str, str]]:
    functions = _functions(stage.reference)
    if functions is None:
        yield "stage.toml", f"reference {stage.reference} is no module"
        return
    if not stage.file.startswith("from_scratch/"):
        yield "stage.toml", f"file {stage.file!r} must lie in from_scratch/"
    checks = stage.declared("checks.py", Check)
    misconceptions = stage.declared("misconceptions.py", Misconception)
    ids = [e.id for e in stage.exercises]
    for exercise in stage.exercises:
        where = f"exercise {exercise.id}"
        if exercise.target not in functions:
            yield "stage.toml", f"{where}: {stage.reference} has no function {exercise.target}"
        if len(exercise.hints) < MIN_HINTS or not all(h.strip() for h in exercise.hints):
            yield "stage.toml", f"{where}: needs at least {MIN_HINTS} hints, none empty"
        for required in exercise.requires:
            if required not in ids:
                yield "stage.toml", f"{where}: requires {required}, which is no exercise here"
        own = [c for c in checks if c.exercise == exercise.id]
        if len({c.oracle for c in own}) < 2:
            yield "checks.py", f"{where}: needs checks with at least two different oracles"
        wrong = [m for m in misconceptions if m.exercise == exercise.id]
        if len(wrong) < MIN_MISCONCEPTIONS:
            yield "misconceptions.py", f"{where}: {len(wrong)} of {MIN_MISCONCEPTIONS} needed"
    for file, declared in (("checks.py", checks), ("misconceptions.py", misconceptions)):
        for item in declared:
            if item.exercise not in ids:
                yield file, f"{item.name} belongs to {item.exercise}, which is no exercise here"
    try:
        TopologicalSorter({e.id: e.requires for e in stage.exercises}).prepare()
    except CycleError as error:
        yield "stage.toml", f"requirements go in a circle: {' -> '.join(error.args[1])}"


def _recall(stage: Stage) -> Iterator[tuple[str, str]]:
    cards, questions = stage.cards(), stage.questions()
    if len(cards) < MIN_CARDS:
        yield "cards.toml", f"{len(cards)} cards; a stage has at least {MIN_CARDS}"
    if len(questions) < MIN_QUESTIONS:
        yield "questions.toml", f"{len(questions)} questions; a stage has at least {MIN_QUESTIONS}"
    for file, ids in (("cards.toml", [c.id for c in cards]), ("questions.toml", _ids(questions))):
        for id, count in Counter(ids).items():
            if count > 1:
                yield file, f"{id} is used {count} times"
    for card in cards:
        if not card.front.strip() or not card.back.strip():
            yield "cards.toml", f"{card.id} has an empty side"
    for kind in get_args(QuestionKind):
        if not any(q.kind == kind for q in questions):
            yield "questions.toml", f"no {kind} question"
    for question in questions:
        if fault := _fault(question):
            yield "questions.toml", f"{question.id} {fault}"


def _fault(question: Question) -> str:
    """Return what is wrong with how a question is answered, or nothing."""
    ways = (bool(question.choices), question.number is not None, bool(question.rubric))
    if sum(ways) != 1:
        return "needs exactly one of choices, number and rubric"
    if question.kind not in get_args(QuestionKind):
        return f"is of kind {question.kind!r}, which is none of the five"
    if not question.answer.strip():
        return "has no answer"
    if question.choices and (
        question.correct is None or not 0 <= question.correct < len(question.choices)
    ):
        return "does not say which choice is correct"
    return ""


def _claims(stage: Stage) -> Iterator[tuple[str, str]]:
    known = {e.id for e in stage.exercises} | {f"question:{q.id}" for q in stage.questions()}
    known |= {f"card:{c.id}" for c in stage.cards()} | {f"compare:{stage.name}"}
    for claim in stage.claims:
        if claim.kind not in get_args(ClaimKind):
            yield "stage.toml", f"claim {claim.text!r} is of kind {claim.kind!r}"
        for evidence in claim.evidence:
            if evidence not in known:
                yield "stage.toml", f"claim {claim.text!r} rests on {evidence}, which is nothing"
    used = {e for c in stage.claims for e in c.evidence}
    for exercise in stage.exercises:
        if exercise.id not in used:
            yield "stage.toml", f"no claim rests on exercise {exercise.id}"
    if not stage.claims:
        yield "stage.toml", "claims nothing"


def _published(curriculum: Curriculum) -> Iterator[Problem]:
    """A learner's schedule hangs on an id, so an id once published stays."""
    path = curriculum.root / PUBLISHED
    listed = path.read_text("utf-8").split() if path.is_file() else []
    now = published_ids(curriculum)
    for id in sorted(set(listed) - set(now)):
        yield Problem("", PUBLISHED, f"{id} was published and is gone; learners have it scheduled")
    if new := sorted(set(now) - set(listed)):
        few = ", ".join(new[:3]) + (", ..." if len(new) > 3 else "")
        told = f"{len(new)} ids are new ({few}); publish them by `firsthand content publish`"
        yield Problem("", PUBLISHED, told)


def _functions(module: str) -> set[str] | None:
    """Return the names of the functions and methods of ``module`` without importing it."""
    try:
        spec = find_spec(module) if module else None
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        return None
    names: set[str] = set()
    for node in ast.parse(Path(spec.origin).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            names.update(f"{node.name}.{n.name}" for n in methods)
    return names


def _ids(questions: Iterable[Question]) -> list[str]:
    return [q.id for q in questions]
