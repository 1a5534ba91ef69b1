"""message/send, update_template_card and recall (sheet 1.7 to 1.11)."""

from __future__ import annotations

import copy
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from tests.wecom_sim import cards, checks, words
from tests.wecom_sim.media import find
from tests.wecom_sim.state import World
from tests.wecom_sim.things import DAY_SECONDS, HOUR_SECONDS, Api, Call, Card, CardCode, Json, Member, Refused, Shown

TEXT_BYTES = 2048
CODE_SECONDS = 72 * HOUR_SECONDS
#: An app may say so much to one member; what is more is dropped without a word.
A_MINUTE, AN_HOUR = 30, 1000
ENVELOPE = {"touser", "toparty", "totag", "msgtype", "agentid", "safe", "enable_id_trans"}
ENVELOPE |= {"enable_duplicate_check", "duplicate_check_interval"}
CHANGE = {"userids", "partyids", "tagids", "atall", "agentid", "response_code", "button", "template_card"}
CHANGE |= {"enable_id_trans"}
ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


# --- contents, by msgtype ---------------------------------------------------------------------------------------------


def text(world: World, body: Json) -> Json:
    """Text; cut where it is too long, which is a complaint."""
    said = checks.text(body, "content")
    if checks.size(said) > TEXT_BYTES:
        world.complain(f"message/send text: {checks.size(said)} bytes are cut to {TEXT_BYTES}")
        said = said.encode()[:TEXT_BYTES].decode(errors="ignore")
    return {**body, "content": said}


def markdown(_world: World, body: Json) -> Json:
    """Markdown."""
    checks.text(body, "content", TEXT_BYTES)
    return body


def textcard(world: World, body: Json) -> Json:
    """A card with a link."""
    checks.known(world, "textcard", body, ("title", "description", "url", "btntxt"))
    for key, most in (("title", 128), ("description", 512)):
        if len(checks.text(body, key)) > most:
            raise Refused(checks.LONG, f"{key} exceeds {most} characters")
    checks.text(body, "url", 2048, empty=checks.WRONG)
    if len(checks.maybe(body, "btntxt")) > 4:
        raise Refused(checks.LONG, "btntxt exceeds 4 characters")
    return body


def news(_world: World, body: Json) -> Json:
    """One to eight articles."""
    for one in checks.listed(body, "articles", 1, 8, checks.EMPTY):
        checks.text(one, "title", 128)
        checks.maybe(one, "description", 512)
        checks.text(one, "url", 2048, empty=checks.WRONG)
    return body


def file_of(kind: str) -> Callable[[World, Json], Json]:
    """Content that is a file of a sort, by its media_id."""

    def _file(world: World, body: Json) -> Json:
        kept = find(world, str(body.get("media_id")), (kind,))
        return {**body, "name": kept.name}

    return _file


def card(world: World, body: Json) -> Json:
    """A template card."""
    return cards.check(world, body)


FILES = {kind: file_of(kind) for kind in ("image", "voice", "video", "file")}
KINDS: dict[str, Callable[[World, Json], Json]] = {
    "text": text,
    "markdown": markdown,
    "textcard": textcard,
    "news": news,
    "template_card": card,
    **FILES,
}


# --- sending ----------------------------------------------------------------------------------------------------------


def send(world: World, call: Call) -> Json:
    """message/send."""
    body = call.body
    own_app(world, call)
    kind = str(body.get("msgtype"))
    if kind not in KINDS:
        raise Refused(40008, "invalid msgtype")
    checks.known(world, "message/send", body, ENVELOPE | {kind})
    if ESCAPED.search(call.raw):
        world.complain("message/send: \\uxxxx in the body (40033)")
    people, answer = addressed(world, call)
    repeated = _repeated(world, call)
    if repeated is not None:
        return repeated
    content = KINDS[kind](world, checks.thing(body, kind))
    told = _card(world, call.app.name, content) if kind == "template_card" else None
    msgid = f"M{world.number():x}{secrets.token_urlsafe(12)}"
    answer |= {"msgid": msgid} | _show(world, call, people, Shown(msgid, call.app.name, kind, content, 0), told)
    if body.get("enable_duplicate_check") == 1:
        world.bodies[_mark(call)] = (world.now(), {**answer})
    return answer


