"""One row of MOVES, and the words its columns are written in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import OPEN, Matter, Status
from domain.deadlines import Step, Stop, Term
from domain.guards import Condition, Guard
from domain.parts import Work
from domain.permits import Permit


class Target(StrEnum):
    """Where a move leads when it is no fixed status. LED: where the former lead of its group stood."""

    SAME = "same"
    BACK = "back"
    LED = "led"


class Decision(StrEnum):
    """What a row does about an approval."""

    PROPOSE = "propose"
    GRANT = "grant"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from where, to where, by whom, what it needs, what it does to the clock and to the units' parts.

    decides: (what, in which matter) where the row proposes something or decides on it.
    """

    name: str
    origins: frozenset[Status]
    target: Status | Target
    by: tuple[Permit, ...]
    needs: tuple[str, ...] = ()
    when: Condition | None = None
    guards: tuple[Guard, ...] = ()
    clock: tuple[Step, ...] = ()
    work: tuple[Work, ...] = ()
    decides: tuple[Decision, Matter] | None = None


#: A case that is only about to be filed.
NOWHERE: frozenset[Status] = frozenset()
FILED = frozenset({Status.FILED})
ACCEPTED = frozenset({Status.ACCEPTED})
HANDLING = frozenset({Status.HANDLING})
ANSWERED = frozenset({Status.ANSWERED})
MERGED = frozenset({Status.MERGED})
TO_DECIDE = frozenset({Status.FILED, Status.WAITING})
WITH_UNITS = frozenset({Status.DISPATCHED, Status.HANDLING})
UNITS_OR_WAITING = WITH_UNITS | {Status.WAITING}
UNANSWERED = OPEN - {Status.ANSWERED}
DONE = frozenset({Status.ANSWERED, Status.CLOSED})

ENDS_ACCEPTANCE = Stop((Term.ACCEPT, Term.SILENCE))
ENDS_WORK = Stop((Term.CONTACT, Term.HANDLE, Term.ASSIST))
ENDS_OWN_WORK = Stop((Term.CONTACT, Term.HANDLE, Term.ASSIST), own=True)
ENDS_VISIT = Stop((Term.VISIT, Term.CLOSE))
