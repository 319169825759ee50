"""A stage's lesson, and its figures computed as their controls move."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from markupsafe import Markup
from pydantic import BaseModel

from firsthand.studio import lesson
from firsthand.studio.pages.layout import page
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.errors import UnknownNameError

router = APIRouter()


class Values(BaseModel):
    """The controls of a figure, by name."""

    values: dict[str, Any]


@router.get("/stage/{name}")
def stage(name: str, studio: TheStudio) -> Response:
    """Lead to the stage's first tab."""
    return RedirectResponse(f"/stage/{studio.curriculum.stage(name).name}/learn", 303)


@router.get("/stage/{name}/learn")
def learn(request: Request, name: str, journey: TheJourney, studio: TheStudio) -> Response:
    """Show the lesson."""
    stage = studio.curriculum.stage(name)
    if not stage.written:
        raise UnknownNameError("lesson", f"{stage.title} (to come)", [])
    if name != stage.name:
        return RedirectResponse(f"/stage/{stage.name}/learn", 303)
    journey.begin(stage.name, studio.clock())
    passed = journey.passed()
    text = lesson.lesson(stage)
    return page(
        request,
        "learn.html",
        stage=stage,
        tab="learn",
        here=stage.name,
        lesson=lesson.Lesson(Markup(text.html), text.contents, text.figures),
        first=next((e for e in stage.exercises if e.id not in passed), None),
        begun=any(e.id in passed for e in stage.exercises),
    )


@router.post("/stage/{name}/figure/{figure}")
def draw(name: str, figure: str, body: Values, studio: TheStudio) -> Response:
    """Compute a figure at the values of its controls."""
    found = lesson.find_figure(studio.curriculum.stage(name), figure)
    return JSONResponse(found.draw(body.values).to_json())
