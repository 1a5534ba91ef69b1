"""CHANNELS: the platforms an office can be on. Each is there only where its settings are."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels import appchat, customer_groups, robot, sms
from bot.channels.kefu import connection as kefu
from bot.channels.telegram import connection as telegram
from bot.channels.wechat import connection as wechat
from bot.channels.wecom import connection as wecom
from bot.connected import Connected
from bot.running import Running

#: One line a platform: what connects an office to it, None where its settings are not there.
CHANNELS: tuple[Callable[[Running], Connected | None], ...] = (
    telegram.connected,
    wecom.connected,
    kefu.connected,
    robot.connected,
    appchat.connected,
    customer_groups.connected,
    wechat.subscription_connected,
    wechat.service_connected,
    sms.connected,
)


def connect(app: Running) -> list[Connected]:
    """Every platform whose settings are there. Raises BadDeclaration for settings that cannot be right."""
    return [connected for make in CHANNELS if (connected := make(app)) is not None]
