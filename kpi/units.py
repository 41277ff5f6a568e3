"""The units of a province on a day, and the strict reading of their names (domain: "Units").

Names are compared word by word. A word's key ignores case, composition, punctuation and where in its syllable the
tone mark stands; a looser key also ignores every accent, and is never said to be exact. Edit distance only suggests.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Self

from kpi.model import Fault, FaultyFileError, Level, Unit

Encoding = Literal["TCVN3", "VNI"]
Words = tuple[str, ...]
Scope = Callable[[Unit], bool]
_Table = dict[Words, list[Unit]]


# With its office before it and its district behind it, no unit's name is half as long.
LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Match:
    """What a written name means: one unit, several candidates, or none and a hint why."""

    unit: Unit | None = None
    exact: bool = False
    """False when it was read through an alias, without accents, or against its kind word."""
    candidates: tuple[Unit, ...] = ()
    suggestions: tuple[Unit, ...] = ()
    since: date | None = None
    """The name exists only from this later day."""
    encoding: Encoding | None = None
    """The text looks typed in this old code page."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling of the unit that has `code` while the alias is valid."""

    code: str
    text: str
    valid_from: date
    valid_to: date | None = None

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Units:
    """The units of one province on one day. Every tuple is in the order of the code."""

    def __init__(self, day: date, province: Unit, units: Iterable[Unit], directory: Directory) -> None:
        self.day = day
        self.province = province
        self._units = {unit.code: unit for unit in sorted(units, key=_by_level_and_code)}
        self._children: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._units.values():
            if unit.parent is not None:
                self._children[unit.parent].append(unit)
        self._directory = directory

    def __contains__(self, code: object) -> bool:
        return code in self._units

    def __iter__(self) -> Iterator[Unit]:
        """By level from the province down, then by code."""
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def get(self, code: str) -> Unit:
        """Raise KeyError for a code that is no unit of this province on this day."""
        return self._units[code]

    def coded(self, text: str) -> Unit | None:
        """Read a code as Excel may have mangled it: "60", "60.0" and "060" are one district."""
        code = re.sub(r"\.0+$", "", text.strip()).upper()
        padded = [code, *(code.zfill(width) for width in (2, 3, 5) if code.isdecimal())]
        found = {c: self._units[c] for c in padded if c in self._units}
        return found.get(code) or (next(iter(found.values())) if len(found) == 1 else None)

    def children(self, code: str) -> tuple[Unit, ...]:
        return tuple(self._children.get(code, ()))

    def below(self, code: str, level: Level) -> tuple[Unit, ...]:
        """The units of a level under a unit, without the unit itself."""
        found = []
        for child in self._children.get(code, ()):
            if child.level == level:
                found.append(child)
            found.extend(self.below(child.code, level))
        return tuple(found)

    def at(self, level: Level) -> tuple[Unit, ...]:
        return tuple(unit for unit in self if unit.level == level)

    def parent(self, unit: Unit) -> Unit | None:
        return None if unit.parent is None else self._units.get(unit.parent)

    def path(self, code: str) -> tuple[Unit, ...]:
        """From the province down to the unit itself."""
        unit: Unit | None = self.get(code)
        found = []
        while unit is not None:
            found.append(unit)
            unit = self.parent(unit)
        return tuple(reversed(found))

    def knows(self, text: str) -> bool:
        """Whether any unit here bears the name; cheaper than `match`, which also looks for a reason why not."""
        return len(text) <= LONGEST_TEXT and self._names.find(text, _anything) is not None

    def match(
        self, text: str, *, levels: Collection[Level] | None = None, within: str | None = None
    ) -> Match:
        """Read a written name, among the units of `levels` at or under the unit `within`.

        A kind word that was written decides between units of one name; only a name that exists neither today nor
        later is read against its kind word.
        """
        if len(text) > LONGEST_TEXT:
            return Match()
        scope = self._scope(levels, within)
        if found := self._names.find(text, scope) or self._in_context(text, scope):
            return found
        anywhere = self._names.find(text, _anything)
        if anywhere is None and (since := self._later.since(text)):
            return Match(since=since)
        if found := self._names.find(text, scope, kinds=False):
            return found
        if anywhere is not None:
            return Match(suggestions=_units_of(anywhere))
        return Match(suggestions=self._names.suggest(text, scope), encoding=old_encoding(text))

    def _scope(self, levels: Collection[Level] | None, within: str | None) -> Scope:
        def scope(unit: Unit) -> bool:
            if levels is not None and unit.level not in levels:
                return False
            return within is None or any(above.code == within for above in self.path(unit.code))

        return scope

    def _in_context(self, text: str, scope: Scope) -> Match | None:
        """A name that is followed by the unit above it, as in "name, district" or "name (district)"."""
        mark = re.search(r"[,;(]|\s[-–]\s", text)
        if mark is None:
            return None
        head, tail = text[: mark.start()], text[mark.end() :]
        above = self._names.find(tail, _may_stand_above) or self._in_context(tail, _may_stand_above)
        if above is None or above.unit is None:
            return None
        inside = self._scope(None, above.unit.code)
        found = self._names.find(head, lambda u: scope(u) and inside(u) and u != above.unit)
        if found and found.unit:
            return Match(found.unit, exact=found.exact and above.exact)
        return found

    @cached_property
    def _names(self) -> _Names:
        aliases = (a for a in self._directory.aliases if a.on(self.day))
        return _Names(self, aliases, self._directory)

    @cached_property
    def _later(self) -> _Names:
        """Names that come into being later, in this province or in what its units become."""
        codes = {new for unit in self for new in self._directory.successors.get(unit.code, ())} | set(
            self._units
        )
        later = (u for u in self._directory.units if u.valid_from > self.day)
        parents = {self.province.code, *self._units}
        return _Names((u for u in later if u.code in codes or u.parent in parents), (), self._directory)


