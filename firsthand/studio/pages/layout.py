"""What every page has: the rail, the title, the theme; and how a template becomes a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from firsthand.studio import assets, markup
from firsthand.studio.state import get_studio
from firsthand.study.content import Stage
from firsthand.study.journey import Journey

HERE = Path(__file__).parent.parent
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Standing:
    """How far a stage is: ``passed`` of ``total`` exercises, and whether it can be begun."""

    stage: Stage
    passed: int
    total: int
    ready: bool

    @property
    def done(self) -> bool:
        """Whether nothing is left to write."""
        return self.total > 0 and self.passed == self.total

    @property
    def words(self) -> str:
        """The standing in a word or two."""
        if not self.stage.written:
            return "coming"
        if not self.total:
            return "reading"
        return "done" if self.done else f"{self.passed} of {self.total}"


def standings(journey: Journey) -> list[Standing]:
    """Return how far each stage of the whole path is."""
    passed = journey.passed()
    begun = journey.begun()
    by_name: dict[str, Standing] = {}
    for stage in journey.curriculum.stages:
        ready = all(_enough(by_name[name], begun) for name in stage.requires if name in by_name)
        count = sum(e.id in passed for e in stage.exercises)
        by_name[stage.name] = Standing(stage, count, len(stage.exercises), ready)
    return list(by_name.values())


def _enough(standing: Standing, begun: Mapping[str, datetime]) -> bool:
    if not standing.total:
        return standing.stage.name in begun
    return standing.done


def page(request: Request, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a whole page: a template with the rail and everything the layout needs."""
    studio = get_studio(request)
    rail: dict[str, Any] = {"standings": [], "due": 0, "coming": 0}
    if studio.has_journey:
        from firsthand.studio.pages.review import due_count

        everything = standings(studio.journey)
        rail = {
            "standings": [s for s in everything if s.stage.written],
            "coming": sum(not s.stage.written for s in everything),
            "due": due_count(studio),
        }
    theme = request.cookies.get("theme", "")
    whole: dict[str, Any] = {
        "request": request,
        "path": request.url.path,
        "nonce": request.scope["state"]["nonce"],
        "proof": studio.key.proof,
        "theme": theme if theme in THEMES else "",
        "rail": rail,
        "here": None,
        "replaces": False,
        **context,
    }
    return HTMLResponse(ENVIRONMENT.get_template(template).render(whole), status)


def fragment(template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a part of a page, for htmx to put in place."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status)


def render(template: str, /, **context: Any) -> str:
    """Return a template as text."""
    return ENVIRONMENT.get_template(template).render(context)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, so that the answer is put into a page that is already there."""
    return request.headers.get("hx-request") == "true"


def in_words(minutes: float) -> str:
    """Return a length of time as a person says it."""
    if minutes < 60:
        return f"{max(1, round(minutes))} min"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was, in days."""
    days = (now.astimezone().date() - then.astimezone().date()).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def number(value: float | None) -> str | Markup:
    """Return a measured number: three digits, powers of ten where it is tiny or huge."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    front = "" if mantissa == "1.0" else f"{mantissa}·"
    power = str(int(exponent)).replace("-", "−")
    return Markup("{}10<sup>{}</sup>").format(front.replace("-", "−"), power)


def _markdown(text: str) -> Markup:
    return Markup(markup.render(text))


def _inline(text: str) -> Markup:
    return Markup(markup.inline(text))


def _highlight(code: str) -> Markup:
    return Markup(markup.highlight(code))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known: dict[str, Any] = {"static": assets.ADDRESS}
    filters: dict[str, Callable[..., Any]] = {
        "markdown": _markdown,
        "inline": _inline,
        "highlight": _highlight,
        "minutes": in_words,
        "number": number,
        "ago": ago,
    }
    environment.globals.update(known)  # pyright: ignore[reportCallIssue,reportArgumentType] - typed by its defaults
    environment.filters.update(filters)  # pyright: ignore[reportCallIssue,reportArgumentType] - typed by its defaults
    return environment


ENVIRONMENT = _environment()
