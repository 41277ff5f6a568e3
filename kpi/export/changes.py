"""What has become of a report since it was handed out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi.export.report import Report
from kpi.export.tables import Figure, Table, Value, on_screen


@dataclass(frozen=True, slots=True)
class Change:
    """One cell, as it was printed then and as it would be now; "" where there was, or is, nothing."""

    row: str
    column: str
    was: str
    now: str


def compare(then: Report, now: Report) -> tuple[Change, ...]:
    """Every cell of both tables that differs, in their order."""
    return (*_cells(then.summary, now.summary, key=2), *_cells(then.matrix, now.matrix, key=1))


def _cells(then: Table, now: Table, *, key: int) -> Iterator[Change]:
    """`key`: how many columns say what a row is about."""
    old, new = _by_row(then, key), _by_row(now, key)
    for row in dict.fromkeys([*old, *new]):
        before, after = old.get(row, {}), new.get(row, {})
        for column in dict.fromkeys([*before, *after]):
            was, is_now = before.get(column), after.get(column)
            if _exact(was) != _exact(is_now):
                yield Change(". ".join(row), column, on_screen(was), on_screen(is_now))


def _exact(value: Value) -> object:
    """With another target the same figure may be printed with other decimals: that is no change."""
    return value.exact if isinstance(value, Figure) else value or None


def _by_row(table: Table, key: int) -> dict[tuple[str, ...], dict[str, Value]]:
    rows = (dict(zip(table.headings, row, strict=True)) for row in table.rows)
    return {tuple(map(on_screen, list(row.values())[:key])): dict(list(row.items())[key:]) for row in rows}
