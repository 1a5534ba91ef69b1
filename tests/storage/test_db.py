"""What `storage.db` promises to whoever writes and reads."""

import asyncio
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from storage.db import Database, Tx, Unavailable
from storage.engines import driver, sqlite_path
from storage.writer import Writer
from tests.databases import PLAIN

metadata = MetaData()
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("words", Text, unique=True),
    Column("times", Integer, nullable=False, server_default="0"),
)
replies = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", ForeignKey("notes.id", deferrable=True, initially="DEFERRED"), nullable=False),
)

ADD = insert(notes)
ALL = select(notes.c.words).order_by(notes.c.id)
COUNT = select(func.count()).select_from(notes)
TOUCH = update(notes).where(notes.c.words == bindparam("which")).values(times=notes.c.times + 1)


def create(tx: Tx) -> None:
    metadata.create_all(tx.connection)


def add(tx: Tx, words: str) -> str:
    tx.execute(ADD, {"words": words})
    tx.signal("note", words)
    return words


def all_words(tx: Tx) -> list[str]:
    return [row.words for row in tx.all(ALL)]


def add_and_fail(tx: Tx, words: str) -> None:
    add(tx, words)
    raise KeyError(words)


class Gate:
    """Keeps the writer busy until it is opened, so that what is written meanwhile becomes one group."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def hold(self, tx: Tx) -> None:
        self.entered.set()
        assert self.opened.wait(30)


async def together(db: Database, *calls: tuple[Any, ...]) -> list[Any]:
    """Results or errors of calls that reach the writer as one group."""
    gate = Gate()
    held = asyncio.create_task(db.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 30)
    tasks = [asyncio.create_task(db.write(*call)) for call in calls]
    await asyncio.sleep(0)
    assert db.waiting() == len(calls)
    gate.opened.set()
    await held
    return await asyncio.gather(*tasks, return_exceptions=True)


def count_commits(db: Database) -> list[int]:
    commits: list[int] = []
    event.listen(db._writing, "commit", lambda connection: commits.append(1))
    return commits


Opener = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens databases with the test's tables, and closes them after the test."""
    databases: list[Database] = []

    async def open_database(url: str, **options: Any) -> Database:
        db = Database(url, SimpleNamespace(name="office"), **options)
        databases.append(db)
        await db.start()
        await db.write(create)
        return db

    yield open_database
    for db in databases:
        await db.close()


@pytest.fixture
async def db(opened: Opener, database_url: str) -> Database:
    return await opened(database_url)


async def test_a_write_is_seen_by_readers_once_it_returns(db: Database) -> None:
    assert await db.write(add, "one") == "one"
    assert await db.read(all_words) == ["one"]
    assert db.read_now(all_words) == ["one"]


async def test_calls_that_wait_together_are_committed_once_and_in_order(db: Database) -> None:
    commits = count_commits(db)
    assert await together(db, *((add, f"{n}") for n in range(20))) == [f"{n}" for n in range(20)]
    assert await db.read(all_words) == [f"{n}" for n in range(20)]
    assert len(commits) == 2  # the gate, the twenty


async def test_no_more_than_a_group_share_a_commit(opened: Opener, database_url: str) -> None:
    db = await opened(database_url, group=5)
    commits = count_commits(db)
    await together(db, *((add, f"{n}") for n in range(20)))
    assert len(commits) == 1 + 4


async def test_a_program_error_undoes_its_own_call_only(db: Database) -> None:
    results = await together(db, (add, "before"), (add_and_fail, "wrong"), (add, "after"))
    assert [str(result) for result in results] == ["before", "'wrong'", "after"]
    assert isinstance(results[1], KeyError)
    assert await db.read(all_words) == ["before", "after"]


async def test_a_program_error_alone_saves_nothing(db: Database) -> None:
    with pytest.raises(KeyError):
        await db.write(add_and_fail, "wrong")
    assert await db.read(all_words) == []


