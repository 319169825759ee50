"""Packages that mean harm, or are damaged: refused with a reason, and nothing is left behind."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.study.errors import RequestError
from firsthand.study.memory.anki import archive, protobuf
from firsthand.study.memory.cards import stored_cards
from firsthand.study.memory.transfer import Imported, import_file
from firsthand.study.store import Store

MODEL = {
    "name": "Basic",
    "type": 0,
    "flds": [{"name": "Front"}, {"name": "Back"}],
    "tmpls": [
        {"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}
    ],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "progress.db")
    yield opened
    opened.close()


def collection(*sides: tuple[str, str], extra: str = "") -> bytes:
    """A legacy database with one basic card for each pair of sides."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        "CREATE TABLE col (models TEXT, decks TEXT, conf TEXT);"
        "CREATE TABLE notes (id INTEGER, guid TEXT, mid INTEGER, flds TEXT, tags TEXT);"
        "CREATE TABLE cards (id INTEGER, nid INTEGER, ord INTEGER, did INTEGER, odid INTEGER);"
        "CREATE TABLE revlog (id INTEGER, cid INTEGER, ease INTEGER, type INTEGER, factor INTEGER);"
    )
    decks = {"1": {"name": "Deck"}}
    facts = (json.dumps({"7": MODEL}), json.dumps(decks), "{}")
    database.execute("INSERT INTO col VALUES (?, ?, ?)", facts)
    for n, (front, back) in enumerate(sides):
        note = (n, f"guid {n}", 7, f"{front}\x1f{back}", "")
        database.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", note)
        database.execute("INSERT INTO cards VALUES (?, ?, 0, 1, 0)", (n, n))
    database.executescript(extra)
    database.commit()
    data = database.serialize()
    database.close()
    return data


@pytest.fixture
def pack(tmp_path: Path, store: Store, now: datetime) -> Callable[..., Imported]:
    """Import a package of the given entries."""

    def build(entries: dict[str, bytes]) -> Imported:
        path = tmp_path / "deck.apkg"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in entries.items():
                package.writestr(name, data)
        return import_file(store, path, now)

    return build


def refused(
    pack: Callable[..., Imported], store: Store, entries: dict[str, bytes], why: str
) -> None:
    with pytest.raises(RequestError, match=why):
        pack(entries)
    assert stored_cards(store) == []
    assert store.rows("SELECT * FROM media") == []


def test_a_sound_package_comes_in(pack: Callable[..., Imported], store: Store) -> None:
    assert pack({"collection.anki2": collection(("a", "b")), "media": b"{}"}).added == 1
    assert stored_cards(store)[0].back == "b"


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil"])
def test_a_name_that_leaves_the_folder_is_refused(
    pack: Callable[..., Imported], store: Store, name: str
) -> None:
    entries = {"collection.anki2": collection(("a", "b")), name: b"x"}
    refused(pack, store, entries, "would leave its folder")


def test_a_name_in_the_list_of_media_is_never_a_path(
    pack: Callable[..., Imported], store: Store, tmp_path: Path
) -> None:
    names = json.dumps({"0": "../../evil.png"}).encode()
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * 20
    cards = collection(("a", '<img src="../../evil.png">'))
    assert pack({"collection.anki2": cards, "media": names, "0": picture}).media == 1
    assert not list(tmp_path.parent.rglob("evil.png"))
    assert 'src="media/' in stored_cards(store)[0].back


def test_a_bomb_is_refused_before_it_unfolds(
    pack: Callable[..., Imported], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1 << 20)
    refused(pack, store, {"collection.anki2": bytes(8 << 20)}, "too large")
    packed = zstd.compress(bytes(8 << 20))
    assert len(packed) < 10_000
    refused(pack, store, {"collection.anki21b": packed}, "too large")


def test_a_medium_that_is_too_large_refuses_the_package(
    pack: Callable[..., Imported], store: Store
) -> None:
    entries = {
        "collection.anki2": collection(("a", '<img src="p.png">')),
        "media": b'{"0": "p.png"}',
        "0": b"\x89PNG\r\n\x1a\n" + bytes(archive.LARGEST_MEDIUM),
    }
    refused(pack, store, entries, "too large")


