"""Where a table begins and what its columns are, by the words over them and never by their position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from functools import lru_cache
from itertools import islice, pairwise

from openpyxl.utils import get_column_letter

from kpi.model import Behaviour, Cell, Entry, Indicator, Plan, Quarter
from kpi.problems import (
    ForeignLetters,
    HeadingDisagrees,
    IndicatorTwice,
    OnlyOtherTimes,
    OtherMeasure,
    Problem,
)
from kpi.units import Units
from kpi.workbook import times
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.values import written_fraction
from kpi.workbook.words import (
    TICKS,
    fold,
    folded,
    foreign_letters,
    is_scaled,
    measure_in,
    plain,
    tidy,
    turns,
)

# Titles, mottos and form numbers stand over the table, but not more than this.
DEEPEST = 40
MOST_HEADING_ROWS = 4
# With the office before it and the district behind it.
LONGEST_NAME = 80


class Role(StrEnum):
    ORDER = auto()
    CODE = auto()
    UNIT = auto()
    ABOVE = auto()
    """The unit above the row's own."""
    PERIOD = auto()
    """Which quarter a row is about."""
    MEASURE = auto()
    TARGET = auto()
    ACHIEVED = auto()
    """How much of a plan was done."""
    BEFORE = auto()
    NOTE = auto()
    INDICATOR = auto()
    NUMERATOR = auto()
    DENOMINATOR = auto()
    SHARE = auto()
    VALUE = auto()
    YES = auto()
    """Ticked for a yes; beside it stands a column that is ticked for a no."""
    NO = auto()
    EDITION = auto()
    RANK = auto()
    ESTIMATE = auto()
    INCREMENT = auto()
    CUMULATIVE = auto()


_WHOLE: Mapping[Role, frozenset[str]] = {
    Role.ORDER: folded("STT", "TT", "Số TT", "Số thứ tự"),
    Role.CODE: folded("Mã", "Mã đơn vị", "Mã ĐV", "Mã xã", "Mã huyện", "Mã số", "Mã ĐVHC"),
    Role.UNIT: folded(
        "Đơn vị", "Tên đơn vị", "Đơn vị báo cáo", "Huyện, thành phố", "Tên huyện", "Huyện", "Địa phương", "Địa bàn",
        "Bưu cục Huyện", "Xã, phường, thị trấn", "Xã, phường", "Tên xã", "Tên xã, phường, thị trấn", "Xã", "Cơ quan",
        "Tên cơ quan", "Cơ quan, đơn vị", "Sở, ban, ngành", "Đơn vị hành chính", "Tỉnh", "Huyện, thị xã, thành phố",
    ),
    Role.MEASURE: folded("Đơn vị tính", "ĐVT", "ĐV tính"),
    Role.TARGET: folded("Kế hoạch", "Kế hoạch giao", "Chỉ tiêu giao", "Mục tiêu", "KH giao", "Chỉ tiêu được giao"),
    Role.NOTE: folded("Ghi chú", "Giải trình", "Lý do", "Nguyên nhân", "Minh chứng"),
    Role.INDICATOR: folded(
        "Chỉ tiêu", "Tên chỉ tiêu", "Chỉ tiêu, nhiệm vụ", "Nội dung", "Nội dung chỉ tiêu", "Chỉ tiêu thi đua",
    ),
    Role.SHARE: folded("Tỷ lệ", "Tỷ lệ (%)", "%", "Tỷ lệ đạt", "Tỷ lệ đạt (%)", "Tỷ lệ phần trăm", "Kết quả (%)", "Đạt (%)"),
    Role.VALUE: folded(
        "Kỳ này", "Quý này", "Thực hiện", "Kết quả", "KQ thực hiện", "Kết quả thực hiện", "Số liệu", "Giá trị",
        "Có/Không", "Hiện trạng", "Thực hiện kế hoạch", "Kết quả thực hiện kế hoạch", "Thực hiện trong quý", "Kết quả quý này",
    ),
    Role.EDITION: folded("Năm số liệu", "Năm", "Năm xếp hạng", "Năm dữ liệu", "Năm đánh giá"),
    Role.RANK: folded("Hạng", "Xếp hạng", "Thứ hạng", "Hạng trong năm"),
    Role.INCREMENT: folded(
        "Phát sinh", "Phát sinh trong kỳ", "Phát sinh trong quý", "Trong kỳ", "Trong quý", "Cả quý", "Cộng cả quý",
    ),
    Role.PERIOD: folded("Kỳ", "Kỳ báo cáo", "Kỳ số liệu", "Quý", "Quý báo cáo"),
}  # fmt: skip
_BEGINS: tuple[tuple[str, Role], ...] = (
    ("tu so", Role.NUMERATOR),
    ("mau so", Role.DENOMINATOR),
    ("qui truoc", Role.BEFORE),
    ("ki truoc", Role.BEFORE),
    ("cung ki", Role.BEFORE),
    ("thang", Role.BEFORE),
    ("hang nam truoc", Role.BEFORE),
    ("chi tieu nam", Role.TARGET),
    ("chi tieu kh", Role.TARGET),
    ("ke hoach nam", Role.TARGET),
    ("kh nam", Role.TARGET),
    ("uoc", Role.ESTIMATE),
    ("lui ke", Role.CUMULATIVE),
)
_BY_WORDING = {words: role for role, wordings in _WHOLE.items() for words in wordings}
_FIRST_WORDS = frozenset(begin.partition(" ")[0] for begin, _ in _BEGINS)
_WHOLES = folded("Tổng số", "Tổng", "Tổng số phải thực hiện")
VALUES = frozenset(
    {Role.NUMERATOR, Role.DENOMINATOR, Role.SHARE, Role.VALUE, Role.YES, Role.NO, Role.EDITION, Role.RANK}
)
_KEYS = frozenset({Role.ORDER, Role.CODE, Role.UNIT, Role.INDICATOR})
_MODES = frozenset({Role.ESTIMATE, Role.INCREMENT, Role.CUMULATIVE})


