"""Cases as people see them: a line, a card with the buttons that fit the viewer, a list of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import ladder, lifecycle
from domain.case import OFFICIAL_ROLES, UNIT_ROLES, Actor, Case, Kind, Role, Status
from domain.deadlines import DECISION_TERMS, Deadline, DeadlineState, Term
from domain.messages import Button, Message, rows
from domain.permits import may_know_owner, may_see
from handlers import inside, likely, likeness, phrases, proposals
from handlers.phones import phone_words
from handlers.phrases import MARKS
from handlers.registry import FLOWS
from handlers.words import N_, _
from handlers.worklist import DESK_TERMS, UNIT_TERMS, Task
from storage import deadlines, people, units
from storage.transaction import Tx

#: What an official's card offers: (move, flow, label), shown where the move is allowed.
OFFICIAL_BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("accept", "take", N_("Accept and dispatch")),
    ("dispatch", "take", N_("Dispatch")),
    ("answer_at_once", "answer_now", N_("Answer at once")),
    ("sign", "sign", N_("Sign")),
    ("progress", "progress", N_("Report progress")),
    ("assist_done", "assist_done", N_("Our part is done")),
    ("answer", "answer", N_("Answer the owner")),
    ("propose_answer", "answer", N_("Answer the owner")),
    ("release", "release", N_("Release the answer")),
    ("send_back", "send_back", N_("Send the answer back")),
    ("refuse", "refuse", N_("Approve the refusal")),
    ("deny_refusal", "deny_refusal", N_("Do not approve")),
    ("terminate", "terminate", N_("Approve the ending")),
    ("deny_termination", "deny_termination", N_("Do not approve")),
    ("grant_time", "grant_time", N_("Grant the time")),
    ("deny_time", "deny_time", N_("Grant no time")),
    ("accept", "overturn", N_("Accept it after all")),
    ("uphold", "uphold", N_("Let the refusal stand")),
    ("conclude", "conclude", N_("Give the conclusion")),
    ("ask", "ask", N_("Ask for more")),
    ("visit", "call", N_("Visit by phone")),
    ("relay", "relay", N_("Pass on their answer")),
)
#: Rarer moves of an official, behind the button “More”.
MORE_BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("ask_time", "ask_time", N_("Ask for more time")),
    ("return", "return", N_("Send it back")),
    ("reassign", "reassign", N_("Give it to somebody else")),
    ("involve", "involve", N_("Ask a unit to assist")),
    ("propose_refusal", "propose_refusal", N_("Propose a refusal")),
    ("propose_termination", "propose_termination", N_("Propose an ending")),
    ("merge", "merge", N_("Join with another case")),
    ("unmerge", "unmerge", N_("Take out of the group")),
    ("reclassify", "reclassify", N_("Change the kind")),
    ("transfer", "transfer", N_("Pass to another body")),
    ("supervise", "supervise", N_("Write a supervision letter")),
    ("repay", "repay", N_("Enter money paid back")),
    ("censure", "censure", N_("Enter in the ledger")),
    ("urge", "urge", N_("Urge")),
    ("recuse", "recuse", N_("Keep from somebody it is about")),
)
OWNER_BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("visit", "rate", N_("Is it solved?")),
    ("supply", "add", N_("Send what was asked")),
    ("add", "add", N_("Add something")),
    ("urge", "urge", N_("Urge")),
    ("redo", "redo", N_("Have it redone")),
    ("object", "object", N_("Object")),
    ("withdraw", "withdraw", N_("Withdraw")),
)
#: The deadlines an official's card shows.
SHOWN_TERMS = (UNIT_TERMS | DESK_TERMS | DECISION_TERMS | {Term.SUPPLEMENT}) - {Term.SILENCE}
#: What presses while a case stands so: the deadline an owner is told.
TOLD_TERMS: dict[Status, tuple[Term, ...]] = {
    Status.FILED: (Term.SILENCE, Term.ACCEPT),
    Status.WAITING: (Term.SUPPLEMENT,),
    Status.ACCEPTED: (Term.DISPATCH,),
    Status.DISPATCHED: (Term.HANDLE,),
    Status.HANDLING: (Term.HANDLE,),
    Status.ANSWERED: (Term.CLOSE, Term.VISIT),
}


def told_deadline(case: Case, live: Sequence[Deadline]) -> Deadline | None:
    """The deadline an owner is told for a case as it stands."""
    for term in TOLD_TERMS.get(case.status, ()):
        for one in live:
            if one.term is term:
                return one
    return None


def told_by_when(due: Deadline | None, tx: Tx, now: datetime) -> str:
    """When an owner is told that something will be done; what is late is said to be; "" where nothing is to be told."""
    if due is None or (_is_late(due, now) and due.term is Term.VISIT):
        return ""
    when = phrases.due_words(due, tx.office, now)
    return _("{when} (late; they have been reminded)", when=when) if _is_late(due, now) else when


def _is_late(due: Deadline, now: datetime) -> bool:
    return due.state is not DeadlineState.PAUSED and due.due.at < now


def unit_words(tx: Tx, case: Case) -> str:
    """The unit that has the case, and those that assist."""
    names = units.names(tx)
    lead = case.lead
    if lead is None:
        return ""
    assisting = [names.get(a.unit, "") for a in case.assignments if not a.lead and a.round == case.round]
    words = names.get(lead.unit, "")
    if case.joint:
        return _("{units}, each for itself", units=phrases.listed([words, *assisting]))
    return _("{lead}, with {others}", lead=words, others=phrases.listed(assisting)) if assisting else words


def owner_words(tx: Tx, case: Case, viewer: Actor) -> tuple[str, str]:
    """(name and enterprise, phone) of the owner as this viewer may know them."""
    if not may_know_owner(case, viewer):
        return _(phrases.NAMINGS[case.naming]), ""
    person = people.get(tx, case.owner) if case.owner else None
    name = " ".join(part for part in (case.enterprise, person.name if person else "") if part)
    return name or _("not given"), phone_words(case.contact)


def line(case: Case, live: Sequence[Deadline], tx: Tx, now: datetime) -> str:
    """One clear line for the owner: number, what about, where it stands, by when."""
    due = told_deadline(case, live)
    status = _(phrases.STATUSES[case.status])
    told = told_by_when(due, tx, now)
    when = _(", by {when}", when=told) if told else ""
    return f"{phrases.about(case)}\n   {status}{when}"


def owner_card(tx: Tx, case: Case, actor: Actor, now: datetime, text: str = "") -> Message:
    """A case for its owner: where it stands, who has it, by when, and what can be done."""
    live = deadlines.of_case(tx, case.id)
    due = told_deadline(case, live)
    facts = [
        (_("Status"), _(phrases.STATUSES[case.status])),
        (_("With"), unit_words(tx, case)),
        (_("By when"), told_by_when(due, tx, now)),
        (_("What"), phrases.short(case.facts, 60)),
    ]
    more = [Button(_("The whole story"), f"f:story:{case.id}")]
    if due:
        more.append(Button(_("Why this date?"), f"f:why:{case.id}"))
    buttons = [*_offered(OWNER_BUTTONS, case, [actor], now, tx, live), *more]
    until = due.due.at if due and due.due.at >= now else None
    return Message(text, _title(case), _present(facts), rows(buttons, 2), card=f"case:{case.id}", until=until)


def official_card(
    tx: Tx,
    case: Case,
    actors: Sequence[Actor],
    now: datetime,
    text: str = "",
    live: Sequence[Deadline] | None = None,
    attached: bool = True,
) -> Message:
    """A case for an official: who asks, what, by when, and the moves their roles allow.

    live: its deadlines, where they are known; attached: False where it is known to have no files.
    """
    viewers = [actor for actor in actors if actor.role in OFFICIAL_ROLES and may_see(case, actor)]
    if not viewers:  # told that it was taken from them, and no more
        return Message(text, _title(case), card=f"case:{case.id}")
    running = deadlines.of_case(tx, case.id) if live is None else live
    name, phone = owner_words(tx, case, least_hidden(viewers))
    # Not on what is pushed: that is drawn for each dispatcher at every filing.
    alike = likeness.joinable(tx, case, viewers, now) if live is None else []
    facts = [
        (_("Status"), official_status(case)),
        (_("From"), name),
        (_("Phone"), phone),
        (_("With"), unit_words(tx, case)),
        (_("Complaint about"), complained_about(tx, case)),
        (_("Place"), case.place),
        (_("Key project"), units.project_name(tx, case.project) if case.project else ""),
        *proposals.on_card(tx, case, viewers),
        *_limits(case, running, tx, now),
        (_("Looks like"), "\n".join(phrases.about(one) for one in alike)),
    ]
    joins = [Button(_("Join with {number}", number=one.number), f"f:merge:{case.id}.{one.id}") for one in alike[:1]]
    buttons = [
        *_likely_units(tx, case, viewers, now),
        *_offered(OFFICIAL_BUTTONS, case, viewers, now, tx, running),
        *joins,
        Button(_("The whole story"), f"f:story:{case.id}"),
    ]
    if any_of(MORE_BUTTONS, case, viewers, now, tx, running):
        buttons.append(Button(_("More …"), f"f:more:{case.id}"))
    said = _("(erased by law)") if case.erased else phrases.short_paragraph(case.facts)
    words = "\n\n".join(part for part in (text, said) if part)
    shown = tuple(record.attachment for record in inside.files_for(tx, case, viewers)[:6]) if attached else ()
    until = min((one.due.at for one in running if one.term in SHOWN_TERMS and one.due.at >= now), default=None)
    facts_shown = _present(facts)
    return Message(words, _title(case), facts_shown, rows(buttons, 2), shown, card=f"case:{case.id}", until=until)


def complained_about(tx: Tx, case: Case) -> str:
    """The unit a complaint is about; "" for another kind, and where it names none."""
    return units.names(tx).get(case.named_unit or 0, "") if case.kind is Kind.COMPLAINT else ""


def _likely_units(tx: Tx, case: Case, viewers: Sequence[Actor], now: datetime) -> list[Button]:
    """One tap accepts and dispatches to a likely unit."""
    dispatching = [
        move for move in ("accept", "dispatch") for actor in viewers if _may_dispatch(case, move, actor, now, tx)
    ]
    if not dispatching:
        return []
    names = units.names(tx)
    found = [unit for unit, _share in likely.units_for(tx, case) if unit in names]
    return [Button(f"→ {names[unit]}", f"f:take:{case.id}.{unit}") for unit in found]


def _may_dispatch(case: Case, move: str, actor: Actor, now: datetime, tx: Tx) -> bool:
    return actor.role is Role.DISPATCHER and lifecycle.may(case, move, actor, now, tx.office)


def least_hidden(viewers: Sequence[Actor]) -> Actor:
    """The role in which a person may know most of the owner."""
    office_first = sorted(viewers, key=lambda actor: actor.role in UNIT_ROLES)
    return office_first[0] if office_first else Actor(None, Role.HANDLER)


def official_status(case: Case) -> str:
    """How a case stands, in an official's words."""
    words = _(OFFICIAL_STATUSES.get(case.status, phrases.STATUSES[case.status]))
    return _("{status}, round {round}", status=words, round=case.round) if case.round > 1 else words


