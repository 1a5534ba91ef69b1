"""The words of the notices: what happened, what comes next, by when. Empty words tell nothing."""

from __future__ import annotations

from domain.case import Matter, Role
from domain.deadlines import Term
from handlers import phrases
from handlers.audiences import View
from handlers.words import N_, _


def filed_for_you(view: View) -> str:
    """To an owner for whom an official filed."""
    return _(
        "A case was filed for you at the office: number {number}.\nBy {when} you hear whether it is accepted.",
        number=view.case.number,
        when=view.due(Term.SILENCE),
    )


def new_case(view: View) -> str:
    """To the dispatchers."""
    return _("New: please decide by {when}.", when=view.due(Term.ACCEPT))


def project_named(view: View) -> str:
    """To those who watch over a key project."""
    return _("This case names a key project you watch over.")


def accepted(view: View) -> str:
    """To the owner."""
    return _(
        "Your case {number} is accepted. By {when} it goes to the unit that must act; you hear which.",
        number=view.case.number,
        when=view.due(Term.DISPATCH),
    )


def accepted_by_silence(view: View) -> str:
    """To the dispatchers, when nobody decided in time."""
    if view.change.actor.role is not Role.CLOCK:
        return ""
    return _(
        "Nobody decided in time, so this case is accepted by itself. Please dispatch it by {when}.",
        when=view.due(Term.DISPATCH),
    )


def dispatched_owner(view: View) -> str:
    """To the owner."""
    if view.case.joint:
        return _(
            "Your case {number} is accepted and with {units} now. Each of them answers you by {when}.",
            number=view.case.number,
            units=view.unit_names(),
            when=view.due(Term.HANDLE),
        )
    return _(
        "Your case {number} is accepted and with {unit} now. You get their answer by {when}.",
        number=view.case.number,
        unit=view.lead_name(),
        when=view.due(Term.HANDLE),
    )


def dispatched_lead(view: View) -> str:
    """To the lead unit."""
    return _("A case for you: please sign. The answer is due by {when}.", when=view.due(Term.HANDLE))


def dispatched_assist(view: View) -> str:
    """To the assisting units; in a joint case to those that answer for themselves."""
    if view.case.joint:
        return own_part(view)
    return _(
        "Please assist {unit} with this case. Your part is due by {when}.",
        unit=view.lead_name(),
        when=view.due(Term.ASSIST),
    )


def own_part(view: View) -> str:
    """To a unit that answers for itself, beside others."""
    return _(
        "A case for {units}: each unit answers for itself. Please sign. Your answer is due by {when}.",
        units=view.unit_names(),
        when=view.due(Term.HANDLE),
    )


def signed(view: View) -> str:
    """To the owner, when the lead unit has signed."""
    part = view.case.of_unit(view.change.actor.unit)
    if part is None or not part.lead:
        return ""
    contact = view.due(Term.CONTACT)
    first = N_("{unit} has taken your case {number}. They contact you by {contact} and answer by {when}.")
    later = N_("{unit} has taken your case {number}. They answer by {when}.")
    late = N_("{unit} has taken your case {number}. Their answer was due by {when}; they have been reminded.")
    in_time = first if contact else later  # who takes it over from a unit that has made contact does not begin anew
    return _(
        late if view.is_late(Term.HANDLE, part.unit) else in_time,
        unit=view.lead_name(),
        number=view.case.number,
        contact=contact,
        when=view.due(Term.HANDLE),
    )


def handed(view: View) -> str:
    """To the other dispatchers: their card changes in place."""
    return _("Handed to {unit}.", unit=view.lead_name())


def signed_by(view: View) -> str:
    """To the colleagues in the unit: their card changes in place."""
    return _("Signed by {name}.", name=view.change.actor.name or _("a colleague"))


def asked_by(view: View) -> str:
    """To the other dispatchers: their card changes in place."""
    return _("{name} has asked the owner for more.", name=view.change.actor.name or _("a colleague"))


