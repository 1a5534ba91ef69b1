"""Who opens a page inside WeCom: WeCom itself says it once (D91022, D91023), and a signed cookie keeps it for a shift.

The cookie is signed for this purpose alone: no other cookie of the office passes for it, and it passes for none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.wecom.calling import Caller
from bot.settings import Settings

#: The page on which WeCom asks nobody anything, and sends them on with a code; an office's own address of WeCom has it.
AUTHORIZE, WEIXIN = "/connect/oauth2/authorize", "https://open.weixin.qq.com"
BACK = "/wecom/oauth"
#: Cookies of the pages inside WeCom go to these alone.
FOLDER = "/wecom"
SESSION, STATE = "qinqing_wecom", "qinqing_wecom_state"
SESSION_VALID, STATE_VALID = timedelta(hours=12), timedelta(minutes=10)
#: Says that a browser was signed in before, and by whom; it opens nothing.
BEEN, BEEN_VALID = "qinqing_wecom_been", timedelta(days=90)
LONGEST_USERID, LONGEST_CODE, LONGEST_COOKIE = 64, 512, 400


class Outsider(Exception):
    """Whoever opened the page is no member of the organisation."""


def fresh_state() -> str:
    """What ties an answer of WeCom's to the browser that asked: letters and digits, as it wants (D91022)."""
    return secrets.token_hex(16)


def authorize_url(settings: Settings, state: str) -> str:
    """Where the browser is sent to learn who uses it."""
    named = {
        "appid": settings.wecom_corp_id,
        "redirect_uri": f"{settings.public_url.rstrip('/')}{BACK}",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        "agentid": settings.wecom_app_agent_id,
    }
    return f"{settings.wecom_api.rstrip('/') or WEIXIN}{AUTHORIZE}?{urlencode(named)}#wechat_redirect"


async def userid_of(caller: Caller, code: str) -> str:
    """The member a code stands for, which is good once. Raises Outsider, and what a Caller raises."""
    found = await caller.call("auth/getuserinfo", query={"code": code})
    userid = found.get("userid")
    if not isinstance(userid, str) or not 0 < len(userid) <= LONGEST_USERID:
        raise Outsider
    return userid


# --- cookies ----------------------------------------------------------------------------------------------------


def sealed(name: str, value: str, ends: datetime, secret: bytes) -> str:
    """A cookie's value that holds until a time; name: of the cookie, for no other of which it is good."""
    plain = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    told = f"{plain}.{int(ends.timestamp())}"
    return f"{told}.{_mark(name, told, secret)}"


def opened(name: str, cookie: str, now: datetime, secret: bytes) -> str:
    """What such a cookie holds; "" for one that is over, of another name, or not of ours."""
    told, _dot, mark = cookie[:LONGEST_COOKIE].rpartition(".")
    if not hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(name, told, secret).encode()):
        return ""
    plain, _dot, ends = told.partition(".")
    if int(ends) <= now.timestamp():
        return ""
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)).decode()


def _mark(name: str, told: str, secret: bytes) -> str:
    return hmac.new(secret, f"{name}\0{told}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def give(response: web.StreamResponse, name: str, value: str, valid: timedelta, settings: Settings) -> None:
    """Give the browser a cookie that no script reads, and no other site's form sends."""
    response.set_cookie(
        name,
        value,
        max_age=int(valid.total_seconds()),
        path=FOLDER,
        httponly=True,
        samesite="Lax",
        secure=settings.public_url.startswith("https:"),
    )


def take_back(response: web.StreamResponse, name: str, settings: Settings) -> None:
    """The browser is to forget a cookie."""
    give(response, name, "", timedelta(), settings)
