"""Where a table begins and what its columns are, by the words over them and never by their position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from kpi.model import Behaviour, Entry, Indicator, Plan
from kpi.problems import HeadingDisagrees, IndicatorTwice, OnlyOtherTimes, OtherMeasure, Problem
from kpi.workbook.columns import Column, are_opposite, column_under, counted, paired, without_achievement
from kpi.workbook.grid import LONGEST_TEXT, Grid, Spot
from kpi.workbook.names import Names, strange
from kpi.workbook.roles import MODES, VALUES, Role, role_of
from kpi.workbook.values import written_fraction, written_number
from kpi.workbook.words import TICKS, fold, is_scaled, measure_in, plain

# Titles, mottos and form numbers stand over the table, but not more than this.
DEEPEST = 40
MOST_HEADING_ROWS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """`long` has a row per indicator, otherwise the indicators stand in the headings."""

    grid: Grid
    top: int
    first_row: int
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()
    last_row: int = 0
    indexes: tuple[int, ...] = ()
    """Rows that number the columns."""

    @property
    def long(self) -> bool:
        return self.column(Role.INDICATOR) is not None

    def column(self, role: Role) -> Column | None:
        return next(
            (
                c
                for c in self.columns
                if c.role is role and c.indicator is None and c.mode is not Role.ACHIEVED
            ),
            None,
        )

    def values(self, indicator: Indicator) -> dict[Role, Column]:
        """The columns that hold the parts of an indicator, for either shape."""
        mine = [c for c in self.columns if c.role in VALUES and c.indicator in (None, indicator.number)]
        if not self.long:
            mine = [c for c in mine if c.indicator]
        wanted = Role.INCREMENT if indicator.behaviour is Behaviour.FLOW else Role.CUMULATIVE
        other = {Role.INCREMENT, Role.CUMULATIVE} - {wanted}
        if indicator.behaviour in {Behaviour.FLOW, Behaviour.DISTINCT}:
            # Never one part of the quarter and another of the year.
            mine = [c for c in mine if c.mode not in other or c.role is Role.EDITION] or mine
        chosen: dict[Role, Column] = {}
        for column in sorted(
            mine, key=lambda c: (c.mode is Role.ESTIMATE, c.mode in other, c.mode is not wanted)
        ):
            if column.role:
                chosen.setdefault(column.role, column)
        counted = Role.DENOMINATOR in chosen and Role.NUMERATOR not in chosen and Role.VALUE in chosen
        if counted and indicator.entry is Entry.FRACTION:
            # "Tổng số | Thực hiện": what was done of all.
            chosen[Role.NUMERATOR] = chosen.pop(Role.VALUE)
        return chosen

    def estimates(self, indicator: Indicator) -> dict[Role, Column]:
        """The columns that hold what is expected of an indicator, beside others that say what was done."""
        mine = [c for c in self.columns if c.role in VALUES and c.indicator in (None, indicator.number)]
        done = {c.role for c in mine if c.mode is not Role.ESTIMATE}
        found = {c.role: c for c in reversed(mine) if c.role and c.mode is Role.ESTIMATE}
        return found if done - {Role.DENOMINATOR, Role.EDITION} else {}


def find_tables(grid: Grid, plan: Plan, names: Names) -> list[Table]:
    """The tables of a sheet, one under the other: each ends where the next heading begins."""
    rows = sorted(grid.rows)
    width = max((column for _, column in grid.spots), default=0)
    heads = (row for row in rows if row <= DEEPEST)
    first = next((t for row in heads if (t := _table_at(grid, row, width, plan, names))), None)
    first = first or next(
        (t for row in rows if row <= DEEPEST and (t := _nameless(grid, row, width, plan, names))), None
    )
    if first is None:
        return []
    found = [first]
    for row in rows:
        if row >= found[-1].first_row and _may_head(grid, row, found[-1], names):
            table = _table_at(grid, row, width, plan, names)
            found += [table] if table and table.top >= found[-1].first_row else []
    ends = [table.top - 1 for table in found[1:]] + [rows[-1]]
    return [replace(table, last_row=end) for table, end in zip(found, ends, strict=True)]


def _table_at(grid: Grid, row: int, width: int, plan: Plan, names: Names) -> Table | None:
    """The table whose heading begins in or around a row."""
    roles = {c: role_of(text, names.quarter) for c in range(1, width + 1) if (text := grid.text(row, c))}
    key = _key_column(roles) or _column_of_units(grid, row, roles, names)
    if key is None:
        return None
    top, bottom = _extent(grid, row, key, width, names)
    columns = paired(tuple(_columns(grid, top, bottom, width, plan, names)), plan, names)
    if not any(c.role in VALUES or (c.role is None and c.indicator) for c in columns):
        return None
    columns = counted(grid, bottom, without_achievement(columns), plan, names)
    faults = tuple(_faults(grid, top, bottom, columns, plan, names))
    return _settled(Table(grid, top, bottom + 1, columns, faults), width, names)


def _nameless(grid: Grid, row: int, width: int, plan: Plan, names: Names) -> Table | None:
    """Units or indicators under a heading, and numbers under others that mean nothing yet: to be asked about."""
    levels = {c: [text] for c in range(1, width + 1) if (text := grid.text(row, c))}
    columns = tuple(column_under(c, texts, plan, names) for c, texts in levels.items())
    keys = [c for c in columns if c.role in {Role.UNIT, Role.INDICATOR}]
    if len(columns) < 2 or not any(_holds_keys(grid, row, c, names) for c in keys):
        return None
    places = {c.index: c.role for c in columns if c.role in {None, Role.BEFORE, Role.TARGET}}
    below = [spot for r in _below(grid, row) for spot in grid.rows[r] if spot.column in places]
    counted = [s.column for s in below if isinstance(s.value, int | float) or written_fraction(s.text)]
    if not counted:
        return None
    elsewhere = all(places[column] for column in counted)
    faults = (OnlyOtherTimes(grid.cell(row, counted[0])),) if elsewhere else ()
    return _settled(Table(grid, row, row + 1, columns, faults), width, names)


def _settled(table: Table, width: int, names: Names) -> Table:
    """With the rows that number the columns passed over, and with one column of units."""
    grid, first = table.grid, table.first_row
    while _is_index_row(grid, first, width):
        first += 1
    indexes = tuple(range(table.first_row, first))
    columns = _with_units(replace(table, first_row=first), names)
    return replace(table, first_row=first, columns=columns, indexes=indexes)


def _with_units(table: Table, names: Names) -> tuple[Column, ...]:
    """ "Đơn vị" may be the unit of measure, and of "Huyện" and "Xã" one stands above the other: what they hold decides."""
    held = {c.index: _texts(table.grid, table.first_row - 1, c.index) for c in table.columns}
    columns = []
    for column in table.columns:
        measured = column.role is Role.UNIT and plain(column.heading) == "don vi" and held[column.index]
        if measured and all(names.is_measure(text) for text in held[column.index]):
            column = replace(column, role=Role.MEASURE)
        columns.append(column)
    mine = [c for c in columns if c.role is Role.UNIT]
    if not mine:
        strange = (
            c
            for c in columns
            if c.role is None and _holds_units(table.grid, table.first_row - 1, c.index, names)
        )
        chosen = next(strange, None)
        return tuple(replace(c, role=Role.UNIT) if c is chosen else c for c in columns)
    # Of equally many the first.
    chosen = max(mine, key=lambda c: (len({t for t in held[c.index] if names.is_unit(t)}), -c.index))
    return tuple(replace(c, role=Role.ABOVE) if c in mine and c is not chosen else c for c in columns)


# So many rows tell what a column holds.
_SAMPLE = 25


def _below(grid: Grid, row: int) -> list[int]:
    return list(islice((r for r in grid.rows if r > row), _SAMPLE))


def _texts(grid: Grid, row: int, column: int) -> list[str]:
    return [text for r in _below(grid, row) if (text := grid.text(r, column))]


def _holds_units(grid: Grid, row: int, column: int, names: Names) -> bool:
    texts = _texts(grid, row, column)
    return bool(texts) and 2 * sum(map(names.is_unit, texts)) >= len(texts)


def _holds_keys(grid: Grid, row: int, column: Column, names: Names) -> bool:
    if column.role is Role.UNIT:
        return _holds_units(grid, row, column.index, names)
    return any(names.known(text) for text in _texts(grid, row, column.index))


def _column_of_units(grid: Grid, row: int, roles: Mapping[int, Role | None], names: Names) -> int | None:
    """By what stands below, where a heading does not say that a column names units."""
    said = (names.known(grid.text(row, c)) for c, role in roles.items() if role is None)
    if len(roles) < 2 or not (set(roles.values()) & (VALUES | MODES) or any(said)):
        return None
    return next((c for c, role in roles.items() if role is None and _holds_units(grid, row, c, names)), None)


def _may_head(grid: Grid, row: int, table: Table, names: Names) -> bool:
    """A heading further down holds only words, and is no row of the table above it."""
    spots = grid.rows[row]
    if len(spots) < 2 or not all(_is_words(spot) for spot in spots):
        return False
    indicator = table.column(Role.INDICATOR)
    if indicator and names.known(grid.text(row, indicator.index)):
        return False
    return _key_column({spot.column: role_of(spot.text) for spot in spots}) is not None


def _is_words(spot: Spot) -> bool:
    """A year may head a column as well."""
    return isinstance(spot.value, str) or bool(re.fullmatch(r"20\d\d", spot.text))


def _key_column(roles: Mapping[int, Role | None]) -> int | None:
    """The column that tells the rows apart: units, else indicators, else codes."""
    if len(roles) < 2:
        return None
    for wanted in (Role.UNIT, Role.INDICATOR, Role.CODE):
        for column, role in roles.items():
            if role is wanted:
                return column
    return None


def _extent(grid: Grid, row: int, key: int, width: int, names: Names) -> tuple[int, int]:
    """First and last heading row: down through merges and subheadings, up through headings of groups."""
    bottom = row
    anchor = grid.anchors.get((row, key))
    while anchor and grid.anchors.get((bottom + 1, key)) == anchor and bottom - row < MOST_HEADING_ROWS:
        bottom += 1
    while bottom - row + 1 < MOST_HEADING_ROWS and _is_subheading(grid, bottom + 1, key, width, names):
        bottom += 1
    top = anchor[0] if anchor else row
    while (
        top > 1
        and any(names.known(grid.text(top - 1, c)) for c in range(1, width + 1) if c != key)
        and not _spans(grid, top - 1, width)
        and all(isinstance(spot.value, str) for spot in grid.rows.get(top - 1, ()))
    ):
        top -= 1
    return top, bottom


def _spans(grid: Grid, row: int, width: int) -> bool:
    """A title over the whole table is no heading of a group."""
    return len({grid.text(row, c) for c in range(1, width + 1)} - {""}) < 2


def _is_subheading(grid: Grid, row: int, key: int, width: int, names: Names) -> bool:
    if grid.text(row, key):
        return False
    spots = [s for c in range(1, width + 1) if (s := grid.at(row, c))]
    known = [role_of(s.text, names.quarter) for s in spots]
    if any(role in VALUES | MODES | {Role.BEFORE, Role.NOTE} for role in known) or _is_answers(
        grid, row, spots
    ):
        return True
    if spots and all(names.is_part(s.text) for s in spots):
        return True
    if (
        len(spots) > 1
        and names.known(grid.text(row - 1, spots[0].column))
        and _head_numbers(grid, row, spots)
    ):
        return True
    # "(11) Tử số" under "Quý này".
    return all(isinstance(s.value, str) for s in spots) and any(names.known(s.text) for s in spots)


def _head_numbers(grid: Grid, row: int, spots: list[Spot]) -> bool:
    """Words right over numbers, under the name of an indicator."""
    below = [next(iter(_texts(grid, row, spot.column)), "") for spot in spots]
    worded = all(isinstance(spot.value, str) and not written_number(spot.text) for spot in spots)
    return worded and all(written_number(text) or written_fraction(text) for text in below)


def _is_answers(grid: Grid, row: int, spots: list[Spot]) -> bool:
    """ "Có | Không" over columns that are ticked: below, nobody writes these words again."""
    said = [plain(spot.text) for spot in spots]
    pairs = list(zip(said[::2], said[1::2], strict=False))
    if not pairs or len(said) % 2 or not all(are_opposite(yes, no, yes) for yes, no in pairs):
        return False
    below = {fold(text) for spot in spots for text in _texts(grid, row, spot.column)}
    return bool(below & (TICKS | {"1"})) and not below & {*said, "co", "khong"}


_INDEX = re.compile(r"\(?([A-Za-z]|\d{1,2})\)?(\s*=.*)?")


def _is_index_row(grid: Grid, row: int, width: int) -> bool:
    """ "A B C 1 2 3" right under the headings."""
    marks = [text for c in range(1, width + 1) if (text := grid.text(row, c))]
    found = [_INDEX.fullmatch(mark) for mark in marks]
    if len(marks) < 3 or not all(found):
        return False
    bare = [m[1].casefold() for m in found if m]
    letters, numbers = [b for b in bare if b.isalpha()], [int(b) for b in bare if b.isdecimal()]
    steps = [b - a for a, b in pairwise(numbers)] + [ord(b) - ord(a) for a, b in pairwise(letters)]
    return all(step == 1 for step in steps) and bare[: len(letters)] == letters


def _levels(grid: Grid, top: int, bottom: int, column: int) -> list[str]:
    """The headings over a column from above, a merged one once."""
    texts: list[str] = []
    for row in range(top, bottom + 1):
        spot = grid.filled(row, column)
        if spot and spot.value is not None and (not texts or texts[-1] != _written(spot)):
            texts.append(_written(spot))
    return texts


def _columns(grid: Grid, top: int, bottom: int, width: int, plan: Plan, names: Names) -> Iterator[Column]:
    over: dict[int, str] = {}
    for index in range(1, width + 1):
        levels = _levels(grid, top, bottom, index)
        if not levels:
            continue
        column = column_under(index, levels, plan, names)
        # A heading of a group that was not merged stands over its first column only.
        for row in range(top, bottom):
            text = _raw(grid, row, index)
            if text:
                over = {r: t for r, t in over.items() if r < row}
                if names.known(text) or role_of(text, names.quarter) in MODES | {Role.BEFORE}:
                    over[row] = text
        if column.role in VALUES | {Role.BEFORE, None} and over:
            rows = range(top, bottom + 1)
            texts = [text for row in rows if (text := _raw(grid, row, index) or over.get(row, ""))]
            column = column_under(index, _once(texts), plan, names)
        yield column


def _raw(grid: Grid, row: int, column: int) -> str:
    """With its line breaks, which part a heading."""
    spot = grid.filled(row, column)
    return "" if spot is None or spot.value is None else _written(spot)


def _written(spot: Spot) -> str:
    return str(spot.value)[:LONGEST_TEXT]


def _once(texts: list[str]) -> list[str]:
    """A merged heading says the same in each of its rows."""
    return [text for place, text in enumerate(texts) if not place or text != texts[place - 1]]


def _faults(
    grid: Grid, top: int, bottom: int, columns: tuple[Column, ...], plan: Plan, names: Names
) -> Iterator[Problem]:
    first: dict[tuple[str | None, Role | None, Role | None], Column] = {}
    long = any(c.role is Role.INDICATOR for c in columns)
    for column in columns:
        if (column.indicator or long) and column.role in VALUES:
            key = column.indicator, column.role, column.mode
            earlier = first.setdefault(key, column)
            if earlier is not column:
                at, before = grid.cell(bottom, column.index), grid.cell(bottom, earlier.index)
                yield IndicatorTwice(at, before, column.indicator or column.heading)
        for row in range(top, bottom + 1):
            spot = grid.at(row, column.index)
            if problem := strange(grid.cell(row, column.index), spot):
                yield problem
            things = plan.indicator(column.indicator).things if column.indicator else ""
            if spot and column.role in VALUES and is_scaled(measure := measure_in(spot.text), things):
                yield OtherMeasure(grid.cell(row, column.index), measure)
            number, name = names.find(spot.text) if spot else (None, None)
            if spot and number and name and number != name:
                yield HeadingDisagrees(grid.cell(row, column.index), spot.text, number, name)


def scaled_titles(table: Table, plan: Plan) -> Iterator[OtherMeasure]:
    """ "Đơn vị tính: nghìn hồ sơ" over a table."""
    counted = {plan.indicator(c.indicator).things for c in table.columns if c.indicator}
    things = "km" if "km" in counted else ""
    for row in (row for row in table.grid.rows if row < table.top):
        for spot in table.grid.rows[row]:
            if isinstance(spot.value, str) and is_scaled(measure := measure_in(spot.text), things):
                yield OtherMeasure(table.grid.cell(row, spot.column), measure)
