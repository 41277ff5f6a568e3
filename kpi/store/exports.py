"""What was handed out: every report with the figures and the plan text it was made from, kept for good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kpi.model import Act, LostFileError, Period, Person, Right, Snapshot, UnknownSnapshotError
from kpi.store.database import Database, sql
from kpi.store.files import Files
from kpi.store.plans import Plans
from kpi.store.record import Flaw, Record

_DIGITS = 10
"""Of the hash that is a snapshot's id: enough to be read out on the telephone."""

Render = Callable[[Snapshot], bytes]
"""Makes the file; it knows all of its snapshot but the hash of the file itself."""


class Exports:
    def __init__(self, database: Database, record: Record, files: Files, plans: Plans) -> None:
        self._database = database
        self._record = record
        self._files = files
        self._plans = plans

    def keep(
        self,
        person: Person,
        plan: str,
        period: Period,
        form: str,
        filename: str,
        figures: str,
        plan_text: str,
        render: Render,
        *,
        closed: bool = False,
        illustrative: bool = False,
    ) -> Snapshot:
        """Make a file and keep it with what it was made from; on disk and on record when this returns."""
        self._record.allow(person, Right.OFFICE, subject=filename)
        made_at = self._database.now()
        sources = _hash(plan_text), _hash(figures)
        facts = made_at.isoformat(), person.signature, plan, str(period), form, filename, *sources
        number = _hash("\n".join(facts))[:_DIGITS]

        def snapshot(sha256: str) -> Snapshot:
            return Snapshot(
                number,
                plan,
                period,
                form,
                filename,
                made_at,
                person.name,
                *sources,
                sha256,
                closed=closed,
                illustrative=illustrative,
            )

        # Before the lock: LibreOffice may take seconds.
        content = render(snapshot(""))
        with self._database.writing():
            self._record.allow(person, Right.OFFICE, subject=filename)
            self._plans.keep(plan, plan_text, person)
            self._files.keep(figures.encode())
            made = snapshot(self._files.keep(content))
            with self._database.change() as db:
                db.execute(sql("add_snapshot"), _row(made))
                self._note(db, person, made, _digest(made))
        return made

    def snapshots(self, plan: str | None = None) -> list[Snapshot]:
        """Newest first."""
        return [_snapshot(*row) for row in self._database.fetch("list_snapshots", plan=plan, id=None)]

    def snapshot(self, number: str) -> Snapshot:
        rows = self._database.fetch("list_snapshots", plan=None, id=number)
        if not rows:
            raise UnknownSnapshotError(number)
        return _snapshot(*rows[0])

    def content(self, number: str, person: Person) -> bytes:
        """The file, byte for byte as it was handed out; that it was fetched again goes on record."""
        found = self.snapshot(number)
        self._record.allow(person, Right.OFFICE, subject=found.filename)
        content = self.kept(found)
        with self._database.change() as db:
            self._note(db, person, found)
        return content

    def kept(self, found: Snapshot) -> bytes:
        """The file for the house's own use; whoever gives it to a person asks `content`, or has just made it."""
        return self._files.content(found.sha256)

    def figures(self, number: str) -> str:
        """What the file was made from, as `kpi.export.to_json` wrote it."""
        return self._files.content(self.snapshot(number).figures_sha256).decode()

    def files(self) -> set[str]:
        """The hashes of every file that is named."""
        return {sha256 for found in self.snapshots() for sha256 in (found.sha256, found.figures_sha256)}

    def verify(self) -> list[Flaw]:
        """Exports that are not as the record says, are not on record, or are gone."""
        made = self.snapshots()
        kept = {found.id: _digest(found) for found in made}
        lost = {found.id for found in made if not self._is_whole(found)}
        flaws = []
        for event, became in self._database.fetch("list_noted_exports"):
            number, _, digest = became.split(" ")
            if kept.pop(number, None) != digest or number in lost:
                flaws.append(Flaw("export", event))
        return [*flaws, *(Flaw("export", 0) for _ in kept)]

    def _is_whole(self, found: Snapshot) -> bool:
        try:
            for sha256 in (found.sha256, found.figures_sha256):
                self._files.content(sha256)
        except LostFileError:
            return False
        return True

    def _note(self, db: Any, person: Person, made: Snapshot, digest: str = "") -> None:  # noqa: ANN401 - duckdb's
        """On record stand id and hash of the file; when it was made, also the digest of all that is kept of it."""
        self._record.write(
            db,
            person,
            Act.EXPORT,
            plan=made.plan,
            quarter=made.period.quarter,
            subject=made.filename,
            after=f"{made.id} {made.sha256} {digest}".rstrip(),
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(found: Snapshot) -> str:
    return _hash("\n".join(map(str, _row(found).values())))


def _row(found: Snapshot) -> dict[str, object]:
    return {
        "id": found.id,
        "plan": found.plan,
        "period": str(found.period),
        "format": found.format,
        "filename": found.filename,
        "made_at": found.made_at,
        "person": found.person,
        "plan_sha256": found.plan_sha256,
        "figures_sha256": found.figures_sha256,
        "sha256": found.sha256,
        "closed": found.closed,
        "illustrative": found.illustrative,
    }


def _snapshot(
    number: str,
    plan: str,
    period: str,
    form: str,
    filename: str,
    made_at: datetime,
    person: str,
    plan_sha256: str,
    figures_sha256: str,
    sha256: str,
    closed: bool,
    illustrative: bool,
) -> Snapshot:
    return Snapshot(
        number,
        plan,
        Period.parse(period),
        form,
        filename,
        made_at,
        person,
        plan_sha256,
        figures_sha256,
        sha256,
        closed,
        illustrative,
    )
