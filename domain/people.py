"""People and units, as the rules see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


#: What a deputy takes over. A custodian's keys are nobody else's, and a monitor speaks for themselves.
DEPUTISED = OFFICIAL_ROLES - {Role.CUSTODIAN}


@dataclass(frozen=True, slots=True)
class Holding:
    """One role of one person; unit or project where the role belongs to one.

    standing_in_for: the absent holder whose deputy the person is, and absent their name.
    """

    person: int
    role: Role
    unit: int | None = None
    project: int | None = None
    name: str = ""
    standing_in_for: int | None = None
    absent: str = ""

    @property
    def actor(self) -> Actor:
        """The person acting in this role."""
        return Actor(self.person, self.role, self.unit, self.project, self.name, self.standing_in_for)

    @property
    def place(self) -> tuple[Role, int | None, int | None]:
        """The role with its unit and project, whoever holds it."""
        return self.role, self.unit, self.project


@dataclass(frozen=True, slots=True)
class Deputyship:
    """Somebody stands in for somebody absent. since and until: UTC; it ends by itself."""

    id: int
    person: int
    deputy: int
    since: datetime
    until: datetime
    name: str = ""
    deputy_name: str = ""


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
