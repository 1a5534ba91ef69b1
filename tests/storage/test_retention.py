"""Retention: what is past its time is erased by itself, by one table, with a report that tells numbers only."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import text

from domain.case import Kind, Role, Status
from domain.retention import BOUND_YEARS, SHORT_ENDS, YEARS, erased_on
from handlers import retention
from storage import jobs, people, readings
from storage.papers import Paper
from storage.papers import add as add_paper
from storage.transaction import Tx
from tests.people import Official, Owner, Town

MATTERS = {kind: f"关于{kind}的一件事" for kind in Kind}


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓禾", enterprise="晓禾手工面馆")


def ended(town: Town, owner: Owner, status: Status = Status.CLOSED) -> dict[Kind, str]:
    """A case of each kind, ended now."""
    numbers = {kind: owner.file(words, kind) for kind, words in MATTERS.items()}
    for number in numbers.values():
        town.write(_end, number, status)
    return numbers


def _end(tx: Tx, number: str, status: Status) -> None:
    statement = text("UPDATE cases SET status = :status WHERE number = :number")
    tx.connection.execute(statement, {"status": str(status), "number": number})


def after_years(town: Town, years: int, days: int) -> None:
    """So many years and days after 3 March 2026; nothing happened meanwhile."""
    town.sleep(to=f"{date(2026 + years, 3, 3) + timedelta(days=days)} 09:00")
    town.tick()


def kept(town: Town, numbers: dict[Kind, str]) -> set[Kind]:
    return {kind for kind, number in numbers.items() if town.case(number).facts}


def test_each_kind_is_kept_for_its_years_and_not_a_day_longer(town: Town, owner: Owner) -> None:
    numbers = ended(town, owner)
    after_years(town, 1, -1)
    assert kept(town, numbers) == set(Kind)
    after_years(town, 1, 0)
    assert kept(town, numbers) == {kind for kind in Kind if YEARS[kind] > 1}
    after_years(town, 3, -1)
    assert kept(town, numbers) == {Kind.REQUEST, Kind.COMPLAINT}
    after_years(town, 3, 0)
    assert kept(town, numbers) == set()
    assert {town.case(number).number for number in numbers.values()} == set(numbers.values())


def test_withdrawn_and_refused_cases_go_sooner(town: Town, owner: Owner) -> None:
    numbers = ended(town, owner, Status.WITHDRAWN)
    after_years(town, 1, 0)
    assert kept(town, numbers) == set()


def test_a_case_in_which_a_unit_was_called_to_account_stays_its_full_time(town: Town, owner: Owner) -> None:
    numbers = ended(town, owner)
    inquiry = town.case(numbers[Kind.INQUIRY]).id
    town.write(add_paper, Paper(inquiry, "supervision", "督办函", "请办理", town.now, number="2026-0001"))
    after_years(town, 1, 0)
    assert Kind.INQUIRY in kept(town, numbers)
    assert Kind.SUGGESTION not in kept(town, numbers)
    after_years(town, BOUND_YEARS, 0)
    assert kept(town, numbers) == set()


def test_open_cases_stay_however_old_they_are(town: Town, owner: Owner) -> None:
    numbers = ended(town, owner, Status.HANDLING)
    town.sleep(to="2036-03-03 09:00")
    town.write(retention.purge, town.now)
    assert kept(town, numbers) == set(Kind)


def test_the_person_goes_with_the_last_case_once_they_fell_silent(town: Town, owner: Owner) -> None:
    ended(town, owner)
    after_years(town, 3, 1)
    row = town.read(people.get, owner.id)
    assert row
    assert (row.name, row.phone, row.enterprise) == ("", "", "")
    assert town.read(people.find, "web", owner.address) is None


def test_somebody_who_still_writes_is_known(town: Town, owner: Owner) -> None:
    ended(town, owner)
    town.sleep(to="2029-02-20 09:00")
    owner.say("/my")
    after_years(town, 3, 1)
    row = town.read(people.get, owner.id)
    assert row
    assert row.name == "林晓禾"


def test_officials_are_never_forgotten_for_being_silent(town: Town) -> None:
    desk = town.official("陈岚", Role.DISPATCHER)
    after_years(town, 5, 0)
    row = town.read(people.get, desk.id)
    assert row
    assert row.name == "陈岚"


def test_old_messages_and_readings_go(town: Town, owner: Owner) -> None:
    desk = town.official("陈岚", Role.DISPATCHER)
    number = owner.file("门口积水")
    desk.say(number)
    case = town.case(number).id
    assert town.read(readings.of_case, case) != []
    town.write(_end, number, Status.HANDLING)
    town.sleep(to="2030-03-03 09:00")
    town.write(retention.purge, town.now)
    assert town.read(readings.of_case, case) == []
    assert town.read(_sent_before, "2029-03-03") == 0


def _sent_before(tx: Tx, day: str) -> int:
    statement = text("SELECT count(*) FROM outbox WHERE created_at < :day AND state <> 'queued'")
    return int(tx.connection.execute(statement, {"day": day}).scalar() or 0)


def test_the_report_counts_by_kind_and_reaches_the_administrator_once_a_month(town: Town, owner: Owner) -> None:
    ended(town, owner)
    administrator: Official = town.official("小于", Role.ADMINISTRATOR)
    after_years(town, 1, 0)
    report = msgspec.json.decode(town.read(jobs.reports, retention.JOB, town.now - timedelta(days=1))[0])
    assert (report["inquiry"], report["suggestion"]) == (1, 1)
    assert "request" not in report
    town.sleep(to="2027-04-01 09:30")
    town.tick()
    town.tick()
    told = administrator.heard("保存期已满").text
    assert "咨询: 1" in told
    assert "建议: 1" in told
    assert "诉求" not in told


@pytest.mark.parametrize("kind", list(Kind))
def test_the_day_told_is_the_day_it_happens(kind: Kind) -> None:
    assert erased_on(kind, Status.CLOSED, date(2026, 3, 3), bound=False) == date(2026 + YEARS[kind], 3, 3)
    assert erased_on(kind, Status.CLOSED, date(2028, 2, 29), bound=False).month == 3
    for status, years in SHORT_ENDS.items():
        assert erased_on(kind, status, date(2026, 3, 3), bound=False).year == 2026 + years
        assert erased_on(kind, status, date(2026, 3, 3), bound=True).year == 2026 + BOUND_YEARS