@dataclass(frozen=True, eq=False)
class Directory:
    """All units there ever were, each with the days it is valid, and the words around their names."""

    units: tuple[Unit, ...]
    aliases: tuple[Alias, ...] = ()
    kind_words: Mapping[Words, frozenset[str]] = field(default_factory=dict)
    office_words: frozenset[Words] = frozenset()
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Code before a reorganisation of the whole country -> codes after it."""
    _snapshots: dict[tuple[str, int], Units] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raise FaultyFileError when any unit file is wrong."""
        files = _Files(folder)
        if files.faults:
            raise FaultyFileError(folder, files.faults)
        return cls(
            tuple(files.units),
            tuple(files.aliases),
            files.kind_words,
            frozenset(files.office_words),
            files.successors,
        )

    def on(self, day: date, province: str) -> Units:
        """The units of a province on a day; KeyError when there is no such province then."""
        era = sum(change <= day for change in self._changes)
        known = self._snapshots.get((province, era))
        if known is None:
            known = self._snapshots[province, era] = self._snapshot(day, province)
        return known

    @cached_property
    def _changes(self) -> frozenset[date]:
        """The days on which any unit begins, or has just ended."""
        days = [(x.valid_from, x.valid_to) for x in self.units] + [
            (x.valid_from, x.valid_to) for x in self.aliases
        ]
        return frozenset(start for start, _ in days) | {end + timedelta(days=1) for _, end in days if end}

    def _snapshot(self, day: date, province: str) -> Units:
        children: dict[str | None, list[Unit]] = defaultdict(list)
        for unit in self.units:
            if unit.on(day):
                children[unit.parent].append(unit)
        top = next((u for u in children[None] if u.code == province), None)
        if top is None:
            raise KeyError(province)
        found, waiting = [], [top]
        while waiting:
            unit = waiting.pop()
            found.append(unit)
            waiting.extend(children[unit.code])
        return Units(day, top, found, self)


def check(folder: Path) -> list[Fault]:
    """Everything that is wrong in the unit files."""
    return _Files(folder).faults


