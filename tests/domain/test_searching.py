"""What is typed is read: pinyin in all its spellings, parts, slips; and what a text is kept under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case import Actor, Case, Role, Status
from domain.codes import MARKS, MOST_INDEXED, Book, kept_under, marks, pairs_of, sound_of
from domain.permits import may_see
from domain.pinyin import LETTERS, MOST_LETTERS, MOST_SLIPS, SYLLABLES, cut, letters, slips, toneless
from domain.scopes import Scope, scope_of
from domain.searching import MOST_PARTS, fits, holds, literally, sought
from tests.domain import chairs

READ = {
    "变": ("bian",), "压": ("ya",), "器": ("qi",), "气": ("qi",), "坏": ("huai",), "停": ("ting",), "电": ("dian",),
    "店": ("dian",), "银": ("yin",), "行": ("xing", "hang"), "长": ("zhang", "chang"), "沙": ("sha",), "的": ("de",),
    "房": ("fang",), "里": ("li",), "雅": ("ya",),
}  # fmt: skip
BOOK = Book(lambda character: READ.get(character, (character if character.isascii() else f"{ord(character):x}",)))
TOLD = "变压器坏了，停电。ABC-12 银行"


@pytest.mark.parametrize("typed", ["bianyaqi", "bian4ya1qi4", "biànyāqì", "bia\u0300nya\u0304qi\u0300"])
def test_pinyin_is_read_with_and_without_tones(typed: str) -> None:
    assert letters(typed) == "bianyaqi"


@pytest.mark.parametrize("typed", ["变压器", "a4b", "12", "", "a" * (MOST_LETTERS + 1), "bian-ya", "é1é"])
def test_what_can_be_no_pinyin_has_no_letters(typed: str) -> None:
    assert letters(typed) == ""


def test_the_u_with_two_dots_is_typed_as_v() -> None:
    assert toneless("lǜ") == toneless("lü") == "lv"


def test_a_row_of_letters_is_cut_in_every_way() -> None:
    assert cut("xian") == (("xian",), ("xi", "an"))
    assert cut("bianyaqi")[0] == ("bian", "ya", "qi")
    assert cut("byq") == ()


def test_slips_hold_the_row_that_was_meant() -> None:
    for typed in ("bianyaki", "bianyqi", "bianyyaqi", "binayaqi", "bianyaq"):
        assert ("bian", "ya", "qi") in slips(typed), typed


@given(st.text(LETTERS, max_size=MOST_LETTERS))
def test_every_reading_is_of_syllables_and_their_number_is_bounded(row: str) -> None:
    for readings in (cut(row), slips(row)):
        assert all(set(syllables) <= SYLLABLES for syllables in readings)
    assert all("".join(syllables) == row for syllables in cut(row))
    assert len(slips(row)) <= MOST_SLIPS


@pytest.mark.parametrize(
    "words",
    [
        "变压器",
        "压器",
        "电",
        "变压器 停电",
        "bianyaqi",
        "bian ya qi",
        "变压qi",
        "byq",
        "td",
        "abc",
        "12",
        "yinhang",
        "yinxing",
    ],
)
def test_a_text_is_found_by_what_it_says_and_how_it_reads(words: str) -> None:
    wanted = sought(words, BOOK)
    assert wanted is not None
    assert fits(wanted, TOLD, BOOK)


@pytest.mark.parametrize("words", ["变压气", "压变", "器坏电", "yaqibian", "qyb", "停 店", "abd", "13", "长沙"])
def test_a_text_is_not_found_by_what_it_does_not_say(words: str) -> None:
    wanted = sought(words, BOOK)
    assert wanted is not None
    assert not fits(wanted, TOLD, BOOK)


@pytest.mark.parametrize("words", ["变压气", "停店", "变雅器", "bianyaki", "bainyaqi"])
def test_a_slip_is_near(words: str) -> None:
    wanted = sought(words, BOOK)
    assert wanted is not None
    assert holds(wanted.near, kept_under(TOLD, BOOK))


def test_pairs_alone_do_not_make_a_word() -> None:
    wanted = sought("变压器", BOOK)
    assert wanted is not None
    scattered = "变压房里的压器"
    assert holds(wanted.exact, kept_under(scattered, BOOK))
    assert not literally(wanted, scattered)
    assert not fits(wanted, scattered, BOOK)


def test_a_part_of_a_number_is_known_as_one() -> None:
    parts = {"1121-00": "1121-00", "20261121-0007": "20261121-0007", " 0007 ": "0007", "00": "", "1-2": "", "a123": ""}
    for words, number in parts.items():
        wanted = sought(words, BOOK)
        assert wanted is not None
        assert wanted.number == number, words


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_and_bounded(words: str) -> None:
    wanted = sought(words, BOOK)
    if wanted is not None:
        assert len(wanted.exact) == len(wanted.near) <= MOST_PARTS
        assert all(all(codes for codes in part) for part in wanted.exact)
        kept = [code for part in wanted.near for codes in part for code in codes]
        assert all(code.rstrip("*").isascii() and code.rstrip("*").isalnum() for code in kept if code.isascii())


@given(st.text(min_size=1, max_size=60))
def test_a_text_is_found_by_itself(text: str) -> None:
    wanted = sought(text, BOOK)
    assert wanted is None or fits(wanted, text, BOOK)


@given(st.text(st.sampled_from("变压器坏停电银行长沙AB12 ，"), min_size=1, max_size=40))
def test_every_word_of_a_text_finds_it(text: str) -> None:
    kept = kept_under(text, BOOK)
    for at in range(len(text)):
        for words in (text[at : at + 1], text[at : at + 2], text[at : at + 3]):
            wanted = sought(words, BOOK)
            assert wanted is None or holds(wanted.exact, kept), words


def test_nothing_kept_can_be_read_in_chinese() -> None:
    assert all(code.isascii() for code in kept_under(TOLD, BOOK))
    assert sound_of(TOLD, BOOK) == "bianyaqihuai4e86tingdianabc12yinxing"


def test_only_the_beginning_of_a_very_long_text_is_kept() -> None:
    assert kept_under("停电" * MOST_INDEXED + "变压器", BOOK) == kept_under("停电" * MOST_INDEXED, BOOK)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF), max_size=80))
def test_the_same_account_has_the_same_marks_in_any_order(text: str) -> None:
    found = marks(text, BOOK)
    assert len(found) <= MARKS
    assert bool(found) == bool(pairs_of(text, BOOK))
    assert set(marks(f"{text} {text}", BOOK)) == set(found)


# --- scopes ---------------------------------------------------------------------------------------------------


def within(scope: Scope, case: Case) -> bool:
    units = {part.unit for part in case.assignments if case.of_unit(part.unit)}
    named = case.project in scope.projects or case.owner in scope.owners
    return scope.everything or named or bool(units & scope.units)


@pytest.mark.parametrize("chair", chairs.CHAIRS)
@pytest.mark.parametrize("status", Status)
def test_whoever_may_see_a_case_has_it_in_scope(chair: str, status: Status) -> None:
    actor = chairs.CHAIRS[chair]
    if may_see(chairs.a_case(status), actor):
        assert within(scope_of([actor]), chairs.a_case(status))


@pytest.mark.parametrize(
    "chair", ["another owner", "handler of foreign", "administrator", "custodian", "leader of foreign"]
)
def test_whoever_may_not_see_a_case_does_not_even_look_there(chair: str) -> None:
    assert not within(scope_of([chairs.CHAIRS[chair]]), chairs.a_case(Status.HANDLING))


def test_scopes_add_up() -> None:
    mine = [
        Actor(7, Role.HANDLER, unit=3),
        Actor(7, Role.HEAD, unit=4),
        Actor(7, Role.INSPECTOR, project=5),
        Actor(7, Role.OWNER),
    ]
    assert scope_of(mine) == Scope(False, frozenset({3, 4}), frozenset({5}), frozenset({7}))
    assert scope_of([*mine, Actor(7, Role.DISPATCHER)]).everything
    assert scope_of([]) == Scope()
