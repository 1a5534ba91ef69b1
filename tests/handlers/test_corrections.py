"""What a person edits replaces what they told, or is added to it; the same words again say and change nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.case import Role
from domain.messages import Incoming
from storage import events, people, talks, told
from storage.tables import talks as table
from storage.transaction import Tx
from tests.people import Official, Owner, Town, number_in


@pytest.fixture
def phone(town: Town) -> Owner:
    phone = town.phone("林晓", Owner)
    for said in ("/file", "同意", "诉求"):
        phone.say(said)
    return phone


def rest(phone: Owner) -> str:
    for said in ("晓林面馆", "13800000001", "提交"):
        phone.say(said)
    return number_in(phone.heard("您的编号是"))


def told_in(town: Town, number: str) -> list[str]:
    case = town.case(number)
    later = [step.content for step in town.read(events.of_case, case.id) if step.content]
    return [case.facts, *(str(content["text"]) for content in later if "text" in content)]


def test_an_edit_that_leaves_the_words_says_nothing(phone: Owner) -> None:
    ref = phone.say("门口积水")
    phone.edit(ref, "门口积水")
    phone.silent()


def test_one_that_does_not_fit_leaves_the_answer_and_says_so(phone: Owner) -> None:
    phone.say("门口积水")
    phone.say("晓林面馆")
    ref = phone.say("13800000001")
    phone.edit(ref, "没有电话")

    phone.heard("还是原来的")
    assert ("电话", "138 0000 0001") in phone.last.facts


def test_a_part_of_what_was_told_in_several_messages_is_corrected_alone(town: Town) -> None:
    phone = town.phone("林晓", Owner)
    first = phone.say("门口积雪")
    second = phone.say("三天了")
    third = phone.say("没人管")
    phone.edit(first, "门口积水")
    phone.edit(second, "四天了")
    phone.edit(third, "没人管")
    phone.silent()
    phone.tap("诉求")
    phone.tap("同意")
    assert told_in(town, rest(phone)) == ["门口积水\n四天了\n没人管"]


def test_after_filing_the_handler_is_told_once(town: Town, phone: Owner, desk: Official, handler: Official) -> None:
    ref = phone.say("门口积雪")
    number = rest(phone)
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    handler.read_all()
    phone.edit(ref, "门口积雪")
    phone.silent()
    phone.edit(ref, "门口积水")
    phone.heard("已补充到")
    handler.heard("门口积水")
    phone.edit(ref, "门口积水")
    phone.silent()
    handler.silent()
    assert told_in(town, number) == ["门口积雪", "门口积水"]


def test_a_supplement_is_corrected_too(town: Town, phone: Owner) -> None:
    phone.say("门口积雪")
    number = rest(phone)
    phone.press(f"f:add:{number}")
    ref = phone.say("在南门")
    phone.edit(ref, "在北门")

    phone.heard("已补充到")
    assert told_in(town, number) == ["门口积雪", "在南门", "在北门"]


def test_the_words_under_a_photo_are_corrected(town: Town, phone: Owner) -> None:
    (ref,) = phone.album("a1", "门口.jpg", text="门口积雪")
    phone.settle("a1")
    phone.edit(ref, "门口积水")
    assert told_in(town, rest(phone)) == ["门口积水"]


@pytest.mark.parametrize("under", [0, 1, 2])
def test_the_words_under_any_photo_of_an_album_are_corrected(town: Town, phone: Owner, under: int) -> None:
    refs = phone.album("a1", "1.jpg", "2.jpg", "3.jpg", text="门口积雪", under=under)
    phone.settle("a1")
    phone.edit(refs[under], "门口积水")
    assert told_in(town, rest(phone)) == ["门口积水"]


def test_words_put_under_another_photo_of_an_album_join_the_others(town: Town, phone: Owner) -> None:
    refs = phone.album("a1", "1.jpg", "2.jpg", text="门口积水")
    phone.settle("a1")
    phone.edit(refs[1], "这是后门")
    assert told_in(town, rest(phone)) == ["门口积水\n这是后门"]


def test_an_album_outside_any_talk_is_corrected_too(town: Town) -> None:
    phone = town.phone("林晓", Owner)
    refs = phone.album("a1", "1.jpg", "2.jpg", text="门口积雪", under=1)
    phone.settle("a1")
    phone.edit(refs[1], "门口积水")
    phone.tap("诉求")
    phone.tap("同意")
    assert told_in(town, rest(phone)) == ["门口积水"]


def test_an_album_that_joins_what_was_told_is_corrected_alone(town: Town, phone: Owner) -> None:
    phone.say("门口积水")
    refs = phone.album("a1", "1.jpg", "2.jpg", text="井盖没了", under=1)
    phone.settle("a1")
    phone.edit(refs[1], "井盖也没了")
    assert told_in(town, rest(phone)) == ["门口积水\n井盖也没了"]


def test_after_filing_any_part_of_what_was_told_is_corrected_by_a_supplement(town: Town) -> None:
    phone = town.phone("林晓", Owner)
    refs = phone.album("a1", "1.jpg", "2.jpg", text="门口积雪", under=1)
    phone.settle("a1")
    later = phone.say("三天了")
    phone.tap("诉求")
    phone.tap("同意")
    number = rest(phone)
    phone.read_all()
    for ref, same in ((refs[1], "门口积雪"), (later, "三天了")):
        phone.edit(ref, same)
        phone.silent()
    phone.edit(refs[1], "门口积水")
    phone.heard("已补充到")
    phone.edit(later, "四天了")
    phone.heard("已补充到")
    assert told_in(town, number) == ["门口积雪\n三天了", "门口积水", "四天了"]


def test_what_was_told_anew_leaves_nothing_of_the_messages_it_was_told_in_before(town: Town, phone: Owner) -> None:
    phone.say("门口积雪")
    phone.say("三天了")
    for said in ("晓林面馆", "13800000001", "修改"):
        phone.say(said)
    phone.tap("情况")
    ref = phone.say("后门积雪")
    phone.edit(ref, "后门积水")
    phone.tap("提交")
    assert told_in(town, number_in(phone.heard("您的编号是"))) == ["后门积水"]


def test_what_an_official_has_sent_stays_and_they_are_shown_where_to_send_it_anew(
    town: Town, phone: Owner, desk: Official
) -> None:
    phone.say("门口积雪")
    number = rest(phone)
    clerk = town.phone("郑凯", Official)
    clerk.say("您好")
    town.write(people.give_role, clerk.id, Role.HANDLER, town.now, town.units["gongdian"])
    desk.dispatch(number, "供电公司")
    clerk.sign(number)
    clerk.card(number)
    clerk.tap("反馈进展")
    ref = clerk.say("明天上午去")
    phone.read_all()
    clerk.edit(ref, "后天上午去")

    clerk.heard("按原样发出")
    assert clerk.offers("反馈进展")
    phone.silent()
    assert told_in(town, number)[-1] == "明天上午去"
    clerk.edit(ref, "大后天上午去")
    clerk.silent()


def test_what_is_dealt_with_is_said_once(phone: Owner) -> None:
    phone.say("取消")
    ref = phone.say("/my")
    phone.edit(ref, "/help")
    phone.heard("已经处理完了")
    phone.edit(ref, "/help 2")
    phone.silent()


def test_nobody_corrects_the_words_of_another_by_their_name(town: Town, phone: Owner) -> None:
    ref = phone.say("门口积雪")
    number = rest(phone)
    other = town.phone("赵启明", Owner)
    other.edit(ref, "没有的事")
    other.heard("已经处理完了")
    assert told_in(town, number) == ["门口积雪"]


def test_a_name_of_any_length_does_no_harm(town: Town, phone: Owner) -> None:
    long = "x" * 500
    phone.say("门口积雪")
    number = rest(phone)
    phone.press(f"f:add:{number}")
    phone.say("在南门", ref=long)
    phone.edit(long, "在北门")
    assert told_in(town, number)[-1] == "在北门"


def test_after_a_week_it_is_forgotten(town: Town, phone: Owner) -> None:
    phone.say("门口积雪")
    number = rest(phone)
    phone.press(f"f:add:{number}")
    ref = phone.say("在南门")
    assert town.read(told.find, phone.id, ref)
    town.forward(days=8)
    assert town.read(told.find, phone.id, ref) is None


def test_an_edit_before_its_album_is_complete_comes_after_it(town: Town, phone: Owner) -> None:
    (ref,) = phone.album("a1", "门口.jpg", text="门口积雪")
    key = town.key()
    edited = Incoming("telegram", key, phone.address, "门口积水", ref=ref, edits=ref, album="a1")
    town.take(edited)
    assert told_in(town, rest(phone)) == ["门口积水"]


def open_talks(tx: Tx, person: int) -> list[str]:
    found = select(table.c.flow).where(table.c.person_id == person, table.c.state == talks.OPEN)
    return [row.flow for row in tx.all(found)]


def test_a_correction_to_a_talk_set_aside_leaves_the_open_one_open(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    ref = owner.say("门口的路灯坏了")
    owner.say("/language")
    owner.edit(ref, "门口的路灯坏了三天")
    assert small_town.read(open_talks, owner.id) == ["language"]
    owner.heard("您改的内容已记下")
    owner.tap("中文")
    assert "三天" in owner.last.text


def test_words_that_began_a_talk_may_be_corrected_before_and_after_filing(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    ref = owner.say("门口的路灯坏了")
    owner.edit(ref, "门口的路灯坏了三天")
    owner.tap("诉求")
    owner.tap("提交")
    number = number_in(owner.heard("您的编号是"))
    assert small_town.case(number).facts == "门口的路灯坏了三天"
    owner.edit(ref, "门口的路灯坏了四天")
    owner.heard(number)
    case = small_town.case(number)
    assert case.facts == "门口的路灯坏了三天"
    assert small_town.read(events.of_case, case.id)[-1].content == {"text": "门口的路灯坏了四天"}
