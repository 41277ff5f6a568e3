"""Workbooks as bytes: no more parts than a reader needs, and any number of whatever is counted."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlwt

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
XML_2003 = b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return raw.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    rows = (
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{part}"/>'
        for n, (kind, part) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(rows)}</Relationships>'


def parts(
    sheet: str = "", strings: str = "", styles: str = "", sheets: int = 1, main: str = MAIN
) -> dict[str, str]:
    """The parts of a small workbook; `sheet` is what stands in each of its worksheets."""
    names = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(sheets)]
    more = [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    titles = "".join(f'<sheet name="Trang {n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(sheets))
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets>{titles}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*names, *more),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        **{f"xl/{part}": f'<worksheet xmlns="{main}">{sheet}</worksheet>' for _, part in names},
    }


def book(sheet: str = "", **rest: Any) -> bytes:
    return zipped(parts(sheet, **rest))


def rows(*found: str) -> str:
    return f"<sheetData>{''.join(found)}</sheetData>"


def cells(count: int, width: int = 100) -> str:
    """A sheet of so many ones."""
    full, rest = divmod(count, width)
    return rows(
        *["<row>" + "<c><v>1</v></c>" * width + "</row>"] * full,
        "<row>" + "<c><v>1</v></c>" * rest + "</row>",
    )


def merged(count: int) -> str:
    return "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * count + "</mergeCells>"


def one(address: str) -> str:
    return rows(f'<row><c r="{address}"><v>1</v></c></row>')


def xls(write: Callable[[xlwt.Workbook], object]) -> bytes:
    """A workbook of Excel 97-2003."""
    made = xlwt.Workbook()
    write(made)
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def locked() -> bytes:
    """A password: a record near the beginning says that the rest is encrypted."""
    content = bytearray(xls(lambda made: made.add_sheet("a").write(0, 0, "x")))
    after = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    struct.pack_into("<H", content, after, 0x2F)
    return bytes(content)
