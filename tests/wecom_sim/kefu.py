"""WeChat customer service (sheet 2): what owners say is pulled by cursor; five messages in 48 hours go back to them."""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Callable
from typing import Any

from tests.wecom_sim import checks, words
from tests.wecom_sim.media import find
from tests.wecom_sim.menus import menu
from tests.wecom_sim.state import World
from tests.wecom_sim.things import (
    DAY_SECONDS,
    HOUR_SECONDS,
    Api,
    Call,
    Json,
    KfAccount,
    KfCode,
    KfTalk,
    Owner,
    Refused,
    Shown,
)

WINDOW_SECONDS = 48 * HOUR_SECONDS
MOST_MESSAGES = 5
LOG_SECONDS = 3 * DAY_SECONDS
TOKEN_SECONDS = 600.0
WELCOME_SECONDS = 20.0
MOST_PULLED = 1000
#: Pulls without the token of a callback, a minute. The sheet says "strict" and names no number.
UNTOKENED_A_MINUTE = 60
MSGID = r"[0-9a-zA-Z_-]*"

NEW, BOT, POOL, HUMAN, OVER = range(5)
#: From which state to which an API call may bring a talk (sheet 2.5).
TRANSFERS = {
    NEW: {BOT, POOL, HUMAN, OVER},
    BOT: {POOL, HUMAN, OVER},
    POOL: {HUMAN, OVER},
    HUMAN: {POOL, OVER},
    OVER: set(),
}


# --- pulling ----------------------------------------------------------------------------------------------------------


def account(world: World, open_kfid: Any) -> KfAccount:
    """An account. Raises Refused."""
    found = world.kf_accounts.get(str(open_kfid))
    if found is None:
        raise Refused(95000, "invalid open_kfid")
    if found.gone:
        raise Refused(95004, "open_kfid was deleted")
    return found


def new_token(world: World, open_kfid: str) -> str:
    """The token of a callback, good for ten minutes."""
    token = f"ENC{world.number():x}{secrets.token_urlsafe(18)}"
    world.kf_tokens[token] = (open_kfid, world.now() + TOKEN_SECONDS)
    return token


def log(world: World, found: KfAccount, fields: Json, *, origin: int = 4) -> Json:
    """Add to what can be pulled; returns the entry."""
    entry = {"msgid": f"kf{world.number():x}", "send_time": int(world.now()), "origin": origin, **fields}
    found.log.append(entry)
    return entry


def sync(world: World, call: Call) -> Json:
    """kf/sync_msg."""
    body = call.body
    names = ("cursor", "token", "limit", "voice_format", "open_kfid")
    checks.known(world, "kf/sync_msg", body, names)
    found = account(world, checks.text(body, "open_kfid", empty=checks.WRONG))
    checks.number(body, "voice_format", (0, 1))
    limit = checks.number(body, "limit", range(MOST_PULLED + 1), MOST_PULLED) or MOST_PULLED
    _tokened(world, found, checks.maybe(body, "token", 128))
    at = _position(world, found, checks.maybe(body, "cursor", 64))
    if world.empty_pages > 0:
        world.empty_pages -= 1
        return {"next_cursor": _cursor(world, found, at), "has_more": 1, "msg_list": []}
    until = min(at + min(limit, world.kf_page), len(found.log))
    page = copy.deepcopy(found.log[at:until])
    return {"next_cursor": _cursor(world, found, until), "has_more": int(until < len(found.log)), "msg_list": page}


def _tokened(world: World, found: KfAccount, token: str) -> None:
    if not token:
        if world.windows.full("kf pulls without a token", found.open_kfid, UNTOKENED_A_MINUTE, 60, world.now()):
            raise Refused(45009, "api freq out of limit: no token")
        return
    open_kfid, until = world.kf_tokens.get(token, ("", 0.0))
    if open_kfid != found.open_kfid or world.now() > until:
        raise Refused(95007, "invalid or expired token")


def _cursor(world: World, found: KfAccount, at: int) -> str:
    return f"4gw{found.open_kfid[-6:]}.{at:x}.{secrets.token_hex(4)}"


def _position(world: World, found: KfAccount, cursor: str) -> int:
    """Where a cursor points; nothing older than three days is given out."""
    at = 0
    if cursor:
        match = re.fullmatch(rf"4gw{re.escape(found.open_kfid[-6:])}\.([0-9a-f]+)\.[0-9a-f]{{8}}", cursor)
        at = int(match[1], 16) if match else -1
        if not 0 <= at <= len(found.log):
            raise Refused(checks.WRONG, "invalid cursor")
    oldest = world.now() - LOG_SECONDS
    while at < len(found.log) and found.log[at]["send_time"] < oldest:
        at += 1
    return at


# --- saying -----------------------------------------------------------------------------------------------------------


