"""Kinds of question. Each says what kind of answer it wants, reads one, keeps it as JSON and restores it.

A question never sends: it is data that the conversation engine shows and reads with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from domain.messages import Answer, Place
from handlers.cleaning import one_line
from handlers.words import N_, _, every_language

T = TypeVar("T")

#: Longest text taken as an answer, in characters; longer matters come as a file.
LONGEST = 10_000
#: No word, number or line that a message may stand for is longer.
LONGEST_WORD = 200


class Wrong(Exception):
    """An answer that does not fit; the text says what is wrong with it, in the person's language."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """A question's reading of a message. done: the question is answered; otherwise more of it may come."""

    value: T
    done: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a choice. words: what else people say for it, split at “|”."""

    value: str
    label: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Question(Generic[T]):
    """What every kind has. label: the short name at the summary; optional: may be skipped."""

    prompt: str
    label: str = ""
    optional: bool = False

    #: The key of an account that words join which are no answer here, and photos also before it was asked for; "" for
    #: none.
    gathers: str = ""

    #: Whether any words are an answer, so that a Chinese command word is not taken for a command.
    free: ClassVar[bool] = False
    #: Whether a late photo joins this answer until the talk is confirmed.
    collects: ClassVar[bool] = False

    @property
    def hint(self) -> str:
        """What kind of answer is wanted."""
        raise TypeError(f"{type(self).__name__} gives no hint")

    def read(self, answer: Answer, before: T | None, menu: Sequence[str]) -> Heard[T]:
        """Read a message. before: what was heard so far; menu: option values as they were shown. Raises Wrong."""
        raise TypeError(f"{type(self).__name__} reads no answer")

    def keep(self, value: T) -> Any:
        """The value as JSON."""
        return value

    def restore(self, kept: Any) -> T:
        """The value from JSON; raises ValueError where it no longer fits the question."""
        raise TypeError(f"{type(self).__name__} restores no answer")

    def blank(self) -> Any:
        """What is kept when the question is skipped, as JSON."""
        return None

    def options(self) -> Sequence[Option]:
        """The lines to choose from, if any."""
        return ()

    def closing(self) -> Sequence[Option]:
        """Lines that are added once a part of the answer is there."""
        return ()


def plain(text: str) -> str:
    """A text for comparing: width, case, outer space and end marks do not matter; a long one stays as it is."""
    text = text.strip()
    if len(text) > LONGEST_WORD:
        return text
    return unicodedata.normalize("NFKC", text).strip().strip("。.!！?？,，").casefold()


def is_number(text: str) -> int | None:
    """The number of a menu line: 2, 2., 第2个, ２."""
    found = re.fullmatch(r"第?\s*(\d{1,2})\s*(?:[.、)）]\s*)?(?:个|项|号)?", plain(text))
    return int(found[1]) if found else None


YES_WORDS = N_("yes|submit|confirm|ok")
NO_WORDS = N_("no|nope|not that")
UNKNOWN_WORDS = N_("i do not know|no idea|not sure")
#: What people say for a line of this value, where the line has no words of its own. 0: none of those that are known.
MEANT = {"yes": YES_WORDS, "no": NO_WORDS, "0": UNKNOWN_WORDS}


@dataclass(frozen=True, kw_only=True)
class Choice(Question[str]):
    """One of a few lines: by button, by number or by words."""

    lines: tuple[Option, ...]
    across: int = 1

    @property
    def hint(self) -> str:
        return _("Tap a line, or send its number.")

    def options(self) -> Sequence[Option]:
        return self.lines

    def read(self, answer: Answer, before: str | None, menu: Sequence[str]) -> Heard[str]:
        if answer.press:
            return Heard(self._line(answer.press))
        if not answer.text.strip():
            raise Wrong(_("Please choose one of the lines."))
        number = is_number(answer.text)
        return Heard(self._numbered(number, menu) if number is not None else self._worded(answer.text))

    def _line(self, value: str) -> str:
        if all(line.value != value for line in self.lines):
            raise Wrong(_("That line is not there any more. Please choose again."))
        return value

    def _numbered(self, number: int, menu: Sequence[str]) -> str:
        if not 1 <= number <= len(menu):
            raise Wrong(_("There are only the lines 1 to {count}.", count=len(menu)))
        return self._line(menu[number - 1])

    def _worded(self, text: str) -> str:
        wanted = plain(text)
        exact = [line.value for line in self.lines if wanted in (plain(line.label), line.value)]
        near = [line.value for line in self.lines if len(wanted) >= 2 and wanted in plain(line.label)]
        meant = [line.value for line in self.lines if said(text, line.words or MEANT.get(line.value, ""))]
        for found in (exact, near, meant):
            if len(found) == 1:
                return found[0]
        raise Wrong(_("I do not see which line you mean."))

    def restore(self, kept: Any) -> str:
        if kept is None and self.optional:
            return ""
        if not any(line.value == kept for line in self.lines):
            raise ValueError("no such line")
        return str(kept)


