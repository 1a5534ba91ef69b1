"""The rules on their page: changed by somebody who programs nothing, tried first, and never lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from domain import rulebook_check
from domain.case import Kind, Role, Weight
from domain.deadlines import Term
from domain.rulebook import DEFAULT, Rulebook, merged
from domain.workdays import Limit
from handlers import words
from handlers.rulebook_form import read, values
from handlers.rulebook_sections import changed, sections
from handlers.words import speaking
from storage import rulebooks
from tests.bot.board_visitors import Answer, Office, Visitor, office_with_pages
from tests.bot.offices import WAIT_SECONDS
from tests.domain.books import books

PAGE = "/board/rulebook"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_with_pages(tmp_path) as running:
        yield running
    words.say_instead({})


@pytest.fixture
async def keeper(office: Office) -> Visitor:
    return await office.signed_in("何静", Role.ADMINISTRATOR)


class Fields(HTMLParser):
    """What a browser would send of the page's big form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = False
        self._select = self._area = ""
        self._text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("class") == "rulebook"
        if not self._inside:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            self.found.append((name, given.get("value", "")))
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and "selected" in given:
            self.found.append((self._select, given["value"]))
        if tag == "textarea":
            self._area, self._text = name, []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""
        if tag == "textarea" and self._area:
            self.found.append((self._area, "".join(self._text)))
            self._area = ""


async def fill(visitor: Visitor, do: str, page: Answer | None = None, **entered: Any) -> Answer:
    """Fill in fields of the page as it is shown, or of an answer, and press a button. Dots in names are __."""
    shown = page or await visitor.get(PAGE)
    names = {name.replace("__", "."): value for name, value in entered.items()}
    kept = [(name, value) for name, value in Fields(shown.text).found if name not in names]
    lists = [(name, one) for name, many in names.items() for one in (many if isinstance(many, list) else [many])]
    return await visitor.ask("POST", PAGE, data=[*kept, *lists, ("do", do)])


