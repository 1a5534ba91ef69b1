"""Cases are found by words, pinyin, near misses and parts of the number, on each kind of database."""

from __future__ import annotations

import pytest

from domain.case import Case, Role
from domain.scopes import Scope
from storage import search, search_index
from tests.people import Town

EVERYTHING = Scope(everything=True)

TRANSFORMER = "城东工业园的变压器坏了，已经停电三天，请帮忙协调。"
LOAN = "去重庆银行申请贷款，跑了四趟都没批下来。"
NOISE = "楼下工地夜里施工噪音太大，ＡＢＣ公司没有办夜间许可。"


@pytest.fixture
def numbers(town: Town) -> dict[str, str]:
    """Three cases of two owners: their numbers by what they are about."""
    lin, zhao = town.owner("林晓", enterprise="晓林面馆"), town.owner("赵磊", enterprise="磊石建材")
    return {"transformer": lin.file(TRANSFORMER), "loan": lin.file(LOAN), "noise": zhao.file(NOISE)}


def names(numbers: dict[str, str], found: list[Case]) -> list[str]:
    by_number = {number: name for name, number in numbers.items()}
    return [by_number[case.number] for case in found]


EXACT = {
    "变压器": ["transformer"],
    "停电": ["transformer"],
    "电": ["transformer"],
    "噪音 工地": ["noise"],
    "bianyaqi": ["transformer"],
    "BianYaQi": ["transformer"],
    "bian4ya1qi4": ["transformer"],
    "biàn yā qì": ["transformer"],
    "bian ya qi": ["transformer"],
    "变压qi": ["transformer"],
    "byq": ["transformer"],
    "chongqing yinhang": ["loan"],
    "dk": ["loan"],
    "abc公司": ["noise"],
    "ＡＢＣ": ["noise"],
    "面馆": ["loan", "transformer"],
    "磊石": ["noise"],
}


@pytest.mark.parametrize("words", EXACT)
def test_words_pinyin_and_initials_find_what_has_them(town: Town, numbers: dict[str, str], words: str) -> None:
    assert names(numbers, town.read(search.exactly, words, EVERYTHING)) == EXACT[words]


NEAR = {
    "变压气": ["transformer"],
    "变雅器": ["transformer"],
    "停店": ["transformer"],
    "bianyaki": ["transformer"],
    "bianyqi": ["transformer"],
    "申请袋款": ["loan"],
    "噪因": ["noise"],
}


@pytest.mark.parametrize("words", NEAR)
def test_a_wrong_character_or_letter_finds_what_is_near(town: Town, numbers: dict[str, str], words: str) -> None:
    assert town.read(search.exactly, words, EVERYTHING) == []
    assert names(numbers, town.read(search.nearly, words, EVERYTHING)) == NEAR[words]
    assert names(numbers, town.read(search.cases_like, words, EVERYTHING)) == NEAR[words]


def test_a_part_of_the_number_finds_the_case(town: Town, numbers: dict[str, str]) -> None:
    loan = numbers["loan"]
    for part in (loan, loan[4:], loan[4:11], f" {loan[-4:]} "):
        assert "loan" in names(numbers, town.read(search.exactly, part, EVERYTHING)), part
    assert names(numbers, town.read(search.exactly, loan, EVERYTHING)) == ["loan"]


@pytest.mark.parametrize(
    "words",
    ["", " ", "。，！", "%", "_", "*", '"', "' OR 1", "AND", "NOT NEAR(", "柚*", "(", ":", "\\", "٣٣٣", "-", "x" * 500],
)
def test_nothing_typed_breaks_a_search_or_finds_everything(town: Town, numbers: dict[str, str], words: str) -> None:
    assert town.read(search.cases_like, words, EVERYTHING) == []


def test_a_search_reads_only_what_is_in_scope(town: Town, numbers: dict[str, str]) -> None:
    lin, zhao = (town.case(numbers[name]).owner or 0 for name in ("loan", "noise"))
    assert names(numbers, town.read(search.exactly, "工", Scope(owners=frozenset({lin})))) == ["transformer"]
    assert names(numbers, town.read(search.exactly, "工", Scope(owners=frozenset({zhao})))) == ["noise"]
    assert town.read(search.cases_like, "工", Scope()) == []
    assert town.read(search.cases_like, numbers["loan"], Scope(owners=frozenset({zhao}))) == []


def test_a_unit_finds_the_cases_it_has_a_part_in(town: Town, numbers: dict[str, str]) -> None:
    desk = town.official("陈岚", Role.DISPATCHER)
    desk.dispatch(numbers["transformer"], "供电公司")
    mine = Scope(units=frozenset({town.units["gongdian"]}))
    assert names(numbers, town.read(search.exactly, "工", mine)) == ["transformer"]
    assert town.read(search.cases_like, "贷款", mine) == []


def test_pages_go_on_below_the_last_one(town: Town, numbers: dict[str, str]) -> None:
    first = town.read(search.exactly, "面馆", EVERYTHING, 1)
    second = town.read(search.exactly, "面馆", EVERYTHING, 1, first[0].id)
    assert names(numbers, [*first, *second]) == ["loan", "transformer"]
    assert town.read(search.exactly, "面馆", EVERYTHING, 1, second[0].id) == []


def test_a_long_word_must_stand_there_as_a_whole(town: Town) -> None:
    town.owner("林晓").file("变压房里的压器坏了")
    assert town.read(search.exactly, "变压器", EVERYTHING) == []


def test_a_case_that_was_forgotten_is_not_found(town: Town, numbers: dict[str, str]) -> None:
    case = town.case(numbers["loan"])
    town.write(search.forget, case.id)
    town.write(search.forget, case.id)
    town.write(search.scrub)
    assert town.read(search.cases_like, "贷款", EVERYTHING) == []
    assert names(numbers, town.read(search.exactly, "变压器", EVERYTHING)) == ["transformer"]

    town.write(search.remember, case)
    assert names(numbers, town.read(search.exactly, "贷款", EVERYTHING)) == ["loan"]


def test_what_was_never_indexed_is_made_up_for(town: Town, numbers: dict[str, str]) -> None:
    assert town.write(search_index.catch_up) == 3
    assert town.write(search_index.catch_up) == 0
    assert names(numbers, town.read(search.exactly, "贷款", EVERYTHING)) == ["loan"]


def test_an_index_of_older_codes_is_made_anew(
    town: Town, numbers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write(search_index.catch_up)
    monkeypatch.setattr(search_index, "BATCH", 1)
    monkeypatch.setattr(search_index, "edition", lambda: 7)
    assert town.write(search_index.catch_up) >= 1
    while town.write(search_index.catch_up):
        continue
    assert names(numbers, town.read(search.exactly, "面馆", EVERYTHING)) == ["loan", "transformer"]


def test_a_repeated_filing_is_kept_once(town: Town, numbers: dict[str, str]) -> None:
    case = town.case(numbers["loan"])
    town.write(search.remember, case)
    assert names(numbers, town.read(search.exactly, "贷款", EVERYTHING)) == ["loan"]
    town.write(search.forget, case.id)
    assert town.read(search.cases_like, "贷款", EVERYTHING) == []
