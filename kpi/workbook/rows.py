"""The rows of a table: which unit and which indicator each is about, and which are totals, groups and signatures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from kpi import vi
from kpi.model import Cell, Indicator, Level, Plan, Quarter, Reading, Reporter, Unit
from kpi.problems import (
    CodeAndNameDisagree,
    CodeIgnored,
    ColumnIgnored,
    ColumnWithoutHeading,
    Doubt,
    HiddenRows,
    Notice,
    OldEncoding,
    Problem,
    RowIgnored,
    RowWithoutUnit,
    UnitOfLaterDay,
    UnitReadAs,
    UnitUnclear,
    UnknownIndicator,
    UnknownUnit,
)
from kpi.units import Match, Units
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.headings import VALUES, Column, Names, Role, Table, find_table
from kpi.workbook.questions import Questions
from kpi.workbook.words import ends_table, is_group_number, is_note, is_subtotal, is_total, plain


@dataclass
class Desk:
    """What reading a workbook goes by, and what it has found so far."""

    plan: Plan
    units: Units
    reporter: Reporter
    quarter: Quarter
    held: tuple[Reading, ...]
    questions: Questions
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = Names(self.plan)
        self.duties = {(d.indicator, d.unit) for d in self.reporter.duties}
        self.asked: dict[str, list[str]] = {}
        for duty in self.reporter.duties:
            self.asked.setdefault(duty.indicator, []).append(duty.unit)

    @property
    def within(self) -> str | None:
        """The reporter's own unit, when it is one: its names are looked for there first."""
        return self.reporter.code if self.reporter.code in self.units else None

    def levels(self, indicators: Collection[str]) -> frozenset[Level]:
        """Of the units the reporter is asked for, else of those anybody is."""
        found = {self.units.get(code).level for i in indicators for code in self.asked.get(i, ())}
        return frozenset(found or {level for i in indicators for level in self.plan.indicator(i).levels})


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

    def spot(self, role: Role) -> Spot | None:
        column = self.columns.get(role)
        return self.grid.at(self.row, column.index) if column else None

    def cell(self, role: Role) -> Cell:
        return self.grid.cell(self.row, self.columns[role].index)

    def first_cell(self) -> Cell:
        """The first place that holds something, else the first place."""
        roles = sorted(self.columns, key=lambda role: self.columns[role].index)
        return self.cell(next((r for r in roles if self.spot(r)), roles[0]))

    @property
    def empty(self) -> bool:
        """Nothing was entered; a form's own formulas and the prefilled year of a ranking do not count."""
        filled = [role for role in self.columns if (s := self.spot(role)) and s.value is not None]
        return not set(filled) - {Role.EDITION}


def tables(grids: tuple[Grid, ...], desk: Desk) -> dict[str, Table]:
    """Sheet -> its table; sheets without one are not in here."""
    found: dict[str, Table] = {}
    for grid in grids:
        table = None if grid.hidden or grid.too_large else find_table(grid, desk.plan, desk.names)
        if table:
            found[grid.title] = _adopted(table, desk)
    return found


def _adopted(table: Table, desk: Desk) -> Table:
    """A table that names no indicator is about the one in its title, or about the only one that is asked."""
    if table.long or any(c.indicator for c in table.columns):
        return table
    titles = [s.text for row, spots in table.grid.rows.items() if row < table.top for s in spots]
    named = [number for text in titles if (number := desk.names.known(text))]
    sole = named or (list(desk.asked) if len(desk.asked) == 1 else [])
    if not sole:
        return table
    columns = [replace(c, indicator=sole[0]) if c.role in VALUES else c for c in table.columns]
    return replace(table, columns=tuple(columns))


def lines(table: Table, desk: Desk) -> tuple[list[Line], list[Line]]:
    """The lines of the units, and those of the totals."""
    walk = _Walk(table, desk)
    walk.run()
    return walk.lines, walk.totals


