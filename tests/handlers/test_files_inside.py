"""What officials send one another about a case is not the owner's: not in its story, not by its address, in no copy.

What a unit sends its head stays in the unit until it is released.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.case import Role
from handlers import attached, export
from handlers.turn import at_desk
from storage import files, people
from storage.transaction import Tx
from tests.handlers.decision_chairs import decide
from tests.people import Official, Owner, Person, Town, number_in

INNER = "内部研判.pdf"


@pytest.fixture
def owner(small_town: Town) -> Owner:
    return small_town.owner("林晓")


@pytest.fixture
def desk(small_town: Town) -> Official:
    return small_town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(small_town: Town) -> Official:
    return small_town.official("周承办", Role.HANDLER, Role.LIAISON, unit="gongdian")


def in_story(person: Person, number: str) -> set[str]:
    person.press(f"f:story:{number}")
    return {file.name for file in person.last.files}


def on_card(official: Official, number: str) -> set[str]:
    return {file.name for file in official.card(number).files}


def by_address(town: Town, person: Person, number: str) -> set[str]:
    """The files of a case that a person gets by their addresses, however they learnt those."""
    return set(town.write(_opened, person.id, town.case(number).id, town.now))


def _opened(tx: Tx, person: int, case: int, now: datetime) -> list[str]:
    one = people.get(tx, person)
    assert one is not None
    turn = at_desk(tx, one, now)
    found = [attached.opened(turn, record.code) for record in files.of_case(tx, case)]
    return [record.name for record in found if record is not None]


def in_copy(town: Town, person: Person) -> set[str]:
    own = town.read(export.gather, person.id, town.now)
    return {name.rpartition("-")[2] for name, _digest in own.files}


def test_an_answer_is_the_owners_with_its_files_once_the_head_releases_it(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    office = small_town.db.office
    small_town.db.office = replace(office, rulebook=replace(office.rulebook, head_checks=True))
    head = small_town.official("孙立", Role.HEAD, unit="gongdian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    handler.card(number)
    handler.tap("办结答复")
    handler.send(INNER, text="变压器明天装")
    handler.tap("解决了")
    handler.tap("送负责人核准")

    assert in_story(head, number) == {INNER}
    assert in_story(owner, number) == by_address(small_town, owner, number) == in_copy(small_town, owner) == set()

    assert on_card(head, number) == by_address(small_town, head, number) == {INNER}
    assert on_card(desk, number) == in_story(desk, number) == by_address(small_town, desk, number) == set()

    decide(head, number, "核准答复")
    assert in_story(owner, number) == by_address(small_town, owner, number) == in_copy(small_town, owner) == {INNER}
    assert on_card(desk, number) == by_address(small_town, desk, number) == {INNER}


def test_what_one_unit_sends_another_is_not_the_owners(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    assisting = small_town.official("吴协办", Role.HANDLER, Role.LIAISON, unit="zhujian")
    owner.say("/file")
    owner.tap("诉求")
    owner.send("现场.jpg", text="变压器装不上")
    owner.tap("提交")
    number = number_in(owner.heard("您的编号是"))
    desk.dispatch(number, "供电公司", "住建局", weight="多个部门")
    handler.sign(number)
    assisting.card(number)
    assisting.tap("协办完成")
    assisting.send(INNER, text="图纸在附件里")

    assert in_story(handler, number) == {"现场.jpg", INNER}
    assert by_address(small_town, handler, number) == {"现场.jpg", INNER}
    assert (
        in_story(owner, number) == by_address(small_town, owner, number) == in_copy(small_town, owner) == {"现场.jpg"}
    )
