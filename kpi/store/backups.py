"""Backups: one zip with the database, every file it names, and the head of the record they must agree with."""

from __future__ import annotations

import os
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb

from kpi.model import Act, KpiError, NotKeptError, Person, Right, UnknownBackupError
from kpi.store.database import Database, sync_folder
from kpi.store.record import Record, read_anchor

STORE, HEAD = "kpi.duckdb", "head.txt"
ORIGINALS, PLANS = "originals", "plans"
"""What a backup holds, by name; beside the store's own folders of kept files."""
Named = Mapping[str, Callable[[], bytes]]
"""Every file that belongs to the store, by its place beside it."""
FAILED, DOWNLOADED = "failed", "download"
"""What the record says of a backup after it was begun."""
_NAME = re.compile(r"kpi-(\d{8}-\d{6})(?:-(\d{1,4}))?\.zip")
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Backup:
    name: str
    made_at: datetime
    """UTC without a zone."""
    size: int
    head: str
    """Of the record at that moment; "" when the file cannot be read."""


class Backups:
    """Old ones are never deleted here. Others read while one is made, and wait to write while the figures are copied."""

    # Of the class, like the lock of Database: the copy is attached to the database under one name.
    _making = threading.Lock()

    def __init__(self, database: Database, record: Record, files: Callable[[], Named]) -> None:
        self._database = database
        self._record = record
        self._files = files

    def make(self, person: Person, out: Path | None = None) -> Path:
        """Make a backup, in `backups` unless `out` names a new file; it is on disk when this returns.

        A half one never carries its final name. DamagedOriginalError when an original is lost: it could not be restored.
        """
        self._record.allow(person, Right.ADMIN, subject="backup")
        with self._making:
            target = out or self._free_name()
            work = self._database.backups / f"{uuid4().hex}.part"
            try:
                self._make(person, target, work)
            except (duckdb.Error, OSError) as error:
                self._note_failure(person, target.name)
                raise NotKeptError(target) from error
            except KpiError:
                self._note_failure(person, target.name)
                raise
            finally:
                shutil.rmtree(work, ignore_errors=True)
        return target

    def on_disk(self, person: Person) -> list[Backup]:
        """Newest first."""
        self._record.allow(person, Right.ADMIN, subject="backup")
        return [_backup(path) for path in sorted(self._paths(), key=_place, reverse=True)]

    def content(self, name: str, person: Person) -> bytes:
        """A backup to be carried away, which goes on record."""
        self._record.allow(person, Right.ADMIN, subject=name)
        path = next((path for path in self._paths() if path.name == name), None)
        if path is None:
            raise UnknownBackupError(name)
        self._record.add(person, Act.BACKUP, subject=name, after=DOWNLOADED)
        return path.read_bytes()

    def _paths(self) -> list[Path]:
        folder = self._database.backups
        return [p for p in folder.iterdir() if _NAME.fullmatch(p.name)] if folder.is_dir() else []

    def _free_name(self) -> Path:
        stamp, taken = self._database.now().strftime(_STAMP), {path.name for path in self._paths()}
        names = [f"kpi-{stamp}.zip", *(f"kpi-{stamp}-{n}.zip" for n in range(2, len(taken) + 3))]
        return self._database.backups / next(name for name in names if name not in taken)

    def _make(self, person: Person, target: Path, work: Path) -> None:
        self._sweep()
        work.mkdir(parents=True)
        with self._database.writing():
            self._record.add(person, Act.BACKUP, subject=target.name)
            head, named = self._record.head(), self._files()
            self._database.copy_to(work / STORE)
        part = target.with_name(f"{work.stem}.zip.part")
        try:
            self._pack(part, work / STORE, head, named)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target.parent)

    def _pack(self, part: Path, store: Path, head: str, named: Named) -> None:
        with part.open("xb") as file:
            with zipfile.ZipFile(file, "w") as packed:
                packed.writestr(HEAD, f"{head}\n")
                packed.write(store, STORE, zipfile.ZIP_DEFLATED)
                for name, read in named.items():  # workbooks are packed already: stored as they are
                    packed.writestr(name, read())
            file.flush()
            os.fsync(file.fileno())

    def _sweep(self) -> None:
        """Clear away what a killed process left behind."""
        for left in self._database.backups.glob("*.part"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def _note_failure(self, person: Person, name: str) -> None:
        with suppress(NotKeptError):
            self._record.add(person, Act.BACKUP, subject=name, after=FAILED)


def read_head(path: Path) -> str:
    """The head of the record printed in a backup; ValueError, OSError or BadZipFile when there is none."""
    with zipfile.ZipFile(path) as packed:
        try:
            text = packed.read(HEAD).decode("ascii").strip()
        except KeyError as error:
            raise ValueError(path) from error
    read_anchor(text)
    return text


def _backup(path: Path) -> Backup:
    head = ""
    with suppress(ValueError, OSError, zipfile.BadZipFile):
        head = read_head(path)
    return Backup(path.name, _place(path)[0], path.stat().st_size, head)


def _place(path: Path) -> tuple[datetime, int]:
    """When a backup was made, and its number among those of one second."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(path)
    return datetime.strptime(found[1], _STAMP), int(found[2] or 1)  # noqa: DTZ007 - UTC without a zone
