"""The application: pages, static files, the guard before them, the news beside them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from firsthand.studio import assets, lesson, markup
from firsthand.studio.events import watch
from firsthand.studio.pages import ROUTERS
from firsthand.studio.pages.layout import ENVIRONMENT, is_fragment, page
from firsthand.studio.pages.review import UPLOAD_LIMIT, UPLOAD_PATH
from firsthand.studio.security import Guard, Key
from firsthand.studio.state import NoJourneyError, Studio, TheStudio
from firsthand.study.content import Curriculum, load_curriculum
from firsthand.study.errors import StudyError, UnknownNameError


def create_app(
    folder: Path,
    *,
    key: Key | None = None,
    curriculum: Curriculum | None = None,
    **options: Any,
) -> FastAPI:
    """Return the studio for the journey in ``folder``, which need not exist yet.

    Parameters
    ----------
    folder : Path
    key : Key, optional
        Who has it may come in; by default a new one.
    curriculum : Curriculum, optional
        By default the one that firsthand ships.
    **options
        Passed on to :class:`~firsthand.studio.state.Studio`, such as ``clock``.
    """
    studio = Studio(folder, curriculum or load_curriculum(), key or Key(), **options)
    app = FastAPI(
        title="firsthand", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan
    )
    app.state.studio = studio
    app.mount(assets.ADDRESS, assets.Kept(directory=assets.FOLDER))
    app.mount("/static", StaticFiles(directory=assets.FOLDER), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/events", _events, include_in_schema=False)
    app.add_exception_handler(StudyError, _study_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_middleware(Guard, key=studio.key, limits={UPLOAD_PATH: UPLOAD_LIMIT})
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    studio: Studio = app.state.studio
    stop = asyncio.Event()
    threading.Thread(target=_prepare, args=(studio,), daemon=True).start()
    watching = asyncio.create_task(_watch_journey(studio, stop))
    try:
        yield
    finally:
        stop.set()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        studio.close()


def _prepare(studio: Studio) -> None:
    """Do beforehand what the first visit would wait for."""
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)  # compiled once
    studio.warm()
    for stage in studio.curriculum.written:
        with suppress(Exception):  # the page itself will say what is wrong with a lesson
            lesson.lesson(stage)
            for exercise in stage.exercises:
                markup.inline(exercise.statement)
                markup.render(exercise.statement)
            for question in stage.questions():
                markup.render(question.prompt)
                markup.render(question.answer)


async def _watch_journey(studio: Studio, stop: asyncio.Event) -> None:
    """Watch the journey as soon as there is one."""
    while not studio.has_journey:
        await asyncio.sleep(0.2)
    await watch(studio.folder, studio.hub, stop)


async def _events(studio: TheStudio) -> StreamingResponse:
    return StreamingResponse(studio.hub.stream(), media_type="text/event-stream")


async def _study_error(request: Request, error: Exception) -> Response:
    """Tell what the teaching engine says, or lead to the page that makes a journey."""
    if isinstance(error, NoJourneyError) and request.method == "GET":
        return RedirectResponse("/welcome", 303)
    status = 404 if isinstance(error, UnknownNameError) else 422
    return _tell(request, status, str(error))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    plain = {404: "There is no such page.", 405: "That cannot be done here."}
    return _tell(request, error.status_code, plain.get(error.status_code, str(error.detail)))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _tell(request, 422, f"{where or 'The request'}: {first['msg']}")


def _tell(request: Request, status: int, why: str) -> Response:
    if "text/html" in request.headers.get("accept", "") and not is_fragment(request):
        return page(request, "error.html", status=status, missing=status == 404, why=why)
    return JSONResponse({"detail": why}, status)