class _Names:
    """Names of units by their keys, from the strictest to the loosest."""

    def __init__(self, units: Iterable[Unit], aliases: Iterable[Alias], directory: Directory) -> None:
        self._strict: _Table = defaultdict(list)
        self._alias: _Table = defaultdict(list)
        self._by_sound: _Table = defaultdict(list)
        self._bare: _Table = defaultdict(list)
        self._glued: _Table = defaultdict(list)
        self._prefixes = _Prefixes(directory.kind_words, directory.office_words)
        self._levels: dict[str, set[Level]] = defaultdict(set)
        by_code: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            self._levels[unit.kind].add(unit.level)
            by_code[unit.code].append(unit)
            words = _words(unit.name)
            self._strict[words].append(unit)
            self._by_sound[_sound(words)].append(unit)
            self._add_loosely(words, unit)
        for alias in aliases:
            for unit in by_code[alias.code]:
                self._add_alias(alias, unit)

    def _add_loosely(self, words: Words, unit: Unit) -> None:
        for table, key in (self._bare, _bare(words)), (self._glued, _glue(words)):
            if unit not in table[key]:
                table[key].append(unit)

    def _add_alias(self, alias: Alias, unit: Unit) -> None:
        """As it stands, and without a kind word that is the unit's own."""
        words = _words(alias.text)
        names = [r.words for r in self._prefixes.readings(words) if unit.kind in r.kinds]
        for name in dict.fromkeys((words, *names)):
            self._alias[name].append(unit)
            self._add_loosely(name, unit)

    def find(self, text: str, scope: Scope, *, kinds: bool = True) -> Match | None:
        """The first table that knows the name decides; without `kinds`, a unit of the kind's level will do."""
        words = _words(text)
        if not words:
            return None
        for table, key, accentless in (
            (self._strict, _same, False),
            (self._alias, _same, False),
            (self._by_sound, _sound, False),
            (self._bare, _bare, True),
            (self._glued, _glue, True),
        ):
            exact = kinds and (table is self._strict or table is self._by_sound)
            for reading in self._prefixes.readings(words, accentless=accentless):
                hits = table.get(key(reading.words), ())
                hits = [u for u in hits if self._agrees(u, reading, kinds=kinds) and scope(u)]
                if hits:
                    return Match(hits[0], exact=exact) if len(hits) == 1 else Match(candidates=tuple(hits))
        return None

    def _agrees(self, unit: Unit, reading: _Reading, *, kinds: bool) -> bool:
        if not reading.kinds or unit.kind in reading.kinds:
            return True
        return not kinds and any(unit.level in self._levels.get(kind, ()) for kind in reading.kinds)

    def since(self, text: str) -> date | None:
        """The first day a unit of this name exists."""
        found = self.find(text, _anything)
        return None if found is None else min(unit.valid_from for unit in _units_of(found))

    def suggest(self, text: str, scope: Scope) -> tuple[Unit, ...]:
        """Up to three units whose names look like it."""
        readings = self._prefixes.readings(_words(text), accentless=True)
        if not readings:
            return ()
        last = readings[-1]
        names: dict[str, list[Unit]] = {}
        for key, units in self._bare.items():
            if alike := [u for u in units if scope(u) and self._agrees(u, last, kinds=False)]:
                names[" ".join(key)] = alike
        near = difflib.get_close_matches(" ".join(_bare(last.words)), names, 3, 0.6)
        return tuple(dict.fromkeys(unit for name in near for unit in names[name]))[:3]


class _Reading(NamedTuple):
    kinds: frozenset[str]
    """The kinds its kind word may stand for; none when no kind word was written."""
    words: Words


