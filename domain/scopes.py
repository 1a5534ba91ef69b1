"""What somebody may see, in words a database can narrow by. permits.may_see decides afterwards, case by case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.case import UNIT_ROLES, Actor, Role
from domain.permits import OVERSEERS


@dataclass(frozen=True, slots=True)
class Scope:
    """At least the cases somebody may see.

    everything: all of them; units: those with a live part in a case; projects: those a case names; owners: whose own.
    """

    everything: bool = False
    units: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()


def scope_of(actors: Iterable[Actor]) -> Scope:
    """The scope of somebody who may act as any of these."""
    mine = list(actors)
    return Scope(
        any(_overseer(actor) for actor in mine),
        frozenset(a.unit for a in mine if a.unit is not None and a.role in UNIT_ROLES | {Role.LEADER}),
        frozenset(a.project for a in mine if a.project is not None and a.role in (Role.INSPECTOR, Role.LEADER)),
        frozenset(a.person for a in mine if a.person is not None and a.role in (Role.OWNER, Role.MONITOR)),
    )


def _overseer(actor: Actor) -> bool:
    """Who oversees the office, or leads without being told of which units and projects."""
    boundless = actor.role is Role.LEADER and actor.unit is None and actor.project is None
    return actor.role in OVERSEERS or boundless
