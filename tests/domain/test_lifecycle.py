"""Who may make which move from where, against the rules of casework written down a second time."""

from dataclasses import replace
from itertools import product

import pytest

from domain.case import CLOCK, AssignmentState, Case, Status
from domain.errors import AlreadySo, BadDeclaration
from domain.lifecycle import MOVES, NAMES, Move, Target, apply, check, may
from domain.permits import may_see
from tests.domain.chairs import CHAIRS, FULL, LIVE, NOW, OFFICE, OWNER, PARTS, a_case
from tests.domain.moves_again import CLOCKED, RULES, SEES, SEES_WITHOUT_UNITS, Place, expected
from tests.domain.places import REFUSALS, STATUSES, attempted, case_at, offered, office_of, places_of


def led_to(to: str, case: Case) -> Status:
    named = {"same": case.status, "back": case.resume}
    found = named[to] if to in named else Status(to)
    assert found is not None
    return found


def test_the_rules_and_the_table_name_the_same_moves() -> None:
    assert set(NAMES) == set(RULES)


@pytest.mark.parametrize("status", STATUSES)
def test_every_move_leads_where_the_rules_say_and_nobody_else_may_make_it(status: str) -> None:
    tried = 0
    for place, (chair, actor) in product(places_of(status), CHAIRS.items()):
        case, office = case_at(place, actor), office_of(place)
        for move in NAMES:
            to, got = expected(move, place, chair), attempted(case, move, actor, office)
            if to in REFUSALS:
                assert got in REFUSALS[to], (place, move, chair, to, got)
            else:
                assert got is led_to(str(to), case), (place, move, chair, to, got)
            tried += 1
    assert tried >= len(NAMES) * len(CHAIRS)


@pytest.mark.parametrize("status", STATUSES)
def test_a_button_is_offered_exactly_where_the_move_would_be_made(status: str) -> None:
    plain = (place for place in places_of(status) if not (place.joint or place.objected or place.round > 1))
    for place, (chair, actor) in product(plain, CHAIRS.items()):
        case, office = case_at(place, actor), office_of(place)
        for move in NAMES:
            made = expected(move, place, chair) not in REFUSALS
            assert offered(case, move, actor, office) == made, (place, move, chair)


def test_a_move_nobody_declared_is_nobodys() -> None:
    for status, actor in product(STATUSES, CHAIRS.values()):
        case = case_at(Place(status), actor)
        assert not offered(case, "burn", actor, OFFICE)
        with pytest.raises(AlreadySo):
            apply(case, "burn", actor, FULL, NOW, OFFICE)


# --- who reads --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["dispatched", "handling", "waiting", "answered", "closed"])
def test_who_may_read_a_case(status: str) -> None:
    assert {name for name, actor in CHAIRS.items() if may_see(case_at(Place(status), actor), actor)} == SEES


def test_before_it_is_dispatched_no_unit_reads_a_case() -> None:
    case = a_case(Status.FILED)
    assert {name for name, actor in CHAIRS.items() if may_see(case, actor)} == SEES_WITHOUT_UNITS


@pytest.mark.parametrize("status", Status)
def test_whom_a_case_is_about_never_reads_it_in_any_role_nor_through_a_deputy(status: Status) -> None:
    for name, actor in CHAIRS.items():
        for person in actor.persons:
            case = a_case(status, recused=(person,))
            assert not may_see(case, actor) or name in {"own owner", "own monitor"}, name


def test_a_unit_whose_part_was_taken_back_reads_and_does_nothing_any_more() -> None:
    for state in (AssignmentState.RECALLED, AssignmentState.RETURNED):
        case = a_case(Status.HANDLING, assignments=tuple(replace(part, state=state) for part in PARTS))
        for unit in ("lead", "assisting", "assisted"):
            actor = CHAIRS[f"handler of {unit}"]
            assert not may_see(case, actor)
            assert not any(may(case, move, actor, NOW, OFFICE, LIVE) for move in set(NAMES) - {"file"})


def test_somebody_without_a_person_is_nobodys_owner() -> None:
    nobody, ownerless = CHAIRS["own owner"], a_case(Status.FILED, owner=None)
    assert not may(ownerless, "withdraw", replace(nobody, person=None), NOW, OFFICE)
    assert not may_see(ownerless, replace(nobody, person=None))


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
    assert by_itself == {
        name for name, rows in RULES.items() if any(row.chairs(Place("filed")) >= CLOCKED for row in rows)
    }


def test_the_clock_is_nobodys_owner() -> None:
    assert not may(a_case(Status.FILED, owner=OWNER), "withdraw", CLOCK, NOW, OFFICE)