class _Prefixes:
    """The words that may stand before a unit's name: an office of it, its kind."""

    def __init__(self, kinds: Mapping[Words, frozenset[str]], offices: Collection[Words]) -> None:
        self._kinds = kinds
        self._offices = frozenset(offices)
        self._bare_kinds: dict[Words, frozenset[str]] = {}
        for words, meant in kinds.items():
            self._bare_kinds[_bare(words)] = self._bare_kinds.get(_bare(words), frozenset()) | meant
        self._bare_offices = frozenset(_bare(words) for words in offices)
        self._longest = max((len(w) for w in (*kinds, *offices)), default=0)

    def readings(self, words: Words, *, accentless: bool = False) -> list[_Reading]:
        """Every way to read the words, from the whole to what remains without office and kind.

        An accent is believed: only a prefix that was itself written without accents is also read without them,
        since a name may look like a kind word once its accents are gone. The other way round, a kind word that was
        written in full is then no part of the name.
        """
        found = []
        rest: Words = words
        while rest:
            kinds, name = self._kind(rest, accentless=accentless)
            written = rest[: len(rest) - len(name)]
            if not (accentless and written in self._kinds):
                found.append(_Reading(frozenset(), rest))
            if kinds:
                found.append(_Reading(kinds, name))
            rest = self._without_office(rest, accentless=accentless)
        return found

    def _kind(self, words: Words, *, accentless: bool) -> tuple[frozenset[str], Words]:
        for head in self._heads(words):
            kinds = self._kinds.get(head)
            if kinds is None and accentless and head == _bare(head):
                kinds = self._bare_kinds.get(head)
            if kinds:
                return kinds, words[len(head) :]
        return frozenset(), words

    def _without_office(self, words: Words, *, accentless: bool) -> Words:
        for head in self._heads(words):
            if head in self._offices or (accentless and head == _bare(head) and head in self._bare_offices):
                return words[len(head) :]
        return ()

    def _heads(self, words: Words) -> Iterator[Words]:
        """What may be a prefix, the longest first; something is always left."""
        return (words[:length] for length in range(min(self._longest, len(words) - 1), 0, -1))


_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
# The Icelandic and African capitals look just like the Vietnamese one and are typed for it.
_LOOK_ALIKES = str.maketrans("ðɖ", "đđ")


# The same names stand in the sheets of every quarter.
@lru_cache(maxsize=8192)
def _words(text: str) -> Words:
    """Strict keys of the words of a text; "H.Ba" is two words, "P1" is two, "01" and "1.0" are "1"."""
    text = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    text = re.sub(r"\b(\d+)\.0+\b", r"\1", text).casefold().replace("&", " và ").translate(_LOOK_ALIKES)
    return tuple(_strict(word) for word in re.findall(r"\d+|(?:[^\W\d_]|[\u0300-\u036f])+", text))


def _strict(word: str) -> str:
    """The word with its tone marks at its end, so that it does not matter which vowel they stood on."""
    if word.isdecimal():
        return word.lstrip("0") or "0"
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(c for c in parts if c not in _TONES)
    return unicodedata.normalize("NFC", letters) + "".join(c for c in parts if c in _TONES)


def _same(words: Words) -> Words:
    return words


def _sound(words: Words) -> Words:
    """With i for y wherever they spell one sound: after a consonant or "qu", at the syllable's end."""
    return tuple(re.sub(r"^([bcdđghklmnprstvx]*|qu)y(?=\W*$)", r"\1i", word) for word in words)


def _bare(words: Words) -> Words:
    """Without any accent."""
    decomposed = (unicodedata.normalize("NFD", word) for word in _sound(words))
    return tuple("".join(c for c in w if not unicodedata.combining(c)).replace("đ", "d") for w in decomposed)


def _glue(words: Words) -> Words:
    return ("".join(_bare(words)),)


def _anything(_: Unit) -> bool:
    return True


def _may_stand_above(unit: Unit) -> bool:
    return unit.level in (Level.PROVINCE, Level.DISTRICT)


def _units_of(match: Match) -> tuple[Unit, ...]:
    return match.candidates or ((match.unit,) if match.unit else ())


def _by_level_and_code(unit: Unit) -> tuple[int, str]:
    return list(Level).index(unit.level), unit.code


# What the old code pages are full of and Vietnamese in Unicode never has: a letter, or a letter after that vowel.
_TCVN3 = re.compile("[§¨«¬®±µ¶·¸¹»¼½¾¿]")
_VNI = re.compile("[ÄÅÆÇËÎÏÑÖØÛÜäåæçëîïñöøûü]|[aA][ÀÁÂÃÈÉÊÙÚàáâãèéêùú]|[oO][ÂÙâù]")


