"""The sheets of an .xlsx file, for a file that `guard` let pass.

Read directly, not through openpyxl: of a form only its cells, merged ranges and hidden rows count, and what else a
program wrote (styles it made up, charts, rules for colours) can then neither fail nor take time.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

# The guard has refused every file that declares a document type, and with it all entities.
from xml.etree.ElementTree import Element, iterparse

from kpi.problems import DamagedWorkbook
from kpi.workbook import stored
from kpi.workbook.grid import Grid, Merge, Place, Spot
from kpi.workbook.guard import is_xml
from kpi.workbook.limits import Letters, Refused, column_of
from kpi.workbook.walk import TRUE, Sheet
from kpi.workbook.words import tidy

# A character that XML could not hold, or that looks like such a code itself.
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_INDEX = re.compile("[0-9]{1,7}")
_BOOK = "/officeDocument"
_SHEET = "/worksheet"


class _Look(NamedTuple):
    number_format: str
    moment: bool
    """It shows a number as a day or a time of day."""


class Book:
    def __init__(self, content: bytes, walked: Mapping[str, Sheet]) -> None:
        self._parts, self._walked = zipfile.ZipFile(io.BytesIO(content)), walked
        # Names of parts differ in more than their case: the guard saw to it.
        self._names = {name.casefold(): name for name in self._parts.namelist()}
        self._name = next((target for kind, target in self._related("").values() if kind.endswith(_BOOK)))
        self._relations = self._related(self._name)
        self.epoch = stored.EPOCH
        self.letters = Letters()
        self._looks: dict[str, _Look] = {}
        """Format of cells, as the cells name it -> what it shows."""
        self._sheets: list[Element] = []
        for element in self._elements(self._name):
            if _local(element) == "workbookPr" and element.get("date1904") in TRUE:
                self.epoch = stored.EPOCH_1904
            elif _local(element) == "sheet":
                self._sheets.append(element)

    def grids(self) -> Iterator[Grid]:
        cells, read = _Cells(self), set[str]()
        for sheet in self._sheets:
            relation = next((v for k, v in sheet.items() if k.endswith("}id")), "")
            kind, part = self._relations[relation]
            # What is counted once would be read once for each sheet.
            if part in read:
                raise Refused(DamagedWorkbook())
            read.add(part)
            if kind.endswith(_SHEET):
                hidden, walked = sheet.get("state", "visible") != "visible", self._walked[part]
                merges = map(_merge, walked.merges)
                yield Grid.of(sheet.get("name", ""), hidden, cells.spots(walked), merges, walked.hidden)

    def _elements(self, name: str) -> Iterator[Element]:
        if not is_xml(name):
            raise KeyError(name)
        with self._parts.open(name) as part:
            for _, element in iterparse(part):  # noqa: S314
                yield element

    def _related(self, name: str) -> dict[str, tuple[str, str]]:
        """Relation -> its kind and the part that it leads to."""
        folder, base = posixpath.split(name)
        found = {}
        for element in self._elements(posixpath.join(folder, "_rels", f"{base}.rels")):
            target = element.get("Target", "")
            part = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[element.get("Id", "")] = element.get("Type", ""), self._named(part)
        return found

    def _named(self, part: str) -> str:
        """A part as the package names it: who refers to it may write its letters as an address, or in another case."""
        return next(
            (known for name in (part, unquote(part)) if (known := self._names.get(name.casefold()))), part
        )

    def _part(self, kind: str) -> str | None:
        return next((part for found, part in self._relations.values() if found.endswith(kind)), None)

    @cached_property
    def texts(self) -> list[str]:
        part = self._part("/sharedStrings")
        found: list[str] = []
        for element in self._elements(part) if part else ():
            if _local(element) == "si":
                found.append(_text(element))
                element.clear()
        return found

    def look(self, style: str) -> _Look:
        if style not in self._looks:
            known = _INDEX.fullmatch(style) and int(style) < len(self.formats)
            number_format = self.formats[int(style)] if known else stored.GENERAL
            self._looks[style] = _Look(number_format, stored.is_moment(number_format))
        return self._looks[style]

    @cached_property
    def formats(self) -> list[str]:
        """The number format of each format of cells."""
        part = self._part("/styles")
        own: dict[int, str] = {}
        found: list[str] = []
        for element in self._elements(part) if part else ():
            tag = _local(element)
            if tag == "numFmt" and (number := element.get("numFmtId", "")).isascii() and number.isdigit():
                own[int(number)] = element.get("formatCode", stored.GENERAL)
            elif tag == "cellXfs":
                found = [_number_format(xf.get("numFmtId", "0"), own) for xf in element]
        return found


def _number_format(number: str, own: dict[int, str]) -> str:
    key = int(number) if _INDEX.fullmatch(number) else 0
    return own.get(key) or stored.BUILT_IN.get(key, stored.GENERAL)


class _Cells:
    """What cells hold, by what the file tells of them: most say what others have said."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[tuple[str, str, str], tuple[object, str, bool]] = {}

    def spots(self, sheet: Sheet) -> dict[Place, Spot]:
        known, letters = self._known, self._book.letters
        found: dict[Place, Spot] = {}
        for row, column, kind, style, content, formula in sheet.boxes:
            said = known.get((kind, style, content))
            if said is None:
                said = known[kind, style, content] = self._said(kind, style, content)
            value, number_format, broken = said
            letters.add(value)
            if value is None and formula is None:
                continue
            place = row, column
            # One of the two is not what the person sees.
            if place in found:
                raise ValueError(place)
            if formula is not None:
                formula = "=" + formula
            found[place] = Spot(row, column, value, number_format, formula, broken)
        return found

    def _said(self, kind: str, style: str, content: str) -> tuple[object, str, bool]:
        look = self._book.look(style)
        value, broken = self._value(kind, look, content)
        if isinstance(value, str) and not tidy(value):
            value = None
        return value, look.number_format, broken

    def _value(self, kind: str, look: _Look, result: str) -> tuple[object, bool]:
        """What a cell holds, and whether that is an error; what no program writes is one too."""
        if not result:
            return None, False
        if kind == "inlineStr":
            return _decoded(result), False
        result = result if kind == "str" else result.strip()
        value: object = None
        if kind == "n":
            value = self._number(look, result)
        elif kind == "s" and _INDEX.fullmatch(result) and int(result) < len(self._book.texts):
            value = self._book.texts[int(result)]
        elif kind == "str":
            value = _decoded(result)
        elif kind == "b" and result in {"0", "1"}:
            value = result == "1"
        elif kind == "d":
            value = _iso(result)
        return (result[:40], True) if value is None else (value, False)

    def _number(self, look: _Look, result: str) -> object:
        number = stored.number(result)
        if number is None or not look.moment:
            return number
        try:
            return stored.moment(number, look.number_format, self._book.epoch)
        except (OverflowError, ValueError):
            return None


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    """All its runs; how a text is read aloud (rPh) is no part of it."""
    parts = []
    for child in element:
        if _local(child) == "t":
            parts.append(child)
        elif _local(child) == "r":
            parts += [part for part in child if _local(part) == "t"]
    # An element inside a text would take a part of it away.
    if any(map(len, parts)):
        raise Refused(DamagedWorkbook())
    return _decoded("".join(part.text or "" for part in parts))


def _decoded(text: str) -> str:
    return _CODE.sub(_letter, text) if "_x" in text else text


def _letter(code: re.Match[str]) -> str:
    letter = chr(int(code[1], 16))
    # Half a letter, or a sign for machines, is left as it was written.
    return letter if letter.isprintable() or letter in "\t\n\r" else code[0]


def _iso(text: str) -> object:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _place(address: str) -> Place:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(address)
    return int(found[2]), column_of(found[1])


def _merge(ref: str) -> Merge:
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)
