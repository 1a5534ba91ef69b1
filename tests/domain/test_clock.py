"""What each move does to the deadlines of its case: which begin, end, wait and run on, and until when."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import clock
from domain.case import Case, Kind, Status, Weight
from domain.deadlines import DECISION_TERMS, Deadline, DeadlineState, Term
from domain.lifecycle import NAMES, Change, apply
from tests.domain.calendars import moment
from tests.domain.chairs import (
    ASSISTING,
    CHAIRS,
    CHECKING,
    DONE,
    FOREIGN,
    FRESH,
    FULL,
    LEAD,
    LIVE,
    NOW,
    OFFICE,
    PARTS,
    a_case,
    days_after,
    full,
    without_units,
)
from tests.domain.moves_again import Place
from tests.domain.places import case_at

LONG_AGO = moment("2021-03-08T09:00")
CALENDAR = OFFICE.calendar
#: From whose chair a case is set up: nobody who proposed anything.
SOMEONE = CHAIRS["own owner"]
R, P, MET, MISSED, VOID, EXTENDED = DeadlineState

#: Whose every deadline of a unit is here.
UNITS = {Term.HANDLE: LEAD, Term.CONTACT: LEAD, Term.ASSIST: ASSISTING}

#: What runs on nobody's proposal.
EVERY = set(Term) - DECISION_TERMS
ACCEPTANCE = {Term.ACCEPT, Term.SILENCE}
WORK = {Term.CONTACT, Term.HANDLE, Term.ASSIST}
VISITED = {Term.VISIT, Term.CLOSE}
NONE: set[Term] = set()

#: (move, from, by, what waits for a decision) → terms begun, met or missed, and void. The rest goes on as it was.
STARTS_AND_STOPS: dict[tuple[str, str, str, str], tuple[set[Term], set[Term], set[Term]]] = {
    ("file", "nothing", "own owner", ""): (ACCEPTANCE, NONE, NONE),
    ("add", "handling", "own owner", ""): (NONE, NONE, NONE),
    ("answer_at_once", "filed", "dispatcher", ""): ({Term.VISIT}, ACCEPTANCE, NONE),
    ("accept", "filed", "dispatcher", ""): ({Term.DISPATCH}, ACCEPTANCE, NONE),
    ("accept", "filed", "clock", "refusal"): ({Term.DISPATCH}, ACCEPTANCE, {Term.REFUSAL}),
    ("propose_refusal", "filed", "dispatcher", ""): ({Term.REFUSAL}, NONE, NONE),
    ("refuse", "filed", "approver", "refusal"): (NONE, ACCEPTANCE, EVERY - ACCEPTANCE | {Term.REFUSAL}),
    ("deny_refusal", "filed", "approver", "refusal"): (NONE, {Term.REFUSAL}, NONE),
    ("object", "refused", "own owner", ""): (ACCEPTANCE, NONE, NONE),
    ("dispatch", "accepted", "dispatcher", ""): ({Term.ASSIST}, {Term.DISPATCH}, NONE),
    ("return", "dispatched", "liaison of lead", ""): ({Term.DISPATCH}, NONE, {Term.HANDLE, Term.ASSIST}),
    ("return", "handling", "liaison of assisting", ""): (NONE, NONE, {Term.ASSIST}),
    ("involve", "handling", "dispatcher", ""): ({Term.ASSIST}, NONE, NONE),
    ("sign", "dispatched", "handler of lead", ""): ({Term.CONTACT}, NONE, NONE),
    ("sign", "handling", "handler of assisting", ""): (NONE, NONE, NONE),
    ("progress", "handling", "handler of lead", ""): (NONE, {Term.CONTACT}, NONE),
    ("ask_time", "handling", "handler of lead", ""): ({Term.EXTENSION}, NONE, NONE),
    ("deny_time", "handling", "approver", "extension"): (NONE, {Term.EXTENSION}, NONE),
    ("assist_done", "handling", "handler of assisting", ""): (NONE, {Term.ASSIST}, NONE),
    ("answer", "handling", "handler of lead", ""): ({Term.VISIT}, WORK, NONE),
    ("answer", "handling", "handler of lead", "extension"): ({Term.VISIT}, WORK, {Term.EXTENSION}),
    ("propose_answer", "handling", "handler of lead", ""): ({Term.CHECK}, NONE, NONE),
    ("release", "handling", "head of lead", "check"): ({Term.VISIT}, WORK | {Term.CHECK}, NONE),
    ("send_back", "handling", "head of lead", "check"): (NONE, {Term.CHECK}, NONE),
    ("conclude", "handling", "approver", "review"): ({Term.VISIT}, {Term.REVIEW}, NONE),
    ("visit", "answered", "own owner", ""): (NONE, VISITED, NONE),
    ("call", "answered", "dispatcher", ""): (NONE, NONE, NONE),
    ("silence", "answered", "clock", ""): (NONE, NONE, EVERY),
    ("redo", "answered", "own owner", ""): ({Term.HANDLE}, VISITED, NONE),
    ("unmerge", "merged", "dispatcher", ""): ({Term.DISPATCH}, NONE, NONE),
    ("follow", "merged", "clock", ""): (NONE, NONE, NONE),
    ("succeed", "merged", "clock", ""): (NONE, NONE, NONE),
    ("answer_with", "merged", "clock", ""): ({Term.VISIT}, WORK, NONE),
    ("merge", "accepted", "dispatcher", ""): (
        NONE,
        ACCEPTANCE | {Term.SUPPLEMENT},
        {Term.DISPATCH, Term.ASSIST, Term.CONTACT},
    ),
    ("urge", "handling", "own owner", ""): (NONE, NONE, NONE),
    ("withdraw", "handling", "own owner", "termination"): (NONE, NONE, EVERY | {Term.TERMINATION}),
    ("propose_termination", "handling", "dispatcher", ""): ({Term.TERMINATION}, NONE, NONE),
    ("terminate", "handling", "approver", "termination"): (NONE, NONE, EVERY | {Term.TERMINATION}),
    ("deny_termination", "handling", "approver", "termination"): (NONE, {Term.TERMINATION}, NONE),
    ("transfer", "handling", "dispatcher", ""): (NONE, NONE, EVERY),
    ("relay", "transferred", "dispatcher", ""): (NONE, NONE, NONE),
    ("supervise", "handling", "supervisor", ""): (NONE, NONE, NONE),
    ("repay", "handling", "handler of lead", ""): (NONE, NONE, NONE),
    ("censure", "handling", "supervisor", ""): (NONE, NONE, NONE),
    ("recuse", "handling", "dispatcher", ""): (NONE, NONE, NONE),
}
#: What pauses, hands, extends or recounts is told of further down.
TOLD_APART = {"ask", "supply", "lapse", "uphold", "grant_time", "reclassify", "reassign"}


def running(term: Term, started: datetime = LONG_AGO, **changes: Any) -> Deadline:
    case = a_case(Status.HANDLING)
    one = clock.open_term(term, case, started, OFFICE)[0]
    return replace(one, **{"id": list(Term).index(term) + 1, "unit": UNITS.get(term), **changes})


def all_running(started: datetime = LONG_AGO) -> list[Deadline]:
    return [running(term, started) for term in Term if term in EVERY]


def place(status: str) -> Case:
    return a_case(None if status == "nothing" else Status(status))


def made(move: str, status: str, chair: str, now: datetime = NOW, case: Case | None = None) -> Change:
    office = CHECKING if move == "propose_answer" else OFFICE
    return apply(case or place(status), move, CHAIRS[chair], full(move), now, office, LIVE)


@pytest.mark.parametrize("row", STARTS_AND_STOPS, ids=lambda row: f"{row[0]} by {row[2]} {row[3]}")
def test_which_terms_a_move_begins_and_ends(row: tuple[str, str, str, str]) -> None:
    move, status, chair, about = row
    begins, ends, voids = STARTS_AND_STOPS[row]
    live = all_running()
    if about:
        proposal = running(Term(about), unit=LEAD if about in ("extension", "check") else None)
        live.append(proposal)
    fresh, changed = clock.turn(
        made(move, status, chair, case=case_at(Place(status, about=about), SOMEONE)), live, OFFICE
    )
    over = [one for one in changed if one.state not in (R, P)]
    assert {one.term for one in fresh} == begins
    assert {one.term for one in over if one.state in (MET, MISSED)} == ends
    assert {one.term for one in over if one.state is VOID} == voids
    assert all(one.ended_at == NOW for one in over)
    assert all(one.id == 0 and one.state is R and one.started_at == NOW for one in fresh)


@pytest.mark.parametrize("move", ["silence", "withdraw", "transfer"])
def test_the_end_of_a_case_leaves_nothing_running_nor_waiting(move: str) -> None:
    status, chair = {
        "silence": ("answered", "clock"),
        "withdraw": ("handling", "own owner"),
        "transfer": ("waiting", "dispatcher"),
    }[move]
    live = [replace(one, state=P) if one.term is Term.HANDLE else one for one in all_running()]
    fresh, changed = clock.turn(made(move, status, chair), live, OFFICE)
    assert fresh == []
    assert {one.term: one.state for one in changed} == dict.fromkeys(EVERY, VOID)


def test_every_move_is_tested_here() -> None:
    assert {row[0] for row in STARTS_AND_STOPS} | TOLD_APART == set(NAMES)


def test_what_was_in_time_is_met_and_what_was_not_is_missed() -> None:
    in_time = running(Term.HANDLE)
    at_its_end = in_time.due.at
    for now, state in ((at_its_end, MET), (days_after(at_its_end, 1), MISSED)):
        _fresh, changed = clock.turn(made("answer", "handling", "handler of lead", now), [in_time], OFFICE)
        assert [one.state for one in changed] == [state]


def test_a_unit_that_is_done_ends_its_own_part_only() -> None:
    theirs = running(Term.ASSIST)
    another = replace(theirs, id=90, unit=DONE)
    _fresh, changed = clock.turn(made("assist_done", "handling", "handler of assisting"), [theirs, another], OFFICE)
    assert [one.id for one in changed] == [theirs.id]


def test_dispatching_begins_a_clock_for_every_unit() -> None:
    facts = {"lead": LEAD, "assisting": (ASSISTING, DONE)}
    change = apply(place("accepted"), "dispatch", CHAIRS["dispatcher"], facts, NOW, OFFICE)
    fresh, _changed = clock.turn(change, (), OFFICE)
    assert sorted((one.term, one.unit) for one in fresh) == [
        (Term.ASSIST, ASSISTING),
        (Term.ASSIST, DONE),
        (Term.HANDLE, LEAD),
    ]


# --- limits -----------------------------------------------------------------------------------------------------

#: kind, weight → the last day to answer what was dispatched on Wednesday 10 March 2021 (Qingming is on Monday 5 April).
LAST_DAYS = {
    (Kind.INQUIRY, None): date(2021, 3, 15),
    (Kind.REQUEST, Weight.SIMPLE): date(2021, 3, 17),
    (Kind.REQUEST, Weight.CROSS): date(2021, 3, 31),
    (Kind.REQUEST, Weight.LEGACY): date(2021, 4, 12),
    (Kind.REQUEST, None): date(2021, 3, 17),
    (Kind.COMPLAINT, None): date(2021, 3, 31),
    (Kind.SUGGESTION, None): date(2021, 4, 22),
}


@pytest.mark.parametrize(("kind", "weight"), LAST_DAYS)
def test_the_limit_follows_kind_and_weight(kind: Kind, weight: Weight | None) -> None:
    case = a_case(Status.ACCEPTED, kind=kind)
    facts = {"lead": LEAD, "weight": weight}
    fresh, _changed = clock.turn(apply(case, "dispatch", CHAIRS["dispatcher"], facts, NOW, OFFICE), (), OFFICE)
    assert fresh[0].due.day == LAST_DAYS[kind, weight]
    assert fresh[0].due.at == CALENDAR.morning(LAST_DAYS[kind, weight], CALENDAR.closes)


#: Acceptance: the target by kind, and three working days of silence for all.
@pytest.mark.parametrize(("kind", "target"), [(Kind.COMPLAINT, 11), (Kind.REQUEST, 11), (Kind.SUGGESTION, 15)])
def test_acceptance_has_a_target_and_a_silence_limit(kind: Kind, target: int) -> None:
    change = apply(a_case(None, kind=kind), "file", CHAIRS["own owner"], FULL, NOW, OFFICE)
    fresh, _changed = clock.turn(change, (), OFFICE)
    assert {one.term: one.due.day.day for one in fresh} == {Term.ACCEPT: target, Term.SILENCE: 15}


# --- pauses -----------------------------------------------------------------------------------------------------


def asked_and_back(asked: datetime, back: datetime, move: str) -> tuple[list[Deadline], list[Deadline]]:
    """(deadlines before, those deadlines after) when an owner was asked for more and the case came back."""
    live = [running(Term.HANDLE, asked), running(Term.ASSIST, asked)]
    change = made("ask", "handling", "handler of lead", asked)
    fresh, paused = clock.turn(change, live, OFFICE)
    assert [one.term for one in fresh] == [Term.SUPPLEMENT]
    assert {one.state for one in paused} == {P}
    stored = [*paused, *(replace(one, id=80) for one in fresh)]
    chair = "clock" if move == "lapse" else "own owner"
    _none, changed = clock.turn(apply(change.after, move, CHAIRS[chair], FULL, back, OFFICE), stored, OFFICE)
    ended = [one for one in changed if one.term is Term.SUPPLEMENT]
    assert [one.state for one in ended] == [MET if back <= ended[0].due.at else MISSED]
    return live, [one for one in changed if one.term is not Term.SUPPLEMENT]


@pytest.mark.parametrize("move", ["supply", "lapse"])
@given(minutes=st.integers(0, 20 * 24 * 60))
def test_a_deadline_moves_by_exactly_the_working_days_the_owner_took(move: str, minutes: int) -> None:
    back = NOW + timedelta(minutes=minutes)
    before, after = asked_and_back(NOW, back, move)
    taken = CALENDAR.count(CALENDAR.today(NOW), CALENDAR.today(back))
    for old, new in zip(before, after, strict=True):
        assert new.state is R
        assert new.due.at >= old.due.at
        assert CALENDAR.count(old.due.day, new.due.day) == taken


def test_asking_ends_the_first_contact() -> None:
    _fresh, changed = clock.turn(made("ask", "handling", "handler of lead"), [running(Term.CONTACT, NOW)], OFFICE)
    assert [one.state for one in changed] == [MET]


def test_what_is_overdue_is_not_paused_away() -> None:
    late = running(Term.HANDLE)
    now = days_after(late.due.at, 1)
    _fresh, changed = clock.turn(made("ask", "handling", "handler of lead", now), [late], OFFICE)
    assert changed == []


def test_days_the_owner_took_do_not_make_an_assisting_unit_late() -> None:
    asked = made("ask", "handling", "handler of lead")
    _fresh, paused = clock.turn(asked, [running(Term.ASSIST, NOW)], OFFICE)
    after_the_first_date = days_after(paused[0].due.at, 1)
    done = apply(asked.after, "assist_done", CHAIRS["handler of assisting"], FULL, after_the_first_date, OFFICE)
    _none, changed = clock.turn(done, paused, OFFICE)
    assert [(one.state, one.pauses[-1].until) for one in changed] == [(MET, CALENDAR.today(after_the_first_date))]


def test_the_acceptance_clocks_wait_too_and_run_on() -> None:
    live = [running(Term.ACCEPT, NOW), running(Term.SILENCE, NOW)]
    change = made("ask", "filed", "dispatcher")
    _fresh, paused = clock.turn(change, live, OFFICE)
    back = apply(change.after, "supply", CHAIRS["own owner"], FULL, moment("2021-03-12T12:00"), OFFICE)
    _none, changed = clock.turn(back, paused, OFFICE)
    assert [(one.term, one.due.day) for one in changed] == [
        (Term.ACCEPT, date(2021, 3, 15)),
        (Term.SILENCE, date(2021, 3, 17)),
    ]


def test_the_supplement_has_what_is_left_of_the_pool() -> None:
    for spent, last in ((0, date(2021, 3, 17)), (3, date(2021, 3, 12)), (4, date(2021, 3, 11))):
        case = a_case(Status.HANDLING, paused_days=spent)
        fresh, _changed = clock.turn(made("ask", "handling", "handler of lead", case=case), (), OFFICE)
        assert [one.due.day for one in fresh] == [last]


def test_a_second_round_begins_anew_and_a_desk_round_goes_to_the_desk() -> None:
    again = made("redo", "closed", "own owner")
    fresh, _changed = clock.turn(again, (), OFFICE)
    assert [(one.term, one.unit, one.round) for one in fresh] == [(Term.HANDLE, LEAD, 2)]
    desk = made("redo", "closed", "own owner", case=without_units(Status.CLOSED))
    fresh, _changed = clock.turn(desk, (), OFFICE)
    assert [(one.term, one.unit, one.round) for one in fresh] == [(Term.DISPATCH, None, 2)]


def test_deadlines_that_are_over_stay_as_they_are() -> None:
    over = [
        replace(one, state=state) for one, state in zip(all_running(), (MET, MISSED, VOID, EXTENDED) * 3, strict=False)
    ]
    for move, status, chair, about in STARTS_AND_STOPS:
        case = case_at(Place(status, about=about), SOMEONE)
        _fresh, changed = clock.turn(made(move, status, chair, case=case), over, OFFICE)
        assert changed == []


# --- other hands, other limits ----------------------------------------------------------------------------------


def test_a_refusal_that_stands_ends_the_acceptance_clocks() -> None:
    upheld = made("uphold", "filed", "approver", case=a_case(Status.FILED, objected=True))
    fresh, changed = clock.turn(upheld, [running(term, NOW) for term in ACCEPTANCE], OFFICE)
    assert (fresh, {one.state for one in changed}) == ([], {MET})


def test_another_unit_has_what_is_left_of_the_time() -> None:
    live = [running(Term.HANDLE, NOW), running(Term.CONTACT, NOW), running(Term.ASSIST, NOW)]
    fresh, changed = clock.turn(made("reassign", "handling", "dispatcher"), live, OFFICE)
    assert fresh == []
    assert [(one.term, one.unit, one.due) for one in changed] == [
        (one.term, FRESH, one.due) for one in live if one.unit == LEAD
    ]


def test_a_colleague_of_the_unit_has_the_same_clock() -> None:
    _fresh, changed = clock.turn(made("reassign", "handling", "liaison of lead"), [running(Term.HANDLE, NOW)], OFFICE)
    assert changed == []


def test_granted_time_takes_the_place_of_the_first_limit_which_is_kept() -> None:
    first, proposal = running(Term.HANDLE, NOW), running(Term.EXTENSION, NOW, unit=LEAD)
    granted = made("grant_time", "handling", "approver", case=case_at(Place("handling", about="extension"), SOMEONE))
    fresh, changed = clock.turn(granted, [first, proposal], OFFICE)
    assert [(one.term, one.unit, one.due.day, one.started_at) for one in fresh] == [
        (Term.HANDLE, LEAD, date(2021, 4, 6), first.started_at)
    ]
    assert {one.term: (one.state, one.due) for one in changed} == {
        Term.HANDLE: (EXTENDED, first.due),
        Term.EXTENSION: (MET, proposal.due),
    }


@given(days=st.integers(0, 40), kind=st.sampled_from(Kind), became=st.sampled_from(Kind))
def test_a_change_of_kind_counts_from_the_first_filing_and_never_brings_a_date_nearer(
    days: int, kind: Kind, became: Kind
) -> None:
    filed = days_after(NOW, -days)
    case = a_case(Status.HANDLING, kind=kind, filed_at=filed)
    before = clock.open_term(Term.HANDLE, case, NOW, OFFICE)[0]
    before = replace(before, id=1)
    if kind is became:
        return
    change = apply(case, "reclassify", CHAIRS["dispatcher"], {"kind": became}, NOW, OFFICE, (before,))
    fresh, changed = clock.turn(change, (before,), OFFICE)
    counted = CALENDAR.due(filed, OFFICE.rulebook.limit(became, None))
    if counted.at > before.due.at:
        assert [one.due for one in fresh] == [counted]
        assert [(one.state, one.due) for one in changed] == [(EXTENDED, before.due)]
    else:
        assert (fresh, changed) == ([], [])


def test_every_unit_of_a_joint_case_has_its_own_limit() -> None:
    facts = {"lead": LEAD, "assisting": (ASSISTING, FOREIGN), "joint": True}
    change = apply(place("accepted"), "dispatch", CHAIRS["dispatcher"], facts, NOW, OFFICE)
    fresh, _changed = clock.turn(change, (), OFFICE)
    assert [(one.term, one.unit) for one in fresh] == [(Term.HANDLE, unit) for unit in (LEAD, ASSISTING, FOREIGN)]
    joint = a_case(Status.HANDLING, joint=True, assignments=PARTS[:2])
    live = [replace(one, id=n) for n, one in enumerate(fresh, 1)]
    _none, changed = clock.turn(made("answer", "handling", "handler of assisting", case=joint), live, OFFICE)
    assert [(one.unit, one.state) for one in changed] == [(ASSISTING, MET)]


def test_a_returned_case_is_decided_on_the_same_day() -> None:
    fresh, _changed = clock.turn(made("return", "dispatched", "liaison of lead"), (), OFFICE)
    assert [(one.term, one.due.day) for one in fresh] == [(Term.DISPATCH, CALENDAR.today(NOW))]


def test_a_decision_is_not_paused_while_the_owner_is_asked() -> None:
    live = [running(Term.HANDLE, NOW), running(Term.EXTENSION, NOW, unit=LEAD)]
    case = case_at(Place("handling", about="extension"), SOMEONE)
    _fresh, changed = clock.turn(made("ask", "handling", "handler of lead", case=case), live, OFFICE)
    assert [(one.term, one.state) for one in changed] == [(Term.HANDLE, P)]