def old_encoding(text: str) -> Encoding | None:
    """The old code page in which a text looks typed."""
    text = unicodedata.normalize("NFC", text)
    if not re.search("[a-zA-Z]", text):
        return None
    return "TCVN3" if _TCVN3.search(text) else "VNI" if _VNI.search(text) else None


_UNIT_COLUMNS = ("code", "name", "kind", "level", "parent", "valid_from", "valid_to")
_COLUMNS = {
    "aliases.csv": ("code", "alias", "valid_from", "valid_to"),
    "changes.csv": ("effective", "act", "old_code", "old_name", "new_code", "new_name", "how"),
    "kind_words.csv": ("kind", "word"),
    "office_words.csv": ("word",),
    "successors.csv": ("effective", "old_code", "new_code", "new_name", "new_province_code"),
}
_MAY_BE_EMPTY = frozenset({"kind", "parent", "valid_to"})
_DATES = frozenset({"valid_from", "valid_to", "effective"})
_ABOVE = {
    Level.PROVINCE: frozenset[Level](),
    Level.DISTRICT: frozenset({Level.PROVINCE}),
    Level.COMMUNE: frozenset({Level.PROVINCE, Level.DISTRICT}),
    Level.AGENCY: frozenset({Level.PROVINCE}),
}


class _Row(NamedTuple):
    path: Path
    line: int
    cells: dict[str, str]

    def fault(self, column: str, reason: str, *facts: str) -> Fault:
        return Fault(self.path, column, self.cells.get(column, ""), reason, line=self.line, facts=facts)

    def day(self, column: str) -> date | None:
        return date.fromisoformat(self.cells[column]) if self.cells[column] else None

    def start(self, column: str) -> date:
        return date.fromisoformat(self.cells[column])

    def faults(self) -> Iterator[Fault]:
        """What is wrong in the row alone."""
        for column, text in self.cells.items():
            if not text:
                if column not in _MAY_BE_EMPTY:
                    yield self.fault(column, "missing")
            elif column in _DATES and not _is_date(text):
                yield self.fault(column, "not_date")
            elif column == "level" and text not in {*Level}:
                yield self.fault(column, "not_one_of", *Level)


