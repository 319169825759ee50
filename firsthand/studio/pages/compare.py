"""The Compare tab: both sides on the same data, number by number.

The comparison runs in a process of its own, on the learner's passed functions and ours for
the rest; so neither their code nor the libraries ever enter the server.
"""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from firsthand.studio import markup
from firsthand.studio.pages.layout import fragment, page
from firsthand.studio.state import Studio, TheJourney, TheStudio
from firsthand.study.content import Stage
from firsthand.study.errors import UnknownNameError

router = APIRouter()

_running = threading.Lock()  # two at once would spoil each other's times


@router.get("/stage/{name}/compare")
def show(request: Request, name: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Show the last comparison, or offer to run one."""
    stage = _stage(studio, name)
    passed = journey.passed()
    yours = [e.target for e in stage.exercises if e.id in passed]
    result = journey.last_comparison(stage.name).get("result", {})
    return page(
        request,
        "compare.html",
        stage=stage,
        tab="compare",
        here=stage.name,
        yours=yours,
        ours=[e.target for e in stage.exercises if e.target not in yours],
        notebook=f"{stage.name}/comparison.ipynb",
        library=stage.counterpart,
        agreed=journey.comparisons().get(stage.name),
        now=studio.clock(),
        c=_shown(result) if _readable(result) else None,
    )


@router.post("/stage/{name}/compare")
def run(name: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Compare now; the result is kept as evidence when it is the learner's code that agrees."""
    from firsthand.compare.mine import compare_mine, keep

    stage = _stage(studio, name)
    with _running:
        comparison = compare_mine(journey, stage.name)
    keep(journey, comparison, studio.clock())
    shown = _shown(comparison.to_json())
    return fragment("comparison.html", c=shown, library=stage.counterpart)


def _stage(studio: Studio, name: str) -> Stage:
    stage = studio.curriculum.stage(name)
    if not stage.written or not stage.compared:
        raise UnknownNameError("stage to compare", stage.title, [])
    return stage


def _readable(result: dict[str, Any]) -> bool:
    """Whether a kept result is one that this version shows; an older one is run again."""
    return result.keys() >= {"headline", "authors", "data", "pairs", "notes"}


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    """Return the comparison with its drawings made safe to stand in the page."""
    pairs = [
        {**p, "pictures": [{**d, "svg": Markup(markup.clean_svg(d["svg"]))} for d in p["pictures"]]}
        for p in result["pairs"]
    ]
    return {**result, "pairs": pairs}
