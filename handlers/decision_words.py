"""The words of notices about decisions: refusals, objections, extensions, endings, checks and reviews."""

from __future__ import annotations

from datetime import time, timedelta

from domain.case import Matter, Role, Status
from domain.deadlines import Term
from domain.more_time import as_day
from handlers import grounds, letters, phrases
from handlers.audiences import View
from handlers.words import _


def _ground(view: View, matter: Matter) -> str:
    return grounds.words(view.office.rulebook, matter, str(view.change.facts.get("ground", "")))


def _letter(view: View) -> str:
    link = letters.link(view.tx, view.case.id)
    return _("\nThe letter, number {number}: {link}", number=letters.latest_number(view.tx, view.case.id), link=link)


def _with_letter(view: View, text: str) -> str:
    return text + _letter(view) if letters.link(view.tx, view.case.id) else text


def refusal_proposed(view: View) -> str:
    """To the approvers."""
    return _(
        "{name} proposes not to accept this case.\nGround: {ground}\nReasons: {text}\nPlease decide by {when}.",
        name=view.change.actor.name or _("A dispatcher"),
        ground=_ground(view, Matter.REFUSAL),
        text=view.text,
        when=view.due(Term.REFUSAL),
    )


def refused(view: View) -> str:
    """To the owner: why, and how to object."""
    text = _(
        "We are sorry: your case {number} is not accepted.\nGround: {ground}\nReasons: {text}\n"
        "If you do not agree, you can object once, until {until}; the head of the office then decides.",
        number=view.case.number,
        ground=_ground(view, Matter.REFUSAL),
        text=view.text,
        until=_objection_ends(view),
    )
    return _with_letter(view, text)


def _objection_ends(view: View) -> str:
    last = letters.objection_ends(view.tx, view.now)
    view.named.append(view.office.calendar.morning(last + timedelta(days=1), time()))
    return phrases.day_words(last)


def approved(view: View) -> str:
    """To whoever proposed it."""
    return _("Approved by {name}. The owner has been told.", name=view.change.actor.name or _("the approver"))


def denied(view: View) -> str:
    """To whoever proposed it."""
    return _(
        "Not approved by {name}: {text}\nThe case goes on as it was.",
        name=view.change.actor.name or _("the approver"),
        text=view.text,
    )


def objected(view: View) -> str:
    """To the approvers."""
    return _(
        "The owner objects to the refusal:\n{text}\nPlease decide by {when}: accept the case, or let the refusal stand."
        " Without a decision it is accepted by itself.",
        text=view.text,
        when=view.due(Term.ACCEPT),
    )


def objected_desk(view: View) -> str:
    """To the dispatchers: their card changes in place."""
    return _("The owner has objected. The approver decides.")


def upheld(view: View) -> str:
    """To the owner."""
    text = _(
        "The head of the office has looked at case {number} again. The decision not to accept it stays.\n"
        "Reasons: {text}\nWhere the law allows it, you can still ask for administrative reconsideration or go to "
        "court.",
        number=view.case.number,
        text=view.text,
    )
    return _with_letter(view, text)


def upheld_desk(view: View) -> str:
    """To the dispatchers: their card changes in place."""
    return _("The refusal stays.")


def time_asked(view: View) -> str:
    """To the approvers."""
    return _(
        "{unit} asks for more time, until {date}:\n{text}\nPlease decide by {when}.",
        unit=view.unit(view.change.actor.unit),
        date=_date(view),
        text=view.text,
        when=view.due(Term.EXTENSION),
    )


def _date(view: View) -> str:
    day = as_day(view.change.facts.get("date"))
    return phrases.day_words(day, view.office.calendar.today(view.now)) if day else ""


def time_asked_desk(view: View) -> str:
    """To the dispatchers: their card changes in place."""
    return _("{unit} asks for more time, until {date}.", unit=view.unit(view.change.actor.unit), date=_date(view))


def time_granted(view: View) -> str:
    """To whoever asked."""
    unit = view.change.facts.get("unit")
    if not _of_answer(view):
        return _("More time is granted: please finish your part by {date}.", date=view.work_due(unit))
    return _("More time is granted: answer by {date}. The owner has been told why.", date=view.work_due(unit))


