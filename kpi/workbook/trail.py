"""What became of every part of a workbook: nothing that stands in a sheet is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from kpi import vi
from kpi.model import Cell
from kpi.problems import Doubt, Problem, Trace, Why
from kpi.workbook.grid import Grid
from kpi.workbook.showing import seen

_Columns = Mapping[int, Why]


class Trail:
    """Filled while a workbook is read: a reason for each row, or for each column of the rows that are read."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, Why | _Columns]] = {}
        self._sheets: dict[str, Why] = {}

    def row(self, grid: Grid, row: int, why: Why) -> None:
        self._rows.setdefault(grid.title, {})[row] = why

    def columns(self, grid: Grid, rows: Iterable[int], columns: _Columns) -> None:
        """The reasons of the columns, for rows that are read; one mapping for all of them."""
        mine = self._rows.setdefault(grid.title, {})
        for row in rows:
            mine[row] = columns

    def sheet(self, grid: Grid, why: Why) -> None:
        self._sheets[grid.title] = why

    def traces(self, grids: Iterable[Grid]) -> Iterator[Trace]:
        for grid in grids:
            if grid.title in self._sheets:
                yield Trace(grid.title, "", self._sheets[grid.title])
            elif grid.title in self._rows:
                yield from self._of_sheet(grid)

    def _of_sheet(self, grid: Grid) -> Iterator[Trace]:
        whys = self._rows[grid.title]
        for why, run in groupby(grid.rows, key=lambda row: whys.get(row, Why.TITLE)):
            rows = list(run)
            used = {spot.column for row in rows for spot in grid.rows[row]}
            if isinstance(why, Why):
                yield _trace(grid, why, rows, sorted(used))
                continue
            mine = why
            for reason, columns in groupby(sorted(used), key=lambda c: mine.get(c, Why.NO_HEADING)):
                yield _trace(grid, reason, rows, list(columns))


def _trace(grid: Grid, why: Why, rows: list[int], columns: list[int]) -> Trace:
    first = f"{get_column_letter(columns[0])}{rows[0]}"
    last = f"{get_column_letter(columns[-1])}{rows[-1]}"
    texts = (seen(grid.at(row, column)) for row in rows for column in columns)
    found = next(filter(None, texts), "")
    return Trace(grid.title, first if first == last else f"{first}:{last}", why, found)


def overlays(
    grids: Iterable[Grid], problems: Iterable[Problem], doubts: Iterable[Doubt], answers: Mapping[str, str]
) -> Iterator[Trace]:
    """The cells that are wrong, wait for an answer, or were left out by one."""
    by_title = {grid.title: grid for grid in grids}
    for at in dict.fromkeys(problem.at for problem in problems if problem.at):
        yield _overlay(by_title, at.sheet, at.address, Why.WRONG)
    for doubt in doubts:
        answer = answers.get(str(doubt.at), vi.MEND_FILE)
        if answer in {vi.MEND_FILE, vi.LEAVE_OUT}:
            why = Why.ASKED if answer == vi.MEND_FILE else Why.LEFT_OUT
            yield from (_overlay(by_title, sheet, area, why) for sheet, area in _areas(doubt.cells))


def _overlay(grids: Mapping[str, Grid], sheet: str, area: str, why: Why) -> Trace:
    row, column = coordinate_to_tuple(area.partition(":")[0])
    return Trace(sheet, area, why, seen(grids[sheet].at(row, column)) if sheet in grids else "")


def _areas(cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    """Cells under each other as one range."""
    places = sorted((c.sheet, *coordinate_from_string(c.address)) for c in cells)
    runs = groupby(enumerate(places), key=lambda pair: (*pair[1][:2], pair[1][2] - pair[0]))
    for (sheet, letters, _), run in runs:
        rows = [place[2] for _, place in run]
        last = "" if len(rows) == 1 else f":{letters}{rows[-1]}"
        yield sheet, f"{letters}{rows[0]}{last}"
