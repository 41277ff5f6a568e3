"""What a file is by its first bytes and its table of contents, before anything parses it."""

from __future__ import annotations

import io
import zipfile

from kpi.problems import (
    DamagedWorkbook,
    EmptyFile,
    LockedByPassword,
    NotAWorkbook,
    OldWorkbook,
    TooManyBytes,
    UnpacksTooLarge,
    Unreadable,
    WebPage,
)

LARGEST = 5_000_000
# 1 MB of upload can take 2 GB of memory; a workbook of all reporters of a province unpacks to less than 3 MB.
LARGEST_UNPACKED = 25_000_000
MOST_PARTS = 1_000
# Sheets shrink 10 to 40 times; only the small parts of a workbook shrink more.
STEEPEST = 250
STEEP_FROM = 1_000_000

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKS = b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"


def refuse(filename: str, content: bytes) -> Unreadable | None:
    """Why this file cannot be opened, or None when it looks like a workbook of a sane size."""
    if not content.strip(b"\0 \t\r\n"):
        return EmptyFile()
    if len(content) > LARGEST:
        return TooManyBytes(len(content), LARGEST)
    if content.startswith(_OLE):
        return LockedByPassword() if _ENCRYPTED in content else OldWorkbook()
    if content.startswith(b"PK"):
        return _refuse_zip(filename, content)
    return WebPage() if _is_markup(content) else NotAWorkbook(filename)


def has_macros(content: bytes) -> bool:
    """For a file that was not refused."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return any(name.endswith("vbaProject.bin") for name in parts.namelist())


def _is_markup(content: bytes) -> bool:
    start = content[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip().startswith(b"<")


def _refuse_zip(filename: str, content: bytes) -> Unreadable | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            entries = parts.infolist()
    # A mangled table of contents fails in many ways; all of them mean the file is damaged.
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, UnicodeError, EOFError):
        return DamagedWorkbook()
    if any(entry.flag_bits & 1 for entry in entries):
        return LockedByPassword()
    steep = any(
        e.file_size > STEEP_FROM and e.file_size > STEEPEST * max(e.compress_size, 1) for e in entries
    )
    if steep or len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > LARGEST_UNPACKED:
        return UnpacksTooLarge()
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names:
        return NotAWorkbook(filename)
    return None if any(name.startswith("xl/") for name in names) else NotAWorkbook(filename)
