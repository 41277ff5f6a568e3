"""The form by which somebody's tasks are told for a quarter: handed out, and read when it comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kpi import vi
from kpi.model import Cell, Document, Plan, Quarter, TaskState, TaskUpdate
from kpi.problems import (
    BrokenFormula,
    DayToCome,
    DoneWithoutResult,
    ForeignTask,
    KeyChanged,
    NotADate,
    NoTaskForm,
    NothingTold,
    Problem,
    QuarterOutsidePlan,
    ResultWithoutDone,
    TaskNotice,
    TaskProblem,
    TaskTwice,
    TextTooLong,
    UncalculatedFormula,
    UnknownOwner,
    UnknownPlan,
    UnknownState,
    UnknownTask,
)
from kpi.tasks import LONGEST, Standing, known_on, lean, of_owner, owners, stand, told_again, wrong
from kpi.vi import tasks as words
from kpi.workbook.apart import load_apart
from kpi.workbook.forms import KEY_MARK, KEY_SHEET, save
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.layout import (
    DAY,
    FONT,
    GREY,
    SUBHEADING,
    add_rule,
    fill_in,
    head,
    height_of,
    page_setup,
    text,
)
from kpi.workbook.loading import Load
from kpi.workbook.values import as_date, date_in
from kpi.workbook.words import fold

TASK_MARK = "kpi-task-form"
VERSION = "1"
_TITLE_ROWS = 5
_TOP = _TITLE_ROWS + 1
_FIRST = _TOP + 2
_KEY_ROWS = 5
"""Mark, plan, owner, quarter and seal."""
_GUIDE_WIDTH = 78


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    heading: str
    width: float
    group: str = ""


_COLUMNS = (
    _Column("task", words.TASK_KEY, 13),
    _Column("content", words.CONTENT, 32),
    _Column("due", words.DUE, 11),
    _Column("standing", words.STANDING, 26),
    _Column("state", words.STATE, 13.5),
    _Column("done_on", words.DONE_ON, 11.5),
    _Column("result.number", words.NUMBER, 13, words.RESULT),
    _Column("result.signed_on", words.SIGNED_ON, 11.5, words.RESULT),
    _Column("result.issuer", words.ISSUER, 15, words.RESULT),
    _Column("result.title", words.TITLE, 22, words.RESULT),
    _Column("planned.number", words.NUMBER, 13, words.PLANNED),
    _Column("planned.title", words.TITLE, 20, words.PLANNED),
    _Column("note", words.NOTE, 20),
)
_PLACE = {column.name: place for place, column in enumerate(_COLUMNS, start=1)}
_FIRST_INPUT = _PLACE["state"]
_DAYS = {"done_on", "result.signed_on"}


@dataclass(frozen=True)
class TaskChange:
    old: Standing
    new: TaskUpdate


@dataclass(frozen=True)
class TaskDraft:
    """What one form says, before anybody has agreed to keep it."""

    filename: str
    content: bytes = field(repr=False)
    plan: Plan | None = None
    owner: str = ""
    quarter: Quarter | None = None
    changes: tuple[TaskChange, ...] = ()
    """Of the tasks for which something else is told than stands."""
    problems: tuple[Problem | TaskProblem, ...] = ()
    notices: tuple[TaskNotice, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def updates(self) -> tuple[TaskUpdate, ...]:
        return tuple(lean(change.old.task, change.new) for change in self.changes)

    @property
    def clean(self) -> bool:
        return self.plan is not None and self.quarter is not None and not self.problems


def blank_tasks(plan: Plan, owner: str, quarter: Quarter, standings: Iterable[Standing]) -> bytes:
    """The form of somebody's tasks; `standings` say in grey how each stands."""
    own = {task.key for task in of_owner(plan, owner)}
    rows = [standing for standing in standings if standing.task.key in own]
    book = Workbook()
    sheet = book.active
    sheet.title = words.SHEET
    _heads(sheet)
    for place, standing in enumerate(rows):
        _row(sheet, _FIRST + place, standing, quarter)
    last = max(_FIRST + len(rows) - 1, _FIRST)
    _rules(sheet, last)
    _title(sheet, plan, owners(plan).get(owner, owner), quarter)
    _finish(sheet, last)
    _guide(book.create_sheet(vi.GUIDE_SHEET), quarter, plan.due(quarter))
    _key(book.create_sheet(KEY_SHEET), plan, owner, quarter, [s.task.key for s in rows])
    return save(book, plan.as_of(quarter))


