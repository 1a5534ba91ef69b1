"""Changing the rules: what is wrong with a book in plain words; saving it, for new cases or for running ones too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain import rulebook_check
from domain.case import Case
from domain.clock import OPENINGS
from domain.deadlines import Deadline, Term
from domain.errors import Missing
from domain.ladder import To
from domain.office import Office
from domain.rulebook import Rulebook
from domain.rulebook_check import Fault
from domain.workdays import later_of
from handlers.phrases import listed
from handlers.words import LANGUAGES, N_, _, misfit, places
from storage import cases, deadlines, rulebooks
from storage.deadlines import Climber
from storage.transaction import Tx

LONGEST_WHY = 200
#: What an owner was told to answer by, with reminders that count: it stays as it was told.
OWNERS_TERMS = frozenset({Term.SUPPLEMENT, Term.VISIT, Term.CLOSE})

#: What each fault says beside its field.
FAULT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "unreadable_number": N_("please enter a whole number"),
        "unreadable_time": N_("please enter a time such as 08:30"),
        "unreadable_day": N_("please enter a day such as 2026-03-05"),
        "unreadable_choice": N_("please choose one of the list"),
        "unknown_field": N_("this page is out of date: please open it again"),
        "kinds": N_("every kind of case needs its limits"),
        "weightless": N_("a limit for cases without a weight is missing"),
        "weights": N_("this kind of case has no such weight"),
        "limit": N_("must be from 1 to {most}"),
        "number": N_("must be from {least} to {most}"),
        "silence": N_("must not be shorter than the time to decide on acceptance"),
        "hours": N_("the office must open before it closes"),
        "owner_hours": N_("must begin before it ends"),
        "digest": N_("must lie within office hours"),
        "spread": N_("the digest must be over before the office closes"),
        "idle": N_("must be longer than the time after which a talk is offered again"),
        "rung": N_("there is no such reminder"),
        "automatic": N_("what happens by itself cannot be changed or switched off"),
        "named_day": N_("is always on the day its name says"),
        "side": N_("must stay on its side of the last day"),
        "growing": N_("must come later than the reminder before it"),
        "owner_off": N_("the owner must be reminded before silence counts"),
        "owner_late": N_("must come before the time ends, which is {days} working days"),
        "owner_to": N_("goes to the owner"),
        "nobody": N_("must reach somebody"),
        "to": N_("cannot go to {to}"),
        "no_ground": N_("at least one ground is needed"),
        "code": N_("the short name of a ground has small letters, digits and _ only"),
        "twice": N_("is there twice"),
        "words": N_("must have 1 to {most} characters"),
        "many": N_("at most {most} are possible"),
        "name": N_("must have at most {most} characters"),
        "text_key": N_("there are no such words to change"),
        "text_places": N_("must keep {places}, and no other braces"),
        "language": N_("is not spoken here"),
    }
)

RECIPIENTS: Mapping[To, str] = MappingProxyType(
    {
        To.OWNER: N_("business owner"),
        To.HANDLER: N_("handler"),
        To.LIAISON: N_("liaison"),
        To.HEAD: N_("head of unit"),
        To.DISPATCHER: N_("dispatcher"),
        To.APPROVER: N_("approver"),
    }
)


def faults(book: Rulebook) -> list[Fault]:
    """Everything that makes no sense in a book, the texts included."""
    return [*rulebook_check.faults(book), *_text_faults(book)]


def _text_faults(book: Rulebook) -> list[Fault]:
    found = [Fault(f"texts.{language}", "language") for language in book.texts if language not in LANGUAGES]
    for language, texts in book.texts.items():
        for key, text in texts.items():
            where = f"texts.{language}.{key}"
            if not 1 <= len(text.strip()) <= rulebook_check.LONGEST_TEXT:
                found.append(Fault(where, "words", {"most": rulebook_check.LONGEST_TEXT}))
            if wrong := misfit(key, text):
                kept = " ".join(f"{{{name}}}" for name in sorted(places(key))) if wrong == "text_places" else ""
                found.append(Fault(where, wrong, {"places": kept or _("the words")}))
    return found


def fault_words(fault: Fault) -> str:
    """What a fault says, in the language being spoken."""
    values = {name: _value(value) for name, value in fault.values.items()}
    return _(FAULT_WORDS[fault.what], **values)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return listed(_(RECIPIENTS[To(one)]) if one in set(To) else str(one) for one in value)
    return str(value)


@dataclass(frozen=True, slots=True)
class Saved:
    """The book as it is kept now, and how many running deadlines were moved."""

    book: Rulebook
    moved: int


def save(
    tx: Tx, book: Rulebook, why: str, by: int, now: datetime, *, based_on: int, running_too: bool = False
) -> Saved:
    """Keep a book that has no faults. With `running_too` deadlines that run are counted by it, and move only away.

    Raises Missing without a reason, Overtaken where somebody else was quicker, BadDeclaration for a faulty book.
    """
    why = " ".join(why.split())[:LONGEST_WHY]
    if not why:
        raise Missing(what=N_("why"))
    rulebook_check.refuse(faults(book))
    fresh = rulebooks.save(tx, book, why, by, now, based_on=based_on)
    with rulebooks.under(tx, rulebooks.office(tx, fresh)):
        moved = _recount(tx, now) if running_too else 0
    if running_too:
        rulebooks.explain(tx, fresh.version, _("{why} (running deadlines moved: {n})", why=why, n=moved))
    return Saved(fresh, moved)


def _recount(tx: Tx, now: datetime) -> int:
    """Count everything that runs by the rules of tx.office; returns how many deadlines got another end."""
    extended, moved = deadlines.extended(tx), 0
    for part in deadlines.walk(tx):
        of = cases.many(tx, (climber.deadline.case for climber in part))
        stayed: list[Climber] = []
        for climber in part:
            old = climber.deadline
            own = (old.case, old.unit, old.term, old.round) in extended
            new = recounted(old, of[old.case], tx.office, own_limit=own)
            if new is old:
                stayed.append(climber)
            else:
                deadlines.supersede(tx, climber, new, now)
                moved += 1
        deadlines.look_again(tx, stayed)
    return moved


def recounted(old: Deadline, case: Case, office: Office, *, own_limit: bool) -> Deadline:
    """The deadline that takes this one's place under the rules of the office, or the same where it would come nearer
    or stay. own_limit: it was extended, so that only closed days and hours count."""
    if old.term in OWNERS_TERMS:
        return old
    limits = {unit: limit for limit, unit in OPENINGS[old.term](case, office)}
    limit = old.limit if own_limit else limits.get(old.unit, old.limit)
    due = later_of(old.due, office.calendar.due(old.started_at, limit, old.pauses))
    return old if due.at == old.due.at else replace(old, id=0, limit=limit, due=due)
