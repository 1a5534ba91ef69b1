"""What a channel is: parse what comes in, send what goes out, fetch files. Every channel meets the same tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.messages import Incoming, Message
from handlers.words import N_

NOTHING_COMES = N_("nothing comes in by this way")


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a platform lets one bot send. All counts are of messages, edits among them; 0 is no limit.

    a_second: pushes to everybody together; answers to people are counted, and do not wait.
    private, private_seconds: at most so many to one person in so many seconds; group, group_seconds: to one group.
    private_an_hour: at most so many to one person in an hour.
    """

    a_second: float = 0
    private: int = 0
    private_seconds: float = 0
    group: int = 0
    group_seconds: float = 0
    private_an_hour: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform has taken a message; ref is its own name of it, "" where it has none.

    waiting: it is not there yet: somebody has to let it go, and the channel will hear of that.
    """

    ref: str = ""
    waiting: bool = False


class TryLater(Exception):
    """The platform wants the message later. seconds: its own retry time, None where it names none."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Held(TryLater):
    """Somebody has to do something first, such as setting the office's own settings right: it is waited for however
    long that takes."""


class OutcomeUnknown(Exception):
    """The connection broke after the message was sent: it may or may not have arrived."""


class Unreachable(Exception):
    """The person cannot be written to here until they write again; the text says why."""


class Undeliverable(Exception):
    """The platform will never take this message; the text says why."""


class Moved(Exception):
    """The address is another one now, and the message is to be sent there; a group that grew gets a new one."""

    def __init__(self, address: str) -> None:
        super().__init__("the address has moved")
        self.address = address


class Unreadable(Exception):
    """What arrived cannot be understood; it is set aside whole under its key. The text says why, without quoting it."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


class Channel(Protocol):
    """A door that is written to. The web chat is not: its sockets pull their own rows.

    limits: how fast the platform lets it send.
    """

    name: str
    limits: Limits

    def parse(self, raw: bytes) -> Incoming | None:
        """What arrived, or None for something that is no message to us. Raises Unreadable, and nothing else."""

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send a message, in place of the one named `replaces` where the platform can do that.

        key: the same for every try of one message and of no other, for platforms that refuse repeats: at most 32
        characters of 0-9, a-f and -; the row's id comes first. The reader's language is being spoken, for words of the
        channel's own.
        Raises TryLater, OutcomeUnknown, Unreachable, Undeliverable or Moved.
        """

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """A file the platform promised: (media type or "", bytes). Raises TryLater or Undeliverable."""

    async def close(self) -> None:
        """After the last call: give up what is held open."""


class OnlyPushes:
    """The half of a channel that is the same wherever nothing comes in."""

    def parse(self, raw: bytes) -> Incoming | None:
        """Nobody writes here."""
        return None

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        """No file comes in here: raises Undeliverable."""
        raise Undeliverable(NOTHING_COMES)
