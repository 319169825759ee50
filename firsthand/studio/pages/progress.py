"""Progress: the days, what is remembered, and the evidence of every claim."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from firsthand.studio.lesson import embed
from firsthand.studio.pages.layout import fragment, page
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.figures import Curve, Panel, Picture
from firsthand.study.memory.log import memories
from firsthand.study.progress import (
    Day,
    calendar,
    checkpoint,
    completion,
    recall_over_time,
    streak,
)

router = APIRouter()

WEEKS = 26
CELL = 13


@router.get("/progress")
def progress(request: Request, studio: TheStudio, journey: TheJourney) -> Response:
    """Show the calendar and the claims; recall is worked out afterwards."""
    now = studio.clock()
    days = calendar(journey, now, 7 * (WEEKS - 1) + now.isoweekday())
    done = completion(journey, now)
    stages = [s for s in journey.curriculum.written if s.claims]
    return page(
        request,
        "progress.html",
        cells=cells(days),
        months=months(days),
        weeks=WEEKS,
        minutes=sum(day.minutes for day in days[-28:]),
        streak=streak(days),
        passed=len(journey.passed()),
        exercises=len(journey.curriculum.exercises),
        remembered=len(memories(journey.store)),
        proved=sum(c.claims[0] for c in done.values()),
        claims=sum(c.claims[1] for c in done.values()),
        stages=[(s, done[s.name], checkpoint(journey, s, now)) for s in stages],
    )


@router.get("/progress/recall")
def recall(studio: TheStudio, journey: TheJourney) -> Response:
    """Draw how much of what was learned is remembered, day by day."""
    days = recall_over_time(journey, studio.clock())
    known = [day for day in days if day.items]
    if len(known) < 2:
        return fragment("recall_curve.html", data="", last=known[-1] if known else None)
    x = [(day.date - days[-1].date).days for day in known]
    shares = [100 * day.share for day in known]
    marks = (Curve(x, shares, role="yours", dots=True),)
    panel = Panel(marks, y=(0, 100), x_label="days", y_label="% remembered", height=0.42)
    data = {"controls": [], "picture": Picture((panel,)).to_json()}
    return fragment("recall_curve.html", data=Markup(embed(data)), last=known[-1])


def cells(days: list[Day]) -> list[dict[str, Any]]:
    """Return a square for each day: weeks are columns, Monday is on top."""
    first = days[0].date
    offset = first.weekday()
    found: list[dict[str, Any]] = []
    for day in days:
        column, row = divmod((day.date - first).days + offset, 7)
        effort = day.minutes + day.reviews / 3 + 3 * day.verdicts
        level = sum(effort >= bound for bound in (0.1, 10, 25, 50))
        words = [f"{day.date.day} {day.date:%B}"]
        words += [f"{day.minutes:.0f} min"] if day.minutes else []
        words += [f"{day.reviews} reviews"] if day.reviews else []
        words += [f"{day.passed} passed"] if day.passed else []
        said = ", ".join(words) if len(words) > 1 else f"{words[0]}: nothing"
        found.append({"x": column * CELL, "y": row * CELL, "level": level, "says": said})
    return found


def months(days: list[Day]) -> list[tuple[int, str]]:
    """Return where each month begins."""
    first = days[0].date
    starts = [day.date for day in days if day.date.day == 1]
    return [(((d - first).days + first.weekday()) // 7 * CELL, f"{d:%b}") for d in starts]
