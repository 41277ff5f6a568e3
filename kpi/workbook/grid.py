"""A workbook as openpyxl sees it, once: the cells that hold something, the merges, what is hidden."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import fromstring

from kpi.model import Cell
from kpi.problems import DamagedWorkbook, TooManyRows
from kpi.workbook.words import tidy

# A form has a row per unit; the largest list of a province has some hundred.
MOST_ROWS = 5_000
MOST_COLUMNS = 400

Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell that holds something. `value` is None for a formula without a stored result."""

    row: int
    column: int
    value: object
    number_format: str = "General"
    formula: str | None = None
    broken: bool = False
    """It holds an error such as #DIV/0!."""

    @property
    def text(self) -> str:
        """What stands there; a whole number that Excel keeps as 1.0 is "1"."""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return "" if self.value is None else tidy(str(self.value))


@dataclass(frozen=True)
class Grid:
    title: str
    hidden: bool = False
    spots: dict[Place, Spot] = field(default_factory=dict)
    anchors: dict[Place, Place] = field(default_factory=dict)
    """Every place inside a merged range -> its upper left corner."""
    hidden_rows: tuple[int, ...] = ()
    too_large: TooManyRows | None = None

    def at(self, row: int, column: int) -> Spot | None:
        return self.spots.get((row, column))

    def filled(self, row: int, column: int) -> Spot | None:
        """What is seen there: inside a merged range what its corner holds."""
        return self.spots.get(self.anchors.get((row, column), (row, column)))

    def text(self, row: int, column: int) -> str:
        spot = self.filled(row, column)
        return spot.text if spot else ""

    def cell(self, row: int, column: int) -> Cell:
        return Cell(self.title, f"{get_column_letter(column)}{row}")

    @cached_property
    def rows(self) -> dict[int, list[Spot]]:
        """Row -> what it holds, from left to right."""
        found: dict[int, list[Spot]] = {}
        for place in sorted(self.spots):
            found.setdefault(place[0], []).append(self.spots[place])
        return found


def load(content: bytes) -> tuple[Grid, ...] | DamagedWorkbook:
    """The sheets of a workbook that `guard` let pass, in their order."""
    try:
        # openpyxl warns of whatever it does not keep; nothing of that is read here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
            formulas = _formulas(content)
            return tuple(_grid(sheet, formulas.get(sheet.title, {})) for sheet in book.worksheets)
    # No list of what a parser raises on hostile bytes is complete; whatever it is, the file is damaged.
    except Exception:  # noqa: BLE001
        return DamagedWorkbook()


def _grid(sheet: Worksheet, formulas: dict[str, str]) -> Grid:
    hidden = sheet.sheet_state != "visible"
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        at = Cell(sheet.title, f"A{MOST_ROWS + 1}")
        return Grid(sheet.title, hidden, too_large=TooManyRows(at, MOST_ROWS, MOST_COLUMNS))
    spots = {(spot.row, spot.column): spot for spot in _spots(sheet, formulas)}
    anchors = {
        (row, column): (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for row in range(merged.min_row, min(merged.max_row, MOST_ROWS) + 1)
        for column in range(merged.min_col, min(merged.max_col, MOST_COLUMNS) + 1)
    }
    used = {row for row, _ in spots}
    invisible = sorted(
        row for row in used if row in sheet.row_dimensions and sheet.row_dimensions[row].hidden
    )
    return Grid(sheet.title, hidden, spots, anchors, tuple(invisible))


def _spots(sheet: Worksheet, formulas: dict[str, str]) -> Iterator[Spot]:
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            formula = formulas.get(cell.coordinate) if formulas else None
            if isinstance(value, str) and not tidy(value):
                continue
            if value is not None or formula is not None:
                broken = cell.data_type == "e"
                yield Spot(cell.row, cell.column, value, cell.number_format, formula, broken)


_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)",
)
_ADDRESS = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _formulas(content: bytes) -> dict[str, dict[str, str]]:
    """Sheet -> address -> formula. openpyxl gives either results or formulas, and loading twice takes twice as long."""
    found: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for title, part in _sheet_parts(parts):
            xml = parts.read(part)
            cells = ((_ADDRESS.search(m[1]), m[2]) for m in _FORMULA.finditer(xml))
            found[title] = {
                address[1].decode(): "=" + (text or b"").decode("utf-8", "replace")
                for address, text in cells
                if address
            }
    return found


def _sheet_parts(parts: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = set(parts.namelist())
    book = next((n for n in names if n.endswith("xl/workbook.xml")), None)
    relations = f"{posixpath.dirname(book)}/_rels/workbook.xml.rels" if book else ""
    if book is None or relations not in names:
        return
    targets = {r.get("Id"): r.get("Target", "") for r in fromstring(parts.read(relations))}
    for element in fromstring(parts.read(book)).iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_RELATION), "")
            part = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.join(posixpath.dirname(book), target)
            )
            if part in names:
                yield element.get("name", ""), part
