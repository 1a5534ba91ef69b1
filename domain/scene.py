"""What a rule may look at when it decides: the case, who acts, with what, when, and the clocks that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.case import Actor, Case
from domain.deadlines import Deadline, Term
from domain.office import Office

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """A move that is about to be made. live: the running and paused deadlines of the case."""

    case: Case
    actor: Actor
    now: datetime
    office: Office
    live: tuple[Deadline, ...] = ()
    facts: Facts = field(default_factory=dict)

    def running(self, terms: frozenset[Term], unit: int | None) -> Deadline | None:
        """The live deadline of one of these terms that counts against a unit."""
        return next((one for one in self.live if one.term in terms and one.unit == unit), None)
