"""Gather a report from the figures: assessments and tasks become the tables, series and sentences of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kpi import vi
from kpi.export.report import Annex, Course, Paragraph, Report
from kpi.export.tables import Figure, exact, matrix, performers, report, result, unit_report
from kpi.model import Kind, Level, Period, Plan, Quarter, Reading, Reporter, TaskUpdate, Unit, Upload
from kpi.progress import Assessment, assess
from kpi.tasks import Standing, known_on, stand
from kpi.units import Units
from kpi.vi import report as words
from kpi.vi import standing


def gather(
    plan: Plan,
    units: Units,
    period: Period,
    readings: Iterable[Reading],
    updates: Iterable[TaskUpdate],
    *,
    day: date,
    closed: bool = False,
    uploads: Sequence[Upload] = (),
) -> Report:
    """Everything a report of the period says. `day` is today: see `known_on`."""
    quarter = period.quarter
    held = [r for r in readings if r.quarter <= quarter]
    province = units.province
    measured = units.children(province.code)
    rows = assess(plan, units, quarter, held, [province, *measured], closed=closed)
    own = [r for r in rows if r.unit == province]
    known = known_on(plan, quarter, day)
    standings = stand(plan.tasks, updates, quarter, known)
    illustrative = any(u.illustrative and not u.withdrawn for u in uploads)
    illustrative |= any(u.illustrative for found in standings for u in found.updates)
    found = [(r.indicator.number, r.status) for r in own]
    summary = report(
        plan, quarter, own, standings=standings, uploads=uploads, period=period, illustrative=illustrative
    )
    return Report(
        plan=plan.code,
        title=plan.title,
        issuer=plan.issuer,
        superior=plan.superior,
        place=plan.place,
        signer=plan.signer,
        recipients=plan.recipients,
        legal_basis=plan.legal_basis,
        number=plan.number,
        issued=plan.issued,
        province=province.title,
        period=str(period),
        day=known,
        closed=closed,
        illustrative=illustrative,
        standing=standing.sentence(found, words.in_sentence(period)),
        counts=tuple((label, Figure(Fraction(n), Decimal(n))) for label, n in standing.counts(found).items()),
        summary=summary,
        matrix=matrix(plan, quarter, rows, period=period, illustrative=illustrative),
        annexes=tuple(
            _annex(plan, units, period, held, unit, uploads, closed=closed, illustrative=illustrative)
            for unit in measured
            if unit.level is Level.DISTRICT and any(r.unit == unit for r in rows)
        ),
        paragraphs=tuple(_paragraph(plan, units, r) for r in own),
        tasks=tuple(_task(s) for s in standings),
        lacking=tuple(
            words.in_prose(said) for said in _lacking(own, unsent(plan, quarter, uploads), quarter, standings)
        ),
        courses=tuple(_courses(plan, units, period, held)),
    )


def unsent(plan: Plan, quarter: Quarter, uploads: Iterable[Upload]) -> list[Reporter]:
    """The reporters without an upload that counts for the quarter."""
    sent = {u.reporter for u in uploads if u.quarter == quarter and not u.withdrawn}
    return [r for r in plan.reporters if r.code not in sent]


def _annex(
    plan: Plan,
    units: Units,
    period: Period,
    held: Sequence[Reading],
    unit: Unit,
    uploads: Sequence[Upload],
    *,
    closed: bool,
    illustrative: bool,
) -> Annex:
    quarter, below = period.quarter, units.children(unit.code)
    rows = assess(plan, units, quarter, held, [unit, *below], closed=closed)
    own = [r for r in rows if r.unit == unit]
    parts = [r for r in rows if r.unit != unit]
    asked = {r.indicator.number for r in parts}
    narrow = replace(plan, indicators=tuple(i for i in plan.indicators if i.number in asked))
    communes = matrix(narrow, quarter, parts, period=period, illustrative=illustrative) if parts else None
    table = unit_report(plan, period, own, uploads=uploads, illustrative=illustrative)
    return Annex(unit.title, table, communes and replace(communes, title=vi.matrix_title(unit.title, period)))


def _paragraph(plan: Plan, units: Units, row: Assessment) -> Paragraph:
    silent = [units.get(code).title for code in row.unreported]
    lacking = [units.get(code).title for code in row.missing if code not in row.unreported]
    text = words.paragraph(row, performers(plan, row.indicator.number), lacking, silent)
    return Paragraph(row.indicator.number, row.indicator.name, text)


def _task(found: Standing) -> Paragraph:
    task = found.task
    text = words.task_paragraph(
        task.assignee, found.state, task.due, found.done_on, found.days_late, found.result, found.note
    )
    return Paragraph(task.key, task.content, text)


def _lacking(
    rows: Iterable[Assessment], silent: Sequence[Reporter], quarter: Quarter, standings: Iterable[Standing]
) -> Iterator[str]:
    for row in rows:
        if row.status in standing.LATE:
            said = vi.status(row.status, some=row.value is not None)
            name, things = row.indicator.short_name, row.indicator.things
            gap = None if row.indicator.kind is Kind.RANK else row.gap
            yield standing.late(row.indicator.number, name, said, row.needed, gap, things)
        elif row.target is None and row.status not in standing.DONE and row.value is not None:
            yield standing.short(
                row.indicator.number, row.indicator.short_name, *_parts(row), row.indicator.things
            )
    if silent:
        yield standing.unsent([r.name for r in silent], quarter)
    for found in standings:
        if found.days_late:
            task, state = found.task, vi.TASK_STATE[found.state]
            yield standing.late_task(task.key, task.content, task.assignee, state, found.days_late)


def _parts(row: Assessment) -> tuple[Decimal, Decimal]:
    return row.numerator or Decimal(0), row.denominator or Decimal(0)


def _courses(plan: Plan, units: Units, period: Period, held: Sequence[Reading]) -> Iterator[Course]:
    """The quarters of the period's year up to its end; a ranking has none."""
    quarters = [q for q in plan.quarters if q.year == period.year and q <= period.quarter]
    found = {q: {r.indicator.number: r for r in assess(plan, units, q, _upto(held, q))} for q in quarters}
    for indicator in plan.indicators:
        if indicator.kind is Kind.RANK:
            continue
        values = tuple(result(found[q][indicator.number]) for q in quarters)
        yield Course(
            indicator.number,
            indicator.short_name,
            indicator.unit_of_measure,
            exact(indicator.target.value if indicator.target else None),
            tuple(vi.quarter(q) for q in quarters),
            values,
        )


def _upto(held: Iterable[Reading], quarter: Quarter) -> list[Reading]:
    return [r for r in held if r.quarter <= quarter]
