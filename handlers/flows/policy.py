"""One announcement in the chat, for whoever comes by its link."""

from __future__ import annotations

from dataclasses import replace

from domain.errors import Refused
from domain.messages import Attachment, Button, Message
from handlers import phrases
from handlers.registry import flow
from handlers.talk import Talk
from handlers.words import _
from storage import announcements
from storage.announcements import Announcement


class NoSuchPage(Refused):
    """I do not find this announcement: the link may have been cut off on its way. Please open it once more where you
    have it from, or just ask me."""


@flow("policy", command="policy")
async def policy(talk: Talk) -> Message:
    """An announcement, whole and with its files. arg: its code."""
    found = announcements.by_code(talk.tx, talk.arg[:40].strip().casefold())
    if found is None:
        raise NoSuchPage()
    facts = ((_("Posted"), phrases.moment_words(found.at, talk.office, talk.now)),)
    buttons = ((Button(_("Ask about it"), "f:file"), Button(_("Menu"), "f:start")),)
    return Message(found.message.text, found.message.title, facts, buttons, _files(found))


def _files(one: Announcement) -> tuple[Attachment, ...]:
    """Its files as everybody may open them: at its page, not as those of a person or a case."""
    return tuple(replace(file, url=f"/policy/{one.code}/{place}") for place, file in enumerate(one.message.files, 1))
