"""Words people read. English stands in the code as the key; the catalogues in locale/ hold what is said, unless the
office says it in words of its own.

`_` translates at once into the language being spoken; `N_` only marks a text that is translated later.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from babel.messages.pofile import read_po

from domain.errors import BadDeclaration, QinqingError

T = TypeVar("T")

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh_CN", "en")
DEFAULT = "zh_CN"

_spoken: ContextVar[str] = ContextVar("spoken", default=DEFAULT)
_catalogues: dict[str, dict[str, str]] = {}
#: What is said: the catalogues, and over them the office's own words.
_said: dict[str, dict[str, str]] = {}
#: What `once_a_language` has kept; it is made anew when the office changes its words.
_made: list[dict[str, Any]] = []
PLACE = re.compile(r"\{(\w+)\}")
#: Splits the words people may type; those are never replaced, for other texts tell people to type them.
TYPED = "|"


def load(folder: Path = LOCALE) -> dict[str, dict[str, str]]:
    """Read every catalogue: {language: {key: text}}. Raises BadDeclaration for a missing or misshapen text."""
    fresh = {language: _read(folder / language / "LC_MESSAGES" / "qinqing.po") for language in LANGUAGES}
    keys = set().union(*fresh.values())
    for language, texts in fresh.items():
        for key in sorted(keys):
            _check(language, key, texts.get(key, ""))
    return fresh


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        raise BadDeclaration(where=f"catalogue {path.parent.parent.name}", what="is missing")
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def _check(language: str, key: str, text: str) -> None:
    where = f"catalogue {language}"
    if not text:
        raise BadDeclaration(where=where, what=f"no words for “{key}”")
    if places(text) != places(key):
        raise BadDeclaration(where=where, what=f"other {{places}} than in “{key}”")


def places(text: str) -> set[str]:
    """The {named} places of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def catalogues() -> dict[str, dict[str, str]]:
    """The loaded catalogues, read at first use."""
    if not _catalogues:
        _catalogues.update(load())
    return _catalogues


def said() -> dict[str, dict[str, str]]:
    """What is said now, by language and key."""
    if not _said:
        say_instead({})
    return _said


def say_instead(texts: Mapping[str, Mapping[str, str]]) -> None:
    """From now on say these words, by language and key, instead of the catalogue's; those that do not fit are left."""
    for language, words in catalogues().items():
        own = {key: text for key, text in texts.get(language, {}).items() if not misfit(key, text)}
        _said[language] = words | own
    for kept in _made:
        kept.clear()


def misfit(key: str, text: str) -> str:
    """Why a text cannot be said instead of a key's: text_key, text_places, or empty where it can."""
    if key not in catalogues()[DEFAULT] or TYPED in key:
        return "text_key"
    bare = PLACE.sub("", text)
    fits = set(PLACE.findall(text)) == places(key) and not {"{", "}"} & set(bare)
    return "" if fits else "text_places"


def _(key: str, **values: Any) -> str:
    """The words for a key in the language being spoken, with the named values in their places."""
    text = (_said or said())[_spoken.get()].get(key, key)
    return text.format(**values) if values else text


def N_(key: str) -> str:  # noqa: N802 - gettext's own name for marking
    """Mark a text for the catalogues; it is translated where it is shown."""
    return key


def of_error(error: QinqingError) -> str:
    """What an error says, in the language being spoken; its values are said by VALUE_WORDS of their type."""
    return _(error.template(), **{name: _value(value) for name, value in error.values.items()})


def _value(value: Any) -> str:
    for kind, words in VALUE_WORDS.items():
        if isinstance(value, kind):
            return words(value)
    return _(str(value))


#: How a value of a type is said within an error; phrases adds those it knows.
VALUE_WORDS: dict[type, Callable[[Any], str]] = {}


def every_language(key: str) -> tuple[str, ...]:
    """The texts of a key in all languages, for words that people may type."""
    return tuple(texts.get(key, key) for texts in catalogues().values())


def once_a_language(make: Callable[[], T]) -> Callable[[], T]:
    """Keep what a function without arguments makes in each language: for questions made anew at every replay."""
    kept: dict[str, T] = {}
    _made.append(kept)

    @wraps(make)
    def made() -> T:
        language = _spoken.get()
        if language not in kept:
            kept[language] = make()
        return kept[language]

    return made


def language() -> str:
    """The language being spoken."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything inside in this language; an unknown one falls back to the default."""
    token = _spoken.set(language if language in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _spoken.reset(token)
