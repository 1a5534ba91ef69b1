"""Fills an empty database with the demo county: its units, a key project, and the sample people with their roles."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.demo_people import SAMPLES, Sample, address_of
from domain.case import UNIT_ROLES, Role
from domain.likely import grams
from handlers.flows.consent import CONSENT
from storage import people, units
from storage.tables import people as people_table
from storage.transaction import Tx

UNITS = Path(__file__).parent / "demo_office.toml"
PROJECT = "衡岳印章产业园"
_ANYBODY = select(people_table.c.id).limit(1)


def is_demo(tx: Tx) -> bool:
    """Whether this database holds the demo: nobody in earnest has an address of a sample person."""
    return people.find(tx, "web", address_of(SAMPLES[0].person)) is not None


def is_real(tx: Tx) -> bool:
    """Whether this database holds an office in earnest, which the demo must never open."""
    return not is_demo(tx) and bool(units.every(tx) or tx.first(_ANYBODY))


def fill(tx: Tx, now: datetime) -> None:
    """Add everything the demo needs; a database that has units is left as it is."""
    if units.every(tx):
        return
    for row in tomllib.loads(UNITS.read_text(encoding="utf-8"))["unit"]:
        duties = " ".join(row["duties"].split())
        units.save(tx, row["code"], row["short"], row["phone"], duties, grams(row["duties"], row["name"]))
    project = units.add_project(tx, PROJECT)
    for sample in SAMPLES:
        _add(tx, sample, project, now)


def _add(tx: Tx, sample: Sample, project: int, now: datetime) -> None:
    language = tx.office.language
    _address, person = people.meet(
        tx, "web", address_of(sample.person), language, now, name=sample.name, group=sample.group
    )
    if person is None:
        return
    people.change(tx, person.id, enterprise=sample.enterprise, phone=sample.phone)
    if sample.roles:
        people.change(tx, person.id, consented=CONSENT, consented_at=now)
    for role in sample.roles:
        _give(tx, person.id, role, project, now)


def _give(tx: Tx, person: int, role: Role, project: int, now: datetime) -> None:
    if role in UNIT_ROLES:
        for unit in units.every(tx):
            people.give_role(tx, person, role, now, unit.id)
    else:
        people.give_role(tx, person, role, now, None, project if role is Role.INSPECTOR else None)
