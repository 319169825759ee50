"""The journey's one SQLite file: every acknowledged write is on disk, or it never happened.

    journal_mode = WAL        a reader never waits for a writer, nor a writer for a reader
    synchronous  = FULL       COMMIT returns after the log has reached the disk
    BEGIN IMMEDIATE           a write takes the lock before it reads what it builds on
    user_version              how many of the migrations below the file has seen

The studio and several commands may write at once; each waits for the other. Logs (verdicts,
reviews, answers) are only ever added to; what is taken back is a row that says so. Times are
UTC, of fixed width, so that their text sorts as they do.

SQLite: "Write-Ahead Logging", "Atomic Commit In SQLite", sqlite.org.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firsthand.study.errors import JourneyError

WAIT_SECONDS = 15.0  # for another process to finish its write; ours take milliseconds

# Each entry takes the file one version further and is never changed once it was released.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE stage (          -- which stages were begun, and which folders were written
        name TEXT PRIMARY KEY,
        written TEXT,
        begun TEXT
    ) STRICT;
    CREATE TABLE verdict (        -- everything grading said, with the text it said it of
        id INTEGER PRIMARY KEY,
        exercise TEXT NOT NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        headline TEXT NOT NULL,
        practice INTEGER NOT NULL,
        source TEXT NOT NULL,
        verdict TEXT NOT NULL
    ) STRICT;
    CREATE INDEX verdict_of ON verdict (exercise, id);
    CREATE TABLE passed (         -- the latest version of a function that passed
        exercise TEXT PRIMARY KEY,
        first_at TEXT NOT NULL,
        at TEXT NOT NULL,
        source TEXT NOT NULL,
        verdict INTEGER NOT NULL REFERENCES verdict (id)
    ) STRICT;
    CREATE TABLE hint (
        id INTEGER PRIMARY KEY,
        exercise TEXT NOT NULL,
        step INTEGER NOT NULL,
        at TEXT NOT NULL,
        practice INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX hint_of ON hint (exercise, id);
    CREATE TABLE solution (
        id INTEGER PRIMARY KEY,
        exercise TEXT NOT NULL,
        at TEXT NOT NULL,
        why TEXT NOT NULL CHECK (why IN ('passed', 'gave_up'))
    ) STRICT;
    CREATE TABLE practice (       -- rounds of writing a passed exercise again
        id INTEGER PRIMARY KEY,
        exercise TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT
    ) STRICT;
    CREATE TABLE card (           -- the learner's own cards, and those they imported
        id TEXT PRIMARY KEY,
        note TEXT NOT NULL,
        deck TEXT NOT NULL,
        format TEXT NOT NULL CHECK (format IN ('markdown', 'html')),
        front TEXT NOT NULL,
        back TEXT NOT NULL,
        tags TEXT NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('own', 'anki', 'csv')),
        made TEXT NOT NULL,
        changed TEXT NOT NULL,
        deleted TEXT
    ) STRICT;
    CREATE TABLE media (          -- pictures of cards, named by what they contain
        name TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        data BLOB NOT NULL
    ) STRICT;
    CREATE TABLE review (
        id INTEGER PRIMARY KEY,
        item TEXT NOT NULL,
        at TEXT NOT NULL,
        rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
        seconds REAL,
        origin TEXT NOT NULL CHECK (origin IN ('firsthand', 'anki')),
        UNIQUE (item, at, origin)
    ) STRICT;
    CREATE INDEX review_at ON review (at);
    CREATE TABLE undone (         -- reviews that were taken back
        review INTEGER PRIMARY KEY REFERENCES review (id),
        at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE schedule (       -- what the log of reviews implies; rebuilt from it at will
        item TEXT PRIMARY KEY,
        due TEXT NOT NULL,
        last TEXT NOT NULL,
        phase TEXT NOT NULL,
        step INTEGER,
        stability REAL,
        difficulty REAL,
        reviews INTEGER NOT NULL,
        lapses INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX schedule_due ON schedule (due);
    CREATE TABLE suspended (
        item TEXT PRIMARY KEY,
        at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        question TEXT NOT NULL,
        at TEXT NOT NULL,
        given TEXT NOT NULL,
        score REAL NOT NULL
    ) STRICT;
    CREATE INDEX answer_to ON answer (question, id);
    CREATE TABLE comparison (
        id INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        at TEXT NOT NULL,
        agrees INTEGER NOT NULL,
        mine TEXT NOT NULL,
        summary TEXT NOT NULL
    ) STRICT;
    CREATE TABLE visit (          -- time spent, as spans; one span grows while it goes on
        id INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT NOT NULL
    ) STRICT;
    CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    """,
)


