"""What can be wrong, doubtful or worth saying about an uploaded workbook. Facts only; `kpi.vi` has the sentences.

`at` is the cell a person has to look at, None when it is the whole file. `found` is what stands there, as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from fractions import Fraction
from typing import Literal

from kpi.model import Cell, Quarter

Part = Literal["numerator", "denominator"]

# Whole files.


@dataclass(frozen=True, slots=True)
class EmptyFile:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class TooManyBytes:
    size: int
    limit: int
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """Tables, though not as .xlsx or .xls: "text" is CSV under any name, "old" what came before Excel 5."""

    format: Literal["ods", "xlsb", "xml2003", "strict", "text", "old"]
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class LockedByPassword:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class WebPage:
    """HTML or XML that carries the name of a workbook."""

    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class NotAWorkbook:
    filename: str
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class DamagedWorkbook:
    at: Cell | None = None
    code: str = ""
    """Where the log says what it died of."""


@dataclass(frozen=True, slots=True)
class UnpacksTooLarge:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class TooMany:
    what: Literal["sheets", "cells", "merges", "formats", "texts"]
    limit: int
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class TooManyRows:
    at: Cell
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class OnlyAList:
    """Our own list of mistakes, made where the workbook itself cannot be marked."""

    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class TaskForm:
    """A form of tasks where figures are asked for."""

    at: Cell | None = None


# Who sends it, for when.


@dataclass(frozen=True, slots=True)
class UnknownPlan:
    found: str
    """"" when nothing in the file says which plan it is for."""
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class UnknownReporter:
    found: str
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class ReporterDisagrees:
    at: Cell | None
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class UnknownQuarter:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class InvalidPeriod:
    at: Cell | None
    found: str


@dataclass(frozen=True, slots=True)
class QuarterDisagrees:
    at: Cell | None
    found: Quarter
    wanted: Quarter


@dataclass(frozen=True, slots=True)
class QuarterOutsidePlan:
    at: Cell | None
    quarter: Quarter
    first: int
    """Year in which the plan begins."""
    last: int


@dataclass(frozen=True, slots=True)
class NotADate:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class DateOutsideQuarter:
    """A cut-off day of another year."""

    at: Cell
    found: date
    quarter: Quarter


# The table.


@dataclass(frozen=True, slots=True)
class NoHeading:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class IndicatorTwice:
    at: Cell
    first: Cell
    indicator: str
    """Its number; the heading itself where the rows say the indicator."""


@dataclass(frozen=True, slots=True)
class ColumnWithoutHeading:
    at: Cell
    column: str


@dataclass(frozen=True, slots=True)
class HeadingDisagrees:
    """The number in a heading is one indicator's, its words are another's."""

    at: Cell
    found: str
    by_number: str
    by_name: str


@dataclass(frozen=True, slots=True)
class UnknownIndicator:
    at: Cell
    found: str


# Units.


@dataclass(frozen=True, slots=True)
class UnknownUnit:
    at: Cell
    found: str
    nearest: tuple[str, ...]
    province: str


@dataclass(frozen=True, slots=True)
class OldEncoding:
    at: Cell
    found: str
    encoding: str


@dataclass(frozen=True, slots=True)
class ForeignLetters:
    """Letters of another script that look like ours, or marks that turn the direction of what is shown."""

    at: Cell
    found: str
    letters: str
    """The letters, or "" for marks that nobody sees."""


@dataclass(frozen=True, slots=True)
class UnitOfLaterDay:
    at: Cell
    found: str
    since: date


@dataclass(frozen=True, slots=True)
class CodeAndNameDisagree:
    at: Cell
    code: str
    by_code: str
    name: str


@dataclass(frozen=True, slots=True)
class RowWithoutUnit:
    at: Cell


@dataclass(frozen=True, slots=True)
class RowWithoutIndicator:
    """A row of a table with a row per indicator that has values and names none."""

    at: Cell


@dataclass(frozen=True, slots=True)
class TablesBeside:
    """Two tables side by side: a row names two units, and each figure belongs to one of them."""

    at: Cell
    first: Cell


@dataclass(frozen=True, slots=True)
class ValueAcrossUnits:
    """A merged cell of a value that reaches over the rows of several units."""

    at: Cell
    cell: Cell
    """The first row under the one that holds the value."""


@dataclass(frozen=True, slots=True)
class UnitTwice:
    at: Cell
    first: Cell
    unit: str
    indicator: str


# Values.


@dataclass(frozen=True, slots=True)
class NotANumber:
    at: Cell
    found: str
    indicator: str


@dataclass(frozen=True, slots=True)
class NotYesOrNo:
    at: Cell
    found: str
    indicator: str


@dataclass(frozen=True, slots=True)
class BothTicked:
    """ "Có" and "Không" of one question."""

    at: Cell
    other: Cell
    indicator: str


@dataclass(frozen=True, slots=True)
class NotARank:
    at: Cell
    found: str
    indicator: str


@dataclass(frozen=True, slots=True)
class RemarkInValue:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class PercentInCount:
    """A number that its format shows as a percent, where things are counted."""

    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class OtherMeasure:
    """Figures in thousands, or in metres where kilometres are counted."""

    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class DateInValue:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class LogicalInValue:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class BrokenFormula:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class UncalculatedFormula:
    """The formula has no stored result: the file was never saved by Excel."""

    at: Cell
    formula: str


@dataclass(frozen=True, slots=True)
class OutOfRange:
    at: Cell
    found: Decimal
    high: Decimal | None
    """The range begins at 0."""


@dataclass(frozen=True, slots=True)
class NoFigure:
    """Endless, or larger than anything that is counted."""

    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class TooFine:
    """More decimals than the things counted have."""

    at: Cell
    found: Decimal
    decimals: int
    things: str


@dataclass(frozen=True, slots=True)
class PartMissing:
    at: Cell
    unit: str
    indicator: str
    lacking: Part


@dataclass(frozen=True, slots=True)
class OtherCount:
    """Only the quarter's own count where the year's is kept, or only the year's where the quarter's is."""

    at: Cell
    unit: str
    indicator: str
    wanted: Literal["increment", "cumulative"]


@dataclass(frozen=True, slots=True)
class PartsGlued:
    """A fraction in a cell that asks for one of its parts."""

    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class NumeratorAboveDenominator:
    at: Cell
    unit: str
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True, slots=True)
class SomethingOfNothing:
    """A numerator above 0 over a denominator of 0."""

    at: Cell
    unit: str
    numerator: Decimal


@dataclass(frozen=True, slots=True)
class RatioDisagrees:
    at: Cell
    unit: str
    written: Decimal
    numerator: Decimal
    denominator: Decimal
    ratio: Fraction


@dataclass(frozen=True, slots=True)
class BaseUnknown:
    """Indicator `indicator` is answered for a unit whose indicator `base` is not."""

    at: Cell
    unit: str
    indicator: str
    base: str


@dataclass(frozen=True, slots=True)
class BaseDenied:
    """Indicator `indicator` is "yes" where `base`, which it presumes, is "no"."""

    at: Cell
    unit: str
    indicator: str
    base: str


@dataclass(frozen=True, slots=True)
class NoEarlierRank:
    """A gain of places, but the rank it starts from is not known."""

    at: Cell
    found: str
    year: int


@dataclass(frozen=True, slots=True)
class EditionOutsidePlan:
    at: Cell
    found: str
    year: int
    """The latest year that makes sense."""


@dataclass(frozen=True, slots=True)
class RowsWithoutHeading:
    """Names of units with values beside them, over the first heading that is known."""

    at: Cell


@dataclass(frozen=True, slots=True)
class OnlyOtherTimes:
    """A table whose figures are all of other times, or of a plan."""

    at: Cell


@dataclass(frozen=True, slots=True)
class NothingReported:
    at: Cell | None = None


Unreadable = (
    EmptyFile
    | TooManyBytes
    | OtherFormat
    | LockedByPassword
    | WebPage
    | NotAWorkbook
    | DamagedWorkbook
    | UnpacksTooLarge
    | TooMany
    | TooManyRows
)

Problem = (
    Unreadable
    | OnlyAList
    | TaskForm
    | UnknownPlan
    | UnknownReporter
    | ReporterDisagrees
    | UnknownQuarter
    | InvalidPeriod
    | QuarterDisagrees
    | QuarterOutsidePlan
    | NotADate
    | DateOutsideQuarter
    | NoHeading
    | IndicatorTwice
    | ColumnWithoutHeading
    | HeadingDisagrees
    | UnknownIndicator
    | UnknownUnit
    | OldEncoding
    | ForeignLetters
    | UnitOfLaterDay
    | CodeAndNameDisagree
    | RowWithoutUnit
    | RowWithoutIndicator
    | TablesBeside
    | ValueAcrossUnits
    | UnitTwice
    | NotANumber
    | NotYesOrNo
    | BothTicked
    | NotARank
    | RemarkInValue
    | PercentInCount
    | OtherMeasure
    | DateInValue
    | LogicalInValue
    | BrokenFormula
    | UncalculatedFormula
    | OutOfRange
    | NoFigure
    | TooFine
    | PartMissing
    | OtherCount
    | PartsGlued
    | NumeratorAboveDenominator
    | SomethingOfNothing
    | RatioDisagrees
    | BaseUnknown
    | BaseDenied
    | NoEarlierRank
    | EditionOutsidePlan
    | RowsWithoutHeading
    | OnlyOtherTimes
    | NothingReported
)

# Questions. `choices` are labels and answers at once; an answer holds for all `cells`, and `at` is the first of them.


@dataclass(frozen=True, slots=True)
class PercentUnclear:
    """0,96 in a percent column: a share of one, or of a hundred?"""

    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PercentOrCount:
    """A bare number for an indicator that is a share, where nothing says whether it is one."""

    at: Cell
    found: str
    indicator: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class EditionUnclear:
    """A heading names another year than the edition that is known by then."""

    at: Cell
    indicator: str
    year: int
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SeparatorUnclear:
    """1.292: thousands, or decimals?"""

    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DateUnclear:
    """A fraction such as 10/12 that Excel has made a date."""

    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class BlankAmongMarks:
    """A roster that only ticks: is what is not ticked "no", or not known?"""

    at: Cell
    indicator: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class IndicatorNotAsked:
    at: Cell
    indicator: str
    reporter: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class UnitNotAsked:
    at: Cell
    unit: str
    reporter: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class UnitUnclear:
    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ReporterUnclear:
    """The file names another reporter than the one that was chosen."""

    at: Cell
    found: str
    wanted: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class QuarterUnclear:
    at: Cell
    found: Quarter
    wanted: Quarter
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeadingUnclear:
    """A column with values whose heading says nothing known, while something that is asked for has no column."""

    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class IndicatorUnclear:
    """A row with values that names no indicator of the plan."""

    at: Cell
    found: str
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CumulativeFell:
    """Counted once a year and cumulative, so it cannot fall."""

    at: Cell
    unit: str
    indicator: str
    before: Decimal
    earlier: Quarter
    now: Decimal
    choices: tuple[str, ...]
    cells: tuple[Cell, ...]


Doubt = (
    PercentUnclear
    | PercentOrCount
    | EditionUnclear
    | SeparatorUnclear
    | DateUnclear
    | BlankAmongMarks
    | IndicatorNotAsked
    | UnitNotAsked
    | UnitUnclear
    | ReporterUnclear
    | QuarterUnclear
    | HeadingUnclear
    | IndicatorUnclear
    | CumulativeFell
)
Placing = UnitUnclear | HeadingUnclear | IndicatorUnclear
"""Where something belongs: the answer is remembered for the reporter and offered next time."""

# What is kept, or left out, and worth a look.


@dataclass(frozen=True, slots=True)
class MacrosIgnored:
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class OlderForm:
    at: Cell | None
    found: str
    current: str


@dataclass(frozen=True, slots=True)
class HiddenSheet:
    at: Cell


@dataclass(frozen=True, slots=True)
class HiddenRows:
    at: Cell
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SheetSkipped:
    at: Cell


@dataclass(frozen=True, slots=True)
class SheetOfAnotherTime:
    """A sheet of a plan, or of another time."""

    at: Cell


@dataclass(frozen=True, slots=True)
class ColumnIgnored:
    at: Cell
    heading: str


@dataclass(frozen=True, slots=True)
class RowIgnored:
    """A row of text, without a unit and without values."""

    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class UnitReadAs:
    at: Cell
    found: str
    unit: str


@dataclass(frozen=True, slots=True)
class CodeIgnored:
    at: Cell
    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class OnlyPercent:
    """A share without its parts: kept, but never added up."""

    at: Cell
    indicator: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class SameTwice:
    at: Cell
    first: Cell
    unit: str


@dataclass(frozen=True, slots=True)
class TargetDiffers:
    at: Cell
    indicator: str
    found: Decimal
    given: Decimal


@dataclass(frozen=True, slots=True)
class Estimated:
    at: Cell
    indicator: str


@dataclass(frozen=True, slots=True)
class ReadAsMissing:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class ReadAsZero:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class DividedByNothing:
    """#DIV/0! in a derived ratio beside 0 and 0."""

    at: Cell


