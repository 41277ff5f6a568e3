"""From the cells of a line to a reading, or to what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, assert_never

from kpi import vi
from kpi.model import Behaviour, Cell, Entry, Indicator, Reading, State, Unit
from kpi.problems import (
    AboveAll,
    BaseDenied,
    BaseUnknown,
    BlankAmongMarks,
    BothTicked,
    BrokenFormula,
    CumulativeFell,
    DateInValue,
    DateUnclear,
    DividedByNothing,
    EditionAssumed,
    EditionOutsidePlan,
    EditionUnclear,
    Estimated,
    GainRead,
    IndicatorNotAsked,
    LinkedFormula,
    LogicalInValue,
    NoEarlierRank,
    NoFigure,
    NotANumber,
    NotARank,
    Notice,
    NotYesOrNo,
    NumeratorAboveDenominator,
    OnlyPercent,
    OtherCount,
    OtherMeasure,
    OutOfRange,
    OwnFigure,
    OwnFigureDiffers,
    Part,
    PartMissing,
    PartsGlued,
    PercentInCount,
    PercentOrCount,
    PercentUnclear,
    Problem,
    RatioDisagrees,
    ReadAsMissing,
    ReadAsZero,
    RemarkInValue,
    SameTwice,
    SeparatorUnclear,
    SomethingOfNothing,
    TargetDiffers,
    TooFine,
    TotalDiffers,
    UncalculatedFormula,
    UnitNotAsked,
    UnitTwice,
    UniverseDiffers,
)
from kpi.workbook import times
from kpi.workbook.desk import Desk
from kpi.workbook.grid import Spot
from kpi.workbook.names import strange
from kpi.workbook.questions import CONFIRM
from kpi.workbook.roles import Role
from kpi.workbook.rows import Line, Rows
from kpi.workbook.values import (
    Written,
    WrittenFraction,
    is_percent,
    shows_as_typed,
    stored_number,
    trimmed,
    written_fraction,
    written_number,
    written_rank,
)
from kpi.workbook.words import (
    NO,
    NO_VALUE,
    NONE_HAPPENED,
    TICKS,
    UNKNOWN,
    YES,
    fold,
    folded,
    is_scaled,
    measure_in,
    plain,
)

ZERO = Decimal(0)
HUNDRED = Decimal(100)
# A ratio that Excel worked out is a double; this is far below any digit that anybody types.
NOISE = Fraction(1, 10**9)
# The forms' own ratio is cut after two decimals of a percent, so that it is never rounded up to a target.
CUT = Fraction(1, 100)
# The store keeps fourteen digits before the point; nothing here is counted in so many. NaN is not smaller either.
LARGEST = 10**13
# And so many behind the point of a percent.
FINEST = 18
# Rankings older than this are a slip of the keyboard.
OLDEST_EDITION = 10

Shares = tuple[Decimal, ...]
"""The percents a cell may mean; more than one is a question unless numerator and denominator decide."""


class Figures:
    """Collects the readings of all sheets of a workbook."""

    def __init__(self, desk: Desk, as_of: date) -> None:
        self.desk = desk
        self.as_of = as_of
        self.readings: dict[tuple[str, str], Reading] = {}
        self._percents: dict[tuple[str, int], bool] = {}
        """Sheet and column -> whether anything says that its numbers are percents."""
        self.failed: set[tuple[str, str]] = set()
        """What was entered but could not be read, or waits for an answer: wrong, but not missing."""

    # What goes with the whole sheet.

    def add(self, rows: Rows) -> None:
        # What another indicator presumes is read before it.
        lines = sorted(rows.lines, key=lambda line: line.indicator.within is not None)
        self._announce_estimates(lines)
        for line in lines:
            self._check_target(line)
            if not line.empty or self._uncalculated(line):
                self._add_line(line)
        self._ask_about_blanks(lines)
        for total in rows.totals:
            self._add_total(total, lines)
        for part, summed in rows.sums:
            if found := self._of_lines(part, summed):
                self._compare_total(part, found)

    def _uncalculated(self, line: Line) -> bool:
        derived = {Role.SHARE} if {Role.NUMERATOR, Role.DENOMINATOR} <= line.columns.keys() else set()
        return any(
            (spot := line.spot(role)) is not None and spot.value is None and role not in derived
            for role in line.columns
        )

    def _ask_about_blanks(self, lines: list[Line]) -> None:
        """In a roster that is only ticked, what is not ticked is one question for the column."""
        columns: dict[int, list[Line]] = {}
        for line in (line for line in lines if line.indicator.entry is Entry.YES_NO):
            role = _answer_role(line)
            mine = line.unit and (line.indicator.number, line.unit.code) in self.desk.duties
            if role and mine:
                columns.setdefault(line.columns[role].index, []).append(line)
        for column in columns.values():
            self._ask_about_column(column)

    def _ask_about_column(self, column: list[Line]) -> None:
        marks = [spot for line in column if (spot := _answer(line))]
        if not marks or not all(fold(spot.text) in TICKS for spot in marks):
            return
        number = column[0].indicator.number
        choices = (vi.NOT_KNOWN, vi.NO)
        key = "blank", column[0].grid.title, number
        for line in (line for line in column if _answer(line) is None):
            if not line.unit or self._presumes_a_no(line):
                continue
            at = line.cell(_answer_role(line) or Role.VALUE)
            chosen = self.desk.questions.ask(
                key, at, choices, lambda cells: BlankAmongMarks(cells[0], number, choices, cells)
            )
            if chosen is None:
                self.failed.add((number, line.unit.code))
            elif chosen == 1:
                self._keep(line, _reading(self, line, at, numerator=ZERO))

    def _presumes_a_no(self, line: Line) -> bool:
        """Where there is no station, nobody ticks that it works well."""
        base = line.indicator.within
        found = self.readings.get((base, line.unit.code)) if base and line.unit else None
        return base is not None and (found is None or not found.numerator)

    def _announce_estimates(self, lines: list[Line]) -> None:
        seen: set[int] = set()
        for line in (line for line in lines if line.expects):
            for role, column in line.columns.items():
                if column.mode is Role.ESTIMATE and line.spot(role) and column.index not in seen:
                    seen.add(column.index)
                    self.desk.notices.append(Estimated(line.cell(role), line.indicator.number))

    def _check_target(self, line: Line) -> None:
        spot, target = line.target, line.indicator.target
        if spot is None or target is None or target.rise:
            return
        number = spot.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            written: Written | None = stored_number(number, spot.number_format)
        else:
            written = written_number(spot.text)
        given = target.value
        if written and not {given, given / 100} & set(written.readings):
            at = line.grid.cell(spot.row, spot.column)
            self.desk.notices.append(TargetDiffers(at, line.indicator.number, written.readings[0], given))

    # One line.

    def _add_line(self, line: Line) -> None:
        unit = line.unit
        if unit is None:
            return
        key = line.indicator.number, unit.code
        if key in self.desk.duties:
            found = self._read(line, unit)
        elif self._is_own_figure(line.indicator, unit):
            found = self._read_own(line, unit)
        else:
            self._ask_to_leave_out(line, unit)
            return
        if found is None:
            return
        if isinstance(found, Reading):
            self._keep(line, found)
        else:
            self.failed.add(key)
            self.desk.problems.extend(found)

    def _ask_to_leave_out(self, line: Line, unit: Unit) -> None:
        """What this reporter has no duty for can not be kept, only left out knowingly."""
        number, sender = line.indicator.number, self.desk.reporter.name
        cells = [line.cell(role) for role in line.columns if line.spot(role)]
        for at in sorted(cells, key=lambda cell: (len(cell.address), cell.address)):
            if number not in self.desk.asked:
                self.desk.questions.ask(
                    ("indicator", at.sheet, number),
                    at,
                    CONFIRM,
                    lambda all_cells: IndicatorNotAsked(all_cells[0], number, sender, CONFIRM, all_cells),
                )
            else:
                self.desk.questions.ask(
                    ("unit", at.sheet, unit.code),
                    at,
                    CONFIRM,
                    lambda all_cells: UnitNotAsked(all_cells[0], unit.title, sender, CONFIRM, all_cells),
                )

    def _keep(self, line: Line, reading: Reading) -> None:
        key = reading.indicator, reading.unit
        first = self.readings.get(key)
        if first is None:
            self.readings[key] = reading
        elif first.figures == reading.figures:
            self.desk.notices.append(SameTwice(reading.cell, first.cell, self._title(reading.unit)))
        else:
            twice = UnitTwice(reading.cell, first.cell, self._title(reading.unit), reading.indicator)
            self.desk.problems.append(twice)

    def _title(self, code: str) -> str:
        return self.desk.units.get(code).title

    def _other_count(self, line: Line, unit: Unit) -> Problem | None:
        """The quarter's own count is never kept as the year's, nor the year's as the quarter's."""
        behaviour = line.indicator.behaviour
        if behaviour not in {Behaviour.FLOW, Behaviour.DISTINCT}:
            return None
        wanted: Literal["increment", "cumulative"] = (
            "increment" if behaviour is Behaviour.FLOW else "cumulative"
        )
        other = Role.CUMULATIVE if behaviour is Behaviour.FLOW else Role.INCREMENT
        for role, column in line.columns.items():
            if other in {column.mode, line.mode} and role is not Role.EDITION and line.spot(role):
                return OtherCount(line.cell(role), unit.title, line.indicator.number, wanted)
        return None

    def _read(self, line: Line, unit: Unit) -> Reading | list[Problem] | None:
        if problem := self._other_count(line, unit):
            return [problem]
        match line.indicator.entry:
            case Entry.YES_NO:
                return self._read_answer(line)
            case Entry.FRACTION:
                return self._read_fraction(line, unit)
            case Entry.RANK:
                return self._read_rank(line)
            case _:
                assert_never(line.indicator.entry)

    # Yes or no.

    def _read_answer(self, line: Line) -> Reading | list[Problem] | None:
        if Role.NO in line.columns:
            return self._read_ticks(line)
        role = _answer_role(line)
        spot = line.spot(role) if role else None
        if role is None or spot is None:
            return None
        at = line.cell(role)
        if problem := self._no_plain_value(spot, at):
            return [problem]
        said = _yes_or_no(spot)
        if said is not None:
            return _reading(self, line, at, numerator=Decimal(said))
        if self._says_nothing(spot, at):
            return None
        return [NotYesOrNo(at, spot.text, line.indicator.number)]

    def _read_ticks(self, line: Line) -> Reading | list[Problem] | None:
        """ "Có" and "Không" are columns of their own, and one of them is ticked."""
        ticked: list[Role] = []
        for role in (Role.YES, Role.NO):
            spot, at = line.spot(role), line.cell(role)
            if spot is None or NO_VALUE.fullmatch(spot.text):
                continue
            if problem := self._no_plain_value(spot, at):
                return [problem]
            words = fold(spot.text)
            if words in {"0", "0.0"}:
                continue
            if words not in (YES if role is Role.YES else YES | {"khong"}):
                return [NotYesOrNo(at, spot.text, line.indicator.number)]
            ticked.append(role)
        if len(ticked) == 2:
            return [BothTicked(line.cell(Role.NO), line.cell(Role.YES), line.indicator.number)]
        return (
            _reading(self, line, line.cell(ticked[0]), numerator=Decimal(ticked[0] is Role.YES))
            if ticked
            else None
        )

    def _says_nothing(self, spot: Spot, at: Cell) -> bool:
        words = plain(spot.text)
        if NO_VALUE.fullmatch(spot.text):
            return True
        if words in UNKNOWN | NONE_HAPPENED:
            self.desk.notices.append(ReadAsMissing(at, spot.text))
            return True
        return False

    def _no_plain_value(self, spot: Spot, at: Cell) -> Problem | None:
        """What no cell may hold, whatever it asks for."""
        value = spot.value
        if value is None:
            return UncalculatedFormula(at, spot.formula or "")
        if spot.broken:
            return BrokenFormula(at, spot.text)
        if isinstance(value, bool):
            return LogicalInValue(at, str(value).upper())
        if isinstance(value, date | time | timedelta):
            return DateInValue(at, _shown_date(value))
        if isinstance(value, float) and not abs(value) < LARGEST:
            return NoFigure(at, spot.text)
        if problem := strange(at, spot):
            return problem
        if spot.formula and "[" in spot.formula and spot.formula[1:2] != '"':
            self._notice_once(LinkedFormula(at, spot.formula))
        return None

    def _notice_once(self, notice: Notice) -> None:
        if notice not in self.desk.notices:
            self.desk.notices.append(notice)

    # A number of things.

    def _number(self, line: Line, role: Role) -> Decimal | Problem | None:
        """The whole numbers of a count; kilometres and the like with their decimals."""
        spot = line.spot(role)
        if spot is None:
            return None
        if (plain_count := _plain_count(spot)) is not None:
            return plain_count
        at = line.cell(role)
        if problem := self._no_plain_value(spot, at):
            return problem
        if isinstance(spot.value, int | float):
            return self._counted(line, role, stored_number(spot.value, spot.number_format), at)
        if NO_VALUE.fullmatch(spot.text) or plain(spot.text) in UNKNOWN:
            self._says_nothing(spot, at)
            return None
        if plain(spot.text) in NONE_HAPPENED:
            self.desk.notices.append(ReadAsZero(at, spot.text))
            return ZERO
        return self._number_in_text(line, role, spot.text, at)

    def _counted(self, line: Line, role: Role, written: Written, at: Cell) -> Decimal | Problem | None:
        """A number of Excel's, unless its format shows whoever looks at it another one."""
        if written.percent:
            return PercentInCount(at, f"{vi.number(written.readings[0])}%")
        if len(written.readings) == 1:
            return _in_range(at, written.readings[0], line.indicator)
        chosen = self._ask_separator(line, role, _seen_thousandths(written.readings[0]), written.readings)
        return None if chosen is None else _in_range(at, written.readings[chosen], line.indicator)

    def _number_in_text(self, line: Line, role: Role, text: str, at: Cell) -> Decimal | Problem | None:
        indicator = line.indicator
        if written_fraction(text):
            return PartsGlued(at, text)
        written = written_number(text)
        if written is None or written.percent:
            has_digit = any(c in "0123456789" for c in text)
            return RemarkInValue(at, text) if has_digit else NotANumber(at, text, indicator.number)
        if written.remark and not _is_measure(written.remark, indicator):
            return RemarkInValue(at, text)
        readings = written.readings
        if indicator.decimals == 0:
            # Nobody writes whole things with decimals: "2.000" is two thousand.
            readings = tuple(r for r in readings if r == r.to_integral_value())[-1:] or readings[:1]
        if len(readings) == 1:
            return _in_range(at, readings[0], indicator)
        chosen = self._ask_separator(line, role, text, readings)
        return None if chosen is None else _in_range(at, readings[chosen], indicator)

    def _ask_separator(self, line: Line, role: Role, text: str, readings: Shares) -> int | None:
        at = line.cell(role)
        choices = tuple(_unpointed(reading) for reading in readings)
        chosen = self.desk.questions.ask(
            ("separator", at.sheet, line.columns[role].index),
            at,
            choices,
            lambda cells: SeparatorUnclear(cells[0], text, choices, cells),
        )
        self._wait(line, chosen)
        return chosen

    def _wait(self, line: Line, chosen: int | None) -> None:
        if chosen is None and line.unit:
            self.failed.add((line.indicator.number, line.unit.code))

    # A fraction.

    def _read_fraction(self, line: Line, unit: Unit) -> Reading | list[Problem] | None:
        if problem := self._measured(line) or self._ticked(line) or self._beside_a_share(line, unit):
            return [problem]
        if both := self._both_in_one(line):
            return self._one_cell(line, unit, both, Role.NUMERATOR)
        over, under = self._number(line, Role.NUMERATOR), self._number(line, Role.DENOMINATOR)
        wrong: list[Problem] = [x for x in (over, under) if x is not None and not isinstance(x, Decimal)]
        if wrong:
            share = self._share(line, ZERO, ZERO)
            if share is not None and not isinstance(share, tuple | WrittenFraction):
                wrong.append(share)
            return wrong
        if (line.indicator.number, unit.code) in self.failed:
            return None
        numerator = over if isinstance(over, Decimal) else None
        denominator = under if isinstance(under, Decimal) else None
        share = self._share(line, numerator, denominator) if _bare_role(line) else None
        if isinstance(share, WrittenFraction):
            if numerator is None and denominator is None:
                return self._one_cell(line, unit, share, _bare_role(line))
            share = (HUNDRED * share.numerator / share.denominator,) if share.denominator else None
        if share is not None and not isinstance(share, tuple):
            return [share]
        if numerator is None and denominator is None:
            return self._bare(line, unit, share) if share else None
        if numerator is None or denominator is None:
            if self.desk.waiting & {(line.grid.title, line.indicator.number), (line.grid.title, None)}:
                self._wait(line, None)
                return None
            lacking: Part = "numerator" if numerator is None else "denominator"
            role = Role.NUMERATOR if numerator is None else Role.DENOMINATOR
            at = line.cell(role) if role in line.columns else line.first_cell()
            return [PartMissing(at, unit.title, line.indicator.number, lacking)]
        found = self._fraction(line, unit, numerator, denominator, Role.NUMERATOR)
        if isinstance(found, Reading) and share and (role_ := _bare_role(line)):
            derived = (spot := line.spot(role_)) is not None and spot.formula is not None
            if not _agrees(share, numerator, denominator, derived=derived):
                ratio = Fraction(numerator) / Fraction(denominator) * 100 if denominator else Fraction(0)
                at = line.cell(role_)
                return [RatioDisagrees(at, unit.title, share[-1], numerator, denominator, ratio)]
        return found

    @staticmethod
    def _measured(line: Line) -> Problem | None:
        """Counted in thousands, or other things altogether."""
        if not line.measure or "%" in line.measure:
            return None
        indicator = line.indicator
        own = f"{indicator.unit_of_measure} {indicator.things} {indicator.numerator} {indicator.denominator} {indicator.name}"
        known = {*plain(own).split(), *_ANY_MEASURE} & {*plain(line.measure).split()}
        if is_scaled(line.measure, indicator.things) or not known:
            return OtherMeasure(line.first_cell(), line.measure)
        return None

    @staticmethod
    def _ticked(line: Line) -> Problem | None:
        """Numbers are asked for, not "Có" and "Không"."""
        for role in (Role.YES, Role.NO):
            if spot := line.spot(role):
                return NotANumber(line.cell(role), spot.text, line.indicator.number)
        return None

    def _beside_a_share(self, line: Line, unit: Unit) -> Problem | None:
        """A result and a share in two cells must say the same; a fraction among them is what is read."""
        if not {Role.VALUE, Role.SHARE} <= line.columns.keys():
            return None
        spots = {role: line.spot(role) for role in (Role.VALUE, Role.SHARE)}
        said, share = spots[Role.VALUE], spots[Role.SHARE]
        if said is None or share is None or NO_VALUE.fullmatch(said.text) or NO_VALUE.fullmatch(share.text):
            return None
        fractions = {
            r: f
            for r, s in spots.items()
            if s and isinstance(s.value, str) and (f := written_fraction(s.text))
        }
        if not fractions:
            if {Role.NUMERATOR, Role.DENOMINATOR} <= {r for r in line.columns if line.spot(r)}:
                return None
            written, beside = _plain_share(said), _plain_share(share)
            if written and beside and not {*written} & {*beside}:
                if _is_whole(said):
                    return PartMissing(
                        line.cell(Role.VALUE), unit.title, line.indicator.number, "denominator"
                    )
                return self._apart(line, unit, Role.SHARE, beside[0], written[0], HUNDRED)
            return None
        if len(fractions) == 2:
            (_, one), (_, two) = fractions.items()
            if one.numerator * two.denominator != two.numerator * one.denominator and one.denominator:
                found = HUNDRED * two.numerator / two.denominator if two.denominator else ZERO
                return self._apart(line, unit, Role.SHARE, found, one.numerator, one.denominator)
            return None
        ((role, fraction),) = fractions.items()
        bare = Role.SHARE if role is Role.VALUE else Role.VALUE
        spot = spots[bare]
        found_share = _plain_share(spot)
        if found_share is None:
            return NotANumber(line.cell(bare), spot.text if spot else "", line.indicator.number)
        derived = spot is not None and spot.formula is not None
        if _agrees(found_share, fraction.numerator, fraction.denominator, derived=derived):
            return None
        return self._apart(line, unit, bare, found_share[-1], fraction.numerator, fraction.denominator)

    @staticmethod
    def _apart(
        line: Line, unit: Unit, role: Role, written: Decimal, numerator: Decimal, denominator: Decimal
    ) -> RatioDisagrees:
        ratio = Fraction(numerator) / Fraction(denominator) * 100 if denominator else Fraction(0)
        return RatioDisagrees(line.cell(role), unit.title, written, numerator, denominator, ratio)

    def _both_in_one(self, line: Line) -> WrittenFraction | None:
        """ "98/108" in the numerator's cell, when nothing stands in the denominator's."""
        spot = line.spot(Role.NUMERATOR)
        if spot is None or line.spot(Role.DENOMINATOR) is not None or not isinstance(spot.value, str):
            return None
        written = written_fraction(spot.text)
        return written if written and self._names_things(written.remark) else None

    def _names_things(self, remark: str) -> bool:
        """Behind a fraction the things that are counted may be named: "98/108 xã"."""
        plan = self.desk.plan
        return not remark or any(_is_measure(remark, indicator) for indicator in plan.indicators)

    def _one_cell(
        self, line: Line, unit: Unit, written: WrittenFraction, role: Role | None
    ) -> Reading | list[Problem]:
        """Numerator and denominator in one cell, which nothing has looked at yet."""
        at = line.cell(role) if role else line.first_cell()
        parts = written.numerator, written.denominator
        wrong = [p for x in parts if not isinstance(p := _in_range(at, x, line.indicator), Decimal)]
        return wrong or self._fraction(line, unit, *parts, role)

    def _fraction(
        self, line: Line, unit: Unit, numerator: Decimal, denominator: Decimal, role: Role | None
    ) -> Reading | list[Problem]:
        at = line.cell(role) if role else line.first_cell()
        beside = role is Role.NUMERATOR and Role.DENOMINATOR in line.columns
        under = line.cell(Role.DENOMINATOR) if beside else at
        if denominator == 0 and numerator > 0:
            return [SomethingOfNothing(at, unit.title, numerator)]
        if numerator > denominator:
            if line.indicator.behaviour is not Behaviour.FLOW:
                return [NumeratorAboveDenominator(at, unit.title, numerator, denominator)]
            self.desk.notices.append(AboveAll(at, unit.title, numerator, denominator))
        self._check_universe(line, unit, denominator, under)
        if self._fell(line, unit, numerator, at):
            return []
        return _reading(
            self,
            line,
            at,
            numerator=numerator,
            denominator=denominator,
            under=under,
            state=State.NOT_APPLICABLE if denominator == 0 else None,
        )

    def _check_universe(self, line: Line, unit: Unit, denominator: Decimal, at: Cell) -> None:
        universe = line.indicator.universe
        if universe is None or isinstance(universe, int) or unit.code not in universe:
            return
        known = Decimal(universe[unit.code])
        if known != denominator:
            self.desk.notices.append(
                UniverseDiffers(at, unit.title, line.indicator.number, denominator, known)
            )

    def _fell(self, line: Line, unit: Unit, now: Decimal, at: Cell) -> bool:
        """Whether a cumulative figure is lower than an earlier one and nobody has confirmed it."""
        if line.indicator.behaviour is not Behaviour.DISTINCT:
            return False
        number = line.indicator.number
        earlier = self.desk.earlier.get((number, unit.code), [])
        highest = max(earlier, key=lambda r: r.numerator or ZERO, default=None)
        if highest is None or highest.numerator is None or now >= highest.numerator:
            return False
        before, when, choices = highest.numerator, highest.quarter, (vi.KEEP_NEW, vi.MEND_FILE)
        chosen = self.desk.questions.ask(
            ("fell", at),
            at,
            choices,
            lambda cells: CumulativeFell(at, unit.title, number, before, when, now, choices, cells),
        )
        self._wait(line, chosen)
        return chosen != 0

    # A percent.

    def _share(
        self, line: Line, numerator: Decimal | None, denominator: Decimal | None
    ) -> Shares | WrittenFraction | Problem | None:
        role = _bare_role(line)
        spot = line.spot(role) if role else None
        if role is None or spot is None:
            return None
        at = line.cell(role)
        alone = numerator is None and denominator is None
        if spot.value is None and {Role.NUMERATOR, Role.DENOMINATOR} <= line.columns.keys():
            return None
        if spot.broken and spot.text == "#DIV/0!" and numerator == denominator == 0:
            self.desk.notices.append(DividedByNothing(at))
            return None
        if isinstance(spot.value, date | datetime) and alone:
            return self._date_as_fraction(line, spot.value, at)
        if problem := self._no_plain_value(spot, at):
            return problem
        if isinstance(spot.value, int | float):
            written = stored_number(spot.value, spot.number_format)
            return _percents(written)
        if self._says_nothing(spot, at):
            return None
        if fraction := written_fraction(spot.text):
            return fraction if self._names_things(fraction.remark) else RemarkInValue(at, spot.text)
        found = written_number(spot.text)
        if found is None:
            has_digit = any(c in "0123456789" for c in spot.text)
            number = line.indicator.number
            return RemarkInValue(at, spot.text) if has_digit else NotANumber(at, spot.text, number)
        if found.remark:
            return RemarkInValue(at, spot.text)
        if len(found.readings) > 1 and alone:
            chosen = self._ask_separator(line, role, spot.text, found.readings)
            return None if chosen is None else (found.readings[chosen],)
        return _percents(found)

    def _date_as_fraction(self, line: Line, value: date, at: Cell) -> WrittenFraction | Problem | None:
        pairs = dict.fromkeys([(value.day, value.month), (value.month, value.day)])
        pairs_that_fit = [(n, d) for n, d in pairs if n <= d]
        if not pairs_that_fit:
            return DateInValue(at, _shown_date(value))
        choices = (*(f"{n}/{d}" for n, d in pairs_that_fit), vi.MEND_FILE)
        shown = _shown_date(value)
        chosen = self.desk.questions.ask(
            ("date", at), at, choices, lambda cells: DateUnclear(at, shown, choices, cells)
        )
        if chosen is None or chosen >= len(pairs_that_fit):
            self._wait(line, None)
            return None
        n, d = pairs_that_fit[chosen]
        return WrittenFraction(Decimal(n), Decimal(d))

    def _bare(self, line: Line, unit: Unit, share: Shares) -> Reading | list[Problem] | None:
        """Only a percent: kept as it is, and never added up."""
        role = _bare_role(line)
        at = line.cell(role) if role else line.first_cell()
        value = share[0]
        spot = line.spot(role) if role else None
        if spot and role is Role.VALUE and not _says_percent(spot) and not self._said_percent(line):
            if line.measure and "%" not in line.measure and plain(line.measure) not in _SHARES:
                return [PartMissing(at, unit.title, line.indicator.number, "denominator")]
            if not line.measure and not self._is_percent(line, at, spot):
                return None
        if len(share) > 1 and role:
            choices = tuple(f"{vi.number(s)}%" for s in share)
            found = vi.number(share[-1])
            chosen = self.desk.questions.ask(
                ("percent", at.sheet, line.columns[role].index),
                at,
                choices,
                lambda cells: PercentUnclear(cells[0], found, choices, cells),
            )
            self._wait(line, chosen)
            if chosen is None:
                return None
            value = share[chosen]
        if value >= LARGEST or -int(value.as_tuple().exponent) > FINEST:
            return [NoFigure(at, vi.number(value))]
        if value < 0 or (value > HUNDRED and line.indicator.behaviour is not Behaviour.FLOW):
            return [OutOfRange(at, value, HUNDRED)]
        if value > HUNDRED:
            self.desk.notices.append(AboveAll(at, unit.title, None, None))
        self.desk.notices.append(OnlyPercent(at, line.indicator.number, value))
        return _reading(self, line, at, value=value)

    def _said_percent(self, line: Line) -> bool:
        """The heading, another cell under it, or "Đơn vị tính: %" over the table; or a fraction where things are whole."""
        column = line.columns[Role.VALUE]
        if "%" in column.heading:
            return True
        key = line.grid.title, column.index
        if key not in self._percents:
            cells = (
                s
                for s in line.grid.spots.values()
                if s.column == column.index and not isinstance(s.value, bool)
            )
            titles = (s for r, spots in line.grid.rows.items() if r < line.row for s in spots)
            self._percents[key] = any(_shows_percent(s) for s in cells) or any(
                isinstance(s.value, str) and measure_in(s.text).startswith("%") for s in titles
            )
        return self._percents[key]

    def _is_percent(self, line: Line, at: Cell, spot: Spot) -> bool:
        """Asked where nothing says "%": a bare 3 may be 3 % as well as three things."""
        number, found = line.indicator.number, spot.text.replace(".", ",")
        choices = (vi.IN_PERCENT, vi.MEND_FILE)
        chosen = self.desk.questions.ask(
            ("count", at.sheet, line.columns[Role.VALUE].index),
            at,
            choices,
            lambda cells: PercentOrCount(cells[0], found, number, choices, cells),
        )
        self._wait(line, chosen if chosen == 0 else None)
        return chosen == 0

    # A rank.

    def _read_rank(self, line: Line) -> Reading | list[Problem] | None:
        role = next((r for r in (Role.RANK, Role.VALUE) if line.spot(r)), None)
        spot = line.spot(role) if role else None
        if role is None or spot is None:
            return None
        at = line.cell(role)
        if problem := self._measured(line) or self._no_plain_value(spot, at):
            return [problem]
        if self._says_nothing(spot, at):
            return None
        year = self._edition(line)
        if isinstance(year, EditionOutsidePlan):
            return [year]
        if year is None:
            year = self._unwritten_edition(line, role, at)
        if year is None:
            return None
        text = spot.text
        if isinstance(spot.value, float) and not spot.value.is_integer():
            return [NotARank(at, text, line.indicator.number)]
        written = written_rank(text)
        if written is None or written.rank == 0:
            return [NotARank(at, text, line.indicator.number)]
        places = line.indicator.universe
        if written.rank is not None and isinstance(places, int) and written.rank > places:
            return [OutOfRange(at, Decimal(written.rank), Decimal(places))]
        if written.rank is not None:
            return _reading(self, line, at, value=Decimal(written.rank), edition=year)
        before = self._rank_of(line.indicator, year - 1)
        rank = before - written.gain if before is not None and written.gain is not None else None
        if before is None or rank is None or rank < 1 or (isinstance(places, int) and rank > places):
            return [NoEarlierRank(at, text, year - 1)]
        self.desk.notices.append(GainRead(at, text, year, rank, before))
        return _reading(self, line, at, value=Decimal(rank), edition=year)

    def _unwritten_edition(self, line: Line, role: Role, at: Cell) -> int | None:
        """The newest that is known by then; a person decides when the heading or the row names another year."""
        newest = self.desk.plan.year_of(self.desk.quarter) - 1
        said = line.year or line.columns[role].year
        # "Kết quả năm 2022" alone says when it is reported.
        alone = times.without_time(plain(line.columns[role].heading.split(" / ")[-1])) == ""
        reported = said == self.desk.quarter.year and not (line.year or line.years_beside or alone)
        if reported or said in {None, newest}:
            self.desk.notices.append(EditionAssumed(at, newest))
            return newest
        years = (newest, said or newest)
        choices = (*(vi.edition(year) for year in years), vi.MEND_FILE)
        number = line.indicator.number
        chosen = self.desk.questions.ask(
            ("edition", at),
            at,
            choices,
            lambda cells: EditionUnclear(at, number, years[1], choices, cells),
        )
        self._wait(line, chosen if chosen is not None and chosen < len(years) else None)
        return years[chosen] if chosen is not None and chosen < len(years) else None

    def _edition(self, line: Line) -> int | EditionOutsidePlan | None:
        spot = line.spot(Role.EDITION)
        if spot is None:
            return None
        digits = fold(spot.text).removeprefix("nam").strip()
        digits = digits if digits.isascii() else ""
        latest = self.desk.plan.year_of(self.desk.quarter)
        year = int(digits) if digits.isdecimal() and len(digits) == 4 else None
        if year is None or not latest - OLDEST_EDITION <= year <= latest:
            return EditionOutsidePlan(line.cell(Role.EDITION), spot.text, latest)
        return year

    def _rank_of(self, indicator: Indicator, year: int) -> int | None:
        known = {e.year: e.rank for e in indicator.editions}
        for reading in (*self.desk.held, *self.readings.values()):
            if reading.indicator == indicator.number and reading.edition and reading.value is not None:
                known[reading.edition] = int(reading.value)
        return known.get(year)

    # Figures of a whole district, and rows of totals.

    def _is_own_figure(self, indicator: Indicator, unit: Unit) -> bool:
        below = self.desk.asked.get(indicator.number, [])
        own = unit.code == self.desk.within
        return own and bool(below) and all(unit in self.desk.units.path(code) for code in below)

    def _read_own(self, line: Line, unit: Unit) -> Reading | list[Problem] | None:
        if line.indicator.entry is Entry.YES_NO:
            found = self._own_count(line, unit)
        elif line.indicator.entry is Entry.FRACTION:
            found = self._read_fraction(line, unit)
        else:
            return None
        if isinstance(found, Reading):
            self.desk.notices.append(self._own_notice(line.indicator, unit, found))
        return found

    def _own_count(self, line: Line, unit: Unit) -> Reading | list[Problem] | None:
        """How many of the district's units answer yes: "14", "14/16", or numerator and denominator."""
        role = Role.YES if Role.YES in line.columns else _answer_role(line)
        spot = line.spot(role) if role else None
        if role is None or spot is None:
            return None
        if role is Role.SHARE or _says_percent(spot):
            return [PartMissing(line.cell(role), unit.title, line.indicator.number, "numerator")]
        fraction = written_fraction(spot.text)
        if fraction:
            return self._one_cell(line, unit, fraction, role)
        line = replace(line, indicator=replace(line.indicator, decimals=0))
        over, under = self._number(line, role), self._number(line, Role.DENOMINATOR)
        if (
            role is Role.YES
            and isinstance(no := self._number(line, Role.NO), Decimal)
            and isinstance(over, Decimal)
        ):
            under = over + no
        if not isinstance(over, Decimal):
            return over if over is None else [over]
        if under is None:
            under = self._asked_count(line.indicator)
        if under is not None and not isinstance(under, Decimal):
            return [under]
        if under is None:
            base = line.indicator.within or ""
            return [BaseUnknown(line.cell(role), unit.title, line.indicator.number, base)]
        return self._fraction(line, unit, over, under, role)

    def _asked_count(self, indicator: Indicator) -> Decimal | None:
        """Of how many units a roster is; for one within another, of those that answered yes there, if that is known."""
        if not indicator.within:
            return Decimal(len(self.desk.asked.get(indicator.number, ())))
        held = {(r.indicator, r.unit): r for r in self.desk.held if r.quarter == self.desk.quarter}
        known = held | self.readings
        own = known.get((indicator.within, self.desk.within or ""))
        if own and own.numerator is not None:
            return own.numerator
        keys = ((indicator.within, code) for code in self.desk.asked.get(indicator.within, ()))
        below = [known[key].numerator or ZERO for key in keys if key in known]
        return sum(below, ZERO) if below else None

    def _below(self, number: str) -> list[Reading]:
        """The readings of the units that are asked for an indicator."""
        keys = ((number, code) for code in self.desk.asked.get(number, ()))
        return [self.readings[key] for key in keys if key in self.readings]

    def _own_notice(self, indicator: Indicator, unit: Unit, own: Reading) -> OwnFigure | OwnFigureDiffers:
        """What is said of it depends on how many of the units below have reported."""
        below, asked = self._below(indicator.number), len(self.desk.asked.get(indicator.number, ()))
        alone = OwnFigure(own.cell, unit.title, indicator.number)
        if own.numerator is None or not below:
            return alone
        numerator = sum((r.numerator or ZERO for r in below), ZERO)
        written, computed = vi.number(own.numerator), vi.number(numerator)
        if indicator.entry is Entry.FRACTION:
            denominator = sum((r.denominator or ZERO for r in below), ZERO)
            written += f"/{vi.number(own.denominator or ZERO)}"
            computed += f"/{vi.number(denominator)}"
        if written == computed:
            return alone
        if len(below) < asked:
            return replace(alone, found=written, computed=computed, reported=len(below), asked=asked)
        return OwnFigureDiffers(own.cell, unit.title, indicator.number, written, computed)

    def _add_total(self, total: Line, lines: Iterable[Line]) -> None:
        found = self._of_lines(total, lines)
        unit = self.desk.units.get(self.desk.within) if self.desk.within else None
        # A sum that Excel made is no figure; one that somebody typed beside gaps is the district's own.
        typed = any((s := total.spot(r)) and s.formula is None for r in total.columns)
        whole = len(found) == len(self.desk.asked.get(total.indicator.number, ()))
        own = unit is not None and typed and self._is_own_figure(total.indicator, unit)
        if found and (whole or not own or self._adds_up(total, found)):
            self._compare_total(total, found)
        elif own:
            self._add_line(replace(total, unit=unit))

    def _of_lines(self, total: Line, lines: Iterable[Line]) -> list[Reading]:
        """The readings that a sum stands for."""
        mine = {line.unit.code for line in lines if line.unit and line.indicator is total.indicator}
        keys = ((total.indicator.number, code) for code in mine)
        return [self.readings[key] for key in keys if key in self.readings]

    def _adds_up(self, total: Line, found: list[Reading]) -> bool:
        """Whether a total only says again what stands above it."""
        role: Role | None = Role.NUMERATOR
        if total.indicator.entry is Entry.YES_NO:
            role = Role.YES if Role.YES in total.columns else _answer_role(total)
        written = _plain_number(total.spot(role)) if role else None
        return written is None or written == sum((r.numerator or ZERO for r in found), ZERO)

    def _compare_total(self, total: Line, found: list[Reading]) -> None:
        numerator = sum((r.numerator or ZERO for r in found), ZERO)
        denominator = sum((r.denominator or ZERO for r in found), ZERO)
        expected = {Role.NUMERATOR: numerator, Role.DENOMINATOR: denominator}
        if total.indicator.entry is Entry.YES_NO:
            expected = dict.fromkeys((Role.VALUE, Role.YES, Role.NUMERATOR), numerator)
            expected[Role.NO] = len(found) - numerator
        for role, computed in expected.items():
            written = _plain_number(total.spot(role))
            if written is not None and written != computed:
                self._total_differs(total, role, vi.number(written), vi.number(computed))
        share = _plain_share(total.spot(_bare_role(total) or Role.SHARE))
        divided = bool(denominator) and total.indicator.entry is Entry.FRACTION
        if divided and share and not _agrees(share, numerator, denominator, derived=True):
            exact = vi.percent(Fraction(numerator) / Fraction(denominator) * 100)
            self._total_differs(total, _bare_role(total) or Role.SHARE, f"{vi.number(share[0])}%", exact)

    def _total_differs(self, total: Line, role: Role, written: str, computed: str) -> None:
        number = total.indicator.number
        self.desk.notices.append(TotalDiffers(total.cell(role), number, written, computed))

    # What only shows when everything is read.

    def check_bases(self) -> None:
        """An indicator within another presumes its "yes"."""
        held = {(r.indicator, r.unit): r for r in self.desk.held if r.quarter == self.desk.quarter}
        for (number, code), reading in list(self.readings.items()):
            base = self.desk.plan.indicator(number).within
            if base is None or reading.denominator is not None or (base, code) in self.failed:
                continue
            found = self.readings.get((base, code)) or held.get((base, code))
            if found is None:
                self.desk.problems.append(BaseUnknown(reading.cell, self._title(code), number, base))
            elif reading.numerator and not found.numerator:
                self.desk.problems.append(BaseDenied(reading.cell, self._title(code), number, base))


