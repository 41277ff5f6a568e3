"""Excel 97-2003: a container of sectors (OLE) and in it a stream of records (BIFF), counted before xlrd reads them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from kpi.model import Cell
from kpi.problems import DamagedWorkbook, LockedByPassword, NotAWorkbook, TooMany, TooManyRows
from kpi.workbook.limits import (
    LONGEST_CODE,
    MOST_CELLS,
    MOST_CODES,
    MOST_COLUMNS,
    MOST_FORMATS,
    MOST_MERGES,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXTS,
    Refused,
    address_of,
)

OLE = bytes.fromhex("D0CF11E0A1B11AE1")

# Sector numbers from here on say something else: the end of a chain, a free sector.
_NO_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_STREAM, _ROOT = 2, 5
# No record is longer; what is longer goes on in the next.
_LONGEST_RECORD = 8_224
_BOUNDSHEET, _FILEPASS, _MERGED, _SST, _XF, _BOF = 0x85, 0x2F, 0xE5, 0xFC, 0xE0, 0x809
# Of the code alone that Excel 5 and later write, and of the one before, which xlrd reads too.
_CODES = frozenset({0x41E, 0x1E})
_FORMULAS = frozenset({0x06, 0x206, 0x406})
_CELLS = frozenset({0x201, 0x203, 0x204, 0x205, 0x27E, 0xD6, 0xFD}) | _FORMULAS
_RUNS = frozenset({0xBD, 0xBE})
"""Several cells of a row in one record."""
_BLANK = frozenset({0x201, 0xBE})
_WORKSHEET = 0
_BIFF8 = b"\x00\x06"


class _Container:
    """The streams of a container; every chain is followed once around at most."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise Refused(DamagedWorkbook())
        self._size = 1 << shift
        directory, _, self._cutoff, small_fat = struct.unpack_from("<4I", content, 48)
        self._fat = self._read_fat(content)
        self._entries = self._read_entries(directory)
        self._small_fat = self._numbers(self._chain(small_fat))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        found = self._content[start : start + self._size]
        if not found:
            raise Refused(DamagedWorkbook())
        return found

    def _read_fat(self, content: bytes) -> tuple[int, ...]:
        """Sector -> the next of its chain."""
        sectors = list(struct.unpack_from("<109I", content, 76))
        further = struct.unpack_from("<I", content, 68)[0]
        most = len(content) // self._size
        for _ in range(most):
            if further >= _NO_SECTOR:
                break
            *more, further = self._numbers(self._sector(further))
            sectors += more
        used = [number for number in sectors if number < _NO_SECTOR]
        if len(used) > most or len(set(used)) != len(used):
            raise Refused(DamagedWorkbook())
        return self._numbers(b"".join(map(self._sector, used)))

    @staticmethod
    def _numbers(raw: bytes) -> tuple[int, ...]:
        return struct.unpack_from(f"<{len(raw) // 4}I", raw)

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(start, self._fat))

    def _read_entries(self, directory: int) -> dict[str, tuple[int, int]]:
        """Name -> first sector and size; the root's are those of the stream that holds the small ones."""
        raw, found = self._chain(directory), dict[str, tuple[int, int]]()
        for at in range(0, len(raw) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            if kind in (_STREAM, _ROOT):
                name = raw[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
                found["" if kind == _ROOT else name] = struct.unpack_from("<II", raw, at + 116)
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def stream(self, name: str) -> bytes:
        start, size = self._entries[name]
        if size >= self._cutoff:
            found = self._chain(start)
        else:
            small = self._chain(self._entries[""][0])
            found = b"".join(small[n * 64 : n * 64 + 64] for n in _followed(start, self._small_fat))
        if len(found) < size:
            raise Refused(DamagedWorkbook())
        return found[:size]


def _followed(start: int, table: tuple[int, ...]) -> Iterator[int]:
    """The sectors of a chain; one that leaves the table or bites its tail is damaged."""
    number, steps = start, 0
    while number < _NO_SECTOR:
        if number >= len(table) or steps > len(table):
            raise Refused(DamagedWorkbook())
        yield number
        number, steps = table[number], steps + 1


@dataclass
class Sheet:
    """A worksheet, and what xlrd does not tell of it."""

    title: str
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """Row and column, from 0."""


@dataclass
class Contents:
    """What was counted in a workbook so far."""

    sheets: dict[int, Sheet] = field(default_factory=dict)
    """Where a worksheet begins -> the sheet, in their order."""
    parts: int = 0
    cells: int = 0
    merges: int = 0
    formats: int = 0
    codes: int = 0


def check(filename: str, content: bytes) -> list[Sheet]:
    """Raises Refused for what is no workbook, is locked, or larger than allowed; whatever else it raises is damage."""
    container = _Container(content)
    if "EncryptedPackage" in container:
        raise Refused(LockedByPassword())
    name = next((name for name in ("Workbook", "Book") if name in container), None)
    if name is None:
        raise Refused(NotAWorkbook(filename))
    found = Contents()
    _count(found, container.stream(name))
    if not found.sheets:
        raise Refused(DamagedWorkbook())
    return list(found.sheets.values())


def _count(found: Contents, stream: bytes) -> None:
    sheet = Sheet("")
    wide = True
    for code, at, size in _records(stream):
        if code in _CELLS or code in _RUNS:
            _count_cells(found, sheet, stream, (code, at, size))
        elif code == _BOF:
            wide = stream[at : at + 2] == _BIFF8
            sheet = found.sheets.get(at - 4, sheet)
        elif code == _BOUNDSHEET:
            _note_sheet(found, stream[at : at + size], wide)
        elif code == _FILEPASS:
            raise Refused(LockedByPassword())
        elif code == _MERGED:
            found.merges += struct.unpack_from("<H", stream, at)[0]
            if found.merges > MOST_MERGES:
                raise Refused(TooMany("merges", MOST_MERGES, Cell(sheet.title, "A1")))
        elif code in _CODES:
            # In records of either kind two bytes for a letter, and five before them, at most.
            found.codes += 1
            if size > 5 + 2 * LONGEST_CODE:
                raise Refused(DamagedWorkbook())
            if found.codes > MOST_CODES:
                raise Refused(TooMany("formats", MOST_CODES))
        elif code == _XF:
            found.formats += 1
            if found.formats > MOST_FORMATS:
                raise Refused(TooMany("formats", MOST_FORMATS))
        elif code == _SST and struct.unpack_from("<I", stream, at + 4)[0] > MOST_TEXTS:
            raise Refused(TooMany("texts", MOST_TEXTS))


def _note_sheet(found: Contents, record: bytes, wide: bool) -> None:
    found.parts += 1
    if found.parts > MOST_SHEETS:
        raise Refused(TooMany("sheets", MOST_SHEETS))
    begins, kind, length = struct.unpack_from("<IxBB", record)
    if kind != _WORKSHEET:
        return
    code = "utf-16-le" if wide and record[7] & 1 else "latin-1"
    name = record[8 if wide else 7 :][: length * (2 if code == "utf-16-le" else 1)]
    found.sheets[begins] = Sheet(name.decode(code, "replace"))


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Code, where its data begins, and their length."""
    at = 0
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        # Some programs fill the last sector with zeros.
        if code == size == 0:
            return
        if size > _LONGEST_RECORD or at + 4 + size > len(stream):
            raise Refused(DamagedWorkbook())
        yield code, at + 4, size
        at += 4 + size


def _count_cells(found: Contents, sheet: Sheet, stream: bytes, record: tuple[int, int, int]) -> None:
    code, at, size = record
    row, column = struct.unpack_from("<HH", stream, at)
    if code in _FORMULAS:
        sheet.formulas.add((row, column))
    # A run tells its last column at its end.
    last = struct.unpack_from("<H", stream, at + size - 2)[0] if code in _RUNS else column
    if last < column:
        raise Refused(DamagedWorkbook())
    found.cells += last - column + 1
    if found.cells > MOST_CELLS:
        raise Refused(TooMany("cells", MOST_CELLS, _cell(sheet, row, last)))
    if code not in _BLANK and (row >= MOST_ROWS or last >= MOST_COLUMNS):
        raise Refused(TooManyRows(_cell(sheet, row, last), MOST_ROWS, MOST_COLUMNS))


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    return Cell(sheet.title, address_of(row + 1, column + 1))
