"""What every channel promises whatever its platform: see bot.channels.contract."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import app as building
from bot import connecting
from bot.channels.contract import Channel, Receipt, Undeliverable, Unreadable
from bot.settings import Settings
from domain.doors import DOORS, parts
from domain.messages import Button, Incoming, Message, rows
from storage.inbox import LONGEST_KEY
from tests import copies
from tests.at_doors.every import Everywhere
from tests.town import OFFICE
from tests.wecom_sim import WecomSim

#: Every channel there is; those at which people talk, and those that only push.
TALK, PUSH = ("telegram", "wecom", "kefu"), ("robot", "appchat", "custgroups", "subscribe", "service", "sms")
CHANNELS = (*TALK, *PUSH)
NO_WIRE = "https://platform.example"

# --- in ---------------------------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1790000000,
        "chat": {"id": 9, "type": "private"},
        "from": {"id": 9, "is_bot": False, "first_name": "林晓"},
        "text": "门口的路灯坏了",
    },
}
MESSAGE = {
    "msgid": "m1",
    "open_kfid": "wk1",
    "external_userid": "wm1",
    "send_time": 1790000000,
    "origin": 3,
    "msgtype": "text",
    "text": {"content": "门口的路灯坏了", "menu_id": "ef_3acase"},
}
CALLBACK = """<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[chen]]></FromUserName>
<CreateTime>1790000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event>
<EventKey><![CDATA[f:case:7]]></EventKey><TaskId><![CDATA[7-1]]></TaskId><ResponseCode><![CDATA[RC1]]></ResponseCode>
<SelectedItems><SelectedItem><QuestionKey>choice</QuestionKey><OptionIds><OptionId>f:case:8</OptionId></OptionIds>
</SelectedItem></SelectedItems></xml>"""
WHOLE = {
    "telegram": json.dumps(UPDATE).encode(),
    "kefu": json.dumps(MESSAGE).encode(),
    "wecom": CALLBACK.encode(),
}
FIELDS = [*UPDATE, *UPDATE["message"], *MESSAGE]  # type: ignore[call-overload]


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """Something of a platform's from which a piece is gone, or in which another stands."""
    whole = draw(st.sampled_from(sorted(WHOLE.values())))
    at, until = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    return whole[:at] + draw(st.binary(max_size=12)) + whole[until:]


@st.composite
def altered(draw: st.DrawFn) -> bytes:
    """One of a platform's in which a field holds something else."""
    whole = json.loads(draw(st.sampled_from([WHOLE["telegram"], WHOLE["kefu"]])))
    inside = draw(st.sampled_from([whole, *(one for one in whole.values() if isinstance(one, dict))]))
    inside[draw(st.sampled_from([*inside, *FIELDS]))] = draw(ANY)
    return json.dumps(whole).encode()


RAW = st.binary(max_size=200) | ANY.map(lambda one: json.dumps(one).encode()) | torn() | altered()


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Channel]]:
    """The channels of an office that is on every platform."""
    folder = tmp_path_factory.mktemp("everywhere")
    app = building.build(everything(folder), file=OFFICE)
    yield app.channels
    asyncio.run(app.db.close())


def everything(folder: Path) -> Settings:
    """Every setting of every platform."""
    told = {name.removeprefix("QINQING_").lower(): value for name, value in WecomSim().settings().items()}
    told |= {"telegram_token": "7:a-token-of-the-tests", "sms_url": f"{NO_WIRE}/sms"}
    told |= {"telegram_api": NO_WIRE, "wecom_api": NO_WIRE, "wechat_api": NO_WIRE}
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    values = {name: SecretStr(value) if name in secret else value for name, value in told.items()}
    url = copies.set_up(f"sqlite:///{folder}/office.db")
    plain = Settings(database_url=url, files=folder / "files", keys=folder / "keys", public_url=NO_WIRE)
    return plain.model_copy(update=values)


def test_these_are_all_the_channels_there_are(connected: dict[str, Channel]) -> None:
    assert sorted(connected) == sorted(CHANNELS)
    assert len(connected) == len(connecting.CHANNELS), "one is not connected by what everything() sets"
    assert all(channel.name == name for name, channel in connected.items())


@pytest.mark.parametrize("name", CHANNELS)
@given(raw=RAW)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_read_or_set_aside(connected: dict[str, Channel], name: str, raw: bytes) -> None:
    key, incoming = read(connected[name], raw)
    assert len(key.encode()) <= LONGEST_KEY
    assert incoming is None or is_whole(incoming, name)


@pytest.mark.parametrize("name", TALK)
def test_what_is_whole_is_read(connected: dict[str, Channel], name: str) -> None:
    incoming = connected[name].parse(WHOLE[name])
    assert incoming is not None
    assert is_whole(incoming, name)
    assert connected[name].parse(WHOLE[name]) == incoming


