"""A group that grew keeps what waits for it and what it was bound to, under its new name."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from domain.messages import Message
from storage import outbox, people
from storage.db import Database
from storage.moving import move_address
from storage.people import Address
from storage.tables import addresses, groups, metadata
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.bot.platforms import NOON
from tests.databases import PLAIN


@pytest.fixture
def db(database_url: str) -> Database:
    made = Database(database_url, PLAIN)
    made.write_now(lambda tx: metadata.create_all(tx.connection))
    return made


def group(tx: Tx, name: str, *texts: str, audience: str = "") -> Address:
    """A group that is to be told these texts, bound to an audience or to none."""
    address, _person = people.meet(tx, "wire", name, "zh_CN", NOON, group=True)
    for text in texts:
        outbox.say(tx, address, None, Message(text), NOON)
    if audience:
        tx.execute(insert(groups), [{"address_id": address.id, "audience": audience, "bound_at": NOON}])
    return address


def kept(tx: Tx) -> tuple[list[tuple[int, str]], list[int], list[tuple[int, str]]]:
    """The addresses, whose each message is, and the bindings."""
    known = [(row.id, row.address) for row in tx.all(select(addresses).order_by(addresses.c.id))]
    said = [row.address_id for row in tx.all(select(rows).order_by(rows.c.id))]
    bound = [(row.address_id, row.audience) for row in tx.all(select(groups))]
    return known, said, bound


def test_what_waits_goes_to_the_new_name(db: Database) -> None:
    def moved(tx: Tx) -> None:
        move_address(tx, group(tx, "-1", "hello", audience="all").id, "-1001")

    db.write_now(moved)
    assert db.read_now(kept) == ([(1, "-1001")], [1], [(1, "all")])


def test_who_wrote_from_the_new_name_first_becomes_one_with_the_old(db: Database) -> None:
    def moved(tx: Tx) -> None:
        old = group(tx, "-1", "hello", audience="all")
        group(tx, "-1001", "again")
        move_address(tx, old.id, "-1001")

    db.write_now(moved)
    assert db.read_now(kept) == ([(1, "-1001")], [1, 1], [(1, "all")])


@pytest.mark.parametrize(("old", "new", "bound"), [("", "unit", "unit"), ("all", "unit", "all")])
def test_the_binding_known_before_counts_else_the_other_stays(db: Database, old: str, new: str, bound: str) -> None:
    def moved(tx: Tx) -> None:
        first = group(tx, "-1", audience=old)
        group(tx, "-1001", audience=new)
        move_address(tx, first.id, "-1001")

    db.write_now(moved)
    assert db.read_now(kept)[2] == [(1, bound)]


def test_told_twice_and_told_of_nobody_known_change_nothing(db: Database) -> None:
    def moved(tx: Tx) -> None:
        first = group(tx, "-1", "hello")
        move_address(tx, first.id, "-1001")
        move_address(tx, first.id, "-1001")
        move_address(tx, 99, "-1001")

    db.write_now(moved)
    assert db.read_now(kept) == ([(1, "-1001")], [1], [])
