"""Workbooks for tests: a blank form, filled, and then changed the way people change them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from string import ascii_uppercase
from typing import Any

from lxml import etree
from openpyxl import Workbook, load_workbook

from kpi import vi, workbook
from kpi.model import Entry, Plan, Quarter, Reading, Reporter
from kpi.problems import reason
from kpi.units import Directory, Units
from kpi.workbook import Draft
from kpi.workbook.grid import Grid
from kpi.workbook.limits import column_of
from kpi.workbook.loading import load_here
from tests.packages import MAIN

Q1 = Quarter(2022, 1)
COMMUNES, DISTRICT = "Cấp xã", "Cấp huyện"
"""The sheets of a district's form. In the first row of communes, E, G and I ask 1, 2 and 3; K and L ask 4."""


class Desk:
    """One district office (061, huyện Ba Bể) with its form, and the reader it goes to."""

    def __init__(self, plan: Plan, plans: Mapping[str, Plan], directory: Directory, units: Units) -> None:
        self.plan, self.plans, self.directory, self.units = plan, plans, directory, units
        self._blanks: dict[tuple[str, Quarter, tuple[Reading, ...]], bytes] = {}
        self._forms: dict[tuple[str, Quarter], bytes] = {}

    def reporter(self, code: str = "061") -> Reporter:
        return self.plan.reporter(code)

    def blank(self, code: str = "061", quarter: Quarter = Q1, held: tuple[Reading, ...] = ()) -> bytes:
        """The same bytes every time, so made once."""
        if (code, quarter, held) not in self._blanks:
            made = workbook.blank(self.plan, self.units, self.reporter(code), quarter, held)
            self._blanks[code, quarter, held] = made
        return self._blanks[code, quarter, held]

    def figures(self, code: str = "061") -> dict[tuple[str, str], object]:
        """Something sensible for every duty."""
        figure: dict[Entry, object] = {Entry.YES_NO: True, Entry.FRACTION: (8, 10), Entry.RANK: (2021, 51)}
        own: dict[tuple[str, str], object] = {}
        for duty in self.reporter(code).duties:
            indicator = self.plan.indicator(duty.indicator)
            known = indicator.universe[duty.unit] if isinstance(indicator.universe, Mapping) else None
            own[duty.indicator, duty.unit] = (
                figure[indicator.entry] if known is None else (min(1, known), known)
            )
        return own

    def filled(self, code: str = "061", quarter: Quarter = Q1) -> bytes:
        """The same bytes every time, so made once."""
        if (code, quarter) not in self._forms:
            self._forms[code, quarter] = workbook.fill(self.blank(code, quarter), self.figures(code))
        return self._forms[code, quarter]

    def read(self, content: bytes, **asked: Any) -> Draft:
        # Its own forms need no process of their own.
        return workbook.read(
            "bao-cao.xlsx", content, self.plans, self.directory, **{"load": load_here, **asked}
        )

    def changed(self, cells: Mapping[str, Any], code: str = "061", **asked: Any) -> Draft:
        """The filled form with some cells changed; "A1" is on the sheet of the communes."""
        return self.read(change(self.filled(code), cells), **asked)


