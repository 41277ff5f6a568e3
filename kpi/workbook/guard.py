"""What a file is, and that it is no larger than it may be, before anything parses it.

Nothing is unpacked as a whole: parts are streamed, and the first that is too much ends the reading.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Literal
from xml.parsers import expat

from kpi.model import Cell
from kpi.problems import (
    DamagedWorkbook,
    EmptyFile,
    LockedByPassword,
    NotAWorkbook,
    OtherFormat,
    TooMany,
    TooManyBytes,
    TooManyRows,
    UnpacksTooLarge,
    Unreadable,
    WebPage,
)
from kpi.workbook import ole
from kpi.workbook.limits import (
    DEEPEST,
    LARGEST,
    LARGEST_PART,
    LARGEST_UNPACKED,
    LONGEST_TAG,
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ELEMENTS,
    MOST_FORMATS,
    MOST_MERGES,
    MOST_PARTS,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXTS,
    Refused,
    address_of,
    column_of,
)

_PIECE = 256 * 1024
_STORED, _DEFLATED = 0, 8
_LOCAL = b"PK\x03\x04"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
# The first record of Excel 2, 3 and 4, which had no container.
_OLDEST = b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"
_MARKS = (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


def refuse(filename: str, content: bytes) -> Unreadable | None:
    """Why this file is not read, or None when it is a workbook within the limits."""
    if problem := refuse_unopened(filename, content):
        return problem
    try:
        if is_biff(content):
            ole.check(content)
        else:
            _check_zip(filename, content)
    except Refused as refused:
        return refused.problem
    # A mangled container fails in more ways than a list could name; all of them mean the file is damaged.
    except Exception:  # noqa: BLE001
        return DamagedWorkbook()
    return None


def refuse_unopened(filename: str, content: bytes) -> Unreadable | None:
    """What the size and the first bytes tell already."""
    if not content.strip(b"\0 \t\r\n"):
        return EmptyFile()
    if len(content) > LARGEST:
        return TooManyBytes(len(content), LARGEST)
    if content.startswith(b"PK") or is_biff(content):
        return None
    if content.startswith(_OLDEST):
        return OtherFormat("old")
    return _refuse_text(filename, content)


def is_biff(content: bytes) -> bool:
    """Excel 97-2003, or anything else in the container that it used."""
    return content.startswith(ole.OLE)


def has_macros(content: bytes) -> bool:
    """For a file that was not refused."""
    if is_biff(content):
        return "_VBA_PROJECT_CUR".encode("utf-16-le") in content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return any(name.endswith("vbaProject.bin") for name in parts.namelist())


def _refuse_text(filename: str, content: bytes) -> Unreadable:
    code = next((code for mark, code in _MARKS if content.startswith(mark)), "utf-8")
    start = content[:4096].decode(code, "replace").lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return OtherFormat("xml2003") if _XML_2003 in start else WebPage()
    line = start.partition("\n")[0]
    binary = any(sign < " " and sign not in "\t\r\n" for sign in start)
    if not binary and any(sign in line for sign in ";,\t"):
        return OtherFormat("text")
    return NotAWorkbook(filename)


# Zip.


def _check_zip(filename: str, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        entries = parts.infolist()
        _check_contents(entries, content)
        names = {entry.filename for entry in entries}
        if kind := _other_zip(parts, names):
            raise Refused(OtherFormat(kind))
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise Refused(NotAWorkbook(filename))
        walk = _Walk()
        # The sheets last: by then their names are known.
        for entry in sorted(entries, key=lambda entry: "/worksheets/" in entry.filename):
            _check_part(parts, entry, walk)
        if not walk.sheets:
            raise Refused(NotAWorkbook(filename))


def _check_contents(entries: list[zipfile.ZipInfo], content: bytes) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(LockedByPassword())
    if (
        len(entries) > MOST_PARTS
        or any(entry.file_size > LARGEST_PART for entry in entries)
        or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED
    ):
        raise Refused(UnpacksTooLarge())
    names = [entry.filename.casefold() for entry in entries]
    sound = (
        len(set(names)) == len(names)
        and not any("\\" in name or name.startswith("/") or ".." in name.split("/") for name in names)
        and all(entry.compress_type in (_STORED, _DEFLATED) for entry in entries)
        and _lie_apart(entries, content)
    )
    if not sound:
        raise Refused(DamagedWorkbook())


def _lie_apart(entries: list[zipfile.ZipInfo], content: bytes) -> bool:
    """Entries that share their bytes unpack to many times what the file holds."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        start = entry.header_offset
        if start < end or content[start : start + 4] != _LOCAL:
            return False
        name, extra = (int.from_bytes(content[start + at : start + at + 2], "little") for at in (26, 28))
        end = start + 30 + name + extra + entry.compress_size
    return end <= len(content)


