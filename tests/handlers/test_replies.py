"""Words sent as a reply belong to what they answer: offered to that case first, and sent to nobody unasked."""

from __future__ import annotations

import pytest

from domain.case import Role, Status
from domain.messages import Promised
from storage import events, people
from storage.transaction import Tx
from tests.people import Official, Owner, Town, number_in, words


@pytest.fixture
def phone(town: Town) -> Owner:
    """An owner on Telegram who has filed."""
    phone = town.phone("林晓", Owner)
    for said in ("/file", "同意", "诉求", "变压器装不上", "晓林面馆", "13800000001", "提交"):
        phone.say(said)
    return phone


@pytest.fixture
def number(phone: Owner) -> str:
    return number_in(phone.heard("您的编号是"))


@pytest.fixture
def clerk(town: Town, number: str, desk: Official) -> Official:
    """A handler on Telegram, to whom the case was handed and who has signed it."""
    clerk = town.phone("郑凯", Official)
    clerk.say("您好")
    town.write(people_give, clerk.id, town)
    desk.dispatch(number, "供电公司")
    clerk.say("/tasks")
    clerk.sign(number)
    clerk.read_all()
    return clerk


def people_give(tx: Tx, person: int, town: Town) -> None:
    people.give_role(tx, person, Role.HANDLER, town.now, town.units["gongdian"])


def moves_of(town: Town, number: str) -> list[str]:
    return [step.move for step in town.read(events.of_case, town.case(number).id)]


def test_an_owners_reply_is_offered_to_that_case_first(town: Town, phone: Owner, number: str) -> None:
    for said in ("/file", "诉求", "路灯不亮", "另外登记", "提交"):
        if said in ("另外登记",) and not phone.offers(said):
            continue
        phone.say(said)
    phone.say("门牌是12号", replies_to=phone.ref_of(number))

    assert phone.last.buttons[0][0].label == f"补充到我的{number}"
    phone.tap(f"补充到我的{number}")
    phone.heard("已补充")
    assert moves_of(town, number)[-1] == "add"


def test_a_reply_to_the_question_whether_it_is_solved_is_the_word_to_that(
    town: Town, phone: Owner, clerk: Official, number: str
) -> None:
    clerk.answer(number, "已经装好通电")
    town.forward(hours=1)
    phone.say("还是没有电", replies_to=phone.ref_of("已经装好通电"))
    phone.tap("没解决")
    phone.tap("重新办理") if phone.offers("重新办理") else phone.tap("重办")

    assert town.case(number).round == 2
    assert "还是没有电" in words(clerk.heard("还是没有电"))


def test_an_officials_words_go_to_nobody_before_they_say_to_whom(
    town: Town, phone: Owner, clerk: Official, number: str
) -> None:
    phone.read_all()
    clerk.say("明天上午去装", replies_to=clerk.ref_of(number))
    town.show()
    phone.silent()
    clerk.tap("作为进展")

    clerk.heard("会转告诉求人")
    phone.heard("明天上午去装")


def test_they_may_become_the_answer(town: Town, phone: Owner, clerk: Official, number: str) -> None:
    clerk.say("已经装好通电", replies_to=clerk.ref_of(number))
    clerk.tap("办结答复")
    clerk.tap("解决了")
    clerk.tap("发出答复")
    assert town.case(number).status is Status.ANSWERED


def test_they_may_ask_the_owner(town: Town, clerk: Official, number: str) -> None:
    clerk.say("请发营业执照", replies_to=clerk.ref_of(number))
    clerk.tap("请诉求人补充")
    assert town.case(number).status is Status.WAITING


def test_a_photo_alone_needs_a_few_words(town: Town, clerk: Official, number: str) -> None:
    clerk._send(files=(Promised("现场.jpg", "image/jpeg", 9, "ab" * 32),), replies_to=clerk.ref_of(number))
    clerk.say("已到现场")
    clerk.tap("作为进展")
    step = town.read(events.of_case, town.case(number).id)[-1]
    assert step.content
    assert step.content["text"] == "已到现场"
    assert len(step.content["files"]) == 1


def test_nothing_is_sent_where_they_say_so(town: Town, clerk: Official, number: str) -> None:
    before = moves_of(town, number)
    clerk.say("明天上午去装", replies_to=clerk.ref_of(number))
    clerk.tap("都不是")
    assert number in clerk.last.title
    assert moves_of(town, number) == before


def test_who_may_do_nothing_with_it_sees_the_case_and_is_told_so(town: Town, clerk: Official, number: str) -> None:
    boss = town.phone("周敏", Official)
    boss.say("您好")
    town.write(lambda tx: people.give_role(tx, boss.id, Role.LEADER, town.now, town.units["gongdian"]))
    boss.card(number)
    boss.say("抓紧", replies_to=boss.ref_of(number))
    boss.heard("没有发给任何人")
    assert number in boss.last.title


def test_a_reply_about_a_case_that_was_taken_from_them_shows_nothing_of_it(
    town: Town, clerk: Official, desk: Official, number: str
) -> None:
    ref = clerk.ref_of(number)
    clerk.press(f"f:return:{number}")
    clerk.tap("不清楚") if clerk.offers("不清楚") else clerk.say("1")
    clerk.say("不归我们管")
    clerk.read_all()
    clerk.say("明天去", replies_to=ref)
    clerk.not_heard("变压器")


def test_a_number_sent_as_a_reply_means_that_messages_lines(phone: Owner, number: str) -> None:
    phone.say("/my")
    ref = phone.ref_of("您的诉求")
    phone.say("/help")
    phone.say("1", replies_to=ref)
    assert number in phone.last.title


@pytest.mark.parametrize("ref", ["", "x", "0/0", "77/" + "9" * 80, "\x00"])
def test_a_reply_to_what_is_not_there_is_taken_as_words(phone: Owner, number: str, ref: str) -> None:
    phone.say("门口积水", replies_to=ref)
    phone.heard("要帮您登记吗")


def test_a_reply_to_their_own_message_or_to_a_list_is_taken_as_words(phone: Owner, number: str) -> None:
    own = phone.say("门口积水")
    phone.say("取消")
    phone.say("路灯", replies_to=own)
    phone.heard("要帮您登记吗")