async def test_a_wrong_statement_is_a_program_error(db: Database) -> None:
    def wrong(tx: Tx) -> None:
        tx.execute(text("SELECT nothing FROM nowhere"))

    results = await together(db, (add, "before"), (wrong,), (add, "after"))
    assert isinstance(results[1], SQLAlchemyError)
    assert await db.read(all_words) == ["before", "after"]


async def test_a_call_that_stops_an_iteration_is_answered_too(db: Database) -> None:
    def stop(tx: Tx) -> None:
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        await db.write(stop)


async def test_a_key_that_is_taken_is_the_caller_s_error(db: Database) -> None:
    results = await together(db, (add, "same"), (add, "same"), (add, "other"))
    assert results[0] == "same"
    assert isinstance(results[1], IntegrityError)
    assert results[2] == "other"
    assert await db.read(all_words) == ["same", "other"]


async def test_an_error_at_the_commit_costs_nobody_else_their_call(db: Database) -> None:
    def reply_to_nothing(tx: Tx) -> None:
        tx.execute(insert(replies), {"id": 1, "note_id": 404})

    results = await together(db, (add, "before"), (reply_to_nothing,), (add, "after"))
    assert results[0] == "before"
    assert isinstance(results[1], IntegrityError)
    assert results[2] == "after"
    assert await db.read(all_words) == ["before", "after"]


async def test_a_call_that_passes_over_a_database_error_saves_nothing_by_halves(db: Database) -> None:
    def careless(tx: Tx) -> str:
        add(tx, "careless")
        try:
            add(tx, "careless")
        except IntegrityError:
            return "went on"
        raise AssertionError("the second one was refused before")

    results = await together(db, (add, "before"), (careless,), (add, "after"))
    saved = await db.read(all_words)
    assert ("careless" in saved) == (results[1] == "went on")
    assert [words for words in saved if words != "careless"] == ["before", "after"]


async def test_a_savepoint_undoes_statements_and_signals_inside_it(db: Database) -> None:
    heard: list[Any] = []
    db.subscribe(heard.extend)

    def try_it(tx: Tx) -> None:
        add(tx, "kept")
        with suppress(IntegrityError), tx.savepoint():
            add(tx, "undone")
            add(tx, "kept")
        with tx.savepoint():
            add(tx, "also kept")

    await db.write(try_it)
    assert await db.read(all_words) == ["kept", "also kept"]
    assert heard == [("note", "kept"), ("note", "also kept")]


async def test_subscribers_hear_of_a_group_once_and_only_what_was_committed(db: Database) -> None:
    heard: list[list[Any]] = []
    db.subscribe(lambda signals: heard.append([words for _, words in signals]))
    await together(db, (add, "a"), (add_and_fail, "b"), (add, "c"))
    assert heard == [["a", "c"]]


async def test_a_subscriber_finds_committed_what_it_hears_of(db: Database) -> None:
    seen: list[list[str]] = []
    db.subscribe(lambda signals: seen.append(db.read_now(all_words)))
    await db.write(add, "one")
    assert seen == [["one"]]


async def test_a_subscriber_that_fails_does_not_silence_the_others(db: Database) -> None:
    heard: list[Any] = []
    db.subscribe(lambda signals: 1 / 0)
    db.subscribe(heard.extend)
    await db.write(add, "one")
    assert heard == [("note", "one")]


async def test_readers_see_only_what_is_committed(db: Database) -> None:
    seen: list[list[str]] = []

    def look_while_writing(tx: Tx) -> None:
        add(tx, "not yet")
        seen.append(db.read_now(all_words))

    await db.write(look_while_writing)
    seen.append(db.read_now(all_words))
    assert seen == [[], ["not yet"]]


