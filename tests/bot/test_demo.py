"""The demo: its people, and a clock that only goes forward, with everything on the way happening in its order."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from bot import demo_pages, serving
from tests.bot import offices
from tests.bot.offices import Running


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


async def now(office: Running) -> datetime:
    """The demo's time."""
    return datetime.fromisoformat(json.loads((await office.get("/demo/clock"))[1])["now"])


async def test_everybody_in_the_list_can_be_looked_at(office: Running) -> None:
    people = json.loads((await office.get("/demo/people"))[1])
    assert {one["person"] for one in people} >= {"owner1", "owner2", "dispatcher", "liaison", "head", "supervisor"}
    for one in people:
        assert one["name"]
        assert all(one["roles"])
        await (await office.chat(one["person"])).close()


@pytest.mark.parametrize("person", ["", "nobody", "demo:owner1", "owner1 ", "__class__"])
async def test_nobody_else_can(office: Running, person: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await office.http.ws_connect(office.url("/chat/ws"), params={"as": person})
    assert refusal.value.status == 404


@pytest.mark.parametrize(
    ("body", "ahead"),
    [
        ({"forward": "PT1H"}, timedelta(hours=1)),
        ({"forward": "P1D"}, timedelta(days=1)),
        ({"forward": "P1W"}, timedelta(weeks=1)),
        ({"forward": "P1DT2H3M4S"}, timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
async def test_the_clock_goes_forward_by_as_much_as_asked(
    office: Running, body: dict[str, str], ahead: timedelta
) -> None:
    before = await now(office)
    after = datetime.fromisoformat(await office.forward(**body))
    assert timedelta() <= after - before - ahead < timedelta(seconds=30)


async def test_a_working_day_later_is_never_a_day_off(office: Running) -> None:
    calendar = office.app.db.office.calendar
    for _ in range(12):
        after = datetime.fromisoformat(await office.forward(forward_workdays=1))
        assert calendar.is_working(calendar.today(after))


async def test_the_clock_goes_to_a_moment_and_never_back(office: Running) -> None:
    start = await now(office)
    target = start + timedelta(days=3)
    assert datetime.fromisoformat(await office.forward(to=target.isoformat())) >= target
    assert datetime.fromisoformat(await office.forward(to=start.isoformat())) >= target
    without_zone = (target + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
    assert datetime.fromisoformat(await office.forward(to=without_zone.isoformat())) >= target + timedelta(days=1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"forward":"tomorrow"}',
        b'{"forward":"P"}',
        b'{"forward":"-P1D"}',
        b'{"forward":"P9999W"}',
        b'{"forward":7}',
        b'{"forward_workdays":-5}',
        b'{"forward_workdays":1e99}',
        b'{"to":"whenever"}',
        b'{"to":"9999-12-31T23:59:59+00:00"}',
        b'{"back":"P1D"}',
        b'{"forward":"' + b"P1D" * 400_000 + b'"}',
    ],
)
async def test_a_wish_that_makes_no_sense_moves_nothing(office: Running, body: bytes) -> None:
    before = await now(office)
    async with office.http.post(office.url("/demo/clock"), data=body) as answer:
        assert answer.status in (400, 413)
    assert await now(office) - before < timedelta(minutes=1)


async def test_no_page_of_another_site_moves_the_clock(office: Running) -> None:
    before = await now(office)
    url, headers = office.url("/demo/clock"), {"Origin": "https://elsewhere.example"}
    async with office.http.post(url, data=b'{"forward":"P1D"}', headers=headers) as answer:
        assert answer.status == 403
    assert await now(office) - before < timedelta(minutes=1)


async def overdue(office: Running) -> Any:
    """A case that the liaison's unit leaves lying; returns the owner's, the liaison's and the supervisor's chats."""
    owner, dispatcher, liaison = [await office.chat(name) for name in ("owner1", "dispatcher", "liaison")]
    await owner.say("门口的路灯坏了三天")
    await owner.say("1")
    await owner.say("1")
    await owner.say("1")
    task = await dispatcher.heard("路灯")
    await dispatcher.tap(task["buttons"][0][0]["label"], task)
    await liaison.heard("路灯")
    return owner, liaison, await office.chat("supervisor")


async def test_on_the_way_reminders_come_in_their_order_and_bear_their_own_time(office: Running) -> None:
    _owner, liaison, _supervisor = await overdue(office)
    start = await now(office)
    await office.forward(forward="P2W")
    await liaison.send({"text": "/nothing_of_the_kind"})
    await liaison.heard("/nothing_of_the_kind")
    times = [datetime.fromisoformat(frame["message"]["at"]) for frame in liaison.frames if "message" in frame]
    reminders = [at for at in times if at > start + timedelta(hours=1)]
    assert len({at.date() for at in reminders}) >= 3
    assert times == sorted(times)


async def test_the_next_event_is_reached_tap_by_tap(office: Running) -> None:
    await overdue(office)
    moments = [datetime.fromisoformat(await office.forward(to="next")) for _ in range(4)]
    assert moments == sorted(set(moments))


async def test_what_was_said_to_somebody_away_bears_the_time_it_was_said(office: Running) -> None:
    start = await now(office)
    await overdue(office)
    end = datetime.fromisoformat(await office.forward(forward="P4W"))
    first = await (await office.chat("handler", after=0)).heard("路灯")
    assert start < datetime.fromisoformat(first["at"]) < end - timedelta(weeks=3)


async def test_a_season_at_once_goes_through_every_day(office: Running) -> None:
    await overdue(office)
    before = await now(office)
    assert datetime.fromisoformat(await office.forward(forward="P90D")) - before >= timedelta(days=90)
    assert (await office.health())["failed_arrivals"] == 0


def test_the_demo_begins_in_office_hours_with_time_left() -> None:
    for hour in range(0, 24 * 9, 5):
        real = datetime(2026, 9, 30, tzinfo=UTC) + timedelta(hours=hour)
        start = serving.demo_start(real)
        assert real <= start <= real + timedelta(days=9)
        assert 8 <= start.astimezone(offices.ZONE).hour < 12


def test_durations_are_weeks_to_seconds() -> None:
    assert demo_pages.duration("P1W2DT3H4M5S") == timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)
    for wrong in ("", "P", "PT", "1D", "P1Y", "P1M", "PT1.5H", "p1d", "P1D ", "P-1D"):
        with pytest.raises(ValueError, match="duration"):
            demo_pages.duration(wrong)
