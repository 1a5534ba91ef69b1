"""The days people are told when a case goes on to another unit or becomes another kind: none that is over or void."""

from __future__ import annotations

import pytest

from domain.case import Role
from tests.handlers.page_moves import handled, move, under_review
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


def test_a_unit_that_takes_over_after_the_first_contact_names_no_day_for_it(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official
) -> None:
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    move(small_town, handler, number, "progress", text="去看过现场")
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    owner.read_all()
    move(small_town, park, number, "sign")
    assert f"已接手您的诉求{number}，3月10日 周二 17:30前答复您" in owner.heard("已接手").text


def test_nobody_is_told_to_expect_something_by_a_day_that_has_passed(
    small_town: Town, owner: Owner, desk: Official, handler: Official, park: Official
) -> None:
    supervisor = small_town.official("梁静", Role.SUPERVISOR)
    number = handled(small_town, desk, handler, owner.file("变压器装不上"))
    small_town.forward(to="2026-03-12 10:00")
    owner.read_all()
    move(small_town, desk, number, "reassign", unit=small_town.units["yuanqu"], text="归园区管")
    move(small_town, park, number, "sign")
    move(small_town, desk, number, "reclassify", kind="inquiry")
    heard = [words(message) for message in owner.read_all()]
    assert [("本应在3月10日" in one, "17:30前答复您" in one) for one in heard] == [(True, False)] * 3
    park.read_all()
    move(small_town, supervisor, number, "supervise", text="请尽快办结")
    assert "本应在3月10日 周二 17:30前答复" in words(park.heard("督办函"))


def test_another_kind_during_the_final_review_names_a_date(
    small_town: Town, owner: Owner, desk: Official, handler: Official, chief: Official
) -> None:
    number = under_review(small_town, owner, desk, handler)
    owner.read_all()
    move(small_town, desk, number, "reclassify", kind="complaint")
    assert "月" in owner.heard(number).text
