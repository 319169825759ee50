"""A verdict as the terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from firsthand.cli.readable import readable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from firsthand.study.verdict import Case, Shown, Verdict

COLOURS = {"passed": "green", "not_attempted": "dim"}


def show_verdict(out: Console, verdict: Verdict) -> None:
    """Print a verdict: what it is, what it means, the case, and what to do next."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    colour = COLOURS.get(verdict.kind, "red")
    out.print(Text.assemble((verdict.exercise, "bold"), "   ", (verdict.headline, colour)))
    if verdict.explanation:
        out.print(Padding(Text(readable(verdict.explanation)), (0, 0, 0, 2)))
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True, min_width=11)
    rows.add_column(overflow="fold")
    for name, value in _rows(verdict):
        rows.add_row(name, Text(value) if isinstance(value, str) else value)
    out.print(Padding(rows, (0, 0, 0, 2)))


def one_line(verdict: Verdict) -> Text:
    """Return a verdict as a line of a list."""
    from rich.text import Text

    colour = COLOURS.get(verdict.kind, "red")
    return Text.assemble(f"{verdict.exercise:<36}", (verdict.headline, colour))


def _rows(verdict: Verdict) -> Iterator[tuple[str, str | Text]]:
    if verdict.raised and verdict.raised.message and verdict.raised.type != "Shortcut":
        yield "error", f"{verdict.raised.type}: {verdict.raised.message.replace('`', '')}"
    if verdict.raised and verdict.raised.line:
        yield f"line {verdict.raised.line}", verdict.raised.source
        steps = verdict.raised.traceback.splitlines()
        if len(steps) > 2:
            yield "called from", "\n".join(steps[:-2])
    if verdict.case:
        yield from _case_rows(verdict.case)
    if verdict.oracles and verdict.kind != "passed":
        yield "oracles", "\n".join(f"{o.oracle}: {_said(o.agreed)}" for o in verdict.oracles)
    if verdict.printed:
        yield "printed", verdict.printed.rstrip()[:1000]
    if verdict.strength and verdict.kind in ("passed", "wrong", "misconception"):
        caught = verdict.strength.misconceptions[0] + verdict.strength.mutants[0]
        known = verdict.strength.misconceptions[1] + verdict.strength.mutants[1]
        yield "strength", f"these checks catch {caught} of {known} known wrong versions"
    if verdict.sandbox.startswith("not"):
        yield "sandbox", verdict.sandbox
    yield "next", f"{verdict.next} {verdict.command}".strip()


def _case_rows(case: Case) -> Iterator[tuple[str, str | Text]]:
    from rich.text import Text

    for position, (name, value) in enumerate(case.inputs):
        yield "case" if not position else "", _input(name, value)
    if case.error is None and not case.expected.text:
        return
    yours = Text.assemble("yours     ", (_indented_text(case.got, 10), "blue"))
    ours = Text.assemble("expected  ", (_indented_text(case.expected, 10), "green"))
    yield case.quantity or "result", Text("\n").join([yours, ours])
    if case.error and case.tolerance:
        because = f" ({case.why_tolerance})" if case.why_tolerance else ""
        scale = " of the largest value expected" if re.search("[1-9]", case.expected.text) else ""
        yield "difference", f"{case.error:.1e}{scale}, allowed {case.tolerance:.0e}{because}"


def _input(name: str, value: Shown) -> str:
    shape = f" {value.shape}" if value.shape else ""
    text = value.text if "\n" not in value.text else "\n  " + value.text.replace("\n", "\n  ")
    return f"{name}{shape} = {text}"


def _indented_text(value: Shown, width: int) -> str:
    return value.text.replace("\n", "\n" + " " * width)


def _said(agreed: bool | None) -> str:
    return {True: "agrees", False: "does not agree", None: "not asked"}[agreed]
