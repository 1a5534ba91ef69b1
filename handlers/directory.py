"""A comparison with the directory is taken over: who has left loses every right, and the rules give and take roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from domain.case import Role
from domain.directory import Given, Member, Plan, Seen, fitting, members_after, plan, too_many
from domain.messages import Button, Message
from domain.people import Holding
from handlers import appointing, hours, leaving
from handlers.words import _, speaking
from storage import directory, outbox, people, recipients, roles
from storage.directory import CHANNEL, State
from storage.outbox import Priority
from storage.transaction import Tx

log = structlog.get_logger()

#: Who left so long ago is forgotten: nobody is then told from a new person of the same userid by their name (own).
FORGOTTEN = timedelta(days=365)


@dataclass(slots=True)
class Comparison:
    """What stands against what: members before and after, who has left, what the rules change."""

    seen: Seen
    before: Mapping[str, Member]
    after: dict[str, Member]
    persons: dict[str, int]
    leaving: list[str]
    plan: Plan
    losing: int
    many: bool


def nightly(tx: Tx, now: datetime) -> int:
    """Where the directory is kept, it is to be compared as a whole; 1 where it is."""
    if not directory.state(tx).state.on:
        return 0
    directory.forget(tx, now - FORGOTTEN)
    directory.want(tx)
    return 1


def settings(tx: Tx, on: bool, missing: tuple[str, ...]) -> None:
    """What the office's settings allow, at its start; the first comparison is wanted where there was none."""
    directory.ensure(tx)
    kept = directory.locked(tx)
    if (kept.state.on, kept.state.missing) != (on, missing):
        directory.keep(tx, msgspec.structs.replace(kept.state, on=on, missing=missing), kept.pulled)
    if on and kept.state.compared_at is None and kept.wanted == kept.pulled:
        directory.want(tx)


def failed(tx: Tx, words: str, now: datetime) -> None:
    """A comparison came to nothing, and nothing has changed; words: why, a key of the catalogues. Who asked hears."""
    kept = directory.locked(tx)
    directory.keep(tx, msgspec.structs.replace(kept.state, trouble=words, tell=()), kept.pulled)
    for person in kept.state.tell:
        _put(tx, person, partial(_failed, words), now)


def _failed(words: str) -> Message:
    text = _("The comparison with WeCom came to nothing: {why}. It is made again by itself.", why=_(words))
    return Message(text, buttons=((Button(_("WeCom's directory"), "f:directory"),),))


def take_over(tx: Tx, seen: Seen, now: datetime) -> bool:
    """Carry a comparison out; False where another process was quicker, or where it waits for a yes.

    One by which too many would lose their rights at once changes nothing: administrators are asked.
    """
    kept = directory.locked(tx)
    if kept.pulled >= seen.wanted:
        return False
    found = compared(tx, seen, now)
    if found.many and found.losing > kept.state.allowed:
        _hold(tx, kept.state, found, now)
        return False
    directory.save_departments(tx, seen.departments)
    ended = _left_by_comparison(tx, found, now)
    _come_back(tx, found, now)
    given = _give(tx, found, now)
    directory.save_members(tx, [one for userid, one in found.after.items() if one != found.before.get(userid)])
    ended += end_roles(tx, found.plan.end, now)
    for row, rule in found.plan.hand_on:
        directory.hand_on(tx, row, rule)
    _rename(tx, found)
    came = sum(1 for userid in found.after if userid not in found.before)
    _done(tx, kept.state, seen, (came, len(found.leaving), given, ended), now)
    return True


def compared(tx: Tx, seen: Seen, now: datetime) -> Comparison:
    """What a comparison would change."""
    before, persons = directory.every_member(tx), directory.persons(tx)
    after = members_after(seen, before, persons)
    here = [userid for userid, one in before.items() if one.left_at is None]
    gone = [userid for userid in here if userid not in after]
    stay = {persons[userid] for userid in after if userid in persons}
    lost = {persons[userid] for userid in gone if userid in persons} - stay
    held = {person: given for person, given in directory.held(tx, now).items() if person not in lost}
    made = plan(fitting(directory.rules(tx), seen.departments, after.values()), persons, held)
    ending = {person for person, _row in made.end}
    many = too_many(len(gone), len(here)) or too_many(len(ending), sum(map(_by_rule, held.values())))
    return Comparison(seen, before, after, persons, gone, made, len(gone) + len(ending), many)


def _by_rule(given: list[Given]) -> bool:
    return any(one.rule is not None for one in given)


def _hold(tx: Tx, state: State, found: Comparison, now: datetime) -> None:
    changed = msgspec.structs.replace(state, held=found.losing, allowed=0, trouble="", tell=())
    directory.keep(tx, changed, found.seen.wanted)
    if state.held != found.losing or state.tell:
        log.warning("a comparison with the directory waits for a yes", losing=found.losing)
        tell(tx, partial(_asked, found.losing), now)


def _asked(losing: int) -> Message:
    text = _(
        "By what WeCom says now, {count} people would lose their rights here at once. That may be a mistake of the "
        "platform, so nothing was changed. Are they really not in charge any more?",
        count=losing,
    )
    buttons = (Button(_("Yes, carry it out"), "f:directory_yes"), Button(_("Compare again"), "f:directory:now"))
    return Message(text, _("WeCom's directory"), buttons=(buttons,))


