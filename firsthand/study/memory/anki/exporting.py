r"""Write cards of the journey as a package that Anki opens: pictures, MathJax, what is due.

Markdown becomes HTML, ``$...$`` becomes ``\(...\)``, which Anki hands to MathJax. A card that
was reviewed takes its reviews along and comes up in Anki on the day it is due here. Numbers
and GUIDs are made of names, so that a second export updates the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from re import findall
from sqlite3 import Cursor
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from firsthand.study.memory.cards import Flashcard, medium
from firsthand.study.memory.log import history, memory_of
from firsthand.study.memory.transfer import OURS
from firsthand.study.store import Store

if TYPE_CHECKING:
    import genanki

STYLE = """
.card { font-family: Georgia, serif; font-size: 20px; line-height: 1.5; text-align: left;
        max-width: 36em; margin: 1.5em auto; padding: 0 1em; }
code, pre { font-family: monospace; font-size: 0.85em; }
pre { overflow-x: auto; }
img { max-width: 100%; }
.cloze { font-weight: bold; }
"""


def export_package(store: Store, cards: Sequence[Flashcard], path: Path) -> None:
    """Write ``cards`` to the package ``path``, with the pictures they show."""
    import genanki

    decks: dict[str, Any] = {}
    for card in cards:
        name = deck_name(card)
        deck = decks.setdefault(name, genanki.Deck(_number(name), name))
        deck.add_note(
            genanki.Note(
                model=_model(),
                fields=[_side(card.front, card.format), _side(card.back, card.format)],
                tags=[tag.replace(" ", "_") for tag in card.tags],
                guid=OURS + card.item,
            )
        )
    with TemporaryDirectory(prefix="firsthand-") as folder:
        files: list[str] = []
        for name in sorted({n for card in cards for n in pictures(card)}):
            file = Path(folder, name)
            file.write_bytes(medium(store, name).data)
            files.append(str(file))
        package = genanki.Package(list(decks.values()), media_files=files)
        _keep_history(package, store, cards)
        package.write_to_file(str(path))


def deck_name(card: Flashcard) -> str:
    """Return the deck that a card goes to in Anki."""
    return card.deck if card.origin == "anki" else f"firsthand::{card.deck}"


def pictures(card: Flashcard) -> list[str]:
    """Return the names of the pictures that a card shows."""
    return findall(r"media/([0-9a-f]{32}\.[a-z]{3,4})", card.front + card.back)


def markdown_to_html(text: str) -> str:
    r"""Return Markdown with TeX as HTML with ``\(...\)``.

    Examples
    --------
    >>> markdown_to_html("*The* sum $a < b$")
    '<p><em>The</em> sum \\(a &lt; b\\)</p>'
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(
        parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    for rule in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(rule, _maths)
    return parser.render(text).strip()


def _maths(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    tex = escape(token.content.strip(), quote=False)
    return rf"\({tex}\)" if token.type == "math_inline" else rf"\[{tex}\]"


def _side(text: str, format: str) -> str:
    html = text if format == "html" else markdown_to_html(text)
    return html.replace('src="media/', 'src="')


def _model() -> genanki.Model:
    import genanki

    return genanki.Model(
        _number("firsthand card"),
        "firsthand",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Front}}",
                "afmt": '{{FrontSide}}\n<hr id="answer">\n{{Back}}',
            }
        ],
        css=STYLE,
    )


def _keep_history(package: genanki.Package, store: Store, cards: Sequence[Flashcard]) -> None:
    """Have the package write the cards' reviews and due days after its notes."""
    write = package.write_to_db

    def write_with_history(cursor: Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        write(cursor, timestamp, id_gen)
        (made,) = cursor.execute("SELECT crt FROM col").fetchone()
        used: set[int] = set()
        for card in cards:
            _write_history(cursor, store, card, datetime.fromtimestamp(made, UTC), used)

    package.write_to_db = write_with_history


def _write_history(
    cursor: Cursor, store: Store, card: Flashcard, made: datetime, used: set[int]
) -> None:
    memory = memory_of(store, card.item)
    if memory is None:
        return
    (number,) = cursor.execute(
        "SELECT c.id FROM cards c JOIN notes n ON n.id = c.nid WHERE n.guid = ?",
        (OURS + card.item,),
    ).fetchone()
    days = max(1, (memory.due - memory.last).days)
    cursor.execute(
        "UPDATE cards SET type = 2, queue = 2, due = ?, ivl = ?, factor = 2500, reps = ?,"
        " lapses = ? WHERE id = ?",
        ((memory.due - made).days, days, memory.reviews, memory.lapses, number),
    )
    previous = 0
    for answer in history(store, card.item):
        id = round(answer.at.timestamp() * 1000)
        while id in used:  # Anki names a review by its millisecond
            id += 1
        used.add(id)
        cursor.execute(
            "INSERT INTO revlog (id, cid, usn, ease, ivl, lastIvl, factor, time, type)"
            " VALUES (?, ?, -1, ?, ?, ?, 2500, 0, 1)",
            (id, number, int(answer.rating), days, previous),
        )
        previous = days


def _number(name: str) -> int:
    """Return a number for a name, in the range in which Anki's own lie."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:5], "big") + (1 << 30)
