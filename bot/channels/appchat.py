"""Groups that the app makes for the officials of a unit: made, kept in step with their roles, and posted to.

https://developer.work.weixin.qq.com/document/path/90245, 98913 and 90248
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import structlog

from bot.channels import posting
from bot.channels.contract import Limits, OnlyPushes, Receipt, TryLater
from bot.channels.wecom.calling import Caller, Refusal
from bot.channels.wecom.meanings import meant
from bot.channels.wecom.settings import caller_of
from bot.connected import Connected
from bot.running import Running
from bot.tending import Tending
from domain.messages import Message
from domain.office import Office
from handlers import unit_groups
from handlers.unit_groups import LEAST_MEMBERS, UNIT_GROUP, WANTED, Wanted
from storage.db import Database
from storage.people import ROLES_CHANGED

log = structlog.get_logger()

MOST_BYTES = 2048
MOST_MEMBERS = 2000
#: How often it is looked whether somebody has joined a unit or left it without a word of this process.
LOOK_SECONDS = 60.0
THERE, TOO_SMALL, NOT_THERE = 86215, 86006, frozenset({86001, 86003, 49008})


class AppChat(OnlyPushes):
    """Posts in groups of the app; the address is the name by which it made the group. office: as it is now."""

    name = UNIT_GROUP
    limits = Limits(group=200, group_seconds=60)

    def __init__(self, caller: Caller, office: Callable[[], Office]) -> None:
        self._caller, self._office = caller, office

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Post a message; what was posted before stays. Raises as the contract says."""
        content = posting.worded(message, self._office(), MOST_BYTES, posting.MARKDOWN)
        fields = {"chatid": address, "msgtype": "markdown", "markdown": {"content": content}, "safe": 0}
        try:
            result = await self._caller.call("appchat/send", fields)
        except Refusal as refusal:
            raise meant(refusal) from None
        return Receipt(str(result.get("msgid") or ""))

    async def close(self) -> None:
        """Give up what is held open."""
        await self._caller.close()


class Membership:
    """Makes the groups that are wanted, and keeps those in them in step with the roles of their unit.

    Each group is compared once a day, and whenever other people belong to it than at the last comparison.
    """

    def __init__(self, db: Database, caller: Caller, clock: Callable[[], datetime]) -> None:
        self._db, self._caller, self._clock = db, caller, clock
        self._compared: dict[int, tuple[date, tuple[str, ...]]] = {}

    async def look(self) -> None:
        """Compare what is to be compared; what the platform cannot do now is left for the next time."""
        try:
            await self._compare()
        except TryLater as error:
            log.warning("groups of units are compared later", why=str(error))

    async def _compare(self) -> None:
        """A group that the platform refuses to change is left for the next day."""
        now = self._clock()
        today = self._db.office.calendar.today(now)
        for one in await self._db.read(unit_groups.wanted, now):
            seen = (today, one.members)
            if one.made and self._compared.get(one.address_id) == seen:
                continue
            try:
                await self._settle(one)
            except Refusal as refusal:
                if isinstance(later := meant(refusal), TryLater):
                    raise later from None
                log.warning("a group of a unit was not changed", group=one.address_id, code=refusal.code)
                await self._db.write(unit_groups.not_made, one.address_id, now)
            if one.made:
                self._compared[one.address_id] = seen

    async def _settle(self, one: Wanted) -> None:
        if not one.made:
            await self._make(one)
            await self._db.write(unit_groups.made, one.address_id, self._clock())
            return
        info = await self._found(one)
        if info is None:
            await self._db.write(unit_groups.gone, one.address_id, self._clock())
        elif fields := changes(one, info):
            await self._caller.call("appchat/update", {"chatid": one.chat, **fields}, safe=True)

    async def _found(self, one: Wanted) -> dict[str, Any] | None:
        """The group as the platform has it, None where it has none. Raises Refusal."""
        try:
            found = await self._caller.call("appchat/get", query={"chatid": one.chat})
        except Refusal as refusal:
            if refusal.code in NOT_THERE:
                return None
            raise
        info = found.get("chat_info")
        return info if isinstance(info, dict) else {}

    async def _make(self, one: Wanted) -> None:
        """Make it; one that was made before its answer was lost is there. Raises Refusal."""
        if len(one.members) < LEAST_MEMBERS:
            raise Refusal(TOO_SMALL, {})
        fields = {"name": one.name, "owner": one.members[0], "userlist": one.members[:MOST_MEMBERS], "chatid": one.chat}
        try:
            await self._caller.call("appchat/create", fields, safe=True)
        except Refusal as refusal:
            if refusal.code != THERE:
                raise


def changes(one: Wanted, info: dict[str, Any]) -> dict[str, Any]:
    """What of a group is to be changed: who joins, who leaves, another owner where the owner leaves; {} for nothing.

    The platform takes no group of fewer than two: the last two stay until somebody comes.
    """
    listed = info.get("userlist")
    there = {str(member).casefold(): str(member) for member in listed} if isinstance(listed, list) else {}
    wanted = {member.casefold(): member for member in one.members[:MOST_MEMBERS]}
    if not there or len(wanted) < LEAST_MEMBERS:
        return {}
    joins = [member for name, member in wanted.items() if name not in there]
    leaves = [member for name, member in there.items() if name not in wanted]
    fields: dict[str, Any] = {"add_user_list": joins, "del_user_list": leaves}
    if leaves and str(info.get("owner", "")).casefold() not in wanted:
        fields["owner"] = one.members[0]
    return {name: value for name, value in fields.items() if value}


def connected(app: Running) -> Connected | None:
    """The groups of the office's app, where the app is set up."""
    caller = caller_of(app)
    if caller is None:
        return None
    membership = Membership(app.db, caller, app.clock.now)
    topics = frozenset({WANTED, ROLES_CHANGED})
    tending = Tending(app.db, "unit groups", membership.look, topics, look_seconds=LOOK_SECONDS)
    return Connected(AppChat(caller, lambda: app.db.office), [tending])
