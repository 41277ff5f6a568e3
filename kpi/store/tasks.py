"""What was told of the tasks, quarter after quarter, and the files that prove it. Rows are only ever added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import duckdb

from kpi.model import (
    Act,
    Cell,
    Document,
    LostFileError,
    Person,
    Plan,
    Quarter,
    QuarterClosedError,
    Right,
    TaskState,
    TaskUpdate,
    UnknownTaskError,
)
from kpi.store.database import Database, sql
from kpi.store.files import Files
from kpi.store.record import Flaw, Record
from kpi.tasks import holders

Changing = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""One transaction that makes every cache of figures stale."""


class Tasks:
    def __init__(
        self,
        database: Database,
        record: Record,
        files: Files,
        changing: Changing,
        closed: Callable[[str], set[Quarter]],
    ) -> None:
        self._database = database
        self._record = record
        self._files = files
        self._changing = changing
        self._closed = closed

    def keep(
        self,
        plan: Plan,
        updates: Sequence[TaskUpdate],
        person: Person,
        *,
        evidence: Mapping[str, bytes] | None = None,
        workbook: bytes = b"",
        illustrative: bool = False,
        kept_at: datetime | None = None,
    ) -> list[str]:
        """Keep all or none of what is told; return their numbers. `evidence`: key of a task -> the file it names.

        `workbook` is the file all of it came in, if it did.
        """
        if kept_at is not None and not illustrative:
            raise ValueError(kept_at)
        with self._database.writing():
            for update in updates:
                self._refuse(plan, update, person)
            proofs = {task: self._files.keep(content) for task, content in (evidence or {}).items()}
            came_in = self._files.keep(workbook) if workbook else ""
            with self._changing() as db:
                ((newest,),) = db.execute("select coalesce(max(id), 0) from task_update").fetchall()
                told = [
                    replace(
                        u,
                        id=str(newest + n),
                        evidence_sha256=proofs.get(u.task, u.evidence_sha256),
                        workbook_sha256=came_in,
                    )
                    for n, u in enumerate(updates, start=1)
                ]
                facts = {"plan": plan.code, "person": person.name, "illustrative": illustrative}
                facts |= {"kept_at": kept_at or self._database.now(), "rows": [_row(u) for u in told]}
                if told:
                    db.execute(sql("add_task_updates"), facts)
                for update in told:
                    self._record.write(
                        db,
                        person,
                        Act.TASK,
                        plan=plan.code,
                        unit=plan.task(update.task).unit,
                        quarter=update.quarter,
                        subject=f"{update.id} {update.task}",
                        after=_digest(db, int(update.id)),
                    )
        return [update.id for update in told]

    def updates(self, plan: str | None = None) -> list[TaskUpdate]:
        """All that was told, oldest first."""
        return [_update(row) for row in self._database.fetch("list_task_updates", plan=plan)]

    def evidence(self, update: str, person: Person) -> tuple[str, bytes]:
        """Name and bytes of the file that proves an update."""
        found = next((u for u in self.updates() if u.id == update and u.evidence), None)
        if found is None:
            raise UnknownTaskError(update)
        self._record.allow(person, Right.PROGRESS, subject=update)
        return found.evidence, self._files.content(found.evidence_sha256)

    def files(self) -> set[str]:
        """The hashes of every file that is named."""
        return {sha256 for u in self.updates() for sha256 in _named(u)}

    def verify(self) -> list[Flaw]:
        """Updates that are not as the record says, are not on record, or are gone; and files that are not as kept."""
        noted = {
            int(subject.partition(" ")[0]): digest
            for subject, digest in self._database.fetch("list_noted_facts", act=Act.TASK)
        }
        told = self.updates()
        with self._database.cursor() as db:
            kept = {int(u.id): _digest(db, int(u.id)) for u in told}
        flaws = [Flaw("task", n) for n in sorted(noted.keys() | kept.keys()) if noted.get(n) != kept.get(n)]
        return flaws + [Flaw("evidence", int(u.id)) for u in told if not self._is_whole(u)]

    def _is_whole(self, update: TaskUpdate) -> bool:
        try:
            for sha256 in _named(update):
                self._files.content(sha256)
        except LostFileError:
            return False
        return True

    def _refuse(self, plan: Plan, update: TaskUpdate, person: Person) -> None:
        task = next((t for t in plan.tasks if t.key == update.task), None)
        if task is None:
            raise UnknownTaskError(update.task)
        allowed = holders(task)
        held = {grant.unit for grant in person.grants}
        unit = next((unit for unit in allowed if unit in held), allowed[0])
        self._record.allow(person, Right.TASK, unit, plan, update.task)
        if update.quarter in self._closed(plan.code):
            raise QuarterClosedError(plan.code, update.quarter)


def _named(update: TaskUpdate) -> list[str]:
    """The hashes of the files it names: what proves it, and the workbook it came in."""
    return [sha256 for sha256 in (update.evidence_sha256, update.workbook_sha256) if sha256]


def _digest(db: duckdb.DuckDBPyConnection, number: int) -> str:
    rows = db.execute("select * from task_update where id = $id", {"id": number}).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _row(update: TaskUpdate) -> dict[str, object]:
    return {
        "id": int(update.id),
        "task": update.task,
        "year": update.quarter.year,
        "quarter": update.quarter.number,
        "state": update.state.value,
        "done_on": update.done_on,
        "planned": _text(update.planned),
        "result": _text(update.result),
        "note": update.note,
        "evidence": update.evidence,
        "evidence_sha256": update.evidence_sha256,
        "filename": update.filename,
        "workbook_sha256": update.workbook_sha256,
        "sheet": update.cell.sheet if update.cell else "",
        "address": update.cell.address if update.cell else "",
    }


def _text(document: Document) -> str:
    return json.dumps(asdict(document), ensure_ascii=False, default=str)


def _document(text: str) -> Document:
    facts = json.loads(text)
    signed = facts.pop("signed_on")
    return Document(**facts, signed_on=signed and date.fromisoformat(signed))


def _update(row: Iterable[Any]) -> TaskUpdate:
    (
        number,
        _,
        task,
        year,
        quarter,
        state,
        done_on,
        planned,
        result,
        note,
        evidence,
        sha256,
        person,
        kept_at,
        filename,
        workbook,
        sheet,
        address,
        illustrative,
    ) = row
    return TaskUpdate(
        task=task,
        quarter=Quarter(year, quarter),
        state=TaskState(state),
        done_on=done_on,
        planned=_document(planned),
        result=_document(result),
        note=note,
        evidence=evidence,
        evidence_sha256=sha256,
        id=str(number),
        person=person,
        kept_at=kept_at,
        filename=filename,
        workbook_sha256=workbook,
        cell=Cell(sheet, address) if sheet else None,
        illustrative=illustrative,
    )
