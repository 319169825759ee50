"""Cards as CSV: in as people write it, out as it went in."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.study.errors import RequestError
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import add_card, deck, delete_card, stored_cards
from firsthand.study.memory.transfer import export_file, import_file


@pytest.mark.parametrize(
    "text",
    [
        "front,back\nwhat?,this\n",
        "what?,this\n",
        "\ufefffront;back\nwhat?;this\n",
        "back\tFront\nthis\twhat?\n",
        '"what?","this"\r\n\r\n',
    ],
)
def test_common_shapes_of_csv(journey: Journey, tmp_path: Path, now: datetime, text: str) -> None:
    (tmp_path / "words.csv").write_text(text, "utf-8", newline="")
    assert import_file(journey.store, tmp_path / "words.csv", now).added == 1
    card = stored_cards(journey.store)[0]
    assert (card.front, card.back, card.deck) == ("what?", "this", "words")


def test_columns_deck_and_tags(journey: Journey, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "x.csv"
    path.write_text('front,back,deck,tags\n"a, ""b""\nc",d,maths,one two\n')
    import_file(journey.store, path, now)
    card = stored_cards(journey.store)[0]
    assert (card.front, card.deck, card.tags) == ('a, "b"\nc', "maths", ("one", "two"))
    path.write_text('front,back,deck\n"a, ""b""\nc",better,maths\n')
    assert import_file(journey.store, path, now).updated == 1
    assert [c.back for c in stored_cards(journey.store)] == ["better"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a,b\nc\n", "Line 2 has no back"),
        (b"a,b\n,d\n", "Line 2 has no front"),
        (b"\xff\xfe,b\n", "not UTF-8"),
        (b'a,"b\n', "line"),
    ],
)
def test_a_bad_row_is_named_and_nothing_comes_in(
    journey: Journey, tmp_path: Path, now: datetime, data: bytes, why: str
) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(RequestError, match=why):
        import_file(journey.store, tmp_path / "x.csv", now)
    assert stored_cards(journey.store) == []


def test_other_readers_of_csv_keep_their_limit(
    journey: Journey, tmp_path: Path, now: datetime
) -> None:
    before = csv.field_size_limit()
    (tmp_path / "x.csv").write_text("what?,this\n" + "long?," + "y" * (before + 1), "utf-8")
    with pytest.raises(RequestError, match="at most"):
        import_file(journey.store, tmp_path / "x.csv", now)
    assert csv.field_size_limit() == before


side = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1
).filter(lambda text: text.strip() == text and text)


@given(st.lists(st.tuples(side, side), min_size=1, max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_goes_out_comes_back(
    journey: Journey, tmp_path: Path, now: datetime, pairs: list[tuple[str, str]]
) -> None:
    for card in stored_cards(journey.store):
        delete_card(journey.store, card.item, now)
    for front, back in pairs:
        add_card(journey.store, front, back, now)
    before = deck(journey)
    export_file(journey.store, list(before.values()), tmp_path / "out.csv")
    for item in before:
        delete_card(journey.store, item, now)
    import_file(journey.store, tmp_path / "out.csv", now)
    after = [(c.front, c.back) for c in stored_cards(journey.store)]
    assert set(after) == {(c.front, c.back) for c in before.values()}
