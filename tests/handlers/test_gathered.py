"""Many things at one moment are one message to whoever hears of them; a handful are told one by one."""

import pytest

from domain.case import Actor, Kind, Role
from handlers import casework, gathered, leaving
from handlers.gathered import HANDFUL, SHOWN, News
from storage import people, recipients
from storage.transaction import Tx
from tests.handlers.filings import file_many
from tests.people import Official, Owner, Town, words

MANY = SHOWN + 3


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


@pytest.fixture
def handler(town: Town) -> Official:
    return town.official("郑凯", Role.HANDLER, unit="gongdian")


def moved(town: Town, numbers: list[str], name: str, actor: Actor, **facts: object) -> None:
    """Each of the cases makes this move."""
    for number in numbers:
        town.write(casework.act, town.case(number).id, name, actor, town.now, **facts)


def signed(town: Town, owner: Owner, desk: Official, handler: Official) -> tuple[list[str], Actor]:
    """Many cases that the handler has signed, and the handler as who acts."""
    numbers = file_many(town, owner, MANY)
    dispatcher = Actor(desk.id, Role.DISPATCHER)
    worker = Actor(handler.id, Role.HANDLER, town.units["gongdian"])
    moved(town, numbers, "accept", dispatcher)
    moved(town, numbers, "dispatch", dispatcher, lead=town.units["gongdian"])
    moved(town, numbers, "sign", worker)
    return numbers, worker


def said(person: Owner | Official, part: str) -> list[str]:
    """What this person has not looked at yet and contains the part."""
    return [words(message) for message in person.read_all() if part in words(message)]


def test_what_silence_accepts_at_one_moment_is_one_message_to_each_dispatcher(town: Town, desk: Official) -> None:
    numbers = file_many(town, town.owner("林晓"), MANY)
    other = town.official("周正", Role.DISPATCHER)
    town.forward(to="2026-03-06 17:31")
    assert [desk.read_all(), other.read_all()] != [[], []]
    town.forward(to="2026-03-09 08:59")

    for dispatcher in (desk, other):
        (told,) = said(dispatcher, "自动受理")
        assert f"{MANY}件到期没有作决定" in told
        assert all(number in told for number in numbers[:SHOWN])
        assert f"还有{MANY - SHOWN}件" in told
        assert told.count("🟠") >= SHOWN  # due today, on the morning they are told of


def test_the_others_are_a_tap_away(town: Town, desk: Official) -> None:
    numbers = file_many(town, town.owner("林晓"), MANY)
    town.forward(to="2026-03-09 08:59")
    message = next(message for message in desk.read_all() if "自动受理" in words(message))
    to_list = next(button for row in message.buttons for button in row if button.value == "f:desk")

    desk.press(to_list.value)
    listed = words(desk.last)
    desk.tap("后面的")
    assert all(number in listed + words(desk.last) for number in numbers)


def test_a_handful_is_told_one_by_one_with_everything_that_can_be_done(town: Town, desk: Official) -> None:
    file_many(town, town.owner("林晓"), HANDFUL)
    town.forward(to="2026-03-06 17:31")
    desk.read_all()
    town.forward(to="2026-03-09 08:59")

    assert len(said(desk, "这件到期没有作决定")) == HANDFUL
    assert desk.button("交办").value.startswith("f:take:")


def test_an_owner_of_many_cases_hears_once_that_they_are_accepted(town: Town, desk: Official) -> None:
    owner, small = town.owner("林晓"), town.owner("周记")
    file_many(town, owner, MANY)
    (single,) = file_many(town, small, 1)
    town.forward(to="2026-03-06 18:00")

    (told,) = said(owner, "已经受理")
    assert f"您有{MANY}件" in told
    assert owner.offers("我的")
    small.heard(f"诉求{single}已受理")


def test_each_question_is_asked_by_itself_and_what_reminds_of_them_is_one_message(
    town: Town, desk: Official, handler: Official
) -> None:
    owner = town.owner("林晓")
    numbers, worker = signed(town, owner, desk, handler)
    moved(town, numbers, "answer", worker, text="已修好", outcome="solved")
    town.show()
    assert len(said(owner, "问题解决了吗")) == MANY
    town.forward(to="2026-03-04 12:00")

    (reminded,) = said(owner, "还等您一句话")
    assert f"您有{MANY}件" in reminded
    owner.tap(numbers[0])
    assert owner.offers("解决了吗")


