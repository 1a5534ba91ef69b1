"""The reminders of the mini program are offered where they help: in customer service, to who has not turned them on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.messages import Button, Message
from handlers import subscribing
from handlers.subscribing import SCHEME
from storage import people
from tests.handlers.shut_windows import Shut, opened
from tests.people import Person, Town

OFFER = "开启办理进度提醒"


def with_mini_program(town: Town) -> Shut:
    shut = opened(town)
    town.db.office = replace(town.db.office, mini_page="pages/remind")
    return shut


def offers(person: Person) -> list[Button]:
    """The buttons of the last message that open the mini program."""
    return [button for row in person.last.buttons for button in row if button.url.startswith(SCHEME)]


def ticket(person: Person) -> str:
    [button] = offers(person)
    assert button.label == OFFER
    assert button.url.startswith(f"{SCHEME}pages/remind?ticket=")
    return button.url.partition("ticket=")[2]


def test_the_receipt_offers_the_reminders_and_turning_them_on_ends_the_offer(town: Town) -> None:
    shut = with_mini_program(town)
    number = shut.owner.file("变压器装不上")
    code = ticket(shut.owner)
    assert town.write(subscribing.subscribed, code, "openid-mini", "u-1", town.now)

    shut.owner.card(number)
    assert offers(shut.owner) == []


def test_a_case_that_is_looked_at_offers_them_again(town: Town) -> None:
    shut = with_mini_program(town)
    number = shut.owner.file("变压器装不上")
    first = ticket(shut.owner)
    shut.owner.card(number)
    assert ticket(shut.owner) != first


def test_who_was_found_unsubscribed_is_asked_again(town: Town) -> None:
    shut = with_mini_program(town)
    number = shut.owner.file("变压器装不上")
    town.write(subscribing.subscribed, ticket(shut.owner), "openid-mini", "", town.now)
    found = town.read(people.find, "subscribe", "openid-mini")
    assert found is not None
    town.write(people.unreachable, found[0].id)
    shut.owner.card(number)
    assert offers(shut.owner)


def test_nobody_else_is_offered_what_their_door_cannot_open(town: Town) -> None:
    with_mini_program(town)
    owner = town.owner("王五")
    owner.file("变压器装不上")
    assert offers(owner) == []


def test_an_office_without_a_mini_program_offers_nothing(town: Town) -> None:
    shut = opened(town)
    shut.owner.file("变压器装不上")
    assert offers(shut.owner) == []


def test_a_ticket_ends_with_its_time_and_with_its_use(town: Town) -> None:
    shut = with_mini_program(town)
    shut.owner.file("变压器装不上")
    code = ticket(shut.owner)
    late = town.now + subscribing.TICKET_VALID + timedelta(seconds=1)
    assert not town.write(subscribing.subscribed, code, "openid-1", "", late)
    assert not town.write(subscribing.subscribed, code, "x" * 65, "", town.now)
    assert town.write(subscribing.subscribed, code, "openid-1", "", town.now)
    assert not town.write(subscribing.subscribed, code, "openid-2", "", town.now)


def test_at_a_door_that_opens_no_mini_program_the_button_is_left_out() -> None:
    look, mini = Button("看看", "f:case:1"), Button(OFFER, "", f"{SCHEME}pages/remind?ticket=A")
    assert subscribing.without_offer(Message("收到", buttons=((look,), (mini,)))) == Message("收到", buttons=((look,),))
