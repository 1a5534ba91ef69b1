"""The words of notices about units and groups of cases: returns, new hands, joined cases, other bodies, money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from domain.case import Role
from domain.deadlines import Term
from handlers import letters, phrases
from handlers.audiences import View
from handlers.notice_words import own_part
from handlers.words import N_, _


def complaint_about_unit(view: View) -> str:
    """To the supervisors."""
    return _("This complaint is about {unit}. It will not go to that unit alone.", unit=view.unit(view.case.named_unit))


def returned(view: View) -> str:
    """To the dispatchers."""
    better = view.change.facts.get("better")
    unit = view.unit(view.change.actor.unit)
    thought = _("They think it belongs to {unit}.", unit=view.unit(better)) if better else ""
    decide = _("Please decide by {when}; after that no unit can send it back.", when=view.due(Term.DISPATCH))
    due = decide if view.due(Term.DISPATCH) else _("Ask another unit if one is needed.")
    head = _("{unit} sends this back:\n{text}", unit=unit, text=view.text)
    return "\n".join(part for part in (head, thought, due) if part)


def returned_part(view: View) -> str:
    """To the lead unit, when an assisting one sends its part back."""
    if view.case.lead is None:
        return ""
    return _("{unit} does not assist any more: {text}", unit=view.unit(view.change.actor.unit), text=view.text)


def involved(view: View) -> str:
    """To the unit that is asked to help, or to answer for itself beside others."""
    if view.case.joint:
        return own_part(view)
    return _(
        "Please assist {unit} with this case. Your part is due by {when}.",
        unit=view.lead_name(),
        when=view.work_due(view.change.facts.get("unit")),
    )


def reassigned_to(view: View) -> str:
    """To whoever has it now."""
    return _(
        "This case is yours now: {text}\nThe answer stays due by {when}.",
        text=view.text,
        when=view.work_due(view.change.facts.get("unit") or view.change.actor.unit),
    )


def reassigned_from(view: View) -> str:
    """To whoever had it."""
    return _("This case has gone to somebody else: {text}\nNothing more for you to do.", text=view.text)


def reassigned_owner(view: View) -> str:
    """To the owner, where another unit answers now."""
    unit = view.change.facts.get("unit")
    if view.change.actor.role is not Role.DISPATCHER or not (view.case.joint or _new_lead(view)):
        return ""
    stays = N_("Your case {number} is with {unit} now. The date stays: you get the answer by {when}.")
    late = N_("Your case {number} is with {unit} now. The answer was due by {when}; they have been reminded.")
    return _(
        late if view.is_late(Term.HANDLE, unit) else stays,
        number=view.case.number,
        unit=view.unit_names() if view.case.joint else view.lead_name(),
        when=view.due(Term.HANDLE, unit),
    )


def _new_lead(view: View) -> bool:
    """Whether another unit leads than before the move."""
    before, after = view.change.before.lead, view.case.lead
    return after is not None and (before is None or before.unit != after.unit)


#: Until when an owner hears something: of the answer, of the final review, of the unit, of acceptance.
HEARD_BY = (Term.HANDLE, Term.REVIEW, Term.DISPATCH, Term.ACCEPT)


def reclassified(view: View) -> str:
    """To the owner."""
    term = next(filter(view.due, HEARD_BY), Term.HANDLE)
    ahead = N_("Your case {number} is treated as a {kind} now. You hear from us by {when}.")
    late = N_("Your case {number} is treated as a {kind} now. You were to hear from us by {when}; we see to it.")
    return _(
        late if view.is_late(term) else ahead,
        number=view.case.number,
        kind=phrases.kind_words(view.case),
        when=view.due(term),
    )


def reclassified_units(view: View) -> str:
    """To everybody who works on it: their card changes in place."""
    return _("Treated as a {kind} now.", kind=phrases.kind_words(view.case))


def urged_by_leader(view: View) -> str:
    """To everybody who must act."""
    if view.change.actor.role is not Role.LEADER:
        return ""
    return _("{name}, who answers for your work, urges this case.", name=view.change.actor.name or _("The leader"))


def merged_owner(view: View) -> str:
    """To the owner."""
    return _(
        "Others have told us the same. Your case {number} is accepted and handled together with theirs; it keeps its "
        "number and its date, and you get an answer of your own.",
        number=view.case.number,
    )


def sent_back_by(view: View) -> str:
    """To the colleagues of whoever sent it back: their card changes in place."""
    return _(
        "{name} has sent this case back: {text}\nNothing more for you to do.",
        name=view.change.actor.name or _("A colleague"),
        text=view.text,
    )


def merged_away(view: View) -> str:
    """To whoever had a case that is handled with another from now on."""
    return _(
        "This case is handled together with {number} now. Nothing more for you to do.", number=view.leading_number()
    )


def recused_units(view: View) -> str:
    """To the unit whose handler the case was taken from; it does not say why."""
    lost = {part.id for part in view.change.before.assignments if part.handler} - {
        part.id for part in view.case.assignments if part.handler
    }
    return _("This case needs somebody else of your unit. Please take it over; the dates stay.") if lost else ""


def merged_units(view: View) -> str:
    """To everybody who works on the leading case."""
    return _("This case is joined with {number}: one answer for both.", number=view.leading_number())


def parted_owner(view: View) -> str:
    """To the owner, when the case stands for itself again."""
    return _(
        "Your case {number} is handled by itself again. By {when} it goes to the unit that must act.",
        number=view.case.number,
        when=view.due(Term.DISPATCH),
    )


def parted_units(view: View) -> str:
    """To everybody who had it with the group."""
    return _("This case has been taken out of the group. Nothing more for you to do on it.")


def _with_unit(view: View) -> str:
    if not _new_lead(view):
        return ""
    return _(
        "Your case {number} is with {unit} now; it is handled together with others like it.",
        number=view.case.number,
        unit=view.lead_name(),
    )


def _news(view: View) -> str:
    return _(
        "News of your case {number} from {unit}:\n{text}",
        number=view.case.number,
        unit=view.lead_name(),
        text=view.text,
    )


def _longer(view: View) -> str:
    return _(
        "Your case {number} takes longer, because the whole matter does.\nWhy: {text}",
        number=view.case.number,
        text=view.text,
    )


#: What an owner hears when the leading case of the group moves.
FOLLOWED: Mapping[str, Callable[[View], str]] = MappingProxyType(
    {"dispatch": _with_unit, "reassign": _with_unit, "regroup": _with_unit, "progress": _news, "grant_time": _longer}
)


def followed(view: View) -> str:
    """To the owner of a case that is led by another."""
    words = FOLLOWED.get(str(view.change.facts.get("what", "")))
    return words(view) if words else ""


def succeeded_units(view: View) -> str:
    """To everybody who works on the group."""
    return _(
        "The owner of {former} has left the matter. This case leads the group now; everything goes on as it was.",
        former=view.change.facts.get("former", ""),
    )


def transferred(view: View) -> str:
    """To the owner."""
    return _(
        "Your case {number} has been passed to {body}, which must decide on it:\n{text}\n"
        "When we hear their answer, you hear it here.",
        number=view.case.number,
        body=view.change.facts.get("body", ""),
        text=view.text,
    )


def transferred_units(view: View) -> str:
    """To everybody who worked on it."""
    return _("Passed to {body}. Nothing more to do.", body=view.change.facts.get("body", ""))


def relayed(view: View) -> str:
    """To the owner."""
    return _("The answer of the other body on your case {number}:\n{text}", number=view.case.number, text=view.text)


def supervised(view: View) -> str:
    """To every unit on the case and its head."""
    ahead = N_("Supervision letter {paper}:\n{text}\nPlease answer for your own unit by {when}.")
    late = N_(
        "Supervision letter {paper}:\n{text}\nThe answer was due by {when}: please answer for your own unit at once."
    )
    return _(
        late if view.is_late(Term.HANDLE) else ahead,
        paper=letters.latest_number(view.tx, view.case.id),
        text=view.text,
        when=view.due(Term.HANDLE) or view.due(Term.ASSIST),
    )


def repaid(view: View) -> str:
    """To the owner."""
    return _(
        "Paid back to you in case {number}: {amount}. {text}",
        number=view.case.number,
        amount=phrases.money_words(view.change.facts.get("amount_fen", 0)),
        text=view.text,
    )


def censured(view: View) -> str:
    """To the owner, where the criticism was a public one."""
    if not view.change.facts.get("public"):
        return ""
    return _("What followed from your case {number}: {text}", number=view.case.number, text=view.text)
