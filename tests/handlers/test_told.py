"""Who is told, and what stands on the page in the end."""

from domain.case import Role
from domain.messages import Incoming
from handlers import dispatch
from storage import people
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Town


def test_of_cards_that_waited_only_the_last_is_shown_in_the_place_of_the_one_seen(
    town: Town, owner: Owner, handler: Official, signed: str
) -> None:
    handler.card(signed)
    handler.away()
    cards = len(handler.shown)
    owner.card(signed)
    owner.tap("催办")
    owner.tap("补充情况")
    owner.say("还停着电")
    handler.back()

    assert "还停着电" in handler.last.text
    assert len(handler.shown) == cards


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


def test_who_writes_for_the_first_time_is_told_too_when_the_program_fails(town: Town) -> None:
    stranger = town.owner("林晓", new=True)
    sent = Incoming("web", town.key(), stranger.address, "门口的路灯坏了", name="林晓")
    town.write(dispatch.sorry, sent, "KeyError at somewhere.py:1", town.now)
    found = town.read(people.find, "web", stranger.address)
    assert found is not None
    stranger.address_id = found[0].id
    town.show()

    stranger.heard("我们这边出了点问题")
