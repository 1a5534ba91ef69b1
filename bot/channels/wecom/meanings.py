"""What the codes of WeCom and WeChat mean: one row a code, and what is to be done about it.

Only the number counts: the words that come with it change (errmsg, D90664). The codes are those of D90313, of
customer service (D94677, D94669), of groups (D99110, D90248), and of subscriptions and templates of WeChat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.channels.contract import Held, TryLater, Undeliverable, Unreachable
from handlers.words import N_

#: Over a limit a bucket is shut for its unit, a minute the shortest (D90312).
PAUSE_SECONDS = 60.0
#: What an administrator has to mend takes a while, and asking again and again gets an address shut out for an hour.
ALARM_SECONDS = 600.0


class Sort(StrEnum):
    """What is to be done about a refusal."""

    REFRESH = "refresh"  # the token is not taken: another one, and once more
    RETRY = "retry"  # gone in a moment
    PAUSE = "pause"  # too much was asked in this time
    ALARM = "alarm"  # an administrator has to mend something
    RECIPIENT = "recipient"  # this person or group cannot be written to here
    CONTENT = "content"  # this message will never be taken
    CARD = "card"  # this card, or this change of one, will never be taken; a fresh one may
    TAKEN = "taken"  # it was done before: as good as done


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means. words: a key of the catalogues, for administrators and for the reason of a dead letter."""

    sort: Sort
    words: str


class Refusal(Exception):
    """The platform answered, and did not do it. code: its errcode; result: all that it answered."""

    def __init__(self, code: int, result: dict[str, Any]) -> None:
        super().__init__(f"errcode {code}")
        self.code, self.result = code, result

    @property
    def meaning(self) -> Meaning:
        """Its row in the table; UNKNOWN for a code that has none."""
        return MEANINGS.get(self.code, UNKNOWN)


#: A code without a row may be a new limit or a new rule: tried again as often as anything, and an error in the log.
UNKNOWN = Meaning(Sort.RETRY, N_("WeCom refuses this for a reason not known here"))

_S = Sort
#: Sort, words, codes.
ROWS: tuple[tuple[Sort, str, tuple[int, ...]], ...] = (
    (_S.REFRESH, N_("WeCom's token had run out"), (40014, 42001, 41001)),
    (_S.RETRY, N_("WeCom is busy for the moment"), (-1, 45033, 45035, 6000)),
    (_S.RETRY, N_("the mark of the notice had run out"), (95007,)),
    (_S.RETRY, N_("the mass message is still being handed out"), (41063,)),
    (_S.PAUSE, N_("WeCom asked for a pause"), (45009, 45036)),
    # --- an administrator has to mend it ---
    (_S.ALARM, N_("the app's secret is wrong, or the app is switched off"), (40001, 40125)),
    (_S.ALARM, N_("the corp id is wrong"), (40013,)),
    (_S.ALARM, N_("the agent id is not this app's"), (40056, 301002)),
    (_S.ALARM, N_("this machine's address is not among the app's trusted IPs"), (60020, 40164)),
    (_S.ALARM, N_("the app has not been given this permission"), (48002, 48011)),
    (_S.ALARM, N_("the permission was taken back, because the app was idle"), (48006,)),
    (_S.ALARM, N_("contact sync may not call from this machine's address"), (48009,)),
    (_S.ALARM, N_("this machine's TLS is too old for WeCom"), (48010,)),
    (_S.ALARM, N_("the page's domain is not among the app's trusted domains"), (50001,)),
    (_S.ALARM, N_("the app is switched off"), (50003,)),
    (_S.ALARM, N_("the app may not see the whole company"), (60031,)),
    (_S.ALARM, N_("the app has no address for callbacks"), (43012,)),
    (_S.ALARM, N_("the customer service account is not there any more"), (95000, 95004)),
    (_S.ALARM, N_("the company is not verified, or its customer service quota is used up"), (95003, 95027)),
    (_S.ALARM, N_("customer service is not handed to this app"), (48007, 95011, 95012, 95017, 95023)),
    (_S.ALARM, N_("the customer service staff are outside the app's visible range"), (60030,)),
    (_S.ALARM, N_("the message template or its page is not there any more"), (40037, 41030)),
    # --- this person, this group ---
    (_S.RECIPIENT, N_("nobody the message is for can get it from this app"), (81013,)),
    (_S.RECIPIENT, N_("this member is not in WeCom any more"), (40003, 40031, 60111)),
    (_S.RECIPIENT, N_("this member is outside the app's visible range"), (60011, 60021)),
    (_S.RECIPIENT, N_("this department is not in WeCom any more"), (60003, 60123)),
    (_S.RECIPIENT, N_("the customer service window is shut until they write again"), (95001, 95002, 95013, 95031)),
    (_S.RECIPIENT, N_("a person is speaking with them in customer service"), (95018,)),
    (_S.RECIPIENT, N_("this person does not follow the service account"), (43004,)),
    (_S.RECIPIENT, N_("this person has not subscribed"), (43101,)),
    (_S.RECIPIENT, N_("the group's robot is not there any more"), (93000, 93004, 93006)),
    (_S.RECIPIENT, N_("the group takes no messages from the robot"), (93001, 93008)),
    (_S.RECIPIENT, N_("the group chat is not there any more"), (86001, 86003, 49008)),
    # --- this message ---
    (_S.CONTENT, N_("the message is empty"), (44004, 93017)),
    (_S.CONTENT, N_("the message is too long for WeCom"), (45002,)),
    (_S.CONTENT, N_("WeCom does not take this kind of message"), (40008, 95030)),
    (_S.CONTENT, N_("the group robot's conversation is over"), (846605, 846608)),
    (_S.CONTENT, N_("WeCom does not understand this message"), (40033, 40058, 40035, 41016, 43001, 43002, 47003)),
    (_S.CONTENT, N_("the message names nobody, or too many at once"), (82001, 82002, 82003, 40066, 40068)),
    (_S.CONTENT, N_("the file is not there any more, and has to be sent anew"), (40007, 40145)),
    (_S.CONTENT, N_("the file is too large for WeCom"), (45001, 93018)),
    (_S.CONTENT, N_("WeCom holds this message back as spam"), (40201, 40204)),
    (_S.CONTENT, N_("the menu is not one customer service takes"), (95008, 95009)),
    (_S.CONTENT, N_("customer service cannot be handed over like this now"), (95014, 95016, 95019)),
    (_S.CONTENT, N_("the sign-in has run out or was used; open the page again from the chat"), (40029, 42003, 42022)),
    (_S.CONTENT, N_("the group chat cannot be made or changed like this"), (86006, 86216)),
    (_S.CONTENT, N_("the message is too old to be taken back"), (42052,)),
    # --- this card ---
    (_S.CARD, N_("the card cannot be changed any more"), (60140, 42015, 42016)),
    (
        _S.CARD,
        N_("WeCom does not take this card"),
        (
            *(42014, 42017, 42018, 42019, 42020, 42027, 42028, 42029, 42030, 42031, 42033, 42035, 42036, 42037),
            *(42038, 42039, 42040, 42041, 42042, 42043, 42044, 42045, 42046, 42047, 42049, 42050, 42051),
        ),
    ),
    # --- done before ---
    (_S.TAKEN, N_("WeCom has this message already"), (95033,)),
    (_S.TAKEN, N_("the group chat is there already"), (86215,)),
)

