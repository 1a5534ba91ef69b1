"""The doors of one person: who has left one, who is back, and what waits at one that nobody looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.doors import DOORS
from domain.messages import GONE, Incoming
from domain.office import Office
from handlers import late
from storage import arrivals, elsewhere, people
from storage.transaction import Tx

#: How long something waits at a page that nobody has open before it is said where the person can be written to.
UNSEEN = timedelta(minutes=3)
#: What has waited longer is left where it is: the office was away, or the person has long heard of it.
STALE = timedelta(days=1)


def presence(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Somebody has blocked us, or is back; nothing is said to that, but who is back hears what waited."""
    known = people.find(tx, incoming.channel, incoming.address)
    if known is None:
        return
    if incoming.presence == GONE:
        people.unreachable(tx, known[0].id)
    else:
        arrivals.arrive(tx, incoming.channel, incoming.address, now)
        late.renew(tx, known[0].id, now)


def unseen(tx: Tx, now: datetime) -> int:
    """Say at a platform what nobody has looked at on a page; returns how many messages.

    The page does not show it any more: it has been said, and is not unread twice.
    """
    platforms = written_to(tx.office)
    return elsewhere.move_unseen(tx, platforms, now - STALE, now - UNSEEN, now) if platforms else 0


def written_to(office: Office) -> list[str]:
    """The platforms where the office can write to people now, and they can answer; none that never said where its chat
    opens: it may know nothing of us."""
    chats = {"telegram": office.telegram, "kefu": office.kefu}
    return [name for name in office.platforms if name in DOORS and not DOORS[name].fallback and chats.get(name, name)]
