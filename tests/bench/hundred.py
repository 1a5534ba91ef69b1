"""Searches and lists in an office of 100,000 cases: `python -m tests.bench.hundred [sqlite] [postgresql]`.

The cases are invented: sentences of a place, a matter of one of the demo county's units, and what came of it, so that
some words stand in a tenth of all cases and others in one. Nine in ten are closed. One unit has 40 open tasks, 200
cases wait at the desk, one case in a hundred names the key project, one in ten has an owner who keeps the name.
"""

from __future__ import annotations

import random
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from statistics import median
from typing import Any

from sqlalchemy import insert

from bot.demo_office import PROJECT, UNITS
from domain.case import Actor, Kind, Naming, Role
from domain.codes import kept_under
from domain.likely import grams
from domain.people import Holding
from domain.scopes import Scope, scope_of
from handlers import cards, worklist
from storage import migrations, search, search_index, units
from storage.db import Database, Tx
from storage.sounds import BOOK
from storage.tables import assignments, cases, deadlines, people
from tests.bench.door import bench_office
from tests.bench.harness import machine_line
from tests.databases import SETTINGS, empty_database_url

EVERYTHING = Scope(everything=True)

CASES = 100_000
OWNERS = 20_000
OPEN_TASKS = 40
#: The unit with so few; the others have ten times as many.
FEW_TASKS = 5
AT_THE_DESK = 200
ROUNDS = 15
#: Arrivals committed together.
GROUP = 50
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FIRST = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)

