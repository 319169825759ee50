"""What to do now, and why."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import page
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.content import Stage
from firsthand.study.journey import Journey
from firsthand.study.questions import find_question
from firsthand.study.routine import Task
from firsthand.study.routine import today as tasks_of_today

router = APIRouter()

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Mine:
    """The functions of one begun stage, and which of them are the learner's."""

    stage: Stage
    targets: tuple[tuple[str, str, bool], ...]


@router.get("/")
def today(request: Request, journey: TheJourney, studio: TheStudio) -> Response:
    """Show today's tasks, and what already runs on the learner's code."""
    now = studio.clock()
    tasks = tasks_of_today(journey, now)
    mine = code_of(journey)
    return page(
        request,
        "today.html",
        date=f"{now:%A}, {now.day} {now:%B}",
        tasks=[(task, address(journey, task)) for task in tasks],
        lede=summary(tasks),
        mine=mine,
        written=sum(done for m in mine for *_, done in m.targets),
        total=sum(len(m.targets) for m in mine),
    )


def address(journey: Journey, task: Task) -> str:
    """Return the page on which a task is done."""
    match task.kind:
        case "review":
            return "/review"
        case "again":
            return f"/exercise/{task.target}/again"
        case "read":
            return f"/stage/{task.target}/learn"
        case "exercise":
            return f"/exercise/{task.target}"
        case "question":
            stage = find_question(journey, task.target).stage
            return f"/stage/{stage}/recall#{task.target}"


def summary(tasks: list[Task]) -> str:
    """Say the day in a sentence."""
    if not tasks:
        return "Nothing is due and everything that is ready is written. Rest, or read ahead."
    minutes = sum(task.minutes for task in tasks)
    length = f"{round(minutes / 5) * 5 or 5} minutes" if minutes > 10 else f"{minutes} minutes"
    if tasks[0].kind == "review":
        return f"About {length}. The review comes first: it is shortest when it is on time."
    if len(tasks) == 1:
        return f"About {length}, on one thing."
    count = NUMBERS[len(tasks)] if len(tasks) < len(NUMBERS) else str(len(tasks))
    return f"About {length}, on {count} things."


def code_of(journey: Journey) -> list[Mine]:
    """Return the functions of the stages that were begun."""
    begun, passed = journey.begun(), journey.passed()
    return [
        Mine(stage, tuple((e.target, e.id, e.id in passed) for e in stage.exercises))
        for stage in journey.curriculum.written
        if stage.name in begun and stage.exercises
    ]
