"""For whom a group is: the enterprises of the place, of a project, of an industry, or a unit's own work group."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What binds those in a group together. Of these only UNIT is a group of officials."""

    ALL = "all"
    PROJECT = "project"
    INDUSTRY = "industry"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Audience:
    """One audience: unit or project by id, an industry by its name, as the sort wants."""

    sort: Sort
    unit: int | None = None
    project: int | None = None
    industry: str = ""

    @property
    def officials(self) -> bool:
        """Whether it is a work group, which hears nothing that is meant for enterprises."""
        return self.sort is Sort.UNIT

    @property
    def key(self) -> str:
        """A name of it to tell it from others by: all, project:3, industry:餐饮."""
        of = self.unit or self.project or self.industry
        return f"{self.sort}:{of}" if of else str(self.sort)
