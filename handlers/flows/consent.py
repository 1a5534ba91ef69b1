"""Welcome and consent: what the office keeps, for whom, how long; asked before the first filing, and again when the
words have changed. Each acceptance is kept with its version and the hash of the words as they were shown."""

from __future__ import annotations

import hashlib

from domain.case import Kind
from domain.messages import Message
from domain.retention import YEARS
from handlers import menus
from handlers.questions import Choice, Option
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import consents, erasure, people
from storage.consents import Consent

#: Raised when the words change: people who agreed to older ones are asked again.
CONSENT = 2
#: What is new in a version, told to those who agreed to an earlier one.
CHANGES: dict[int, str] = {
    2: N_("for how long each kind of case is kept, and how you take your data with you or have it erased"),
}


@flow("start", command="start", words=N_("start over|main menu"), describes=N_("the menu"))
async def start(talk: Talk) -> Message:
    """Say hello, with the menu that fits the person's roles."""
    text = _("Hello, this is {office}. Tell me what is on your mind in a sentence, or choose:", office=talk.office.name)
    if not talk.person.consented and not talk.turn.official:
        text += "\n" + _("Every matter gets an answer, with a date. It costs nothing.")
    return menus.menu(talk.turn, text)


def privacy_words(office: str) -> str:
    """What is kept, for whom, and how long, in plain words."""
    return _(
        "· What {office} keeps: what you tell and send here, and the name, phone and enterprise you give.\n"
        "· For whom: only those who work on your case. You can have your name kept from the unit, or stay anonymous; "
        "you can ask who has read it.\n"
        "· How long: requests and complaints for {long} year(s) after they end, inquiries and suggestions for {short}; "
        "then it is erased by itself. A case for which a unit was called to account stays its full time.\n"
        "· You may look at it, take it with you or have it erased at any time: send /privacy.",
        office=office,
        long=YEARS[Kind.REQUEST],
        short=YEARS[Kind.INQUIRY],
    )


async def agree(talk: Talk, gathers: str = "") -> bool:
    """Whether the person has agreed to the privacy words, asking if need be.

    gathers: the key of the account that photos begin which come before it is asked for.
    """
    if talk.person.consented >= CONSENT or "consented" in talk.row.memory.results:
        return True
    said = await talk.ask("consent", lambda: _question(talk, gathers))
    if said == "yes":
        talk.do("consented", _consent)
    return said == "yes"


def _question(talk: Talk, gathers: str) -> Choice:
    head = _("Before we begin:")
    if talk.person.consented:
        news = [_(words) for version, words in sorted(CHANGES.items()) if version > talk.person.consented]
        head = _("Our privacy words have changed since you agreed. New is: {news}.", news="; ".join(news))
    prompt = "\n".join((head, privacy_words(talk.office.name), _("Do you agree?")))
    lines = (Option("yes", _("I agree")), Option("no", _("Not now")))
    return Choice(prompt=prompt, lines=lines, gathers=gathers)


def _consent(turn: Turn) -> bool:
    shown = hashlib.sha256(privacy_words(turn.office.name).encode()).hexdigest()
    consents.add(turn.tx, turn.person.id, Consent(CONSENT, shown, turn.now))
    people.change(turn.tx, turn.person.id, consented=CONSENT, consented_at=turn.now)
    return True


def _drop_files(turn: Turn, ids: tuple[int, ...]) -> int:
    return erasure.of_files(turn.tx, turn.person.id, ids, turn.now)


def take_back(turn: Turn) -> bool:
    """The person agrees no more: nothing new is taken before they agree again."""
    consents.add(turn.tx, turn.person.id, Consent(0, "", turn.now))
    people.change(turn.tx, turn.person.id, consented=0, consented_at=turn.now)
    return True


def not_without(talk: Talk) -> Message:
    """What is said to somebody who does not agree. What they sent for it goes."""
    told = talk.row.memory.answers.get("facts") or {}
    talk.do("dropped", _drop_files, tuple(told.get("files", ())))
    text = _(
        "All right, nothing is filed, and photos and files you sent for it are deleted. Without this we cannot take "
        "your case here; please call us instead."
    )
    phone = talk.office.phone
    return menus.menu(talk.turn, f"{text}\n{phone}" if phone else text)