async def test_one_read_sees_one_state(db: Database) -> None:
    def look_twice(tx: Tx) -> tuple[int, int]:
        before = tx.scalar(COUNT)
        db.write_now(add, "meanwhile")
        return before, tx.scalar(COUNT)

    assert await db.read(look_twice) == (0, 0)
    assert await db.read(all_words) == ["meanwhile"]


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(SQLAlchemyError, match=r"read-?only"):
        await db.read(add, "forbidden")
    assert await db.read(all_words) == []


async def test_a_write_on_sqlite_has_the_lock_before_it_reads(opened: Opener, sqlite_url: str) -> None:
    db = await opened(sqlite_url)

    def another_tries_to_write(tx: Tx) -> None:
        other = driver.connect(sqlite_path(sqlite_url), timeout=0, isolation_level=None)
        with closing(other), pytest.raises(driver.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    await db.write(another_tries_to_write)


async def test_idle_time_is_used_to_shrink_the_log_and_does_not_end_the_writer(
    opened: Opener, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied, tidy = threading.Event(), Writer.tidy

    def tidy_and_tell(writer: Writer) -> bool:
        done = tidy(writer)
        tidied.set()
        return done

    monkeypatch.setattr("storage.db.IDLE_SECONDS", 0.001)
    monkeypatch.setattr(Writer, "tidy", tidy_and_tell)
    db = await opened(sqlite_url)

    def add_much(tx: Tx) -> None:
        tidied.clear()
        add(tx, "x" * 100_000)

    await db.write(add_much)
    await asyncio.to_thread(tidied.wait, 30)
    log = sqlite_path(sqlite_url).with_name(sqlite_path(sqlite_url).name + "-wal")
    assert log.stat().st_size == 0
    assert await db.write(add, "after") == "after"


async def test_a_command_writes_beside_the_writer_thread(db: Database) -> None:
    heard: list[Any] = []
    db.subscribe(heard.extend)
    await asyncio.gather(
        *(db.write(add, f"thread {n}") for n in range(20)),
        *(asyncio.to_thread(db.write_now, add, f"command {n}") for n in range(5)),
    )
    assert len(await db.read(all_words)) == 25
    assert len(heard) == 25
    with pytest.raises(KeyError):
        db.write_now(add_and_fail, "wrong")


async def test_every_call_takes_the_office_of_the_moment(db: Database) -> None:
    assert await db.write(lambda tx: tx.office.name) == "office"
    db.office = SimpleNamespace(name="another")
    assert await db.write(lambda tx: tx.office.name) == "another"
    assert await db.read(lambda tx: tx.office.name) == "another"


async def test_closing_finishes_what_was_accepted_and_takes_no_more(opened: Opener, database_url: str) -> None:
    db = await opened(database_url)
    tasks = [asyncio.create_task(db.write(add, f"{n}")) for n in range(120)]
    await asyncio.sleep(0)
    await db.close()
    assert len(await asyncio.gather(*tasks)) == 120
    with pytest.raises(Unavailable):
        await db.write(add, "late")
    again = await opened(database_url)
    assert len(await again.read(all_words)) == 120


async def test_a_caller_that_gives_up_does_not_disturb_the_others(db: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(db.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 30)
    held.cancel()
    kept = asyncio.create_task(db.write(add, "kept"))
    await asyncio.sleep(0)
    gate.opened.set()
    assert await kept == "kept"
    assert held.cancelled()


def test_a_program_that_ends_without_closing_still_saves_what_was_accepted(sqlite_url: str) -> None:
    program = f"""
        import asyncio
        from tests.storage.test_db import Database, add, all_words, create

        async def main():
            db = Database({sqlite_url!r}, None)
            await db.start()
            await db.write(create)
            for n in range(200):
                asyncio.ensure_future(db.write(add, str(n)))
            await asyncio.sleep(0)
            raise KeyboardInterrupt

        asyncio.run(main())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, timeout=60)
    assert b"KeyboardInterrupt" in done.stderr
    assert len(Database(sqlite_url, PLAIN).read_now(all_words)) == 200