@dataclass(frozen=True, kw_only=True)
class Text(Question[str]):
    """Words, kept to the letter."""

    most: int = LONGEST
    least: int = 1
    free: ClassVar[bool] = True

    @property
    def hint(self) -> str:
        return _("Just type it.")

    def read(self, answer: Answer, before: str | None, menu: Sequence[str]) -> Heard[str]:
        return Heard(words_of(answer, self.least, self.most))

    def restore(self, kept: Any) -> str:
        if kept is None and self.optional:
            return ""
        if not isinstance(kept, str) or not self.least <= len(kept.strip()) or len(kept) > self.most:
            raise ValueError("not such a text")
        return kept


@dataclass(frozen=True, kw_only=True)
class Line(Text):
    """A name, in one line."""

    def read(self, answer: Answer, before: str | None, menu: Sequence[str]) -> Heard[str]:
        line = one_line(words_of(answer, self.least, self.most))
        if not line:
            raise Wrong(_("Please answer in words."))
        return Heard(line)


def words_of(answer: Answer, least: int, most: int) -> str:
    """The words of a message, unchanged; raises Wrong where there are none, too few or too many."""
    if not answer.text.strip():
        raise Wrong(_("Please answer in words."))
    if len(answer.text.strip()) < least:
        raise Wrong(_("That is a little short. Please say a bit more."))
    if len(answer.text) > most:
        raise Wrong(too_long(answer.text, most))
    return answer.text


def too_long(text: str, most: int) -> str:
    """What is said of a text of more than `most` characters."""
    return _(
        "That is {count} characters; at most {most} fit here. Please shorten it, or send it as a file.",
        count=len(text),
        most=most,
    )


class Account(msgspec.Struct, frozen=True):
    """What somebody told: words, ids of files, a place."""

    text: str = ""
    files: tuple[int, ...] = ()
    place: str = ""

    @property
    def words(self) -> str:
        """The words, and the place in a line below them."""
        return "\n".join(part for part in (self.text, self.place) if part)


@dataclass(frozen=True, kw_only=True)
class Told(Question[Account]):
    """An account of something: words, with photos, files, voice and a place joining them in any order.

    worded: digits and signs alone, such as the number of a line tapped twice, are no account yet; wordless: photos and
    files alone will do.
    """

    most: int = LONGEST
    worded: bool = False
    wordless: bool = False
    free: ClassVar[bool] = True
    collects: ClassVar[bool] = True

    @property
    def hint(self) -> str:
        return _("Type it; photos, files, a voice note or your location may come along.")

    def closing(self) -> Sequence[Option]:
        return (Option("done", _("That is all")),) if self.wordless else ()

    def read(self, answer: Answer, before: Account | None, menu: Sequence[str]) -> Heard[Account]:
        so_far = before or Account()
        files = joined(so_far.files, answer.files)
        place = place_words(answer.place) if answer.place else so_far.place
        if self.worded and answer.text.strip() and not any(map(str.isalpha, answer.text)):
            raise Wrong(_("Please say in a few words what it is about."))
        if self.wordless and so_far.files and (answer.press == "done" or said(answer.text, DONE_WORDS)):
            return Heard(so_far)
        if answer.text.strip():
            return Heard(Account(words_of(answer, 1, self.most), files, place))
        if not answer.files and answer.place is None:
            raise Wrong(_("Please answer in words."))
        got = Account(so_far.text, files, place)
        if self.wordless:
            note = _("{count} received. Send more, add a few words, or finish.", count=len(files))
            return Heard(got, not files, note)
        return Heard(got, bool(so_far.text), _("I have it. Now please say in a few words what it is about."))

    def keep(self, value: Account) -> Any:
        return msgspec.to_builtins(value)

    def restore(self, kept: Any) -> Account:
        account = Account(kept) if isinstance(kept, str) else msgspec.convert(kept, Account)
        if len(account.text) > self.most:
            raise ValueError("too long")
        return account

    def blank(self) -> Any:
        return {}


