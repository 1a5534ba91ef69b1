"""Public messages to the leaders of a province, filed through the chat: every one arrives to the letter, is dispatched,
and thirty of them live to their end with the answers that offices really gave."""

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from domain.case import Kind, Role, Status
from storage import cases, events, visits
from tests.people import Official, Owner, Town, number_in
from tests.town import rows

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LIVED = 30
LEVELS = ("非常满意", "满意", "基本满意")

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the folder of public messages lies beside this checkout")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def letter(message: dict[str, Any]) -> str:
    return f"{message['subject']}\n{message['text']}"


def unit_for(category: str) -> dict[str, Any]:
    """The first unit whose category covers the message's: the one to which the dispatcher hands it."""
    return next(row for row in rows() if category in row["category"])


@pytest.fixture
def staff(small_town: Town) -> dict[str, Official]:
    """A handler of every unit that gets something."""
    wanted = {unit_for(message["category"])["code"] for message in lines("messages.jsonl")}
    return {code: small_town.official(f"承办{code}", Role.HANDLER, unit=code) for code in sorted(wanted)}


@pytest.fixture
def desk(small_town: Town) -> Official:
    return small_town.official("陈岚", Role.DISPATCHER)


def file_all(owner: Owner, messages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """File every message, the kinds in turn; returns them by the number of their case."""
    kinds = cycle(Kind)
    return {owner.file(letter(message), next(kinds), about_it=False): message for message in messages}


def test_every_public_message_arrives_to_the_letter_and_at_its_unit(
    small_town: Town, desk: Official, staff: dict[str, Official]
) -> None:
    town, owner = small_town, small_town.owner("林晓")
    messages = lines("messages.jsonl")
    filed = file_all(owner, messages)

    assert len(filed) == len(messages) == 245
    assert [town.case(number).facts for number in filed] == [letter(message) for message in messages]
    for number, message in filed.items():
        desk.dispatch(number, unit_for(message["category"])["short"])
    for number, message in filed.items():
        code = unit_for(message["category"])["code"]
        lead = town.case(number).lead
        assert lead is not None
        assert lead.unit == town.units[code]
        staff[code].card(number)
        assert number_in(staff[code].last) == number
    first = [town.read(events.of_case, town.case(number).id)[0].content for number in filed]
    assert [(step or {})["facts"] for step in first] == [letter(message) for message in messages]


def test_thirty_of_them_live_to_their_end_with_real_answers(
    small_town: Town, desk: Official, staff: dict[str, Official]
) -> None:
    town, owner = small_town, small_town.owner("林晓")
    messages, replies = lines("messages.jsonl")[::8][:LIVED], lines("replies.jsonl")[:LIVED]
    filed = file_all(owner, messages)
    for (number, message), reply, level in zip(filed.items(), replies, cycle(LEVELS)):
        unit = unit_for(message["category"])
        desk.dispatch(number, unit["short"])
        handler = staff[unit["code"]]
        handler.sign(number)
        handler.answer(number, reply["reply"])
        assert reply["reply"] in owner.heard(f"{unit['short']}答复了您的诉求{number}").text
        owner.tap("解决了")
        owner.tap(level)
        owner.say("跳过")
        owner.heard("这件已结案")

    found = [town.case(number) for number in filed]
    assert [case.status for case in found] == [Status.CLOSED] * LIVED
    answers = [town.read(events.latest, case.id, "answer") for case in found]
    assert [(step.content or {})["text"] for step in answers if step] == [reply["reply"] for reply in replies]
    rated = [town.read(visits.of_case, case.id)[0].level for case in found]
    assert rated == [level for _case, level in zip(found, cycle((5, 4, 3)))]
    assert len(town.read(cases.in_status, [Status.CLOSED])) == LIVED
