"""Who is at the page: the session behind the cookie, the roles read anew at each request, and the forms they send.

A page is a function of a Desk, declared as a Page in the ROUTES of its module. What it reads or writes goes through
`desk.read` and `desk.write`, which run a plain function of a Turn in one transaction, as the chat does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from aiohttp import web
from multidict import MultiDict

from bot.app import App
from domain.case import Actor, Role
from domain.errors import Refused
from domain.people import Holding, Person, is_official
from domain.rights import Right, may
from handlers.cleaning import kept
from handlers.turn import Turn, at_desk
from handlers.words import speaking
from storage import people, sessions
from storage.sessions import Session
from storage.transaction import Tx

P = ParamSpec("P")
T = TypeVar("T")

COOKIE = "qinqing_board"
#: A page left open over lunch still works; one forgotten in the evening does not (own).
IDLE = timedelta(hours=2)
#: A working day with its evening: everybody signs in anew each morning (own).
LONGEST = timedelta(hours=12)
#: The last use is written at most this often; it only tells idle sessions.
USED_GRAIN = timedelta(minutes=1)


class StaleForm(Refused):
    """This form is from an earlier sign-in. Please open the page again and send it once more."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page or action. right: what opens it; label: its name in the menu, "" where it does not stand there."""

    method: str
    path: str
    show: Callable[[Desk], Awaitable[web.StreamResponse]]
    right: Right
    label: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Whose session it is, with the roles they hold now."""

    session: Session
    person: Person
    holdings: tuple[Holding, ...]


@dataclass(frozen=True)
class Desk:
    """One request of somebody signed in. menu: the pages their roles open, as (path, label)."""

    app: App
    request: web.Request
    known: Known
    now: datetime
    menu: tuple[tuple[str, str], ...] = ()

    @property
    def person(self) -> Person:
        """Who is signed in."""
        return self.known.person

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The roles they hold now."""
        return self.known.holdings

    @property
    def actors(self) -> list[Actor]:
        """What they may act as."""
        return [holding.actor for holding in self.holdings]

    @property
    def csrf(self) -> str:
        """What every form of this session carries in its field `csrf`."""
        return token(self.app.keys.cookie, self.known.session.digest)

    def holds(self, *roles: Role) -> bool:
        """Whether they hold one of these roles."""
        return any(holding.role in roles for holding in self.holdings)

    def may(self, right: Right) -> bool:
        """Whether one of their roles has this right."""
        return may(right, *(holding.role for holding in self.holdings))

    async def read(self, fn: Callable[Concatenate[Turn, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn(turn, …)` finds, in one read transaction and in this person's language."""
        return await self.app.db.read(_at_desk, self.person, self.now, fn, args, kwargs)

    async def write(self, fn: Callable[Concatenate[Turn, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `fn(turn, …)` returned, once it is committed. Raises its error: then nothing was changed."""
        return await self.app.db.write(_at_desk, self.person, self.now, fn, args, kwargs)


def _at_desk(
    tx: Tx, person: Person, now: datetime, fn: Callable[..., T], args: tuple[Any, ...], named: dict[str, Any]
) -> T:
    with speaking(person.language):
        return fn(at_desk(tx, person, now), *args, **named)


def token(secret: bytes, digest: str) -> str:
    """The mark of a session that its forms carry: nobody can make it who has not the office's secret."""
    return hmac.new(secret, f"board form {digest}".encode(), hashlib.sha256).hexdigest()


class Form(dict[str, str]):
    """What a form sent, cleaned: the last value of each field, "" for one that is missing; `every` has them all."""

    def __init__(self, sent: MultiDict[str]) -> None:
        super().__init__(sent)
        self._sent = sent

    def __missing__(self, name: str) -> str:
        return ""

    def every(self, name: str) -> list[str]:
        """All values of a field that can be chosen more than once."""
        return self._sent.getall(name, [])


async def form(desk: Desk) -> Form:
    """The form of a POST. Raises StaleForm unless it carries this session's token; files are not taken."""
    sent = await desk.request.post()
    found = MultiDict(
        (name, kept(value).replace("\r\n", "\n")) for name, value in sent.items() if isinstance(value, str)
    )
    if not hmac.compare_digest(found.get("csrf", "").encode(), desk.csrf.encode()):
        raise StaleForm()
    return Form(found)


async def whose(app: App, request: web.Request, now: datetime) -> Known | None:
    """Who is signed in with this browser; None for nobody, and for whoever holds no official role any more."""
    secret = request.cookies.get(COOKIE, "")[:200]
    known = await app.db.read(known_by, secret, now) if secret else None
    if known is not None and now - known.session.used_at >= USED_GRAIN:
        await app.db.write(sessions.used, known.session.digest, now)
    return known


def known_by(tx: Tx, secret: str, now: datetime) -> Known | None:
    """The person behind a session's secret, with their roles as they are in this transaction."""
    session = sessions.find(tx, secret, now, IDLE)
    person = people.get(tx, session.person) if session else None
    if session is None or person is None:
        return None
    holdings = people.holdings(tx, person.id, now)
    return Known(session, person, holdings) if is_official(holdings) else None


def begin(app: App, response: web.StreamResponse, secret: str) -> None:
    """Give the browser its cookie."""
    response.set_cookie(
        COOKIE,
        secret,
        path="/board",
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=app.settings.public_url.startswith("https:"),
    )


def forget(response: web.StreamResponse) -> None:
    """Take the cookie back."""
    response.del_cookie(COOKIE, path="/board")
