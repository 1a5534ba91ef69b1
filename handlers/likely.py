"""The unit that most likely must act on a case, from past cases and from the units' described duties."""

from __future__ import annotations

from domain.case import Case, Kind
from domain.likely import UnitTerms, grams, rank
from storage import units
from storage.transaction import Tx

#: How many units are offered as one-tap buttons.
OFFERED = 3


def terms_of(facts: str) -> dict[str, int]:
    """The terms of an account; its first line, where it has several, is its subject."""
    subject, _sep, rest = facts.partition("\n")
    return grams(rest, subject) if rest.strip() else grams(facts)


def units_for(tx: Tx, case: Case, most: int = OFFERED) -> list[tuple[int, float]]:
    """Up to `most` (unit, share), the likeliest first; the unit the owner named leads the list."""
    asked = terms_of(case.facts)
    found = rank(asked, units.duties_grams(tx), _learned(tx, asked), units.duties_sizes(tx))
    shares = dict(found)
    if case.kind is Kind.COMPLAINT:  # never offered to the unit it is about
        return [one for one in found if one[0] != case.named_unit][:most]
    if case.named_unit is not None and case.named_unit in units.names(tx):
        found = [(case.named_unit, shares.get(case.named_unit, 0.0)), *(f for f in found if f[0] != case.named_unit)]
    return found[:most]


def in_order(tx: Tx, case: Case) -> list[tuple[int, str]]:
    """Every unit with its name: the likeliest first, and last the one a complaint is about."""
    names = units.names(tx)
    first = [unit for unit, _share in units_for(tx, case)]
    accused = [case.named_unit] if case.kind is Kind.COMPLAINT and case.named_unit is not None else []
    middle = [unit for unit in names if unit not in accused]
    return [(unit, names[unit]) for unit in dict.fromkeys((*first, *middle, *accused)) if unit in names]


def _learned(tx: Tx, asked: dict[str, int]) -> dict[int, UnitTerms]:
    totals = units.learned_totals(tx)
    terms = units.learned_terms(tx, list(asked)) if totals else {}
    return {unit: UnitTerms(unit, count, terms.get(unit, {}), total) for unit, (count, total) in totals.items()}
