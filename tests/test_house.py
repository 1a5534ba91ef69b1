"""Guards of the house itself: the one-way street, the sizes, the names, and that what is declared can be reached."""

from __future__ import annotations

import ast
import re
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from domain.lifecycle import NAMES
from handlers import cards, menus, notices
from handlers.flows import story
from handlers.registry import FLOWS
from scheduler import timetable
from scheduler.timetable import JOBS
from storage.transaction import Tx
from tests.bot.offices import Running, production
from tests.people import Town

ROOT = Path(__file__).parents[1]
#: Each room may use itself and those to its right.
STREET = ("bot", "scheduler", "handlers", "storage", "domain")
PURE = {
    "__future__", "bisect", "calendar", "collections", "dataclasses", "datetime", "domain", "enum", "functools",
    "heapq", "itertools", "math", "re", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "perf_counter", "monotonic", "time"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc", "stuff"}
UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", r"raise Not" + "Implemented")))
#: Every table on one page, however long the page is.
ONE_PAGE = "storage/tables.py"


def sources(room: str) -> list[Path]:
    found = (ROOT / room).rglob("*.py")
    return sorted(path for path in found if "versions" not in path.parts)


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for path in (one for room in rooms for one in sources(room)):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """The modules a file imports, those only for types too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            assert node.level == 0, "rooms are named, never dotted"
    return found


# --- the one-way street -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", STREET)
def test_a_room_uses_only_rooms_to_its_right(room: str) -> None:
    left = set(STREET[: STREET.index(room)]) | {"tests"}
    for name, tree in trees(room):
        assert not {module.split(".")[0] for module in imported(tree)} & left, name


def test_conversations_touch_neither_the_database_nor_a_channel() -> None:
    for name, tree in trees("handlers/flows"):
        assert not {module.split(".")[0] for module in imported(tree)} & {"sqlalchemy", "bot", "aiohttp"}, name


def test_the_rules_are_decided_without_any_input_or_output() -> None:
    for name, tree in trees("domain"):
        assert {module.split(".")[0] for module in imported(tree)} <= PURE, name
        for node in ast.walk(tree):
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), name
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"open", "print", "input"}, (name, node.lineno)
                about_time = called.split(".")[0] in ("time", "date", "datetime")
                assert not (about_time and called.split(".")[-1] in CLOCKS and "." in called), (name, node.lineno)


def test_only_the_settings_read_the_environment() -> None:
    readers = [name for name, tree in trees(*STREET) if re.search(r"os\.(environ|getenv)", ast.unparse(tree))]
    assert set(readers) <= {"bot/settings.py", "storage/backup_postgresql.py"}


# --- size and shape ---------------------------------------------------------------------------------------------


def lengths() -> dict[str, int]:
    return {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in trees(*STREET)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_functions_are_short() -> None:
    sizes = sorted(lengths().values())
    assert statistics.median(sizes) <= 9
    assert sizes[len(sizes) * 9 // 10] <= 37
    assert {name: size for name, size in lengths().items() if size > 50} == {}


def test_files_have_one_theme() -> None:
    sizes = {name: len((ROOT / name).read_text().splitlines()) for name, _tree in trees(*STREET)}
    assert {name: size for name, size in sizes.items() if size > 400 and name != ONE_PAGE} == {}
    assert sum(size > 300 for size in sizes.values()) <= len(sizes) // 10


def test_files_of_tests_have_one_theme_too() -> None:
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_names_say_what_is_inside() -> None:
    for path in (one for room in STREET for one in sources(room)):
        assert not {part.removesuffix(".py").lower() for part in path.relative_to(ROOT).parts} & EMPTY_NAMES
    for name, tree in trees(*STREET):
        classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        assert not [one for one in classes if re.search(r"(Manager|Helper|Utils?|Base)$", one)], name


def test_nothing_is_left_unfinished_and_no_error_is_swallowed() -> None:
    for name, tree in trees(*STREET):
        assert not UNFINISHED.search((ROOT / name).read_text()), name
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and isinstance(node.body[0], ast.Pass):
                assert node.type is not None, (name, node.lineno)
                assert not {"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type))), name


#: What libraries call by its name, what is said to the catalogues, and the other half of a cipher.
CALLED_FROM_OUTSIDE = {
    "initialize", "do_request", "parse_json_payload", "redirect_request", "process_bind_param", "process_result_value",
    "impl", "cache_ok", "inherit_cache", "FAULTS", "encrypt",
}  # fmt: skip


def defined(tree: ast.Module) -> Iterator[str]:
    """The names a file gives to functions, classes and values, but for those that a decorator hands on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            handed_on = [ast.unparse(one) for one in node.decorator_list if ast.unparse(one) not in KEPT_BY]
            if not handed_on or isinstance(node, ast.ClassDef):
                yield node.name
        elif isinstance(node, ast.Assign):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


#: Decorators that leave a function where it is.
KEPT_BY = {
    "property",
    "staticmethod",
    "classmethod",
    "cache",
    "once_a_language",
    "contextmanager",
    "asynccontextmanager",
}


def test_nothing_is_there_for_tests_alone() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "pages").rglob("*.html"))
    written = "\n".join(path.read_text(encoding="utf-8") for room in STREET for path in sources(room)) + pages
    used = Counter(re.findall(r"\w+", written))
    unused = {name for _file, tree in trees(*STREET) for name in defined(tree) if used[name] == 1}
    assert {name for name in unused if not name.startswith("__")} - CALLED_FROM_OUTSIDE == set()


