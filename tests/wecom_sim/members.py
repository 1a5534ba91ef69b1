"""An official at WeCom: what they see on their phone, and what they do with it (sheet 1.5)."""

from __future__ import annotations

from typing import Any

from tests.wecom_sim import customers, media, messages, oauth, words
from tests.wecom_sim.postman import Callback, Postman
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Card, Json, Member, Shown

#: The lists of a card that have a choice from the beginning.
CHOICES = ("button_selection", "checkbox")


class MemberPhone:
    """Acts of one member. Every act tells the office, and returns the callback when it was taken or given up."""

    def __init__(self, world: World, postman: Postman, member: Member) -> None:
        self.world, self.postman, self.member = world, postman, member

    @property
    def shown(self) -> list[Shown]:
        """All messages of apps, in order, as they stand now."""
        return [one for one in self.member.shown if not one.recalled]

    def last(self) -> Shown:
        """The newest message."""
        assert self.shown, f"{self.member.userid} has got nothing"
        return self.shown[-1]

    def heard(self) -> str:
        """The words of the newest message."""
        return words.words(self.last())

    def saw(self, part: str) -> bool:
        """Whether some message has these words."""
        return any(part in words.words(one) for one in self.shown)

    async def say(self, text: str, app: str = "app") -> Callback:
        """Write to an app."""
        return await self._message(app, "text", {"Content": text})

    async def send_image(self, data: bytes, app: str = "app") -> Callback:
        """A photograph."""
        kept = media.keep(self.world, "image", "photo.jpg", data)
        return await self._message(app, "image", {"PicUrl": "http://pic.invalid/1", "MediaId": kept.media_id})

    async def send_voice(self, data: bytes, app: str = "app") -> Callback:
        """A spoken message."""
        kept = media.keep(self.world, "voice", "voice.amr", data)
        return await self._message(app, "voice", {"MediaId": kept.media_id, "Format": "amr"})

    async def send_video(self, data: bytes, app: str = "app") -> Callback:
        """A film."""
        kept = media.keep(self.world, "video", "video.mp4", data)
        thumb = media.keep(self.world, "image", "thumb.jpg", b"\xff\xd8\xff thumb")
        return await self._message(app, "video", {"MediaId": kept.media_id, "ThumbMediaId": thumb.media_id})

    async def location(self, lat: float = 31.23, lon: float = 121.47, label: str = "", app: str = "app") -> Callback:
        """A place on the map."""
        where = {"Location_X": lat, "Location_Y": lon, "Scale": 16, "Label": label, "AppType": "wxwork"}
        return await self._message(app, "location", where)

    async def send_link(self, title: str, url: str, app: str = "app") -> Callback:
        """A link with a picture."""
        link = {"Title": title, "Description": "", "Url": url, "PicUrl": ""}
        return await self._message(app, "link", link)

    async def click(self, key: str, app: str = "app") -> Callback:
        """An entry of the app's own menu."""
        return await self.event("click", {"EventKey": key}, app)

    async def enter(self, app: str = "app") -> Callback:
        """Open the app."""
        return await self.event("enter_agent", {"EventKey": ""}, app)

    async def subscribe(self, app: str = "app") -> Callback:
        """Come into the app's range."""
        self.member.sees.add(app)
        return await self.event("subscribe", {"EventKey": ""}, app)

    async def unsubscribe(self, app: str = "app") -> Callback:
        """Leave the app's range."""
        self.member.sees.discard(app)
        return await self.event("unsubscribe", {"EventKey": ""}, app)

    def choose(self, question_key: str, *options: str, task_id: str = "") -> None:
        """Pick something in a list of the newest card that has it; nothing is told before a button is pressed."""
        shown = self._card(lambda one: question_key in words.lists(one), question_key, task_id)
        offered = words.lists(shown)[question_key]
        assert set(options) <= set(offered), f"{options} not among {list(offered)}"
        shown.chosen[question_key] = list(options)

    async def tap(self, key: str, task_id: str = "") -> Callback:
        """Press a button of the newest card that has it, or of one task's; a new response code is told each time."""
        shown = self._card(lambda one: key in words.buttons(one), key, task_id)
        in_menu = key in {one["key"] for one in shown.body.get("action_menu", {}).get("action_list", ())}
        card = self.world.cards.get((shown.sender, shown.task_id)) or Card(shown.sender, shown.task_id)
        code = messages.new_code(self.world, card)
        fields: Json = {"EventKey": key, "TaskId": shown.task_id, "CardType": shown.body["card_type"]}
        fields["ResponseCode"] = code
        if not in_menu:
            fields |= _selected(shown)
        return await self.event("template_card_menu_event" if in_menu else "template_card_event", fields, shown.sender)

    def confirm(self, msgid: str) -> None:
        """Send a mass message that waits for this member."""
        customers.confirm(self.world, self.member.userid, msgid)

    def waiting(self) -> list[str]:
        """The mass messages that wait for this member."""
        tasks = self.world.tasks.values()
        return [one.msgid for one in tasks if one.sender == self.member.userid and one.status == 0]

    def code(self) -> str:
        """A fresh code as a page gets it that was opened inside WeCom."""
        return oauth.new_code(self.world, self.member.userid)

    async def event(self, event: str, fields: Json, app: str = "app") -> Callback:
        """Tell an app of an event."""
        return await self._tell(app, {"MsgType": "event", "Event": event, **fields})

    async def _message(self, app: str, kind: str, fields: Json) -> Callback:
        return await self._tell(app, {"MsgType": kind, **fields, "MsgId": 7_000_000_000_000_000 + self.world.number()})

    async def _tell(self, app: str, fields: Json) -> Callback:
        told = self.world.apps[app]
        head = {"ToUserName": told.corp_id, "FromUserName": self.member.userid, "CreateTime": int(self.world.now())}
        return await self.postman.post(told, {**head, **fields, "AgentID": told.agent_id})

    def _card(self, has: Any, key: str, task_id: str) -> Shown:
        for one in reversed(self.shown):
            if task_id in ("", one.task_id) and one.kind == "template_card" and has(one):
                return one
        raise AssertionError(f"{self.member.userid} sees no {key!r}: {[words.buttons(one) for one in self.shown[-3:]]}")


def _selected(shown: Shown) -> Json:
    """What is picked in a card's lists, as the platform tells it."""
    items = []
    for question in words.lists(shown):
        options = shown.chosen.get(question) or _from_the_beginning(shown.body, question)
        if options:
            items.append({"QuestionKey": question, "OptionIds": {"OptionId": options}})
    return {"SelectedItems": {"SelectedItem": items}} if items else {}


def _from_the_beginning(body: Json, question: str) -> list[str]:
    asked = [body[one] for one in CHOICES if one in body] + list(body.get("select_list", ()))
    one = next(one for one in asked if one["question_key"] == question)
    if one.get("selected_id"):
        return [one["selected_id"]]
    return [option["id"] for option in one["option_list"] if option.get("is_checked")]
