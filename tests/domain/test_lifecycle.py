"""Who may make which move from where, against the rules of casework written down a second time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import CLOCK, AssignmentState, Case, Kind, Status, Weight
from domain.errors import (
    AlreadySo,
    BadDeclaration,
    Missing,
    NoPauseLeft,
    NotYours,
    OnlyInquiries,
    Refused,
    TooLate,
    TooSoon,
)
from domain.lifecycle import MOVES, NAMES, Move, Target, apply, check, may
from domain.permits import may_see
from tests.domain.calendars import moment
from tests.domain.chairs import (
    ASSISTING,
    CHAIRS,
    DONE,
    FOREIGN,
    FULL,
    LEAD,
    NOW,
    OFFICE,
    OWNER,
    PARTS,
    a_case,
    days_after,
    without_units,
)
from tests.domain.moves_again import OWNERS, RULES, SEES, expected


def led_to(to: str, case: Case) -> Status:
    named = {"same": case.status, "back": case.resume}
    found = named[to] if to in named else Status(to)
    assert found is not None
    return found


def places() -> Iterator[tuple[str, Case]]:
    yield "nothing", a_case(None)
    for status in Status:
        yield str(status), a_case(status)


PLACES = dict(places())


def attempted(case: Case, move: str, chair: str) -> Status | type[Refused]:
    try:
        return apply(case, move, CHAIRS[chair], FULL, NOW, OFFICE).after.status
    except Refused as refusal:
        return type(refusal)


# --- every state × move × role × relation -----------------------------------------------------------------------


def test_the_rules_and_the_table_name_the_same_moves() -> None:
    assert set(NAMES) == set(RULES)


@pytest.mark.parametrize("status", PLACES)
def test_every_move_leads_where_the_rules_say_and_nobody_else_may_make_it(status: str) -> None:
    case, tried = PLACES[status], 0
    for move in NAMES:
        for chair in CHAIRS:
            to, got = expected(move, status, chair), attempted(case, move, chair)
            if to is None:
                assert got in (AlreadySo, NotYours), (move, chair, got)
            else:
                assert got is led_to(to, case), (move, chair, got)
            tried += 1
    assert tried == len(NAMES) * len(CHAIRS)


@pytest.mark.parametrize("status", PLACES)
def test_a_button_is_offered_exactly_where_the_move_would_be_made(status: str) -> None:
    for move in NAMES:
        for chair, actor in CHAIRS.items():
            offered = may(PLACES[status], move, actor, NOW, OFFICE)
            assert offered == (expected(move, status, chair) is not None), (move, chair)


def test_a_move_nobody_declared_is_nobodys() -> None:
    for case in PLACES.values():
        for actor in CHAIRS.values():
            assert not may(case, "burn", actor, NOW, OFFICE)
            with pytest.raises(AlreadySo):
                apply(case, "burn", actor, FULL, NOW, OFFICE)


@pytest.mark.parametrize("status", ["dispatched", "handling", "waiting", "answered", "closed"])
def test_who_may_read_a_case(status: str) -> None:
    assert {name for name, actor in CHAIRS.items() if may_see(PLACES[status], actor)} == SEES


def test_before_it_is_dispatched_no_unit_reads_a_case() -> None:
    read = {name for name, actor in CHAIRS.items() if may_see(PLACES["filed"], actor)}
    assert read == OWNERS | {"inspector of its project", "dispatcher", "approver", "leader", "supervisor"}


def test_a_unit_whose_part_was_taken_back_reads_and_does_nothing_any_more() -> None:
    for state in (AssignmentState.RECALLED, AssignmentState.RETURNED):
        case = a_case(Status.HANDLING, assignments=tuple(replace(part, state=state) for part in PARTS))
        for unit in ("lead", "assisting", "assisted"):
            actor = CHAIRS[f"handler of {unit}"]
            assert not may_see(case, actor)
            assert not any(may(case, move, actor, NOW, OFFICE) for move in set(NAMES) - {"file"})


def test_somebody_without_a_person_is_nobodys_owner() -> None:
    nobody, ownerless = CHAIRS["own owner"], a_case(Status.FILED, owner=None)
    assert not may(ownerless, "withdraw", replace(nobody, person=None), NOW, OFFICE)
    assert not may_see(ownerless, replace(nobody, person=None))


# --- what a move needs ------------------------------------------------------------------------------------------

NEEDS = {
    "file": {"facts"},
    "ask": {"text"},
    "supply": {"text"},
    "add": {"text"},
    "answer_at_once": {"text"},
    "dispatch": {"lead"},
    "progress": {"text"},
    "assist_done": {"text"},
    "answer": {"text", "outcome"},
    "visit": {"solved", "level"},
    "call": {"text"},
    "redo": {"text"},
}


@pytest.mark.parametrize("move", NAMES)
def test_a_move_is_refused_without_what_it_needs(move: str) -> None:
    status, chair = next(
        (status, chair) for status in PLACES for chair in CHAIRS if expected(move, status, chair) is not None
    )
    for name in FULL:
        for empty in (None, "", ()):
            facts = {**FULL, name: empty}
            if name in NEEDS.get(move, ()):
                with pytest.raises(Missing):
                    apply(PLACES[status], move, CHAIRS[chair], facts, NOW, OFFICE)
            elif name != "assisting":
                assert apply(PLACES[status], move, CHAIRS[chair], facts, NOW, OFFICE).after.id == PLACES[status].id


def test_not_solved_is_an_answer_and_not_an_empty_one() -> None:
    closed = apply(PLACES["answered"], "visit", CHAIRS["own owner"], {**FULL, "solved": False}, NOW, OFFICE)
    assert closed.after.status is Status.CLOSED


def test_only_an_inquiry_is_answered_at_once() -> None:
    for kind in set(Kind) - {Kind.INQUIRY}:
        with pytest.raises(OnlyInquiries):
            apply(a_case(Status.FILED, kind=kind), "answer_at_once", CHAIRS["dispatcher"], FULL, NOW, OFFICE)


def test_a_unit_leads_or_assists_but_not_both() -> None:
    with pytest.raises(Missing):
        apply(PLACES["accepted"], "dispatch", CHAIRS["dispatcher"], {"lead": LEAD, "assisting": (LEAD,)}, NOW, OFFICE)


def test_an_owner_urges_once_a_working_day() -> None:
    owner = CHAIRS["own owner"]
    friday = moment("2021-03-12T09:00")
    urged = apply(a_case(Status.HANDLING), "urge", owner, {}, friday, OFFICE).after
    for again in ("2021-03-12T17:00", "2021-03-13T12:00", "2021-03-14T23:59"):
        with pytest.raises(TooSoon) as refusal:
            apply(urged, "urge", owner, {}, moment(again), OFFICE)
        assert refusal.value.values["day"].isoformat() == "2021-03-15"
    assert apply(urged, "urge", owner, {}, moment("2021-03-15T00:00"), OFFICE).after.urged_at is not None


def test_redo_is_open_for_thirty_days_after_the_answer() -> None:
    case = a_case(Status.CLOSED, answered_at=NOW)
    assert may(case, "redo", CHAIRS["own owner"], days_after(NOW, 30), OFFICE)
    with pytest.raises(TooLate):
        apply(case, "redo", CHAIRS["own owner"], FULL, days_after(NOW, 30) + timedelta(seconds=1), OFFICE)


def test_before_acceptance_an_owner_is_asked_once() -> None:
    asked = apply(a_case(Status.FILED), "ask", CHAIRS["dispatcher"], FULL, NOW, OFFICE).after
    back = apply(asked, "supply", CHAIRS["own owner"], FULL, NOW, OFFICE).after
    assert back.status is Status.FILED
    with pytest.raises(NoPauseLeft):
        apply(back, "ask", CHAIRS["dispatcher"], FULL, NOW, OFFICE)


def test_the_pool_of_five_paused_working_days_is_spent_once() -> None:
    case, worker, owner = a_case(Status.HANDLING), CHAIRS["handler of lead"], CHAIRS["own owner"]
    for asked, supplied, spent in (("2021-03-10", "2021-03-12", 2), ("2021-03-15", "2021-03-18", 5)):
        waiting = apply(case, "ask", worker, FULL, moment(f"{asked}T10:00"), OFFICE).after
        assert (waiting.status, waiting.asker) == (Status.WAITING, worker.person)
        case = apply(waiting, "supply", owner, FULL, moment(f"{supplied}T16:00"), OFFICE).after
        assert (case.status, case.paused_days, case.asker) == (Status.HANDLING, spent, None)
    with pytest.raises(NoPauseLeft):
        apply(case, "ask", worker, FULL, moment("2021-03-19T10:00"), OFFICE)


# --- what a move changes ----------------------------------------------------------------------------------------


def states(case: Case) -> dict[tuple[int, int], AssignmentState]:
    return {(part.unit, part.round): part.state for part in case.assignments}


def test_dispatching_gives_the_lead_and_every_assisting_unit_its_part() -> None:
    facts = {"lead": LEAD, "assisting": (ASSISTING, DONE), "weight": Weight.CROSS}
    after = apply(PLACES["accepted"], "dispatch", CHAIRS["dispatcher"], facts, NOW, OFFICE).after
    assert states(after) == dict.fromkeys([(LEAD, 1), (ASSISTING, 1), (DONE, 1)], AssignmentState.ASSIGNED)
    assert after.lead is not None
    assert (after.lead.unit, after.weight) == (LEAD, Weight.CROSS)


def test_who_signs_handles_and_only_their_own_part() -> None:
    signer = CHAIRS["liaison of assisting"]
    after = apply(PLACES["dispatched"], "sign", signer, {}, NOW, OFFICE).after
    assert after.status is Status.DISPATCHED
    assert [(part.unit, part.state, part.handler) for part in after.assignments if part.unit in (LEAD, ASSISTING)] == [
        (LEAD, AssignmentState.ASSIGNED, None),
        (ASSISTING, AssignmentState.SIGNED, signer.person),
    ]


def test_who_has_signed_is_told_that_it_is_so_even_while_another_unit_has_not() -> None:
    others = tuple(replace(PARTS[1], id=4 + n, unit=unit) for n, unit in enumerate((FOREIGN, DONE)))
    case = a_case(Status.HANDLING, assignments=(*PARTS[:2], *others))
    signed = apply(case, "sign", CHAIRS["handler of assisting"], {}, NOW, OFFICE).after
    for chair in ("handler of assisting", "liaison of assisting", "handler of lead"):
        with pytest.raises(AlreadySo):
            apply(signed, "sign", CHAIRS[chair], {}, NOW, OFFICE)
    assert may(signed, "sign", CHAIRS["handler of foreign"], NOW, OFFICE)


def test_an_answer_ends_every_units_part() -> None:
    after = apply(PLACES["handling"], "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    assert states(after) == {
        (LEAD, 1): AssignmentState.ANSWERED,
        (ASSISTING, 1): AssignmentState.RECALLED,
        (DONE, 1): AssignmentState.ANSWERED,
    }
    assert after.answered_at == after.status_at == NOW


def test_redo_begins_a_round_with_the_same_lead_and_one_live_lead() -> None:
    after = PLACES["handling"]
    for number in (2, 3):
        handling = replace(after, status=Status.HANDLING)
        answered = apply(handling, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
        after = apply(answered, "redo", CHAIRS["own owner"], FULL, NOW, OFFICE).after
        assert (after.status, after.round) == (Status.DISPATCHED, number)
        assert after.lead is not None
        assert (after.lead.unit, after.lead.round, after.lead.state) == (LEAD, number, AssignmentState.ASSIGNED)
        live = [part for part in after.assignments if part.lead and part.state is not AssignmentState.RECALLED]
        assert live == [after.lead]


def test_what_was_answered_at_once_goes_to_the_desk_when_it_is_redone() -> None:
    for status in (Status.ANSWERED, Status.CLOSED):
        after = apply(without_units(status), "redo", CHAIRS["own owner"], FULL, NOW, OFFICE).after
        assert (after.status, after.round) == (Status.ACCEPTED, 2)


def test_a_waiting_case_goes_back_where_it_was_asked() -> None:
    for case in (PLACES["waiting"], without_units(Status.WAITING)):
        for move, chair in (("supply", "own owner"), ("lapse", "clock")):
            after = apply(case, move, CHAIRS[chair], FULL, NOW, OFFICE).after
            assert (after.status, after.resume) == (case.resume, None)


def test_withdrawing_takes_open_parts_back() -> None:
    after = apply(PLACES["handling"], "withdraw", CHAIRS["own owner"], {}, NOW, OFFICE).after
    assert states(after)[LEAD, 1] is states(after)[ASSISTING, 1] is AssignmentState.RECALLED


def test_a_move_never_touches_what_the_owner_told() -> None:
    kept = ("id", "number", "owner", "facts", "filed_at", "naming", "contact", "project")
    for status, case in PLACES.items():
        for move in NAMES:
            for chair, actor in CHAIRS.items():
                if expected(move, status, chair) is not None:
                    after = apply(case, move, actor, FULL, NOW, OFFICE).after
                    assert [getattr(after, name) for name in kept] == [getattr(case, name) for name in kept]


def test_the_time_of_a_status_is_the_time_of_the_move_that_led_to_it() -> None:
    case = PLACES["handling"]
    same = apply(case, "progress", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    moved = apply(case, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    assert (same.status_at, moved.status_at) == (case.status_at, NOW)


# --- declarations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (Move("x", frozenset({Status.FILED}), Status.CLOSED, ()), "nobody may make"),
        (Move("file", frozenset(), Target.SAME, MOVES[0].by), "fixed status"),
        (Move("appear", frozenset(), Status.FILED, MOVES[0].by), "from nowhere"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_with_its_row(row: Move, what: str) -> None:
    with pytest.raises(BadDeclaration, match=rf"MOVES row {len(MOVES) + 1} \({row.name}\): .*{what}"):
        check((*MOVES, row))


def test_the_table_itself_is_sound() -> None:
    check()
    assert all(row.by for row in MOVES)
    by_itself = {move.name for move in MOVES if any(permit(a_case(Status.FILED), CLOCK) for permit in move.by)}
    assert by_itself == {"accept", "lapse", "silence"}


def test_the_clock_is_nobodys_owner() -> None:
    assert not may(a_case(Status.FILED, owner=OWNER), "withdraw", CLOCK, NOW, OFFICE)
