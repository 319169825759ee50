"""The whole path as a map: what leads to what, what is done, what is to come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import Standing, page, standings
from firsthand.studio.state import TheJourney

router = APIRouter()

ROW, TOP, LEFT = 30, 18, 12
LETTER, CAPITAL, NUMBER, GAP = 5.9, 1.9, 31, 14  # px; a capital is wider than a letter by that
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
    x: float
    y: float

    @property
    def share(self) -> float:
        """How much of the stage is written, from 0 to 1."""
        return self.standing.passed / self.standing.total if self.standing.total else 0.0

    @property
    def end(self) -> float:
        """Where the title ends."""
        return self.x + NUMBER + _width(self.standing.stage.title)


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
        titles={s.stage.name: s.stage for s in everything},
        width=round(max(place.end for place in places.values()) + 8),
        height=round(max(place.y for place in places.values()) + TOP),
        following=following,
        ready=sum(s.stage.written for s in everything),
        coming=sum(not s.stage.written for s in everything),
    )


def lay_out(everything: list[Standing]) -> dict[str, Place]:
    """Draw the path as a tree: a stage stands to the right of the last thing it requires.

    Leaves take a row each, in the order of the path; whatever leads on stands level with the
    middle of what it leads to.
    """
    by_name = {s.stage.name: s for s in everything}
    children: dict[str, list[str]] = defaultdict(list)
    depth: dict[str, int] = {}
    for name, standing in by_name.items():
        required = [r for r in standing.stage.requires if r in depth]
        parent = max(required, key=lambda r: (depth[r], r), default="")
        depth[name] = depth[parent] + 1 if parent else 0
        children[parent].append(name)
    rows: dict[str, float] = {}
    count = 0

    def descend(name: str) -> None:
        nonlocal count
        for child in children[name]:
            descend(child)
        if children[name]:
            below = [rows[child] for child in children[name]]
            rows[name] = (below[0] + below[-1]) / 2
        else:
            rows[name] = count
            count += 1

    for root in children[""]:
        descend(root)
    x = _columns(by_name, children, depth)
    return {n: Place(s, x[depth[n]], TOP + ROW * rows[n]) for n, s in by_name.items()}


def _columns(
    by_name: dict[str, Standing], children: dict[str, list[str]], depth: dict[str, int]
) -> list[float]:
    """Return where each column begins; only titles that lead on need room to their right."""
    found = [float(LEFT)]
    for level in range(max(depth.values())):
        leading = [n for n in by_name if depth[n] == level and children[n]]
        widest = max(_width(by_name[n].stage.title) for n in leading)
        found.append(found[-1] + NUMBER + widest + GAP)
    return found


def _width(title: str) -> float:
    return LETTER * len(title) + CAPITAL * sum(letter.isupper() for letter in title)


def edges(places: dict[str, Place]) -> list[Edge]:
    """Return the curve of every requirement."""
    found: list[Edge] = []
    for name, end in places.items():
        for required in end.standing.stage.requires:
            start = places[required]
            known = start.standing.stage.written and end.standing.stage.written
            found.append(Edge(required, name, _curve(start, end), known))
    return found


def _curve(start: Place, end: Place) -> str:
    """From the end of one title to the ring of the next: level, a bend, level."""
    x1, y1, x2, y2 = start.end + 4, start.y, end.x - 9, end.y
    bend = x2 - 20
    middle = (bend + x2) / 2
    return (
        f"M{x1:.0f} {y1:.1f}H{max(bend, x1):.0f}"
        f"C{middle:.0f} {y1:.1f} {middle:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"
    )


def _track(standing: Standing) -> str:
    return standing.stage.track
