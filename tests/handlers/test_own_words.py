"""Owners who answer and ask in words of their own where we show buttons."""

from __future__ import annotations

import pytest

from domain.case import Status
from handlers import wording
from storage import cases, visits
from tests.people import Official, Owner, Town, number_in, words


@pytest.fixture
def town(small_town: Town) -> Town:
    return small_town


def test_thanks_after_the_question_whether_it_is_solved_are_the_answer_to_that(
    town: Town, owner: Owner, answered: str
) -> None:
    town.forward(hours=1)
    owner.say("灯是亮了，谢谢啊")
    owner.heard(answered)
    owner.tap("解决了")
    owner.tap("非常满意")

    assert town.case(answered).status is Status.CLOSED
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert (visit.solved, visit.words) == (True, "灯是亮了，谢谢啊")


def test_what_is_still_wrong_goes_to_the_unit_in_the_owners_words(
    town: Town, owner: Owner, handler: Official, answered: str
) -> None:
    town.forward(hours=1)
    owner.say("电表还在跳闸")
    owner.say("昨晚又停了一回")
    owner.heard("“电表还在跳闸 昨晚又停了一回”")
    owner.tap("没解决")
    owner.tap("要求重办")

    assert town.case(answered).round == 2
    handler.heard("电表还在跳闸\n昨晚又停了一回")


@pytest.mark.parametrize("said", ["没解决", "还没好", "没修好。"])
def test_a_plain_no_is_a_no(town: Town, owner: Owner, answered: str, said: str) -> None:
    town.forward(hours=1)
    owner.say(said)
    owner.say("电表还在跳闸")
    owner.tap("要求重办")
    assert town.case(answered).round == 2


def test_a_plain_yes_is_a_yes_also_days_later_and_after_other_words(town: Town, owner: Owner, answered: str) -> None:
    town.forward(workdays=2)
    owner.say("/help")
    owner.say("修好了")
    owner.tap("满意")
    owner.tap("跳过")
    assert town.case(answered).status is Status.CLOSED


def test_words_about_something_else_are_offered_as_a_filing(town: Town, owner: Owner, answered: str) -> None:
    town.forward(hours=1)
    owner.say("门口的垃圾三天没人清")
    owner.tap("说的是别的事")
    owner.heard("门口的垃圾三天没人清")
    owner.tap("诉求")
    if owner.offers("另外登记"):
        owner.tap("另外登记")
    owner.tap("提交")

    newest, first = town.read(cases.of_owner, owner.id)
    assert newest.facts == "门口的垃圾三天没人清"
    assert (first.number, first.status) == (answered, Status.ANSWERED)


def test_who_was_not_asked_files_as_before(town: Town, owner: Owner, signed: str) -> None:
    town.forward(hours=1)
    owner.say("门口的灯修好了又坏了")
    owner.heard("要帮您登记吗")


@pytest.mark.parametrize("asked", ["我的件办到哪一步了？", "怎么还没人来", "啥时候能好啊"])
def test_who_asks_how_it_stands_is_shown_it_by_the_first_line(
    town: Town, owner: Owner, signed: str, asked: str
) -> None:
    owner.say(asked)
    assert owner.last.buttons[0][0].label == "看看我的件办到哪了"
    owner.say("1")
    assert signed in owner.last.title
    assert owner.offers("催办")


def test_who_has_no_case_is_not_sent_to_look_at_it(town: Town, owner: Owner) -> None:
    owner.say("怎么还没人来修路灯")
    assert not owner.offers("看看我的件")


@pytest.mark.parametrize(
    ("text", "meant"), [("解决了！", "yes"), ("还没解决", "no"), ("解决了一半", ""), ("it is fixed", "yes"), ("", "")]
)
def test_only_words_that_say_nothing_else_are_taken_for_a_verdict(text: str, meant: str) -> None:
    assert wording.verdict(text) == meant


def test_a_long_text_is_a_matter_of_its_own() -> None:
    assert not wording.sounds_like_a_verdict("谢谢" + "办" * 60)
    assert not wording.asks_how_it_stands("怎么还没" + "办" * 60)


@pytest.mark.parametrize(("said", "level"), [("很满意", 5), ("挺好！", 4), ("一般", 3), ("不太满意", 2), ("太差了", 1)])
def test_how_satisfied_they_are_may_be_said_in_other_words(
    town: Town, owner: Owner, answered: str, said: str, level: int
) -> None:
    town.forward(hours=1)
    owner.tap("解决了")
    owner.say(said)
    for skipped in ("跳过", "到此为止"):
        if owner.offers(skipped):
            owner.tap(skipped)
    (visit,) = town.read(visits.of_case, town.case(answered).id)
    assert visit.level == level


