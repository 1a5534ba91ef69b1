"""The rules change what happens to new cases, and to running ones only where somebody says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain import rulebook_check
from domain.case import Actor, Kind, Role, Weight
from domain.deadlines import Term
from domain.errors import BadDeclaration, Missing, Overtaken
from domain.ladder import LADDER
from domain.rulebook import DEFAULT, KINDS, Closure, Ground, KindRule, Rulebook, RungRule
from domain.rulebook_check import Fault
from domain.rulebook_preview import preview
from domain.workdays import Limit
from handlers import casework, grounds, rulebook, words
from handlers.casework import Filed
from handlers.rulebook import FAULT_WORDS, RECIPIENTS, Saved, fault_words, faults
from handlers.rulebook_form import read
from handlers.words import speaking
from storage import deadlines, rulebooks
from storage.transaction import Tx
from tests.domain.books import books
from tests.domain.test_rulebook import SENSELESS
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Town

REQUEST = KINDS[Kind.REQUEST]


@pytest.fixture(autouse=True)
def own_words() -> Iterator[None]:
    """Whatever an office says in its own words, the next one does not."""
    yield
    words.say_instead({})


def book(town: Town, **changed: Any) -> Rulebook:
    return replace(town.db.office.rulebook, **changed)


def simple(limit: int) -> dict[Kind, KindRule]:
    """The rules of kinds with another limit for simple requests."""
    rule = replace(REQUEST, handle={**REQUEST.handle, Weight.SIMPLE: Limit(limit)})
    return {**KINDS, Kind.REQUEST: rule}


def save(town: Town, fresh: Rulebook, *, by: int = 0, why: str = "县里新规定", **named: Any) -> Saved:
    """Save, and let this process follow, as a running office does by itself."""
    by = by or town.official("管理员", Role.ADMINISTRATOR).id
    named = {"based_on": town.db.office.rulebook.version, **named}
    saved = town.write(rulebook.save, fresh, why, by, town.now, **named)
    town.db.office = town.read(rulebooks.office, saved.book)
    words.say_instead(saved.book.texts)
    return saved


# --- new cases and running ones -----------------------------------------------------------------------------------


def test_a_change_is_for_new_cases_only(town: Town, owner: Owner, desk: Official, signed: str) -> None:
    told = town.due(signed, Term.HANDLE)
    assert save(town, book(town, kinds=simple(10))).moved == 0
    assert town.due(signed, Term.HANDLE) == told == "2026-03-10 17:30"
    fresh = owner.file("还要装一台")
    desk.dispatch(fresh, POWER)
    assert town.due(fresh, Term.HANDLE) == "2026-03-17 17:30"


def test_running_deadlines_follow_when_told_to(town: Town, owner: Owner, signed: str) -> None:
    assert save(town, book(town, kinds=simple(10)), running_too=True).moved == 1
    assert town.due(signed, Term.HANDLE) == "2026-03-17 17:30"
    assert town.read(rulebooks.history)[0].why == "县里新规定（同时调整了 1 个正在计算的时限）"


def test_no_running_deadline_comes_nearer(town: Town, signed: str) -> None:
    before = town.running(signed)
    assert save(town, book(town, kinds=simple(1), contact=Limit(1)), running_too=True).moved == 0
    assert town.running(signed) == before


def test_a_storm_moves_what_runs_and_opening_again_brings_nothing_nearer(town: Town, signed: str) -> None:
    storm = (Closure(date(2026, 3, 5), "台风"),)
    save(town, book(town, closures=storm), running_too=True)
    assert town.due(signed, Term.HANDLE) == "2026-03-11 17:30"
    assert save(town, book(town, closures=()), running_too=True).moved == 0
    assert town.due(signed, Term.HANDLE) == "2026-03-11 17:30"


def test_a_paused_deadline_moves_too_and_goes_on_counting(
    town: Town, owner: Owner, signed: str, handler: Official
) -> None:
    handler.tell(signed, "请补一张照片", "请求补充")
    save(town, book(town, kinds=simple(10)), running_too=True)
    town.forward(workdays=1)
    owner.card(signed)
    owner.tap("补充")
    owner.say("照片在这里")
    assert town.due(signed, Term.HANDLE) == "2026-03-18 17:30"


def test_a_day_opened_again_brings_nothing_nearer_that_was_paused_meanwhile(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    storm = tuple(Closure(date(2026, 3, day), "台风") for day in (5, 6))
    save(town, book(town, closures=storm))
    number = owner.file("门口积水")
    desk.dispatch(number, POWER)
    handler.sign(number)
    told = town.due(number, Term.HANDLE)
    handler.tell(number, "请补一张照片", "请求补充")
    save(town, book(town, closures=()))
    owner.card(number)
    owner.tap("补充")
    owner.say("照片在这里")
    assert told == town.due(number, Term.HANDLE) == "2026-03-12 17:30"


def test_what_was_said_of_a_deadline_is_not_said_again(town: Town, signed: str, handler: Official) -> None:
    town.forward(to="2026-03-05 09:30")
    handler.heard("快到期")
    save(town, book(town, closures=(Closure(date(2026, 3, 10), "停电"),)), running_too=True)
    town.tick(3)
    handler.not_heard("快到期")


def test_a_rung_that_was_moved_is_climbed_on_its_new_day(town: Town, signed: str, handler: Official) -> None:
    rungs = {"handle.near": RungRule(-2, ("handler",))}
    save(town, book(town, rungs=rungs), running_too=True)
    town.forward(to="2026-03-05 17:00")
    handler.not_heard("快到期")
    town.forward(to="2026-03-06 09:30")
    handler.heard("快到期")


def test_many_running_deadlines_are_walked_in_pieces(small_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = small_town.owner("林晓")
    numbers = [owner.file(f"第{n}件事") for n in range(3)]
    pieces = small_town.read(lambda tx: [len(part) for part in deadlines.walk(tx)])
    assert pieces == [6]
    rule = replace(KINDS[Kind.REQUEST], accept=Limit(2))
    assert save(small_town, book(small_town, kinds={**KINDS, Kind.REQUEST: rule}), running_too=True).moved == 3
    assert {small_town.due(number, Term.ACCEPT) for number in numbers} == {"2026-03-05 17:30"}


# --- saving -------------------------------------------------------------------------------------------------------


def test_a_change_needs_a_reason_and_makes_sense(town: Town) -> None:
    with pytest.raises(Missing):
        save(town, book(town, low_levels=1), why="  ")
    with pytest.raises(BadDeclaration, match="low_levels"):
        save(town, book(town, low_levels=9))
    assert town.read(rulebooks.newest)[0] == 1


def test_two_administrators_at_once(town: Town) -> None:
    save(town, book(town, low_levels=1))
    with pytest.raises(Overtaken):
        save(town, replace(DEFAULT, low_levels=0), based_on=1)
    assert town.db.office.rulebook.low_levels == 1


# --- words --------------------------------------------------------------------------------------------------------


def test_every_fault_has_its_words() -> None:
    shown = [fault for changed, _fault in SENSELESS for fault in rulebook_check.faults(replace(DEFAULT, **changed))]
    texts = {"zh_CN": {"no such key": "话", "New: please decide by {when}.": "请办"}, "fr": {}}
    shown += faults(replace(DEFAULT, texts=texts))
    senseless = {"silence": "x", "opens": "?", "language": "fr", "closures.0.day": "bald", "no_such_field": "1"}
    shown += read(senseless, DEFAULT).faults
    assert {fault.what for fault in shown} == set(FAULT_WORDS)
    for fault in shown:
        with speaking("zh_CN"):
            assert "{" not in fault_words(fault).replace("{when}", ""), fault


def test_recipients_in_a_fault_are_named() -> None:
    with speaking("zh_CN"):
        assert (
            fault_words(Fault("rungs.accept.today", "to", {"to": ("head", "liaison")}))
            == "不能发给：单位负责人、联络员"
        )


def test_grounds_and_recipients_have_words() -> None:
    known = (*DEFAULT.refusal_grounds, *DEFAULT.termination_grounds)
    assert {ground.code for ground in known} == set(grounds.KNOWN)
    assert {one for rung in LADDER for one in rung.to} <= set(RECIPIENTS)
    with speaking("zh_CN"):
        assert grounds.words_of(Ground("own_1", "本县规定的其他情形")) == "本县规定的其他情形"
        assert grounds.words_of(Ground("civil")) != "civil"


DECIDE = "New: please decide by {when}."


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "请办",
        "请在 {when} 前办，{number}",
        "{when.real}",
        "{when!r}",
        "{when:>99999999}",
        "{when} {",
        "{when} {}",
    ],
)
def test_own_words_must_fit(text: str) -> None:
    found = faults(replace(DEFAULT, texts={"zh_CN": {DECIDE: text}}))
    assert {fault.where for fault in found} == {f"texts.zh_CN.{DECIDE}"}


@pytest.mark.parametrize("key", ["no such key", "yes|submit|confirm|ok"])
def test_only_words_that_are_said_can_be_changed(key: str) -> None:
    assert [fault.what for fault in faults(replace(DEFAULT, texts={"zh_CN": {key: "话"}}))] == ["text_key"]


def test_the_office_says_it_in_its_own_words(town: Town, owner: Owner, desk: Official) -> None:
    save(town, book(town, texts={"zh_CN": {DECIDE: "来了新件，{when}前请您拿主意。"}}))
    owner.file("路灯坏了")
    desk.heard("前请您拿主意。")


def test_own_words_that_no_longer_fit_are_left() -> None:
    words.say_instead({"zh_CN": {DECIDE: "{no} {such} place", "gone": "没有了"}})
    with speaking("zh_CN"):
        assert words._(DECIDE, when="今天").startswith("新件")


# --- the sample ---------------------------------------------------------------------------------------------------

MORNING = datetime(2026, 3, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_sample_shows_what_a_filed_case_gets(small_town: Town, kind: Kind) -> None:
    owner = small_town.owner("林晓")

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(books())
    def holds(any_book: Rulebook) -> None:
        filed = small_town.write(_filed, any_book, kind, owner.id)
        rows = preview(any_book, small_town.db.office.calendar, kind, MORNING)
        shown = {row.term: (row.limit, row.due.at) for row in rows if row.term in filed}
        assert shown == filed

    holds()


def _filed(tx: Tx, any_book: Rulebook, kind: Kind, owner: int) -> dict[Term, tuple[Limit, datetime]]:
    """The deadlines of a case filed under a book; the transaction keeps it, as any filing."""
    with rulebooks.under(tx, rulebooks.office(tx, any_book)):
        case = casework.file(tx, Filed(kind, "样件"), Actor(owner, Role.OWNER), owner, MORNING)
        return {one.term: (one.limit, one.due.at) for one in deadlines.of_case(tx, case.id)}


# --- the chat -----------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_rules_in_the_chat(town: Town) -> None:
    administrator = town.official("何静", Role.ADMINISTRATOR)
    administrator.say("/rules")
    first = administrator.heard("规则")
    assert "开办时" in first.text
    assert (
        "诉求",
        "1个工作日内决定是否受理；答复：简单事项 5个工作日、涉及多个部门 15个工作日、历史遗留问题 1个月",
    ) in first.facts
    closed = (Closure(date(2026, 3, 5), "台风"), Closure(date(2026, 1, 5), "过去了"))
    save(town, book(town, closures=closed, opens=time(9), digest_at=time(9)), by=administrator.id, why="台风来了")
    administrator.say("/rules")
    second = administrator.heard("第 2 版")
    assert "何静：台风来了" in second.text
    assert ("不上班", "3月5日 周四 台风") in second.facts
    assert administrator.offers("打开")


def test_nobody_else_is_told_the_rules(town: Town, owner: Owner, desk: Official) -> None:
    for person in (owner, desk):
        person.say("/rules")
        person.not_heard("个工作日内决定")
