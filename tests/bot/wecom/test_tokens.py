"""Tokens: asked for early and once, by one process, and never hammered for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.channels.contract import TryLater
from bot.channels.wecom.meanings import MEANINGS, Refusal
from bot.channels.wecom.tokens import ASKING_SECONDS, EARLY, Stopped, Tokens
from bot.lease import process_name
from storage import platform_tokens
from storage.db import Database
from storage.engines import is_sqlite
from tests.bot.platforms import Clock
from tests.databases import PLAIN

LIFE_SECONDS = 7200.0
APP = "wecom:app"


class Platform:
    """Gives tokens: the same one while it is good, as WeCom does."""

    def __init__(self) -> None:
        self.asked = self.made = 0
        self.token = ""
        self.fails: list[Exception] = []
        self.life = LIFE_SECONDS
        self.open = asyncio.Event()
        self.open.set()
        self.begun = asyncio.Event()

    async def ask(self) -> tuple[str, float]:
        """What gettoken says."""
        self.asked += 1
        self.begun.set()
        await self.open.wait()
        if self.fails:
            raise self.fails.pop(0)
        if not self.token:
            self.made += 1
            self.token = f"token{self.made}"
        return self.token, self.life

    def revoke(self) -> None:
        """The token is good no more."""
        self.token = ""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def there() -> Platform:
    return Platform()


@asynccontextmanager
async def process(db: Database, there: Platform, clock: Clock) -> AsyncIterator[Tokens]:
    """A process of its own: its own database threads, its own memory."""
    own = Database(db.url, PLAIN)
    await own.start()
    made = Tokens(own, APP, there.ask, clock)
    yield made
    await made.close()
    await own.close()


async def settled(tokens: Tokens) -> None:
    """Wait until what is asked for while the old token serves has come, or has not."""
    if tokens._renewing is not None:
        await asyncio.wait([tokens._renewing])


# --- once ---------------------------------------------------------------------------------------------------------


async def test_fifty_who_need_a_token_at_once_ask_once(db: Database, there: Platform, clock: Clock) -> None:
    async with process(db, there, clock) as tokens:
        assert set(await asyncio.gather(*(tokens.get() for _ in range(50)))) == {"token1"}
        assert there.asked == 1


async def test_two_processes_ask_once(db: Database, there: Platform, clock: Clock) -> None:
    there.open.clear()
    async with process(db, there, clock) as one, process(db, there, clock) as other:
        waiting = [asyncio.create_task(tokens.get()) for tokens in (one, other) for _ in range(25)]
        await there.begun.wait()
        there.open.set()
        assert set(await asyncio.gather(*waiting)) == {"token1"}
        assert there.asked == 1


async def test_a_token_outlives_a_restart(db: Database, there: Platform, clock: Clock) -> None:
    async with process(db, there, clock) as before:
        await before.get()
    clock.move(seconds=LIFE_SECONDS / 2)
    async with process(db, there, clock) as after:
        assert await after.get() == "token1"
    assert there.asked == 1


async def test_apps_have_tokens_of_their_own(db: Database, clock: Clock) -> None:
    one, other = Platform(), Platform()
    other.made = 7
    tokens = [Tokens(db, "wecom:app", one.ask, clock), Tokens(db, "wecom:kefu", other.ask, clock)]
    assert [await each.get() for each in tokens] == ["token1", "token8"]


async def test_who_goes_away_while_waiting_does_not_end_the_asking_for_others(
    db: Database, there: Platform, clock: Clock
) -> None:
    there.open.clear()
    async with process(db, there, clock) as tokens:
        first, second = (asyncio.create_task(tokens.get()) for _ in range(2))
        await there.begun.wait()
        first.cancel()
        await asyncio.wait([first])
        there.open.set()
        assert await second == "token1"
        assert there.asked == 1


# --- early --------------------------------------------------------------------------------------------------------


async def test_another_is_asked_for_early_and_the_old_one_used_meanwhile(
    db: Database, there: Platform, clock: Clock
) -> None:
    async with process(db, there, clock) as tokens:
        await tokens.get()
        clock.move(seconds=LIFE_SECONDS * EARLY - 1)
        await tokens.get()
        assert there.asked == 1
        there.revoke()
        clock.move(seconds=2)
        there.open.clear()
        assert await tokens.get() == "token1"
        there.open.set()
        await settled(tokens)
        assert await tokens.get() == "token2"
        assert there.asked == 2


async def test_a_platform_that_gives_the_same_token_again_is_not_asked_at_every_call(
    db: Database, there: Platform, clock: Clock
) -> None:
    async with process(db, there, clock) as tokens:
        await tokens.get()
        clock.move(seconds=LIFE_SECONDS * EARLY + 1)
        there.life = LIFE_SECONDS * (1 - EARLY) - 1
        for _ in range(20):
            await tokens.get()
            await settled(tokens)
        assert there.asked == 2


async def test_after_its_end_a_token_is_used_no_more(db: Database, there: Platform, clock: Clock) -> None:
    async with process(db, there, clock) as tokens:
        await tokens.get()
        there.revoke()
        clock.move(seconds=LIFE_SECONDS + 1)
        assert await tokens.get() == "token2"


# --- given up before its time -------------------------------------------------------------------------------------


async def test_a_refused_token_is_replaced_once_for_all_who_held_it(
    db: Database, there: Platform, clock: Clock
) -> None:
    async with process(db, there, clock) as one, process(db, there, clock) as other:
        assert [await one.get(), await other.get()] == ["token1", "token1"]
        there.revoke()
        await asyncio.gather(*(tokens.refused("token1") for tokens in (one, other) for _ in range(10)))
        found = await asyncio.gather(*(tokens.get() for tokens in (one, other) for _ in range(10)))
        assert set(found) == {"token2"}
        await other.refused("token1")
        assert await other.get() == "token2"
        assert there.asked == 2


async def test_a_token_is_given_up_at_most_once_a_minute(db: Database, there: Platform, clock: Clock) -> None:
    async with process(db, there, clock) as tokens:
        await tokens.refused(await tokens.get())
        token = await tokens.get()
        clock.move(seconds=20)
        for _ in range(10):
            with pytest.raises(TryLater) as later:
                await tokens.refused(token)
            assert later.value.seconds == pytest.approx(40)
        assert there.asked == 2
        clock.move(seconds=40)
        await tokens.refused(token)
        assert there.asked == 2
        await tokens.get()
        assert there.asked == 3


# --- no token -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [40001, 40013])
async def test_a_refused_secret_is_tried_once_in_ten_minutes_and_shown(
    db: Database, there: Platform, clock: Clock, code: int
) -> None:
    there.fails = [Refusal(code, {}), Refusal(code, {})]
    async with process(db, there, clock) as one, process(db, there, clock) as other:
        with capture_logs() as logs:
            for tokens in (one, other, one, other):
                with pytest.raises(Stopped) as stopped:
                    await tokens.get()
                assert 0 < (stopped.value.seconds or 0) <= 600
            assert there.asked == 1
            assert await db.read(platform_tokens.stopped) == [(APP, MEANINGS[code].words)]
            clock.move(seconds=601)
            for tokens in (one, other):
                with pytest.raises(Stopped):
                    await tokens.get()
            assert there.asked == 2
        errors = [line for line in logs if line["log_level"] == "error"]
        assert [(line["app"], line["code"]) for line in errors] == [(APP, code)]
        clock.move(seconds=601)
        assert await one.get() == "token1"
        assert await db.read(platform_tokens.stopped) == []


async def test_a_token_that_is_still_good_is_used_though_the_secret_is_refused(
    db: Database, there: Platform, clock: Clock
) -> None:
    async with process(db, there, clock) as tokens:
        await tokens.get()
        clock.move(seconds=LIFE_SECONDS * EARLY + 1)
        there.fails = [Refusal(40001, {})]
        for _ in range(20):
            assert await tokens.get() == "token1"
            await settled(tokens)
        assert there.asked == 2
        assert [name for name, _why in await db.read(platform_tokens.stopped)] == [APP]


@pytest.mark.parametrize("error", [Refusal(-1, {}), TryLater("down"), Refusal(45009, {}), Refusal(60020, {})])
async def test_a_platform_that_gives_none_now_is_left_alone_for_a_while(
    db: Database, there: Platform, clock: Clock, error: Exception
) -> None:
    there.fails = [error]
    async with process(db, there, clock) as one, process(db, there, clock) as other:
        for tokens in (one, other, one, other):
            with pytest.raises(TryLater) as later:
                await tokens.get()
            assert later.value.seconds
        assert there.asked == 1
        clock.move(seconds=601)
        assert await other.get() == "token1"


async def test_a_process_that_dies_while_asking_holds_nobody_up_for_long(
    db: Database, there: Platform, clock: Clock
) -> None:
    until = clock() + timedelta(seconds=ASKING_SECONDS)
    _found, ours = await db.write(platform_tokens.claim, APP, "another-machine-1-x", clock(), until)
    assert ours
    async with process(db, there, clock) as tokens:
        waiting = asyncio.create_task(tokens.get())
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        assert there.asked == 0
        clock.move(seconds=ASKING_SECONDS + 1)
        assert await waiting == "token1"


async def test_a_process_of_this_machine_that_was_killed_while_asking_is_not_waited_for_on_an_embedded_database(
    db: Database, there: Platform, clock: Clock
) -> None:
    killed = f"{process_name().rpartition('-')[0]}-{'0' * 24}"
    until = clock() + timedelta(seconds=ASKING_SECONDS)
    await db.write(platform_tokens.claim, APP, killed, clock(), until)
    async with process(db, there, clock) as tokens:
        waiting = asyncio.create_task(tokens.get())
        if not is_sqlite(db.url):
            clock.move(seconds=ASKING_SECONDS + 1)
        assert await waiting == "token1"


async def test_a_clock_that_was_wrong_does_not_stop_the_asking(db: Database, there: Platform, clock: Clock) -> None:
    clock.move(days=400)
    async with process(db, there, clock) as tokens:
        await tokens.get()
        await tokens.refused("token1")
    clock.move(days=-400)
    there.revoke()
    async with process(db, there, clock) as tokens:
        await tokens.get()
        await tokens.refused(await tokens.get())
        assert there.asked >= 2


async def test_nothing_of_a_token_or_secret_is_logged(db: Database, there: Platform, clock: Clock) -> None:
    there.fails = [Refusal(40001, {"errmsg": "secret=hush"}), ValueError("secret=hush")]
    async with process(db, there, clock) as tokens:
        with capture_logs() as logs:
            with pytest.raises(Stopped):
                await tokens.get()
            clock.move(seconds=601)
            with pytest.raises(ValueError, match="hush"):
                await tokens.get()
            await asyncio.sleep(0)
        assert logs
        assert "hush" not in str(logs)
