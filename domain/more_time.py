"""More time for a unit: asked for in time, once, and not for longer than the limit once more."""

from __future__ import annotations

from datetime import date

from domain.case import ApprovalState, AssignmentState, Matter
from domain.deadlines import WORK_TERMS, Deadline, extended
from domain.errors import AskedTooLate, Missing, NotLater, OnceOnly, Refused, TooLong
from domain.office import Office
from domain.scene import Scene


def asked_in_time(scene: Scene) -> Refused | None:
    """More time is asked for once, so many working days before the limit ends at the latest."""
    running = _work_deadline(scene)
    if running is None or _extended_before(scene):
        return OnceOnly()
    calendar, days = scene.office.calendar, scene.office.rulebook.extend_before_days
    last = calendar.back(running.due.day, days)
    return AskedTooLate(day=last) if calendar.today(scene.now) > last else None


def a_later_date(scene: Scene) -> Refused | None:
    """The new date lies after the old one, and not further than the limit once more."""
    running, wanted = _work_deadline(scene), scene.facts.get("date")
    if running is None or not wanted:
        return None
    day = as_day(wanted)
    if day is None:
        return Missing(what="date")
    new = extended(running, day, scene.office)
    if new.due.at <= running.due.at:
        return NotLater(day=running.due.day)
    longest = latest_extension(running, scene.office)
    return TooLong(day=longest) if day > longest else None


def latest_extension(running: Deadline, office: Office) -> date:
    """The last day a deadline may be extended to: its limit once more, counted from its end."""
    return office.calendar.due(running.due.at, running.limit).day


def as_day(wanted: object) -> date | None:
    """A day written as 2026-11-21; None for anything else."""
    try:
        return date.fromisoformat(str(wanted))
    except ValueError:
        return None


def _work_deadline(scene: Scene) -> Deadline | None:
    return scene.running(WORK_TERMS, scene.actor.unit)


def _extended_before(scene: Scene) -> bool:
    units = {scene.actor.unit, *_had_it_before(scene)}
    asked = [a for a in scene.case.approvals if a.matter is Matter.EXTENSION and a.unit in units]
    held = {ApprovalState.PENDING, ApprovalState.GRANTED}
    return any(a.state in held and a.round == scene.case.round for a in asked)


def _had_it_before(scene: Scene) -> set[int]:
    """The units whose part the actor's unit was given, with the limit that ran on it."""
    own = scene.case.of_unit(scene.actor.unit)
    recalled = [a for a in scene.case.assignments if a.state is AssignmentState.RECALLED]
    return {a.unit for a in recalled if own is not None and (a.round, a.lead) == (own.round, own.lead)}
