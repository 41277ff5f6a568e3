"""The rows of a table: which unit and which indicator each is about, and which are totals, groups and signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property

from kpi.model import Cell, Entry, Indicator, Level, Unit
from kpi.problems import (
    CodeAndNameDisagree,
    CodeIgnored,
    ColumnIgnored,
    ColumnWithoutHeading,
    Doubt,
    HiddenRows,
    OldEncoding,
    RowIgnored,
    RowWithoutIndicator,
    RowWithoutUnit,
    TablesBeside,
    UnitOfLaterDay,
    UnitReadAs,
    UnitUnclear,
    UnknownIndicator,
    UnknownUnit,
    ValueAcrossUnits,
    Why,
)
from kpi.units import Match
from kpi.workbook import times
from kpi.workbook.columns import Column
from kpi.workbook.desk import Desk
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.headings import Table
from kpi.workbook.names import LONGEST_NAME, strange
from kpi.workbook.placing import place_row
from kpi.workbook.roles import VALUES, Role, mode_of
from kpi.workbook.words import (
    NO,
    YES,
    beside_total,
    ends_table,
    fold,
    folded,
    group_mark,
    group_style,
    is_bare_total,
    is_group_number,
    is_note,
    is_subtotal,
    is_total,
    plain,
    says_year_so_far,
    summed_marks,
)


@dataclass(frozen=True, slots=True)
class Line:
    """The places of one indicator of one unit; without a unit, those of a row of totals."""

    grid: Grid
    row: int
    indicator: Indicator
    unit: Unit | None
    columns: Mapping[Role, Column]
    target: Spot | None = None
    """What the file itself says the target is."""
    expects: bool = False
    """Some of its columns hold what is expected, for want of what was done."""
    measure: str = ""
    """In which unit the row says that it counts."""
    year: int | None = None
    """Which the row itself names."""
    years_beside: bool = False
    """Other columns hold figures of other years."""
    mode: Role | None = None
    """INCREMENT or CUMULATIVE where the row or a title says so and no heading does."""

    def spot(self, role: Role) -> Spot | None:
        column = self.columns.get(role)
        return self.grid.spots.get((self.row, column.index)) if column else None

    def cell(self, role: Role) -> Cell:
        return self.grid.cell(self.row, self.columns[role].index)

    def first_cell(self) -> Cell:
        """The first place that holds something, else the first place."""
        roles = sorted(self.columns, key=lambda role: self.columns[role].index)
        return self.cell(next((r for r in roles if self.spot(r)), roles[0]))

    @property
    def empty(self) -> bool:
        """Nothing was entered; a form's own formulas and the prefilled year of a ranking do not count."""
        for role in self.columns:
            if role is not Role.EDITION and (spot := self.spot(role)) and spot.value is not None:
                return False
        return True


@dataclass
class Rows:
    """What the rows of a table are: lines of units, totals of all of them, and sums of some."""

    lines: list[Line] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    sums: list[tuple[Line, list[Line]]] = field(default_factory=list)
    """The line of a group or of "Cộng I + II", and the lines that it adds up."""


def rows(table: Table, desk: Desk) -> Rows:
    walk = _Walk(table, desk)
    walk.run()
    return walk.found


@dataclass(frozen=True, slots=True)
class _Total:
    line: Line
    words: str
    whole: bool
    """It is of the reporter's own unit and nothing else."""
    place: int
    """How many lines stand above it."""


def _by_indicator(totals: Iterable[_Total]) -> dict[str, list[_Total]]:
    found: dict[str, list[_Total]] = {}
    for total in totals:
        found.setdefault(total.line.indicator.number, []).append(total)
    return found


def rows_above(table: Table, desk: Desk) -> Cell | None:
    """Where a unit is named, with a value beside it, over the first table of a sheet."""
    grid = table.grid
    for row in (r for r in sorted(grid.rows) if r < table.top):
        spots = grid.rows[row]
        for place, spot in enumerate(spots[:-1]):
            named = isinstance(spot.value, str) and desk.names.is_unit(spot.text)
            if named and any(
                _tells(other) and not isinstance(other.value, str) for other in spots[place + 1 :]
            ):
                return grid.cell(row, spot.column)
            if named and any(fold(other.text) in YES | NO for other in spots[place + 1 :]):
                return grid.cell(row, spot.column)
    return None


