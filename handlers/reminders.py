"""Deadlines that have reached a rung: what the clock does by itself, whom it reminds, and the officials' digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType

import structlog

from domain import ladder
from domain.case import CLOCK, Actor, Case, Role, Status
from domain.deadlines import Deadline, DeadlineState, Term, void
from domain.errors import QinqingError
from domain.ladder import Reached, To
from domain.messages import Button, Message
from domain.permits import may_see
from handlers import casework, gathered, hours, phrases, visit_question
from handlers.apart import apart
from handlers.gathered import News
from handlers.words import N_, _, speaking
from storage import cases, deadlines, events, outbox, people, recipients, reminders, visits
from storage.deadlines import Climber
from storage.outbox import Priority
from storage.recipients import Recipient
from storage.reminders import Reminder
from storage.said import delivered_at
from storage.transaction import Tx

log = structlog.get_logger()

ROLES_OF: Mapping[To, Role] = MappingProxyType(
    {
        To.LIAISON: Role.LIAISON,
        To.HEAD: Role.HEAD,
        To.DISPATCHER: Role.DISPATCHER,
        To.APPROVER: Role.APPROVER,
    }
)


@dataclass
class Climb:
    """One batch: what was looked up once, and what it has done."""

    tx: Tx
    now: datetime
    cases: dict[int, Case] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    fired: list[tuple[Deadline, datetime]] = field(default_factory=list)
    queued: list[Reminder] = field(default_factory=list)
    _holders: dict[tuple[Role, int | None], list[Actor]] = field(default_factory=dict)

    def holders(self, role: Role, unit: int | None = None) -> list[Actor]:
        """Who acts in a role now, deputies too, looked up once a batch."""
        if (role, unit) not in self._holders:
            found = people.holders(self.tx, role, self.now, unit)
            self._holders[role, unit] = [holding.actor for holding in found]
        return self._holders[role, unit]


def climb(tx: Tx, now: datetime, most: int = 500) -> int:
    """Fire what up to `most` deadlines have reached; returns for how many that was done. Each rung fires once."""
    due = deadlines.due(tx, now, most)
    if not due:
        return 0
    batch, done = Climb(tx, now, cases.many(tx, (climber.deadline.case for climber in due))), 0
    with gathered.gathering(tx, now):
        for climber in due:
            with apart(tx, "climb", deadline=climber.deadline.id), gathered.gathering(tx, now):
                _climb_one(batch, climber)
                done += 1
    reminders.add(tx, batch.queued)
    deadlines.climbed(tx, batch.fired)
    return done


def _climb_one(batch: Climb, climber: Climber) -> None:
    deadline, tx = climber.deadline, batch.tx
    if deadline.case in batch.moved:
        return  # a move in this batch has changed its deadlines: the next batch sees them as they are
    reached = ladder.due_between(deadline, climber.climbed_at, batch.now, tx.office)
    acts = [r for r in reached if r.rung.move]
    spoken = [r for r in reached if not r.rung.move]
    if acts and _acted(batch, deadline, acts[-1]):
        return
    if spoken:
        _speak(batch, deadline, spoken[-1])  # after downtime only the last rung passed is worth saying
    batch.fired.append((deadline, batch.now))


def _acted(batch: Climb, deadline: Deadline, reached: Reached) -> bool:
    """Do what the rung does by itself; whether that moved the case."""
    tx, case = batch.tx, batch.cases[deadline.case]
    if reached.rung.move == "call":
        _call_if_undelivered(tx, case, batch.now)
        return False
    if reached.rung.move == "silence" and not _reminded_enough(batch, case):
        return True
    try:
        with gathered.gathering(tx, batch.now), tx.savepoint():
            casework.act(tx, case.id, reached.rung.move, CLOCK, batch.now)
    except QinqingError as error:
        log.warning("clock refused", case=case.number, move=reached.rung.move, why=type(error).__name__)
        return False
    batch.moved.add(case.id)
    return True


def _reminded_enough(batch: Climb, case: Case) -> bool:
    """Silence closes only after the owner's reminders, or a logged call. Where our own downtime ate the reminders, the
    owner is reminded now, and the days of silence begin anew."""
    tx, live = batch.tx, deadlines.of_case(batch.tx, case.id)
    asked = next((one for one in live if one.term is Term.VISIT), None)
    wanted = [r for r in ladder.rungs(asked, tx.office) if To.OWNER in r.rung.to] if asked else []
    said = {one.rung for one in reminders.of_case(tx, case.id) if asked and one.deadline == asked.id}
    missing = [reached for reached in wanted if reached.rung.name not in said]
    if asked is None or not missing or case.owner is None or _phoned(tx, case):
        return True
    for one in live:
        if one.term is Term.CLOSE:
            deadlines.keep(tx, void(one, batch.now), batch.now)
    casework.begin_silence(tx, case, batch.now)
    _remind_owner(batch, case, asked, missing[0])
    rest = [Reminder(asked.id, r.rung.name, case.owner, case.id, "", r.at) for r in missing[1:]]
    reminders.add(tx, rest, told_at=batch.now)
    batch.moved.add(case.id)
    return False


def _phoned(tx: Tx, case: Case) -> bool:
    """Whether a call was logged in this round: it stands in for the reminders."""
    call = events.latest(tx, case.id, "call")
    return call is not None and (case.answered_at is None or call.at >= case.answered_at)


def _call_if_undelivered(tx: Tx, case: Case, now: datetime) -> None:
    """A visit question that reached nobody never closes a case: it becomes a call task."""
    delivered = delivered_at(tx, visit_question.visit_name(case))
    if case.status is Status.ANSWERED and delivered is None:
        visits.owe_call(tx, case.id, "visit", case.round, now)


def _speak(batch: Climb, deadline: Deadline, reached: Reached) -> None:
    case = batch.cases[deadline.case]
    if To.OWNER in reached.rung.to:
        _remind_owner(batch, case, deadline, reached)
        return
    for person in _recipients(batch, case, deadline, reached.rung.to):
        colour = str(reached.rung.colour)
        batch.queued.append(Reminder(deadline.id, reached.rung.name, person, case.id, colour, reached.at))


def _recipients(batch: Climb, case: Case, deadline: Deadline, to: tuple[To, ...]) -> list[int]:
    unit = deadline.unit
    found: list[Actor] = []
    for one in to:
        if one is To.HANDLER:
            found += _handlers(batch, case, unit)
        else:
            of_unit = unit if one in (To.LIAISON, To.HEAD) else None
            found += batch.holders(ROLES_OF[one], of_unit)
    return list(dict.fromkeys(one.person for one in found if one.person is not None and may_see(case, one)))


def _handlers(batch: Climb, case: Case, unit: int | None) -> list[Actor]:
    """Who handles the unit's part, and whoever stands in for them; all who could, where they work there no more."""
    part = case.of_unit(unit) if unit else None
    staff = batch.holders(Role.HANDLER, unit)
    if part is None or part.handler is None:
        return staff
    able = (*staff, *batch.holders(Role.LIAISON, unit), *batch.holders(Role.HEAD, unit))
    theirs = [one for one in able if part.handler in one.persons]
    return theirs or staff


