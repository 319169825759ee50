"""``firsthand next``: the exercise to write now, and where."""

from __future__ import annotations

from pathlib import Path

import click

from firsthand.cli.journeys import (
    clock,
    console,
    find_exercise,
    journey_option,
    json_option,
    open_journey,
    relative,
    say_json,
)


@click.command(
    epilog="\b\nExamples:\n  firsthand next\n  firsthand next 06\n  firsthand next linear.gradient"
)
@click.argument("exercise", required=False)
@journey_option
@json_option
def command(exercise: str | None, folder: Path | None, as_json: bool) -> None:
    """Show the next exercise, or EXERCISE: what to write, in which file, where you stopped.

    A stage's number stands for its next exercise.
    """
    from rich.markup import escape

    from firsthand.cli.readable import readable
    from firsthand.study.store import to_text

    with open_journey(folder) as journey:
        found = find_exercise(journey, exercise)
        journey.begin(found.stage, clock())
        stage, practice = journey.curriculum.stage(found.stage), journey.practising(found)
        file = journey.practice_file(found) if practice else journey.file(found)
        last = next(iter(journey.remarks(found.id, limit=1)), None)
        line = _line_of(journey.read_source(file).text, found.target)
        facts = {
            "exercise": found.id,
            "stage": stage.name,
            "title": found.title,
            "statement": found.statement,
            "minutes": found.minutes,
            "file": str(file),
            "line": line,
            "function": found.target,
            "practice": practice,
            "passed": found.id in journey.passed(),
            "hints_taken": journey.hints_taken(found.id),
            "hints": len(found.hints),
            "last": {"kind": last.kind, "headline": last.headline, "at": to_text(last.at)}
            if last
            else None,
        }
    if as_json:
        say_json(facts)
        return
    out = console()
    out.print(
        f"[bold]{escape(found.title)}[/]   [dim]{found.id}, stage {stage.number} {stage.title}[/]"
    )
    out.print()
    out.print(readable(found.statement), markup=False)
    out.print()
    place = f"{relative(file)}:{line}" if line else relative(file)
    out.print(f"  write    {found.target} in {place}", soft_wrap=True)
    if not line:
        out.print(f"           which has no {found.target}; to add it: firsthand reset {found.id}")
    out.print(f"  grade    firsthand check {found.id}")
    out.print(
        f"  help     firsthand hint {found.id}"
        f"   [dim]{facts['hints_taken']} of {facts['hints']} taken[/]"
    )
    if facts["passed"]:
        again = "; now write it again, in a practice copy" if practice else ""
        out.print(f"  so far   You passed it{again}.")
    elif last and last.kind != "not_attempted":
        out.print(f"  so far   {last.headline}", markup=False, soft_wrap=True)


def _line_of(text: str, target: str) -> int | None:
    """Return the line in which a function is defined; None where it is not, or none can tell."""
    import ast

    try:
        scope: list[ast.stmt] = ast.parse(text).body
    except SyntaxError:
        return None
    *owners, name = target.split(".")
    for owner in owners:
        bodies = [n.body for n in scope if isinstance(n, ast.ClassDef) and n.name == owner]
        scope = bodies[-1] if bodies else []
    lines = [n.lineno for n in scope if isinstance(n, ast.FunctionDef) and n.name == name]
    return lines[-1] if lines else None
