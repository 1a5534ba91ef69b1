"""What is read from people's words, photos and taps: outside a talk, late, corrected, twice, by somebody else."""

import pytest

from domain.case import Role
from domain.messages import Place
from storage import cases, events, files
from tests.handlers.filings import filed, row
from tests.people import Owner, Town


@pytest.fixture
def town(small_town: Town) -> Town:
    return small_town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", new=True)


# --- words outside a talk ---------------------------------------------------------------------------------------


def test_words_outside_any_talk_are_offered_as_a_filing_with_the_text_in_place(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("  门口积水，\n货车进不来  ")
    owner.heard("您发来：“门口积水， 货车进不来”")
    owner.tap("投诉")
    owner.tap("可以告诉")
    owner.tap("提交")

    assert filed(town, owner) == ["  门口积水，\n货车进不来  "]


def test_several_messages_in_a_row_become_one_account(town: Town) -> None:
    owner = town.owner("林晓")
    for text in ("门口积水", "货车进不来", "已经三天了"):
        owner.say(text)
    owner.heard("这句也加上了")
    owner.say("1")
    owner.tap("提交")

    assert filed(town, owner) == ["门口积水\n货车进不来\n已经三天了"]


def test_a_photo_outside_any_talk_is_offered_too(town: Town) -> None:
    owner = town.owner("林晓")
    owner.send("门口.jpg")
    owner.heard("1个文件")
    owner.tap("诉求")
    owner.heard("出了什么事")
    owner.say("门口积水")
    owner.tap("提交")

    (case,) = town.read(cases.of_owner, owner.id)
    assert case.facts == "门口积水"
    assert [one.name for one in town.read(files.of_case, case.id)] == ["门口.jpg"]


def test_a_photo_with_words_is_offered_with_both(town: Town) -> None:
    owner = town.owner("林晓")
    owner.send("门口.jpg", text="门口积水")

    owner.heard("您发来：“门口积水 + 1个文件”")


def test_words_after_a_photo_join_it(town: Town) -> None:
    owner = town.owner("林晓")
    owner.send("门口.jpg")
    owner.say("门口积水")
    owner.tap("诉求")
    owner.tap("提交")

    (case,) = town.read(cases.of_owner, owner.id)
    assert case.facts == "门口积水"
    assert [one.name for one in town.read(files.of_case, case.id)] == ["门口.jpg"]


def test_who_did_not_mean_to_file_says_so(town: Town, owner: Owner) -> None:
    owner.say("今天天气不错")
    owner.tap("都不是")

    owner.heard("没有登记")
    assert filed(town, owner) == []


@pytest.mark.parametrize("greeting", ["你好", "您好！", "在吗？", "Hi", "/start"])
def test_a_greeting_is_greeted(owner: Owner, greeting: str) -> None:
    owner.say(greeting)

    owner.heard("您好，这里是衡岳县优化营商环境办公室")
    assert owner.offers("我要反映")


def test_a_line_number_stands_for_the_buttons_of_the_last_reply(owner: Owner) -> None:
    owner.say("你好")
    labels = [button.label for line in owner.last.buttons for button in line]
    owner.say(str(labels.index("我的诉求") + 1))

    owner.heard("您还没有提交过诉求")


# --- how answers are read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["2", "２", "2.", "2、", "第2个", "第 2 项", "投诉", "办事不公、服务不好（投诉）", "投诉。"]
)
def test_a_line_is_chosen_in_many_ways(owner: Owner, said: str) -> None:
    for words_ in ("/file", "同意", said):
        owner.say(words_)

    owner.heard("出了什么事")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("9", "只有1到4项"), ("0", "只有1到4项"), ("随便", "没看懂您选的是哪一项"), ("）", "没看懂您选的是哪一项")],
)
def test_a_wrong_choice_says_what_is_wrong_and_asks_again(town: Town, said: str, wrong: str) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    owner.say(said)

    assert "您想办哪一类事" in owner.heard(wrong).text


@pytest.mark.parametrize(("said", "wrong"), [("不知道啊", "没看到电话号码"), ("123", "位数不对"), ("138", "位数不对")])
def test_a_wrong_phone_number_says_what_is_wrong(at_phone: Owner, said: str, wrong: str) -> None:
    at_phone.say(said)

    at_phone.heard(wrong)


