"""What random walks have found, told from the chair: each once went wrong."""

from sqlalchemy import select

from domain.case import Role
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


def test_a_button_of_a_unit_that_is_gone_is_refused_with_a_word(small_town: Town) -> None:
    owner, desk = small_town.owner("林晓"), small_town.official("陈岚", Role.DISPATCHER)
    case = small_town.case(owner.file("门口的路灯坏了"))
    for unit in ("999", "²", "9" * 30, "-1"):
        desk.press(f"f:take:{case.id}.{unit}")
        desk.heard(unit[:20])
        assert small_town.case(case.number).status == "filed"


def test_a_unit_whose_case_was_withdrawn_hears_it_and_is_led_nowhere(small_town: Town) -> None:
    owner, desk = small_town.owner("林晓"), small_town.official("陈岚", Role.DISPATCHER)
    liaison = small_town.official("吴敏", Role.LIAISON, unit="zhujian")
    number = owner.file("门口的路灯坏了")
    desk.dispatch(number, "住建局")
    owner.card(number)
    owner.tap("撤回")
    owner.tap("撤回")
    told = liaison.heard("撤回")
    assert number in told.title
    assert (told.facts, told.buttons) == ((), ())