def _other_zip(parts: zipfile.ZipFile, names: set[str]) -> Literal["ods", "xlsb"] | None:
    if "mimetype" in names:
        with parts.open("mimetype") as part:
            if part.read(64).startswith(_OPEN_DOCUMENT):
                return "ods"
    return "xlsb" if "xl/workbook.bin" in names else None


def is_xml(name: str) -> bool:
    """Whether the guard has walked a part; no other may be parsed."""
    return name.casefold().endswith((".xml", ".rels"))


def _check_part(parts: zipfile.ZipFile, entry: zipfile.ZipInfo, walk: _Walk) -> None:
    """Read a part to its end, where its checksum is compared."""
    parser = walk.parser(entry.filename) if is_xml(entry.filename) else None
    fed = 0
    with parts.open(entry) as part:
        while piece := part.read(_PIECE):
            fed += len(piece)
            if parser:
                parser.Parse(piece, False)
                if fed - parser.CurrentByteIndex > LONGEST_TAG + _PIECE:
                    raise Refused(DamagedWorkbook())
    if parser:
        parser.Parse(b"", True)
    if fed != entry.file_size:
        raise Refused(DamagedWorkbook())


class _Walk:
    """Counts over all XML parts of a workbook."""

    def __init__(self) -> None:
        self.elements = self.cells = self.merges = self.formats = self.texts = self.sheets = 0
        self._titles: dict[str, str] = {}
        """Relation -> title of a sheet."""
        self._targets: dict[str, str] = {}
        """Last part of a name -> relation."""
        self._begin("")

    def _begin(self, name: str) -> None:
        self._name, self._root = name, ""
        self._depth = self._length = self._row = self._column = 0

    def parser(self, name: str) -> expat.XMLParserType:
        self._begin(name)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def _doctype(self, *_: object) -> None:
        raise Refused(DamagedWorkbook())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._length = 0
        self._depth += 1
        self.elements += 1
        if self._depth > DEEPEST or len(attributes) > MOST_ATTRIBUTES:
            raise Refused(DamagedWorkbook())
        if self.elements > MOST_ELEMENTS:
            raise Refused(UnpacksTooLarge())
        tag = tag.rpartition(":")[2]
        if self._depth == 1:
            self._root = tag
            if tag == "workbook" and _STRICT in attributes.values():
                raise Refused(OtherFormat("strict"))
        elif self._root == "worksheet":
            self._in_sheet(tag, attributes)
        elif self._root in _COUNTED:
            self._in_book(tag, attributes)

    def _end(self, _: str) -> None:
        self._depth -= 1
        self._length = 0

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise Refused(UnpacksTooLarge())

    def _in_sheet(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise Refused(TooMany("cells", MOST_CELLS, self._at()))
            self._place(attributes.get("r"))
        elif tag in ("v", "f", "is"):
            # A cell that holds nothing may stand anywhere: some programs format a whole row or column.
            if self._row > MOST_ROWS or self._column > MOST_COLUMNS:
                raise Refused(TooManyRows(self._at(), MOST_ROWS, MOST_COLUMNS))
        elif tag == "row":
            found = attributes.get("r")
            if found is not None and not _NUMBER.fullmatch(found):
                raise Refused(DamagedWorkbook())
            self._row, self._column = int(found) if found else self._row + 1, 0
        elif tag == "mergeCell":
            self.merges += 1
            if self.merges > MOST_MERGES:
                raise Refused(TooMany("merges", MOST_MERGES, self._at()))

    def _place(self, address: str | None) -> None:
        if address is None:
            self._column += 1
            return
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise Refused(DamagedWorkbook())
        self._row, self._column = int(found[2]), column_of(found[1])

    def _in_book(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            self.sheets += 1
            if self.sheets > MOST_SHEETS:
                raise Refused(TooMany("sheets", MOST_SHEETS))
            relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self._titles[relation] = attributes.get("name", "")
        elif tag == "Relationship" and self._name.endswith("workbook.xml.rels"):
            self._targets[attributes.get("Target", "").rpartition("/")[2]] = attributes.get("Id", "")
        elif tag == "xf":
            self.formats += 1
            if self.formats > MOST_FORMATS:
                raise Refused(TooMany("formats", MOST_FORMATS))
        elif tag == "si":
            self.texts += 1
            if self.texts > MOST_TEXTS:
                raise Refused(TooMany("texts", MOST_TEXTS))

    def _at(self) -> Cell:
        part = self._name.rpartition("/")[2]
        title = self._titles.get(self._targets.get(part, ""), part)
        return Cell(title, address_of(max(self._row, 1), max(self._column, 1)))


_COUNTED = {"workbook", "Relationships", "styleSheet", "sst"}
