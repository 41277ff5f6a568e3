"""The XML parts of an .xlsx file, walked once: whatever is too much ends it, and what stands in the sheets is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Literal
from xml.parsers import expat

from kpi.model import Cell
from kpi.problems import DamagedWorkbook, OtherFormat, TooMany, TooManyRows, UnpacksTooLarge
from kpi.workbook.limits import (
    DEEPEST,
    LONGEST_CODE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_ATTRIBUTES,
    MOST_ATTRIBUTES_IN_ALL,
    MOST_CELLS,
    MOST_CODES,
    MOST_COLUMNS,
    MOST_ELEMENTS,
    MOST_FORMATS,
    MOST_MERGES,
    MOST_NAMES,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXTS,
    Refused,
    address_of,
    column_of,
)

Box = tuple[int, int, str, str, str, str | None]
"""Row, column, type, style, content and formula of a cell, as the file tells them; no formula is None."""

Attributes = Mapping[str, str]

TRUE = frozenset({"1", "true"})
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_LETTERS = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_DIGITS = "0123456789"
# Of no element: neither it nor what stands one deeper.
_OUTSIDE = -2
# Where rows stand in a worksheet, texts in their list and formats of cells in theirs: a parser of one program would
# take them from deeper, or from elsewhere, and that of another not.
_DATA_DEPTH, _TEXT_DEPTH, _TITLE_DEPTH, _FORMAT_DEPTH = 2, 2, 3, 3


@dataclass(slots=True)
class Sheet:
    boxes: list[Box] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    """Numbers of rows."""


class Walk:
    """Counts over all XML parts of a workbook, and its worksheets by the names of their parts."""

    def __init__(self) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.named = 0
        """How many sheets the workbook says it has."""
        self._elements = self._attributes = self._cells = self._merges = 0
        self._formats = self._codes = self._texts = 0
        self._names: dict[str, str] = {}
        """Of all elements and attributes; the parser keeps it, so that counting them costs nothing."""
        self._titles: dict[str, str] = {}
        """Relation -> title of a sheet."""
        self._targets: dict[str, str] = {}
        """Last part of a name -> relation."""
        self._watched: Mapping[str, Mapping[str, Callable[[Attributes], None]]] = {
            "worksheet": {
                "sheetData": self._data,
                "AlternateContent": self._alternative,
                "c": self._cell,
                "v": partial(self._value, "v"),
                "f": partial(self._value, "f"),
                "is": self._inline,
                "r": self._run,
                "t": self._inline_text,
                "row": self._new_row,
                "mergeCell": self._merge,
            },
            "workbook": {"sheet": self._sheet_name},
            "Relationships": {"Relationship": self._relation},
            "styleSheet": {
                "numFmt": self._code,
                "xf": self._format,
                "AlternateContent": self._alternative_format,
            },
            "sst": {"si": self._shared_text, "AlternateContent": self._damaged},
        }
        """Root of a part -> the elements that count in it."""
        self._begin("")

    def _begin(self, name: str) -> None:
        self._name, self._sheet = name, Sheet()
        self._watchers: Mapping[str, Callable[[Attributes], None]] = {}
        self._depth = self._length = self._row = self._column = 0
        self._row_number = self._taking = ""
        self._formula: str | None = None
        # How deep the elements lie that are open.
        self._in_data = self._in_row = self._in_cell = self._in_inline = self._in_run = _OUTSIDE

    def parser(self, name: str) -> expat.XMLParserType:
        """What a part is fed to, piece by piece, before the next is begun."""
        self._begin(name)
        parser = expat.ParserCreate(intern=self._names)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._damaged
        return parser

    def check_names(self) -> None:
        """Between the pieces of a part: none holds too many names to bear."""
        if len(self._names) > MOST_NAMES:
            raise Refused(DamagedWorkbook())

    def drop(self) -> None:
        """What was seen of a part that breaks off."""
        self.sheets.pop(self._name, None)

    def _damaged(self, *_: object) -> None:
        raise Refused(DamagedWorkbook())

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._length = 0
        self._depth = depth = self._depth + 1
        self._elements += 1
        self._attributes += len(attributes)
        # An element inside a value would take a part of it away.
        if depth > DEEPEST or len(attributes) > MOST_ATTRIBUTES or self._taking:
            raise Refused(DamagedWorkbook())
        if self._elements > MOST_ELEMENTS or self._attributes > MOST_ATTRIBUTES_IN_ALL:
            raise Refused(UnpacksTooLarge())
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if depth == 1:
            self._root(tag, attributes)
        elif watcher := self._watchers.get(tag):
            watcher(attributes)

    def _root(self, tag: str, attributes: Attributes) -> None:
        self._watchers = self._watched.get(tag, {})
        if tag == "workbook" and _STRICT in attributes.values():
            raise Refused(OtherFormat("strict"))
        if tag == "worksheet":
            self.sheets[self._name] = self._sheet

    def _end(self, _: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        self._length = 0
        self._taking = ""
        if depth == self._in_cell:
            self._in_cell = _OUTSIDE
            content = self._inlined if self._kind == "inlineStr" else self._content
            if content or self._formula is not None:
                box = self._row, self._column, self._kind, self._style, content, self._formula
                self._sheet.boxes.append(box)
        elif depth == self._in_row:
            self._in_row = _OUTSIDE
        elif depth == self._in_data:
            self._in_data = _OUTSIDE
        elif depth == self._in_inline:
            self._in_inline = _OUTSIDE
        elif depth == self._in_run:
            self._in_run = _OUTSIDE

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise Refused(UnpacksTooLarge())
        if self._taking == "v":
            self._content += text
        elif self._taking == "f":
            self._formula = (self._formula or "") + text
        elif self._taking == "t":
            self._inlined += text

    # A worksheet.

    def _data(self, _: Attributes) -> None:
        if self._depth != _DATA_DEPTH:
            raise Refused(DamagedWorkbook())
        self._in_data = self._depth

    def _alternative(self, _: Attributes) -> None:
        """Of cells there are no two versions: whichever was read, another program would show the other."""
        if self._in_data != _OUTSIDE:
            raise Refused(DamagedWorkbook())

    def _is_child(self, parent: int) -> bool:
        """What stands elsewhere in the data cannot be placed; outside of it the name means something else."""
        if self._depth == parent + 1:
            return True
        if self._in_data != _OUTSIDE:
            raise Refused(DamagedWorkbook())
        return False

    def _new_row(self, attributes: Attributes) -> None:
        if not self._is_child(self._in_data):
            return
        found = attributes.get("r")
        self._row, self._column = self._row + 1 if found is None else _row(found), 0
        self._row_number = str(self._row)
        if attributes.get("hidden") in TRUE:
            self._sheet.hidden.add(self._row)
        self._in_row = self._depth

    def _cell(self, attributes: Attributes) -> None:
        if not self._is_child(self._in_row):
            return
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Refused(TooMany("cells", MOST_CELLS, self._at()))
        if (address := attributes.get("r")) is not None:
            letters = address.rstrip(_DIGITS)
            self._column = _column(letters)
            # Nearly every cell names the row that it stands in.
            if (number := address[len(letters) :]) != self._row_number:
                self._row, self._row_number = _row(number), number
        else:
            self._column += 1
        self._in_cell = self._depth
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._content = self._inlined = ""
        self._formula = None

    def _value(self, tag: Literal["v", "f"], _: Attributes) -> None:
        if self._depth != self._in_cell + 1:
            return
        self._check_place()
        self._taking = tag
        # Of two the last one counts.
        if tag == "v":
            self._content = ""
        else:
            self._formula = ""

    def _inline(self, _: Attributes) -> None:
        if self._depth == self._in_cell + 1:
            self._check_place()
            self._in_inline, self._inlined = self._depth, ""

    def _run(self, _: Attributes) -> None:
        if self._depth == self._in_inline + 1:
            self._in_run = self._depth

    def _inline_text(self, _: Attributes) -> None:
        """How a text is read aloud (rPh) is no part of it."""
        if self._depth in (self._in_inline + 1, self._in_run + 1):
            self._taking = "t"

    def _check_place(self) -> None:
        """A cell that holds nothing may stand anywhere: some programs format a whole row or column."""
        if self._row > MOST_ROWS or self._column > MOST_COLUMNS:
            raise Refused(TooManyRows(self._at(), MOST_ROWS, MOST_COLUMNS))

    def _merge(self, attributes: Attributes) -> None:
        self._merges += 1
        if self._merges > MOST_MERGES:
            raise Refused(TooMany("merges", MOST_MERGES, self._at()))
        self._sheet.merges.append(attributes.get("ref", ""))

    # What the sheets go by.

    def _sheet_name(self, attributes: Attributes) -> None:
        self.named += 1
        if self.named > MOST_SHEETS:
            raise Refused(TooMany("sheets", MOST_SHEETS))
        title = attributes.get("name", "")
        if self._depth != _TITLE_DEPTH or len(title) > LONGEST_TITLE:
            raise Refused(DamagedWorkbook())
        relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
        self._titles[relation] = title

    def _relation(self, attributes: Attributes) -> None:
        if self._name.endswith("workbook.xml.rels"):
            self._targets[attributes.get("Target", "").rpartition("/")[2]] = attributes.get("Id", "")

    def _code(self, attributes: Attributes) -> None:
        """How a number looks. No program's own are longer; they are searched again for every cell."""
        self._codes += 1
        if self._codes > MOST_CODES:
            raise Refused(TooMany("formats", MOST_CODES))
        if len(attributes.get("formatCode", "")) > LONGEST_CODE:
            raise Refused(DamagedWorkbook())

    def _alternative_format(self, _: Attributes) -> None:
        """Cells name their formats by their places in the list."""
        if self._depth == _FORMAT_DEPTH:
            raise Refused(DamagedWorkbook())

    def _format(self, _: Attributes) -> None:
        self._formats += 1
        if self._formats > MOST_FORMATS:
            raise Refused(TooMany("formats", MOST_FORMATS))

    def _shared_text(self, _: Attributes) -> None:
        if self._depth != _TEXT_DEPTH:
            raise Refused(DamagedWorkbook())
        self._texts += 1
        if self._texts > MOST_TEXTS:
            raise Refused(TooMany("texts", MOST_TEXTS))

    def _at(self) -> Cell:
        part = self._name.rpartition("/")[2]
        title = self._titles.get(self._targets.get(part, ""), part)
        return Cell(title, address_of(max(self._row, 1), max(self._column, 1)))


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise Refused(DamagedWorkbook())
    return column_of(letters)


def _row(number: str) -> int:
    if not _NUMBER.fullmatch(number):
        raise Refused(DamagedWorkbook())
    return int(number)
