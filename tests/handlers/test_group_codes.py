"""Codes that bind a group: good once, for a day, in a group, from whoever may; every other is answered kindly."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from domain.case import Role
from handlers import bindings
from storage import groups, people
from storage.db import Database
from storage.groups import Bound
from storage.transaction import Tx
from tests.handlers.group_chairs import CODE, UNUSABLE, a_code, bindings_of, bound, code_in, group_of
from tests.people import Group, Official, Town, words


@pytest.fixture
def boss(town: Town) -> Official:
    return town.official("于管", Role.ADMINISTRATOR)


@pytest.mark.parametrize("typed", ["/bind", "/bind 23456-ABCDE", "/bind ' OR 1=1 --", "/start bind_", "/bind 😀" * 9])
def test_a_wrong_code_is_answered_in_one_kind_line(small_town: Town, typed: str) -> None:
    group = group_of(small_town)
    group.say(typed)
    assert group.heard(UNUSABLE).buttons == ()
    assert bindings_of(small_town) == {}


def test_a_code_binds_one_group_alone(town: Town, boss: Official) -> None:
    first, second = group_of(town, "甲群"), group_of(town, "乙群")
    code = a_code(boss, "全体企业")
    first.say(f"/bind {code}")
    second.say(f"/bind {code}")
    second.heard(UNUSABLE)
    assert bindings_of(town) == {"甲群": "all"}


def test_a_code_shown_in_two_groups_at_the_same_moment_binds_one(town: Town, boss: Official) -> None:
    doors = [group_of(town, name) for name in ("甲群", "乙群")]
    code, other = a_code(boss, "全体企业"), Database(town.db.url, town.db.office)
    outcomes: list[str] = []

    def show(db: Database, group: Group) -> None:
        try:
            db.write_now(_bind, group, code, town)
            outcomes.append("bound")
        except bindings.NoSuchCode:
            outcomes.append("refused")

    both = [threading.Thread(target=show, args=pair) for pair in zip((town.db, other), doors, strict=True)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    asyncio.run(other.close())
    assert sorted(outcomes) == ["bound", "refused"]
    assert len(bindings_of(town)) == 1


def _bind(tx: Tx, group: Group, code: str, town: Town) -> Bound:
    found = people.find(tx, group.channel, group.address)
    assert found is not None
    return bindings.bind(tx, found[0], code, group.name, town.now)


def test_a_code_is_good_for_a_day(town: Town, boss: Official) -> None:
    group, code = group_of(town), a_code(boss, "全体企业")
    town.now += timedelta(hours=24, minutes=1)
    group.say(f"/bind {code}")
    group.heard(UNUSABLE)
    assert bindings_of(town) == {}


def test_a_code_of_somebody_who_may_bind_no_more_binds_nothing(town: Town, boss: Official) -> None:
    other, group = town.official("钱管", Role.ADMINISTRATOR), group_of(town)
    code = a_code(boss, "全体企业")
    other.press(f"f:left:{boss.id}")
    other.tap("是的，已离开")
    group.say(f"/bind {code}")
    group.heard(UNUSABLE)
    assert bindings_of(town) == {}


def test_codes_for_other_things_bind_no_group_and_are_not_used_up(small_town: Town) -> None:
    owner, group = small_town.owner("林晓"), group_of(small_town)
    owner.say("/device")
    code = code_in(owner)
    group.say(f"/bind {code}")
    group.heard(UNUSABLE)
    there = small_town.owner("林晓的电脑", new=True)
    there.say(f"/join {code}")
    there.heard("设备")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.CLOCK)])
def test_nobody_else_gets_a_code_or_learns_which_groups_there_are(small_town: Town, role: Role) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    bound(small_town, boss, "机密工作群", "单位工作群", "供电公司")
    [group] = small_town.read(groups.every)
    person = small_town.official("某人", *(() if role is Role.OWNER else (role,)))
    for said in ("/groups", "/bind", "群管理"):
        person.say(said)
    for value in ("f:bind", "f:bind:23456-ABCDE", f"f:unbind:{group.door.id}", "f:groups:0"):
        person.press(value)
    assert all("机密工作群" not in words(message) for message in person.shown.values())
    assert not any(CODE.search(words(message)) for message in person.shown.values())
    assert len(small_town.read(groups.every)) == 1


def test_a_code_that_was_typed_in_private_says_where_it_belongs(small_town: Town) -> None:
    boss = small_town.official("于管", Role.ADMINISTRATOR)
    code = a_code(boss, "全体企业")
    boss.say(f"/bind {code}")
    boss.heard("请到群里发送")
    group = group_of(small_town)
    group.say(f"/bind {code}")
    group.heard("绑定好了")
