"""Lists of cases by filters, within a scope, page by page; and sessions: on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from domain.case import Kind, Naming, Role, Status
from domain.scopes import Scope
from storage import listing, sessions
from storage.listing import CONDITIONS, PAGE, Filters
from tests.people import Owner, Town

EVERYTHING = Scope(everything=True)

HOURS = timedelta(hours=1)


@pytest.fixture
def numbers(town: Town) -> list[str]:
    """A request at the power supplier, a complaint with the name kept, and a request nobody has yet."""
    owner, other = town.owner("林晓", enterprise="晓林面馆"), town.owner("赵启明", enterprise="启明印章厂")
    desk = town.official("陈岚", Role.DISPATCHER)
    first = owner.file("变压器装不上")
    second = other.file("窗口乱收费", Kind.COMPLAINT, naming="保密")
    desk.dispatch(first, "供电公司")
    return [first, second, owner.file("路灯坏了")]


def found(town: Town, scope: Scope = EVERYTHING, **wanted: Any) -> list[int]:
    """Which of the three cases fit, the newest first."""
    return town.read(listing.ids, Filters(**wanted), scope)


def test_each_filter_narrows_by_what_it_says(town: Town, numbers: list[str]) -> None:
    one, two, three = (town.case(number).id for number in numbers)
    power, water = town.units["gongdian"], town.units["gongshui"]
    both = (Naming.NAMED, Naming.KEPT)
    assert found(town) == [three, two, one]
    assert found(town, kind=Kind.COMPLAINT) == [two]
    assert found(town, statuses=(Status.FILED,)) == [three, two]
    assert found(town, unit=power) == [one]
    assert found(town, unit=water) == []
    assert found(town, enterprise="面馆", namings=both) == [three, one]
    assert found(town, enterprise="印章", namings=both) == [two]
    assert found(town, enterprise="印章", namings=(Naming.NAMED,)) == []
    assert found(town, enterprise="%", namings=both) == []
    assert found(town, since=town.now + HOURS) == []
    assert found(town, until=town.now - HOURS) == []
    assert found(town, overdue=town.now) == []
    assert found(town, overdue=town.now + timedelta(days=90)) == [three, two, one]
    assert found(town, mine=True, my_units=(power,)) == [one]
    assert found(town, mine=True, my_statuses=(Status.FILED,)) == [three, two]
    assert found(town, mine=True) == []


def test_a_scope_never_shows_more_than_its_units_and_projects(town: Town, numbers: list[str]) -> None:
    one = town.case(numbers[0]).id
    assert found(town, Scope(units=frozenset({town.units["gongdian"]}))) == [one]
    assert found(town, Scope(units=frozenset({town.units["gongshui"]}))) == []
    assert found(town, Scope(projects=frozenset(town.projects.values()))) == []
    assert found(town, Scope()) == []


def test_all_filters_hold_together(town: Town, numbers: list[str]) -> None:
    """Any two at once find what both find alone."""
    power = town.units["gongdian"]
    wanted: dict[str, dict[str, Any]] = {
        "kind": {"kind": Kind.REQUEST},
        "statuses": {"statuses": (Status.FILED, Status.DISPATCHED)},
        "unit": {"unit": power},
        "enterprise": {"enterprise": "林", "namings": (Naming.NAMED,)},
        "since": {"since": town.now - HOURS},
        "until": {"until": town.now + HOURS},
        "overdue": {"overdue": town.now + timedelta(days=90)},
        "mine": {"mine": True, "my_units": (power,)},
    }
    assert set(wanted) == set(CONDITIONS) - {"before", "scope"}
    alone = {name: set(found(town, **one)) for name, one in wanted.items()}
    for one, other in combinations(wanted, 2):
        assert set(found(town, **wanted[one] | wanted[other])) == alone[one] & alone[other], (one, other)


def test_pages_follow_one_another_without_a_gap(town: Town, owner: Owner) -> None:
    filed = [town.case(owner.file(f"第{n}件事没有解决")).id for n in range(PAGE + 3)]
    first = town.read(listing.ids, Filters(), EVERYTHING)
    assert first == filed[::-1][: PAGE + 1]
    assert town.read(listing.ids, Filters(), EVERYTHING, before=first[PAGE - 1]) == filed[:3][::-1]


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", enterprise="晓林面馆")


def test_a_session_is_found_by_its_secret_until_it_is_idle_over_or_ended(town: Town, owner: Owner) -> None:
    secret = town.write(sessions.begin, owner.id, town.now, 12 * HOURS)
    other = town.write(sessions.begin, owner.id, town.now, 12 * HOURS)
    session = town.read(sessions.find, secret, town.now, 2 * HOURS)
    assert session is not None
    assert (session.person, secret in session.digest) == (owner.id, False)
    assert town.read(sessions.find, secret + "x", town.now, 2 * HOURS) is None
    assert town.read(sessions.find, secret, town.now + 2 * HOURS, 2 * HOURS) is None
    town.write(sessions.used, session.digest, town.now + HOURS)
    used = town.read(sessions.find, secret, town.now + 2 * HOURS, 2 * HOURS)
    assert used == replace(session, used_at=town.now + HOURS)
    assert town.read(sessions.find, secret, town.now + 12 * HOURS, 24 * HOURS) is None
    town.write(sessions.end, session.digest)
    assert town.read(sessions.find, secret, town.now, 2 * HOURS) is None
    assert town.write(sessions.end_all, owner.id) == 1
    assert town.read(sessions.find, other, town.now, 2 * HOURS) is None


def test_sessions_that_are_over_are_forgotten(town: Town, owner: Owner) -> None:
    secret = town.write(sessions.begin, owner.id, town.now, HOURS)
    assert town.write(sessions.purge, town.now + HOURS) == 0
    assert town.write(sessions.purge, town.now + 2 * HOURS) == 1
    assert town.read(sessions.find, secret, town.now, HOURS) is None
