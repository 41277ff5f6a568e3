"""A second reader of valid sheets, which shares no line with the first: straight from the XML, no forgiveness.

It knows headings only as our forms and tidy offices write them, and whatever it does not know it leaves out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal

from lxml import etree

Place = tuple[int, int]
Value = Decimal | str
Figure = tuple[Decimal | None, Decimal | None, Decimal | None, int | None]
"""Numerator, denominator, value, edition."""

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PARTS = {
    "Tử số": "numerator",
    "Mẫu số": "denominator",
    "Kỳ này": "answer",
    "Năm số liệu": "edition",
    "Hạng": "rank",
}
_UNITS = {"Đơn vị", "Tên đơn vị", "Huyện, thành phố", "Xã, phường, thị trấn", "Cơ quan", "Tỉnh"}
_ANSWERS = {"Có": Decimal(1), "Không": Decimal(0)}


def second_reading(content: bytes, titles: Mapping[str, str]) -> dict[tuple[str, str], Figure]:
    """(indicator, unit) -> what a workbook says of it; `titles` are the codes of units by their full names."""
    found: dict[tuple[str, str], Figure] = {}
    for cells, merges in _sheets(content):
        for (number, unit), part in _rows(cells, merges, titles):
            if figure := _figure(part):
                assert (number, unit) not in found
                found[number, unit] = figure
    return found


def _sheets(content: bytes) -> Iterator[tuple[dict[Place, Value], dict[Place, Place]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        shared = (
            etree.fromstring(parts.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else ()
        )
        texts = ["".join(item.xpath(".//m:t/text()", namespaces=_NS)) for item in shared]
        targets = {
            r.get("Id"): r.get("Target") for r in etree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
        }
        for sheet in etree.fromstring(parts.read("xl/workbook.xml")).iterfind(".//m:sheet", _NS):
            path = targets[sheet.get(_ID)].removeprefix("/xl/")
            if sheet.get("state", "visible") == "visible":
                yield _cells(etree.fromstring(parts.read(f"xl/{path}")), texts)


def _cells(sheet: etree._Element, texts: list[str]) -> tuple[dict[Place, Value], dict[Place, Place]]:
    cells: dict[Place, Value] = {}
    for cell in sheet.iterfind(".//m:c", _NS):
        kind, written = cell.get("t", "n"), cell.findtext("m:v", None, _NS)
        if kind == "inlineStr":
            cells[_place(cell.get("r"))] = "".join(cell.xpath(".//m:t/text()", namespaces=_NS))
        elif written:
            value = texts[int(written)] if kind == "s" else Decimal(written) if kind == "n" else written
            cells[_place(cell.get("r"))] = value
    merges: dict[Place, Place] = {}
    for merge in sheet.iterfind(".//m:mergeCell", _NS):
        (top, left), (bottom, right) = map(_place, merge.get("ref").split(":"))
        merges |= {(r, c): (top, left) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    return cells, merges


def _place(address: str) -> Place:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]), column


def _rows(
    cells: dict[Place, Value], merges: dict[Place, Place], titles: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str], dict[str, Value]]]:
    """(indicator, unit) -> its parts, for every row of a unit or of an indicator."""

    def text(row: int, column: int) -> str:
        return str(cells.get(merges.get((row, column), (row, column)), "")).strip()

    last_row, width = (max((place[axis] for place in cells), default=0) for axis in (0, 1))
    columns = range(1, width + 1)
    tops = [r for r in range(1, last_row + 1) if "STT" in {text(r, c) for c in columns}]
    if not tops:
        return
    top = tops[0]
    bottom = (
        top + 1 if any(_part(text(top + 1, c)) and not _decimal(cells, top + 1, c) for c in columns) else top
    )
    code, unit, indicator = (
        next((c for c in columns if text(top, c) in names), 0) for names in ({"Mã"}, _UNITS, {"Chỉ tiêu"})
    )
    heads = {c: (_number(text(top, c)), _part(text(bottom, c)) or _part(text(top, c))) for c in columns}
    for row in range(bottom + 1, last_row + 1):
        where = text(row, code) if code else titles.get(text(row, unit), "")
        if where not in titles.values():
            continue
        mine: dict[str, dict[str, Value]] = {}
        for column, (number, part) in heads.items():
            number = _number(text(row, indicator)) if indicator else number
            if number and part and (row, column) in cells:
                mine.setdefault(number, {})[part] = cells[row, column]
        yield from (((number, where), parts) for number, parts in mine.items())


def _decimal(cells: dict[Place, Value], row: int, column: int) -> bool:
    return isinstance(cells.get((row, column)), Decimal)


def _number(heading: str) -> str | None:
    found = re.match(r"\(([\d.]+)\)", heading)
    return found[1] if found else None


def _part(heading: str) -> str | None:
    """What a heading asks for: what stands before its colon, and there behind the last dash."""
    return _PARTS.get(heading.split(":")[0].split(" - ")[-1].strip())


def _figure(part: Mapping[str, Value]) -> Figure | None:
    if "answer" in part:
        return _ANSWERS[str(part["answer"])], None, None, None
    if "rank" in part:
        return None, None, Decimal(part["rank"]), int(part["edition"])
    if "numerator" in part and "denominator" in part:
        return Decimal(part["numerator"]), Decimal(part["denominator"]), None, None
    return None
