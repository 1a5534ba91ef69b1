"""What becomes of a row after its channel was called: sent, later, dead, or unreachable here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from bot.channels.contract import Held, Moved, OutcomeUnknown, Receipt, TryLater, Undeliverable, Unreachable
from handlers import bindings, deliveries, fallbacks
from handlers.in_short import level
from handlers.words import N_
from storage import confirmations, moving, outbox, outgoing
from storage.faults import where_of
from storage.outgoing import Outgoing
from storage.transaction import Tx

log = structlog.get_logger()

#: After so many tries a row is dead. With the pauses below that is about four hours.
MOST_TRIES = 12
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 3600.0
PAUSE_GROWS = 3.0
#: A platform's own retry time is obeyed up to a day: hours are usual, more is a mistake.
LONGEST_REST_SECONDS = 86400.0
#: What was said longer ago is not put off for ever: from then on being told to wait counts as a try.
PATIENCE = timedelta(days=1)

#: How the reason of a row begins that may have arrived already. A reason is keys of the catalogues, with "; " between.
MAYBE = N_("the connection broke, it may have arrived")
GIVEN_UP = N_("tried again and again, and given up")
CHANNEL_FAILED = N_("the program failed while sending")
OURS_BUSY = N_("our own database was busy")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row's fate. state: sent, waiting (there, for somebody to let it go), later, paused, moved, dead, unreachable,
    or over where it was in line no more.

    ref: the platform's name of the message; of a row that moved, its new address.
    rest_seconds: how long the platform wants the address left alone; asked: whether it was called at all.
    tries: as how many tries it counts where it goes again.
    """

    line: Outgoing
    state: str
    ref: str = ""
    reason: str = ""
    again_at: datetime | None = None
    rest_seconds: float = 0.0
    asked: bool = True
    tries: int = 1


def pause_seconds(attempts: int, row: int) -> float:
    """How long a row waits after so many failed tries, in seconds, spread by its id so that not all return at once."""
    spread = 0.75 + (row % 32) / 64
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * PAUSE_GROWS**attempts) * spread


def taken(line: Outgoing, receipt: Receipt) -> Verdict:
    """The platform has taken the message."""
    return Verdict(line, "waiting" if receipt.waiting else "sent", receipt.ref)


def judged(line: Outgoing, error: Exception, now: datetime, channel: str) -> Verdict:
    """What a channel's error means for the row. What it does not know to say is a dead letter too."""
    judge = next((judge for kind, judge in JUDGES if isinstance(error, kind)), None)
    if judge is not None:
        return judge(line, error, now)
    log.error("a channel failed", channel=channel, row=line.id, error=where_of(error))
    return Verdict(line, "dead", reason=f"{CHANNEL_FAILED}; {type(error).__name__}")


def put_off(line: Outgoing, now: datetime) -> Verdict:
    """It could not even be begun."""
    again_at = now + timedelta(seconds=FIRST_PAUSE_SECONDS)
    return Verdict(line, "later", reason=OURS_BUSY, again_at=again_at, asked=False)


def over(line: Outgoing) -> Verdict:
    """It is in line no more, or not as it was."""
    return Verdict(line, "over", asked=False)


