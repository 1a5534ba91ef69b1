"""Small phrases that many messages share: kinds, statuses, days, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from domain.case import Case, Kind, Naming, Status, Weight
from domain.deadlines import Deadline, DeadlineState, Term
from domain.ladder import Colour
from domain.office import Office
from domain.workdays import Limit, Unit
from handlers import words
from handlers.words import N_, _, language

KINDS: dict[Kind, str] = {
    Kind.REQUEST: N_("request"),
    Kind.COMPLAINT: N_("complaint"),
    Kind.INQUIRY: N_("inquiry"),
    Kind.SUGGESTION: N_("suggestion"),
}
KIND_LINES: dict[Kind, str] = {
    Kind.REQUEST: N_("I need something done (request)"),
    Kind.COMPLAINT: N_("Something is wrong (complaint)"),
    Kind.INQUIRY: N_("I want to ask (inquiry)"),
    Kind.SUGGESTION: N_("I have an idea (suggestion)"),
}
STATUSES: dict[Status, str] = {
    Status.FILED: N_("received"),
    Status.WAITING: N_("waiting for your addition"),
    Status.ACCEPTED: N_("accepted"),
    Status.DISPATCHED: N_("handed to the unit"),
    Status.HANDLING: N_("being handled"),
    Status.ANSWERED: N_("answered, waiting for your word"),
    Status.CLOSED: N_("closed"),
    Status.REFUSED: N_("not accepted"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.TERMINATED: N_("ended"),
    Status.MERGED: N_("joined with another case"),
    Status.TRANSFERRED: N_("passed to another body"),
}
NAMINGS: dict[Naming, str] = {
    Naming.NAMED: N_("name shown to the unit"),
    Naming.KEPT: N_("name kept from the unit"),
    Naming.ANONYMOUS: N_("anonymous"),
}
WEIGHTS: dict[Weight, str] = {
    Weight.SIMPLE: N_("simple"),
    Weight.CROSS: N_("several departments"),
    Weight.LEGACY: N_("old matter"),
}
TERMS: dict[Term, str] = {
    Term.ACCEPT: N_("decide on acceptance"),
    Term.SILENCE: N_("accepted by itself if nobody decides"),
    Term.DISPATCH: N_("hand to a unit"),
    Term.SUPPLEMENT: N_("your addition"),
    Term.HANDLE: N_("answer to the owner"),
    Term.CONTACT: N_("first contact with the owner"),
    Term.ASSIST: N_("the assisting unit's part"),
    Term.VISIT: N_("return visit"),
    Term.CLOSE: N_("closes by itself if nothing is said"),
    Term.REFUSAL: N_("decide on the refusal"),
    Term.EXTENSION: N_("decide on more time"),
    Term.TERMINATION: N_("decide on the ending"),
    Term.CHECK: N_("release the answer"),
    Term.REVIEW: N_("final review"),
}
LEVELS: dict[int, str] = {
    5: N_("very satisfied"),
    4: N_("satisfied"),
    3: N_("all right"),
    2: N_("not satisfied"),
    1: N_("very dissatisfied"),
}
#: What else people say for a level.
LEVEL_WORDS: dict[int, str] = {
    5: N_("excellent|very good|5 stars"),
    4: N_("good|4 stars"),
    3: N_("so-so|okay|3 stars"),
    2: N_("not good|2 stars"),
    1: N_("terrible|very bad|1 star"),
}
MARKS: dict[Colour, str] = {
    Colour.RED: "🔴",
    Colour.ORANGE: "🟠",
    Colour.YELLOW: "🟡",
    Colour.BLUE: "🔵",
    Colour.NONE: "⚪",
}
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def day_words(day: date, now: date | None = None) -> str:
    """A day with its weekday: 11月26日 周四, Thu 26 Nov; with the year where it is another than now's."""
    weekday = _(WEEKDAYS[day.weekday()])
    other_year = now is not None and day.year != now.year
    if language() == "en":
        return f"{weekday} {day.day} {_(MONTHS[day.month - 1])}{f' {day.year}' if other_year else ''}"
    return f"{f'{day.year}年' if other_year else ''}{day.month}月{day.day}日 {weekday}"


def moment_words(moment: datetime, office: Office, now: datetime | None = None) -> str:
    """A moment on the office's clock."""
    local = office.calendar.local(moment)
    today = office.calendar.today(now) if now else None
    return f"{day_words(local.date(), today)} {local:%H:%M}"


def due_words(deadline: Deadline, office: Office, now: datetime) -> str:
    """When a deadline ends, marked where its clock waits, or where the holidays are not announced yet."""
    text = moment_words(deadline.due.at, office, now)
    if deadline.state is DeadlineState.PAUSED:
        return _("{when} (the clock waits)", when=text)
    return _("{when} (provisional)", when=text) if deadline.due.provisional else text


words.VALUE_WORDS[date] = day_words
words.VALUE_WORDS[Status] = lambda status: _(STATUSES[status])


def limit_words(limit: Limit) -> str:
    """A limit with its unit."""
    measures = {
        Unit.WORKDAYS: N_("{n} working day(s)"),
        Unit.MONTHS: N_("{n} month(s)"),
        Unit.HOURS: N_("{n} office hour(s)"),
    }
    return _(measures[limit.unit], n=limit.amount)


def kind_words(case: Case) -> str:
    """The kind of a case in a word."""
    return _(KINDS[case.kind])


def short(text: str, most: int = 40) -> str:
    """The first line of a text, cut."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= most else f"{line[:most]}…"


def in_a_line(text: str, most: int = 40) -> str:
    """All lines of a text in one, cut."""
    return short(" ".join(text.split()), most)


def about(case: Case) -> str:
    """A case in a few words: number and what it is about."""
    return f"{case.number} {short(case.facts, 24)}"


def listed(names: Iterable[str]) -> str:
    """Names in a row: 甲、乙, A, B."""
    return (", " if language() == "en" else "、").join(names)


def short_paragraph(text: str, most: int = 600) -> str:
    """A text as a card shows it; the whole stands in the case's story."""
    return text if len(text) <= most else f"{text[:most]}…"


def money_words(fen: int) -> str:
    """An amount of money in yuan, with fen only where there are some: 48,600元, 48,600 yuan."""
    whole, rest = divmod(fen, 100)
    amount = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    return _("{amount} yuan", amount=amount)
