"""What owners write is taken once, whatever becomes of the calls that tell of it, and in whatever pages it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from bot.channels.kefu import pulling, taking
from bot.channels.kefu.taking import Overtaken, Page
from handlers import dispatch
from storage import inbox, people, pulls, unionids
from storage.db import Unavailable
from storage.tables import inbox as arrivals
from storage.transaction import Tx
from tests.bot.kefu.offices import KefuOffice, kefu_office
from tests.people import Town
from tests.wecom_sim.consoles import OPEN_KFID


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[KefuOffice]:
    async with kefu_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


def _taken(tx: Tx) -> int:
    return int(tx.scalar(select(func.count()).select_from(arrivals).where(arrivals.c.channel == "kefu")))


async def say_unheard(office: KefuOffice, *owners: str, times: int = 1) -> None:
    """Owners write, and no call of the platform gets through."""
    office.sim.callbacks.lose += times * len(owners)
    for number in range(times):
        for one in owners:
            await office.sim.owner(one).say(f"第{number}件事，路灯坏了")


async def test_a_burst_of_one_owner_is_answered_in_one_message(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    await say_unheard(office, "wm1", times=30)
    await owner.say("就这些")
    await office.quiet()
    assert await office.app.db.read(_taken) == 32
    assert owner.talk.sent <= 3
    assert office.sim.refusals == {}


async def test_a_thousand_messages_come_in_pages(office: KefuOffice) -> None:
    names = [f"wm{number}" for number in range(250)]
    await say_unheard(office, *names, times=4)
    await office.sim.owner("wm-last").say("你好")
    await office.quiet()
    assert await office.app.db.read(_taken) == 1001
    assert office.sim.calls["kf/sync_msg"] <= 1001 // pulling.MOST_MESSAGES + 3
    shown = Counter(one.to for one in office.sim.delivered)
    assert set(shown) == {*names, "wm-last"}
    assert max(shown.values()) <= 3
    assert (await office.failed(), office.sim.refusals) == (0, {})


async def test_an_empty_page_may_have_more_behind_it(office: KefuOffice) -> None:
    office.sim.empty_pages = 2
    await office.sim.owner("wm1").say("你好")
    await office.quiet()
    assert len(office.sim.owner("wm1").shown) == 1


async def test_a_call_that_comes_late_is_followed_without_its_token(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.sim.faults.once("kf/sync_msg", 95007)
    await owner.say("我的诉求")
    await office.quiet()
    assert len(owner.shown) == 2
    assert (await office.app.db.read(pulls.look, OPEN_KFID)).token == ""


async def test_calls_that_come_three_times_mixed_up_change_nothing(office: KefuOffice) -> None:
    owners = [await office.owner(f"wm{number}") for number in range(5)]
    office.sim.callbacks.copies, office.sim.callbacks.jitter_seconds = 3, 0.05
    for one in owners:
        await one.say("我的诉求")
    await office.quiet()
    assert await office.app.db.read(_taken) == 10
    assert [len(one.shown) for one in owners] == [2] * 5


async def test_a_call_that_never_comes_is_made_up_for_in_time(
    office: KefuOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "UNCALLED_SECONDS", 0.1)
    owner = await office.owner("wm1")
    await say_unheard(office, "wm1")
    await office.sim.until(lambda: len(owner.shown) == 2)
    assert await office.app.db.read(_taken) == 2


async def test_a_token_that_ends_in_the_middle_loses_nothing(office: KefuOffice) -> None:
    await say_unheard(office, "wm1", "wm2", times=60)
    office.sim.revoke("kefu")
    await office.sim.owner("wm3").say("你好")
    office.sim.expire("kefu")
    await office.quiet()
    assert await office.app.db.read(_taken) == 121
    assert {one.to for one in office.sim.delivered} == {"wm1", "wm2", "wm3"}


async def test_what_the_program_fails_on_is_set_aside_and_told_and_holds_up_nothing(
    office: KefuOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dispatch.routed

    def failing(turn: dispatch.Turn) -> object:
        if "坏" in turn.incoming.text:
            raise RuntimeError("a mistake of ours")
        return real(turn)

    monkeypatch.setattr(dispatch, "routed", failing)
    await say_unheard(office, "wm1")
    await office.sim.owner("wm2").say("你好")
    await office.quiet()
    assert await office.failed() == 1
    assert office.sim.owner("wm1").saw("出了点问题")
    assert office.sim.owner("wm2").saw("您好")


async def test_what_cannot_be_understood_is_set_aside_as_it_came(office: KefuOffice) -> None:
    owner = office.sim.owner("wm1")
    await owner.send_other("location", {"latitude": "north", "longitude": 1})
    await owner.say("你好")
    await office.quiet()
    assert await office.failed() == 1
    assert [one.incoming for one in await office.app.db.read(inbox.failed)] == [None]
    assert len(owner.shown) == 1


async def test_a_page_that_cannot_be_kept_comes_again_whole(
    office: KefuOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = taking.take, count()

    def failing(tx: Tx, page: Page, now: datetime) -> taking.Outcome:
        outcome = real(tx, page, now)
        if page.messages and next(tries) < 2:
            raise Unavailable("the disk was full")
        return outcome

    monkeypatch.setattr(taking, "take", failing)
    await say_unheard(office, "wm1", "wm2", times=10)
    await office.sim.owner("wm3").say("你好")
    await office.quiet()
    assert next(tries) >= 3
    assert await office.app.db.read(_taken) == 21
    assert max(Counter(one.to for one in office.sim.delivered).values()) <= 3


async def test_a_page_is_taken_by_one_of_two_who_pulled_it(office: KefuOffice) -> None:
    await office.owner("wm1")
    pull = await office.app.db.read(pulls.look, OPEN_KFID)
    told = b'{"msgid":"m","send_time":1790000000,"origin":3,"external_userid":"wm9","msgtype":"text","text":{}}'
    page = Page(OPEN_KFID, pull.cursor, "further", [told])
    assert (await office.app.db.write(taking.take, page, office.clock.now())).taken == 1
    with pytest.raises(Overtaken):
        await office.app.db.write(taking.take, page, office.clock.now())
    again = Page(OPEN_KFID, "further", pull.cursor, [told])
    assert (await office.app.db.write(taking.take, again, office.clock.now())).taken == 0


async def test_who_writes_first_is_known_by_nickname_and_by_their_name_on_other_platforms(office: KefuOffice) -> None:
    await office.sim.owner("wm1", "林晓", "union-1").say("你好")
    await office.quiet()

    def known(tx: Tx) -> tuple[str, int | None, int]:
        found = people.find(tx, "kefu", "wm1")
        assert found is not None
        assert found[1] is not None
        return found[1].name, unionids.person_of(tx, "union-1"), found[1].id

    async def named() -> bool:
        return (await office.app.db.read(known))[0] == "林晓"

    for _time in range(200):
        if await named():
            break
        await office.push("wm1", "…", not_before=office.clock.now() + timedelta(days=1))
    name, by_unionid, person = await office.app.db.read(known)
    assert (name, by_unionid) == ("林晓", person)


async def test_names_that_are_not_told_hold_up_no_message(office: KefuOffice) -> None:
    office.sim.faults.always("kf/customer/batchget", 48002)
    await office.sim.owner("wm1").say("你好")
    await office.quiet()
    assert len(office.sim.owner("wm1").shown) == 1


async def test_half_an_emoji_of_one_owner_holds_nobody_up(office: KefuOffice) -> None:
    torn, whole = await office.owner("wm-torn"), await office.owner("wm-whole")
    await torn.say("门口的路灯坏了\ud83d")
    await whole.say("我的诉求")
    await office.quiet()
    assert (len(torn.shown), len(whole.shown)) == (2, 2)


@pytest.mark.parametrize("spoilt", ["msgid", "welcome_code", "scene_param", "fail_msgid", "event_type"])
def test_what_no_database_keeps_holds_no_page_up(town: Town, spoilt: str) -> None:
    event = {"event_type": "enter_session", "external_userid": "wm1", "welcome_code": "W1", "scene_param": "join_a"}
    if spoilt == "fail_msgid":
        event["event_type"] = "msg_send_fail"
    told: dict[str, Any] = {"msgid": "m1", "origin": 4, "msgtype": "event", "send_time": int(town.now.timestamp())}
    (told if spoilt == "msgid" else event)[spoilt] = f"{(told | event).get(spoilt, '1-0')}\x00"
    page = Page("wk1", "", "further", [msgspec.json.encode({**told, "event": event})])
    town.write(taking.take, page, town.now)
    assert town.read(pulls.look, "wk1").cursor == "further"