@dataclass(frozen=True, slots=True)
class LinkedFormula:
    at: Cell
    formula: str


@dataclass(frozen=True, slots=True)
class DateBesideQuarter:
    """A cut-off day of the same year or soon after, though not of the quarter itself."""

    at: Cell
    found: date
    quarter: Quarter


@dataclass(frozen=True, slots=True)
class CutOffRead:
    at: Cell
    as_of: date


@dataclass(frozen=True, slots=True)
class TotalDiffers:
    at: Cell
    indicator: str
    found: str
    computed: str


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A total for a district where communes are asked: used for what they have not reported."""

    at: Cell
    unit: str
    indicator: str
    found: str = ""
    """The total, when some communes have reported and it is not their sum."""
    computed: str = ""
    reported: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class OwnFigureDiffers:
    at: Cell
    unit: str
    indicator: str
    found: str
    computed: str


@dataclass(frozen=True, slots=True)
class UniverseDiffers:
    at: Cell
    unit: str
    indicator: str
    found: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class AboveAll:
    """A flow above 100 %, which work carried over from the quarter before can explain."""

    at: Cell
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class AllZero:
    at: Cell
    unit: str


@dataclass(frozen=True, slots=True)
class GainRead:
    at: Cell
    found: str
    year: int
    rank: int
    before: int


@dataclass(frozen=True, slots=True)
class EditionAssumed:
    at: Cell
    year: int


@dataclass(frozen=True, slots=True)
class ChoiceRemembered:
    """A question answered as it was for an earlier workbook of the reporter."""

    at: Cell
    found: str
    choice: str


@dataclass(frozen=True, slots=True)
class FiguresReplaced:
    reporter: str
    quarter: Quarter
    figures: int
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class UnitsMissing:
    indicators: tuple[str, ...]
    units: tuple[str, ...]
    asked: int
    at: Cell | None = None


Notice = (
    MacrosIgnored
    | OlderForm
    | HiddenSheet
    | HiddenRows
    | SheetSkipped
    | SheetOfAnotherTime
    | ColumnIgnored
    | RowIgnored
    | UnitReadAs
    | CodeIgnored
    | OnlyPercent
    | SameTwice
    | TargetDiffers
    | Estimated
    | ReadAsMissing
    | ReadAsZero
    | DividedByNothing
    | LinkedFormula
    | CutOffRead
    | DateBesideQuarter
    | TotalDiffers
    | OwnFigure
    | OwnFigureDiffers
    | UniverseDiffers
    | AboveAll
    | AllZero
    | GainRead
    | EditionAssumed
    | ChoiceRemembered
    | FiguresReplaced
    | UnitsMissing
)

# What was done with each part of each sheet.


class Why(StrEnum):
    FIGURE = auto()
    NAME = auto()
    HEADING = auto()
    TITLE = auto()
    INDEX = auto()
    GROUP = auto()
    SUBTOTAL = auto()
    TOTAL = auto()
    RATES = auto()
    REMARKS = auto()
    SIGNATURE = auto()
    WORDS = auto()
    ORDER = auto()
    MEASURE = auto()
    TARGET = auto()
    EARLIER = auto()
    OTHER_COUNT = auto()
    ESTIMATE = auto()
    LEFT_OUT = auto()
    HIDDEN_SHEET = auto()
    NO_TABLE = auto()
    COLUMN = auto()
    NO_HEADING = auto()
    ROW = auto()
    WRONG = auto()
    ASKED = auto()


TraceKind = Literal["read", "skipped", "unknown"]
_READ = frozenset({Why.FIGURE, Why.NAME, Why.HEADING})
_UNKNOWN = frozenset({Why.COLUMN, Why.NO_HEADING, Why.ROW, Why.WRONG, Why.ASKED})


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a range of cells; the later trace of a cell holds."""

    sheet: str
    area: str
    """ "B7", "A1:N6"; "" for the whole sheet."""
    why: Why
    found: str = ""
    """What stands in the first cell, or over the column."""

    @property
    def kind(self) -> TraceKind:
        return "read" if self.why in _READ else "unknown" if self.why in _UNKNOWN else "skipped"


