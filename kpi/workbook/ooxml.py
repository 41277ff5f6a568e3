"""The sheets of an .xlsx file, for a file that `guard` let pass.

Read directly, not through openpyxl: of a form only its cells, merged ranges and hidden rows count, and what else a
program wrote (styles it made up, charts, rules for colours) can then neither fail nor take time.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import IO, NamedTuple

# The guard has refused every file that declares a document type, and with it all entities.
from xml.etree.ElementTree import Element, iterparse

from kpi.workbook import stored
from kpi.workbook.grid import Grid, Merge, Place, Spot
from kpi.workbook.guard import is_xml
from kpi.workbook.limits import Letters, column_of
from kpi.workbook.words import tidy

# A character that XML could not hold, or that looks like such a code itself.
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_INDEX = re.compile("[0-9]{1,7}")
_TRUE = frozenset({"1", "true"})
_BOOK = "/officeDocument"
_SHEET = "/worksheet"


class _Look(NamedTuple):
    number_format: str
    moment: bool
    """It shows a number as a day or a time of day."""


class Book:
    def __init__(self, content: bytes) -> None:
        self._parts = zipfile.ZipFile(io.BytesIO(content))
        self._name = next((target for kind, target in self._related("").values() if kind.endswith(_BOOK)))
        self._relations = self._related(self._name)
        self.epoch = stored.EPOCH
        self.letters = Letters()
        self.looks: dict[str, _Look] = {}
        """Format of cells, as the cells name it -> what it shows."""
        self._sheets: list[Element] = []
        for element in self._elements(self._name):
            if _local(element) == "workbookPr" and element.get("date1904") in _TRUE:
                self.epoch = stored.EPOCH_1904
            elif _local(element) == "sheet":
                self._sheets.append(element)

    def grids(self) -> Iterator[Grid]:
        for sheet in self._sheets:
            relation = next((v for k, v in sheet.items() if k.endswith("}id")), "")
            kind, part = self._relations[relation]
            if kind.endswith(_SHEET):
                hidden = sheet.get("state", "visible") != "visible"
                yield _Sheet(self, part).grid(sheet.get("name", ""), hidden)

    def open(self, name: str) -> IO[bytes]:
        if not is_xml(name):
            raise KeyError(name)
        return self._parts.open(name)

    def _elements(self, name: str) -> Iterator[Element]:
        with self.open(name) as part:
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
            found[element.get("Id", "")] = element.get("Type", ""), part
        return found

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
        """What `looks` keeps from then on."""
        known = _INDEX.fullmatch(style) and int(style) < len(self.formats)
        number_format = self.formats[int(style)] if known else stored.GENERAL
        self.looks[style] = _Look(number_format, stored.is_moment(number_format))
        return self.looks[style]

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


class _Sheet:
    def __init__(self, book: Book, part: str) -> None:
        self._book, self._part = book, part
        self._row = self._column = 0
        self._spots: dict[Place, Spot] = {}
        self._merges: list[Merge] = []
        self._hidden: set[int] = set()

    def grid(self, title: str, hidden: bool) -> Grid:
        with self._book.open(self._part) as part:
            for _, element in iterparse(part):  # noqa: S314
                if element.tag.endswith("}row"):
                    self._read_row(element)
                    element.clear()
                elif element.tag.endswith("}mergeCell"):
                    self._merges.append(_merge(element.get("ref", "")))
        return Grid.of(title, hidden, self._spots, self._merges, self._hidden)

    def _read_row(self, row: Element) -> None:
        number = row.get("r")
        self._row = int(number) if number else self._row + 1
        self._column = 0
        for element in row:
            if _local(element) == "c":
                self._read_cell(element)
        if row.get("hidden") in _TRUE:
            self._hidden.add(self._row)

    def _read_cell(self, cell: Element) -> None:
        if address := cell.get("r"):
            self._row, self._column = _place(address)
        else:
            self._column += 1
        result = formula = inline = None
        for child in cell:
            tag = child.tag
            if tag.endswith("}v"):
                result = child.text
            elif tag.endswith("}f"):
                formula = "=" + (child.text or "")
            elif tag.endswith("}is"):
                inline = _text(child)
        style = cell.get("s", "0")
        look = self._book.looks.get(style) or self._book.look(style)
        value, broken = self._value(cell.get("t", "n"), look, result, inline)
        self._book.letters.add(value)
        if isinstance(value, str) and not tidy(value):
            value = None
        if value is None and formula is None:
            return
        place = self._row, self._column
        # One of the two is not what the person sees.
        if place in self._spots:
            raise ValueError(cell.get("r"))
        self._spots[place] = Spot(*place, value, look.number_format, formula, broken)

    def _value(self, kind: str, look: _Look, result: str | None, inline: str | None) -> tuple[object, bool]:
        """What a cell holds, and whether that is an error; what no program writes is one too."""
        if kind == "inlineStr":
            return inline, False
        if not result:
            return None, False
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
    runs = []
    for child in element:
        if _local(child) == "t":
            runs.append(child.text or "")
        elif _local(child) == "r":
            runs += [part.text or "" for part in child if _local(part) == "t"]
    return _decoded("".join(runs))


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
    top, bottom = _place(first), _place(last or first)
    return (*top, *bottom)
