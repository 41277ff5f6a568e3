"""Put a backup in the place of the store: everything in it is checked before anything is touched."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from kpi.access import may
from kpi.model import (
    Act,
    DamagedBackupError,
    DamagedOriginalError,
    LostFileError,
    NotAllowedError,
    NotKeptError,
    Person,
    Right,
    StoreBusyError,
    StoreUnusableError,
)
from kpi.store.backups import HEAD, ORIGINALS, PLANS, STORE, read_head
from kpi.store.database import Clock, is_busy, now, sync_folder
from kpi.store.files import EVIDENCE, EXPORTS
from kpi.store.uploads import Store

_FOLDERS = ORIGINALS, EVIDENCE, EXPORTS, PLANS
_FILE = re.compile(
    rf"{ORIGINALS}/[0-9a-f]{{64}}\.xlsx|(?:{EVIDENCE}|{EXPORTS})/[0-9a-f]{{64}}|{PLANS}/[a-z0-9]+(?:-[a-z0-9]+)*\.toml"
)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Restored:
    head: str
    """Of the record in the backup; the event of the restoring comes after it."""
    replaced: Path | None
    """Where the store lies that was there before."""


def restore(backup: Path, path: Path, person: Person, clock: Clock = now) -> Restored:
    """Replace the store at `path`, which no process may have open; the old one is moved aside, never deleted."""
    if not may(person, Right.ADMIN):
        raise NotAllowedError(person, Right.ADMIN)
    before = _present_head(path)
    for left in path.parent.glob("restoring-*.part"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    staged = path.parent / f"restoring-{uuid4().hex}.part"
    try:
        staged.mkdir(parents=True)
        head = _unpack(backup, staged)
        _check(backup, staged, head, clock)
        with Store(staged / STORE, clock) as store:
            store.people.end_all()
            store.record.add(person, Act.RESTORE, subject=backup.name, before=before, after=head)
        return Restored(head, _swap(staged, path, clock))
    except OSError as error:
        raise NotKeptError(path) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _present_head(path: Path) -> str:
    """The head of the record that will be replaced, "" when it cannot be read; StoreBusyError while it is in use."""
    try:
        with duckdb.connect(str(path), read_only=True) as db:
            row = db.execute("select id, hash from event order by id desc limit 1").fetchone()
    except duckdb.ConnectionException as error:  # this very process has it open
        raise StoreBusyError(path) from error
    except duckdb.Error as error:
        if is_busy(error):
            raise StoreBusyError(path) from error
        return ""
    return f"{row[0]}-{row[1][:20]}" if row else ""


def _unpack(backup: Path, staged: Path) -> str:
    """Lay out what a backup holds, and nothing else; return its head."""
    try:
        packed = zipfile.ZipFile(backup)
    except (*_UNREADABLE, OSError) as error:
        raise DamagedBackupError(backup, "zip") from error
    with packed:
        names = [info.filename for info in packed.infolist()]
        files = [name for name in names if _FILE.fullmatch(name)]
        if sorted(names) != sorted({STORE, HEAD, *files}):
            raise DamagedBackupError(backup, "names")
        folders = {ORIGINALS, *(name.partition("/")[0] for name in files)}
        for folder in folders:
            (staged / folder).mkdir()
        try:
            head = read_head(backup)
            for name in (STORE, *files):
                _lay_out(packed, name, staged / name)
        except _UNREADABLE as error:
            raise DamagedBackupError(backup, "zip") from error
    for folder in folders:
        sync_folder(staged / folder)
    return head


def _lay_out(packed: zipfile.ZipFile, name: str, to: Path) -> None:
    with packed.open(name) as source, to.open("xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())


def _check(backup: Path, staged: Path, head: str, clock: Clock) -> None:
    """Raise DamagedBackupError unless store, record and files are whole and belong together."""
    try:
        with Store(staged / STORE, clock) as store:
            if store.record.head() != head or store.verify(head):
                raise DamagedBackupError(backup, "record")
            named = store.files()
            for read in named.values():
                read()
    except StoreUnusableError as error:
        raise DamagedBackupError(backup, "newer" if error.newer else "store") from error
    except duckdb.Error as error:
        raise DamagedBackupError(backup, "store") from error
    except (DamagedOriginalError, LostFileError) as error:
        raise DamagedBackupError(backup, "originals") from error
    laid_out = {f"{folder}/{p.name}" for folder in _FOLDERS for p in (staged / folder).glob("*")}
    if set(named) != laid_out:
        raise DamagedBackupError(backup, "names")


def _swap(staged: Path, path: Path, clock: Clock) -> Path | None:
    """Move what is there aside and the new in; whatever breaks, what was there is put back."""
    home = path.parent
    # The database has its log beside it, which belongs to no other.
    there = [
        p for p in home.iterdir() if p.name in {path.name, *_FOLDERS} or p.name.startswith(f"{path.name}.")
    ]
    aside = _free(home, f"replaced-{clock():%Y%m%d-%H%M%S}")
    moves = [(p, aside / p.name) for p in there]
    new = [folder for folder in _FOLDERS if (staged / folder).is_dir()]
    moves += [*((staged / folder, home / folder) for folder in new), (staged / STORE, path)]
    done: list[tuple[Path, Path]] = []
    aside.mkdir()
    try:
        for source, target in moves:
            source.rename(target)
            done.append((source, target))
        sync_folder(home)
    except BaseException:
        for source, target in reversed(done):
            target.rename(source)
        aside.rmdir()
        raise
    if not there:
        aside.rmdir()
    return aside if there else None


def _free(folder: Path, name: str) -> Path:
    names = [name, *(f"{name}-{n}" for n in range(2, 1000))]
    return next(folder / free for free in names if not (folder / free).exists())
