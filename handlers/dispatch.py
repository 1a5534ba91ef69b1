"""One arrival, one transaction: once only, who is it, which talk, what changes, what is said."""

from __future__ import annotations

import re
from datetime import datetime

import structlog

from domain.errors import Refused
from domain.messages import Answer, Button, Incoming, Message
from handlers import conversation, corrections, flows, menus
from handlers.cleaning import cleaned
from handlers.questions import LONGEST as MOST_TOLD
from handlers.questions import is_number, plain, said, too_long
from handlers.registry import FLOWS, commands
from handlers.turn import Turn
from handlers.words import LANGUAGES, N_, _, of_error, speaking
from storage import arrivals, files, inbox, outbox, people
from storage.talks import TalkRow
from storage.transaction import Tx

log = structlog.get_logger()

#: Longest text kept at all; a longer one is refused kindly.
LONGEST = 20_000
CASE_NUMBER = re.compile(r"^\d{8}-\d{4,6}$")
#: Longest text taken for a word to find a case by, not for a matter of its own.
LONGEST_SOUGHT = 20
#: What an invitation or another device gives, sent bare; a code nobody gave out is told so.
ONE_TIME_CODE = re.compile(r"^(?=.*[A-Z])[A-Z0-9]{5}-[A-Z0-9]{5}$", re.IGNORECASE | re.ASCII)
GREETINGS = N_("hello|hi|hey|good morning|start|menu")