def _answer_role(line: Line) -> Role | None:
    """Where a yes or no stands."""
    for role in (Role.VALUE, Role.NUMERATOR, Role.SHARE):
        if role in line.columns:
            return role
    return None


def _answer(line: Line) -> Spot | None:
    role = _answer_role(line)
    return line.spot(role) if role else None


def _bare_role(line: Line) -> Role | None:
    """Where a percent stands, or a fraction in one cell."""
    if Role.VALUE not in line.columns:
        return Role.SHARE if Role.SHARE in line.columns else None
    filled = [r for r in (Role.SHARE, Role.VALUE) if line.spot(r)]
    # A fraction says more than a percent beside it.
    filled.sort(key=lambda role: _says_less(line.spot(role)))
    return next(iter(filled), next((r for r in (Role.SHARE, Role.VALUE) if r in line.columns), None))


def _plain_count(spot: Spot) -> Decimal | None:
    """What nearly every cell of a count holds: a whole number that somebody typed, and that is seen as such."""
    if type(spot.value) is int and 0 <= spot.value < 1000 and spot.formula is None and not spot.broken:
        return Decimal(spot.value) if shows_as_typed(spot.number_format) else None
    return None


def _is_whole(spot: Spot) -> bool:
    """A count rather than a percent."""
    counted = isinstance(spot.value, int) or (isinstance(spot.value, float) and spot.value.is_integer())
    return counted and "%" not in spot.number_format


