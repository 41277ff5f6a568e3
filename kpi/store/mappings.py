"""What people settled about where the headings, rows and names of a reporter's own sheets belong. Only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
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
        """The newest answer to each question, whether its upload was withdrawn or not: the sheet is the same."""
        return self._settled(plan, reporter, None)

    def choices(self, plan: str, reporter: str, *, before: str | None = None) -> dict[tuple[str, str], str]:
        """Sort of question and text -> choice, as a workbook of the reporter is read with; or as upload `before` was."""
        return {(found.sort, found.found): found.choice for found in self._settled(plan, reporter, before)}

    def _settled(self, plan: str, reporter: str, before: str | None) -> list[Settled]:
        only = {"plan": plan, "reporter": reporter, "before": None if before is None else int(before)}
        return [Settled(*row) for row in self._database.fetch("list_mappings", **only)]


def add_mappings(db: duckdb.DuckDBPyConnection, upload: int, placed: Mapping[tuple[str, str], str]) -> None:
    """Within the transaction that keeps the upload."""
    rows = [{"sort": sort, "found": found, "choice": choice} for (sort, found), choice in placed.items()]
    if rows:
        db.execute(sql("add_mappings"), {"upload": upload, "rows": rows})
