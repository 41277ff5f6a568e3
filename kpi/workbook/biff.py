"""The sheets of an .xls file through xlrd, for a file that `guard` let pass."""

from __future__ import annotations

import os
from collections.abc import Iterator

import xlrd
from xlrd.biffh import (
    XL_CELL_BLANK,
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_EMPTY,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XL_CELL_TEXT,
)
from xlrd.sheet import Sheet as Source

from kpi.workbook import ole, stored
from kpi.workbook.grid import Grid, Place, Spot
from kpi.workbook.limits import Letters
from kpi.workbook.words import tidy

_NOTHING = frozenset({XL_CELL_EMPTY, XL_CELL_BLANK})


def grids(content: bytes, sheets: list[ole.Sheet]) -> Iterator[Grid]:
    # xlrd prints what it finds odd.
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        # Ragged: one cell at the far end must not make a sheet full of empty ones.
        book = xlrd.open_workbook(
            file_contents=content, logfile=nowhere, formatting_info=True, ragged_rows=True
        )
        letters = Letters()
        for sheet, counted in zip(book.sheets(), sheets, strict=True):
            spots = _spots(book, sheet, counted, letters)
            merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
            hidden = {number + 1 for number, row in sheet.rowinfo_map.items() if row.hidden}
            yield Grid.of(sheet.name, sheet.visibility != 0, spots, merges, hidden)


def _spots(book: xlrd.Book, sheet: Source, counted: ole.Sheet, letters: Letters) -> dict[Place, Spot]:
    known: dict[tuple[int, int, str | float], tuple[object, str, bool]] = {}
    found: dict[Place, Spot] = {}
    for row in range(sheet.nrows):
        for column, (kind, content) in enumerate(
            zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        ):
            # xlrd does not tell what a formula was, only what came of it.
            formula = "=" if (row, column) in counted.formulas else None
            if kind in _NOTHING and formula is None:
                continue
            key = kind, sheet.cell_xf_index(row, column), content
            said = known.get(key)
            if said is None:
                said = known[key] = _said(book, *key)
            value, number_format, broken = said
            letters.add(value)
            if value is not None or formula is not None:
                place = row + 1, column + 1
                found[place] = Spot(*place, value, number_format, formula, broken)
    return found


def _said(book: xlrd.Book, kind: int, style: int, content: str | float) -> tuple[object, str, bool]:
    """What a cell holds, its number format, and whether that is an error; most cells say what others have said."""
    number_format: str = book.format_map[book.xf_list[style].format_key].format_str
    if number_format.casefold() == stored.GENERAL.casefold():
        number_format = stored.GENERAL
    value, broken = _value(book, kind, content, number_format)
    if isinstance(value, str) and not tidy(value):
        value = None
    return value, number_format, broken


def _value(book: xlrd.Book, kind: int, content: str | float, number_format: str) -> tuple[object, bool]:
    """What a cell holds, and whether that is an error."""
    if kind in (XL_CELL_NUMBER, XL_CELL_DATE) and not isinstance(content, str):
        number = stored.whole(content)
        if number is None:
            return "#NUM!", True
        if not stored.is_moment(number_format):
            return number, False
        try:
            epoch = stored.EPOCH_1904 if book.datemode else stored.EPOCH
            return stored.moment(number, number_format, epoch), False
        except (OverflowError, ValueError):
            return str(number), True
    if kind == XL_CELL_BOOLEAN:
        return bool(content), False
    if kind == XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(content, "#NULL!"), True
    return (content, False) if kind == XL_CELL_TEXT else (None, False)
