"""The first page of all: offers to make the journey."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from firsthand.studio.pages.layout import page
from firsthand.studio.state import TheStudio

router = APIRouter()


@router.get("/welcome")
def welcome(request: Request, studio: TheStudio) -> Response:
    """Show what a journey is and where it would be."""
    if studio.has_journey:
        return RedirectResponse("/", 303)
    ready = len(studio.curriculum.written)
    coming = len(studio.curriculum.stages) - ready
    folder = studio.folder.resolve()
    return page(request, "welcome.html", folder=folder, stages=ready, coming=coming)


@router.post("/welcome")
def begin(studio: TheStudio) -> Response:
    """Make the journey and go to the first stage."""
    if not studio.has_journey:
        studio.open()
    first = studio.curriculum.written[0]
    return Response(status_code=204, headers={"HX-Redirect": f"/stage/{first.name}/learn"})
