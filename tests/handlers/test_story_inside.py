"""What officials agree among themselves is not in the owner's story before, or unless, something comes of it."""

from __future__ import annotations

from dataclasses import replace

from domain.case import Role
from handlers import casework
from handlers.turn import at_desk
from storage import people
from storage.transaction import Tx
from tests.people import Official, Owner, Person, Town, words


def move(town: Town, who: Person, number: str, name: str, **facts: object) -> None:
    """A move as somebody of the office makes it."""

    def made(tx: Tx) -> None:
        person = people.get(tx, who.id)
        assert person is not None
        casework.move(at_desk(tx, person, town.now), town.case(number).id, name, **facts)

    town.write(made)
    town.show()


def story(who: Person, number: str) -> str:
    who.say(f"/story {number}")
    return words(who.last)


def test_a_refusal_that_is_not_approved_never_stands_in_the_owners_story(
    town: Town, owner: Owner, desk: Official, number: str
) -> None:
    approver = town.official("周正", Role.APPROVER)
    move(town, desk, number, "propose_refusal", ground="scope", text="不属于本办职责")
    move(town, approver, number, "deny_refusal", text="应当受理")
    assert "不属于本办职责" in story(desk, number)
    told = story(owner, number)
    assert "不属于本办职责" not in told
    assert "应当受理" not in told


def test_an_answer_is_read_by_its_unit_alone_until_the_head_releases_it(
    town: Town, owner: Owner, desk: Official, handler: Official, signed: str
) -> None:
    town.db.office = replace(town.db.office, rulebook=replace(town.db.office.rulebook, head_checks=True))
    head = town.official("孙立", Role.HEAD, unit="gongdian")
    move(town, handler, signed, "propose_answer", text="还没有审过的答复", outcome="solved")
    assert "还没有审过的答复" in story(head, signed)
    assert "还没有审过的答复" not in story(desk, signed)
    assert "还没有审过的答复" not in story(owner, signed)
    move(town, head, signed, "release")
    assert "还没有审过的答复" in story(owner, signed)
    assert "还没有审过的答复" in story(desk, signed)
