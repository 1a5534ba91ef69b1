"""What makes no sense in a rulebook is refused, every fault with its field."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given

from domain import rulebook, rulebook_check
from domain.case import Kind, Weight
from domain.clock import OPENINGS
from domain.deadlines import Term
from domain.errors import BadDeclaration
from domain.ladder import LADDER, To
from domain.rulebook import DEFAULT, KINDS, Closure, Ground, Rulebook, RungRule
from domain.rulebook_preview import preview, side_by_side
from domain.workdays import DayKind, Limit, Unit
from tests.domain.books import books
from tests.domain.calendars import moment, real


def where(**changed: Any) -> set[tuple[str, str]]:
    """Field and fault of the default book with these fields changed."""
    return {(fault.where, fault.what) for fault in rulebook_check.faults(replace(DEFAULT, **changed))}


def kinds(kind: Kind, **changed: Any) -> dict[Kind, Any]:
    return {**KINDS, kind: replace(KINDS[kind], **changed)}


def test_what_an_office_begins_with_makes_sense() -> None:
    assert rulebook_check.faults(DEFAULT) == []


SENSELESS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"kinds": {Kind.REQUEST: KINDS[Kind.REQUEST]}}, ("kinds", "kinds")),
    ({"kinds": kinds(Kind.REQUEST, accept=Limit(0))}, ("kinds.request.accept", "limit")),
    ({"kinds": kinds(Kind.COMPLAINT, handle={None: Limit(0)})}, ("kinds.complaint.handle.any", "limit")),
    ({"kinds": kinds(Kind.COMPLAINT, handle={})}, ("kinds.complaint.handle.any", "weightless")),
    (
        {"kinds": kinds(Kind.COMPLAINT, handle={None: Limit(1), Weight.SIMPLE: Limit(1)})},
        ("kinds.complaint.handle.simple", "weights"),
    ),
    ({"contact": Limit(13, Unit.MONTHS)}, ("contact", "limit")),
    ({"silence": Limit(2)}, ("silence", "silence")),
    ({"silence": Limit(8, Unit.HOURS)}, ("silence", "silence")),
    ({"supplement_pool_days": 0}, ("supplement_pool_days", "number")),
    ({"low_levels": 5}, ("low_levels", "number")),
    ({"final_round": 1}, ("final_round", "number")),
    ({"idle_forget_hours": 24}, ("idle_forget_hours", "idle")),
    ({"opens": time(17, 30)}, ("closes", "hours")),
    ({"digest_at": time(8, 0)}, ("digest_at", "digest")),
    ({"digest_at": time(17, 0), "digest_spread_minutes": 30}, ("digest_spread_minutes", "spread")),
    ({"owner_from": time(21, 0)}, ("owner_until", "owner_hours")),
    ({"closures": (Closure(date(2026, 3, 3), ""),)}, ("closures.0", "words")),
    ({"closures": (Closure(date(2026, 3, 3), "台风"),) * 2}, ("closures.1", "twice")),
    ({"rungs": {"handle.never": RungRule(1, ("head",))}}, ("rungs.handle.never", "rung")),
    ({"rungs": {"close.silent": RungRule(9, ())}}, ("rungs.close.silent", "automatic")),
    ({"rungs": {"handle.near": RungRule(-1, ("handler",))}}, ("rungs.handle.tomorrow", "growing")),
    ({"rungs": {"handle.near": RungRule(-3, ())}}, ("rungs.handle.near", "nobody")),
    ({"rungs": {"handle.near": RungRule(-3, ("owner",))}}, ("rungs.handle.near", "to")),
    ({"rungs": {"accept.today": RungRule(0, ("handler",))}}, ("rungs.accept.today", "to")),
    ({"rungs": {"handle.tomorrow": RungRule(-2, ("handler",))}}, ("rungs.handle.tomorrow", "named_day")),
    ({"rungs": {"handle.overdue": RungRule(-4, ("handler",))}}, ("rungs.handle.overdue", "side")),
    ({"rungs": {"handle.near": RungRule(-300, ("handler",))}}, ("rungs.handle.near", "number")),
    (
        {"rungs": {"supplement.reminder_1": RungRule(1, ("owner",), on=False)}},
        ("rungs.supplement.reminder_1", "owner_off"),
    ),
    ({"rungs": {"supplement.reminder_1": RungRule(1, ("head",))}}, ("rungs.supplement.reminder_1", "owner_to")),
    ({"rungs": {"supplement.reminder_1": RungRule(0, ("owner",))}}, ("rungs.supplement.reminder_1", "number")),
    ({"rungs": {"supplement.reminder_2": RungRule(5, ("owner",))}}, ("rungs.supplement.reminder_2", "owner_late")),
    ({"refusal_grounds": ()}, ("refusal_grounds", "no_ground")),
    ({"termination_grounds": (Ground("own"),)}, ("termination_grounds.0", "words")),
    ({"refusal_grounds": (Ground("Ä", "别的"),)}, ("refusal_grounds.0", "code")),
    ({"refusal_grounds": (Ground("civil"), Ground("civil"))}, ("refusal_grounds.1", "twice")),
    ({"categories": ("用电", "用电")}, ("categories", "twice")),
    ({"categories": tuple(f"第{n}类" for n in range(201))}, ("categories", "many")),
    ({"name": "长" * 81}, ("name", "name")),
]


@pytest.mark.parametrize(("changed", "fault"), SENSELESS, ids=[f"{where}-{what}" for _c, (where, what) in SENSELESS])
def test_nonsense_is_refused_by_the_field_it_is_in(changed: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in where(**changed)


@given(books())
def test_any_book_without_faults_gives_every_deadline_of_every_kind(book: Rulebook) -> None:
    assert rulebook_check.faults(book) == []
    begun = moment("2021-03-10T10:00")
    for kind in Kind:
        rows = preview(book, real(), kind, begun)
        assert {row.term for row in rows} == set(OPENINGS)
        assert {row.weight for row in rows if row.term is Term.HANDLE} == set(book.kinds[kind].weights or (None,))
        assert all(row.due.at > begun or not row.limit.amount for row in rows)
        assert all(mark.to or mark.move for row in rows for mark in row.marks)


def test_a_sample_shows_old_and_new_side_by_side() -> None:
    begun = moment("2021-03-10T10:00")
    longer = replace(DEFAULT, kinds=kinds(Kind.COMPLAINT, handle={None: Limit(20)}))
    pairs = side_by_side(*(preview(book, real(), Kind.COMPLAINT, begun) for book in (DEFAULT, longer)))
    changed = [pair for pair in pairs if pair.old and pair.new and pair.old.due != pair.new.due]
    assert [pair.old.term for pair in changed if pair.old] == [Term.HANDLE]
    assert [(pair.old.due.day, pair.new.due.day) for pair in changed if pair.old and pair.new] == [
        (date(2021, 3, 31), date(2021, 4, 8))
    ]


def test_all_faults_are_told_at_once() -> None:
    book = replace(DEFAULT, low_levels=9, categories=("",), opens=time(23))
    with pytest.raises(BadDeclaration, match=r"low_levels.*closes.*categories"):
        rulebook_check.check(book)


def test_rungs_the_clock_acts_on_stay_as_they_are() -> None:
    silent = {rung.key for rung in LADDER if rung.move}
    assert silent
    for key in silent:
        assert (f"rungs.{key}", "automatic") in where(rungs={key: RungRule(1, ("head",), on=False)})


def test_only_those_concerned_can_be_reached() -> None:
    reach = {rung.key: set(rulebook_check.recipients(rung)) for rung in LADDER}
    assert reach["supplement.reminder_1"] == {To.OWNER}
    assert To.HEAD in reach["handle.near"]
    assert not reach["accept.today"] & {To.HANDLER, To.LIAISON, To.HEAD, To.OWNER}


def test_closed_days_and_hours_are_on_the_calendar() -> None:
    storm = date(2026, 3, 4)
    calendar = rulebook.on(real(), Rulebook(opens=time(9), closes=time(18), closures=(Closure(storm, "台风"),)))
    assert calendar.kind(storm) is DayKind.CLOSURE
    assert (calendar.opens, calendar.closes) == (time(9), time(18))
    assert calendar.next_working_day(date(2026, 3, 3)) == date(2026, 3, 5)
