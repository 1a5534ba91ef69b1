"""Updates that are asked for: in their order, confirmed once kept, whatever comes between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter

from bot.channels.telegram.polling import Polling
from bot.channels.telegram.request import Caller
from bot.channels.telegram.webhook import Registration
from domain.office import Office
from domain.workdays import Calendar
from storage import migrations
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH
from storage.db import Database, Unavailable
from tests.bot.telegram_office import PATIENCE_SECONDS, SECRET, Answers, office
from tests.bot.telegram_updates import BOT, SENDER, message
from tests.telegram.emulator import served
from tests.telegram.front import TOKEN

Take = Callable[[bytes], Awaitable[None]]


def update(number: int, text: str = "您好", sender: int = 1001) -> dict[str, Any]:
    """A message of somebody."""
    chat = {"id": sender, "type": "private"}
    return {"update_id": number, "message": message(text=text, chat=chat, sender={**SENDER, "id": sender})}


class Hasty(Polling):
    """Notes how long it would wait, and does not."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.waited: list[float] = []

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0)


class Losing(Hasty):
    """Finds the lease another's after its first trouble, and has it back a moment later."""

    def _troubled(self, error: Exception) -> float:
        taken = self._lease.hold

        async def once() -> bool:
            self._lease.hold = taken  # type: ignore[method-assign]
            return False

        self._lease.hold = once  # type: ignore[method-assign]
        return super()._troubled(error)


class Kept:
    """Takes updates; those numbered in `refuses` cannot be kept that many times, those in `breaks` fail altogether."""

    def __init__(self, refuses: dict[int, int] | None = None, breaks: tuple[int, ...] = ()) -> None:
        self.numbers: list[int] = []
        self.refuses, self.breaks = refuses or {}, breaks

    async def __call__(self, raw: bytes) -> None:
        number = json.loads(raw)["update_id"]
        if self.refuses.get(number, 0) > 0:
            self.refuses[number] -= 1
            raise Unavailable("not now")
        if number in self.breaks:
            raise ValueError("我的秘密")
        self.numbers.append(number)


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    migrations.upgrade(sqlite_url)
    made = Database(sqlite_url, Office("x", Calendar({}, KNOWN_THROUGH, KNOWN_FROM, 0)))
    await made.start()
    yield made
    await made.close()


async def polled(db: Database, bot: Answers, take: Take) -> Hasty:
    """Ask until everything was given, then end."""
    polling = Hasty(bot, BOT, take, db)
    await polling.start()
    await bot.all_given()
    await polling.close()
    return polling


# --- confirming ---------------------------------------------------------------------------------------------------


async def test_updates_are_taken_in_order_and_confirmed_once(db: Database) -> None:
    bot, kept = Answers([update(3), update(4), update(8)], [], [update(20)]), Kept()
    await polled(db, bot, kept)
    assert kept.numbers == [3, 4, 8, 20]
    assert bot.offsets == [None, 9, None, 21]


async def test_a_webhook_is_taken_away_first_and_what_waits_there_is_kept(db: Database) -> None:
    bot = Answers([update(3)])
    await polled(db, bot, Kept())
    assert bot.told == [("deleteWebhook", {"drop_pending_updates": False})]
    kinds = ["message", "edited_message", "callback_query", "my_chat_member"]
    assert [asked["allowed_updates"] for asked in bot.asked] == [kinds, kinds]


async def test_what_could_not_be_kept_is_not_confirmed_and_comes_again(db: Database) -> None:
    bot = Answers([update(3), update(4), update(5)], [update(4), update(5)])
    kept = Kept(refuses={4: 1})
    polling = await polled(db, bot, kept)
    assert kept.numbers == [3, 5, 4, 5]
    assert bot.offsets == [None, 4, 6]
    assert polling.waited == [0.5]


async def test_nothing_is_confirmed_while_nothing_can_be_kept(db: Database) -> None:
    whole = [update(3), update(4)]
    bot, kept = Answers(whole, whole, whole, whole), Kept(refuses={3: 3, 4: 3})
    polling = await polled(db, bot, kept)
    assert bot.offsets == [None, None, None, None, 5]
    assert kept.numbers == [3, 4]
    assert polling.waited == [0.5, 1.0, 2.0]


async def test_where_asking_fails_the_same_is_confirmed_again(db: Database) -> None:
    bot = Answers([update(3)], NetworkError("x"), NetworkError("x"), [])
    await polled(db, bot, Kept())
    assert bot.offsets == [None, 4, 4, 4, None]


