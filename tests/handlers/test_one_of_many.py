"""What the clock does for many in one go: what fails for one holds up none of the others, and is made up for."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case import Case, Role, Status
from domain.messages import Message
from handlers import casework, fallbacks, reminders, worklist
from handlers.worklist import Task
from storage import dead_letters, outbox, people
from tests.handlers.filings import file_many
from tests.handlers.test_switched_off import beside, connect
from tests.people import Owner, Town


def test_a_case_the_program_fails_on_stops_the_clock_of_no_other(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, *others = file_many(town, owner, 3)
    case, act = town.case(broken).id, casework.act

    def failing(tx: Any, case_id: int, *rest: Any, **facts: Any) -> Case:
        moved = act(tx, case_id, *rest, **facts)
        if case_id == case:
            raise LookupError
        return moved

    with monkeypatch.context() as patched:
        patched.setattr(casework, "act", failing)
        town.forward(to="2026-03-06 18:00")
        assert [town.case(number).status for number in others] == [Status.ACCEPTED, Status.ACCEPTED]
        assert town.case(broken).status is Status.FILED
        owner.heard(others[0])
        owner.not_heard(f"{broken}已受理")
    town.tick()
    assert town.case(broken).status is Status.ACCEPTED


def test_a_whole_batch_that_fails_is_tried_at_the_next_tick_and_not_again_at_once(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = file_many(town, owner, 3)
    town.sleep(to="2026-03-06 18:00")
    assert town.write(reminders.climb, town.now, 3) == 3  # that the time is over; what silence then does comes next
    with monkeypatch.context() as patched:
        patched.setattr(casework, "act", lambda *_act, **_facts: 1 / 0)
        assert town.write(reminders.climb, town.now, 3) == 0
    town.tick()
    assert {town.case(number).status for number in numbers} == {Status.ACCEPTED}


def test_one_officials_morning_that_fails_is_nobody_elses(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, other = town.official("陈岚", Role.DISPATCHER), town.official("周正", Role.DISPATCHER)
    (number,) = file_many(town, owner, 1)
    town.show()
    for one in (desk, other):
        one.read_all()
    of_person = worklist.of_person

    def failing(tx: Any, holdings: Any, now: Any) -> list[Task]:
        if holdings[0].person == desk.id:
            raise LookupError
        return of_person(tx, holdings, now)

    monkeypatch.setattr(worklist, "of_person", failing)
    town.forward(to="2026-03-04 10:00")
    other.heard(number)


def test_a_row_the_program_fails_on_leaves_no_other_behind(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(town, "telegram")
    far = [beside(town, one, "telegram", f"far-{one.name}") for one in (owner, town.owner("赵启明"))]
    doors = [town.read(people.find, "telegram", one.address) for one in far]
    rows = [door[0] for door in doors if door]
    for row in rows:
        town.write(outbox.say, row, None, Message("给您的话"), town.now)
    connect(town)
    pass_on = fallbacks.pass_on

    def failing(tx: Any, line: Any, now: Any) -> bool:
        if line.address_id == rows[0].id:
            raise LookupError
        return pass_on(tx, line, now)

    monkeypatch.setattr(fallbacks, "pass_on", failing)
    town.write(fallbacks.left_behind, town.now)
    assert [letter.channel for letter in town.read(dead_letters.letters)] == ["telegram"]
