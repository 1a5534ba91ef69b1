"""What the clock says to whom: rungs, the morning's digest, and the hours at which people may be written to."""

import pytest

from domain.case import Role
from domain.deadlines import Term
from handlers import hours
from storage import reminders
from tests.people import Official, Owner, Person, Town, moment, words

RUNGS = ("快到期", "明天到期", "今天到期", "已超期")


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓")


@pytest.fixture
def staff(town: Town) -> dict[str, Official]:
    """Everybody whom a unit's deadlines can concern."""
    return {
        "handler": town.official("郑凯", Role.HANDLER, unit="gongdian"),
        "liaison": town.official("吴敏", Role.LIAISON, unit="gongdian"),
        "head": town.official("孙立", Role.HEAD, unit="gongdian"),
        "desk": town.official("陈岚", Role.DISPATCHER),
        "approver": town.official("周正", Role.APPROVER),
        "other unit": town.official("钱三", Role.HANDLER, unit="jiwei"),
    }


@pytest.fixture
def number(owner: Owner, staff: dict[str, Official]) -> str:
    """A case with the power company, signed, the owner contacted; the answer is due on Tuesday 10 March."""
    number = owner.file("变压器装不上")
    staff["desk"].dispatch(number, "供电公司")
    staff["handler"].sign(number)
    staff["handler"].tell(number, "明天上门")
    for official in staff.values():
        official.read_all()
    return number


def rungs_heard(person: Person) -> list[str]:
    """The rungs named in what this person has not looked at yet."""
    return [rung for message in person.read_all() for rung in RUNGS if f"{rung}: " in words(message)]


def rungs_by_day(town: Town, staff: dict[str, Official], days: str) -> dict[str, list[str]]:
    """Who heard which rung on which days of March 2026, looked at every noon."""
    heard: dict[str, list[str]] = {name: [] for name in staff}
    for day in days.split():
        town.forward(to=f"2026-03-{day} 12:00")
        for name, official in staff.items():
            heard[name] += [f"{day} {rung}" for rung in rungs_heard(official)]
    return {name: said for name, said in heard.items() if said}


def test_every_rung_reaches_the_right_people_once(town: Town, staff: dict[str, Official], number: str) -> None:
    assert town.due(number, Term.HANDLE) == "2026-03-10 17:30"

    assert rungs_by_day(town, staff, "04 05 06 07 08 09 10 11 12 13 16 17") == {
        "handler": ["05 快到期", "09 明天到期", "10 今天到期", "11 已超期"],
        "liaison": ["09 明天到期", "10 今天到期", "11 已超期"],
        "head": ["10 今天到期", "11 已超期"],
        "desk": ["11 已超期"],
    }


def test_a_desk_that_does_not_decide_is_reminded_and_its_approver_told(
    town: Town, owner: Owner, staff: dict[str, Official]
) -> None:
    owner.file("变压器装不上")
    staff["desk"].read_all()

    heard = rungs_by_day(town, staff, "04 05 06")
    assert heard == {"desk": ["04 今天到期", "05 已超期"], "approver": ["05 已超期"]}


def test_after_downtime_only_the_last_rung_passed_is_said(town: Town, staff: dict[str, Official], number: str) -> None:
    town.sleep(to="2026-03-10 10:00")
    town.tick()

    assert {name: rungs_heard(official) for name, official in staff.items()} == {
        "handler": ["今天到期"],
        "liaison": ["今天到期"],
        "head": ["今天到期"],
        "desk": [],
        "approver": [],
        "other unit": [],
    }


def test_what_the_clock_must_do_is_done_after_downtime(town: Town, owner: Owner) -> None:
    number = owner.file("变压器装不上")
    town.sleep(to="2026-03-16 10:00")
    town.tick()

    owner.heard("已受理")
    assert town.due(number, Term.DISPATCH) == "2026-03-17 17:30"


def test_two_machines_that_tick_say_everything_once(town: Town, staff: dict[str, Official], number: str) -> None:
    town.sleep(to="2026-03-11 10:00")
    town.tick(times=3)

    assert [rungs_heard(official) for official in staff.values()] == [["已超期"]] * 4 + [[], []]
    kept = town.read(reminders.of_case, town.case(number).id)
    assert len({(one.deadline, one.rung, one.person) for one in kept}) == len(kept)


def test_a_paused_case_reminds_nobody_of_its_unit(town: Town, staff: dict[str, Official], number: str) -> None:
    staff["handler"].tell(number, "请发营业执照", "请求补充")

    assert rungs_by_day(town, staff, "04 05 06 09 10") == {}


def test_an_answered_case_reminds_nobody_any_more(town: Town, staff: dict[str, Official], number: str) -> None:
    staff["handler"].answer(number, "已经装好通电")

    assert rungs_by_day(town, staff, "04 05 06 09 10 11") == {}


