"""The list of people with ratings, discipline, initiatives and work: the blank form of the office, and its reading.

All of it or nothing: whatever is wrong is told at once, and the workbook itself is kept nowhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kpi.model import Cell, Discipline, Document, Initiative, Member, OwnTask, Plan, Round
from kpi.problems import (
    BadCode,
    BrokenFormula,
    CodeOfRoom,
    CodeTwice,
    CodeUnlisted,
    DecisionMissing,
    FieldMissing,
    MemberProblem,
    NobodyNamed,
    NoSuchColumn,
    NoSuchSheet,
    NotADate,
    NotOneOf,
    Problem,
    UncalculatedFormula,
)
from kpi.vi import awards as words
from kpi.workbook.apart import load_apart
from kpi.workbook.forms import save
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.layout import DAY, FONT, GREY, add_rule, fill_in, head, height_of, page_setup
from kpi.workbook.loading import Load
from kpi.workbook.values import as_date, date_in
from kpi.workbook.words import fold

_CHOICES_SHEET = "_danh_muc"
_TOP = 4
"""Row of the headings."""
_ROWS = 100
"""So many empty rows are made ready."""
_LOOKED_THROUGH = 20
"""So many rows may stand over the headings."""
# A printed page has no room for more.
_GUIDE_WIDTH = 78
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_WIDTHS = {words.MEMBER_NAME: 26, words.ROOM: 34, words.RATED: 30, words.INITIATIVE_TITLE: 50, words.WORK: 50}
_DAYS = {words.DECISION_DAY, words.DUE, words.DONE_ON}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What a workbook says; `members` is empty when anything is wrong."""

    filename: str
    sha256: str
    members: tuple[Member, ...] = ()
    problems: tuple[Problem | MemberProblem, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.problems


# The blank form.


def blank_members(plan: Plan, year: int) -> bytes:
    """The form of one round."""
    of = plan.round(year)
    book = Workbook()
    book.remove(book.active)
    choices = _choices(plan)
    for title, headings in words.MEMBER_FORM.items():
        _sheet(book.create_sheet(title), words.movement(plan, year), title, headings, choices)
    _guide(book.create_sheet(words.GUIDE_SHEET), plan, of)
    lists = book.create_sheet(_CHOICES_SHEET)
    for column, options in enumerate(choices.values(), start=1):
        for row, option in enumerate(options, start=1):
            lists.cell(row, column, option).data_type = "s"
    lists.sheet_state = "hidden"
    lists.protection.sheet = True
    return save(book, of.end)


def _choices(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Of each heading with a list: what may be chosen."""
    return {
        words.ROOM: tuple(room.name for room in plan.rooms),
        words.RATED: tuple(words.RATING.values()),
        words.DISCIPLINED: tuple(words.DISCIPLINE.values()),
    }


def _sheet(
    sheet: Worksheet, plan: str, title: str, headings: Sequence[str], choices: Mapping[str, Sequence[str]]
) -> None:
    for row, (line, size, color) in enumerate(
        (
            (words.RESTRICTED, 11, "C00000"),
            (words.MEMBER_FORM_TITLE[title], 14, "000000"),
            (plan, 12, GREY),
        ),
        start=1,
    ):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(headings))
        box = sheet.cell(row, 1, line)
        box.data_type = "s"
        box.font = Font(name=FONT, size=size, bold=True, color=color)
        box.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.row_dimensions[row].height = 24
    first, last = _TOP + 1, _TOP + _ROWS
    for column, heading in enumerate(headings, start=1):
        head(sheet, _TOP, column, heading)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(heading, 17)
        _rule(sheet, heading, column, choices, first, last)
        for row in range(first, last + 1):
            # A code such as 001 is text.
            fill_in(sheet.cell(row, column), number_format=DAY if heading in _DAYS else "@")
    sheet.row_dimensions[_TOP].height = 34
    sheet.freeze_panes = sheet.cell(first, 3)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.print_title_rows = f"{_TOP}:{_TOP}"
    sheet.oddHeader.center.text = words.RESTRICTED
    sheet.sheet_view.showGridLines = False
    page_setup(sheet, landscape=True)


def _rule(
    sheet: Worksheet, heading: str, column: int, choices: Mapping[str, Sequence[str]], first: int, last: int
) -> None:
    if heading in choices:
        letter = get_column_letter(list(choices).index(heading) + 1)
        source = f"'{_CHOICES_SHEET}'!${letter}$1:${letter}${len(choices[heading])}"
        add_rule(sheet, DataValidation("list", formula1=source), words.PICK, column, first, last)
    elif heading in _DAYS:
        rule = DataValidation("date", operator="greaterThan", formula1="DATE(1990,1,1)")
        add_rule(sheet, rule, words.TYPE_DAY, column, first, last)


def _guide(sheet: Worksheet, plan: Plan, of: Round) -> None:
    sheet.column_dimensions["A"].width = _GUIDE_WIDTH
    lines = [(words.RESTRICTED, True)]
    for heading, said in words.member_guide(plan, of):
        lines += [(heading, True), (said, False)]
    for row, (line, bold) in enumerate(lines, start=1):
        box = sheet.cell(row, 1, line)
        box.font = Font(name=FONT, size=12, bold=bold)
        box.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = height_of(line, _GUIDE_WIDTH, 12)
    sheet.protection.sheet = True
    page_setup(sheet, landscape=False)


# Its reading.


@dataclass
class _Table:
    """The rows of one sheet, by heading."""

    grid: Grid
    columns: Mapping[str, int]
    first: int
    problems: list[Problem | MemberProblem] = field(default_factory=list)

    def rows(self) -> Iterator[int]:
        """Those that hold anything under a heading."""
        mine = set(self.columns.values())
        for row in sorted(self.grid.rows):
            if row >= self.first and any(spot.column in mine for spot in self.grid.rows[row]):
                yield row

    def cell(self, row: int, heading: str) -> Cell:
        return self.grid.cell(row, self.columns[heading])

    def text(self, row: int, heading: str, *, needed: bool = False) -> str:
        spot = self._sound(row, heading)
        found = spot.text if spot else ""
        if needed and not found:
            self.problems.append(FieldMissing(self.cell(row, heading), heading))
        return found

    def day(self, row: int, heading: str, *, needed: bool = False) -> date | None:
        spot = self._sound(row, heading)
        if spot is None:
            if needed:
                self.problems.append(FieldMissing(self.cell(row, heading), heading))
            return None
        found = as_date(spot.value)
        if found is None and isinstance(spot.value, str):
            read = date_in(spot.text)
            found = read[0] if read else None
        if found is None:
            self.problems.append(NotADate(self.cell(row, heading), spot.text))
        return found

    def choice(self, row: int, heading: str, known: Mapping[_Choice, str]) -> _Choice | None:
        found = self.text(row, heading)
        if not found:
            return None
        chosen = next((key for key, said in known.items() if fold(said) == fold(found)), None)
        if chosen is None:
            self.problems.append(NotOneOf(self.cell(row, heading), found, heading, tuple(known.values())))
        return chosen

    def decision(self, row: int) -> Document:
        return Document(
            number=self.text(row, words.DECISION),
            signed_on=self.day(row, words.DECISION_DAY),
            issuer=self.text(row, words.ISSUER),
        )

    def _sound(self, row: int, heading: str) -> Spot | None:
        """What stands there; a formula that went wrong is a problem and counts as nothing."""
        spot = self.grid.filled(row, self.columns[heading])
        if spot is None:
            return None
        if spot.broken:
            self.problems.append(BrokenFormula(self.cell(row, heading), spot.text))
            return None
        if spot.value is None:
            self.problems.append(UncalculatedFormula(self.cell(row, heading), spot.formula or ""))
            return None
        return spot


def read_members(filename: str, content: bytes, plan: Plan, load: Load = load_apart) -> MemberDraft:
    """Never raises for what a file holds."""
    sha256 = hashlib.sha256(content).hexdigest()
    grids = load(filename, content)
    if not isinstance(grids, tuple):
        return MemberDraft(filename, sha256, problems=(grids,))
    tables, problems = _tables(grids)
    if problems:
        return MemberDraft(filename, sha256, problems=tuple(problems))
    people, initiatives, work = (tables[title] for title in words.MEMBER_FORM)
    members = _people(people, plan)
    known = {member.code for member in members}
    own = _initiatives(initiatives, known)
    tasks = _work(work, known)
    found = (*people.problems, *initiatives.problems, *work.problems)
    if not members and not found:
        found = (NobodyNamed(),)
    whole = (_whole(member, own, tasks) for member in members)
    return MemberDraft(filename, sha256, () if found else tuple(whole), tuple(dict.fromkeys(found)))


def _whole(
    member: Member, own: Mapping[str, Sequence[Initiative]], tasks: Mapping[str, Sequence[OwnTask]]
) -> Member:
    return Member(
        member.code,
        member.name,
        member.room,
        member.position,
        member.rating,
        member.discipline,
        member.decision,
        tuple(own.get(member.code, ())),
        tuple(tasks.get(member.code, ())),
        member.cell,
    )


def _tables(grids: Sequence[Grid]) -> tuple[dict[str, _Table], list[MemberProblem]]:
    tables: dict[str, _Table] = {}
    problems: list[MemberProblem] = []
    for title, headings in words.MEMBER_FORM.items():
        grid = next((g for g in grids if fold(g.title) == fold(title)), None)
        if grid is None:
            problems.append(NoSuchSheet(title))
            continue
        top, columns = _headings(grid, headings)
        problems += [NoSuchColumn(title, h) for h in headings if h not in columns]
        tables[title] = _Table(grid, columns, top + 1)
    return tables, problems


def _headings(grid: Grid, headings: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The row that says most of the headings, and the column of each."""
    wanted = {fold(heading): heading for heading in headings}
    best: tuple[int, dict[str, int]] = (0, {})
    for row, spots in grid.rows.items():
        if row > _LOOKED_THROUGH:
            break
        found = {wanted[fold(s.text)]: s.column for s in spots if fold(s.text) in wanted}
        if len(found) > len(best[1]):
            best = row, found
    return best


def _people(table: _Table, plan: Plan) -> list[Member]:
    rooms = {fold(text): room.code for room in plan.rooms for text in (room.code, room.name)}
    codes: dict[str, Cell] = {}
    members = []
    for row in table.rows():
        code = _own_code(table, row, codes, plan)
        room = table.text(row, words.ROOM, needed=True)
        if room and fold(room) not in rooms:
            names = tuple(r.name for r in plan.rooms)
            table.problems.append(NotOneOf(table.cell(row, words.ROOM), room, words.ROOM, names))
        member = Member(
            code,
            table.text(row, words.MEMBER_NAME, needed=True),
            rooms.get(fold(room), ""),
            table.text(row, words.POSITION),
            table.choice(row, words.RATED, words.RATING),
            table.choice(row, words.DISCIPLINED, words.DISCIPLINE),
            table.decision(row),
            cell=table.cell(row, words.MEMBER_CODE),
        )
        _check_decision(table, row, member)
        members.append(member)
    return members


def _own_code(table: _Table, row: int, codes: dict[str, Cell], plan: Plan) -> str:
    """The code of a row; each is somebody's only one."""
    code, at = table.text(row, words.MEMBER_CODE, needed=True), table.cell(row, words.MEMBER_CODE)
    if code and not _CODE.fullmatch(code):
        table.problems.append(BadCode(at, code))
    elif code in codes:
        table.problems.append(CodeTwice(at, codes[code], code))
    elif code in {room.code for room in plan.rooms}:
        table.problems.append(CodeOfRoom(at, code))
    codes.setdefault(code, at)
    return code


def _check_decision(table: _Table, row: int, member: Member) -> None:
    if member.discipline in {None, Discipline.NONE}:
        return
    given = {
        words.DECISION: bool(member.decision.number),
        words.DECISION_DAY: table.grid.filled(row, table.columns[words.DECISION_DAY]) is not None,
    }
    for heading, there in given.items():
        if not there:
            table.problems.append(DecisionMissing(table.cell(row, heading), heading))


def _known_code(table: _Table, row: int, known: set[str]) -> str:
    code = table.text(row, words.MEMBER_CODE, needed=True)
    if code and code not in known:
        table.problems.append(CodeUnlisted(table.cell(row, words.MEMBER_CODE), code))
    return code


def _initiatives(table: _Table, known: set[str]) -> dict[str, list[Initiative]]:
    found: dict[str, list[Initiative]] = {}
    for row in table.rows():
        code = _known_code(table, row, known)
        title = table.text(row, words.INITIATIVE_TITLE, needed=True)
        found.setdefault(code, []).append(Initiative(title, table.decision(row)))
    return found


def _work(table: _Table, known: set[str]) -> dict[str, list[OwnTask]]:
    found: dict[str, list[OwnTask]] = {}
    for row in table.rows():
        code = _known_code(table, row, known)
        content = table.text(row, words.WORK, needed=True)
        due, done_on = table.day(row, words.DUE, needed=True), table.day(row, words.DONE_ON)
        if due is not None:
            found.setdefault(code, []).append(OwnTask(content, due, done_on))
    return found
