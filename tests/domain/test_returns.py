"""Sending a case or a part back: once, and within so much time after the unit got it."""

from dataclasses import replace
from datetime import date

import pytest

from domain import clock
from domain.case import Actor, Case, Role, Status
from domain.errors import OnceOnly, TooLate
from domain.lifecycle import apply, may
from tests.domain.calendars import moment
from tests.domain.chairs import ASSISTING, CHAIRS, FOREIGN, FRESH, LEAD, LIVE, NOW, OFFICE, a_case, full

LIAISON, DESK = CHAIRS["liaison of lead"], CHAIRS["dispatcher"]


def given_now() -> Case:
    """Dispatched to the lead unit alone, a moment ago."""
    return a_case(Status.DISPATCHED, assignments=(replace(a_case(Status.DISPATCHED).assignments[0], since=NOW),))


def test_a_unit_returns_a_case_within_one_working_day_and_then_no_unit_may() -> None:
    with pytest.raises(TooLate):
        apply(given_now(), "return", LIAISON, full("return"), moment("2021-03-12T09:00"), OFFICE)
    back = apply(given_now(), "return", LIAISON, full("return"), moment("2021-03-11T17:00"), OFFICE).after
    assert back.status is Status.ACCEPTED
    again = apply(back, "dispatch", DESK, {"lead": FOREIGN, "assisting": ()}, NOW, OFFICE).after
    with pytest.raises(OnceOnly):
        apply(again, "return", CHAIRS["liaison of foreign"], full("return"), NOW, OFFICE)


@pytest.mark.parametrize(("giver", "status"), [(LEAD, "dispatched"), (ASSISTING, "dispatched"), (ASSISTING, "waiting")])
def test_a_unit_that_gets_a_part_later_has_its_own_time_to_send_it_back(giver: int, status: str) -> None:
    given, facts = moment("2021-03-12T09:00"), {"unit": FRESH, "from_unit": giver, "text": "改派"}
    case, former, new = a_case(Status(status)), Actor(400, Role.LIAISON, giver), Actor(400, Role.LIAISON, FRESH)
    assert not may(case, "return", former, given, OFFICE, LIVE)
    change = apply(case, "reassign", DESK, facts, given, OFFICE, LIVE)
    handed = tuple(clock.turn(change, LIVE, OFFICE)[1])
    assert may(change.after, "return", new, moment("2021-03-15T17:30"), OFFICE, handed)
    with pytest.raises(TooLate) as late:
        apply(change.after, "return", new, full("return"), moment("2021-03-16T09:00"), OFFICE, handed)
    assert late.value.values == {"day": date(2021, 3, 15)}


def test_a_unit_that_is_asked_to_assist_later_has_its_own_time_to_send_it_back() -> None:
    given, new = moment("2021-03-19T09:00"), Actor(400, Role.LIAISON, FRESH)
    after = apply(a_case(Status.HANDLING), "involve", DESK, {"unit": FRESH}, given, OFFICE, LIVE).after
    assert may(after, "return", new, moment("2021-03-22T17:30"), OFFICE, LIVE)
    assert not may(after, "return", new, moment("2021-03-23T08:30"), OFFICE, LIVE)


def test_a_unit_that_gets_a_part_again_may_send_it_back_unless_it_has_done_so() -> None:
    case, days = given_now(), [moment(f"2021-03-{day}T09:00") for day in (15, 16)]
    for unit, at in zip((FRESH, LEAD), days, strict=True):
        case = apply(case, "reassign", DESK, {"unit": unit, "text": "改派"}, at, OFFICE).after
    assert may(case, "return", LIAISON, moment("2021-03-17T17:30"), OFFICE)
    assert not may(case, "return", LIAISON, moment("2021-03-18T08:30"), OFFICE)
    back = apply(case, "return", LIAISON, full("return"), days[-1], OFFICE).after
    again = apply(back, "dispatch", DESK, {"lead": LEAD, "assisting": ()}, days[-1], OFFICE).after
    with pytest.raises(OnceOnly):
        apply(again, "return", LIAISON, full("return"), days[-1], OFFICE)


def sent_back_by(unit: int, case: Case) -> Case:
    """The assisting unit has sent its part back, in time."""
    return apply(case, "return", Actor(400, Role.LIAISON, unit), full("return"), NOW, OFFICE, LIVE).after


@pytest.mark.parametrize("chair", ["liaison of lead", "liaison of foreign"])
def test_that_one_unit_no_longer_assists_keeps_no_other_from_sending_its_own_part_back(chair: str) -> None:
    parts = a_case(Status.DISPATCHED).assignments[:2]
    case = a_case(Status.DISPATCHED, assignments=(*parts, replace(parts[1], id=4, unit=FOREIGN)))
    assert may(sent_back_by(ASSISTING, case), "return", CHAIRS[chair], NOW, OFFICE, LIVE)


@pytest.mark.parametrize("unit", [ASSISTING, FRESH])
def test_who_is_asked_to_assist_after_a_unit_sent_that_back_does_not_do_so_too(unit: int) -> None:
    left = sent_back_by(ASSISTING, a_case(Status.HANDLING))
    after = apply(left, "involve", DESK, {"unit": unit}, NOW, OFFICE, LIVE).after
    with pytest.raises(OnceOnly):
        apply(after, "return", Actor(400, Role.LIAISON, unit), full("return"), NOW, OFFICE, LIVE)


def test_a_colleague_who_takes_a_part_over_wins_the_unit_no_time() -> None:
    facts, given = {"handler": 101, "text": "休假"}, moment("2021-03-12T09:00")
    after = apply(a_case(Status.DISPATCHED), "reassign", LIAISON, facts, given, OFFICE).after
    assert not may(after, "return", LIAISON, given, OFFICE)


def test_a_case_that_is_redone_may_be_sent_back_within_its_new_time() -> None:
    asked = moment("2021-03-19T09:00")
    again = apply(a_case(Status.ANSWERED), "redo", CHAIRS["own owner"], full("redo"), asked, OFFICE).after
    assert may(again, "return", LIAISON, moment("2021-03-22T17:30"), OFFICE)
    assert not may(again, "return", LIAISON, moment("2021-03-23T08:30"), OFFICE)


def test_another_kind_takes_no_time_from_a_unit_that_answers_for_itself() -> None:
    wanted = {"kind": "request"}
    joint = replace(a_case(Status.HANDLING), joint=True, filed_at=moment("2021-02-01T09:00"))
    change = apply(joint, "reclassify", DESK, wanted, NOW, OFFICE, LIVE)
    fresh, changed = clock.turn(change, LIVE, OFFICE)
    assert may(change.after, "return", CHAIRS["liaison of assisting"], NOW, OFFICE, (*fresh, *changed))
