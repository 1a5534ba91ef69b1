"""The suggested unit: from described duties at once, from past cases more and more. All sentences are invented."""

import time
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.likely import MOST_GRAMS, REPEATS, SUBJECT, UnitTerms, grams, rank
from tests.bench.likely import duties_of, learn, measure, messages_of, units_of

POWER, WATER, BUSES = 1, 2, 3
DUTIES = {
    POWER: grams("停电 电表 电费 变压器 线路抢修", "供电公司"),
    WATER: grams("停水 水表 水费 水压低 水管漏水", "自来水公司"),
    BUSES: grams("公交车 班车 出租车 公交站牌", "交通局"),
}
MESSAGES = Path(__file__).parents[3] / "shared" / "data" / "messages.jsonl"


def best(text: str, learned: Mapping[int, UnitTerms] | None = None, subject: str = "") -> int:
    return rank(grams(text, subject), DUTIES, learned or {})[0][0]


def test_an_office_without_any_past_suggests_from_the_duties() -> None:
    assert best("我们饭馆今天又停电了,变压器一直响") == POWER
    assert best("厂门口没有公交站牌,工人坐不上公交车") == BUSES


def test_the_office_learns_words_that_no_duty_mentions() -> None:
    words = "隔壁冷库的闸刀老是烧掉"
    assert rank(grams(words), DUTIES, {}) == []
    assert best(words, learn([(POWER, grams("冷库的闸刀又烧掉了"))])) == POWER


def test_many_past_cases_outweigh_the_duties() -> None:
    taken_over = learn([(POWER, grams("站牌被撞歪")), (WATER, grams("水表坏了"))] * 60)
    assert best("站牌被撞歪") == BUSES
    assert best("站牌被撞歪", taken_over) == POWER


def test_a_unit_that_never_had_a_case_is_still_found_by_its_duties() -> None:
    past = learn([(POWER, grams("停电了电表不走")), (WATER, grams("停水了水管漏水"))] * 200)
    assert best("公交车不停公交站牌,班车也不来", past) == BUSES


def test_a_busy_unit_does_not_win_by_being_busy() -> None:
    past = learn([(WATER, grams("停水了水压低"))] * 500 + [(POWER, grams("电费算错"))] * 5)
    assert best("这个月电费算错", past) == POWER


def test_the_subject_weighs_more_than_the_text() -> None:
    assert best("停水", subject="电费") == POWER
    assert best("电费", subject="停水") == WATER


def test_nothing_is_suggested_where_nothing_is_known() -> None:
    assert rank(grams("你好"), DUTIES, {}) == []
    assert rank(grams("停电"), {}, {}) == []
    assert rank({}, DUTIES, learn([(POWER, grams("停电"))])) == []


def test_an_office_that_described_no_duties_goes_by_its_past_alone() -> None:
    past = learn([(POWER, grams("停电半天")), (WATER, grams("停水半天"))])
    assert rank(grams("又停水"), {}, past)[0][0] == WATER


def test_only_the_terms_asked_about_are_needed_of_what_was_learned() -> None:
    past = learn([(POWER, grams("冷库停电,电表烧了")), (WATER, grams("冷库停水,水管裂了"))] * 9)
    asked = grams("冷库停电半天", "停电")
    read = {
        unit: UnitTerms(unit, t.cases, {g: n for g, n in t.grams.items() if g in asked}, t.total)
        for unit, t in past.items()
    }
    assert rank(asked, DUTIES, read) == rank(asked, DUTIES, past)


def test_numbers_never_become_terms_and_writing_does_not_matter() -> None:
    assert grams("电话13900001111,欠款5万") == grams("电话,欠款,万")
    assert grams("KTV扰民") == grams("ktv扰民") == {"ktv": 1, "扰民": 1}


def test_one_letter_cannot_shout_a_term_up() -> None:
    assert grams("停电!" * 80, "停电")["停电"] == REPEATS + SUBJECT


def test_a_very_long_text_keeps_the_subject_within_the_bound() -> None:
    long = "".join(chr(0x5000 + n) for n in range(3_700))
    kept = grams(long, "变压器烧毁")
    assert len(kept) == MOST_GRAMS
    assert {"变压", "压器", "器烧", "烧毁"} <= kept.keys()


@given(st.text(alphabet="停电水表公交车费管漏压ab1 的", max_size=60), st.integers(0, 80))
def test_shares_are_ordered_and_sum_to_one(text: str, cases: int) -> None:
    past = learn([(POWER, grams("停电管漏")), (WATER, grams("水表车费"))] * cases)
    ranked = rank(grams(text), DUTIES, past)
    assert not ranked or sum(share for _, share in ranked) == pytest.approx(1)
    assert ranked == sorted(ranked, key=lambda pair: (-pair[1], pair[0]))
    assert {unit for unit, _ in ranked} in (set(), set(DUTIES))


@given(st.lists(st.tuples(st.sampled_from([POWER, WATER]), st.text(alphabet="停电水表费", max_size=9))))
def test_the_order_of_past_cases_does_not_matter(cases: list[tuple[int, str]]) -> None:
    dispatched = [(unit, grams(text)) for unit, text in cases]
    asked = grams("停电水表费")
    assert rank(asked, DUTIES, learn(dispatched)) == rank(asked, DUTIES, learn(dispatched[::-1]))


def test_a_long_text_is_ranked_about_as_quickly_as_it_is_read() -> None:
    units = {n: grams("".join(chr(0x4E00 + (n * 37 + k) % 900) for k in range(300))) for n in range(20)}
    past = {n: UnitTerms(n, 500, dict.fromkeys(terms, 40), 60_000) for n, terms in units.items()}
    text = "".join(chr(0x4E00 + k % 900) for k in range(3_700))
    asked = grams(text)
    read, ranked = [], []
    for _ in range(15):  # in turn, so that a busy machine makes both slower
        begun = time.process_time()
        grams(text)
        between = time.process_time()
        rank(asked, units, past)
        ranked.append(time.process_time() - between)
        read.append(between - begun)
    assert min(ranked) < 6 * min(read), "seconds"


def test_the_demo_units_can_be_told_apart_by_their_duties() -> None:
    units = units_of()
    duties = duties_of(units)
    for number, unit in enumerate(units):
        assert rank(grams(unit["duties"]), duties, {})[0][0] == number, unit["code"]


@pytest.mark.skipif(not MESSAGES.exists(), reason="the real messages are not beside this checkout")
def test_real_messages_find_their_unit() -> None:
    draws = [measure(messages_of(MESSAGES), units_of(), seed) for seed in range(3)]
    assert mean(draw["duties"].top3 for draw in draws) > 0.75
    assert mean(draw["both 120"].top1 for draw in draws) > 0.70
    assert mean(draw["both 120"].top3 for draw in draws) > 0.85
    assert mean(draw["both 120"].top1 - draw["learned 120"].top1 for draw in draws) > 0.05