async def test_after_a_quiet_week_numbers_may_begin_lower(db: Database) -> None:
    bot, kept = Answers([update(900)], [], [update(3)]), Kept()
    await polled(db, bot, kept)
    assert kept.numbers == [900, 3]
    assert bot.offsets[-1] == 4


# --- what is odd --------------------------------------------------------------------------------------------------


async def test_an_update_that_breaks_the_program_is_passed_over(db: Database) -> None:
    bot, kept = Answers([update(3), update(4), update(5)]), Kept(breaks=(4,))
    with structlog.testing.capture_logs() as logs:
        await polled(db, bot, kept)
    assert kept.numbers == [3, 5]
    assert bot.offsets[-1] == 6
    assert [line["event"] for line in logs] == ["an update was passed over"]
    assert "秘密" not in str(logs)


@pytest.mark.parametrize("odd", [{"result": 5}, "x", 5, [{}], [5], [{"update_id": "3"}], [{"update_id": 2**70}]])
async def test_an_answer_that_makes_no_sense_is_asked_for_again_after_a_pause(db: Database, odd: Any) -> None:
    bot = Answers(odd, odd, [update(3)])
    polling = await polled(db, bot, numbered := _Numbered())
    assert numbered.last == 3
    assert polling.waited == [0.5, 1.0]
    assert bot.offsets == [None, None, None, 4]


class _Numbered:
    """Takes anything, and remembers the last number."""

    last: Any = None

    async def __call__(self, raw: bytes) -> None:
        found = json.loads(raw)
        self.last = found.get("update_id") if isinstance(found, dict) else None


async def test_poison_between_good_ones_is_set_aside_and_the_good_ones_answered(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    async with office(tmp_path) as desk:
        bot = Answers(
            [update(3, sender=11), {"update_id": 4, "message": 5}, update(5, sender=12), 7, "x", None],
            [{"update_id": 6, "message": message(text="\ud800")}, update(7, sender=13)],
            [{"update_id": 8, "message": message(text=deep)}, {"update_id": 9, "x": deep}, update(10, sender=14)],
            [{"no": "number"}, {"update_id": 11, "callback_query": {"id": "c", "data": "f:my"}}, update(12, sender=15)],
        )
        polling = Hasty(bot, BOT, desk.take, desk.app.db)
        await polling.start()
        await bot.all_given()
        await desk.door.answered(11, 12, 13, 14, 15)
        keys = {one.key for one in await desk.set_aside()}
        await polling.close()
        assert {"7:4", "7:8", "7:11"} <= keys
        assert len(keys) == 8
        assert bot.offsets == [None, 6, 8, 11, 13]


# --- troubles -----------------------------------------------------------------------------------------------------


async def test_pauses_grow_to_half_a_minute_and_begin_anew(db: Database) -> None:
    bot = Answers(*[NetworkError("secret://token")] * 9, [update(3)], NetworkError("x"))
    with structlog.testing.capture_logs() as logs:
        polling = await polled(db, bot, Kept())
    assert polling.waited == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 0.5]
    assert "token" not in str(logs)


async def test_another_program_that_asks_too_is_named_in_the_log(db: Database) -> None:
    bot, kept = Answers(Conflict("terminated by other getUpdates request"), [update(3)]), Kept()
    with structlog.testing.capture_logs() as logs:
        polling = await polled(db, bot, kept)
    assert kept.numbers == [3]
    assert polling.waited == [2.0]
    assert "another program asks" in logs[0]["event"]


async def test_a_webhook_that_was_set_meanwhile_is_taken_away_again(db: Database) -> None:
    bot, kept = Answers([update(3)], Conflict("can't use getUpdates while webhook is active"), [update(4)]), Kept()
    await polled(db, bot, kept)
    assert kept.numbers == [3, 4]
    assert bot.told == [("deleteWebhook", {"drop_pending_updates": False})] * 2


async def test_who_did_not_ask_for_a_while_confirms_nothing_by_an_old_number(db: Database) -> None:
    bot, kept = Answers([update(500)], NetworkError("x"), [update(7)]), Kept()
    polling = Losing(bot, BOT, kept, db)
    await polling.start()
    await bot.all_given()
    await polling.close()
    assert kept.numbers == [500, 7]
    assert bot.offsets == [None, 501, None, 8]


@pytest.mark.parametrize("refusal", [InvalidToken("x"), EndPointNotFound("x")])
async def test_a_token_that_is_refused_ends_nothing_and_is_not_hammered(db: Database, refusal: Exception) -> None:
    bot, kept = Answers(refusal, refusal, [update(3)]), Kept()
    with structlog.testing.capture_logs() as logs:
        polling = await polled(db, bot, kept)
    assert polling.waited == [60.0, 60.0]
    assert logs[0]["event"] == "Telegram refuses the token"
    assert kept.numbers == [3]


