"""The form of the rulebook in sections: every input with its label, its value, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from domain.case import Kind, Weight
from domain.ladder import LADDER, Anchor, Rung
from domain.rulebook import KINDS
from domain.rulebook_check import NAMED_DAYS, Fault, recipients
from handlers import phrases
from handlers.reminders import RUNG_WORDS
from handlers.rulebook import RECIPIENTS, fault_words
from handlers.rulebook_fields import DAYS, HOURS, LANGUAGE_NAMES, LIMIT_PARTS, OFFICE, Part, choices
from handlers.rulebook_form import ROWS, Values
from handlers.words import N_, TYPED, _, catalogues

#: Empty rows at the end of a list, for what is new.
SPARE_ROWS = 3


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to enter. sort: text, number, time, day, yes, language, limit, lines, many or hidden."""

    name: str
    sort: str
    label: str
    value: str = ""
    unit: str = ""
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    chosen: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is entered, as people say it."""
        names = dict(self.choices)
        if self.sort == "limit":
            return f"{self.value} {names.get(self.unit, '')}".strip()
        if self.choices:
            return phrases.listed(words for value, words in self.choices if value in self.chosen)
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs that stand together, such as those of one kind of case or of one row."""

    title: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One theme of the page. rows: its groups are rows of a list that may grow."""

    name: str
    title: str
    groups: tuple[Group, ...]
    note: str = ""
    rows: bool = False
    faults: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether there is a fault in it."""
        return bool(self.faults) or any(one.faults for group in self.groups for one in group.inputs)


class _Page:
    """The values and faults the sections are made from."""

    def __init__(self, values: Values, faults: Iterable[Fault]) -> None:
        self.values = values
        self.faults: dict[str, list[str]] = {}
        for fault in faults:
            self.faults.setdefault(fault.where, []).append(fault_words(fault))

    def wrong(self, *names: str) -> tuple[str, ...]:
        return tuple(words for name in names for words in self.faults.get(name, ()))

    def input(self, name: str, sort: str, label: str, unit: str = "", note: str = "") -> Input:
        value = self.values.get(name, "")
        if sort == "limit":
            unit = self.values.get(f"{name}.unit", "")
        offered = choices(sort)
        chosen = (value,) if offered else ()
        shown = unit if sort == "limit" or not unit else _(unit)
        told = _(note) if note else ""
        return Input(name, sort, _(label), value, shown, told, offered, chosen, self.wrong(name))

    def part(self, part: Part) -> Group:
        return Group(_(part.title), tuple(self.input(f.name, f.sort, f.label, f.unit, f.note) for f in part.fields))

    def count(self, group: str) -> int:
        """How many rows of a list have a value."""
        return len({name.split(".")[1] for name in self.values if name.startswith(f"{group}.")})


def sections(values: Values, faults: Iterable[Fault] = (), spare: int = SPARE_ROWS) -> tuple[Section, ...]:
    """The whole form. spare: so many empty rows at the end of each list."""
    page = _Page(values, faults)
    closed, wrong = tuple(_closures(page, spare)), page.wrong("closures")
    return (
        Section("office", _("The office"), (_untitled(page.part(OFFICE)),)),
        Section("hours", _("Hours"), (_untitled(page.part(HOURS)),)),
        Section("closures", _("Closed days"), closed, _(CLOSED_NOTE), rows=True, faults=wrong),
        Section("kinds", _("Limits of each kind"), tuple(_kinds(page)), faults=page.wrong("kinds")),
        Section("limits", _("Other limits"), tuple(page.part(part) for part in LIMIT_PARTS)),
        Section("rungs", _("Reminders"), tuple(_rungs(page)), _(RUNGS_NOTE)),
        _grounds(page, "refusal_grounds", _("Grounds of refusal"), spare),
        _grounds(page, "termination_grounds", _("Grounds of ending a case"), spare),
        Section("categories", _("Categories"), (_categories(page),)),
        Section("texts", _("Own words"), tuple(_texts(page)), _(TEXTS_NOTE), rows=True, faults=page.wrong("texts")),
    )


CLOSED_NOTE = N_("Days this office is closed beside the public holidays, such as a storm. Empty a row to remove it.")
RUNGS_NOTE = N_("Whom the office reminds, and when. What happens by itself when a time runs out always happens.")
TEXTS_NOTE = N_("Say a sentence of the office in your own words. Places in braces must stay. Find a sentence below.")
GROUNDS_NOTE = N_("People choose from these, and owners read them. Empty a row to remove it.")


def _untitled(group: Group) -> Group:
    return Group("", group.inputs)


def _closures(page: _Page, spare: int) -> Iterator[Group]:
    for n in range(page.count("closures") + spare):
        where = f"closures.{n}"
        day, name = page.input(f"{where}.day", "day", N_("Day")), page.input(f"{where}.name", "text", N_("Why"))
        yield Group("", (replace(day, faults=page.wrong(where)), name))


