"""Writing: a stage's exercises, and the page on which one is written and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, Field

from firsthand.studio.lesson import embed
from firsthand.studio.pages.layout import fragment, page, render
from firsthand.studio.state import Studio, TheJourney, TheStudio
from firsthand.study.content import Exercise
from firsthand.study.errors import UnknownNameError
from firsthand.study.files import Conflict
from firsthand.study.journey import Journey

router = APIRouter()

MOODS = {"passed": "good-news", "not_attempted": ""}
WORDS = {
    "not_attempted": "Not written yet",
    "raised": "Your code stopped",
    "wrong": "Wrong",
    "misconception": "Wrong, and we know this one",
    "shortcut": "Right, but by a shortcut",
    "too_slow": "Too slow",
    "passed": "Passed",
}
LADDER = (
    ("wrong", "above", "−2"),
    ("suspicious", "above", "−4"),
    ("nearly", "above", "−7"),
    ("right", "below", "−7"),
)


class Saved(BaseModel):
    """A new text, and the version it was made from."""

    text: str = Field(max_length=1_000_000)
    hash: str = Field(max_length=64)


class Asked(BaseModel):
    """The text to grade, which is the one on disk."""

    text: str = Field(max_length=1_000_000)


class Visit(BaseModel):
    """Where the learner is at work."""

    stage: str


@router.get("/stage/{name}/code")
def exercises(request: Request, name: str, journey: TheJourney, studio: TheStudio) -> Response:
    """List the stage's exercises with how far each is."""
    stage = studio.curriculum.stage(name)
    if not stage.exercises:
        raise UnknownNameError("exercise in stage", stage.title, [])
    passed = journey.passed()
    tried = {remark.exercise for remark in journey.remarks()}
    return page(
        request,
        "exercises.html",
        stage=stage,
        tab="code",
        here=stage.name,
        passed=passed,
        tried=tried,
        missing={e.id for e in journey.missing(stage)},
        file=journey.file(stage.exercises[0]).relative_to(journey.folder).as_posix(),
        following=next((e for e in stage.exercises if e.id not in passed), None),
    )


