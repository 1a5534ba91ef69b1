"""gettoken (sheet 1.6): one token per secret, the same while it lives, killed when the platform pleases."""

from __future__ import annotations

import secrets

from tests.wecom_sim.state import World
from tests.wecom_sim.things import HOUR_SECONDS, AccessToken, Api, App, Call, Json, Refused

LIFE_SECONDS = 7200
#: Repeated calls with a wrong secret shut the address out for an hour. The sheet names no number.
WRONG_SECRETS = 10


def issue(world: World, app: App) -> Json:
    """A token for an app: the one it has, or a new one. Counts under "gettoken NAME"."""
    now = world.now()
    world.calls[f"gettoken {app.name}"] += 1
    token = current(world, app)
    if token is None or app.rotates:
        if token is not None:
            del world.tokens[token.value]
        token = AccessToken(f"{app.name}-{secrets.token_urlsafe(48)}", app, now + LIFE_SECONDS)
        world.tokens[token.value] = token
        world.current_token[app.name] = token.value
    return {"access_token": token.value, "expires_in": int(token.expires_at - now)}


def current(world: World, app: App) -> AccessToken | None:
    """The token that lives, None for none."""
    token = world.tokens.get(world.current_token.get(app.name, ""))
    return token if token is not None and token.expires_at > world.now() else None


def revoke(world: World, name: str) -> None:
    """Kill an app's token early: 40014 from now on."""
    world.tokens.pop(world.current_token.pop(name, ""), None)


def expire(world: World, name: str) -> None:
    """End an app's token as if its time had come: 42001 from now on."""
    token = world.tokens.get(world.current_token.get(name, ""))
    if token is not None:
        token.expires_at = world.now()


def holder(world: World, value: str, apps: tuple[str, ...]) -> App:
    """Whose token this is, at an API that takes those of `apps`. Raises Refused; accounts of WeChat say 40001."""
    if not value:
        raise Refused(41001, "access_token missing")
    token = world.tokens.get(value)
    if token is None:
        on_wechat = all(world.apps[name].kind == "wechat" for name in apps)
        raise Refused(40001 if on_wechat else 40014, "invalid access_token")
    if token.expires_at <= world.now():
        raise Refused(42001, "access_token expired")
    return token.app


def gettoken(world: World, call: Call) -> Json:
    """A token for corpid and corpsecret."""
    now = world.now()
    if now < world.shut_out_until:
        raise Refused(45009, "api freq out of limit: wrong secrets")
    corp_id, secret = call.query.get("corpid", ""), call.query.get("corpsecret", "")
    apps = [app for app in world.apps.values() if app.kind == "wecom"]
    if corp_id not in {app.corp_id for app in apps}:
        raise Refused(40013, "invalid corpid")
    app = next((app for app in apps if secret and app.secret == secret), None)
    if app is None:
        if world.windows.full("wrong secrets", "", WRONG_SECRETS, HOUR_SECONDS, now):
            world.shut_out_until = now + HOUR_SECONDS
        raise Refused(40001, "invalid credential")
    return issue(world, app)


APIS = {"gettoken": Api(gettoken, "GET", apps=())}
