"""People and units, as the rules see them."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import OFFICIAL_ROLES, Actor, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the office talks with. consented: the version of the privacy words agreed to, 0 for none yet."""

    id: int
    name: str = ""
    phone: str = ""
    enterprise: str = ""
    language: str = "zh_CN"
    consented: int = 0

    @property
    def owner(self) -> Actor:
        """This person as an owner of their own cases."""
        return Actor(self.id, Role.OWNER, name=self.name)


@dataclass(frozen=True, slots=True)
class Holding:
    """One role of one person; unit or project where the role belongs to one."""

    person: int
    role: Role
    unit: int | None = None
    project: int | None = None
    name: str = ""

    @property
    def actor(self) -> Actor:
        """The person acting in this role."""
        return Actor(self.person, self.role, self.unit, self.project, self.name)


@dataclass(frozen=True, slots=True)
class UnitOf:
    """A unit that acts on cases."""

    id: int
    code: str
    name: str
    phone: str = ""
    duties: str = ""


def is_official(holdings: tuple[Holding, ...]) -> bool:
    """Whether any of the roles is an official's."""
    return any(holding.role in OFFICIAL_ROLES for holding in holdings)
