"""What becomes of a row after its channel was called: sent, later, dead, or unreachable here."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.channels.contract import OutcomeUnknown, Receipt, TryLater, Undeliverable, Unreachable
from handlers import deliveries
from storage import outbox, outgoing, people
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.transaction import Tx

log = structlog.get_logger()

#: After so many tries a row is dead. With the pauses below that is about four hours.
MOST_TRIES = 12
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0
PAUSE_GROWS = 3.0

#: How the reason of a row begins that may have arrived already: it is tried once more and not again.
MAYBE = "the connection broke, it may have arrived"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row's fate. state: sent, later, dead or unreachable; ref: the platform's name of the message."""

    line: Outgoing
    state: str
    ref: str = ""
    reason: str = ""
    again_at: datetime | None = None


def pause_seconds(attempts: int, row: int) -> float:
    """How long a row waits after so many failed tries, in seconds, spread by its id so that not all return at once."""
    spread = 0.75 + (row % 32) / 64
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * PAUSE_GROWS**attempts) * spread


def taken(line: Outgoing, receipt: Receipt) -> Verdict:
    """The platform has taken the message."""
    return Verdict(line, "sent", receipt.ref)


def judged(line: Outgoing, error: Exception, now: datetime, channel: str) -> Verdict:
    """What a channel's error means for the row. What it does not know to say is a dead letter too."""
    judge = next((judge for kind, judge in JUDGES if isinstance(error, kind)), None)
    if judge is not None:
        return judge(line, error, now)
    log.error("a channel failed", channel=channel, row=line.id, error=place_of(error))
    return Verdict(line, "dead", reason=f"the channel failed: {type(error).__name__}")


def place_of(error: Exception) -> str:
    """What went wrong where, for the log: an error's own words may quote a message or a phone number."""
    if error.__traceback__ is None:
        return type(error).__name__
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _later(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    seconds = error.seconds if isinstance(error, TryLater) else None
    return _again(line, _said_before(line, str(error)), now, seconds)


def _unknown(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    """Replies and tasks are harmless twice and are tried once more; news are not repeated."""
    again = line.priority < Priority.NEWS and not line.reason.startswith(MAYBE)
    return _again(line, MAYBE, now, None) if again else Verdict(line, "dead", reason=MAYBE)


def _again(line: Outgoing, reason: str, now: datetime, seconds: float | None) -> Verdict:
    tries = line.attempts + 1
    if tries >= MOST_TRIES:
        return Verdict(line, "dead", reason=f"not taken in {tries} tries: {reason}")
    wait = pause_seconds(line.attempts, line.id) if seconds is None else seconds
    return Verdict(line, "later", reason=reason, again_at=now + timedelta(seconds=wait))


def _said_before(line: Outgoing, reason: str) -> str:
    return f"{MAYBE}; {reason}" if line.reason.startswith(MAYBE) else reason


def _unreachable(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    return Verdict(line, "unreachable", reason=str(error))


def _dead(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    return Verdict(line, "dead", reason=str(error))


Judge = Callable[[Outgoing, Exception, datetime], Verdict]

JUDGES: tuple[tuple[type[Exception], Judge], ...] = (
    (TryLater, _later),
    (OutcomeUnknown, _unknown),
    (TimeoutError, _unknown),
    (Unreachable, _unreachable),
    (Undeliverable, _dead),
)


# --- writing down -----------------------------------------------------------------------------------------------------


def record(tx: Tx, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Write down what became of rows, and what follows from their being delivered."""
    done = [(verdict.line.id, verdict.ref) for verdict in verdicts if verdict.state == "sent"]
    if done:
        about = [verdict.line.about for verdict in verdicts if verdict.state == "sent" and verdict.line.about]
        deliveries.sent(tx, done, about, now)
    for verdict in verdicts:
        if verdict.state != "sent":
            _record_failure(tx, verdict, now)


def _record_failure(tx: Tx, verdict: Verdict, now: datetime) -> None:
    line = verdict.line
    if verdict.again_at is not None:
        outbox.later(tx, line.id, verdict.again_at, verdict.reason)
        return
    outbox.end(tx, line.id, verdict.state, verdict.reason)
    if verdict.state == "unreachable":
        _next_door(tx, line, verdict.reason, now)


def _next_door(tx: Tx, line: Outgoing, reason: str, now: datetime) -> None:
    """The message goes to the person's next reachable door, and with it whatever else is due at this one."""
    people.unreachable(tx, line.address_id)
    other = people.door(tx, line.person) if line.person is not None else None
    if other is None:
        log.warning("nobody can be reached here", row=line.id)
        return
    outbox.say(tx, other, line.person, line.message, now, priority=line.priority, about=line.about)
    outgoing.divert(tx, line.address_id, other, now, reason)


def without_consequences(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """Write down only the row itself, where what follows from it failed: it must not be sent again."""
    if verdict.state == "sent":
        outbox.sent(tx, [(verdict.line.id, verdict.ref)], now)
    else:
        outbox.end(tx, verdict.line.id, "dead", verdict.reason)