def grids(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a sound workbook, parsed in this process."""
    found = load_here("a.xlsx", content)
    assert isinstance(found, tuple), found
    return found


def change(content: bytes, cells: Mapping[str, Any]) -> bytes:
    """Address -> value, or (value, number format)."""
    if all(map(_is_plain, cells.values())):
        return _typed(content, cells)

    def write(book: Workbook) -> None:
        for place, written in cells.items():
            sheet, _, address = place.rpartition("!")
            box = book[sheet or COMMUNES][address]
            box.value, box.number_format = written if isinstance(written, tuple) else (written, "General")

    return edit(content, write)


def _is_plain(written: object) -> bool:
    """No formula, error, day or format of its own."""
    if isinstance(written, str):
        return written[:1] not in {"=", "#"}
    return written is None or type(written) in {bool, int, float}


def _typed(content: bytes, cells: Mapping[str, Any]) -> bytes:
    """The same as through openpyxl in a quarter of the time."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    styles = etree.fromstring(parts["xl/styles.xml"])
    formats = styles.find(f"{MAIN}cellXfs")
    names = [s.get("name") for s in etree.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")]
    sheets: dict[str, Any] = {}
    for place, value in cells.items():
        title, _, address = place.rpartition("!")
        name = f"xl/worksheets/sheet{names.index(title or COMMUNES) + 1}.xml"
        sheet = sheets[name] = sheets[name] if name in sheets else etree.fromstring(parts[name])
        row = _row(sheet.find(f"{MAIN}sheetData"), int(address.lstrip(ascii_uppercase)))
        old = next((box for box in row if box.get("r") == address), None)
        style = "0" if old is None else old.get("s", "0")
        if formats[int(style)].get("numFmtId", "0") != "0":
            formats.append(deepcopy(formats[int(style)]))
            formats[-1].set("numFmtId", "0")
            style = str(len(formats) - 1)
        if old is not None:
            row.remove(old)
        before = sum(_column(box.get("r")) < _column(address) for box in row)
        row.insert(before, _cell(address, style, value))
    formats.set("count", str(len(formats)))
    sheets["xl/styles.xml"] = styles
    parts |= {
        name: etree.tostring(sheet, encoding="UTF-8", standalone=True) for name, sheet in sheets.items()
    }
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return raw.getvalue()


def _row(data: Any, number: int) -> Any:
    rows = {int(row.get("r")): row for row in data}
    if number not in rows:
        rows[number] = etree.Element(f"{MAIN}row", r=str(number))
        data.insert(sum(known < number for known in rows), rows[number])
    return rows[number]


def _cell(address: str, style: str, value: object) -> Any:
    box = etree.Element(f"{MAIN}c", r=address, s=style)
    if isinstance(value, str):
        box.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(box, f"{MAIN}is"), f"{MAIN}t")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = value
        return box
    if isinstance(value, bool):
        box.set("t", "b")
    if value is not None:
        etree.SubElement(box, f"{MAIN}v").text = str(int(value)) if isinstance(value, bool) else repr(value)
    return box


def _column(address: str) -> int:
    return column_of(address.rstrip("0123456789"))


def edit(content: bytes, by: Callable[[Workbook], object]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    by(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def sheet_of(*rows: tuple[Any, ...], title: str = "Biểu 01") -> bytes:
    """A workbook of an office's own making."""
    book = Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def with_result(content: bytes, address: str, formula: str, result: str) -> bytes:
    """A formula with its stored result, as Excel writes it and openpyxl can not, in the first sheet."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(raw, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode("utf-8") if name == "xl/worksheets/sheet1.xml" else None
            if part is None:
                target.writestr(name, source.read(name))
                continue
            cell = f'<c r="{address}"><f>{formula}</f><v>{result}</v></c>'
            part = re.sub(rf'<c r="{address}"[^>]*?(/>|>.*?</c>)', cell, part)
            assert cell in part
            target.writestr(name, part)
    return raw.getvalue()


def reasons(draft: Draft) -> set[str]:
    return {reason(f) for f in (*draft.problems, *draft.open_doubts, *draft.notices)}


def sentences(draft: Draft) -> str:
    said = [*map(vi.explain, draft.problems), *map(vi.ask, draft.doubts), *map(vi.notice, draft.notices)]
    return "\n".join(said)


def reading(draft: Draft, indicator: str, unit: str) -> Reading:
    return next(r for r in draft.readings if (r.indicator, r.unit) == (indicator, unit))


def reported(draft: Draft, indicator: str, unit: str) -> bool:
    return any((r.indicator, r.unit) == (indicator, unit) for r in draft.readings)


def fraction(draft: Draft, indicator: str, unit: str) -> tuple[Any, Any]:
    """Numerator and denominator, comparable with plain numbers."""
    found = reading(draft, indicator, unit)
    return found.numerator, found.denominator
