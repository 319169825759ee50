"""Agreement as a table for people: HTML for notebooks and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from firsthand.compare.agreement import Agreement, number

CSS = """
.fh-agreement{border-collapse:collapse;font:13px/1.7 ui-monospace,monospace;
font-variant-numeric:tabular-nums;margin:.4em 0 1em}
.fh-agreement th,.fh-agreement td{text-align:left;vertical-align:top;padding:.15em 1.4em .15em 0;
border:0;border-bottom:1px solid rgba(128,128,128,.25);background:none}
.fh-agreement thead th{font:12px/1.7 system-ui,sans-serif;opacity:.7}
.fh-agreement tbody th{font:600 13px/1.7 system-ui,sans-serif}
.fh-agreement .n{text-align:right;white-space:nowrap}
.fh-agreement .why{font:12px/1.6 system-ui,sans-serif;opacity:.75;max-width:30em}
.fh-agreement .no{font-weight:700;text-decoration:underline wavy #b3261e}
"""


@dataclass(frozen=True)
class Table:
    """Rows of agreement; a notebook shows it as HTML, a terminal as text."""

    rows: tuple[Agreement, ...]

    @property
    def agrees(self) -> bool:
        """Whether every row does; a table without rows agrees on nothing."""
        return bool(self.rows) and all(row.agrees for row in self.rows)

    def _repr_html_(self) -> str:
        return f"<style>{CSS}</style>{table_html(self.rows)}"

    def __repr__(self) -> str:
        width = max((len(row.quantity) for row in self.rows), default=0)
        return "\n".join(
            f"{row.quantity:<{width}}  {number(row.difference):>8} <= {number(row.tolerance):<7}"
            f"  {verdict(row)}"
            for row in self.rows
        )


def table_html(rows: Sequence[Agreement]) -> str:
    """Return the rows as an HTML table without its style."""
    head = "".join(
        f'<th scope="col"{extra}>{name}</th>'
        for name, extra in (
            ("quantity", ""),
            ("largest difference", ' class="n"'),
            ("tolerance", ' class="n"'),
            ("agrees", ""),
            ("why this tolerance", ""),
        )
    )
    reasons = [explain(row) for row in rows]
    told = [why if i == 0 or why != reasons[i - 1] else "" for i, why in enumerate(reasons)]
    body = "".join(map(_row, rows, told))
    return (
        f'<table class="fh-agreement"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(row: Agreement, why: str) -> str:
    mark = "" if row.agrees else ' class="no"'
    return (
        f'<tr><th scope="row">{escape(row.quantity)}</th>'
        f'<td class="n">{number(row.difference)}</td><td class="n">{number(row.tolerance)}</td>'
        f'<td{mark}>{verdict(row)}</td><td class="why">{escape(why)}</td></tr>'
    )


def verdict(row: Agreement) -> str:
    """Say yes or no, with a sign that needs no colour."""
    return "✓ yes" if row.agrees else "✗ no"


def explain(row: Agreement) -> str:
    """Return the reason for the tolerance; the worst entry where the row disagrees."""
    if row.agrees or row.scratch is None or row.library is None:
        return row.why
    place = f" at {list(row.where)}" if row.where else ""
    return f"{row.scratch:.6g} from scratch, {row.library:.6g} in the library{place}"
