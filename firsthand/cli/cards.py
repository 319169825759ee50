"""``firsthand cards``: list, write, import and export cards."""

from __future__ import annotations

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


@click.group(epilog="Example: firsthand cards import deck.apkg")
def command() -> None:
    """List, write, import and export cards."""


@command.command(
    "list", epilog="\b\nExamples:\n  firsthand cards list\n  firsthand cards list 05 --json"
)
@click.argument("deck", required=False)
@journey_option
@json_option
def show(deck: str | None, folder: Path | None, as_json: bool) -> None:
    """List the cards of every deck, or of DECK (a stage, or a name): when each comes back."""
    from firsthand.cli.readable import readable
    from firsthand.study.memory.cards import deck as all_cards
    from firsthand.study.memory.cards import suspended
    from firsthand.study.memory.log import memories

    with open_journey(folder) as journey:
        known, out_of_reviews = memories(journey.store), suspended(journey.store)
        cards = [c for c in all_cards(journey).values() if deck is None or _in(c, deck)]
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
        front = " ".join(readable(card.front, card.format).split())
        due = "suspended" if fact["suspended"] else fact["due"] or "new"
        click.echo(f"{due:<10}  {card.deck[:24]:<24}  {front[:60]}")
    click.echo(f"{len(cards)} cards")


@command.command(
    epilog='\b\nExample:\n  firsthand cards add "What is $e^{i \\pi}$?" "$-1$" --tag maths'
)
@click.argument("front")
@click.argument("back")
@click.option("--deck", default="own", show_default=True, help="The deck it goes to.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
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
        click.echo("Added. It will be asked among the new ones.")


@command.command(
    "import",
    epilog="\b\nExamples:\n  firsthand cards import deck.apkg\n"
    "  firsthand cards import cards.csv --deck vocabulary",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--deck", help="The deck for a CSV file's cards; by default the file's name.")
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
        f"{done.added} cards added, {done.updated} updated; {done.media} pictures,"
        f" {done.reviews} reviews."
    )
    for line in done.left_out:
        click.echo(f"Left out: {line}", err=True)


@command.command(
    epilog="\b\nExamples:\n  firsthand cards export mine.apkg\n"
    "  firsthand cards export stage05.csv --deck 05"
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--deck", help="Only this deck: a stage, or a name.")
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
        cards = [c for c in all_cards(journey).values() if deck is None or _in(c, deck)]
        export_file(journey.store, cards, file)
    if as_json:
        say_json({"file": str(file), "cards": len(cards)})
    else:
        click.echo(f"{len(cards)} cards in {file}")


def _in(card: Flashcard, deck: str) -> bool:
    """Whether a card belongs to a deck, named in full or by a stage's number."""
    return card.deck == deck or card.deck.split("_")[0] == deck.zfill(2)
