"""The conversation engine: a conversation is a function, and `await` is where it waits for the person.

Each message runs the function from the top. `ask` returns the answer kept under its key; at the pending key it reads
the new message; at the next key without an answer it stops, and the engine shows that question. Nothing lives in
memory, so a talk survives restarts and moves between processes and doors. Why each rule stands: docs/decisions/0002.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from domain.errors import ProgramError
from domain.messages import Answer, Message
from domain.office import Office
from domain.people import Person
from handlers import wording
from handlers.questions import LONGEST, Confirm, Question, Wrong, is_number, joined, place_words, said, too_long
from handlers.registry import FLOWS, Reply
from handlers.turn import Turn
from handlers.words import N_, _
from storage.talks import TalkRow
from storage.transaction import Tx

T = TypeVar("T")
P = ParamSpec("P")

MOST_STEPS = 200
#: A guard for the only writer, far above what a replay takes (0.1 ms), so that a busy machine is no mistake.
MOST_SECONDS = 10.0

SKIP_WORDS = N_("skip|none|pass")


class Wait(BaseException):  # no error: it must pass every `except Exception` of a flow
    """The talk waits for the person at this key."""

    brief = False  # the question itself stands just above, and is not said again

    def __init__(self, key: str, question: Question[Any], note: str = "", *, partial: bool = False) -> None:
        super().__init__(key)
        self.key, self.question, self.note, self.partial = key, question, note, partial


class Again(BaseException):
    """An earlier answer has changed: the replay starts over, with what is left of the message."""

    def __init__(self, note: str, left: Answer | None = None) -> None:
        super().__init__(note)
        self.note, self.left = note, left


def made(question: Question[T] | Callable[[], Question[T]]) -> Question[T]:
    """The question itself, made now where it is a function."""
    return question if isinstance(question, Question) else question()


def _tells(question: Question[Any], words: str) -> bool:
    """Whether words tell something; a number and signs are meant for a line of the question, kindness is for us."""
    signs = isinstance(question, Confirm) and not any(map(str.isalpha, words))
    return bool(words.strip()) and is_number(words) is None and not signs and not wording.is_kindness(words)


@dataclass
class Talk:
    """What a flow holds in its hand during one replay."""

    turn: Turn
    row: TalkRow
    answer: Answer | None = None
    edited: tuple[str, Answer] | None = None
    seen: dict[str, Question[Any] | Callable[[], Question[Any]]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _until: float = 0.0

    @property
    def tx(self) -> Tx:
        """The transaction; a flow hands it on only inside `do` and `read`."""
        return self.turn.tx

    @property
    def now(self) -> datetime:
        """The time of this message."""
        return self.turn.now

    @property
    def person(self) -> Person:
        """Who is talking."""
        return self.turn.person

    @property
    def office(self) -> Office:
        """The office as it is now."""
        return self.turn.office

    @property
    def arg(self) -> str:
        """What came behind the command or button that began the talk, such as a case's id."""
        return self.row.arg

    # --- what a flow calls ------------------------------------------------------------------------------------

    async def ask(
        self,
        key: str,
        question: Question[T] | Callable[[], Question[T]],
        *,
        default: T | None = None,
        was: tuple[str, ...] = (),
    ) -> T:
        """The answer to a question, waiting for it if need be.

        default: taken without asking until the person wants to change it; a question that is a function is made only
        when it is needed. was: older names of the key.
        """
        self._step(key)
        self._rename(key, was)
        self.seen[key] = question
        memory, pending = self.row.memory, self.row.pending == key
        if default is not None and not pending and key not in memory.wanted and key not in memory.answers:
            return default
        question = self.seen[key] = made(question)
        self._take_edit(key, question)
        if key in memory.answers and not pending and key not in memory.wanted and not self._only_begun(key):
            try:
                return question.restore(memory.answers[key])
            except (ValueError, TypeError, msgspec.ValidationError):
                self._forget(key)
        if pending and self.answer is not None:
            return self._hear(key, question)
        if default is not None and not pending and key not in memory.wanted:
            return default
        raise Wait(key, question, self._set_aside(key))

    async def confirm(self, question: Confirm, key: str = "confirm") -> None:
        """Show what will be done and wait until the person agrees."""
        await self.ask(key, question)

    def do(self, key: str, fn: Callable[Concatenate[Turn, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Change something, once for the life of the talk; the result, kept as JSON, is the same ever after."""
        results = self.row.memory.results
        if self._is_new(key):
            if self.answer is not None:
                self._agree_first(key)
            parts = (ref for parts in self.row.memory.parts.values() for ref in parts)
            self.turn.refs = tuple(dict.fromkeys((*self.row.memory.refs.values(), *parts)))
            with self.tx.savepoint():
                results[key] = msgspec.to_builtins(fn(self.turn, *args, **kwargs))
            self.row.memory.order.append(f"do:{key}")
        kept: T = results[key]
        return kept

    def read(self, key: str, fn: Callable[Concatenate[Turn, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Look at something a branch hangs on, once for the life of the talk."""
        results = self.row.memory.results
        if self._is_new(key):
            results[key] = msgspec.to_builtins(fn(self.turn, *args, **kwargs))
        kept: T = results[key]
        return kept

    def questions(self) -> dict[str, Question[Any]]:
        """The questions of this replay by key, each made once: making one may read, and a key is read once."""
        made_now = {key: made(question) for key, question in self.seen.items()}
        self.seen.update(made_now)
        return made_now

    # --- how it works -----------------------------------------------------------------------------------------

    def _is_new(self, key: str) -> bool:
        """Take a step; whether there is no result under its key yet."""
        self._step(key)
        return key not in self.row.memory.results

    def _agree_first(self, key: str) -> None:
        """The question this message answers is gone from the flow: nothing is done on its strength."""
        question = Confirm(prompt=_("Our questions have changed a little meanwhile. Shall I go on with this?"))
        asked = f"{key}?"
        if self.row.pending != asked:
            raise Wait(asked, question, self._set_aside(asked))
        self._hear(asked, question)

    def _step(self, key: str) -> None:
        if key in self._used:
            raise ProgramError(what=f"flow {self.row.flow}: key “{key}” used twice in one replay")
        if len(self._used) >= MOST_STEPS:
            raise ProgramError(what=f"flow {self.row.flow}: more than {MOST_STEPS} steps")
        if time.perf_counter() > self._until:
            raise ProgramError(what=f"flow {self.row.flow}: a replay took longer than {MOST_SECONDS} s")
        self._used.add(key)

    def _rename(self, key: str, was: tuple[str, ...]) -> None:
        memory = self.row.memory
        for old in was:
            if old in memory.answers and key not in memory.answers:
                memory.answers[key] = memory.answers.pop(old)
            memory.order[:] = [key if k == old else k for k in memory.order]
            memory.wanted[:] = [key if k == old else k for k in memory.wanted]
            if self.row.pending == old:
                self.row.pending = key

    def _hear(self, key: str, question: Question[T]) -> T:
        answer, self.answer = self.answer, None
        assert answer is not None
        memory = self.row.memory
        if question.optional and (answer.press == "!skip" or said(answer.text, SKIP_WORDS)):
            return self._kept(key, question, question.blank(), answer)
        if answer.files and not question.collects:
            self._join_late(key, question, answer)
        try:
            heard = question.read(answer, self._so_far(key, question), memory.menu)
        except Wrong as wrong:
            why = self._gather(question, answer) or str(wrong)
            self.row.tries += 1
            raise Wait(key, question, why) from None
        kept = question.keep(heard.value)
        if not heard.done:
            memory.answers[key] = kept
            raise Wait(key, question, heard.note, partial=True)
        return self._kept(key, question, kept, answer)

    def _so_far(self, key: str, question: Question[T]) -> T | None:
        if key not in self.row.memory.answers:
            return None
        try:
            return question.restore(self.row.memory.answers[key])
        except (ValueError, TypeError, msgspec.ValidationError):
            return None

    def _kept(self, key: str, question: Question[T], kept: Any, answer: Answer) -> T:
        memory = self.row.memory
        memory.answers[key] = kept
        memory.order[:] = [*(k for k in memory.order if k != key), key]
        memory.wanted[:] = [k for k in memory.wanted if k != key]
        if answer.ref:
            memory.refs[key] = answer.ref
        if answer.text:
            memory.parts.pop(key, None)
        if answer.text and answer.parts:
            memory.parts[key] = dict(answer.parts)
        self.row.pending, self.row.tries, memory.aside = "", 0, None
        return question.restore(kept)

    def _gather(self, question: Question[Any], answer: Answer) -> str:
        """People write in several messages: words that are no line shown here, and a place, join the account.

        Returns what is wrong with words that do not fit any more, "" where nothing is gathered.
        """
        key = question.gathers
        if key not in self.seen or not (_tells(question, answer.text) or answer.place):
            return ""
        if answer.place is not None:
            self.row.memory.answers[key]["place"] = place_words(answer.place)
            raise Again(_("I have added the place."))
        if wrong := self._add_words(key, answer):
            return wrong
        raise Again(_("I have added that."))

    def _add_words(self, key: str, answer: Answer) -> str:
        """Add words to the account under a key; returns what is wrong where it grows too long."""
        told = self.row.memory.answers[key]
        whole = "\n".join(part for part in (told.get("text", ""), answer.text) if part.strip())
        if len(whole) > LONGEST:
            return too_long(whole, LONGEST)
        if answer.ref and answer.text:
            first = {self.row.memory.refs.get(key, ""): told.get("text", "")}
            self.row.memory.parts.setdefault(key, first).update(answer.parts or ((answer.ref, answer.text),))
        told["text"] = whole
        return ""

    def _join_late(self, asked: str, question: Question[Any], answer: Answer) -> None:
        """A late photo joins the account or the files that were asked for before, and its words go with it.

        Words that can only be meant for the question, such as a phone number, answer it all the same.
        """
        if question.gathers and question.gathers not in self.seen:
            self._join_early(asked, question, answer)
        answered = {k: q for k, q in self.questions().items() if k in self.row.memory.answers}
        collectors = [k for k, q in answered.items() if q.collects]
        if not collectors:
            raise Wait(asked, question, _("This step takes words only, so the photo or file was not kept."))
        accounts = [k for k in collectors if isinstance(self.row.memory.answers[k], dict)]
        for_it = bool(answer.text) and (not accounts or self._is_answer(asked, question, answer))
        key = accounts[-1] if answer.text and not for_it else collectors[-1]
        if answer.text and not for_it and (wrong := self._add_words(key, answer)):
            raise Wait(asked, question, wrong)
        self._add_files(key, answered[key], answer)
        note = _("{count} received, and added to what you told.", count=len(answer.files))
        raise Again(note, replace(answer, files=()) if for_it else None)

    def _join_early(self, asked: str, question: Question[Any], answer: Answer) -> None:
        """A photo that comes before the account it belongs to begins it, and its words go with it unless they answer
        the question."""
        key, memory = question.gathers, self.row.memory
        told = memory.answers.setdefault(key, {})
        memory.early = list(dict.fromkeys([*memory.early, key]))
        for_it = bool(answer.text) and self._is_answer(asked, question, answer)
        if answer.text and not for_it:
            memory.refs.setdefault(key, answer.ref)
            if wrong := self._add_words(key, answer):
                raise Wait(asked, question, wrong)
        told["files"] = list(joined(told.get("files", ()), answer.files))
        note = _("{count} received. I keep them for what you are about to tell.", count=len(told["files"]))
        raise Again(note, replace(answer, files=()) if for_it else None)

    def _is_answer(self, asked: str, question: Question[Any], answer: Answer) -> bool:
        if question.free:
            return False
        try:
            question.read(answer, self._so_far(asked, question), self.row.memory.menu)
        except Wrong:
            return False
        return True

    def _add_files(self, key: str, question: Question[Any], answer: Answer) -> None:
        kept = self.row.memory.answers[key]
        value = question.restore(kept)
        files = joined(value if isinstance(value, tuple) else value.files, answer.files)
        more = files if isinstance(value, tuple) else msgspec.structs.replace(value, files=files)
        self.row.memory.answers[key] = question.keep(more)

    def _take_edit(self, key: str, question: Question[T]) -> None:
        """A message its sender corrected replaces the answer it gave; one that does not fit changes nothing."""
        if self.edited is None or self.edited[0] != key:
            return
        answer, self.edited = self.edited[1], None
        try:
            heard = question.read(answer, self._so_far(key, question), [])
        except Wrong:
            return
        self.row.memory.answers[key] = question.keep(heard.value)

    def _set_aside(self, key: str) -> str:
        """Keep a message that answers a question no longer reached; returns the word of why."""
        if self.answer is None:
            return ""
        answer, self.answer = self.answer, None
        if answer.press or not (answer.text or answer.files or answer.place):
            return _("This question has changed meanwhile.")
        self.row.memory.aside = msgspec.to_builtins(answer)
        return _("Something has changed meanwhile, so I ask this first. What you wrote is kept.")

    def _only_begun(self, key: str) -> bool:
        """Photos came before this account was asked for, and nobody has said yet what they show."""
        return key in self.row.memory.early and not self.row.memory.answers[key].get("text")

    def _forget(self, key: str) -> None:
        memory = self.row.memory
        memory.answers.pop(key, None)
        memory.refs.pop(key, None)
        memory.parts.pop(key, None)
        memory.order[:] = [k for k in memory.order if k != key]


@dataclass(slots=True)
class Outcome:
    """How a replay ended: waiting at a question, or finished with a reply."""

    talk: Talk
    wait: Wait | None
    reply: list[Message]


def replay(turn: Turn, row: TalkRow, answer: Answer | None = None, edited: tuple[str, Answer] | None = None) -> Outcome:
    """Run the flow from the top with a message for its pending key. Errors of the flow go to the caller."""
    note = ""
    for _round in range(3):
        talk = Talk(turn, row, answer, edited, _until=time.perf_counter() + MOST_SECONDS)
        running = FLOWS[row.flow].function(talk)
        try:
            running.send(None)
        except StopIteration as end:
            return Outcome(talk, None, _messages(end.value))
        except Wait as wait:
            wait.note = "\n".join(part for part in (note, wait.note) if part)
            return Outcome(talk, wait, [])
        except Again as again:
            note, answer = again.note, again.left
        finally:
            running.close()
    raise ProgramError(what=f"flow {row.flow}: does not settle")


def _messages(reply: Reply) -> list[Message]:
    if reply is None:
        return []
    return [reply] if isinstance(reply, Message) else [replace(one) for one in reply]
