"""One's own data: what is kept and since when, a copy to take with one, and having it erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.case import Case, Role
from domain.errors import Refused
from domain.messages import Button, Message, rows
from domain.retention import EXPORT_VALID, SECOND_THOUGHTS
from handlers import erasure, menus, phrases
from handlers.flows.consent import CONSENT, privacy_words, take_back
from handlers.questions import Confirm
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, consents, exports, wishes

#: A copy is work for the machine: so many within a day are enough for anybody.
MOST_COPIES_A_DAY = 3
#: So many open cases are named one by one before an erasure.
NAMED = 6


class NoSuchNumber(Refused):
    """There is no case with the number {number}."""


@flow(
    "privacy", command="privacy", words=N_("privacy|my data|personal data"), describes=N_("your data: see, take, erase")
)
async def privacy(talk: Talk) -> Message:
    """The privacy words, what the person agreed to, and what they can do."""
    agreed = _agreed(talk.turn)
    buttons = [Button(_("A copy of my data"), "f:mydata"), Button(_("Erase my data"), "f:erase")]
    buttons.append(Button(_("Who has read it?"), "f:readers"))
    if talk.person.consented:
        buttons.append(Button(_("Take my consent back"), "f:unconsent"))
    buttons.append(Button(_("Main menu"), "f:start"))
    return Message(
        "\n".join((privacy_words(talk.office.name), agreed)), _("Your data with us"), buttons=rows(buttons, 2)
    )


def _agreed(turn: Turn) -> str:
    known = consents.of_person(turn.tx, turn.person.id)
    if not turn.person.consented:
        return _("You have not agreed to these words. You are asked before you file something.")
    when = (
        phrases.day_words(turn.office.calendar.today(known[-1].at), turn.office.calendar.today(turn.now))
        if known
        else ""
    )
    version = turn.person.consented
    text = _("You agreed to version {version} of these words on {day}.", version=version, day=when or "…")
    if version < CONSENT:
        text += "\n" + _("They have changed since; you are asked again before you file something.")
    return text


@flow("unconsent")
async def unconsent(talk: Talk) -> Message:
    """Take one's consent back."""
    prompt = _(
        "Take your consent back? Nothing new can be filed here then until you agree again. Cases under way are still "
        "worked on unless you withdraw them."
    )
    await talk.confirm(Confirm(prompt=prompt, yes=_("Take it back")))
    talk.do("taken", take_back)
    text = _("Done: you do not agree any more. What was kept so far is still there; you can have it erased.")
    buttons = (Button(_("Erase my data"), "f:erase"), Button(_("My cases"), "f:my"), Button(_("Main menu"), "f:start"))
    return Message(text, buttons=rows(buttons, 2))


# --- a copy -------------------------------------------------------------------------------------------------------