def _dated(text: str, quarter: Quarter) -> Role | None:
    """What a heading with a quarter or a year in it holds: what it says of this quarter, or another time's."""
    words = plain(_before_colon(text))
    if not times.names_time(words):
        return None
    rest = times.without_time(words)
    role = role_of(rest) if rest else Role.VALUE
    if role not in VALUES | _MODES | {Role.BEFORE}:
        return None
    whole_year = role is Role.ESTIMATE and not times.quarters_in(words)
    return Role.BEFORE if whole_year or times.is_elsewhere(words, quarter) else role


def _before_colon(text: str) -> str:
    return re.split(r"[:\n]", text, maxsplit=1)[0]


# "Ước quý sau", "Ước cả năm": not of this quarter, unless the heading names it.
_LATER = re.compile(r"^uoc\b.*\b(?:sau|toi|tiep theo|nam)\b")
# "Tử số quý trước", "Tỷ lệ theo kế hoạch".
_COMPARED = re.compile(
    r"^(?:tu so|mau so|ti le|ket qua|thuc hien|hang)\b.*\b(?:truoc|cung ki|(?<!thuc hien )ke hoach)\b"
)


_IN_YEAR = re.compile(r"\b(?:lui ke|ca nam|tu dau nam)\b")
_IN_QUARTER = re.compile(r"\b(?:phat sinh|trong (?:qui|ki))\b")


def _mode_of(words: str, quarter: Quarter | None) -> Role | None:
    """Whether a heading of values says, beside the indicator's name, that it counts the quarter or the year so far."""
    if _IN_YEAR.search(words):
        return Role.CUMULATIVE
    if _IN_QUARTER.search(words):
        return Role.INCREMENT
    # Of the first quarter's year there is nothing but the quarter.
    whole_year = quarter is not None and quarter.number > 1 and not times.quarters_in(words)
    return Role.CUMULATIVE if whole_year and re.search(r"\bnam 20\d\d\b", words) else None


@lru_cache(maxsize=16384)
def role_of(text: str, quarter: Quarter | None = None) -> Role | None:
    """By the whole heading, then by what stands before a colon or a bracket; with a quarter, by the time it names."""
    if quarter and (dated := _dated(text, quarter)):
        return dated
    said = plain(_before_colon(text))
    if _COMPARED.search(said) or (_LATER.search(said) and not times.quarters_in(said)):
        return Role.BEFORE
    head, sign, rest = (
        re.split(r"([:(\n])", text, maxsplit=1) if re.search(r"[:(\n]", text) else (text, "", "")
    )
    for part in dict.fromkeys((text, head)):
        words = plain(part)
        if words.partition(" ")[0] in _FIRST_WORDS:
            for begin, role in _BEGINS:
                if words == begin or words.startswith(begin + " "):
                    return role
        if words in _BY_WORDING:
            # "Đơn vị: Xã Phúc Lộc" names a unit and heads no column.
            named = sign == ":" and part is head and plain(rest) and _BY_WORDING[words] in _KEYS
            return None if named else _BY_WORDING[words]
    return None


