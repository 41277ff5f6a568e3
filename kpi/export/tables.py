"""Write assessments out for the award board: tables first, then bytes. It decides nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kpi import vi
from kpi.model import Cell, Kind, Period, Plan, Quarter, Reading, State, Status, Upload
from kpi.progress import Assessment
from kpi.tasks import Standing

Format = Literal["csv", "csv-machine"]
# A spreadsheet takes a text that begins so for a formula (or, after TAB and CR, may); spaces do not stop it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number twice: exact for machines, and as people read it, never rounded across its target."""

    exact: Fraction
    shown: Decimal


Value = str | date | Figure | None


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def report(
    plan: Plan,
    quarter: Quarter,
    rows: Iterable[Assessment],
    *,
    standings: Iterable[Standing] = (),
    uploads: Iterable[Upload] = (),
    period: Period | None = None,
    illustrative: bool = False,
) -> Table:
    """The table for the award board: a row per indicator of the province, then the tasks.

    `rows` may hold other units too, they are left out. `uploads` give the sources their file names. `period` is what
    the table is called after, the quarter itself without it.
    """
    province = [r for r in rows if r.unit.code == plan.province]
    names = {u.id: u.filename for u in uploads}
    called = period or Period.of(quarter)
    title = vi.report_title(province[0].unit.title if province else plan.province, called)
    lines = [_indicator(plan, r, names, illustrative) for r in province]
    lines += [_task(s, n, illustrative) for n, s in enumerate(standings, _last_number(plan) + 1)]
    return Table(title, vi.report_headings(called), tuple(lines))


def unit_report(
    plan: Plan,
    period: Period,
    rows: Iterable[Assessment],
    *,
    uploads: Iterable[Upload] = (),
    illustrative: bool = False,
) -> Table:
    """The same rows for one unit, without tasks."""
    names, own = {u.id: u.filename for u in uploads}, list(rows)
    lines = tuple(_indicator(plan, r, names, illustrative) for r in own)
    return Table(vi.report_title(own[0].unit.title, period), vi.report_headings(period), lines)


def matrix(
    plan: Plan,
    quarter: Quarter,
    rows: Iterable[Assessment],
    *,
    period: Period | None = None,
    illustrative: bool = False,
) -> Table:
    """Units by indicators in the order of `rows`; the province's line is its own assessments, not a sum."""
    by_unit: dict[str, dict[str, Assessment]] = {}
    for row in rows:
        by_unit.setdefault(row.unit.code, {})[row.indicator.number] = row
    headings = (vi.UNIT, *(vi.matrix_heading(i) for i in plan.indicators), vi.NOTES)
    lines = [_unit(plan, code, found, illustrative) for code, found in by_unit.items()]
    name = next((f.unit.title for found in by_unit.values() for f in found.values()), plan.province)
    return Table(vi.matrix_title(name, period or Period.of(quarter)), headings, tuple(lines))


