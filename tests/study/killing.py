"""Kill writers at random moments and see that nothing acknowledged is ever lost.

    python tests/study/killing.py --kills 200

Two processes write to one journey at once, as the studio and the command line do: one answers
cards, the other records verdicts and saves a source file. Each is killed by SIGKILL at a random
moment. What a writer was told is done, it says on a pipe; after the kill all of that must be in
the database, the database must be sound, every schedule must be what its log implies, and the
file must be one whole version. ``--acknowledge-early`` says it before it is done: then this
must find losses, or it proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from firsthand.study.content import load_curriculum
from firsthand.study.files import Source, text_hash
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import deck
from firsthand.study.memory.log import add_review, memories, rebuild
from firsthand.study.memory.rating import Rating
from firsthand.study.store import to_text
from firsthand.study.verdict import Verdict

SMALL = Path(__file__).parent / "small_curriculum"
TOTAL = "sums.total"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOST = 2  # writes after which a writer is killed, or a little later
LATEST = 0.015  # seconds
PAUSE = 0.01  # seconds between two writes, so that neither writer starves the other
Say = Callable[[str], None]


def text_of(number: int) -> str:
    return f"def total(x):\n    return {number}\n" + f"# {number}\n" * 100


def review(journey: Journey, round: int, say: Say, *, early: bool) -> None:
    """Answer cards for ever, saying each answer that is done."""
    items = list(deck(journey))
    for n in range(10**9):
        item = items[n % len(items)]
        at = START + timedelta(minutes=10_000 * round + n)
        line = json.dumps(["review", item, at.isoformat()])
        if early:
            say(line)
        add_review(journey.store, item, random.choice([Rating.AGAIN, Rating.GOOD]), at)
        if not early:
            say(line)
        time.sleep(random.uniform(0, PAUSE))


def grade(journey: Journey, round: int, say: Say, *, early: bool) -> None:
    """Save a file and record a verdict on it for ever, saying each that is done."""
    exercise = journey.curriculum.exercise(TOTAL)
    path = journey.file(exercise)
    for n in range(10**9):
        number = 10**6 * round + n
        line = json.dumps(["verdict", number])
        if early:
            say(line)
        saved = journey.write_source(path, text_of(number), journey.read_source(path).hash)
        assert isinstance(saved, Source)
        kind = "passed" if n % 3 == 0 else "wrong"
        verdict = Verdict(exercise.id, kind, str(number), "", "")
        journey.record_verdict(verdict, text_of(number), START + timedelta(minutes=number))
        if not early:
            say(line)
        time.sleep(random.uniform(0, PAUSE))


def kill_one(folder: Path, round: int, *, early: bool) -> list[list[str]]:
    """Run both writers, kill both, and return what they said was done."""
    running: list[tuple[int, IO[bytes]]] = []
    for job in (review, grade):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)

            def say(line: str, to: int = writing) -> None:
                os.write(to, line.encode() + b"\n")

            random.seed()
            job(Journey.find(folder, load_curriculum(SMALL)), round, say, early=early)
            os._exit(0)
        os.close(writing)
        running.append((child, os.fdopen(reading, "rb")))
    said: list[bytes] = []
    for child, pipe in random.sample(running, 2):
        said += [pipe.readline() for _ in range(random.randint(0, MOST))]
        time.sleep(random.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
    for child, pipe in running:
        os.waitpid(child, 0)
        with pipe:
            said += pipe.readlines()
    return [json.loads(line) for line in said if line.endswith(b"\n")]


def losses(folder: Path, said: list[list[str]]) -> list[str]:
    """Return what was said to be done and is not there, or is damaged."""
    with Journey.find(folder, load_curriculum(SMALL)) as journey:
        store = journey.store
        found = [f"damaged: {problem}" for problem in store.problems()]
        for kind, *facts in said:
            if kind == "review":
                at = to_text(datetime.fromisoformat(facts[1]))
                if not store.row("SELECT 1 FROM review WHERE item = ? AND at = ?", facts[0], at):
                    found.append(f"lost: review of {facts[0]} at {facts[1]}")
                continue
            at = to_text(START + timedelta(minutes=int(facts[0])))
            row = store.row("SELECT source FROM verdict WHERE exercise = ? AND at = ?", TOTAL, at)
            if row is None or row["source"] != text_of(int(facts[0])):
                found.append(f"lost: verdict {facts[0]}")
        text = journey.source(journey.curriculum.exercise(TOTAL))
        if "return " in text and text_hash(text) != text_hash(text_of(_number(text))):
            found.append("damaged: the source file is not one whole version")
        return found


def contradictions(folder: Path) -> list[str]:
    """Return whether any schedule is not what the log of reviews implies."""
    with Journey.find(folder, load_curriculum(SMALL)) as journey:
        before = memories(journey.store)
        rebuild(journey.store)
        same = memories(journey.store) == before
        return [] if same else ["damaged: a schedule is not what its log implies"]


def _number(text: str) -> int:
    return int(text.partition("return ")[2].partition("\n")[0])


def main() -> int:
    """Kill, examine, report; the exit code is 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--acknowledge-early", action="store_true")
    options = parser.parse_args()
    random.seed(options.seed)
    sys.path.insert(0, str(SMALL))
    began, said, found = time.monotonic(), list[list[str]](), list[str]()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "journey")
        with Journey.create(folder, START, load_curriculum(SMALL)) as journey:
            journey.begin("01", START)
            path = journey.file(journey.curriculum.exercise(TOTAL))
            path.write_text(text_of(0))
            import fsrs  # noqa: F401 - once here, so that no writer spends its life importing
        kills = 0
        while kills < options.kills:
            done = kill_one(folder, kills, early=options.acknowledge_early)
            kills += 2
            said += done
            found += losses(folder, done)
        found += losses(folder, said)  # nothing of an earlier round went either
        found += contradictions(folder)
    seconds = time.monotonic() - began
    print(
        f"{kills} kills, {len(said)} acknowledged writes, {len(found)} lost or damaged,"
        f" {seconds:.0f} s"
    )
    for line in found[:20]:
        print(f"  {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