@dataclass
class _Group:
    """A heading inside the table, and what stands under it until the next of its style."""

    mark: str
    row: int
    lines: list[Line] = field(default_factory=list)


class _Groups:
    """The groups of a table: of different styles one stands inside the other, as "I" in "A"."""

    def __init__(self) -> None:
        self._open: list[_Group] = []
        self.all: list[_Group] = []

    def begin(self, mark: str, row: int) -> None:
        self.close(mark)
        self._open.append(_Group(mark, row))
        self.all.append(self._open[-1])

    def close(self, mark: str) -> None:
        """A row numbered in the style of a group stands beside it, not in it."""
        styles = [group_style(group.mark) for group in self._open]
        style = group_style(mark)
        self._open = self._open[: styles.index(style)] if style in styles else self._open

    def add(self, line: Line) -> None:
        for group in self._open:
            group.lines.append(line)

    def summed(self, text: str) -> list[Line]:
        """What "Cộng I + II" adds up; nothing when it names no group that there is."""
        by_mark = {group.mark.casefold(): group.lines for group in self.all}
        marks = summed_marks(text)
        return (
            [line for mark in marks for line in by_mark[mark]] if marks and by_mark.keys() >= {*marks} else []
        )


class _Walk:
    def __init__(self, table: Table, desk: Desk) -> None:
        self.table, self.grid, self.desk = table, table.grid, desk
        self.found = Rows()
        self._groups = _Groups()
        self._expects = any(c.mode is Role.ESTIMATE for c in table.columns)
        self._read_columns = [c.index for c in table.columns if c.role in VALUES]
        self._unit_rows: list[int] = []
        self._parts: dict[str, tuple[dict[Role, Column], dict[Role, Column]]] = {}
        self._known_levels: dict[tuple[str, ...], frozenset[Level]] = {}
        self._unit = table.column(Role.UNIT)
        self._above = table.column(Role.ABOVE)
        self._code = table.column(Role.CODE)
        self._order = table.column(Role.ORDER)
        self._indicator = table.column(Role.INDICATOR)
        self._measure = table.column(Role.MEASURE)
        self._period = table.column(Role.PERIOD)
        self._indicators = () if table.long else self._named_indicators()
        self._totals: list[_Total] = []
        self._placed: set[int] = set()
        """Rows of which a person said what they are."""
        self._over: str | None = None
        """The indicator that heads the rows of units under it, in a table with a row per indicator."""
        self._of = self._titled_unit()
        """The unit that heads the rows of indicators under it."""

    @cached_property
    def _dated(self) -> bool:
        return any(c.role is Role.BEFORE and c.year for c in self.table.columns)

    @cached_property
    def _counts(self) -> bool:
        """Headings say themselves what is counted."""
        return any(c.mode in {Role.INCREMENT, Role.CUMULATIVE} for c in self.table.columns)

    @cached_property
    def _titled(self) -> Role | None:
        """ "(Số liệu lũy kế từ đầu năm)" over a table."""
        above = (s for r, spots in self.grid.rows.items() if r < self.table.top for s in spots)
        said = any(isinstance(s.value, str) and says_year_so_far(s.text) for s in above)
        return Role.CUMULATIVE if said and self.desk.quarter.number > 1 else None

    @cached_property
    def _others(self) -> list[Column]:
        """Columns of units that values part from the units of the table."""
        first = self._unit.index if self._unit else 0
        others = [c for c in self.table.columns if c.role in {Role.UNIT, Role.ABOVE}]
        return [
            c
            for c in others
            if any(min(first, c.index) < v < max(first, c.index) for v in self._read_columns)
        ]

    def run(self) -> None:
        grid, trail = self.grid, self.desk.trail
        for row in range(self.table.top, self.table.first_row):
            trail.row(grid, row, Why.INDEX if row in self.table.indexes else Why.HEADING)
        body = [r for r in sorted(grid.rows) if self.table.first_row <= r <= self.table.last_row]
        signs = [r for r in body if self._signs(grid.rows[r])]
        last = max((r for r in body if self._is_meant(r)), default=0) if signs else 0
        end = next((r for r in signs if r > last), self.table.last_row + 1)
        read = []
        whys: dict[int, Why] = {}
        for row in body:
            signed = row >= end or (row in signs and not self._is_meant(row))
            whys[row] = Why.SIGNATURE if signed else self._row(row)
        whys |= self._no_groups()
        for row, why in whys.items():
            trail.row(grid, row, why)
            if why is Why.FIGURE:
                read.append(row)
        trail.columns(grid, read, self._whys())
        self._add_sums()
        self._add_totals()
        hidden = tuple(r for r in grid.hidden_rows if r in set(self._unit_rows))
        if hidden:
            self.desk.notices.append(HiddenRows(grid.cell(hidden[0], 1), hidden))
        self._stray_columns()

    def _whys(self) -> dict[int, Why]:
        """What becomes of each column in the rows that are read."""
        used = {column.index for line in self.found.lines for column in line.columns.values()}
        return {c.index: _why_of_column(c, used) for c in self.table.columns}

    def _add_sums(self) -> None:
        for group in self._groups.all:
            if group.lines and any(spot for spot in self._values(group.row)):
                self._sum(group.row, group.lines)

    def _sum(self, row: int, lines: list[Line]) -> None:
        for indicator in self._indicators:
            self.found.sums.append((self._line(row, indicator, None), lines))

    @staticmethod
    def _signs(spots: list[Spot]) -> bool:
        """A row of signatures, or of place and day above them: nothing in it is a number."""
        texts = [spot.text for spot in spots if isinstance(spot.value, str)]
        return len(texts) == len(spots) and any(ends_table(text) for text in texts)

    def _is_meant(self, row: int) -> bool:
        """A row with a number and a name, or with a known name and a value: no words in it make it a signature."""
        name = self._text(row, self._indicator if self.table.long else self._unit)
        if not name:
            return bool(self._text(row, self._code)) and any(map(_tells, self._values(row)))
        if ends_table(name):
            return False
        order = self._text(row, self._order).strip(" .)(")
        if order.isdecimal():
            return True
        return any(map(_tells, self._values(row))) and self._names_something(name)

    def _no_groups(self) -> dict[int, Why]:
        """Rows numbered like groups whose figures are no sums: each is named as any other row is."""
        found = {}
        for group in [g for g in self._groups.all if not self._heads(g)]:
            self._groups.all.remove(group)
            found[group.row] = self._wide_row(group.row)
        return found

    def _heads(self, group: _Group) -> bool:
        """Without figures, or with those of the rows under it."""
        typed = [spot for spot in self._values(group.row) if spot.formula is None and _tells(spot)]
        if not typed:
            return True
        if not group.lines:
            return False
        if _REGION.search(fold(self._text(group.row, self._unit))):
            return True
        under = dict.fromkeys(line.row for line in group.lines)
        return any(self._is_sum(spot, list(under)) for spot in typed)

    def _is_sum(self, spot: Spot, under: list[int]) -> bool:
        own = None if fold(spot.text) in {"co", "khong"} else _amount(spot)
        parts = [amount for r in under if (amount := _amount(self.grid.at(r, spot.column))) is not None]
        return own is not None and bool(parts) and own == sum(parts)

    def _named_indicators(self) -> tuple[Indicator, ...]:
        numbers = dict.fromkeys(c.indicator for c in self.table.columns if c.indicator and c.role in VALUES)
        return tuple(self.desk.plan.indicator(n) for n in numbers if n)

    def _text(self, row: int, column: Column | None) -> str:
        return self.grid.text(row, column.index) if column else ""

    def _values(self, row: int) -> list[Spot]:
        """What stands in the columns that are read."""
        return [spot for index in self._read_columns if (spot := self.grid.at(row, index))]

    def _row(self, row: int) -> Why:
        if why := self._of_another_time(row):
            return why
        labels = [self._text(row, c) for c in (self._order, self._code, self._unit, self._indicator) if c]
        labels = [text for text in labels if text]
        totals = [text for text in labels if is_total(text) and not self._is_name(text)]
        if summed := next((text for text in totals if is_subtotal(text)), None):
            if lines := self._groups.summed(summed):
                self._sum(row, lines)
            return Why.SUBTOTAL
        if totals:
            return self._total(row, totals[0])
        if labels and is_note(labels[0]) and not self._values(row):
            return Why.REMARKS
        if self._is_foreign(row):
            return Why.ROW
        if mark := self._group_mark(row):
            self._groups.begin(mark, row)
            self._of = self._unit_called(labels[-1])
            return Why.GROUP
        if labels and plain(labels[-1]) in _RATES:
            return Why.RATES
        if beside := group_mark(self._text(row, self._order)):
            self._groups.close(beside)
        if self.table.long:
            return self._long_row(row)
        return self._wide_row(row) if labels or self._values(row) else Why.WORDS

    def _group_mark(self, row: int) -> str | None:
        """I, A or PHẦN before words that name neither a unit nor an indicator."""
        order = self._text(row, self._order)
        name = self._text(row, self._indicator if self.table.long else self._unit)
        mark = group_mark(order or name)
        if mark is None or self._text(row, self._code):
            return None
        if self.table.long and any(map(_tells, self._values(row))):
            return None
        return None if self._names_something(name or order) else mark

    def _names_something(self, name: str) -> bool:
        if self.table.long:
            return self.desk.names.known(name) is not None
        match = self.desk.match(name)
        return bool(match.unit or match.candidates or match.encoding or match.since)

    def _is_name(self, text: str) -> bool:
        """An indicator's row may begin "Tổng số …", and a commune be called "Cộng Hòa"."""
        if self.table.long:
            return not is_bare_total(text) and not is_subtotal(text)
        unit = self.desk.match(text).unit
        return unit is not None and unit.code not in {self.desk.within, self.desk.units.province.code}

    def _is_foreign(self, row: int) -> bool:
        """Letters that only look like ours, or a turned direction, in what says whose figures these are."""
        found = False
        for column in (self._code, self._unit, self._indicator):
            spot = self.grid.filled(row, column.index) if column else None
            problem = strange(self.grid.cell(row, column.index), spot) if column else None
            if problem:
                self.desk.problems.append(problem)
                found = True
        return found

    def _of_another_time(self, row: int) -> Why | None:
        """What a cell of its own says of the row: "Quý III" under "Kỳ", "Kế hoạch" under "Loại"."""
        if self._period and (said := self._text(row, self._period)):
            label = plain(self._period.heading.split(" / ")[-1])
            texts = said, f"{label} {said}"
            if not times.counts_year(said, self.desk.quarter) and any(map(self._is_elsewhere, texts)):
                return Why.EARLIER
        known = {c.index for c in self.table.columns if c.role is not None}
        for spot in self.grid.rows[row]:
            words = plain(spot.text) if spot.column not in known and isinstance(spot.value, str) else ""
            if words in _PLANS:
                return Why.TARGET
            if words in _OTHER_TIMES or (
                words and not times.without_time(words) and self._is_elsewhere(words)
            ):
                return Why.EARLIER
        return None

    def _is_elsewhere(self, text: str) -> bool:
        return times.is_elsewhere(text, self.desk.quarter)

    def _total(self, row: int, text: str) -> Why:
        beside = beside_total(text)
        if self._is_elsewhere(beside) or times.is_planned(beside):
            return Why.EARLIER
        indicators = self._indicators
        if self.table.long:
            lines = self.found.lines
            number = self.desk.names.known(self._text(row, self._indicator))
            sole = {line.indicator.number for line in lines}
            number = number or (sole.pop() if len(sole) == 1 else None)
            if number is None and self._values(row):
                self.desk.notices.append(RowIgnored(self.grid.cell(row, self._values(row)[0].column), text))
                return Why.ROW
            indicators = (self.desk.plan.indicator(number),) if number else ()
        for indicator in indicators:
            whole = self._is_own_whole(beside)
            self._totals.append(
                _Total(self._line(row, indicator, None), plain(text), whole, len(self.found.lines))
            )
        return Why.TOTAL

    def _is_own_whole(self, beside: str) -> bool:
        """A total of no more than the reporter's own unit: "Tổng số xã" counts something else."""
        own = self.desk.units.get(self.desk.within) if self.desk.within else self.desk.units.province
        return not set(beside.split()) - set(plain(own.title).split()) - {"toan", "cua", "chung"}

    def _add_totals(self) -> None:
        """The only total of an indicator, over or under all its rows, may be the unit's own figure; others are compared."""
        for indicator, mine in _by_indicator(self._totals).items():
            lines = [
                (place, line)
                for place, line in enumerate(self.found.lines)
                if line.indicator.number == indicator
            ]
            every, since = [line for _, line in lines], 0
            for total in mine:
                above = [line for place, line in lines if since <= place < total.place]
                alone = len(mine) == 1 and total.whole and len(above) in {0, len(every)}
                grand = total is mine[-1] and not total.words.startswith("cong")
                if alone:
                    self.found.totals.append(total.line)
                else:
                    self.found.sums.append((total.line, every if grand or not above else above))
                since = total.place

    def _line(self, row: int, indicator: Indicator, unit: Unit | None, target: Spot | None = None) -> Line:
        """Its columns are those of what was done; where nothing is said of that, of what is expected."""
        if indicator.number not in self._parts:
            self._parts[indicator.number] = self.table.values(indicator), self.table.estimates(indicator)
        columns, expected = self._parts[indicator.number]
        if expected:
            done = {role: c for role, c in columns.items() if c.mode is not Role.ESTIMATE}
            said = any(self.grid.at(row, c.index) for c in done.values())
            columns = done if said else columns | expected
        expects = any(c.mode is Role.ESTIMATE for c in columns.values()) if self._expects else False
        beside = self._beside(self._text(row, self._indicator))
        years = (
            times.years_in(plain(times.without_asides(beside)))
            if beside and indicator.entry is Entry.RANK
            else set()
        )
        return Line(
            self.grid,
            row,
            indicator,
            unit,
            columns,
            target,
            expects,
            self._text(row, self._measure),
            years.pop() if len(years) == 1 else None,
            self._dated,
            self._mode(row, beside),
        )

    def _beside(self, name: str) -> str:
        return self.desk.names.beside(name) if name else ""

    def _mode(self, row: int, said: str) -> Role | None:
        """What the row says of it, the cell of its period, or a title."""
        if self._counts or row in self._placed:
            return None
        quarter, period = self.desk.quarter, self._text(row, self._period)
        named = mode_of(said, quarter, dated=False) if said else None
        return named or (mode_of(period, quarter) if period else None) or self._titled

    def _add(self, line: Line) -> None:
        self.found.lines.append(line)
        self._groups.add(line)

    def _wide_row(self, row: int) -> Why:
        if not self._text(row, self._unit) and not self._text(row, self._code):
            typed = [s for s in self._values(row) if s.formula is None]
            if typed:
                self.desk.problems.append(RowWithoutUnit(self.grid.cell(row, typed[0].column)))
            return Why.ROW if typed else Why.WORDS
        if self._is_across(row):
            return Why.WORDS
        wrong = len(self.desk.problems)
        unit = self._find_unit(row, [i.number for i in self._indicators])
        if unit is None:
            return Why.ROW if self._values(row) or len(self.desk.problems) > wrong else Why.WORDS
        self._unit_rows.append(row)
        self._check_beside(row)
        self._check_merged(row)
        for indicator in self._indicators:
            self._add(self._line(row, indicator, unit))
        return Why.FIGURE

    def _check_beside(self, row: int) -> None:
        """Another unit named behind the figures of the first: a second table stands beside this one."""
        if self._unit is None:
            return
        values = self._read_columns
        for other in self._others:
            near, far = sorted((self._unit.index, other.index))
            name = self._text(row, other)
            if fold(name) != fold(self._text(row, self._unit)) and (
                name or any(v > far and self.grid.at(row, v) for v in values)
            ):
                at, first = self.grid.cell(row, far), self.grid.cell(row, near)
                self.desk.problems.append(TablesBeside(at, first))
                return

    def _check_merged(self, row: int) -> None:
        """A value merged from the row of another unit is nobody's for sure."""
        for index in self._read_columns if self.grid.anchors else ():
            corner = self.grid.anchors.get((row, index), (row, index))
            if corner[0] >= row or corner[0] < self.table.first_row:
                continue
            if (spot := self.grid.at(*corner)) and self._label(corner[0]) != self._label(row):
                at = self.grid.cell(spot.row, spot.column)
                below = self.grid.cell(spot.row + 1, spot.column)
                self.desk.problems.append(ValueAcrossUnits(at, below))

    def _label(self, row: int) -> tuple[str, str]:
        return self._text(row, self._unit), self._text(row, self._code)

    def _is_across(self, row: int) -> bool:
        """Words merged over names and values are a title inside the table."""
        if self._unit is None:
            return False
        corner = self.grid.anchors.get((row, self._unit.index))
        return corner is not None and any(
            self.grid.anchors.get((row, index)) == corner for index in self._read_columns
        )

    def _long_row(self, row: int) -> Why:
        text = self._text(row, self._indicator)
        values = self._values(row)
        if not text:
            if typed := [s for s in values if s.formula is None]:
                self.desk.problems.append(RowWithoutIndicator(self.grid.cell(row, typed[0].column)))
            return Why.ROW if typed else Why.WORDS
        number = self.desk.names.known(text)
        named = None if number else self._unit_called(text)
        if not values:
            self._over, self._of = number or self._over, named or self._of
            return Why.NAME if number or named else Why.WORDS
        if named and self._over:
            number = self._over
        elif self._indicator and (number is None or self._is_doubtful(number, text)):
            others = self._named_below() - {number}
            number = place_row(self.grid.cell(row, self._indicator.index), text, others, self.desk)
            self._placed.add(row)
        else:
            self._over = number
        if number is None:
            return Why.ROW
        if self._is_of_another_year(row, number):
            return Why.EARLIER
        unit = named or self._unit_of_long_row(row, number)
        if unit is None:
            return Why.ROW if values else Why.WORDS
        self._unit_rows.append(row)
        indicator = self.desk.plan.indicator(number)
        column = self.table.column(Role.TARGET)
        target = self.grid.at(row, column.index) if column else None
        self._add(self._line(row, indicator, unit, target))
        return Why.FIGURE

    def _is_of_another_year(self, row: int, number: str) -> bool:
        """ "Năm" is the edition of a ranking, and of anything else when it was counted."""
        said = self._text(row, self.table.column(Role.EDITION))
        rank = self.desk.plan.indicator(number).entry is Entry.RANK
        return not rank and bool(times.years_in(plain(said)) - {self.desk.quarter.year})

    def _is_doubtful(self, number: str, text: str) -> bool:
        """What stands beside an indicator's name says another time, a plan, or the opposite."""
        beside = self.desk.names.beside(text)
        if self.desk.plan.indicator(number).entry is not Entry.RANK and self._is_elsewhere(beside):
            return True
        return times.is_planned(beside) or times.is_denied(beside) or times.is_partial(beside)

    def _unit_called(self, text: str) -> Unit | None:
        """The unit whose name a text is."""
        match = self.desk.match(text, None, self.desk.within) if len(text) <= LONGEST_NAME else None
        return match.unit if match and match.unit and match.exact else None

    def _titled_unit(self) -> Unit | None:
        """A unit below the reporter's own that the sheet is named after, or words alone just above the table."""
        if not self.table.long:
            return None
        above = (self.grid.rows.get(self.table.top - step, []) for step in range(1, TITLE_ROWS + 1))
        titles = [self.grid.title, *(spots[0].text for spots in above if len(spots) == 1)]
        named = [unit for text in reversed(titles) if (unit := self._unit_called(text))]
        asked = {code for codes in self.desk.asked.values() for code in codes} - {self.desk.within}
        return next((unit for unit in named if unit.code in asked), None)

    def _named_below(self) -> set[str]:
        """The indicators that rows of this table name."""
        body = (r for r in self.grid.rows if self.table.first_row <= r <= self.table.last_row)
        return {n for r in body if (n := self.desk.names.known(self._text(r, self._indicator)))}

    def _unit_of_long_row(self, row: int, number: str) -> Unit | None:
        if self._text(row, self._unit) or self._text(row, self._code):
            return self._find_unit(row, [number])
        asked = self.desk.asked.get(number, [])
        if len(asked) == 1 and not (self._of and self._of.code != asked[0]):
            return self.desk.units.get(asked[0])
        # Without names of units a district speaks of itself. What is not this reporter's can be asked about.
        nameless = self._unit is None and self._code is None
        if nameless and self._of:
            return self._of
        if ((nameless and self.desk.within) or not asked) and self._values(row):
            return self.desk.units.get(self.desk.within) if self.desk.within else self.desk.units.province
        if self._values(row):
            self.desk.problems.append(RowWithoutUnit(self.grid.cell(row, self._values(row)[0].column)))
        return None

    def _find_unit(self, row: int, indicators: list[str]) -> Unit | None:
        name, code = self._text(row, self._unit), self._text(row, self._code)
        coded = self.desk.units.coded(code) if code else None
        if not name:
            at = self.grid.cell(row, self._code.index) if self._code else self.grid.cell(row, 1)
            if coded is None and self._values(row):
                province = self.desk.units.province.name
                self.desk.problems.append(UnknownUnit(at, code, (), province))
            return coded
        at = self.grid.cell(row, self._unit.index) if self._unit else self.grid.cell(row, 1)
        named = self._named(row, name, at, indicators, coded)
        if named is None or not code:
            return named
        code_at = self.grid.cell(row, self._code.index) if self._code else at
        if coded is None:
            self.desk.notices.append(CodeIgnored(code_at, code, named.title))
        elif coded != named:
            self.desk.problems.append(CodeAndNameDisagree(code_at, code, coded.title, name))
            return None
        return named

    def _named(self, row: int, name: str, at: Cell, indicators: list[str], coded: Unit | None) -> Unit | None:
        desk, levels = self.desk, self._levels(indicators)
        match = desk.match(name, levels, desk.within)
        if match.unit is None and not match.candidates:
            wider = desk.match(name)
            match = wider if wider.unit or wider.candidates else match
        if match.candidates and (above := self._text(row, self._above)):
            nearer = desk.match(f"{name}, {above}", levels)
            match = nearer if nearer.unit else match
        if match.candidates:
            return self._among(name, at, match.candidates, indicators, coded)
        if match.unit is None:
            self._unmatched(row, name, at, match)
        elif not match.exact:
            desk.notices.append(UnitReadAs(at, name, match.unit.title))
        return match.unit

    def _levels(self, indicators: list[str]) -> frozenset[Level]:
        key = tuple(indicators)
        if key not in self._known_levels:
            self._known_levels[key] = self.desk.levels(key)
        return self._known_levels[key]

    def _among(
        self, name: str, at: Cell, candidates: tuple[Unit, ...], indicators: list[str], coded: Unit | None
    ) -> Unit | None:
        """The code decides, then what the reporter is asked for, then the person."""
        if coded in candidates:
            return coded
        mine = [u for u in candidates if any((i, u.code) in self.desk.duties for i in indicators)]
        if len(mine) == 1:
            return mine[0]
        choices = tuple(self._long_title(unit) for unit in candidates)

        def build(cells: tuple[Cell, ...]) -> Doubt:
            return UnitUnclear(at, name, choices, cells)

        chosen = self.desk.questions.ask(("unit", at), at, choices, build)
        return None if chosen is None else candidates[chosen]

    def _long_title(self, unit: Unit) -> str:
        above = self.desk.units.parent(unit)
        return f"{unit.title} ({above.title})" if above else unit.title

    def _unmatched(self, row: int, name: str, at: Cell, match: Match) -> None:
        """A row of text only may head a group; whatever has values, a number or a code is meant as a unit."""
        order, code = self._text(row, self._order), self._text(row, self._code)
        if order and is_group_number(order) and not any(map(_tells, self._values(row))):
            return
        hinted = match.since or match.encoding or (match.suggestions and not name.endswith(":"))
        if not self._values(row) and not hinted and not code and not order.strip(".").isdecimal():
            if not is_group_number(name.split(".")[0]):
                self.desk.notices.append(RowIgnored(at, name))
            return
        if match.encoding:
            self.desk.problems.append(OldEncoding(at, name, match.encoding))
        elif match.since:
            self.desk.problems.append(UnitOfLaterDay(at, name, match.since))
        else:
            nearest = tuple(unit.title for unit in match.suggestions)
            self.desk.problems.append(UnknownUnit(at, name, nearest, self.desk.units.province.name))

    def _stray_columns(self) -> None:
        """Values under no heading, or under one that means nothing here, are never dropped silently."""
        known = {c.index: c for c in self.table.columns}
        used: dict[int, Spot] = {}
        for row in self._unit_rows:
            for spot in self.grid.rows[row]:
                used.setdefault(spot.column, spot)
        for index, spot in used.items():
            column = known.get(index)
            at = self.grid.cell(spot.row, spot.column)
            if column is None:
                if _is_value(spot):
                    self.desk.problems.append(ColumnWithoutHeading(at, Column(index, "", None).letter))
            elif column.role is None and (self.grid.title, index) not in self.desk.asked_columns:
                self._ignore(column)
            elif (
                column.role is Role.SHARE
                and column.indicator is None
                and self._indicators
                and (self.grid.title, index) not in self.desk.asked_columns
            ):
                # A ratio of parts that are read says nothing more.
                self._ignore(column)
            elif (
                column.role in VALUES
                and not self.table.long
                and column.indicator is None
                and ((self.grid.title, index) not in self.desk.asked_columns)
            ):
                heading_at = self.grid.cell(self.table.first_row - 1 - len(self.table.indexes), index)
                self.desk.problems.append(UnknownIndicator(heading_at, column.heading))

    def _ignore(self, column: Column) -> None:
        at = self.grid.cell(self.table.first_row - 1 - len(self.table.indexes), column.index)
        self.desk.notices.append(ColumnIgnored(at, column.heading))


