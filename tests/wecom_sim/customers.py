"""Mass messages to customer groups (sheet 3): the app asks, a member confirms, and only then it is sent."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from tests.wecom_sim import checks, words
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, Call, Group, Json, MassTask, Refused, Shown

MOST_GROUPS, MOST_ATTACHMENTS, TEXT_BYTES = 2000, 9, 4000
WAITING, SENT = 0, 2
#: How a group fared: sent, or not because it had its share of the month.
DONE, TOO_MANY = 1, 3


def add_msg_template(world: World, call: Call) -> Json:
    """externalcontact/add_msg_template, for groups."""
    body = call.body
    checks.known(
        world,
        "externalcontact/add_msg_template",
        body,
        ("chat_type", "sender", "chat_id_list", "text", "attachments", "allow_select"),
    )
    if body.get("chat_type") != "group":
        raise Refused(checks.WRONG, "chat_type is not group")
    sender = checks.text(body, "sender")
    if sender.lower() not in world.members:
        raise Refused(40003, "invalid sender")
    attachments = checks.listed(body, "attachments", 0, MOST_ATTACHMENTS)
    if not attachments or "text" in body:
        checks.text(checks.thing(body, "text"), "content", TEXT_BYTES)
    for one in attachments:
        _attachment(one)
    own = [one.chat_id for one in world.groups.values() if one.owner == sender and not one.by]
    asked = [str(one) for one in checks.listed(body, "chat_id_list", 0, MOST_GROUPS)] or own
    task = MassTask(f"mass{world.number():x}", sender, [one for one in asked if one in own], body, world.now())
    world.tasks[task.msgid] = task
    return {"msgid": task.msgid, "fail_list": [one for one in asked if one not in own]}


def _attachment(one: Any) -> None:
    kind = one.get("msgtype") if isinstance(one, dict) else None
    if kind not in ("image", "link", "miniprogram", "video", "file"):
        raise Refused(40008, "invalid attachment")
    body = checks.thing(one, kind)
    if kind == "link":
        checks.text(body, "title", 128)
        checks.text(body, "url", 2048)


def confirm(world: World, userid: str, msgid: str) -> None:
    """The member sends it: it stands in each group that has not had its share of the month."""
    task = world.tasks[msgid]
    assert task.sender == userid, f"{msgid} waits for {task.sender}"
    assert task.status == WAITING, f"{msgid} was sent"
    now = world.now()
    task.status, task.sent_at = SENT, now
    month = datetime.fromtimestamp(now, UTC)
    share = calendar.monthrange(month.year, month.month)[1]
    for chat in task.chats:
        group = world.groups[chat]
        if world.windows.full(f"group {month:%Y-%m}", chat, share, 1e18, now):
            task.results[chat] = TOO_MANY
            continue
        task.results[chat] = DONE
        shown = Shown(msgid, userid, "mass", {one: task.body.get(one) for one in ("text", "attachments")}, now)
        world.reach(chat, "externalcontact/add_msg_template", shown, group.shown, words.words(shown))


def _task(world: World, body: Json) -> MassTask:
    task = world.tasks.get(str(body.get("msgid")))
    if task is None:
        raise Refused(checks.WRONG, "invalid msgid")
    if world.now() - task.at < world.mass_seconds:
        raise Refused(41063, "still being dispatched")
    return task


def get_task(world: World, call: Call) -> Json:
    """externalcontact/get_groupmsg_task: whether the member has sent it."""
    task = _task(world, call.body)
    told: Json = {"userid": task.sender, "status": task.status}
    if task.status == SENT:
        told["send_time"] = int(task.sent_at)
    return {"next_cursor": "", "task_list": [told]}


def get_result(world: World, call: Call) -> Json:
    """externalcontact/get_groupmsg_send_result: how each group fared."""
    task = _task(world, call.body)
    if call.body.get("userid") != task.sender:
        raise Refused(40003, "invalid userid")
    listed = [
        {"chat_id": chat, "userid": task.sender, "status": task.results.get(chat, 0), "send_time": int(task.sent_at)}
        for chat in task.chats
    ]
    return {"next_cursor": "", "send_list": listed}


def groups(world: World, call: Call) -> Json:
    """externalcontact/groupchat/list: by owner, in pages."""
    body = call.body
    owners = checks.listed(body.get("owner_filter") or {}, "userid_list", 0, 100)
    limit = checks.number(body, "limit", range(1, 1001), -1)
    at = int(checks.maybe(body, "cursor") or 0)
    found = [one for one in world.groups.values() if not one.by and (not owners or one.owner in owners)]
    page = [{"chat_id": one.chat_id, "status": 0} for one in found[at : at + limit]]
    answer: Json = {"group_chat_list": page}
    if at + limit < len(found):
        answer["next_cursor"] = str(at + limit)
    return answer


def group(world: World, call: Call) -> Json:
    """externalcontact/groupchat/get."""
    one: Group | None = world.groups.get(str(call.body.get("chat_id")))
    if one is None or one.by:
        raise Refused(86001, "invalid chat_id")
    members = [{"userid": userid, "type": 1} for userid in one.members]
    return {"group_chat": {"chat_id": one.chat_id, "name": one.name, "owner": one.owner, "member_list": members}}


APIS = {
    "externalcontact/add_msg_template": Api(add_msg_template),
    "externalcontact/get_groupmsg_task": Api(get_task),
    "externalcontact/get_groupmsg_send_result": Api(get_result),
    "externalcontact/groupchat/list": Api(groups),
    "externalcontact/groupchat/get": Api(group),
}
