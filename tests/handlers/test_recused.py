"""A case that is about an official: nothing of it reaches them, by no list, push, search, reminder or button."""

from datetime import datetime

import pytest

from domain.case import Kind, Role
from handlers import casework
from handlers.turn import at_desk
from storage import deputies, people
from storage.transaction import Tx
from tests.handlers.page_moves import heard_now
from tests.people import Official, Owner, Person, Town

MATTER = "经办人收受好处"


@pytest.fixture
def accused(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def other(town: Town) -> Official:
    return town.official("何静", Role.DISPATCHER)


@pytest.fixture
def supervisor(town: Town) -> Official:
    return town.official("梁静", Role.SUPERVISOR)


@pytest.fixture
def number(town: Town, owner: Owner, accused: Official, other: Official, supervisor: Official) -> str:
    """A complaint about the accused, from whom it is kept; what they heard before is read."""
    number = owner.file(MATTER, Kind.COMPLAINT)
    town.write(_recuse, supervisor, town.case(number).id, accused.id, town.now)
    accused.read_all()
    return number


def _recuse(tx: Tx, by: Official, case: int, person: int, now: datetime) -> None:
    one = people.get(tx, by.id)
    assert one is not None
    casework.move(at_desk(tx, one, now), case, "recuse", person=person, text="投诉的就是其本人")


def learned(town: Town, person: Person, number: str) -> str:
    """Everything somebody is told who tries every way to a case they know the number of."""
    case, told = town.case(number).id, ""
    for flow in ("case", "story", "why", "readers", "take", "call", "ask", "more", "reclassify", "transfer", "merge"):
        person.press(f"f:{flow}:{case}")
        told += heard_now(person)
        person.say("取消")
    for said in (
        "/desk",
        "/late",
        "/visits",
        "/calls",
        "/search 好处",
        f"/search {number}",
        number,
        "/tasks",
        "/board",
    ):
        person.say(said)
        told += heard_now(person)
    return told


def test_whom_a_case_is_about_finds_it_nowhere(town: Town, accused: Official, other: Official, number: str) -> None:
    assert MATTER not in learned(town, accused, number)
    assert MATTER in learned(town, other, number)


def test_whom_a_case_is_about_hears_of_no_step_and_no_deadline(
    town: Town, owner: Owner, accused: Official, other: Official, number: str
) -> None:
    owner.card(number)
    owner.tap("催办")
    town.forward(workdays=2)
    town.forward(hours=4)
    assert number not in heard_now(accused)
    assert number in heard_now(other)


def test_the_deputy_of_whom_a_case_is_about_does_not_get_it_by_that_role(
    town: Town, owner: Owner, accused: Official, number: str
) -> None:
    helper = town.official("许宁", Role.HANDLER, unit="gongdian")
    town.write(deputies.add, accused.id, helper.id, town.now, town.now.replace(year=2027), town.now)
    owner.card(number)
    owner.tap("催办")
    assert number not in heard_now(helper)
    assert MATTER not in learned(town, helper, number)
    fresh = owner.file("门口的路灯坏了")
    assert fresh in heard_now(helper)


def test_whoever_stands_in_for_another_still_does_not_get_what_is_about_themselves(
    town: Town, accused: Official, other: Official, number: str
) -> None:
    town.write(deputies.add, other.id, accused.id, town.now, town.now.replace(year=2027), town.now)
    assert MATTER not in learned(town, accused, number)