def test_too_many_files_are_refused(
    pack: Callable[..., Imported], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 5)
    refused(pack, store, {str(n): b"" for n in range(6)}, "more than 5 files")


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"other": b""}, "no collection"),
        ({"collection.anki2": b"no database"}, "damaged"),
        ({"collection.anki2": b""}, "no notes"),
        ({"collection.anki21b": b"no zstd"}, "damaged"),
        ({"collection.anki2": collection(("a", "b")), "media": b"{"}, "media is damaged"),
        ({"collection.anki2": collection(("a", "b")), "media": b"[1]"}, "media is damaged"),
    ],
)
def test_what_is_damaged_is_told(
    pack: Callable[..., Imported], store: Store, entries: dict[str, bytes], why: str
) -> None:
    refused(pack, store, entries, why)


def test_what_is_no_zip_is_told(store: Store, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "x.apkg").write_bytes(b"no zip")
    with pytest.raises(RequestError, match="no Anki package"):
        import_file(store, tmp_path / "x.apkg", now)
    (tmp_path / "x.pdf").write_bytes(b"")
    with pytest.raises(RequestError, match="neither"):
        import_file(store, tmp_path / "x.pdf", now)


def test_a_view_that_never_ends_is_not_read(pack: Callable[..., Imported], store: Store) -> None:
    endless = (
        "DROP TABLE notes; CREATE VIEW notes AS WITH RECURSIVE n(id) AS"
        " (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        " SELECT id, '' guid, 7 mid, '' flds, '' tags FROM n;"
    )
    refused(pack, store, {"collection.anki2": collection(extra=endless)}, "no notes")


DANGERS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=//evil>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    "<style>body{display:none}</style>",
    "<form action=//evil><input></form>",
    '<img src="https://evil/track.gif">',
    '<img src="//evil/track.gif">',
    '<div style="position:fixed">x</div>',
    '<meta http-equiv=refresh content="0;url=//evil">',
    "<anki-mathjax><script>alert(1)</script></anki-mathjax>",
    "[latex]<script>alert(1)</script>[/latex]",
    '<a href="x" onmouseover="y()">l</a>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("danger", DANGERS)
def test_nothing_that_acts_survives(
    pack: Callable[..., Imported], store: Store, danger: str
) -> None:
    pack({"collection.anki2": collection((f"question {danger}", danger)), "media": b"{}"})
    card = stored_cards(store)[0]
    text = (card.front + card.back).lower()
    tags = [part.partition(">")[0] for part in text.split("<")[1:]]
    for tag in tags:
        assert not tag.startswith(("script", "svg", "iframe", "style", "form", "input", "meta"))
        for word in (" on", "javascript:", "data:", "evil", "style="):
            assert word not in tag, tag


@given(st.binary(max_size=60))
@settings(max_examples=200)
def test_messages_never_read_outside(data: bytes) -> None:
    try:
        list(protobuf.fields(data))
    except RequestError:
        return


def test_messages_are_read_as_written() -> None:
    message = b"\x0a\x03abc" + b"\x10\x96\x01" + b"\x1d\x00\x00\x80\x3f"
    assert list(protobuf.fields(message)) == [(1, b"abc"), (2, 150), (3, b"\x00\x00\x80\x3f")]
    assert protobuf.text(message, 1) == "abc"
    assert protobuf.number(message, 2) == 150
    with pytest.raises(RequestError, match="cut off"):
        list(protobuf.fields(b"\x0a\xff"))


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_damaged_package_is_refused_or_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("collection.anki2", collection(("a", "b"), ("c", "d")))
        package.writestr("media", b"{}")
    damaged = bytearray(held.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = folder / "x.apkg"
    path.write_bytes(damaged)
    store = Store(folder / "progress.db")
    try:
        import_file(store, path, datetime.now().astimezone())
    except RequestError:
        assert stored_cards(store) == []
    finally:
        store.close()
