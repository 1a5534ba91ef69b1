"""The fields of the rulebook as the page shows them: what each is called, how it is entered, and how it is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType
from typing import Any

from domain.workdays import Limit, Unit
from handlers.words import LANGUAGES, N_, _

#: How each unit of a limit stands behind its number.
UNITS: Mapping[str, str] = MappingProxyType(
    {
        str(Unit.WORKDAYS): N_("working days"),
        str(Unit.MONTHS): N_("calendar months"),
        str(Unit.HOURS): N_("office hours"),
    }
)
YES_NO: Mapping[str, str] = MappingProxyType({"yes": N_("yes"), "no": N_("no")})
LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"zh_CN": "中文", "en": "English"})
DAYS, CALENDAR_DAYS = N_("working days"), N_("calendar days")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is one value of the book. sort: a key of SORTS; unit: what stands behind a number."""

    name: str
    sort: str
    label: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""


OFFICE = Part(
    N_("The office"),
    (
        Field("name", "text", N_("Name of the office")),
        Field("phone", "text", N_("Phone people may call")),
        Field("language", "language", N_("Language newcomers are greeted in")),
    ),
)
HOURS = Part(
    N_("Hours"),
    (
        Field("opens", "time", N_("Opens")),
        Field("closes", "time", N_("Closes; limits end at this time")),
        Field("digest_at", "time", N_("Daily list to officials at")),
        Field("digest_spread_minutes", "number", N_("spread over"), N_("minutes")),
        Field("owner_from", "time", N_("News to owners from")),
        Field("owner_until", "time", N_("News to owners until")),
        Field("idle_offer_hours", "number", N_("An unfinished talk is offered again after"), N_("hours")),
        Field("idle_forget_hours", "number", N_("and forgotten after"), N_("hours")),
    ),
)
DESK = Part(
    N_("At the desk"),
    (
        Field("silence", "limit", N_("If nobody decides, a case is accepted by itself after")),
        Field("dispatch", "limit", N_("Hand an accepted case to a unit within")),
        Field("return_limit", "limit", N_("A unit may send a case back within")),
        Field("redispatch", "limit", N_("Decide on a case sent back within"), note=N_("0 means the same day")),
        Field("approval", "limit", N_("Decide on what was proposed within")),
        Field("review", "limit", N_("Final review within")),
        Field("object_days", "number", N_("An owner may object to a refusal for"), DAYS),
    ),
)
WORK = Part(
    N_("At the units"),
    (
        Field("contact", "limit", N_("First contact with the owner within")),
        Field("assist", "limit", N_("An assisting unit reports within")),
        Field("extend_before_days", "number", N_("More time is asked for before the limit by"), DAYS),
        Field("head_checks", "yes", N_("The unit's head looks at every answer first")),
    ),
)
OWNERS = Part(
    N_("With the owner"),
    (
        Field("supplement_pool_days", "number", N_("Time to send what is missing, in all"), DAYS),
        Field("visit", "limit", N_("Return visit within")),
        Field("close_silent", "limit", N_("Without a word from the owner a case closes after")),
        Field("redo_calendar_days", "number", N_("A case may be redone for"), CALENDAR_DAYS),
        Field("low_levels", "number", N_("Lowest ratings that make a case be redone"), N_("of 5 levels")),
        Field("final_round", "number", N_("The approver has the last word in round"), N_("of handling")),
    ),
)
#: Where each value of the book is entered.
PARTS: tuple[Part, ...] = (OFFICE, HOURS, DESK, WORK, OWNERS)
LIMIT_PARTS = (DESK, WORK, OWNERS)
FIELDS: Mapping[str, Field] = MappingProxyType({one.name: one for part in PARTS for one in part.fields})


class Unreadable(ValueError):
    """What was entered cannot be read; the argument is the name of the fault."""


def number(text: str) -> int:
    """A number of at most five digits. Raises Unreadable."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Unreadable("unreadable_number")
    return int(text)


def clock(text: str) -> time:
    """A time of day as 08:30. Raises Unreadable."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Unreadable("unreadable_time") from None


def limit(text: str, unit: str) -> Limit:
    """A number with its unit. Raises Unreadable."""
    if unit not in UNITS:
        raise Unreadable("unreadable_number")
    return Limit(number(text), Unit(unit))


def yes(text: str) -> bool:
    """Yes or no. Raises Unreadable."""
    if text not in YES_NO:
        raise Unreadable("unreadable_choice")
    return text == "yes"


def language(text: str) -> str:
    """One of the languages spoken. Raises Unreadable."""
    if text not in LANGUAGES:
        raise Unreadable("unreadable_choice")
    return text


def line(text: str) -> str:
    """One line of text."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Sort:
    """How a value is entered. write: the value as text; read: the value again; choices: what it is chosen from."""

    write: Callable[[Any], str]
    read: Callable[..., Any]
    choices: Mapping[str, str] = field(default_factory=dict)


SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "text": Sort(str, line),
        "number": Sort(str, number),
        "time": Sort(lambda at: f"{at:%H:%M}", clock),
        "yes": Sort(lambda value: "yes" if value else "no", yes, YES_NO),
        "language": Sort(str, language, LANGUAGE_NAMES),
        "limit": Sort(lambda found: str(found.amount), limit, UNITS),
    }
)


def choices(sort: str) -> tuple[tuple[str, str], ...]:
    """What can be chosen, with its words in the language being spoken."""
    found = SORTS[sort].choices if sort in SORTS else {}
    return tuple((value, _(words)) for value, words in found.items())
