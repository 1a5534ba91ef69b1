"""What must be agreed: who proposes, who decides, what becomes of it when the case goes on meanwhile."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from domain.case import ApprovalState, AssignmentState, Case, Kind, Matter, Status
from domain.deadlines import WORK_TERMS
from domain.errors import (
    AlreadySo,
    AskedTooLate,
    CluesNotHere,
    Missing,
    NotLater,
    NotToTheAccused,
    OnceOnly,
    OwnProposal,
    Refused,
    TooLate,
    TooLong,
    UnknownGround,
)
from domain.lifecycle import apply, may
from tests.domain.chairs import (
    ASSISTING,
    CHAIRS,
    CHECKING,
    FOREIGN,
    LEAD,
    LIVE,
    NOW,
    OFFICE,
    PARTS,
    a_case,
    days_after,
    full,
)
from tests.domain.moves_again import Place
from tests.domain.places import case_at

#: matter → (status, proposed by, with which move, granted by, with which, denied with which)
WAYS = {
    Matter.REFUSAL: ("filed", "dispatcher", "propose_refusal", "deputy approver", "refuse", "deny_refusal"),
    Matter.TERMINATION: (
        "handling",
        "dispatcher",
        "propose_termination",
        "deputy approver",
        "terminate",
        "deny_termination",
    ),
    Matter.EXTENSION: ("handling", "handler of lead", "ask_time", "approver", "grant_time", "deny_time"),
    Matter.CHECK: ("handling", "handler of lead", "propose_answer", "deputy head of lead", "release", "send_back"),
}


def proposed(matter: Matter) -> Case:
    status, chair, move, *_rest = WAYS[matter]
    case = a_case(Status(status), assignments=a_case(Status(status)).assignments[:1])
    return apply(case, move, CHAIRS[chair], full(move), NOW, CHECKING, LIVE).after


@pytest.mark.parametrize("matter", WAYS)
def test_a_case_goes_on_as_it_was_until_it_is_decided(matter: Matter) -> None:
    case = proposed(matter)
    assert str(case.status) == WAYS[matter][0]
    assert [(one.matter, one.state, one.proposed_at) for one in case.approvals] == [
        (matter, ApprovalState.PENDING, NOW)
    ]


@pytest.mark.parametrize("matter", WAYS)
def test_a_decision_is_kept_with_who_decided_and_when(matter: Matter) -> None:
    _status, proposer, _move, chair, grant, deny = WAYS[matter]
    for move, state in ((grant, ApprovalState.GRANTED), (deny, ApprovalState.DENIED)):
        change = apply(proposed(matter), move, CHAIRS[chair], {"text": "理由"}, NOW, CHECKING, LIVE)
        one = change.after.approvals[0]
        assert (one.state, one.approver, one.decided_at) == (state, CHAIRS[chair].person, NOW)
        assert change.content["proposer"] == CHAIRS[proposer].person
        with pytest.raises(Refused):
            apply(change.after, move, CHAIRS[chair], {"text": "理由"}, NOW, CHECKING, LIVE)


@pytest.mark.parametrize("matter", WAYS)
def test_nobody_decides_on_their_own_proposal_in_another_role_nor_through_a_deputy(matter: Matter) -> None:
    _status, proposer, _move, chair, *moves = WAYS[matter]
    person = CHAIRS[proposer].person
    decider = CHAIRS[chair]
    for move, actor in product(moves, (replace(decider, person=person), replace(decider, for_person=person))):
        with pytest.raises(OwnProposal):
            apply(proposed(matter), move, actor, {"text": "理由"}, NOW, CHECKING, LIVE)
        assert not may(proposed(matter), move, actor, NOW, CHECKING, LIVE)


@pytest.mark.parametrize("matter", WAYS)
def test_what_is_proposed_is_void_when_the_case_ends_another_way(matter: Matter) -> None:
    case = apply(proposed(matter), "withdraw", CHAIRS["own owner"], {}, NOW, CHECKING).after
    assert [(one.state, one.approver) for one in case.approvals] == [(ApprovalState.VOID, None)]
    with pytest.raises(AlreadySo):
        apply(case, WAYS[matter][4], CHAIRS[WAYS[matter][3]], {}, NOW, CHECKING)


def test_a_grant_says_what_was_proposed() -> None:
    granted = apply(proposed(Matter.EXTENSION), "grant_time", CHAIRS["approver"], {}, NOW, CHECKING, LIVE)
    assert granted.content["date"] == full("ask_time")["date"]
    assert granted.content["unit"] == LEAD
    refused = apply(proposed(Matter.REFUSAL), "refuse", CHAIRS["deputy approver"], {}, NOW, CHECKING, LIVE)
    assert refused.content["ground"] == "scope"


def test_an_answer_that_waits_for_the_head_is_void_when_the_unit_loses_its_part() -> None:
    case = proposed(Matter.CHECK)
    facts = {"unit": FOREIGN, "text": "改派"}
    swapped = apply(case, "reassign", CHAIRS["dispatcher"], facts, NOW, CHECKING, LIVE).after
    assert [one.state for one in swapped.approvals] == [ApprovalState.VOID]


def test_a_refusal_goes_on_waiting_while_the_owner_is_asked() -> None:
    case = apply(proposed(Matter.REFUSAL), "ask", CHAIRS["dispatcher"], full("ask"), NOW, OFFICE).after
    assert case.status is Status.WAITING
    refused = apply(case, "refuse", CHAIRS["deputy approver"], {}, NOW, OFFICE).after
    assert refused.status is Status.REFUSED


# --- grounds, and what an owner may say to a refusal ---------------------------------------------------------------


@pytest.mark.parametrize(("move", "status"), [("propose_refusal", "filed"), ("propose_termination", "handling")])
def test_a_ground_is_one_of_the_offices_list(move: str, status: str) -> None:
    for ground in ("", "settled?", "sued" if move == "propose_refusal" else "scope"):
        with pytest.raises((UnknownGround, Missing)):
            apply(a_case(Status(status)), move, CHAIRS["dispatcher"], {"ground": ground, "text": "理由"}, NOW, OFFICE)


def test_an_owner_objects_within_ten_working_days_and_once() -> None:
    owner, refused = CHAIRS["own owner"], a_case(Status.REFUSED, status_at=NOW)
    last = OFFICE.calendar.add(OFFICE.calendar.today(NOW), 10)
    in_time = OFFICE.calendar.morning(last, OFFICE.calendar.closes)
    case = apply(refused, "object", owner, {"text": "不服"}, in_time, OFFICE).after
    assert (case.status, case.objected) == (Status.FILED, True)
    with pytest.raises(TooLate):
        apply(refused, "object", owner, {"text": "不服"}, days_after(in_time, 1), OFFICE)
    upheld = apply(case, "uphold", CHAIRS["approver"], {"text": "维持"}, in_time, OFFICE).after
    with pytest.raises(OnceOnly):
        apply(upheld, "object", owner, {"text": "不服"}, in_time, OFFICE)


# --- more time ----------------------------------------------------------------------------------------------------

HANDLER = CHAIRS["handler of lead"]
DUE = next(one for one in LIVE if one.unit == LEAD).due


def test_time_is_asked_for_one_working_day_before_the_limit_at_the_latest() -> None:
    last = OFFICE.calendar.back(DUE.day, 1)
    in_time = OFFICE.calendar.morning(last, OFFICE.calendar.closes)
    assert apply(a_case(Status.HANDLING), "ask_time", HANDLER, full("ask_time"), in_time, OFFICE, LIVE).after.approvals
    with pytest.raises(AskedTooLate) as refusal:
        apply(a_case(Status.HANDLING), "ask_time", HANDLER, full("ask_time"), days_after(in_time, 1), OFFICE, LIVE)
    assert refusal.value.values["day"] == last


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ("2021-03-10", NotLater),
        (DUE.day.isoformat(), NotLater),
        ("2021-12-31", TooLong),
        ("31.12.2021", Missing),
        ("9" * 400, Missing),
    ],
)
def test_the_new_date_lies_after_the_old_one_and_at_most_the_limit_again(wanted: str, refusal: type[Refused]) -> None:
    facts = {"date": wanted, "text": "等设备"}
    with pytest.raises(refusal):
        apply(a_case(Status.HANDLING), "ask_time", HANDLER, facts, NOW, OFFICE, LIVE)


def test_granted_late_still_counts_when_it_was_asked_for_in_time() -> None:
    late = days_after(DUE.at, 2)
    case = proposed(Matter.EXTENSION)
    granted = apply(case, "grant_time", CHAIRS["approver"], {}, late, OFFICE, LIVE)
    assert granted.after.approvals[0].state is ApprovalState.GRANTED


def test_time_is_granted_once_a_round_to_each_unit() -> None:
    case = apply(proposed(Matter.EXTENSION), "grant_time", CHAIRS["approver"], {}, NOW, OFFICE, LIVE).after
    with pytest.raises(OnceOnly):
        apply(case, "ask_time", HANDLER, full("ask_time"), NOW, OFFICE, LIVE)
    denied = apply(proposed(Matter.EXTENSION), "deny_time", CHAIRS["approver"], {"text": "不行"}, NOW, OFFICE, LIVE)
    assert apply(denied.after, "ask_time", HANDLER, full("ask_time"), NOW, OFFICE, LIVE).after.pending(Matter.EXTENSION)


def test_without_a_running_limit_there_is_no_time_to_ask_for() -> None:
    for live in ((), tuple(one for one in LIVE if one.term not in WORK_TERMS)):
        assert not may(a_case(Status.HANDLING), "ask_time", HANDLER, NOW, OFFICE, live)


# --- units: given, accused -----------------------------------------------------------------------------------------


def test_a_liaison_gives_the_part_of_the_own_unit_alone_to_a_colleague() -> None:
    facts = {"handler": 101, "text": "休假", "unit": ASSISTING}
    after = apply(a_case(Status.HANDLING), "reassign", CHAIRS["liaison of lead"], facts, NOW, OFFICE).after
    assert {part.unit: part.handler for part in after.open_parts} == {LEAD: 101, ASSISTING: None}


def test_a_complaint_never_comes_to_be_with_the_accused_unit_alone() -> None:
    accused = {"kind": Kind.COMPLAINT, "named_unit": FOREIGN}
    desk = CHAIRS["dispatcher"]
    with pytest.raises(NotToTheAccused):
        apply(a_case(Status.ACCEPTED, **accused), "dispatch", desk, {"lead": FOREIGN, "assisting": ()}, NOW, OFFICE)
    facts = {"lead": FOREIGN, "assisting": (LEAD,)}
    assert apply(a_case(Status.ACCEPTED, **accused), "dispatch", desk, facts, NOW, OFFICE).after.lead
    alone = a_case(Status.HANDLING, assignments=PARTS[:1], **accused)
    with pytest.raises(NotToTheAccused):
        apply(alone, "reassign", desk, {"unit": FOREIGN, "text": "改派"}, NOW, OFFICE)


def test_a_case_with_another_unit_has_one_live_lead() -> None:
    after = apply(a_case(Status.HANDLING), "reassign", CHAIRS["dispatcher"], full("reassign"), NOW, OFFICE).after
    leads = [(part.unit, part.state) for part in after.assignments if part.lead]
    assert leads == [(LEAD, AssignmentState.RECALLED), (full("reassign")["unit"], AssignmentState.ASSIGNED)]


def test_a_new_lead_signs_again_while_the_case_goes_on() -> None:
    unsigned = (replace(PARTS[0], state=AssignmentState.ASSIGNED, handler=None),)
    for status in ("handling", "waiting"):
        case = a_case(Status(status), assignments=unsigned)
        after = apply(case, "sign", CHAIRS["liaison of lead"], {}, NOW, OFFICE).after
        assert (after.status, after.open_parts[0].state) == (case.status, AssignmentState.SIGNED)


# --- the rest -----------------------------------------------------------------------------------------------------


def test_a_clue_goes_the_sealed_path_and_nothing_is_changed() -> None:
    for chair in ("dispatcher", "handler of lead"):
        with pytest.raises(CluesNotHere):
            apply(a_case(Status.HANDLING), "reclassify", CHAIRS[chair], {"kind": "clue"}, NOW, OFFICE)


@pytest.mark.parametrize("kind", ["inquiry", "gift", "claim"])
def test_a_case_becomes_a_kind_it_is_not_yet(kind: str) -> None:
    with pytest.raises((OnceOnly, Missing)):
        apply(a_case(Status.HANDLING), "reclassify", CHAIRS["dispatcher"], {"kind": kind}, NOW, OFFICE)


@pytest.mark.parametrize("amount", [0, -1, None])
def test_money_paid_back_is_more_than_nothing(amount: int | None) -> None:
    with pytest.raises(Missing):
        apply(a_case(Status.HANDLING), "repay", HANDLER, {"amount_fen": amount}, NOW, OFFICE)


def test_whom_a_case_is_about_loses_the_part_they_handled() -> None:
    facts = {"person": 100}
    after = apply(a_case(Status.HANDLING), "recuse", CHAIRS["supervisor"], facts, NOW, OFFICE).after
    assert (after.recused, after.open_parts[0].handler) == ((100,), None)


def test_the_final_review_ends_with_the_approvers_words_and_is_not_redone() -> None:
    answered = a_case(Status.CLOSED, round=2)
    review = apply(answered, "redo", CHAIRS["own owner"], full("redo"), NOW, OFFICE).after
    assert (review.status, review.round, review.lead) == (Status.HANDLING, 3, None)
    assert review.pending(Matter.REVIEW)
    said = apply(review, "conclude", CHAIRS["approver"], full("conclude"), NOW, OFFICE).after
    assert (said.status, said.approvals[-1].state) == (Status.ANSWERED, ApprovalState.GRANTED)
    assert not may(said, "redo", CHAIRS["own owner"], NOW, OFFICE)


def test_each_day_named_by_a_refusal_is_a_day() -> None:
    facts = {"date": "2021-03-11", "text": "等"}
    with pytest.raises(NotLater) as refusal:
        apply(a_case(Status.HANDLING), "ask_time", HANDLER, facts, NOW, OFFICE, LIVE)
    assert isinstance(refusal.value.values["day"], date)


def test_a_proposal_about_a_place_nobody_has_is_nobodys() -> None:
    case = case_at(Place("handling"), CHAIRS["approver"])
    for move in ("grant_time", "deny_time", "terminate", "conclude", "refuse"):
        with pytest.raises(AlreadySo):
            apply(case, move, CHAIRS["approver"], full(move), NOW, OFFICE)
