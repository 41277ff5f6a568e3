"""Keep workbooks and their readings: one DuckDB file, the original bytes beside it. Rows are only ever added."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import duckdb

from kpi.model import (
    AlreadyKeptError,
    AlreadyWithdrawnError,
    Cell,
    DamagedOriginalError,
    NotKeptError,
    Quarter,
    Reading,
    State,
    StoreBusyError,
    StoreUnusableError,
    UncleanDraftError,
    UnknownUploadError,
    Upload,
)
from kpi.workbook import Draft, compare

__all__ = [
    "AlreadyKeptError",
    "AlreadyWithdrawnError",
    "DamagedOriginalError",
    "Kept",
    "NotKeptError",
    "Store",
    "StoreBusyError",
    "StoreUnusableError",
    "UncleanDraftError",
    "UnknownUploadError",
]

_SQL = files("kpi") / "sql"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "lock_configuration": True,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a workbook brought, against what counted before it."""

    upload: str
    sha256: str
    new: int
    changed: int
    unchanged: int


class Store:
    """Safe to share between threads; one process at a time (StoreBusyError)."""

    # Of the class: two stores of one file in one process are one database to DuckDB.
    _writing = threading.RLock()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.originals = path.parent / "originals"
        try:
            self.originals.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusableError(path) from error
        self._base = self._connect()
        try:
            self._migrate()
            self._revision = self._count_revisions()
        except BaseException:
            self._base.close()
            raise
        _sync_folder(path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._base.close()

    @property
    def revision(self) -> int:
        """Grows with everything that is kept or withdrawn: the key of caches."""
        return self._revision

    def keep(
        self, draft: Draft, person: str, *, illustrative: bool = False, kept_at: datetime | None = None
    ) -> Kept:
        """Keep a clean draft, all of it or none of it; when this returns it is safe on disk.

        Only illustrative uploads may say when they were kept.
        """
        if not draft.clean:
            raise UncleanDraftError(draft.filename, len(draft.problems), len(draft.open_doubts))
        if kept_at is not None and not illustrative:
            raise ValueError(kept_at)
        with self._writing, self._disk_may_refuse():
            if there := self.find(draft.sha256):
                raise AlreadyKeptError(there)
            self._keep_original(draft.content, draft.sha256)
            with self._transaction() as db:
                kept = _add(db, draft, person, kept_at or _now(), illustrative=illustrative)
            self._revision += 1
            self._checkpoint()
        return kept

    def withdraw(self, upload: str, person: str, why: str) -> None:
        """Let an upload count no longer; what it replaced counts again."""
        with self._writing, self._disk_may_refuse():
            found = self.upload(upload)
            if found.withdrawn:
                raise AlreadyWithdrawnError(found)
            with self._transaction() as db:
                facts = {"upload": int(upload), "person": person, "why": why, "withdrawn_at": _now()}
                db.execute(_sql("add_withdrawal"), facts)
            self._revision += 1
            self._checkpoint()

    def current(self, plan: str, upto: Quarter | None = None) -> list[Reading]:
        """What counts today, up to and with a quarter."""
        last = None if upto is None else _place(upto)
        return _readings(self._fetch("list_current_readings", plan=plan, since=None, upto=last))

    def uploads(self, plan: str | None = None) -> list[Upload]:
        """All, the withdrawn ones too, newest first."""
        return [_upload(row) for row in self._fetch("list_uploads", plan=plan, id=None)]

    def upload(self, upload: str) -> Upload:
        rows = self._fetch("list_uploads", plan=None, id=int(upload)) if _is_id(upload) else []
        if not rows:
            raise UnknownUploadError(upload)
        return _upload(rows[0])

    def find(self, sha256: str) -> Upload | None:
        """The upload of these very bytes, unless it was withdrawn."""
        rows = self._fetch("find_held_bytes", sha256=sha256)
        return self.upload(str(rows[0][0])) if rows else None

    def readings(self, upload: str) -> list[Reading]:
        """Every reading of one upload, whether it counts or not."""
        return _readings(self._fetch("list_upload_readings", upload=int(self.upload(upload).id)))

    def original(self, upload: str) -> bytes:
        """The workbook byte for byte as it was sent."""
        found = self.upload(upload)
        path = self._original(found.sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DamagedOriginalError(found, path) from error
        if hashlib.sha256(content).hexdigest() != found.sha256:
            raise DamagedOriginalError(found, path)
        return content

    def illustrative(self, plan: str) -> bool:
        """Whether any invented figures stand in the plan."""
        ((answer,),) = self._fetch("is_illustrative", plan=plan)
        return bool(answer)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(str(self.path), config=_CONFIG)
        except (duckdb.IOException, duckdb.InternalException, duckdb.SerializationException) as error:
            if _is_busy(error):
                raise StoreBusyError(self.path) from error
            raise StoreUnusableError(self.path) from error

    def _migrate(self) -> None:
        steps = sorted((step.name, step) for step in (_SQL / "schema").iterdir())
        with self._transaction() as db:
            db.execute("create table if not exists schema_step (name varchar primary key)")
            done = {name for (name,) in db.execute("select name from schema_step").fetchall()}
            if done - {name for name, _ in steps}:
                raise StoreUnusableError(self.path, newer=True)
            for name, step in steps:
                if name not in done:
                    db.execute(step.read_text("utf-8"))
                    db.execute("insert into schema_step values ($name)", {"name": name})

    def _count_revisions(self) -> int:
        rows = self._fetch("count_revisions")
        return int(rows[0][0])

    def _original(self, sha256: str) -> Path:
        return self.originals / f"{sha256}.xlsx"

    def _keep_original(self, content: bytes, sha256: str) -> None:
        path = self._original(sha256)
        part = path.with_name(f"{uuid4().hex}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(self.originals)

    def _fetch(self, query: str, **facts: object) -> list[tuple[Any, ...]]:
        with self._cursor() as db:
            return db.execute(_sql(query), facts).fetchall()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        base = self._base
        try:
            with base.cursor() as db:
                yield db
        except duckdb.FatalException:
            self._reopen(base)
            raise

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._writing, self._cursor() as db:
            db.begin()
            try:
                yield db
                db.commit()
            except BaseException:
                with suppress(duckdb.Error):  # a failed commit has nothing left to roll back
                    db.rollback()
                raise

    @contextmanager
    def _disk_may_refuse(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.FatalException, duckdb.IOException, duckdb.TransactionException, OSError) as error:
            raise NotKeptError(self.path) from error

    def _checkpoint(self) -> None:
        """Shorten the log. What was committed is in the log already, so a failure loses nothing."""
        with suppress(duckdb.Error), self._cursor() as db:
            db.execute("checkpoint")

    def _reopen(self, broken: duckdb.DuckDBPyConnection) -> None:
        """After a full disk DuckDB refuses everything until its file is opened afresh."""
        with self._writing:
            if self._base is broken:
                broken.close()
                self._base = self._connect()


def _add(
    db: duckdb.DuckDBPyConnection, draft: Draft, person: str, kept_at: datetime, *, illustrative: bool
) -> Kept:
    """Write the record of an upload, its readings and the answers given."""
    plan, reporter, quarter = draft.plan, draft.reporter, draft.quarter
    if plan is None or reporter is None or quarter is None:
        raise ValueError(draft.filename)
    only = {"plan": plan.code, "since": _place(quarter), "upto": _place(quarter)}
    before = _readings(db.execute(_sql("list_current_readings"), only).fetchall())
    ((newest,),) = db.execute("select coalesce(max(id), 0) from upload").fetchall()
    upload = newest + 1
    db.execute(
        _sql("add_upload"),
        {
            "id": upload,
            "plan": plan.code,
            "reporter": reporter.code,
            "year": quarter.year,
            "quarter": quarter.number,
            "filename": draft.filename,
            "sha256": draft.sha256,
            "person": person,
            "kept_at": kept_at,
            "illustrative": illustrative,
        },
    )
    if draft.readings:
        rows = [_row(reading) for reading in draft.readings]
        db.execute(_sql("add_readings"), {"upload": upload, "plan": plan.code, "rows": rows})
    if draft.answers:
        _add_answers(db, upload, draft.answers)
    return _kept(str(upload), draft, before)


def _add_answers(db: duckdb.DuckDBPyConnection, upload: int, answers: Mapping[str, str]) -> None:
    rows = [{"question": question, "choice": choice} for question, choice in answers.items()]
    db.execute(_sql("add_answers"), {"upload": upload, "rows": rows})


def _kept(upload: str, draft: Draft, before: Iterable[Reading]) -> Kept:
    sorts = Counter(change.sort for change in compare(draft, before))
    return Kept(upload, draft.sha256, sorts["new"], sorts["changed"], sorts["unchanged"])


def _row(reading: Reading) -> dict[str, object]:
    beside = reading.denominator_cell
    return {
        "indicator": reading.indicator,
        "unit": reading.unit,
        "year": reading.quarter.year,
        "quarter": reading.quarter.number,
        "edition": reading.edition or 0,
        "numerator": _text(reading.numerator, 4),
        "denominator": _text(reading.denominator, 4),
        "value": _text(reading.value, 18),
        "state": reading.state.value,
        "as_of": reading.as_of,
        "sheet": reading.cell.sheet,
        "address": reading.cell.address,
        "denominator_sheet": beside and beside.sheet,
        "denominator_address": beside and beside.address,
    }


def _text(value: Decimal | None, decimals: int) -> str | None:
    """Digits for the cast; never let the database round, since a verdict could turn on it."""
    if value is None:
        return None
    text = f"{value:f}"
    if len(text.partition(".")[2].rstrip("0")) > decimals:
        raise ValueError(value)
    return text


def _readings(rows: Iterable[tuple[Any, ...]]) -> list[Reading]:
    return [_reading(*row) for row in rows]


def _reading(
    indicator: str,
    unit: str,
    year: int,
    quarter: int,
    edition: int,
    numerator: Decimal | None,
    denominator: Decimal | None,
    value: Decimal | None,
    state: str,
    as_of: date,
    sheet: str,
    address: str,
    denominator_sheet: str | None,
    denominator_address: str | None,
    upload: int,
) -> Reading:
    beside = denominator_sheet is not None and denominator_address is not None
    return Reading(
        indicator=indicator,
        unit=unit,
        quarter=Quarter(year, quarter),
        numerator=_trimmed(numerator),
        denominator=_trimmed(denominator),
        value=_trimmed(value),
        state=State(state),
        as_of=as_of,
        cell=Cell(sheet, address),
        denominator_cell=Cell(str(denominator_sheet), str(denominator_address)) if beside else None,
        edition=edition or None,
        upload=str(upload),
    )


def _trimmed(value: Decimal | None) -> Decimal | None:
    """12.0000 as it was written: 12."""
    if value is None:
        return None
    whole = int(value)
    return Decimal(whole) if value == whole else value.normalize()


def _place(quarter: Quarter) -> int:
    """A number that grows from quarter to quarter."""
    return quarter.year * 10 + quarter.number


def _upload(row: tuple[Any, ...]) -> Upload:
    (
        number,
        plan,
        reporter,
        year,
        quarter,
        filename,
        sha256,
        person,
        kept_at,
        illustrative,
        counts,
        withdrawn_at,
        withdrawn_by,
        why,
    ) = row
    return Upload(
        id=str(number),
        plan=plan,
        reporter=reporter,
        quarter=Quarter(year, quarter),
        filename=filename,
        sha256=sha256,
        person=person,
        kept_at=kept_at,
        illustrative=illustrative,
        withdrawn=withdrawn_at is not None,
        current=counts,
        withdrawn_at=withdrawn_at,
        withdrawn_by=withdrawn_by or "",
        why=why or "",
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _is_busy(error: duckdb.Error) -> bool:
    text = str(error).lower()
    # Windows says why in its own language.
    signs = (
        "set lock",
        "already open",
        "another process",
        *(("cannot open file",) if os.name == "nt" else ()),
    )
    return any(sign in text for sign in signs)


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder outlive a power cut; Windows cannot, and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@cache
def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text("utf-8")