class _Walk:
    def __init__(self, table: Table, desk: Desk) -> None:
        self.table, self.grid, self.desk = table, table.grid, desk
        self.lines: list[Line] = []
        self.totals: list[Line] = []
        self._unit_rows: list[int] = []
        self._unit = self._unit_column()
        self._code = table.column(Role.CODE)
        self._order = table.column(Role.ORDER)
        self._indicator = table.column(Role.INDICATOR)
        self._indicators = () if table.long else self._named_indicators()

    def run(self) -> None:
        rows = self.grid.rows
        for row in sorted(r for r in rows if r >= self.table.first_row):
            if self._signs(rows[row]):
                break
            self._row(row)
        hidden = tuple(r for r in self.grid.hidden_rows if r in self._unit_rows)
        if hidden:
            self.desk.notices.append(HiddenRows(self.grid.cell(hidden[0], 1), hidden))
        self._stray_columns()

    @staticmethod
    def _signs(spots: list[Spot]) -> bool:
        """A row of signatures, or of place and day above them: nothing in it is a number."""
        texts = [spot.text for spot in spots if isinstance(spot.value, str)]
        return len(texts) == len(spots) and any(ends_table(text) for text in texts)

    def _unit_column(self) -> Column | None:
        """ "Đơn vị" alone may also be the unit of measure: what stands in it decides."""
        column = self.table.column(Role.UNIT)
        if column is None or plain(column.heading) != "don vi":
            return column
        measures = {plain(w) for i in self.desk.plan.indicators for w in (i.unit_of_measure, i.things) if w}
        below = [self.grid.text(row, column.index) for row in self.grid.rows if row >= self.table.first_row]
        written = [text for text in below if text]
        measured = bool(written) and all(plain(text) in measures or text == "%" for text in written[:3])
        return None if measured else column

    def _named_indicators(self) -> tuple[Indicator, ...]:
        numbers = dict.fromkeys(c.indicator for c in self.table.columns if c.indicator)
        return tuple(self.desk.plan.indicator(n) for n in numbers if n)

    def _text(self, row: int, column: Column | None) -> str:
        return self.grid.text(row, column.index) if column else ""

    def _values(self, row: int) -> list[Spot]:
        """What stands in the columns that are read."""
        spots = (self.grid.at(row, c.index) for c in self.table.columns if c.role in VALUES)
        return [spot for spot in spots if spot]

    def _row(self, row: int) -> None:
        labels = [self._text(row, c) for c in (self._order, self._code, self._unit, self._indicator) if c]
        labels = [text for text in labels if text]
        if any(is_subtotal(text) for text in labels):
            return
        if any(is_total(text) for text in labels):
            self._total(row)
        elif labels and is_note(labels[0]) and not self._values(row):
            return
        elif self.table.long:
            self._long_row(row)
        elif labels or self._values(row):
            self._wide_row(row)

    def _total(self, row: int) -> None:
        for indicator in self._indicators:
            self.totals.append(Line(self.grid, row, indicator, None, self.table.values(indicator)))

    def _wide_row(self, row: int) -> None:
        if not self._text(row, self._unit) and not self._text(row, self._code):
            typed = [s for s in self._values(row) if s.formula is None]
            if typed:
                self.desk.problems.append(RowWithoutUnit(self.grid.cell(row, typed[0].column)))
            return
        unit = self._find_unit(row, [i.number for i in self._indicators])
        if unit is None:
            return
        self._unit_rows.append(row)
        for indicator in self._indicators:
            self.lines.append(Line(self.grid, row, indicator, unit, self.table.values(indicator)))

    def _long_row(self, row: int) -> None:
        text = self._text(row, self._indicator)
        if not text:
            if typed := [s for s in self._values(row) if s.formula is None]:
                self.desk.problems.append(RowWithoutUnit(self.grid.cell(row, typed[0].column)))
            return
        number = self.desk.names.known(text)
        if number is None:
            if self._values(row) and self._indicator:
                self.desk.problems.append(UnknownIndicator(self.grid.cell(row, self._indicator.index), text))
            return
        unit = self._unit_of_long_row(row, number)
        if unit:
            self._unit_rows.append(row)
            indicator = self.desk.plan.indicator(number)
            column = self.table.column(Role.TARGET)
            target = self.grid.at(row, column.index) if column else None
            self.lines.append(Line(self.grid, row, indicator, unit, self.table.values(indicator), target))

    def _unit_of_long_row(self, row: int, number: str) -> Unit | None:
        if self._text(row, self._unit) or self._text(row, self._code):
            return self._find_unit(row, [number])
        asked = self.desk.asked.get(number, [])
        if len(asked) == 1:
            return self.desk.units.get(asked[0])
        # Not this reporter's: its own unit stands in, so that the row can be asked about.
        if not asked and self._values(row):
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
        units, desk = self.desk.units, self.desk
        match = units.match(name, levels=desk.levels(indicators), within=desk.within)
        if match.unit is None and not match.candidates:
            wider = units.match(name)
            match = wider if wider.unit or wider.candidates else match
        if match.candidates:
            return self._among(name, at, match.candidates, indicators, coded)
        if match.unit is None:
            self._unmatched(row, name, at, match)
        elif not match.exact:
            desk.notices.append(UnitReadAs(at, name, match.unit.title))
        return match.unit

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
        if order and is_group_number(order):
            return
        hinted = match.since or match.encoding or match.suggestions
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
            elif column.role is None:
                heading_at = self.grid.cell(self.table.first_row - 1, index)
                self.desk.notices.append(ColumnIgnored(heading_at, column.heading))
            elif column.role in VALUES and not self.table.long and column.indicator is None:
                self.desk.problems.append(UnknownIndicator(at, column.heading))


def _is_value(spot: Spot) -> bool:
    return isinstance(spot.value, int | float | date | time | timedelta)


CONFIRM = (vi.LEAVE_OUT, vi.MEND_FILE)