def _text(_world: World, body: Json) -> None:
    checks.text(body, "content", 2048)


def _link(world: World, body: Json) -> None:
    checks.text(body, "title", 128)
    checks.maybe(body, "desc", 512)
    checks.text(body, "url", 2048)
    find(world, str(body.get("thumb_media_id")), ("image",))


def _program(world: World, body: Json) -> None:
    checks.text(body, "appid")
    checks.maybe(body, "title", 64)
    find(world, str(body.get("thumb_media_id")), ("image",))
    if not str(body.get("pagepath", "")).split("?")[0].endswith(".html"):
        raise Refused(checks.WRONG, "pagepath does not end in .html")


def _location(_world: World, body: Json) -> None:
    if not all(isinstance(body.get(one), int | float) for one in ("latitude", "longitude")):
        raise Refused(checks.WRONG, "invalid location")


def _contact(_world: World, body: Json) -> None:
    checks.text(body, "link_url", 2048)


def _file(kind: str) -> Callable[[World, Json], None]:
    def check(world: World, body: Json) -> None:
        body["name"] = find(world, str(body.get("media_id")), (kind,)).name

    return check


KINDS: dict[str, Callable[[World, Json], None]] = {
    "text": _text,
    "msgmenu": menu,
    "link": _link,
    "miniprogram": _program,
    "location": _location,
    "ca_link": _contact,
    **{kind: _file(kind) for kind in ("image", "voice", "video", "file")},
}


def send(world: World, call: Call) -> Json:
    """kf/send_msg: a repeated msgid is told before anything else, then state and window (sheet 2.3)."""
    body = call.body
    found = account(world, body.get("open_kfid"))
    owner = world.owners.get(str(body.get("touser")))
    if owner is None:
        raise Refused(40003, "invalid touser")
    kind, content = _content(world, "kf/send_msg", body, ("touser", "open_kfid"))
    msgid = _own_msgid(world, found, body)
    talk = owner.talks[found.open_kfid]
    _open(world, talk)
    talk.sent += 1
    _reach(world, found, owner, msgid, kind, content, "kf/send_msg")
    return {"msgid": msgid}


def _content(world: World, where: str, body: Json, more: tuple[str, ...]) -> tuple[str, Json]:
    kind = str(body.get("msgtype"))
    if kind not in KINDS:
        raise Refused(40008, "invalid msgtype")
    checks.known(world, where, body, (*more, "msgid", "msgtype", kind))
    content = copy.deepcopy(checks.thing(body, kind))
    KINDS[kind](world, content)
    return kind, content


def _own_msgid(world: World, found: KfAccount, body: Json) -> str:
    msgid = body.get("msgid")
    if msgid is None:
        return f"srv{world.number():x}"
    msgid = checks.matching(body, "msgid", MSGID, 32)
    if msgid in found.msgids:
        raise Refused(95033, "msgid was used before")
    return msgid


def _open(world: World, talk: KfTalk) -> None:
    """Raises Refused where nothing may be said."""
    if talk.said_at is None:
        raise Refused(95031, "no message of the customer in 48 hours")
    if world.now() - talk.said_at > WINDOW_SECONDS:
        raise Refused(95002, "more than 48 hours since the customer's message")
    if talk.state == OVER:
        raise Refused(95013, "the talk has ended")
    if talk.state not in (NEW, BOT):
        raise Refused(95018, "the talk's state does not allow it")
    if talk.sent >= MOST_MESSAGES:
        raise Refused(95001, "more than 5 messages")


def _reach(world: World, found: KfAccount, owner: Owner, msgid: str, kind: str, content: Json, api: str) -> None:
    """Show it to the owner; or let it fail after it was taken, which an event will tell."""
    found.msgids[msgid] = owner.external_userid
    if world.kf_fails:
        world.kf_failed.append((found, owner.external_userid, msgid, world.kf_fails.popleft()))
        return
    shown = Shown(msgid, found.open_kfid, kind, content, world.now())
    world.reach(owner.external_userid, api, shown, owner.shown, words.words(shown))


def on_event(world: World, call: Call) -> Json:
    """kf/send_msg_on_event: by a code, once, in its time (sheet 2.4); does not count among the five."""
    body = call.body
    code = world.kf_codes.get(checks.text(body, "code", empty=checks.WRONG))
    if code is None or code.used or world.now() > code.until:
        raise Refused(checks.WRONG, "invalid, used or expired code")
    kind, content = _content(world, "kf/send_msg_on_event", body, ("code",))
    if kind not in code.kinds:
        raise Refused(40008, f"no {kind} by this code")
    if kind == "msgmenu" and len(content.get("list", ())) > 10:
        raise Refused(95008, "more than 10 in the menu of a welcome")
    found, owner = account(world, code.open_kfid), world.owners[code.owner]
    if code.only_state is not None and owner.talks[code.open_kfid].state != code.only_state:
        raise Refused(95018, "not in the state of the code")
    msgid = _own_msgid(world, found, body)
    code.used = True
    _reach(world, found, owner, msgid, kind, content, "kf/send_msg_on_event")
    return {"msgid": msgid}


