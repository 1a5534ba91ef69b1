"""What is written down a second time, or of a row that is no more what it was, has no effect again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.verdicts import Verdict, record
from storage import outgoing
from storage.db import Database, Tx
from storage.outgoing import Outgoing
from storage.tables import addresses
from storage.tables import outbox as rows
from tests.bot.platforms import NOON, find, know, say


def two_doors(tx: Tx) -> Outgoing:
    """Somebody with two doors is to be told one thing at the one used last."""
    know(tx, "ann", "old")
    tx.execute(update(addresses).where(addresses.c.id == 2).values(person_id=1, used_at=NOON - timedelta(days=1)))
    say(tx, find(tx, "ann"), "hello")
    return outgoing.outgoing(tx, "wire", NOON, frozenset(), 10)[0]


def said(tx: Tx) -> list[tuple[int, str]]:
    """(address, state) of every row."""
    return [(row.address_id, row.state) for row in tx.all(select(rows).order_by(rows.c.id))]


async def shut(db: Database, line: Outgoing) -> None:
    await db.write(record, [Verdict(line, "unreachable", reason="has blocked us")], NOON)


async def test_a_shut_door_sends_to_the_next_one_once(db: Database) -> None:
    line = await db.write(two_doors)
    await shut(db, line)
    await shut(db, line)
    assert await db.read(said) == [(1, "unreachable"), (2, "queued")]


async def test_what_was_erased_on_its_way_is_not_said_at_the_next_door(db: Database) -> None:
    line = await db.write(two_doors)
    await db.write(lambda tx: tx.execute(delete(rows)))
    await shut(db, line)
    assert await db.read(said) == []


@pytest.mark.parametrize("state", ["unreachable", "dead"])
async def test_what_was_replaced_on_its_way_and_not_taken_is_nobodys_trouble(db: Database, state: str) -> None:
    line = await db.write(two_doors)
    await db.write(lambda tx: tx.execute(update(rows).values(state="replaced")))
    await db.write(record, [Verdict(line, state, reason="not taken")], NOON)
    assert await db.read(said) == [(1, "replaced")]