def write(table: Table, to: Format) -> bytes:
    """The bytes of a table: "csv" opens in a Vietnamese Excel, "csv-machine" is RFC 4180 for programs.

    csv: UTF-8 with BOM, semicolons, decimal commas, days as 31/03/2022, shares as printed on screen.
    csv-machine: UTF-8, commas, decimal points, ISO days, numbers exact (ratios to 10 decimals).
    Both: CRLF, missing is empty, and no text can become a formula.
    """
    text, delimiter = (_for_excel, ";") if to == "csv" else (_for_machine, ",")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_harmless(h) for h in table.headings])
    writer.writerows([text(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig" if to == "csv" else "utf-8")


def printed(table: Table) -> list[dict[str, str]]:
    """The rows as a page shows them: heading -> text."""
    return [dict(zip(table.headings, map(on_screen, row), strict=True)) for row in table.rows]


def _indicator(
    plan: Plan, row: Assessment, files: Mapping[str, str], illustrative: bool
) -> tuple[Value, ...]:
    days = [r.as_of for r in row.readings]
    value = result(row)
    return (
        row.indicator.number,
        row.indicator.name,
        row.indicator.unit_of_measure,
        exact(row.target),
        value,
        exact(row.numerator),
        exact(row.denominator),
        None if value is None or row.target is None else _away(value, row.target),
        vi.status(row.status, some=row.value is not None),
        vi.performers(performers(plan, row.indicator.number)),
        max(days, default=None),
        _source(row.readings, files),
        _notes(row, illustrative),
    )


def _last_number(plan: Plan) -> int:
    """The highest number of an indicator, so that no task has one of theirs: 8.4 counts as 8."""
    wholes = (indicator.number.partition(".")[0] for indicator in plan.indicators)
    return max([len(plan.indicators), *(int(whole) for whole in wholes if whole.isdecimal())])


def _task(found: Standing, number: int, illustrative: bool) -> tuple[Value, ...]:
    task = found.task
    notes = [
        *([vi.ILLUSTRATIVE] if illustrative else []),
        *([found.note] if found.note else []),
        *task.assumptions,
        *([vi.days_late(found.days_late)] if found.days_late else []),
    ]
    return (
        str(number),
        task.content,
        vi.A_TASK,
        task.due,
        found.done_on,
        None,
        None,
        None,
        vi.TASK_STATE[found.state],
        task.assignee,
        found.day,
        vi.document(found.result),
        "; ".join(notes),
    )


def _unit(plan: Plan, code: str, found: Mapping[str, Assessment], illustrative: bool) -> tuple[Value, ...]:
    cells = [result(found[i.number]) if i.number in found else None for i in plan.indicators]
    notes = [vi.ILLUSTRATIVE] if illustrative else []
    for status in (Status.NO_DATA, Status.NOT_APPLICABLE, Status.AWAITING):
        silent = [n for n, row in found.items() if row.status is status and result(row) is None]
        notes += [vi.with_numbers(vi.STATUS[status], silent)] if silent else []
    partial = [n for n, row in found.items() if row.lower is not None]
    notes += [vi.with_numbers(vi.NOT_ENOUGH_DATA, partial)] if partial else []
    name = vi.WHOLE_PROVINCE if code == plan.province else next(iter(found.values())).unit.title
    return (name, *cells, "; ".join(notes))


def result(row: Assessment) -> Figure | None:
    """The value in the measure of the target: of a rank, the places climbed once the plan's edition is out."""
    if row.indicator.kind is Kind.RANK:
        judged = row.status is not Status.AWAITING and row.gain is not None
        return Figure(Fraction(row.gain or 0), Decimal(row.gain or 0)) if judged else None
    if row.value is None:
        return None
    if row.indicator.kind is Kind.SHARE:
        return Figure(row.value, vi.rounded(row.value, row.goal))
    return Figure(row.value, _decimal(row.value))


def _away(result: Figure, target: Decimal) -> Figure:
    """The difference a reader gets who subtracts what is printed."""
    return Figure(result.exact - Fraction(target), result.shown - target)


def exact(value: Decimal | None) -> Figure | None:
    return None if value is None else Figure(Fraction(value), _decimal(Fraction(value)))


def performers(plan: Plan, number: str) -> list[str]:
    """Who reports an indicator, by name."""
    told = {number, *plan.indicator(number).all_of}
    return [r.name for r in plan.reporters if any(d.indicator in told for d in r.duties)]


def _source(readings: Sequence[Reading], files: Mapping[str, str]) -> str:
    """The file, sheet and cell of a number; of a sum, how many there are and the first of them."""
    if not readings:
        return ""
    cells = {(r.upload, c) for r in readings for c in (r.cell, r.denominator_cell) if c is not None}
    first = min(readings, key=lambda r: (r.quarter, files.get(r.upload or "", ""), _position(r.cell)))
    where = vi.source(files.get(first.upload or "", ""), first.cell)
    if len(readings) > 1:
        return vi.sources(len({r.upload for r in readings}), len(cells), where)
    apart = first.denominator_cell not in {None, first.cell}
    return (
        f"{where}, {vi.denominator_at(first.denominator_cell)}" if apart and first.denominator_cell else where
    )


def _position(cell: Cell) -> tuple[str, int, str]:
    """Rows in the order of the sheet: C9 before C10."""
    digits = "".join(filter(str.isdigit, cell.address))
    return cell.sheet, int(digits or 0), cell.address


def _notes(row: Assessment, illustrative: bool) -> str:
    notes = [vi.ILLUSTRATIVE] if illustrative else []
    if row.reported < row.expected:
        notes.append(vi.reports(row.reported, row.expected))
    if row.lower is not None and row.upper is not None:
        notes.append(vi.within_bounds(row.indicator, row.lower, row.upper))
    if row.indicator.kind is Kind.RANK and row.value is not None:
        notes.append(vi.figure(row.indicator, row.value, edition=row.edition))
        notes += [] if row.gain is None else [vi.gain(row.gain, row.edition)]
    elif row.gap:
        notes.append(vi.gap(row.needed, row.gap, row.indicator.things))
    if row.needed_rest:
        notes.append(vi.rest(row.needed_rest, row.to_come, row.indicator.things))
    notes += [vi.stale_units(len(row.stale))] if row.stale else []
    estimates = sum(r.state is State.ESTIMATE for r in row.readings)
    notes += [vi.estimates(estimates)] if estimates else []
    notes += [vi.BARE] if row.bare else []
    days = {r.as_of for r in row.readings}
    notes += [vi.as_of_since(min(days))] if len(days) > 1 else []
    return "; ".join(notes)


def _decimal(value: Fraction) -> Decimal:
    """Exact when some number of decimals holds it, else to ten."""
    decimals = next((d for d in range(10) if Fraction(vi.round_half_up(value, d)) == value), 10)
    return vi.round_half_up(value, decimals)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _for_excel(value: Value) -> str:
    match value:
        case None:
            return ""
        case Figure(_, shown):
            return f"{shown:f}".replace(".", ",")
        case date():
            return vi.day(value)
        case str():
            return _harmless(value)


def _for_machine(value: Value) -> str:
    match value:
        case None:
            return ""
        case Figure(exact, _):
            return f"{_decimal(exact):f}"
        case date():
            return value.isoformat()
        case str():
            return _harmless(value)


def on_screen(value: Value) -> str:
    match value:
        case None:
            return ""
        case Figure(_, shown):
            return vi.number(shown, max(-int(shown.as_tuple().exponent), 0))
        case date():
            return vi.day(value)
        case str():
            return value
