"""Customer groups of a colleague: an announcement is a task that the colleague lets go in WeCom, and waits for that.

https://developer.work.weixin.qq.com/document/path/92135 and 93338
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from bot.channels import posting
from bot.channels.contract import Limits, OnlyPushes, OutcomeUnknown, Receipt, TryLater
from bot.channels.wecom.calling import Caller, Refusal
from bot.channels.wecom.meanings import MEANINGS, Sort, meant
from bot.channels.wecom.settings import caller_of
from bot.connected import Connected
from bot.running import Running
from bot.tending import Tending
from domain.doors import cut_to, octets
from domain.messages import Message
from domain.office import Office
from handlers import confirmations
from handlers.confirmations import CUSTOMERS
from storage.confirmations import Waiting
from storage.db import Database

log = structlog.get_logger()

MOST_BYTES, LONGEST_TITLE, LONGEST_URL = 4000, 128, 2048
LOOK_SECONDS = 600.0
LET_GO = 2
DISPATCHING = 41063
#: How long a mass message is handed out by the platform before it can be asked about.
PAUSE_SECONDS = 60.0


class CustomerGroups(OnlyPushes):
    """Hands an announcement to a colleague, whose userid is the address. office: as it is now."""

    name = CUSTOMERS
    limits = Limits(a_second=5)

    def __init__(self, caller: Caller, office: Callable[[], Office]) -> None:
        self._caller, self._office = caller, office

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Hand a message over; it waits until the colleague lets it go. Raises as the contract says."""
        try:
            result = await self._caller.call(
                "externalcontact/add_msg_template", task_of(address, message, self._office())
            )
        except Refusal as refusal:
            if refusal.code == DISPATCHING:
                raise TryLater(MEANINGS[DISPATCHING].words, PAUSE_SECONDS) from None
            raise meant(refusal) from None
        if failed := result.get("fail_list"):
            log.warning("some customer groups do not get it", groups=len(failed))
        msgid = result.get("msgid")
        if not isinstance(msgid, str) or not msgid:
            raise OutcomeUnknown()
        return Receipt(msgid, waiting=True)

    async def close(self) -> None:
        """Give up what is held open."""
        await self._caller.close()


def task_of(userid: str, message: Message, office: Office) -> dict[str, Any]:
    """The task for all customer groups of somebody: the words, and the page as a card below them."""
    content = posting.worded(message, office, MOST_BYTES, posting.PLAIN)
    fields: dict[str, Any] = {"chat_type": "group", "sender": userid, "text": {"content": content}}
    page = posting.page_of(message)
    if page is not None and page.url and octets(page.url) <= LONGEST_URL:
        title = cut_to(message.title, LONGEST_TITLE, octets) or page.label
        fields["attachments"] = [{"msgtype": "link", "link": {"title": title, "url": page.url}}]
    return fields


class Confirming:
    """Asks what became of the tasks that wait for a colleague."""

    def __init__(self, db: Database, caller: Caller, clock: Callable[[], datetime]) -> None:
        self._db, self._caller, self._clock = db, caller, clock

    async def look(self) -> None:
        """Ask about every task that waits; what the platform cannot say now is asked again next time."""
        try:
            await self._ask()
        except TryLater as error:
            log.warning("what waits for a colleague is asked about later", why=str(error))

    async def _ask(self) -> None:
        for one in await self._db.read(confirmations.outstanding):
            try:
                gone = await self._is_let_go(one)
            except Refusal as refusal:
                if refusal.meaning.sort in (Sort.REFRESH, Sort.PAUSE, Sort.ALARM):
                    raise meant(refusal) from None
                log.warning("a mass message cannot be asked about", row=one.id, code=refusal.code)
                gone = False
            settle = confirmations.let_go if gone else confirmations.still_waits
            await self._db.write(settle, one, self._clock())

    async def _is_let_go(self, one: Waiting) -> bool:
        """Whether the colleague has let it go. Raises Refusal."""
        found = await self._caller.call(
            "externalcontact/get_groupmsg_task", {"msgid": one.ref, "limit": 100}, safe=True
        )
        tasks = found.get("task_list")
        mine = [task for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []
        return any(
            task.get("status") == LET_GO and str(task.get("userid", "")).casefold() == one.address.casefold()
            for task in mine
        )


def connected(app: Running) -> Connected | None:
    """The customer groups of the office's colleagues, where the app is set up."""
    caller = caller_of(app)
    if caller is None:
        return None
    confirming = Confirming(app.db, caller, app.clock.now)
    tending = Tending(app.db, "confirmations", confirming.look, frozenset(), look_seconds=LOOK_SECONDS)
    return Connected(CustomerGroups(caller, lambda: app.db.office), [tending])