# An indicator may be part of another: "8.1".
_NUMBERED = re.compile(
    r"\((\d{1,2}(?:\.\d{1,2})?)\)|ct\s*\.?\s*(\d{1,2}(?:\.\d{1,2})?)\b"
    r"|(?:chi tieu|tieu chi) (?:so )?(\d{1,2}(?:\.\d{1,2})?)\b(?!/)"
    r"|(\d{1,2})[.)]\s+(?=[^\W\d])|(\d{1,2}\.\d{1,2})(?:$|[.)]?\s+(?=[^\W\d]))"
)
_NUMBER_LAST = re.compile(
    r"(.+?)\s*[-–]?\s*(?:\((\d{1,2})\)|\(?\bct\s*\.?\s*(\d{1,2})\)?|\(?\bchi tieu (?:so )?(\d{1,2})\)?)"
)


# Under the name of an indicator its target may stand, as in the forms.
_TARGET_LINE = re.compile(r"\n\s*(?:chỉ tiêu|kế hoạch|mục tiêu)[^:\n]*:[^\n]*", re.IGNORECASE)


def strange(at: Cell, spot: Spot | None) -> Problem | None:
    """What a text hides from whoever looks at it."""
    if spot is None or not isinstance(spot.value, str):
        return None
    if letters := foreign_letters(spot.value):
        return ForeignLetters(at, spot.text, letters)
    return ForeignLetters(at, spot.text, "") if turns(spot.value) else None


