"""``firsthand path``: the whole map, with where the learner is on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from firsthand.cli.journeys import (
    clock,
    console,
    journey_option,
    json_option,
    open_journey,
    say_json,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from firsthand.study.content import Stage
    from firsthand.study.progress import Completion, Proof


@click.command(
    epilog="\b\nExamples:\n  firsthand path\n  firsthand path 05\n  firsthand path --json"
)
@click.argument("stage", required=False)
@click.option("--exercises", is_flag=True, help="List the exercises of each stage, too.")
@journey_option
@json_option
def command(stage: str | None, exercises: bool, folder: Path | None, as_json: bool) -> None:
    """Show the whole path, or one STAGE with its claims and their evidence."""
    from firsthand.study.progress import checkpoint, completion

    now = clock()
    with open_journey(folder) as journey:
        done, passed = completion(journey, now), journey.passed()
        stages = journey.curriculum.stages
        chosen = [journey.curriculum.stage(stage)] if stage else list(stages)
        proofs = checkpoint(journey, chosen[0], now) if stage and chosen[0].written else ()
    if as_json:
        facts = [_plain(s, done, passed) for s in chosen]
        say_json({**facts[0], "claims": [_claim(p) for p in proofs]} if stage else facts)
        return
    out = console()
    track = ""
    for s in chosen:
        if s.track != track and not stage:
            out.print(f"{'' if not track else chr(10)}[dim]{s.track}[/]")
        track = s.track
        _line(out, s, done)
        if (exercises or stage) and s.written:
            for e in s.exercises:
                mark = "passed" if e.id in passed else "      "
                out.print(f"      {mark}  {e.id:<34} {e.title}", soft_wrap=True, markup=False)
    for proof in proofs:
        out.print()
        out.print(_proof(proof))


def _line(out: Console, stage: Stage, done: dict[str, Completion]) -> None:
    """Print one stage: its number, title and how far it is."""
    if not stage.written:
        out.print(f"  {stage.number}  {stage.title:<36} coming", style="dim", soft_wrap=True)
        return
    facts = done[stage.name]
    done_of = "{} of {} exercises" if stage.exercises else "{} of {} questions"
    said = done_of.format(*(facts.exercises if stage.exercises else facts.questions))
    said += f", {facts.claims[0]} of {facts.claims[1]} claims"
    state = "done" if facts.done else said if facts.begun else "open"
    out.print(f"  {stage.number}  {stage.title:<36} {state}", soft_wrap=True)


def _proof(proof: Proof) -> Table:
    """Return a claim and, below it, what proves it and what does not yet."""
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True, min_width=9)
    rows.add_column()
    rows.add_row(f"  {proof.state}", Text(f"{proof.claim.text} ({proof.claim.kind})", style="bold"))
    for e in proof.evidence:
        rows.add_row("", Text(f"{'+' if e.state == 'proved' else '-'} {e.what}", style="dim"))
    return rows


def _plain(stage: Stage, done: dict[str, Completion], passed: frozenset[str]) -> dict[str, Any]:
    """Return a stage as plain data."""
    facts = done.get(stage.name)
    return {
        "name": stage.name,
        "title": stage.title,
        "track": stage.track,
        "requires": stage.requires,
        "written": stage.written,
        "begun": bool(facts and facts.begun),
        "done": bool(facts and facts.done),
        "questions": facts.questions if facts else None,
        "claims_proved": facts.claims if facts else None,
        "exercises": [
            {"id": e.id, "title": e.title, "minutes": e.minutes, "passed": e.id in passed}
            for e in stage.exercises
        ],
    }


def _claim(proof: Proof) -> dict[str, Any]:
    """Return a claim with its evidence as plain data."""
    return {
        "text": proof.claim.text,
        "kind": proof.claim.kind,
        "state": proof.state,
        "evidence": [{"name": e.name, "state": e.state, "what": e.what} for e in proof.evidence],
    }
