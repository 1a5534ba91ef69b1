"""Leases: one holder at a time, on the database's clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from storage import leases
from storage.db import Database, Tx
from storage.tables import leases as table
from tests.databases import PLAIN

LONG = 3600.0
NAME = "telegram"

Ask = Callable[..., Any]


@pytest.fixture
def ask(database_url: str) -> Iterator[Ask]:
    """Asks the database for something in a transaction of its own."""
    db = Database(database_url, PLAIN)
    db.write_now(lambda tx: table.create(tx.connection))
    yield db.write_now
    db._writing.dispose()


def run_out(tx: Tx) -> None:
    """As if the lease had been taken long ago."""
    tx.execute(table.update().values(until=datetime(2020, 1, 1, tzinfo=UTC)))


def test_the_first_gets_it_and_another_does_not(ask: Ask) -> None:
    assert ask(leases.take, NAME, "one", LONG) == 1
    assert ask(leases.take, NAME, "other", LONG) is None
    assert ask(leases.take, "wecom", "other", LONG) == 1


def test_one_that_ran_out_is_taken_over_with_a_larger_epoch(ask: Ask) -> None:
    epoch = ask(leases.take, NAME, "one", LONG)
    ask(run_out)
    assert ask(leases.take, NAME, "other", LONG) == epoch + 1
    assert ask(leases.renew, NAME, "one", epoch, LONG) is False
    assert ask(leases.release, NAME, "one", epoch) is False
    assert ask(leases.renew, NAME, "other", epoch + 1, LONG) is True


def test_one_that_ran_out_can_be_renewed_while_nobody_took_it(ask: Ask) -> None:
    epoch = ask(leases.take, NAME, "one", LONG)
    ask(run_out)
    assert ask(leases.renew, NAME, "one", epoch, LONG) is True
    assert ask(leases.take, NAME, "other", LONG) is None


def test_renewing_counts_from_now(ask: Ask) -> None:
    epoch = ask(leases.take, NAME, "one", LONG)
    assert ask(leases.renew, NAME, "one", epoch, -1.5) is True
    assert ask(leases.take, NAME, "other", LONG) == epoch + 1


def test_one_that_was_given_up_is_free_at_once_and_cannot_be_renewed(ask: Ask) -> None:
    epoch = ask(leases.take, NAME, "one", LONG)
    assert ask(leases.release, NAME, "one", epoch) is True
    assert ask(leases.renew, NAME, "one", epoch, LONG) is False
    assert ask(leases.take, NAME, "other", LONG) == epoch + 1


def test_the_same_owner_may_take_it_anew(ask: Ask) -> None:
    assert ask(leases.take, NAME, "one", LONG) == 1
    assert ask(leases.take, NAME, "one", LONG) == 2
    assert ask(leases.renew, NAME, "one", 1, LONG) is False


def test_a_holder_that_has_surely_ended_is_not_waited_for(ask: Ask) -> None:
    epoch = ask(leases.take, NAME, "one", LONG)
    assert ask(leases.take, NAME, "other", LONG, lambda owner: owner == "somebody else") is None
    assert ask(leases.take, NAME, "other", LONG, lambda owner: owner == "one") == epoch + 1
    assert ask(leases.renew, NAME, "one", epoch, LONG) is False


def test_its_end_is_on_the_clock_of_the_database(ask: Ask) -> None:
    ask(leases.take, NAME, "one", 90)
    clock = {
        "sqlite": text("SELECT (julianday(until) - julianday('now')) * 86400 FROM leases"),
        "postgresql": text("SELECT extract(epoch FROM until - clock_timestamp()) FROM leases"),
    }
    left_seconds = float(ask(lambda tx: tx.scalar(clock[tx.dialect])))
    assert 30 < left_seconds <= 90.01
    assert ask(lambda tx: tx.scalar(table.select().with_only_columns(table.c.until))).tzinfo is not None