def _heads(sheet: Worksheet) -> None:
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        if column.group:
            groups.setdefault(column.group, []).append(place)
            head(sheet, _TOP + 1, place, column.heading, fill=SUBHEADING, size=10)
        else:
            head(sheet, _TOP, place, column.heading, down=1)
    for group, places in groups.items():
        head(sheet, _TOP, places[0], group, across=len(places) - 1)
    sheet.row_dimensions[_TOP].height, sheet.row_dimensions[_TOP + 1].height = 22, 34
    sheet.freeze_panes = sheet.cell(_FIRST, 3)


def _row(sheet: Worksheet, row: int, standing: Standing, quarter: Quarter) -> None:
    task, holds = standing.task, words.holds(told_again(standing, quarter))
    text(sheet.cell(row, _PLACE["task"], task.key), center=True)
    text(sheet.cell(row, _PLACE["content"], task.content))
    due = sheet.cell(row, _PLACE["due"], task.due)
    text(due, center=True)
    due.number_format = DAY
    known = sheet.cell(row, _PLACE["standing"], holds)
    text(known)
    known.font = Font(name=FONT, size=10, italic=True, color=GREY)
    for place, column in enumerate(_COLUMNS, start=1):
        if place >= _FIRST_INPUT:
            day = column.name in _DAYS
            # A number such as 12/2022 would become a date.
            fill_in(sheet.cell(row, place), number_format=DAY if day else "@", center=day)
    sheet.row_dimensions[row].height = max(height_of(task.content, 32, 11), height_of(holds, 26, 10), 36)


def _rules(sheet: Worksheet, last: int) -> None:
    states = DataValidation("list", formula1=f'"{",".join(words.STATES)}"')
    add_rule(sheet, states, words.ASK_STATE, _PLACE["state"], _FIRST, last)
    for name in sorted(_DAYS):
        day = DataValidation("date", operator="greaterThan", formula1="DATE(2000,1,1)")
        add_rule(sheet, day, words.ASK_DAY, _PLACE[name], _FIRST, last)


def _title(sheet: Worksheet, plan: Plan, owner: str, quarter: Quarter) -> None:
    width = sum(column.width for column in _COLUMNS)
    lines = ((words.form_title(quarter), 14), (plan.title, 12), (f"{words.OWNER} {owner}", 12))
    for row, (line, size) in enumerate(lines, start=1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_COLUMNS))
        box = sheet.cell(row, 1, line)
        box.data_type = "s"
        box.font = Font(name=FONT, size=size, bold=True)
        box.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.row_dimensions[row].height = height_of(line, width, size)
    legend = sheet.cell(4, 1, vi.LEGEND)
    legend.font = Font(name=FONT, size=10, italic=True, color=GREY)
    sheet.row_dimensions[5].height = 6
    sheet.oddHeader.left.text = owner.replace("&", "&&")
    sheet.oddHeader.right.text = vi.quarter(quarter)


def _finish(sheet: Worksheet, bottom: int) -> None:
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.print_title_rows = f"{_TOP}:{_TOP + 1}"
    sheet.print_area = f"A1:{get_column_letter(len(_COLUMNS))}{bottom}"
    sheet.sheet_view.showGridLines = False
    page_setup(sheet, landscape=True)


def _guide(sheet: Worksheet, quarter: Quarter, due: date) -> None:
    sheet.column_dimensions["A"].width = _GUIDE_WIDTH
    sheet.cell(1, 1, words.GUIDE_TITLE).font = Font(name=FONT, size=14, bold=True)
    lines = [line for heading, said in words.guide(quarter, due) for line in ((heading, True), (said, False))]
    for row, (line, bold) in enumerate(lines, start=2):
        box = sheet.cell(row, 1, line)
        box.font = Font(name=FONT, size=12, bold=bold)
        box.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = height_of(line, _GUIDE_WIDTH, 12)
    sheet.protection.sheet = True
    page_setup(sheet, landscape=False)


