"""The conversation engine from the chair: going back, changing, leaving and coming back, words that come late."""

import pytest

from domain.case import Kind, Role
from storage import cases, talks
from tests.handlers.filings import filed, row
from tests.people import Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    return small_town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", new=True)


# --- the way through --------------------------------------------------------------------------------------------


def test_a_first_filing_by_talking(town: Town, owner: Owner) -> None:
    owner.say("/file")
    assert "衡岳县优化营商环境办公室" in owner.heard("您同意吗").text
    owner.tap("同意")
    owner.say("1")
    owner.say("门口积水\n进不来货")
    owner.say("晓林面馆")
    owner.say("138 0000 0001")
    owner.heard("请核对")
    assert [row(owner, label) for label in ("类别", "企业或店铺", "电话", "署名")] == [
        "诉求",
        "晓林面馆",
        "138 0000 0001",
        "单位可见",
    ]
    owner.say("好的")
    owner.heard("您的编号是")

    (case,) = town.read(cases.of_owner, owner.id)
    assert (case.facts, case.kind, case.contact, case.enterprise) == (
        "门口积水\n进不来货",
        Kind.REQUEST,
        "+8613800000001",
        "晓林面馆",
    )


def test_enterprise_and_phone_are_asked_once_in_a_life(town: Town, at_summary: Owner) -> None:
    at_summary.tap("提交")
    number = at_summary.file("路灯坏了")

    case = town.case(number)
    assert (case.enterprise, case.contact) == ("晓林面馆", "+8613800000001")