# What says nothing of the things that are counted.
_ANY_MEASURE = frozenset({"so", "ti", "phan", "luong", "don", "vi"})
_SHARES = folded("Tỷ lệ", "Tỷ lệ phần trăm", "Phần trăm", "Tỷ lệ %")


def _says_percent(spot: Spot) -> bool:
    """The cell itself says "%", or is no bare number at all."""
    if isinstance(spot.value, str):
        written = written_number(spot.text)
        return written is None or written.percent
    return is_percent(spot.number_format)


def _shows_percent(spot: Spot) -> bool:
    if isinstance(spot.value, str):
        written = written_number(spot.text)
        return written is not None and written.percent
    # Things are counted whole.
    broken = isinstance(spot.value, float) and not spot.value.is_integer()
    return isinstance(spot.value, int | float) and (broken or is_percent(spot.number_format))


def _says_less(spot: Spot | None) -> int:
    if spot is None or NO_VALUE.fullmatch(spot.text):
        return 2
    return 0 if isinstance(spot.value, str) and written_fraction(spot.text) else 1


def _yes_or_no(spot: Spot) -> bool | None:
    words = fold(spot.text).strip(" .!")
    return True if words in YES else False if words in NO else None


def _is_measure(remark: str, indicator: Indicator) -> bool:
    """ "98/108 xã": the thing that is counted may be named."""
    words = plain(remark)
    measures = {plain(indicator.things), *(plain(m) for m in indicator.unit_of_measure.split(","))}
    return words in measures | {plain(indicator.unit_of_measure)} and words != "%"


