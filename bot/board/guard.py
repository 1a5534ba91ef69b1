"""What stands before every page: the session, the right, and a kind page for whatever is refused or goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.app import App
from bot.board.drawing import page, plain_page
from bot.board.sessions import Desk, Known, Page, forget, whose
from domain.errors import AlreadySo, BadDeclaration, NotYours, OwnProposal, Refused, UnknownCase
from domain.rights import RIGHTS, may
from handlers.words import N_, _, of_error, speaking
from storage.db import Unavailable
from storage.faults import where_of

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NoSuchPage(Refused):
    """There is no page here. Choose one above, or go back to the desk."""


class TooMuch(Refused):
    """That is more than a page can take at once. Please send it in parts, or send files in the chat."""


#: The status and title of a refusal: the first row whose error it is.
REFUSALS: tuple[tuple[type[Refused], int, str], ...] = (
    (UnknownCase, 404, N_("There is nothing here for you")),
    (NoSuchPage, 404, N_("There is nothing here for you")),
    (TooMuch, 413, N_("This cannot be done like this")),
    (NotYours, 403, N_("This is not yours to do")),
    (OwnProposal, 403, N_("This is not yours to do")),
    (AlreadySo, 409, N_("It has moved on")),
    (Refused, 422, N_("This cannot be done like this")),
)


def check(pages: tuple[Page, ...]) -> None:
    """Refuse a page whose right is nobody's, or that stands there twice. Raises BadDeclaration naming it."""
    seen: set[tuple[str, str]] = set()
    for one in pages:
        where = f"page {one.method} {one.path}"
        if not RIGHTS.get(one.right):
            raise BadDeclaration(where=where, what="a page without a right that anybody has")
        if (one.method, one.path) in seen:
            raise BadDeclaration(where=where, what="declared twice")
        seen.add((one.method, one.path))


def guarded(app: App, one: Page, pages: tuple[Page, ...]) -> Handler:
    """The page as the server calls it: only for those signed in, and only for those with its right."""

    async def answer(request: web.Request) -> web.StreamResponse:
        now = app.clock.now()
        known = await whose(app, request, now)
        if known is None:
            return signed_out(app)
        with speaking(known.person.language):
            desk = Desk(app, request, known, now, _menu(known, pages))
            return unkept(await _shown(desk, one))

    return answer


def _menu(known: Known, pages: tuple[Page, ...]) -> tuple[tuple[str, str], ...]:
    roles = {holding.role for holding in known.holdings}
    return tuple((one.path, _(one.label)) for one in pages if one.label and may(one.right, *roles))


async def _shown(desk: Desk, one: Page) -> web.StreamResponse:
    try:
        if not desk.may(one.right):
            raise NotYours()
        return await one.show(desk)
    except Refused as refusal:
        return refused(desk, refusal)
    except web.HTTPRequestEntityTooLarge:
        return refused(desk, TooMuch())
    except Unavailable:
        return page(desk, "message.html", 503, title=_("One moment"), text=_("Please try again in a moment."))
    except web.HTTPException:
        raise
    except Exception as error:
        log.error("page failed", page=one.path, error=where_of(error))
        text = _("Something went wrong on our side. Nothing was changed. Please try again, or do it in the chat.")
        return page(desk, "message.html", 500, title=_("That did not work"), text=text)


async def nothing_here(desk: Desk) -> web.StreamResponse:
    """What stands at every address below /board that is no page."""
    raise NoSuchPage()


def refused(desk: Desk, refusal: Refused) -> web.Response:
    """A page that says why not."""
    title = next(title for kind, _status, title in REFUSALS if isinstance(refusal, kind))
    return page(desk, "message.html", status_of(refusal), title=_(title), text=of_error(refusal))


def status_of(refusal: Refused) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status, _title in REFUSALS if isinstance(refusal, kind))


def signed_out(app: App) -> web.StreamResponse:
    """What whoever is not signed in sees wherever they go: how to sign in, and nothing else."""
    response = plain_page(app, "signed_out.html", 401)
    forget(response)
    return unkept(response)


def too_often(app: App, seconds: int) -> web.Response:
    """Ask again later, and when."""
    with speaking(app.db.office.language):
        title, text = _("A little slower, please"), _("Please try again in {seconds} seconds.", seconds=seconds)
        response = plain_page(app, "message.html", 429, title=title, text=text)
    response.headers["Retry-After"] = str(seconds)
    unkept(response)
    return response


def unkept(response: web.StreamResponse) -> web.StreamResponse:
    """No browser and nothing on the way keeps a page."""
    response.headers["Cache-Control"] = "no-store"
    return response
