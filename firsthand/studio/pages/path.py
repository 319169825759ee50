"""The whole path as a map: what leads to what, what is done, what is to come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import Standing, page, standings
from firsthand.studio.state import TheJourney

router = APIRouter()

COLUMN, ROW, LEFT, TOP = 264, 34, 14, 46
TRACKS = {
    "foundations": "Foundations",
    "classic": "Classic models",
    "deep": "Deep learning",
    "practice": "Practice",
}


@dataclass(frozen=True)
class Place:
    """A stage on the map."""

    standing: Standing
    x: int
    y: int

    @property
    def share(self) -> float:
        """How much of the stage is written, from 0 to 1."""
        return self.standing.passed / self.standing.total if self.standing.total else 0.0


@dataclass(frozen=True)
class Edge:
    """A requirement, drawn from what is required to what requires it."""

    start: str
    end: str
    path: str
    known: bool


@router.get("/path")
def path(request: Request, journey: TheJourney) -> Response:
    """Draw the map, and list the same for whoever does not see it."""
    everything = standings(journey)
    places = lay_out(everything)
    tracks = [(TRACKS.get(t, t.title()), list(rows)) for t, rows in groupby(everything, _track)]
    following = next(
        (s for s in everything if s.stage.exercises and not s.done and s.ready),
        next((s for s in everything if s.stage.written and not s.done), None),
    )
    return page(
        request,
        "path.html",
        places=places,
        edges=edges(places),
        tracks=tracks,
        columns=[(LEFT + i * COLUMN, name) for i, (name, _) in enumerate(tracks)],
        width=LEFT + len(tracks) * COLUMN,
        height=TOP + max(len(rows) for _, rows in tracks) * ROW,
        following=following,
        done=sum(s.done for s in everything),
        ready=sum(s.stage.written for s in everything),
        coming=sum(not s.stage.written for s in everything),
    )


def lay_out(everything: list[Standing]) -> dict[str, Place]:
    """Give each track a column and each stage a row in it."""
    found: dict[str, Place] = {}
    for column, (_, rows) in enumerate(groupby(everything, _track)):
        for row, standing in enumerate(rows):
            place = Place(standing, LEFT + column * COLUMN + 8, TOP + row * ROW)
            found[standing.stage.name] = place
    return found


def edges(places: dict[str, Place]) -> list[Edge]:
    """Return the curve of every requirement, beside a column or across to the next."""
    found: list[Edge] = []
    for name, end in places.items():
        for required in end.standing.stage.requires:
            start = places[required]
            known = start.standing.stage.written and end.standing.stage.written
            found.append(Edge(required, name, _curve(start, end), known))
    return found


def _curve(start: Place, end: Place) -> str:
    if start.x == end.x:  # a bow to the left of the column, wider for a longer reach
        if end.y - start.y == ROW:
            return f"M{start.x} {start.y + 7}V{end.y - 7}"
        bow = min(6 + (end.y - start.y) // ROW * 2, 20)
        return (
            f"M{start.x - 6} {start.y + 3}C{start.x - bow} {start.y + 16}"
            f" {start.x - bow} {end.y - 16} {end.x - 7} {end.y - 2}"
        )
    out = start.x + COLUMN - 46  # past the longest title of its column
    middle = (out + end.x) // 2 + 8
    return (
        f"M{out} {start.y}C{middle} {start.y} {middle - 12} {end.y} {end.x - 8} {end.y}"
        if end.x > start.x
        else f"M{start.x} {start.y + 7}C{start.x} {end.y} {end.x} {start.y} {end.x} {end.y - 7}"
    )


def _track(standing: Standing) -> str:
    return standing.stage.track
