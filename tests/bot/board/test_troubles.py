"""What failed or reached nobody: seen by administrators alone, without what people wrote, and tried again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.verdicts import GIVEN_UP
from domain.case import Role
from domain.messages import Incoming, Promised
from handlers import dispatch
from handlers.troubles import digest
from storage import dead_letters, files, inbox, people
from storage.tables import addresses, fetches, outbox
from storage.transaction import Tx
from tests.bot.board_visitors import Office, Visitor

SECRET = "谁都不该看到的话"


def fail(office: Office, key: str = "broken") -> None:
    """An arrival that the program failed on."""
    incoming = Incoming("web", key, "visitor-failed", SECRET, name="林晓")
    office.app.db.write_now(dispatch.sorry, incoming, "KeyError at talk.py:1", office.now)


def die(office: Office) -> int:
    """The message that stands last in line reaches nobody."""
    fail(office)
    return office.app.db.write_now(_dead)


def _dead(tx: Tx) -> int:
    letter = int(tx.scalar(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1)))
    tx.execute(
        update(outbox).where(outbox.c.id == letter).values(state="dead", reason="the platform said no", attempts=9)
    )
    return letter


def lose(office: Office) -> int:
    """A file that could not be fetched."""

    def lost(tx: Tx) -> int:
        files.add(tx, Promised(f"{SECRET}.pdf", "application/pdf", 10, "", "far/away"), "telegram", None, office.now)
        wanted = files.wanted(tx, office.now)[0]
        files.fetch_failed(tx, wanted, None, "too large", office.now)
        return wanted.id

    return office.app.db.write_now(lost)


async def test_only_administrators_see_what_failed(office: Office) -> None:
    for role in set(Role) - {Role.OWNER, Role.MONITOR, Role.CLOCK, Role.ADMINISTRATOR}:
        visitor = await office.signed_in(str(role), role)
        assert (await visitor.get("/board/troubles")).status == 403, role
        assert (await visitor.send("/board/troubles/letter", channel="web", key="1")).status == 403, role
        assert "/board/troubles" not in (await visitor.get("/board")).text, role


async def test_what_failed_is_shown_with_where_and_why_and_never_with_what_was_written(
    office: Office, administrator: Visitor
) -> None:
    die(office)
    lose(office)
    assert "3" in (await administrator.get("/board")).text
    text = (await administrator.get("/board/troubles")).text
    for words in ("KeyError at talk.py:1", "the platform said no", "too large", "telegram"):
        assert words in text
    assert SECRET not in text
    assert "林晓" not in text


async def test_what_a_platform_puts_off_for_long_is_shown_and_counted(office: Office, administrator: Visitor) -> None:
    letter = die(office)
    since = {"state": "queued", "created_at": office.now - dead_letters.SOON - timedelta(minutes=1)}
    before = (await administrator.get("/board/troubles")).text
    assert "暂缓发出的消息" not in before
    office.app.db.write_now(lambda tx: tx.execute(update(outbox).where(outbox.c.id == letter).values(**since)))
    text = (await administrator.get("/board/troubles")).text
    assert "暂缓发出的消息" in text
    assert "the platform said no" in text


async def test_reasons_are_shown_in_the_readers_words(office: Office, administrator: Visitor) -> None:
    letter = die(office)
    reason = f"{GIVEN_UP}; status 502"
    office.app.db.write_now(lambda tx: tx.execute(update(outbox).where(outbox.c.id == letter).values(reason=reason)))
    assert "试了很多次都没发出去，已停止；status 502" in (await administrator.get("/board/troubles")).text


async def test_who_has_shut_every_door_is_listed_with_a_phone(office: Office, administrator: Visitor) -> None:
    def shut(tx: Tx) -> None:
        for name, reachable in (("郑关门", False), ("周开门", True)):
            door, person = people.meet(tx, "telegram", name, "zh_CN", office.now, name=name)
            assert person is not None
            people.change(tx, person.id, phone="+8613900000001")
            tx.execute(update(addresses).where(addresses.c.id == door.id).values(reachable=reachable))

    office.app.db.write_now(shut)
    text = (await administrator.get("/board/troubles")).text
    assert "郑关门" in text
    assert "+8613900000001" in text
    assert "周开门" not in text


async def test_a_failed_arrival_is_run_again(office: Office, administrator: Visitor) -> None:
    fail(office)
    answer = await administrator.send("/board/troubles/arrival", key=digest("web", "broken"))
    assert answer.headers["Location"] == "/board/troubles?said=again"
    await asyncio.gather(*office.app._again)
    assert office.app.db.read_now(inbox.failed_count) == 0
    again = await administrator.send("/board/troubles/arrival", key=digest("web", "broken"))
    assert again.headers["Location"] == "/board/troubles?said=over"


async def test_a_dead_letter_is_sent_again_from_its_first_try_on(office: Office, administrator: Visitor) -> None:
    letter = die(office)
    await administrator.send("/board/troubles/letter", key=str(letter))
    row = office.app.db.read_now(lambda tx: tx.first(select(outbox).where(outbox.c.id == letter)))
    assert (row.state, row.attempts, row.reason) == ("queued", 0, "")
    assert office.app.db.read_now(dead_letters.letter_count) == 0


async def test_a_lost_file_is_fetched_again(office: Office, administrator: Visitor) -> None:
    fetch = lose(office)
    await administrator.send("/board/troubles/file", key=str(fetch))
    row = office.app.db.read_now(lambda tx: tx.first(select(fetches).where(fetches.c.id == fetch)))
    assert row.attempts == 0
    assert office.app.db.read_now(dead_letters.lost_file_count) == 0


@pytest.mark.parametrize("key", ["", "0", "-1", "９", "9" * 40, "x", "1; drop table outbox", "broken"])
@pytest.mark.parametrize("sort", ["arrival", "letter", "file", "nothing"])
async def test_trying_again_what_there_is_not_changes_nothing(
    office: Office, administrator: Visitor, sort: str, key: str
) -> None:
    letter = die(office)
    answer = await administrator.send(f"/board/troubles/{sort}", channel="telegram", key=key)
    assert answer.status == 303
    assert "again" not in answer.headers["Location"]
    row = office.app.db.read_now(lambda tx: tx.first(select(outbox.c.state).where(outbox.c.id == letter)))
    assert row.state == "dead"