MEANINGS: Mapping[int, Meaning] = MappingProxyType(
    {code: Meaning(sort, words) for sort, words, codes in ROWS for code in codes}
)

#: Why customer service did not deliver what it had taken: fail_type of msg_send_fail (D94670).
FAILS: Mapping[int, Meaning] = MappingProxyType(
    {
        0: Meaning(Sort.RECIPIENT, N_("customer service could not deliver it, and does not say why")),
        1: Meaning(Sort.ALARM, MEANINGS[95004].words),
        2: Meaning(Sort.ALARM, MEANINGS[50003].words),
        4: Meaning(Sort.RECIPIENT, MEANINGS[95002].words),
        5: Meaning(Sort.RECIPIENT, MEANINGS[95002].words),
        6: Meaning(Sort.RECIPIENT, MEANINGS[95002].words),
        8: Meaning(Sort.ALARM, MEANINGS[95003].words),
        10: Meaning(Sort.RECIPIENT, N_("this person takes no messages from customer service")),
        11: Meaning(Sort.ALARM, N_("no member has logged in to WeCom yet")),
        12: Meaning(Sort.CONTENT, MEANINGS[95030].words),
        13: Meaning(Sort.CONTENT, N_("WeChat holds this message back for safety")),
    }
)


def meant(refusal: Refusal) -> Exception:
    """The error of every channel's contract that this refusal is.

    A channel looks at the sort first where it can do better: TAKEN is as good as sent, CARD asks for a fresh card.
    """
    meaning = refusal.meaning
    return ERRORS[meaning.sort](meaning.words)


#: TAKEN among them ends the row: who forgets that it is as good as sent must not send it for ever.
ERRORS: Mapping[Sort, Callable[[str], Exception]] = MappingProxyType(
    {
        Sort.REFRESH: TryLater,
        Sort.RETRY: TryLater,
        Sort.PAUSE: lambda words: TryLater(words, PAUSE_SECONDS),
        Sort.ALARM: lambda words: Held(words, ALARM_SECONDS),
        Sort.RECIPIENT: Unreachable,
        Sort.CONTENT: Undeliverable,
        Sort.CARD: Undeliverable,
        Sort.TAKEN: Undeliverable,
    }
)
