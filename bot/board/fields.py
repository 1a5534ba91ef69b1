"""Fields of a move's form: how each is drawn, and how what was sent is read into what the move needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.board import offers, rows
from bot.board.offers import Offer, Options
from bot.board.sessions import Form
from domain.case import Approval, ApprovalState, Case, Matter
from domain.errors import AlreadySo, Missing, Refused
from handlers.flows.groups import leading
from handlers.money import fen_of
from handlers.turn import Turn
from handlers.words import N_, _


class Unreadable(Refused):
    """“{what}” cannot be read like this. Please correct it."""


class TooManyWords(Refused):
    """“{what}” is too long: at most {most} characters fit."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. name: of the fact it becomes; draw: how fields.html draws it; read: (turn, field, sent, case) -> fact.

    most: of a text, in characters. A field that is not needed becomes `blank` when it is left empty.
    """

    name: str
    label: str
    draw: str
    read: Callable[[Turn, Field, Form, Case], Any]
    offer: Offer | None = None
    needed: bool = True
    blank: Any = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field as the template needs it, with what was sent before where the form comes back."""

    name: str
    label: str
    draw: str
    options: Options
    needed: bool
    most: int
    value: str
    values: tuple[str, ...]


def drawn(turn: Turn, case: Case, field: Field, sent: Form | None) -> Drawn:
    """The field with its options, as it was filled in before."""
    return Drawn(
        name=field.name,
        label=_(field.label),
        draw=field.draw,
        options=field.offer(turn, case) if field.offer else (),
        needed=field.needed,
        most=field.most,
        value=sent[field.name] if sent else "",
        values=tuple(sent.every(field.name)) if sent else (),
    )


def facts(turn: Turn, case: Case, fields: Sequence[Field], sent: Form) -> dict[str, Any]:
    """What was sent, read field by field. Raises Missing, Unreadable or TooManyWords naming the first that is wrong."""
    found: dict[str, Any] = {}
    for field in fields:
        if sent[field.name].strip():
            found[field.name] = field.read(turn, field, sent, case)
        elif field.needed:
            raise Missing(what=field.label)
        else:
            found[field.name] = field.blank
    return found


# --- sorts of fields --------------------------------------------------------------------------------------------


def text(name: str, label: str, most: int = 3000, *, needed: bool = True) -> Field:
    """Words, on as many lines as they take."""
    return Field(name, label, "text", _text, needed=needed, blank="", most=most)


def line(name: str, label: str, most: int = 80) -> Field:
    """A few words on one line."""
    return Field(name, label, "line", _text, most=most)


def one(
    name: str,
    label: str,
    offer: Offer,
    read: Callable[[str], Any] = str,
    *,
    needed: bool = True,
    blank: Any = None,
) -> Field:
    """One of what is offered. read: what the chosen value becomes."""

    def chosen(turn: Turn, field: Field, sent: Form, case: Case) -> Any:
        if sent[name] not in dict(offer(turn, case)):
            raise Unreadable(what=_(label))
        return read(sent[name])

    return Field(name, label, "one", chosen, offer, needed, blank)


def many(name: str, label: str, offer: Offer) -> Field:
    """Any number of what is offered, as a tuple of ids."""

    def chosen(turn: Turn, field: Field, sent: Form, case: Case) -> tuple[int, ...]:
        values, known = dict.fromkeys(sent.every(name)), dict(offer(turn, case))
        if not values.keys() <= known.keys():
            raise Unreadable(what=_(label))
        return tuple(int(value) for value in values)

    return Field(name, label, "many", chosen, offer, needed=False, blank=())


def tick(name: str, label: str) -> Field:
    """Yes where it is ticked."""
    return Field(name, label, "tick", lambda turn, field, sent, case: True, needed=False, blank=False)


def day(name: str, label: str) -> Field:
    """A day of the calendar, kept as 2026-11-21."""
    return Field(name, label, "day", _day, most=10)


def money(name: str, label: str) -> Field:
    """An amount written in yuan, kept in fen."""
    return Field(name, label, "money", _fen, most=30)


def leading_case(name: str, label: str) -> Field:
    """A case that can lead this one, by its number, kept as its id; those that look alike are offered."""
    return Field(name, label, "number", _leading, offers.alike, most=rows.LONGEST)


def proposal(matter: Matter) -> Field:
    """The very proposal that was read, so that no other one is decided on. Where it is decided already: AlreadySo."""
    return Field("proposal", N_("Proposal"), "proposal", _proposal, offers.proposed(matter), needed=False)


def _text(turn: Turn, field: Field, sent: Form, case: Case) -> str:
    found = sent[field.name].strip()
    if len(found) > field.most:
        raise TooManyWords(what=_(field.label), most=field.most)
    return found


def _day(turn: Turn, field: Field, sent: Form, case: Case) -> str:
    wanted = sent[field.name].strip()
    try:
        return date.fromisoformat(wanted).isoformat()
    except ValueError:
        raise Unreadable(what=_(field.label)) from None


def _fen(turn: Turn, field: Field, sent: Form, case: Case) -> int:
    found = fen_of(sent[field.name]) if len(sent[field.name]) <= field.most else None
    if found is None:
        raise Unreadable(what=_(field.label))
    return found


def _leading(turn: Turn, field: Field, sent: Form, case: Case) -> int:
    found = leading(turn, sent[field.name].strip()[: field.most], case.id)
    if not found:
        raise Unreadable(what=_(field.label))
    return found


def _proposal(turn: Turn, field: Field, sent: Form, case: Case) -> Approval:
    waiting = {str(one.id): one for one in case.approvals if one.state is ApprovalState.PENDING}
    if sent[field.name] not in waiting:
        raise AlreadySo(number=case.number)
    return waiting[sent[field.name]]
