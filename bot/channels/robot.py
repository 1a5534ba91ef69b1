"""Group robots of WeCom: post only, each by a key that is a secret. Twenty messages a minute each.

https://developer.work.weixin.qq.com/document/path/99110
"""

from __future__ import annotations

from collections.abc import Callable

from bot.channels import posting
from bot.channels.contract import Limits, OnlyPushes, Receipt
from bot.channels.wecom.calling import Caller, Refusal
from bot.channels.wecom.meanings import meant
from bot.channels.wecom.settings import bare_of, host_of
from bot.connected import Connected
from bot.running import Running
from domain.messages import Message
from domain.office import Office
from handlers.flows.rooms import ROBOT

MOST_BYTES = 4096


class Robot(OnlyPushes):
    """Posts by the key of a robot, which is the address. office: as it is now."""

    name = ROBOT
    limits = Limits(group=20, group_seconds=60)

    def __init__(self, caller: Caller, office: Callable[[], Office]) -> None:
        self._caller, self._office = caller, office

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Post a message; what was posted before stays. Raises as the contract says."""
        content = posting.worded(message, self._office(), MOST_BYTES, posting.MARKDOWN)
        fields = {"msgtype": "markdown", "markdown": {"content": content}}
        try:
            await self._caller.call("webhook/send", fields, query={"key": address})
        except Refusal as refusal:
            raise meant(refusal) from None
        return Receipt()

    async def close(self) -> None:
        """Give up what is held open."""
        await self._caller.close()


def connected(app: Running) -> Connected | None:
    """Robots need no app, only that the office is on WeCom at all."""
    if not host_of(app.settings):
        return None
    return Connected(Robot(bare_of(app.settings), lambda: app.db.office))
