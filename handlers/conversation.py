"""What happens around a replay: talks begun, heard, steered, set aside and resumed; questions put into messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.doors import DOORS
from domain.errors import Refused
from domain.messages import Answer, Button, Message, rows
from handlers import asking, menus
from handlers.questions import is_number, plain, said
from handlers.registry import FLOWS
from handlers.talk import Outcome, Talk, replay
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import talks, together
from storage.talks import ASIDE, OPEN, TalkRow

BACK_WORDS = N_("back|previous")
CANCEL_WORDS = N_("cancel|quit|stop")
HELP_WORDS = N_("help")
CHANGE_WORDS = N_("change|edit|no")
#: Photos come one after the other: what is long, in characters, and was shown so short a time ago, is not said again
#: for each.
JUST_NOW, LONG = timedelta(minutes=1), 150

#: The talk that offers to file what was written outside any, and the key of its first question.
OFFER, OFFERED = "offer", "kind"

#: Agreeing to the privacy words submits nothing.
AGREED = "do:consented"

#: Words that steer a talk wherever it stands, and the button value they stand for.
STEERING = ((BACK_WORDS, "!back"), (CANCEL_WORDS, "!cancel"), (HELP_WORDS, "!help"))


def begin(turn: Turn, flow: str, arg: str = "", answers: dict[str, object] | None = None) -> list[Message]:
    """Begin a conversation. One that was open is set aside, and taken up again when the new one is over."""
    row = TalkRow(0, turn.person.id, flow, arg)
    row.memory.answers.update(answers or {})
    if turn.incoming.ref:
        row.memory.refs.update(dict.fromkeys(answers or (), turn.incoming.ref))
    if turn.incoming.parts:
        row.memory.parts.update({key: dict(turn.incoming.parts) for key in answers or ()})
    outcome = _attempt(turn, row)
    earlier = turn.talk  # asked only now: joining may have made somebody else of the person
    if earlier is not None and _is_begun_anew(earlier, row):
        talks.end(turn.tx, earlier)
        earlier = turn.talk = None
    if outcome.wait is None and earlier is not None and _is_a_guess(earlier, outcome.reply):
        return _kept_for_later(turn, earlier, outcome.reply)
    if outcome.wait is None:
        return [*outcome.reply, *(_asked_again(turn, earlier) if earlier else [])]
    if earlier is not None:
        _set_aside(turn, earlier)
    return [_ask(turn, outcome)]


def _is_begun_anew(earlier: TalkRow, row: TalkRow) -> bool:
    """The same talk was open at its first question: there is nothing in it to come back to."""
    nothing_told = not earlier.memory.order and not earlier.memory.answers
    return nothing_told and (earlier.flow, earlier.arg) == (row.flow, row.arg)


def _is_a_guess(earlier: TalkRow, reply: list[Message]) -> bool:
    """Nobody began it: what was written outside any talk was offered to be filed, and something else was wanted.

    A number sent now is meant for the lines of the reply, not for the offer's.
    """
    lines = bool(reply) and bool(reply[-1].menu()) and not reply[-1].card
    return lines and earlier.flow == OFFER and earlier.pending == OFFERED


def _kept_for_later(turn: Turn, row: TalkRow, reply: list[Message]) -> list[Message]:
    """The reply, with the way back to a talk that is not asked again."""
    _put_away(turn, row)
    return [*reply[:-1], reply[-1].plus(_resume_button(row))]


def _resume_button(row: TalkRow) -> Button:
    return Button(_("Take it up again"), f"f:resume:{row.id}")


def hear(turn: Turn, row: TalkRow, answer: Answer) -> list[Message]:
    """A message for the pending question of a talk, or a word that steers it."""
    steered = _steering(row, answer)
    if steered is not None:
        return steer(turn, row, steered)
    if answer.press == "!keep":
        answer = _kept_aside(row)
    stands = _stands_above(turn, row)
    asked, outcome = row.pending, _attempt(turn, row, answer)
    if outcome.wait is not None and answer.files and stands and outcome.wait.key == asked:
        outcome.wait.brief = len(outcome.wait.question.prompt) >= LONG
    return _go_on(turn, outcome)


def _stands_above(turn: Turn, row: TalkRow) -> bool:
    """Whether the pending question was shown a moment ago, and will not be left out for being said again."""
    shown = row.touched_at is not None and turn.now - row.touched_at <= JUST_NOW
    door = DOORS.get(turn.address.channel)
    return shown and not (door is not None and door.one_a_turn and together.waiting(turn.tx, turn.address.id))


def _steering(row: TalkRow, answer: Answer) -> str | None:
    if answer.press.startswith("!"):
        return None if answer.press in ("!skip", "!keep") else answer.press
    number = is_number(answer.text) if not row.memory.free else None
    if number is not None and 1 <= number <= len(row.memory.menu) and row.memory.menu[number - 1].startswith("!"):
        return row.memory.menu[number - 1]
    if "!change" in row.memory.menu and said(answer.text, CHANGE_WORDS):
        return "!change"
    return next((value for words, value in STEERING if said(answer.text, words)), None)


def _kept_aside(row: TalkRow) -> Answer:
    kept = row.memory.aside or {}
    parts = tuple((ref, text) for ref, text in kept.get("parts", ()))
    return Answer(kept.get("text", ""), "", tuple(kept.get("files", ())), None, kept.get("ref", ""), parts)


def key_of(row: TalkRow, ref: str) -> str:
    """Under which key a talk keeps what a message told; "" where it keeps nothing of it."""
    memory = row.memory
    gathered = (key for key, parts in memory.parts.items() if ref in parts)
    return next((key for key, kept in memory.refs.items() if kept == ref), "") or next(gathered, "")


def edit(turn: Turn, row: TalkRow, key: str, ref: str, answer: Answer) -> list[Message]:
    """The message `ref`, which gave the answer under `key` or a part of it, was corrected by its sender."""
    before = row.memory.answers.get(key)
    parts = row.memory.parts.get(key)
    if answer.text == (parts[ref] if parts else _words_of(before)):
        return []
    if parts:
        parts[ref] = answer.text
        answer = replace(answer, text="\n".join(part for part in parts.values() if part))
    outcome = _attempt(turn, row, None, (key, answer))
    if outcome.wait is not None:
        same = row.memory.answers.get(key) == before
        outcome.wait.note = _("That leaves your answer as it was.") if same else _("I have taken your correction.")
    if turn.talk is not None and turn.talk.id != row.id:
        return _corrected_aside(turn, turn.talk, outcome)
    return _go_on(turn, outcome)


def _words_of(kept: object) -> str:
    """The words in an answer as it is kept."""
    return str(kept.get("text", "")) if isinstance(kept, dict) else str(kept or "")


def _corrected_aside(turn: Turn, current: TalkRow, outcome: Outcome) -> list[Message]:
    """What was corrected is set aside and stays there; the talk that is open goes on."""
    if outcome.wait is not None:
        talks.keep(turn.tx, outcome.talk.row)
    else:
        talks.end(turn.tx, outcome.talk.row)
    return [*outcome.reply, *_again(turn, current, _("I have taken your correction."))]


def steer(turn: Turn, row: TalkRow, value: str) -> list[Message]:
    """Back, cancel, help, or change one answer."""
    name, _sep, key = value.partition("=")
    return STEPS.get(name, _help)(turn, row, key)


def _back(turn: Turn, row: TalkRow, key: str) -> list[Message]:
    order = row.memory.order
    if not order or order[-1].startswith("do:"):
        return _again(turn, row, _("This is the first step."))
    last = order.pop()
    row.memory.answers.pop(last, None)
    row.pending = ""
    row.memory.wanted.append(last)
    return _again(turn, row)


def _cancel(turn: Turn, row: TalkRow, key: str) -> list[Message]:
    _put_away(turn, row)
    done = any(key.startswith("do:") and key != AGREED for key in row.memory.order)
    text = _("All right, I have put it away.") if done else _("All right, I have put it away. Nothing was submitted.")
    earlier = _waiting_aside(turn)
    said_so = menus.menu(turn, text).plus(_resume_button(row))
    return [said_so, *(_reopened(turn, earlier) if earlier else [])]


def _put_away(turn: Turn, row: TalkRow) -> None:
    """Keep it for whoever taps it, and come back to it by nothing else."""
    row.state, row.offered_at, row.touched_at = ASIDE, turn.now, turn.now
    talks.keep(turn.tx, row)
    turn.talk = None


def _help(turn: Turn, row: TalkRow, key: str) -> list[Message]:
    phone = turn.office.phone
    lines = [_("Answer the question below, or send “back”, “cancel”. What you told so far is kept.")]
    if phone:
        lines.append(_("A person helps you on {phone}.", phone=phone))
    return _again(turn, row, "\n".join(lines))


def _change(turn: Turn, row: TalkRow, key: str) -> list[Message]:
    outcome = _attempt(turn, row)
    labels = {k: q.label for k, q in outcome.talk.questions().items() if q.label}
    if key in labels:
        return _ask_anew(turn, row, key, outcome)
    if outcome.wait is None or not labels:
        return _go_on(turn, outcome)
    choices = [f"!change={k}" for k in labels]
    row.revision += 1
    row.memory.menu, row.memory.free, row.touched_at = choices, False, turn.now
    talks.keep(turn.tx, row)
    buttons = [Button(label, asking.value(row, choice)) for choice, label in zip(choices, labels.values(), strict=True)]
    back = Button(_("Keep it as it is"), asking.value(row, "!again"))
    return [Message(_("What would you like to change?"), buttons=(*rows(buttons, 2), (back,)))]


def _ask_anew(turn: Turn, row: TalkRow, key: str, outcome: Outcome) -> list[Message]:
    if not outcome.talk.questions()[key].collects:
        row.memory.answers.pop(key, None)
    row.memory.wanted.append(key)
    row.pending = ""
    return _again(turn, row)


def _as_it_is(turn: Turn, row: TalkRow, key: str) -> list[Message]:
    return _again(turn, row)


STEPS = {"!back": _back, "!cancel": _cancel, "!help": _help, "!change": _change, "!again": _as_it_is}


def _again(turn: Turn, row: TalkRow, note: str = "") -> list[Message]:
    outcome = _attempt(turn, row)
    if outcome.wait is not None and note:
        outcome.wait.note = note
    return _go_on(turn, outcome)


def _go_on(turn: Turn, outcome: Outcome) -> list[Message]:
    """Show the next question; or end the talk, and come back to one that was set aside."""
    if outcome.wait is not None:
        return [_ask(turn, outcome)]
    row = outcome.talk.row
    if row.id:
        talks.end(turn.tx, row)
    other = turn.talk if turn.talk is not None and turn.talk.id != row.id else None  # who joined has another door's
    turn.talk = None
    left = row.memory.aside
    lost = [_unused(left)] if left and left.get("text") else []
    earlier = other or _waiting_aside(turn)
    return [*outcome.reply, *lost, *(_reopened(turn, earlier) if earlier else [])]


def _waiting_aside(turn: Turn) -> TalkRow | None:
    """The talk to come back to, where one was set aside."""
    return talks.last_aside(turn.tx, turn.person.id) if turn.aside else None


def _unused(kept: dict[str, object]) -> Message:
    text = _(
        "What you wrote in between has not been used: “{text}”. Send it again if it is something new.",
        text=kept["text"],
    )
    return Message(text)


def resume(turn: Turn, talk: int) -> list[Message] | None:
    """Take up a talk of this person again; None if it is not there any more."""
    row = talks.get(turn.tx, talk, turn.person.id)
    if row is None:
        return None
    earlier = turn.talk
    if earlier is not None and earlier.id != row.id:
        _set_aside(turn, earlier)
    return _reopened(turn, row)


def not_kept(turn: Turn) -> list[Message]:
    """Said of a talk that was finished, or lay so long that it was forgotten."""
    return [
        menus.menu(turn, _("That one is finished, or lay too long to be kept. Just tell me again what it is about."))
    ]


def _reopened(turn: Turn, row: TalkRow) -> list[Message]:
    row.state, row.offered_at = OPEN, None
    return _asked_again(turn, row)


def go_back_to(turn: Turn, row: TalkRow, note: str) -> list[Message]:
    """Ask the pending question again, after a word about something else."""
    return _again(turn, row, note)


def _asked_again(turn: Turn, row: TalkRow) -> list[Message]:
    with speaking(turn.person.language):  # it may have been chosen just now
        return _again(turn, row, _("Back to what we were at:"))


def _set_aside(turn: Turn, row: TalkRow) -> None:
    row.state, row.touched_at = ASIDE, turn.now
    talks.keep(turn.tx, row)
    turn.talk, turn.aside = None, True


def _attempt(
    turn: Turn, row: TalkRow, answer: Answer | None = None, edited: tuple[str, Answer] | None = None
) -> Outcome:
    """A replay; what the rules refuse ends the talk with a word of why and what can be done next."""
    if row.flow not in FLOWS:
        gone = _("This conversation has been replaced by a new one. Please start again.")
        return Outcome(Talk(turn, row), None, [menus.menu(turn, gone)])
    if not menus.may_begin(turn, FLOWS[row.flow]):  # begun in a role that was taken meanwhile
        return Outcome(Talk(turn, row), None, [menus.menu(turn, menus.for_staff())])
    try:
        return replay(turn, row, answer, edited)
    except Refused as refusal:
        return Outcome(Talk(turn, row), None, [menus.refused(turn, refusal)])


def _ask(turn: Turn, outcome: Outcome) -> Message:
    """Put the question a replay stopped at into words, and keep the talk."""
    row, wait = outcome.talk.row, outcome.wait
    assert wait is not None
    if wait.key != row.pending:
        row.pending, row.tries = wait.key, 0
        row.revision += 1
    row.memory.menu = [option.value for option in asking.lines(wait)]
    row.memory.labels = [plain(option.label) for option in asking.lines(wait)]
    row.memory.free = wait.question.free
    if asking.may_change(row, wait.question):
        row.memory.menu.append("!change")
    row.touched_at, row.state = turn.now, OPEN
    (talks.keep if row.id else talks.add)(turn.tx, row)
    turn.talk = row
    return asking.worded(turn, row, wait)


def stale(turn: Turn, row: TalkRow | None) -> list[Message]:
    """A button of a question that is over."""
    if row is None:
        return [menus.menu(turn, _("This card has been dealt with already. What would you like to do now?"))]
    return _again(turn, row, _("You have answered that step already. We are here now:"))
