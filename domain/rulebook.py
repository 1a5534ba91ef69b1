"""An office's own numbers, typed and checked. DEFAULT holds the defaults of the rules; no number stands elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType

from domain.case import Kind, Weight
from domain.errors import BadDeclaration
from domain.workdays import Limit, Unit


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


@dataclass(frozen=True)
class Rulebook:
    """All numbers of casework. Limits are Limit values; plain day counts are working days unless named otherwise."""

    version: int = 1
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
    owner_reminder_days: tuple[int, int] = (1, 3)
    near_days: int = 3
    redo_calendar_days: int = 30
    low_levels: int = 2
    digest_at: time = time(8, 30)
    digest_spread_minutes: int = 30
    owner_from: time = time(8, 0)
    owner_until: time = time(21, 0)
    idle_offer_hours: int = 24
    idle_forget_hours: int = 7 * 24

    def limit(self, kind: Kind, weight: Weight | None) -> Limit:
        """The handling limit of a kind of case at a weight."""
        handle = self.kinds[kind].handle
        return handle.get(weight, handle[None])


def check(book: Rulebook) -> None:
    """Raise BadDeclaration with the first number that makes no sense."""
    faults = [(where, what) for where, wrong, what in _nonsense(book) if wrong]
    if faults:
        raise BadDeclaration(where=f"rulebook: {faults[0][0]}", what=faults[0][1])


def _nonsense(book: Rulebook) -> list[tuple[str, bool, str]]:
    found = [
        ("kinds", set(book.kinds) != set(Kind), "every kind of case needs its limits"),
        ("silence", book.silence.amount < 1, "must be at least one working day"),
        ("supplement_pool_days", book.supplement_pool_days < 1, "must be at least one working day"),
        (
            "owner_reminder_days",
            not 0 < book.owner_reminder_days[0] < book.owner_reminder_days[1],
            "must grow from 1 on",
        ),
        ("owner_from", book.owner_from >= book.owner_until, "must be earlier than owner_until"),
        ("low_levels", not 0 <= book.low_levels < 5, "must leave at least one level that is not low"),
    ]
    for kind, rule in book.kinds.items():
        amounts = [rule.accept.amount, *(limit.amount for limit in rule.handle.values())]
        found.append((f"kinds.{kind}", min(amounts) < 1, "every limit must be at least one"))
        found.append((f"kinds.{kind}", None not in rule.handle, "needs a limit for cases without a weight"))
    return found


DEFAULT = Rulebook()
