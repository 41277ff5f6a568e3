"""Where columns and rows belong that say nothing known: asked once, and offered again next time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from kpi import vi
from kpi.model import Cell, Entry, Indicator, Level
from kpi.problems import HeadingUnclear, IndicatorTwice, IndicatorUnclear, UnknownIndicator
from kpi.vi import traces as words
from kpi.workbook import times
from kpi.workbook.columns import Column
from kpi.workbook.desk import Desk
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.headings import Table, find_tables
from kpi.workbook.questions import CONFIRM
from kpi.workbook.roles import VALUES, Role
from kpi.workbook.values import written_fraction, written_number
from kpi.workbook.words import NO, YES, fold, plain

_PARTS: Mapping[Role, str] = {
    Role.NUMERATOR: vi.NUMERATOR,
    Role.DENOMINATOR: vi.DENOMINATOR,
    Role.SHARE: vi.SHARE,
    Role.VALUE: vi.NOW,
    Role.RANK: vi.RANK,
    Role.EDITION: vi.EDITION,
}


def tables(grids: tuple[Grid, ...], desk: Desk) -> dict[str, list[Table]]:
    """Sheet -> its tables; sheets without one are not in here."""
    seen = [grid for grid in grids if not grid.hidden and not is_of_another_time(grid, desk)]
    found = {grid.title: _each_adopted(find_tables(grid, desk.plan, desk.names), desk) for grid in seen}
    every = [table for mine in found.values() for table in mine]
    named = {number for table in every for number in _named_in_rows(table, desk)}
    placed = {title: [_placed(t, every, named, desk) for t in mine] for title, mine in found.items()}
    kept = {
        title: [table for table in mine if _says_something(table, desk)] for title, mine in placed.items()
    }
    return {title: mine for title, mine in kept.items() if mine}


def is_of_another_time(grid: Grid, desk: Desk) -> bool:
    """A sheet named or titled as a plan, or named after another time that is no quarter: those are asked about."""
    name = plain(grid.title)
    elsewhere = times.is_elsewhere(re.sub(r"\b(\d{1,2})t\b", r"\1 thang", name), desk.quarter)
    if times.is_planned(grid.title) or (elsewhere and not times.names_time(name)):
        return True
    top = next(iter(grid.rows.values()), [])
    return len(top) == 1 and bool(_PLAN_TITLE.match(plain(top[0].text)))


# "KẾ HOẠCH NĂM 2023", "DỰ KIẾN THỰC HIỆN"; a plan with a number is what is reported on.
_PLAN_TITLE = re.compile(r"(?:bieu |phu luc )?(?:ke hoach (?:nam|qui)|du kien|chi tieu (?:giao|ke hoach))\b")


def _says_something(table: Table, desk: Desk) -> bool:
    asked = any((table.grid.title, c.index) in desk.asked_columns for c in table.columns)
    return asked or bool(table.problems) or any(c.role in VALUES for c in table.columns)


def _each_adopted(found: list[Table], desk: Desk) -> list[Table]:
    ends = [0, *(table.first_row for table in found)]
    return [_adopted(table, end, desk) for table, end in zip(found, ends, strict=False)]


def _adopted(table: Table, after: int, desk: Desk) -> Table:
    """A table that names no indicator is about the one in the title just above it, or about the only one that is asked."""
    if table.long or any(c.indicator for c in table.columns):
        return table
    above = [row for row in sorted(table.grid.rows, reverse=True) if after <= row < table.top]
    # Over a table further down stand the rows of the one before it.
    titles = (table.grid.rows[row] for row in above if not after or len(table.grid.rows[row]) == 1)
    named = next((numbers for spots in titles if (numbers := _titled(spots, desk))), set())
    sole = list(named or (desk.asked if len(desk.asked) == 1 else ()))
    if len(sole) != 1:
        return table
    columns = [replace(c, indicator=sole[0]) if c.role in VALUES else c for c in table.columns]
    return replace(table, columns=tuple(columns))


_LABEL = re.compile(r"^\s*(?:bảng|biểu|phụ lục|mục)(?:\s+số)?\s+[\dIVX]+\s*[.:)–-]*\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\((\d{1,2})\)")


def _titled(spots: list[Spot], desk: Desk) -> set[str]:
    """The indicators that the words over a table name: by the number after "Bảng 1:", and by name."""
    found: set[str] = set()
    known = {indicator.number for indicator in desk.plan.indicators}
    for spot in spots:
        text = _LABEL.sub("", spot.text)
        found |= {number for number in desk.names.find(text) if number}
        found |= {str(int(number)) for number in _IN_BRACKETS.findall(text)} & known
    return found


def _named_in_rows(table: Table, desk: Desk) -> Iterator[str]:
    column = table.column(Role.INDICATOR)
    if column:
        texts = (table.grid.text(row, column.index) for row in _body(table))
        yield from (number for text in texts if text and (number := desk.names.known(text)))


def _body(table: Table) -> Iterator[int]:
    return (row for row in table.grid.rows if table.first_row <= row <= table.last_row)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a column may be."""

    role: Role
    indicator: str | None
    label: str


def _placed(table: Table, every: list[Table], named: set[str], desk: Desk) -> Table:
    """Ask about the columns that hold values and say nothing known, as long as something asked for has no column."""
    strangers = [c for c in table.columns if _is_strange(c, table) and _holds_values(table, c)]
    places = _lacking(table, every, named, desk) if strangers else []
    if not places:
        return table
    chosen = {
        c.index: _ask(c, table, strangers, fit, desk) for c in strangers if (fit := _fitting(c, places))
    }
    columns = [_moved(c, chosen.get(c.index)) for c in table.columns]
    twice = tuple(_twice(table, columns, {index for index, place in chosen.items() if place}))
    return replace(table, columns=tuple(columns), problems=(*table.problems, *twice))


