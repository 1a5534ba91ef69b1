"""What a person reads and can press in a message on their phone, whatever its type (sheet 1.7, 1.8, 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.wecom_sim.things import Shown

Json = dict[str, Any]

#: Fields whose values are for machines.
UNREAD = frozenset(
    [
        "key",
        "id",
        "task_id",
        "question_key",
        "selected_id",
        "card_type",
        "url",
        "icon_url",
        "pic_url",
        "picurl",
        "appid",
        "pagepath",
        "media_id",
        "thumb_media_id",
        "userid",
        "type",
        "base64",
        "md5",
        "link_url",
    ]
)


def texts(value: Any) -> Iterator[str]:
    """Every text in a value that is meant for people, in order."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNREAD:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def words(shown: Shown) -> str:
    """All that can be read in a message, a line each."""
    lines = list(texts(shown.body))
    if shown.replaced:
        lines.append(shown.replaced)
    return "\n".join(lines)


def buttons(shown: Shown) -> dict[str, str]:
    """The keys that can be pressed, with their labels; none once a grey button took their place."""
    if shown.replaced or shown.recalled:
        return {}
    body = shown.body
    pressed = [*body.get("button_list", ()), *body.get("action_menu", {}).get("action_list", ())]
    if "submit_button" in body and not body.get("checkbox", {}).get("disable"):
        pressed.append(body["submit_button"])
    return {str(one["key"]): str(one["text"]) for one in pressed if "key" in one}


def menu(shown: Shown) -> dict[str, str]:
    """The clicks of a customer's menu, id to words."""
    listed = shown.body.get("list", ()) if shown.kind == "msgmenu" else ()
    return {str(one["click"]["id"]): str(one["click"]["content"]) for one in listed if one.get("type") == "click"}


def lists(shown: Shown) -> dict[str, dict[str, str]]:
    """The lists of a card to choose in: question key to option ids with their words."""
    body = shown.body
    asked = [body[one] for one in ("button_selection", "checkbox") if one in body] + list(body.get("select_list", ()))
    return {str(one["question_key"]): {str(o["id"]): str(o["text"]) for o in one["option_list"]} for one in asked}


def links(shown: Shown) -> list[str]:
    """Every address in a message, in order."""
    return list(_links(shown.body))


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("url", "link_url") and isinstance(inner, str):
                yield inner
            else:
                yield from _links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner)
