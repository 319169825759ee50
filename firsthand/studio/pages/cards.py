"""All cards: to look through, to write, to bring in and to take out."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from firsthand.studio.pages.layout import fragment, page
from firsthand.studio.pages.review import card_html, deck_title
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.errors import JourneyError
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import (
    Flashcard,
    add_card,
    deck,
    delete_card,
    edit_card,
    stored_card,
    suspend,
    suspended,
)
from firsthand.study.memory.log import memories
from firsthand.study.memory.review import in_words

router = APIRouter()

Side = Annotated[str, Form(max_length=100_000)]
FEW = 12  # cards that are looked through faster than searched
SUFFIXES = (".apkg", ".colpkg", ".csv", ".txt", ".tsv")
SHOWN = 100  # cards on one page


@router.get("/cards")
def cards(
    request: Request,
    studio: TheStudio,
    journey: TheJourney,
    deck: str = "",
    find: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """List the decks, and the cards of one: all of them, or those that hold some words."""
    everything = list(_all(journey))
    decks = Counter(card.deck for card in everything)
    chosen = deck if deck in decks else next(iter(decks), "")
    words = find.casefold().split()
    found = [c for c in everything if c.deck == chosen and _holds(c, words)]
    start = min(start, max(0, len(found) - 1)) // SHOWN * SHOWN
    known, away, now = memories(journey.store), suspended(journey.store), studio.clock()
    rows = [
        {
            "card": card,
            "front": card_html(card, "front"),
            "back": card_html(card, "back"),
            "due": in_words(known[card.item].due - now)
            if card.item in known and known[card.item].due > now
            else ("due" if card.item in known else "new"),
            "away": card.item in away,
        }
        for card in found[start : start + SHOWN]
    ]
    here = {"deck": chosen, **({"find": find} if find else {})}
    return page(
        request,
        "cards.html",
        decks=[(name, deck_title(journey, name), count) for name, count in decks.items()],
        chosen=chosen,
        rows=rows,
        find=find,
        first=start + 1,
        found=len(found),
        earlier=urlencode({**here, "start": start - SHOWN}) if start else "",
        later=urlencode({**here, "start": start + SHOWN}) if start + SHOWN < len(found) else "",
        searchable=bool(find) or len(found) > FEW,
        total=len(everything),
        accept=",".join(SUFFIXES),
    )


@router.get("/cards/new")
def new(request: Request, journey: TheJourney) -> Response:
    """Show an empty card to write."""
    return page(request, "write_card.html", card=None, front="", back="")


@router.get("/cards/edit")
def edit(request: Request, item: str, journey: TheJourney) -> Response:
    """Show one's own card to change."""
    card = stored_card(journey.store, item)
    return page(request, "write_card.html", card=card, front=card.front, back=card.back)


@router.post("/cards")
def add(studio: TheStudio, journey: TheJourney, front: Side = "", back: Side = "") -> Response:
    """Keep a new card."""
    card = add_card(journey.store, front, back, studio.clock())
    return _to(f"/cards?deck={card.deck}")


@router.post("/cards/edit")
def change(
    item: str, studio: TheStudio, journey: TheJourney, front: Side = "", back: Side = ""
) -> Response:
    """Keep a card's new text."""
    card = edit_card(journey.store, item, front, back, studio.clock())
    return _to(f"/cards?deck={card.deck}")


@router.post("/cards/preview")
def preview(journey: TheJourney, front: Side = "", back: Side = "") -> HTMLResponse:
    """Show a card as it will look."""
    return fragment("card_preview.html", front=front, back=back)


@router.post("/cards/delete")
def delete(item: str, studio: TheStudio, journey: TheJourney) -> HTMLResponse:
    """Take a card out of the deck; it can be put back."""
    card = stored_card(journey.store, item)
    delete_card(journey.store, item, studio.clock())
    return fragment("card_deleted.html", card=card)


@router.post("/cards/restore")
def restore(
    studio: TheStudio,
    journey: TheJourney,
    item: Annotated[str, Form(max_length=300)],
) -> Response:
    """Put a deleted card back."""
    row = journey.store.row("SELECT deck FROM card WHERE id = ?", item)
    if row is None:
        raise JourneyError("There is no such card to put back.")
    journey.store.run("UPDATE card SET deleted = NULL WHERE id = ?", item)
    return _to(f"/cards?deck={row['deck']}")


@router.post("/cards/suspend")
def pause(item: str, away: bool, studio: TheStudio, journey: TheJourney) -> Response:
    """Keep a card out of every review, or let it back in."""
    card = deck(journey)[item]
    suspend(journey.store, item, studio.clock(), suspended=away)
    return _to(f"/cards?deck={card.deck}")


@router.post("/cards/import")
def take_in(studio: TheStudio, journey: TheJourney, file: UploadFile) -> HTMLResponse:
    """Import an Anki package or a CSV file; its size is bounded before it is read."""
    from firsthand.study.memory.transfer import import_file

    name = Path(file.filename or "deck").name
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise JourneyError(f"{name} is no deck; bring a file that ends in {', '.join(SUFFIXES)}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"deck{suffix}"
        with path.open("wb") as target:
            while block := file.file.read(1 << 20):
                target.write(block)
        done = import_file(journey.store, path, studio.clock(), deck=Path(name).stem)
    return fragment("imported.html", done=done, name=name)


@router.get("/cards/export/{name}")
def take_out(name: str, journey: TheJourney, deck: str = "") -> Response:
    """Hand out a deck, or all cards, as an Anki package or as CSV."""
    from firsthand.study.memory.transfer import export_file

    suffix = Path(name).suffix
    if suffix not in (".apkg", ".csv"):
        raise JourneyError("Cards are exported as .apkg or as .csv.")
    chosen = [card for card in _all(journey) if not deck or card.deck == deck]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"firsthand{suffix}"
        export_file(journey.store, chosen, path)
        data = path.read_bytes()
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="firsthand{suffix}"'},
    )


def _holds(card: Flashcard, words: list[str]) -> bool:
    """Whether every word stands somewhere on the card, as it is read."""
    text = f"{card.front} {card.back} {' '.join(card.tags)}"
    if card.format == "html":
        text = re.sub(r"<[^>]*>", " ", text)
    return all(word in text.casefold() for word in words)


def _all(journey: Journey) -> list[Flashcard]:
    return list(deck(journey).values())


def _to(address: str) -> Response:
    return Response(status_code=204, headers={"HX-Redirect": address})
