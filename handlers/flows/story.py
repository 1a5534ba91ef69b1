"""A case told step by step, and its clock explained day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from domain.case import Case, Role
from domain.deadlines import Deadline
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from domain.workdays import Counted
from handlers import attached, cards, inside, phrases
from handlers.turn import Turn
from handlers.words import N_, _
from storage import deadlines, events, people, units
from storage.events import Step

MOVE_WORDS: dict[str, str] = {
    "file": N_("filed"),
    "ask": N_("asked the owner for more"),
    "supply": N_("sent what was asked for"),
    "lapse": N_("the time to add ran out"),
    "add": N_("added something"),
    "answer_at_once": N_("answered at once"),
    "accept": N_("accepted"),
    "dispatch": N_("handed to a unit"),
    "sign": N_("signed by the unit"),
    "progress": N_("reported progress"),
    "assist_done": N_("the assisting unit has done its part"),
    "answer": N_("answered"),
    "visit": N_("the owner has rated"),
    "call": N_("the office phoned"),
    "silence": N_("closed without a rating"),
    "redo": N_("to be redone"),
    "urge": N_("urged"),
    "withdraw": N_("withdrawn"),
    "propose_refusal": N_("proposed not to accept it"),
    "refuse": N_("not accepted"),
    "deny_refusal": N_("did not agree to refuse it"),
    "object": N_("objected"),
    "uphold": N_("the refusal stays"),
    "return": N_("sent it back"),
    "involve": N_("asked another unit to assist"),
    "reassign": N_("gave it to other hands"),
    "ask_time": N_("asked for more time"),
    "grant_time": N_("granted more time"),
    "deny_time": N_("granted no more time"),
    "propose_answer": N_("wrote an answer for the head to release"),
    "release": N_("released the answer"),
    "send_back": N_("sent the answer back"),
    "conclude": N_("gave the conclusion of the final review"),
    "merge": N_("joined with others like it"),
    "unmerge": N_("handled by itself again"),
    "follow": N_("went on with the group"),
    "succeed": N_("leads the group now"),
    "answer_with": N_("answered together with the group"),
    "reclassify": N_("treated as another kind"),
    "propose_termination": N_("proposed to end it"),
    "terminate": N_("ended"),
    "deny_termination": N_("did not agree to end it"),
    "transfer": N_("passed to another body"),
    "relay": N_("passed on the other body's answer"),
    "supervise": N_("wrote a supervision letter"),
    "repay": N_("money was paid back"),
    "censure": N_("entered in the accountability ledger"),
    "recuse": N_("kept from somebody it is about"),
}


def told(turn: Turn, case: Case) -> Message:
    """The whole timeline, oldest first, with the files of the case."""
    lines = steps(turn, case)
    shown = tuple(record.attachment for record in attached.of_case(turn, case))
    title = _("The story of {number}", number=case.number)
    back = Button(_("Back to the case"), f"f:case:{case.id}")
    watched = case.owner == turn.person.id or turn.holds(*RIGHTS[Right.READING_LOG])
    readers = (Button(_("Who has read it?"), f"f:readers:{case.id}"),) if watched else ()
    return Message("\n\n".join(lines), title, buttons=((back, *readers),), files=shown)


def steps(turn: Turn, case: Case) -> list[str]:
    """Every step of a case in words, oldest first: when, who and what in the first line, what was said below it."""
    names = units.names(turn.tx)
    kept = [step for step in events.of_case(turn.tx, case.id) if _may_read(turn, case, step)]
    acted = {person for step in kept for person in (step.actor, (step.content or {}).get("for"))}
    who = people.many(turn.tx, [person for person in acted if person])
    known = {p: person.name for p, person in who.items()}
    return [_step_words(turn, case, step, names, known) for step in kept]


def _may_read(turn: Turn, case: Case, step: Step) -> bool:
    """Whether a step is one this viewer reads."""
    return inside.is_seen(step) or not attached.as_owner(turn, case)


def _step_words(turn: Turn, case: Case, step: Step, names: dict[int, str], people_names: dict[int, str]) -> str:
    when = phrases.moment_words(step.at, turn.office, turn.now)
    what = _(MOVE_WORDS.get(step.move, step.move))
    actor = _actor_words(turn, case, step, names, people_names)
    content = step.content or {}
    said = content.get("facts") or content.get("text") or content.get("words") or ""
    if step.move == "dispatch":
        said = names.get(content.get("lead", 0), "")
    if step.move == "visit":
        said = " ".join(part for part in (_level(content), said) if part)
    if inside.is_of_others(step, {holding.unit for holding in turn.holdings}):
        said = ""
    if step.move in inside.WORDS_INSIDE and attached.as_owner(turn, case):
        said = ""
    if step.content is None:
        said = _("(erased by law)")
    return "\n".join(part for part in (f"{when} · {actor}{what}", said) if part)


def _level(content: dict[str, object]) -> str:
    level = content.get("level")
    return _(phrases.LEVELS[level]) if isinstance(level, int) and level in phrases.LEVELS else ""


def _actor_words(turn: Turn, case: Case, step: Step, names: dict[int, str], people_names: dict[int, str]) -> str:
    if step.role == Role.CLOCK:
        return ""
    if step.role in (Role.OWNER, Role.MONITOR):
        return "" if case.owner == turn.person.id else f"{_('owner')} "
    deputy = _deputy_words(turn, case, step, people_names)
    if step.unit is not None:
        return f"{names.get(step.unit, '')}{deputy} "
    inside = turn.official and step.actor is not None
    return f"{people_names.get(step.actor or 0, '') if inside else _('the office')}{deputy} "


def _deputy_words(turn: Turn, case: Case, step: Step, people_names: dict[int, str]) -> str:
    """That a deputy acted: for whom, where officials read it; names of officials are not for the owner."""
    absent = (step.content or {}).get("for")
    if not absent:
        return ""
    if case.owner == turn.person.id or not turn.official:
        return _(" (a deputy)")
    deputy = people_names.get(step.actor or 0, "") if step.unit is not None else ""
    return _(" {deputy} (for {name})", deputy=deputy, name=people_names.get(absent, "")).replace("  ", " ")


# --- the clock, explained ---------------------------------------------------------------------------------------

REASONS: dict[str, str] = {
    "start": N_("the day it began; counting starts the next working day"),
    "weekend": N_("weekend, not counted"),
    "holiday": N_("{name} holiday, not counted"),
    "closure": N_("office closed ({name}), not counted"),
    "pause": N_("waiting for an addition, not counted"),
}
COUNTED: dict[str, str] = {
    "workday": N_("working day {n}"),
    "makeup": N_("make-up working day ({name}): working day {n}"),
    "start": N_("working day {n}"),
    "weekend": N_("day {n}"),
    "holiday": N_("day {n}"),
}


@dataclass(frozen=True, slots=True)
class _Run:
    first: date
    last: date
    words: str


def explained(turn: Turn, case: Case) -> Message:
    """Every day the deadline counted and every day it skipped, with the reason."""
    deadline = pressing(turn, case)
    back = (Button(_("Back to the case"), f"f:case:{case.id}"),)
    if deadline is None:
        return Message(_("No date is running for this case now."), buttons=(back,))
    return Message("\n".join(reckoned(turn, deadline)), _("Why this date?"), buttons=(back,))


def reckoned(turn: Turn, deadline: Deadline) -> list[str]:
    """How a deadline was reckoned: what, from when to when, and every day it counted or skipped with the reason."""
    days = turn.office.calendar.explain(deadline.started_at, deadline.limit, deadline.pauses)
    head = _(
        "{what}: {limit}, from {start} to {end}.",
        what=_(phrases.TERMS[deadline.term]).capitalize(),
        limit=phrases.limit_words(deadline.limit),
        start=phrases.moment_words(deadline.started_at, turn.office, turn.now),
        end=phrases.due_words(deadline, turn.office, turn.now),
    )
    lines = [_run_words(run) for run in _runs(days)]
    if deadline.due.provisional:
        lines.append(_("The holidays of that time are not announced yet; the date never moves nearer because of them."))
    return [head, *lines]


def pressing(turn: Turn, case: Case) -> Deadline | None:
    """The deadline a viewer asks about: the one the owner is told, or else the first that ends."""
    live = deadlines.of_case(turn.tx, case.id)
    told_one = cards.told_deadline(case, live)
    return told_one or min(live, key=lambda one: one.due.at, default=None)


def _runs(days: Iterable[Counted]) -> list[_Run]:
    """Days skipped for one reason stand in one line; a counted day has its own."""
    found: list[_Run] = []
    for (_number, words), group in groupby(days, key=lambda day: (day.number, _day_reason(day))):
        run = list(group)
        found.append(_Run(run[0].day, run[-1].day, words))
    return found


def _day_reason(day: Counted) -> str:
    if day.counted:
        return _(COUNTED.get(day.reason, COUNTED["workday"]), n=day.number, name=day.name)
    return _(REASONS.get(day.reason, REASONS["weekend"]), name=day.name)


def _run_words(run: _Run) -> str:
    span = phrases.day_words(run.first)
    if run.last != run.first:
        span = f"{span} – {phrases.day_words(run.last)}"
    return f"· {span}  {run.words}"
