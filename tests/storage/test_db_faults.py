"""What `storage.db` promises when the database itself fails: nothing acknowledged is lost, nothing is done twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.db import Database, Tx, Unavailable
from tests.databases import PLAIN
from tests.storage.test_db import (
    COUNT,
    TOUCH,
    Opener,
    add,
    all_words,
    opened,
    together,
)

__all__ = ["opened"]

KILL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
OWN_BACKEND = text("SELECT pg_backend_pid()")


async def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(opened: Opener, sqlite_url: str) -> None:
    db = await opened(sqlite_url)

    def fill_the_disk(tx: Tx) -> None:
        pages = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count={pages + 3}"))

    await db.write(fill_the_disk)
    results = await together(db, (add, "small 1"), (add, "x" * 1_000_000), (add, "small 2"))
    assert results[0] == "small 1"
    assert isinstance(results[1], Unavailable)
    assert "full" in str(results[1].__cause__)
    assert results[2] == "small 2"
    assert await db.read(all_words) == ["small 1", "small 2"]
    await db.write(lambda tx: tx.execute(text("PRAGMA max_page_count=100000")).close())
    assert await db.write(add, "room again") == "room again"


async def test_a_full_disk_that_is_passed_over_is_not_acknowledged(opened: Opener, sqlite_url: str) -> None:
    db = await opened(sqlite_url)

    def careless(tx: Tx) -> None:
        pages = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count={pages + 3}"))
        add(tx, "lost")
        with pytest.raises(Exception, match="full"):
            add(tx, "x" * 1_000_000)

    with pytest.raises(Unavailable):
        await db.write(careless)
    results = await together(db, (add, "before"), (careless,), (add, "after"))
    assert [type(result) for result in results] == [str, Unavailable, str]
    assert await db.read(all_words) == ["before", "after"]


async def test_a_lost_connection_is_opened_again_and_nothing_is_done_twice(opened: Opener, postgresql_url: str) -> None:
    db = await opened(postgresql_url)
    killer = await opened(postgresql_url)
    tries: list[int] = []

    def lose_the_connection_once(tx: Tx) -> str:
        tries.append(tx.scalar(OWN_BACKEND))
        if len(tries) == 1:
            killer.write_now(lambda other: other.execute(text(f"SELECT pg_terminate_backend({tries[0]})")).close())
        return add(tx, "lost once")

    results = await together(db, (add, "before"), (lose_the_connection_once,), (add, "after"))
    assert results == ["before", "lost once", "after"]
    assert await db.read(all_words) == ["before", "lost once", "after"]
    assert len(set(tries)) == 2


async def test_connections_that_died_while_idle_are_not_noticed_outside(opened: Opener, postgresql_url: str) -> None:
    db = await opened(postgresql_url)
    await db.write(add, "before")
    await db.read(all_words)
    killer = await opened(postgresql_url)
    await killer.write(lambda tx: tx.execute(KILL_OTHERS).close())
    assert await db.read(all_words) == ["before"]
    assert await db.write(add, "after") == "after"


@pytest.mark.parametrize("calls", [1, 3])
async def test_a_commit_whose_answer_was_lost_is_not_done_twice(
    opened: Opener, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    db = await opened(postgresql_url)
    dialect, commits = db._writing.dialect, []
    commit = dialect.do_commit

    def commit_and_lose_the_second_answer(connection: Any) -> None:
        commit(connection)
        commits.append(connection)
        if len(commits) == 2:  # the first is the gate's
            connection.dbapi_connection.close()
            connection.dbapi_connection.commit()

    monkeypatch.setattr(dialect, "do_commit", commit_and_lose_the_second_answer)
    results = await together(db, *((add, f"{n}") for n in range(calls)))
    assert results == await db.read(all_words) == [f"{n}" for n in range(calls)]
    assert len(commits) == 2


async def test_a_database_that_cannot_be_reached_fails_the_group_quickly(
    opened: Opener, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = await opened(postgresql_url)
    killer = await opened(postgresql_url)
    refused: list[int] = []

    def refuse(*_: Any, **__: Any) -> Any:
        refused.append(1)
        raise db._writing.dialect.dbapi.OperationalError("connection refused")  # type: ignore[union-attr]

    with monkeypatch.context() as patch:
        patch.setattr(db._writing.dialect, "connect", refuse)
        await killer.write(lambda tx: tx.execute(KILL_OTHERS).close())
        writes = (db.write(add, f"{n}") for n in range(30))
        results = await asyncio.gather(*writes, return_exceptions=True)
    assert {type(result) for result in results} == {Unavailable}
    assert len(refused) < 30
    assert await db.write(add, "reached again") == "reached again"
    assert await db.read(all_words) == ["reached again"]


async def test_two_writers_that_lock_each_other_both_get_through(opened: Opener, postgresql_url: str) -> None:
    one, other = await opened(postgresql_url), await opened(postgresql_url)
    await together(one, (add, "a"), (add, "b"))
    loop = asyncio.get_running_loop()
    met = {"a": asyncio.Event(), "b": asyncio.Event()}
    passed: list[str] = []

    def touch_both(tx: Tx, first: str, second: str) -> None:
        tx.execute(TOUCH, {"which": first})
        if len(passed) < 2:  # only the first time: each waits until the other holds its row
            passed.append(first)
            loop.call_soon_threadsafe(met[first].set)
            asyncio.run_coroutine_threadsafe(met[second].wait(), loop).result(30)
        tx.execute(TOUCH, {"which": second})

    await asyncio.gather(one.write(touch_both, "a", "b"), other.write(touch_both, "b", "a"))
    times = await one.read(lambda tx: [row.times for row in tx.all(text("SELECT times FROM notes"))])
    assert times == [2, 2]


async def test_of_two_first_contacts_the_second_finds_the_first(opened: Opener, postgresql_url: str) -> None:
    one, other = await opened(postgresql_url), await opened(postgresql_url)
    raced: list[bool] = []

    def find_or_add(tx: Tx, words: str) -> str:
        if tx.scalar(COUNT):
            return "found"
        if not raced:
            raced.append(True)
            other.write_now(add, words)
        return add(tx, words)

    assert await together(one, (find_or_add, "Mr Li"), (add, "Ms Wang")) == ["found", "Ms Wang"]
    assert sorted(await one.read(all_words)) == ["Mr Li", "Ms Wang"]


async def test_a_race_that_is_none_is_raised_as_it_is(opened: Opener, postgresql_url: str) -> None:
    db = await opened(postgresql_url)
    await db.write(add, "taken")
    with pytest.raises(IntegrityError):
        await db.write(add, "taken")


async def test_several_writers_share_the_queue(opened: Opener, postgresql_url: str) -> None:
    db = await opened(postgresql_url, writers=2, group=5)
    assert len(await asyncio.gather(*(db.write(add, f"{n}") for n in range(100)))) == 100
    assert len(await db.read(all_words)) == 100


async def test_a_database_that_is_not_there_says_so(sqlite_url: str) -> None:
    folder = sqlite_url.removesuffix(".db")
    db = Database(f"{folder}/missing.db", PLAIN)
    with pytest.raises(Unavailable):
        db.read_now(all_words)


def test_a_database_in_memory_or_of_an_unknown_kind_is_refused() -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://host/name"):
        with pytest.raises(ValueError, match="use sqlite"):
            Database(url, PLAIN)
