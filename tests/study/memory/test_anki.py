"""Packages of Anki's: real decks, Anki's own exports of both formats, and our own into Anki."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firsthand.study.errors import RequestError
from firsthand.study.journey import Journey
from firsthand.study.memory.anki.exporting import markdown_to_html
from firsthand.study.memory.cards import add_card, deck, keep_medium, medium, stored_cards
from firsthand.study.memory.log import history, memory_of
from firsthand.study.memory.rating import Rating
from firsthand.study.memory.review import answer, queue
from firsthand.study.memory.transfer import export_file, import_file
from firsthand.study.store import Store

DECKS = Path(os.environ.get("FIRSTHAND_DATA", "/nowhere")) / "anki"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "progress.db")
    yield opened
    opened.close()


@pytest.mark.skipif(not DECKS.is_dir(), reason="no real decks: set FIRSTHAND_DATA")
@pytest.mark.parametrize(
    ("file", "cards", "pictures"),
    [
        ("01-resnets.apkg", 94, 29),
        ("DeepLearningLecture_Introduction.apkg", 33, 7),
        ("DeepLearningLecture_LinearAlgebra.apkg", 64, 30),
    ],
)
def test_real_decks_come_in_with_text_and_pictures(
    store: Store, now: datetime, file: str, cards: int, pictures: int
) -> None:
    done = import_file(store, DECKS / file, now)
    assert (done.added, done.media, done.left_out) == (cards, pictures, [])
    kept = stored_cards(store)
    names = {n for c in kept for n in c.front.split("media/")[1:] + c.back.split("media/")[1:]}
    for name in names:
        found = medium(store, name.partition('"')[0])
        assert found.type in ("image/jpeg", "image/png")
        assert found.data
    again = import_file(store, DECKS / file, now)
    assert (again.added, again.updated) == (0, cards)
    assert stored_cards(store) == kept


@pytest.mark.skipif(not DECKS.is_dir(), reason="no real decks: set FIRSTHAND_DATA")
def test_reversed_cards_of_a_real_deck_are_siblings(store: Store, now: datetime) -> None:
    import_file(store, DECKS / "DeepLearningLecture_LinearAlgebra.apkg", now)
    kept = stored_cards(store)
    assert len({c.note for c in kept}) == 32
    first, second = kept[0], kept[1]
    assert first.note == second.note
    assert (first.front, first.back) == (second.back, second.front)


@pytest.mark.parametrize("format", ["legacy", "newest"])
def test_what_anki_exports_comes_in(
    store: Store, now: datetime, made_by_anki: Path, format: str
) -> None:
    done = import_file(store, made_by_anki / f"{format}.apkg", now)
    assert (done.added, done.media, done.left_out) == (7, 1, [])
    cards = {c.front: c for c in stored_cards(store)}
    picture = cards["slope?"].back.partition('src="media/')[2].partition('"')[0]
    assert cards["slope?"].back.startswith("<b>rise</b> / run<img")
    assert medium(store, picture).data == PIXEL
    assert cards["slope?"].tags == ("basic", "line")
    assert cards["slope?"].deck == "Maths::Lines"
    assert cards["intercept"].back == "\\(b\\) where \\(x &lt; 0\\) begins"
    assert cards["\\(b\\) where \\(x &lt; 0\\) begins"].back == "intercept"
    cloze = {f: c.back for f, c in cards.items() if "cloze" in f}
    assert cloze == {
        '<span class="cloze">[which?]</span> is max(0, z)': (
            '<span class="cloze">ReLU</span> is max(0, z)<br>\nextra'
        ),
        'ReLU is max(0, <span class="cloze">[...]</span>)': (
            'ReLU is max(0, <span class="cloze">z</span>)<br>\nextra'
        ),
    }
    assert cards["1 + 1"].back == "2"
    everything = "".join(c.front + c.back for c in cards.values())
    for danger in ("script", "onclick", "alert", "javascript"):
        assert danger not in everything


@pytest.mark.parametrize("format", ["legacy", "newest"])
def test_the_review_history_comes_along_once(
    store: Store, now: datetime, made_by_anki: Path, format: str
) -> None:
    facts = json.loads((made_by_anki / "facts.json").read_text())["reviews"]
    assert len(facts) == 3
    done = import_file(store, made_by_anki / f"{format}.apkg", now)
    assert done.reviews == 3
    assert import_file(store, made_by_anki / f"{format}.apkg", now).reviews == 0
    found = sorted((a.at, a.rating) for c in stored_cards(store) for a in history(store, c.item))
    assert found == [
        (datetime.fromtimestamp(id / 1000, UTC), Rating(ease)) for _, _, id, ease in facts
    ]


def test_imported_cards_are_reviewed_like_others(
    journey: Journey, now: datetime, made_by_anki: Path
) -> None:
    import_file(journey.store, made_by_anki / "newest.apkg", now)
    later = datetime.now(UTC) + timedelta(days=365)
    due = queue(journey, later, everything=True)
    assert due.old >= 2
    assert answer(journey, due.cards[0].card.item, Rating.GOOD, later)


def test_what_we_export_opens_in_anki(
    journey: Journey, now: datetime, tmp_path: Path, anki: Callable[..., Any]
) -> None:
    journey.begin("01", now)
    picture = keep_medium(journey.store, PIXEL, "image/png", "png")
    own = add_card(
        journey.store,
        "Is $a < b$ and *why*?\n\n$$\\frac{1}{n} \\sum_i x_i$$",
        f"See ![a dot](media/{picture}) and `x < y`",
        now,
        tags=("two words", "x"),
    )
    today = datetime.now(UTC)
    answer(journey, "card:sums.empty", Rating.GOOD, today - timedelta(days=4))
    answer(journey, "card:sums.empty", Rating.GOOD, today - timedelta(days=1))
    path = tmp_path / "mine.apkg"
    export_file(journey.store, list(deck(journey).values()), path)

    found = anki("read", path)
    assert len(found["cards"]) == 21
    assert found["media"] == [picture]
    assert found["missing"] == []
    cards = {c["guid"]: c for c in found["cards"]}
    mine = cards[f"firsthand:{own.item}"]
    assert "\\(a &lt; b\\) and <em>why</em>" in mine["question"]
    assert "\\[\\frac{1}{n} \\sum_i x_i\\]" in mine["question"]
    assert f'<img src="{picture}"' in mine["answer"]
    assert "<code>x &lt; y</code>" in mine["answer"]
    assert sorted(mine["tags"]) == ["two_words", "x"]
    assert mine["deck"] == "firsthand::own"
    assert mine["type"] == 0

    known = cards["firsthand:card:sums.empty"]
    assert known["deck"] == "firsthand::01_sums"
    assert (known["type"], known["reps"], known["reviews"]) == (2, 2, [3, 3])
    memory = memory_of(journey.store, "card:sums.empty")
    assert memory
    assert abs(known["due_in"] - (memory.due - today).days) <= 1


def test_a_package_of_ours_that_comes_back_changes_nothing(
    journey: Journey, now: datetime, tmp_path: Path
) -> None:
    journey.begin("01", now)
    card = add_card(journey.store, "$x$?", "**y**", now)
    answer(journey, card.item, Rating.GOOD, now)
    before = deck(journey)
    export_file(journey.store, list(before.values()), tmp_path / "mine.apkg")
    done = import_file(journey.store, tmp_path / "mine.apkg", now)
    assert (done.added, done.updated, done.known) == (0, 0, 21)
    assert deck(journey) == before


@pytest.mark.skipif(not DECKS.is_dir(), reason="no real decks: set FIRSTHAND_DATA")
def test_a_real_deck_goes_through_us_and_back_to_anki(
    store: Store, now: datetime, tmp_path: Path, anki: Callable[..., Any]
) -> None:
    import_file(store, DECKS / "DeepLearningLecture_Introduction.apkg", now)
    export_file(store, stored_cards(store), tmp_path / "out.apkg")
    found = anki("read", tmp_path / "out.apkg")
    assert len(found["cards"]) == 33
    assert (len(found["media"]), found["missing"]) == (7, [])


def test_markdown_becomes_html_with_mathjax() -> None:
    html = markdown_to_html("A **b** with <b>no</b> html, $5 and $$x_1$$")
    assert "<strong>b</strong>" in html
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    assert "\\[x_1\\]" in html


def test_no_cards_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no card"):
        export_file(store, [], tmp_path / "x.apkg")