def handle(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Take one arrival: everything it changes and everything to be said stands in this transaction."""
    incoming = cleaned(incoming)
    if not inbox.take(tx, incoming.channel, incoming.key, now):
        return
    if incoming.group:
        _group(tx, incoming, now)
        return
    turn, new = _turn(tx, incoming, now)
    with speaking(turn.person.language):
        answers = _answered(turn, new=new)
        if incoming.history:
            _keep_history(turn)
        for message in answers:
            outbox.say(tx, turn.address, turn.person.id, message, now, below=not _on_card(incoming))


def _on_card(incoming: Incoming) -> bool:
    """Whether a card was tapped, which then changes in place; what answers words stands below them."""
    return incoming.press.startswith("f:") and not incoming.press.startswith("f:case:")


def sorry(tx: Tx, incoming: Incoming, error: str, now: datetime) -> None:
    """Set aside an arrival the program failed on, and tell its sender so."""
    incoming = cleaned(incoming)
    inbox.quarantine(tx, incoming, error, now)
    if incoming.group:
        return
    turn, _new = _turn(tx, incoming, now)
    with speaking(turn.person.language):
        text = _("Something went wrong on our side. Your message is kept, and we are looking into it.")
        outbox.say(tx, turn.address, turn.person.id, Message(text), now)


def _turn(tx: Tx, incoming: Incoming, now: datetime) -> tuple[Turn, bool]:
    found = arrivals.arrive(tx, incoming.channel, incoming.address, now)
    if found is not None and found.person is not None:
        return Turn(tx, now, found.person, found.address, incoming, found.talk, found.aside), False
    language = incoming.language if incoming.language in LANGUAGES else tx.office.language
    address, person = people.meet(tx, incoming.channel, incoming.address, language, now, name=incoming.name)
    assert person is not None
    return Turn(tx, now, person, address, incoming), True


def _answered(turn: Turn, *, new: bool) -> list[Message]:
    try:
        messages = _routed(turn, new=new)
    except Refused as refusal:
        messages = [menus.menu(turn, of_error(refusal))]
    _remember_menu(turn, messages)
    return messages


def _remember_menu(turn: Turn, messages: list[Message]) -> None:
    """Line numbers typed outside a talk stand for the buttons of the last reply."""
    menu = messages[-1].menu() if messages else []
    if menu and not menu[0].startswith("t:") and tuple(menu) != turn.address.menu:
        people.remember_menu(turn.tx, turn.address.id, menu)


def _routed(turn: Turn, *, new: bool) -> list[Message]:
    incoming = turn.incoming
    if len(incoming.text) > LONGEST:
        most = LONGEST
        text = _("That is too long for one message. At most {most} characters fit; a file may be longer.", most=most)
        return [menus.menu(turn, text)]
    if incoming.edits:
        return corrections.corrected(turn, incoming)
    if incoming.press:
        return pressed(turn, incoming.press)
    answer = _offered(turn)
    row = turn.talk
    command = _command(turn, row)
    if command is not None:
        return command
    if row is not None:
        return conversation.hear(turn, row, answer)
    return _outside(turn, answer, new=new)


def _offered(turn: Turn) -> Answer:
    incoming = turn.incoming
    person = turn.person.id
    turn.received = [files.add(turn.tx, one, incoming.channel, person, turn.now) for one in incoming.files]
    kept = tuple(record.id for record in turn.received)
    return Answer(incoming.text, "", kept, incoming.place, incoming.ref)


# --- buttons --------------------------------------------------------------------------------------------------


def pressed(turn: Turn, value: str) -> list[Message]:
    """A tap: on a question of a talk (t:talk:revision:value), or on a card (f:flow:argument)."""
    sort, _sep, rest = value.partition(":")
    if sort == "t":
        return _talk_button(turn, rest)
    name, _sep, arg = rest.partition(":")
    if sort == "f" and name == "resume" and arg.isdecimal():
        return conversation.resume(turn, int(arg[:18])) or conversation.stale(turn, None)
    if sort == "f" and name in FLOWS:
        return _begin(turn, name, arg)
    log.info("button unknown", person=turn.person.id)
    return conversation.stale(turn, None)


def _talk_button(turn: Turn, rest: str) -> list[Message]:
    found = re.fullmatch(r"(\d{1,18}):(\d{1,9}):(.+)", rest, re.DOTALL)
    row = turn.talk
    if found and (row is None or row.id != int(found[1])):
        return conversation.resume(turn, int(found[1])) or conversation.stale(turn, None)
    if found is None or row is None:
        return conversation.stale(turn, None)
    if row.revision != int(found[2]):
        return conversation.stale(turn, row)
    return conversation.hear(turn, row, Answer(press=found[3]))


def _begin(turn: Turn, name: str, arg: str) -> list[Message]:
    if not menus.may_begin(turn, FLOWS[name]):
        return [menus.menu(turn, menus.for_staff())]
    return conversation.begin(turn, name, arg)


# --- words ----------------------------------------------------------------------------------------------------


def _command(turn: Turn, row: TalkRow | None) -> list[Message] | None:
    text = turn.incoming.text.strip()
    if not text:
        return None
    if text.startswith("/"):
        return _slash(turn, text)
    if row is not None and (row.memory.free or plain(text) in row.memory.labels):
        return None
    found = commands().get(plain(text))
    if found is None or not menus.may_begin(turn, found):
        return None
    return _begin(turn, found.name, "")


def _slash(turn: Turn, text: str) -> list[Message] | None:
    typed, _sep, arg = text.partition(" ")
    found = commands().get(typed.split("@")[0].casefold())
    if found is not None:
        return _begin(turn, found.name, arg.strip()[:200])
    if re.fullmatch(r"/[A-Za-z_]{1,32}(@\w+)?", typed):
        unknown = _("I do not know the command {command}.", command=typed)
        if turn.talk is not None:
            return conversation.go_back_to(turn, turn.talk, unknown)
        return [menus.menu(turn, unknown)]
    return None


def _outside(turn: Turn, answer: Answer, *, new: bool) -> list[Message]:
    """Words outside any talk: a line number, a case number, a greeting, or something to be filed."""
    text = answer.text.strip()
    number = is_number(text)
    if number is not None and 1 <= number <= len(turn.address.menu):
        return pressed(turn, turn.address.menu[number - 1])
    if CASE_NUMBER.match(text):
        return _begin(turn, "case", text)
    if ONE_TIME_CODE.match(text):
        return _begin(turn, "join", text)
    if not text and not answer.files and answer.place is None:
        return [menus.menu(turn, _("I cannot read this kind of message. Words, photos, files and voice work."))]
    if not answer.files and (not text or said(text, GREETINGS)):
        return _begin(turn, "start", "")
    if any(said(text, words) for words, _value in conversation.STEERING):
        return _begin(turn, "help", "")
    if len(answer.text) > MOST_TOLD:
        return [menus.menu(turn, too_long(answer.text, MOST_TOLD))]
    if flows.checklist.is_workbook(turn, answer):
        return _begin(turn, "workbook", str(answer.files[0]))
    return _sought(turn, answer) or conversation.begin(turn, "offer", "", flows.offered(answer))


def _sought(turn: Turn, answer: Answer) -> list[Message] | None:
    """What a word finds that an official sends after a list of cases, as the list invites them to."""
    after_list = any(value.startswith("f:case:") for value in turn.address.menu)
    if not after_list or len(answer.text) > LONGEST_SOUGHT or answer.files or answer.place or not turn.official:
        return None
    found = flows.search.listed_for(turn, answer.text)
    return [found.plus(Button(_("File a case"), "f:file"))] if found else None


# --- groups and history ---------------------------------------------------------------------------------------


def _group(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """In a group only commands and buttons act, and they lead to the private chat."""
    found = arrivals.arrive(tx, incoming.channel, incoming.address, now)
    language = incoming.language if incoming.language in LANGUAGES else tx.office.language
    address = (
        found.address if found else people.meet(tx, incoming.channel, incoming.address, language, now, group=True)[0]
    )
    if not incoming.press and not incoming.text.startswith("/"):
        return
    with speaking(language):
        text = _("Matters of one business are not discussed in a group. Please write to me privately.")
        link = f"\n{tx.office.url}/chat" if tx.office.url else ""
        outbox.say(tx, address, None, Message(text + link), now)


def _keep_history(turn: Turn) -> None:
    incoming, tx = turn.incoming, turn.tx
    text = outbox.label_of(tx, turn.address.id, incoming.press) if incoming.press else incoming.text
    shown = tuple(record.attachment for record in turn.received)
    words = Message(text[:LONGEST] or (incoming.place.label if incoming.place else ""), files=shown)
    outbox.echo(tx, turn.address, turn.person.id, words, incoming.ref, turn.now)
