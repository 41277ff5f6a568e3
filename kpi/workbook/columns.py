"""What the figures of a column are, by all the headings over it and by the columns beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from openpyxl.utils import get_column_letter

from kpi.model import Entry, Indicator, Plan
from kpi.workbook import times
from kpi.workbook.grid import Grid, Spot
from kpi.workbook.names import NUMBER_LAST, NUMBERED, Names
from kpi.workbook.roles import MODES, VALUES, WHOLES, Role, before_colon, mode_of, role_of
from kpi.workbook.words import fold, folded, plain, tidy


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


def column_under(index: int, levels: list[str], plan: Plan, names: Names) -> Column:
    heading = " / ".join(" ".join(level.split()) for level in levels)
    role: Role | None = None
    mode: Role | None = None
    indicator: str | None = None
    for level in levels:
        found = role_of(level, names.quarter)
        number = None
        meant = False
        if found is None or found in VALUES | MODES:
            number = names.known(level)
            if number and found is None:
                found = _role_at_end(level, plan.indicator(number))
            indicator = _lower(indicator, number)
        if found is None and number is None:
            indicator, found = _meant(level, indicator, plan, names)
            meant = found is not None
        if found in MODES:
            mode = found
        elif found:
            # Under another time's heading nothing is this quarter's.
            role = role if role is Role.BEFORE and found in VALUES else found
        if found in VALUES | {None} and not meant:
            beside = names.beside(before_colon(level))
            mode = mode_of(beside, names.quarter, dated=number is None) or mode
    known = indicator if indicator != CONFLICT else None
    entry = plan.indicator(known).entry if known else None
    if role is None and entry and names.known(levels[-1]):
        role = _sole_role(entry)
    if role is None and mode and not entry:
        role = Role.VALUE
    if role in VALUES | {Role.BEFORE, Role.TARGET, None}:
        role, mode = _qualified(role, mode, levels, entry, names)
    if indicator == CONFLICT:
        role = None
    # What stands under an indicator's heading and says nothing known is some part of it.
    known = known if role in VALUES | {Role.BEFORE, None} else None
    years = times.years_in(plain(heading))
    dated = len(years) == 1 and not times.quarters_in(plain(heading))
    return Column(index, heading, role, known, mode, years.pop() if dated else None)


# Two headings over one column that name different indicators.
CONFLICT = "?"


def _lower(above: str | None, number: str | None) -> str | None:
    """The lower heading counts where it names a part of what the upper one names."""
    if number is None or above in {None, number, CONFLICT}:
        return above or number
    return number if number.startswith(f"{above}.") else CONFLICT


def _meant(level: str, indicator: str | None, plan: Plan, names: Names) -> tuple[str | None, Role | None]:
    """A part by what the plan itself calls it, or by the words of the indicator that is named above."""
    if indicator and indicator != CONFLICT:
        return indicator, _role_by_meaning(level, plan.indicator(indicator))
    parts = names.parts.get(plain(level), [])
    return parts[0] if len(parts) == 1 and not indicator else (indicator, None)


def _qualified(
    role: Role | None, mode: Role | None, levels: list[str], entry: Entry | None, names: Names
) -> tuple[Role | None, Role | None]:
    """What any of the headings over a column says of its time, of a plan, or against the indicator, holds for it.

    What is said beside the indicator's name itself is for a person to judge.
    """
    asked = False
    for level in levels:
        if plain(level) in names.parts:
            continue
        beside, named = names.beside(level), names.known(level) is not None
        # The year of a ranking is that of its edition.
        elsewhere = (
            names.quarter is not None
            and entry is not Entry.RANK
            and times.is_elsewhere(beside, names.quarter)
        )
        planned = times.is_planned(beside)
        if elsewhere and not named:
            return Role.BEFORE, mode
        if planned and not named:
            # Only a heading that says no more is the target itself.
            return Role.TARGET, None if role is Role.TARGET and len(levels) == 1 else Role.ACHIEVED
        asked |= elsewhere or planned
        asked |= bool(entry) and (times.is_denied(beside) or times.is_partial(beside))
    return (None if asked and role in VALUES else role), mode


def _role_at_end(level: str, indicator: Indicator) -> Role | None:
    """ "(4) Phủ sóng - Tử số" in one cell."""
    for segment in re.split(r"\n|\s[-–—/]\s|[:;,]", level)[1:]:
        if (role := role_of(segment)) and role in VALUES | MODES | {Role.BEFORE}:
            return role
    words = fold(level)
    first = NUMBERED.match(words)
    if first and (role := role_of(words[first.end() :])):
        return role
    last = NUMBER_LAST.fullmatch(words)
    if last and (role := role_of(last[1])):
        return role
    said = plain(re.sub(r"^\s*\(?\d{1,2}[.)]\s*", "", level))
    if said and said == plain(indicator.numerator):
        return Role.NUMERATOR
    return Role.DENOMINATOR if said and said == plain(indicator.denominator) else None


# What says nothing of its own in the name of a part.
_SMALL = frozenset({"số", "tổng", "các", "và", "tại", "của", "lượng", "có"})


def _role_by_meaning(level: str, indicator: Indicator) -> Role | None:
    """Under an indicator's heading one that says what is counted, in words of one part alone.

    It counts the same things, and says what sets the numerator apart: "Số hồ sơ giải quyết" may be of all.
    """
    if indicator.entry is not Entry.FRACTION:
        return None
    said, over, under = _words(level), _words(indicator.numerator), _words(indicator.denominator)
    things = _first(level)
    apart = _words(indicator.short_name) & (over - under)
    if (
        said <= over
        and not said <= under
        and things == _first(indicator.numerator)
        and (apart & said or not apart)
    ):
        return Role.NUMERATOR
    whole = "tổng" in said or not apart or not said & apart
    if said <= under and not said <= over and things in {_first(indicator.denominator), None} and whole:
        return Role.DENOMINATOR
    return None


def _first(text: str) -> str | None:
    """What is counted: the first word that says anything."""
    return next((w for w in re.findall(r"\w+", tidy(text).casefold()) if w not in _SMALL), None)


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", tidy(text).casefold()))


def paired(columns: tuple[Column, ...], plan: Plan, names: Names) -> tuple[Column, ...]:
    """ "Có" with "Không" beside it is ticked; the only column under an indicator with one part is that part."""
    found = list(columns)
    for place, (yes, no) in enumerate(pairwise(columns)):
        alike = yes.indicator == no.indicator and no.index == yes.index + 1
        if alike and are_opposite(_last(yes, names), _last(no, names), _name_of(yes, plan)):
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
    return plain(names.beside(column.heading.split(" / ")[-1]))


def _name_of(column: Column, plan: Plan) -> str:
    return plain(plan.indicator(column.indicator).name) if column.indicator else ""


def are_opposite(yes: str, no: str, name: str) -> bool:
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


def without_achievement(columns: tuple[Column, ...]) -> tuple[Column, ...]:
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


def counted(
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
            and plain(c.heading.split(" / ")[-1]) in WHOLES
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
