"""Inviting from the chat: whom the office waits for, codes that are renewed, and the old ones that end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from domain.case import Role
from domain.messages import Incoming
from handlers import dispatch, invitations
from handlers.invitations import Invitation, invite
from storage import people, roster
from storage.transaction import Signal, Tx
from tests.people import Person, Town, words


def code_in(person: Person) -> str:
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", words(person.last))
    assert found, words(person.last)
    return found[0]


def listed(tx: Tx, town: Town, name: str) -> int:
    """Somebody of the office's list who has not come yet: liaison and handler of a unit."""
    [person] = roster.add(tx, [(name, "+8613800000011")], "zh_CN", town.now)
    unit = town.units["zhujian"]
    roster.give(tx, [(person, (Role.HANDLER, unit, None)), (person, (Role.LIAISON, unit, None))], town.now)
    return person


def awaited(town: Town) -> dict[str, bool]:
    """Names of those who have not come, and whether they hold a code that is good."""
    return {one.name: one.until is not None for one in town.read(invitations.awaited, town.now)}


def test_somebody_new_gets_a_code_and_comes(town: Town) -> None:
    boss, new = town.official("小于", Role.ADMINISTRATOR), town.owner("张三", new=True)
    boss.say("/invite")
    boss.tap("联络员")
    boss.tap("住建")
    boss.say("张三")
    code = code_in(boss)
    assert awaited(town) == {"张三": True}
    new.say(f"/join {code}")
    new.heard("联络员")
    assert awaited(town) == {}


def test_a_renewed_code_ends_the_old_one(town: Town) -> None:
    boss, new = town.official("小于", Role.ADMINISTRATOR), town.owner("张三", new=True)
    town.write(listed, town, "张三")
    assert awaited(town) == {"张三": False}
    boss.say("/invite")
    boss.tap("张三")
    first = code_in(boss)
    assert awaited(town) == {"张三": True}
    boss.say("/invite")
    boss.tap("张三")
    second = code_in(boss)
    new.say(f"/join {first}")
    assert "联络员" not in words(new.last)
    new.say(f"/join {second}")
    assert {one.role for one in town.read(people.holdings, _person(town, new), town.now)} == {
        Role.LIAISON,
        Role.HANDLER,
    }
    assert awaited(town) == {}


def _person(town: Town, person: Person) -> int:
    found = town.read(people.find, "web", person.address)
    assert found is not None
    assert found[1] is not None
    return found[1].id


def test_a_code_without_a_place_in_the_list_is_renewed_too(small_town: Town) -> None:
    boss, new = small_town.official("小于", Role.ADMINISTRATOR), small_town.owner("李四", new=True)
    invitation = Invitation(Role.DISPATCHER, name="李四")
    first = small_town.write(invite, invitation, small_town.now)
    [one] = small_town.read(invitations.awaited, small_town.now)
    boss.press(f"f:invite:{one.key}")
    second = code_in(boss)
    assert second != first
    assert awaited(small_town) == {"李四": True}
    new.say(first)
    assert not small_town.read(people.holdings, _person(small_town, new), small_town.now)
    new.say(second)
    new.heard("派单员")


def test_after_seven_days_a_code_is_over_and_still_shown_to_be_renewed(small_town: Town) -> None:
    small_town.write(invite, Invitation(Role.LEADER, name="高远"), small_town.now)
    later = small_town.now + timedelta(days=7, minutes=1)
    [one] = small_town.read(invitations.awaited, later)
    assert (one.name, one.until) == ("高远", None)
    assert small_town.read(invitations.awaited, later + timedelta(days=8)) == []


def test_the_button_of_somebody_who_came_meanwhile_makes_no_code(small_town: Town) -> None:
    boss, new = small_town.official("小于", Role.ADMINISTRATOR), small_town.owner("张三", new=True)
    small_town.write(listed, small_town, "张三")
    [one] = small_town.read(invitations.awaited, small_town.now)
    boss.press(f"f:invite:{one.key}")
    new.say(code_in(boss))
    boss.press(f"f:invite:{one.key}")
    boss.heard("已经进来了")
    for forged in ("p999999", "c0", "p", "x" * 60, "liaison.99999999999999999999", "king.1", "p-1"):
        boss.press(f"f:invite:{forged}")
        assert not re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", words(boss.last)), forged


def test_nobody_else_invites_or_learns_who_is_awaited(small_town: Town) -> None:
    small_town.write(listed, small_town, "张三")
    [one] = small_town.read(invitations.awaited, small_town.now)
    others = [small_town.official(str(role), role) for role in Role if role not in (Role.ADMINISTRATOR, Role.CLOCK)]
    for person in (small_town.owner("林晓"), *others):
        for value in ("f:invite", f"f:invite:{one.key}", "f:invite:liaison.1"):
            person.press(value)
            assert "张三" not in words(person.last)
            assert not re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", words(person.last))
    assert awaited(small_town) == {"张三": False}


def test_where_the_office_has_an_address_a_link_comes_and_a_picture_is_asked_for(small_town: Town) -> None:
    boss = small_town.official("小于", Role.ADMINISTRATOR)
    small_town.db.office = replace(small_town.db.office, url="https://office.example")
    boss.press("f:invite:dispatcher.0")
    asked = small_town.write(signals_of, Incoming("web", small_town.key(), boss.address, "王五"), small_town)
    small_town.show()
    code = code_in(boss)
    assert f"https://office.example/chat?join={code}" in words(boss.last)
    assert [one for one in asked if one[0] == "errand"] == [("errand", "draw invitation", boss.id, code)]


def signals_of(tx: Tx, incoming: Incoming, town: Town) -> list[Signal]:
    """Take one arrival; returns what those who listen hear of it after the commit."""
    dispatch.handle(tx, incoming, town.now)
    return list(tx.signals)
