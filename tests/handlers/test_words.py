"""The words people read: complete in both languages, and what people may type is never ambiguous."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.errors import BadDeclaration
from handlers import conversation, days, flows, menus, phrases, questions, registry, routing, talk
from handlers import words as spoken
from handlers.questions import plain
from handlers.words import LANGUAGES
from tests import words

KEYS = words.keys()
MOST_CHINESE = 220
#: Latin letters that a Chinese reader meets: a command, the other language, the code a signature is written in.
LATIN_ALLOWED = frozenset(
    {"/join", "/bind", "/policy", "/directory", "Webhook", "Telegram", "English", "Ed", "base", "MB", "BotFather"}
)

#: Names that whoever sets the office up must find on a screen or type, in words that only they read.
ON_SCREENS = frozenset(
    {"API", "IP", "ID", "Token", "Secret", "EncodingAESKey", "JS", "SDK", "AppID", "AgentId", "http", "https"}
    | {"thing", "what", "number", "when", "tip"}
)
FOR_OPERATORS = ("bot/commands/", "bot/channels/", "bot/settings.py", "bot/app.py")

STEERING = (conversation.BACK_WORDS, conversation.CANCEL_WORDS, conversation.HELP_WORDS)
ANSWERS = (talk.SKIP_WORDS, questions.DONE_WORDS, questions.YES_WORDS, *days.DAY_WORDS.values())
#: A button that moves within a talk, and the words that do the same when typed.
BUTTONS = (
    ("Back", conversation.BACK_WORDS),
    ("Cancel", conversation.CANCEL_WORDS),
    ("Help", conversation.HELP_WORDS),
    ("Skip", talk.SKIP_WORDS),
    ("Done", questions.DONE_WORDS),
    ("Submit", questions.YES_WORDS),
)
#: Questions that say which words may be typed, and where those words come from.
QUOTING = (
    (
        "Answer the question below, or send “back”, “cancel”. What you told so far is kept.",
        (conversation.BACK_WORDS, conversation.CANCEL_WORDS),
    ),
    ("Send photos or files, then tap “Done”.", (questions.DONE_WORDS,)),
    ("A date, such as 12-01 or “tomorrow”.", (days.DAY_WORDS[1],)),
    ("Shall a person help? Call {phone}, or tap “Help”.", (conversation.HELP_WORDS,)),
)
#: The words of the chat page's own buttons.
CHAT_PAGE = words.HOUSE / "bot" / "pages" / "static" / "words.js"
#: What these quote is an example of what may be typed, or a command.
EXAMPLES = frozenset(
    {
        "A date, such as 12-01 or “tomorrow”.",
        "What do you need done? One word is enough, such as “licence”.",
        "Which industry? A word or two, such as “catering”. The same words join groups of one industry.",
        "Whoever runs the server still has to set {names}; “qinqing doctor” says where they are found.",
    }
)


def typed(key: str) -> set[str]:
    """What people may type for a key, in any language, as it is compared."""
    return {plain(word) for texts in spoken.every_language(key) for word in texts.split("|")}


def _flow_words() -> list[str]:
    assert flows.__all__, "importing the flows declares them"
    return [one.words for one in registry.FLOWS.values() if one.words]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_code_has_words(language: str) -> None:
    kept = words.kept_words(language)
    assert {key: places for key, places in KEYS.items() if not kept.get(key)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_in_the_catalogue_is_gone_from_the_code(language: str) -> None:
    assert words.kept_words(language).keys() - KEYS.keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_named_places_agree_with_the_code(language: str) -> None:
    kept = words.kept_words(language)
    assert [key for key, text in kept.items() if spoken.places(key) != spoken.places(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_written_as_the_command_writes_it(language: str, tmp_path: Path) -> None:
    words.write(language, words.kept_words(language), tmp_path)
    assert words.catalogue_path(language).read_bytes() == words.catalogue_path(language, tmp_path).read_bytes()


def test_texts_are_not_put_together_while_the_program_runs() -> None:
    assert words.pasted_together() == []


def test_keys_are_found_in_calls_and_in_the_docstrings_of_errors() -> None:
    assert "Have it redone" in KEYS
    assert any(place.startswith("domain/errors.py") for place in KEYS["No case of yours has the number {number}."])
    assert [key for key in KEYS if key.startswith("A frame that cannot be taken")] == []  # of another family


# --- what a Chinese reader meets ------------------------------------------------------------------------------


def test_chinese_texts_hold_no_latin_jargon() -> None:
    jargon = {}
    for key, text in words.kept_words("zh_CN").items():
        shown = re.sub(r"{\w+}(/\w+)*|\b(ww|wk)\w*", "", text)  # addresses and ids stand as they are typed
        operators = all(place.startswith(FOR_OPERATORS) for place in KEYS.get(key, ()))
        found = set(re.findall(r"/?[A-Za-z]+", shown)) - LATIN_ALLOWED - (ON_SCREENS if operators else frozenset())
        if found:
            jargon[key] = found
    assert jargon == {}


def test_chinese_texts_are_short_enough_for_a_phone() -> None:
    assert [text for text in words.kept_words("zh_CN").values() if len(text) > MOST_CHINESE] == []


def test_chinese_texts_say_you_politely() -> None:
    shown = {key: text for key, text in words.kept_words("zh_CN").items() if "|" not in text}
    assert [text for text in shown.values() if "你" in text] == []


# --- what people may type -------------------------------------------------------------------------------------


def test_no_word_begins_two_conversations() -> None:
    found = registry.commands()
    assert found["/file"].name == "file"
    assert found["我要投诉"].name == "file"


def test_no_typed_word_is_blank_once_compared() -> None:
    keys = [*STEERING, *ANSWERS, routing.GREETINGS, *_flow_words()]
    assert [key for key in keys if "" in typed(key)] == []


def test_words_that_begin_a_conversation_are_no_answer_no_greeting_and_steer_nothing() -> None:
    taken = set().union(*(typed(key) for key in (*STEERING, *ANSWERS, routing.GREETINGS)))
    assert {key: typed(key) & taken for key in _flow_words() if typed(key) & taken} == {}


def test_a_word_that_steers_does_one_thing_and_is_no_answer() -> None:
    others = [*STEERING, *ANSWERS]
    clashes = {
        (one, other): typed(one) & typed(other)
        for one in STEERING
        for other in (*others, routing.GREETINGS)
        if one != other and typed(one) & typed(other)
    }
    assert clashes == {}


def test_a_line_of_a_choice_is_never_taken_for_a_command() -> None:
    tables = (phrases.KIND_LINES, phrases.LEVELS, phrases.WEIGHTS, menus.ROLE_WORDS)
    offered = words.lines().union(*(table.values() for table in tables))
    labels = {plain(text) for key in offered for text in spoken.every_language(key)}
    assert {plain("解决了"), plain("Not solved")} <= labels
    assert labels & registry.commands().keys() == set()


@pytest.mark.parametrize(("button", "key"), BUTTONS)
def test_the_label_of_a_button_can_be_typed(button: str, key: str) -> None:
    labels = {plain(text) for text in spoken.every_language(button)}
    assert labels <= typed(key)


def test_the_label_of_a_line_of_the_menu_can_be_typed() -> None:
    begun = {label: typed(registry.FLOWS[name].words) for name, label in menus.LINES if name != "help"}
    missing = {label: set(spoken.every_language(label)) for label in begun}
    missing = {label: {plain(text) for text in texts} - begun[label] for label, texts in missing.items()}
    assert {label: texts for label, texts in missing.items() if texts} == {}


@pytest.mark.parametrize(("text", "keys"), QUOTING)
def test_words_quoted_in_a_text_are_understood(text: str, keys: tuple[str, ...]) -> None:
    assert text in KEYS, "the code says it in other words now"
    understood = set().union(*(typed(key) for key in keys))
    for said in spoken.every_language(text):
        quoted = {plain(word) for word in re.findall("“(.+?)”", said)}
        assert quoted, said
        assert quoted <= understood


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_asks_to_tap_is_written_so_on_a_button_or_may_be_typed(language: str) -> None:
    kept = words.kept_words(language)
    quoting = [key for key in kept if re.search("“[^{}]+?”", key) and key not in EXAMPLES]
    named = {key: set(re.findall("“([^{}]+?)”", kept[key])) for key in quoting}
    assert len(named) >= 8
    assert all(named.values())
    shown = {word for text in kept.values() for word in text.split("|")}
    shown.update(*re.findall(r'\["([^"]+)", "([^"]+)"\]', CHAT_PAGE.read_text("utf-8")))
    assert {key: quoted for key, quoted in named.items() if not quoted <= shown} == {}


# --- loading --------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    """A copy of the catalogues to spoil."""
    for language in LANGUAGES:
        words.write(language, words.kept_words(language), tmp_path)
    return tmp_path


def _spoil(folder: Path, language: str, key: str, text: str) -> None:
    words.write(language, {**words.kept_words(language, folder), key: text}, folder)


def test_sound_catalogues_load(catalogues: Path) -> None:
    loaded = spoken.load(catalogues)
    assert loaded["zh_CN"]["Submit"] == "提交"
    assert loaded["en"]["Submit"] == "Submit"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_text_is_refused_at_loading(catalogues: Path, language: str) -> None:
    _spoil(catalogues, language, "Submit", "")
    with pytest.raises(BadDeclaration, match=f"{language}: no words for “Submit”"):
        spoken.load(catalogues)


def test_a_key_of_only_one_language_is_refused_at_loading(catalogues: Path) -> None:
    _spoil(catalogues, "en", "Only here", "Only here")
    with pytest.raises(BadDeclaration, match="zh_CN: no words for “Only here”"):
        spoken.load(catalogues)


def test_other_named_places_are_refused_at_loading(catalogues: Path) -> None:
    _spoil(catalogues, "zh_CN", "Your receipt: {url}", "您的回执：{link}")
    with pytest.raises(BadDeclaration, match=r"other \{places\}"):
        spoken.load(catalogues)


def test_a_missing_catalogue_is_refused_at_loading(catalogues: Path) -> None:
    words.catalogue_path("en", catalogues).unlink()
    with pytest.raises(BadDeclaration, match="catalogue en: is missing"):
        spoken.load(catalogues)