def test_of_what_stands_in_no_list_any_more_every_number_is_told(town: Town, desk: Official, handler: Official) -> None:
    owner = town.owner("林晓")
    numbers, worker = signed(town, owner, desk, handler)
    moved(town, numbers, "answer", worker, text="已修好", outcome="solved")
    town.show()
    town.forward(to="2026-03-10 17:31")
    handler.read_all()
    (told,) = said(owner, "先结案了")
    assert f"您有{MANY}件" in told
    town.forward(to="2026-03-11 08:59")

    (told,) = said(handler, "到期未评价")
    assert all(number in told for number in numbers)


def test_who_takes_over_many_tasks_at_once_hears_of_them_in_one_message(
    town: Town, desk: Official, handler: Official
) -> None:
    liaison = town.official("吴敏", Role.LIAISON, unit="gongdian")
    numbers, _worker = signed(town, town.owner("林晓"), desk, handler)
    town.show()
    liaison.read_all()
    town.write(leaving.leave, handler.id, town.now)
    town.show()

    (told,) = said(liaison, "转给您办")
    assert f"有{MANY}件" in told
    assert "原承办人已离开本单位" in told
    liaison.tap("我的待办")
    assert f"{MANY}件" in words(liaison.last)
    assert all(town.case(number).lead.handler == liaison.id for number in numbers)


def test_who_has_left_the_unit_in_the_night_hears_nothing_of_its_cases_in_the_morning(
    town: Town, desk: Official, handler: Official
) -> None:
    owner = town.owner("林晓")
    numbers, worker = signed(town, owner, desk, handler)
    town.write(people.give_role, handler.id, Role.HANDLER, town.now, town.units["jiwei"], None)
    moved(town, numbers, "answer", worker, text="已修好", outcome="solved")
    town.show()
    town.forward(to="2026-03-10 17:31")
    handler.read_all()
    town.write(leaving.leave_unit, handler.id, town.units["gongdian"], town.now)
    town.forward(to="2026-03-11 09:01")

    assert not any(number in words(message) for message in handler.read_all() for number in numbers)


def test_what_is_filed_in_a_long_night_is_a_handful_of_cards_and_one_digest(town: Town, desk: Official) -> None:
    town.forward(to="2026-03-03 21:00")
    numbers = file_many(town, town.owner("林晓"), HANDFUL + MANY, Kind.SUGGESTION)
    town.forward(to="2026-03-04 09:01")

    told = [words(message) for message in desk.read_all()]
    assert sum("新件：请在" in text for text in told) == HANDFUL
    assert len(told) == HANDFUL + 1
    assert told[-1].count("新件: ") == SHOWN
    assert f"还有{MANY - SHOWN}件" in told[-1]
    assert all(any(number in text for text in told) for number in numbers[: HANDFUL + SHOWN])


def test_what_was_decided_on_in_the_night_is_not_told_in_the_morning(town: Town, desk: Official) -> None:
    town.forward(to="2026-03-03 21:00")
    numbers = file_many(town, town.owner("林晓"), HANDFUL + 2, Kind.SUGGESTION)
    moved(town, numbers[-1:], "accept", Actor(desk.id, Role.DISPATCHER))
    town.forward(to="2026-03-04 09:01")

    assert sum("新件: " in line for message in desk.read_all() for line in words(message).splitlines()) == 1


def test_what_was_undone_is_told_nobody(town: Town, desk: Official) -> None:
    (number,) = file_many(town, town.owner("林晓"), 1)
    case = town.case(number)

    def undone(tx: Tx) -> int:
        told: list[str] = []
        one = recipients.one(tx, desk.id)
        assert one is not None
        with gathered.gathering(tx, town.now):
            for name in ("kept", "undone"):
                try:
                    with gathered.gathering(tx, town.now):
                        gathered.tell(News(one, case, "{count}", "", lambda name=name: told.append(name)))
                        if name == "undone":
                            raise LookupError
                except LookupError:
                    continue
            assert told == []
        assert told == ["kept"]
        return len(told)

    assert town.write(undone) == 1
