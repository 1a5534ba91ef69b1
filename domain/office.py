"""The office itself: what every rule may ask for beside the case and the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from domain.doors import PAGE
from domain.rulebook import DEFAULT, Rulebook
from domain.workdays import Calendar


def _unsigned(_: bytes) -> bytes:
    return b""


@dataclass(frozen=True)
class Office:
    """One office: its name, phone, calendar, numbers, and the hand that signs its receipts (Ed25519, 64 bytes).

    url: where its pages are; telegram: where its chat on Telegram opens, "" while it has none; kefu: where its chat in
    WeChat customer service opens. platforms: the channels of platforms that its settings connect; running: whether it
    is they that say what is said now, which a command leaves to the office that runs; robots: the host that
    takes what group robots post, "" where there is none; mini_page: where people subscribe in its mini program.
    """

    name: str
    calendar: Calendar
    rulebook: Rulebook = field(default=DEFAULT)
    phone: str = ""
    language: str = "zh_CN"
    url: str = ""
    telegram: str = ""
    kefu: str = ""
    platforms: tuple[str, ...] = ()
    running: bool = False
    robots: str = ""
    mini_page: str = ""
    sign: Callable[[bytes], bytes] = _unsigned
    public_key: bytes = b""

    def opens(self, channel: str) -> bool:
        """Whether what is said at a channel goes out, as far as the settings say."""
        return channel == PAGE or not self.running or channel in self.platforms
