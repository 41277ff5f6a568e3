"""A blank form filled in by the program: for the sample quarters and for tests."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from kpi import vi
from kpi.model import KpiError
from kpi.workbook.forms import KEY_ROWS, KEY_SHEET, save


class NotAskedError(KpiError):
    """A figure for something the form has no place for."""

    def __init__(self, indicator: str, unit: str) -> None:
        super().__init__(f"indicator {indicator} of {unit}")
        self.indicator = indicator
        self.unit = unit


def fill(form: bytes, figures: Mapping[tuple[str, str], object]) -> bytes:
    """Write (indicator, unit) -> True or False, (numerator, denominator), a rank, or (edition, rank) into a blank.

    A figure of None leaves its place blank. Raise NotAskedError for a figure the form does not ask for.
    """
    book = load_workbook(io.BytesIO(form))
    places = _places(book)
    for key, figure in figures.items():
        if figure is None:
            continue
        if key not in places:
            raise NotAskedError(*key)
        sheet, addresses = places[key]
        for address, value in zip(addresses, _values(figure, len(addresses)), strict=True):
            if value is not None:
                book[sheet][address].value = value
    return save(book, book.properties.created.date())


def _values(figure: object, places: int) -> tuple[Any, ...]:
    if isinstance(figure, bool):
        return (vi.YES if figure else vi.NO,)
    if isinstance(figure, tuple):
        return figure
    return (*(None for _ in range(places - 1)), figure)


def _places(book: Workbook) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """What the form's key says about its input cells."""
    rows = book[KEY_SHEET].iter_rows(min_row=KEY_ROWS + 1, values_only=True)
    return {(row[0], row[1]): (row[2], tuple(address for address in row[3:] if address)) for row in rows}
