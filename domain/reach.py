"""How far somebody's sight goes, as a list or a search can ask it of a database: which of many cases to look at.

It only narrows: whether one of the cases found may be seen is still decided by `permits.may_see`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.case import UNIT_ROLES, Actor, Role
from domain.permits import OVERSEERS


@dataclass(frozen=True, slots=True)
class Reach:
    """Every case, or those in which one of these units has a live part or that name one of these projects."""

    everything: bool = False
    units: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()


def reach_of(actors: Iterable[Actor]) -> Reach:
    """The reach of a person's official roles together; nothing for one who reads no cases."""
    seeing = [actor for actor in actors if actor.role in OVERSEERS | UNIT_ROLES | {Role.LEADER, Role.INSPECTOR}]
    everything = any(_sees_everything(actor) for actor in seeing)
    units = {actor.unit for actor in seeing if actor.unit is not None and actor.role is not Role.INSPECTOR}
    projects = {actor.project for actor in seeing if actor.project is not None and actor.role not in UNIT_ROLES}
    return Reach(everything, frozenset(units), frozenset(projects))


def _sees_everything(actor: Actor) -> bool:
    of_all = actor.role is Role.LEADER and actor.unit is None and actor.project is None
    return actor.role in OVERSEERS or of_all
