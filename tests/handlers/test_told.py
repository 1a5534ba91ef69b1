"""Who is told, and what stands on the page in the end."""

from domain.case import Role
from domain.messages import Incoming, Message
from handlers import dispatch
from storage import outbox, people, recipients
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Town, words


def test_of_cards_that_waited_only_the_last_is_shown_in_the_place_of_the_one_seen(
    town: Town, handler: Official
) -> None:
    door = town.read(recipients.door, handler.id)
    assert door is not None
    for said in ("seen", "waited", "last"):
        town.write(outbox.say, door, handler.id, Message(said, card="case:1"), town.now)
        if said == "seen":
            town.show()
    town.show()

    assert [message.text for message in handler.shown.values()] == ["last"]


def test_who_is_liaison_and_handler_is_told_also_when_a_colleague_signed(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    both = town.official("吴敏", Role.HANDLER, Role.LIAISON, unit="gongdian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    both.read_all()
    owner.card(number)
    owner.tap("催办")

    both.heard("诉求人在催办这件")


def test_where_one_acts_the_cards_of_the_others_change_in_place(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    colleague = town.official("何平", Role.DISPATCHER)
    other = town.official("吴敏", Role.HANDLER, unit="gongdian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    handler.tell(number, "哪一台？", "请求补充")
    for one in (other, colleague):
        assert number in words(one.heard("郑凯已请诉求人补充材料"))
        assert [number in words(message) for message in one.shown.values()].count(True) == 1
    owner.tap("补充材料")
    owner.say("进门左手那一台")
    handler.answer(number, "已经换好了")

    assert number in words(other.heard("郑凯已答复"))
    assert [number in words(message) for message in other.shown.values()].count(True) == 1


def test_who_writes_for_the_first_time_is_told_too_when_the_program_fails(town: Town) -> None:
    stranger = town.owner("林晓", new=True)
    sent = Incoming("web", town.key(), stranger.address, "门口的路灯坏了", name="林晓")
    town.write(dispatch.sorry, sent, "KeyError at somewhere.py:1", town.now)
    found = town.read(people.find, "web", stranger.address)
    assert found is not None
    stranger.address_id = found[0].id
    town.show()

    stranger.heard("我们这边出了点问题")


def test_a_unit_finds_its_own_case_behind_many_newer_ones_of_others(small_town: Town) -> None:
    owner, desk = small_town.owner("林晓"), small_town.official("陈岚", Role.DISPATCHER)
    handler = small_town.official("郑凯", Role.HANDLER, unit="gongdian")
    own = owner.file("停电了")
    desk.dispatch(own, POWER)
    for _other in range(31):
        owner.file("又停电了")
    handler.say("/search 停电")

    handler.heard(own)


def test_what_an_owner_adds_by_night_is_told_in_the_morning_also_when_they_urge_after_it(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    town.forward(to="2026-03-03 20:00")
    handler.read_all()
    owner.card(signed)
    owner.tap("补充情况")
    owner.say("有人触电了")
    owner.card(signed)
    owner.tap("催办")
    town.forward(to="2026-03-04 12:00")

    handler.heard("有人触电了")
    handler.heard("诉求人在催办这件")
