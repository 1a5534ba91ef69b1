"""What the platform brings to a bot: every kind of update, polled for or posted to it until it is acknowledged."""

from __future__ import annotations

import asyncio
import copy
from contextlib import suppress
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from lo_bot_api_emulator.updates import UpdateQueues, integer

Json = dict[str, Any]

#: Between two tries of an update the bot did not acknowledge: twice as long each time.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.4
CONNECTIONS = 40
POST_SECONDS = 10.0


class Arriving(UpdateQueues):  # type: ignore[misc]
    """The emulator's queues, with every kind of update, odd ones too, and a webhook as Telegram has it.

    One chat's updates are posted one after the other, different chats' side by side, each until it gets a 200.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(record=lambda item: None, max_updates=100_000, insecure_webhooks=True, **more)
        self._lanes: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._http: ClientSession | None = None
        self.posts = 0

    async def enqueue(self, token: str, update: Json) -> int:
        """Take any object as an update; its id is the next one where it names none."""
        state = self._state(token)
        async with state.condition:
            update = copy.deepcopy(update)
            number = integer(update.get("update_id", state.next_id), state.next_id, 2**63 - 1)
            update["update_id"] = number
            state.next_id = number + 1
            state.updates.append(update)
            state.condition.notify_all()
        self._go(token, chat_of(update))
        return int(number)

    def waiting(self, token: str) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._state(token).updates)

    def address(self, token: str) -> str:
        """Where updates are posted to, "" for nowhere."""
        return str(self._state(token).url)

    def asked(self, token: str) -> bool:
        """Whether somebody is asking for updates right now."""
        return bool(self._state(token).polling)

    async def deliver(self, token: str) -> int:
        """Set the posting going, in the background; where nothing is posted to, nothing happens."""
        for chat in {chat_of(update) for update in self._state(token).updates}:
            self._go(token, chat)
        return 0

    def _go(self, token: str, chat: int) -> None:
        lane = self._lanes.get((token, chat))
        if self._state(token).url and (lane is None or lane.done()):
            self._lanes[token, chat] = asyncio.create_task(self._lane(token, chat))

    async def close(self) -> None:
        """Post no more."""
        for lane in self._lanes.values():
            lane.cancel()
            with suppress(asyncio.CancelledError):
                await lane
        if self._http is not None:
            await self._http.close()

    async def _lane(self, token: str, chat: int) -> None:
        state = self._state(token)
        while state.url and (update := self._next(token, chat)) is not None:
            pause = FIRST_PAUSE_SECONDS
            while state.url and not await self._post(state.url, state.secret, update):
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            if update in state.updates and state.url:
                state.updates.remove(update)

    def _next(self, token: str, chat: int) -> Json | None:
        state = self._state(token)
        wanted = (one for one in state.updates if not state.allowed or any(kind in one for kind in state.allowed))
        return next((one for one in wanted if chat_of(one) == chat), None)

    async def _post(self, url: str, secret: str | None, update: Json) -> bool:
        if self._http is None:
            self._http = ClientSession(timeout=ClientTimeout(total=POST_SECONDS))
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self.posts += 1
        async with self._slots:
            with suppress(ClientError, TimeoutError, ConnectionError):
                async with self._http.post(url, json=update, headers=headers, allow_redirects=False) as answer:
                    return 200 <= answer.status < 300
        return False


def chat_of(update: Json) -> int:
    """The chat an update belongs to; 0 where it says none, or nothing sensible."""
    for body in (body for body in update.values() if isinstance(body, dict)):
        message = body.get("message") if isinstance(body.get("message"), dict) else {}
        for place in (body.get("chat"), (message or {}).get("chat"), body.get("from")):
            if isinstance(place, dict) and isinstance(place.get("id"), int):
                return int(place["id"])
    return 0
