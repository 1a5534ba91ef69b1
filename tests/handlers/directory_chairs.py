"""Who sits where in the tests of WeCom's directory: the platform with its members, and an administrator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from domain.case import Role
from domain.directory import Department, Rule, Seen, Tagged
from handlers import directory as comparisons
from handlers import directory_changes
from handlers.directory_changes import Change
from storage import directory, people
from tests.people import Official, Town

OFFICE, POWER_DEPARTMENT, SHIFT = 2, 3, 4
TREE = (
    Department(1, None, "衡岳县"),
    Department(OFFICE, 1, "优化办"),
    Department(POWER_DEPARTMENT, 1, "供电公司"),
    Department(SHIFT, POWER_DEPARTMENT, "抢修班"),
)


@dataclass
class WeCom:
    """What the platform would say, and the office that hears it."""

    town: Town
    members: dict[str, tuple[int, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tagged: dict[int, Tagged] = field(default_factory=dict)
    _calls: int = 0

    def hire(self, userid: str, name: str, *departments: int) -> None:
        self.members[userid], self.names[userid] = departments, name

    def seen(self) -> Seen:
        self.town.write(directory.want)
        wanted = self.town.read(directory.state).wanted
        tags = {tag: f"标签{tag}" for tag in self.tagged}
        return Seen(TREE, dict(self.members), self.town.now, wanted, dict(self.names), tags=tags, tagged=self.tagged)

    def compare(self) -> bool:
        done = self.town.write(comparisons.take_over, self.seen(), self.town.now)
        self.town.now += timedelta(seconds=5)
        self.town.show()
        return done

    def tells(self, sort: str, userid: str = "", **more: object) -> None:
        self._calls += 1
        self.again(f"contacts:{self._calls}", sort, userid, **more)

    def again(self, key: str, sort: str, userid: str = "", **more: object) -> None:
        change = replace(Change(sort, userid), **more)  # type: ignore[arg-type]
        self.town.write(directory_changes.take, key, change, self.town.now)
        self.town.now += timedelta(seconds=5)
        self.town.show()

    def rule(self, role: Role, department: int | None = None, *, tag: int | None = None, unit: str = "") -> int:
        of = self.town.units[unit] if unit else None
        name = next((one.name for one in TREE if one.id == department), "标签")
        return self.town.write(directory.add_rule, Rule(0, role, department, tag, of, None, name), 1, self.town.now)

    def roles_of(self, userid: str) -> set[Role]:
        person = self.town.read(directory.person, userid)
        if person is None:
            return set()
        return {one.role for one in self.town.read(people.holdings, person.id, self.town.now)}

    def phone(self, userid: str) -> Official:
        door = Official(self.town, self.names[userid], userid, channel="wecom")
        self.town.doors.append(door)
        return door


@pytest.fixture
def admin(town: Town) -> Official:
    return town.official("管理", Role.ADMINISTRATOR)


@pytest.fixture
def wecom(town: Town, admin: Official) -> WeCom:
    town.db.office = replace(town.db.office, platforms=("wecom",))
    town.write(comparisons.settings, True, ())
    return WeCom(town)
