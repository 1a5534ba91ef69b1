"""The doors beside WeCom on ordinary WeChat (sheet 2.8): a mini program's subscription and a service account."""

from __future__ import annotations

import re
import secrets

from tests.wecom_sim import checks, words
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, App, Call, Json, Refused, Shown, WeChatPerson
from tests.wecom_sim.tokens import issue

DATA_KEY = re.compile(r"[a-z_]+\d+")
#: Characters of a value that the mini program's messages take, by the sort in its key.
SUBSCRIBE_CHARACTERS = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10, "letter": 32}


def person(world: World, openid: str, unionid: str = "") -> WeChatPerson:
    """Somebody by openid, made where new."""
    found = world.wechat.setdefault(openid, WeChatPerson(openid))
    found.unionid = unionid or found.unionid
    return found


def new_login(world: World, openid: str) -> str:
    """The code of wx.login in the mini program."""
    code = secrets.token_hex(16)
    world.oauth_codes[code] = (openid, world.now() + 300)
    return code


def _account(world: World, app_id: str, secret: str) -> App:
    app = next((one for one in world.apps.values() if one.kind == "wechat" and one.corp_id == app_id), None)
    if app is None:
        raise Refused(40013, "invalid appid")
    if not secret or app.secret != secret:
        raise Refused(40001, "invalid secret")
    return app


def token(world: World, call: Call) -> Json:
    """token: a new one each time, which kills the one before."""
    if call.query.get("grant_type") != "client_credential":
        raise Refused(checks.WRONG, "invalid grant_type")
    app = _account(world, call.query.get("appid", ""), call.query.get("secret", ""))
    app.rotates = True
    return issue(world, app)


def stable_token(world: World, call: Call) -> Json:
    """stable_token: the same while it lives, unless force_refresh."""
    body = call.body
    if body.get("grant_type") != "client_credential":
        raise Refused(checks.WRONG, "invalid grant_type")
    app = _account(world, str(body.get("appid")), str(body.get("secret")))
    app.rotates = body.get("force_refresh") is True
    return issue(world, app)


def session(world: World, call: Call) -> Json:
    """sns/jscode2session: who opened the mini program."""
    _account(world, call.query.get("appid", ""), call.query.get("secret", ""))
    openid, until = world.oauth_codes.pop(call.query.get("js_code", ""), ("", 0.0))
    if not openid or world.now() > until:
        raise Refused(40029, "invalid code")
    found = person(world, openid)
    more = {"unionid": found.unionid} if found.unionid else {}
    return {"openid": openid, "session_key": secrets.token_urlsafe(16), **more}


def _data(world: World, body: Json, most: dict[str, int]) -> Json:
    """The values of a template. Raises Refused; what is shown cut is noted."""
    data = checks.thing(body, "data", 47003)
    for key, one in data.items():
        if not isinstance(one, dict) or not isinstance(one.get("value"), str) or not one["value"]:
            raise Refused(47003, f"invalid data.{key}")
        allowed = most.get(key.rstrip("0123456789"))
        if allowed is not None and len(one["value"]) > allowed:
            world.cuts.append(f"subscribe {key}: {len(one['value'])} characters, {allowed} are taken: {one['value']}")
    return data


def subscribe_send(world: World, call: Call) -> Json:
    """message/subscribe/send: 43101 without a subscription."""
    body = call.body
    checks.known(
        world, "message/subscribe/send", body, ("touser", "template_id", "page", "data", "miniprogram_state", "lang")
    )
    found = world.wechat.get(str(body.get("touser")))
    if found is None:
        raise Refused(40003, "invalid openid")
    template = checks.text(body, "template_id", empty=40037)
    if template not in world.templates["mini"]:
        raise Refused(40037, "invalid template_id")
    data = _data(world, body, SUBSCRIBE_CHARACTERS)
    if found.may_send[template] <= 0:
        raise Refused(43101, "user refuse to accept the msg")
    found.may_send[template] -= 1
    shown = Shown(f"sub{world.number():x}", "subscribe", "subscribe", data, world.now())
    world.reach(found.openid, "message/subscribe/send", shown, found.shown, words.words(shown))
    return {}


def template_send(world: World, call: Call) -> Json:
    """message/template/send: 43004 to who does not follow."""
    body = call.body
    names = ("touser", "template_id", "url", "miniprogram", "data", "client_msg_id")
    checks.known(world, "message/template/send", body, names)
    found = world.wechat.get(str(body.get("touser")))
    if found is None:
        raise Refused(40003, "invalid openid")
    if body.get("template_id") not in world.templates["service"]:
        raise Refused(40037, "invalid template_id")
    data = _data(world, body, {})
    if not found.follows:
        raise Refused(43004, "require subscribe")
    number = world.number()
    shown = Shown(str(number), "service", "template", {**data, "url": body.get("url", "")}, world.now())
    world.reach(found.openid, "message/template/send", shown, found.shown, words.words(shown))
    return {"msgid": number}


def user_info(world: World, call: Call) -> Json:
    """user/info: whether somebody follows, and their unionid."""
    found = world.wechat.get(call.query.get("openid", ""))
    if found is None:
        raise Refused(40003, "invalid openid")
    if not found.follows:
        return {"subscribe": 0, "openid": found.openid}
    return {"subscribe": 1, "openid": found.openid, "unionid": found.unionid}


APIS = {
    "token": Api(token, "GET", apps=()),
    "stable_token": Api(stable_token, apps=()),
    "sns/jscode2session": Api(session, "GET", apps=()),
    "message/subscribe/send": Api(subscribe_send, apps=("mini",)),
    "message/template/send": Api(template_send, apps=("service",)),
    "user/info": Api(user_info, "GET", apps=("service",)),
}
