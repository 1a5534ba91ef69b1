"""A conversation goes on when its questions change in the middle: nothing is filed that was said to another question,
nothing twice, and nothing somebody wrote is lost without a word."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.messages import Message
from handlers import registry
from handlers.phones import Phone
from handlers.questions import Choice, Confirm, Option, Question, Text
from handlers.registry import Flow
from handlers.talk import Talk
from handlers.turn import Turn
from storage import talks
from tests.people import Town, words

FILED: list[dict[str, Any]] = []
Asked = tuple[str, Question[Any], tuple[str, ...]]

#: What a question means stands in its prompt; what a person says to it shows for which one it was said.
NAME: Question[Any] = Text(prompt="[name]?")
PLACE: Question[Any] = Text(prompt="[place]?")
PHONE: Question[Any] = Phone(prompt="[phone]?")


def kind(*values: str) -> Question[Any]:
    return Choice(prompt="[kind]?", lines=tuple(Option(value, f"line {value}") for value in values))


def version(*asked: Asked, confirms: bool = True) -> Callable[[Talk], Any]:
    """A version of the conversation: its questions in order, with a summary or without."""

    async def trial(talk: Talk) -> Message:
        answers = {}
        for key, question, was in asked:
            meaning = re.findall(r"\[(\w+)\]", question.prompt)[0]
            answers[meaning] = await talk.ask(key, question, was=was)
        if confirms:
            await talk.confirm(Confirm(prompt="[confirm]?"))
        talk.do("filed", keep, answers)
        return Message("[done]")

    return trial


def keep(turn: Turn, answers: dict[str, Any]) -> int:
    FILED.append(answers)
    return len(FILED)


A_NAME: Asked = ("name", NAME, ())
A_KIND: Asked = ("kind", kind("a", "b"), ())
A_PHONE: Asked = ("phone", PHONE, ())
BEFORE = version(A_NAME, A_KIND, A_PHONE)

AFTER: dict[str, Callable[[Talk], Any]] = {
    "as it was": BEFORE,
    "renamed with an alias": version(("title", NAME, ("name",)), ("sort", kind("a", "b"), ("kind",)), A_PHONE),
    "renamed without an alias": version(("title", NAME, ()), ("sort", kind("a", "b"), ()), ("tel", PHONE, ())),
    "in another order": version(A_PHONE, A_KIND, A_NAME),
    "two changed places": version(A_KIND, A_NAME, A_PHONE),
    "one more at the start": version(("place", PLACE, ()), A_NAME, A_KIND, A_PHONE),
    "one more in the middle": version(A_NAME, ("place", PLACE, ()), A_KIND, A_PHONE),
    "one more at the end": version(A_NAME, A_KIND, A_PHONE, ("place", PLACE, ())),
    "without the first": version(A_KIND, A_PHONE),
    "without the second": version(A_NAME, A_PHONE),
    "without the last": version(A_NAME, A_KIND),
    "without a summary": version(A_NAME, A_KIND, A_PHONE, confirms=False),
    "without anything": version(A_NAME, confirms=False),
    "with other lines": version(A_NAME, ("kind", kind("c", "d"), ()), A_PHONE),
    "with one line less": version(A_NAME, ("kind", kind("b"), ()), A_PHONE),
    "a choice became a text": version(A_NAME, ("kind", Text(prompt="[kind]?", least=3), ()), A_PHONE),
    "a text became a phone": version(("name", PHONE, ()), A_KIND),
    "a phone became a choice": version(A_NAME, ("phone", kind("a", "b"), ())),
}
#: How many messages a person sends before the new version runs: none, each question, the summary.
CUTS = range(1, 5)
#: Which of the answers to the questions of the new version are of that meaning.
FITS = {
    "name": r"name-\d+",
    "place": r"place-\d+",
    "phone": r"\+861390000\d{4}",
    "kind": r"[abcd]|kind-\d+",
}


@dataclass
class Teller:
    """Somebody who answers what they are shown, in words only that question can have been meant by."""

    town: Town
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owner = self.town.owner("林晓")
        self.owner.say("/trial")

    def asked(self) -> str:
        """The meaning of the question shown last; "agree" for one that is not the conversation's own."""
        found = re.findall(r"\[(\w+)\]\?", self.owner.last.text)
        return found[-1] if found else "done" if "[done]" in words(self.owner.last) else "agree"

    def answer(self) -> str:
        """Answer the question shown; returns what was written, "" for a tap."""
        meaning, number = self.asked(), len(self.said) + 1
        lines = [b for row in self.owner.last.buttons for b in row if b.label.startswith("line ")]
        if meaning == "kind" and lines:
            self.owner.press(lines[0].value)
            self.said.append(lines[0].value)
            return ""
        typed = {"phone": f"1390000{number:04d}", "confirm": "是", "agree": "是"}.get(meaning, f"{meaning}-{number}")
        self.said.append(typed)
        self.owner.say(typed)
        return typed if meaning not in ("confirm", "agree") else ""


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Talk], Any]], None]]:
    """Puts a version of the conversation in place of the one before."""
    FILED.clear()

    def put(function: Callable[[Talk], Any]) -> None:
        monkeypatch.setitem(registry.FLOWS, "trial", Flow("trial", function, command="trial"))
        registry.commands.cache_clear()

    put(BEFORE)
    yield put
    monkeypatch.undo()
    registry.commands.cache_clear()