def test_the_third_wrong_answer_offers_a_person(at_phone: Owner) -> None:
    for _time in range(2):
        at_phone.say("不知道啊")
        at_phone.not_heard("要人工帮忙吗")
    at_phone.say("不知道啊")

    assert "请拨0000-6100000" in at_phone.heard("要人工帮忙吗").text
    assert at_phone.offers("帮助")


# --- photos and corrections -------------------------------------------------------------------------------------


def test_late_photos_join_what_was_told(town: Town, at_phone: Owner) -> None:
    at_phone.send("一.jpg", "二.jpg")
    assert "您的联系电话是多少" in at_phone.heard("收到2个文件，已加到您说的情况里").text
    at_phone.say("13800000001")
    at_phone.send("三.jpg")
    assert row(at_phone, "照片和文件") == "3个文件"
    at_phone.tap("提交")

    (case,) = town.read(cases.of_owner, at_phone.id)
    assert [one.name for one in town.read(files.of_case, case.id)] == ["一.jpg", "二.jpg", "三.jpg"]


def test_late_photos_bring_their_words_along_and_are_no_answer_to_another_question(town: Town, owner: Owner) -> None:
    for said in ("/file", "同意", "诉求", "门口积水"):
        owner.say(said)
    owner.heard("哪家企业")
    owner.album("雨", "一.jpg", "二.jpg", text="还有这两张")
    owner.settle("雨")
    assert "哪家企业" in owner.heard("收到2个文件，已加到您说的情况里").text
    owner.say("跳过")
    owner.send("三.jpg", text="13800000001")
    assert (row(owner, "照片和文件"), row(owner, "电话")) == ("3个文件", "138 0000 0001")
    owner.tap("提交")

    (case,) = town.read(cases.of_owner, owner.id)
    assert case.facts == "门口积水\n还有这两张"
    assert [one.name for one in town.read(files.of_case, case.id)] == ["一.jpg", "二.jpg", "三.jpg"]


