"""A conversation lives in the database alone: a new process between any two messages changes nothing that is said."""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from domain.case import Role
from domain.messages import Incoming, Message, Promised
from storage.talks import Memory
from tests.databases import empty_database_url
from tests.people import Town, living

#: Who is asked, and what they do: words, a tap (its label), files. One line a message.
Line = tuple[str, str]
OWNER, DESK, UNIT = "林晓", "陈岚", "吴敏"

FILING: tuple[Line, ...] = (
    ("say", "/file"),
    ("say", "那个"),
    ("tap", "同意"),
    ("say", "2"),
    ("tap", "返回"),
    ("tap", "投诉"),
    ("file", "门口.jpg"),
    ("say", "施工挡住了门口，三天没有客人"),
    ("tap", "保密"),
    ("say", "帮助"),
    ("say", "晓林面馆"),
    ("say", "不知道"),
    ("say", "138 0000 0001"),
    ("file", "又一张.jpg"),
    ("say", "/language"),
    ("tap", "中文"),
    ("tap", "修改"),
    ("tap", "企业"),
    ("say", "晓林面馆总店"),
    ("tap", "提交"),
)
OFFERING: tuple[Line, ...] = (
    ("say", "办证要带什么"),
    ("say", "还有，周六开门吗"),
    ("tap", "咨询"),
    ("say", "取消"),
    ("tap", "接着"),
    ("tap", "同意"),
    ("say", "跳过"),
    ("say", "13800000001"),
    ("say", "是"),
)
SCRIPTS: dict[str, tuple[tuple[str, Line], ...]] = {
    "a filing": tuple((OWNER, line) for line in FILING),
    "an offer": tuple((OWNER, line) for line in OFFERING),
    "a case from end to end": (
        *((OWNER, line) for line in OFFERING),
        (DESK, ("say", "/desk")),
        (DESK, ("say", "1")),
        (DESK, ("tap", "交办")),
        (DESK, ("tap", "住建局")),
        (DESK, ("tap", "交通局")),
        (DESK, ("tap", "就这些")),
        (DESK, ("tap", "统一答复")),
        (DESK, ("tap", "交办")),
        (UNIT, ("tap", "签收")),
        (UNIT, ("tap", "办结答复")),
        (UNIT, ("say", "带身份证，周六不开门")),
        (UNIT, ("file", "清单.pdf")),
        (UNIT, ("say", "1")),
        (UNIT, ("tap", "发出答复")),
        (OWNER, ("tap", "没解决")),
        (OWNER, ("say", "清单打不开")),
        (OWNER, ("tap", "重办")),
        (OWNER, ("say", "/my")),
    ),
}


class Process:
    """Whatever a program holds in its memory beside its database; `restart` begins with nothing of it."""

    def __init__(self, restarts: bool) -> None:
        self.restarts = restarts

    def handle(self) -> Callable[..., None]:
        if self.restarts:
            for name in [name for name in sys.modules if name.split(".")[0] in ("handlers", "storage")]:
                del sys.modules[name]
        module = importlib.import_module("handlers.dispatch")
        handle: Callable[..., None] = module.handle
        return handle

    def database(self, town: Town) -> Any:
        if not self.restarts:
            return town.db
        return importlib.import_module("storage.db").Database(town.db.url, town.db.office)


@pytest.fixture
def memory() -> Iterator[None]:
    """Gives the tests after this one the modules they know."""
    known: dict[str, ModuleType] = dict(sys.modules)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] in ("handlers", "storage")]:
        del sys.modules[name]
    sys.modules.update({name: module for name, module in known.items() if module is not None})


SHOWN = text(
    "SELECT message FROM outbox JOIN addresses a ON a.id = address_id WHERE a.address = :door ORDER BY outbox.id"
)


def shown(town: Town, address: str) -> list[Message]:
    rows = town.read(lambda tx: tx.connection.execute(SHOWN, {"door": address}).all())
    return [msgspec.json.decode(row.message, type=Message) for row in rows]


def tapped(messages: list[Message], label: str) -> str:
    for message in reversed(messages):
        buttons = [button for row in message.buttons for button in row if label in button.label]
        if buttons:
            return min(buttons, key=lambda button: len(button.label)).value
    raise AssertionError(f"no button “{label}” in {messages[-1:]}")


def arrival(town: Town, number: int, address: str, line: Line) -> Incoming:
    way, what = line
    press = tapped(shown(town, address), what) if way == "tap" else ""
    files = (Promised(what, "image/jpeg", 10, f"{number:064d}"),) if way == "file" else ()
    return Incoming("web", f"k{number}", address, what if way == "say" else "", press, files, ref=f"r{number}")


def told(script: tuple[tuple[str, Line], ...], restarts: bool) -> dict[str, list[Any]]:
    """Everything said and everything kept, after a script was played."""
    lives = living(empty_database_url("sqlite"))
    town = next(lives)
    desk, unit = town.official(DESK, Role.DISPATCHER), town.official(UNIT, Role.LIAISON, unit="zhujian")
    doors = {OWNER: "the owner's page", DESK: desk.address, UNIT: unit.address}
    process = Process(restarts)
    for number, (who, line) in enumerate(script):
        incoming = arrival(town, number, doors[who], line)
        handle = process.handle()
        process.database(town).write_now(handle, incoming, town.now + timedelta(minutes=number))
    found = town.read(everything)
    next(lives, None)
    return found


#: Kept by chance or by the clock of the test: codes, salts and what hangs on them; the doors' numbers.
BY_CHANCE = {"code", "salt", "commitment", "previous", "hash", "receipt", "signature", "address"}
FILE_CODE = re.compile(r"/file/[\w-]+")


def everything(tx: Any) -> dict[str, list[Any]]:
    kept = ("people", "cases", "assignments", "events", "deadlines", "outbox", "talks", "files", "visits", "addresses")
    return {
        name: [
            {key: FILE_CODE.sub("/file/…", str(value)) for key, value in row._mapping.items() if key not in BY_CHANCE}
            for row in tx.connection.execute(text(f"SELECT * FROM {name} ORDER BY 1")).all()
        ]
        for name in kept
    }


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.usefixtures("memory")
def test_a_new_process_between_any_two_messages_changes_nothing(name: str) -> None:
    at_once, restarted = told(SCRIPTS[name], restarts=False), told(SCRIPTS[name], restarts=True)
    assert at_once["cases"], "the script files a case"
    assert at_once["talks"] == [], "the script comes to its end"
    for table, rows in at_once.items():
        assert restarted[table] == rows, table


def test_what_a_talk_remembers_is_plain_json_and_comes_back_the_same() -> None:
    full = Memory(
        answers={"facts": {"text": "空\n😀\u202e", "files": [1], "place": ""}, "level": "5", "unit": None, "yes": True},
        results={"known": [["3", "住建局"]], "case": 7},
        refs={"facts": "r1"},
        order=["facts", "do:case"],
        menu=["yes", "!change"],
        labels=["是"],
        aside={"text": "放一边"},
        wanted=["level"],
        free=True,
    )
    kept = msgspec.json.encode(full)
    assert msgspec.json.decode(kept, type=Memory) == full
    assert json.loads(kept)["answers"]["facts"]["text"] == "空\n😀\u202e"
    assert msgspec.json.decode(b"{}", type=Memory) == Memory()


def test_two_talks_never_share_what_they_remember() -> None:
    one, another = Memory(), Memory()
    one.answers["facts"] = "只属于这一个"
    one.order.append("facts")
    assert another == Memory()