_DAMAGED = (
    "is damaged ({error}). What you wrote is safe in the folders of the stages. Put a copy of the"
    " database back; or rename it, then: firsthand start {folder}, and firsthand check --all"
    " grades everything anew."
)
_READ_ONLY = "cannot be written to ({error}). Is the folder, or its disk, read-only?"
TROUBLE = {  # with the file, not with us: what to do, by SQLite's primary result code
    sqlite3.SQLITE_BUSY: "is in use by another program ({error}). Try again in a moment.",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_IOERR: "cannot be read or written ({error}). Is its disk well?",
    sqlite3.SQLITE_FULL: "cannot grow ({error}). Make room on the disk.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


class Store:
    """An open journey database. Safe to share between threads; closed by :meth:`close`.

    Parameters
    ----------
    path : Path
        The file; made when it does not exist yet.

    Raises
    ------
    JourneyError
        If the file is damaged, is no database, or was written by a newer firsthand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = sqlite3.connect(
                path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._prepare()
        except BaseException as error:
            with suppress(AttributeError):  # connecting itself may have failed
                self._connection.close()
            if isinstance(error, sqlite3.Error):
                raise _trouble(path, error) from error
            raise

    @contextmanager
    def write(self) -> Generator[None]:
        """Make everything written inside the block durable together, or none of it.

        When the block has ended without an error the writes are on disk: only now may anyone
        be told that they happened. A block inside a block joins it.
        """
        with self._told(), self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Execute one writing statement, durable on return; return the row id it made."""
        with self.write():
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._told(), self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._told(), self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute one writing statement for each of ``rows``, together."""
        with self.write():
            self._connection.executemany(sql, rows)

    def setting(self, name: str, default: Any) -> Any:
        """Return a setting, or ``default`` where it was never set."""
        row = self.row("SELECT value FROM setting WHERE name = ?", name)
        return json.loads(row["value"]) if row else default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        self.run(
            "INSERT INTO setting (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            *(name, json.dumps(value)),
        )

    def changes(self) -> int:
        """Return a number that differs when another process has written since."""
        (version,) = self.rows("PRAGMA data_version")[0]
        return int(version)

    def problems(self) -> list[str]:
        """Return what SQLite's own examination finds damaged; nothing, in a sound file."""
        try:
            found = [str(row[0]) for row in self.rows("PRAGMA integrity_check")]
            orphans = [
                f"{r[0]} row {r[1]} has no {r[2]}" for r in self.rows("PRAGMA foreign_key_check")
            ]
        except JourneyError as error:  # too damaged to be examined
            return [str(error)]
        return [line for line in found if line != "ok"] + orphans

    def close(self) -> None:
        """Close the file; what was acknowledged is already on disk."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        """Set what every connection needs and bring the file to the newest version."""
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        if self._version() == len(MIGRATIONS):
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self.write():
            version = self._version()  # another process may have migrated while we waited
            if version > len(MIGRATIONS):
                raise JourneyError(
                    f"{self.path} was written by a newer firsthand."
                    " Upgrade: pip install -U firsthand"
                )
            for number in range(version, len(MIGRATIONS)):
                for statement in statements(MIGRATIONS[number]):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {number + 1}")

    @contextmanager
    def _told(self) -> Generator[None]:
        """Tell trouble with the file, which is the user's to mend, as a :class:`JourneyError`."""
        try:
            yield
        except sqlite3.Error as error:
            if _code(error) in TROUBLE:
                raise _trouble(self.path, error) from error
            raise

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 where the error did not come from SQLite."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _trouble(path: Path, error: sqlite3.Error) -> JourneyError:
    """Return what is wrong with the file, and what to do."""
    said = TROUBLE.get(_code(error), "cannot be used: {error}.")
    return JourneyError(f"{path} {said.format(error=error, folder=path.parent.parent)}")


def statements(script: str) -> list[str]:
    """Split an SQL script; ``executescript`` would commit the migration half way."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found


def to_text(when: datetime) -> str:
    """Return a time as the database keeps it.

    Raises
    ------
    ValueError
        If ``when`` has no time zone.
    """
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone; use datetime.now(timezone.utc).")
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Return a time that the database keeps, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
