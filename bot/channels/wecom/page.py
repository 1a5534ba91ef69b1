"""/wecom/page: a small page inside WeCom, on which an official answers with words and files what the chat has asked.

In the chat of an app nobody can send a PDF (sheet 1.5). What is sent here is as if it was sent in the chat.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from aiohttp import web

from bot import receiving
from bot.channels.contract import OutcomeUnknown, TryLater
from bot.channels.wecom import oauth, page_words
from bot.channels.wecom.calling import Caller, Refusal
from bot.channels.wecom.meanings import Sort
from bot.channels.wecom.signing_in import Tries
from bot.drawing import page
from bot.receiving import UNDER_WAY, Form, NotTaken
from bot.running import Running
from domain.doors import colon
from domain.messages import Button, Incoming, Message
from domain.people import Person
from domain.rights import Right, may
from handlers.flows import board
from handlers.too_large import PLATFORM_BYTES
from handlers.turn import at_desk
from handlers.words import _, speaking
from storage import directory, discarded, people, said_lately
from storage.db import Unavailable
from storage.directory import CHANNEL
from storage.people import Address
from storage.transaction import Tx

log = structlog.get_logger()

PATH, TO_BOARD = "/wecom/page", "/wecom/board"
#: What platforms take is what can be passed on to people there.
MOST_BYTES, MOST_FILES = PLATFORM_BYTES, 9
#: Sent twice, a form has the same mark, and is taken once.
MARK = re.compile(r"[0-9a-f]{32}")
MOST_ANSWERS = 3
#: So buttons of talks begin; they name nothing but a step of one's own talk.
OF_TALKS, LONGEST_PRESS = "t:", 64

Show = Callable[["Visit"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A member at the page. address: theirs in WeCom."""

    app: Running
    request: web.Request
    userid: str
    person: Person
    address: Address


def routes(app: Running, caller: Caller) -> Callable[[web.Application], None]:
    """Adds the page. caller: with the app's token, which somebody else closes."""

    tries = Tries()

    async def back(request: web.Request) -> web.StreamResponse:
        with speaking(app.db.office.language):
            return await _signed_in(app, caller, tries, request)

    def add(server: web.Application) -> None:
        receiving.begin(server)
        server.router.add_get(PATH, _for_members(app, _shown, _to_sign_in), allow_head=False)
        server.router.add_post(PATH, _for_members(app, _taken, _signed_out))
        server.router.add_post(TO_BOARD, _for_members(app, _to_board, _signed_out))
        server.router.add_get(oauth.BACK, back, allow_head=False)

    return add


# --- who it is --------------------------------------------------------------------------------------------------