def own_app(world: World, call: Call) -> None:
    """The agentid is that of the token. Raises Refused."""
    agent = call.body.get("agentid")
    if not isinstance(agent, int) or agent not in {app.agent_id for app in world.apps.values()}:
        raise Refused(40056, "invalid agentid")
    if agent != call.app.agent_id:
        raise Refused(301002, "agentid is not that of the token")


def addressed(world: World, call: Call) -> tuple[list[Member], Json]:
    """Whom a message reaches, and the fields of the answer that name whom not. Raises Refused."""
    named = [one for one in str(call.body.get("touser") or "").split("|") if one]
    parties = [one for one in str(call.body.get("toparty") or "").split("|") if one]
    tags = [one for one in str(call.body.get("totag") or "").split("|") if one]
    if not named and not parties and not tags:
        raise Refused(82001, "touser, toparty and totag are empty")
    if len(named) > 1000:
        raise Refused(checks.WRONG, "more than 1000 in touser")
    if len(parties) > 100 or len(tags) > 100:
        raise Refused(82002 if len(parties) > 100 else 82003, "more than 100 parties or tags")
    if named == ["@all"]:
        named = list(world.members)
    invalid = sorted({one.lower() for one in named if not _sees(world, call.app.name, one)})
    found = {one.lower(): world.members[one.lower()] for one in named if _sees(world, call.app.name, one)}
    if parties or tags:
        inside = _inside(world, parties, tags)
        found |= {one.userid.lower(): one for one in inside if _sees(world, call.app.name, one.userid)}
    unpaid = "|".join(sorted(key for key, one in found.items() if not one.licensed))
    answer = {
        "invaliduser": "|".join(invalid),
        "invalidparty": "",
        "invalidtag": "",
        "unlicenseduser": unpaid,
    }
    if not found:
        raise Refused(81013, "all of touser, toparty and totag are invalid", **answer)
    return [one for one in found.values() if one.licensed], answer


def _inside(world: World, parties: Iterable[str], tags: Iterable[str]) -> list[Member]:
    """The members of these departments or with these tags."""
    inside, marked = {int(one) for one in parties if one.isdecimal()}, {int(one) for one in tags if one.isdecimal()}
    return [one for one in world.members.values() if inside & set(one.departments) or marked & one.tags]


def _sees(world: World, app: str, userid: str) -> bool:
    member = world.members.get(userid.lower())
    return member is not None and member.status == 1 and app in member.sees


def _mark(call: Call) -> str:
    return hashlib.sha256(call.app.name.encode() + b"\0" + call.raw).hexdigest()


def _repeated(world: World, call: Call) -> Json | None:
    """The answer to a body that was sent before, unchanged and lately: nothing is shown again, no code is told."""
    if call.body.get("enable_duplicate_check") != 1:
        return None
    seconds = checks.number(call.body, "duplicate_check_interval", range(14_401), 1800) or 1800
    at, answer = world.bodies.get(_mark(call), (-1e18, {}))
    if world.now() - at > seconds:
        return None
    world.repeats += 1
    return {key: value for key, value in answer.items() if key != "response_code" or world.repeats_tell_codes}


def _card(world: World, app: str, content: Json) -> Card | None:
    task = content.get("task_id")
    if task is None:
        return None
    if (app, task) in world.cards:
        raise Refused(42014, "task_id was used before")
    world.cards[app, task] = Card(app, task)
    return world.cards[app, task]


def new_code(world: World, card: Card) -> str:
    """A response code for a task's cards: once, 72 hours."""
    code = f"RC{world.number():x}_{secrets.token_urlsafe(24)}"
    world.card_codes[code] = CardCode(card, world.now())
    return code