# What is told of tasks.


@dataclass(frozen=True, slots=True)
class NoTaskForm:
    """A workbook of anything else where tasks are asked for; `figures` when it is a form of figures."""

    figures: bool
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """The hidden sheet by which a form is known is not as it was handed out."""

    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class UnknownOwner:
    found: str
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class UnknownTask:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class ForeignTask:
    at: Cell
    task: str
    assignee: str


@dataclass(frozen=True, slots=True)
class TaskTwice:
    at: Cell
    first: Cell
    task: str


@dataclass(frozen=True, slots=True)
class UnknownState:
    at: Cell | None
    found: str


@dataclass(frozen=True, slots=True)
class DoneWithoutDate:
    at: Cell | None
    task: str


@dataclass(frozen=True, slots=True)
class DateWithoutDone:
    at: Cell | None
    task: str


@dataclass(frozen=True, slots=True)
class ResultWithoutDone:
    at: Cell | None
    task: str


@dataclass(frozen=True, slots=True)
class DayToCome:
    """A day on which something is said to have happened, later than today."""

    at: Cell | None
    found: date
    today: date


@dataclass(frozen=True, slots=True)
class DoneAfterQuarter:
    at: Cell | None
    found: date
    quarter: Quarter


@dataclass(frozen=True, slots=True)
class DoneBeforeStart:
    at: Cell | None
    found: date
    start: date


