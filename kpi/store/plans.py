"""Every text of a plan that anything was ever judged by, and who changed which. Rows are only ever added."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from kpi.model import PROGRAM, Act, Person, Right, UnknownPlanTextError
from kpi.store.database import Database, sql, sync_folder
from kpi.store.record import Flaw, Record

Changing = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""One transaction that makes every cache of figures stale."""


@dataclass(frozen=True, slots=True)
class PlanText:
    """A text that was kept. `kept_at` is UTC without a zone."""

    sha256: str
    kept_at: datetime
    person: str
    """By name; PROGRAM when it was found in the file."""


@dataclass(frozen=True, slots=True)
class PlanChange:
    """On record: from when on a plan said something else. `at` is UTC without a zone; hashes are "" for no plan."""

    event: int
    at: datetime
    person: str
    """As the record names them."""
    before: str
    after: str


class Plans:
    def __init__(self, database: Database, record: Record, changing: Changing) -> None:
        self._database = database
        self._record = record
        self._changing = changing

    def keep(self, plan: str, text: str, person: Person | str) -> str:
        """Keep a text unless it is kept already; return its SHA-256."""
        with self._database.change() as db:
            return self._add(db, plan, text, person)

    def edit(
        self, plan: str, before: str | None, after: str | None, person: Person, write: Callable[[], Path]
    ) -> None:
        """Keep both texts, put the change on record and write the file; all of it, or nothing.

        A text is None where there is no plan, or its file is no text; `write` gives the file it has written.
        """
        with self._database.writing():
            self._record.allow(person, Right.PLAN, subject=plan)
            with self._changing() as db:
                old = "" if before is None else self._add(db, plan, before, PROGRAM)
                new = "" if after is None else self._add(db, plan, after, person)
                self._record.write(db, person, Act.PLAN, plan=plan, subject=plan, before=old, after=new)
                # Last: whatever fails before leaves the file, and a refusing disk leaves the store, as they were.
                sync_folder(write().parent)

    def note(self, plans: Mapping[str, bytes]) -> None:
        """Put on record which plan files differ from what was last judged by, and keep what they say."""
        # Within the lock: a file may have been written by a change that is not on record yet.
        with self._database.writing():
            self._note(plans)

    def texts(self, plan: str | None = None) -> list[PlanText]:
        """Newest first."""
        return [PlanText(*row[:3]) for row in self._database.fetch("list_kept_plan_texts", plan=plan)]

    def text(self, sha256: str) -> str:
        rows = self._database.fetch("find_plan_text", sha256=sha256)
        if not rows:
            raise UnknownPlanTextError(sha256)
        return str(rows[0][0])

    def changes(self, plan: str) -> list[PlanChange]:
        """Newest first."""
        return [PlanChange(*row) for row in self._database.fetch("list_plan_changes", plan=plan)]

    def verify(self) -> list[Flaw]:
        """Texts that are not what their hash says, and those a person wrote that are gone."""
        changes = [PlanChange(*row) for row in self._database.fetch("list_plan_changes", plan=None)]
        noted = {change.after: change.event for change in changes}
        kept = {
            str(row[0]): hashlib.sha256(str(row[3]).encode()).hexdigest()
            for row in self._database.fetch("list_kept_plan_texts", plan=None)
        }
        wrong = {sha256 for sha256, found in kept.items() if found != sha256}
        gone = {c.after for c in changes if c.after and c.person != PROGRAM} - kept.keys()
        return [Flaw("plan", number) for number in sorted(noted.get(sha256, 0) for sha256 in wrong | gone)]

    def _note(self, plans: Mapping[str, bytes]) -> None:
        known = dict(self._database.fetch("list_plan_texts"))
        hashes = {plan: hashlib.sha256(content).hexdigest() for plan, content in plans.items()}
        changed = [p for p in sorted(known.keys() | hashes.keys()) if known.get(p, "") != hashes.get(p, "")]
        texts = {plan: text for plan, content in plans.items() if (text := _decoded(content)) is not None}
        lacking = {hashes[plan] for plan in texts} - {kept.sha256 for kept in self.texts()}
        if not changed and not lacking:
            return
        with self._changing() as db:
            for plan, text in texts.items():
                self._add(db, plan, text, PROGRAM)
            for plan in changed:
                facts = {"before": known.get(plan, ""), "after": hashes.get(plan, "")}
                self._record.write(db, PROGRAM, Act.PLAN, plan=plan, subject=plan, **facts)

    def _add(self, db: duckdb.DuckDBPyConnection, plan: str, text: str, person: Person | str) -> str:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        who = person if isinstance(person, str) else person.name
        facts = {"sha256": sha256, "plan": plan, "content": text, "person": who}
        db.execute(sql("add_plan_text"), {**facts, "kept_at": self._database.now()})
        return sha256


def _decoded(content: bytes) -> str | None:
    """What a file says; None when it is no text, so that no plan was ever read from it."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
