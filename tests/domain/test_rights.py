"""Who may do what is one table, deny by default; who may read a case hangs on the role that fits it."""

from dataclasses import replace

import pytest

from domain.case import OFFICIAL_ROLES, Actor, Approval, Case, Matter, Role, Status
from domain.permits import READERS, may_know_owner, may_see
from domain.rights import MEANINGS, RIGHTS, Right, may
from tests.domain.chairs import CHAIRS, FOREIGN, LEAD, NOW, OTHER_PROJECT, OWNER, PROJECT, a_case

#: Written down by hand, apart from the table: what nobody else than these may, by the right's name.
FOR_ONE_ROLE = {
    Role.ADMINISTRATOR: {
        "invite", "people", "units", "rulebook", "setup", "failed", "dead_letters", "groups", "export", "erase",
    },
    Role.DISPATCHER: {"desk", "decide", "visits", "meetings"},
    Role.SUPERVISOR: {"ledger", "reading_log"},
    Role.HEAD: {"unit_people"},
}  # fmt: skip
#: What an administrator, and a custodian, may at all.
ADMINISTRATORS = FOR_ONE_ROLE[Role.ADMINISTRATOR] | {"own", "search", "deputy", "board", "announce"}
CUSTODIANS = {"own", "search", "deputy", "board"}
OWNERS = {"own", "search"}


def allowed(role: Role) -> set[str]:
    return {str(right) for right in Right if may(right, role)}


def test_every_right_stands_in_the_table_with_a_sentence_and_nothing_else_does() -> None:
    assert set(RIGHTS) == set(MEANINGS) == set(Right)
    assert all(RIGHTS.values())
    assert all(len(sentence) > 10 for sentence in MEANINGS.values())


def test_a_right_nobody_was_given_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.rights.RIGHTS", {})
    assert not any(may(right, *Role) for right in Right)


@pytest.mark.parametrize("role", FOR_ONE_ROLE)
def test_what_belongs_to_one_role_belongs_to_no_other(role: Role) -> None:
    mine = FOR_ONE_ROLE[role]
    assert mine <= allowed(role)
    for other in set(Role) - {role}:
        assert not mine & allowed(other), other


def test_whoever_sees_no_case_text_has_no_right_to_lists_of_cases() -> None:
    assert allowed(Role.ADMINISTRATOR) == ADMINISTRATORS
    assert allowed(Role.CUSTODIAN) == CUSTODIANS
    assert allowed(Role.OWNER) == allowed(Role.MONITOR) == OWNERS
    assert allowed(Role.CLOCK) == set()


# --- reading a case ---------------------------------------------------------------------------------------------


def readers(case: Case) -> set[str]:
    return {name for name, actor in CHAIRS.items() if may_see(case, actor)}


def test_administrators_custodians_and_the_clock_read_no_case() -> None:
    for status in Status:
        for role in (Role.ADMINISTRATOR, Role.CUSTODIAN, Role.CLOCK):
            for unit in (None, LEAD):
                assert not may_see(a_case(status), Actor(300, role, unit, PROJECT))


@pytest.mark.parametrize(
    ("unit", "project", "sees"),
    [
        (None, None, True),
        (LEAD, None, True),
        (FOREIGN, None, False),
        (None, PROJECT, True),
        (None, OTHER_PROJECT, False),
        (FOREIGN, PROJECT, True),
    ],
)
def test_a_leader_sees_what_they_answer_for(unit: int | None, project: int | None, sees: bool) -> None:
    assert may_see(a_case(Status.HANDLING), Actor(300, Role.LEADER, unit, project)) is sees


def test_a_case_about_somebody_is_shown_to_them_in_no_role_but_that_of_its_owner() -> None:
    case = a_case(Status.HANDLING)
    for actor in CHAIRS.values():
        if actor.person is None:
            continue
        about = replace(case, recused=(actor.person,))
        own = actor.role in (Role.OWNER, Role.MONITOR) and actor.person == OWNER
        assert may_see(about, actor) is own


def test_who_stands_in_for_somebody_a_case_is_about_does_not_see_it_by_that_role() -> None:
    case = a_case(Status.HANDLING, recused=(300,))
    assert not may_see(case, Actor(301, Role.DISPATCHER, for_person=300))
    assert may_see(case, Actor(301, Role.DISPATCHER))


def test_every_reason_to_read_a_case_is_needed() -> None:
    case = a_case(Status.HANDLING)
    for reason in READERS:
        alone = [name for name, actor in CHAIRS.items() if sum(permit(case, actor) for permit in READERS) == 1]
        assert any(reason(case, CHAIRS[name]) for name in alone), reason.__name__


def test_a_deputy_knows_of_the_owner_what_the_absent_one_does() -> None:
    for naming in ("named", "kept", "anonymous"):
        case = replace(a_case(Status.HANDLING), naming=naming)
        for role in OFFICIAL_ROLES:
            mine, stood = Actor(1, role, LEAD), Actor(2, role, LEAD, for_person=1)
            assert may_know_owner(case, mine) is may_know_owner(case, stood)


def test_both_the_deputy_and_the_absent_one_count_as_who_proposed() -> None:
    alone = Approval(1, Matter.REFUSAL, 7, NOW)
    assert alone.proposers == {7}
    assert replace(alone, facts={"proposed_for": 8}).proposers == {7, 8}
    assert replace(alone, proposer=None).proposers == frozenset()