class _Files:
    """All unit files of a folder, and everything wrong in them. A file with any other name is a list of units."""

    def __init__(self, folder: Path) -> None:
        self.faults: list[Fault] = []
        rows = {path.name: self._read(path) for path in sorted(folder.glob("*.csv"))}
        lists = [row for name in rows if name not in _COLUMNS for row in rows[name]]
        if not rows.keys() - _COLUMNS.keys():
            self.faults.append(Fault(folder, "", "", "no_units"))
        self.kind_words: dict[Words, frozenset[str]] = {}
        for row in rows.get("kind_words.csv", ()):
            words = _words(row.cells["word"])
            self.kind_words[words] = self.kind_words.get(words, frozenset()) | {row.cells["kind"]}
        self.office_words = {_words(row.cells["word"]) for row in rows.get("office_words.csv", ())}
        self._lines: dict[tuple[str, date], _Row] = {}
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        for row in lists:
            self._add_unit(row)
        for same in self._by_code.values():
            same.sort(key=lambda unit: unit.valid_from)
        self.units = [unit for same in self._by_code.values() for unit in same]
        for unit in self.units:
            self._check_validity(unit)
            self._check_parent(unit)
        self.aliases = [a for row in rows.get("aliases.csv", ()) for a in self._alias(row)]
        self.successors = self._successors(rows.get("successors.csv", ()))
        for row in rows.get("changes.csv", ()):
            self._check_known(row, "old_code", row.start("effective") - timedelta(days=1))
            self._check_known(row, "new_code", row.start("effective"))

    def _read(self, path: Path) -> list[_Row]:
        """The rows that can be used."""
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.faults.append(Fault(path, "", content[error.start : error.end].hex(), "not_utf8", line=line))
            return []
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows: list[tuple[int, list[str]]] = []
        line = 1
        try:
            for cells in reader:
                rows.append((line, [cell.strip() for cell in cells]))
                line = reader.line_num + 1
        except csv.Error as error:
            self.faults.append(Fault(path, "", str(error), "broken_csv", line=line))
        return list(self._sound_rows(path, rows))

    def _sound_rows(self, path: Path, rows: list[tuple[int, list[str]]]) -> Iterator[_Row]:
        columns = _COLUMNS.get(path.name, _UNIT_COLUMNS)
        header = rows[0][1] if rows else []
        wrong = [
            Fault(path, c, c, "unknown_column", line=1, facts=columns) for c in header if c not in columns
        ]
        wrong += [Fault(path, c, "", "missing_column", line=1) for c in columns if c not in header]
        self.faults += wrong
        for line, cells in rows[1:] if not wrong else []:
            row = _Row(path, line, dict(zip(header, cells, strict=False)))
            faults = list(row.faults())
            if any(cells) and len(cells) != len(header):
                faults = [
                    Fault(path, "", len(cells), "wrong_cell_count", line=line, facts=(str(len(header)),))
                ]
            if any(cells):
                self.faults += faults
                if not faults:
                    yield row

    def _add_unit(self, row: _Row) -> None:
        cells = row.cells
        unit = Unit(
            cells["code"],
            cells["name"],
            cells["kind"],
            Level(cells["level"]),
            cells["parent"] or None,
            row.start("valid_from"),
            row.day("valid_to"),
        )
        key = unit.code, unit.valid_from
        if key in self._lines:
            self.faults.append(row.fault("code", "duplicate_unit", _place(self._lines[key])))
            return
        if unit.kind and not any(unit.kind in kinds for kinds in self.kind_words.values()):
            self.faults.append(row.fault("kind", "unknown_kind"))
        self._lines[key] = row
        self._by_code[unit.code].append(unit)

    def _check_validity(self, unit: Unit) -> None:
        row = self._lines[unit.code, unit.valid_from]
        if unit.valid_to and unit.valid_to < unit.valid_from:
            self.faults.append(row.fault("valid_to", "ends_before_it_begins", unit.valid_from.isoformat()))
        for other in self._by_code[unit.code]:
            if other.valid_from < unit.valid_from and other.on(unit.valid_from):
                place = _place(self._lines[other.code, other.valid_from])
                self.faults.append(row.fault("valid_from", "overlaps", unit.code, place))

    def _check_parent(self, unit: Unit) -> None:
        row = self._lines[unit.code, unit.valid_from]
        above = [u for u in self._by_code.get(unit.parent or "", ()) if u.on(unit.valid_from)]
        if unit.parent is None:
            if unit.level != Level.PROVINCE:
                self.faults.append(row.fault("parent", "missing"))
        elif unit.parent not in self._by_code:
            self.faults.append(row.fault("parent", "unknown_unit"))
        elif not above:
            self.faults.append(row.fault("parent", "not_valid_then", unit.valid_from.isoformat()))
        elif above[0].level not in _ABOVE[unit.level]:
            self.faults.append(row.fault("parent", "wrong_level_above", above[0].level, unit.level))

    def _alias(self, row: _Row) -> Iterator[Alias]:
        if self._check_known(row, "code", row.start("valid_from")):
            cells = row.cells
            yield Alias(cells["code"], cells["alias"], row.start("valid_from"), row.day("valid_to"))

    def _successors(self, rows: Iterable[_Row]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            old, new = row.cells["old_code"], row.cells["new_code"]
            self._check_known(row, "old_code", row.start("effective") - timedelta(days=1))
            self._check_known(row, "new_code", row.start("effective"))
            found[old] = (*found.get(old, ()), new)
        return found

    def _check_known(self, row: _Row, column: str, day: date) -> bool:
        code = row.cells[column]
        known = any(unit.on(day) for unit in self._by_code.get(code, ()))
        if not known:
            reason = "not_valid_then" if code in self._by_code else "unknown_unit"
            self.faults.append(
                row.fault(column, reason, *([day.isoformat()] if code in self._by_code else []))
            )
        return known


def _place(row: _Row) -> str:
    return f"{row.path.name}:{row.line}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
