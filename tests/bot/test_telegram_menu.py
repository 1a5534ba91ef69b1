"""What Telegram offers when somebody types “/”: what they may begin, in their language, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from telegram import Bot

from bot.channels.telegram.commands import Commands, due_chats, lines_of
from domain.case import Role
from domain.people import Person
from handlers.registry import FLOWS
from handlers.words import LANGUAGES, _, speaking
from storage import deputies, joining, people, roles
from tests.people import Town
from tests.telegram.emulator import Emulator, served
from tests.telegram.front import TOKEN

PRIVATE, GROUPS = "all_private_chats", "all_group_chats"
Menus = Callable[[], Commands]


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Emulator, Bot]]:
    async with served() as (emulator, url):
        bot = Bot(TOKEN, base_url=f"{url}/bot")
        async with bot:
            yield emulator, bot


@pytest.fixture
def emulator(platform: tuple[Emulator, Bot]) -> Emulator:
    return platform[0]


@pytest.fixture
async def menus(small_town: Town, platform: tuple[Emulator, Bot]) -> AsyncIterator[Menus]:
    """The part as a process has it after its start."""
    await small_town.db.start()
    yield lambda: Commands(small_town.db, platform[1], "7", lambda: small_town.now, pause_seconds=0)
    await small_town.db.close()


def on_telegram(town: Town, chat: int, language: str = "zh_CN", *given: Role) -> Person:
    """Somebody whose only door is Telegram."""
    _address, person = town.write(people.meet, "telegram", str(chat), language, town.now)
    assert person is not None
    for role in given:
        town.write(people.give_role, person.id, role, town.now)
    return person


def offered(emulator: Emulator, chat: int) -> set[str]:
    """What is offered in a private chat: its own list, or everybody's."""
    return set(emulator.menus.get(("chat", str(chat), ""), emulator.menus[PRIVATE, "", ""]))


def told(emulator: Emulator) -> int:
    """How often the bot gave a list."""
    return sum(call.method == "setMyCommands" for call in emulator.calls)


async def test_everybody_is_offered_what_an_owner_may_begin_in_their_language(emulator: Emulator, menus: Menus) -> None:
    await menus().look()
    everybody = emulator.menus[PRIVATE, "", ""]
    assert {"file", "my", "help", "join", "language"} <= set(everybody)
    assert not {"desk", "tasks", "people", "failed", "approvals"} & set(everybody)
    assert emulator.menus[PRIVATE, "", "zh"] == everybody
    assert emulator.menus[PRIVATE, "", "en"].keys() == everybody.keys()
    assert emulator.menus[PRIVATE, "", "en"]["my"].isascii()
    assert not everybody["my"].isascii()
    assert any(call.method == "setChatMenuButton" for call in emulator.calls)


async def test_the_list_begins_with_what_the_menu_begins_with(emulator: Emulator, menus: Menus) -> None:
    await menus().look()
    assert list(emulator.menus[PRIVATE, "", ""])[:2] == ["file", "my"]


async def test_a_group_is_offered_nothing_of_a_persons_own(emulator: Emulator, menus: Menus) -> None:
    await menus().look()
    assert set(emulator.menus[GROUPS, "", ""]) == {"bind", "help"}
    assert set(emulator.menus[GROUPS, "", "en"]) == {"bind", "help"}


async def test_an_official_is_offered_their_work_and_the_next_one_only_theirs(
    small_town: Town, emulator: Emulator, menus: Menus
) -> None:
    on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    on_telegram(small_town, 12, "zh_CN", Role.ADMINISTRATOR)
    on_telegram(small_town, 13)
    await menus().look()
    assert {"desk", "file"} <= offered(emulator, 11)
    assert "failed" not in offered(emulator, 11)
    assert "failed" in offered(emulator, 12)
    assert ("chat", "13", "") not in emulator.menus


def test_the_list_is_what_help_says(small_town: Town) -> None:
    dispatcher = small_town.official("陈岚", Role.DISPATCHER)
    dispatcher.say("/help")
    helped = dispatcher.unread[-1].text
    lines = small_town.read(lines_of, Person(dispatcher.id), small_town.now)
    assert len(lines) > 5
    assert [f"/{command}" for command, _words in lines] == [word for word in helped.split() if word[:1] == "/" != word]


async def test_nothing_is_told_twice_not_even_after_a_restart(
    small_town: Town, emulator: Emulator, menus: Menus
) -> None:
    on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    first = menus()
    await first.look()
    before = told(emulator)
    await first.look()
    assert told(emulator) == before
    await menus().look()
    assert told(emulator) == before + 6


