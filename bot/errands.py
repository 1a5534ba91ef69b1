"""What a conversation asks for that needs hands for files: done after its commit, and answered in the chat."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import segno
import structlog

from bot.filestore import FileStore
from bot.uploads import plan_workbook, write_workbook
from domain.errors import Refused
from domain.messages import Message, Promised
from domain.people import Person
from handlers import invitations
from handlers.words import _, of_error, speaking
from storage import files, outbox, people, recipients
from storage.db import Database
from storage.faults import where_of
from storage.transaction import Signal, Tx

log = structlog.get_logger()

TOPIC = "errand"
#: A square that phones read from a screen at arm's length, in pixels a module.
SCALE_PX = 8


async def draw_invitation(db: Database, store: FileStore, _now: datetime, _person: Person, code: str) -> Message:
    """The link of an invitation as a square to scan."""
    drawn = io.BytesIO()
    link = invitations.link(code, db.office.url)
    await asyncio.to_thread(segno.make(link, error="m").save, drawn, kind="png", scale=SCALE_PX)
    data = drawn.getvalue()
    digest = await asyncio.to_thread(store.put, data)
    picture = Promised(_("invitation") + ".png", "image/png", len(data), digest)
    text = _("To scan with their phone, or to send on. Whoever opens it first takes the place.")
    return await db.write(_with_picture, Message(text), picture, _person, _now)


def _with_picture(tx: Tx, message: Message, picture: Promised, person: Person, now: datetime) -> Message:
    record = files.add(tx, picture, "", person.id, now)
    return Message(message.text, message.title, files=(record.attachment,))


#: By the name in the signal (errand, name, person, …): what is done, and answered to that person.
ERRANDS: Mapping[str, Callable[..., Awaitable[Message]]] = MappingProxyType(
    {
        "draw invitation": draw_invitation,
        "plan workbook": plan_workbook,
        "write workbook": write_workbook,
    }
)


class Errands:
    """Runs each errand once, in the process whose commit asked for it; who is not answered may ask again."""

    def __init__(self, db: Database, store: FileStore, now: Callable[[], datetime]) -> None:
        self._db, self._store, self._now = db, store, now
        self._running: set[asyncio.Task[None]] = set()

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled."""
        for signal in signals:
            match signal:
                case (topic, str(name), int(person), *details) if topic == TOPIC:
                    task = asyncio.get_running_loop().create_task(self._run(name, person, *details))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)

    async def start(self) -> None:
        """Nothing waits from before: an errand lives no longer than its process."""

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, name: str, person_id: int, *details: Any) -> None:
        person = await self._db.read(people.get, person_id)
        if person is None:
            return
        with speaking(person.language):
            message = await self._answer(name, person, *details)
        await self._db.write(_say, person.id, message, self._now())

    async def _answer(self, name: str, person: Person, *details: Any) -> Message:
        try:
            return await ERRANDS[name](self._db, self._store, self._now(), person, *details)
        except Refused as refusal:
            return Message(of_error(refusal))
        except Exception as error:  # the person waits for a word, whatever went wrong
            log.error("errand failed", errand=name, error=where_of(error))
            return Message(_("Something went wrong on our side. Please try again in a minute."))


def _say(tx: Tx, person: int, message: Message, now: datetime) -> None:
    one = recipients.one(tx, person)
    if one is not None:
        outbox.say(tx, one.address, person, message, now)