@pytest.mark.parametrize("name", PUSH)
async def test_nothing_comes_in_where_it_is_only_pushed(connected: dict[str, Channel], name: str) -> None:
    assert [connected[name].parse(raw) for raw in WHOLE.values()] == [None] * len(WHOLE)
    with pytest.raises(Undeliverable):
        await connected[name].fetch("media:1")


def read(channel: Channel, raw: bytes) -> tuple[str, Incoming | None]:
    """What a channel makes of something: the key under which it is set aside, "" for none; and what it says."""
    try:
        return "", channel.parse(raw)
    except Unreadable as error:
        return error.key or "?" * LONGEST_KEY * 2, None


def is_whole(incoming: Incoming, name: str) -> bool:
    """Whether an arrival can be kept: it says by which channel it came and from whom, and has a name."""
    return incoming.channel == name and bool(incoming.address) and 0 < len(incoming.key.encode()) <= LONGEST_KEY


# --- out --------------------------------------------------------------------------------------------------------------

SEEN = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
WORDS = st.text(SEEN | st.sampled_from("，。\n<>&[](#`*_“”一二三办结答复"), max_size=400)
LONG = st.builds(lambda words, times: f"事由：{words * times}", WORDS, st.sampled_from([1, 1, 7, 40]))
LABELS = st.text(SEEN, min_size=1, max_size=45).filter(str.strip)
VALUES = st.sampled_from(["t:12:3:{}", "f:case:{}", "t:12:3:!back{}", "f:take:{}.7", "f:" + "x" * 40 + "{}"])


@st.composite
def buttons(draw: st.DrawFn) -> tuple[tuple[Button, ...], ...]:
    """What can be tapped: lines of a question, cards, an address."""
    labels = draw(st.lists(LABELS, max_size=24))
    value = draw(VALUES)
    told = [Button(label, value.format(number)) for number, label in enumerate(labels)]
    if draw(st.booleans()):
        told.append(Button(draw(LABELS), "", "https://office.example/policy/2a3b"))
    return rows(told, draw(st.integers(1, 3)))


MESSAGES = st.builds(
    Message,
    text=LONG,
    title=st.text(SEEN, max_size=60),
    facts=st.lists(st.tuples(LABELS, WORDS.map(lambda one: one or "-")), max_size=8).map(tuple),
    buttons=buttons(),
    card=st.sampled_from(["", "case:7"]),
)


@pytest.fixture(scope="module")
def everywhere() -> Iterator[Everywhere]:
    made = Everywhere()
    yield made
    made.close()


@pytest.mark.parametrize("name", CHANNELS)
@given(message=MESSAGES)
@settings(max_examples=60, deadline=None)
def test_whatever_fits_its_door_is_taken_whole(everywhere: Everywhere, name: str, message: Message) -> None:
    there = everywhere.channels[name]
    told = parts(message, DOORS[name]) if name in DOORS else [message]
    receipts = [there.send(one, everywhere.key()) for one in told]
    assert everywhere.complaints() == []
    assert all(isinstance(one, Receipt) for one in receipts)


@pytest.mark.parametrize("name", TALK)
@given(first=MESSAGES, second=MESSAGES)
@settings(max_examples=30, deadline=None)
def test_whatever_takes_anothers_place_is_taken(
    everywhere: Everywhere, name: str, first: Message, second: Message
) -> None:
    there = everywhere.channels[name]
    before = [there.send(one, everywhere.key()) for one in parts(first, DOORS[name])][-1]
    for number, one in enumerate(parts(second, DOORS[name])):
        there.send(one, everywhere.key(), "" if number else before.ref)
    assert everywhere.complaints() == []


@pytest.mark.parametrize("name", TALK)
@given(message=MESSAGES)
@example(message=Message("事由：", facts=(("单位", "供电公司"),) * 7, buttons=((Button("签收", "f:sign:7"),),)))
@settings(max_examples=60, deadline=None)
def test_no_sign_of_it_is_lost_where_people_talk(everywhere: Everywhere, name: str, message: Message) -> None:
    there = everywhere.channels[name]
    before = len(there.read())
    for one in parts(message, DOORS[name]):
        there.send(one, everywhere.key())
    facts = (part for fact in message.facts for part in fact)
    missing = letters(message.title, message.text, *facts) - letters(*there.read()[before:])
    assert not missing


def letters(*words: str) -> Counter[str]:
    """How often each sign stands in some words, but for blanks; a sign that opens a tag may be shown wide."""
    return Counter("".join("".join(words).split()).replace("＜", "<"))
