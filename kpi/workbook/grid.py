"""A workbook as it is seen: the cells that hold something, the merged ranges, what is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from kpi.model import Cell
from kpi.problems import TooMany
from kpi.workbook.limits import MOST_CELLS, MOST_MERGES, Refused, address_of
from kpi.workbook.words import tidy

Place = tuple[int, int]
"""Row and column, from 1."""
Merge = tuple[int, int, int, int]
"""The first row and column of a merged range, and the last."""

# Longer texts are remarks, of which the beginning tells enough.
LONGEST_TEXT = 1_000
# A title is often merged over whole rows; so far beyond the last cell nobody looks for what a range holds.
_MARGIN = 50


class Spot(NamedTuple):
    """A cell that holds something. `value` is None for a formula without a stored result."""

    row: int
    column: int
    value: object
    number_format: str = "General"
    formula: str | None = None
    broken: bool = False
    """It holds an error such as #DIV/0!."""

    @property
    def text(self) -> str:
        """What stands there, so far as it can be a name or a number."""
        return self.whole[:LONGEST_TEXT]

    @property
    def whole(self) -> str:
        """All that stands there; a whole number that Excel keeps as 1.0 is "1"."""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return "" if self.value is None else tidy(str(self.value))


@dataclass(frozen=True)
class Grid:
    title: str
    hidden: bool = False
    spots: dict[Place, Spot] = field(default_factory=dict)
    anchors: dict[Place, Place] = field(default_factory=dict)
    """Every place inside a merged range -> its upper left corner."""
    hidden_rows: tuple[int, ...] = ()
    merges: tuple[Merge, ...] = ()

    @classmethod
    def of(
        cls, title: str, hidden: bool, spots: dict[Place, Spot], merges: Iterable[Merge], rows: Iterable[int]
    ) -> Grid:
        """Raises Refused for merged ranges that cover more than a workbook may hold; `rows` are those that are hidden."""
        used = {row for row, _ in spots}
        bottom = max(used, default=0) + _MARGIN
        right = max({column for _, column in spots}, default=0) + _MARGIN
        anchors: dict[Place, Place] = {}
        merges = tuple((top, left, min(last, bottom), min(end, right)) for top, left, last, end in merges)
        covered = sum(max(last - top + 1, 0) * max(end - left + 1, 0) for top, left, last, end in merges)
        if covered > MOST_CELLS:
            raise Refused(TooMany("merges", MOST_MERGES, Cell(title, "A1")))
        for top, left, last, end in merges:
            for row in range(top, last + 1):
                for column in range(left, end + 1):
                    anchors[row, column] = (top, left)
        return cls(title, hidden, spots, anchors, tuple(sorted(used & set(rows))), merges)

    def at(self, row: int, column: int) -> Spot | None:
        return self.spots.get((row, column))

    def filled(self, row: int, column: int) -> Spot | None:
        """What is seen there: inside a merged range what its corner holds."""
        return self.spots.get(self.anchors.get((row, column), (row, column)))

    def text(self, row: int, column: int) -> str:
        spot = self.filled(row, column)
        return spot.text if spot else ""

    def cell(self, row: int, column: int) -> Cell:
        return Cell(self.title, address_of(row, column))

    @cached_property
    def rows(self) -> dict[int, list[Spot]]:
        """Row -> what it holds, from left to right."""
        found: dict[int, list[Spot]] = {}
        for spot in self.spots.values():
            found.setdefault(spot.row, []).append(spot)
        return {row: sorted(found[row], key=_column) for row in sorted(found)}


_column = attrgetter("column")
