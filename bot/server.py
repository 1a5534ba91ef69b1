"""The HTTP server: the chat page and its socket, files, receipts, health and metrics."""

from __future__ import annotations

import html
import string
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot import attached, board, copies, demo_pages, letters, plain_page, policy_page, receipts, shown_page, upload_page
from bot.app import App
from bot.channels.web import HEARTBEAT_SECONDS, LARGEST_FRAME_BYTES, Socket
from bot.clock import DemoClock
from bot.cookies import COOKIE, YEAR_SECONDS, fresh_address, signed, verified
from bot.demo_people import BY_NAME, address_of
from storage import events, files, inbox, outbox, platform_tokens
from storage.db import Unavailable
from storage.transaction import Tx

PAGES = Path(__file__).parent / "pages"
APP: web.AppKey[App] = web.AppKey("app", App)

#: A tick this old means that nothing is reminded any more.
TICK_LATE_SECONDS = 120

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Permissions-Policy": "microphone=(self), geolocation=(self), camera=(self)",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def secured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer carries the headers of SECURITY, a refusal too; no other site's page changes anything here."""
    try:
        if request.method not in ("GET", "HEAD") and not _same_origin(request):
            raise web.HTTPForbidden(text="another origin")
        response = await handler(request)
    except web.HTTPNotFound as refusal:
        _secure(refusal)
        page = plain_page.leads_nowhere(request, request.app[APP].db.office, refusal)
        if page is None:
            raise
        response = page
    except web.HTTPException as refusal:
        _secure(refusal)
        raise
    except Unavailable:
        response = web.Response(status=503, text="try again in a moment\n", headers={"Retry-After": "5"})
    if not response.prepared:
        _secure(response)
    return response


def _secure(response: web.StreamResponse) -> None:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)


def build(app: App) -> web.Application:
    """The web application of an office."""
    server = web.Application(middlewares=[secured], client_max_size=1024 * 1024)
    server[APP] = app
    server.on_shutdown.append(_shut)
    server.router.add_get("/", _home)
    server.router.add_get("/chat", chat_page)
    server.router.add_get("/chat/ws", chat_socket)
    server.router.add_get("/file/{code:[A-Za-z0-9_-]+}", attached.of_chat)
    server.router.add_get("/shown/{code:[A-Za-z0-9_-]+}", shown_page.page)
    server.router.add_get("/letter/{code:[A-Za-z0-9_-]+}", letters.page)
    server.router.add_get("/receipt/{code:[A-Za-z0-9_-]+}", receipts.page)
    server.router.add_get("/mydata/{code:[A-Za-z0-9_-]+}", copies.fetch)
    server.router.add_get("/roots", roots)
    server.router.add_get("/health", health)
    server.router.add_get("/ready", ready)
    server.router.add_get("/metrics", metrics)
    board.add(server, app)
    upload_page.add(server, app)
    policy_page.add(server, app)
    for one in app.connected:
        if one.routes is not None:
            one.routes(server)
    server.router.add_static("/static", PAGES / "static")
    if isinstance(app.clock, DemoClock):
        demo_pages.add(server, app)
    return server


async def _shut(server: web.Application) -> None:
    await server[APP].doors.shut()