def text(answer: Answer) -> str:
    """What is read on a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def kept(office: Office) -> Rulebook:
    found = office.app.db.read_now(rulebooks.current)
    assert found is not None
    return found


# --- changing -----------------------------------------------------------------------------------------------------


async def test_what_is_shown_and_sent_back_changes_nothing(office: Office, keeper: Visitor) -> None:
    answer = await fill(keeper, "save", why="什么也没改")
    assert answer.status == 422
    assert "没有改动" in text(answer)
    assert kept(office).version == 1


async def test_an_administrator_changes_limits_hours_reminders_grounds_and_categories(
    office: Office, keeper: Visitor
) -> None:
    entered = {
        "kinds__request__handle__simple": "7",
        "assist": "2",
        "assist.unit": "hour",
        "opens": "09:00",
        "digest_at": "09:00",
        "rungs__handle__near": "2",
        "rungs__handle__near__to": ["handler", "head"],
        "refusal_grounds__8__words": "本县另有规定的",
        "termination_grounds__2__words": "",
        "categories": "用电\n用水\n\n",
        "closures__0__day": "2026-03-05",
        "closures__0__name": "台风",
        "head_checks": "yes",
    }
    answer = await fill(keeper, "save", why="县里 3 号文", **entered)
    assert (answer.status, answer.headers["Location"]) == (303, f"{PAGE}?saved=1")
    book = kept(office)
    assert book.kinds[Kind.REQUEST].handle[Weight.SIMPLE] == Limit(7)
    assert (book.assist.amount, str(book.assist.unit), f"{book.opens:%H:%M}") == (2, "hour", "09:00")
    assert (book.rungs["handle.near"].days, book.rungs["handle.near"].to) == (-2, ("handler", "head"))
    assert book.refusal_grounds[-1].words == "本县另有规定的"
    assert [one.code for one in book.termination_grounds] == ["settled", "sued"]
    assert (book.categories, book.head_checks) == (("用电", "用水"), True)
    assert [one.name for one in book.closures] == ["台风"]
    after = text(await keeper.get(PAGE, saved="1"))
    assert "已保存" in after
    assert "县里 3 号文" in after
    assert "何静" in after
    assert rulebook_check.faults(book) == []


async def test_the_running_office_follows_within_moments(office: Office, keeper: Visitor) -> None:
    await fill(keeper, "save", why="改名", name="衡岳县营商环境服务中心")
    async with asyncio.timeout(WAIT_SECONDS):
        while "服务中心" not in (page := await keeper.get("/board")).text:
            assert page.status == 200


async def test_the_change_is_for_new_cases_unless_running_ones_are_chosen(office: Office, keeper: Visitor) -> None:
    number = office.file("林晓", "路灯坏了")
    assert office.town.due(number, Term.ACCEPT) == "2026-03-04 17:30"
    await fill(keeper, "save", why="先试", kinds__request__accept="2")
    assert office.town.due(number, Term.ACCEPT) == "2026-03-04 17:30"
    await fill(keeper, "save", why="正在办的也改", scope="running")
    assert office.town.due(number, Term.ACCEPT) == "2026-03-05 17:30"
    assert "同时调整了 1 个" in text(await keeper.get(PAGE))


async def test_trying_shows_the_sample_case_old_and_new_and_saves_nothing(office: Office, keeper: Visitor) -> None:
    answer = await fill(
        keeper, "preview", kinds__complaint__handle__any="20", sample_kind="complaint", sample_day="2026-03-03"
    )
    shown = text(answer)
    assert answer.status == 200
    assert "3月24日 周二 17:30" in shown
    assert "3月31日 周二 17:30" in shown
    assert "15 个工作日 20 个工作日" in shown
    assert kept(office).version == 1
    again = await fill(keeper, "save", answer, why="看过了")
    assert again.status == 303
    assert kept(office).kinds[Kind.COMPLAINT].handle[None] == Limit(20)


async def test_enter_in_a_field_only_tries(keeper: Visitor) -> None:
    page = await keeper.get(PAGE)
    form = page.text[page.text.index('class="rulebook"') :]
    first = re.search(r'<button[^>]*value="(\w+)"', form)
    assert first
    assert first[1] == "preview"


# --- nonsense -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entered", "said"),
    [
        ("silence", "0", "请填 1 到"),
        ("silence", "三", "请填整数"),
        ("silence", "٣", "请填整数"),
        ("silence", "9" * 5, "请填 1 到"),
        ("silence", "9" * 5000, "请填整数"),
        ("silence.unit", "years", "请填整数"),
        ("opens", "25:00", "请填时间"),
        ("opens", "18:00", "下班时间要晚于上班时间"),
        ("language", "fr", "请从列表里选"),
        ("rungs__handle__near", "1", "要晚于前一级提醒"),
        ("rungs__handle__near__to", [], "至少要发给一类人"),
        ("rungs__accept__today__to", ["handler"], "不能发给：承办人"),
        ("closures__0__name", "没有日子", "请填日期"),
        ("refusal_grounds__0__words", "长" * 301, "请填 1 到 300 个字"),
        ("made_up_field", "1", "这个页面已经过时"),
    ],
)
async def test_nonsense_comes_back_with_the_reason_beside_it(
    office: Office, keeper: Visitor, name: str, entered: Any, said: str
) -> None:
    answer = await fill(keeper, "save", why="试试", **{name: entered})
    assert answer.status == 422
    assert said in text(answer)
    assert kept(office).version == 1


async def test_what_was_entered_is_still_there_beside_every_fault(keeper: Visitor) -> None:
    answer = await fill(keeper, "save", why="试试", silence="零", low_levels="7", phone="0000-7")
    fields = dict(Fields(answer.text).found)
    assert (fields["silence"], fields["low_levels"], fields["phone"], fields["why"]) == ("零", "7", "0000-7", "试试")
    assert answer.text.count('class="said fault small"') == 2


async def test_a_change_needs_a_reason(office: Office, keeper: Visitor) -> None:
    answer = await fill(keeper, "save", low_levels="1", why=" ")
    assert answer.status == 422
    assert "写明原因" in text(answer)
    assert kept(office).version == 1


async def test_what_is_entered_is_never_markup(keeper: Visitor) -> None:
    answer = await fill(keeper, "preview", name="<script>alert(1)</script>", phone='"><b>')
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


# --- two at once --------------------------------------------------------------------------------------------------


async def test_the_second_of_two_is_told_and_nothing_of_either_is_lost(office: Office, keeper: Visitor) -> None:
    other = await office.signed_in("周正", Role.ADMINISTRATOR)
    mine, theirs = await keeper.get(PAGE), await other.get(PAGE)
    assert (await fill(other, "save", theirs, why="他的", low_levels="1")).status == 303
    told = await fill(keeper, "save", mine, why="我的", object_days="15")
    assert told.status == 409
    assert "第 2 版" in text(told)
    assert kept(office).object_days == DEFAULT.object_days
    assert (await fill(keeper, "save", told)).status == 303
    assert (kept(office).version, kept(office).low_levels, kept(office).object_days) == (3, 1, 15)


@given(books(), books(), books())
def test_joining_keeps_what_each_changed(began: Rulebook, mine: Rulebook, theirs: Rulebook) -> None:
    assert merged(began, mine, began) == mine
    assert merged(began, began, theirs) == theirs
    joined = merged(began, mine, theirs)
    assert joined.categories == (mine.categories if mine.categories != began.categories else theirs.categories)
    assert joined.version == theirs.version


# --- the history --------------------------------------------------------------------------------------------------


async def test_an_older_version_is_taken_again(office: Office, keeper: Visitor) -> None:
    await fill(keeper, "save", why="放宽", low_levels="1")
    shown = await keeper.get(PAGE, version="1")
    assert "还没有保存" in text(shown)
    assert kept(office).version == 2
    assert (await fill(keeper, "save", shown, why="改回来")).status == 303
    assert replace(kept(office), version=1) == office.app.db.read_now(rulebooks.get, 1)
    history = text(await keeper.get(PAGE))
    assert history.index("改回来") < history.index("放宽") < history.index("开办时的规则")


@pytest.mark.parametrize("version", ["99", "x", "-1", "٣", "9" * 30, ""])
async def test_a_version_there_is_not_shows_the_rules_as_they_are(keeper: Visitor, version: str) -> None:
    answer = await keeper.get(PAGE, version=version)
    assert answer.status == 200
    assert "还没有保存" not in text(answer)


# --- own words ----------------------------------------------------------------------------------------------------


async def test_a_sentence_is_found_changed_and_said(office: Office, keeper: Visitor) -> None:
    found = await fill(keeper, "find", find="请在")
    fields = dict(Fields(found.text).found)
    row = next(name for name, value in fields.items() if value == "New: please decide by {when}.")[:-4]
    broken = await fill(keeper, "save", found, why="本地话", **{f"{row}.text": "来新件了"})
    assert broken.status == 422
    assert "请保留 {when}" in text(broken)
    assert (await fill(keeper, "save", broken, **{f"{row_of(broken)}.text": "来新件了，{when}前拿主意"})).status == 303
    assert kept(office).texts == {"zh_CN": {"New: please decide by {when}.": "来新件了，{when}前拿主意"}}


def row_of(answer: Answer) -> str:
    """The first row of own words on a page."""
    return next(name for name, _value in Fields(answer.text).found if name.startswith("texts.")).rsplit(".", 1)[0]


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.APPROVER, Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN])
async def test_nobody_but_an_administrator_sees_or_changes_the_rules(office: Office, role: Role) -> None:
    visitor = await office.signed_in("陈岚", role)
    assert (await visitor.get(PAGE)).status == 403
    assert (await visitor.send(PAGE, do="save", why="偷改", low_levels="0", based_on="1")).status == 403
    assert (await office.visitor().post(PAGE, do="save", why="偷改")).status == 401
    assert kept(office).version == 1


async def test_a_form_without_the_sessions_token_changes_nothing(office: Office, keeper: Visitor) -> None:
    answer = await keeper.post(PAGE, do="save", why="冒名", low_levels="0", based_on="1")
    assert answer.status == 422
    assert kept(office).version == 1


# --- the form -----------------------------------------------------------------------------------------------------


@given(books())
def test_any_book_is_read_from_its_form_as_it_was(book: Rulebook) -> None:
    with speaking("zh_CN"):
        entered = read(values(book), DEFAULT)
        assert changed(values(book), entered.values) == ()
        assert not any(section.wrong for section in sections(entered.values, entered.faults))


@given(books())
def test_what_is_not_sent_stays_as_it_is(book: Rulebook) -> None:
    assert read({}, book).book == book
    assert read({"low_levels": "1"}, book).book == replace(book, low_levels=1)


def test_a_new_ground_never_gets_the_code_of_another() -> None:
    first = {"refusal_grounds.0.code": "civil", "refusal_grounds.0.words": "民事", "refusal_grounds.1.words": "新的"}
    book = read(first, DEFAULT).book
    again = {**first, "refusal_grounds.1.code": book.refusal_grounds[1].code, "refusal_grounds.2.words": "又一条"}
    assert len({ground.code for ground in read(again, DEFAULT).book.refusal_grounds}) == 3
