"""Everything kept about one person, as they may see it: officials by role and unit, other owners not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.case import Case, Role
from domain.errors import Refused
from domain.messages import Incoming, Message
from domain.retention import BINDING_PAPERS
from handlers import attached, menus, phrases
from handlers.flows import story
from handlers.turn import Turn
from handlers.words import _, speaking
from storage import cases, consents, owndata, papers, people, readings, units, visits
from storage.files import FileRecord
from storage.people import Address
from storage.transaction import Tx

#: What would lead a file of the copy out of its folder, or is refused as a name somewhere.
_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


class Nobody(Refused):
    """Nobody is known under the number {person}."""


@dataclass(frozen=True, slots=True)
class OwnData:
    """A person's data: as JSON may hold it, and the files that go with it under their names in the copy."""

    language: str
    office: str
    data: dict[str, Any]
    files: tuple[tuple[str, str], ...]


def gather(tx: Tx, person_id: int, now: datetime) -> OwnData:
    """Everything kept about a person; files are (name in the copy, digest). Raises Nobody."""
    person, known = people.get(tx, person_id), owndata.known(tx, person_id)
    if person is None or known is None:
        raise Nobody(person=str(person_id))
    turn = Turn(tx, now, person, Address(0, "", "", False, True), Incoming("", "", ""), _holdings=())
    own = list(cases.many(tx, owndata.cases_of(tx, person_id)).values())
    with speaking(person.language):
        kept = {case.number: attached.of_case(turn, case) for case in own}
        kept[_("without a case")] = owndata.loose_files(tx, person_id)
        data = {
            "office": tx.office.name,
            "made_at": now.isoformat(),
            "profile": {**_profile(known), "consents": _consents(tx, person_id)},
            **_doors(tx, person_id),
            "cases": [_case(turn, case) for case in own],
            "messages": [_said(one) for one in owndata.said(tx, person_id)],
            "unfinished": [_plain(one.flow, one.at, one.answers) for one in owndata.unfinished(tx, person_id)],
            "files": [_file(where, record) for where, records in kept.items() for record in records],
        }
    return OwnData(person.language, tx.office.name, data, tuple(_named(kept)))


def _profile(known: owndata.Known) -> dict[str, Any]:
    return {
        "name": known.name,
        "phone": known.phone,
        "enterprise": known.enterprise,
        "language": known.language,
        "since": known.since.isoformat(),
    }


def _consents(tx: Tx, person: int) -> list[dict[str, Any]]:
    found = consents.of_person(tx, person)
    return [{"version": one.version, "words_sha256": one.words_hash, "at": one.at.isoformat()} for one in found]


def _doors(tx: Tx, person: int) -> dict[str, Any]:
    return {
        "doors": [
            {"channel": one.channel, "address": one.address, "used_at": one.used_at.isoformat()}
            for one in owndata.doors(tx, person)
        ],
        "unionids": owndata.unionids_of(tx, person),
        "directory": [
            {
                "userid": one.userid,
                "name": one.name,
                "departments": one.departments,
                "left_at": one.left_at.isoformat() if one.left_at else None,
            }
            for one in owndata.entries(tx, person)
        ],
        "roles": [
            {
                "role": menus.role_words(Role(one.role)),
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in owndata.offices(tx, person)
        ],
    }


def _case(turn: Turn, case: Case) -> dict[str, Any]:
    names = units.names(turn.tx)
    return {
        "number": case.number,
        "kind": phrases.kind_words(case),
        "status": _(phrases.STATUSES[case.status]),
        "naming": _(phrases.NAMINGS[case.naming]),
        "filed_at": case.filed_at.isoformat(),
        "facts": case.facts,
        "place": case.place,
        "enterprise": case.enterprise,
        "contact": case.contact,
        "units": [names.get(part.unit, "") for part in case.assignments],
        "receipt": f"{turn.office.url}/receipt/{case.receipt}" if case.receipt else "",
        "steps": story.steps(turn, case),
        "letters": [
            {"number": one.number, "title": one.title, "text": one.body, "at": one.made_at.isoformat()}
            for one in papers.of_case(turn.tx, case.id)
            if one.sort not in BINDING_PAPERS
        ],
        "ratings": [
            {"solved": one.solved, "level": one.level, "words": one.words, "at": one.at.isoformat()}
            for one in visits.of_case(turn.tx, case.id)
        ],
        "read_by": [
            {"at": one.at.isoformat(), "role": menus.role_words(one.role), "unit": names.get(one.unit or 0, "")}
            for one in readings.of_case(turn.tx, case.id)
        ],
    }


def _said(one: owndata.Said) -> dict[str, Any]:
    return {
        "at": one.at.isoformat(),
        "from": _("me") if one.mine else _("the office"),
        "channel": one.channel,
        "text": _words(one.message),
    }


def _words(message: Message) -> str:
    facts = (f"{label}: {value}" for label, value in message.facts)
    return "\n".join(part for part in (message.title, message.text, *facts) if part)


def _plain(flow: str, at: datetime, answers: dict[str, object]) -> dict[str, Any]:
    return {"flow": flow, "at": at.isoformat(), "answers": answers}


def _file(where: str, record: FileRecord) -> dict[str, Any]:
    return {"belongs_to": where, "name": record.name, "bytes": record.size_bytes, "sha256": record.digest}


def _named(kept: dict[str, list[FileRecord]]) -> Iterable[tuple[str, str]]:
    """Each file by its case and a number, so that two of one name do not meet."""
    for where, records in kept.items():
        for number, record in enumerate((one for one in records if one.digest), 1):
            yield f"files/{where}/{number:02d}-{_UNSAFE.sub('_', record.name)}", record.digest
