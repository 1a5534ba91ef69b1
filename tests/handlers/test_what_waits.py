"""What waits for somebody's decision: a short list, the digest, and everybody's own; on each kind of database."""

from dataclasses import replace

from domain.case import Role
from tests.handlers.decision_chairs import decide, give_to_head, propose, signed
from tests.people import Official, Owner, Town


def test_what_waits_is_a_short_list_with_a_way_on(town: Town, owner: Owner, desk: Official, chief: Official) -> None:
    numbers = [propose(desk, owner.file(f"第{n}笔货款不还")) for n in range(9)]
    chief.say("待我审批")
    assert chief.last.title == "9件等您审批"
    assert not chief.offers(numbers[-1])
    chief.tap("后面的")
    assert chief.offers(numbers[-1])


def test_what_waits_stands_in_the_morning_digest(town: Town, owner: Owner, desk: Official, chief: Official) -> None:
    proposed = propose(desk, owner.file("隔壁厂欠我货款不还"))
    chief.read_all()
    town.forward(to="2026-03-04 09:30")
    assert chief.heard(proposed).title


def test_everybody_finds_in_the_list_what_is_theirs_to_decide(
    town: Town, owner: Owner, desk: Official, chief: Official, handler: Official
) -> None:
    head = town.official("孙立", Role.HEAD, unit="gongdian")
    town.db.office = replace(town.db.office, rulebook=replace(town.db.office.rulebook, head_checks=True))
    objected, checked = propose(desk, owner.file("隔壁厂欠我货款不还")), signed(owner, desk, handler)
    decide(chief, objected, "同意不予受理")
    owner.press(f"f:object:{objected}")
    owner.say("这是政府采购款")
    give_to_head(handler, checked)

    chief.say("/approvals")
    assert chief.offers(objected)
    assert not chief.offers(checked)
    head.say("/approvals")
    assert head.offers(checked)
    assert not head.offers(objected)
