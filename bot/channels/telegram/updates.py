"""What Telegram brings, decoded by type and turned into words of no channel. https://core.telegram.org/bots/api#update

Only what the office uses is decoded; the rest of an update may have any shape. In a group nothing but commands,
buttons, coming, going and moving is looked at: what people say to each other there is no business of ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from bot.channels.contract import Unreadable
from bot.channels.telegram.contents import files_of, place_of, words_of
from bot.channels.telegram.shapes import Member, Membership, Numbered, Press, Sorts, Telling, Update, User, WithPress
from domain.messages import GONE, HERE, Incoming

NAME = "telegram"
#: Asked for by name, so that an update of another sort never comes.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")

LONGEST_NAME, LONGEST_ALBUM, LONGEST_PRESS, LONGEST_COMMAND = 80, 64, 200, 300
GROUPS = ("group", "supergroup")
#: In these a bot may write to a group; one that is restricted says so itself.
WELCOME = ("creator", "administrator", "member")
LANGUAGES = {"zh": "zh_CN", "en": "en"}
COMMAND = re.compile(r"(/[A-Za-z0-9_]{1,64})@([A-Za-z0-9_]{1,64})(?!\S)")
#: What a chat says about itself; nobody said it to us. Anything else without words gets an answer.
SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "pinned_message", "connected_website", "write_access_allowed", "proximity_alert_triggered", "boost_added",
        "chat_background_set", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "video_chat_scheduled",
        "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "direct_message_price_changed",
        "paid_message_price_changed",
    }
)  # fmt: skip


_decode = msgspec.json.Decoder(Update).decode
_number = msgspec.json.Decoder(Numbered).decode
_press = msgspec.json.Decoder(WithPress).decode
_sorts = msgspec.json.Decoder(Sorts).decode
#: All that decoding can say of bytes from outside: not of these types, not JSON, not UTF-8; too deep.
UNREADABLE = (ValueError, RecursionError)


def parse(raw: bytes, bot: str, username: Callable[[], str]) -> Incoming | None:
    """What an update says to us, None where it says nothing; bot is our id, username our name, "" while unknown.

    Raises Unreadable for what is no update of Telegram's, under a digest where not even its number can be read.
    """
    try:
        update = _decode(raw)
    except UNREADABLE as error:
        raise Unreadable(_key_of(raw, bot), f"no update of Telegram: {type(error).__name__}") from None
    key = f"{bot}:{update.update_id}"
    if update.message is not None:
        return _message(update.message, raw, key, username)
    if update.callback_query is not None:
        return _pressed(update.callback_query, bot)
    if update.edited_message is not None:
        return _edited(update.edited_message, key, username)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, key)
    return None


def callback_of(raw: bytes) -> str:
    """The id under which the press of a button is to be answered, "" for an update that is none."""
    if b'"callback_query"' not in raw:
        return ""
    try:
        found = _press(raw).callback_query
    except UNREADABLE:
        return ""
    return found.id if found is not None else ""


def _key_of(raw: bytes, bot: str) -> str:
    try:
        return f"{bot}:{_number(raw).update_id}"
    except UNREADABLE:
        return f"{bot}:x{hashlib.sha256(raw).hexdigest()[:32]}"


# --- messages -----------------------------------------------------------------------------------------------------


def _message(told: Telling, raw: bytes, key: str, username: Callable[[], str]) -> Incoming | None:
    kind = told.chat.type
    if kind == "private":
        return None if _of_a_bot(told) else _private(told, raw, key, username)
    if kind not in GROUPS:
        return None
    if told.migrate_to_chat_id is not None:
        return Incoming(NAME, key, str(told.chat.id), group=True, moved_to=str(told.migrate_to_chat_id))
    return None if _of_a_bot(told) or told.text[:1] != "/" else _commanded(told, key, username())


def _private(told: Telling, raw: bytes, key: str, username: Callable[[], str]) -> Incoming | None:
    said = _said(told, key, username)
    if said.text or said.files or said.place is not None or not _is_service(raw):
        return said
    return None


def _edited(told: Telling, key: str, username: Callable[[], str]) -> Incoming | None:
    """A correction. A place is not corrected by hand: it comes again and again while somebody shares their way."""
    if told.chat.type != "private" or _of_a_bot(told) or told.location is not None:
        return None
    corrected = _said(told, key, username, f"{told.chat.id}/{told.message_id}")
    return corrected if corrected.text or corrected.files else None


def _said(told: Telling, key: str, username: Callable[[], str], edits: str = "") -> Incoming:
    chat, before = told.chat.id, told.reply_to_message
    text = words_of(told, told.sender.id if told.sender else 0)
    return Incoming(
        NAME,
        key,
        str(chat),
        _addressed(text, username()) or text if text[:1] == "/" else text,
        files=files_of(told),
        place=place_of(told),
        name=_name(told.sender),
        language=_language(told.sender),
        ref=f"{chat}/{told.message_id}",
        edits=edits,
        sent_at=datetime.fromtimestamp(told.date, UTC),
        album="" if edits else told.media_group_id[:LONGEST_ALBUM],
        replies_to=f"{chat}/{before.message_id}" if before else "",
    )


def _commanded(told: Telling, key: str, username: str) -> Incoming | None:
    """A command in a group, without anything that came with it; one for another bot is not ours."""
    text = _addressed(told.text, username)
    if not text:
        return None
    return Incoming(
        NAME,
        key,
        str(told.chat.id),
        text[:LONGEST_COMMAND],
        name=told.chat.title[:LONGEST_NAME],
        language=_language(told.sender),
        ref=f"{told.chat.id}/{told.message_id}",
        group=True,
        sent_at=datetime.fromtimestamp(told.date, UTC),
    )


def _addressed(text: str, username: str) -> str:
    """A command without our name behind it, "" where it has another's; while we know no name it is ours."""
    found = COMMAND.match(text)
    if found is None:
        return text
    if username and found[2].casefold() != username.casefold():
        return ""
    return found[1] + text[found.end() :]