@pytest.mark.parametrize("said", ["好", "可以", "OK", "嗯"])
def test_a_yes_in_any_word_agrees_to_the_privacy_words(town: Town, said: str) -> None:
    newcomer = town.owner("赵启明", new=True)
    newcomer.say("/file")
    newcomer.say(said)
    newcomer.heard("您想办哪一类事")


def test_what_was_added_stands_in_what_is_offered(town: Town, owner: Owner) -> None:
    for fragment in ("路灯坏了", "三天了", "晚上客人看不见"):
        owner.say(fragment)
    owner.heard("“路灯坏了 三天了 晚上客人看不见”")


def test_whom_a_complaint_is_about_stands_on_what_is_submitted_and_on_the_card(
    town: Town, owner: Owner, desk: Official
) -> None:
    owner.say("/file")
    owner.tap("投诉")
    owner.say("供电公司的人态度差")
    owner.tap("是，就是")
    owner.tap("可以告诉")
    assert ("投诉对象", "供电公司") in owner.last.facts
    owner.tap("提交")

    assert ("投诉对象", "供电公司") in desk.card(number_in(owner.heard("您的编号是"))).facts


@pytest.mark.parametrize("said", ["撤回", "催一下", "到哪了？"])
def test_what_can_be_done_with_a_case_leads_to_it_by_its_word(town: Town, owner: Owner, number: str, said: str) -> None:
    owner.say(said)
    owner.tap(number)
    assert owner.offers("撤回")


def test_where_nothing_can_be_changed_nobody_is_told_to_change_it(town: Town, owner: Owner, number: str) -> None:
    owner.card(number)
    owner.tap("撤回")
    owner.say("等一等")
    text = owner.heard("“确认撤回”").text
    assert "“取消”" in text
    assert "修改" not in text
    assert town.case(number).status is Status.FILED


@pytest.mark.parametrize("said", ["你们电话多少？", "几点上班"])
def test_who_asks_when_a_person_can_be_reached_hears_it(town: Town, owner: Owner, said: str) -> None:
    owner.say(said)
    assert "08:30" in owner.heard("上班时间").text


def test_not_to_know_the_unit_may_be_said_in_any_words(town: Town, owner: Owner) -> None:
    for said in ("有人来检查", "昨天来了两个人查消防，没出示证件", "不知道"):
        owner.say(said)
    owner.heard("没有")
    assert owner.last.text.find("哪个单位") < 0


@pytest.fixture
def at_summary(owner: Owner) -> Owner:
    """Somebody known has told what happened, and is asked whether it is right like this."""
    owner.say("门口积水")
    owner.tap("诉求")
    return owner


def test_what_occurs_to_the_owner_at_the_summary_joins_what_was_told(town: Town, at_summary: Owner) -> None:
    at_summary.say("昨晚又停了一回")
    at_summary.heard("这句也加上了")
    assert "昨晚又停了一回" in words(at_summary.last)
    at_summary.tap("提交")
    assert [case.facts for case in town.read(cases.of_owner, at_summary.id)] == ["门口积水\n昨晚又停了一回"]


def test_words_at_the_summary_join_those_that_were_asked_for_where_photos_came_alone(town: Town) -> None:
    owner = town.owner("林晓")
    owner.send("积水.jpg")
    owner.tap("诉求")
    owner.say("门口积水")
    owner.say("昨晚又停了一回")
    owner.tap("提交")
    (case,) = town.read(cases.of_owner, owner.id)
    assert case.facts == "门口积水\n昨晚又停了一回"


def test_a_correction_of_words_added_at_the_summary_is_taken(town: Town, at_summary: Owner) -> None:
    ref = at_summary.say("昨晚又停了一回")
    at_summary.edit(ref, "昨晚又停了两回")
    at_summary.tap("提交")
    assert [case.facts for case in town.read(cases.of_owner, at_summary.id)] == ["门口积水\n昨晚又停了两回"]


@pytest.mark.parametrize("said", ["13900000002", "7", "？？"])
def test_a_number_at_the_summary_is_not_taken_for_what_happened(town: Town, at_summary: Owner, said: str) -> None:
    at_summary.say(said)
    at_summary.heard("没有记进去")
    at_summary.tap("提交")
    assert [case.facts for case in town.read(cases.of_owner, at_summary.id)] == ["门口积水"]


@pytest.mark.parametrize("said", ["谢谢", "谢谢您！", "好的谢谢", "在吗？", "您好", "麻烦了"])
def test_a_kind_word_at_the_summary_is_not_taken_for_what_happened(town: Town, at_summary: Owner, said: str) -> None:
    at_summary.say(said)
    at_summary.heard("提交")
    at_summary.tap("提交")
    assert [case.facts for case in town.read(cases.of_owner, at_summary.id)] == ["门口积水"]