PLACES = (
    "城东工业园",
    "高新区标准厂房",
    "老街步行街",
    "城南批发市场",
    "滨江路",
    "火车站广场",
    "云溪镇",
    "石桥村",
    "东门菜市场",
)
SINCE = ("三天了", "半个月", "从上个月起", "昨天下午", "已经两年", "每天晚上", "今年三月以来", "刚刚")
ENDS = (
    "请帮忙协调。",
    "希望尽快解决。",
    "跑了几趟都没有结果。",
    "打电话没有人接。",
    "说等通知，一直没有消息。",
    "影响正常经营。",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TRADES = ("面馆", "建材行", "服装厂", "食品公司", "物流公司", "机械厂", "药店", "养殖场", "农家乐", "电子公司")

#: What is looked for, and what sort of question it is.
QUERIES = (
    ("变压器停电", "two words of a case in thousands"),
    ("工业园", "a word in a tenth of all cases"),
    ("施工许可", "a word of one unit"),
    ("协调", "a word in a sixth of all cases"),
    ("龙卷风", "a word nobody used"),
    ("贷", "one character"),
    ("shigongxuke", "pinyin"),
    ("sgxk", "initials"),
    ("gy", "two initials"),
    ("shigongxuka", "pinyin with a slip"),
    ("施工许何", "a wrong character"),
    ("宅基第审批", "a wrong character of the same sound"),
    ("0-00", "a part of a few thousand numbers"),
    ("1119-0042", "a part of one number"),
    ("9999-99", "a part of no number"),
    ("城南批发市场 养殖场", "two words apart"),
)


def matters() -> list[tuple[int, str]]:
    """What people write to each unit about: (number of the unit, a few words)."""
    rows = tomllib.loads(UNITS.read_text(encoding="utf-8"))["unit"]
    return [
        (n, one) for n, row in enumerate(rows, 1) for one in re.split(r"[、。:;\s]+", row["duties"]) if len(one) > 2
    ]


def told(dice: random.Random, about: list[tuple[int, str]]) -> tuple[int, str]:
    """A unit and an account of 40 to 160 characters."""
    unit, matter = dice.choice(about)
    more = "，".join(dice.choice(about)[1] for _ in range(dice.randint(1, 8)))
    ends = "".join(dice.sample(ENDS, dice.randint(1, 3)))
    return unit, f"{dice.choice(PLACES)}{matter}的事情，{dice.choice(SINCE)}。{more}。{ends}{dice.randint(1, 9999)}号。"


def rows_of(many: int) -> Iterator[dict[str, Any]]:
    """The cases, oldest first, with the unit that has each."""
    dice, about = random.Random(7), matters()
    each_day, busy = many / (NOW - FIRST).days, 0
    for n in range(1, many + 1):
        unit, facts = told(dice, about)
        filed_at = FIRST + timedelta(days=int(n / each_day))
        waiting, open_part = n > many - AT_THE_DESK, n > many * 0.9
        if open_part and not waiting and unit == FEW_TASKS:
            busy += 1
            open_part = busy <= OPEN_TASKS
        yield {
            "id": n,
            "number": f"{filed_at:%Y%m%d}-{n % 9999:04d}",
            "kind": str(dice.choice(list(Kind))),
            "status": "filed" if waiting else "handling" if open_part else "closed",
            "naming": str(Naming.KEPT if dice.random() < 0.1 else Naming.NAMED),
            "owner_id": 10_000 + dice.randint(1, OWNERS),
            "facts": facts,
            "enterprise": f"{dice.choice(SURNAMES)}{dice.choice(SURNAMES)}{dice.choice(TRADES)}",
            "project_id": 1 if dice.random() < 0.01 else None,
            "signature": bytes(64),
            "filed_at": filed_at,
            "status_at": filed_at,
            "unit": 0 if waiting else unit,
        }


def fill(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Some of the cases, with the unit's part, its deadline, and their place in the index."""
    tx.connection.execute(insert(cases), [{k: v for k, v in row.items() if k != "unit"} for row in rows])
    parts = [row for row in rows if row["unit"]]
    if parts:
        tx.connection.execute(insert(assignments), [_part(row) for row in parts])
    live = [row for row in rows if row["status"] != "closed"]
    if live:
        tx.connection.execute(insert(deadlines), [_deadline(row) for row in live])


def _part(row: dict[str, Any]) -> dict[str, Any]:
    state = "answered" if row["status"] == "closed" else "signed"
    part = {"case_id": row["id"], "unit_id": row["unit"], "lead": True, "since": row["status_at"]}
    return {**part, "state": state, "round": 1}


def _deadline(row: dict[str, Any]) -> dict[str, Any]:
    due = NOW + timedelta(days=row["id"] % 20 - 2)
    return {
        "case_id": row["id"],
        "unit_id": row["unit"] or None,
        "term": "handle" if row["unit"] else "accept",
        "state": "running",
        "round": 1,
        "amount": 15,
        "measure": "wd",
        "started_at": row["filed_at"],
        "due_at": due,
        "due_day": due.date(),
        "provisional": False,
        "calendar_version": 1,
    }


def settle(tx: Tx) -> None:
    """Units, the project, and the owners."""
    for row in tomllib.loads(UNITS.read_text(encoding="utf-8"))["unit"]:
        units.save(tx, row["code"], row["short"], row["phone"], row["duties"], grams(row["duties"], row["name"]))
    units.add_project(tx, PROJECT)
    known = {"language": "zh_CN", "created_at": FIRST}
    tx.connection.execute(
        insert(people), [{"id": 10_000 + n, "name": f"业主{n}", **known} for n in range(1, OWNERS + 1)]
    )


def built(url: str, many: int = CASES) -> Database:
    """An office with so many cases in an empty database."""
    migrations.upgrade(url)
    db = Database(url, bench_office())
    db.write_now(settle)
    begun = time.perf_counter()
    rows = rows_of(many)
    while some := list(islice(rows, 5000)):
        db.write_now(fill, some)
    print(f"  {many:,} cases in {time.perf_counter() - begun:.0f} s", end="", flush=True)
    begun = time.perf_counter()
    while db.write_now(search_index.catch_up):
        continue
    print(f", indexed in {time.perf_counter() - begun:.0f} s", flush=True)
    return db


# --- what is measured -------------------------------------------------------------------------------------------------


def officials() -> dict[str, Scope]:
    """Who searches: everybody's scope by what they are."""
    return {
        "dispatcher": EVERYTHING,
        "liaison": scope_of([Actor(1, Role.LIAISON, unit=FEW_TASKS)]),
        "leader of four units": scope_of([Actor(1, Role.LEADER, unit=unit) for unit in (1, 2, 3, 4)]),
        "inspector": scope_of([Actor(1, Role.INSPECTOR, project=1)]),
        "owner": scope_of([Actor(10_005, Role.OWNER)]),
    }


def lists() -> dict[str, Callable[[Tx], Any]]:
    """The lists of the chat, drawn as they are shown."""
    liaison, inspector = Holding(1, Role.LIAISON, FEW_TASKS), Holding(1, Role.INSPECTOR, None, 1)
    busy, desk = Holding(1, Role.LIAISON, 1), Holding(1, Role.DISPATCHER)
    return {
        f"tasks, {OPEN_TASKS} open": lambda tx: drawn(tx, worklist.of_units(tx, [liaison], NOW)),
        "tasks of a busy unit": lambda tx: drawn(tx, worklist.of_units(tx, [busy], NOW)),
        f"desk, {AT_THE_DESK} waiting": lambda tx: drawn(tx, worklist.of_desk(tx, [desk], NOW)),
        "project": lambda tx: drawn(tx, worklist.of_projects(tx, [inspector], NOW)),
        "late": lambda tx: drawn(tx, worklist.late(tx, [desk], NOW)),
    }


def drawn(tx: Tx, tasks: list[worklist.Task]) -> int:
    """The list as a message; how many there are."""
    cards.task_list(tx, tasks, NOW, "")
    return len(tasks)


def milliseconds(db: Database, look: Callable[[Tx], Any]) -> tuple[float, float, Any]:
    """Median and worst of ROUNDS after one to warm up, and what was found."""
    taken = []
    for _round in range(ROUNDS + 1):
        begun = time.perf_counter()
        found = db.read_now(look)
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken[1:]), max(taken[1:]), found


def measure(db: Database) -> None:
    """Print every search by every sort of official, and every list."""
    for name, scope in officials().items():
        medians = []
        for words, _sort in QUERIES:
            middle, worst, found = milliseconds(db, lambda tx, w=words, s=scope: search.cases_like(tx, w, s))  # type: ignore[misc]
            medians.append(middle)
            print(f"    {name:22} {words:14} {middle:7.1f} ms, worst {worst:7.1f}, {len(found)} found", flush=True)
        print(f"  {name}: median of all {median(medians):.1f} ms, slowest {max(medians):.1f} ms", flush=True)
    for name, look in lists().items():
        middle, worst, count = milliseconds(db, look)
        print(f"  {name:22} {middle:7.1f} ms, worst {worst:7.1f}, {count} listed", flush=True)


def filing(db: Database, groups: int = 10) -> None:
    """Print what the index adds to a filing: processor time, in groups of GROUP with a savepoint each, as they come."""
    texts = [row["facts"] * 2 for row in islice(rows_of(CASES), groups * GROUP)]
    numbers = count(CASES + 1)

    def group(tx: Tx, some: list[str]) -> float:
        begun = time.thread_time()
        for facts in some:
            with tx.savepoint():
                search_index.put(tx, next(numbers), facts, "")
        return (time.thread_time() - begun) / GROUP * 1e6

    each = [db.write_now(group, texts[at : at + GROUP]) for at in range(0, len(texts), GROUP)]
    begun = time.thread_time()
    for facts in texts:
        kept_under(facts, BOOK)
    coding = (time.thread_time() - begun) / len(texts) * 1e6
    length = sum(map(len, texts)) / len(texts)
    print(f"  a filing of {length:.0f} characters: {median(each):.0f} µs more, of which its codes {coding:.0f} µs")
    begun = time.perf_counter()
    db.write_now(search.scrub)
    print(f"  writing the index anew: {time.perf_counter() - begun:.2f} s", flush=True)


def main(kinds: list[str]) -> None:
    """Measure each kind of database."""
    SETTINGS["shared_buffers"] = "128MB"  # PostgreSQL's own default
    print(f"\nhundred\n{machine_line()}")
    for kind in kinds or ["sqlite", "postgresql"]:
        print(kind)
        db = built(empty_database_url(kind))
        measure(db)
        filing(db)


if __name__ == "__main__":
    main(sys.argv[1:])
