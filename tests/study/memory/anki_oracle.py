"""Anki itself, as an oracle; run by a Python that has the ``anki`` package and nothing of ours.

anki_oracle.py make FOLDER            write legacy.apkg, newest.apkg and facts.json
anki_oracle.py read PACKAGE           import a package and print what Anki has then
"""

import json
import os
import sys
import tempfile
import time

from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


def fresh() -> Collection:
    return Collection(os.path.join(tempfile.mkdtemp(), "collection.anki2"))


def make(folder: str) -> None:
    """A deck with every kind of note, some of it reviewed."""
    col = fresh()
    deck = col.decks.id("Maths::Lines")
    picture = col.media.write_data("a picture é.png", PIXEL)

    def add(kind: str, *fields: str, tags: tuple[str, ...] = ()) -> None:
        note = col.new_note(col.models.by_name(kind))
        note.fields = list(fields)
        note.tags = list(tags)
        col.add_note(note, deck)

    add("Basic", "slope?", f'<b>rise</b> / run<img src="{picture}">', tags=("line", "basic"))
    add("Basic (and reversed card)", "intercept", "\\(b\\) where \\(x &lt; 0\\) begins")
    add("Cloze", "{{c1::ReLU::which?}} is max(0, {{c2::z}})", "extra")
    add("Basic (type in the answer)", "1 + 1", "2")
    add("Basic", "danger <script>alert(1)</script>", '<a onclick="x()" href="javascript:y()">l</a>')
    col.decks.select(deck)
    for ease in (3, 1, 4):
        card = col.sched.getCard()
        card.timer_started = time.time()
        col.sched.answerCard(card, ease)
        time.sleep(0.01)
    facts = {
        "reviews": col.db.all(
            "select n.flds, c.ord, r.id, r.ease from revlog r join cards c on c.id = r.cid"
            " join notes n on n.id = c.nid order by r.id"
        )
    }
    for name, legacy in (("legacy", True), ("newest", False)):
        col.export_anki_package(
            out_path=os.path.join(folder, f"{name}.apkg"),
            options=ExportAnkiPackageOptions(with_scheduling=True, with_media=True, legacy=legacy),
            limit=None,
        )
    with open(os.path.join(folder, "facts.json"), "w") as file:
        json.dump(facts, file)
    col.close()


def read(package: str) -> None:
    """What a learner would see in Anki after importing the package twice."""
    col = fresh()
    options = ImportAnkiPackageOptions(with_scheduling=True)
    for _ in range(2):
        col.import_anki_package(ImportAnkiPackageRequest(package_path=package, options=options))
    cards = []
    for id in col.find_cards("", order="c.id asc"):
        card = col.get_card(id)
        cards.append(
            {
                "guid": card.note().guid,
                "question": card.question(),
                "answer": card.answer(),
                "tags": card.note().tags,
                "deck": col.decks.name(card.did),
                "type": int(card.type),
                "due_in": card.due - col.sched.today,
                "reps": card.reps,
                "reviews": col.db.list("select ease from revlog where cid = ? order by id", id),
            }
        )
    problems, _ = col.fix_integrity()
    print(
        json.dumps(
            {
                "cards": cards,
                "media": sorted(os.listdir(col.media.dir())),
                "missing": list(col.media.check().missing),
                "problems": problems,
            }
        )
    )
    col.close()


if __name__ == "__main__":
    {"make": make, "read": read}[sys.argv[1]](sys.argv[2])
