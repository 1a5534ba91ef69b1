"""WeCom without its wires: officials in the app, owners in customer service with the mini program's subscription.

What people do goes through the emulator's phones; the office pulls or is told, and its calls are judged at once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
from pydantic import SecretStr

from bot.app import App
from bot.channels.contract import Channel
from bot.channels.kefu import taking
from bot.channels.kefu.channel import Kefu
from bot.channels.kefu.menus import id_of, value_of
from bot.channels.kefu.taking import Page
from bot.channels.wechat import templates
from bot.channels.wechat.calling import Account
from bot.channels.wechat.subscription import Subscription
from bot.channels.wecom import events
from bot.channels.wecom.calling import Caller
from bot.channels.wecom.channel import WeCom
from bot.channels.wecom.codes import Codes
from bot.channels.wecom.events import CHOICE, CHOOSE
from bot.channels.wecom.meanings import Refusal
from bot.channels.wecom.memory import Memory
from bot.channels.wecom.settings import AppCaller
from domain.doors import DOORS
from domain.messages import Button, Message
from storage import people, pulls
from storage.db import Database
from tests.at_doors import at_once
from tests.at_doors.platforms import TYPED, Act, Sight, plain_label, typed_lines
from tests.wecom_sim import WecomSim
from tests.wecom_sim.consoles import MINI_TEMPLATE, OPEN_KFID
from tests.wecom_sim.kefu import MOST_MESSAGES, WINDOW_SECONDS
from tests.wecom_sim.members import MemberPhone
from tests.wecom_sim.owners import OwnerPhone
from tests.wecom_sim.postman import Callback, Postman, as_xml
from tests.wecom_sim.server import APIS
from tests.wecom_sim.state import EXPECTED
from tests.wecom_sim.things import App as Credentials
from tests.wecom_sim.things import Call, Json, Refused, Shown

if TYPE_CHECKING:
    from tests.at_doors.town import StoryTown

PAGE = "pages/index"
#: What somebody writes who comes back to hear the rest.
BACK = "？"
#: What stands below lines whose numbers may be sent; and before the words that may be sent instead of a tap.
CHOOSE_BY_NUMBER = "请回复前面的数字选择"
ALSO = "也可以回复："
_numbers = itertools.count(1)


class Calls:
    """Calls with the token of one set of credentials, answered by the emulator at once."""

    def __init__(self, sim: WecomSim, app: str) -> None:
        self._sim, self._app = sim, sim.apps[app]

    async def call(
        self, path: str, fields: Json | None = None, *, query: Mapping[str, str] | None = None, safe: bool = False
    ) -> Json:
        """The answer. Raises Refusal; what no well-behaved office does is a complaint too."""
        raw = msgspec.json.encode(fields or {})
        self._sim.calls[path] += 1
        try:
            told = APIS[path].serve(self._sim, Call(path, query or {}, self._app, json.loads(raw), raw))
        except Refused as refused:
            if refused.errcode not in EXPECTED:
                self._sim.complain(f"{path}: {refused.errcode} {refused.errmsg}")
            raise Refusal(refused.errcode, {"errcode": refused.errcode, **refused.more}) from None
        assert isinstance(told, dict)
        return told

    async def close(self) -> None:
        """There is nothing to be closed."""


class InHand(Postman):
    """Brings callbacks to the town itself: the XML as it is before it is sealed."""

    def __init__(self, sim: WecomSim, there: WecomThere) -> None:
        super().__init__(sim)
        self._there = there

    async def post(self, app: Credentials, fields: Json) -> Callback:
        """Tell the office something."""
        one = Callback(app, str(fields.get("Event") or fields.get("MsgType", "")), as_xml(fields).encode(), [200])
        await self._there.told(one)
        return one


class WecomThere:
    """The platform of one town."""

    sits: Mapping[str, str] = MappingProxyType({"owner": "kefu", "official": "wecom"})

    def __init__(self, town: StoryTown) -> None:
        self._town = town
        self.sim = WecomSim(now=lambda: town.now.timestamp())
        self._postman = InHand(self.sim, self)
        self._pushed: dict[str, int] = {}
        database, agent = at_once.database(town.db), str(self.sim.apps["app"].agent_id)
        lending = at_once.lending(town.db, WeCom.name)
        self._codes = Codes(database, lambda: town.now)
        self._app = WeCom(self._caller("app"), agent, lending, Memory(database, lending), self._codes, lambda: town.now)
        whole = asyncio.Event()
        whole.set()
        kefu = Kefu(self._caller("kefu"), OPEN_KFID, database, lambda: town.now, lambda _file: "", whole)
        subscription = Subscription(
            account(self.sim, "mini", town.db), templates.declared(MINI_TEMPLATE, "the town"), PAGE
        )
        self.channels: Mapping[str, Channel] = {one.name: one for one in (self._app, kefu, subscription)}
        link = f"https://work.weixin.qq.com/kfid/{OPEN_KFID}"
        town.change_office(kefu=link, platforms=tuple(self.channels))

    def _caller(self, app: str) -> Caller:
        return cast(Caller, Calls(self.sim, app))

    def address(self, name: str, sort: str) -> str:
        """A member of the corp, or somebody with WeChat."""
        address = f"{'wm' if sort == 'owner' else 'member'}{next(_numbers):06d}"
        if sort == "owner":
            self.sim.owner(address, name)
        else:
            self.sim.member(address, name)
        return address

    def met(self, who: Any) -> None:
        """An owner the office knows has subscribed to the mini program's messages."""
        if who.channel == Kefu.name:
            openid, name = self.subscribed(who.address), Subscription.name
            self._town.write(people.add_door, who.id, name, openid, self._town.now, DOORS[name].fallback)

    def subscribed(self, address: str) -> str:
        """The openid of an owner, who has subscribed."""
        openid = _openid(address)
        self.sim.on_wechat(openid).subscribe(MINI_TEMPLATE)
        return openid

    def close(self) -> None:
        """Every call was one that the platform takes, and nothing was shown cut."""
        assert self.sim.complaints == []
        assert self.sim.cuts == []

    # --- in -----------------------------------------------------------------------------------------------------------

    def does(self, who: Any, act: Act) -> None:
        """Words, a tap on what stands on the phone, or the value of something that was learnt elsewhere."""
        phone = self._phone(who)
        self._town.run(phone.say(act.text) if not act.press else self._press(phone, act.press))

    def _phone(self, who: Any) -> OwnerPhone | MemberPhone:
        if who.channel == Kefu.name:
            return OwnerPhone(self.sim, self._postman, self.sim.owners[who.address], OPEN_KFID)
        return MemberPhone(self.sim, self._postman, self.sim.members[who.address])

    async def _press(self, phone: OwnerPhone | MemberPhone, value: str) -> Callback:
        if isinstance(phone, OwnerPhone):
            return await _tap_line(phone, value)
        for shown in reversed(phone.shown):
            if value in shown.buttons():
                return await phone.tap(value, shown.task_id)
            if shown.buttons() and value in shown.lists().get(CHOICE, {}):
                phone.choose(CHOICE, value, task_id=shown.task_id)
                return await phone.tap(CHOOSE, shown.task_id)
        return await phone.event("template_card_event", {"EventKey": value, "CardType": "button_interaction"})

    async def told(self, callback: Callback) -> None:
        """What the platform tells: the app's callbacks are read, those of customer service say that it is to be pulled.

        (The same as bot.channels.wecom.connection and bot.channels.kefu.pulling do behind their servers.)
        """
        if callback.app.name == "kefu":
            await self._pull()
            return
        if code := events.code_of(callback.xml):
            await self._codes.keep(*code)
        incoming = self._app.parse(callback.xml)
        assert incoming is not None, callback.xml
        self._town.taken_in(incoming)

    async def _pull(self) -> None:
        cursor = self._town.read(pulls.look, OPEN_KFID).cursor
        asked = {"open_kfid": OPEN_KFID, **({"cursor": cursor} if cursor else {})}
        page = await Calls(self.sim, "kefu").call("kf/sync_msg", asked)
        raw = [msgspec.json.encode(one) for one in page["msg_list"]]
        outcome = self._town.write(taking.take, Page(OPEN_KFID, cursor, page["next_cursor"], raw), self._town.now)
        assert (outcome.taken, outcome.failed) == (len(raw), 0)

    # --- out ----------------------------------------------------------------------------------------------------------

    def screen(self, who: Any) -> Iterator[Sight]:
        """The messages on a phone; a card that is changed stays where it is."""
        for shown in self._phone(who).shown:
            yield Sight(shown.msgid, shown.changed, _read(shown))

    def comes_back(self, who: Any) -> bool:
        """An owner who was pushed to taps that and writes; so does who was told as much as one turn and window take."""
        if who.channel != Kefu.name:
            return False
        openid = _openid(who.address)
        pushed = len(self.sim.on_wechat(openid).shown)
        talk = self.sim.owners[who.address].talks[OPEN_KFID]
        shut = talk.said_at is not None and (
            talk.sent >= MOST_MESSAGES or self.sim.now() - talk.said_at > WINDOW_SECONDS
        )
        if pushed == self._pushed.get(openid, 0) and not shut:
            return False
        self._pushed[openid] = pushed
        who.say(BACK)
        return True


