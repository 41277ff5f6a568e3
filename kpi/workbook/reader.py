"""An uploaded file becomes a Draft: everything that can be read, everything wrong, every question, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kpi import vi
from kpi.model import Plan, Quarter, Reading
from kpi.problems import (
    AllZero,
    DamagedWorkbook,
    Finding,
    HiddenSheet,
    MacrosIgnored,
    NoHeading,
    NothingReported,
    Notice,
    Problem,
    SheetSkipped,
    TaskForm,
    UnitsMissing,
)
from kpi.units import Directory
from kpi.workbook import guard
from kpi.workbook.draft import Draft
from kpi.workbook.figures import Figures
from kpi.workbook.forms import KEY_SHEET
from kpi.workbook.grid import Grid, load
from kpi.workbook.identity import Asked, Identity, cut_off, identify
from kpi.workbook.questions import Questions
from kpi.workbook.rows import Desk, lines, tables
from kpi.workbook.tasks import TASK_MARK

Held = Iterable[Reading] | Callable[[str], Iterable[Reading]]
"""Readings that are kept already, or what gives them for a plan's code."""


def read(
    filename: str,
    content: bytes,
    plans: Mapping[str, Plan],
    directory: Directory,
    *,
    reporter: str | None = None,
    quarter: Quarter | None = None,
    held: Held = (),
    answers: Mapping[str, str] | None = None,
) -> Draft:
    """Never raises for what a file holds. `answers`: a question's first cell, as "Sheet!A1" or "A1" -> its choice."""
    draft = Draft(PurePath(filename.replace("\\", "/")).name, content)
    refused = guard.refuse(draft.filename, content)
    grids = DamagedWorkbook() if refused else load(content)
    if refused or isinstance(grids, DamagedWorkbook):
        return replace(draft, problems=(refused or DamagedWorkbook(),))
    if any(grid.text(1, 1) == TASK_MARK for grid in grids):
        return replace(draft, problems=(TaskForm(),))
    identity = identify(grids, plans, directory, Asked(reporter, quarter))
    problems: list[Problem] = [*identity.problems, *(g.too_large for g in grids if g.too_large)]
    notices: list[Notice] = list(identity.notices)
    if guard.has_macros(content):
        notices.append(MacrosIgnored())
    draft = replace(draft, plan=identity.plan, reporter=identity.reporter, quarter=identity.quarter)
    desk = _desk(identity, directory, held, Questions(answers or {}))
    if desk:
        readings, as_of = _figures(grids, desk)
        problems += desk.problems
        notices += desk.notices
        draft = replace(
            draft,
            as_of=as_of,
            readings=readings if identity.quarter else (),
            doubts=tuple(sorted(desk.questions.doubts, key=_order(grids))),
            answers=desk.questions.answers,
        )
    order = _order(grids)
    return replace(
        draft,
        problems=tuple(sorted(dict.fromkeys(problems), key=order)),
        notices=tuple(sorted(dict.fromkeys(notices), key=order)),
    )


def _desk(identity: Identity, directory: Directory, held: Held, questions: Questions) -> Desk | None:
    plan, reporter = identity.plan, identity.own_reporter or identity.reporter
    if plan is None or reporter is None:
        return None
    # Without a quarter the cells can still be checked, though nothing can be kept.
    quarter = identity.own_quarter or identity.quarter or plan.quarters[0]
    kept = tuple(held(plan.code) if callable(held) else held)
    units = directory.on(plan.start, plan.province)
    return Desk(plan, units, reporter, quarter, kept, questions)


def _figures(grids: tuple[Grid, ...], desk: Desk) -> tuple[tuple[Reading, ...], date]:
    found = tables(grids, desk)
    _tell_skipped(grids, set(found), desk)
    days = {title: _day(table.grid, desk) for title, table in found.items()}
    as_of = next((day for day in days.values() if day), desk.plan.as_of(desk.quarter))
    figures = Figures(desk, as_of)
    for title, table in found.items():
        desk.problems += table.problems
        figures.as_of = days[title] or as_of
        figures.add(*lines(table, desk))
    figures.check_bases()
    if found:
        _tell_missing(figures)
    _tell_all_zero(figures)
    return tuple(figures.readings.values()), as_of


def _day(grid: Grid, desk: Desk) -> date | None:
    found = cut_off(grid, desk.quarter)
    if found and found.problem:
        desk.problems.append(found.problem)
    if found and found.notice:
        desk.notices.append(found.notice)
    return found.day if found else None


def _tell_skipped(grids: tuple[Grid, ...], read_sheets: set[str], desk: Desk) -> None:
    for grid in grids:
        if grid.title in {KEY_SHEET, vi.GUIDE_SHEET} or grid.title in read_sheets or not grid.spots:
            continue
        at = grid.cell(1, 1)
        desk.notices.append(HiddenSheet(at) if grid.hidden else SheetSkipped(at))
    if not read_sheets and not any(g.too_large for g in grids):
        desk.problems.append(NoHeading())


def _tell_missing(figures: Figures) -> None:
    desk = figures.desk
    if not figures.readings and not figures.failed and not desk.questions.doubts:
        if not desk.problems:
            desk.problems.append(NothingReported())
        return
    same: dict[tuple[str, ...], list[str]] = {}
    for number, codes in desk.asked.items():
        lacking = tuple(c for c in codes if (number, c) not in figures.failed and _lacks(figures, number, c))
        if lacking:
            same.setdefault(lacking, []).append(number)
    for lacking, numbers in same.items():
        titles = tuple(desk.units.get(code).title for code in lacking)
        desk.notices.append(UnitsMissing(tuple(numbers), titles, len(desk.asked[numbers[0]])))


def _lacks(figures: Figures, number: str, code: str) -> bool:
    """A unit whose "no" already answers what this indicator presumes lacks nothing; nor does a rank not yet published."""
    if (number, code) in figures.readings:
        return False
    indicator = figures.desk.plan.indicator(number)
    base = figures.readings.get((indicator.within, code)) if indicator.within else None
    return not (base is not None and not base.numerator)


def _tell_all_zero(figures: Figures) -> None:
    units: dict[str, list[Reading]] = {}
    for reading in figures.readings.values():
        units.setdefault(reading.unit, []).append(reading)
    for code, mine in units.items():
        numbers = [n for r in mine for n in (r.numerator, r.denominator, r.value) if n is not None]
        if len(numbers) > 1 and not any(numbers):
            figures.desk.notices.append(AllZero(mine[0].cell, figures.desk.units.get(code).title))


def _order(grids: tuple[Grid, ...]) -> Callable[[Finding], tuple[int, int, int]]:
    """The whole file first, then by sheet, row and column."""
    sheets = {grid.title: place for place, grid in enumerate(grids)}

    def place(finding: Finding) -> tuple[int, int, int]:
        if finding.at is None:
            return -1, 0, 0
        letters = finding.at.address.rstrip("0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return sheets.get(finding.at.sheet, -1), int(finding.at.address[len(letters) :]), column

    return place
