"""Asks WeChat and an SMS gateway whether they are there, from the command line. Secrets stand in what is asked, and the
gateway's address is one: no error is passed on."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat.calling import API
from bot.commands.asking_telegram import ahead
from bot.settings import Settings

ANSWER_SECONDS = 10
MOST_BYTES = 1024 * 1024
#: What is said where nobody answered, or nothing that can be understood.
NOBODY = -999


class _Staying(urllib.request.HTTPRedirectHandler):
    """Goes where it is sent, and no further: so does the office."""

    def redirect_request(self, *_told: Any) -> None:
        """Nowhere."""


def token(settings: Settings, app_id: str, secret: str) -> dict[str, Any]:
    """Ask for the token of an account of WeChat's, the one there is; {"errcode": NOBODY} without an answer.

    The running office's token stays good: WeChat gives the same one as long as it lives.
    """
    fields = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
    address = f"{(settings.wechat_api or API).rstrip('/')}/cgi-bin/stable_token"
    try:
        asking = urllib.request.Request(address, data=json.dumps(fields).encode(), method="POST")  # noqa: S310
        asking.add_header("Content-Type", "application/json")
        with _opener().open(asking, timeout=ANSWER_SECONDS) as answered:
            found = json.loads(answered.read(MOST_BYTES))
    except (OSError, ValueError, http.client.HTTPException, RecursionError):  # nobody, too late, or no address
        return {"errcode": NOBODY}
    return found if isinstance(found, dict) else {"errcode": NOBODY}


@dataclass(frozen=True, slots=True)
class Reached:
    """What was met at a gateway. status: of HTTP, 0 where nobody answered; untrusted: its certificate is not good.

    ahead_seconds: how far this machine's clock is ahead of the gateway's; None where that names no time.
    """

    status: int = 0
    untrusted: bool = False
    ahead_seconds: float | None = None


def gateway(url: str) -> Reached:
    """Knock at a gateway with HEAD, which by its meaning sends nothing (RFC 9110, 9.2.1)."""
    try:
        asking = urllib.request.Request(url, method="HEAD")  # noqa: S310 - the caller has looked at it
        with _opener().open(asking, timeout=ANSWER_SECONDS) as answered:
            return Reached(answered.status, ahead_seconds=ahead(answered.headers.get("Date")))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Reached(refusal.code, ahead_seconds=ahead(refusal.headers.get("Date")))
    except (OSError, ValueError, http.client.HTTPException) as error:  # nobody, too late, or no address
        return Reached(untrusted=isinstance(getattr(error, "reason", error), ssl.SSLError))


def _opener() -> urllib.request.OpenerDirector:
    """As the office calls: by no proxy, wherever the environment names one."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _Staying)
