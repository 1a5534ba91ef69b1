"""A business owner on WeChat: what they see from customer service, and what they do (sheet 2.2, 2.4)."""

from __future__ import annotations

from typing import Any

from tests.wecom_sim import kefu, media, words
from tests.wecom_sim.postman import Callback, Postman
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Json, KfCode, KfTalk, Owner, Shown


async def notify(world: World, postman: Postman, open_kfid: str) -> Callback:
    """Tell the office that there is something to pull; who and what is not said."""
    app = world.apps["kefu"]
    token = kefu.new_token(world, open_kfid)
    fields: Json = {"ToUserName": app.corp_id, "CreateTime": int(world.now()), "MsgType": "event"}
    return await postman.post(app, {**fields, "Event": "kf_msg_or_event", "Token": token, "OpenKfId": open_kfid})


class OwnerPhone:
    """Acts of one owner towards one account. Every act returns the callback that tells of it."""

    def __init__(self, world: World, postman: Postman, owner: Owner, open_kfid: str) -> None:
        self.world, self.postman, self.owner, self.open_kfid = world, postman, owner, open_kfid

    @property
    def talk(self) -> KfTalk:
        """Window, count and state of the talk."""
        return self.owner.talks[self.open_kfid]

    @property
    def shown(self) -> list[Shown]:
        """All messages of the account, in order."""
        return [one for one in self.owner.shown if one.sender == self.open_kfid]

    def last(self) -> Shown:
        """The newest message."""
        assert self.shown, f"{self.owner.external_userid} has got nothing"
        return self.shown[-1]

    def heard(self) -> str:
        """The words of the newest message."""
        return words.words(self.last())

    def saw(self, part: str) -> bool:
        """Whether some message has these words."""
        return any(part in words.words(one) for one in self.shown)

    async def enter(self, scene: str = "", scene_param: str = "") -> Callback:
        """Open the talk by a link. A welcome code is told where nothing was said for 48 hours."""
        told: Json = {"event_type": "enter_session", "scene": scene, "scene_param": scene_param} | self._who()
        if not kefu.active(self.world, self.talk):
            until = self.world.now() + kefu.WELCOME_SECONDS
            welcome = KfCode(self.open_kfid, self.owner.external_userid, until, ("text", "msgmenu"))
            told["welcome_code"] = kefu.new_code(self.world, welcome)
        self.talk.entered_at = self.world.now()
        self.talk.scene, self.talk.scene_param = scene, scene_param
        return await self._event(told)

    async def say(self, text: str) -> Callback:
        """Write."""
        return await self._say("text", {"content": text})

    async def tap(self, click_id: str) -> Callback:
        """Press a line of the newest menu that has it; old menus stay."""
        for one in reversed(self.shown):
            if click_id in words.menu(one):
                return await self._say("text", {"content": words.menu(one)[click_id], "menu_id": click_id})
        seen = [words.menu(one) for one in self.shown[-3:]]
        raise AssertionError(f"{self.owner.external_userid} sees no {click_id!r}: {seen}")

    async def choose(self, label: str) -> Callback:
        """Press the line with these words."""
        for one in reversed(self.shown):
            for click_id, content in words.menu(one).items():
                if label in content:
                    return await self._say("text", {"content": content, "menu_id": click_id})
        raise AssertionError(f"{self.owner.external_userid} sees no line {label!r}: {self.heard()}")

    async def send_image(self, data: bytes) -> Callback:
        """A photograph."""
        return await self._file("image", "photo.jpg", data)

    async def send_file(self, name: str, data: bytes) -> Callback:
        """A file."""
        return await self._file("file", name, data)

    async def send_voice(self, data: bytes) -> Callback:
        """A spoken message."""
        return await self._file("voice", "voice.amr", data)

    async def send_video(self, data: bytes) -> Callback:
        """A film."""
        return await self._file("video", "video.mp4", data)

    async def location(self, latitude: float = 31.23, longitude: float = 121.47, name: str = "") -> Callback:
        """A place on the map."""
        where = {"latitude": latitude, "longitude": longitude, "name": name, "address": name}
        return await self._say("location", where)

    async def send_other(self, kind: str, body: Json) -> Callback:
        """A message of any other sort: link, business_card, miniprogram, merged_msg, …"""
        return await self._say(kind, body)

    async def recall(self, msgid: str) -> Callback:
        """Take back a message of theirs."""
        return await self._event({"event_type": "user_recall_msg", "recall_msgid": msgid} | self._who())

    async def hand_over(self, servicer: str) -> Callback:
        """A person takes the talk over in their own client."""
        self.talk.state, self.talk.servicer = kefu.HUMAN, servicer
        changed = {"event_type": "session_status_change", "change_type": 1, "new_servicer_userid": servicer}
        return await self._event(changed | self._who())

    async def hear_servicer(self, text: str) -> Callback:
        """The person who took over says something; the office sees it when it pulls."""
        account = self.world.kf_accounts[self.open_kfid]
        said = {"msgtype": "text", "text": {"content": text}, "servicer_userid": self.talk.servicer}
        kefu.log(self.world, account, {**self._who(), **said}, origin=5)
        return await notify(self.world, self.postman, self.open_kfid)

    async def end(self) -> Callback:
        """The talk is ended by the person who took it over; a code lets one last message through."""
        self.talk.state, self.talk.ended = kefu.OVER, True
        until = self.world.now() + kefu.WELCOME_SECONDS
        kinds = ("text", "msgmenu")
        code = kefu.new_code(
            self.world, KfCode(self.open_kfid, self.owner.external_userid, until, kinds, only_state=kefu.OVER)
        )
        return await self._event(
            {"event_type": "session_status_change", "change_type": 3, "msg_code": code} | self._who()
        )

    async def _file(self, kind: str, name: str, data: bytes) -> Callback:
        """Files over the platform's own limits arrive as a notice in words (sheet 2.2)."""
        if len(data) > MOST_IN[kind] * media.MB:
            return await self._say("text", {"content": f"[{kind}]"})
        kept = media.keep(self.world, kind, name, data)
        return await self._say(kind, {"media_id": kept.media_id})

    async def _say(self, kind: str, body: Json) -> Callback:
        """Something of the owner's: it opens the window, and begins a talk anew where it had ended."""
        talk = self.talk
        talk.said_at, talk.sent = self.world.now(), 0
        if talk.state == kefu.OVER:
            talk.state, talk.ended, talk.servicer = kefu.NEW, False, ""
        account = self.world.kf_accounts[self.open_kfid]
        kefu.log(self.world, account, {**self._who(), "msgtype": kind, kind: body}, origin=3)
        return await notify(self.world, self.postman, self.open_kfid)

    async def _event(self, told: dict[str, Any]) -> Callback:
        account = self.world.kf_accounts[self.open_kfid]
        kefu.log(self.world, account, {"msgtype": "event", "event": told})
        return await notify(self.world, self.postman, self.open_kfid)

    def _who(self) -> Json:
        return {"open_kfid": self.open_kfid, "external_userid": self.owner.external_userid}


#: MB of a file that still arrives as one, by sort.
MOST_IN = {"image": 2, "voice": 2, "video": 10, "file": 20}


async def failed(world: World, postman: Postman) -> None:
    """Tell of messages that were taken and did not reach their owner."""
    while world.kf_failed:
        account, owner, msgid, sort = world.kf_failed.pop(0)
        told = {"event_type": "msg_send_fail", "fail_msgid": msgid, "fail_type": sort}
        who = {"open_kfid": account.open_kfid, "external_userid": owner}
        kefu.log(world, account, {"msgtype": "event", "event": told | who})
        await notify(world, postman, account.open_kfid)