def _is_value(spot: Spot) -> bool:
    return isinstance(spot.value, int | float | date | time | timedelta)


# How far over a table the unit that it is about may stand.
TITLE_ROWS = 3
# What a cell of a row may say the whole row is.
_PLANS = folded("Kế hoạch", "KH", "Chỉ tiêu", "Chỉ tiêu giao", "KH giao", "Giao", "Mục tiêu", "Dự kiến")
_OTHER_TIMES = folded("Năm trước", "Quý trước", "Kỳ trước", "Cùng kỳ", "Cùng kỳ năm trước")
# A row of shares under the totals.
_RATES = frozenset({"ti le", "ti le %", "ti le dat", "ti le chung"})
# What no unit is called, and parts of a table are.
_REGION = re.compile(r"\b(vung|mien|khu vuc|khoi|phan|cum|cac)\b")


def _amount(spot: Spot | None) -> Decimal | None:
    """A number, or one for a yes."""
    if spot is None or isinstance(spot.value, bool):
        return None
    if isinstance(spot.value, int | float):
        return Decimal(str(spot.value))
    words = fold(spot.text)
    if words in YES | NO and not words[:1].isdecimal():
        return Decimal(words in YES)
    return Decimal(words) if words.isascii() and words.isdecimal() else None


def _tells(spot: Spot) -> bool:
    """Whether a cell holds what may be a figure, and no name of somebody who signs."""
    if not isinstance(spot.value, str):
        return spot.value is not None
    words = fold(spot.text)
    return words in YES | NO or (any(c.isdecimal() for c in words) and not ends_table(spot.text))


_WHY = {
    Role.ORDER: Why.ORDER,
    Role.CODE: Why.NAME,
    Role.UNIT: Why.NAME,
    Role.ABOVE: Why.NAME,
    Role.INDICATOR: Why.NAME,
    Role.MEASURE: Why.MEASURE,
    Role.PERIOD: Why.NAME,
    Role.TARGET: Why.TARGET,
    Role.BEFORE: Why.EARLIER,
    Role.NOTE: Why.REMARKS,
}


def _why_of_column(column: Column, used: set[int]) -> Why:
    if column.index in used:
        return Why.FIGURE
    if column.role in VALUES and column.mode in {Role.INCREMENT, Role.CUMULATIVE}:
        return Why.OTHER_COUNT
    if column.role in VALUES and column.mode is Role.ESTIMATE:
        return Why.ESTIMATE
    return _WHY.get(column.role, Why.COLUMN) if column.role else Why.COLUMN
