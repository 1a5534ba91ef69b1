"""Cases that are joined: what each keeps of its own, what it takes from the one that leads, and how it leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import clock
from domain.case import CLOCK, Assignment, AssignmentState, Case, Status, Weight
from domain.deadlines import Deadline, DeadlineState, Term, start
from domain.errors import Missing, UnderReview
from domain.lifecycle import Change, apply
from domain.limits import Limit
from tests.domain.chairs import ASSISTING, CHAIRS, FOREIGN, GIVEN, LEAD, NOW, OFFICE, PARTS, a_case, days_after, full
from tests.domain.moves_again import Place
from tests.domain.places import case_at

DISPATCHER = CHAIRS["dispatcher"]
JOINED = a_case(Status.MERGED)


def running(term: Term, unit: int | None, days: int, number: int, since: int = 1) -> Deadline:
    begun = start(term, Limit(days), a_case(Status.HANDLING), NOW - timedelta(days=since), OFFICE, unit)
    return replace(begun, id=number)


def joined(case: Case, unit: int = FOREIGN, state: str = "signed", live: tuple[Deadline, ...] = ()) -> Change:
    facts = {"into": 8, "unit": unit, "state": state, "handler": 103}
    return apply(case, "merge", DISPATCHER, facts, NOW, OFFICE, live)


@pytest.mark.parametrize("status", ["filed", "waiting", "accepted", "dispatched", "handling"])
def test_a_case_that_joins_is_with_the_unit_that_has_the_leading_one(status: str) -> None:
    after = joined(a_case(Status(status))).after
    assert (after.status, after.merged_into, after.resume, after.joint) == (Status.MERGED, 8, None, False)
    assert [(part.unit, part.lead, part.state, part.handler) for part in after.open_parts] == [
        (FOREIGN, True, AssignmentState.SIGNED, 103)
    ]


def test_a_case_never_leads_itself() -> None:
    with pytest.raises(Missing):
        apply(a_case(Status.ACCEPTED), "merge", DISPATCHER, {"into": 7}, NOW, OFFICE)


def test_a_case_under_review_is_not_joined() -> None:
    case = case_at(Place("handling", about="review"), DISPATCHER)
    with pytest.raises(UnderReview):
        joined(case)


def test_each_keeps_its_own_limit_which_counts_against_the_common_unit() -> None:
    own = running(Term.HANDLE, LEAD, 5, 1)
    live = (own, running(Term.CONTACT, LEAD, 1, 2), running(Term.ASSIST, ASSISTING, 3, 3))
    fresh, changed = clock.turn(joined(a_case(Status.HANDLING), live=live), live, OFFICE)
    assert fresh == []
    kept = [one for one in changed if one.state is DeadlineState.RUNNING]
    assert [(one.term, one.unit, one.due) for one in kept] == [(Term.HANDLE, FOREIGN, own.due)]
    assert {one.term for one in changed if one.state is DeadlineState.VOID} == {Term.CONTACT, Term.ASSIST}


def test_of_several_units_limits_the_earliest_stays_when_a_joint_case_joins() -> None:
    case = a_case(Status.HANDLING, joint=True, assignments=PARTS[:2])
    live = (running(Term.HANDLE, LEAD, 8, 1), running(Term.HANDLE, ASSISTING, 5, 2))
    _fresh, changed = clock.turn(joined(case, live=live), live, OFFICE)
    assert {one.id: (one.state, one.unit, one.due) for one in changed} == {
        1: (DeadlineState.VOID, FOREIGN, live[0].due),
        2: (DeadlineState.RUNNING, FOREIGN, live[1].due),
    }


def test_what_waited_for_the_owner_goes_on_when_it_joins() -> None:
    asked = apply(a_case(Status.HANDLING), "ask", CHAIRS["handler of lead"], full("ask"), NOW, OFFICE)
    live = [running(Term.HANDLE, LEAD, 5, 1)]
    fresh, paused = clock.turn(asked, live, OFFICE)
    stored = [*paused, *(replace(one, id=9) for one in fresh)]
    change = apply(asked.after, "merge", DISPATCHER, {"into": 8, "unit": LEAD}, days_after(NOW, 1), OFFICE)
    _fresh, changed = clock.turn(change, stored, OFFICE)
    assert {one.term: one.state for one in changed} == {
        Term.HANDLE: DeadlineState.RUNNING,
        Term.SUPPLEMENT: DeadlineState.MET,
    }


def test_what_is_proposed_on_a_case_that_joins_is_void() -> None:
    for matter in ("refusal", "termination", "extension", "check"):
        status = "filed" if matter == "refusal" else "handling"
        case = case_at(Place(status, about=matter), DISPATCHER)
        assert [str(one.state) for one in joined(case).after.approvals] == ["void"]


@pytest.mark.parametrize(("move", "chair"), [("withdraw", "own owner"), ("transfer", "dispatcher")])
def test_a_joined_case_that_ends_for_itself_belongs_to_no_group_any_more(move: str, chair: str) -> None:
    after = apply(JOINED, move, CHAIRS[chair], full(move), NOW, OFFICE).after
    assert (after.merged_into, after.open_parts) == (None, ())


def test_a_case_taken_out_of_its_group_is_on_the_desk_with_the_limit_it_had() -> None:
    own = running(Term.HANDLE, LEAD, 15, 1)
    change = apply(JOINED, "unmerge", DISPATCHER, full("unmerge"), NOW, OFFICE, (own,))
    fresh, changed = clock.turn(change, (own,), OFFICE)
    assert (change.after.status, change.after.merged_into, change.after.open_parts) == (Status.ACCEPTED, None, ())
    assert ([one.term for one in fresh], changed) == ([Term.DISPATCH], [])
    again = apply(change.after, "dispatch", DISPATCHER, {"lead": FOREIGN, "assisting": ()}, NOW, OFFICE)
    fresh, changed = clock.turn(again, (own,), OFFICE)
    assert fresh == []
    assert [(one.id, one.unit, one.due) for one in changed] == [(1, FOREIGN, own.due)]


def test_a_case_with_limits_of_several_units_keeps_the_earliest_when_one_unit_gets_it() -> None:
    live = (running(Term.HANDLE, LEAD, 8, 1), running(Term.HANDLE, ASSISTING, 5, 2))
    facts = {"lead": FOREIGN, "assisting": ()}
    again = apply(a_case(Status.ACCEPTED), "dispatch", DISPATCHER, facts, NOW, OFFICE)
    fresh, changed = clock.turn(again, live, OFFICE)
    assert fresh == []
    assert {one.id: (one.state, one.unit) for one in changed} == {
        1: (DeadlineState.VOID, FOREIGN),
        2: (DeadlineState.RUNNING, FOREIGN),
    }


def test_a_joined_case_follows_where_the_leading_one_goes() -> None:
    facts = {"what": "reassign", "unit": FOREIGN, "state": "assigned", "handler": None}
    after = apply(JOINED, "follow", CLOCK, facts, NOW, OFFICE).after
    assert [(part.unit, part.state) for part in after.open_parts] == [(FOREIGN, AssignmentState.ASSIGNED)]
    returned = apply(after, "follow", CLOCK, {"what": "return"}, NOW, OFFICE).after
    assert (returned.open_parts, returned.merged_into) == ((), 8)


def test_the_next_case_leads_with_the_units_that_were_at_work() -> None:
    parts = [[LEAD, True, GIVEN.isoformat(), "signed", 100], [ASSISTING, False, NOW.isoformat(), "assigned", None]]
    facts = {"status": "handling", "parts": parts, "weight": Weight.CROSS, "joint": True}
    after = apply(JOINED, "succeed", CLOCK, facts, NOW, OFFICE).after
    assert (after.status, after.merged_into, after.weight, after.joint) == (
        Status.HANDLING,
        None,
        Weight.CROSS,
        True,
    )
    assert [(p.unit, p.lead, p.since, p.state, p.handler) for p in after.open_parts] == [
        (LEAD, True, GIVEN, AssignmentState.SIGNED, 100),
        (ASSISTING, False, NOW, AssignmentState.ASSIGNED, None),
    ]


@pytest.mark.parametrize(("former", "own", "earlier"), [(5, 8, 5), (8, 5, 5)])
def test_the_next_case_has_the_earlier_of_both_limits(former: int, own: int, earlier: int) -> None:
    theirs, mine = running(Term.HANDLE, LEAD, former, 1), running(Term.HANDLE, LEAD, own, 2)
    contact = running(Term.CONTACT, LEAD, 1, 3)
    fresh, changed = clock.inherited([theirs, contact], [mine], replace(JOINED, status=Status.HANDLING))
    assert [(one.term, one.id, one.case) for one in fresh] == [(Term.CONTACT, 0, JOINED.id)]
    left = changed[0] if changed else mine
    assert (left.id, left.due) == (2, running(Term.HANDLE, LEAD, earlier, 9).due)


def test_the_answer_of_the_leading_case_answers_the_others_which_then_stand_for_themselves() -> None:
    facts = {"text": "通电了", "outcome": "solved", "unit": LEAD, "handler": 100}
    change = apply(JOINED, "answer_with", CLOCK, facts, NOW, OFFICE)
    assert (change.after.status, change.after.merged_into, change.after.answered_at) == (Status.ANSWERED, None, NOW)
    own = running(Term.HANDLE, LEAD, 15, 1)
    fresh, changed = clock.turn(change, (own,), OFFICE)
    assert ([one.term for one in fresh], [one.state for one in changed]) == ([Term.VISIT], [DeadlineState.MET])
    again = apply(change.after, "redo", CHAIRS["own owner"], full("redo"), NOW, OFFICE).after
    assert again.lead == Assignment(0, LEAD, True, NOW, round=2)
