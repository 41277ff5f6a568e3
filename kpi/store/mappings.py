"""What people settled about where the headings, rows and names of a reporter's own sheets belong. Only ever added to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from kpi.store.database import Database, sql


@dataclass(frozen=True, slots=True)
class Settled:
    """A question that was answered; `kept_at` is UTC without a zone."""

    sort: str
    found: str
    choice: str
    person: str
    kept_at: datetime


class Mappings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def settled(self, plan: str, reporter: str) -> list[Settled]:
        """The newest answer to each question, of the uploads that were not withdrawn: who withdraws takes all back."""
        return self._settled(plan, reporter, None)

    def choices(
        self, plan: str, reporter: str, *, among: Collection[str] | None = None
    ) -> dict[tuple[str, str], str]:
        """Sort of question and text -> choice, as a workbook of the reporter is read with.

        `among`: the uploads that had been kept and not withdrawn at an earlier moment.
        """
        return {(found.sort, found.found): found.choice for found in self._settled(plan, reporter, among)}

    def _settled(self, plan: str, reporter: str, among: Collection[str] | None) -> list[Settled]:
        standing = None if among is None else [int(upload) for upload in among]
        facts = {"plan": plan, "reporter": reporter, "among": standing}
        return [Settled(*row) for row in self._database.fetch("list_mappings", **facts)]


def add_mappings(db: duckdb.DuckDBPyConnection, upload: int, placed: Mapping[tuple[str, str], str]) -> None:
    """Within the transaction that keeps the upload."""
    rows = [{"sort": sort, "found": found, "choice": choice} for (sort, found), choice in placed.items()]
    if rows:
        db.execute(sql("add_mappings"), {"upload": upload, "rows": rows})
