"""What several tests of proposals and decisions do from the same chairs."""

from storage import papers
from tests.people import Official, Owner, Town

POWER = "供电公司"


def more(who: Official, number: str, label: str) -> None:
    """A rarer move: the card, “more”, the line."""
    who.card(number)
    who.tap("更多")
    who.tap(label)


def decide(who: Official, number: str, label: str) -> None:
    """The button of the card, and the same words once more under what is decided on."""
    who.card(number)
    who.tap(label)
    who.tap(label)


def propose(desk: Official, number: str, text: str = "两家企业之间的合同纠纷") -> str:
    """The desk proposes to refuse a case as a civil dispute, with these reasons; returns its number."""
    more(desk, number, "拟不予受理")
    desk.tap("民事纠纷")
    desk.say(text)
    desk.tap("提交审批")
    return number


def signed(owner: Owner, desk: Official, handler: Official) -> str:
    """A case its unit has signed; returns its number."""
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    return number


def give_to_head(handler: Official, number: str) -> None:
    """An answer for the head of the unit to look at first."""
    handler.card(number)
    handler.tap("办结答复")
    handler.say("变压器明天装")
    handler.tap("解决了")
    handler.tap("送负责人核准")


def letters(town: Town, number: str) -> list[str]:
    """The words of a case's letters, the oldest first."""
    return [paper.body for paper in town.read(papers.of_case, town.case(number).id)]