def test_a_place_sent_after_the_words_joins_them(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("门口积水")
    owner.send(place=Place(27.25, 112.6))
    owner.heard("地点也加上了")
    owner.tap("诉求")

    assert "27.25" in row(owner, "地点")


def test_a_step_that_takes_words_only_says_that_a_photo_was_not_kept(owner: Owner) -> None:
    owner.say("/join")
    owner.send("一.jpg", text="邀请码在这里")

    owner.heard("这一步只收文字，照片和文件没有收下")


def test_a_photo_before_the_words_waits_for_them(owner: Owner) -> None:
    for said in ("/file", "同意", "诉求"):
        owner.say(said)
    owner.send("一.jpg")
    owner.heard("请再用几句话说说是什么事")
    owner.say("门口积水")
    owner.say("跳过")
    owner.say("13800000001")

    assert (row(owner, "情况说明"), row(owner, "照片和文件")) == ("门口积水", "1个文件")


def test_a_message_corrected_before_the_end_replaces_its_answer(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    owner.tap("诉求")
    told = owner.say("门口积雪")
    owner.edit(told, "门口积水")
    owner.heard("您改的内容已记下")
    assert row(owner, "情况说明") == "门口积水"
    owner.tap("提交")

    assert filed(town, owner) == ["门口积水"]


def test_a_message_corrected_after_filing_is_a_supplement_and_the_first_words_stay(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    owner.tap("诉求")
    told = owner.say("门口积雪")
    owner.tap("提交")
    owner.edit(told, "门口积水")
    owner.heard("已补充到")

    (case,) = town.read(cases.of_owner, owner.id)
    steps = [(step.move, (step.content or {}).get("text")) for step in town.read(events.of_case, case.id)]
    assert (case.facts, steps) == ("门口积雪", [("file", None), ("add", "门口积水")])


def test_a_correction_of_something_long_gone_is_answered(town: Town) -> None:
    owner = town.owner("林晓")
    told = owner.say("你好")
    owner.edit(told, "您好啊")

    owner.heard("原来那条已经处理完了")
    assert filed(town, owner) == []


def test_somebody_elses_message_cannot_be_corrected(town: Town) -> None:
    owner, other = town.owner("林晓"), town.owner("赵启明")
    owner.say("/file")
    owner.tap("诉求")
    told = owner.say("门口积水")
    other.edit(told, "没有的事")
    owner.tap("提交")

    assert filed(town, owner) == ["门口积水"]


# --- buttons ----------------------------------------------------------------------------------------------------


def test_an_old_button_never_answers_a_new_question(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    old = owner.button("投诉").value
    owner.tap("诉求")
    owner.press(old)

    assert "出了什么事" in owner.heard("那一步您已经答过了").text
    owner.say("门口积水")
    assert row(owner, "类别") == "诉求"


def test_a_double_tap_files_once(town: Town, at_summary: Owner) -> None:
    submit = at_summary.button("提交").value
    at_summary.press(submit)
    at_summary.press(submit)

    at_summary.heard("这张卡片已经处理过了")
    assert filed(town, at_summary) == ["门口积水"]


def test_the_same_arrival_three_times_counts_once(town: Town) -> None:
    owner = town.owner("林晓")
    owner.repeat("门口积水", 3)

    assert len(owner.shown) == 1
    owner.tap("诉求")
    owner.tap("提交")
    assert filed(town, owner) == ["门口积水"]


def test_a_month_old_button_does_nothing(town: Town, at_summary: Owner) -> None:
    submit = at_summary.button("提交").value
    town.forward(days=30)
    at_summary.press(submit)

    at_summary.heard("这张卡片已经处理过了")
    assert filed(town, at_summary) == []


def test_somebody_elses_button_does_nothing(town: Town, at_summary: Owner) -> None:
    other = town.owner("赵启明")
    other.press(at_summary.button("提交").value)

    other.heard("这张卡片已经处理过了")
    assert filed(town, at_summary) == filed(town, other) == []
    at_summary.tap("提交")
    assert filed(town, at_summary) == ["门口积水"]


def test_a_button_for_officials_is_none_for_owners(town: Town) -> None:
    owner = town.owner("林晓")
    number = owner.file("门口积水")
    for value in ("f:desk", "f:failed", "f:invite", f"f:take:{number}", f"f:sign:{number}", f"f:call:{number}"):
        owner.press(value)
        owner.heard("这是工作人员用的功能")


def test_an_official_may_file_a_case_of_their_own(town: Town) -> None:
    official = town.official("郑凯", Role.HANDLER, unit="gongdian")
    for said in ("/file", "同意", "诉求", "家门口积水", "跳过", "13800000001", "提交"):
        official.say(said)

    official.heard("您的编号是")


@pytest.mark.parametrize("text", ["谢谢", "好的，谢谢！", "收到", "👍", "OK", "Thanks"])
def test_a_word_of_thanks_is_nothing_to_be_filed(town: Town, text: str) -> None:
    owner = town.owner("林晓")
    owner.say(text)

    owner.heard("不客气")
    assert owner.offers("帮助")


@pytest.mark.parametrize(("typed", "heard"), [("/cancel", "什么都没有提交"), ("/back", "您想办哪一类事")])
def test_the_ways_around_a_question_may_be_typed_as_commands(town: Town, typed: str, heard: str) -> None:
    owner = town.owner("林晓")
    owner.say("/file")
    owner.tap("诉求")
    owner.say(typed)
    owner.heard(heard)


def test_a_way_around_without_any_question_is_no_matter_to_be_filed(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/cancel")
    owner.heard("有事直接告诉我")


@pytest.mark.parametrize("text", ["3", "😀", "？？", "13800000000"])
def test_what_has_no_word_in_it_is_nothing_to_be_filed(town: Town, text: str) -> None:
    owner = town.owner("林晓")
    owner.say(text)

    owner.heard("请用几个字说说")
    owner.say("门口积水")
    owner.heard("要帮您登记吗")


@pytest.mark.parametrize("begun", [False, True])
def test_who_asks_for_a_person_gets_the_number_first(town: Town, begun: bool) -> None:
    owner = town.owner("林晓")
    if begun:
        owner.say("/file")
    owner.say("转人工")

    assert "0000-6100000" in owner.last.text.split("\n")[begun]