def _of_a_bot(told: Telling) -> bool:
    """Another bot's, or a channel's; an administrator who stays unnamed speaks as the group itself."""
    if told.sender_chat is not None:
        return told.sender_chat.id != told.chat.id
    return told.sender is None or told.sender.is_bot


def _is_service(raw: bytes) -> bool:
    """Whether a message without anything for us is something the chat says about itself."""
    try:
        return not SERVICE.isdisjoint(_sorts(raw).message)
    except UNREADABLE:  # a name in it is no text; it is no service we know
        return False


def _name(user: User | None) -> str:
    return f"{user.first_name} {user.last_name}".strip()[:LONGEST_NAME] if user is not None else ""


def _language(user: User | None) -> str:
    return LANGUAGES.get(user.language_code[:2], "") if user is not None else ""


# --- buttons, coming and going ------------------------------------------------------------------------------------


def _pressed(press: Press, bot: str) -> Incoming | None:
    """A tap. In a group the group is answered, below a message sent through us elsewhere the one who tapped."""
    if not press.data:
        return None
    before = press.message
    chat = before.chat if before is not None else None
    if chat is not None and chat.type not in ("private", *GROUPS):
        return None
    group = chat is not None and chat.type in GROUPS
    return Incoming(
        NAME,
        f"{bot}:c{press.id}",
        str(chat.id if chat is not None else press.sender.id),
        press=press.data[:LONGEST_PRESS],
        name=chat.title[:LONGEST_NAME] if chat is not None and group else _name(press.sender),
        language=_language(press.sender),
        group=group,
        replies_to=f"{chat.id}/{before.message_id}" if before is not None and chat is not None else "",
    )


def _membership(change: Membership, key: str) -> Incoming | None:
    """We were blocked or let in again, brought into a group or out of it."""
    chat, group = change.chat, change.chat.type in GROUPS
    if not group and chat.type != "private":
        return None
    return Incoming(
        NAME,
        key,
        str(chat.id),
        name=chat.title[:LONGEST_NAME] if group else _name(change.sender),
        language=_language(change.sender),
        group=group,
        sent_at=datetime.fromtimestamp(change.date, UTC),
        presence=HERE if _may_write(change.new_chat_member) else GONE,
    )


def _may_write(member: Member) -> bool:
    if member.status == "restricted":
        return member.is_member and member.can_send_messages
    return member.status in WELCOME