OFFICIAL_STATUSES: dict[Status, str] = {
    Status.FILED: N_("to be decided on"),
    Status.WAITING: N_("waiting for the owner"),
    Status.ACCEPTED: N_("to be dispatched"),
    Status.DISPATCHED: N_("to be signed"),
    Status.ANSWERED: N_("answered, to be visited"),
}


def _limits(case: Case, live: Sequence[Deadline], tx: Tx, now: datetime) -> list[tuple[str, str]]:
    """What runs, the first to end first; the silence limit is the clock's own."""
    shown = sorted((d for d in live if d.term in SHOWN_TERMS), key=lambda one: one.due.at)
    return [
        (
            _term_words(tx, case, one),
            f"{MARKS[ladder.colour(one, now, tx.office)]} {phrases.due_words(one, tx.office, now)}",
        )
        for one in shown[:3]
    ]


def _term_words(tx: Tx, case: Case, one: Deadline) -> str:
    """What a deadline is for; where each unit answers for itself, also whose it is."""
    words = _(phrases.TERMS[one.term]).capitalize()
    unit = units.names(tx).get(one.unit or 0, "") if case.joint else ""
    return _("{words} ({unit})", words=words, unit=unit) if unit else words


def _title(case: Case) -> str:
    return _("{kind} {number}", kind=phrases.kind_words(case).capitalize(), number=case.number)


