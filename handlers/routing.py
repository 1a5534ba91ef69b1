"""Where an arrival goes: a button, a command, the talk that is open, or what may be made of words outside any talk."""

from __future__ import annotations

import re

import structlog

from domain.messages import Answer, Button, Message
from handlers import conversation, corrections, flows, menus, replies, too_large
from handlers.questions import LONGEST as MOST_TOLD
from handlers.questions import is_number, plain, said, too_long
from handlers.registry import FLOWS, Flow, commands
from handlers.turn import Turn
from handlers.words import N_, _
from storage import files
from storage.talks import TalkRow

log = structlog.get_logger()

#: Longest text kept at all; a longer one is refused kindly.
LONGEST = 20_000
#: What a link into the chat carries at most, on the narrowest platform.
LONGEST_LINK = 64
CASE_NUMBER = re.compile(r"^\d{8}-\d{4,6}$")
#: Longest text taken for a word to find a case by, not for a matter of its own.
LONGEST_SOUGHT = 20
#: What an invitation or another device gives, sent bare; a code nobody gave out is told so.
ONE_TIME_CODE = re.compile(r"^(?=.*[A-Z])[A-Z0-9]{5}-[A-Z0-9]{5}$", re.IGNORECASE | re.ASCII)
#: What a word or button stands for to whoever may not begin what it names: “to do” is the desk of who dispatches.
INSTEAD = {"tasks": ("desk", "approvals")}
GREETINGS = N_("hello|hi|hey|good morning|start|menu")
#: What people write at the end: nothing that is to be filed.
THANKS = N_("thanks|thank you|thank you very much|ok|okay|all right|got it|bye|goodbye")


def routed(turn: Turn) -> list[Message]:
    """What is said to an arrival. Raises Refused."""
    incoming = turn.incoming
    if len(incoming.text) > LONGEST:
        most = LONGEST
        text = _("That is too long for one message. At most {most} characters fit; a file may be longer.", most=most)
        return [menus.menu(turn, text)]
    if incoming.edits:
        return corrections.corrected(turn, incoming)
    if incoming.press:
        return pressed(turn, incoming.press)
    answer, large = _offered(turn), too_large.told(turn)
    if not large:
        return _worded(turn, answer)
    if not answer.text.strip() and not answer.files and answer.place is None:
        return too_large.alone(turn, large)
    return [Message(large), *_worded(turn, answer)]


def _worded(turn: Turn, answer: Answer) -> list[Message]:
    row = turn.talk
    command = _command(turn, row)
    if command is not None:
        return command
    if row is not None:
        return conversation.hear(turn, row, answer)
    return _outside(turn, answer)


def _offered(turn: Turn) -> Answer:
    incoming = turn.incoming
    person = turn.person.id
    coming = [one for one in incoming.files if not too_large.is_too_large(one)]
    turn.received = [files.add(turn.tx, one, incoming.channel, person, turn.now) for one in coming]
    kept = tuple(record.id for record in turn.received)
    return Answer(incoming.text, "", kept, incoming.place, incoming.ref, incoming.parts)


# --- buttons --------------------------------------------------------------------------------------------------


def pressed(turn: Turn, value: str) -> list[Message]:
    """A tap: on a question of a talk (t:talk:revision:value), or on a card (f:flow:argument)."""
    sort, _sep, rest = value.partition(":")
    if sort == "t":
        return _talk_button(turn, rest)
    name, _sep, arg = rest.partition(":")
    if sort == "f" and name == "resume" and arg.isdecimal():
        return conversation.resume(turn, int(arg[:18])) or conversation.not_kept(turn)
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
    allowed = _allowed(turn, FLOWS[name])
    return [menus.menu(turn, menus.for_staff())] if allowed is None else conversation.begin(turn, allowed.name, arg)


def _allowed(turn: Turn, wanted: Flow) -> Flow | None:
    """The conversation itself, or what it stands for to this person; None where they may begin neither."""
    meant = (wanted, *(FLOWS[name] for name in INSTEAD.get(wanted.name, ())))
    return next((one for one in meant if menus.may_begin(turn, one)), None)


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
    if found is None:
        return None
    allowed = _allowed(turn, found)
    return None if allowed is None else _begin(turn, allowed.name, "")


def _slash(turn: Turn, text: str) -> list[Message] | None:
    typed, _sep, arg = text.partition(" ")
    found = commands().get(typed.split("@")[0].casefold())
    if found is not None and found.name == "start" and arg.strip():
        return _linked(turn, arg.strip())
    if found is not None:
        return _begin(turn, found.name, arg.strip()[:200])
    if steered := next((value for words, value in conversation.STEERING if said(typed[1:], words)), ""):
        return conversation.steer(turn, turn.talk, steered) if turn.talk else _begin(turn, "help", "")
    if re.fullmatch(r"/[A-Za-z_]{1,32}(@\w+)?", typed):
        unknown = _("I do not know the command {command}.", command=typed)
        if turn.talk is not None:
            return conversation.go_back_to(turn, turn.talk, unknown)
        return [menus.menu(turn, unknown)]
    return None


def _linked(turn: Turn, payload: str) -> list[Message]:
    """A link into this chat, flow_arg: what the button f:flow:arg does.

    Anybody can make a link, so none does anything at once: where the button would, it opens the case.
    """
    fits = [name for name in FLOWS if payload == name or payload.startswith(f"{name}_")]
    name = max(fits, key=len, default="")
    arg = payload[len(name) + 1 :]
    if name and not FLOWS[name].command:
        name = "case" if arg.isdecimal() else ""
    if not name or len(payload) > LONGEST_LINK:
        return [menus.menu(turn, _("This link leads nowhere any more. Here is what I can do for you:"))]
    return _begin(turn, name, arg)


def _outside(turn: Turn, answer: Answer) -> list[Message]:
    """Words outside any talk: a line number, a case number, a greeting, or something to be filed."""
    text = answer.text.strip()
    number = is_number(text)
    if number is not None and turn.incoming.replies_to and (meant := replies.number_meant(turn, number)):
        return pressed(turn, meant)
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
    if turn.incoming.replies_to and (replied := replies.replied(turn, answer)):
        return replied
    found = replies.to_visit(turn, answer) or _no_matter(turn, answer) or _sought(turn, answer)
    return found or conversation.begin(turn, "offer", "", flows.offered(answer))


def _no_matter(turn: Turn, answer: Answer) -> list[Message] | None:
    """What is said to words that are no matter to be filed: thanks, or no words at all but a number or a sign."""
    if answer.files or answer.place is not None:
        return None
    if said(answer.text, THANKS):
        return [menus.menu(turn, _("You are welcome. If anything else comes up, just write."))]
    if any(map(str.isalpha, answer.text)) or turn.official:
        return None
    return [menus.menu(turn, _("Please say in a few words what it is about."))]


def _sought(turn: Turn, answer: Answer) -> list[Message] | None:
    """What a word finds that an official sends after a list of cases, as the list invites them to."""
    after_list = any(value.startswith("f:case:") for value in turn.address.menu)
    if not after_list or len(answer.text) > LONGEST_SOUGHT or answer.files or answer.place or not turn.official:
        return None
    found = flows.search.listed_for(turn, answer.text)
    return [found.plus(Button(_("File a case"), "f:file"))] if found else None