def joined(before: Sequence[int], more: Sequence[int]) -> tuple[int, ...]:
    """Files in the order they came, each once."""
    return tuple(dict.fromkeys((*before, *more)))


def place_words(place: Place) -> str:
    """A place as it is kept and shown: the platform's words, and degrees north and east."""
    return f"{one_line(place.label)} ({place.lat:.5f}, {place.lon:.5f})".strip()


DONE_WORDS = N_("done|that is all|finished|no more")


@dataclass(frozen=True, kw_only=True)
class Files(Question[tuple[int, ...]]):
    """Photos and documents; stays open until *done*, so that an album or a late photo joins it."""

    collects: ClassVar[bool] = True

    @property
    def hint(self) -> str:
        return _("Send photos or files, then tap “Done”.")

    def options(self) -> Sequence[Option]:
        return (Option("done", _("Done")),)

    def read(self, answer: Answer, before: tuple[int, ...] | None, menu: Sequence[str]) -> Heard[tuple[int, ...]]:
        so_far = before or ()
        if answer.files:
            files = joined(so_far, answer.files)
            return Heard(files, False, _("{count} received. Any more?", count=len(files)))
        if answer.press == "done" or is_number(answer.text) == 1 or said(answer.text, DONE_WORDS):
            if not so_far and not self.optional:
                raise Wrong(_("Nothing has arrived yet. Please send a photo or a file."))
            return Heard(so_far)
        raise Wrong(_("A photo or a file is wanted here."))

    def keep(self, value: tuple[int, ...]) -> Any:
        return list(value)

    def restore(self, kept: Any) -> tuple[int, ...]:
        return tuple(msgspec.convert(kept or [], list[int]))


def said(text: str, words: str) -> bool:
    """Whether the text is one of the words, in any language; `words` is a key whose texts are split at “|”."""
    return bool(text and words) and plain(text) in _said(words)


@cache
def _said(words: str) -> frozenset[str]:
    return frozenset(plain(word) for texts in every_language(words) for word in texts.split("|"))


@dataclass(frozen=True, kw_only=True)
class Where(Question[str]):
    """A place: a location from the phone, or words."""

    free: ClassVar[bool] = True

    @property
    def hint(self) -> str:
        return _("Send your location, or type the address.")

    def read(self, answer: Answer, before: str | None, menu: Sequence[str]) -> Heard[str]:
        if answer.place is not None:
            return Heard(place_words(answer.place))
        return Heard(one_line(words_of(answer, 2, 300)))

    def restore(self, kept: Any) -> str:
        return str(kept or "")


@dataclass(frozen=True, kw_only=True)
class Confirm(Question[bool]):
    """The summary before something is done: submit, change one answer, or cancel."""

    facts: tuple[tuple[str, str], ...] = ()
    yes: str = ""
    title: str = ""

    @property
    def hint(self) -> str:
        return ""

    def options(self) -> Sequence[Option]:
        return (Option("yes", self.yes or _("Submit")),)

    def read(self, answer: Answer, before: bool | None, menu: Sequence[str]) -> Heard[bool]:
        if answer.press == "yes" or said(answer.text, YES_WORDS) or plain(answer.text) == plain(self.yes):
            return Heard(True)
        number = is_number(answer.text)
        if number is not None and 1 <= number <= len(menu) and menu[number - 1] == "yes":
            return Heard(True)
        changeable = N_("Not done yet. Tap “{yes}” to go on, or change something first.")
        alone = N_("Not done yet. Tap “{yes}” to go on, or “Cancel” to leave it.")
        raise Wrong(_(changeable if "!change" in menu else alone, yes=self.options()[0].label))

    def restore(self, kept: Any) -> bool:
        if kept is not True:
            raise ValueError("not confirmed")
        return True