def _in_range(at: Cell, found: Decimal, indicator: Indicator) -> Decimal | Problem:
    if found < 0:
        return OutOfRange(at, found, None)
    if found >= LARGEST:
        return NoFigure(at, str(found))
    if _decimals(found) > indicator.decimals:
        return TooFine(at, found, indicator.decimals, indicator.things)
    return found


def _decimals(value: Decimal) -> int:
    """How many digits behind the point say something."""
    exponent = int(value.as_tuple().exponent)
    return 0 if exponent >= 0 else max(0, -int(trimmed(value).as_tuple().exponent))


def _percents(written: Written) -> Shares:
    """0,96 without "%" may mean 96 % as well as 0,96 %; the likelier first."""
    found = [r for r in written.readings if r <= HUNDRED] or list(written.readings)
    if not written.percent and len(found) == 1 and 0 < found[0] <= 1:
        return (trimmed(found[0] * 100), found[0])
    return tuple(found)


def _agrees(share: Shares, numerator: Decimal, denominator: Decimal, *, derived: bool) -> bool:
    """Within half a unit of the last digit that was typed."""
    if denominator == 0:
        return all(s == 0 for s in share)
    if any(written * denominator == HUNDRED * numerator for written in share):
        return True
    exact = Fraction(numerator) / Fraction(denominator) * 100
    for written in share:
        decimals = _decimals(written)
        typed_as_part = len(share) > 1 and written == share[0]
        half = Fraction(1, 2 * 10**decimals)
        if typed_as_part:
            # "0,96" typed for 96 % has two decimals of one, none of a hundred.
            half = Fraction(100, 2 * 10 ** _decimals(share[1]))
        if abs(Fraction(written) - exact) <= max(half if not derived else max(half, CUT), NOISE):
            return True
    return False


