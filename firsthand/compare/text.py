"""A comparison for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from firsthand.compare.agreement import number
from firsthand.compare.comparison import Comparison, Pair
from firsthand.compare.table import explain, verdict

if TYPE_CHECKING:
    from rich.console import RenderableType


def renderables(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield what a console prints, from the headline to the sources of the data."""
    from rich.text import Text

    yield Text(f"{comparison.stage}  {comparison.title}", style="bold")
    yield Text(comparison.headline, style="" if comparison.agrees else "bold red")
    yield Text(comparison.authors.said(), style="dim")
    yield from (Text(note, style="red") for note in comparison.notes)
    for pair in comparison.pairs:
        yield Text("")
        yield from _pair(pair, comparison.authors.side)
    yield Text("")
    for data in comparison.data:
        yield Text(f"{data.name}: {data.description} {data.source}; {data.licence}.", style="dim")
        for note in data.notes:
            yield Text(f"  {note}", style="dim")


def _pair(pair: Pair, side: str) -> Iterator[RenderableType]:
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    sign = "✓" if pair.agrees else "✗"
    yield Text.assemble((f"{sign} {pair.title}", "bold"), (f"   {pair.data}", "dim"))
    yield _indented(f"{side:<8} {pair.scratch}", "blue" if side == "yours" else "green")
    yield _indented(f"{pair.oracle:<8} {pair.library}", "yellow")
    if pair.convention:
        yield _indented(pair.convention.statement, "bold" if pair.agrees else "bold red")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("quantity")
    table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("tolerance", justify="right", no_wrap=True)
    table.add_column("agrees", no_wrap=True)
    notes = list(dict.fromkeys(filter(None, map(explain, pair.rows))))
    for row in pair.rows:
        why = explain(row)
        note = f" [{notes.index(why) + 1}]" if why else ""
        table.add_row(
            row.quantity,
            number(row.difference),
            number(row.tolerance),
            Text(verdict(row) + note),
            style="" if row.agrees else "red",
        )
    yield Padding(table, (0, 0, 0, 2), expand=False)
    yield from (_noted(f"[{n}]", note) for n, note in enumerate(notes, start=1))
    yield from (_indented(line, "dim") for line in _facts(pair, side))


def _noted(sign: str, note: str) -> RenderableType:
    """Return a footnote whose continuation stands under its beginning."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 1))
    rows.add_row(Text(sign, style="dim"), Text(note, style="dim"))
    return Padding(rows, (0, 0, 0, 2), expand=False)


def _indented(line: str, style: str) -> RenderableType:
    """Return a line whose continuation stands under its beginning."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(line, style=style), (0, 0, 0, 2))


def _facts(pair: Pair, side: str) -> Iterator[str]:
    """Yield score, time and notes, a line each."""
    score, timing = pair.score, pair.timing
    if score:
        theirs = "" if math.isnan(score.library) else f", {pair.oracle} {score.library:.6g}"
        yield f"{score.name}: {side} {score.scratch:.6g}{theirs}"
    if timing:
        yield (
            f"time: {side} {duration(timing.scratch)}, library {duration(timing.library)}: "
            f"{how_long(timing.ratio)} (medians of {timing.runs})"
        )
    yield from pair.notes


def how_long(ratio: float) -> str:
    """Write a ratio as a factor: two digits, no powers of ten."""
    if f"{ratio:.2g}" == "1":
        return "as long"
    return f"{ratio:.0f} times as long" if ratio >= 9.95 else f"{ratio:.2g} times as long"


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