def test_who_does_not_agree_has_nothing_kept(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("暂不同意")
    owner.heard("这件不登记")
    assert town.read(talks.live_of, owner.id) == []
    owner.say("/file")
    owner.heard("您同意吗")


def test_consent_is_asked_for_in_the_middle_of_an_offer_and_the_offer_goes_on(town: Town, owner: Owner) -> None:
    owner.say("门口积水")
    owner.tap("诉求")
    owner.heard("您同意吗")
    owner.tap("同意")
    owner.heard("是哪家企业或店铺的事")


# --- back, change, skip, cancel ---------------------------------------------------------------------------------


def test_back_asks_the_last_question_again(at_phone: Owner) -> None:
    at_phone.say("返回")
    at_phone.heard("是哪家企业或店铺的事")
    at_phone.say("启明印章厂")
    at_phone.say("13800000001")

    assert row(at_phone, "企业或店铺") == "启明印章厂"
    assert row(at_phone, "情况说明") == "门口积水"


def test_back_at_the_first_step_stays_there(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    owner.say("上一步")

    owner.heard("已经是第一步了")
    assert owner.offers("投诉")


def test_back_does_not_undo_what_was_agreed(owner: Owner) -> None:
    owner.say("/file")
    owner.tap("同意")
    assert not owner.offers("返回")
    owner.say("返回")

    owner.heard("已经是第一步了")


@pytest.mark.parametrize(
    ("label", "answer", "shown"),
    [
        ("电话", "13900000002", "139 0000 0002"),
        ("企业或店铺", "启明印章厂", "启明印章厂"),
        ("情况说明", "门口不积水了", "门口不积水了"),
        ("类别", "投诉", "投诉"),
        ("署名", "匿名", "匿名"),
        ("单位", "供电公司", "供电公司"),
    ],
)
def test_one_answer_is_changed_at_the_summary_and_only_that(
    at_summary: Owner, label: str, answer: str, shown: str
) -> None:
    before = dict(at_summary.last.facts)
    at_summary.tap("修改")
    at_summary.tap(label)
    at_summary.say(answer)
    if answer == "投诉":
        at_summary.tap("可以告诉")

    after = dict(at_summary.last.facts)
    assert after[label] == shown
    gone = {"企业或店铺", "电话"} if answer == "匿名" else set()
    assert {k: v for k, v in before.items() if k != label and k not in gone} == {
        k: v for k, v in after.items() if k != label
    }


def test_changing_nothing_comes_back_to_the_summary(at_summary: Owner) -> None:
    before = at_summary.last.facts
    at_summary.say("不对")
    at_summary.heard("您想改哪一项")
    at_summary.tap("不改了")

    assert at_summary.last.facts == before


def test_what_need_not_be_said_is_skipped(owner: Owner) -> None:
    for label in ("/file", "同意", "诉求", "门口积水", "跳过", "13800000001"):
        owner.say(label)

    assert "企业或店铺" not in dict(owner.last.facts)
    owner.heard("请核对")


def test_a_talk_that_was_cancelled_is_taken_up_where_it_was(town: Town, at_phone: Owner) -> None:
    at_phone.say("算了")
    at_phone.heard("什么都没有提交")
    assert filed(town, at_phone) == []
    at_phone.tap("接着办")
    at_phone.heard("您的联系电话是多少")
    at_phone.say("13800000001")
    at_phone.tap("提交")

    assert filed(town, at_phone) == ["门口积水"]


def test_help_in_the_middle_keeps_what_was_told(at_phone: Owner) -> None:
    at_phone.say("帮助")

    assert "0000-6100000" in at_phone.last.text
    at_phone.heard("您的联系电话是多少")


# --- other things in the middle ---------------------------------------------------------------------------------


def test_a_command_in_the_middle_is_done_and_the_question_comes_back(town: Town, at_phone: Owner) -> None:
    at_phone.say("/my")
    at_phone.heard("您还没有提交过诉求")
    at_phone.heard("我们接着刚才的来")
    at_phone.say("13800000001")
    at_phone.tap("提交")

    assert filed(town, at_phone) == ["门口积水"]


def test_a_conversation_in_the_middle_sets_the_first_aside_until_it_is_over(town: Town, at_phone: Owner) -> None:
    at_phone.say("/language")
    at_phone.heard("用哪种语言")
    at_phone.tap("中文")
    at_phone.heard("以后我用中文")

    at_phone.heard("您的联系电话是多少")
    at_phone.say("13800000001")
    assert row(at_phone, "情况说明") == "门口积水"


def test_a_button_of_a_card_in_the_middle_sets_the_talk_aside(town: Town) -> None:
    owner = town.owner("林晓")
    number = owner.file("路灯坏了")
    owner.say("/file")
    owner.tap("诉求")
    owner.say("门口积水")
    owner.press(f"f:case:{number}")

    owner.heard("路灯坏了")
    owner.heard("我们接着刚才的来")
    owner.tap("提交")
    assert filed(town, owner) == ["门口积水", "路灯坏了"]


@pytest.mark.parametrize("command", ["我的诉求", "主菜单", "我要反映"])
def test_a_chinese_command_word_is_an_answer_where_any_words_are(owner: Owner, command: str) -> None:
    for said in ("/file", "同意", "诉求", command, "跳过", "13800000001"):
        owner.say(said)

    assert row(owner, "情况说明") == command


def test_an_unknown_command_in_the_middle_loses_nothing(town: Town, at_phone: Owner) -> None:
    at_phone.say("/nosuch")
    at_phone.heard("没有/nosuch这个命令")
    at_phone.say("13800000001")
    at_phone.tap("提交")

    assert filed(town, at_phone) == ["门口积水"]


# --- left lying -------------------------------------------------------------------------------------------------


def test_a_talk_left_lying_is_offered_once_after_a_day_and_forgotten_after_a_week(town: Town, at_phone: Owner) -> None:
    town.forward(hours=23)
    at_phone.not_heard("没填完")
    offers = []
    for _day in range(6):
        town.forward(days=1)
        offers += [message for message in at_phone.read_all() if "没填完" in words(message)]
    assert len(offers) == 1
    resume = at_phone.button("继续").value
    town.forward(days=1)
    assert town.read(talks.live_of, at_phone.id) == []

    at_phone.press(resume)
    at_phone.heard("那一件已经办完，或者放得太久")


def test_an_offered_talk_goes_on_where_it_was(at_phone: Owner, town: Town) -> None:
    town.forward(hours=25)
    at_phone.tap("继续")

    at_phone.heard("您的联系电话是多少")


def test_the_offer_to_go_on_comes_by_day(town: Town, owner: Owner) -> None:
    town.forward(to="2026-03-03 22:00")
    owner.say("/file")
    town.forward(to="2026-03-05 07:59")
    owner.not_heard("没填完")
    town.forward(to="2026-03-05 08:00")

    owner.heard("没填完")


def test_a_typed_number_means_the_message_that_was_shown_last(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    number = owner.file("变压器装不上")
    owner.card(number)
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    handler.answer(number, "已经装好")
    owner.heard("问题解决了吗")
    owner.say("2")
    owner.heard("还有哪里没解决")


def test_a_question_taken_up_again_speaks_the_language_just_chosen(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    owner.say("/file")
    owner.say("/language")
    owner.tap("English")

    assert "What would you like to do" in owner.heard("Back to what we were at").text


def test_a_command_sent_again_before_the_first_answer_begins_anew_and_is_not_come_back_to(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    for _time in range(3):
        owner.say("/join")
    owner.heard("请把收到的码发给我")
    owner.say("ABCDE-23456")
    owner.heard("这个码无效")

    owner.not_heard("我们接着刚才的来")
    owner.say("门口积水")
    owner.heard("您发来")
    owner.tap("取消")
    owner.not_heard("我们接着刚才的来")


def test_taking_up_a_talk_that_is_over_says_so(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    owner.press("f:resume:999")

    owner.heard("那一件已经办完，或者放得太久")
    assert owner.offers("我要反映")