@flow("mydata", command="mydata", words=N_("a copy of my data|export my data"), describes=N_("a copy of your data"))
async def mydata(talk: Talk) -> Message:
    """Have everything kept about oneself put into one file."""
    made = talk.do("asked", _ask_copy)
    if made:
        text = _(
            "Your copy is being made: your cases, messages and files in one .zip. In a minute or two you get a link "
            "here; it is good for {hours} hours.",
            hours=int(EXPORT_VALID.total_seconds() // 3600),
        )
    else:
        text = _("You have asked for several copies today. Please use the latest link, or ask again tomorrow.")
    return menus.menu(talk.turn, text)


def _ask_copy(turn: Turn) -> bool:
    if exports.under_way(turn.tx, turn.person.id):
        return True
    if exports.asked_since(turn.tx, turn.person.id, turn.now - timedelta(days=1)) >= MOST_COPIES_A_DAY:
        return False
    exports.ask(turn.tx, turn.person.id, turn.address.id, turn.now, EXPORT_VALID)
    return True


# --- erasing ------------------------------------------------------------------------------------------------------


@flow("erase", command="erase", words=N_("erase my data|delete my data"), describes=N_("have your data erased"))
async def erase(talk: Talk) -> Message:
    """Have oneself erased; an administrator names a case instead, whose owner asked by letter."""
    if talk.arg and talk.turn.holds(Role.ADMINISTRATOR):
        return await _for_somebody(talk)
    found = talk.read("standing", _standing)
    if found["office"]:
        raise erasure.InOffice()
    if found["open"]:
        return _open_first(talk, found["open"])
    await talk.confirm(
        Confirm(prompt=_consequences(found["kept"]), title=_("Erase my data"), yes=_("Erase everything"))
    )
    talk.do("asked", _ask_erasure)
    text = _(
        "It is arranged: in {minutes} minutes everything is erased, and this chat then knows you no more. Until then "
        "you can still change your mind. Thank you for having trusted us.",
        minutes=int(SECOND_THOUGHTS.total_seconds() // 60),
    )
    return Message(text, buttons=((Button(_("Keep my data"), "f:keep"),),))


def _standing(turn: Turn) -> dict[str, Any]:
    found = erasure.standing(turn.tx, turn.person.id)
    today = turn.office.calendar.today(turn.now)
    return {
        "office": turn.official,
        "open": [(case.id, phrases.about(case)) for case in found.open],
        "kept": [(case.number, phrases.day_words(day, today)) for case, day in found.bound],
    }


def _open_first(talk: Talk, found: list[tuple[int, str]]) -> Message:
    """What is still open must end first: each can be withdrawn with one tap."""
    lines = [_("This is still open. Withdraw it or let it end; then everything can be erased:")]
    lines += [f"{n}. {about}" for n, (_case, about) in enumerate(found[:NAMED], 1)]
    if len(found) > NAMED:
        lines.append(_("… and {count} more", count=len(found) - NAMED))
    buttons = [
        Button(_("Withdraw number {n}", n=n), f"f:withdraw:{case}") for n, (case, _a) in enumerate(found[:NAMED], 1)
    ]
    return Message("\n".join(lines), buttons=rows([*buttons, Button(_("My cases"), "f:my")], 2))


def _consequences(kept: list[tuple[str, str]]) -> str:
    lines = [
        _(
            "Your name, phone and enterprise, what you told and sent, the answers, and all messages are erased for "
            "good. Ended cases can then not be redone or objected to, and nobody can tell you any more what was in "
            "them. Only numbers, dates and units stay, for the statistics."
        )
    ]
    for number, day in kept:
        lines.append(
            _(
                "Case {number} is kept until {day}, because a unit was called to account in it; then it is erased by "
                "itself.",
                number=number,
                day=day,
            )
        )
    return "\n".join([*lines, _("Tip: take a copy first with /mydata.")])


def _ask_erasure(turn: Turn) -> bool:
    erasure.ask(turn.tx, turn.person.id, turn.person.id, turn.now)
    return True


@flow("keep")
async def keep(talk: Talk) -> Message:
    """Think better of an erasure."""
    if talk.do("kept", _keep):
        return menus.menu(talk.turn, _("Nothing is erased. Everything is as it was."))
    return menus.menu(talk.turn, _("No erasure is waiting, so there is nothing to stop."))


def _keep(turn: Turn) -> bool:
    return wishes.take_back(turn.tx, turn.person.id)


async def _for_somebody(talk: Talk) -> Message:
    """An administrator acts on a letter, for the owner of a case or for a case without a known owner."""
    number = talk.read("number", _number, talk.arg)
    prompt = _(
        "Erase the owner of case {number} with all their ended cases? Only do so if the letter is really from them. "
        "They are told in their chat and can object for a day.",
        number=number,
    )
    # A key of its own: whoever is no administrator any more by now does not agree to their own erasure.
    await talk.confirm(Confirm(prompt=prompt, title=_("Erase for a letter"), yes=_("Erase")), "letter")
    talk.do("asked", _ask_for, number)
    return menus.menu(talk.turn, _("Arranged. The report will stand in the database; it holds numbers only."))


def _number(turn: Turn, wanted: str) -> str:
    return _case(turn, wanted).number


def _case(turn: Turn, wanted: str) -> Case:
    found = cases.by_number(turn.tx, wanted)
    if found is None:
        raise NoSuchNumber(number=wanted)
    return found


def _ask_for(turn: Turn, number: str) -> bool:
    case = _case(turn, number)
    if case.owner is None:
        erasure.case(turn.tx, case.id, turn.now)
    else:
        erasure.ask_for(turn.tx, case.owner, turn.person.id, turn.now)
    return True