def account(sim: WecomSim, name: str, db: Database) -> Account:
    """An account of WeChat."""
    settings = SimpleNamespace(wechat_api="", wecom_proxy=SecretStr(""))
    app = cast(App, SimpleNamespace(settings=settings, db=db, clock=SimpleNamespace(now=None)))
    made = Account(app, name, sim.apps[name].corp_id, "")
    made.caller = cast(AppCaller, Calls(sim, name))
    return made


def _openid(address: str) -> str:
    return f"openid-{address}"


async def _tap_line(phone: OwnerPhone, value: str) -> Callback:
    """A line of the newest menu that has it; who learnt it elsewhere brings it all the same."""
    line = id_of(value)
    if any(line in shown.menu() for shown in phone.shown):
        return await phone.tap(line)
    return await phone.send_other("text", {"content": "…", "menu_id": line})


# --- what is read -----------------------------------------------------------------------------------------------------


def _read(shown: Shown) -> Message:
    """What is seen of a message, and what its buttons bring back; lines without any are typed by their number."""
    return READ[shown.kind](shown)


def _card(shown: Shown) -> Message:
    body = shown.body
    facts = [f"{row['keyname']}：{row['value']}" for row in body.get("horizontal_content_list", ())]
    words = "\n".join(filter(None, (body["main_title"]["title"], body.get("sub_title_text", ""), *facts)))
    lists = shown.lists().get(CHOICE, {}) if shown.buttons() else {}
    tapped = {**shown.buttons(), **lists}
    rows = [(Button(plain_label(label, words), key),) for key, label in tapped.items() if key != CHOOSE]
    return Message(words, buttons=tuple(rows))


def _text(shown: Shown) -> Message:
    words = shown.body["content"]
    said = re.findall("“([^”]+)”", words.partition(ALSO)[2])
    lines = typed_lines(words) if CHOOSE_BY_NUMBER in words else ()
    return Message(words, buttons=(*lines, *((Button(one, TYPED + one),) for one in said)))


def _menu(shown: Shown) -> Message:
    body = shown.body
    told = [one["text"]["content"] for one in body["list"] if one["type"] == "text"]
    words = "\n".join((body["head_content"], *told))
    rows = [(Button(plain_label(label, words), value_of(line)),) for line, label in shown.menu().items()]
    return Message(words, buttons=(*rows, *typed_lines("\n".join(told))))


READ: Mapping[str, Callable[[Shown], Message]] = MappingProxyType(
    {"template_card": _card, "text": _text, "msgmenu": _menu}
)