def _fitting(column: Column, places: list[_Place]) -> list[_Place]:
    """Under an indicator's heading only its own parts."""
    return [p for p in places if column.indicator in (None, p.indicator)]


def _is_strange(column: Column, table: Table) -> bool:
    return column.role is None or (column.role in VALUES and not table.long and column.indicator is None)


def _holds_values(table: Table, column: Column) -> bool:
    spots = [spot for row in _body(table) if (spot := table.grid.at(row, column.index))]
    ticked = [fold(spot.text) in YES | NO for spot in spots]
    # Under an indicator's heading a tick among words is a value as well.
    ticks = any(ticked) if column.indicator else bool(spots) and all(ticked)
    return ticks or any(_is_value(spot) or spot.formula for spot in spots)


def _is_value(spot: Spot | None) -> bool:
    if spot is None or isinstance(spot.value, bool):
        return False
    if isinstance(spot.value, str):
        written = written_number(spot.text)
        return bool(written_fraction(spot.text)) or (written is not None and not written.remark)
    return isinstance(spot.value, int | float)


def _lacking(table: Table, every: list[Table], named: set[str], desk: Desk) -> list[_Place]:
    if table.long:
        have = {c.role for c in table.columns}
        return [] if _complete(have) else [_Place(r, None, _PARTS[r]) for r in _SHARED if r not in have]
    levels = _levels(table, desk)
    found = []
    for number, codes in desk.asked.items():
        indicator = desk.plan.indicator(number)
        have = {role for t in every if not t.long for role in t.values(indicator)}
        asked = {desk.units.get(code).level for code in codes}
        if number not in named and not _complete(have) and (not levels or levels & asked):
            found += [p for p in _places(indicator) if p.role not in have]
    return found


_SHARED = (Role.NUMERATOR, Role.DENOMINATOR, Role.SHARE, Role.VALUE)


def _complete(have: Iterable[Role | None]) -> bool:
    roles = set(have)
    return (
        Role.RANK in roles or {Role.NUMERATOR, Role.DENOMINATOR} <= roles or {Role.VALUE, Role.SHARE} <= roles
    )


def _places(indicator: Indicator) -> list[_Place]:
    match indicator.entry:
        case Entry.YES_NO:
            roles: tuple[Role, ...] = (Role.VALUE,)
        case Entry.FRACTION:
            roles = (Role.NUMERATOR, Role.DENOMINATOR, Role.SHARE)
        case Entry.RANK:
            roles = (Role.EDITION, Role.RANK)
        case _:
            assert_never(indicator.entry)
    return [_Place(role, indicator.number, words.column_choice(indicator, _PARTS[role])) for role in roles]


def _levels(table: Table, desk: Desk) -> set[Level]:
    """Of the units that the rows name."""
    column = table.column(Role.UNIT)
    texts = [table.grid.text(row, column.index) for row in _body(table)] if column else []
    matches = (desk.units.match(text, within=desk.within) for text in dict.fromkeys(texts) if text)
    return {unit.level for m in matches for unit in (m.candidates or ((m.unit,) if m.unit else ()))}


def _ask(
    column: Column, table: Table, strangers: list[Column], places: list[_Place], desk: Desk
) -> _Place | None:
    at = table.grid.cell(table.first_row - 1 - len(table.indexes), column.index)
    alike = sum(c.heading == column.heading for c in strangers) > 1
    heading = f"{column.heading} ({column.letter})" if alike else column.heading
    choices = (*(place.label for place in places), *CONFIRM)
    desk.asked_columns.add((table.grid.title, column.index))
    chosen = desk.questions.ask(
        ("heading", at), at, choices, lambda cells: HeadingUnclear(at, heading, choices, cells)
    )
    if chosen is None:
        desk.waiting |= {(table.grid.title, place.indicator) for place in places}
    return places[chosen] if chosen is not None and chosen < len(places) else None


def _moved(column: Column, place: _Place | None) -> Column:
    return replace(column, role=place.role, indicator=place.indicator) if place else column


def _twice(table: Table, columns: list[Column], moved: set[int]) -> Iterator[IndicatorTwice]:
    first: dict[tuple[str | None, Role | None, Role | None], Column] = {}
    for column in columns:
        earlier = first.setdefault((column.indicator, column.role, column.mode), column)
        if earlier is not column and column.role in VALUES and {earlier.index, column.index} & moved:
            row = table.first_row - 1
            at, before = table.grid.cell(row, column.index), table.grid.cell(row, earlier.index)
            yield IndicatorTwice(at, before, column.indicator or column.heading)


def place_row(at: Cell, text: str, named: set[str], desk: Desk) -> str | None:
    """The indicator that a person says a row is about; a problem when nothing that is asked for lacks a row."""
    lacking = [n for n in desk.asked if n not in named]
    if not lacking:
        desk.problems.append(UnknownIndicator(at, text))
        return None
    choices = (*(words.row_choice(desk.plan.indicator(n)) for n in lacking), *CONFIRM)
    chosen = desk.questions.ask(
        ("row", at), at, choices, lambda cells: IndicatorUnclear(at, text, choices, cells)
    )
    return lacking[chosen] if chosen is not None and chosen < len(lacking) else None
