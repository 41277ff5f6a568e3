"""The sheets of an .xls file through xlrd, for a file that `guard` let pass."""

from __future__ import annotations

import os
from collections.abc import Iterator

import xlrd
from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT
from xlrd.sheet import Cell as Box
from xlrd.sheet import Sheet as Source

from kpi.workbook import ole, stored
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.limits import Letters
from kpi.workbook.words import tidy


def grids(content: bytes) -> Iterator[Grid]:
    # xlrd prints what it finds odd.
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        # Ragged: one cell at the far end must not make a sheet full of empty ones.
        book = xlrd.open_workbook(
            file_contents=content, logfile=nowhere, formatting_info=True, ragged_rows=True
        )
        for sheet, counted in zip(book.sheets(), ole.check(content), strict=True):
            spots = {(spot.row, spot.column): spot for spot in _spots(book, sheet, counted)}
            merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
            hidden = {number + 1 for number, row in sheet.rowinfo_map.items() if row.hidden}
            yield Grid.of(sheet.name, sheet.visibility != 0, spots, merges, hidden)


def _spots(book: xlrd.Book, sheet: Source, counted: ole.Sheet) -> Iterator[Spot]:
    letters = Letters()
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            box = sheet.cell(row, column)
            number_format = _number_format(book, box)
            value, broken = _value(book, box, number_format)
            # xlrd does not tell what a formula was, only what came of it.
            formula = "=" if (row, column) in counted.formulas else None
            letters.add(value)
            if isinstance(value, str) and not tidy(value):
                value = None
            if value is not None or formula is not None:
                yield Spot(row + 1, column + 1, value, number_format, formula, broken)


def _number_format(book: xlrd.Book, box: Box) -> str:
    found: str = book.format_map[book.xf_list[box.xf_index].format_key].format_str
    return stored.GENERAL if found.casefold() == stored.GENERAL.casefold() else found


def _value(book: xlrd.Book, box: Box, number_format: str) -> tuple[object, bool]:
    """What a cell holds, and whether that is an error."""
    if box.ctype in (XL_CELL_NUMBER, XL_CELL_DATE):
        number = stored.whole(box.value)
        if number is None:
            return "#NUM!", True
        if not stored.is_moment(number_format):
            return number, False
        try:
            epoch = stored.EPOCH_1904 if book.datemode else stored.EPOCH
            return stored.moment(number, number_format, epoch), False
        except (OverflowError, ValueError):
            return str(number), True
    if box.ctype == XL_CELL_BOOLEAN:
        return bool(box.value), False
    if box.ctype == XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(box.value, "#NULL!"), True
    return (box.value, False) if box.ctype == XL_CELL_TEXT else (None, False)
