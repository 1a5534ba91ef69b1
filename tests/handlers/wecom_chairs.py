"""Who sits where in the tests of groups on WeCom, and the ways those tests begin."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.verdicts import Verdict, record
from domain.case import Role
from storage import outgoing, people
from storage.outgoing import Outgoing
from storage.tables import metadata
from storage.transaction import Tx
from tests.people import Group, Official, Person, Town

KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
WORDS = "3月10日起，工业路施工，请绕行。"


@pytest.fixture
def wecom(town: Town) -> Town:
    """An office on WeCom, with pages."""
    town.db.office = replace(
        town.db.office,
        url="https://office.example",
        platforms=("wecom", "robot", "appchat", "custgroups"),
        robots="qyapi.weixin.qq.com",
    )
    return town


@pytest.fixture
def boss(wecom: Town) -> Official:
    return wecom.official("于管", Role.ADMINISTRATOR)


def in_the_app(town: Town, name: str, *given: Role, unit: str = "") -> Official:
    """An official in WeCom's app."""
    official = Official(town, name, f"user-{name}", channel="wecom")
    town.doors.append(official)
    official.say("你好")
    for role in given:
        town.write(people.give_role, official.id, role, town.now, town.units[unit] if unit else None, None)
    official.read_all()
    return official


def robots_group(town: Town, key: str = KEY) -> Group:
    """What stands in the group of a robot."""
    group = Group(town, "群", key, group=True, channel="robot")
    town.doors.append(group)
    return group


def to_the_address(boss: Person, name: str = "园区企业群", *taps: str) -> None:
    """The conversation to where the robot's address is asked for."""
    boss.press("f:robot")
    for label in taps or ("全体企业",):
        boss.tap(label)
    boss.say(name)
    boss.tap("对，是")


def bind_robot(boss: Person, name: str = "园区企业群", *taps: str, address: str = WEBHOOK) -> None:
    to_the_address(boss, name, *taps)
    boss.say(address)


def post(desk: Person, audience: str, text: str = WORDS, *files: str) -> None:
    desk.say("/announce")
    desk.say(text)
    if files:
        desk.send(*files)
        desk.tap("完成")
    else:
        desk.tap("跳过")
    desk.tap(audience)
    if desk.offers("就这些"):
        desk.tap("就这些")
    desk.tap("发出公告")


def waiting(town: Town, channel: str) -> list[Outgoing]:
    """What a platform is to be brought."""
    return town.read(outgoing.outgoing, channel, town.now, frozenset(), 500)


def refused(town: Town, channel: str) -> None:
    """The platform takes nothing for the addresses of this channel any more."""
    for line in waiting(town, channel):
        town.write(record, [Verdict(line, "unreachable", reason="the group's robot is not there any more")], town.now)
    town.show()


def rows(tx: Tx) -> list[tuple[str, str]]:
    """(table, row as words) of everything that is kept."""
    return [
        (table.name, str(tuple(row)))
        for table in metadata.sorted_tables
        for row in tx.connection.execute(select(table))
    ]
