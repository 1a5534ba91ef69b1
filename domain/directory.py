"""Members of a platform's directory, the rules that give them roles, and what a comparison of the two would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.case import Role

#: A role with its unit and its project.
Place = tuple[Role, int | None, int | None]

#: So many may leave at once before anybody is asked, and above that this share of all: a half-empty answer of the
#: platform must not strip everybody of their rights (own).
FEW, SHARE = 5, 0.2
#: Departments stand in each other no deeper than WeCom allows; a circle ends here.
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Department:
    """One department. parent: None for the root; name: "" until the platform has said it."""

    id: int
    parent: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the directory. person: who that is here, None for one nobody has met; name: "" where not known."""

    userid: str
    departments: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    name: str = ""
    person: int | None = None
    seen_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is in a department, or below it, or has a tag, has a role. name: of the department or tag."""

    id: int
    role: Role
    department: int | None = None
    tag: int | None = None
    unit: int | None = None
    project: int | None = None
    name: str = ""

    @property
    def place(self) -> Place:
        """The role that it gives."""
        return self.role, self.unit, self.project


@dataclass(frozen=True, slots=True)
class Tagged:
    """Who has a tag: members by themselves, and whole departments with all below them."""

    userids: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform has said of the whole directory, all of it or nothing.

    members: userids with their departments; names: of those who were asked for; gone: listed, but they have left.
    tags: their names; tagged: those that rules are about. begun: when the asking began; wanted: what made it begin.
    """

    departments: tuple[Department, ...]
    members: Mapping[str, tuple[int, ...]]
    begun: datetime
    wanted: int
    names: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    tags: Mapping[int, str] = field(default_factory=dict)
    tagged: Mapping[int, Tagged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A role somebody holds: the number of its row, and the rule that gave it, None for a person who did."""

    row: int
    place: Place
    rule: int | None


@dataclass(slots=True)
class Plan:
    """What the rules change: roles to give by userid, rows that end by person, rows another rule answers for now."""

    give: list[tuple[str, Rule]] = field(default_factory=list)
    end: list[tuple[int, int]] = field(default_factory=list)
    hand_on: list[tuple[int, int]] = field(default_factory=list)


def below(departments: Iterable[Department], top: int) -> frozenset[int]:
    """A department with all that are below it."""
    children: dict[int | None, list[int]] = {}
    for one in departments:
        children.setdefault(one.parent, []).append(one.id)
    found, waiting = {top}, [top]
    while waiting:
        more = [child for child in children.get(waiting.pop(), ()) if child not in found]
        found.update(more)
        waiting += more
    return frozenset(found)


def path(departments: Mapping[int, Department], department: int) -> str:
    """A department's name behind those it stands in, without the root's."""
    names: list[str] = []
    one = departments.get(department)
    while one is not None and len(names) < DEEPEST:
        names.append(one.name or f"#{one.id}")
        one = departments.get(one.parent) if one.parent is not None else None
    return " / ".join(reversed(names[:-1] or names))


def fitting(
    rules: Iterable[Rule], departments: Iterable[Department], members: Iterable[Member]
) -> dict[str, list[Rule]]:
    """The rules that fit each member, in their order; who has none is not named."""
    every = list(departments)
    reach = [(rule, below(every, rule.department) if rule.department is not None else frozenset()) for rule in rules]
    found: dict[str, list[Rule]] = {}
    for one in members:
        fit = [rule for rule, within in reach if rule.tag in one.tags or not within.isdisjoint(one.departments)]
        if fit:
            found[one.userid] = fit
    return found


def plan(fits: Mapping[str, list[Rule]], persons: Mapping[str, int], held: Mapping[int, list[Given]]) -> Plan:
    """What has to change so that everybody holds what the rules give them, and nothing that no rule gives any more.

    fits: of those who are members now; persons: who a userid is; held: every role, by person.
    """
    made = Plan()
    wanted: dict[int, dict[Place, list[int]]] = {}
    for userid, rules in fits.items():
        person = persons.get(userid)
        has = {given.place for given in held.get(person, ())} if person is not None else set()
        mine = wanted.setdefault(person, {}) if person is not None else {}
        for rule in rules:
            if rule.place not in has and rule.place not in mine:
                made.give.append((userid, rule))
            mine.setdefault(rule.place, []).append(rule.id)
    for person, roles in held.items():
        _settle(made, person, roles, wanted.get(person, {}))
    return made


def _settle(made: Plan, person: int, roles: list[Given], wanted: Mapping[Place, list[int]]) -> None:
    for given in roles:
        if given.rule is None:
            continue
        rules = wanted.get(given.place, ())
        if not rules:
            made.end.append((person, given.row))
        elif given.rule not in rules:
            made.hand_on.append((given.row, rules[0]))


def members_after(seen: Seen, before: Mapping[str, Member], persons: Mapping[str, int]) -> dict[str, Member]:
    """Who is a member after a comparison. Whoever left, or came, while the platform was asked, has left, or come."""
    within = {tag: _with_below(seen.departments, one.departments) for tag, one in seen.tagged.items()}
    after: dict[str, Member] = {}
    for userid, of in seen.members.items():
        old = before.get(userid, Member(userid))
        if userid in seen.gone or (old.left_at is not None and old.left_at >= seen.begun):
            continue
        tags = tuple(tag for tag, one in seen.tagged.items() if userid in one.userids or not within[tag].isdisjoint(of))
        told_since = old.seen_at is not None and old.seen_at >= seen.begun
        name = old.name if told_since else seen.names.get(userid, old.name)
        after[userid] = Member(userid, tuple(sorted(of)), tags, name, persons.get(userid), old.seen_at or seen.begun)
    for userid, old in before.items():
        if userid not in after and old.left_at is None and old.seen_at is not None and old.seen_at >= seen.begun:
            after[userid] = old
    return after


def _with_below(departments: Iterable[Department], tops: Iterable[int]) -> frozenset[int]:
    every = list(departments)
    return frozenset(one for top in tops for one in below(every, top))


def too_many(losing: int, known: int) -> bool:
    """Whether so many of those known are more than may leave at once without a yes."""
    return losing > FEW and losing > SHARE * known
