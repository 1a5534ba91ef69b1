"""An office set up by the README's words alone: commands, workbook, links, up to the first case dispatched."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.async_api import Browser, Page, expect

from tests.bot.terminal import SHOWN, Terminal
from tests.browser import pages
from tests.browser.pages import Pane
from tests.crash.processes import PROGRAM, Office, free_port

README = Path(__file__).parents[2] / "README.md"
OFFICE = "衡岳县优化营商环境办公室"
#: Five units and twelve people, as somebody types them into the workbook.
UNITS = (
    ("zhujian", "住建局", "0000-6100001", "施工许可、房屋建设、物业管理、工地噪声"),
    ("chengguan", "城管局", "0000-6100002", "路灯、门头招牌、占道经营、垃圾清运、油烟"),
    ("shichang", "市场监管局", "0000-6100003", "营业执照、食品许可、价格、商标"),
    ("shuiwu", "税务局", "12366", "纳税、发票、退税"),
    ("renshe", "人社局", "0000-6100005", "社保、用工、工伤、招聘"),
)
PEOPLE = (
    ("陈岚", 13800000101, "派单员", None),
    ("周正", 13800000102, "优化办负责人", None),
    ("管小于", 13800000103, "管理员", None),
    ("秦肃", 13800000104, "督查员", None),
    ("高远", 13800000105, "分管领导", None),
    ("吴敏", 13800000106, "联络员", "住建局"),
    ("郑凯", 13800000107, "联络员", "城管局"),
    ("孙立", 13800000108, "单位负责人", "城管局"),
    ("钱多", 13800000109, "联络员", "市场监管局"),
    ("李想", 13800000110, "联络员", "税务局"),
    ("王平", 13800000111, "联络员", "人社局"),
    ("何清", 13800000112, "承办人", "城管局"),
)
LAMP = "店门口的路灯坏了三天，晚上客人看不见路"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with pages.browser() as running:
        yield running


def commands() -> list[str]:
    """What the README says to type, in its order."""
    part = README.read_text("utf-8").split("## Put it into service")[1]
    block = part.split("```")[1]
    return [line.split("#")[0].strip() for line in block.strip().splitlines()]


class Machine(Office):
    """A new machine: a folder with the program in .venv, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.within, self.kills, self.process = folder, (), 0, None
        self.port = free_port()
        there = folder / ".venv" / "bin"
        there.mkdir(parents=True)
        (there / PROGRAM.name).symlink_to(PROGRAM)

    def environment(self, folder: Path | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QINQING_", "LC_", "LANG"))}
        return {**kept, "QINQING_HTTP_PORT": str(self.port), "QINQING_PUBLIC_URL": self.url("")}

    def types(self, command: str, answers: str = "", code: int = 0) -> str:
        """Type a command and its answers; returns what it said."""
        ended = subprocess.run(
            command.split(),
            cwd=self.folder,
            env=self.environment(),
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, ended.stderr
        return ended.stdout + ended.stderr

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            typed = commands()[-1].split()
            self.process = subprocess.Popen(typed, cwd=self.folder, env=self.environment(), stdout=log, stderr=log)
        return self.process

    def fills(self, **sheets: tuple[tuple[Any, ...], ...]) -> None:
        """Type rows into the workbook, below its example."""
        book = openpyxl.load_workbook(self.folder / "office.xlsx")
        for title, rows in sheets.items():
            [shown] = [row[0].row for row in book[title] if str(row[0].value).startswith("示例")]
            for number, row in enumerate(rows, shown + 1):
                for place, value in enumerate(row, 1):
                    book[title].cell(number, place).value = value
        book.save(self.folder / "office.xlsx")

    def links(self) -> dict[str, str]:
        """The link of each person on the page of invitations."""
        page = (self.folder / "invitations.html").read_text("utf-8")
        names = re.findall(r'<div class="name">(.+?)</div>', page)
        return dict(zip(names, re.findall(r'<div class="link">(.+?)</div>', page), strict=True))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def invited(machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN) -> Machine:
    """The machine after the same commands but the last, run in this process: all are taken over and invited."""
    terminal = Terminal(machine.folder, monkeypatch, capsys)
    terminal.set("QINQING_PUBLIC_URL", machine.url(""))
    init, take_over, invite = (command.split()[1:] for command in commands()[:-1])
    assert terminal.run(*init, typed=f"{OFFICE}\n\n\n\n\n\n").code == 0
    machine.fills(单位=UNITS, 人员=PEOPLE)
    assert terminal.run(*take_over, typed="y\n").code == 0
    terminal.done(*invite)
    return machine


async def opened(browser: Browser, address: str) -> tuple[Page, Pane]:
    """Somebody's own phone: a browser of their own at an address."""
    context = await browser.new_context(**{**pages.options(), "viewport": {"width": 390, "height": 800}})
    page = await context.new_page()
    await page.goto(address)
    [pane] = await pages.panes(page, OFFICE)
    return page, pane


async def joined(browser: Browser, link: str, role: str) -> Pane:
    """Open the link of an invitation, use its code, and hear the role."""
    page, pane = await opened(browser, link)
    await page.get_by_role("button", name="使用邀请码").click()
    await pane.hears(role)
    return pane


async def test_the_readme_leads_from_nothing_to_the_first_case_dispatched(browser: Browser, machine: Machine) -> None:
    init, take_over, invite, _run = commands()
    said = machine.types(init, f"{OFFICE}\n0000-6100000\n\n\n\n\n")
    for command in (take_over, invite, _run):
        assert command in said, "what init prints can be typed as it stands"

    machine.fills(单位=UNITS, 人员=(*PEOPLE[:5], ("吴敏", "138", "联络员", "住建"), *PEOPLE[6:]))
    refused = machine.types(take_over, code=1)
    assert re.findall(r"人员![A-Z]+\d+", refused) == ["人员!B10", "人员!D10"]
    machine.fills(人员=PEOPLE)
    assert "人员：新增 12，更改 0，不变 0" in machine.types(take_over, "y\n")
    assert "完全一致" in machine.types(take_over)

    assert "12 份邀请" in machine.types(invite)
    links = machine.links()
    assert set(links) == {name for name, *_rest in PEOPLE}
    await machine.start()

    dispatcher = await joined(browser, links["陈岚"], "派单员")
    liaison = await joined(browser, links["郑凯"], "联络员")
    boss = await joined(browser, links["管小于"], "管理员")
    await boss.say("/setup")
    await boss.hears("还有 9 人没有进来")

    _page, owner = await opened(browser, machine.url("/chat"))
    await owner.say(LAMP)
    for label in ("有困难", "同意"):
        await owner.tap(label)
    await owner.say("晓林面馆")
    await owner.say("13900000001")
    await owner.tap("提交")
    await owner.hears("编号")
    await dispatcher.say("/desk")
    await dispatcher.hears("路灯")
    await dispatcher.tap("⚪")
    await dispatcher.tap("→ 城管局")
    await dispatcher.hears("已交办")
    await liaison.say("/tasks")
    await liaison.hears("路灯")


async def test_a_link_is_good_once_and_not_for_whoever_finds_it_later(browser: Browser, invited: Machine) -> None:
    link = invited.links()["陈岚"]
    await invited.start()
    await joined(browser, link, "派单员")
    page, stranger = await opened(browser, link)
    await page.get_by_role("button", name="使用邀请码").click()
    await stranger.hears("这个码无效")
    await stranger.say("/desk")
    await stranger.hears("工作人员")


async def test_the_page_of_invitations_prints_readably(browser: Browser, invited: Machine) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    complaints = await pages.listened(page)
    await page.goto((invited.folder / "invitations.html").as_uri())
    await expect(page.locator(".card")).to_have_count(12)
    await expect(page.locator("section")).to_have_count(6)
    assert await pages.overflow(page) == []
    squares = page.locator(".card svg path")
    sides = await squares.evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
    assert min(sides) >= 120
    assert complaints == []
