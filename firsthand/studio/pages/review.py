"""Reviewing cards by keyboard, and the pictures that cards hold."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from firsthand.studio import markup
from firsthand.studio.pages.layout import page, render
from firsthand.studio.state import Studio, TheJourney, TheStudio
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import Flashcard, medium
from firsthand.study.memory.log import memories
from firsthand.study.memory.rating import LABELS, Rating
from firsthand.study.memory.review import Due, answer, find_due, in_words, queue, undo
from firsthand.study.memory.scheduler import Answer
from firsthand.study.memory.settings import Settings, read_settings

router = APIRouter()

UPLOAD_PATH = "/cards/import"
UPLOAD_LIMIT = 200_000_000  # bytes; a deck with many pictures
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"}


def due_count(studio: Studio) -> int:
    """Return how many cards and exercises today's review has left."""
    waiting = queue(studio.journey, studio.clock())
    return len(waiting.cards) + len(waiting.exercises)


@router.get("/review")
def review(request: Request, studio: TheStudio, journey: TheJourney) -> Response:
    """Show the first card that is due."""
    return page(request, "review.html", **_next(studio))


@router.post("/review/answer")
def answered(
    studio: TheStudio,
    journey: TheJourney,
    item: Annotated[str, Form(max_length=300)],
    rating: Annotated[int, Form(ge=1, le=4)],
    seen: Annotated[int, Form(ge=0)],
    seconds: Annotated[float, Form(ge=0)] = 0.0,
) -> Response:
    """Record an answer, durable when the next card comes."""
    now = studio.clock()
    journey.visit("review", now)
    spent = min(seconds, 600.0) or None
    answer(journey, item, Rating(rating), now, seconds=spent, seen=seen)
    return _card(studio)


@router.post("/review/undo")
def undone(studio: TheStudio, journey: TheJourney) -> Response:
    """Take back the last answer and show its card again."""
    item = undo(journey, studio.clock())
    return _card(studio, first=item)


@router.get("/media/{name}")
def picture(name: str, journey: TheJourney) -> Response:
    """Return a picture of a card; nothing in it can run."""
    found = medium(journey.store, name)
    kind = found.type if found.type in PICTURES else "application/octet-stream"
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400",
    }
    return Response(found.data, media_type=kind, headers=headers)


def _card(studio: Studio, first: str | None = None) -> Response:
    """Return the next card, and how many are due for the rail beside it."""
    shown = _next(studio, first=first)
    now = shown["left"] + len(shown["exercises"])
    count = render("due.html", due_now=now, replaces=True)
    return HTMLResponse(render("card.html", **shown) + count)


def _next(studio: Studio, first: str | None = None) -> dict[str, Any]:
    """Return what the card's template says: the next one that is due, or ``first``."""
    journey, now = studio.journey, studio.clock()
    waiting = queue(journey, now)
    due = find_due(journey, first, now) if first else next(iter(waiting.cards), None)
    shared: dict[str, Any] = {
        "due": due,
        "left": len(waiting.cards),
        "old": waiting.old,
        "new": waiting.new,
        "behind": waiting.waiting,
        "done": waiting.done,
        "exercises": waiting.exercises,
        "empty": not memories(journey.store) and not waiting.cards,
    }
    if due is None:
        return shared
    settings = read_settings(journey.store)
    return {
        **shared,
        "front": card_html(due.card, "front"),
        "back": card_html(due.card, "back"),
        "buttons": _buttons(due, settings, now),
        "why": due.why.replace(due.card.deck, deck_title(journey, due.card.deck)),
    }


def _buttons(due: Due, settings: Settings, now: datetime) -> list[tuple[int, str, str, int]]:
    """Return (key, label, when it comes back, rating) of every button."""
    scheduler = settings.scheduler(due.card.item)
    found: list[tuple[int, str, str, int]] = []
    for key, (rating, label) in enumerate(LABELS[settings.buttons].items(), start=1):
        after = scheduler.after(due.memory, Answer(now, rating))
        found.append((key, label, in_words(after.due - now), int(rating)))
    return found


def deck_title(journey: Journey, name: str) -> str:
    """Return what a deck is called: a stage's title, or the last part of its own name."""
    stages = {stage.name: stage.title for stage in journey.curriculum.stages}
    return stages.get(name, "My own" if name == "own" else name.rpartition("::")[2])


def card_html(card: Flashcard, side: str) -> Markup:
    """Return one side of a card as safe HTML, whoever wrote it."""
    text: str = getattr(card, side)
    if card.format == "markdown":
        return Markup(markup.render(text))
    return Markup(markup.clean(_maths(text)))


def _maths(text: str) -> str:
    r"""Mark up the TeX that an HTML card holds between ``\(`` and ``\)`` or ``\[`` and ``\]``."""

    def mark(kind: str) -> Any:
        def replace(match: re.Match[str]) -> str:
            tex = html.unescape(re.sub(r"<[^>]+>", " ", match[1]))
            return f'<span class="math {kind}">{html.escape(tex.strip())}</span>'

        return replace

    text = re.sub(r"\\\[(.+?)\\\]", mark("display"), text, flags=re.S)
    text = re.sub(r"\$\$(.+?)\$\$", mark("display"), text, flags=re.S)
    return re.sub(r"\\\((.+?)\\\)", mark("inline"), text, flags=re.S)
