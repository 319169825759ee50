"""The database keeps what it acknowledged, for several writers, across versions."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.study import store as module
from firsthand.study.errors import JourneyError
from firsthand.study.store import MIGRATIONS, Store, from_text, statements, to_text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "progress.db")
    yield opened
    opened.close()


def pragma(path: Path, name: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        connection.close()


def test_the_log_is_written_ahead_and_reaches_the_disk_at_every_commit(store: Store) -> None:
    assert pragma(store.path, "journal_mode") == "wal"
    assert store.rows("PRAGMA synchronous")[0][0] == 2  # FULL
    assert store.rows("PRAGMA foreign_keys")[0][0] == 1


def test_a_block_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.write():
            store.set("kept", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.setting("kept", None) is None


def test_a_failure_inside_rolls_back_the_outer_block_too(store: Store) -> None:
    def both() -> None:
        with store.write():
            store.set("outer", 1)
            with store.write():
                store.set("inner", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        both()
    assert store.rows("SELECT * FROM setting") == []


def test_an_orphan_is_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.run("INSERT INTO undone (review, at) VALUES (7, '')")


def test_two_connections_that_add_to_one_number_lose_nothing(store: Store) -> None:
    def add() -> None:
        mine = Store(store.path)
        for _ in range(25):
            with mine.write():
                mine.set("n", mine.setting("n", 0) + 1)
        mine.close()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.setting("n", 0) == 75
    assert store.problems() == []


def test_one_store_is_safe_to_share_between_threads(store: Store) -> None:
    def add() -> None:
        for _ in range(25):
            with store.write():
                store.set("n", store.setting("n", 0) + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.setting("n", 0) == 100


def test_an_older_file_is_brought_up_to_date(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.set("before", "kept")
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE later (x INTEGER);"))
    newer = Store(store.path)
    assert newer.setting("before", None) == "kept"
    assert newer.rows("SELECT * FROM later") == []
    newer.close()
    assert pragma(store.path, "user_version") == len(MIGRATIONS) + 1


def test_a_migration_that_fails_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "CREATE TABLE half (x INTEGER);\nCREATE TABLE half (x INTEGER);\n"
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(JourneyError, match="cannot be used"):
        Store(store.path)
    assert pragma(store.path, "user_version") == len(MIGRATIONS)
    assert store.row("SELECT 1 FROM sqlite_master WHERE name = 'half'") is None


def test_a_newer_file_is_refused(store: Store) -> None:
    store.run("PRAGMA user_version = 99")
    with pytest.raises(JourneyError, match="newer firsthand"):
        Store(store.path)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    path.write_text("this is no database, " * 100)
    with pytest.raises(JourneyError, match=r"is damaged .* firsthand start"):
        Store(path)


def test_damage_is_found(store: Store) -> None:
    with store.write():
        for number in range(500):
            store.set(f"setting {number}", "x" * 200)
    store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    data = bytearray(store.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = b"\xff" * 3000
    store.path.write_bytes(data)
    damaged = Store(store.path)
    assert damaged.problems()
    with pytest.raises(JourneyError, match="is damaged"):
        damaged.rows("SELECT * FROM setting")
    damaged.close()


def test_a_slip_of_ours_is_no_trouble_with_the_file(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        store.rows("SELECT * FROM nowhere")


def test_another_writer_is_waited_for_and_then_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.05)
    hasty = Store(store.path)
    with store.write(), pytest.raises(JourneyError, match="in use by another program"):
        hasty.set("retention", 0.9)
    hasty.close()


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)), st.data())
def test_times_come_back_and_sort_as_text(naive: datetime, data: st.DataObject) -> None:
    zone = timezone(timedelta(minutes=data.draw(st.integers(-14 * 60, 14 * 60))))
    when = naive.replace(tzinfo=zone)
    later = when + timedelta(microseconds=data.draw(st.integers(1, 10**12)))
    assert from_text(to_text(when)) == when
    assert from_text(to_text(when)).tzinfo is UTC
    assert to_text(when) < to_text(later)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_text(datetime(2026, 1, 1))


def test_scripts_are_split_at_statements_only() -> None:
    script = "CREATE TABLE a (x TEXT); -- one; two\nINSERT INTO a VALUES ('a;b');\n"
    assert statements(script) == [
        "CREATE TABLE a (x TEXT); -- one; two",
        "INSERT INTO a VALUES ('a;b');",
    ]
