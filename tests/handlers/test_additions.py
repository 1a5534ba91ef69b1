"""What an owner sends about a case they already have joins it, and what answers words stands below them."""

import pytest

from domain.case import Status
from domain.messages import Place
from tests.people import Official, Owner, Town
from tests.people import words as shown

MORE = "是污水井，井盖边往外冒"


def test_who_is_asked_for_more_may_simply_write_it(town: Town, owner: Owner, handler: Official, signed: str) -> None:
    handler.tell(signed, "哪一口井堵了？", "请求补充")
    owner.say(MORE)
    owner.tap(f"补充到我的{signed}")

    owner.heard("已补充")
    assert MORE in handler.heard("诉求人已补充").text
    assert handler.last.text.startswith("诉求人已补充")
    assert town.case(signed).status is Status.HANDLING


def test_the_notice_that_asks_has_a_button_to_send_it(owner: Owner, handler: Official, signed: str) -> None:
    handler.tell(signed, "哪一口井堵了？", "请求补充")
    owner.tap("补充材料")
    owner.say(MORE)

    assert MORE in handler.heard("诉求人已补充").text


def test_photos_alone_are_enough_where_photos_were_asked_for(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    handler.tell(signed, "请发两张现场照片", "请求补充")
    owner.tap("补充材料")
    owner.send("一.jpg")
    owner.heard("收到1个文件")
    owner.send("二.jpg")
    owner.heard("收到2个文件")
    owner.tap("就这些")

    owner.heard("已补充")
    assert town.case(signed).status is Status.HANDLING
    assert [file.name for file in handler.heard("诉求人已补充").files] == ["一.jpg", "二.jpg"]


def test_a_photo_and_a_place_sent_after_filing_join_the_case(town: Town, owner: Owner, number: str) -> None:
    owner.send("井盖.jpg", place=Place(28.1, 112.9, "晓林面馆门口"))
    owner.tap(f"补充到我的{number}")

    owner.heard("已补充")
    owner.press(f"f:story:{number}")
    assert "晓林面馆门口" in shown(owner.last)
    assert [file.name for file in owner.last.files] == ["井盖.jpg"]


def test_nobody_is_offered_to_add_to_a_case_of_somebody_else(town: Town, owner: Owner, number: str) -> None:
    other = town.owner("赵启明", enterprise="启明印章厂")
    other.say("门口的路灯坏了")

    assert not other.offers("补充到")


def test_a_case_that_is_over_takes_no_addition(owner: Owner, number: str) -> None:
    owner.card(number)
    owner.tap("撤回")
    owner.tap("撤回")
    owner.say("门口的路灯坏了")

    assert not owner.offers("补充到")


def test_the_answer_to_words_stands_below_them_and_a_tapped_card_changes_in_place(
    owner: Owner, desk: Official, handler: Official, number: str
) -> None:
    desk.dispatch(number, "供电公司")
    cards = len(handler.shown)
    handler.tap("签收")
    assert len(handler.shown) == cards

    handler.tap("反馈进展")
    handler.say("明天去装")
    assert max(handler.shown) > cards
    assert len(handler.shown) == cards + 2
    assert "会转告诉求人" in handler.last.text


@pytest.mark.parametrize("typed", ["1", "２", "？？", "110"])
def test_digits_and_signs_alone_are_no_account(owner: Owner, typed: str) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say(typed)

    owner.heard("请用几个字说说")
    owner.say("门口的路灯坏了")
    owner.heard("请核对")


@pytest.mark.parametrize("typed", ["12345", "110", "1234"])
def test_a_service_number_is_nobodys_phone(owner: Owner, typed: str) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say("门口的路灯坏了")
    owner.tap("修改")
    owner.tap("电话")
    owner.say(typed)

    owner.heard("位数不对")


def test_while_the_owner_is_waited_for_the_card_says_that_the_clock_waits(handler: Official, signed: str) -> None:
    assert "暂停计时" not in shown(handler.card(signed))
    handler.tell(signed, "哪一口井堵了？", "请求补充")

    assert "3月10日 周二 17:30（暂停计时）" in shown(handler.last)


def test_news_that_wants_something_done_stands_below_the_card(owner: Owner, handler: Official, signed: str) -> None:
    before = len(handler.shown)
    owner.card(signed)
    owner.tap("催办")

    assert len(handler.shown) == before + 1
    assert "催办" in handler.last.text
