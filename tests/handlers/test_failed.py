"""What failed and what nobody took: an administrator sees why in the chat, and has it tried again with one tap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.verdicts import GIVEN_UP, MAYBE
from domain.case import Actor, Role
from domain.messages import Incoming, Message, Promised
from handlers import casework, dispatch
from storage import dead_letters, files, inbox, people, recipients
from storage.outbox import say, sent
from storage.tables import fetches, outbox
from storage.transaction import Signal, Tx
from tests.people import Official, Owner, Town, number_in

SECRET = "谁都不该看到的话"


@pytest.fixture
def administrator(town: Town) -> Official:
    return town.official("于管", Role.ADMINISTRATOR)


def fail(town: Town, key: str) -> None:
    """An arrival that the program failed on."""
    incoming = Incoming("web", key, "visitor-failed", SECRET, name="林晓")
    town.write(dispatch.sorry, incoming, "KeyError at talk.py:1", town.now)


def misread(town: Town, key: str) -> None:
    """An arrival that could not even be read."""
    town.write(inbox.set_aside, "telegram", key, SECRET.encode(), "not JSON", town.now)


def die(town: Town, reason: str = MAYBE) -> int:
    """A message that reached nobody."""
    owner = town.owner("林晓")
    owner.say("/my")

    def dead(tx: Tx) -> int:
        letter = int(tx.scalar(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1)))
        tx.execute(update(outbox).where(outbox.c.id == letter).values(state="dead", reason=reason))
        return letter

    return town.write(dead)


def lose(town: Town) -> int:
    """A file that could not be fetched."""

    def lost(tx: Tx) -> int:
        files.add(tx, Promised(f"{SECRET}.pdf", "application/pdf", 10, "", "far/away"), "telegram", None, town.now)
        wanted = files.wanted(tx, town.now)[0]
        files.fetch_failed(tx, wanted, None, "too large", town.now)
        return wanted.id

    return town.write(lost)


def state(town: Town, letter: int) -> str:
    return str(town.read(lambda tx: tx.scalar(select(outbox.c.state).where(outbox.c.id == letter))))


def test_all_that_failed_is_told_with_its_reason_in_words_and_never_with_what_was_written(
    town: Town, administrator: Official
) -> None:
    fail(town, "broken")
    misread(town, "7:1")
    die(town, f"{GIVEN_UP}; status 502")
    lose(town)
    administrator.say("/failed")
    text = administrator.last.text
    for words in ("KeyError at talk.py:1", "not JSON", "试了很多次都没发出去，已停止；status 502", "too large"):
        assert words in text
    assert SECRET not in text


def test_a_dead_message_is_sent_again_with_one_tap(town: Town, administrator: Official) -> None:
    letter = die(town)
    administrator.say("/failed")
    administrator.heard("对方可能已经收到")
    administrator.tap("再试第1条")
    assert state(town, letter) in ("queued", "sent")
    administrator.heard("已经重新处理")


def test_a_second_tap_is_told_that_it_was_mended(town: Town, administrator: Official) -> None:
    letter = die(town)
    administrator.press(f"f:failed:letter/{letter}")
    administrator.press(f"f:failed:letter/{letter}")
    administrator.heard("已经处理好了")


def test_a_lost_file_is_fetched_again(town: Town, administrator: Official) -> None:
    fetch = lose(town)
    administrator.press(f"f:failed:file/{fetch}")
    assert town.read(lambda tx: tx.scalar(select(fetches.c.state).where(fetches.c.id == fetch))) == "wanted"


@pytest.mark.parametrize("key", ["broken", "k" * inbox.LONGEST_KEY, "键" * 40])
def test_an_arrival_is_run_again_however_long_its_key(town: Town, administrator: Official, key: str) -> None:
    fail(town, key)
    administrator.say("/failed")
    value = administrator.button("再试第1条").value
    assert len(value.encode()) <= 64

    def pressed(tx: Tx) -> list[Signal]:
        dispatch.handle(tx, Incoming("web", town.key(), administrator.address, press=value), town.now)
        return list(tx.signals)

    assert ("again", "web", key) in town.write(pressed)


@pytest.mark.parametrize(
    "arg", ["", "/", "letter/", "letter/９", "letter/-1", "letter/" + "9" * 40, "file/x", "x/1", "arrival/0"]
)
def test_trying_again_what_there_is_not_changes_nothing(town: Town, administrator: Official, arg: str) -> None:
    letter = die(town)
    administrator.press(f"f:failed:{arg}")
    assert state(town, letter) == "dead"


def test_only_an_administrator_may(town: Town) -> None:
    letter = die(town)
    dispatcher = town.official("罗派", Role.DISPATCHER)
    dispatcher.press(f"f:failed:letter/{letter}")
    assert state(town, letter) == "dead"


def test_who_has_shut_every_door_is_listed_with_a_phone(town: Town, administrator: Official) -> None:
    def shut(tx: Tx) -> None:
        door, person = people.meet(tx, "telegram", "77", "zh_CN", town.now, name="郑关门")
        assert person is not None
        people.change(tx, person.id, phone="+8613900000001")
        people.unreachable(tx, door.id)

    town.owner("周开门")
    town.write(shut)
    administrator.say("/failed")
    assert "郑关门 +8613900000001" in administrator.last.text
    assert "周开门" not in administrator.last.text


def supersede(town: Town, letter: int) -> None:
    """The dead message was a card, which is shown in a newer form since."""

    def newer(tx: Tx) -> None:
        row = tx.first(select(outbox).where(outbox.c.id == letter))
        assert row is not None
        tx.execute(update(outbox).where(outbox.c.id == letter).values(card="case:7"))
        door = recipients.doors(tx, row.person_id)[0]
        say(tx, door, row.person_id, Message("已转供电公司办理", card="case:7"), town.now)

    town.write(newer)


def test_a_card_that_was_shown_in_a_newer_form_since_is_nobodys_trouble_and_never_shown_as_it_was(
    town: Town, administrator: Official
) -> None:
    letter = die(town)
    administrator.say("/failed")
    button = administrator.button("再试第1条").value
    supersede(town, letter)
    administrator.press(button)
    administrator.heard("已经处理好了")
    assert state(town, letter) == "dead"
    administrator.say("/failed")
    administrator.heard("没有处理失败的消息")
    assert town.read(dead_letters.letter_count) == 0


def test_what_a_platform_puts_off_for_long_is_told_with_its_reason_and_gone_once_it_was_sent(
    town: Town, administrator: Official
) -> None:
    letter = die(town)
    values = {"state": "queued", "reason": "Telegram asked for a pause", "channel": "telegram"}
    town.write(lambda tx: tx.execute(update(outbox).where(outbox.c.id == letter).values(**values)))
    administrator.say("/failed")
    administrator.heard("没有处理失败的消息")
    town.sleep(hours=1.1)
    administrator.say("/failed")
    assert "有1条消息平台暂时不收" in administrator.last.text
    assert "Telegram 要求暂停发送" in administrator.last.text
    town.write(lambda tx: sent(tx, [(letter, "7/1")], town.now))
    administrator.say("/failed")
    administrator.heard("没有处理失败的消息")


def test_what_is_sent_again_long_after_says_how_things_stand_now(town: Town, administrator: Official) -> None:
    town.db.office = replace(town.db.office, platforms=("telegram",))
    owner = town.phone("林晓", Owner)
    for said in ("/file", "同意", "诉求", "变压器装不上", "晓林面馆", "13800000001", "提交"):
        owner.say(said)
    number = number_in(owner.heard("您的编号是"))
    asker = Actor(administrator.id, Role.DISPATCHER)
    town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补一张现场照片")
    town.write(lambda tx: tx.execute(update(outbox).where(outbox.c.state == "queued").values(state="dead")))
    town.forward(days=20)
    owner.read_all()
    administrator.say("/failed")
    administrator.tap("再试第1条")
    town.show()
    assert "这是3月3日 周二写给您的" in owner.heard("请补一张现场照片").text
