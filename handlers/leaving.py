"""Losing a role, or all of them: rights end at once, open tasks go on with whoever stays, nothing more is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.case import CLOCK, Role
from domain.errors import Refused
from domain.messages import Button, Message
from domain.people import Deputyship, Holding
from domain.permits import WORKERS, may_see
from handlers import casework, gathered, hours, menus, phrases, unsent
from handlers.words import _, speaking
from storage import cases, codes, deputies, handled, outbox, people, recipients, roles, sessions, units
from storage.outbox import Priority
from storage.recipients import Recipient
from storage.transaction import Tx

#: What the codes are for that give a role or open the pages.
PURPOSES = ("invite", "board")


class LastAdministrator(Refused):
    """This is the only administrator. Please make somebody else one first; then this can be done."""


class RoleIsOver(Refused):
    """This role is not held any more."""


@dataclass(frozen=True, slots=True)
class Left:
    """What ended: how many roles, how many open tasks were handed on, and of how many units nobody is left."""

    ended: int
    handed: int
    unmanned: int
    gone: bool


def leave(tx: Tx, person: int, now: datetime) -> Left:
    """The person has left the office: every role ends now, with all that hangs on it. Raises RoleIsOver where there is
    none, LastAdministrator."""
    return _end(tx, person, roles.own(tx, person, now), now)


def leave_unit(tx: Tx, person: int, unit: int, now: datetime) -> Left:
    """A handler has left this unit, as its head says; what they are elsewhere is not the head's to end."""
    held = roles.own(tx, person, now)
    return _end(tx, person, {n: one for n, one in held.items() if one.place == (Role.HANDLER, unit, None)}, now)


def take(tx: Tx, person: int, given: int, now: datetime) -> Left:
    """One role ends now; given: the number of the row that gave it. Raises RoleIsOver, LastAdministrator."""
    return _end(tx, person, {n: one for n, one in roles.own(tx, person, now).items() if n == given}, now)


def _end(tx: Tx, person: int, ending: Mapping[int, Holding], now: datetime) -> Left:
    if not ending:
        raise RoleIsOver()
    if any(one.role is Role.ADMINISTRATOR for one in ending.values()):
        _keep_an_administrator(tx, person, now)
    for given in ending:
        roles.take(tx, given, now)
    rest = roles.own(tx, person, now)
    handed, unmanned = _hand_on(tx, person, ending, rest, now)
    if not rest:
        _close_doors(tx, person, now)
    unsent.drop(tx, person, now)
    _tell(tx, person, ending, not rest, now)
    return Left(len(ending), handed, unmanned, not rest)


def _keep_an_administrator(tx: Tx, person: int, now: datetime) -> None:
    others = [one for one in people.holders(tx, Role.ADMINISTRATOR, now) if one.standing_in_for is None]
    if all(one.person == person for one in others):
        raise LastAdministrator()


def _close_doors(tx: Tx, person: int, now: datetime) -> None:
    """Pages, codes and deputies of somebody who holds nothing any more; those for whom they stood in hear of it."""
    sessions.end_all(tx, person)
    for purpose in PURPOSES:
        codes.revoke(tx, purpose, person, now)
    for one in deputies.about(tx, person, now):
        _tell_other(tx, one, person, now)
    deputies.end_all(tx, person, now)
    roles.left(tx, person, now)


# --- open tasks -----------------------------------------------------------------------------------------------


def _hand_on(
    tx: Tx, person: int, ending: Mapping[int, Holding], rest: Mapping[int, Holding], now: datetime
) -> tuple[int, int]:
    """The parts the person handles go to the liaison, or to whoever takes them: (how many, in how many units the
    latter)."""
    kept = {one.unit for one in rest.values() if one.role in WORKERS}
    lost = {one.unit for one in ending.values() if one.role in WORKERS and one.unit is not None} - kept
    handed = [_hand_on_of(tx, person, unit, now) for unit in sorted(unit for unit in lost if unit is not None)]
    return sum(n for n, _alone in handed), sum(alone for _n, alone in handed)


def _hand_on_of(tx: Tx, person: int, unit: int, now: datetime) -> tuple[int, bool]:
    those = handled.cases_of(tx, person, unit)
    liaisons = [one for one in people.holders(tx, Role.LIAISON, now, unit) if one.standing_in_for is None]
    with gathered.gathering(tx, now):
        for case_id in those:
            case = cases.get(tx, case_id)
            fit = [one for one in liaisons if case is not None and may_see(case, one.actor)]
            _reassign(tx, case_id, unit, fit[0].person if fit else 0, now)
    alone = bool(those) and not liaisons
    if alone:
        _tell_desk(tx, unit, len(those), now)
    return len(those), alone


def _reassign(tx: Tx, case: int, unit: int, handler: int, now: datetime) -> None:
    with speaking(tx.office.language):
        why = _("The handler does not work here any more.")
    casework.act(tx, case, "reassign", CLOCK, now, unit=unit, handler=handler, text=why)


def _tell_desk(tx: Tx, unit: int, count: int, now: datetime) -> None:
    name = units.names(tx).get(unit, "")
    for one in recipients.in_role(tx, Role.DISPATCHER, now):
        with speaking(one.person.language):
            text = _(
                "A handler of {unit} has left, and the unit has no liaison: {count} open case(s) wait there for "
                "whoever takes them. Please see to it that somebody does.",
                unit=name,
                count=count,
            )
            _put(tx, one, Message(text, buttons=((Button(_("What is late"), "f:late"),),)), now)


# --- what is said ---------------------------------------------------------------------------------------------


def _tell(tx: Tx, person: int, ending: Mapping[int, Holding], gone: bool, now: datetime) -> None:
    one = recipients.one(tx, person)
    if one is None:
        return
    with speaking(one.person.language):
        roles_lost = phrases.listed(dict.fromkeys(menus.role_words(held.role) for held in ending.values()))
        text = _("You are not {roles} here any more; what was open goes on with your colleagues.", roles=roles_lost)
        thanks = _("Thank you for your work. As a business owner you are welcome here at any time.")
        said = f"{text}\n{thanks}" if gone else text
        _put(tx, one, Message(said, buttons=((Button(_("Main menu"), "f:start"),),)), now)


def _tell_other(tx: Tx, one: Deputyship, person: int, now: datetime) -> None:
    """The other of the two hears that the standing in is over: one of them has left."""
    other, name = (one.person, one.deputy_name) if one.deputy == person else (one.deputy, one.name)
    found = recipients.one(tx, other)
    if found is None:
        return
    with speaking(found.person.language):
        text = _("{name} does not work here any more: the standing in between you has ended.", name=name)
        _put(tx, found, Message(text, buttons=((Button(_("Deputies"), "f:deputy"),),)), now)


def _put(tx: Tx, one: Recipient, message: Message, now: datetime) -> None:
    later = hours.for_official(now, tx.office)
    outbox.say(tx, one.address, one.person.id, message, now, priority=Priority.NEWS, not_before=later)