def _present(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)


Table = tuple[tuple[str, str, str], ...]


def _offered(
    table: Table, case: Case, actors: Sequence[Actor], now: datetime, tx: Tx, live: Sequence[Deadline]
) -> list[Button]:
    offered: dict[str, Button] = {}
    for move, flow, label in table:
        if _may(case, move, _beginners(flow, actors), now, tx, live):
            offered.setdefault(flow, Button(_(label), f"f:{flow}:{case.id}"))
    return list(offered.values())


def _beginners(flow: str, actors: Sequence[Actor]) -> list[Actor]:
    """Those of the actors whose role may begin the conversation: a button never leads to a closed door."""
    roles = FLOWS[flow].roles if flow in FLOWS else frozenset()
    return [actor for actor in actors if not roles or actor.role in roles]


def _may(case: Case, move: str, actors: Sequence[Actor], now: datetime, tx: Tx, live: Sequence[Deadline]) -> bool:
    return any(lifecycle.may(case, move, actor, now, tx.office, tuple(live)) for actor in actors)


def any_of(table: Table, case: Case, actors: Sequence[Actor], now: datetime, tx: Tx, live: Sequence[Deadline]) -> bool:
    """Whether one of a table's moves is open to one of these actors."""
    return any(_may(case, move, _beginners(flow, actors), now, tx, live) for move, flow, _label in table)