# --- the digest -------------------------------------------------------------------------------------------------


def own_minute(town: Town, person: Person, day: str) -> str:
    """The minute of this person's digest on a day."""
    at = hours.digest_moment(person.id, moment(f"{day} 12:00"), town.db.office)
    return f"{town.db.office.calendar.local(at):%H:%M}"


def test_the_digest_comes_once_a_morning_at_a_minute_of_ones_own(
    town: Town, staff: dict[str, Official], number: str
) -> None:
    heard: dict[str, list[str]] = {name: [] for name in staff}
    town.sleep(to="2026-03-04 08:20")
    for _minute in range(60):
        town.sleep(hours=1 / 60)
        town.tick()
        for name, official in staff.items():
            heard[name] += [town.local[11:] for message in official.read_all() if "件待办" in words(message)]

    expected = {name: [own_minute(town, staff[name], "2026-03-04")] for name in ("handler", "liaison", "head")}
    assert {name: said for name, said in heard.items() if said} == expected
    assert all("08:30" <= at < "09:00" for said in heard.values() for at in said)
    assert len({own_minute(town, official, "2026-03-04") for official in staff.values()}) == len(staff)


def test_whoever_has_nothing_to_do_gets_no_digest(town: Town, staff: dict[str, Official], number: str) -> None:
    town.forward(to="2026-03-04 12:00")

    for name in ("approver", "other unit", "desk"):
        staff[name].silent()


def test_there_is_no_digest_at_weekends_and_holidays(town: Town, staff: dict[str, Official], number: str) -> None:
    for day, times in (
        ("03-06", 1),
        ("03-07", 0),
        ("03-08", 0),
        ("03-09", 1),
        ("04-03", 1),
        ("04-06", 0),
        ("04-07", 1),
    ):
        town.forward(to=f"2026-{day} 00:01")
        staff["handler"].read_all()
        town.forward(to=f"2026-{day} 23:59")
        assert sum("件待办" in words(message) for message in staff["handler"].read_all()) == times, day


def test_there_is_a_digest_on_a_make_up_working_day(town: Town, staff: dict[str, Official], number: str) -> None:
    town.forward(to="2026-05-09 00:01")
    staff["handler"].read_all()
    town.forward(to="2026-05-09 12:00")

    staff["handler"].heard("件待办")


def test_what_is_reached_at_night_waits_for_the_office_to_open(
    town: Town, staff: dict[str, Official], number: str
) -> None:
    town.sleep(to="2026-03-10 20:00")
    town.tick(times=2)
    staff["head"].silent()
    town.forward(to="2026-03-11 08:29")
    staff["head"].silent()
    town.forward(to="2026-03-11 09:00")

    assert "已超期" in rungs_heard(staff["head"])


# --- hours ------------------------------------------------------------------------------------------------------


def test_owners_get_answers_to_what_they_do_at_any_hour(town: Town, owner: Owner) -> None:
    town.forward(to="2026-03-03 23:30")
    owner.file("变压器装不上")

    assert owner.offers("查看进度")


@pytest.mark.parametrize(
    ("at", "heard_at"),
    [
        ("03-04 07:00", "03-04 08:00"),
        ("03-04 07:59", "03-04 08:00"),
        ("03-04 08:00", "03-04 08:00"),
        ("03-04 20:59", "03-04 20:59"),
        ("03-04 21:00", "03-05 08:00"),
        ("03-07 23:59", "03-08 08:00"),
    ],
)
def test_owners_get_news_by_day_only(
    town: Town, owner: Owner, staff: dict[str, Official], number: str, at: str, heard_at: str
) -> None:
    town.forward(to=f"2026-{at}")
    owner.read_all()
    staff["handler"].tell(number, "师傅已经到了")
    if at != heard_at:
        owner.silent()
        town.forward(to=f"2026-{heard_at}")

    owner.heard("师傅已经到了")


@pytest.mark.parametrize(
    ("at", "heard_at"),
    [
        ("03-03 17:29", "03-03 17:29"),
        ("03-03 17:30", "03-04 08:30"),
        ("03-04 03:00", "03-04 08:30"),
        ("03-06 19:00", "03-09 08:30"),
        ("04-04 10:00", "04-07 08:30"),
    ],
)
def test_officials_are_written_to_within_office_hours(
    town: Town, owner: Owner, staff: dict[str, Official], at: str, heard_at: str
) -> None:
    town.forward(to=f"2026-{at}")
    number = owner.file("变压器装不上")
    if at != heard_at:
        staff["desk"].not_heard(number)
        town.forward(to=f"2026-{heard_at}")

    staff["desk"].heard("新件")
