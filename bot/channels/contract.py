"""What a channel is: parse what comes in, send what goes out, fetch files. Every channel meets the same tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from domain.messages import Incoming, Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform has taken a message; ref is its own name of it, "" where it has none."""

    ref: str = ""


class TryLater(Exception):
    """The platform wants the message later. seconds: its own retry time, None where it names none."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class OutcomeUnknown(Exception):
    """The connection broke after the message was sent: it may or may not have arrived."""


class Unreachable(Exception):
    """The person cannot be written to here until they write again; the text says why."""


class Undeliverable(Exception):
    """The platform will never take this message; the text says why."""


class Channel(Protocol):
    """A door that is written to. The web chat is not: its sockets pull their own rows."""

    name: str

    def parse(self, raw: Any) -> Incoming | None:
        """What arrived, or None for something that is no message to us. Never raises."""

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send a message, in place of the one named `replaces` where the platform can do that.

        key: the same for every try of one message, for platforms that refuse repeats.
        Raises TryLater, OutcomeUnknown, Unreachable or Undeliverable.
        """

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """A file the platform promised: (media type or "", bytes). Raises TryLater or Undeliverable."""
