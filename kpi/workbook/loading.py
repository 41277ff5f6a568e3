"""A file is checked and parsed. `kpi.workbook.apart` does the same where nothing can come to harm."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kpi.model import Cell
from kpi.problems import DamagedWorkbook, TooMany, Unreadable
from kpi.workbook import biff, guard, ooxml
from kpi.workbook.grid import Grid
from kpi.workbook.limits import MOST_CELLS, MOST_MERGES, Refused

Load = Callable[[str, bytes], tuple[Grid, ...] | Unreadable]
"""From the name and the bytes of a file to its sheets in their order, or why it cannot be read."""


def load_here(filename: str, content: bytes) -> tuple[Grid, ...] | Unreadable:
    """In this process: for bytes that the program made itself, and inside the subprocess."""
    try:
        seen = guard.check(filename, content)
        if guard.is_biff(content):
            return _within_limits(biff.grids(content, seen.old_sheets))
        return _within_limits(ooxml.Book(content, seen.sheets).grids())
    except Refused as refused:
        return refused.problem
    # No list of what a parser raises on hostile bytes is complete; whatever it is, the file is damaged.
    except Exception as error:  # noqa: BLE001
        return DamagedWorkbook(code=type(error).__name__)


def _within_limits(grids: Iterable[Grid]) -> tuple[Grid, ...]:
    found: dict[str, Grid] = {}
    cells = covered = 0
    for grid in grids:
        # A cell is named by the title of its sheet.
        if found.setdefault(grid.title.casefold(), grid) is not grid:
            raise Refused(DamagedWorkbook())
        cells += len(grid.spots)
        covered += len(grid.anchors)
        if cells > MOST_CELLS:
            raise Refused(TooMany("cells", MOST_CELLS, Cell(grid.title, "A1")))
        if covered > MOST_CELLS:
            raise Refused(TooMany("merges", MOST_MERGES, Cell(grid.title, "A1")))
    return tuple(found.values())
