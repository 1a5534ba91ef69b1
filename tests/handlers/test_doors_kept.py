"""What of groups and doors must not be forgotten when people, audiences or databases change hands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from domain.case import Role
from domain.messages import GONE, HERE, Message
from handlers import deliveries, doors
from storage import outbox, people
from storage.people import Address
from storage.tables import addresses
from storage.tables import outbox as rows
from storage.tables import people as known
from storage.transaction import Tx
from tests.handlers.group_chairs import bound
from tests.handlers.test_announce import announced, post
from tests.people import Official, Owner, Town, living, words


@pytest.fixture
def boss(town: Town) -> Official:
    return town.official("于管", Role.ADMINISTRATOR)


def become(official: Official, other: Official) -> None:
    """The official goes on as the other, who showed them a code."""
    other.say("/device")
    code = words(other.heard("/join ")).split("/join ")[1].split()[0]
    official.say(f"/join {code}")
    official.tap("是我本人")


def test_an_announcement_a_group_missed_is_not_said_once_it_is_for_nobody(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群")
    desk = town.official("陈岚", Role.DISPATCHER)
    post(desk, "所有企业群")
    town.write(lambda tx: tx.execute(update(rows).where(rows.c.once.is_(True)).values(state="unreachable")))
    group._send(presence=GONE)
    boss.press(f"f:unbind:{group.address_id}")
    boss.tap("解除绑定")
    before = len(announced(group))
    group._send(presence=HERE)
    assert len(announced(group)) == before
    assert not town.read(waiting)


def waiting(tx: Tx) -> list[int]:
    return [row.id for row in tx.all(select(rows.c.id).where(rows.c.state == "queued", rows.c.once.is_(True)))]


def test_who_bound_a_group_hears_of_it_as_the_person_they_became(town: Town, boss: Official) -> None:
    group = bound(town, boss, "企业群")
    phone = town.phone("于管", Official)
    phone.say("您好")
    become(boss, phone)
    for one in (boss, phone):
        one.read_all()
    group._send(presence=GONE)
    assert any("企业群" in words(message) for one in (boss, phone) for message in one.unread)


def test_a_phone_number_moves_and_is_not_left_behind(town: Town, boss: Official) -> None:
    town.write(people.change, boss.id, phone="+8613855556666")
    before = boss.id
    phone = town.phone("于管", Official)
    phone.say("您好")
    become(boss, phone)
    found = town.read(lambda tx: tx.all(select(known.c.id).where(known.c.phone == "+8613855556666")))
    assert [row.id for row in found] != [before]
    assert len(found) == 1


def test_who_lets_the_office_in_again_hears_everything_that_waited(town: Town) -> None:
    owner = town.phone("林晓", Owner)
    owner.say("您好")
    owner.leave()
    town.write(told_in_vain, owner, 60)
    owner.unread.clear()
    owner.come_back()
    assert [message.text for message in owner.unread] == [f"第{number}件" for number in range(60)]


def told_in_vain(tx: Tx, owner: Owner, count: int) -> None:
    """So many messages that ended because the door was shut."""
    door = people.find(tx, "telegram", owner.address)
    assert door is not None
    for number in range(count):
        outbox.say(tx, door[0], owner.id, Message(f"第{number}件"), owner.town.now)
    tx.execute(update(rows).where(rows.c.state == "queued").values(state="unreachable"))


# --- a page nobody looks at -------------------------------------------------------------------------------------


def two_doors(town: Town) -> Owner:
    """Somebody with a page that is closed, on which something to be said once has waited, and a chat."""
    town.db.office = replace(
        town.db.office, url="https://office.example", telegram="https://t.me/hengyue_bot", platforms=("telegram",)
    )
    web, phone = town.owner("林晓"), town.phone("晓", Owner)
    web.say("/device")
    phone.say(f"/start join_{words(web.heard('/join ')).split('/join ')[1].split()[0]}")
    web.away()
    [page] = [one for one in town.read(people_doors, web.id) if one.channel == "web"]
    town.write(outbox.say, page, web.id, Message("只说一次"), town.now - doors.UNSEEN, once=True)
    return web


def people_doors(tx: Tx, person: int) -> list[Address]:
    return [people.address_of(row) for row in tx.all(select(*people.ADDRESS).where(addresses.c.person_id == person))]


def said(tx: Tx) -> list[tuple[str, str, bool]]:
    """(channel, state, once) of what waited at the page."""
    found = tx.all(select(rows).where(rows.c.message.contains("只说一次")).order_by(rows.c.id))
    return [(row.channel, row.state, bool(row.once)) for row in found]


def test_what_is_said_once_stays_so_at_another_door(town: Town) -> None:
    two_doors(town)
    assert town.write(doors.unseen, town.now) == 1
    assert town.read(said) == [("web", "diverted", True), ("telegram", "queued", True)]


@pytest.fixture
def server_town(postgresql_url: str) -> Iterator[Town]:
    yield from living(postgresql_url)


def test_a_page_opened_while_its_messages_go_elsewhere_does_not_show_them_too(server_town: Town) -> None:
    town, web = server_town, two_doors(server_town)
    opening = threading.Thread(target=town.db.write_now, args=(deliveries.release, web.address_id, town.now))

    def moved(tx: Tx) -> None:
        assert doors.unseen(tx, town.now) == 1
        opening.start()
        while not tx.connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
            assert opening.is_alive()

    town.db.write_now(moved)
    opening.join()
    assert town.read(said) == [("web", "diverted", True), ("telegram", "queued", True)]
