"""Who works on a second round, in whatever role, hears what whoever worked on the first one hears."""

from __future__ import annotations

import pytest

from domain.case import Role
from tests.handlers.page_moves import again, handled, move
from tests.people import Official, Owner, Town


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


def test_a_head_who_handles_a_second_round_hears_what_its_handler_hears(
    small_town: Town, owner: Owner, desk: Official, handler: Official, head: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    again(small_town, owner, handler, number)
    move(small_town, head, number, "sign")
    head.read_all()
    handler.read_all()
    owner.card(number)
    owner.tap("补充")
    owner.say("下午都在店里")
    head.heard("下午都在店里")
    small_town.forward(to="2026-03-05 10:00")
    head.heard("快到期")
    handler.not_heard("快到期")
    move(small_town, owner, number, "urge")
    head.heard("催办")
    move(small_town, head, number, "answer", text="这次装好了", outcome="solved")
    move(small_town, owner, number, "visit", solved=True, level=5)
    head.heard("已销号")


def test_a_head_who_handles_an_assisting_part_hears_what_the_owner_adds(
    small_town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    assisting = small_town.official("秦川", Role.HEAD, unit="yuanqu")
    staff = small_town.official("许燕", Role.HANDLER, unit="yuanqu")
    number = handled(small_town, desk, handler, owner.file("变压器装不上"), "yuanqu", joint=True)
    move(small_town, staff, number, "answer", text="已协调", outcome="solved")
    again(small_town, owner, handler, number)
    move(small_town, assisting, number, "sign")
    assisting.read_all()
    owner.card(number)
    owner.tap("补充")
    owner.say("下午都在店里")
    assisting.heard("下午都在店里")
    staff.heard("下午都在店里")
