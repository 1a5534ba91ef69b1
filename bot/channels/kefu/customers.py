"""Who the owners are, as WeChat tells it: their nicknames, and the name by which its other platforms know them.

WeChat tells it only of who was there in the last 48 hours, so it is asked at the first contact (D95159).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.channels.kefu.arrivals import NAME
from bot.channels.wecom.calling import Caller
from handlers.cleaning import kept, one_line
from storage import people, unionids
from storage.db import Database
from storage.faults import where_of
from storage.transaction import Tx

log = structlog.get_logger()

MOST_ASKED = 100
LONGEST_NAME = 64
#: So many addresses are remembered as asked about; then everybody may be asked about once more.
MOST_REMEMBERED = 50_000
Profile = tuple[str, str, str]


class Customers:
    """Asks about those who have no name yet, each once. Nothing hangs on the answer."""

    def __init__(self, caller: Caller, db: Database) -> None:
        self._caller, self._db = caller, db
        self._asked: set[str] = set()

    async def ask(self, addresses: Sequence[str], now: datetime) -> None:
        """Ask about these people, and keep what is told. Raises nothing: messages are not to wait for names."""
        new = [one for one in addresses if one not in self._asked]
        if len(self._asked) > MOST_REMEMBERED:
            self._asked.clear()
        self._asked.update(new)
        try:
            for at in range(0, len(new), MOST_ASKED):
                told = await self._told(new[at : at + MOST_ASKED])
                await self._db.write(keep, told, now)
        except Exception as error:
            log.warning("customer service did not say who is writing", error=where_of(error))

    async def _told(self, addresses: Sequence[str]) -> list[Profile]:
        asked = {"external_userid_list": list(addresses), "need_enter_session_context": 0}
        answer = await self._caller.call("kf/customer/batchget", asked, safe=True)
        listed = answer.get("customer_list")
        return [_profile(one) for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _profile(told: Mapping[str, Any]) -> Profile:
    """Address, nickname and unionid, "" where one is not told."""
    address, name, unionid = (told.get(key) for key in ("external_userid", "nickname", "unionid"))
    return _text(address), one_line(kept(_text(name)))[:LONGEST_NAME], _text(unionid)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def keep(tx: Tx, profiles: Sequence[Profile], now: datetime) -> None:
    """A nickname names who has no name yet; a unionid is kept for its other platforms."""
    for address, name, unionid in profiles:
        found = people.find(tx, NAME, address)
        person = found[1] if found else None
        if person is None:
            continue
        if name and not person.name:
            people.change(tx, person.id, name=name)
        if unionid:
            unionids.keep(tx, kept(unionid), person.id, now)
