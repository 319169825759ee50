"""A verification question in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import clock, console, say_json

if TYPE_CHECKING:
    from firsthand.study.content import Question
    from firsthand.study.journey import Journey


def ask(journey: Journey, name: str, *, as_json: bool = False) -> None:
    """Ask a question, mark the answer and record it; with ``as_json`` only show the question."""
    from firsthand.cli.readable import readable
    from firsthand.study.questions import answer_question, find_question

    question = find_question(journey, name)
    if as_json:
        known = journey.answers().get(question.id)
        shown = {"id": question.id, "kind": question.kind, "prompt": question.prompt}
        shown |= {"choices": question.choices, "answered_rightly": bool(known and known.right)}
        say_json(shown)
        return
    out = console()
    out.print(readable(question.prompt), markup=False)
    given = _given(question)
    answered = answer_question(journey, question.id, given, clock())
    out.print("\nRight." if answered.right else "\nNot yet.")
    if not question.rubric:
        out.print(readable(question.answer), markup=False)


def _given(question: Question) -> int | str | list[int]:
    """Return what the learner answers: a choice, a number, or the points they made."""
    from firsthand.cli.readable import readable

    if question.choices:
        for number, choice in enumerate(question.choices, start=1):
            click.echo(f"  {number}  {readable(choice)}")
        picked: int = click.prompt("Your choice", type=click.IntRange(1, len(question.choices)))
        return picked - 1
    if question.number is not None:
        text: str = click.prompt("Your answer", type=str)
        return text
    click.prompt("Answer in your own words, then press Enter", default="", show_default=False)
    click.echo(f"\n{readable(question.answer)}\n")
    return [
        number
        for number, point in enumerate(question.rubric)
        if click.confirm(f"Did yours say this: {readable(point)}")
    ]
