"""What random walks have found, told from the chair: each once went wrong."""

from sqlalchemy import select

from storage import events, talks
from storage.tables import talks as table
from storage.transaction import Tx
from tests.people import Town, number_in


def open_talks(tx: Tx, person: int) -> list[str]:
    found = select(table.c.flow).where(table.c.person_id == person, table.c.state == talks.OPEN)
    return [row.flow for row in tx.all(found)]


def test_a_correction_to_a_talk_set_aside_leaves_the_open_one_open(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    ref = owner.say("门口的路灯坏了")
    owner.say("/language")
    owner.edit(ref, "门口的路灯坏了三天")
    assert small_town.read(open_talks, owner.id) == ["language"]
    owner.heard("您改的内容已记下")
    owner.tap("中文")
    assert "三天" in owner.last.text


def test_words_that_began_a_talk_may_be_corrected_before_and_after_filing(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    ref = owner.say("门口的路灯坏了")
    owner.edit(ref, "门口的路灯坏了三天")
    owner.tap("诉求")
    owner.tap("提交")
    number = number_in(owner.heard("您的编号是"))
    assert small_town.case(number).facts == "门口的路灯坏了三天"
    owner.edit(ref, "门口的路灯坏了四天")
    owner.heard(number)
    case = small_town.case(number)
    assert case.facts == "门口的路灯坏了三天"
    assert small_town.read(events.of_case, case.id)[-1].content == {"text": "门口的路灯坏了四天"}
