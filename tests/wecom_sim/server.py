"""The platform as a server: every API on its path, errors as HTTP 200 with errcode, faults where they are planned."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from tests.wecom_sim import (
    addresses,
    appchat,
    consoles,
    control,
    customers,
    directory,
    kefu,
    media,
    messages,
    oauth,
    owners,
    robots,
    sms,
    tokens,
    wechat,
)
from tests.wecom_sim.consoles import OPEN_KFID, ROBOT_KEY
from tests.wecom_sim.directory import Personnel
from tests.wecom_sim.faults import Fault
from tests.wecom_sim.members import MemberPhone
from tests.wecom_sim.owners import OwnerPhone
from tests.wecom_sim.postman import Callback, Postman
from tests.wecom_sim.state import EXPECTED, World
from tests.wecom_sim.things import Api, App, Call, Group, Json, Member, Owner, Refused, Shown, Upload, WeChatPerson

APIS: dict[str, Api] = {}
for _theme in (tokens, messages, media, kefu, robots, appchat, customers, directory, oauth, wechat, addresses):
    APIS |= _theme.APIS

LARGEST_BODY = 32 * 1024 * 1024
#: Not counted against the rate of one API.
UNCOUNTED = ("webhook/send", "gettoken")
NOBODY = App("", 0, "", "")
LOOK_SECONDS, PATIENCE_SECONDS = 0.01, 20.0


class WecomSim(World):
    """The platform. url: its address once it runs. now: its clock, seconds since 1970.

    callbacks: how the office is told. personnel: the administrator at the directory.
    """

    def __init__(self, now: Callable[[], float] = time.time, port: int = 0) -> None:
        super().__init__(now)
        self.callbacks: Postman = Postman(self)
        self.personnel: Personnel = Personnel(self, self.callbacks)
        self.url, self.port = "", port
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        consoles.furnish(self)

    # --- running ------------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> WecomSim:
        site = web.Application(client_max_size=LARGEST_BODY)
        site.router.add_route("*", "/cgi-bin/{api:.+}", self._cgi)
        site.router.add_route("*", "/{api:sns/.+}", self._cgi)
        site.router.add_get("/connect/oauth2/authorize", self._authorize)
        site.router.add_post("/sms", self._sms)
        site.add_routes(control.routes(self))
        self._runner = web.AppRunner(site, access_log=None, handle_signals=False, shutdown_timeout=0.5)
        await self._runner.setup()
        listener = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await listener.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        await self.callbacks.open()
        return self

    async def __aexit__(self, *_why: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.callbacks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- who is there -------------------------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """QINQING_* for an office that is to work with this platform."""
        return consoles.settings(self, self.url)

    def office_at(self, url: str) -> None:
        """The office has this address: every app's callbacks go to its path there."""
        for name, path in consoles.PATHS.items():
            self.apps[name].callback = url.rstrip("/") + path

    async def verify_url(self, app: str) -> str:
        """Save the URL in the console: "" where it passed the check, else what was wrong."""
        return await self.callbacks.verify(self.apps[app])

    def revoke(self, app: str) -> None:
        """Kill an app's token early (40014)."""
        tokens.revoke(self, app)

    def expire(self, app: str) -> None:
        """End an app's token (42001)."""
        tokens.expire(self, app)

    def forget_task(self, task_id: str, app: str = "app") -> None:
        """Lose a task: its codes meet 42016."""
        self.cards.pop((app, task_id), None)

    def member(self, userid: str, name: str = "", **facts: Any) -> MemberPhone:
        """The phone of somebody at the corp, who is made where new; facts: fields of Member."""
        found = self.members.get(userid.lower())
        if found is None:
            found = self.members[userid.lower()] = Member(userid, name or userid, **facts)
        return MemberPhone(self, self.callbacks, found)

    def owner(self, external_userid: str, nickname: str = "", unionid: str = "", kefu: str = OPEN_KFID) -> OwnerPhone:
        """The phone of a business owner, who is made where new."""
        found = self.owners.setdefault(external_userid, Owner(external_userid))
        found.nickname, found.unionid = nickname or found.nickname, unionid or found.unionid
        return OwnerPhone(self, self.callbacks, found, kefu)

    def robot(self, key: str = ROBOT_KEY) -> Group:
        """The group in which the robot with this key sits, made where new."""
        return self.robots.setdefault(key, Group(f"robot {len(self.robots)}"))

    def group(self, chat_id: str) -> Group:
        """A group by its id."""
        return self.groups[chat_id]

    def customer_group(self, chat_id: str, owner: str, name: str = "") -> Group:
        """A group of customers that belongs to a member."""
        return self.groups.setdefault(chat_id, Group(chat_id, name, owner, [owner]))

    def on_wechat(self, openid: str, unionid: str = "") -> WeChatPerson:
        """Somebody at the mini program or the service account."""
        return wechat.person(self, openid, unionid)

    async def follow(self, openid: str, unionid: str = "", *, follows: bool = True) -> Callback:
        """Somebody begins to follow the service account, or ceases to."""
        found = self.on_wechat(openid, unionid)
        found.follows = follows
        told = {"ToUserName": "gh_of_the_tests", "FromUserName": openid, "CreateTime": int(self.now())}
        told |= {"MsgType": "event", "Event": "subscribe" if follows else "unsubscribe", "EventKey": ""}
        return await self.callbacks.post(self.apps["service"], told)

    def phone(self, number: str) -> list[Shown]:
        """The messages on a phone."""
        return self.phones[number]

    async def until(self, holds: Callable[[], Any], otherwise: str = "", seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait until something holds, and return it. Fails with the words."""
        ends = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < ends, otherwise or f"did not come to hold; complaints: {self.complaints[-5:]}"
            await asyncio.sleep(LOOK_SECONDS)
        return found

    # --- calls --------------------------------------------------------------------------------------------------------

    async def _cgi(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["api"]
        try:
            raw, file, body = await _read(request)
        except ValueError:
            self.complain(f"{name}: the body is no JSON object")
            return _answer({"errcode": 41016, "errmsg": "invalid body"})
        fault = self.faults.due(name, body)
        if fault is not None and not await self._survives(request, fault):
            return web.Response(status=fault.http or 502, text="Bad Gateway")
        answer = self._serve(request, name, Call(name, request.query, NOBODY, body, raw, file), fault)
        if self.kf_failed:
            self._later(owners.failed(self, self.callbacks))
        if fault is not None and fault.closed == "after":
            _cut(request)
        return answer

    async def _survives(self, request: web.Request, fault: Fault) -> bool:
        """Whether a call is served in spite of its fault; what stalls is served even where the caller has gone."""
        if fault.stall:
            await asyncio.sleep(fault.stall)
        if fault.closed == "before":
            _cut(request)
        return not fault.http and fault.closed != "before"

    def _serve(self, request: web.Request, name: str, call: Call, fault: Fault | None) -> web.Response:
        self.calls[name] += 1
        try:
            if fault is not None and fault.errcode:
                return _answer({"errcode": fault.errcode, "errmsg": "planned", **(fault.more or {})})
            told = self._called(request, name, call)
        except Refused as refused:
            self.refusals[name, refused.errcode] += 1
            if refused.errcode not in EXPECTED:
                self.complain(f"{name}: {refused.errcode} {refused.errmsg}")
            return _answer({"errcode": refused.errcode, "errmsg": refused.errmsg, **refused.more})
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            self.complain(f"{name}: 41016 the body has not the shape it must have: {type(error).__name__} {error}")
            return _answer({"errcode": 41016, "errmsg": "invalid body"})
        if isinstance(told, bytes):
            return _file(self, call, told)
        return _answer({"errcode": 0, "errmsg": "ok", **told, **(fault.more or {} if fault else {})})

    def _called(self, request: web.Request, name: str, call: Call) -> Json | bytes:
        api = APIS.get(name)
        if api is None:
            raise Refused(40066, "invalid url")
        if request.method != api.method:
            raise Refused(43001 if api.method == "GET" else 43002, f"require {api.method}")
        if api.apps:
            call.app = tokens.holder(self, request.query.get("access_token", ""), api.apps)
            if call.app.name not in api.apps:
                raise Refused(api.wrong, "no permission")
        if name not in UNCOUNTED and self.windows.full("api a minute", name, self.api_a_minute, 60, self.now()):
            raise Refused(45009, "api freq out of limit")
        return api.serve(self, call)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """The page of the platform that names who opens a page: `__as` in the query, else a cookie or a header."""
        who = request.query.get("__as") or request.cookies.get("sim_user") or request.headers.get("X-Sim-User", "")
        try:
            if not who:
                raise Refused(40035, "nobody is signed in at this browser")
            back = oauth.authorize(self, dict(request.query), who)
        except Refused as refused:
            self.complain(f"authorize: {refused.errcode} {refused.errmsg}")
            return web.Response(status=400, text=f"{refused.errcode} {refused.errmsg}")
        raise web.HTTPFound(back)

    async def _sms(self, request: web.Request) -> web.Response:
        raw = await request.read()
        fault = self.faults.due("sms", {})
        if fault is not None and not await self._survives(request, fault):
            return web.json_response({"error": "planned"}, status=fault.http or 502)
        try:
            body = _object(raw)
        except ValueError:
            return web.json_response({"error": "no JSON object"}, status=400)
        status, told = sms.take(self, raw, request.headers.get(sms.SIGNED, ""), body)
        if fault is not None and fault.closed == "after":
            _cut(request)
        return web.json_response(told, status=status)

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _read(request: web.Request) -> tuple[bytes, Upload | None, Json]:
    """Bytes, file and fields of a call. Raises ValueError."""
    if request.content_type.startswith("multipart/"):
        return b"", await _part(request), {}
    raw = await request.read()
    return raw, None, _object(raw) if raw else {}


def _object(raw: bytes) -> Json:
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return body


async def _part(request: web.Request) -> Upload | None:
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "media":
            return Upload(part.filename or "", bytes(await part.read()))
    return None


def _answer(fields: Json) -> web.Response:
    """What phones sent is passed on as it is, half an emoji too."""
    told = json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return web.Response(body=told, content_type="application/json")


def _file(world: World, call: Call, data: bytes) -> web.Response:
    kept = world.media[call.query["media_id"]]
    sort = {"image": "image/jpeg", "voice": "voice/amr", "video": "video/mp4"}.get(
        kept.kind, "application/octet-stream"
    )
    named = f"attachment; filename=\"{quote(kept.name)}\"; filename*=utf-8''{quote(kept.name)}"
    return web.Response(body=data, content_type=sort, headers={"Content-Disposition": named})


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


@contextmanager
def running(sim: WecomSim) -> Iterator[WecomSim]:
    """The platform in a thread with a loop of its own, so that it goes on while a test's loop is busy or gone."""
    loop, started = asyncio.new_event_loop(), Future[WecomSim]()

    async def serve() -> None:
        try:
            started.set_result(await sim.__aenter__())
        except BaseException as error:
            started.set_exception(error)

    def turn() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        if started.exception() is None:
            loop.run_forever()

    thread = threading.Thread(target=turn, name="wecom-sim", daemon=True)
    thread.start()
    started.result()
    try:
        yield sim
    finally:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(sim.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
