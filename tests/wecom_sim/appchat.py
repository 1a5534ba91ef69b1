"""Groups an app makes itself (sheet 3): members only, and only this app may write to them."""

from __future__ import annotations

import secrets
from typing import Any

from tests.wecom_sim import checks, messages, words
from tests.wecom_sim.state import World
from tests.wecom_sim.things import DAY_SECONDS, HOUR_SECONDS, Api, Call, Group, Json, Refused, Shown

CREATED_A_DAY, CHANGED_AN_HOUR = 1000, 1000
A_MINUTE, A_DAY = 200, 10_000
LEAST_MEMBERS, MOST_MEMBERS = 2, 2000
KINDS = {one: check for one, check in messages.KINDS.items() if one not in ("template_card",)}


def create(world: World, call: Call) -> Json:
    """appchat/create."""
    body = call.body
    checks.known(world, "appchat/create", body, ("name", "owner", "userlist", "chatid"))
    if not world.sees_root:
        raise Refused(60011, "the app's range has not the root department")
    if world.windows.full("groups a day", call.app.name, CREATED_A_DAY, DAY_SECONDS, world.now()):
        raise Refused(45009, "api freq out of limit")
    chat_id = str(body.get("chatid") or secrets.token_hex(12))
    if not chat_id.isascii() or not chat_id.isalnum() or len(chat_id) > 32:
        raise Refused(86001, "invalid chatid")
    if chat_id in world.groups:
        raise Refused(86215, "chatid exists")
    name = str(body.get("name") or "")
    if len(name) > 50:
        raise Refused(checks.LONG, "name of more than 50")
    members = _members(world, body.get("userlist"))
    owner = str(body.get("owner") or members[0])
    if owner not in members:
        raise Refused(86216, "owner is not a member")
    world.groups[chat_id] = Group(chat_id, name, owner, members, by=call.app.name)
    return {"chatid": chat_id}


def _members(world: World, userlist: Any) -> list[str]:
    members = [str(one) for one in userlist] if isinstance(userlist, list) else []
    if not LEAST_MEMBERS <= len(set(members)) <= MOST_MEMBERS:
        raise Refused(86006, "2 to 2000 members")
    if any(one.lower() not in world.members or world.members[one.lower()].status != 1 for one in members):
        raise Refused(86216, "invalid member")
    return list(dict.fromkeys(members))


def _own(world: World, call: Call, chat_id: Any) -> Group:
    group = world.groups.get(str(chat_id))
    if group is None:
        raise Refused(86001, "invalid chatid")
    if group.by != call.app.name:
        raise Refused(86003, "the group is not this app's")
    return group


def change(world: World, call: Call) -> Json:
    """appchat/update."""
    body = call.body
    checks.known(world, "appchat/update", body, ("chatid", "name", "owner", "add_user_list", "del_user_list"))
    group = _own(world, call, body.get("chatid"))
    if world.windows.full("group changes an hour", call.app.name, CHANGED_AN_HOUR, HOUR_SECONDS, world.now()):
        raise Refused(45009, "api freq out of limit")
    gone = {str(one) for one in checks.listed(body, "del_user_list", 0, MOST_MEMBERS)}
    added = [str(one) for one in checks.listed(body, "add_user_list", 0, MOST_MEMBERS)]
    group.members = _members(world, [one for one in group.members if one not in gone] + added)
    group.name = str(body.get("name") or group.name)
    group.owner = str(body.get("owner") or group.owner)
    return {}


def get(world: World, call: Call) -> Json:
    """appchat/get."""
    group = _own(world, call, call.query.get("chatid"))
    info = {"chatid": group.chat_id, "name": group.name, "owner": group.owner, "userlist": group.members}
    return {"chat_info": info}


def send(world: World, call: Call) -> Json:
    """appchat/send."""
    body = call.body
    group = _own(world, call, body.get("chatid"))
    kind = str(body.get("msgtype"))
    if kind not in KINDS:
        raise Refused(40008, "invalid msgtype")
    checks.known(world, "appchat/send", body, ("chatid", "msgtype", "safe", kind))
    content = KINDS[kind](world, checks.thing(body, kind))
    full, now = world.windows.full, world.now()
    if full("group a minute", group.chat_id, A_MINUTE, 60, now) or full(
        "group a day", group.chat_id, A_DAY, DAY_SECONDS, now
    ):
        world.complain("appchat/send: more than 200 a minute or 10000 a day to one member, dropped")
        return {"msgid": ""}
    shown = Shown(f"chat{world.number():x}", call.app.name, kind, content, now)
    world.reach(group.chat_id, "appchat/send", shown, group.shown, words.words(shown))
    return {"msgid": shown.msgid}


APIS = {
    "appchat/create": Api(create),
    "appchat/update": Api(change),
    "appchat/get": Api(get, "GET"),
    "appchat/send": Api(send),
}