def _for_members(
    app: Running, show: Show, otherwise: Callable[[Running], web.StreamResponse]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What only members see who are known here, and have not left since they signed in."""

    async def answer(request: web.Request) -> web.StreamResponse:
        now = app.clock.now()
        userid = oauth.opened(oauth.SESSION, request.cookies.get(oauth.SESSION, ""), now, app.keys.cookie)
        known = await app.db.read(_known, userid) if userid else None
        if known is None:
            with speaking(app.db.office.language):
                return otherwise(app)
        person, address = known
        with speaking(person.language):
            try:
                return await show(Visit(app, request, userid, person, address))
            except NotTaken as refusal:
                return _told(app, refusal)
            except Unavailable:
                return _told(app, page_words.one_moment())

    return answer


def _known(tx: Tx, userid: str) -> tuple[Person, Address] | None:
    """Who a member is here; None for one nobody has met, or who is gone."""
    person = directory.person(tx, userid)
    found = people.find(tx, CHANNEL, userid)
    return (person, found[0]) if person is not None and found is not None else None


def _to_sign_in(app: Running) -> web.StreamResponse:
    """To WeCom, which says who it is; the browser keeps what ties the answer to it."""
    settings, state = app.settings, oauth.fresh_state()
    if not settings.public_url:
        return _told(app, page_words.no_address())
    response = web.Response(status=302, headers={"Location": oauth.authorize_url(settings, state)})
    kept = oauth.sealed(oauth.STATE, state, app.clock.now() + oauth.STATE_VALID, app.keys.cookie)
    oauth.give(response, oauth.STATE, kept, oauth.STATE_VALID, settings)
    response.headers["Cache-Control"] = "no-store"
    return response


def _signed_out(app: Running) -> web.StreamResponse:
    return _told(app, page_words.signed_out())


async def _signed_in(app: Running, caller: Caller, tries: Tries, request: web.Request) -> web.StreamResponse:
    """WeCom's answer has come with the browser: the code is spent, and the page follows."""
    now, secret = app.clock.now(), app.keys.cookie
    state = oauth.opened(oauth.STATE, request.cookies.get(oauth.STATE, ""), now, secret)
    given = request.query.get("state", "").encode("utf-8", "replace")
    try:
        if not state or not hmac.compare_digest(given, state.encode()):
            raise page_words.not_begun_here()
        been = oauth.opened(oauth.BEEN, request.cookies.get(oauth.BEEN, ""), now, secret)
        userid = await _userid(caller, tries, request, been)
        if await app.db.read(_known, userid) is None:
            raise page_words.stranger()
    except NotTaken as refusal:
        response: web.StreamResponse = _told(app, refusal)
    except Unavailable:
        return _told(app, page_words.one_moment())
    else:
        response = web.Response(status=302, headers={"Location": PATH, "Cache-Control": "no-store"})
        kept = oauth.sealed(oauth.SESSION, userid, now + oauth.SESSION_VALID, secret)
        oauth.give(response, oauth.SESSION, kept, oauth.SESSION_VALID, app.settings)
        kept = oauth.sealed(oauth.BEEN, userid, now + oauth.BEEN_VALID, secret)
        oauth.give(response, oauth.BEEN, kept, oauth.BEEN_VALID, app.settings)
    oauth.take_back(response, oauth.STATE, app.settings)
    return response


async def _userid(caller: Caller, tries: Tries, request: web.Request, been: str) -> str:
    """Who the code of a request stands for. been: who was signed in before in this browser, if any. Raises NotTaken."""
    code, source = request.query.get("code", ""), request.remote or ""
    if not 0 < len(code) <= oauth.LONGEST_CODE:
        raise page_words.not_begun_here()
    if seconds := tries.wait_seconds(source, been):
        raise page_words.too_often(seconds)
    try:
        userid = await oauth.userid_of(caller, code)
    except oauth.Outsider:
        raise page_words.outsider() from None
    except Refusal as refusal:
        if refusal.meaning.sort is Sort.CONTENT:
            raise page_words.over() from None
        log.error("nobody can be signed in on the page in WeCom", code=refusal.code)
        raise page_words.one_moment() from None
    except (TryLater, OutcomeUnknown):
        tries.give_back(source, been)
        raise page_words.one_moment() from None
    tries.give_back(source, been)
    return userid


# --- the page ---------------------------------------------------------------------------------------------------


async def _shown(visit: Visit) -> web.StreamResponse:
    return await _page(visit, 200, ())


async def _page(visit: Visit, status: int, answers: tuple[str, ...]) -> web.StreamResponse:
    """The page; what the chat asks is not shown beside what it has just answered, which ends with it."""
    asked, works = await visit.app.db.read(_read, visit, visit.app.clock.now())
    return page(
        visit.app,
        "wecom_page.html",
        status,
        title=_("Answer and send files"),
        asked=[] if answers else [_lines(one) for one in asked],
        choices=_choices(asked),
        answers=answers,
        works=works,
        mark=secrets.token_hex(16),
        words=page_words.words(MOST_FILES, MOST_BYTES),
    )


def _read(tx: Tx, visit: Visit, now: datetime) -> tuple[list[Message], bool]:
    """What the chat waits for, and whether the person has pages for work."""
    roles = [holding.role for holding in people.holdings(tx, visit.person.id, now)]
    return said_lately.question(tx, visit.person.id, visit.address.id), may(Right.BOARD, *roles)


def _choices(asked: Sequence[Message]) -> list[Button]:
    """What can be tapped in the chat can be tapped here."""
    every = (button for one in asked[-1:] for row in one.buttons for button in row)
    return [button for button in every if button.value.startswith(OF_TALKS) and not button.url]


def _lines(message: Message) -> str:
    facts = (f"{label}{colon(label)}{value}" for label, value in message.facts)
    return "\n".join(part for part in (message.title, message.text, *facts) if part)


async def _taken(visit: Visit) -> web.StreamResponse:
    """What was sent is an arrival like any of the chat's; what the chat says to it is shown here too."""
    app, form = visit.app, Form()
    with receiving.only_one(visit.request.app[UNDER_WAY], f"wecom:{visit.userid}"):
        try:
            await receiving.fill(form, app.store, visit.request, MOST_BYTES, MOST_FILES)
            arrival = _arrival(visit, form)
            before = await app.db.read(said_lately.top, visit.address.id)
            await app.receive(arrival)
        except (NotTaken, Unavailable):
            if form.files:
                await app.db.write(discarded.add, [one.digest for one in form.files], app.clock.now())
            raise
    answers = await app.db.read(said_lately.after, visit.address.id, before)
    if not answers and form.files:
        await app.db.write(discarded.add, [one.digest for one in form.files], app.clock.now())
    shown = tuple(_lines(one) for one in answers[-MOST_ANSWERS:])
    return await _page(visit, 200, shown or (_("It was here already."),))


def _arrival(visit: Visit, form: Form) -> Incoming:
    """Raises NotTaken for a form in which nothing is."""
    text = form.fields.get("text", "").replace("\r\n", "\n").strip()
    press = form.fields.get("press", "")
    if press.startswith(OF_TALKS) and len(press) <= LONGEST_PRESS:
        return Incoming(CHANNEL, _key(visit, form), visit.userid, press=press)
    if not text and not form.files:
        raise page_words.empty()
    return Incoming(CHANNEL, _key(visit, form), visit.userid, text, files=tuple(form.files))


def _key(visit: Visit, form: Form) -> str:
    """The name of an arrival: of the form that was shown, which may be sent again."""
    mark = form.fields.get("mark", "")
    mark = mark if MARK.fullmatch(mark) else secrets.token_hex(16)
    return f"page:{hashlib.sha256(f'{visit.userid} {mark}'.encode()).hexdigest()[:40]}"


async def _to_board(visit: Visit) -> web.StreamResponse:
    """To the pages for work, by a link made for this person now."""
    link = await visit.app.db.write(_link, visit.person, visit.app.clock.now())
    if not link:
        raise page_words.not_for_work()
    return web.Response(status=303, headers={"Location": link, "Cache-Control": "no-store"})


def _link(tx: Tx, person: Person, now: datetime) -> str:
    turn = at_desk(tx, person, now)
    roles = [holding.role for holding in turn.holdings]
    return board.link(turn) if may(Right.BOARD, *roles) and tx.office.url else ""


# --- what is said -----------------------------------------------------------------------------------------------


def _told(app: Running, refusal: NotTaken) -> web.Response:
    phone = app.db.office.phone
    words = {
        "again": _("Open the page again"),
        "asking": _("A person helps you on {phone}.", phone=phone) if phone else "",
    }
    return page(app, "wecom_told.html", refusal.status, title=refusal.title, text=refusal.text, words=words)
