"""One person at several doors: one list of cases, one open talk; news go where they were last, and not twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from domain.case import Role
from storage import consents, people, talks
from storage.transaction import Tx
from tests.people import Official, Owner, Person, Town, number_in

BOT = "https://t.me/hengyue_bot"


@pytest.fixture
def web(town: Town) -> Owner:
    town.db.office = replace(town.db.office, url="https://office.example", telegram=BOT, platforms=("telegram",))
    return town.owner("林晓", enterprise="晓林面馆")


@pytest.fixture
def phone(town: Town, web: Owner) -> Owner:
    """The same person, who has joined by a link; the web page was used last."""
    phone = town.phone("晓", Owner)
    join(web, phone)
    town.sleep(hours=0.01)
    web.say("/my")
    return phone


def code_of(person: Person) -> str:
    person.say("/device")
    return person.heard("/join ").text.split("/join ")[1].split()[0]


def join(known: Person, new: Person) -> None:
    new.say(f"/start join_{code_of(known)}")
    new.id = known.id


def later(town: Town) -> None:
    town.sleep(hours=0.005)


# --- joining ----------------------------------------------------------------------------------------------------------


def test_the_code_comes_with_a_link_for_each_door(web: Owner) -> None:
    web.say("/device")
    code = web.last.text.split("/join ")[1].split()[0]
    assert f"{BOT}?start=join_{code}" in web.last.text
    assert f"https://office.example/chat?join={code}" in web.last.text


def test_who_was_sent_a_strangers_link_sees_whose_it_is(town: Town, web: Owner) -> None:
    phone = town.phone("赵启明", Owner)
    join(web, phone)
    said = phone.heard("以“林晓”的身份").text
    assert "请不要在这里填写" in said


def test_an_office_without_telegram_and_address_gives_the_bare_code(town: Town) -> None:
    owner = town.owner("林晓")
    owner.say("/device")
    assert "/join " in owner.last.text
    assert "http" not in owner.last.text


def test_cases_of_both_doors_are_one_list(town: Town, web: Owner) -> None:
    phone = town.phone("晓", Owner)
    for words_ in ("/file", "同意", "诉求", "店门口积水", "晓林面馆", "13800000001", "提交"):
        phone.say(words_)
    first = web.file("变压器装不上")
    phone.say(f"/start join_{code_of(web)}")
    phone.heard("是您本人吗")
    phone.tap("是我本人")

    phone.say("/my")
    assert "店门口积水" in phone.last.text
    assert "变压器装不上" in phone.last.text
    web.say("/my")
    assert "店门口积水" in web.last.text
    phone.press(f"f:case:{first}")
    assert first in phone.last.title


def test_who_does_not_say_that_it_is_them_stays_apart(town: Town, web: Owner) -> None:
    phone = town.phone("赵启明", Owner)
    for words_ in ("/file", "同意", "诉求", "店门口积水", "启明印章厂", "13800000001", "提交"):
        phone.say(words_)
    code = code_of(web)
    phone.say(f"/start join_{code}")
    phone.heard("如果这个码是别人发给您的")
    phone.tap("取消")

    web.say("/my")
    assert "店门口积水" not in web.last.text
    found = town.read(people.find, "telegram", phone.address)
    assert found
    assert found[1]
    assert found[1].id != web.id


def test_an_open_talk_goes_on_at_the_other_door_with_its_files(town: Town, web: Owner) -> None:
    web.say("/file")
    web.tap("诉求")
    web.send("店门口.jpg", text="店门口积水")
    code = code_of(web)
    phone = town.phone("晓", Owner)
    phone.say(f"/start join_{code}")

    phone.heard("您的诉求都在")
    phone.heard("请核对")
    phone.tap("提交")
    phone.heard("您的编号是")


def test_what_was_begun_at_the_new_door_comes_along(town: Town, web: Owner) -> None:
    phone = town.phone("晓", Owner)
    for words_ in ("/file", "同意", "诉求"):
        phone.say(words_)
    phone.send("店门口.jpg", text="店门口积水")
    phone.say("晓林面馆")
    phone.say("13800000001")
    join(web, phone)
    phone.tap("提交")

    phone.heard("您的编号是")
    web.say("/my")
    assert "店门口积水" in web.last.text


def test_two_open_talks_become_one_and_the_other_waits(town: Town, web: Owner) -> None:
    phone = town.phone("晓", Owner)
    phone.say("/file")
    phone.say("同意")
    web.say("/file")
    join(web, phone)

    live = town.read(talks.live_of, web.id)
    assert sorted(row.state for row in live) == [talks.ASIDE, talks.OPEN]


def test_consent_and_what_was_told_of_oneself_come_along(town: Town) -> None:
    known, phone = town.owner("", new=True), town.phone("", Owner)
    known.say("您好")
    for words_ in ("/file", "同意", "诉求", "店门口积水", "晓林面馆", "13800000001"):
        phone.say(words_)
    phone.say(f"/start join_{code_of(known)}")

    person = town.read(people.get, known.id)
    assert person is not None
    assert person.consented
    assert town.read(consents.of_person, known.id)


def test_roles_tasks_and_what_one_may_not_decide_come_along(town: Town, desk: Official) -> None:
    clerk, phone = town.official("郑凯", Role.HANDLER, unit="gongdian"), town.phone("郑凯", Official)
    number = town.owner("林晓").file("变压器装不上")
    desk.dispatch(number, "供电公司")
    clerk.sign(number)
    phone.say("您好")
    phone_code = code_of(phone)
    clerk.say(f"/join {phone_code}")
    clerk.tap("是我本人")

    phone.say("/tasks")
    phone.heard(number)
    found = town.read(people.find, "telegram", phone.address)
    assert found
    assert found[1]
    assert [part.handler for part in town.case(number).assignments] == [found[1].id]


def test_what_is_kept_from_somebody_stays_kept_from_them_at_another_door(town: Town, desk: Official) -> None:
    number = town.owner("林晓").file("变压器装不上")
    accused, phone = town.official("郑凯", Role.HANDLER, unit="gongdian"), town.phone("郑凯", Official)
    town.write(keep_from, town.case(number).id, accused.id)
    phone.say("您好")
    accused.say(f"/join {code_of(phone)}")
    accused.tap("是我本人")

    found = town.read(people.find, "telegram", phone.address)
    assert found
    assert found[1]
    assert town.case(number).recused == (7, found[1].id)


def keep_from(tx: Tx, case: int, person: int) -> None:
    tx.connection.execute(text(f"UPDATE cases SET recused = '[7,{person}]' WHERE id = {case}"))


def test_a_code_of_ones_own_changes_nothing(web: Owner) -> None:
    web.say(f"/join {code_of(web)}")
    web.heard("您的诉求都在")
    web.say("/my")


# --- which door -------------------------------------------------------------------------------------------------------


def test_what_is_told_goes_to_the_door_used_last_even_within_a_minute(
    town: Town, web: Owner, phone: Owner, desk: Official
) -> None:
    number = web.file("变压器装不上")
    later(town)
    phone.say("/my")
    desk.dispatch(number, "供电公司")
    town.show()
    phone.heard("供电公司")
    later(town)
    web.say("/my")
    web.read_all()
    phone.read_all()
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    handler.sign(number)
    town.show()
    web.heard("已接手")
    phone.silent()


def test_what_nobody_looks_at_on_the_page_goes_to_the_phone_after_three_minutes_and_not_twice(
    town: Town, web: Owner, phone: Owner, desk: Official
) -> None:
    number = web.file("变压器装不上")
    web.away()
    phone.read_all()
    desk.dispatch(number, "供电公司")
    town.sleep(hours=2 / 60)
    town.tick()
    phone.silent()
    town.sleep(hours=1.1 / 60)
    town.tick()
    phone.heard("供电公司")
    town.tick()
    phone.silent()
    web.read_all()
    web.back()
    web.not_heard("供电公司")


def test_with_no_other_door_it_waits_for_the_page(town: Town, web: Owner, desk: Official) -> None:
    number = web.file("变压器装不上")
    web.away()
    desk.dispatch(number, "供电公司")
    town.sleep(hours=1)
    town.tick()
    web.read_all()
    web.back()
    web.heard("供电公司")


def test_who_blocks_us_hears_at_the_next_door(town: Town, web: Owner, phone: Owner, desk: Official) -> None:
    number = web.file("变压器装不上")
    later(town)
    phone.say("/my")
    phone.blocked = True  # and the platform has not told us yet
    desk.dispatch(number, "供电公司")
    town.show()
    web.look()
    web.heard("供电公司")
    phone.come_back()
    phone.not_heard("供电公司")


def test_what_nobody_saw_at_the_next_door_is_heard_by_who_is_back(
    town: Town, web: Owner, phone: Owner, desk: Official
) -> None:
    number = web.file("变压器装不上")
    web.away()
    later(town)
    phone.say("/my")
    phone.blocked = True
    desk.dispatch(number, "供电公司")
    town.show()
    town.forward(days=2)
    phone.come_back()
    phone.heard("供电公司")


def test_who_is_back_at_one_of_two_shut_doors_hears_it_there_and_not_at_the_other_too(
    town: Town, web: Owner, phone: Owner, desk: Official
) -> None:
    town.db.office = replace(town.db.office, platforms=("telegram", "kefu"), url="")
    chat = Owner(town, "晓", "wm-xiao", channel="kefu")
    town.doors.append(chat)
    chat.say(f"/join {code_of(web)}")
    later(town)
    number = web.file("变压器装不上")
    web.away()
    later(town)
    phone.say("/my")
    phone.blocked = chat.blocked = True
    desk.dispatch(number, "供电公司")
    town.show()
    phone.come_back()
    town.show()
    phone.heard("供电公司")
    chat.blocked = False
    chat.say("/my")
    chat.not_heard("已交给")


def test_leaving_says_nothing_and_who_is_back_hears_what_waited(town: Town, desk: Official) -> None:
    phone = town.phone("晓", Owner)
    for words_ in ("/file", "同意", "诉求", "变压器装不上", "晓林面馆", "13800000001", "提交"):
        phone.say(words_)
    number = number_in(phone.heard("您的编号是"))
    phone.blocked = True
    desk.dispatch(number, "供电公司")
    town.show()
    phone.leave()
    phone.silent()
    found = town.read(people.find, "telegram", phone.address)
    assert found
    assert not found[0].reachable

    phone.come_back()
    phone.heard("供电公司")
    phone.come_back()
    phone.silent()


def test_coming_and_going_of_somebody_unknown_makes_nobody_known(town: Town) -> None:
    phone = town.phone("晓", Owner)
    phone.leave()
    phone.come_back()
    phone.silent()
    assert town.read(people.find, "telegram", phone.address) is None


def test_a_typed_number_means_the_lines_of_that_door(town: Town, web: Owner, phone: Owner) -> None:
    number = web.file("变压器装不上")
    web.say("/my")
    phone.say("/help")
    web.say("1")
    assert number in web.last.title