async def test_a_role_that_ends_takes_its_commands_along(small_town: Town, emulator: Emulator, menus: Menus) -> None:
    person = on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    part = menus()
    await part.look()
    assert "desk" in offered(emulator, 11)
    given = next(iter(small_town.read(roles.own, person.id, small_town.now)))
    small_town.write(roles.take, given, small_town.now)
    await part.look()
    assert offered(emulator, 11) == set(emulator.menus[PRIVATE, "", ""])


async def test_a_deputy_is_offered_it_from_the_day_it_begins(
    small_town: Town, emulator: Emulator, menus: Menus
) -> None:
    absent = on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    deputy = on_telegram(small_town, 12, "zh_CN", Role.APPROVER)
    start = small_town.now + timedelta(days=2)
    small_town.write(deputies.add, absent.id, deputy.id, start, start + timedelta(days=1), small_town.now)
    part = menus()
    await part.look()
    assert "desk" not in offered(emulator, 12)
    small_town.now = start
    await part.look()
    assert "desk" in offered(emulator, 12)
    small_town.now = start + timedelta(days=1)
    await part.look()
    assert "desk" not in offered(emulator, 12)


async def test_who_chooses_a_language_has_the_commands_in_it_whatever_their_app_speaks(
    small_town: Town, emulator: Emulator, menus: Menus
) -> None:
    owner = small_town.owner("林晓")
    small_town.write(_also_on_telegram, owner.id, small_town.now)
    part = menus()
    await part.look()
    assert ("chat", "14", "") not in emulator.menus
    owner.say("/language")
    owner.say("2")
    await part.look()
    assert emulator.menus["chat", "14", ""]["my"].isascii()


def _also_on_telegram(tx: people.Tx, person: int, now: datetime) -> None:
    address, stranger = people.meet(tx, "telegram", "14", "zh_CN", now)
    assert stranger is not None
    joining.join(tx, stranger.id, person, [address.id], now, official=False)


async def test_one_who_has_blocked_the_bot_keeps_nobody_else_from_their_list(
    small_town: Town, emulator: Emulator, menus: Menus
) -> None:
    on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    on_telegram(small_town, 12, "zh_CN", Role.DISPATCHER)
    emulator.blocked.add(11)
    part = menus()
    await part.look()
    assert "desk" in offered(emulator, 12)
    emulator.blocked.clear()
    tries = told(emulator)
    await part.look()
    assert told(emulator) == tries
    small_town.now += timedelta(minutes=10)
    await part.look()
    assert "desk" in offered(emulator, 11)


async def test_a_platform_that_wants_a_pause_gets_it(small_town: Town, emulator: Emulator, menus: Menus) -> None:
    on_telegram(small_town, 11, "zh_CN", Role.DISPATCHER)
    emulator.faults.plan(kind="slow down", method="setMyCommands", seconds=60)
    part = menus()
    await part.look()
    calls = len(emulator.calls)
    await part.look()
    assert len(emulator.calls) == calls
    small_town.now += timedelta(seconds=61)
    await part.look()
    assert "desk" in offered(emulator, 11)


@pytest.mark.parametrize("kind", ["bad gateway", "closed before"])
async def test_a_platform_that_fails_hurts_nothing_and_is_asked_again(
    small_town: Town, emulator: Emulator, menus: Menus, kind: str
) -> None:
    emulator.faults.plan(kind=kind, method="setMyCommands", times=2)
    part = menus()
    for _time in range(3):
        await part.look()
    assert "file" in emulator.menus[PRIVATE, "", ""]
    assert (GROUPS, "", "en") in emulator.menus


async def test_an_office_of_the_demo_gives_every_chat_its_list(
    small_town: Town, platform: tuple[Emulator, Bot], menus: Menus
) -> None:
    """Chats of a demo that was thrown away keep an official's list otherwise."""
    emulator, bot = platform
    on_telegram(small_town, 13)
    await menus().look()
    assert ("chat", "13", "") not in emulator.menus
    await Commands(small_town.db, bot, "7", lambda: small_town.now, everybody=True, pause_seconds=0).look()
    assert "desk" not in emulator.menus["chat", "13", ""]


def test_what_commands_are_for_fits_telegram_in_every_language() -> None:
    for language in LANGUAGES:
        with speaking(language):
            described = {one.command: _(one.describes) for one in FLOWS.values() if one.command and one.describes}
        assert all(3 <= len(words) <= 256 for words in described.values()), described
        assert len(described) <= 100


def test_on_both_databases_officials_are_found_and_owners_left_alone(town: Town) -> None:
    on_telegram(town, 11, "zh_CN", Role.LEADER)
    on_telegram(town, 13)
    assert [due.chat.address for due in town.read(due_chats, town.now)] == ["11"]
    assert len(town.read(due_chats, town.now, everybody=True)) == 2