def _key(sheet: Worksheet, plan: Plan, owner: str, quarter: Quarter, keys: Sequence[str]) -> None:
    told = {"plan": plan.code, "owner": owner, "quarter": str(quarter)}
    for row in ((TASK_MARK, VERSION), *told.items(), ("seal", _seal(told, keys)), *((key,) for key in keys)):
        sheet.append(row)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _seal(told: Mapping[str, str], keys: Iterable[str]) -> str:
    """What no longer fits when somebody turns one form into another by hand."""
    facts = [told.get(name, "") for name in ("plan", "owner", "quarter")]
    return hashlib.sha256("\n".join((*facts, *keys)).encode()).hexdigest()[:16]


Held = Iterable[TaskUpdate] | Callable[[str], Iterable[TaskUpdate]]
"""What was told already, or what gives it for a plan's code."""


@dataclass
class _Reading:
    """One sheet on its way to updates."""

    filename: str
    plan: Plan
    owner: str
    quarter: Quarter
    today: date
    grid: Grid
    standings: Mapping[str, Standing]
    changes: list[TaskChange] = field(default_factory=list)
    problems: list[Problem | TaskProblem] = field(default_factory=list)
    notices: list[TaskNotice] = field(default_factory=list)
    rows: dict[str, Cell] = field(default_factory=dict)

    def cell(self, row: int, name: str) -> Cell:
        return self.grid.cell(row, _PLACE[name])


def read_tasks(
    filename: str,
    content: bytes,
    plans: Mapping[str, Plan],
    held: Held,
    today: date,
    load: Load = load_apart,
) -> TaskDraft:
    """Never raises for what a file holds."""
    draft = TaskDraft(PurePath(filename.replace("\\", "/")).name, content)
    grids = load(draft.filename, content)
    if not isinstance(grids, tuple):
        return replace(draft, problems=(grids,))
    key = next((grid for grid in grids if grid.text(1, 1) == TASK_MARK), None)
    sheet = next((grid for grid in grids if grid.title == words.SHEET), None)
    if key is None or sheet is None:
        figures = any(grid.text(1, 1) == KEY_MARK for grid in grids)
        return replace(draft, problems=(NoTaskForm(figures),))
    draft = _identified(draft, key, plans)
    if draft.problems or draft.plan is None or draft.quarter is None:
        return draft
    if not _has_our_headings(sheet):
        return replace(draft, problems=(KeyChanged(sheet.cell(_TOP, 1)),))
    return _read_sheet(draft, draft.plan, draft.quarter, sheet, held, today)


def _identified(draft: TaskDraft, key: Grid, plans: Mapping[str, Plan]) -> TaskDraft:
    told = {key.text(row, 1): key.text(row, 2) for row in range(1, _KEY_ROWS + 1)}
    keys = [key.text(row, 1) for row in sorted(key.rows) if row > _KEY_ROWS]
    plan, owner = plans.get(told.get("plan", "")), told.get("owner", "")
    if plan is None:
        return replace(draft, problems=(UnknownPlan(told.get("plan", "")),))
    if told.get("seal") != _seal(told, keys):
        return replace(draft, plan=plan, problems=(KeyChanged(),))
    if owner not in owners(plan):
        return replace(draft, plan=plan, problems=(UnknownOwner(owner),))
    quarter = Quarter.parse(told["quarter"])
    if quarter not in plan.quarters:
        return replace(
            draft, plan=plan, problems=(QuarterOutsidePlan(None, quarter, plan.start.year, plan.year),)
        )
    return replace(draft, plan=plan, owner=owner, quarter=quarter)


def _has_our_headings(grid: Grid) -> bool:
    shown = [
        grid.text(_TOP + 1 if column.group else _TOP, place) for place, column in enumerate(_COLUMNS, start=1)
    ]
    return [fold(heading) for heading in shown] == [fold(column.heading) for column in _COLUMNS]


def _read_sheet(
    draft: TaskDraft, plan: Plan, quarter: Quarter, grid: Grid, held: Held, today: date
) -> TaskDraft:
    updates = held(plan.code) if callable(held) else held
    standings = stand(plan.tasks, updates, quarter, known_on(plan, quarter, today))
    reading = _Reading(
        draft.filename, plan, draft.owner, quarter, today, grid, {s.task.key: s for s in standings}
    )
    for row in sorted(row for row in grid.rows if row >= _FIRST):
        _read_row(reading, row)
    if not reading.changes and not reading.problems:
        reading.notices.append(NothingTold())
    return replace(
        draft,
        changes=tuple(reading.changes),
        problems=tuple(reading.problems),
        notices=tuple(reading.notices),
    )