async def test_telegrams_own_time_to_wait_is_kept(db: Database) -> None:
    bot = Answers(RetryAfter(1234), [update(3)])
    polling = await polled(db, bot, Kept())
    assert polling.waited == [1234.0]


# --- ending and sharing -------------------------------------------------------------------------------------------


async def test_ending_hangs_up_at_once_and_waits_for_what_was_brought(db: Database) -> None:
    bot, begun, go, kept = Answers([update(3), update(4)]), asyncio.Event(), asyncio.Event(), Kept()

    async def slowly(raw: bytes) -> None:
        begun.set()
        await go.wait()
        await kept(raw)

    polling = Hasty(bot, BOT, slowly, db)
    await polling.start()
    await begun.wait()
    closing = asyncio.create_task(polling.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await closing
    assert kept.numbers == [3, 4]
    assert bot.offsets == [None]


async def test_an_open_question_does_not_hold_up_the_end(db: Database) -> None:
    bot = Answers()
    polling = Hasty(bot, BOT, Kept(), db)
    await polling.start()
    await bot.all_given()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await polling.close()
    assert bot.hung_up == 1


async def test_of_two_processes_one_asks_and_the_other_takes_over(db: Database) -> None:
    first, second = Answers(), Answers()
    holder = Polling(first, BOT, Kept(), db, look_seconds=0.01)
    waiter = Polling(second, BOT, Kept(), db, look_seconds=0.01)
    await holder.start()
    await first.all_given()
    await waiter.start()
    await asyncio.wait_for(_looked(waiter, times=3), PATIENCE_SECONDS)
    assert second.asked == []
    await holder.close()
    await second.all_given()
    await waiter.close()
    assert (len(first.asked), len(second.asked)) == (1, 1)
    assert second.told == [("deleteWebhook", {"drop_pending_updates": False})]


async def _looked(polling: Polling, times: int) -> None:
    """Until it has looked for the lease so often."""
    lease, enough, looks = polling._lease, asyncio.Event(), iter(range(times))
    hold = lease.hold

    async def counted() -> bool:
        if next(looks, None) is None:
            enough.set()
        return await hold()

    lease.hold = counted  # type: ignore[method-assign]
    await enough.wait()


# --- over HTTP ----------------------------------------------------------------------------------------------------


async def test_a_strict_platform_is_asked_as_it_wants_and_left_with_nothing(db: Database) -> None:
    async with served() as (emulator, url):
        bot, kept, all_here = Caller(TOKEN, url), Kept(), asyncio.Event()

        async def take(raw: bytes) -> None:
            await kept(raw)
            if len(kept.numbers) == 250:
                all_here.set()

        for number in range(1, 251):
            await emulator.arriving.enqueue(TOKEN, update(number))
        await emulator.arriving.set_webhook(TOKEN, {"url": "http://127.0.0.1:9/nowhere"})
        polling = Hasty(bot, BOT, take, db)
        await polling.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await all_here.wait()
            while emulator.arriving.waiting(TOKEN):  # noqa: ASYNC110 - confirmed by the next question
                await asyncio.sleep(0.01)
        await polling.close()
        await bot.close_connections()
        assert kept.numbers == list(range(1, 251))
        assert emulator.arriving.address(TOKEN) == ""
        assert polling.waited == []


async def test_half_a_character_in_one_update_does_not_hold_up_those_that_came_with_it(tmp_path: Path) -> None:
    async with office(tmp_path) as desk, served() as (emulator, url):
        bot = Caller(TOKEN, url)
        for number, text in enumerate(("您好", "\ud83d", "您好"), 1):
            await emulator.arriving.enqueue(TOKEN, update(number, text, sender=10 + number))
        polling = Polling(bot, BOT, desk.take, desk.app.db)
        await polling.start()
        await desk.door.answered(11, 13)
        await polling.close()
        await bot.close_connections()
        assert len(await desk.set_aside()) == 1


async def test_telegram_calls_the_address_it_was_told_with_the_secret(tmp_path: Path) -> None:
    async with office(tmp_path) as desk, served() as (emulator, url):
        bot = Caller(TOKEN, url)
        part = Registration(bot, str(desk.site.make_url("")), SECRET, local=True)
        await emulator.arriving.enqueue(TOKEN, update(1, sender=11))
        await part.start()
        await desk.door.answered(11)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while emulator.arriving.waiting(TOKEN):  # noqa: ASYNC110 - it hears of the end a moment after the answer
                await asyncio.sleep(0.01)
        await part.close()
        await bot.close_connections()
        assert [address for address, _text in desk.door.sent] == ["11"]
