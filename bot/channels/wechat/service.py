"""Owners who follow the office's service account: template messages, which only push.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
"""

from __future__ import annotations

from bot.channels.contract import Limits, OnlyPushes, Receipt
from bot.channels.wechat.calling import Account
from bot.channels.wechat.templates import Template
from domain.messages import Message
from handlers.following import CHANNEL


class Service(OnlyPushes):
    """Fills the fields of a template; who taps the message comes to where they can answer."""

    name = CHANNEL
    limits = Limits(a_second=50)

    def __init__(self, account: Account, template: Template) -> None:
        self._account, self._template = account, template

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send a message in short (handlers.in_short). Unreachable for who does not follow.

        The platform refuses a second message with the same key.
        """
        fields = {
            "touser": address,
            "template_id": self._template.id,
            "url": _way_back(message),
            "data": self._template.data(message),
            "client_msg_id": key,
        }
        await self._account.push("message/template/send", fields, safe=True)
        return Receipt()

    async def close(self) -> None:
        """After the last call."""
        await self._account.close()


def _way_back(message: Message) -> str:
    """Where the owner can answer; "" where only a phone can."""
    return next((button.url for row in message.buttons for button in row if button.url), "")
