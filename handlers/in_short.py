"""What is said of a case at a door that only pushes: which case, what happened, what to do, by when, and the way back.

Such a message has its words in three forms, and each door takes its own: the whole text with the way back in it for an
SMS; a title and three facts (number, moment, a tip) for the fields of a template; the way back as a button's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.case import Case, Naming, Status
from domain.doors import DOORS, PAGE, pieces_of
from domain.messages import Button, Message
from domain.together import TOGETHER
from handlers import hours, phrases, visit_question
from handlers.deliveries import VISIT
from handlers.words import N_, _, speaking
from storage import cases, people
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.people import Address
from storage.transaction import Tx

#: Characters of an SMS: gateways charge by 67, and few take more than 500.
LONGEST_TEXT = 500
CUT = "…"
#: A row that was told in short already is called so, or one that tells of many cases at once.
ABOUT = re.compile(r"case:(\d{1,18})")
OF_CASE = re.compile(r"f:(?:case|add):(\d{1,18})")
#: Whoever is asked for more can send it at once.
ASKED_FOR_MORE = "f:add:"

QUESTION = N_(
    "{office}: {unit} has answered your case {number}: {text}\nIs it solved? {way}\nIf we hear nothing for {days} "
    "working days (until {when}), the case is closed without a rating."
)
AGAIN = N_(
    "{office}: {unit} has answered your case {number}: {text}\nIs it solved? {way}\nIf we hear nothing by {when}, "
    "the case is closed without a rating."
)
NEWS = N_("{office}: {text}\n{way}")
#: A page knows its owner by the browser; no code stands in the address, since anybody can type a number.
BY_PAGE = N_("Answer here: {url} (open it in the browser you used before), or by phone: {phone}")
BY_PAGE_ONLY = N_("Answer here: {url} (open it in the browser you used before)")


@dataclass(frozen=True, slots=True)
class Short:
    """What is said of a case in short. about: its name in the outbox; asks: it is the visit question of a round;
    waits: the case waits for the owner's word, that or what they were asked for."""

    case: Case
    about: str
    message: Message
    asks: bool = False
    waits: bool = False


def level(channel: str) -> int:
    """0 for a door people talk at; of the others the place in the order in which they are tried."""
    return DOORS[channel].fallback if channel in DOORS else 0


def of_row(tx: Tx, line: Outgoing, doors: Sequence[Address], now: datetime) -> Iterator[Short]:
    """What a row says of the person's own cases. Answers to what they wrote are not among it: they wait for them.

    doors: of the person, the one used last before the others.
    """
    asked = {int(case_id): int(round_) for case_id, round_ in VISIT.findall(line.about)}
    for case_id, round_ in asked.items():
        case = cases.get(tx, case_id)
        if case is not None and case.owner == line.person and _still_asked(case, round_):
            yield Short(case, visit_question.visit_name(case), _question(tx, case, doors, now), True, True)
    if line.once or line.priority is Priority.REPLY:
        return
    told = [case for case in _cases_of(tx, line) if case.owner == line.person]
    left = [case for case in told if case.id not in asked]
    many = [case for case in left if case.naming is not Naming.ANONYMOUS and not _own_words(line, case, told)]
    if len(many) > 1:
        yield Short(many[0], f"case:{many[0].id}", _of_many(tx, many, doors, now))
        left = [case for case in left if case not in many]
    for case in left:
        waits = case.status is Status.WAITING and f"{ASKED_FOR_MORE}{case.id}" in _values(line)
        yield Short(case, f"case:{case.id}", _told_of(tx, case, told, line, doors, now), waits=waits)


def _still_asked(case: Case, round_: int) -> bool:
    return case.status is Status.ANSWERED and case.round == round_


def _cases_of(tx: Tx, line: Outgoing) -> list[Case]:
    """The cases a row is about: those it is named after, else the one that its buttons open first."""
    named = [int(found[1]) for name in line.about.split() if (found := ABOUT.fullmatch(name))]
    opened = [int(found[1]) for value in _values(line) if (found := OF_CASE.fullmatch(value))]
    wanted = [*named, *opened] if line.message.card == TOGETHER else named or opened[:1]
    return [case for one in dict.fromkeys(wanted) if (case := cases.get(tx, one)) is not None]


def _values(line: Outgoing) -> list[str]:
    return [button.value for row in line.message.buttons for button in row]


def _told_of(
    tx: Tx, case: Case, told: Sequence[Case], line: Outgoing, doors: Sequence[Address], now: datetime
) -> Message:
    """What a row says of one case alone. told: all that it speaks of."""
    if level(line.channel):
        return line.message
    with speaking(_language(tx, case)):
        text = _own_words(line, case, told) or _("There is news of your case {number}.", number=case.number)
    return _news(tx, case, text, doors, now)


