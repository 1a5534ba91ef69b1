"""The visit question: the answer with the question whether it is solved, and what is done when it reaches nobody."""

from __future__ import annotations

from datetime import datetime

from domain.case import Case
from domain.deadlines import Deadline, Term
from domain.messages import Button, Message
from handlers import hours, phrases
from handlers.words import N_, _, speaking
from storage import deadlines, events, files, outbox, recipients, units, visits
from storage.outbox import Priority
from storage.transaction import Tx


def visit_name(case: Case) -> str:
    """What the visit question of a round is called in the outbox, to know when it was delivered."""
    return f"visit:{case.id}:{case.round}"


def ask(tx: Tx, case: Case, now: datetime) -> None:
    """Give the owner the answer and ask whether it is solved; who cannot be written to is to be phoned."""
    one = recipients.told_at(tx, case.owner) if case.owner else None
    if one is None:
        visits.owe_call(tx, case.id, "visit", case.round, now)
        return
    with speaking(one.person.language):
        message = worded(tx, case, now)
    later = hours.for_owner(now, tx.office)
    outbox.say(
        tx, one.address, one.person.id, message, now, priority=Priority.NEWS, not_before=later, about=visit_name(case)
    )


#: By whether the owner's silence counts already, what follows from it.
ASKED = {
    False: N_(
        "{unit} has answered your case {number}:\n\n{text}\n\nIs it solved? "
        "If we hear nothing for {days} working days, the case is closed without a rating."
    ),
    True: N_(
        "{unit} has answered your case {number}:\n\n{text}\n\nIs it solved? "
        "If we hear nothing by {when}, the case is closed without a rating."
    ),
}


def worded(tx: Tx, case: Case, now: datetime, note: str = "") -> Message:
    """The answer, with the question whether it is solved."""
    answer, attached = last_answer(tx, case)
    closing = closes(tx, case)
    text = _(
        ASKED[closing is not None],
        unit=unit_words(tx, case),
        number=case.number,
        text=answer,
        days=tx.office.rulebook.close_silent.amount,
        when=phrases.due_words(closing, tx.office, now) if closing else "",
    )
    buttons = (
        (Button(_("Solved"), f"f:rate:{case.id}.yes"), Button(_("Not solved"), f"f:rate:{case.id}.no")),
        (Button(_("Look at it"), f"f:case:{case.id}"),),
    )
    shown = tuple(record.attachment for record in files.many(tx, attached))
    until = closing.due.at if closing else None
    return Message("\n".join(part for part in (note, text) if part), buttons=buttons, files=shown, until=until)


def closes(tx: Tx, case: Case) -> Deadline | None:
    """When the owner's silence closes the case; None before they were asked."""
    return next((one for one in deadlines.of_case(tx, case.id) if one.term is Term.CLOSE), None)


def unit_words(tx: Tx, case: Case) -> str:
    """Who answered: the lead unit, or the office."""
    unit = case.lead.unit if case.lead and not case.joint else None
    found = units.get(tx, unit) if unit else None
    return found.name if found else _("The office")


#: What answers a case: by a unit, by the office at once, released by a head, concluded by the approver, with a group.
ANSWERS = ("answer", "answer_at_once", "release", "conclude", "answer_with")


def last_answer(tx: Tx, case: Case) -> tuple[str, list[int]]:
    """The words of the last answer, and the ids of its files; of every unit's, where each answers for itself."""
    steps = [step for step in events.of_case(tx, case.id) if step.move in ANSWERS and step.content]
    if not steps:
        return "", []
    if case.joint:
        return _of_each(tx, case, steps)
    content = steps[-1].content or {}
    return str(content.get("text", "")), list(content.get("files", []))


def _of_each(tx: Tx, case: Case, steps: list[events.Step]) -> tuple[str, list[int]]:
    names = units.names(tx)
    own = {part.unit for part in case.assignments if part.round == case.round}
    latest = {step.unit: step.content or {} for step in steps if step.unit in own}
    said = [f"【{names.get(unit or 0, '')}】{content.get('text', '')}" for unit, content in latest.items()]
    return "\n".join(said), [file for content in latest.values() for file in content.get("files", [])]