async def _home(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/chat")


# --- the chat ---------------------------------------------------------------------------------------------------


async def chat_page(request: web.Request) -> web.StreamResponse:
    """The page; in production an owner is known by a signed cookie, given at the first visit."""
    app = request.app[APP]
    demo = isinstance(app.clock, DemoClock)
    address = verified(request.cookies.get(COOKIE, ""), app.keys.cookie)
    known = address or fresh_address()
    values = {
        "language": app.db.office.language.replace("_", "-"),
        "demo": "1" if demo else "",
        "zone": app.file.zone,
        "office": app.db.office.name,
        "person": "" if demo else known[:12],
    }
    template = string.Template((PAGES / "chat.html").read_text(encoding="utf-8"))
    text = template.substitute({name: html.escape(value, quote=True) for name, value in values.items()})
    response = web.Response(text=text, content_type="text/html")
    if not demo and not address:
        response.set_cookie(
            COOKIE,
            signed(known, app.keys.cookie),
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=app.settings.public_url.startswith("https:"),
        )
    return response


async def chat_socket(request: web.Request) -> web.StreamResponse:
    """The page's socket. ?after=<ref>: what came since; absent: what was not shown yet. ?echo=1: own words too."""
    app = request.app[APP]
    if not _same_origin(request):
        raise web.HTTPForbidden(text="another origin")
    address, group = _who(request, app)
    after = request.query.get("after")
    if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 18):
        raise web.HTTPBadRequest(text="after: not a ref")
    if not app.doors.has_room(address):
        raise web.HTTPServiceUnavailable(text="too many pages are open", headers={"Retry-After": "60"})
    # Not compressed: some thousand bytes would swell to a frame of the largest size.
    ws = web.WebSocketResponse(max_msg_size=LARGEST_FRAME_BYTES, heartbeat=HEARTBEAT_SECONDS, compress=False)
    await ws.prepare(request)
    app.metrics.sockets.inc()
    socket = Socket(app, app.doors, ws, address, group=group, echo=request.query.get("echo") == "1")
    try:
        await socket.live(int(after) if after is not None else None)
    finally:
        app.metrics.sockets.dec()
    return ws


def _same_origin(request: web.Request) -> bool:
    """Programs send no Origin; a browser's must be this host's: no other page speaks with a visitor's cookie."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    public = urlsplit(request.app[APP].settings.public_url)
    try:
        given = urlsplit(origin)
    except ValueError:
        return False
    if given.netloc == public.netloc != "":  # what anybody on the way may write by http speaks for no https page
        return given.scheme == "https" or public.scheme != "https"
    return given.netloc == request.host != ""


def _who(request: web.Request, app: App) -> tuple[str, bool]:
    if isinstance(app.clock, DemoClock):
        person = BY_NAME.get(request.query.get("as", ""))
        if person is None:
            raise web.HTTPNotFound(text="?as= names no sample person; see /demo/people")
        return address_of(person.person), person.group
    address = verified(request.cookies.get(COOKIE, ""), app.keys.cookie)
    if not address:
        raise web.HTTPUnauthorized(text="open /chat first")
    return address, False


# --- health -----------------------------------------------------------------------------------------------------


async def roots(request: web.Request) -> web.StreamResponse:
    """The signed daily roots, published: whoever keeps a copy can tell later whether history was rewritten."""
    app = request.app[APP]
    return web.json_response({"public_key": app.keys.public.hex(), "roots": await app.db.read(events.published)})


def _queues(tx: Tx) -> tuple[int, int, int, int]:
    stopped = len(platform_tokens.stopped(tx))
    return outbox.waiting_count(tx), files.wanted_count(tx), inbox.failed_count(tx), stopped


async def health(request: web.Request) -> web.StreamResponse:
    """How the office is: "ok"; "degraded" where ticks are late, arrivals have failed or a platform's app needs an
    administrator; "down" without a database.
    """
    app = request.app[APP]
    try:
        waiting, wanted, failed, stopped = await app.db.read(_queues)
    except Unavailable:
        return web.json_response({"status": "down", "queues": {"arrivals": app.db.waiting()}}, status=503)
    age = (app.clock.now() - app.ticked_at).total_seconds() if app.ticked_at else None
    late = age is None or age > TICK_LATE_SECONDS
    body = {
        "status": "degraded" if late or failed or stopped else "ok",
        "tick_age_seconds": None if age is None else round(age, 1),
        "queues": {"arrivals": app.db.waiting(), "outbox": waiting, "fetches": wanted},
        "failed_arrivals": failed,
        "stopped_tokens": stopped,
    }
    return web.json_response(body)


async def ready(request: web.Request) -> web.StreamResponse:
    """200 once the database answers."""
    await request.app[APP].db.read(inbox.failed_count)
    return web.Response(text="ready\n")


async def metrics(request: web.Request) -> web.StreamResponse:
    """Prometheus' text."""
    app = request.app[APP]
    app.metrics.waiting.set(await app.db.read(outbox.waiting_count))
    return web.Response(body=app.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