def _done(tx: Tx, state: State, seen: Seen, report: tuple[int, int, int, int], now: datetime) -> None:
    tags = {str(number): name for number, name in seen.tags.items()}
    kept = State(on=state.on, missing=state.missing, compared_at=seen.begun, tags=tags, report=report)
    directory.keep(tx, kept, seen.wanted)
    for person in state.tell:
        _put(tx, person, partial(_reported, report), now)


def _reported(report: tuple[int, int, int, int]) -> Message:
    return Message(report_words(report), buttons=((Button(_("WeCom's directory"), "f:directory"),),))


def report_words(report: tuple[int, int, int, int]) -> str:
    """What a comparison has changed, in words."""
    came, went, given, ended = report
    if not any(report):
        return _("Compared with WeCom: everything is as it was.")
    return _(
        "Compared with WeCom: {came} came, {went} left; {given} role(s) given, {ended} ended.",
        came=came,
        went=went,
        given=given,
        ended=ended,
    )


# --- leaving ----------------------------------------------------------------------------------------------------


def gone(tx: Tx, userid: str, now: datetime) -> int:
    """A member has left: every right ends at once, open tasks go on, nothing is written there; how many roles ended."""
    directory.left(tx, userid, now)
    address, person = people.find(tx, CHANNEL, userid) or (None, None)
    if address is None or person is None:
        return 0
    people.unreachable(tx, address.id)
    try:
        return leaving.leave(tx, person.id, now).ended
    except leaving.RoleIsOver:
        return 0
    except leaving.LastAdministrator:
        return end_roles(tx, [(person.id, row) for row in roles.own(tx, person.id, now)], now)


def _left_by_comparison(tx: Tx, found: Comparison, now: datetime) -> int:
    stay = {one.person for one in found.after.values() if one.person is not None}
    ended = 0
    for userid in found.leaving:
        if found.persons.get(userid) in stay:  # they have another userid
            directory.left(tx, userid, now)
        else:
            ended += gone(tx, userid, now)
    return ended


def end_roles(tx: Tx, ending: list[tuple[int, int]], now: datetime) -> int:
    """End these roles, by person and row; the last administrator stays one, and it is told. How many have ended."""
    ended = 0
    for person, row in ending:
        try:
            ended += leaving.take(tx, person, row, now).ended
        except leaving.LastAdministrator:
            directory.hand_on(tx, row, None)
            log.error("the last administrator is not one by the directory any more, and stays one")
            tell(tx, partial(_last, _name(tx, person)), now, other=Role.DISPATCHER)
        except leaving.RoleIsOver:
            continue
    return ended


def _name(tx: Tx, person: int) -> str:
    found = people.get(tx, person)
    return found.name if found else ""


def _last(name: str) -> Message:
    text = _(
        "By WeCom's directory {name} is not the administrator any more, but there is no other. They stay it until "
        "somebody else is: an administrator, or whoever runs the server, invites one.",
        name=name,
    )
    return Message(text, buttons=((Button(_("Main menu"), "f:start"),),))


# --- coming -----------------------------------------------------------------------------------------------------


def _come_back(tx: Tx, found: Comparison, now: datetime) -> None:
    """A userid that had left is there again: the same person by the same name, else somebody new."""
    for userid, one in found.after.items():
        old = found.before.get(userid)
        if old is None or old.left_at is None or one.person is None:
            continue
        person = one.person
        if old.name not in ("", userid) and one.name not in ("", userid, old.name):
            person = people.create(tx, tx.office.language, now, name=one.name).id
        people.add_door(tx, person, CHANNEL, userid, now)
        _known(found, userid, person)


def _known(found: Comparison, userid: str, person: int) -> None:
    found.persons[userid] = person
    found.after[userid] = replace(found.after[userid], person=person)


def _give(tx: Tx, found: Comparison, now: datetime) -> int:
    given = 0
    for userid, rule in found.plan.give:
        if userid not in found.persons:
            name = found.after[userid].name or userid
            _address, person = people.meet(tx, CHANNEL, userid, tx.office.language, now, name=name)
            assert person is not None
            _known(found, userid, person.id)
        who = found.persons[userid]
        if people.give_role(tx, who, rule.role, now, rule.unit, rule.project, rule=rule.id):
            roles.left(tx, who, None)
            appointing.tell(tx, Holding(who, *rule.place), now)
            given += 1
    return given


def _rename(tx: Tx, found: Comparison) -> None:
    """People are called as the directory calls them, unless somebody here has corrected that."""
    renamed = {
        one.person: (one.name, ("", userid, found.before[userid].name if userid in found.before else ""))
        for userid, one in found.after.items()
        if one.person is not None and one.name not in ("", userid)
    }
    known = people.many(tx, renamed) if renamed else {}
    for person, (name, earlier) in renamed.items():
        if person in known and known[person].name != name and known[person].name in earlier:
            people.change(tx, person, name=name)


# --- what is said -----------------------------------------------------------------------------------------------


def tell(tx: Tx, make: Callable[[], Message], now: datetime, *, other: Role | None = None) -> None:
    """Administrators, and who has the other role, hear something within office hours; make: makes it, in a language."""
    for one in recipients.in_role(tx, Role.ADMINISTRATOR, now, other=other):
        _put(tx, one.person.id, make, now)


def _put(tx: Tx, person: int, make: Callable[[], Message], now: datetime) -> None:
    one = recipients.one(tx, person)
    if one is None:
        return
    with speaking(one.person.language):
        message = make()
    later = hours.for_official(now, tx.office)
    outbox.say(tx, one.address, person, message, now, priority=Priority.TASK, not_before=later)
