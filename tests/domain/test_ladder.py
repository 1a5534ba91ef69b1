"""Each rung of a deadline is reached once, on its documented day and hour, whoever looks and however often."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ladder
from domain.case import Status
from domain.deadlines import DECIDED_MEANWHILE, Deadline, DeadlineState, Term, pause, resume, start, stop, void
from domain.ladder import LADDER, Colour, To
from domain.office import Office
from domain.rulebook import Rulebook, RungRule
from domain.workdays import Limit, Unit
from tests.domain.calendars import moment
from tests.domain.chairs import OFFICE, a_case

CALENDAR = OFFICE.calendar
MORNING = time(8, 30)
WORK = {Term.HANDLE, Term.ASSIST}
#: What an approver decides on.
DECIDED = {Term.REFUSAL, Term.EXTENSION, Term.TERMINATION, Term.REVIEW}
UNIT = {To.HANDLER, To.LIAISON, To.HEAD}

#: The ladder a second time: rung, term → ("start" or "due", working days after it, to whom, what the clock does).
LADDER_AGAIN: dict[tuple[str, Term], tuple[str, int, set[To], str]] = {
    **{("near", term): ("due", -3, {To.HANDLER}, "") for term in WORK},
    **{("tomorrow", term): ("due", -1, {To.HANDLER, To.LIAISON}, "") for term in WORK},
    **{("today", term): ("due", 0, UNIT, "") for term in WORK},
    **{("overdue", term): ("due", 1, UNIT | {To.DISPATCHER}, "") for term in WORK},
    **{("today", term): ("due", 0, {To.DISPATCHER}, "") for term in (Term.ACCEPT, Term.DISPATCH)},
    **{("overdue", term): ("due", 1, {To.DISPATCHER, To.APPROVER}, "") for term in (Term.ACCEPT, Term.DISPATCH)},
    **{("today", term): ("due", 0, {To.APPROVER}, "") for term in DECIDED},
    **{("overdue", term): ("due", 1, {To.APPROVER, To.DISPATCHER}, "") for term in DECIDED},
    ("today", Term.CHECK): ("due", 0, {To.HEAD}, ""),
    ("overdue", Term.CHECK): ("due", 1, {To.HEAD, To.LIAISON}, ""),
    ("today", Term.CONTACT): ("due", 0, {To.HANDLER}, ""),
    ("overdue", Term.CONTACT): ("due", 1, {To.HANDLER, To.LIAISON}, ""),
    **{("reminder_1", term): ("start", 1, {To.OWNER}, "") for term in (Term.SUPPLEMENT, Term.VISIT)},
    **{("reminder_2", term): ("start", 3, {To.OWNER}, "") for term in (Term.SUPPLEMENT, Term.VISIT)},
    ("undelivered", Term.VISIT): ("due", 1, set(), "call"),
    ("silent", Term.SILENCE): ("due", 0, set(), "accept"),
    ("silent", Term.SUPPLEMENT): ("due", 0, set(), "lapse"),
    ("silent", Term.CLOSE): ("due", 0, set(), "silence"),
}

moments = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.dates(date(2021, 1, 1), date(2022, 10, 31)),
    st.integers(0, 24 * 60 - 1),
)
limits = st.one_of(
    st.builds(Limit, st.integers(1, 30), st.just(Unit.WORKDAYS)),
    st.builds(Limit, st.integers(1, 2), st.just(Unit.MONTHS)),
    st.builds(Limit, st.integers(1, 40), st.just(Unit.HOURS)),
)


def begun(term: Term, limit: Limit, at: datetime) -> Deadline:
    return start(term, limit, a_case(Status.HANDLING), at, OFFICE)


deadlines = st.builds(begun, st.sampled_from(Term), limits, moments)


def documented(deadline: Deadline) -> dict[str, tuple[datetime, set[To], str]]:
    """When each rung of this deadline must be reached; none that would lie before it began."""
    found = {}
    for (name, term), (anchor, days, to, move) in LADDER_AGAIN.items():
        if term is not deadline.term:
            continue
        day = CALENDAR.today(deadline.started_at) if anchor == "start" else deadline.due.day
        day = CALENDAR.add(day, days) if days >= 0 else CALENDAR.back(day, -days)
        at = deadline.due.at if move and not days else CALENDAR.morning(day, MORNING)
        found[name] = (at, to, move)
    return {name: row for name, row in found.items() if row[0] > deadline.started_at}


def test_the_ladder_has_the_documented_rungs_and_no_others() -> None:
    declared = {(rung.name, term): rung for rung in LADDER for term in rung.terms}
    assert len(declared) == sum(len(rung.terms) for rung in LADDER)
    assert set(declared) == set(LADDER_AGAIN)
    for key, (_anchor, _days, to, move) in LADDER_AGAIN.items():
        assert (set(declared[key].to), declared[key].move) == (to, move)


@given(deadlines)
def test_each_rung_stands_on_its_day_and_hour(deadline: Deadline) -> None:
    reached = {r.rung.name: (r.at, set(r.rung.to), r.rung.move) for r in ladder.rungs(deadline, OFFICE)}
    assert reached == documented(deadline)


@given(deadlines)
def test_rungs_come_in_order_and_those_that_speak_on_working_mornings(deadline: Deadline) -> None:
    reached = ladder.rungs(deadline, OFFICE)
    assert [r.at for r in reached] == sorted(r.at for r in reached)
    for one in reached:
        local = CALENDAR.local(one.at)
        assert one.at > deadline.started_at
        if not (one.rung.move and not one.rung.days):
            assert local.time() == MORNING
            assert CALENDAR.is_working(local.date())


@given(deadlines, st.lists(st.integers(0, 90 * 24 * 60), max_size=12))
def test_any_way_of_cutting_time_gives_each_rung_once(deadline: Deadline, cuts: list[int]) -> None:
    ends = sorted(deadline.started_at + timedelta(minutes=minutes) for minutes in cuts)
    ends.append(deadline.due.at + timedelta(days=60))
    fired, after = [], None
    for now in sorted(ends):
        fired += ladder.due_between(deadline, after, now, OFFICE)
        after = now
    assert fired == ladder.rungs(deadline, OFFICE)


@given(deadlines)
def test_looking_exactly_when_told_fires_everything_once_and_ends(deadline: Deadline) -> None:
    fired, after = [], None
    while (now := ladder.next_after(deadline, after, OFFICE)) is not None:
        found = ladder.due_between(deadline, after, now, OFFICE)
        assert found
        assert all(r.at == now for r in found)
        fired += found
        after = now
    assert fired == ladder.rungs(deadline, OFFICE)


@given(deadlines, moments)
def test_next_is_the_first_rung_later_than_a_moment(deadline: Deadline, after: datetime) -> None:
    later = [r.at for r in ladder.rungs(deadline, OFFICE) if r.at > after]
    assert ladder.next_after(deadline, after, OFFICE) == (min(later) if later else None)
    assert ladder.due_between(deadline, after, after, OFFICE) == []


@given(deadlines, moments)
def test_what_does_not_run_is_never_due(deadline: Deadline, now: datetime) -> None:
    waiting = () if deadline.term in DECIDED_MEANWHILE else (pause(deadline, deadline.started_at, OFFICE),)
    for over in (stop(deadline, now), void(deadline, now), *waiting):
        assert over.state is not DeadlineState.RUNNING
        assert ladder.next_after(over, None, OFFICE) is None


@given(deadlines, st.integers(0, 20))
def test_a_pause_never_brings_a_rung_before_the_due_date_nearer(deadline: Deadline, days: int) -> None:
    at = deadline.started_at
    resumed = resume(pause(deadline, at, OFFICE), at + timedelta(days=days), OFFICE)
    before = {r.rung.name: r.at for r in ladder.rungs(deadline, OFFICE)}
    after = {r.rung.name: r.at for r in ladder.rungs(resumed, OFFICE)}
    assert all(after[name] >= at for name, at in before.items())


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (1, ["today", "overdue"]),
        (2, ["tomorrow", "today", "overdue"]),
        (3, ["tomorrow", "today", "overdue"]),
        (4, ["near", "tomorrow", "today", "overdue"]),
    ],
)
def test_near_falls_away_on_a_limit_that_is_not_longer(days: int, names: list[str]) -> None:
    deadline = begun(Term.HANDLE, Limit(days), moment("2021-03-10T10:00"))
    assert [r.rung.name for r in ladder.rungs(deadline, OFFICE)] == names


@given(st.integers(1, 10), st.integers(1, 15))
def test_near_follows_the_offices_own_number(near: int, amount: int) -> None:
    office = Office("试县", CALENDAR, Rulebook(rungs={"handle.near": RungRule(-near, ("handler",))}))
    deadline = begun(Term.HANDLE, Limit(amount), moment("2021-03-10T10:00"))
    found = [CALENDAR.today(r.at) for r in ladder.rungs(deadline, office) if r.rung.name == "near"]
    assert found == ([CALENDAR.back(deadline.due.day, near)] if amount > near else [])


def test_the_owners_reminders_follow_the_offices_own_numbers() -> None:
    rungs = {f"supplement.reminder_{n}": RungRule(n * 2, ("owner",)) for n in (1, 2)}
    deadline = begun(Term.SUPPLEMENT, Limit(5), moment("2021-03-08T10:00"))
    reached = ladder.rungs(deadline, Office("试县", CALENDAR, Rulebook(rungs=rungs)))
    assert [CALENDAR.today(r.at).day for r in reached if To.OWNER in r.rung.to] == [10, 12]


def test_an_office_chooses_whom_a_rung_reaches_and_switches_it_off() -> None:
    rungs = {"handle.near": RungRule(-3, ("handler",), on=False), "handle.today": RungRule(0, ("head", "approver"))}
    deadline = begun(Term.HANDLE, Limit(15), moment("2021-03-10T10:00"))
    reached = ladder.rungs(deadline, Office("试县", CALENDAR, Rulebook(rungs=rungs)))
    assert [r.rung.name for r in reached] == ["tomorrow", "today", "overdue"]
    assert reached[1].rung.to == (To.HEAD, To.APPROVER)


def test_owners_are_not_written_to_before_their_hour() -> None:
    office = Office("试县", CALENDAR, Rulebook(digest_at=time(7, 0)))
    deadline = begun(Term.VISIT, Limit(1), moment("2021-03-10T10:00"))
    hours = {CALENDAR.local(r.at).time() for r in ladder.rungs(deadline, office) if To.OWNER in r.rung.to}
    assert hours == {time(8, 0)}


@pytest.mark.parametrize(
    ("day", "colour"),
    [
        ("2021-03-10T12:00", Colour.NONE),
        ("2021-03-12T09:00", Colour.BLUE),
        ("2021-03-16T09:00", Colour.YELLOW),
        ("2021-03-17T09:00", Colour.ORANGE),
        ("2021-03-17T17:30", Colour.ORANGE),
        ("2021-03-17T17:31", Colour.RED),
        ("2021-03-18T09:00", Colour.RED),
    ],
)
def test_the_colour_grows_more_urgent_day_by_day(day: str, colour: Colour) -> None:
    deadline = begun(Term.HANDLE, Limit(5), moment("2021-03-10T10:00"))
    assert ladder.colour(deadline, moment(day), OFFICE) is colour


def test_a_running_deadline_stays_as_it_was_until_it_is_resumed() -> None:
    deadline = begun(Term.HANDLE, Limit(5), moment("2021-03-10T10:00"))
    assert resume(deadline, moment("2021-03-12T10:00"), OFFICE) is deadline
    assert pause(replace(deadline, state=DeadlineState.MET), deadline.started_at, OFFICE).pauses == ()


def test_a_paused_deadline_is_not_late_however_long_the_pause() -> None:
    running = begun(Term.HANDLE, Limit(3, Unit.WORKDAYS), moment("2021-06-07 10:00"))
    paused = pause(running, moment("2021-06-08 10:00"), OFFICE)
    later = moment("2021-07-01 10:00")

    assert ladder.colour(running, later, OFFICE) is Colour.RED
    assert ladder.colour(paused, later, OFFICE) is Colour.NONE