def new_code(world: World, code: KfCode) -> str:
    """A code for one message on an event."""
    name = f"W{world.number():x}{secrets.token_urlsafe(9)}"
    world.kf_codes[name] = code
    return name


# --- states and people ------------------------------------------------------------------------------------------------


def _talk(world: World, body: Json) -> tuple[KfAccount, Owner, KfTalk]:
    found = account(world, body.get("open_kfid"))
    owner = world.owners.get(str(body.get("external_userid")))
    if owner is None:
        raise Refused(40003, "invalid external_userid")
    return found, owner, owner.talks[found.open_kfid]


def state_get(world: World, call: Call) -> Json:
    """kf/service_state/get."""
    talk = _talk(world, call.body)[2]
    return {"service_state": talk.state, "servicer_userid": talk.servicer}


def state_trans(world: World, call: Call) -> Json:
    """kf/service_state/trans."""
    found, owner, talk = _talk(world, call.body)
    to = checks.number(call.body, "service_state", range(5), -1)
    if to not in TRANSFERS[talk.state]:
        raise Refused(95016, "no such transfer")
    servicer = str(call.body.get("servicer_userid", ""))
    if to == HUMAN and servicer not in found.servicers:
        raise Refused(95014, "not an active servicer")
    talk.state, talk.servicer, talk.ended = to, servicer if to == HUMAN else "", to == OVER
    return {"msg_code": _state_code(world, found, owner, to)} if to in (POOL, HUMAN, OVER) else {}


def _state_code(world: World, found: KfAccount, owner: Owner, to: int) -> str:
    seconds = WELCOME_SECONDS if to == OVER else WINDOW_SECONDS
    kinds = ("text", "msgmenu") if to == OVER else ("text",)
    until = world.now() + seconds
    return new_code(world, KfCode(found.open_kfid, owner.external_userid, until, kinds, only_state=to))


def active(world: World, talk: KfTalk) -> bool:
    """Whether the customer did something in the last 48 hours."""
    last = max(talk.said_at or -1e18, talk.entered_at or -1e18)
    return world.now() - last <= WINDOW_SECONDS


def batchget(world: World, call: Call) -> Json:
    """kf/customer/batchget: only who was active in 48 hours."""
    asked = [str(one) for one in checks.listed(call.body, "external_userid_list", 1, 100)]
    context = call.body.get("need_enter_session_context") == 1
    found, missing = [], []
    for one in dict.fromkeys(asked):
        owner = world.owners.get(one)
        talk = next((t for t in owner.talks.values() if active(world, t)), None) if owner else None
        if owner is None or talk is None:
            missing.append(one)
            continue
        told: Json = {"external_userid": one, "nickname": owner.nickname, "avatar": "", "gender": 0}
        if owner.unionid:
            told["unionid"] = owner.unionid
        if context:
            told["enter_session_context"] = {"scene": talk.scene, "scene_param": talk.scene_param}
        found.append(told)
    return {"customer_list": found, "invalid_external_userid": missing}


def contact_way(world: World, call: Call) -> Json:
    """kf/add_contact_way: a link for a scene."""
    found = account(world, call.body.get("open_kfid"))
    scene = call.body.get("scene", "")
    if scene:
        checks.matching(call.body, "scene", MSGID, 32)
    world.kf_scenes.add(scene)
    query = f"?enc_scene={scene}" if scene else ""
    return {"url": f"https://work.weixin.qq.com/kfid/{found.open_kfid}{query}"}


def accounts(world: World, _call: Call) -> Json:
    """kf/account/list."""
    alive = [one for one in world.kf_accounts.values() if not one.gone]
    listed = [{"open_kfid": one.open_kfid, "name": one.name, "manage_privilege": True} for one in alive]
    return {"account_list": listed}


_KF = ("kefu",)
APIS = {
    "kf/sync_msg": Api(sync, apps=_KF, wrong=48007),
    "kf/send_msg": Api(send, apps=_KF, wrong=48007),
    "kf/send_msg_on_event": Api(on_event, apps=_KF, wrong=48007),
    "kf/service_state/get": Api(state_get, apps=_KF, wrong=48007),
    "kf/service_state/trans": Api(state_trans, apps=_KF, wrong=48007),
    "kf/customer/batchget": Api(batchget, apps=_KF, wrong=48007),
    "kf/add_contact_way": Api(contact_way, apps=_KF, wrong=48007),
    "kf/account/list": Api(accounts, "GET", apps=_KF, wrong=48007),
}
