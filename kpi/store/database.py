"""One DuckDB file: opened, migrated, asked and written to, one transaction at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from kpi.model import NotKeptError, StoreBusyError, StoreUnusableError

_SQL = files("kpi") / "sql"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

Clock = Callable[[], datetime]
"""Tells the moment, UTC without a zone."""


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Database:
    """Safe to share between threads; one process at a time (StoreBusyError)."""

    # Of the class: two databases of one file in one process are one to DuckDB.
    _writing = threading.RLock()

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self.path = path
        self.backups = path.parent / "backups"
        self.now = clock
        self.migrated: set[str] = set()
        """The steps of the schema that were new to the file."""
        self._base = self._connect()
        try:
            self._migrate()
        except BaseException:
            self._base.close()
            raise

    def close(self) -> None:
        self._base.close()

    def fetch(self, query: str, **facts: object) -> list[tuple[Any, ...]]:
        """The rows of a query of `kpi/sql`."""
        with self.cursor() as db:
            return db.execute(sql(query), facts).fetchall()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        base = self._base
        try:
            with base.cursor() as db:
                yield db
        except duckdb.FatalException:
            self._reopen(base)
            raise

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._writing, self.cursor() as db:
            db.begin()
            try:
                yield db
                db.commit()
            except BaseException:
                with suppress(duckdb.Error):  # a failed commit has nothing left to roll back
                    db.rollback()
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile; when the disk refuses, NotKeptError."""
        with self._writing:
            try:
                yield
            except (duckdb.FatalException, duckdb.IOException, duckdb.TransactionException, OSError) as error:
                raise NotKeptError(self.path) from error

    @contextmanager
    def change(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction; when the disk refuses, NotKeptError."""
        with self.writing(), self.transaction() as db:
            yield db

    def checkpoint(self) -> None:
        """Shorten the log. What was committed is in the log already, so a failure loses nothing."""
        with suppress(duckdb.Error), self.cursor() as db:
            db.execute("checkpoint")

    def overwrite_freed(self) -> None:
        """Write over what was deleted: DuckDB lets go of blocks without wiping them. Best effort, as `checkpoint` is."""
        self.checkpoint()
        with self._writing, suppress(duckdb.Error), self.cursor() as db:
            db.execute(sql("fill_freed"))
            db.execute("checkpoint")
            db.execute("drop table freed")
            db.execute("checkpoint")

    def copy_to(self, path: Path) -> None:
        """Copy everything but sign-ins and lists of people into a new file in `backups`. Within `writing`, so that it is of one moment."""
        with self.cursor() as db:
            ((name,),) = db.execute("select current_database()").fetchall()
            db.execute("detach database if exists backup_copy")
            db.execute("attach " + _quoted(str(path), "'") + " as backup_copy")
            try:
                # Not within a transaction: there it wants to change a setting, and those are locked.
                db.execute("copy from database " + _quoted(name, '"') + " to backup_copy")
                db.execute(sql("forget_sign_ins"))
                # A backup is never deleted; what people were rated must be.
                db.execute(sql("forget_people"))
                db.execute("checkpoint backup_copy")
            finally:
                with suppress(duckdb.Error):  # after a full disk there may be nothing left to detach
                    db.execute("detach database if exists backup_copy")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            opened = duckdb.connect(str(self.path), config=_CONFIG)
            self._lock_up(opened)
        except (duckdb.IOException, duckdb.InternalException, duckdb.SerializationException) as error:
            if is_busy(error):
                raise StoreBusyError(self.path) from error
            raise StoreUnusableError(self.path) from error
        return opened

    def _lock_up(self, opened: duckdb.DuckDBPyConnection) -> None:
        """Keep DuckDB away from every other file; the folders that are left can only be named once it runs."""
        ((locked,),) = opened.execute("select current_setting('lock_configuration')").fetchall()
        if not locked:
            opened.execute("set allowed_directories = $folders", {"folders": [str(self.backups)]})
            opened.execute("set enable_external_access = false")
            opened.execute("set lock_configuration = true")

    def _migrate(self) -> None:
        steps = sorted((step.name, step) for step in (_SQL / "schema").iterdir())
        with self.transaction() as db:
            db.execute("create table if not exists schema_step (name varchar primary key)")
            done = {name for (name,) in db.execute("select name from schema_step").fetchall()}
            if done - {name for name, _ in steps}:
                raise StoreUnusableError(self.path, newer=True)
            for name, step in steps:
                if name not in done:
                    db.execute(step.read_text("utf-8"))
                    db.execute("insert into schema_step values ($name)", {"name": name})
                    self.migrated.add(name)
            # Which reading counts is said by the program, not by the file it found.
            db.execute(sql("view_current_readings"))

    def _reopen(self, broken: duckdb.DuckDBPyConnection) -> None:
        """After a full disk DuckDB refuses everything until its file is opened afresh."""
        with self._writing:
            if self._base is broken:
                broken.close()
                self._base = self._connect()


@cache
def sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text("utf-8")


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder outlive a power cut; Windows cannot, and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(text: str, mark: str) -> str:
    """As SQL writes a string or a name; neither can be a parameter where it is needed."""
    return mark + text.replace(mark, mark * 2) + mark


def is_busy(error: duckdb.Error) -> bool:
    text = str(error).lower()
    # Windows says why in its own language.
    signs = (
        "set lock",
        "already open",
        "another process",
        *(("cannot open file",) if os.name == "nt" else ()),
    )
    return any(sign in text for sign in signs)