def _of_answer(view: View) -> bool:
    """Whether more time moves the date the owner was told: not that of a unit which only assists."""
    return view.case.joint or view.case.lead is None or view.case.lead.unit == view.change.facts.get("unit")


def time_granted_owner(view: View) -> str:
    """To the owner, with the reason."""
    if not _of_answer(view):
        return ""
    return _(
        "Your case {number} takes longer: {unit} now answers by {date}.\nWhy: {text}",
        number=view.case.number,
        unit=view.unit(view.change.facts.get("unit")),
        date=view.work_due(view.change.facts.get("unit")),
        text=view.text,
    )


def time_denied(view: View) -> str:
    """To whoever asked."""
    when = view.work_due(view.change.facts.get("unit"))
    return _("No more time is given: {text}\nThe answer stays due by {when}.", text=view.text, when=when)


def ending_proposed(view: View) -> str:
    """To the approvers."""
    return _(
        "{name} proposes to end this case.\nGround: {ground}\nReasons: {text}\nPlease decide by {when}.",
        name=view.change.actor.name or _("A dispatcher"),
        ground=_ground(view, Matter.TERMINATION),
        text=view.text,
        when=view.due(Term.TERMINATION),
    )


def ended(view: View) -> str:
    """To the owner."""
    text = _(
        "Your case {number} is ended.\nGround: {ground}\nReasons: {text}\n"
        "If things change, you can file it again at any time.",
        number=view.case.number,
        ground=_ground(view, Matter.TERMINATION),
        text=view.text,
    )
    return _with_letter(view, text)


def ended_units(view: View) -> str:
    """To everybody who worked on it."""
    return _("This case is ended: {ground}. Nothing more to do.", ground=_ground(view, Matter.TERMINATION))


def check_asked(view: View) -> str:
    """To the head of the unit."""
    return _(
        "{name} has written this answer; please release it or send it back by {when}:\n{text}",
        name=view.change.actor.name or _("A colleague"),
        when=view.due(Term.CHECK),
        text=view.text,
    )


def released(view: View) -> str:
    """To whoever wrote the answer."""
    return _("Your answer is released and has gone to the owner.")


def sent_back(view: View) -> str:
    """To whoever wrote the answer."""
    return _(
        "The head sends your answer back:\n{text}\nIt stays due by {when}.",
        text=view.text,
        when=view.work_due(view.change.actor.unit),
    )


def to_review(view: View) -> str:
    """To the approvers, when a case was redone often enough."""
    if view.case.pending(Matter.REVIEW) is None:
        return ""
    return _(
        "The owner is still not satisfied; this is the final review:\n{text}\n"
        "Please look at everything and give a written conclusion by {when}.",
        text=view.text,
        when=view.due(Term.REVIEW),
    )


def review_units(view: View) -> str:
    """To the unit that had the case."""
    if view.case.pending(Matter.REVIEW) is None:
        return ""
    return _("The owner is still not satisfied. The head of the office reviews this case now; nothing for you to do.")


def concluded(view: View) -> str:
    """To the dispatchers: their card changes in place."""
    return _("The final review is done; its conclusion has gone to the owner.")


def part_answered(view: View) -> str:
    """To the owner of a case in which each unit answers for itself."""
    if view.case.status is Status.ANSWERED:
        return ""
    left = [view.unit(part.unit) for part in view.case.open_parts]
    return _(
        "{unit} has answered its part of your case {number}:\n{text}\nStill to answer: {units}, by {when}.",
        unit=view.unit(view.change.actor.unit),
        number=view.case.number,
        text=view.text,
        units=phrases.listed(left),
        when=view.due(Term.HANDLE),
    )


def accepted_after_objection(view: View) -> str:
    """To the dispatchers, when the approver accepts a case that had been refused."""
    if view.change.actor.role is not Role.APPROVER:
        return ""
    return _("The approver has accepted this case. Please dispatch it by {when}.", when=view.due(Term.DISPATCH))