@router.get("/exercise/{id}")
def write(request: Request, id: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Show an exercise with the learner's own file."""
    return _workshop(request, studio, studio.curriculum.exercise(id), practice=False)


@router.get("/exercise/{id}/again")
def write_again(request: Request, id: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Show a passed exercise blank, in a practice copy."""
    exercise = studio.curriculum.exercise(id)
    if exercise.id not in journey.passed():
        return RedirectResponse(f"/exercise/{exercise.id}", 303)
    journey.practise(exercise, studio.clock())
    return _workshop(request, studio, exercise, practice=True)


def _workshop(request: Request, studio: Studio, exercise: Exercise, *, practice: bool) -> Response:
    journey = studio.journey
    stage = studio.curriculum.stage(exercise.stage)
    path = _file(journey, exercise, practice=practice)
    found = journey.read_source(path)
    if not found.hash:  # removed in the meantime: write it anew, as on the first day
        journey.reset(exercise, studio.clock())
        found = journey.read_source(path)
    position = stage.exercises.index(exercise)
    last = journey.last_verdict(exercise.id, practice=practice)
    taken = journey.hints_taken(exercise.id, practice=practice)
    return page(
        request,
        "exercise.html",
        stage=stage,
        tab="code",
        here=stage.name,
        exercise=exercise,
        number=position + 1,
        previous=stage.exercises[position - 1] if position else None,
        next=stage.exercises[position + 1] if position + 1 < len(stage.exercises) else None,
        needed=[
            e
            for e in map(studio.curriculum.exercise, exercise.requires)
            if e.id not in journey.passed()
        ],
        practice=practice,
        base=_base(exercise, practice),
        file=path.relative_to(journey.folder).as_posix(),
        source=Markup(embed({"text": found.text, "hash": found.hash})),
        text=found.text,
        hints=exercise.hints[:taken],
        left=len(exercise.hints) - taken,
        passed=exercise.id in journey.passed() and not practice,
        verdict=_shown(last, exercise, hints=len(exercise.hints) - taken),
    )


@router.get("/exercise/{id}/source")
def source(id: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Return the file as it is on disk."""
    return _source(journey, studio.curriculum.exercise(id), practice=False)


@router.get("/exercise/{id}/again/source")
def source_again(id: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Return the practice copy as it is on disk."""
    return _source(journey, studio.curriculum.exercise(id), practice=True)


@router.post("/exercise/{id}/source")
def save(id: str, body: Saved, studio: TheStudio, journey: TheJourney) -> Response:
    """Write the file, unless it changed since this window read it."""
    return _save(journey, studio.curriculum.exercise(id), body, practice=False)


@router.post("/exercise/{id}/again/source")
def save_again(id: str, body: Saved, studio: TheStudio, journey: TheJourney) -> Response:
    """Write the practice copy, unless it changed since this window read it."""
    return _save(journey, studio.curriculum.exercise(id), body, practice=True)


@router.post("/exercise/{id}/check")
def check(id: str, body: Asked, studio: TheStudio, journey: TheJourney) -> Response:
    """Grade a text; the verdict is recorded when this answers."""
    return _check(studio, studio.curriculum.exercise(id), body.text, practice=False)


@router.post("/exercise/{id}/again/check")
def check_again(id: str, body: Asked, studio: TheStudio, journey: TheJourney) -> Response:
    """Grade a text of the practice copy."""
    return _check(studio, studio.curriculum.exercise(id), body.text, practice=True)


@router.post("/exercise/{id}/hint")
def hint(id: str, studio: TheStudio, journey: TheJourney) -> HTMLResponse:
    """Give the next hint."""
    given = journey.hint(id, studio.clock())
    return fragment("hint.html", hint=given, base=f"/exercise/{given.exercise}")


@router.post("/exercise/{id}/again/hint")
def hint_again(id: str, studio: TheStudio, journey: TheJourney) -> HTMLResponse:
    """Give the next hint of this round of practice."""
    given = journey.hint(id, studio.clock(), practice=True)
    return fragment("hint.html", hint=given, base=f"/exercise/{given.exercise}/again")


@router.post("/exercise/{id}/solution")
def solution(id: str, studio: TheStudio, journey: TheJourney, give_up: bool = False) -> Response:
    """Show our version: after passing, or on giving up, which is recorded."""
    shown = journey.solution(id, studio.clock(), give_up=give_up)
    return fragment("solution.html", solution=shown)


@router.post("/exercise/{id}/reset")
def reset(id: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Make the function blank again; the file as it was is kept beside."""
    exercise = studio.curriculum.exercise(id)
    copy = journey.reset(exercise, studio.clock())
    found = journey.read_source(journey.file(exercise))
    where = copy.relative_to(journey.folder).as_posix() if copy else ""
    return JSONResponse({"text": found.text, "hash": found.hash, "copy": where})


@router.post("/visit")
def visit(body: Visit, studio: TheStudio, journey: TheJourney) -> Response:
    """Note that the learner is at work; counts towards the time on a stage."""
    journey.visit(body.stage, studio.clock())
    return JSONResponse({})


def _base(exercise: Exercise, practice: bool) -> str:
    return f"/exercise/{exercise.id}" + ("/again" if practice else "")


def _file(journey: Journey, exercise: Exercise, *, practice: bool) -> Path:
    return journey.practice_file(exercise) if practice else journey.file(exercise)


def _source(journey: Journey, exercise: Exercise, *, practice: bool) -> Response:
    found = journey.read_source(_file(journey, exercise, practice=practice))
    return JSONResponse({"text": found.text, "hash": found.hash})


def _save(journey: Journey, exercise: Exercise, body: Saved, *, practice: bool) -> Response:
    path = _file(journey, exercise, practice=practice)
    written = journey.write_source(path, body.text, body.hash)
    if isinstance(written, Conflict):
        disk = {"text": written.on_disk.text, "hash": written.on_disk.hash}
        detail = "The file changed on disk since this window read it."
        return JSONResponse({"detail": detail, "on_disk": disk}, 409)
    return JSONResponse({"hash": written.hash})


def _check(studio: Studio, exercise: Exercise, text: str, *, practice: bool) -> Response:
    verdict = studio.grade(exercise, text, practice=practice).to_json()
    stage = studio.curriculum.stage(exercise.stage)
    taken = studio.journey.hints_taken(exercise.id, practice=practice)
    shown = _shown(verdict, exercise, hints=len(exercise.hints) - taken)
    position = stage.exercises.index(exercise)
    following = stage.exercises[position + 1] if position + 1 < len(stage.exercises) else None
    passed = verdict["kind"] == "passed"
    facts = {"exercise": exercise, "stage": stage, "next": following, "practice": practice}
    known = passed or (exercise.id in studio.journey.passed() and not practice)
    return JSONResponse(
        {
            "kind": verdict["kind"],
            "mood": shown["mood"],
            "line": (verdict["raised"] or {}).get("line"),
            "html": render("verdict.html", verdict=shown),
            "after": render("after.html", **facts) if passed else "",
            "solve": render("solve.html", **facts, passed=known),
        }
    )


def _shown(verdict: dict[str, Any] | None, exercise: Exercise, *, hints: int) -> dict[str, Any]:
    """Return what the verdict's template says, for a verdict of now or of before."""
    if verdict is None:
        return {"kind": "", "mood": "", "target": exercise.target}
    kind = verdict["kind"]
    return {
        **verdict,
        "mood": MOODS.get(kind, "bad-news"),
        "word": WORDS[kind],
        "ladder": LADDER if verdict["rung"] else (),
        "target": exercise.target,
        "hints": hints,
        "missing": verdict.get("command", "").startswith("firsthand reset"),
        "ran": _ran(verdict["sandbox"]),
    }


def _ran(sandbox: str) -> str:
    """Say in a sentence where the code ran; empty where none of it did."""
    if not sandbox:
        return ""
    why = sandbox.partition("not sandboxed: ")[2]
    if why:
        return f"Your code ran without a sandbox: {why}."
    return f"Your code ran in a sandbox ({sandbox})."
