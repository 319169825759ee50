"""The few knobs of the memory."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import page
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.memory.settings import change_settings, read_settings

router = APIRouter()


@router.get("/settings")
def settings(request: Request, studio: TheStudio, journey: TheJourney) -> Response:
    """Show the knobs."""
    current = read_settings(journey.store)
    return page(request, "settings.html", s=current, folder=studio.folder.resolve())


@router.post("/settings")
def change(
    journey: TheJourney,
    schedule: Annotated[str, Form()],
    retention: Annotated[float, Form()],
    buttons: Annotated[int, Form()],
    cards_per_day: Annotated[int, Form()],
    new_per_day: Annotated[int, Form()],
    leech: Annotated[int, Form()],
) -> Response:
    """Keep the knobs as they are now and bring every due date in line."""
    wanted = {
        "schedule": schedule,
        "retention": round(retention / 100, 4),
        "buttons": buttons,
        "cards_per_day": cards_per_day,
        "new_per_day": new_per_day,
        "leech": leech,
    }
    current = read_settings(journey.store)
    change_settings(journey.store, **{k: v for k, v in wanted.items() if getattr(current, k) != v})
    return Response("Saved.", media_type="text/plain")
