"""Conditions under which a row of MOVES holds, and guards: why a move that the table allows is refused all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.case import Actor, AssignmentState, Case, Status
from domain.errors import Missing, NoPauseLeft, OnlyInquiries, Refused, TooLate, TooSoon
from domain.office import Office

Facts = Mapping[str, Any]
Guard = Callable[[Case, Facts, datetime, Office], Refused | None]
Condition = Callable[[Case, Actor], bool]


def unsigned_part(case: Case, actor: Actor) -> bool:
    """The actor's unit assists and has not signed yet."""
    part = case.of_unit(actor.unit)
    return part is not None and not part.lead and part.state is AssignmentState.ASSIGNED


def has_lead(case: Case, actor: Actor) -> bool:
    """A unit has the case."""
    return case.lead is not None


def has_no_lead(case: Case, actor: Actor) -> bool:
    """No unit ever had the case: it was answered at once."""
    return case.lead is None


def only_inquiries(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """Some kinds may be answered at once (by default inquiries)."""
    return None if office.rulebook.kinds[case.kind].answer_at_once else OnlyInquiries()


def pause_left(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """The owner is asked once before acceptance, and for so many working days in all."""
    asked_once = case.status is Status.FILED and case.accept_paused
    spent = case.paused_days >= office.rulebook.supplement_pool_days
    return NoPauseLeft() if asked_once or spent else None


def once_a_working_day(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """A case is urged once a working day."""
    if case.urged_at is None:
        return None
    free = office.calendar.next_working_day(office.calendar.today(case.urged_at))
    return TooSoon(day=free) if office.calendar.today(now) < free else None


def within_redo(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """Redo is open for so many calendar days after the answer."""
    last = last_redo(case, office)
    return TooLate(day=office.calendar.today(last)) if last is not None and now > last else None


def last_redo(case: Case, office: Office) -> datetime | None:
    """Until when the case may be redone; None where it was not answered."""
    return case.answered_at and case.answered_at + timedelta(days=office.rulebook.redo_calendar_days)


def sound_units(case: Case, facts: Facts, now: datetime, office: Office) -> Refused | None:
    """The lead unit does not also assist."""
    return Missing(what="lead") if facts["lead"] in facts.get("assisting", ()) else None
