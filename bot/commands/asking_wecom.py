"""Asks WeCom a question from the command line. Secrets stand in the address: no error is passed on."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.settings import Settings

OFFICIAL = "https://qyapi.weixin.qq.com"
ANSWER_SECONDS = 10
MOST_BYTES = 1024 * 1024
#: What is said where nobody answered, or nothing that can be understood.
NOBODY = -999


def ask(settings: Settings, method: str, **query: str) -> dict[str, Any]:
    """Call a method of WeCom with GET, through the proxy where one is set; {"errcode": NOBODY} without an answer."""
    if not host_of(settings):
        return {"errcode": NOBODY}
    address = f"{server_of(settings)}/cgi-bin/{method}?{urlencode(query)}"
    proxy = settings.wecom_proxy.get_secret_value()
    ways = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
    try:
        with urllib.request.build_opener(ways).open(address, timeout=ANSWER_SECONDS) as answered:
            found = json.loads(answered.read(MOST_BYTES))
    except (OSError, ValueError, http.client.HTTPException, RecursionError):  # nobody, too late, or no address
        return {"errcode": NOBODY}
    return found if isinstance(found, dict) else {"errcode": NOBODY}


def server_of(settings: Settings) -> str:
    """The address of WeCom's API that is used."""
    return (settings.wecom_api or OFFICIAL).rstrip("/")


def host_of(settings: Settings) -> str:
    """The name of that server alone; "" for an address that is none."""
    try:
        parts = urlsplit(server_of(settings))
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