def _plain_number(spot: Spot | None) -> Decimal | None:
    """The number of a row of totals, when it is one."""
    if spot is None or isinstance(spot.value, bool) or spot.broken:
        return None
    if isinstance(spot.value, int | float):
        return stored_number(spot.value, "General").readings[0] if math.isfinite(spot.value) else None
    if fraction := written_fraction(spot.text):
        return fraction.numerator
    written = written_number(spot.text) if isinstance(spot.value, str) else None
    whole = [r for r in written.readings if r == r.to_integral_value()] if written else []
    return whole[0] if whole else (written.readings[0] if written and not written.percent else None)


def _plain_share(spot: Spot | None) -> Shares | None:
    if spot is None or isinstance(spot.value, bool) or spot.broken:
        return None
    if isinstance(spot.value, int | float):
        return _percents(stored_number(spot.value, spot.number_format)) if math.isfinite(spot.value) else None
    written = written_number(spot.text) if isinstance(spot.value, str) else None
    return _percents(written) if written else None


def _seen_thousandths(value: Decimal) -> str:
    return f"{value:.3f}".replace(".", ",")


def _unpointed(value: Decimal) -> str:
    """A choice between 1,292 and 1292 must not itself be readable two ways."""
    return vi.number(value).replace(".", "")


def _shown_date(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return vi.day(value) if isinstance(value, date) else str(value)


def _reading(
    figures: Figures,
    line: Line,
    at: Cell,
    *,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    value: Decimal | None = None,
    under: Cell | None = None,
    edition: int | None = None,
    state: State | None = None,
) -> Reading:
    estimate = line.expects and any(c.mode is Role.ESTIMATE and line.spot(r) for r, c in line.columns.items())
    return Reading(
        indicator=line.indicator.number,
        unit=line.unit.code if line.unit else "",
        quarter=figures.desk.quarter,
        numerator=numerator,
        denominator=denominator,
        value=value,
        state=state or (State.ESTIMATE if estimate else State.REPORTED),
        as_of=figures.as_of,
        cell=at,
        denominator_cell=under,
        edition=edition,
    )