def _kinds(page: _Page) -> Iterator[Group]:
    for kind, rule in KINDS.items():
        handle = (page.input(f"kinds.{kind}.handle.{w or 'any'}", "limit", _weight_label(kind, w)) for w in rule.handle)
        accept = page.input(f"kinds.{kind}.accept", "limit", N_("Decide on acceptance within"))
        at_once = page.input(f"kinds.{kind}.answer_at_once", "yes", N_("The desk may answer it at once"))
        yield Group(_(phrases.KINDS[kind]), (accept, *handle, at_once))


def _weight_label(kind: Kind, weight: Weight | None) -> str:
    if weight is not None:
        return WEIGHT_LABELS[weight]
    return N_("Answer within") if len(KINDS[kind].handle) == 1 else N_("Answer within, where no class was chosen")


WEIGHT_LABELS: Mapping[Weight, str] = {
    Weight.SIMPLE: N_("Answer within, simple"),
    Weight.CROSS: N_("Answer within, several departments"),
    Weight.LEGACY: N_("Answer within, old matter"),
}


def _rungs(page: _Page) -> Iterator[Group]:
    for rung in LADDER:
        if rung.move:
            continue
        name = f"rungs.{rung.key}"
        days = page.input(name, "number", *_when(rung))
        on = page.input(f"{name}.on", "yes", N_("Remind"))
        to = tuple((str(one), _(RECIPIENTS[one])) for one in recipients(rung))
        chosen = tuple(page.values.get(f"{name}.to", "").split())
        whom = Input(f"{name}.to", "many", _("Remind whom"), "", choices=to, chosen=chosen)
        if rung.name in NAMED_DAYS:
            days, on = replace(days, sort="hidden"), replace(on, faults=(*days.faults, *on.faults))
        yield Group(_rung_title(rung), (days, on, whom))


def _when(rung: Rung) -> tuple[str, str]:
    """The label and unit of the days of a rung."""
    if rung.anchor is Anchor.START:
        return N_("After it began"), DAYS
    return (N_("Before the last day"), DAYS) if rung.days < 0 else (N_("After the last day"), DAYS)


def _rung_title(rung: Rung) -> str:
    terms = phrases.listed(_(phrases.TERMS[term]) for term in rung.terms)
    return f"{rung_words(rung.name)} · {terms}"


def rung_words(name: str) -> str:
    """What a rung is called."""
    return _({**RUNG_WORDS, **OWNER_RUNGS}.get(name, name))


OWNER_RUNGS = {"reminder_1": N_("first reminder"), "reminder_2": N_("second reminder")}


def _grounds(page: _Page, group: str, title: str, spare: int) -> Section:
    rows = []
    for n in range(page.count(group) + spare):
        code = page.input(f"{group}.{n}.code", "hidden", N_("Ground"))
        words = page.input(f"{group}.{n}.words", "text", N_("Ground"))
        rows.append(Group("", (code, replace(words, faults=page.wrong(f"{group}.{n}")))))
    return Section(group, title, tuple(rows), _(GROUNDS_NOTE), rows=True, faults=page.wrong(group))


def _categories(page: _Page) -> Group:
    return Group("", (page.input("categories", "lines", N_("One a line: what your office sorts its cases by")),))


def _texts(page: _Page) -> Iterator[Group]:
    for n in range(page.count("texts")):
        names = [f"texts.{n}.{part}" for part in ROWS["texts"]]
        language, key, text = (page.values.get(name, "") for name in names)
        usual = catalogues().get(language, {}).get(key, key)
        label = f"{LANGUAGE_NAMES.get(language, language)}：{usual}"
        faults = page.wrong(f"texts.{language}.{key}", f"texts.{language}")
        hidden = (Input(names[0], "hidden", "", language), Input(names[1], "hidden", "", key))
        yield Group("", (*hidden, Input(names[2], "lines", label, text, faults=faults)))


# --- what is different ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that two books say differently; "" where one says nothing of it."""

    label: str
    old: str
    new: str


def changed(old: Values, new: Values) -> tuple[Changed, ...]:
    """What differs, in the order of the page."""
    before, after = said(old), said(new)
    labels = dict.fromkeys((*before, *after))
    pairs = (Changed(label, before.get(label, ""), after.get(label, "")) for label in labels)
    return tuple(one for one in pairs if one.old != one.new)


def said(values: Values) -> dict[str, str]:
    """Everything a book says, by its label; a list is one thing."""
    found: dict[str, str] = {}
    for section in sections(values, spare=0):
        for group in section.groups:
            shown = [one for one in group.inputs if one.sort != "hidden"]
            if section.rows:
                row = " ".join(one.words for one in shown if one.words)
                found[section.title] = "\n".join(filter(None, (found.get(section.title, ""), row)))
            else:
                found |= {" · ".join(filter(None, (section.title, group.title, one.label))): one.words for one in shown}
    return found


def found_texts(words: str, most: int = 8) -> list[tuple[str, str, str]]:
    """The shortest sentences that contain these words and may be said differently: (language, key, text)."""
    wanted = words.strip().casefold()
    fits = [
        (language, key, text)
        for language, texts in catalogues().items()
        for key, text in texts.items()
        if wanted and wanted in text.casefold() and TYPED not in key
    ]
    return sorted(fits, key=lambda one: (len(one[2]), one))[:most]
