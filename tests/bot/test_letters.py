"""The page of a letter: what was written, for whoever holds its address, and nothing for anybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from domain.case import Kind, Naming, Role
from domain.people import Holding
from handlers import casework
from handlers.casework import Filed
from storage import papers, people
from storage.papers import Paper
from storage.transaction import Tx
from tests.bot.offices import Running, production


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with production(tmp_path) as running:
        yield running


def refused(tx: Tx, running: Running) -> Paper:
    """A case that was refused, and the letter about it."""
    now = running.app.clock.now()
    owner, desk, approver = (people.create(tx, "zh_CN", now, name=name).id for name in ("林晓", "陈岚", "赵衡"))
    people.give_role(tx, desk, Role.DISPATCHER, now)
    people.give_role(tx, approver, Role.APPROVER, now)
    person = people.get(tx, owner)
    assert person is not None
    case = casework.file(tx, Filed(Kind.REQUEST, "隔壁欠我 <b>货款</b>", naming=Naming.NAMED), person.owner, owner, now)
    proposed = Holding(desk, Role.DISPATCHER).actor
    casework.act(tx, case.id, "propose_refusal", proposed, now, ground="civil", text="企业之间的 <i>合同</i>")
    casework.act(tx, case.id, "refuse", Holding(approver, Role.APPROVER).actor, now)
    return papers.of_case(tx, case.id)[-1]


async def test_a_letter_is_read_at_its_address(office: Running) -> None:
    paper = await office.app.db.write(refused, office)
    async with ClientSession() as http, http.get(office.url(f"/letter/{paper.code}")) as answer:
        page = await answer.text()
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store", "it may be read on a computer of many"
    assert "不予受理通知书" in page
    assert paper.number in page
    assert "属于企业之间的民事纠纷" in page
    assert "申请复核" in page
    assert "&lt;i&gt;" in page
    assert "<i>" not in page


async def test_nobody_guesses_a_letter(office: Running) -> None:
    await office.app.db.write(refused, office)
    async with ClientSession() as http:
        for code in ("nothing", "1", "A" * 400):
            async with http.get(office.url(f"/letter/{code}")) as answer:
                assert answer.status == 404
                assert "没有这份文书" in await answer.text()


async def test_a_letter_that_was_replaced_says_so_and_stays(office: Running) -> None:
    paper = await office.app.db.write(refused, office)
    await office.app.db.write(papers.supersede, paper.case, paper.sort, office.app.clock.now())
    kept = await office.app.db.read(papers.by_code, paper.code)
    assert kept is not None
    assert replace(kept, superseded_at=None) == paper
    async with ClientSession() as http, http.get(office.url(f"/letter/{paper.code}")) as answer:
        assert "存档" in await answer.text()