def in_hand(town: Town, person: int) -> str:
    """Everything that is filed, kept as an answer, or kept aside to be offered back."""
    rows = town.read(talks.live_of, person)
    return repr((FILED, [(row.memory.answers, row.memory.aside) for row in rows]))


def asked_again(town: Town, person: int) -> bool:
    """Whether the person was told that what they wrote does not fit the question, which is now of another kind."""
    return any(row.tries for row in town.read(talks.live_of, person))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", AFTER)
def test_a_change_in_the_middle_files_nothing_wrong_and_nothing_twice(
    name: str, cut: int, small_town: Town, deploy: Callable[..., None]
) -> None:
    teller = Teller(small_town)
    for _message in range(cut - 1):
        teller.answer()
    deploy(AFTER[name])
    for _message in range(12):
        if teller.asked() == "done":
            break
        written = teller.answer()
        assert written in in_hand(small_town, teller.owner.id) or asked_again(small_town, teller.owner.id)
    assert teller.asked() == "done", words(teller.owner.last)
    assert len(FILED) == 1
    for meaning, value in FILED[0].items():
        assert re.fullmatch(FITS[meaning], value), (meaning, value)
    teller.owner.say("/trial")
    assert len(FILED) == 1


@pytest.mark.parametrize("name", AFTER)
def test_an_answer_given_before_is_asked_for_again_only_where_it_must(
    name: str, small_town: Town, deploy: Callable[..., None]
) -> None:
    """What is kept under the same key, or an alias of it, and still fits, is not asked for a second time."""
    teller = Teller(small_town)
    teller.answer()
    teller.answer()
    deploy(AFTER[name])
    asked = []
    for _message in range(20):
        if (meaning := teller.asked()) == "done":
            break
        asked.append(meaning)
        teller.answer()
    assert teller.asked() == "done"
    again = {"renamed without an alias", "a text became a phone"}
    assert ("name" in asked) == (name == "renamed without an alias"), asked
    keeps_kind = again | {"with other lines", "with one line less", "a choice became a text", "a phone became a choice"}
    assert "kind" not in asked or name in keeps_kind, asked


@pytest.mark.parametrize(
    "name", ["without the first", "in another order", "two changed places", "one more at the start"]
)
def test_what_was_written_to_a_question_that_is_gone_is_offered_back(
    name: str, small_town: Town, deploy: Callable[..., None]
) -> None:
    teller = Teller(small_town)
    deploy(AFTER[name])
    written = teller.answer()
    assert written == "name-1"
    offered = teller.owner.heard("您刚才写的已保留")
    assert any(written in button.label for row in offered.buttons for button in row)


def test_what_was_offered_back_can_be_taken_where_it_fits(small_town: Town, deploy: Callable[..., None]) -> None:
    teller = Teller(small_town)
    deploy(version(("title", NAME, ()), A_PHONE))
    teller.answer()
    teller.owner.tap("name-1")
    assert teller.asked() == "phone"
    teller.answer()
    teller.answer()
    assert [answers["name"] for answers in FILED] == ["name-1"]


def test_an_old_summary_is_no_agreement_to_what_no_summary_shows(small_town: Town, deploy: Callable[..., None]) -> None:
    teller = Teller(small_town)
    for _message in range(3):
        teller.answer()
    assert teller.asked() == "confirm"
    deploy(AFTER["without a summary"])
    teller.owner.say("是")
    assert FILED == []
    assert teller.asked() == "agree"
    teller.owner.say("是")
    assert len(FILED) == 1


def test_a_conversation_that_is_gone_says_so(
    small_town: Town, deploy: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = Teller(small_town)
    monkeypatch.delitem(registry.FLOWS, "trial")
    registry.commands.cache_clear()
    teller.owner.say("name-1")
    assert FILED == []
    assert any(button.value == "f:file" for row in teller.owner.last.buttons for button in row)