# --- owners ---------------------------------------------------------------------------------------------------


def _supplement_words(tx: Tx, case: Case, deadline: Deadline, now: datetime) -> Message:
    asked = events.latest(tx, case.id, "ask")
    text = _(
        "Your case {number} waits for you. Still needed:\n{text}\n"
        "Please send it by {when}; after that we go on without it.",
        number=case.number,
        text=(asked.content or {}).get("text", "") if asked else "",
        when=phrases.due_words(deadline, tx.office, now),
    )
    return Message(text, buttons=((Button(_("Send it now"), f"f:add:{case.id}"),),), until=deadline.due.at)


def _visit_words(tx: Tx, case: Case, deadline: Deadline, now: datetime) -> Message:
    return visit_question.worded(tx, case, now, _("A reminder: your word is still missing."))


OWNER_WORDS: Mapping[str, Callable[[Tx, Case, Deadline, datetime], Message]] = MappingProxyType(
    {"supplement": _supplement_words, "visit": _visit_words}
)
#: The words for more than a handful of them at one moment.
OWNER_MANY: Mapping[str, str] = MappingProxyType(
    {
        "supplement": N_("{count} of your cases wait for you. Tap one to see what is needed, and to send it:"),
        "visit": N_("{count} of your cases are answered, and your word is still missing. Tap one to say how it is:"),
    }
)


def _remind_owner(batch: Climb, case: Case, deadline: Deadline, reached: Reached) -> None:
    tx = batch.tx
    one = recipients.told_at(tx, case.owner) if case.owner else None
    if one is None:
        if deadline.term is Term.VISIT:
            visits.owe_call(tx, case.id, "visit", case.round, batch.now)
        return
    person = one.person
    if _moves_by_itself(batch, case):
        return
    once = Reminder(deadline.id, reached.rung.name, person.id, case.id, "", reached.at)
    if not reminders.add(tx, [once], told_at=batch.now):
        return
    with speaking(person.language):
        message = OWNER_WORDS[deadline.term](tx, case, deadline, batch.now)
    alone = partial(_say_reminder, batch, case, one, message)
    gathered.tell(News(one, case, OWNER_MANY[deadline.term], "", alone))


def _say_reminder(batch: Climb, case: Case, one: Recipient, message: Message) -> None:
    tx, person = batch.tx, one.person
    later = hours.for_owner(batch.now, tx.office)
    about = visit_question.visit_name(case) if case.status is Status.ANSWERED else ""
    outbox.say(tx, one.address, person.id, message, batch.now, priority=Priority.NEWS, not_before=later, about=about)


def _moves_by_itself(batch: Climb, case: Case) -> bool:
    """Whether the clock moves this case in a moment, after downtime: a reminder would come with what it warns of."""
    running = [one for one in deadlines.of_case(batch.tx, case.id) if one.state is DeadlineState.RUNNING]
    reached = [r for one in running for r in ladder.due_between(one, None, batch.now, batch.tx.office)]
    return any(r.rung.move and r.rung.move != "call" for r in reached)


RUNG_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "filed": N_("new"),
        "near": N_("due soon"),
        "tomorrow": N_("due tomorrow"),
        "today": N_("due today"),
        "overdue": N_("overdue"),
    }
)
