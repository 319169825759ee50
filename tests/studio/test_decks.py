"""Decks brought in and taken out by the door of the studio."""

import io
import zipfile

from firsthand.studio.pages.review import UPLOAD_LIMIT
from tests.studio.serving import Running

CSV = 'front,back\n"What is <script>alert(1)</script> e?","2.718"\n"And $\\pi$?","3.14"\n'


def bring(running: Running, name: str, data: bytes):
    return running.post("/cards/import", files={"file": (name, data)})


def test_a_spreadsheet_becomes_cards_that_cannot_act(fresh: Running):
    answer = bring(fresh, "numbers.csv", CSV.encode())
    assert answer.status_code == 200
    assert "2 cards added" in answer.text
    text = fresh.get("/cards?deck=numbers").text
    assert "2.718" in text
    assert "<script>alert" not in text


def test_what_goes_out_comes_in_again(fresh: Running):
    fresh.post("/cards", data={"front": "What is $e$?", "back": "2.718"})
    package = fresh.get("/cards/export/mine.apkg?deck=own")
    assert package.headers["content-disposition"].startswith("attachment")
    assert zipfile.is_zipfile(io.BytesIO(package.content))
    assert bring(fresh, "mine.apkg", package.content).status_code == 200
    assert "2.718" in fresh.get("/cards/export/mine.csv").text
    assert fresh.get("/cards/export/mine.exe").status_code == 422


def test_what_is_no_deck_is_refused_in_words(fresh: Running):
    for name, data in (
        ("deck.exe", b"MZ"),
        ("deck.apkg", b"not a zip"),
        ("../../up.apkg", b"PK\x03\x04 broken"),
        ("deck.csv", b"\xff\xfe\x00\x00"),
    ):
        answer = bring(fresh, name, data)
        assert answer.status_code == 422, name
        assert answer.json()["detail"]
    assert fresh.studio.journey.store.rows("SELECT * FROM card") == []


def test_an_upload_is_bounded_before_it_is_read(fresh: Running):
    import socket

    with socket.create_connection(("127.0.0.1", int(fresh.host.split(":")[1]))) as wire:
        head = {**fresh.headers, "Host": fresh.host, "Content-Length": str(UPLOAD_LIMIT + 1)}
        lines = ["POST /cards/import HTTP/1.1", *(f"{k}: {v}" for k, v in head.items())]
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        assert b" 413 " in wire.recv(4096).split(b"\r\n")[0]
