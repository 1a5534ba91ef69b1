"""The office itself: what every rule may ask for beside the case and the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from domain.rulebook import DEFAULT, Rulebook
from domain.workdays import Calendar


def _unsigned(_: bytes) -> bytes:
    return b""


@dataclass(frozen=True)
class Office:
    """One office: its name, phone, calendar, numbers, and the hand that signs its receipts (Ed25519, 64 bytes).

    url: where its pages are; telegram: where its chat on Telegram opens, "" while it has none; kefu: where its chat in
    WeChat customer service opens. platforms: the channels of platforms it can write to now; robots: the host that
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
    robots: str = ""
    mini_page: str = ""
    sign: Callable[[bytes], bytes] = _unsigned
    public_key: bytes = b""
