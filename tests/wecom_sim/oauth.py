"""Who opens a page inside WeCom (sheet 4): a code for one question, five minutes."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode, urlsplit

from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, Call, Json, Refused

CODE_SECONDS = 300.0
STATE = re.compile(r"[a-zA-Z0-9]{0,128}")


def new_code(world: World, who: str) -> str:
    """A code that names a person: a member's userid, or an outsider."""
    code = secrets.token_urlsafe(24)
    world.oauth_codes[code] = (who, world.now() + CODE_SECONDS)
    return code


def authorize(world: World, query: dict[str, str], who: str) -> str:
    """Where the browser of `who` is sent. Raises Refused; trusted hosts have the port in them."""
    if query.get("appid") not in {one.corp_id for one in world.apps.values()}:
        raise Refused(40013, "invalid appid")
    if query.get("agentid", "") not in {"", *(str(one.agent_id) for one in world.apps.values() if one.agent_id)}:
        raise Refused(40056, "invalid agentid")
    if query.get("response_type") != "code" or query.get("scope") != "snsapi_base":
        raise Refused(40035, "invalid response_type or scope")
    if not STATE.fullmatch(query.get("state", "")):
        raise Refused(40035, "invalid state")
    back = query.get("redirect_uri", "")
    host = urlsplit(back).netloc
    if world.trusted_hosts and host not in world.trusted_hosts:
        raise Refused(50001, "redirect_uri is not in a trusted domain")
    more = urlencode({"code": new_code(world, who), "state": query.get("state", "")})
    return f"{back}{'&' if '?' in back else '?'}{more}"


def getuserinfo(world: World, call: Call) -> Json:
    """auth/getuserinfo: once, in five minutes."""
    who, until = world.oauth_codes.pop(call.query.get("code", ""), ("", 0.0))
    if not who or world.now() > until:
        raise Refused(40029, "invalid code")
    member = world.members.get(who.lower())
    if member is not None and member.status == 1:
        return {"userid": member.userid}
    outside = {"external_userid": who} if who in world.owners else {}
    return {"openid": f"o{who}", **outside}


APIS = {"auth/getuserinfo": Api(getuserinfo, "GET", apps=("app", "kefu"))}