@dataclass(frozen=True, slots=True)
class TextTooLong:
    at: Cell | None
    length: int
    limit: int


@dataclass(frozen=True, slots=True)
class BadEvidence:
    """`reason` is empty, large, or kind: no file of the kinds that are taken, or not what its name says."""

    filename: str
    reason: Literal["empty", "large", "kind"]
    at: Cell | None = None


TaskProblem = (
    NoTaskForm
    | KeyChanged
    | UnknownOwner
    | UnknownTask
    | ForeignTask
    | TaskTwice
    | UnknownState
    | DoneWithoutDate
    | DateWithoutDone
    | ResultWithoutDone
    | DayToCome
    | DoneAfterQuarter
    | DoneBeforeStart
    | TextTooLong
    | BadEvidence
)


@dataclass(frozen=True, slots=True)
class DoneWithoutResult:
    at: Cell | None
    task: str


@dataclass(frozen=True, slots=True)
class NothingTold:
    at: Cell | None = None


TaskNotice = DoneWithoutResult | NothingTold

Finding = Problem | Doubt | Notice | TaskProblem | TaskNotice


def reason(finding: Finding) -> str:
    """A name for machines: UnknownUnit -> "unknown_unit"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(finding).__name__).lower()


# The list of people with ratings and discipline.


@dataclass(frozen=True, slots=True)
class NoSuchSheet:
    sheet: str
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class NoSuchColumn:
    sheet: str
    heading: str
    at: Cell | None = None


@dataclass(frozen=True, slots=True)
class FieldMissing:
    at: Cell
    heading: str


@dataclass(frozen=True, slots=True)
class DecisionMissing:
    """Somebody was disciplined, and this is lacking of the decision."""

    at: Cell
    heading: str


@dataclass(frozen=True, slots=True)
class BadCode:
    at: Cell
    found: str


@dataclass(frozen=True, slots=True)
class CodeTwice:
    at: Cell
    first: Cell
    code: str


@dataclass(frozen=True, slots=True)
class CodeOfRoom:
    """Rooms and people are told apart by their codes alone."""

    at: Cell
    code: str


@dataclass(frozen=True, slots=True)
class CodeUnlisted:
    """A row of another sheet is about somebody whom the first sheet does not name."""

    at: Cell
    code: str


@dataclass(frozen=True, slots=True)
class NotOneOf:
    at: Cell
    found: str
    heading: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NobodyNamed:
    at: Cell | None = None


MemberProblem = (
    NoSuchSheet
    | NoSuchColumn
    | FieldMissing
    | DecisionMissing
    | BadCode
    | CodeTwice
    | CodeOfRoom
    | CodeUnlisted
    | NotOneOf
    | NobodyNamed
)