def _read_row(reading: _Reading, row: int) -> None:
    given = {
        spot.column: spot for spot in reading.grid.rows[row] if _FIRST_INPUT <= spot.column <= len(_COLUMNS)
    }
    key, at = reading.grid.text(row, 1), reading.cell(row, "task")
    if not key and not given:
        return
    standing = reading.standings.get(key)
    if standing is None:
        reading.problems.append(UnknownTask(at, key))
    elif standing.task not in of_owner(reading.plan, reading.owner):
        reading.problems.append(ForeignTask(at, key, standing.task.assignee))
    elif key in reading.rows:
        reading.problems.append(TaskTwice(at, reading.rows[key], key))
    else:
        reading.rows[key] = at
        if given:
            _tell(reading, row, standing, given)


def _tell(reading: _Reading, row: int, standing: Standing, given: Mapping[int, Spot]) -> None:
    """What a row tells of its task, when it can be so and is something else than stands."""
    facts: dict[str, TaskState | date | str] = {}
    failed = False
    for place, spot in given.items():
        fact = _fact(reading, _COLUMNS[place - 1].name, spot)
        if isinstance(fact, Problem | TaskProblem):
            reading.problems.append(fact)
            failed = True
        else:
            facts[_COLUMNS[place - 1].name] = fact
    held = told_again(standing, reading.quarter)
    told = replace(_merged(held, facts), filename=reading.filename, cell=reading.grid.cell(row, min(given)))
    mistakes = wrong(reading.plan, told, reading.today)
    # Of a row whose state or day could not be read, nothing more can be said.
    if not failed:
        reading.problems += [replace(m, at=_place(reading, row, m, told, facts)) for m in mistakes]
    if not failed and not mistakes and words.differences(held, told):
        reading.changes.append(TaskChange(standing, told))
        if told.state is TaskState.DONE and not told.result:
            reading.notices.append(DoneWithoutResult(reading.cell(row, "result.number"), told.task))


def _fact(reading: _Reading, name: str, spot: Spot) -> TaskState | date | str | Problem | TaskProblem:
    at = reading.grid.cell(spot.row, spot.column)
    if spot.value is None:
        return UncalculatedFormula(at, spot.formula or "")
    if spot.broken:
        return BrokenFormula(at, spot.text)
    if name == "state":
        state = {fold(word): state for word, state in words.STATES.items()}.get(fold(spot.text))
        return state or UnknownState(at, spot.text)
    if name in _DAYS:
        found = date_in(spot.text) if isinstance(spot.value, str) else (as_date(spot.value), "")
        return found[0] if found and found[0] else NotADate(at, spot.text)
    return spot.whole


def _merged(held: TaskUpdate, facts: Mapping[str, TaskState | date | str]) -> TaskUpdate:
    """What stands, with what was given in place of it; what is no longer done has no day and no result."""
    state = facts.get("state", held.state)
    done = state is TaskState.DONE
    kept = held if done else replace(held, done_on=None, result=Document())
    single = {name: fact for name, fact in facts.items() if "." not in name}
    documents = {
        part: replace(getattr(kept, part), **dict(_parts(facts, part))) for part in ("result", "planned")
    }
    return replace(kept, **{**single, **documents})


def _parts(
    facts: Mapping[str, TaskState | date | str], document: str
) -> Iterator[tuple[str, TaskState | date | str]]:
    for name, fact in facts.items():
        whole, _, part = name.partition(".")
        if whole == document and part:
            yield part, fact


def _place(
    reading: _Reading,
    row: int,
    mistake: TaskProblem,
    told: TaskUpdate,
    facts: Mapping[str, TaskState | date | str],
) -> Cell:
    """The cell of a row that has to be mended."""
    name = "done_on"
    if isinstance(mistake, ResultWithoutDone):
        name = next((given for given in facts if given.startswith("result.")), "state")
    elif isinstance(mistake, TextTooLong):
        name = next((n for n, f in facts.items() if isinstance(f, str) and len(f) > LONGEST), "note")
    elif isinstance(mistake, DayToCome) and mistake.found != told.done_on:
        name = "result.signed_on"
    return reading.cell(row, name)
