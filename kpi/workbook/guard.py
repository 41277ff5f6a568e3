"""What a file is, and that it is no larger than it may be, before anything parses it.

Nothing is unpacked as a whole: parts are streamed, and the first that is too much ends the reading.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Literal
from xml.parsers import expat

from kpi.problems import (
    DamagedWorkbook,
    EmptyFile,
    LockedByPassword,
    NotAWorkbook,
    OtherFormat,
    TooManyBytes,
    UnpacksTooLarge,
    Unreadable,
    WebPage,
)
from kpi.workbook import ole
from kpi.workbook.limits import (
    LARGEST,
    LARGEST_PART,
    LARGEST_UNPACKED,
    LONGEST_TAG,
    MOST_PARTS,
    Refused,
)
from kpi.workbook.walk import Sheet, Walk

_PIECE = 256 * 1024
_STORED, _DEFLATED = 0, 8
_LOCAL = b"PK\x03\x04"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
# The first record of Excel 2, 3 and 4, which had no container.
_OLDEST = b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"
# Where a workbook keeps what says nothing of its cells, and nobody reads.
_ASIDE = ("docprops/", "customxml/")
_MARKS = (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the guard saw of a workbook on its way, so that nothing is walked twice."""

    sheets: dict[str, Sheet]
    """The worksheets of an .xlsx file, by the names of their parts."""
    old_sheets: list[ole.Sheet]
    """Those of an .xls file."""


def refuse(filename: str, content: bytes) -> Unreadable | None:
    """Why this file is not read, or None when it is a workbook within the limits."""
    try:
        check(filename, content)
    except Refused as refused:
        return refused.problem
    return None


def check(filename: str, content: bytes) -> Seen:
    """Raises Refused for what is no workbook within the limits."""
    if problem := refuse_unopened(filename, content):
        raise Refused(problem)
    try:
        if is_biff(content):
            return Seen({}, ole.check(filename, content))
        return Seen(_check_zip(filename, content), [])
    except Refused:
        raise
    # A mangled container fails in more ways than a list could name; all of them mean the file is damaged.
    except Exception as error:
        raise Refused(DamagedWorkbook()) from error


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


def _check_zip(filename: str, content: bytes) -> dict[str, Sheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        entries = parts.infolist()
        _check_contents(entries, content)
        names = {entry.filename for entry in entries}
        if kind := _other_zip(parts, names):
            raise Refused(OtherFormat(kind))
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise Refused(NotAWorkbook(filename))
        walk = Walk()
        # The sheets last: by then their names are known.
        for entry in sorted(entries, key=lambda entry: "/worksheets/" in entry.filename):
            _check_part(parts, entry, walk)
        if not walk.named:
            raise Refused(NotAWorkbook(filename))
        return walk.sheets


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


def _check_part(parts: zipfile.ZipFile, entry: zipfile.ZipInfo, walk: Walk) -> None:
    """Read a part to its end, where its checksum is compared."""
    parser = walk.parser(entry.filename) if is_xml(entry.filename) else None
    fed = 0
    with parts.open(entry) as part:
        while piece := part.read(_PIECE):
            fed += len(piece)
            if parser and not _parsed(parser, piece, entry, walk):
                parser = None
            if parser and fed - parser.CurrentByteIndex > LONGEST_TAG + _PIECE:
                raise Refused(DamagedWorkbook())
    if parser:
        _parsed(parser, b"", entry, walk)
    if fed != entry.file_size:
        raise Refused(DamagedWorkbook())


def _parsed(parser: expat.XMLParserType, piece: bytes, entry: zipfile.ZipInfo, walk: Walk) -> bool:
    """Whether the part goes on: programs do leave parts empty that none of them reads."""
    try:
        parser.Parse(piece, not piece)
    except expat.ExpatError:
        if not entry.filename.casefold().startswith(_ASIDE):
            raise
        walk.drop()
        return False
    walk.check_names()
    return True