def _of_many(tx: Tx, many: Sequence[Case], doors: Sequence[Address], now: datetime) -> Message:
    """That there is news of cases of which one message spoke without a paragraph for each."""
    with speaking(_language(tx, many[0])):
        numbers = phrases.listed(case.number for case in many)
        text = _("There is news of {count} of your cases: {numbers}", count=len(many), numbers=numbers)
    return _news(tx, many[0], text, doors, now)


def _own_words(line: Outgoing, case: Case, told: Sequence[Case]) -> str:
    """What a row says of one case and of no other it speaks of; "" where it has no such words."""
    if len(told) == 1 and line.message.card != TOGETHER:
        return line.message.text
    return _alone(line.message.text, case, told)


def _alone(text: str, case: Case, told: Sequence[Case]) -> str:
    """The paragraphs that name this case and none of the others, one of which may be told nobody by phone."""
    others = [one.number for one in told if one.id != case.id]
    parts = (one for one in text.split("\n\n") if case.number in one and not any(other in one for other in others))
    return "\n".join(parts)


def _question(tx: Tx, case: Case, doors: Sequence[Address], now: datetime) -> Message:
    """The visit question: the answer, whether it is solved, by when to say so, and what happens otherwise.

    The silence begins when it is delivered, not before now, so the day that is told here is never too late; where it
    has begun, it is the day that was told.
    """
    office = tx.office
    running = visit_question.closes(tx, case)
    due = running.due if running else office.calendar.due(hours.for_owner(now, office), office.rulebook.close_silent)
    with speaking(_language(tx, case)):
        url, way = way_back(tx, case, doors)
        text = fitted(
            AGAIN if running else QUESTION,
            visit_question.last_answer(tx, case)[0],
            office=office.name,
            unit=visit_question.unit_words(tx, case),
            number=case.number,
            way=way,
            days=office.rulebook.close_silent.amount,
            when=phrases.moment_words(due.at, office, now),
        )
        tip = _("Closed without a rating if not")
        return _formed(_("Answered: is it solved?"), text, case, strict(due.at, tx), tip, url)


def _news(tx: Tx, case: Case, said: str, doors: Sequence[Address], now: datetime) -> Message:
    with speaking(_language(tx, case)):
        url, way = way_back(tx, case, doors)
        text = fitted(NEWS, said, office=tx.office.name, way=way)
        return _formed(_("News of your case"), text, case, strict(now, tx), said, url)


def _formed(title: str, text: str, case: Case, when: str, tip: str, url: str) -> Message:
    facts = ((_("Number"), case.number), (_("When"), when), (_("Note"), tip[:LONGEST_TEXT]))
    back = ((Button(_("Answer here"), "", url),),) if url else ()
    return Message(text, title=title, facts=facts, buttons=back)


def _language(tx: Tx, case: Case) -> str:
    one = people.get(tx, case.owner) if case.owner else None
    return one.language if one else tx.office.language


def fitted(key: str, text: str, **values: Any) -> str:
    """The words of a key with a text in them that is cut at a good place, so that all of it is at most an SMS."""
    room = LONGEST_TEXT - len(_(key, text="", **values))
    if len(text) > room:
        text = pieces_of(text, max(1, room - len(CUT)), len)[0] + CUT
    return _(key, text=text, **values)


def strict(moment: datetime, tx: Tx) -> str:
    """A moment as the fields of WeChat's templates take it, whatever language is spoken."""
    local = tx.office.calendar.local(moment)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


# --- the way back -----------------------------------------------------------------------------------------------------


def way_back(tx: Tx, case: Case, doors: Sequence[Address]) -> tuple[str, str]:
    """(address, words) of how the owner answers: at the chat they used last, at their page where they have no other,
    else by phone; ("", "") for no way."""
    talked_at = [one.channel for one in doors if not level(one.channel)]
    url = next((found for channel in talked_at if (found := _opens(tx, case, channel))), "")
    if url:
        return url, _("Answer here: {url}", url=url)
    phone = tx.office.phone
    if PAGE in talked_at and tx.office.url:
        page = f"{tx.office.url}/chat"
        return page, _(BY_PAGE if phone else BY_PAGE_ONLY, url=page, phone=phone)
    return "", _("Tell us by phone: {phone}", phone=phone) if phone else ""


def _opens(tx: Tx, case: Case, channel: str) -> str:
    """Where a chat opens at a case; "" for one that has no address."""
    office = tx.office
    if channel == "kefu" and office.kefu:
        return f"{office.kefu}{'&' if '?' in office.kefu else '?'}scene_param=case_{case.id}"
    if channel == "telegram" and office.telegram:
        return f"{office.telegram}?start=case_{case.id}"
    return ""
