"""The commands Telegram offers when somebody types “/”, and the button that shows them: by language, and by role."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    MenuButtonCommands,
)
from telegram.error import RetryAfter, TelegramError

from bot.tending import Tending
from domain.people import Person
from handlers import menus
from handlers.turn import at_desk
from handlers.words import N_, _, speaking
from storage import bot_commands, people
from storage.bot_commands import Listed
from storage.db import Database
from storage.faults import where_of
from storage.transaction import Tx

log = structlog.get_logger()

Lines = tuple[tuple[str, str], ...]

TOPICS = frozenset({people.ROLES_CHANGED, bot_commands.CHANGED})
#: Telegram's codes of languages for ours; whoever's app speaks another reads the office's own.
LANGUAGES = {"zh": "zh_CN", "en": "en"}
#: What a group may ask for: everything else is between one person and the office.
IN_GROUPS: Lines = (("bind", N_("say what this group is for (administrator)")), ("help", N_("what I can do here")))
MOST_LINES = 100
#: So many chats in one look, one after the other: nobody waits for their menu.
MOST_CHATS = 500
PAUSE_SECONDS = 0.1
LOOK_SECONDS = 600.0
#: In the demo people come and change their roles while they look.
DEMO_LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Due:
    """A chat whose list is not what its person may do."""

    chat: Listed
    lines: Lines

    @property
    def name(self) -> str:
        """The list's name: what was given is remembered by it."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()[:24]


class Commands(Tending):
    """Keeps the lists of commands: everybody's by language, groups', officials', and of who chose a language.

    now: the office's clock. everybody: each private chat has its own list, so that none is left from an office before.
    """

    def __init__(
        self,
        db: Database,
        bot: Bot,
        bot_id: str,
        now: Callable[[], datetime],
        *,
        everybody: bool = False,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        look_seconds = DEMO_LOOK_SECONDS if everybody else LOOK_SECONDS
        super().__init__(db, f"commands:telegram:{bot_id}", self.look, TOPICS, look_seconds=look_seconds)
        self._db, self._bot, self._now = db, bot, now
        self._everybody, self._pause_seconds = everybody, pause_seconds
        self._told = ""
        self._rests_until: datetime | None = None
        self._refused: dict[int, datetime] = {}

    async def look(self) -> None:
        """Give every list that is not as it should be. What Telegram refuses is tried again at the next look."""
        if self._rests_until is not None and self._now() < self._rests_until:
            return
        try:
            await self._to_all()
            for due in await self._db.read(due_chats, self._now(), everybody=self._everybody):
                if self._refused.get(due.chat.id, self._now()) <= self._now():
                    await self._to_one(due)
                    await asyncio.sleep(self._pause_seconds)
        except RetryAfter as wish:
            self._rests_until = self._now() + wish._retry_after
            log.info("commands put off", seconds=wish._retry_after.total_seconds())
        except TelegramError as error:
            log.warning("commands not told", error=where_of(error))

    async def _to_all(self) -> None:
        """The lists of everybody and of groups, in every language, once for each change."""
        language = self._db.office.language
        if self._told == language:
            return
        for code, spoken in {"": language, **LANGUAGES}.items():
            for scope, lines in await self._db.read(_lists, spoken, self._now()):
                await self._give(scope, lines, code)
        await self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        self._told = language

    async def _to_one(self, due: Due) -> None:
        """One chat's list; a chat that is not there any more keeps nobody else from theirs."""
        try:
            await self._give(BotCommandScopeChat(due.chat.address), due.lines)
        except RetryAfter:
            raise
        except TelegramError as error:
            log.info("commands of a chat not told", chat=due.chat.id, error=where_of(error))
            self._refused[due.chat.id] = self._now() + timedelta(seconds=LOOK_SECONDS)
            return
        await self._db.write(bot_commands.given, due.chat.id, due.name)

    async def _give(self, scope: BotCommandScope, lines: Lines, code: str = "") -> None:
        await self._bot.set_my_commands([BotCommand(*line) for line in lines], scope=scope, language_code=code or None)


def _lists(tx: Tx, language: str, now: datetime) -> list[tuple[BotCommandScope, Lines]]:
    """What somebody without a role may begin, and what a group may, in a language."""
    nobody = Person(0, "", "", "", language)
    with speaking(language):
        groups = tuple((command, _(words)) for command, words in IN_GROUPS)
    return [
        (BotCommandScopeAllPrivateChats(), lines_of(tx, nobody, now)),
        (BotCommandScopeAllGroupChats(), groups),
    ]


def lines_of(tx: Tx, person: Person, now: datetime) -> Lines:
    """What this person may begin, as /help says it: (command, what it is for) in their language."""
    with speaking(person.language):
        known = menus.commands(at_desk(tx, person, now))
        return tuple((one.command, _(one.describes)) for one in known[:MOST_LINES])


def due_chats(tx: Tx, now: datetime, *, everybody: bool = False) -> list[Due]:
    """Chats to be given another list, at most MOST_CHATS: of officials, of who was one, of who chose a language."""
    officials = {holding.person for holding in people.all_holders(tx, now)}
    found: list[Due] = []
    for due in _wanted(tx, officials, now, everybody):
        if due.name != due.chat.given:
            found.append(due)
        if len(found) == MOST_CHATS:
            break
    return found


def _wanted(tx: Tx, officials: set[int], now: datetime, everybody: bool) -> Iterator[Due]:
    for chat in bot_commands.own(tx, "telegram", officials, everybody=everybody):
        yield Due(chat, lines_of(tx, chat.person, now))
