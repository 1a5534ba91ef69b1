"""What arrives in a group: only commands and buttons act there, and they lead to the private chat."""

from __future__ import annotations

from datetime import datetime

from domain.messages import Incoming, Message
from handlers.words import LANGUAGES, _, speaking
from storage import arrivals, outbox, people
from storage.transaction import Tx


def arrived(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Take one arrival in a group."""
    found = arrivals.arrive(tx, incoming.channel, incoming.address, now)
    language = incoming.language if incoming.language in LANGUAGES else tx.office.language
    address = (
        found.address if found else people.meet(tx, incoming.channel, incoming.address, language, now, group=True)[0]
    )
    if not incoming.press and not incoming.text.startswith("/"):
        return
    with speaking(language):
        text = _("Matters of one business are not discussed in a group. Please write to me privately.")
        link = f"\n{tx.office.url}/chat" if tx.office.url else ""
        outbox.say(tx, address, None, Message(text + link), now)
