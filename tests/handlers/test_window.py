"""What an owner in customer service hears in a turn: what waited first, then the answer, as one message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from domain.deadlines import Term
from domain.doors import DOORS, parts
from domain.messages import Button, Message, rows
from domain.together import MORE, MOST_BUTTONS, TOGETHER, together, with_more
from handlers import deliveries, erasure
from handlers.flows.consent import CONSENT
from storage import joining, people, said, unionids, windows
from storage.tables import outbox
from storage.transaction import Tx
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Town, words


def owner_of(town: Town, name: str = "林晓") -> Owner:
    """Somebody who has agreed to the privacy words, in customer service."""
    owner = Owner(town, name, f"wm-{name}", channel="kefu")
    town.doors.append(owner)
    town._meet(owner)
    known = {"enterprise": f"{name}的店", "phone": "+8613800000000", "consented": CONSENT, "consented_at": town.now}
    town.write(_know, owner.id, known)
    return owner


def terms(town: Town, number: str) -> set[Term]:
    """The clocks that run for a case."""
    return {one.term for one in town.running(number)}


def _know(tx: Tx, person: int, known: dict[str, Any]) -> None:
    people.change(tx, person, **known)


def buttons(*values: str) -> tuple[tuple[Button, ...], ...]:
    return rows([Button(f"to {value}", value) for value in values])


@pytest.fixture
def owner(town: Town) -> Owner:
    town.db.office = replace(town.db.office, platforms=("kefu",))
    return owner_of(town)


def test_what_waited_comes_first_in_the_one_message_of_the_turn(
    town: Town, owner: Owner, desk: Official, handler: Official
) -> None:
    number = owner.file("门口的路灯坏了")
    owner.read_all()
    owner.blocked = True
    desk.dispatch(number, POWER)
    handler.sign(number)
    owner.silent()
    owner.blocked = False
    owner.say("你好")
    (heard,) = owner.read_all()
    assert words(heard).index("交给供电公司办理") < words(heard).index("已接手") < words(heard).index("您好")


def test_a_turn_of_filing_is_told_in_one_message(town: Town, owner: Owner) -> None:
    for step in ("/file", "诉求", "门口的路灯坏了"):
        owner.say(step)
        assert len(owner.read_all()) == 1


def test_a_question_that_was_overtaken_is_not_asked_again(town: Town, owner: Owner) -> None:
    owner.blocked = True
    owner.say("/file")
    owner.blocked = False
    owner.say("诉求")
    (heard,) = owner.read_all()
    assert heard.card != TOGETHER


def test_a_visit_question_that_was_told_with_other_news_counts_as_asked(
    town: Town, owner: Owner, answered: str
) -> None:
    about = f"visit:{town.case(answered).id}:1"
    assert town.read(said.delivered_at, about) is not None
    assert Term.CLOSE in terms(town, answered)


def test_a_visit_question_that_was_not_brought_after_all_starts_no_silence(
    town: Town, owner: Owner, answered: str
) -> None:
    case, about = town.case(answered), f"visit:{town.case(answered).id}:1"
    town.write(_not_brought, about)
    town.write(deliveries.undone, f"something {about}", town.now)
    assert Term.CLOSE not in terms(town, answered)
    owner.blocked = True
    town.forward(workdays=30)
    assert town.case(answered).status is case.status


def _not_brought(tx: Tx, about: str) -> None:
    tx.execute(update(outbox).where(outbox.c.about.contains(about)).values(state="unreachable"))


def test_joined_people_are_known_by_the_names_of_both(town: Town, owner: Owner) -> None:
    other = town.owner("林晓")
    town.write(unionids.keep, "U1", owner.id, town.now)
    town.write(joining.join, owner.id, other.id, [owner.address_id], town.now, official=False)
    assert town.read(unionids.person_of, "U1") == other.id


def test_who_is_erased_leaves_no_window_and_no_name_of_another_platform(town: Town, owner: Owner) -> None:
    owner.say("你好")
    town.write(windows.wrote, owner.address_id, town.now)
    town.write(unionids.keep, "U-of-Lin", owner.id, town.now)
    town.write(erasure.person, owner.id, town.now)
    assert town.write(windows.of, owner.address_id) is None
    assert town.read(unionids.person_of, "U-of-Lin") is None
    assert town.read(people.find, owner.channel, owner.address) is None


# --- the words themselves ---------------------------------------------------------------------------------------------


def test_the_buttons_of_the_answer_come_first_and_no_more_than_fit() -> None:
    waited = Message("已受理", buttons=buttons(*(f"f:case:{n}" for n in range(8))))
    answer = Message("还有别的吗？", buttons=buttons("f:file", "f:my", "f:help"))
    whole = together([waited, answer])
    shown = [button.value for row in whole.buttons for button in row]
    assert whole.text == "已受理\n\n还有别的吗？"
    assert shown[:3] == ["f:file", "f:my", "f:help"]
    assert len(shown) == MOST_BUTTONS


def test_the_same_words_and_buttons_stand_there_once() -> None:
    answer = Message("您好", buttons=buttons("f:file"))
    assert together([answer, answer]) == answer
    whole = together([Message("一", buttons=buttons("f:file")), Message("二", buttons=buttons("f:file"))])
    assert [button.value for row in whole.buttons for button in row] == ["f:file"]


def test_what_was_told_together_is_never_dropped_with_its_question() -> None:
    asked, news = Message("几号？", buttons=buttons("t:5:1:a")), Message("已办结")
    whole = together([news, asked])
    assert "已办结" in together([whole, Message("好的，几号？", buttons=buttons("t:5:2:a"))]).text


def test_room_for_the_button_that_brings_more_is_made() -> None:
    full = Message("x", buttons=buttons(*(f"f:case:{n}" for n in range(10))))
    shown = [button.value for row in with_more(full, "继续看").buttons for button in row]
    assert (len(shown), shown[-1]) == (MOST_BUTTONS, MORE)


def test_together_nothing_is_lost() -> None:
    several = [Message(f"第{n}件", title="进展", facts=(("编号", str(n)),)) for n in range(50)]
    told = "".join(one.text for one in parts(together(several), DOORS["kefu"]))
    assert all(f"第{n}件" in told and f"编号：{n}" in told for n in range(50))
