"""The rules of the office at a glance, and the way to the page where they are changed."""

from __future__ import annotations

from collections.abc import Iterator

from domain.case import Kind, Weight
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from domain.rulebook import KindRule, Rulebook
from handlers import phrases
from handlers.registry import flow
from handlers.talk import Talk
from handlers.words import N_, _
from storage import rulebooks

#: Closed days named in the chat; the page has them all.
DAYS_SHOWN = 3


@flow(
    "rules",
    command="rules",
    words=N_("rules|rulebook|limits"),
    roles=RIGHTS[Right.RULEBOOK],
    describes=N_("the office's limits and rules"),
)
async def rules(talk: Talk) -> Message:
    """The main numbers in plain words, the last change, and the way to the page."""
    book = talk.office.rulebook
    text = _("{last}\nTo change them, open the pages and choose “Rules”.", last=_last_change(talk))
    title = _("The rules, version {n}", n=book.version)
    facts = tuple(_facts(talk, book))
    return Message(text, title, facts=facts, buttons=((Button(_("Open the pages"), "f:board"),),))


def _last_change(talk: Talk) -> str:
    found = rulebooks.history(talk.tx)
    if not found or not found[0].why:
        return _("These are the rules the office began with.")
    last = found[0]
    when = phrases.moment_words(last.made_at, talk.office, talk.now)
    return _("Last changed {when} by {who}: {why}", when=when, who=last.by or _("somebody"), why=last.why)


def _facts(talk: Talk, book: Rulebook) -> Iterator[tuple[str, str]]:
    for kind, rule in book.kinds.items():
        yield _(phrases.KINDS[kind]), _kind_words(kind, rule)
    yield _("Nobody decides"), _("accepted by itself after {limit}", limit=phrases.limit_words(book.silence))
    yield _("No word from the owner"), _("closed after {limit}", limit=phrases.limit_words(book.close_silent))
    hours = f"{book.opens:%H:%M}–{book.closes:%H:%M}"
    yield _("Office hours"), _("{hours}, daily list at {at}", hours=hours, at=f"{book.digest_at:%H:%M}")
    today = talk.office.calendar.today(talk.now)
    ahead = sorted((one.day, one.name) for one in book.closures if one.day >= today)[:DAYS_SHOWN]
    if ahead:
        yield _("Closed"), phrases.listed(f"{phrases.day_words(day, today)} {name}" for day, name in ahead)


def _kind_words(kind: Kind, rule: KindRule) -> str:
    weights: dict[Weight | None, str] = {weight: _(phrases.WEIGHTS[weight]) for weight in rule.weights}
    answered = phrases.listed(
        f"{name} {phrases.limit_words(rule.handle[weight])}".strip() for weight, name in (weights or {None: ""}).items()
    )
    decided = phrases.limit_words(rule.accept)
    return _("decided within {decided}; answered within: {answered}", decided=decided, answered=answered)