def _later(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    seconds = error.seconds if isinstance(error, TryLater) else None
    reason = _said_before(line, str(error))
    if seconds is None:
        return _again(line, reason, now)
    rest = min(LONGEST_REST_SECONDS, seconds) if seconds > 0 else FIRST_PAUSE_SECONDS
    again_at = now + timedelta(seconds=rest)
    if now - line.made_at <= PATIENCE or isinstance(error, Held):
        return Verdict(line, "paused", reason=reason, again_at=again_at, rest_seconds=rest, tries=0)
    again = _again(line, reason, now)
    if again.again_at is None:
        return replace(again, rest_seconds=rest)
    return replace(again, state="paused", again_at=max(again_at, again.again_at), rest_seconds=rest)


def _unknown(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    """Better said twice than not at all, but for what is said once only."""
    return Verdict(line, "dead", reason=MAYBE) if line.once else _again(line, MAYBE, now)


def _again(line: Outgoing, reason: str, now: datetime) -> Verdict:
    if line.attempts + 1 >= MOST_TRIES:
        return Verdict(line, "dead", reason=f"{GIVEN_UP}; {reason}")
    wait = pause_seconds(line.attempts, line.id)
    return Verdict(line, "later", reason=reason, again_at=now + timedelta(seconds=wait))


def _moved(line: Outgoing, error: Exception, now: datetime) -> Verdict:
    again = _again(line, str(error), now)
    if again.again_at is None or not isinstance(error, Moved) or error.address in ("", line.address):
        return again
    return replace(again, state="moved", ref=error.address, again_at=now)


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
    (Moved, _moved),
    (Unreachable, _unreachable),
    (Undeliverable, _dead),
)


# --- writing down -----------------------------------------------------------------------------------------------------


def record(tx: Tx, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Write down what became of rows, and what follows from it."""
    done = [verdict for verdict in verdicts if verdict.state == "sent"]
    if done:
        deliveries.sent(tx, [(verdict.line, verdict.ref) for verdict in done], now)
    for verdict in verdicts:
        if verdict.state != "sent":
            RECORDED[verdict.state](tx, verdict, now)


def _wait_there(tx: Tx, verdict: Verdict, now: datetime) -> None:
    confirmations.waits_there(tx, verdict.line.id, verdict.ref, now)


def _put_off(tx: Tx, verdict: Verdict, now: datetime) -> None:
    assert verdict.again_at is not None
    outbox.later(tx, verdict.line.id, verdict.again_at, verdict.reason, tries=verdict.tries)


def _pause(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """The row waits, and with it everything else for its address."""
    _put_off(tx, verdict, now)
    _leave_alone(tx, verdict, now)


def _leave_alone(tx: Tx, verdict: Verdict, now: datetime) -> None:
    until = verdict.again_at or now + timedelta(seconds=verdict.rest_seconds)
    outgoing.pause(tx, verdict.line.address_id, until)


def _move(tx: Tx, verdict: Verdict, now: datetime) -> None:
    if not _has_moved(tx, verdict):
        moving.move_address(tx, verdict.line.address_id, verdict.ref)
    _put_off(tx, verdict, now)


def _has_moved(tx: Tx, verdict: Verdict) -> bool:
    """Whether the address has another name by now: what was said of the old one is not about it."""
    return moving.has_moved(tx, verdict.line.address_id, verdict.line.address)


def _end(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """What a door that only pushes will never take goes to the next one."""
    line = verdict.line
    if verdict.rest_seconds:
        _leave_alone(tx, verdict, now)
    if outbox.end(tx, line.id, verdict.state, verdict.reason) and level(line.channel):
        fallbacks.pass_on(tx, line, now)


def _shut(tx: Tx, verdict: Verdict, now: datetime) -> None:
    if _has_moved(tx, verdict):
        _put_off(tx, replace(verdict, again_at=now), now)
    elif outbox.end(tx, verdict.line.id, verdict.state, verdict.reason):
        if verdict.line.group:
            bindings.lost(tx, verdict.line.address_id, now)
        fallbacks.shut(tx, verdict.line, verdict.reason, now)


def _nothing(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """Others have said what becomes of the row."""


RECORDED: Mapping[str, Callable[[Tx, Verdict, datetime], None]] = MappingProxyType(
    {
        "waiting": _wait_there,
        "later": _put_off,
        "paused": _pause,
        "moved": _move,
        "dead": _end,
        "unreachable": _shut,
        "over": _nothing,
    }
)


def record_one(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """Write down what became of one row, and what follows from it."""
    record(tx, [verdict], now)


def without_consequences(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """Write down only the row itself, where what follows from it failed: it must not be sent again."""
    if verdict.state == "sent":
        outbox.sent(tx, [(verdict.line.id, verdict.ref)], now)
    elif verdict.state == "waiting":
        _wait_there(tx, verdict, now)
    elif verdict.state != "over":
        outbox.end(tx, verdict.line.id, "dead", verdict.reason)


def without_words(tx: Tx, verdict: Verdict, now: datetime) -> None:
    """Write down only whether a row was sent, where the platform's own words cannot be kept."""
    if verdict.state in ("sent", "waiting"):
        outbox.sent(tx, [(verdict.line.id, "")], now)
    elif verdict.state != "over":
        outbox.end(tx, verdict.line.id, "dead", CHANNEL_FAILED)


#: How one row's fate is written down: where a way fails, the next, with less that can fail.
WAYS: tuple[Callable[[Tx, Verdict, datetime], None], ...] = (record_one, without_consequences, without_words)
