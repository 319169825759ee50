"""``firsthand cards``: list, write, import and export cards."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.cli.journeys import (
    clock,
    journey_option,
    json_option,
    open_journey,
    say_json,
)

if TYPE_CHECKING:
    from firsthand.study.memory.cards import Flashcard


@click.group(epilog="\b\nExamples:\n  firsthand cards list 05\n  firsthand cards import deck.apkg")
def command() -> None:
    """List, add, import and export cards."""


@command.command(
    "list",
    short_help="List cards, and when each comes back.",
    epilog="\b\nExamples:\n  firsthand cards list\n  firsthand cards list 05 --json",
)
@click.argument("deck", required=False)
@journey_option
@json_option
def show(deck: str | None, folder: Path | None, as_json: bool) -> None:
    """List the cards of every deck, or of DECK (a stage, or a name): when each comes back."""
    from textwrap import shorten

    from firsthand.cli.readable import readable
    from firsthand.study.memory.cards import deck as all_cards
    from firsthand.study.memory.cards import suspended
    from firsthand.study.memory.log import memories

    with open_journey(folder) as journey:
        known, out_of_reviews = memories(journey.store), suspended(journey.store)
        cards = _chosen(all_cards(journey).values(), deck)
    facts = [
        {
            "item": card.item,
            "deck": card.deck,
            "front": card.front,
            "back": card.back,
            "format": card.format,
            "tags": card.tags,
            "due": str(known[card.item].due.date()) if card.item in known else None,
            "suspended": card.item in out_of_reviews,
        }
        for card in cards
    ]
    if as_json:
        say_json(facts)
        return
    for card, fact in zip(cards, facts, strict=True):
        front = shorten(readable(card.front, card.format), 60, placeholder=" ...")
        due = "suspended" if fact["suspended"] else fact["due"] or "new"
        click.echo(f"{due:<10}  {card.deck[:24]:<24}  {front}")
    click.echo(_count(len(cards)))


@command.command(
    short_help="Write a card of your own.",
    epilog='\b\nExample:\n  firsthand cards add "What is $e^{i \\pi}$?" "$-1$" --tag maths',
)
@click.argument("front")
@click.argument("back")
@click.option(
    "--deck", metavar="DECK", default="own", show_default=True, help="The deck it goes to."
)
@click.option(
    "--tag", "tags", metavar="TAG", multiple=True, help="A tag; may be given several times."
)
@journey_option
@json_option
def add(
    front: str, back: str, deck: str, tags: tuple[str, ...], folder: Path | None, as_json: bool
) -> None:
    """Write a card of your own: FRONT asks, BACK answers; Markdown, with maths in $...$."""
    from firsthand.study.memory.cards import add_card

    with open_journey(folder) as journey:
        card = add_card(journey.store, front, back, clock(), deck=deck, tags=tags)
    if as_json:
        say_json({"item": card.item})
    else:
        click.echo(f"Added to the deck {card.deck}. It will be asked among the new ones.")


@command.command(
    "import",
    short_help="Take in an Anki package or a CSV file.",
    epilog="\b\nExamples:\n  firsthand cards import deck.apkg\n"
    "  firsthand cards import cards.csv --deck vocabulary",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--deck", metavar="DECK", help="The deck for a CSV file's cards; by default the file's name."
)
@journey_option
@json_option
def take_in(file: Path, deck: str | None, folder: Path | None, as_json: bool) -> None:
    """Import FILE: an Anki package (.apkg, .colpkg) or a CSV file with front and back.

    From Anki come text, pictures, cloze deletions and the review history; importing a newer
    version of a deck updates its cards and keeps what you remember of them.
    """
    from firsthand.study.memory.transfer import import_file

    with open_journey(folder) as journey:
        done = import_file(journey.store, file, clock(), deck=deck)
    if as_json:
        say_json(done.to_json())
        return
    click.echo(
        f"{_count(done.added)} added, {done.updated} updated; {done.media} pictures,"
        f" {done.reviews} reviews."
    )
    for line in done.left_out:
        click.echo(f"Left out: {line}", err=True)


@command.command(
    short_help="Write cards to an Anki package or a CSV file.",
    epilog="\b\nExamples:\n  firsthand cards export mine.apkg\n"
    "  firsthand cards export stage05.csv --deck 05",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--deck", metavar="DECK", help="Only this deck: a stage, or a name.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@journey_option
@json_option
def export(file: Path, deck: str | None, force: bool, folder: Path | None, as_json: bool) -> None:
    """Export cards to FILE: an Anki package (.apkg) with pictures and MathJax, or CSV."""
    from firsthand.study.memory.cards import deck as all_cards
    from firsthand.study.memory.transfer import export_file

    if file.exists() and not force:
        raise click.UsageError(f"{file} exists; choose another name, or --force to replace it.")
    with open_journey(folder) as journey:
        cards = _chosen(all_cards(journey).values(), deck)
        export_file(journey.store, cards, file)
    if as_json:
        say_json({"file": str(file), "cards": len(cards)})
    else:
        click.echo(f"{_count(len(cards))} in {file}")


def _chosen(cards: Iterable[Flashcard], deck: str | None) -> list[Flashcard]:
    """Return the cards of a deck, or all of them.

    Raises
    ------
    RequestError
        If no card lies in a deck of that name.
    """
    from firsthand.study.errors import RequestError

    every = list(cards)
    found = [card for card in every if deck is None or _in(card, deck)]
    if deck is not None and not found:
        decks = ", ".join(sorted({card.deck for card in every})) or "none yet"
        raise RequestError(f"No card lies in a deck called {deck!r}. The decks: {decks}.")
    return found


def _count(cards: int) -> str:
    return f"{cards} card{'s' * (cards != 1)}"


def _in(card: Flashcard, deck: str) -> bool:
    """Whether a card belongs to a deck, named in full or by a stage's number."""
    return card.deck == deck or card.deck.split("_")[0] == deck.zfill(2)
