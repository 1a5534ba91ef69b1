"""What is said long after it was to be: as what it was on its day, with how things stand now; or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.case import Case, Status
from domain.doors import DOORS, fits
from domain.messages import Button, Message, rows
from domain.people import Person
from domain.permits import may_see
from handlers import cards, phrases, visit_question
from handlers.apart import apart
from handlers.words import _, speaking
from storage import cases, deadlines, late, outbox, people
from storage.late import Old
from storage.transaction import Tx

#: What names a case: the card it is, or a button that opens it or its story.
_NAMES = re.compile(r"(?:case|f:case|f:story):(\d{1,18})")
#: So many cases of one message are told of.
MOST_CASES = 8
#: The name of what tells everything that is open anew each morning.
DIGEST = "digest:"


def renew(tx: Tx, address: int, now: datetime, *, held: bool = False) -> None:
    """Before what waited for an address is said, see to it that it is true; held: also what waits for them to write."""
    _renew_all(tx, late.at(tx, address, now, held=held), now)


def renew_due(tx: Tx, now: datetime) -> int:
    """See to it that what is still in line at platforms after long is true; returns how much was looked at."""
    doors = (name for name in tx.office.platforms if name in DOORS and not DOORS[name].fallback)
    return sum(renew_at(tx, channel, now) for channel in doors)


def renew_at(tx: Tx, channel: str, now: datetime) -> int:
    """The same for one channel: what was held up while nobody could send."""
    return _renew_all(tx, late.due(tx, channel, now), now)


def _renew_all(tx: Tx, waiting: Iterable[Old], now: datetime) -> int:
    """What the program itself fails on is said as it was written: it holds up nothing else, and nobody."""
    looked = 0
    for old in waiting:
        looked += 1
        with apart(tx, "late", row=old.id):
            _renew(tx, old, now)
    return looked


def _renew(tx: Tx, old: Old, now: datetime) -> None:
    one = people.get(tx, old.person) if old.person else None
    if one is None:
        return
    found = named(tx, old.message)
    if not old.has_passed(now) and not _was_settled(old, found):
        return
    earlier = late.parts_of(tx, old)
    whole = replace(old, message=_joined([*(part for _row, part in earlier), old.message]))
    with speaking(one.language):
        message = _told_now(tx, whole, one, found, now)
    for row, _part in earlier:
        late.drop(tx, row)
    _put(tx, old, message, now)


def _joined(parts: Sequence[Message]) -> Message:
    """A card with all of its words, those that stand before it too."""
    return replace(parts[-1], text="\n".join(part.text for part in parts))


def _put(tx: Tx, old: Old, message: Message | None, now: datetime) -> None:
    """Have this said instead: in its place, or in parts where it is too much for one message there."""
    door = DOORS.get(old.address.channel)
    if message is not None and door is not None and door.files_apart:
        message = replace(message, files=())  # they stand in line by themselves
    if message is not None and (old.held or door is None or fits(message, door)):
        late.reword(tx, old.id, message)
        return
    if late.drop(tx, old.id) and message is not None:
        later, priority = max(now, old.not_before), old.priority
        outbox.say(
            tx,
            old.address,
            old.person,
            message,
            now,
            priority=priority,
            not_before=later,
            about=old.about,
            below=True,
        )


def named(tx: Tx, message: Message) -> list[Case]:
    """The cases that a message is the card of, or has buttons for."""
    values = (button.value for row in message.buttons for button in row)
    ids = [found[1] for name in (message.card, *values) if (found := _NAMES.fullmatch(name))]
    return [case for one in dict.fromkeys(ids) if (case := cases.get(tx, int(one))) is not None]


def _was_settled(old: Old, found: Sequence[Case]) -> bool:
    """Whether it asks if something is solved that is not asked any more."""
    asked = {name for name in old.about.split() if name.startswith("visit:")}
    return not asked <= {visit_question.visit_name(case) for case in found if case.status is Status.ANSWERED}


def _told_now(tx: Tx, old: Old, one: Person, found: Sequence[Case], now: datetime) -> Message | None:
    """What is said instead; None for nothing: the morning's list, and what is about no case, is only for its day."""
    if not found or old.dedupe.startswith(DIGEST):
        return None
    today = tx.office.calendar.today(now)
    head = _("This is what we wrote on {day}:", day=phrases.day_words(tx.office.calendar.today(old.made_at), today))
    if len(found) > 1:
        return _of_several(tx, old.message, head, one, found, now)
    (case,) = found
    if case.owner != one.id:
        return _of_official(tx, old.message, head, one, case, now)
    if case.status is Status.ANSWERED and visit_question.visit_name(case) in old.about.split():
        return visit_question.worded(tx, case, now)
    card = cards.owner_card(tx, case, one.owner, now, _below(head, old.message.text))
    return replace(card, card=old.message.card, files=old.message.files)


def _below(head: str, text: str) -> str:
    """The words of then with their day above them, once."""
    return text if text.startswith(head) else f"{head}\n{text}"


def _of_official(tx: Tx, old: Message, head: str, one: Person, case: Case, now: datetime) -> Message | None:
    """The case as it is now, with the words of then; None where they may not see it any more."""
    actors = [holding.actor for holding in people.holdings(tx, one.id, now)]
    if not any(may_see(case, actor) for actor in actors):
        return None
    said = _without_end(old.text, phrases.short_paragraph(case.facts)).rstrip()
    return replace(cards.official_card(tx, case, actors, now, _below(head, said)), card=old.card)


def _without_end(text: str, end: str) -> str:
    """A text without this end, however the two are broken into lines."""
    at = len(text)
    for sign in reversed("".join(end.split())):
        at = len(text[:at].rstrip())
        if not at or text[at - 1] != sign:
            return text
        at -= 1
    return text[:at]


def _of_several(tx: Tx, old: Message, head: str, one: Person, found: Sequence[Case], now: datetime) -> Message | None:
    """The words of then, and where each of the cases stands now."""
    actors = [*(holding.actor for holding in people.holdings(tx, one.id, now)), one.owner]
    seen = [case for case in found if any(may_see(case, actor) for actor in actors)][:MOST_CASES]
    if not seen:
        return None
    live = deadlines.of_cases(tx, [case.id for case in seen])
    lines = [cards.line(case, live[case.id], tx, now) for case in seen]
    text = "\n".join((_below(head, old.text), "", _("How it stands now:"), *lines))
    buttons = rows([Button(case.number, f"f:case:{case.id}") for case in seen], 2)
    return Message(text, old.title, buttons=buttons, files=old.files, card=old.card)
