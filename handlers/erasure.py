"""Erasing: what an owner asks to be forgotten, and what the law does not bind the office to keep any longer.

The reasons and the alternatives: docs/decisions/0009-erasure.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.case import OPEN, Case
from domain.deadlines import DeadlineState
from domain.errors import Refused
from domain.messages import Button, Message
from domain.people import is_official
from domain.retention import BINDING_PAPERS, MESSAGES_DAYS, SECOND_THOUGHTS, THOUGHTS_OF_A_LETTER, erased_on
from handlers import confirmations, likely, phrases, traces
from handlers.words import _, speaking
from storage import (
    cases,
    deadlines,
    erasure,
    events,
    outbox,
    people,
    recipients,
    retention,
    search,
    units,
    visits,
    wishes,
)
from storage.transaction import Tx
from storage.wishes import Wish


class StillOpen(Refused):
    """Case {number} is still open. Withdraw it or let it end first; then everything can be erased."""


class InOffice(Refused):
    """You hold a role here. Ask the administrator to end it first; then your own data can be erased."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What erasing somebody would come to: cases still open, cases erased, cases kept until a day."""

    open: tuple[Case, ...]
    ended: tuple[Case, ...]
    bound: tuple[tuple[Case, date], ...]


def standing(tx: Tx, person: int) -> Standing:
    """What there is of a person to erase now."""
    found = list(cases.many(tx, retention.of_owner(tx, person)).values())
    held = retention.called_to_account(tx, [case.id for case in found], BINDING_PAPERS)
    ended = [case for case in found if case.status not in OPEN]
    return Standing(
        tuple(case for case in found if case.status in OPEN),
        tuple(case for case in ended if case.id not in held),
        tuple((case, day_of(tx, case, bound=True)) for case in ended if case.id in held),
    )


def day_of(tx: Tx, case: Case, *, bound: bool) -> date:
    """The office's day on which an ended case is erased by itself."""
    ended = tx.office.calendar.today(case.status_at or case.filed_at)
    return erased_on(case.kind, case.status, ended, bound=bound)


def ask(tx: Tx, person: int, by: int | None, now: datetime) -> None:
    """Have a person erased after the time for second thoughts. Raises StillOpen, InOffice."""
    erasable(tx, person, now)
    if asked(tx, person) is None:
        wishes.add(tx, person, by, now)


def asked(tx: Tx, person: int) -> Wish | None:
    """The erasure a person waits for."""
    return next((wish for wish in wishes.of_person(tx, person) if wish.done_at is None), None)


def ask_for(tx: Tx, person: int, by: int | None, now: datetime) -> None:
    """The same for somebody who asked by letter: they are told, and may still object in their chat."""
    ask(tx, person, by, now)
    one = recipients.one(tx, person)
    if one is None:
        return
    with speaking(one.person.language):
        text = _(
            "The office was asked by letter to erase what it keeps about you. It is done at {when}. If you did not "
            "ask for this, tap below.",
            when=phrases.moment_words(now + THOUGHTS_OF_A_LETTER, tx.office, now),
        )
        message = Message(text, buttons=((Button(_("Keep my data"), "f:keep"),),))
    outbox.say(tx, one.address, person, message, now)


def erasable(tx: Tx, person: int, now: datetime) -> Standing:
    """What erasing this person comes to. Raises InOffice for whoever has a role, StillOpen where a case is open."""
    found = standing(tx, person)
    if is_official(people.holdings(tx, person, now)):
        raise InOffice()
    if found.open:
        raise StillOpen(number=found.open[0].number)
    return found


def done_at(wish: Wish) -> datetime:
    """When an erasure that was asked for is done."""
    return wish.at + (SECOND_THOUGHTS if wish.by == wish.person else THOUGHTS_OF_A_LETTER)


def carry_out(tx: Tx, now: datetime) -> int:
    """Do every erasure whose time for second thoughts is over; returns how many."""
    due = [wish for wish in wishes.wanted(tx) if done_at(wish) <= now]
    for wish in due:
        wishes.done(tx, wish.id, _carried_out(tx, wish, now), now)
    return len(due)


def _carried_out(tx: Tx, wish: Wish, now: datetime) -> dict[str, int]:
    try:
        return dict(person(tx, wish.person, now))
    except Refused:
        _tell_not_done(tx, wish.person, now)
        return {"not done": 1}


def _tell_not_done(tx: Tx, person_id: int, now: datetime) -> None:
    one = recipients.one(tx, person_id)
    if one is None:
        return
    with speaking(one.person.language):
        text = _("Your data was not erased: something of yours is open again. Let it end, then ask once more.")
        message = Message(text, buttons=((Button(_("My cases"), "f:my"), Button(_("Erase my data"), "f:erase")),))
    outbox.say(tx, one.address, person_id, message, now)


def person(tx: Tx, person_id: int, now: datetime) -> Counter[str]:
    """Erase a person now, with every ended case that need not be kept; returns what was touched, by sort.

    The name stays where the person acted in office, or where a case must be kept. Raises StillOpen, InOffice.
    """
    found = erasable(tx, person_id, now)
    known = people.get(tx, person_id)
    name = known.name if known else ""
    words = _words_of_person(tx, person_id)
    counts = _cases(tx, found.ended, now, words)
    kept = name if found.bound or retention.ever_in_office(tx, person_id) else ""
    for door in erasure.doors(tx, person_id):
        confirmations.forget(tx, door.channel, door.address)
    counts.update(erasure.of_person(tx, person_id, now, name=kept))
    counts["bound"] = len(found.bound)
    return counts


def _words_of_person(tx: Tx, person_id: int) -> set[str]:
    """Name, enterprise and phone, as far as nobody else would be hit by looking for them."""
    known = people.get(tx, person_id)
    if known is None:
        return set()
    names = {known.enterprise} | ({known.name} if not retention.has_namesakes(tx, person_id, known.name) else set())
    return {name for name in names if len(name) > 1} | traces.phone_forms(known.phone)


def case(tx: Tx, case_id: int, now: datetime) -> Counter[str]:
    """Erase one ended case, for an owner the office does not know as a person. Raises StillOpen."""
    found = cases.lock(tx, case_id)
    if found is None:
        return Counter()
    if found.status in OPEN:
        raise StillOpen(number=found.number)
    return _cases(tx, [found], now, set())


def _cases(tx: Tx, found: Sequence[Case], now: datetime, words: set[str]) -> Counter[str]:
    """Erase cases whose texts may still stand in what officials were shown."""
    if not found and not words:
        return Counter()
    marks = traces.of_cases(found, words | traces.words_of(tx, found))
    return forget(tx, found, marks, now)


def forget(tx: Tx, found: Sequence[Case], marks: traces.Traces, now: datetime) -> Counter[str]:
    """Take the words out of ended cases, of what was learned from them, and of wherever their traces stand."""
    for one in found:
        search.forget(tx, one.id)
        _unlearn(tx, one)
        visits.call_done(tx, one.id, None, now)
        for clock in deadlines.of_case(tx, one.id):
            deadlines.keep(tx, replace(clock, state=DeadlineState.VOID), now)
    counts = Counter(erasure.of_cases(tx, [one.id for one in found], now))
    counts["traces"] = traces.wipe(tx, marks, now - timedelta(days=MESSAGES_DAYS))
    return counts


def _unlearn(tx: Tx, case: Case) -> None:
    terms = likely.terms_of(case.facts)
    for step in events.of_case(tx, case.id):
        if step.move == "dispatch" and step.content:
            units.unlearn(tx, step.content["lead"], terms)
