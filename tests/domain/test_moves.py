"""What a move needs, when it is refused all the same, and what it changes on a case and its units' parts."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from domain.case import AssignmentState, Case, Kind, Status, Weight
from domain.errors import (
    AlreadySo,
    Missing,
    NoPauseLeft,
    OnlyInquiries,
    TooLate,
    TooSoon,
)
from domain.lifecycle import NAMES, Change, apply, may
from tests.domain.calendars import moment
from tests.domain.chairs import (
    ASSISTING,
    CHAIRS,
    DONE,
    FOREIGN,
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
from tests.domain.moves_again import Place, expected
from tests.domain.places import MATTERS, REFUSALS, STATUSES, case_at, office_of

PLACES = {status: a_case(None if status == "nothing" else Status(status)) for status in STATUSES}


def allowed(move: str) -> tuple[Place, str]:
    """A place and a chair from which the move may be made."""
    tried = [Place(status, **shape) for status in STATUSES for shape in SHAPES]
    return next((place, chair) for place in tried for chair in CHAIRS if expected(move, place, chair) not in REFUSALS)


SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"objected": True},
    {"checks": True},
    *({"about": matter} for matter in MATTERS),
)


def made(move: str, place: Place, chair: str, facts: dict[str, Any]) -> Change:
    return apply(case_at(place, CHAIRS[chair]), move, CHAIRS[chair], facts, NOW, office_of(place), LIVE)


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
    "propose_answer": {"text", "outcome"},
    "conclude": {"text", "outcome"},
    "send_back": {"text"},
    "propose_refusal": {"ground", "text"},
    "deny_refusal": {"text"},
    "object": {"text"},
    "uphold": {"text"},
    "return": {"text", "better"},
    "involve": {"unit"},
    "reassign": {"handler", "text"},
    "ask_time": {"date", "text"},
    "deny_time": {"text"},
    "merge": {"into"},
    "unmerge": {"text"},
    "follow": {"what"},
    "succeed": {"status"},
    "answer_with": {"text"},
    "reclassify": {"kind"},
    "propose_termination": {"ground", "text"},
    "deny_termination": {"text"},
    "transfer": {"body", "text"},
    "relay": {"text"},
    "supervise": {"text"},
    "repay": {"amount_fen"},
    "censure": {"text"},
    "recuse": {"person"},
    "visit": {"solved", "level"},
    "call": {"text"},
    "redo": {"text"},
}


@pytest.mark.parametrize("move", NAMES)
def test_a_move_is_refused_without_what_it_needs(move: str) -> None:
    place, chair = allowed(move)
    for name in NEEDS.get(move, ()):
        for empty in (None, "", ()):
            with pytest.raises(Missing):
                made(move, place, chair, {**full(move), name: empty})
    only = {name: value for name, value in full(move).items() if name in NEEDS.get(move, ())}
    assert made(move, place, chair, only).move.name == move


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
    answered = apply(PLACES["handling"], "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    after = apply(answered, "redo", CHAIRS["own owner"], FULL, NOW, OFFICE).after
    assert (after.status, after.round) == (Status.DISPATCHED, 2)
    assert after.lead is not None
    assert (after.lead.unit, after.lead.round, after.lead.state) == (LEAD, 2, AssignmentState.ASSIGNED)
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
    for status, shape in product(STATUSES, SHAPES):
        place = Place(status, **shape)
        for move, (chair, actor) in product(NAMES, CHAIRS.items()):
            if expected(move, place, chair) not in REFUSALS:
                case, after = case_at(place, actor), made(move, place, chair, full(move)).after
                assert [getattr(after, name) for name in kept] == [getattr(case, name) for name in kept]


def test_the_time_of_a_status_is_the_time_of_the_move_that_led_to_it() -> None:
    case = PLACES["handling"]
    same = apply(case, "progress", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    moved = apply(case, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after
    assert (same.status_at, moved.status_at) == (case.status_at, NOW)


def test_the_lead_of_a_joint_case_signs_before_it_answers_and_never_again_after() -> None:
    case = a_case(Status.DISPATCHED, joint=True)
    with pytest.raises(AlreadySo):
        apply(case, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE)
    other = apply(case, "answer", CHAIRS["handler of assisting"], FULL, NOW, OFFICE).after
    with pytest.raises(AlreadySo):
        apply(other, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE)
    signed = apply(other, "sign", CHAIRS["handler of lead"], {}, NOW, OFFICE).after
    assert apply(signed, "answer", CHAIRS["handler of lead"], FULL, NOW, OFFICE).after.status is Status.ANSWERED
