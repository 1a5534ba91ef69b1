"""How far an account's messages have been pulled: its cursor, and whether a notice has come that was not followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import pulls
from storage.transaction import Tx

#: A notice's token is good for ten minutes (D94670); one that is older is not used.
TOKEN_LASTS = timedelta(minutes=9)

_KNOWN = insert(pulls).on_conflict_do_nothing(index_elements=["name"])
_LOOK = select(pulls).where(pulls.c.name == bindparam("name_"))
_NOTED = (
    update(pulls)
    .where(pulls.c.name == bindparam("name_"))
    .values(token=bindparam("token_"), token_at=bindparam("now_"), wanted=pulls.c.wanted + literal(1))
)
_ADVANCE = (
    update(pulls)
    .where(pulls.c.name == bindparam("name_"), pulls.c.cursor == bindparam("before_"))
    .values(cursor=bindparam("after_"))
)
_PULLED = (
    update(pulls)
    .where(pulls.c.name == bindparam("name_"), pulls.c.pulled < bindparam("wanted_"))
    .values(pulled=bindparam("wanted_"))
)
_NO_TOKEN = (
    update(pulls).where(pulls.c.name == bindparam("name_"), pulls.c.token == bindparam("token_")).values(token="")
)
_LINK = update(pulls).where(pulls.c.name == bindparam("name_")).values(link=bindparam("link_"))


@dataclass(frozen=True, slots=True)
class Pull:
    """Where an account stands. wanted, pulled: notices that came, and how many of them were followed to the end.

    token: of the last notice; link: where its chat opens, "" while the platform has not said.
    """

    cursor: str = ""
    token: str = ""
    token_at: datetime | None = None
    wanted: int = 0
    pulled: int = 0
    link: str = ""

    @property
    def is_due(self) -> bool:
        """Whether a notice has come that was not followed."""
        return self.wanted > self.pulled

    def usable_token(self, now: datetime) -> str:
        """The token of the last notice while it is good, "" after that."""
        return self.token if self.token_at is not None and now - self.token_at < TOKEN_LASTS else ""


def look(tx: Tx, name: str) -> Pull:
    """Where an account stands; at the beginning where nobody has pulled yet."""
    row = tx.first(_LOOK, {"name_": name})
    if row is None:
        return Pull()
    return Pull(row.cursor, row.token, row.token_at, int(row.wanted), int(row.pulled), row.link)


def noticed(tx: Tx, name: str, token: str, now: datetime) -> None:
    """A notice has come. Signals "pull"."""
    tx.execute(_KNOWN, {"name": name})
    tx.execute(_NOTED, {"name_": name, "token_": token, "now_": now})
    tx.signal("pull", name)


def advance(tx: Tx, name: str, before: str, after: str) -> bool:
    """What stood behind the cursor `before` is taken in this transaction; False where somebody has gone on from it."""
    tx.execute(_KNOWN, {"name": name})
    return tx.execute(_ADVANCE, {"name_": name, "before_": before, "after_": after}).rowcount == 1


def followed(tx: Tx, name: str, wanted: int) -> None:
    """So many notices were followed to the end."""
    tx.execute(_PULLED, {"name_": name, "wanted_": wanted})


def forget_token(tx: Tx, name: str, token: str) -> None:
    """The platform takes this token no more."""
    tx.execute(_NO_TOKEN, {"name_": name, "token_": token})


def keep_link(tx: Tx, name: str, link: str) -> None:
    """The platform has said where the account's chat opens."""
    tx.execute(_KNOWN, {"name": name})
    tx.execute(_LINK, {"name_": name, "link_": link})
