"""Keep workbooks and their readings: one DuckDB file, the original bytes beside it. Rows are only ever added."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import duckdb

from kpi.model import (
    PROGRAM,
    Act,
    AlreadyKeptError,
    AlreadyWithdrawnError,
    Cell,
    DamagedOriginalError,
    Person,
    Plan,
    Quarter,
    QuarterClosedError,
    Reading,
    Right,
    State,
    StoreUnusableError,
    UncleanDraftError,
    UnknownUploadError,
    Upload,
)
from kpi.store.awards import Awards
from kpi.store.backups import ORIGINALS, PLANS, Backups
from kpi.store.database import Clock, Database, now, sql, sync_folder
from kpi.store.exports import Exports
from kpi.store.files import EVIDENCE, EXPORTS, Files
from kpi.store.mappings import Mappings, add_mappings
from kpi.store.people import People
from kpi.store.plans import Plans
from kpi.store.record import Flaw, Record
from kpi.store.tasks import Tasks
from kpi.workbook import Draft, compare


@dataclass(frozen=True, slots=True)
class Kept:
    """What a workbook brought, against what counted before it."""

    upload: str
    sha256: str
    new: int
    changed: int
    unchanged: int


class Store:
    """Safe to share between threads; one process at a time (StoreBusyError).

    Whoever acts is a Person, whose right is checked here; what is refused, and what is done, is on record.
    """

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self.path = path
        self.originals = path.parent / ORIGINALS
        try:
            self.originals.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusableError(path) from error
        self._database = Database(path, clock)
        self.record = Record(self._database)
        self.people = People(self._database, self.record)
        self._evidence, self._handed_out = Files(path.parent / EVIDENCE), Files(path.parent / EXPORTS)
        self.tasks = Tasks(self._database, self.record, self._evidence, self._changing, self.closed)
        self.awards = Awards(self._database, self.record, self._changing)
        self.plans = Plans(self._database, self.record, self._changing)
        self.mappings = Mappings(self._database)
        self.exports = Exports(self._database, self.record, self._handed_out, self.plans)
        self.backups = Backups(self._database, self.record, self.files)
        self._begin_record()
        self._revision = self._count_revisions()
        sync_folder(path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.people.close()
        self._database.close()

    @property
    def revision(self) -> int:
        """Grows with everything that is kept, withdrawn or decided: the key of caches."""
        return self._revision

    def keep(
        self, draft: Draft, person: Person, *, illustrative: bool = False, kept_at: datetime | None = None
    ) -> Kept:
        """Keep a clean draft, all of it or none of it; when this returns it is safe on disk.

        Only illustrative uploads may say when they were kept.
        """
        plan, reporter, quarter = draft.plan, draft.reporter, draft.quarter
        if not draft.clean or plan is None or reporter is None or quarter is None:
            raise UncleanDraftError(draft.filename, len(draft.problems), len(draft.open_doubts))
        if kept_at is not None and not illustrative:
            raise ValueError(kept_at)
        with self._database.writing():
            self.record.allow(person, Right.SUBMISSION, reporter.code, plan, draft.filename)
            self._refuse_closed(plan.code, quarter)
            if there := self.find(draft.sha256):
                raise AlreadyKeptError(there)
            self._keep_original(draft.content, draft.sha256)
            with self._changing() as db:
                when = kept_at or self._database.now()
                kept = _add(db, draft, plan.code, reporter.code, quarter, person.name, when, illustrative)
                figures = f"{draft.sha256} {_written(db, kept.upload)}"
                place = plan.code, reporter.code, quarter
                self._note(db, person, Act.UPLOAD_KEPT, kept.upload, place, after=figures)
        return kept

    def withdraw(self, upload: str, person: Person, why: str, plan: Plan | None = None) -> None:
        """Let an upload count no longer; what it replaced counts again."""
        with self._database.writing():
            found = self.upload(upload)
            self.record.allow(person, Right.SUBMISSION, found.reporter, plan, upload)
            self._refuse_closed(found.plan, found.quarter)
            if found.withdrawn:
                raise AlreadyWithdrawnError(found)
            with self._changing() as db:
                facts = {"upload": int(upload), "person": person.name, "why": why}
                db.execute(sql("add_withdrawal"), {**facts, "withdrawn_at": self._database.now()})
                self._note(
                    db, person, Act.WITHDRAWAL, upload, _place_of(found), before=found.sha256, after=why
                )

    def note_check(self, draft: Draft, person: Person) -> None:
        """Put on record that a workbook was offered, and whether it could be kept."""
        plan, reporter = draft.plan, draft.reporter
        self.record.add(
            person,
            Act.UPLOAD_REFUSED if draft.problems else Act.UPLOAD_CHECKED,
            plan=plan.code if plan else "",
            unit=reporter.code if reporter else "",
            quarter=draft.quarter or "",
            subject=draft.filename,
            after=f"{draft.sha256} {len(draft.problems)} problems, {len(draft.doubts)} doubts",
        )

    def approve(self, upload: str, person: Person) -> None:
        """Say that the office has checked an upload."""
        with self._database.writing():
            found = self.upload(upload)
            self.record.allow(person, Right.OFFICE, subject=upload)
            if found.withdrawn:
                raise AlreadyWithdrawnError(found)
            if found.approved_at is None:
                self._decide(Act.APPROVAL, person, found.plan, found.quarter, found)

    def close_quarter(self, plan: str, quarter: Quarter, person: Person) -> None:
        """Let nothing more be kept or withdrawn for a quarter."""
        with self._database.writing():
            self.record.allow(person, Right.OFFICE, subject=str(quarter))
            if quarter not in self.closed(plan):
                self._decide(Act.CLOSE, person, plan, quarter)

    def reopen_quarter(self, plan: str, quarter: Quarter, person: Person, why: str) -> None:
        with self._database.writing():
            self.record.allow(person, Right.OFFICE, subject=str(quarter))
            if quarter in self.closed(plan):
                self._decide(Act.REOPEN, person, plan, quarter, why=why)

    def back_up(self, person: Person, out: Path | None = None) -> Path:
        """Make a backup of everything while others work; see `Backups.make`."""
        return self.backups.make(person, out)

    def closed(self, plan: str) -> set[Quarter]:
        """The quarters of a plan that are closed today."""
        return {Quarter(*place) for place in self._database.fetch("list_closed_quarters", plan=plan)}

    def current(self, plan: str, upto: Quarter | None = None) -> list[Reading]:
        """What counts today, up to and with a quarter."""
        last = None if upto is None else _place(upto)
        return _readings(self._database.fetch("list_current_readings", plan=plan, since=None, upto=last))

    def uploads(self, plan: str | None = None) -> list[Upload]:
        """All, the withdrawn ones too, newest first."""
        return [_upload(row) for row in self._database.fetch("list_uploads", plan=plan, id=None)]

    def upload(self, upload: str) -> Upload:
        rows = self._database.fetch("list_uploads", plan=None, id=int(upload)) if _is_id(upload) else []
        if not rows:
            raise UnknownUploadError(upload)
        return _upload(rows[0])

    def find(self, sha256: str) -> Upload | None:
        """The upload of these very bytes, unless it was withdrawn."""
        rows = self._database.fetch("find_held_bytes", sha256=sha256)
        return self.upload(str(rows[0][0])) if rows else None

    def readings(self, upload: str) -> list[Reading]:
        """Every reading of one upload, whether it counts or not."""
        return _readings(self._database.fetch("list_upload_readings", upload=int(self.upload(upload).id)))

    def answers(self, upload: str) -> dict[str, str]:
        """What was answered to the questions of an upload, by their first cells."""
        return dict(self._database.fetch("list_answers", upload=int(self.upload(upload).id)))

    def original(self, upload: str, person: Person) -> bytes:
        """The workbook byte for byte as it was sent."""
        found = self.upload(upload)
        self.record.allow(person, Right.ORIGINAL, found.reporter, subject=upload)
        return self.content(found)

    def content(self, upload: Upload) -> bytes:
        """The original for the house's own use; whoever gives it to a person asks `original`."""
        path = self._original(upload.sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DamagedOriginalError(upload, path) from error
        if hashlib.sha256(content).hexdigest() != upload.sha256:
            raise DamagedOriginalError(upload, path)
        return content

    def files(self) -> dict[str, Callable[[], bytes]]:
        """Every file beside the store that belongs to it, by its place: what gives its bytes, or says it is lost."""
        originals = {f"{ORIGINALS}/{u.sha256}.xlsx": partial(self.content, u) for u in self.uploads()}
        evidence = {
            f"{EVIDENCE}/{name}": partial(self._evidence.content, name) for name in self.tasks.files()
        }
        exports = {
            f"{EXPORTS}/{name}": partial(self._handed_out.content, name) for name in self.exports.files()
        }
        plans = {f"{PLANS}/{p.name}": p.read_bytes for p in sorted((self.path.parent / PLANS).glob("*.toml"))}
        return {**originals, **evidence, **exports, **plans}

    def illustrative(self, plan: str) -> bool:
        """Whether any invented figures stand in the plan."""
        ((answer,),) = self._database.fetch("is_illustrative", plan=plan)
        return bool(answer)

    def verify(self, *anchors: str) -> list[Flaw]:
        """What does not hold: in the record, against heads that were printed, and in what was kept and decided."""
        noted = self._database.fetch("list_kept_digests")
        kept, acted = self._database.fetch("list_kept_acts"), self._database.fetch("list_noted_acts")
        unnoted = [Flaw("unnoted", int(row[3] or 0)) for row in Counter(kept) - Counter(acted)]
        gone = [Flaw("gone", int(row[3] or 0)) for row in Counter(acted) - Counter(kept)]
        if kept != acted and not unnoted and not gone:  # the same, in another order
            unnoted = [Flaw("unnoted", 0)]
        with self._database.cursor() as db:
            changed = [
                Flaw("figures", int(n)) for n, digest in noted if _is_id(n) and _written(db, n) != digest
            ]
        others = [
            *self.people.verify(),
            *self.tasks.verify(),
            *self.awards.verify(),
            *self.exports.verify(),
            *self.plans.verify(),
        ]
        return [*self.record.verify(*anchors), *unnoted, *gone, *changed, *others]

    def _count_revisions(self) -> int:
        rows = self._database.fetch("count_revisions")
        return int(rows[0][0])

    @contextmanager
    def _changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction that makes every cache of figures stale."""
        with self._database.change() as db:
            yield db
        self._revision += 1
        self._database.checkpoint()

    def _decide(
        self,
        act: Act,
        person: Person,
        plan: str,
        quarter: Quarter,
        upload: Upload | None = None,
        why: str = "",
    ) -> None:
        facts = {"plan": plan, "year": quarter.year, "quarter": quarter.number, "sort": act.value}
        facts |= {
            "upload": int(upload.id) if upload else None,
            "person": person.name,
            "at": self._database.now(),
        }
        with self._changing() as db:
            db.execute(sql("add_decision"), facts)
            if upload:
                self._note(db, person, act, upload.id, _place_of(upload))
            else:
                self.record.write(db, person, act, plan=plan, quarter=quarter, after=why)

    def _begin_record(self) -> None:
        """What a store without a record holds, from before there was one, is put on record as it is found."""
        if self._database.migrated != {"002_door.sql"}:
            return
        with self._database.change() as db:
            for upload in reversed(self.uploads()):
                facts = f"{upload.sha256} {_written(db, upload.id)}"
                self._note(db, PROGRAM, Act.UPLOAD_KEPT, upload.id, _place_of(upload), after=facts)
                if upload.withdrawn:
                    self._note(
                        db,
                        PROGRAM,
                        Act.WITHDRAWAL,
                        upload.id,
                        _place_of(upload),
                        before=upload.sha256,
                        after=upload.why,
                    )

    def _note(
        self,
        db: duckdb.DuckDBPyConnection,
        person: Person | str,
        act: Act,
        upload: str,
        place: tuple[str, str, Quarter],
        **facts: str,
    ) -> None:
        """Put on record what was done with the upload of a plan's reporter for a quarter."""
        plan, unit, quarter = place
        self.record.write(db, person, act, plan=plan, unit=unit, quarter=quarter, subject=upload, **facts)

    def _refuse_closed(self, plan: str, quarter: Quarter) -> None:
        if quarter in self.closed(plan):
            raise QuarterClosedError(plan, quarter)

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
        sync_folder(self.originals)


def _add(
    db: duckdb.DuckDBPyConnection,
    draft: Draft,
    plan: str,
    reporter: str,
    quarter: Quarter,
    person: str,
    kept_at: datetime,
    illustrative: bool,
) -> Kept:
    """Write the record of an upload, its readings and the answers given."""
    only = {"plan": plan, "since": _place(quarter), "upto": _place(quarter)}
    before = _readings(db.execute(sql("list_current_readings"), only).fetchall())
    ((newest,),) = db.execute("select coalesce(max(id), 0) from upload").fetchall()
    upload = newest + 1
    db.execute(
        sql("add_upload"),
        {
            "id": upload,
            "plan": plan,
            "reporter": reporter,
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
        db.execute(sql("add_readings"), {"upload": upload, "plan": plan, "rows": rows})
    if draft.answers:
        _add_answers(db, upload, draft.answers)
    add_mappings(db, upload, draft.placed)
    return _kept(str(upload), draft, before)


def _written(db: duckdb.DuckDBPyConnection, upload: str) -> str:
    """The digest of all the database holds of an upload: its record, its figures, the answers given."""
    rows = db.execute(sql("list_upload_facts"), {"upload": int(upload)}).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _add_answers(db: duckdb.DuckDBPyConnection, upload: int, answers: Mapping[str, str]) -> None:
    rows = [{"question": question, "choice": choice} for question, choice in answers.items()]
    db.execute(sql("add_answers"), {"upload": upload, "rows": rows})


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


def _place_of(upload: Upload) -> tuple[str, str, Quarter]:
    return upload.plan, upload.reporter, upload.quarter


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
        approved_at,
        approved_by,
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
        approved_at=approved_at,
        approved_by=approved_by or "",
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
