"""Welcome and consent: what the office keeps, for whom, how long; asked once before the first filing."""

from __future__ import annotations

from domain.messages import Message
from handlers import menus
from handlers.questions import Choice, Option
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import people

#: Raised when the words change: people who agreed to older ones are asked again.
CONSENT = 1


@flow("start", command="start", words=N_("start over|main menu"), describes=N_("the menu"))
async def start(talk: Talk) -> Message:
    """Say hello, with the menu that fits the person's roles."""
    text = _("Hello, this is {office}. Tell me what is on your mind in a sentence, or choose:", office=talk.office.name)
    if not talk.person.consented and not talk.turn.official:
        text += "\n" + _("Every matter gets an answer, with a date. It costs nothing.")
    return menus.menu(talk.turn, text)


async def agree(talk: Talk) -> bool:
    """Whether the person has agreed to the privacy words, asking if need be."""
    if talk.person.consented >= CONSENT or "consented" in talk.row.memory.results:
        return True
    said = await talk.ask(
        "consent",
        Choice(
            prompt=_(
                "Before we begin: {office} keeps what you tell here, with your phone number, to handle your case. Only "
                "those who work on it see it; you can have your name kept from the unit, or stay anonymous. It is kept "
                "as long as the archive law asks, and you can ask what we hold about you. Do you agree?",
                office=talk.office.name,
            ),
            lines=(Option("yes", _("I agree")), Option("no", _("Not now"))),
        ),
    )
    if said == "yes":
        talk.do("consented", _consent)
    return said == "yes"


def _consent(turn: Turn) -> bool:
    people.change(turn.tx, turn.person.id, consented=CONSENT, consented_at=turn.now)
    return True


def not_without(talk: Talk) -> Message:
    """What is said to somebody who does not agree."""
    text = _("All right, nothing is kept. Without this we cannot take your case here; please call us instead.")
    phone = talk.office.phone
    return menus.menu(talk.turn, f"{text}\n{phone}" if phone else text)
