"""What is told of many cases at once, at a door that only pushes: which they are, but for those that are anonymous."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.case import Case, Kind, Naming
from handlers import casework
from handlers.casework import Filed
from handlers.gathered import HANDFUL
from storage import people
from storage.transaction import Tx
from tests.handlers.shut_windows import KEFU, MOBILE, opened
from tests.people import Town, words

FACTS = "举报隔壁偷排"


def _file(tx: Tx, owner: int, naming: Naming, facts: str, now: datetime) -> Case:
    person = people.get(tx, owner)
    assert person is not None
    return casework.file(tx, Filed(Kind.REQUEST, facts, naming=naming), person.owner, owner, now)


@pytest.mark.parametrize("secret_at", [0, 2])
def test_news_of_many_cases_at_once_names_each_by_sms_and_none_that_is_anonymous(town: Town, secret_at: int) -> None:
    shut = opened(town, "sms")
    town.write(people.change, shut.owner.id, phone=MOBILE)
    filed = [
        town.write(_file, shut.owner.id, Naming.ANONYMOUS, FACTS, town.now)
        if n == secret_at
        else town.write(_file, shut.owner.id, Naming.NAMED, f"第{n}处路灯不亮", town.now)
        for n in range(HANDFUL + 2)
    ]
    shut.owner.blocked = True
    town.forward(to="2026-03-06 18:00")

    told = [words(message) for message in shut.screens["sms"].read_all()]
    (text,) = told
    assert [case.number in text for case in filed] == [case.naming is Naming.NAMED for case in filed]
    assert FACTS not in text
    assert KEFU in text
