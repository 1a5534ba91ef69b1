"""Two processes of one office look at the same moment after what nobody has told yet: people hear it once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from domain.case import Actor, Role
from domain.deadlines import Term
from handlers import casework, digest, fallbacks, idle, late
from storage import deadlines, reminders
from storage.reminders import Reminder
from storage.tables import outbox
from storage.transaction import Tx
from tests.handlers.test_late import owner_at
from tests.handlers.test_switched_off import beside, connect, dispatched_by_night, newest, only
from tests.handlers.test_unread import at_home
from tests.people import Official, Owner, Town, living


@pytest.fixture
def town(postgresql_url: str) -> Iterator[Town]:
    yield from living(postgresql_url)


def at_once(town: Town, job: Callable[[Tx, datetime], int]) -> None:
    """A second process begins while the first has not committed."""
    second = threading.Thread(target=town.db.write_now, args=(job, town.now))

    def first(tx: Tx) -> None:
        job(tx, town.now)
        second.start()
        while second.is_alive():
            if tx.connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                break

    town.db.write_now(first)
    second.join()


def said_at(town: Town, channel: str) -> int:
    counted = select(func.count()).select_from(outbox).where(outbox.c.channel == channel, outbox.c.state == "queued")
    return int(town.read(lambda tx: tx.scalar(counted)))


def test_what_stands_at_a_way_that_was_switched_off_goes_on_once(town: Town, desk: Official) -> None:
    connect(town, "telegram", "kefu")
    owner = only(town, "kefu")
    number = newest(town, owner)
    beside(town, owner, "telegram")
    dispatched_by_night(town, desk, number)
    connect(town, "kefu")
    town.sleep(to="2026-03-04 09:00")
    before = said_at(town, "kefu")
    at_once(town, fallbacks.left_behind)
    assert [before, said_at(town, "kefu"), said_at(town, "telegram")] == [0, 1, 0]


def test_what_stands_unread_on_a_page_is_one_sms(town: Town, desk: Official) -> None:
    alone = at_home(town, desk)
    number = alone.web.file("变压器装不上")
    alone.web.away()
    asker = Actor(desk.id, Role.DISPATCHER)
    town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补一张照片")
    town.sleep(hours=0.6)
    at_once(town, fallbacks.unread)
    assert said_at(town, "sms") == 1


def test_what_is_put_right_in_parts_is_said_once(town: Town, desk: Official) -> None:
    town.db.office = replace(town.db.office, platforms=("telegram",))
    owner = owner_at(town, "telegram")
    number = owner.file("变压器装不上")
    owner.read_all()
    asker = Actor(desk.id, Role.DISPATCHER)
    town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补：" + "一张照片，" * 390)
    before = said_at(town, "telegram")
    town.sleep(days=20)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(late, "fits", lambda message, door: False)
        at_once(town, late.renew_due)
    assert before == said_at(town, "telegram")


def test_what_is_left_lying_is_offered_again_once(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.away()
    town.sleep(hours=26)
    before = said_at(town, "web")
    at_once(town, idle.tidy)
    assert said_at(town, "web") == before + 1


def test_a_rung_that_is_reached_while_the_morning_is_written_is_told_after_it(
    town: Town, owner: Owner, desk: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = owner.file("变压器装不上")
    desk.read_all()
    case = town.case(number)
    accept = next(one for one in town.read(deadlines.of_case, case.id) if one.term is Term.ACCEPT)
    first, second = (Reminder(accept.id, rung, desk.id, case.id, "", town.now) for rung in ("near", "tomorrow"))
    town.write(reminders.add, [first])
    town.sleep(to="2026-03-04 10:00")
    read = reminders.untold

    def overtaken(tx: Tx, person: int) -> list[Reminder]:
        found = read(tx, person)
        if person == desk.id and len(found) == 1:
            town.db.write_now(reminders.add, [second])
        return found

    monkeypatch.setattr(reminders, "untold", overtaken)
    town.write(digest.digest, town.now)
    assert [one.rung for one in town.read(read, desk.id)] == ["tomorrow"]