def answered_by(view: View) -> str:
    """To the colleagues: their card changes in place."""
    return _("Answered by {name}.", name=view.change.actor.name or _("a colleague"))


def asked(view: View) -> str:
    """To the owner."""
    return _(
        "About your case {number} something is still needed:\n{text}\nPlease send it by {when}; "
        "the clock waits for you.",
        number=view.case.number,
        text=view.text,
        when=view.due(Term.SUPPLEMENT),
    )


def supplied(view: View) -> str:
    """To whoever asked."""
    return _("The owner has sent what you asked for:\n{text}", text=view.text)


def lapsed_owner(view: View) -> str:
    """To the owner, when the time to supply ran out."""
    return _(
        "The time to add to case {number} is over; we go on with what we have. You can still add something.",
        number=view.case.number,
    )


def lapsed_asker(view: View) -> str:
    """To whoever asked."""
    return _("The owner has sent nothing in time; please go on with what is there.")


def added(view: View) -> str:
    """To everybody who works on the case."""
    return _("The owner adds:\n{text}", text=view.text)


def progress(view: View) -> str:
    """To the owner."""
    key = N_("News of your case {number} from {unit}:\n{text}\nTheir answer is due by {when}.")
    late = N_(
        "News of your case {number} from {unit}:\n{text}\nTheir answer was due by {when}; they have been reminded."
    )
    unit = view.change.actor.unit
    answering = unit if view.case.joint else None
    return _(
        late if view.is_late(Term.HANDLE, answering) else key,
        number=view.case.number,
        unit=view.unit(unit),
        text=view.text,
        when=view.due(Term.HANDLE, answering),
    )


def assist_done(view: View) -> str:
    """To the lead unit."""
    return _("{unit} has done its part:\n{text}", unit=view.unit(view.change.actor.unit), text=view.text)


def urged(view: View) -> str:
    """To everybody who must act."""
    if view.change.actor.role is Role.LEADER:
        return ""
    return _("The owner urges this case. Please tell them how it stands.")


def withdrawn(view: View) -> str:
    """To everybody who worked on it."""
    return _("The owner has withdrawn this case. Nothing more to do.")


def closed_units(view: View) -> str:
    """To the units, when the owner has rated."""
    level = view.change.facts.get("level")
    words = _(phrases.LEVELS[level]) if level in phrases.LEVELS else ""
    return _("Closed. The owner says: {level}. {text}", level=words, text=view.text)


def closed_silent(view: View) -> str:
    """To the owner, when silence closed the case."""
    return _(
        "Case {number} is closed without a rating, because we heard nothing. If it is not solved, have it redone.",
        number=view.case.number,
    )


def closed_silent_units(view: View) -> str:
    """To the units, when silence closed the case."""
    return _("Closed: the owner said nothing more.")


def closed_by_phone(view: View) -> str:
    """To the owner, after a visit by phone."""
    if view.change.actor.role is Role.OWNER:
        return ""
    return _("As agreed on the phone, case {number} is closed. Thank you for telling us.", number=view.case.number)


def redone_units(view: View) -> str:
    """To the unit, when the owner wants it redone; in the final review it is the approver's."""
    if view.case.pending(Matter.REVIEW) is not None:
        return ""
    return _("Not solved, says the owner; round {round}:\n{text}", round=view.case.round, text=view.text)


def redone_head(view: View) -> str:
    """To the head, who answers for this round, and the leaders."""
    if view.case.pending(Matter.REVIEW) is not None:
        had = view.change.before.lead
        key = N_("A case of {unit} goes into the final review: the owner is still not satisfied.")
        return _(key, unit=view.unit(had.unit if had else None))
    return _(
        "A case of {unit} goes into round {round}: the owner is not satisfied.",
        unit=view.lead_name(),
        round=view.case.round,
    )


def redone_owner(view: View) -> str:
    """To the owner, where an official had it redone after a call."""
    if view.change.actor.role is Role.OWNER:
        return ""
    return _("As you said on the phone, case {number} is being redone.", number=view.case.number)
