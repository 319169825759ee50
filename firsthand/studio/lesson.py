"""A stage's lesson as the page shows it: prose with its figures in place."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from firsthand.studio import markup
from firsthand.study.content import Stage
from firsthand.study.errors import UnknownNameError
from firsthand.study.figures import Figure

PLACE = re.compile(r'<div class="figure-here" data-figure="([a-z0-9_]+)( wide)?"></div>')


@dataclass(frozen=True)
class Lesson:
    """Rendered prose, its headings, and whether it holds figures."""

    html: str
    contents: tuple[tuple[str, str], ...]
    figures: int


def figures(stage: Stage) -> dict[str, Figure]:
    """Return the stage's figures by name."""
    return {figure.name: figure for figure in stage.declared("figures.py", Figure)}


def find_figure(stage: Stage, name: str) -> Figure:
    """Return a figure of the stage.

    Raises
    ------
    UnknownNameError
        If the stage has no figure of that name.
    """
    known = figures(stage)
    if name not in known:
        raise UnknownNameError("figure", name, known)
    return known[name]


def lesson(stage: Stage) -> Lesson:
    """Return the stage's lesson; it and its first pictures are kept until a file changes."""
    files = (stage.path("lesson.md"), stage.path("figures.py"))
    return _lesson(stage, tuple(p.stat().st_mtime_ns if p.is_file() else 0 for p in files))


@lru_cache(maxsize=128)
def _lesson(stage: Stage, changed: tuple[int, ...]) -> Lesson:
    rendered = markup.render(stage.read("lesson.md"))
    rendered = markup.link_exercises(rendered, address)
    placed = 0

    def place(match: re.Match[str]) -> str:
        nonlocal placed
        placed += 1
        try:
            return figure_html(stage, match[1], wide=bool(match[2]))
        except Exception as error:  # a broken picture is no reason to withhold the text
            return f'<p class="small bad">{html.escape(str(error))}</p>'

    return Lesson(PLACE.sub(place, rendered), tuple(markup.sections(rendered)), placed)


def address(link: str) -> str:
    """Return the page of an ``exercise:ID`` or ``stage:NAME`` link."""
    kind, _, name = link.partition(":")
    return f"/exercise/{name}" if kind == "exercise" else f"/stage/{name}/learn"


def figure_html(stage: Stage, name: str, *, wide: bool = False) -> str:
    """Return a figure with its first picture inside, so that it is drawn without asking."""
    figure = find_figure(stage, name)
    picture = figure.draw().to_json()
    data = {"controls": [asdict(c) for c in figure.controls], "picture": picture}
    shape = sum(panel["height"] for panel in picture["panels"])
    style = "" if wide else f' style="aspect-ratio:1/{shape:.3f}"'
    return (
        f'<figure class="figure{" wide" if wide else ""}" '
        f'data-figure="/stage/{stage.name}/figure/{html.escape(name)}">'
        f'<script type="application/json">{embed(data)}</script>'
        f'<div class="panels"{style}></div>'
        '<p class="reading" aria-live="polite" hidden></p>'
        f"<figcaption>{markup.inline(figure.caption)}</figcaption></figure>"
    )


def embed(data: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
