"""A report as one HTML page that needs no other file and no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from firsthand.train.evaluation.parts import Cell, Section
from firsthand.train.evaluation.saying import count, say, short
from firsthand.train.evaluation.sections.errors import legend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firsthand.train.evaluation.view import View

FOLDER = Path(__file__).parent / "page"
KICKER = {
    "classification": "classification",
    "regression": "regression",
    "segmentation": "segmentation",
    "forecasting": "forecast",
}
SHOWN_FIRST = 4  # figures at the top of the page


def render(view: View, sections: Sequence[Section], remarks: Sequence[str]) -> str:
    """Return the page. Everything that came from data or from a name is escaped."""
    run, facts = view.opened.run, view.facts
    n = count(len(view.test), "test example")
    first = next((s for s in sections if s.key == "figures"), None)
    return template("report.html").render(
        css=css(),
        title=short(run.config.name, 60),
        kicker=" · ".join([facts.task, KICKER[facts.problem], n]),
        run=run.id,
        lede=first.sentence if first is not None else "",
        top=_top(view, first),
        sections=sections,
        remarks=remarks,
        legend=legend(view) if facts.problem == "segmentation" else [],
    )


def template(name: str) -> Any:
    """Return a template, which escapes what it is given unless told that it is markup."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
    )
    environment.filters["markup"] = Markup  # of our own drawings alone
    return environment.get_template(name)


def _printable(value: Any) -> Any:
    """Return a text without the control characters that no page may hold; markup as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(c if c >= " " or c in "\n\t" else "\ufffd" for c in value)


def css() -> Markup:
    """Return the style sheet."""
    return Markup((FOLDER / "report.css").read_text("utf-8"))


def _top(view: View, first: Section | None) -> list[tuple[str, Cell]]:
    if first is None or first.missing:
        return []
    names = [view.main, *(name for name in view.figures if name != view.main)][:SHOWN_FIRST]
    return [
        (
            view.names[name][0],
            say(view.figures[name], percent=view.is_percent(name), unit=view.unit_of(name)),
        )
        for name in names
    ]
