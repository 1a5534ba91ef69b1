"""Moves as somebody makes them on a page, and the places of a case that many tests of the rules begin with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from domain.deadlines import Term
from handlers import casework
from handlers.turn import at_desk
from storage import people
from storage.tables import cases
from storage.transaction import Tx
from tests.people import Official, Owner, Person, Town, words


def move(town: Town, who: Person, number: str, name: str, **facts: object) -> None:
    """A move as somebody of the office makes it on a page, where anything may be sent."""

    def made(tx: Tx) -> None:
        person = people.get(tx, who.id)
        assert person is not None
        casework.move(at_desk(tx, person, town.now), case, name, **facts)

    case = town.case(number).id
    town.write(made)
    town.show()


def handled(town: Town, desk: Official, handler: Official, number: str, *assisting: str, joint: bool = False) -> str:
    """The case is with the power company, and signed."""
    move(town, desk, number, "accept")
    units = tuple(town.units[code] for code in assisting)
    move(town, desk, number, "dispatch", lead=town.units["gongdian"], assisting=units, joint=joint)
    move(town, handler, number, "sign")
    return number


def again(town: Town, owner: Owner, handler: Official, number: str) -> None:
    """The unit answers, and the owner wants it redone."""
    move(town, handler, number, "answer", text="已处理", outcome="solved")
    move(town, owner, number, "redo", text="还是没电")


def under_review(town: Town, owner: Owner, desk: Official, handler: Official) -> str:
    """A case that was redone so often that the approver has the last word."""
    number = handled(town, desk, handler, owner.file("变压器装不上"))
    again(town, owner, handler, number)
    move(town, handler, number, "sign")
    again(town, owner, handler, number)
    return number


def accuse(town: Town, number: str, unit: str) -> None:
    """The complaint names this unit."""
    town.write(_about, town.case(number).id, town.units[unit])


def _about(tx: Tx, case: int, unit: int) -> None:
    tx.execute(update(cases).where(cases.c.id == case).values(named_unit_id=unit))


def due_of(town: Town, number: str, unit: str = "gongdian") -> datetime:
    """When the part of the unit is due."""
    found = [one for one in town.running(number) if one.unit == town.units[unit]]
    return max(one.due.at for one in found if one.term in (Term.HANDLE, Term.ASSIST))


def story(who: Person, number: str) -> str:
    """What somebody reads of how a case came along."""
    who.say(f"/story {number}")
    return words(who.last)


def heard_now(person: Person) -> str:
    """Everything a person had not looked at yet, as one text."""
    return "\n".join(words(message) for message in person.read_all())
