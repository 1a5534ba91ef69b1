"""Groups on Telegram, and the ways tests of them begin."""

from __future__ import annotations

import re
from itertools import count

from domain.messages import HERE
from storage import groups
from tests.people import Group, Person, Town, words

_numbers = count(1)
#: How the answer to a code that binds nothing begins.
UNUSABLE = "这个绑定码用不了"
CODE = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")


def group_of(town: Town, name: str = "园区企业群", *, added: bool = True) -> Group:
    """A group on Telegram, with the office in it unless it is still to be added."""
    group = Group(town, name, f"-100{next(_numbers)}", group=True, channel="telegram")
    town.doors.append(group)
    if added:
        group._send(presence=HERE)
        group.read_all()
    return group


def code_in(person: Person) -> str:
    """The code a person was just given."""
    found = CODE.search(words(person.last))
    assert found, words(person.last)
    return found[0]


def a_code(boss: Person, *taps: str, industry: str = "") -> str:
    """An administrator's code for an audience: the lines to tap, from its sort to the last question."""
    boss.press("f:bind")
    for label in taps:
        boss.tap(label)
    if industry:
        boss.say(industry)
    boss.tap("对，是")
    return code_in(boss)


def bound(town: Town, boss: Person, name: str, *taps: str, industry: str = "") -> Group:
    """A group that was bound."""
    group = group_of(town, name)
    group.say(f"/bind {a_code(boss, *(taps or ('全体企业',)), industry=industry)}")
    group.heard("绑定好了")
    boss.read_all()
    return group


def bindings_of(town: Town) -> dict[str, str]:
    """Names of bound groups and whom they are for."""
    return {one.name: one.audience.key for one in town.read(groups.every)}
