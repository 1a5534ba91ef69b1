"""Who follows the office's service account in WeChat: another door that pushes, for those who are known by unionid."""

from __future__ import annotations

from datetime import datetime

from domain.doors import DOORS
from storage import people, unionids
from storage.transaction import Tx

CHANNEL = "service"


def is_known(tx: Tx, openid: str) -> bool:
    """Whether somebody with this name at the account can be written to already."""
    found = people.find(tx, CHANNEL, openid)
    return found is not None and found[0].reachable


def follows(tx: Tx, openid: str, unionid: str, now: datetime) -> None:
    """Somebody follows the account: a door of whoever is called so at our other doors; nothing for a stranger."""
    person = unionids.person_of(tx, unionid) if unionid else None
    if person is not None:
        people.add_door(tx, person, CHANNEL, openid, now, DOORS[CHANNEL].fallback)


def left(tx: Tx, openid: str) -> None:
    """Somebody follows it no more."""
    found = people.find(tx, CHANNEL, openid)
    if found is not None:
        people.unreachable(tx, found[0].id)