def _show(world: World, call: Call, people: Iterable[Member], one: Shown, card: Card | None) -> Json:
    """Put a message on the phones; what exceeds the rates is dropped without a word."""
    now, copies = world.now(), []
    for member in people:
        if _too_much(world, call.app.name, member.userid, now):
            continue
        shown = Shown(
            one.msgid, one.sender, one.kind, copy.deepcopy(one.body), now, task_id=card.task_id if card else ""
        )
        world.reach(member.userid, "message/send", shown, member.shown, words.words(shown))
        copies.append(shown)
        if card is not None:
            card.held[member.userid.lower()] = shown
    world.sent[one.msgid] = (now, copies)
    return {"response_code": new_code(world, card)} if card is not None and cards.calls_back(one.body) else {}


def _too_much(world: World, app: str, userid: str, now: float) -> bool:
    full = world.windows.full
    key = f"{app}:{userid}"
    if full("member a minute", key, A_MINUTE, 60, now) or full("member an hour", key, AN_HOUR, HOUR_SECONDS, now):
        world.complain("message/send: more than 30 a minute or 1000 an hour to one member, dropped")
        return True
    return False


# --- changing ---------------------------------------------------------------------------------------------------------


def update(world: World, call: Call) -> Json:
    """message/update_template_card: a code works once, and only by a change that is good."""
    body = call.body
    own_app(world, call)
    checks.known(world, "message/update_template_card", body, CHANGE)
    code = world.card_codes.get(str(body.get("response_code")))
    if code is None or code.used or world.now() - code.at > CODE_SECONDS:
        raise Refused(60140, "invalid response_code")
    if code.card.app != call.app.name:
        raise Refused(42015, "the task is another app's")
    if (code.card.app, code.card.task_id) not in world.cards:
        raise Refused(42016, "unknown task_id")
    change = _change(world, body)
    targets, missing = _targets(world, code.card, body)
    code.used = True
    for shown in targets:
        change(shown)
        shown.changed += 1
    return {"invaliduser": missing}


def _change(world: World, body: Json) -> Callable[[Shown], None]:
    """What happens to a card: its buttons become one grey one, or another card takes its place."""
    button, new = body.get("button"), body.get("template_card")
    if (button is None) == (new is None):
        raise Refused(checks.WRONG, "one of button and template_card")
    if button is not None:
        name = checks.text(button, "replace_name")
        return lambda shown: _grey(shown, name)
    card = dict(new) if isinstance(new, dict) else {}
    cards.check(world, _finished(card), update=True)
    return lambda shown: _renew(shown, card)


def _finished(new: Any) -> Any:
    """A card with grey words instead of its buttons needs none; the check is of the rest."""
    if not isinstance(new, dict) or not new.get("replace_text") or new.get("card_type") != "button_interaction":
        return new
    return {"button_list": [{"text": "-", "key": "-"}], **new}


def _grey(shown: Shown, name: str) -> None:
    shown.replaced = name


def _renew(shown: Shown, new: Json) -> None:
    shown.body, shown.chosen = copy.deepcopy(new), {}
    shown.replaced = str(new.get("replace_text") or "")


def _targets(world: World, card: Card, body: Json) -> tuple[list[Shown], list[str]]:
    if body.get("atall") == 1:
        return list(card.held.values()), []
    named = [str(one).lower() for one in checks.listed(body, "userids", 0, 1000)]
    parties = {str(one) for one in checks.listed(body, "partyids", 0, 100)}
    tags = {str(one) for one in checks.listed(body, "tagids", 0, 100)}
    inside = _inside(world, parties, tags) if parties or tags else []
    named += [one.userid.lower() for one in inside if one.userid.lower() in card.held]
    if not named:
        raise Refused(82001, "nobody to update")
    found = [card.held[one] for one in dict.fromkeys(named) if one in card.held]
    return found, [one for one in named if one not in card.held]


def recall(world: World, call: Call) -> Json:
    """message/recall: within 24 hours."""
    at, copies = world.sent.get(str(call.body.get("msgid")), (None, []))
    if at is None:
        raise Refused(checks.WRONG, "unknown msgid")
    if world.now() - at > DAY_SECONDS:
        raise Refused(42052, "too late to recall")
    for shown in copies:
        shown.recalled = True
    return {}


APIS = {
    "message/send": Api(send, apps=("app", "kefu")),
    "message/update_template_card": Api(update, apps=("app", "kefu")),
    "message/recall": Api(recall, apps=("app", "kefu")),
}