# --- what is declared can be reached ----------------------------------------------------------------------------


def test_every_conversation_can_be_begun_from_somewhere() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources("handlers"))
    buttons = {name for _move, name, _label in (*cards.OFFICIAL_BUTTONS, *cards.MORE_BUTTONS, *cards.OWNER_BUTTONS)}
    buttons |= set(re.findall(r"[\"']f:(\w+)", written)) | set(re.findall(r"begin\(turn, \"(\w+)\"", written))
    for name, one in FLOWS.items():
        assert name in buttons or one.command or one.words or name in dict(menus.LINES), name
    assert {name for name, _label in menus.LINES} <= set(FLOWS)
    assert buttons - {"resume"} <= set(FLOWS)


def test_every_command_of_the_help_is_described_and_every_described_one_has_a_command() -> None:
    for name, one in FLOWS.items():
        assert not one.describes or one.command, name
        assert not one.words or one.command, f"{name}: words without a command"


def test_every_move_has_its_notices_and_its_words_in_the_story() -> None:
    assert set(notices.NOTICES) == set(NAMES) == set(story.MOVE_WORDS)


def test_every_job_has_one_row_and_one_rhythm() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all((job.seconds > 0) != (job.at is not None) for job in JOBS)
    assert {job.name for job in JOBS} >= {"climb", "digest", "idle", "root", "purge"}
    assert timetable.BATCH > 0


def test_a_daily_job_runs_once_for_its_day_wherever_it_ticks(small_town: Town) -> None:
    ran: list[datetime] = []

    def count(_tx: Tx, now: datetime) -> int:
        ran.append(now)
        return 1

    counted, start = timetable.Job("counted", count, at=time(9)), small_town.now
    for minutes in (0, 1, 60, 60 * 24, 60 * 24 + 1):
        small_town.write(timetable.run, counted, start + timedelta(minutes=minutes))
    assert [moment - start for moment in ran] == [timedelta(), timedelta(days=1)]


def test_what_the_readme_promises_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "check", "bench", "help"} <= targets
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with production(tmp_path) as running:
        yield running


async def test_every_route_of_the_server_answers(office: Running) -> None:
    routes = {(route.method, route.resource.canonical) for route in office.site.app.router.routes() if route.resource}
    assert len(routes) >= 10
    async with ClientSession() as http:
        for method, path in sorted(routes):
            if method != "HEAD":
                url = office.url(re.sub(r"\{\w+\}", "nothing", path))
                wanted = "GET" if method == "*" else method
                async with http.request(wanted, url, allow_redirects=False) as answer:
                    assert answer.status < 500, (method, path, answer.status)
                    assert "Content-Security-Policy" in answer.headers, (method, path)
