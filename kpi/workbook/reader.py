"""An uploaded file becomes a Draft: everything that can be read, everything wrong, every question, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kpi import vi
from kpi.model import Plan, Quarter, Reading, State
from kpi.problems import (
    AllZero,
    FiguresReplaced,
    Finding,
    HiddenSheet,
    MacrosIgnored,
    NoHeading,
    NothingReported,
    Notice,
    OldEncoding,
    OnlyAList,
    Problem,
    RowsWithoutHeading,
    SheetOfAnotherTime,
    SheetSkipped,
    TaskForm,
    Trace,
    UnitsMissing,
    Why,
)
from kpi.units import Directory, old_encoding
from kpi.workbook import guard
from kpi.workbook.annotate import is_list
from kpi.workbook.apart import load_apart
from kpi.workbook.desk import Desk
from kpi.workbook.draft import Draft, Excerpt, compare
from kpi.workbook.figures import Figures
from kpi.workbook.forms import KEY_SHEET
from kpi.workbook.grid import Grid
from kpi.workbook.headings import DEEPEST, scaled_titles
from kpi.workbook.identity import Asked, Identity, cut_off, identify
from kpi.workbook.loading import Load
from kpi.workbook.placing import is_of_another_time, tables
from kpi.workbook.questions import Questions, Remembered
from kpi.workbook.rows import rows, rows_above
from kpi.workbook.showing import seen
from kpi.workbook.tasks import TASK_MARK
from kpi.workbook.trail import overlays

# Of a sheet's rows and its columns: enough to know it again.
MOST_SHOWN = 60
Recall = Callable[[str, str], Remembered]
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
    form_decides: bool = False,
    remembered: Recall | None = None,
    load: Load = load_apart,
) -> Draft:
    """Never raises for what a file holds. `answers`: a question's first cell, as "Sheet!A1" or "A1" -> its choice.

    `form_decides`: `reporter` and `quarter` are only for files without the key of a form. `remembered`: what the
    reporter chose before, by the codes of plan and reporter.
    """
    draft = Draft(PurePath(filename.replace("\\", "/")).name, content)
    grids = load(draft.filename, content)
    if not isinstance(grids, tuple):
        return replace(draft, problems=(grids,))
    lists = {grid.title for grid in grids if is_list(grid)}
    grids = tuple(grid for grid in grids if grid.title not in lists)
    if lists and not any(grid.spots for grid in grids):
        return replace(draft, problems=(OnlyAList(),))
    if any(grid.text(1, 1) == TASK_MARK for grid in grids):
        return replace(draft, problems=(TaskForm(),))
    questions = Questions(answers or {})
    identity = identify(grids, plans, directory, Asked(reporter, quarter, form_decides), questions)
    if remembered and identity.plan and identity.reporter:
        questions.remembered = remembered(identity.plan.code, identity.reporter.code)
    problems: list[Problem] = [*identity.problems]
    notices: list[Notice] = list(identity.notices)
    if guard.has_macros(content):
        notices.append(MacrosIgnored())
    draft = replace(draft, plan=identity.plan, reporter=identity.reporter, quarter=identity.quarter)
    desk = _desk(identity, directory, held, questions)
    if desk:
        readings, as_of = _figures(grids, desk)
        problems += desk.problems
        notices += [*desk.notices, *questions.preselected]
        draft = replace(draft, as_of=as_of, readings=readings if identity.quarter else ())
        notices += _replaced(draft, desk)
    else:
        problems += _typed_in_an_old_encoding(grids)
    order = _order(grids)
    draft = replace(
        draft,
        problems=tuple(sorted(dict.fromkeys(problems), key=order)),
        doubts=tuple(sorted(questions.doubts, key=order)),
        answers=questions.answers,
        notices=tuple(sorted(dict.fromkeys(notices), key=order)),
    )
    return replace(draft, traces=_traces(grids, desk, draft), excerpts=tuple(map(_excerpt, _shown(grids))))


def _shown(grids: Iterable[Grid]) -> Iterator[Grid]:
    """The sheets that are an office's own, and to be seen."""
    return (g for g in grids if g.spots and not g.hidden and g.title not in {KEY_SHEET, vi.GUIDE_SHEET})


def _excerpt(grid: Grid) -> Excerpt:
    width = min(max((column for _, column in grid.spots), default=0), MOST_SHOWN)
    last = min(max((row for row, _ in grid.spots), default=0), MOST_SHOWN)
    columns = range(1, width + 1)
    texts = ((seen(grid.at(row, column)) for column in columns) for row in range(1, last + 1))
    return Excerpt(grid.title, tuple(map(tuple, texts)))


def _traces(grids: tuple[Grid, ...], desk: Desk | None, draft: Draft) -> tuple[Trace, ...]:
    found = desk.trail.traces(grids) if desk else ()
    return (*found, *overlays(grids, draft.problems, draft.doubts, draft.answers))


def _replaced(draft: Draft, desk: Desk) -> list[Notice]:
    # Nothing can change where nothing is kept.
    changed = sum(change.sort == "changed" for change in compare(draft, desk.held)) if desk.held else 0
    if not changed or draft.quarter is None:
        return []
    return [FiguresReplaced(desk.reporter.name, draft.quarter, changed)]


def _typed_in_an_old_encoding(grids: Iterable[Grid]) -> Iterator[Problem]:
    """The first such words of each sheet, since nothing in it can be recognised."""
    for grid in grids:
        spots = (spot for row, spots in grid.rows.items() if row <= DEEPEST for spot in spots)
        for spot in spots:
            encoding = old_encoding(spot.value) if isinstance(spot.value, str) and not grid.hidden else None
            if encoding:
                yield OldEncoding(grid.cell(spot.row, spot.column), spot.text, encoding)
                break


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
    days = {title: _day(mine[0].grid, desk) for title, mine in found.items()}
    as_of = next((day for day in days.values() if day), desk.plan.as_of(desk.quarter))
    figures = Figures(desk, as_of)
    for title, mine in found.items():
        desk.problems += scaled_titles(mine[0], desk.plan)
        if stray := rows_above(mine[0], desk):
            desk.problems.append(RowsWithoutHeading(stray))
        figures.as_of = days[title] or as_of
        for table in mine:
            desk.problems += table.problems
            figures.add(rows(table, desk))
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
        desk.trail.sheet(grid, Why.HIDDEN_SHEET if grid.hidden else Why.NO_TABLE)
        old = list(_typed_in_an_old_encoding([grid]))
        desk.problems += old
        if not old:
            elsewhere = SheetOfAnotherTime if is_of_another_time(grid, desk) else SheetSkipped
            desk.notices.append(HiddenSheet(at) if grid.hidden else elsewhere(at))
    if not read_sheets:
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
        # Where nothing happened nothing could be counted.
        counted = [r for r in mine if r.state is not State.NOT_APPLICABLE]
        if len(counted) > 1 and not any(r.numerator or r.value for r in counted):
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
