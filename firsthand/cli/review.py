"""``firsthand review``: today's cards in the terminal, by keyboard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from firsthand.cli.journeys import (
    clock,
    console,
    journey_option,
    json_option,
    open_journey,
    relative,
    say_json,
)

if TYPE_CHECKING:
    from rich.console import Console

    from firsthand.study.journey import Journey
    from firsthand.study.memory.review import Due, Queue


@click.command(
    epilog="\b\nExamples:\n  firsthand review\n  firsthand review --all\n"
    "  firsthand review --exercise linear.gradient\n"
    "  firsthand review --set retention=0.85 --set schedule=fixed\n  firsthand review --json"
)
@click.option("--all", "everything", is_flag=True, help="All that is due, beyond the day's 20.")
@click.option(
    "--exercise",
    metavar="EXERCISE",
    help="Lay this passed exercise out blank, to be written again.",
)
@click.option("--question", metavar="QUESTION", help="Answer this verification question.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting: retention (0.7 to 0.99), schedule (fsrs, fixed), buttons (2, 4), "
    "cards_per_day, new_per_day, leech.",
)
@journey_option
@json_option
def command(
    everything: bool,
    exercise: str | None,
    question: str | None,
    changes: tuple[str, ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Review what is due: 20 cards a day, 10 old and 10 new.

    Keys: space shows the answer; 1 forgot, 2 remembered (or 1 to 4, with four buttons);
    u takes the last answer back, s keeps the card out of reviews, q ends. Every answer is on
    disk before the next card is shown.
    """
    with open_journey(folder) as journey:
        if changes:
            _change(journey, changes, as_json=as_json)
        elif exercise:
            _write_again(journey, exercise, as_json=as_json)
        elif question:
            from firsthand.cli.asking import ask

            ask(journey, question, as_json=as_json)
        elif as_json:
            from firsthand.study.memory.review import queue

            say_json(_plain(queue(journey, clock(), everything=everything)))
        else:
            _review(journey, everything=everything)


def _review(journey: Journey, *, everything: bool) -> None:
    """Ask until nothing is due or the learner ends."""
    from firsthand.study.memory.review import answer, in_words, queue, undo

    out, asked, left = console(), 0, 0
    while True:
        due = queue(journey, clock(), everything=everything)
        if not due.cards:
            break
        card = due.cards[0]
        key, seconds = _show(journey, out, card, len(due.cards))
        journey.visit("review", clock())
        if key == "q":
            left = len(due.cards)
            out.print()
            break
        if key == "u":
            item = undo(journey, clock())
            asked = max(0, asked - 1) if item else asked
            out.print(
                "[dim]Taken back.[/]\n" if item else "[dim]There is nothing to take back.[/]\n"
            )
            continue
        if key == "s":
            from firsthand.study.memory.cards import suspend

            suspend(journey.store, card.card.item, clock())
            out.print("[dim]Kept out of reviews; `firsthand cards list` shows it.[/]\n")
            continue
        rating = _buttons(journey)[key][0]
        memory = answer(journey, card.card.item, rating, clock(), seconds=seconds, seen=card.seen)
        asked += 1
        if memory:
            out.print(f"[dim]Comes back {in_words(memory.due - memory.last)}.[/]\n")
    _tell_rest(out, journey, asked, left)


def _show(journey: Journey, out: Console, due: Due, left: int) -> tuple[str, float]:
    """Show a card and return the key that was pressed and how long the answer took."""
    from time import monotonic

    from firsthand.cli.readable import readable

    buttons = _buttons(journey)
    deck = f", {due.card.deck}" if due.old else ""
    out.print(f"{left} left{deck}. {due.why}", style="dim", markup=False)
    out.print(readable(due.card.front, due.card.format), markup=False)
    began = monotonic()
    if (key := _key(" \r\nuqs")) in "uqs":
        return key, 0.0
    out.print("[dim]" + "─" * 24 + "[/]")
    out.print(readable(due.card.back, due.card.format), markup=False)
    if due.leech:
        out.print(due.leech, style="italic", markup=False)
    out.print("[dim]" + "   ".join(f"{k} {label}" for k, (_, label) in buttons.items()) + "[/]")
    key = _key("".join(buttons) + "uqs")
    return key, round(monotonic() - began, 1)


def _buttons(journey: Journey) -> dict[str, tuple[Any, str]]:
    """Return key -> (rating, its label)."""
    from firsthand.study.memory.rating import LABELS
    from firsthand.study.memory.settings import read_settings

    labels = LABELS[read_settings(journey.store).buttons]
    return {str(n): pair for n, pair in enumerate(labels.items(), start=1)}


def _key(accepted: str) -> str:
    """Wait for one of ``accepted``; the end of the input is ``q``, Ctrl+C leaves."""
    while True:
        key = click.getchar() if sys.stdin.isatty() else sys.stdin.read(1)
        if key in ("", "\x04"):
            return "q"
        if key == "\x03":
            raise click.Abort
        if key.lower() in accepted:
            return key.lower()


def _tell_rest(out: Console, journey: Journey, asked: int, left: int) -> None:
    """Say what was done, what waits and which exercises are to be written again."""
    from firsthand.study.memory.review import queue

    rest = queue(journey, clock())
    if left:
        out.print(f"{asked} reviewed, {left} left for today.")
    else:
        out.print(f"{asked} reviewed." if asked else "No card is due.")
    if not asked and not left and not journey.begun():
        out.print("Cards come with the stages you begin: firsthand next")
    if rest.waiting:
        out.print(f"{rest.waiting} more are due and wait. To go on: firsthand review --all")
    for again in rest.exercises:
        out.print(f"\n{again.exercise.title} ({again.exercise.id})", markup=False)
        out.print(f"  {again.why}", markup=False)
        out.print(f"  firsthand review --exercise {again.exercise.id}")


def _write_again(journey: Journey, name: str, *, as_json: bool) -> None:
    """Lay an exercise out blank and say where."""
    exercise = journey.curriculum.exercise(name)
    path = journey.practise(exercise, clock())
    if as_json:
        say_json({"exercise": exercise.id, "file": str(path)})
        return
    out = console()
    out.print(f"{exercise.target} is blank in {relative(path)}.", soft_wrap=True)
    out.print("Your own file is as it was. When it is written:")
    out.print(f"  firsthand check {exercise.id}", soft_wrap=True)


def _change(journey: Journey, changes: tuple[str, ...], *, as_json: bool) -> None:
    """Change settings and show all of them."""
    from dataclasses import asdict

    from firsthand.study.memory.settings import change_settings

    pairs = [change.partition("=") for change in changes]
    for name, sign, _ in pairs:
        if not sign:
            raise click.UsageError(f"--set {name} says no value: --set NAME=VALUE.")
    settings = change_settings(journey.store, **{k.strip(): _value(v) for k, _, v in pairs})
    if as_json:
        say_json(asdict(settings))
        return
    for name, value in asdict(settings).items():
        click.echo(f"{name:<14} {value}")


def _value(text: str) -> str | int | float:
    """Return a setting's value in the kind it is written in."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _plain(due: Queue) -> dict[str, Any]:
    """Return the queue as plain data."""
    return {
        "old": due.old,
        "new": due.new,
        "waiting": due.waiting,
        "cards": [
            {
                "item": d.card.item,
                "front": d.card.front,
                "back": d.card.back,
                "format": d.card.format,
                "deck": d.card.deck,
                "old": d.old,
                "recall": d.recall,
                "why": d.why,
            }
            for d in due.cards
        ],
        "exercises": [
            {"exercise": d.exercise.id, "recall": d.recall, "why": d.why} for d in due.exercises
        ],
    }