def more_card(tx: Tx, case: Case, actors: Sequence[Actor], now: datetime) -> Message:
    """The rarer moves that are open to an official."""
    viewers = [actor for actor in actors if actor.role in OFFICIAL_ROLES and may_see(case, actor)]
    offered = _offered(MORE_BUTTONS, case, viewers, now, tx, deadlines.of_case(tx, case.id))
    text = _("What would you like to do?") if offered else _("There is nothing else to do here now.")
    back = (Button(_("Back to the case"), f"f:case:{case.id}"),)
    return Message(text, _title(case), buttons=(*rows(offered, 2), back))


def and_more(count: int) -> str:
    """That there are more than a list shows."""
    return _("… and {count} more. Send a word of it, or the number, to find one.", count=count)


def task_line(task: Task, tx: Tx, now: datetime) -> str:
    """One line of an official's list."""
    due = phrases.due_words(task.deadline, tx.office, now) if task.deadline else ""
    return " · ".join(part for part in (f"{MARKS[task.colour]} {phrases.about(task.case)}", due) if part)


def task_list(
    tx: Tx, tasks: Sequence[Task], now: datetime, title: str, flow: str = "tasks", arg: str = "", most: int = 8
) -> Message:
    """Tasks as a list with a button each: `most` of them from where `arg` says, and a way to the next ones.

    flow: the conversation that shows them; arg: what its button carries, see `onward`.
    """
    start = onward(arg) or 0
    shown, left = tasks[start : start + most], len(tasks) - start - most
    lines = [f"{n}. {task_line(task, tx, now)}" for n, task in enumerate(shown, 1)]
    buttons = [Button(f"{MARKS[task.colour]} {task.case.number}", f"f:case:{task.case.id}") for task in shown]
    if left > 0:
        lines.append(and_more(left))
        buttons.append(Button(_("Further ones"), f"f:{flow}:+{start + most}"))
    return Message("\n".join(lines), title, buttons=rows(buttons, 2))


def onward(arg: str) -> int | None:
    """Where a list goes on (+8: after the first eight), or None where a button carries something else."""
    return int(arg[1:]) if re.fullmatch(r"\+[0-9]{1,4}", arg) else None