class Names:
    """The indicators of a plan by number and by name."""

    def __init__(self, plan: Plan, units: Units, quarter: Quarter | None = None) -> None:
        self.quarter = quarter
        self._plan = plan
        self._units = units
        self._seen: dict[str, bool] = {}
        self._measures = {plain(w) for i in plan.indicators for w in (i.unit_of_measure, i.things) if w} | {
            "%"
        }
        self._numbers = {i.number for i in plan.indicators}
        self.parts = {plain(part) for i in plan.indicators for part in (i.numerator, i.denominator) if part}
        """What the plan itself calls numerators and denominators."""
        named = [(plain(name), i.number) for i in plan.indicators for name in (i.name, i.short_name) if name]
        self._longest_first = sorted(named, key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> tuple[str | None, str | None]:
        """The number a heading says, and the number of the indicator it names."""
        words = fold(text)
        numbered = _NUMBERED.match(words)
        if (
            numbered is None
            and (last := _NUMBER_LAST.fullmatch(words))
            and role_of(last[1]) in VALUES | _MODES
        ):
            number: str | None = next((g for g in last.groups()[1:] if g), None)
        else:
            number = next((g for g in numbered.groups() if g), None) if numbered else None
        number = ".".join(str(int(part)) for part in number.split(".")) if number else None
        rest = text if numbered is None else words[numbered.end() :]
        return number if number in self._numbers else None, self._by_name(plain(rest))

    def beside(self, text: str) -> str:
        """The plain words of a heading or a row that are neither the number nor the name of an indicator."""
        words = fold(_TARGET_LINE.sub("", text))
        numbered = _NUMBERED.match(words)
        padded = f" {plain(words[numbered.end() :] if numbered else words)} "
        name = next((name for name, _ in self._longest_first if f" {name} " in padded), None)
        if name is None and self._by_name(padded.strip()):
            return ""
        return (padded.replace(f" {name} ", " ", 1) if name else padded).strip()

    def is_unit(self, text: str) -> bool:
        """A name of the directory; nothing that long is one."""
        if len(text) > LONGEST_NAME or text.isdecimal() or self.is_measure(text):
            return False
        if text not in self._seen:
            self._seen[text] = self._units.knows(text)
        return self._seen[text]

    def is_measure(self, text: str) -> bool:
        return text == "%" or plain(text) in self._measures

    def known(self, text: str) -> str | None:
        number, name = self.find(text)
        return number or name

    def _by_name(self, words: str) -> str | None:
        padded = f" {words} "
        for name, number in self._longest_first:
            if f" {name} " in padded:
                return number
        if len(words.split()) < 4:
            return None
        begun = {number for name, number in self._longest_first if name.startswith(words)}
        return begun.pop() if len(begun) == 1 else None


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    heading: str
    role: Role | None
    indicator: str | None = None
    mode: Role | None = None
    """ESTIMATE, INCREMENT or CUMULATIVE."""
    year: int | None = None
    """The year that the heading names, of this or another time."""

    @property
    def letter(self) -> str:
        return str(get_column_letter(self.index))


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
    columns = _paired(tuple(_columns(grid, top, bottom, width, plan, names)), plan, names)
    if not any(c.role in VALUES or (c.role is None and c.indicator) for c in columns):
        return None
    columns = _counted(grid, bottom, _without_achievement(columns), plan, names)
    faults = tuple(_faults(grid, top, bottom, columns, plan, names))
    return _settled(Table(grid, top, bottom + 1, columns, faults), width, names)


def _paired(columns: tuple[Column, ...], plan: Plan, names: Names) -> tuple[Column, ...]:
    """ "Có" with "Không" beside it is ticked; the only column under an indicator with one part is that part."""
    found = list(columns)
    for place, (yes, no) in enumerate(pairwise(columns)):
        alike = yes.indicator == no.indicator and no.index == yes.index + 1
        if alike and _are_opposite(_last(yes, names), _last(no, names), _name_of(yes, plan)):
            found[place] = replace(yes, role=Role.YES, mode=None)
            found[place + 1] = replace(no, role=Role.NO, mode=None)
    for place, column in enumerate(found):
        beside = {c.role for c in found if c.indicator == column.indicator and c is not column}
        if column.role is None and column.indicator and not beside & (VALUES | {None}):
            entry = plan.indicator(column.indicator).entry
            sole = None if entry is Entry.FRACTION or _is_denied(column, names) else _sole_role(entry)
            found[place] = replace(column, role=sole)
    return tuple(found)


def _last(column: Column, names: Names) -> str:
    return names.beside(column.heading.split(" / ")[-1])


def _name_of(column: Column, plan: Plan) -> str:
    return plain(plan.indicator(column.indicator).name) if column.indicator else ""


def _are_opposite(yes: str, no: str, name: str) -> bool:
    """ "Có | Không", "Đạt | Chưa đạt", or of words of the indicator's own: "Hoạt động | Không hoạt động"."""
    if yes == "co":
        return no in {"khong", "chua", "khong co", "chua co"}
    return no in {f"khong {yes}", f"chua {yes}"} and (yes == "dat" or f" {yes} " in f" {name} ")


def _is_denied(column: Column, names: Names) -> bool:
    return any(times.is_denied(names.beside(level)) for level in column.heading.split(" / "))


def _sole_role(entry: Entry) -> Role:
    """What a column is whose heading says the indicator alone."""
    return Role.RANK if entry is Entry.RANK else Role.VALUE


_ACHIEVED = re.compile(
    r"(?:(?:ti le|ti le phan tram|%|phan tram) )?(?:dat|hoan thanh)(?: %| ke hoach| kh| so voi .*| chi tieu.*)?"
    r"|(?:ti le|%) (?:dat|hoan thanh|thuc hien|so voi)\b.*"
)


_BARE_SHARES = folded("Tỷ lệ", "Tỷ lệ (%)", "%", "Tỷ lệ phần trăm")


def _without_achievement(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Beside a plan "Tỷ lệ đạt" is how much of it was done, never the indicator's own share."""
    if not any(c.role is Role.TARGET for c in columns):
        return columns
    beside = {c.indicator for c in columns if c.role in {Role.VALUE, Role.NUMERATOR}}
    said = {c.indicator for c in columns if c.role is Role.VALUE}
    found = []
    for column in columns:
        last = plain(column.heading.split(" / ")[-1])
        if column.role is Role.SHARE and last in _BARE_SHARES and column.indicator in said:
            # Of what was planned, or of what there is? A person says.
            column = replace(column, role=None)
        elif column.role in {Role.SHARE, Role.BEFORE, None} and _ACHIEVED.fullmatch(last):
            # Where nothing else says what was done, a person does.
            done = column.indicator in beside or (column.role is not Role.SHARE and beside)
            mode = Role.ACHIEVED if done else None
            other = Role.BEFORE if column.role is Role.BEFORE else None
            column = replace(column, role=Role.TARGET if done else other, indicator=None, mode=mode)
        found.append(column)
    return tuple(found)


def _counted(
    grid: Grid, bottom: int, columns: tuple[Column, ...], plan: Plan, names: Names
) -> tuple[Column, ...]:
    """ "Tổng số", "Thực hiện", "Tỷ lệ": whole counts beside a share are its parts."""
    key = next((c for c in columns if c.role is Role.INDICATOR), None)
    found = list(columns)
    for share in (c for c in columns if c.role is Role.SHARE):
        mine = [c for c in columns if c.indicator == share.indicator and c.mode is share.mode]
        parts = {c.role for c in mine}
        wholes = [
            c
            for c in columns
            if c.role in {None, Role.VALUE}
            and (c in mine or share.indicator is None)
            and plain(c.heading.split(" / ")[-1]) in _WHOLES
        ]
        values = [c for c in mine if c.role is Role.VALUE and c not in wholes]
        if len(values) != 1 or len(wholes) != 1 or parts & {Role.NUMERATOR, Role.DENOMINATOR}:
            continue
        over, under = values[0], wholes[0]
        rows = [r for r in grid.rows if r > bottom]
        if key:
            known = ((r, names.known(grid.text(r, key.index))) for r in rows)
            rows = [r for r, n in known if n and plan.indicator(n).entry is Entry.FRACTION]
        counts = [spot for r in rows for c in (over, under) if (spot := grid.at(r, c.index))]
        if counts and all(map(_is_count, counts)):
            found[columns.index(over)] = replace(over, role=Role.NUMERATOR)
            found[columns.index(under)] = replace(
                under, role=Role.DENOMINATOR, indicator=share.indicator, mode=share.mode
            )
    return tuple(found)


def _is_count(spot: Spot | None) -> bool:
    if spot is None or isinstance(spot.value, bool) or "%" in spot.number_format:
        return False
    return isinstance(spot.value, int) or (isinstance(spot.value, float) and spot.value.is_integer())


def _nameless(grid: Grid, row: int, width: int, plan: Plan, names: Names) -> Table | None:
    """Units or indicators under a heading, and numbers under others that mean nothing yet: to be asked about."""
    levels = {c: [text] for c in range(1, width + 1) if (text := grid.text(row, c))}
    columns = tuple(_column(c, texts, plan, names) for c, texts in levels.items())
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
    if len(roles) < 2 or not (set(roles.values()) & (VALUES | _MODES) or any(said)):
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
    if any(role in VALUES | _MODES | {Role.BEFORE, Role.NOTE} for role in known) or _is_answers(
        grid, row, spots
    ):
        return True
    # "(11) Tử số" under "Quý này".
    return all(isinstance(s.value, str) for s in spots) and any(names.known(s.text) for s in spots)


def _is_answers(grid: Grid, row: int, spots: list[Spot]) -> bool:
    """ "Có | Không" over columns that are ticked: below, nobody writes these words again."""
    said = [plain(spot.text) for spot in spots]
    pairs = list(zip(said[::2], said[1::2], strict=False))
    if not pairs or len(said) % 2 or not all(_are_opposite(yes, no, yes) for yes, no in pairs):
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
        if spot and spot.value is not None and (not texts or texts[-1] != str(spot.value)):
            texts.append(str(spot.value))
    return texts


def _columns(grid: Grid, top: int, bottom: int, width: int, plan: Plan, names: Names) -> Iterator[Column]:
    over: dict[int, str] = {}
    for index in range(1, width + 1):
        levels = _levels(grid, top, bottom, index)
        if not levels:
            continue
        column = _column(index, levels, plan, names)
        # A heading of a group that was not merged stands over its first column only.
        for row in range(top, bottom):
            text = _raw(grid, row, index)
            if text:
                over = {r: t for r, t in over.items() if r < row}
                if names.known(text) or role_of(text, names.quarter) in _MODES | {Role.BEFORE}:
                    over[row] = text
        if column.role in VALUES | {Role.BEFORE, None} and over:
            rows = range(top, bottom + 1)
            texts = [text for row in rows if (text := _raw(grid, row, index) or over.get(row, ""))]
            column = _column(index, _once(texts), plan, names)
        yield column


def _raw(grid: Grid, row: int, column: int) -> str:
    """With its line breaks, which part a heading."""
    spot = grid.filled(row, column)
    return "" if spot is None or spot.value is None else str(spot.value)


def _once(texts: list[str]) -> list[str]:
    """A merged heading says the same in each of its rows."""
    return [text for place, text in enumerate(texts) if not place or text != texts[place - 1]]


def _column(index: int, levels: list[str], plan: Plan, names: Names) -> Column:
    heading = " / ".join(" ".join(level.split()) for level in levels)
    role: Role | None = None
    mode: Role | None = None
    indicator: str | None = None
    for level in levels:
        found = role_of(level, names.quarter)
        number = None
        if found is None or found in VALUES | _MODES:
            number = names.known(level)
            if number and found is None:
                found = _role_at_end(level, plan.indicator(number))
            indicator = indicator or number
        if found is None and indicator and number is None:
            found = _role_by_meaning(level, plan.indicator(indicator))
        if found in _MODES:
            mode = found
        elif found:
            # Under another time's heading nothing is this quarter's.
            role = role if role is Role.BEFORE and found in VALUES else found
            if found in VALUES:
                mode = _mode_of(names.beside(_before_colon(level)), names.quarter) or mode
    entry = plan.indicator(indicator).entry if indicator else None
    if role is None and entry and names.known(levels[-1]):
        role = _sole_role(entry)
    if role is None and mode:
        role = Role.VALUE
    if role in VALUES | {Role.BEFORE, Role.TARGET, None}:
        role, mode = _qualified(role, mode, levels, entry, plan, names)
    # What stands under an indicator's heading and says nothing known is some part of it.
    indicator = indicator if role in VALUES | {Role.BEFORE, None} else None
    years = times.years_in(plain(heading))
    return Column(index, heading, role, indicator, mode, years.pop() if len(years) == 1 else None)


def _qualified(
    role: Role | None, mode: Role | None, levels: list[str], entry: Entry | None, plan: Plan, names: Names
) -> tuple[Role | None, Role | None]:
    """What any of the headings over a column says of its time, of a plan, or against the indicator, holds for it."""
    said = [(level, names.beside(level)) for level in levels if plain(level) not in names.parts]
    quarter = names.quarter
    # The year of a ranking is that of its edition.
    if quarter and entry is not Entry.RANK and any(_is_elsewhere(*pair, quarter) for pair in said):
        return Role.BEFORE, mode
    if any(times.is_planned(beside) for _, beside in said):
        # Only a heading that says no more is the target itself.
        return Role.TARGET, None if role is Role.TARGET and len(levels) == 1 else Role.ACHIEVED
    if entry and role in VALUES and any(times.is_denied(beside) for _, beside in said):
        return None, mode
    return role, mode


def _is_elsewhere(level: str, beside: str, quarter: Quarter) -> bool:
    return times.is_elsewhere(beside, quarter) or times.cut_off_elsewhere(fold(level), quarter)


def _role_at_end(level: str, indicator: Indicator) -> Role | None:
    """ "(4) Phủ sóng - Tử số" in one cell."""
    for segment in re.split(r"\n|\s[-–—/]\s|[:;,]", level)[1:]:
        if (role := role_of(segment)) and role in VALUES | _MODES | {Role.BEFORE}:
            return role
    words = fold(level)
    first = _NUMBERED.match(words)
    if first and (role := role_of(words[first.end() :])):
        return role
    last = _NUMBER_LAST.fullmatch(words)
    if last and (role := role_of(last[1])):
        return role
    said = plain(re.sub(r"^\s*\(?\d{1,2}[.)]\s*", "", level))
    if said and said == plain(indicator.numerator):
        return Role.NUMERATOR
    return Role.DENOMINATOR if said and said == plain(indicator.denominator) else None


# What says nothing of its own in the name of a part.
_SMALL = frozenset({"số", "các", "và", "tại", "của", "lượng"})


def _role_by_meaning(level: str, indicator: Indicator) -> Role | None:
    """Under an indicator's heading one that says what is counted: its words are those of one part alone."""
    said = _words(level) - _SMALL
    over, under = (
        bool(said) and said <= _words(part) for part in (indicator.numerator, indicator.denominator)
    )
    if over is under:
        return None
    return Role.NUMERATOR if over else Role.DENOMINATOR


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", tidy(text).casefold()))


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


def scaled_titles(table: Table) -> Iterator[OtherMeasure]:
    """ "Đơn vị tính: nghìn hồ sơ" over a table."""
    for row in (row for row in table.grid.rows if row < table.top):
        for spot in table.grid.rows[row]:
            if isinstance(spot.value, str) and is_scaled(measure := measure_in(spot.text)):
                yield OtherMeasure(table.grid.cell(row, spot.column), measure)
