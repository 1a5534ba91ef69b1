"""Template cards (sheet 1.8): which parts a card of each type must have, their sizes, and the code each mistake gets.

Lengths in characters are advice: the client cuts. They are noted in `world.cuts`, not refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.wecom_sim.checks import known, size
from tests.wecom_sim.media import find
from tests.wecom_sim.state import World
from tests.wecom_sim.things import Json, Refused

KEY_BYTES, OPTION_BYTES, TASK_BYTES = 1024, 128, 128
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")

NOTICES = ("text_notice", "news_notice")
ACTING = ("button_interaction", "vote_interaction", "multiple_interaction")

SHARED = {"card_type", "source", "main_title", "task_id", "replace_text"}
NOTICE = {"quote_area", "horizontal_content_list", "jump_list", "card_action", "action_menu"}
FIELDS: dict[str, set[str]] = {
    "text_notice": SHARED | NOTICE | {"emphasis_content", "sub_title_text"},
    "news_notice": SHARED | NOTICE | {"card_image", "image_text_area", "vertical_content_list"},
    "button_interaction": SHARED
    | {"quote_area", "sub_title_text", "horizontal_content_list", "card_action", "action_menu"}
    | {"button_selection", "button_list"},
    "vote_interaction": SHARED | {"checkbox", "submit_button"},
    "multiple_interaction": SHARED | {"select_list", "submit_button"},
}


class Checking:
    """One card being looked at. update: it takes the place of another, so needs no task_id."""

    def __init__(self, world: World, card: Json, *, update: bool = False) -> None:
        self.world, self.card, self.update = world, card, update
        self.type = str(card.get("card_type"))

    def part(self, name: str, wrong: int, *, needed: bool = False) -> Json:
        """An object of the card, {} where it is missing. Raises Refused."""
        value = self.card.get(name)
        if value is None and not needed:
            return {}
        if not isinstance(value, dict):
            raise Refused(wrong, f"invalid {name}")
        return value

    def rows(self, name: str, least: int, most: int, wrong: int) -> list[Json]:
        """A list of objects. Raises Refused."""
        value = self.card.get(name, [] if least == 0 else None)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Refused(wrong, f"invalid {name}")
        if not all(isinstance(one, dict) for one in value):
            raise Refused(wrong, f"invalid {name}")
        return value

    def words(self, holder: Json, key: str, most: int, wrong: int = 0) -> str:
        """A text of so many characters before the client cuts. wrong: the code where it is missing, 0: it may be."""
        value = holder.get(key)
        if value in (None, ""):
            if wrong:
                raise Refused(wrong, f"missing {key}")
            return ""
        if not isinstance(value, str):
            raise Refused(wrong or 40035, f"invalid {key}")
        if len(value) > most:
            self.world.cuts.append(f"{self.type} {key}: {len(value)} characters, {most} are shown: {value}")
        return value


def token(holder: Json, key: str, most: int, wrong: int) -> str:
    """A key or id of so many bytes. Raises Refused."""
    value = holder.get(key)
    if not isinstance(value, str) or not 0 < size(value) <= most:
        raise Refused(wrong, f"invalid {key}")
    return value


def unlike(values: list[str], wrong: int) -> None:
    """Refuse what is there twice."""
    if len(set(values)) != len(values):
        raise Refused(wrong, "the same key twice")


def _source(seen: Checking) -> None:
    source = seen.part("source", 40035)
    seen.words(source, "desc", 20)
    if source.get("desc_color", 0) not in (0, 1, 2, 3):
        raise Refused(40035, "invalid desc_color")


def _title(seen: Checking) -> None:
    title = seen.part("main_title", 42033)
    vote, wide = seen.type == "vote_interaction", seen.type in ("vote_interaction", "multiple_interaction")
    has = seen.words(title, "title", 16 if vote else 36)
    seen.words(title, "desc", 160 if wide else 44)
    sub = seen.words(seen.card, "sub_title_text", 160)
    if not has and not (seen.type == "text_notice" and sub):
        raise Refused(42033, "missing main_title.title")


def _task(seen: Checking) -> None:
    task = seen.card.get("task_id")
    if task is None and (seen.update or (seen.type in NOTICES and "action_menu" not in seen.card)):
        return
    if not isinstance(task, str) or not TASK_ID.fullmatch(task):
        raise Refused(42014, "invalid task_id")


def _quote(seen: Checking) -> None:
    quote = seen.part("quote_area", 40035)
    seen.words(quote, "title", 36)
    seen.words(quote, "quote_text", 160)
    if quote.get("type") == 1:
        _link(quote, 42028)


def _rows_across(seen: Checking) -> None:
    for row in seen.rows("horizontal_content_list", 0, 6, 42035):
        seen.words(row, "keyname", 5, 42027)
        seen.words(row, "value", 30)
        sort = row.get("type", 0)
        if sort == 1:
            _link(row, 42028)
        elif sort == 2:
            find_file(seen.world, row)
        elif sort == 3:
            if str(row.get("userid", "")).lower() not in seen.world.members:
                raise Refused(42050, "invalid userid")
        elif sort != 0:
            raise Refused(42035, "invalid type")


def find_file(world: World, row: Json) -> None:
    """A file a row shows. Raises Refused."""
    try:
        find(world, str(row.get("media_id")), ("file",))
    except Refused as refused:
        raise Refused(42029, refused.errmsg) from None


def _link(holder: Json, wrong: int) -> None:
    url = holder.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or size(url) > 2048:
        raise Refused(wrong, "invalid url")


def _rows_down(seen: Checking) -> None:
    for row in seen.rows("vertical_content_list", 0, 4, 42036):
        seen.words(row, "title", 38, 42036)
        seen.words(row, "desc", 160)


def _jumps(seen: Checking) -> None:
    for jump in seen.rows("jump_list", 0, 3, 42042):
        seen.words(jump, "title", 18, 42042)
        if jump.get("type", 0) == 1:
            _link(jump, 42028)
        elif jump.get("type", 0) == 2 and not jump.get("appid"):
            raise Refused(42030, "missing appid")


def _action(seen: Checking) -> None:
    action = seen.part("card_action", 42045, needed=seen.type in NOTICES)
    if not action:
        return
    if action.get("type") == 1:
        _link(action, 42045)
    elif action.get("type") != 2 or not action.get("appid"):
        raise Refused(42045, "invalid card_action")


def _emphasis(seen: Checking) -> None:
    emphasis = seen.part("emphasis_content", 40035)
    seen.words(emphasis, "title", 14)
    seen.words(emphasis, "desc", 22)


def _menu(seen: Checking) -> None:
    menu = seen.part("action_menu", 40035)
    if not menu:
        return
    actions = menu.get("action_list")
    if not isinstance(actions, list) or not 1 <= len(actions) <= 3:
        raise Refused(42051, "invalid action_list")
    for one in actions:
        seen.words(one, "text", 10, 42038)
    unlike([token(one, "key", KEY_BYTES, 42051) for one in actions], 42051)


def _image(seen: Checking) -> None:
    image = seen.part("card_image", 42044)
    if not image and "image_text_area" not in seen.card:
        raise Refused(42044, "missing card_image")
    if image:
        _link(image, 42044)
        if not 1.3 <= float(image.get("aspect_ratio", 1.3)) <= 2.25:
            raise Refused(42044, "invalid aspect_ratio")


def _buttons(seen: Checking) -> None:
    keys = []
    for button in seen.rows("button_list", 1, 6, 42038):
        seen.words(button, "text", 10, 42038)
        if button.get("style", 1) not in (1, 2, 3, 4):
            raise Refused(42038, "invalid style")
        if button.get("type", 0) == 1:
            _link(button, 42028)
        else:
            keys.append(token(button, "key", KEY_BYTES, 42039))
    unlike(keys, 42039)


def _selection(seen: Checking) -> None:
    chosen = seen.part("button_selection", 42043)
    if chosen:
        _options(seen, chosen, 10, 16)


def _checkbox(seen: Checking) -> None:
    box = seen.part("checkbox", 42043, needed=True)
    if box.get("mode", 0) not in (0, 1):
        raise Refused(42037, "invalid mode")
    _options(seen, box, 20, 17)


def _selects(seen: Checking) -> None:
    selects = seen.rows("select_list", 1, 3, 42047)
    for one in selects:
        _options(seen, one, 10, 16)
    unlike([str(one["question_key"]) for one in selects], 42043)


def _options(seen: Checking, holder: Json, most: int, shown: int) -> None:
    token(holder, "question_key", KEY_BYTES, 42043)
    seen.words(holder, "title", 13)
    options = holder.get("option_list")
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        raise Refused(42037, "invalid option_list")
    for one in options:
        seen.words(one, "text", shown, 42041)
    ids = [token(one, "id", OPTION_BYTES, 42040) for one in options]
    unlike(ids, 42040)
    if holder.get("selected_id") not in (None, "", *ids):
        raise Refused(42040, "invalid selected_id")


def _submit(seen: Checking) -> None:
    button = seen.part("submit_button", 42046, needed=True)
    seen.words(button, "text", 10, 42046)
    token(button, "key", KEY_BYTES, 42049)


EVERY: tuple[Callable[[Checking], None], ...] = (_source, _title, _task)
LINES = (_quote, _rows_across, _action, _menu)
CHECKS: dict[str, tuple[Callable[[Checking], None], ...]] = {
    "text_notice": (*EVERY, *LINES, _jumps, _emphasis),
    "news_notice": (*EVERY, *LINES, _jumps, _image, _rows_down),
    "button_interaction": (*EVERY, *LINES, _buttons, _selection),
    "vote_interaction": (*EVERY, _checkbox, _submit),
    "multiple_interaction": (*EVERY, _selects, _submit),
}


def check(world: World, card: Any, *, update: bool = False, types: tuple[str, ...] = (*NOTICES, *ACTING)) -> Json:
    """A card that may be shown; returned as it is. Raises Refused with the code of its first mistake."""
    if not isinstance(card, dict) or card.get("card_type") not in CHECKS or card["card_type"] not in types:
        raise Refused(42031, "invalid card_type")
    seen = Checking(world, card, update=update)
    known(world, seen.type, card, FIELDS[seen.type])
    for one in CHECKS[seen.type]:
        one(seen)
    return card


def calls_back(card: Json) -> bool:
    """Whether pressing something on the card is told to the office; only such cards have codes."""
    return card["card_type"] in ACTING or "action_menu" in card
