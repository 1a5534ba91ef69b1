"""The directory (sheet 4): what may be read with which secret, and how its changes are told."""

from __future__ import annotations

from typing import Any

from tests.wecom_sim import checks
from tests.wecom_sim.postman import Callback, Postman
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Api, Call, Json, Member, Refused

MOST_LISTED = 10_000
LEFT = 5


def list_id(world: World, call: Call) -> Json:
    """user/list_id: everybody and every department of theirs, a row each; only for contact sync."""
    limit = checks.number(call.body, "limit", range(1, MOST_LISTED + 1), MOST_LISTED)
    at = int(checks.maybe(call.body, "cursor") or 0)
    rows = [
        {"userid": one.userid, "department": department}
        for one in world.members.values()
        if one.status != LEFT
        for department in one.departments
    ]
    answer: Json = {"dept_user": rows[at : at + limit]}
    if at + limit < len(rows):
        answer["next_cursor"] = str(at + limit)
    return answer


def _below(world: World, root: int) -> list[int]:
    parents = world.departments.parents
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def simplelist(world: World, call: Call) -> Json:
    """department/simplelist: a department and all below it."""
    root = int(call.query.get("id") or 1)
    if root not in world.departments.names:
        raise Refused(60003, "department not found")
    parents = world.departments.parents
    listed = [{"id": one, "parentid": parents[one], "order": 100_000_000 - one} for one in _below(world, root)]
    return {"department_id": listed}


def department(world: World, call: Call) -> Json:
    """department/get."""
    number = int(call.query.get("id") or 0)
    if number not in world.departments.names:
        raise Refused(60003, "department not found")
    leaders = [one.userid for one in world.members.values() if number in one.leads]
    told = {"id": number, "name": world.departments.names[number], "parentid": world.departments.parents[number]}
    return {"department": told | {"department_leader": leaders, "order": 100_000_000 - number}}


def user(world: World, call: Call) -> Json:
    """user/get: no phone, mail or picture for apps of today; nothing for contact sync."""
    if call.app.name == "contacts":
        raise Refused(48009, "contact sync may not call this")
    member = world.members.get(call.query.get("userid", "").lower())
    if member is None or member.status == LEFT:
        raise Refused(60111, "userid not found")
    if call.app.name not in member.sees:
        raise Refused(60011, "no right to see this member")
    return {
        "userid": member.userid,
        "name": member.name,
        "department": member.departments,
        "position": member.position,
        "is_leader_in_dept": [int(one in member.leads) for one in member.departments],
        "direct_leader": member.superiors,
        "main_department": member.departments[0],
        "status": member.status,
    }


def tags(world: World, _call: Call) -> Json:
    """tag/list."""
    return {"taglist": [{"tagid": one, "tagname": name} for one, name in world.departments.tags.items()]}


def tag(world: World, call: Call) -> Json:
    """tag/get: who has it."""
    number = int(call.query.get("tagid") or 0)
    if number not in world.departments.tags:
        raise Refused(40068, "invalid tagid")
    listed = [{"userid": one.userid, "name": one.name} for one in world.members.values() if number in one.tags]
    return {"tagname": world.departments.tags[number], "userlist": listed, "partylist": []}


BOTH = ("app", "kefu", "contacts")
APIS = {
    "user/list_id": Api(list_id, apps=("contacts",)),
    "user/get": Api(user, "GET", apps=BOTH),
    "department/simplelist": Api(simplelist, "GET", apps=BOTH),
    "department/get": Api(department, "GET", apps=BOTH),
    "tag/list": Api(tags, "GET", apps=BOTH),
    "tag/get": Api(tag, "GET", apps=BOTH),
}


class Personnel:
    """The administrator at the console: who comes, changes and goes. Each act is told to contact sync unless `tell`."""

    def __init__(self, world: World, postman: Postman) -> None:
        self.world, self.postman = world, postman

    async def hire(self, userid: str, *, tell: bool = True, **facts: Any) -> Callback | None:
        """Somebody new; facts: fields of Member."""
        member = Member(userid, **facts)
        self.world.members[userid.lower()] = member
        return await self._tell(tell, "create_user", _user(member))

    async def change(self, userid: str, *, tell: bool = True, new_userid: str = "", **facts: Any) -> Callback | None:
        """Other facts of somebody, or another userid."""
        member = self.world.members[userid.lower()]
        for name, value in facts.items():
            assert hasattr(member, name), name
            setattr(member, name, value)
        told = {"UserID": userid} | ({"NewUserID": new_userid} if new_userid else {})
        if new_userid:
            del self.world.members[userid.lower()]
            member.userid = new_userid
            self.world.members[new_userid.lower()] = member
        return await self._tell(tell, "update_user", _user(member) | told)

    async def leave(self, userid: str, *, tell: bool = True) -> Callback | None:
        """Somebody is gone."""
        member = self.world.members[userid.lower()]
        member.status = LEFT
        return await self._tell(tell, "delete_user", {"UserID": member.userid})

    async def found(self, number: int, name: str, parent: int = 1, *, tell: bool = True) -> Callback | None:
        """A new department."""
        self.world.departments.names[number], self.world.departments.parents[number] = name, parent
        return await self._tell(tell, "create_party", {"Id": number, "ParentId": parent})

    async def rename(self, number: int, name: str, parent: int = 1, *, tell: bool = True) -> Callback | None:
        """Another name or place for a department."""
        self.world.departments.names[number], self.world.departments.parents[number] = name, parent
        return await self._tell(tell, "update_party", {"Id": number, "ParentId": parent})

    async def dissolve(self, number: int, *, tell: bool = True) -> Callback | None:
        """A department is gone."""
        del self.world.departments.names[number], self.world.departments.parents[number]
        return await self._tell(tell, "delete_party", {"Id": number})

    async def tag(self, number: int, name: str, *userids: str, tell: bool = True) -> Callback | None:
        """A tag, and exactly these who have it."""
        self.world.departments.tags[number] = name
        before = {key for key, one in self.world.members.items() if number in one.tags}
        after = {one.lower() for one in userids}
        for key in before ^ after:
            self.world.members[key].tags ^= {number}
        told = {"TagId": number, "AddUserItems": ",".join(sorted(after - before))}
        return await self._tell(tell, "update_tag", told | {"DelUserItems": ",".join(sorted(before - after))})

    async def _tell(self, tell: bool, change: str, fields: Json) -> Callback | None:
        if not tell:
            return None
        app = self.world.apps["contacts"]
        head: Json = {"ToUserName": app.corp_id, "FromUserName": "sys", "CreateTime": int(self.world.now())}
        head |= {"MsgType": "event", "Event": "change_contact", "ChangeType": change}
        return await self.postman.post(app, head | fields)


def _user(member: Member) -> Json:
    """Only id and departments are told to URLs of today."""
    return {"UserID": member.userid, "Department": ",".join(map(str, member.departments))}
