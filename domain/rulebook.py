"""What an office decides for itself: numbers, hours, grounds, words. DEFAULT holds the defaults of the rules; no number
stands elsewhere. `domain/rulebook_check.py` says what makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from types import MappingProxyType
from typing import Any

from domain.case import Kind, Weight
from domain.workdays import Calendar, DayKind, Limit, SpecialDay, Unit


@dataclass(frozen=True)
class KindRule:
    """Limits of one kind of case. `handle` is looked up by weight; None is the limit where no weight is chosen."""

    accept: Limit
    handle: Mapping[Weight | None, Limit]
    answer_at_once: bool = False

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights the dispatcher chooses from; empty where there is nothing to choose."""
        return tuple(weight for weight in self.handle if weight is not None)


def _days(amount: int) -> Limit:
    return Limit(amount, Unit.WORKDAYS)


KINDS: Mapping[Kind, KindRule] = MappingProxyType(
    {
        # 12345 practice: an inquiry is answered within 3 working days
        Kind.INQUIRY: KindRule(_days(1), {None: _days(3)}, answer_at_once=True),
        # Xuchang's classes C, B, A
        Kind.REQUEST: KindRule(
            _days(1),
            {
                Weight.SIMPLE: _days(5),
                Weight.CROSS: _days(15),
                Weight.LEGACY: Limit(1, Unit.MONTHS),
                None: _days(5),
            },
        ),
        # Shangnan: decided within 1; Hubei: result within 15
        Kind.COMPLAINT: KindRule(_days(1), {None: _days(15)}),
        Kind.SUGGESTION: KindRule(_days(3), {None: _days(30)}),
    }
)


@dataclass(frozen=True, slots=True)
class RungRule:
    """One rung as the office wants it: days from its anchor, negative before it; whom it reaches; whether at all."""

    days: int
    to: tuple[str, ...]
    on: bool = True


@dataclass(frozen=True, slots=True)
class Closure:
    """A day the office is closed beside the public holidays, and why."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of refusal or termination. words: in the office's language; empty for the known ones, said by code."""

    code: str
    words: str = ""


#: Ezhou: what an office does not take.
REFUSAL_GROUNDS = (
    Ground("civil"),  # a dispute between enterprises
    Ground("scope"),
    Ground("elsewhere"),  # before reconsideration, court, discipline inspection or arbitration
    Ground("decided"),  # finally decided there
    Ground("police"),
    Ground("force_majeure"),
    Ground("concluded"),  # the same matter and reason
    Ground("by_law"),  # another body's
)
#: Ezhou: why an office ends what it took.
TERMINATION_GROUNDS = (Ground("settled"), Ground("sued"), Ground("uncooperative"))


@dataclass(frozen=True)
class Rulebook:
    """What an office decides for itself. Limits are Limit values; plain day counts are working days unless named
    otherwise.

    name, phone, language: of the office, as people see them. rungs: those of the ladder that differ from their
    default, by Rung.key. texts: by language and catalogue key, what is said instead of the catalogue's words.
    """

    version: int = 1
    name: str = ""
    phone: str = ""
    language: str = "zh_CN"
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    closures: tuple[Closure, ...] = ()
    kinds: Mapping[Kind, KindRule] = field(default_factory=lambda: KINDS)
    silence: Limit = _days(3)  # Henan: no decision in 3 working days, and the case is accepted
    dispatch: Limit = _days(1)
    contact: Limit = _days(1)
    assist: Limit = _days(3)  # Quanzhou
    return_limit: Limit = _days(1)  # Quanzhou; Puyang gives 2
    redispatch: Limit = _days(0)  # a returned case is decided on the same day
    approval: Limit = _days(1)
    review: Limit = _days(1)
    object_days: int = 10
    extend_before_days: int = 1  # Quanzhou: asked at least one working day before the limit
    final_round: int = 3
    head_checks: bool = False
    visit: Limit = _days(1)
    close_silent: Limit = _days(5)
    supplement_pool_days: int = 5
    redo_calendar_days: int = 30
    low_levels: int = 2
    digest_at: time = time(8, 30)
    digest_spread_minutes: int = 30
    owner_from: time = time(8, 0)
    owner_until: time = time(21, 0)
    idle_offer_hours: int = 24
    idle_forget_hours: int = 7 * 24
    rungs: Mapping[str, RungRule] = field(default_factory=dict)
    refusal_grounds: tuple[Ground, ...] = REFUSAL_GROUNDS
    termination_grounds: tuple[Ground, ...] = TERMINATION_GROUNDS
    categories: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By the version, which is quick; books that differ are told apart when they are compared."""
        return hash(self.version)

    def limit(self, kind: Kind, weight: Weight | None) -> Limit:
        """The handling limit of a kind of case at a weight."""
        handle = self.kinds[kind].handle
        return handle.get(weight, handle[None])


def on(calendar: Calendar, book: Rulebook) -> Calendar:
    """The calendar of the public holidays with the office's own hours and closed days."""
    closed = {one.day: SpecialDay(one.day, DayKind.CLOSURE, one.name) for one in book.closures}
    return replace(calendar, specials={**calendar.specials, **closed}, opens=book.opens, closes=book.closes)


def merged(began: Rulebook, mine: Rulebook, theirs: Rulebook) -> Rulebook:
    """Their book with what I changed since the one we both began with; where both changed the same, mine."""
    own = {one.name: _merged(*(getattr(book, one.name) for book in (began, mine, theirs))) for one in fields(began)}
    return replace(theirs, **{**own, "version": theirs.version})


def _merged(began: Any, mine: Any, theirs: Any) -> Any:
    if not isinstance(began, Mapping):
        return mine if mine != began else theirs
    keys = dict.fromkeys((*theirs, *mine))
    chosen = {key: (mine if mine.get(key) != began.get(key) else theirs).get(key) for key in keys}
    return {key: value for key, value in chosen.items() if value is not None}


DEFAULT = Rulebook()
