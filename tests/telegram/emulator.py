"""A Bot API server of somebody else's making, with what it lacks: a username, chats that are kept, faults and rates.

What it answers by itself stays its own; `test_emulator.py` holds both beside each other. People at the other end use
it over HTTP (`/__chat/…`), as programs of ours do. `python -m tests.telegram.emulator PORT` runs one by itself.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator

from tests.telegram import front, menus
from tests.telegram.arriving import Arriving
from tests.telegram.entities import CannotParse, plain
from tests.telegram.faults import BROKEN, Schedule
from tests.telegram.front import USERNAME
from tests.telegram.rates import Counter, Rates

Json = dict[str, Any]

LOOK_SECONDS = 0.02
MOST_FILE_BYTES = 20 * 1024 * 1024

#: Parameters the Bot API knows and the emulator does not.
KNOWN_MORE: dict[str, frozenset[str]] = {
    "sendMessage": frozenset(("link_preview_options",)),
    "editMessageText": frozenset(("link_preview_options",)),
}
#: What is counted against the rates.
COUNTED = ("send", "edit")
#: The words of a message stand in these.
WORDED = ("text", "caption")


class Unanswered(Exception):
    """The line goes dead after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Call:
    """One call of the bot, as the platform saw it. status: 200, that of its refusal, or 0 where the line went dead.

    at, wall: when, in seconds of a clock that only goes forward, and of the wall.
    text: what a person reads. keyboard: rows of buttons. files: file ids. taken: it had its effect.
    """

    number: int
    at: float
    method: str
    chat: int
    text: str = ""
    keyboard: list[list[Json]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    message: int = 0
    status: int = 200
    taken: bool = True
    reason: str = ""
    fields: Json = field(default_factory=dict)
    wall: float = 0


class Emulator(LoBotApiEmulator):  # type: ignore[misc]
    """The emulator with memory. calls: everything the bot asked for; said: what it sent or edited. rates: None: any."""

    def __init__(self, rates: Rates | None = None) -> None:
        super().__init__(max_assets=100_000, max_history=10)
        self.arriving = self._update_queues = Arriving()
        self.faults = Schedule()
        self.counter = Counter(rates) if rates else None
        self.calls: list[Call] = []
        self.said: list[Call] = []
        self.shown: defaultdict[int, dict[int, Json]] = defaultdict(dict)
        self.pinned: defaultdict[int, list[int]] = defaultdict(list)
        self.presses: set[str] = set()
        self.wall: Callable[[], float] = time.time
        self.blocked: set[int] = set()
        self.menus: menus.Menus = {}
        self._changed = asyncio.Condition()
        self._news: set[asyncio.Task[None]] = set()

    # --- what the bot calls ---------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.Response:
        """A call; where the line is to go dead, nothing is answered."""
        try:
            answer: web.Response = await super().handle(request)
        except Unanswered as dead:
            self._tell()
            await _hang(request, dead.seconds)
            return web.Response()
        self._tell()
        return answer

    def validate(self, method: str, fields: Json, uploads: Json) -> Any:
        """Answer a call, and keep it. Raises ApiRefusal or Unanswered."""
        if method in ("getUpdates", "getFile"):
            return self._checked(method, fields, uploads)
        call = self._noted(method, fields)
        fault = self.faults.due(method, call.chat)
        try:
            if fault is not None and fault.kind not in BROKEN:
                raise ApiRefusal(*fault.answer())
            if fault is not None and not BROKEN[fault.kind]:
                call.taken = False
                raise Unanswered(fault.seconds)
            self._count(call)
            result = self._checked(method, fields, uploads)
            self._keep(call, result)
            if fault is not None:
                raise Unanswered(fault.seconds)
        except ApiRefusal as refusal:
            call.status, call.reason, call.taken = refusal.status, refusal.description, False
            raise
        except Unanswered:
            call.status = 0
            raise
        return result

    def _noted(self, method: str, fields: Json) -> Call:
        chat = self.bound_integer(fields.get("chat_id")) or 0
        kept = {key: value for key, value in fields.items() if key not in WORDED}
        call = Call(len(self.calls) + 1, time.monotonic(), method, chat, fields=kept, wall=self.wall())
        self.calls.append(call)
        return call

    def _count(self, call: Call) -> None:
        if self.counter is None or not call.method.startswith(COUNTED):
            return
        wait = self.counter.too_fast(call.chat, call.at)
        if wait > 0:
            after = int(wait) + 1
            raise ApiRefusal(f"Too Many Requests: retry after {after}", 429, {"retry_after": after})

    def _checked(self, method: str, fields: Json, uploads: Json) -> Any:
        """The original's answer, after what it does not know; tables of ours come first."""
        if fields.get("chat_id") is not None and self.bound_integer(fields["chat_id"]) in self.blocked:
            raise ApiRefusal("Forbidden: bot was blocked by the user", 403)
        if method in OWN:
            return OWN[method](self, fields)
        asked = {key: value for key, value in fields.items() if key not in KNOWN_MORE.get(method, ())}
        if method.startswith("edit"):
            self._editable(asked)
        result = super().validate(method, _read_as_html(asked), uploads)
        if method == "setMyCommands":
            menus.keep(self.menus, self.blocked, asked)
        if method == "getMe":
            result = {**result, "username": USERNAME}
        if method == "getFile":
            result = self._sized(result)
        if method == "answerCallbackQuery":
            self._press_answered(str(fields.get("callback_query_id")))
        return self._edited(fields, result) if method.startswith("edit") else _each_its_own(result)

    def _editable(self, fields: Json) -> None:
        chat, number = self.bound_integer(fields.get("chat_id")), self.bound_integer(fields.get("message_id"))
        if number is not None and number not in self.shown[chat or 0]:
            raise ApiRefusal("Bad Request: message to edit not found")

    def _edited(self, fields: Json, result: Json) -> Json:
        chat = result["chat"]["id"]
        before = self.shown[chat][result["message_id"]]
        after = {**before, **result, "edit_date": 2}
        if "reply_markup" not in result:
            after.pop("reply_markup", None)
        if all(before.get(part) == after.get(part) for part in (*WORDED, "reply_markup")):
            raise ApiRefusal("Bad Request: message is not modified: its content and reply markup are exactly the same")
        return after

    def _sized(self, result: Json) -> Json:
        size = len(self.assets[result["file_id"]].get("data", b""))
        if size > MOST_FILE_BYTES:
            raise ApiRefusal("Bad Request: file is too big")
        return {**result, "file_size": size}

    def _press_answered(self, query: str) -> None:
        if query not in self.presses:
            raise ApiRefusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.presses.discard(query)

    def _keep(self, call: Call, result: Any) -> None:
        """Keep what a call has sent or edited."""
        for message in result if isinstance(result, list) else [result]:
            if isinstance(message, dict) and "message_id" in message:
                message["chat"]["type"] = "private" if call.chat > 0 else "supergroup"
                message.setdefault("from", {"id": 7, "is_bot": True, "first_name": "Fixture", "username": USERNAME})
                self.shown[call.chat][message["message_id"]] = message
                call.message = message["message_id"]
                call.text = call.text or message.get("text") or message.get("caption") or ""
                call.keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
                call.files += files_of(message)
        if call.message:
            self.said.append(call)

    # --- what people do -------------------------------------------------------------------------------------------

    def app(self) -> web.Application:
        """The Bot API and, beside it, what people at the other end use."""
        app: web.Application = super().app()
        app.add_routes(front.routes(self))
        app.on_shutdown.append(self._close)
        return app

    def new_message_id(self) -> int:
        """The next number of a message, whoever writes it."""
        self.next_id += 1
        return int(self.next_id - 1)

    async def until_called(self, after: int, seconds: float) -> None:
        """Wait until there are more than `after` calls, or so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: len(self.calls) > after)

    async def _close(self, app: web.Application) -> None:
        await self._update_queues.close()

    def _tell(self) -> None:
        task = asyncio.create_task(self._told())
        self._news.add(task)
        task.add_done_callback(self._news.discard)

    async def _told(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _hang(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, or until the bot hangs up; then hang up."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and request.transport is not None:  # noqa: ASYNC110 - nobody tells of a hang-up
        await asyncio.sleep(LOOK_SECONDS)
    if request.transport is not None:
        request.transport.abort()


def _pin(emulator: Emulator, fields: Json) -> bool:
    chat, number = int(fields["chat_id"]), int(fields["message_id"])
    if number not in emulator.shown[chat]:
        raise ApiRefusal("Bad Request: message to pin not found")
    emulator.pinned[chat].append(number)
    return True


#: Methods the emulator does not have.
OWN = {"pinChatMessage": _pin}


def _read_as_html(fields: Json) -> Json:
    """The fields with their words as a person reads them; the platform's limits count those."""
    if fields.get("parse_mode") != "HTML":
        return fields
    try:
        return {**fields, **{part: plain(fields[part]) for part in WORDED if isinstance(fields.get(part), str)}}
    except CannotParse as error:
        raise ApiRefusal(f"Bad Request: can't parse entities: {error}") from None


def _each_its_own(result: Any) -> Any:
    """The parts of an album are messages of their own; the emulator gives them all one id."""
    if isinstance(result, list) and result and "media_group_id" in result[0]:
        return [{**part, "message_id": result[0]["message_id"] + at} for at, part in enumerate(result)]
    return result


def files_of(message: Json) -> list[str]:
    """The file ids in a message, the largest of a photo's sizes."""
    photo = [message["photo"][-1]["file_id"]] if message.get("photo") else []
    kinds = ("document", "video", "voice", "audio", "animation", "video_note")
    return photo + [message[kind]["file_id"] for kind in kinds if kind in message]


@asynccontextmanager
async def served(rates: Rates | None = None) -> AsyncIterator[tuple[Emulator, str]]:
    """A running platform and its address, in this loop."""
    made = Emulator(rates)
    server = TestServer(made.app())
    await server.start_server()
    yield made, str(server.make_url("")).rstrip("/")
    await server.close()


if __name__ == "__main__":
    web.run_app(Emulator().app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
