"""The whole path as a map: what leads to what, what is done, what is to come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import Standing, page, standings
from firsthand.studio.state import TheJourney

router = APIRouter()

TRACKS = {
    "foundations": "Foundations",
    "classic": "Classic models",
    "deep": "Deep learning",
    "practice": "Practice",
}


@dataclass(frozen=True)
class Place:
    """A stage on the map, and what stands below it because it needs it.

    ``after`` are the numbers of what it needs besides the stage that it stands below.
    """

    standing: Standing
    after: tuple[str, ...]
    below: tuple[Place, ...]

    @property
    def share(self) -> float:
        """How much of the stage is written, from 0 to 1."""
        return self.standing.passed / self.standing.total if self.standing.total else 0.0


@router.get("/path")
def path(request: Request, journey: TheJourney) -> Response:
    """Draw the map, and tell what each stage is about."""
    everything = standings(journey)
    tracks = [(TRACKS.get(t, t.title()), list(rows)) for t, rows in groupby(everything, _track)]
    following = next(
        (s for s in everything if s.stage.exercises and not s.done and s.ready),
        next((s for s in everything if s.stage.written and not s.done), None),
    )
    return page(
        request,
        "path.html",
        columns=[(name, trees(rows)) for name, rows in tracks],
        tracks=tracks,
        titles={s.stage.name: s.stage for s in everything},
        following=following,
        ready=sum(s.stage.written for s in everything),
        coming=sum(not s.stage.written for s in everything),
    )


def trees(track: list[Standing]) -> tuple[Place, ...]:
    """Return a track as trees: a stage stands below the last stage of its track that it needs."""
    own = {s.stage.name for s in track}
    above = {s.stage.name: max(own & set(s.stage.requires), default="") for s in track}

    def grow(root: str) -> tuple[Place, ...]:
        return tuple(
            Place(standing, _numbers(standing, root), grow(standing.stage.name))
            for standing in track
            if above[standing.stage.name] == root
        )

    return grow("")


def _numbers(standing: Standing, above: str) -> tuple[str, ...]:
    return tuple(name[:2] for name in standing.stage.requires if name != above)


def _track(standing: Standing) -> str:
    return standing.stage.track
