"""Every Vietnamese word the package says: numbers, dates, statuses, problems, questions, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar, assert_never
from zoneinfo import ZoneInfo

from kpi.model import (
    CONSOLE,
    PROGRAM,
    Act,
    AlreadyKeptError,
    AlreadyWithdrawnError,
    BadLoginError,
    Behaviour,
    Cell,
    DamagedBackupError,
    DamagedOriginalError,
    Document,
    Entry,
    Event,
    Fault,
    FaultyFileError,
    FolderInUseError,
    Grant,
    HoldsRealFiguresError,
    HoldsRealPeopleError,
    Indicator,
    Kind,
    KpiError,
    LastAdminError,
    Level,
    LostFileError,
    NoOfficeProgramError,
    NotAllowedError,
    NotKeptError,
    Period,
    Person,
    PersonalErasedError,
    Plan,
    Quarter,
    QuarterClosedError,
    Reading,
    Right,
    Role,
    Snapshot,
    StaleLinkError,
    StalePlanError,
    State,
    Status,
    StoreBusyError,
    StoreUnusableError,
    TakenLoginError,
    TaskState,
    TemplateError,
    TooManyAttemptsError,
    UncleanDraftError,
    UneditablePlanError,
    UnknownBackupError,
    UnknownPersonError,
    UnknownPlanTextError,
    UnknownSnapshotError,
    UnknownSubjectError,
    UnknownTaskError,
    UnknownUploadError,
    Upload,
    WeakPasswordError,
    WrongPasswordError,
)
from kpi.problems import (
    AboveAll,
    AllZero,
    BaseDenied,
    BaseUnknown,
    BlankAmongMarks,
    BothTicked,
    BrokenFormula,
    ChoiceRemembered,
    CodeAndNameDisagree,
    CodeIgnored,
    ColumnIgnored,
    ColumnWithoutHeading,
    CumulativeFell,
    CutOffRead,
    DamagedWorkbook,
    DateBesideQuarter,
    DateInValue,
    DateOutsideQuarter,
    DateUnclear,
    DividedByNothing,
    Doubt,
    EditionAssumed,
    EditionOutsidePlan,
    EditionUnclear,
    EmptyFile,
    Estimated,
    FiguresReplaced,
    ForeignLetters,
    GainRead,
    HeadingDisagrees,
    HeadingUnclear,
    HiddenRows,
    HiddenSheet,
    IndicatorNotAsked,
    IndicatorTwice,
    IndicatorUnclear,
    InvalidPeriod,
    LinkedFormula,
    LockedByPassword,
    LogicalInValue,
    MacrosIgnored,
    NoEarlierRank,
    NoFigure,
    NoHeading,
    NotADate,
    NotANumber,
    NotARank,
    NotAWorkbook,
    NothingReported,
    Notice,
    NotYesOrNo,
    NumeratorAboveDenominator,
    OldEncoding,
    OlderForm,
    OnlyAList,
    OnlyOtherTimes,
    OnlyPercent,
    OtherCount,
    OtherFormat,
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
    QuarterDisagrees,
    QuarterOutsidePlan,
    QuarterUnclear,
    RatioDisagrees,
    ReadAsMissing,
    ReadAsZero,
    RemarkInValue,
    ReporterDisagrees,
    ReporterUnclear,
    RowIgnored,
    RowsWithoutHeading,
    RowWithoutIndicator,
    RowWithoutUnit,
    SameTwice,
    SeparatorUnclear,
    SheetOfAnotherTime,
    SheetSkipped,
    SomethingOfNothing,
    TablesBeside,
    TargetDiffers,
    TaskForm,
    TooFine,
    TooMany,
    TooManyBytes,
    TooManyRows,
    TotalDiffers,
    UncalculatedFormula,
    UnitNotAsked,
    UnitOfLaterDay,
    UnitReadAs,
    UnitsMissing,
    UnitTwice,
    UnitUnclear,
    UniverseDiffers,
    UnknownIndicator,
    UnknownPlan,
    UnknownQuarter,
    UnknownReporter,
    UnknownUnit,
    UnpacksTooLarge,
    Unreadable,
    ValueAcrossUnits,
    WebPage,
)

# --- numbers, dates, statuses ---

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ILLUSTRATIVE = "Số liệu minh họa"


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """1234.50 -> "1.234,5"; with `decimals`, exactly so many."""
    text = f"{Decimal(value) if decimals is None else round_half_up(Fraction(value), decimals):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """Exact decimal of a ratio, halves away from zero."""
    scaled = abs(value) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(f"{'-' if value < 0 and whole else ''}{whole}E-{decimals}")


def percent(value: Fraction | Decimal, target: Decimal | None = None) -> str:
    """One decimal, and as many more as it takes for the print to stay on the value's own side of the target."""
    return f"{_beside(Fraction(value), target)}%"


def rounded(value: Fraction, target: Decimal | None = None) -> Decimal:
    """What `percent` prints, as a number."""
    decimals = 1
    if target is not None:
        while (round_half_up(value, decimals) >= target) != (value >= target):
            decimals += 1
    return round_half_up(value, decimals)


def _beside(value: Fraction, target: Decimal | None) -> str:
    shown = rounded(value, target)
    return number(shown, -int(shown.as_tuple().exponent))


_COUNTS = ("phát sinh trong quý", "lũy kế từ đầu năm")
_PARTS_OF_YEAR = {"H1": "6 tháng đầu năm", "9M": "9 tháng đầu năm", "": "Năm"}


def period(p: Period) -> str:
    """ "Quý IV/2022", "6 tháng đầu năm 2022", "Năm 2022"."""
    return f"{_PARTS_OF_YEAR[p.part]} {p.year}" if p.part in _PARTS_OF_YEAR else quarter(p.quarter)


def edition(year: int) -> str:
    return f"Bảng xếp hạng năm {year}"


def quarter(q: Quarter) -> str:
    return f"Quý {('I', 'II', 'III', 'IV')[q.number - 1]}/{q.year}"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def moment(utc: datetime) -> str:
    """A time of the store (UTC without zone) as the clock in Hà Nội shows it."""
    return f"{utc.replace(tzinfo=UTC).astimezone(HANOI):%H:%M ngày %d/%m/%Y}"


def size(octets: int) -> str:
    """ "19 KB", "1,4 MB"."""
    if octets < 1000 * 1000:
        return f"{number(-(-octets // 1000))} KB"
    return f"{number(round_half_up(Fraction(octets, 1000 * 1000), 1))} MB"


def place(cell: Cell) -> str:
    return f"Trang “{cell.sheet}”, ô {cell.address}"


def source(filename: str, cell: Cell) -> str:
    return f"Tệp {filename}, trang “{cell.sheet}”, ô {cell.address}"


STATUS: Mapping[Status, str] = {
    Status.NO_DATA: "Chưa có số liệu",
    Status.AWAITING: "Chờ công bố",
    Status.NOT_APPLICABLE: "Không phát sinh",
    Status.EXCEEDED: "Vượt",
    Status.MET: "Đạt",
    Status.MISSED: "Chưa đạt",
    Status.UNREACHABLE: "Không thể đạt",
    Status.ON_TRACK: "Đúng tiến độ",
    Status.BEHIND: "Chậm tiến độ",
    Status.IN_PROGRESS: "Đang thực hiện",
}
NOT_ENOUGH_DATA = "Chưa đủ số liệu"
NO_TARGET = "không giao chỉ tiêu số"
STALE = "số liệu cũ"
BARE = "chỉ có tỷ lệ, không cộng được"
NOTHING = "–"

# Told apart by shape alone, in black and white and by the colour-blind.
SYMBOL: Mapping[Status, str] = {
    Status.NO_DATA: "○",
    Status.AWAITING: "◇",
    Status.NOT_APPLICABLE: "–",
    Status.EXCEEDED: "★",
    Status.MET: "✔",
    Status.MISSED: "✖",
    Status.UNREACHABLE: "⊘",
    Status.ON_TRACK: "▲",
    Status.BEHIND: "▼",
    Status.IN_PROGRESS: "◐",
}


def status(which: Status, *, some: bool = False) -> str:
    """`some`: there is a value, so a verdict that is lacking means not enough data, not none."""
    return NOT_ENOUGH_DATA if some and which is Status.NO_DATA else STATUS[which]


def plan_name(plan: Plan) -> str:
    """When and where it runs, then its title: a list shows only the first words."""
    years = _years(plan.start.year, plan.end.year)
    return f"{' '.join(filter(None, (plan.place, years)))}: {plan.title}"


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def target(indicator: Indicator, value: Decimal | None = None) -> str:
    """ "≥ 96%", "≥ 100 xã, phường", "tăng ≥ 2 bậc"; `value` is a unit's own part of a count."""
    if indicator.target is None:
        return NO_TARGET
    floor = number(indicator.target.value if value is None else value)
    if indicator.target.rise:
        return f"tăng ≥ {floor} bậc"
    return f"≥ {floor}%" if indicator.kind is Kind.SHARE else f"≥ {floor} {_unit_of_count(indicator)}"


def figure(
    indicator: Indicator,
    value: Fraction | None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    edition: int | None = None,
) -> str:
    """A value as people read it: "86,1% (93/108)", "100 xã, phường", "hạng 51 (năm 2021)"."""
    if value is None:
        return NOTHING
    if indicator.kind is Kind.RANK:
        of_year = "" if edition is None else f" (năm {edition})"
        return f"hạng {number(_exact(value))}{of_year}"
    if indicator.kind is Kind.COUNT:
        return f"{number(_exact(value))} {_unit_of_count(indicator)}"
    share = percent(value, _goal(indicator))
    if numerator is None or denominator is None:
        return share
    return f"{share} ({number(numerator)}/{number(denominator)})"


def bounds(indicator: Indicator, lower: Fraction, upper: Fraction) -> str:
    """ "86,1–93,5%", or "93–98 xã"."""
    if indicator.kind is Kind.COUNT:
        return f"{number(_exact(lower))}–{number(_exact(upper))} {_unit_of_count(indicator)}"
    goal = _goal(indicator)
    return f"{_beside(lower, goal)}–{_beside(upper, goal)}%"


def _goal(indicator: Indicator) -> Decimal:
    """What no print may be rounded across: without a target, the whole."""
    return Decimal(100) if indicator.target is None else indicator.target.value


def gap(needed: Decimal | None, lacking: Decimal, things: str) -> str:
    """ "cần 98, còn thiếu 5 xã"; of a rank only the places."""
    short = f"còn thiếu {number(lacking)} {things}" if lacking else "đã đủ"
    return short if needed is None else f"cần {number(needed)}, {short}"


def reports(reported: int, expected: int) -> str:
    return f"báo cáo {number(reported)}/{number(expected)}"


def difference(
    indicator: Indicator, value: Fraction | None, gain: int | None = None, goal: Decimal | None = None
) -> str:
    """The distance to the target in its own measure: "thấp hơn 3,9 điểm %", "cao hơn 6 bậc".

    Never a sign, so that no spreadsheet takes it for a formula. `goal` is a unit's own part of a count.
    """
    reached = (None if gain is None else Fraction(gain)) if indicator.kind is Kind.RANK else value
    floor = indicator.target.value if goal is None and indicator.target else goal
    if reached is None or floor is None:
        return NOTHING
    away = reached - Fraction(floor)
    if away == 0:
        return "bằng chỉ tiêu"
    word = "cao hơn" if away > 0 else "thấp hơn"
    if indicator.kind is not Kind.SHARE:
        things = "bậc" if indicator.kind is Kind.RANK else indicator.things
        return f"{word} {number(_exact(abs(away)))} {things}"
    decimals = 1
    while not round_half_up(away, decimals):
        decimals += 1
    return f"{word} {number(round_half_up(abs(away), decimals), decimals)} điểm %"


def rest(needed_rest: Fraction, to_come: Decimal | None = None, things: str = "") -> str:
    """What a flow needs until the end of the year, and of how many things still expected."""
    if not needed_rest:
        return "đã đủ cho cả năm"
    words = f"cần {percent(needed_rest, Decimal(100))} trong thời gian còn lại"
    if to_come:
        words += f" (dự kiến còn {number(to_come)} {things})"
    return f"không thể đạt: {words}" if needed_rest > 100 else words


def gain(places: int, edition: int | None = None) -> str:
    """Places climbed since the edition before, in words; with the editions when one is named."""
    words = f"{'tăng' if places > 0 else 'giảm'} {number(abs(places))} bậc" if places else "giữ nguyên hạng"
    return words if edition is None else f"{words} (năm {edition} so với {edition - 1})"


def _unit_of_count(indicator: Indicator) -> str:
    return indicator.unit_of_measure or indicator.things


def _exact(value: Fraction) -> Decimal:
    """A count or a rank: it came from a Decimal, so some number of decimals holds it."""
    decimals = 0
    while Fraction(round_half_up(value, decimals)) != value:
        decimals += 1
    return round_half_up(value, decimals)


# --- forms ---

YES = "Có"
NO = "Không"
NOT_KNOWN = "Chưa có số liệu"
LEAVE_OUT = "Bỏ qua"
MEND_FILE = "Để tôi sửa tệp"
IN_PERCENT = "Là tỷ lệ phần trăm"
KEEP_NEW = "Giữ số mới"

GUIDE_SHEET = "Hướng dẫn"
RANK_SHEET = "Xếp hạng"
LEVEL_SHEET: Mapping[Level, str] = {
    Level.PROVINCE: "Cấp tỉnh",
    Level.DISTRICT: "Cấp huyện",
    Level.COMMUNE: "Cấp xã",
    Level.AGENCY: "Cơ quan cấp tỉnh",
}
UNIT_OF_LEVEL: Mapping[Level, str] = {
    Level.PROVINCE: "Tỉnh",
    Level.DISTRICT: "Huyện, thành phố",
    Level.COMMUNE: "Xã, phường, thị trấn",
    Level.AGENCY: "Cơ quan",
}
ORDER = "STT"
CODE = "Mã"
INDICATOR = "Chỉ tiêu"
UNIT_OF_MEASURE = "ĐVT"
BEFORE = "Quý trước"
NOW = "Kỳ này"
NUMERATOR = "Tử số"
DENOMINATOR = "Mẫu số"
SHARE = "Tỷ lệ (%)"
EDITION = "Năm số liệu"
RANK_BEFORE = "Hạng năm trước"
RANK = "Hạng"
TOTAL = "Tổng cộng"
SENDER = "Đơn vị gửi:"
AS_OF = "Số liệu tính đến ngày:"
LEGEND = "Chỉ điền vào các ô màu vàng; các ô khác đã khóa. Cách điền: xem trang “Hướng dẫn”."
PAGE = "Trang &P/&N"


def form_title(q: Quarter) -> str:
    return f"BÁO CÁO SỐ LIỆU {quarter(q).upper()}"


def year_target(year: int) -> str:
    return f"{INDICATOR} năm {year}"


def heading(indicator: Indicator) -> str:
    return f"({indicator.number}) {indicator.name}"


def heading_with_target(indicator: Indicator) -> str:
    goal = "" if indicator.target is None else f"\n{INDICATOR} năm: {target(indicator)}"
    return f"{heading(indicator)}{goal}"


def meaning(part: str, words: str) -> str:
    return f"{part}: {words}"


def question(words: str) -> str:
    return f"{words}?"


def heading_with_parts(indicator: Indicator) -> str:
    """For a form with a row per indicator: what is counted stands under the name."""
    return f"{heading(indicator)}\n• {NUMERATOR}: {indicator.numerator}\n• {DENOMINATOR}: {indicator.denominator}"


# Title and text of the messages Excel shows; it cuts a title after 32 letters and a text after 225.
def ask_yes_or_no() -> tuple[str, str]:
    return "Chọn Có hoặc Không", "Chỉ chọn “Có” hoặc “Không” trong danh sách. Chưa có số liệu thì để trống."


def ask_whole(part: str) -> tuple[str, str]:
    return (
        f"{part}: nhập số nguyên",
        "Chỉ nhập số nguyên từ 0 trở lên, không kèm chữ. Chưa có số liệu thì để trống, không nhập 0.",
    )


def ask_decimal(part: str, decimals: int, things: str) -> tuple[str, str]:
    return (
        f"{part}: nhập số",
        f"Chỉ nhập số từ 0 trở lên ({things}, tối đa {decimals} chữ số thập phân), không kèm chữ. "
        "Chưa có số liệu thì để trống.",
    )


def ask_rank() -> tuple[str, str]:
    return (
        "Hạng: nhập số nguyên",
        "Nhập thứ hạng đã công bố, là số nguyên từ 1 trở lên. Chưa công bố thì để trống.",
    )


def ask_edition(years: Sequence[int]) -> tuple[str, str]:
    return "Năm của bảng xếp hạng", f"Chọn năm của số liệu xếp hạng: {', '.join(map(str, years))}."


def ask_as_of(q: Quarter) -> tuple[str, str]:
    return (
        "Ngày chốt số liệu",
        f"Nhập ngày/tháng/năm, từ {day(q.first_day)} đến {day(q.last_day)} ({quarter(q)}).",
    )


def guide(q: Quarter, due: date, as_of: date) -> tuple[tuple[str, str], ...]:
    """What the sheet of instructions says before the list of indicators: heading, text."""
    return (
        (
            "1. Cách điền",
            "Chỉ điền vào các ô màu vàng. Ô chọn: bấm mũi tên và chọn “Có” hoặc “Không”. Ô số: chỉ gõ số, không gõ "
            "kèm chữ hay dấu %. Lời giải thích ghi ở cột “Ghi chú”. Tỷ lệ và dòng tổng cộng tự tính.",
        ),
        (
            "2. Để trống, số 0 và “không phát sinh”",
            "Chưa có số liệu: để trống (không ghi 0). Có số liệu và bằng không: ghi 0. Không phát sinh gì để đếm "
            "(ví dụ trong quý không có hồ sơ nào): ghi 0 ở cả tử số và mẫu số. Để trống không xóa số liệu đã gửi trước.",
        ),
        (
            "3. Quý trước",
            "Cột chữ xám là số liệu đã gửi quý trước, để đối chiếu; không cần chép lại và không sửa được.",
        ),
        (
            "4. Ngày của số liệu",
            f"Mặc định tính đến ngày {day(as_of)}. Nếu khác, sửa ngày ở đầu biểu; ngày phải nằm trong {quarter(q)}.",
        ),
        (
            "5. Gửi biểu",
            f"Lưu tệp dạng .xlsx rồi tải lên ở mục “Nạp số liệu” trước hết ngày {day(due)}. Chương trình báo mọi chỗ "
            "cần sửa kèm tên trang và ô; sửa ngay trong tệp này rồi tải lên lại, bao nhiêu lần cũng được. Chỉ khi bấm "
            "xác nhận, số liệu mới được lưu.",
        ),
        (
            "6. Nếu gửi sai",
            "Sửa tệp và gửi lại. Số mới thay số cũ; bản cũ vẫn được giữ để đối chiếu.",
        ),
    )


GUIDE_TITLE = "HƯỚNG DẪN ĐIỀN BIỂU"
GUIDE_INDICATORS = "Ý nghĩa của từng chỉ tiêu"
GUIDE_HEADINGS = (INDICATOR, "Cần điền", "Ý nghĩa")


def asks_for(indicator: Indicator) -> str:
    match indicator.entry:
        case Entry.YES_NO:
            return "Có hoặc Không cho từng đơn vị"
        case Entry.FRACTION:
            return "Tử số và mẫu số"
        case Entry.RANK:
            return "Năm số liệu và thứ hạng"
        case _:
            assert_never(indicator.entry)


def meanings(indicator: Indicator) -> str:
    """What is counted, how the quarters go together, and what the office has assumed."""
    parts = (
        (NUMERATOR, indicator.numerator),
        (DENOMINATOR, indicator.denominator),
    )
    lines = (
        [question(indicator.numerator)]
        if indicator.entry is Entry.YES_NO
        else [meaning(name, words) for name, words in parts if words]
    )
    over_time = {
        Behaviour.FLOW: "Chỉ tính trong quý này, không cộng các quý trước.",
        Behaviour.DISTINCT: "Tính lũy kế từ đầu năm; mỗi thủ tục chỉ đếm một lần.",
        Behaviour.STOCK: "Tính theo hiện trạng đến ngày chốt số liệu.",
        Behaviour.EDITION: "Theo bảng xếp hạng được công bố; mỗi năm một lần.",
    }
    return "\n".join([*lines, over_time[indicator.behaviour], indicator.definition]).strip()


# --- problems, questions, notices ---


def explain(problem: Problem) -> str:
    """What is wrong and how to mend it, with its place."""
    return _at(problem.at, _mistake(_cut(problem)))


def ask(doubt: Doubt) -> str:
    """The question; its choices are `doubt.choices`."""
    return _at(doubt.at, _question(_cut(doubt)))


def notice(found: Notice) -> str:
    return _at(found.at, _remark(_cut(found)))


# More of what stands in a cell nobody needs to find it again.
_LONGEST = 120
_Said = TypeVar("_Said", Problem, Doubt, Notice)


def _cut(finding: _Said) -> _Said:
    """A cell may hold 32.767 letters."""
    texts = {f.name: getattr(finding, f.name) for f in fields(finding)}
    long: dict[str, Any] = {
        k: f"{t[: _LONGEST - 1]}…" for k, t in texts.items() if isinstance(t, str) and len(t) > _LONGEST
    }
    return replace(finding, **long) if long else finding


def _at(at: Cell | None, words: str) -> str:
    return f"{place(at)}: {words}" if at else words[:1].upper() + words[1:]


_PART: Mapping[Part, str] = {"numerator": "tử số", "denominator": "mẫu số"}
_PARTS = "tử số và mẫu số ở hai ô"


def _mistake(problem: Problem) -> str:
    if isinstance(problem, Unreadable):
        return _unreadable(problem)
    match problem:
        case OnlyAList():
            return (
                "đây là danh sách chỗ cần sửa mà chương trình đã lập, không phải tệp số liệu. "
                "Hãy sửa trong tệp gốc của bạn theo danh sách này rồi nạp lại tệp gốc."
            )
        case TaskForm():
            return "đây là biểu nhiệm vụ, không phải biểu số liệu. Hãy nạp ở trang “Nhiệm vụ”, mục “Cập nhật bằng Excel”."
        case UnknownPlan(found):
            named = f" (ghi “{found}”)" if found else ""
            return f"không nhận ra tệp thuộc kế hoạch nào{named}. Hãy tải biểu mẫu và điền vào biểu mẫu đó."
        case UnknownReporter(""):
            return "không biết đơn vị nào gửi tệp này. Ghi tên đơn vị ở dòng “Đơn vị gửi:” hoặc chọn đơn vị khi nạp."
        case UnknownReporter(found):
            return f"“{found}” không có trong danh sách đơn vị gửi báo cáo của kế hoạch. Ghi đúng tên đơn vị gửi."
        case ReporterDisagrees(_, found, wanted):
            return f"tên đơn vị trong tệp ({found}) khác đơn vị đang nộp ({wanted}). Chọn đúng đơn vị hoặc đúng tệp."
        case UnknownQuarter():
            return "không biết tệp báo cáo quý nào. Ghi quý và năm ở tiêu đề, ví dụ “Quý I/2022”, hoặc chọn quý khi nạp."
        case InvalidPeriod(_, found):
            return f"kỳ báo cáo không hợp lệ: “{found}”. Ghi từ Quý I đến Quý IV và năm, ví dụ “Quý I/2022”."
        case QuarterDisagrees(_, found, wanted):
            return (
                f"kỳ báo cáo trong tệp ({quarter(found)}) khác kỳ đang nộp ({quarter(wanted)}). "
                "Chọn đúng kỳ hoặc đúng tệp."
            )
        case QuarterOutsidePlan(_, which, first, last):
            return f"kỳ {quarter(which)} nằm ngoài kế hoạch năm {_years(first, last)}."
        case NotADate(_, found):
            return f"ngày “{found}” không đúng dạng ngày/tháng/năm. Ví dụ đúng: 14/03/2022."
        case DateOutsideQuarter(_, found, which):
            return (
                f"số liệu tính đến ngày {day(found)}, nằm ngoài {quarter(which)}. "
                f"Ghi một ngày từ {day(which.first_day)} đến {day(which.last_day)}."
            )
        case NoHeading():
            return (
                "không tìm thấy dòng tiêu đề (cần có cột đơn vị và ít nhất một chỉ tiêu). "
                "Hãy tải biểu mẫu và điền vào biểu mẫu đó."
            )
        case IndicatorTwice(_, first, indicator):
            name = f"chỉ tiêu {indicator}" if indicator[:1].isdecimal() else f"“{indicator}”"
            return f"{name} xuất hiện ở hai cột, cột này và ô {first.address}. Xóa một cột."
        case ColumnWithoutHeading(_, column):
            return f"cột {column} có số liệu nhưng không có tiêu đề. Ghi tiêu đề của cột hoặc xóa cột."
        case HeadingDisagrees(_, found, by_number, by_name):
            return (
                f"tiêu đề “{found}” ghi số của chỉ tiêu {by_number} nhưng tên của chỉ tiêu {by_name}. "
                "Sửa số hoặc sửa tên."
            )
        case UnknownIndicator(_, found):
            return f"không có chỉ tiêu “{found}” trong kế hoạch. Ghi số thứ tự của chỉ tiêu, ví dụ “(4)”, và tên."
        case UnknownUnit(_, found, (), province):
            return f"“{found}” không phải đơn vị thuộc tỉnh {province}. Ghi đúng tên như trong biểu mẫu."
        case UnknownUnit(_, found, nearest, province):
            return f"không có đơn vị “{found}” trong tỉnh {province}. Có phải: {', '.join(nearest)}?"
        case OldEncoding(_, found, encoding):
            full = "TCVN3 (ABC)" if encoding == "TCVN3" else encoding
            return (
                f"“{found}” dùng bảng mã {full}. Chuyển sang Unicode bằng Unikey (Ctrl+Shift+F6) rồi tải lại."
            )
        case ForeignLetters(_, found, ""):
            return (
                f"“{found}” có ký tự ẩn đảo chiều chữ, không nhìn thấy được. Xóa ô và gõ lại bằng bàn phím."
            )
        case ForeignLetters(_, found, letters):
            return (
                f"“{found}” có chữ {', '.join(f'“{c}”' for c in letters)} của bảng chữ cái khác (Nga, Hy Lạp), chỉ trông "
                "giống chữ Việt. Xóa ô và gõ lại bằng bàn phím."
            )
        case UnitOfLaterDay(_, found, since):
            return f"“{found}” chỉ có từ ngày {day(since)}. Ghi tên đơn vị vào thời điểm của kỳ báo cáo."
        case CodeAndNameDisagree(_, code, by_code, name):
            return f"mã {code} là {by_code} nhưng tên ghi {name}. Sửa mã hoặc sửa tên."
        case RowWithoutUnit():
            return "dòng này có số liệu nhưng không có tên đơn vị. Ghi tên đơn vị hoặc xóa số liệu."
        case RowWithoutIndicator():
            return "dòng này có số liệu nhưng không có tên chỉ tiêu. Ghi tên chỉ tiêu hoặc xóa số liệu."
        case TablesBeside(_, first):
            return (
                f"hai bảng đặt cạnh nhau: tên đơn vị của dòng này đứng ở cột của ô {first.address} và ở cột này, không rõ "
                "số liệu nào của đơn vị nào. Đặt bảng sau xuống dưới bảng trước."
            )
        case ValueAcrossUnits(_, below):
            return (
                f"ô số liệu này gộp nhiều dòng, che cả ô {below.address} của đơn vị khác. "
                "Bỏ gộp ô và ghi số liệu từng đơn vị."
            )
        case UnitTwice(_, first, unit, indicator):
            return (
                f"{unit} có hai số liệu khác nhau của chỉ tiêu {indicator}: ô này và {_where(problem.at, first)}. "
                "Giữ một chỗ."
            )
        case NotANumber(_, found, indicator):
            return f"chỉ tiêu {indicator} cần số, không nhận “{found}”. Ví dụ đúng: 12."
        case NotYesOrNo(_, found, indicator):
            return f"chỉ tiêu {indicator} cần “{YES}” hoặc “{NO}”, không nhận “{found}”."
        case BothTicked(_, other, indicator):
            return f"chỉ tiêu {indicator} được đánh dấu ở cả cột “{YES}” (ô {other.address}) và cột “{NO}”. Xóa một dấu."
        case NotARank(_, found, indicator):
            return f"chỉ tiêu {indicator} cần thứ hạng, không nhận “{found}”. Ví dụ đúng: 51, 51/63 hoặc “tăng 2 bậc”."
        case RemarkInValue(_, found):
            return f"“{found}”: ô này chỉ ghi số; chuyển lời giải thích sang cột Ghi chú."
        case PercentInCount(_, found):
            return (
                f"ô cần số đếm nhưng đang có định dạng phần trăm (Excel hiện {found}). Đổi định dạng ô về Số (Number) "
                "rồi nhập lại số."
            )
        case OtherMeasure(_, found):
            return f"“{found}”: số liệu phải ghi đúng đơn vị tính của chỉ tiêu, không ghi theo nghìn, trăm hay mét. Đổi số và đơn vị tính."
        case DateInValue(_, found):
            return (
                f"ô là ngày tháng ({found}), không phải số; có thể Excel đã đổi số dạng “10/12” thành ngày. "
                f"Đổi định dạng ô về Số (Number) và nhập lại, {_PARTS}."
            )
        case LogicalInValue(_, found):
            return (
                f"ô ghi giá trị lô-gic {found}. Nhập lại bằng số, hoặc “{YES}”/“{NO}” ở ô hỏi có hay không."
            )
        case BrokenFormula(_, found):
            return f"công thức bị lỗi ({found}). Sửa công thức hoặc nhập số."
        case UncalculatedFormula(_, formula):
            return (
                f"ô có công thức {formula} nhưng chưa có kết quả. Mở tệp bằng Excel, lưu lại rồi tải lên, "
                "hoặc nhập số."
            )
        case OutOfRange(_, found, None):
            return f"{number(found)} nhỏ hơn 0. Nhập số từ 0 trở lên."
        case OutOfRange(_, found, high):
            return f"{number(found)} nằm ngoài khoảng 0–{number(high or Decimal(0))}. Kiểm tra lại số."
        case NoFigure(_, found):
            return (
                f"“{found}” không phải con số đọc được (vô hạn, quá lớn hoặc quá nhiều chữ số). Nhập lại số."
            )
        case TooFine(_, found, 0, things):
            return f"{number(found)} không phải số nguyên; {things} đếm bằng số nguyên. Nhập lại số."
        case TooFine(_, found, decimals, things):
            return f"{number(found)} có quá {decimals} chữ số thập phân ({things}). Làm tròn rồi nhập lại."
        case PartMissing(_, unit, indicator, lacking):
            return f"{unit}, chỉ tiêu {indicator}: thiếu {_PART[lacking]}. Nhập đủ {_PARTS} hoặc để trống cả hai."
        case OtherCount(_, unit, indicator, wanted):
            needed, given = _COUNTS if wanted == "increment" else _COUNTS[::-1]
            return (
                f"{unit}, chỉ tiêu {indicator}: cột này là số {given}, chỉ tiêu này cần số {needed}. "
                f"Thêm cột số {needed}."
            )
        case PartsGlued(_, found):
            return f"“{found}”: ghi {_PARTS} riêng."
        case NumeratorAboveDenominator(_, unit, numerator, denominator):
            return f"{unit}: tử số {number(numerator)} lớn hơn mẫu số {number(denominator)}. Kiểm tra lại hai số."
        case SomethingOfNothing(_, unit, numerator):
            return f"{unit}: tử số {number(numerator)} nhưng mẫu số bằng 0. Kiểm tra lại hai số."
        case RatioDisagrees(_, unit, written, numerator, denominator, ratio):
            return (
                f"{unit}: ghi {number(written)}% nhưng {number(numerator)}/{number(denominator)} = "
                f"{_apart(ratio, written)}%. Sửa tỷ lệ hoặc sửa tử số, mẫu số."
            )
        case BaseUnknown(_, unit, indicator, base):
            return f"{unit}: đã trả lời chỉ tiêu {indicator} nhưng chỉ tiêu {base} để trống. Điền chỉ tiêu {base}."
        case BaseDenied(_, unit, indicator, base):
            return f"{unit}: chỉ tiêu {indicator} là “{YES}” nhưng chỉ tiêu {base} là “{NO}”. Sửa một trong hai chỉ tiêu."
        case NoEarlierRank(_, found, year):
            return (
                f"“{found}” là số bậc tăng, giảm, nhưng chưa biết hạng của năm {year} để tính. "
                "Ghi thứ hạng, ví dụ 51/63."
            )
        case EditionOutsidePlan(_, found, year):
            return f"năm số liệu “{found}” không hợp lệ. Ghi năm của bảng xếp hạng, muộn nhất {year}."
        case RowsWithoutHeading():
            return (
                "từ dòng này có tên đơn vị và số liệu nhưng không nhận ra dòng tiêu đề ở trên. Ghi rõ tiêu đề các cột, ví dụ "
                "“Đơn vị” và tên hoặc số của chỉ tiêu."
            )
        case OnlyOtherTimes():
            return "bảng này chỉ có số của kỳ khác hoặc của kế hoạch. Thêm cột số liệu của kỳ báo cáo hoặc sửa tiêu đề cột."
        case NothingReported():
            return "tệp chưa ghi số liệu nào. Điền vào các ô màu vàng rồi tải lên lại."
        case _:
            assert_never(problem)


_SAVE_AS = "Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại."
_OTHER_FORMATS = {
    "ods": f"tệp là bảng tính OpenDocument (.ods). {_SAVE_AS}",
    "xlsb": f"tệp là Excel nhị phân (.xlsb). {_SAVE_AS}",
    "xml2003": f"tệp có đuôi Excel nhưng nội dung là XML của Excel 2003 (SpreadsheetML). {_SAVE_AS}",
    "strict": "tệp lưu theo dạng Strict Open XML. Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx), không chọn "
    "Strict Open XML Spreadsheet, rồi tải lại.",
    "text": "tệp không phải định dạng .xlsx: nội dung là văn bản (CSV). Mở bằng Excel, chọn Lưu thành > Excel Workbook "
    "(.xlsx) rồi tải lại, không đổi đuôi tệp bằng tay.",
    "old": f"tệp là Excel quá cũ (trước Excel 5.0). {_SAVE_AS}",
}
_TOO_MANY = {
    "sheets": "trang. Xóa các trang không cần",
    "cells": "ô. Xóa các dòng, cột trống đã định dạng và trang không cần",
    "merges": "vùng gộp ô hoặc gộp quá rộng. Bỏ gộp các ô không cần",
    "formats": "kiểu định dạng. Chép số liệu (Dán > Giá trị) sang một tệp mới",
    "texts": "ô chữ khác nhau. Xóa các trang không cần",
}


def _unreadable(problem: Unreadable) -> str:
    match problem:
        case EmptyFile():
            return "tệp rỗng hoặc tải lên chưa hết. Tải lại tệp."
        case TooManyBytes(size, limit):
            return (
                f"tệp {_megabytes(size)} MB, lớn hơn mức cho phép {_megabytes(limit)} MB. "
                "Xóa hình ảnh và các trang không cần rồi lưu lại."
            )
        case OtherFormat(format=kind):
            return _OTHER_FORMATS[kind]
        case LockedByPassword():
            return "tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lại."
        case WebPage():
            return "tệp có đuôi Excel nhưng nội dung là trang web (HTML/XML). Mở bằng Excel và lưu lại dạng .xlsx."
        case NotAWorkbook(filename):
            return (
                f"tệp “{filename}” không phải định dạng .xlsx. Lưu lại từ Excel, không đổi đuôi tệp bằng tay."
            )
        case DamagedWorkbook(code=code):
            look_up = f" Mã tra cứu: {code}." if code else ""
            return (
                f"tệp bị hỏng hoặc tải lên chưa hết. Mở bằng Excel, lưu lại dạng .xlsx rồi tải lại.{look_up}"
            )
        case UnpacksTooLarge():
            return "bảng quá lớn khi giải nén. Xóa các dòng trống, hình ảnh và trang không cần rồi lưu lại."
        case TooMany(what, limit):
            return f"tệp có hơn {number(limit)} {_TOO_MANY[what]} rồi lưu lại."
        case TooManyRows(_, rows, columns):
            return (
                f"bảng quá lớn (hơn {number(rows)} dòng hoặc {number(columns)} cột). "
                "Xóa các dòng, cột trống phía dưới và bên phải rồi lưu lại."
            )
        case _:
            assert_never(problem)


def _question(doubt: Doubt) -> str:
    others = len(doubt.cells) - 1
    so_on = f" Trả lời cho cả {number(others + 1)} ô cùng câu hỏi." if others else ""
    match doubt:
        case PercentUnclear(_, found, choices):
            return f"ghi {found}: là {' hay '.join(choices)}?{so_on}"
        case PercentOrCount(_, found, indicator):
            return f"chỉ tiêu {indicator} ghi {found} không kèm dấu %: là tỷ lệ phần trăm hay số đếm?{so_on}"
        case EditionUnclear(_, indicator, year):
            return f"chỉ tiêu {indicator}: tiêu đề ghi năm {year}. Thứ hạng này của bảng xếp hạng năm nào?{so_on}"
        case SeparatorUnclear(_, found, choices):
            return f"ghi {found}: dấu chấm/phẩy là hàng nghìn hay thập phân ({' hay '.join(choices)})?{so_on}"
        case DateUnclear(_, found):
            return f"Excel ghi ngày {found}; có phải tử số/mẫu số đã bị đổi thành ngày?{so_on}"
        case BlankAmongMarks(_, indicator):
            return f"chỉ tiêu {indicator} chỉ đánh dấu x; {number(len(doubt.cells))} ô để trống nghĩa là gì?"
        case IndicatorNotAsked(_, indicator, reporter):
            return f"chỉ tiêu {indicator} không giao cho {reporter} báo cáo. Bỏ qua số liệu này hay sửa tệp?{so_on}"
        case UnitNotAsked(_, unit, reporter):
            return f"{unit} không thuộc phạm vi báo cáo của {reporter}. Bỏ qua dòng này hay sửa tệp?"
        case UnitUnclear(_, found, choices):
            return f"“{found}” là {' hay '.join(choices)}?"
        case ReporterUnclear(_, found, wanted, choices):
            asked = f"tên đơn vị trong tệp ({found}) khác đơn vị đang nộp ({wanted}). Nộp cho đơn vị nào?"
            if len(choices) > len((wanted, MEND_FILE)):
                return asked
            return f"{asked} Nếu tệp đúng thì đừng sửa tệp: chọn lại đơn vị gửi ở Bước 1."
        case QuarterUnclear(_, found, wanted, choices):
            asked = f"kỳ báo cáo trong tệp ({quarter(found)}) khác kỳ đang nộp ({quarter(wanted)}). Nộp cho kỳ nào?"
            if quarter(found) in choices:
                return asked
            return f"{asked} Nếu tệp đúng thì đừng sửa tệp: chọn {quarter(found)} ở Bước 1."
        case HeadingUnclear(_, found):
            return f"cột “{found}” có số liệu nhưng không rõ là chỉ tiêu nào. Cột này ghi gì?"
        case IndicatorUnclear(_, found):
            return f"dòng “{found}” có số liệu nhưng không rõ là chỉ tiêu nào. Dòng này ghi gì?"
        case CumulativeFell(_, unit, indicator, before, earlier, now):
            return (
                f"{unit}: chỉ tiêu {indicator} là số lũy kế từ đầu năm, không thể giảm, nhưng {quarter(earlier)} ghi "
                f"{number(before)}, nay ghi {number(now)}. Giữ số mới hay sửa tệp?"
            )
        case _:
            assert_never(doubt)


def _remark(found: Notice) -> str:
    match found:
        case MacrosIgnored():
            return "tệp có macro; hệ thống chỉ đọc số liệu."
        case OlderForm(_, version, current):
            return f"biểu mẫu phiên bản cũ ({version}, hiện nay {current}); số liệu vẫn được đọc."
        case HiddenSheet():
            return "trang tính ẩn không được đọc."
        case HiddenRows(_, rows):
            return f"các dòng ẩn vẫn được đọc: {', '.join(map(str, rows))}."
        case SheetOfAnotherTime():
            return "trang này ghi số của kế hoạch hoặc của kỳ khác nên không đọc."
        case SheetSkipped():
            return "bỏ qua trang tính này (không có dòng tiêu đề nhận biết được)."
        case ColumnIgnored(_, heading_text):
            return f"không đọc cột “{heading_text}” vì không phải chỉ tiêu của kế hoạch."
        case RowIgnored(_, text):
            return f"không đọc dòng “{text}” vì không có số liệu."
        case UnitReadAs(_, written, unit):
            return f"đọc “{written}” là {unit}."
        case CodeIgnored(_, code, unit):
            return f"không có mã “{code}” trong danh mục; đọc theo tên là {unit}."
        case OnlyPercent(_, indicator, share):
            return (
                f"chỉ tiêu {indicator} chỉ có tỷ lệ, đọc là {number(share)}%; không có tử số và mẫu số "
                "nên không cộng được vào số chung."
            )
        case SameTwice(_, first, unit):
            return f"{unit} ghi hai lần với cùng số liệu ({_where(found.at, first)})."
        case TargetDiffers(_, indicator, written, given):
            return (
                f"chỉ tiêu {indicator}: chỉ tiêu trong tệp ({number(written)}) khác chỉ tiêu đã giao "
                f"({number(given)}); dùng chỉ tiêu đã giao."
            )
        case Estimated(_, indicator):
            return f"chỉ tiêu {indicator}: số liệu là ước thực hiện."
        case ReadAsMissing(_, written):
            return f"đọc “{written}” là chưa có số liệu. Nếu bằng không thì ghi 0, hoặc “{NO}” ở ô hỏi có hay không."
        case ReadAsZero(_, written):
            return f"đọc “{written}” là 0."
        case DividedByNothing():
            return "tỷ lệ báo lỗi chia cho 0 vì tử số và mẫu số bằng 0; đọc là không phát sinh."
        case LinkedFormula(_, formula):
            return f"công thức {formula} lấy số từ tệp khác; dùng kết quả đã lưu."
        case DateBesideQuarter(_, as_of, asked):
            return f"số liệu tính đến ngày {day(as_of)}, không nằm trong {quarter(asked)}. Có đúng không?"
        case CutOffRead(_, as_of):
            return f"số liệu tính đến ngày {day(as_of)} (đọc từ ghi chú)."
        case TotalDiffers(_, indicator, written, computed):
            return f"chỉ tiêu {indicator}: dòng tổng cộng trong tệp ({written}) khác tổng tính lại ({computed}); dùng tổng tính lại."
        case OwnFigure(_, unit, indicator, "", _):
            return f"số chung của {unit}, chỉ tiêu {indicator}: chỉ dùng cho những xã chưa có số liệu riêng."
        case OwnFigure(_, unit, indicator, written, computed, reported, asked):
            return (
                f"chỉ tiêu {indicator}: tổng ghi trong tệp ({written}) khác tổng của {reported}/{asked} xã có số liệu "
                f"({computed}), nên được lấy làm số chung của {unit} cho cả những xã chưa có số liệu riêng. Nếu đó chỉ "
                "là tổng của các xã đã ghi thì sửa lại cho đúng."
            )
        case OwnFigureDiffers(_, unit, indicator, written, computed):
            return f"số chung của {unit}, chỉ tiêu {indicator} ({written}) khác tổng của các xã ({computed}); dùng số của các xã."
        case UniverseDiffers(_, unit, indicator, written, known):
            return (
                f"{unit}, chỉ tiêu {indicator}: mẫu số {number(written)} khác tổng số đã biết {number(known)}. "
                "Có đúng không?"
            )
        case AboveAll(_, unit, None | Decimal(), None):
            return f"{unit}: tỷ lệ vượt 100%. Chấp nhận nếu do hồ sơ tồn của kỳ trước."
        case AboveAll(_, unit, numerator, denominator):
            return (
                f"{unit}: tử số {number(numerator or 0)} lớn hơn mẫu số {number(denominator or 0)}. "
                "Chấp nhận nếu do hồ sơ tồn của kỳ trước."
            )
        case AllZero(_, unit):
            return f"tất cả chỉ tiêu của {unit} bằng 0. Có đúng không?"
        case GainRead(_, written, year, rank, before):
            return f"đọc “{written}” là hạng {rank} của năm {year} (hạng năm trước: {before})."
        case EditionAssumed(_, year):
            return f"không ghi năm số liệu; hiểu là bảng xếp hạng năm {year}."
        case ChoiceRemembered(_, written, choice):
            return f"“{written}”: đã chọn sẵn “{choice}” như lần nạp trước; có thể đổi."
        case FiguresReplaced(reporter, of, figures):
            return (
                f"{quarter(of)} của {reporter} đã có số liệu; lưu tệp này sẽ thay {number(figures)} số. "
                "Xem khác biệt rồi xác nhận."
            )
        case UnitsMissing(indicators, units, asked):
            which = ", ".join(indicators)
            if len(units) == asked and asked > 1:
                return f"tệp này chưa có số liệu chỉ tiêu {which} của cả {number(asked)} đơn vị."
            lacking = f"{number(len(units))}/{number(asked)} đơn vị: {_some(units)}"
            return f"tệp này chưa có số liệu chỉ tiêu {which} của {lacking}."
        case _:
            assert_never(found)


def _where(at: Cell | None, other: Cell) -> str:
    return (
        f"ô {other.address}"
        if at and at.sheet == other.sheet
        else f"ô {other.address}, trang “{other.sheet}”"
    )


def _some(names: Sequence[str], most: int = 12) -> str:
    rest = f" và {number(len(names) - most)} đơn vị khác" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _apart(value: Fraction, written: Decimal) -> str:
    """With as many decimals as it takes to see that it is not what was written."""
    decimals = max(1, -int(written.normalize().as_tuple().exponent))
    while decimals < 12 and round_half_up(value, decimals) == written:
        decimals += 1
    return number(round_half_up(value, decimals))


def _megabytes(size: int) -> str:
    """Rounded up, so that what is over a limit is more than it."""
    return number(Decimal(-(-size * 10 // (1024 * 1024))) / 10)


# --- faults of data files ---


def fault(found: Fault) -> str:
    """One line: the file, the place in it, what stands there, what is wrong and what to do."""
    place = f"{found.path.parent.name}/{found.path.name}"
    if found.line is not None:
        place += f", dòng {found.line}"
    if found.key:
        place += f", {'cột' if found.path.suffix == '.csv' else 'khóa'} {found.key}"
    if found.value != "":
        place += f" = {_written(found.value)}"
    return f"{'Lưu ý: ' if found.warning else ''}{place}: {_faulty(found)}."


def _written(value: object) -> str:
    """A value of a file as its writer would know it again, cut when it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return day(value)
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _faulty(found: Fault) -> str:
    facts = found.facts
    match found.reason:
        case "unknown_key":
            return "không có khóa này" + (f"; có phải “{facts[0]}”?" if facts else "")
        case "not_one_of":
            return f"phải là một trong: {', '.join(facts)}"
        case "out_of_range":
            return "ngoài khoảng cho phép: phải " + " và ".join(map(_limit, facts))
        case "does_not_fit":
            return f"không hợp với {facts[0]} = {facts[1]}; phải là {' hoặc '.join(facts[2:])}"
        case "wrong_target":
            return f"chỉ tiêu giao phải ghi bằng đúng một khóa {facts[0]}"
        case "not_the_file_name":
            return f"mã kế hoạch phải trùng tên tệp “{facts[0]}”"
        case "dates_out_of_order":
            return f"ngày này không được trước {_iso_day(facts[0])}"
        case "days_out_of_order":
            return f"hạn gửi báo cáo không được trước ngày khóa số liệu (ngày {facts[0]})"
        case "asked_twice":
            return f"chỉ tiêu {facts[0]} của đơn vị {facts[1]} đã giao cho {facts[2]} báo cáo"
        case "not_at_this_level":
            return f"chỉ tiêu này không báo cáo ở cấp đó, chỉ ở cấp: {', '.join(facts)}"
        case "wrong_cell_count":
            return f"dòng phải có {facts[0]} ô như dòng tiêu đề; kiểm tra dấu phẩy và dấu ngoặc kép"
        case "unknown_column":
            return f"không có cột này; các cột của tệp là: {', '.join(facts)}"
        case "duplicate_unit":
            return f"mã và ngày bắt đầu này đã có ở {facts[0]}"
        case "ends_before_it_begins":
            return f"ngày kết thúc trước ngày bắt đầu {_iso_day(facts[0])}"
        case "overlaps":
            return f"thời gian hiệu lực của mã {facts[0]} chồng lên dòng {facts[1]}"
        case "not_valid_then":
            return f"mã này không có hiệu lực vào ngày {_iso_day(facts[0])}"
        case "wrong_level_above":
            return f"đơn vị cấp trên thuộc cấp {facts[0]}, không thể đứng trên cấp {facts[1]}"
        case "at_least_one":
            whole, things = facts
            one = percent(Fraction(100, int(whole)))
            return f"chỉ có {whole} {things} nên cần ít nhất một {things}; chỉ một cũng đã là {one}"
        case "more_than_asked":
            whole, needed, other, asked, things = facts
            return (
                f"tính trên cả {whole} {things} thì cần {needed}, nhiều hơn {asked} mà chỉ tiêu {other} giao; "
                f"mẫu số chỉ có thể là số {things} đạt chỉ tiêu {other}"
            )
        case "no_such_kind":
            return f"cấp này không có loại đơn vị ấy; chỉ có: {', '.join(facts)}"
        case reason:
            return _FAULT[reason]


_FAULT: Mapping[str, str] = {
    "missing": "còn trống, cần ghi",
    "wrong_value": "giá trị không hợp lệ",
    "not_text": "phải là chữ, đặt trong dấu ngoặc kép",
    "bad_form": "chỉ được gồm chữ không dấu, chữ số, dấu gạch nối (mã) hoặc dấu chấm (số chỉ tiêu)",
    "not_number": "phải là số, không đặt trong dấu ngoặc kép, dấu thập phân là dấu chấm",
    "not_whole": "phải là số nguyên, không đặt trong dấu ngoặc kép",
    "not_true_or_false": "phải là true hoặc false",
    "not_date": "phải là ngày có thật, viết năm-tháng-ngày, ví dụ 2022-12-31",
    "not_list": "phải là danh sách trong dấu [ ]",
    "not_table": "phải là nhóm khóa trong dấu { }",
    "not_utf8": "tệp không phải bảng mã UTF-8; mở bằng Notepad và lưu lại với Encoding là UTF-8",
    "broken_toml": "viết sai cú pháp TOML; kiểm tra dấu ngoặc kép, dấu bằng và ngoặc vuông ở dòng này hoặc dòng trên",
    "broken_csv": "viết sai cú pháp CSV; kiểm tra dấu ngoặc kép",
    "missing_column": "thiếu cột này",
    "no_units": "thư mục không có tệp danh sách đơn vị nào (.csv)",
    "no_plans": "thư mục không có tệp kế hoạch nào (.toml)",
    "twice": "ghi hai lần",
    "unknown_room": "không có phòng nào có mã này trong [[room]]",
    "unknown_indicator": "không có chỉ tiêu nào mang số này",
    "unknown_unit": "không có đơn vị nào có mã này, hoặc đơn vị không thuộc tỉnh và cấp đang nói tới",
    "unknown_kind": "loại đơn vị này chưa có trong kind_words.csv",
    "means_nothing_here": "khóa này không có tác dụng với loại chỉ tiêu này; hãy bỏ đi hoặc sửa kind, behaviour, entry",
    "within_no_roster": "chỉ dùng được giữa hai chỉ tiêu nhập có/không (yes_no) cùng cấp",
    "all_of_no_roster": "chỉ gộp được các chỉ tiêu nhập có/không (yes_no) cùng cấp, không phải chỉ tiêu gộp hay có within",
    "follows_from_others": "chỉ tiêu này được tính từ các chỉ tiêu khác (all_of), không ai báo cáo",
    "assignee_or_assigned": "nhiệm vụ phải có đúng một trong hai: assignee (tên một nơi thực hiện) hoặc [[task.assigned]]",
    "room_or_each_or_name": "mỗi nơi thực hiện ghi bằng room, hoặc each và name, hoặc chỉ name",
    "code_or_each": "người gửi phải có đúng một trong hai khóa code và each",
    "name_without_unit": "tên phải chứa {unit} để mỗi đơn vị có tên riêng",
    "nobody_reports": "không có ai báo cáo chỉ tiêu này ở cấp đó",
    "over_100": "tỷ lệ không thể vượt 100%",
    "no_pace": "chưa có số cuối năm trước và mốc từng quý nên không tính được tiến độ, chỉ biết còn thiếu bao nhiêu",
    "no_room": "chưa giao phòng phụ trách",
    "not_web_address": "phải là địa chỉ trang web, ví dụ https://thidua.example.vn; không chứa mật khẩu, dấu ? hay #",
    "not_https": "phải bắt đầu bằng https:// (http:// chỉ dùng để chạy thử trên chính máy này)",
    "not_at_the_root": "chỉ gồm http:// hoặc https://, tên máy và cổng; không có đường dẫn phía sau",
    "not_host": "phải là tên máy hoặc địa chỉ IP, không có http:// và cổng; dấu * chỉ đứng đầu, ví dụ *.example.vn",
}


def _limit(fact: str) -> str:
    name, value = fact.split()
    words = {"ge": "từ", "gt": "lớn hơn", "le": "không quá", "lt": "nhỏ hơn"}
    return f"{words[name]} {number(Decimal(value))}"


def _iso_day(text: str) -> str:
    return day(date.fromisoformat(text))


# --- refusals ---


_ASK_ADMIN = "Nếu cần, hãy đề nghị quản trị cấp quyền."
ROLES = {
    Role.VIEWER: "Lãnh đạo",
    Role.REPORTER: "Cán bộ đơn vị",
    Role.ROOM: "Phòng phụ trách",
    Role.OFFICE: "Văn phòng Sở",
    Role.ADMIN: "Quản trị",
}
RIGHTS = {
    Right.PROGRESS: "xem tiến độ",
    Right.SUBMISSION: "nạp số liệu",
    Right.ORIGINAL: "lấy tệp gốc của đơn vị này",
    Right.TASK: "cập nhật nhiệm vụ này",
    Right.OFFICE: "làm việc của Văn phòng Sở",
    Right.PLAN: "sửa kế hoạch",
    Right.RECORD: "xem nhật ký",
    Right.ADMIN: "quản trị",
}
ACTS = {
    Act.SIGN_IN: "Đăng nhập",
    Act.SIGN_IN_FAILED: "Đăng nhập sai",
    Act.SIGN_IN_LOCKED: "Đăng nhập khi đang bị khóa",
    Act.SIGN_OUT: "Đăng xuất",
    Act.UPLOAD_CHECKED: "Kiểm tra tệp: đạt",
    Act.UPLOAD_REFUSED: "Kiểm tra tệp: có lỗi",
    Act.UPLOAD_KEPT: "Lưu số liệu",
    Act.WITHDRAWAL: "Rút số liệu",
    Act.APPROVAL: "Duyệt",
    Act.CLOSE: "Chốt kỳ",
    Act.REOPEN: "Mở lại kỳ",
    Act.EXPORT: "Xuất báo cáo",
    Act.TASK: "Cập nhật nhiệm vụ",
    Act.JUDGEMENT: "Hội đồng chấm",
    Act.RECEIPT: "Nhận hồ sơ",
    Act.PERSONAL: "Dữ liệu cá nhân",
    Act.BACKUP: "Sao lưu",
    Act.RESTORE: "Khôi phục",
    Act.REBUILD: "Dựng lại từ tệp gốc",
    Act.ACCOUNT: "Thay đổi tài khoản",
    Act.PLAN: "Thay đổi kế hoạch",
    Act.REFUSED: "Bị từ chối",
}
_WEAK = {
    "short": "Mật khẩu cần ít nhất 12 ký tự. Vài từ không liên quan ghép lại vừa dài vừa dễ nhớ.",
    "long": "Mật khẩu dài nhất là 128 ký tự.",
    "common": "Mật khẩu này nhiều người dùng nên dễ đoán. Hãy chọn mật khẩu khác.",
    "simple": "Mật khẩu này chỉ lặp lại hoặc chạy theo thứ tự nên dễ đoán. Hãy chọn mật khẩu khác.",
    "personal": "Mật khẩu này chỉ gồm tên của chính bạn. Hãy chọn mật khẩu khác.",
    "same": "Mật khẩu mới phải khác mật khẩu cũ.",
}


def roles(person: Person) -> str:
    """What a person is here for, without saying for which units."""
    return ", ".join(dict.fromkeys(ROLES[held.role] for held in person.grants))


_DAMAGED = {
    "zip": "tệp không phải bản sao lưu, hoặc đã hỏng",
    "names": "trong tệp có thứ không thuộc một bản sao lưu, hoặc thiếu thứ phải có",
    "store": "kho số liệu trong tệp không mở được",
    "newer": "bản sao lưu do một phiên bản mới hơn của chương trình tạo ra; hãy cập nhật chương trình",
    "record": "nhật ký hoặc số liệu trong tệp không khớp mã chốt, đã bị sửa sau khi sao lưu",
    "originals": "có tệp gốc bị thiếu hoặc không còn nguyên vẹn",
}


def refusal(error: KpiError) -> str:
    """Why the program may not do it, and what to do."""
    match error:
        case UncleanDraftError():
            wrong = f"{error.problems} lỗi" if error.problems else ""
            asked = f"{error.open_doubts} câu hỏi chưa trả lời" if error.open_doubts else ""
            why = " và ".join(filter(None, (wrong, asked))) or "chưa rõ kế hoạch, đơn vị gửi hoặc quý"
            return f"Chưa lưu: tệp “{error.filename}” còn {why}."
        case AlreadyKeptError(upload=kept):
            said = f"Tệp này đã được nạp lúc {moment(kept.kept_at)} (lần nạp số {kept.id}, người nạp: {kept.person}). "
            if kept.current:
                return said + "Không có gì được lưu thêm."
            return (
                said
                + "Lần nạp ấy đã được thay bằng lần nạp sau; muốn dùng lại số liệu này thì rút lần nạp sau. "
                "Không có gì được lưu thêm."
            )
        case UnknownUploadError():
            return f"Không có lần nạp số {error.upload}."
        case AlreadyWithdrawnError():
            return f"Lần nạp số {error.upload.id} đã được rút trước đó."
        case DamagedOriginalError():
            return (
                f"Tệp gốc của lần nạp số {error.upload.id} ({error.upload.filename}) bị mất hoặc không còn nguyên vẹn. "
                f"Hãy chép lại tệp {error.path.name} từ bản sao lưu."
            )
        case StoreBusyError():
            return (
                f"Kho số liệu {error.path.name} đang được một chương trình khác mở. "
                "Hãy đóng chương trình đó (bảng theo dõi đang chạy hoặc một lệnh khác) rồi làm lại."
            )
        case StoreUnusableError(newer=True):
            return (
                f"Kho số liệu {error.path.name} do một phiên bản mới hơn của chương trình tạo ra. "
                "Hãy cập nhật chương trình."
            )
        case StoreUnusableError():
            return (
                f"Không mở được kho số liệu {error.path}: tệp bị hỏng, không phải kho số liệu, "
                "hoặc không có quyền ghi vào thư mục."
            )
        case NotKeptError():
            return (
                f"Chưa lưu được vào {error.path.parent}: ổ đĩa đầy hoặc không cho ghi. "
                "Không có gì được lưu; hãy giải phóng ổ đĩa rồi làm lại."
            )
        case HoldsRealFiguresError():
            return (
                f"Kho số liệu {error.path.name} đang giữ số liệu thật nên không nạp số liệu minh họa vào. "
                "Hãy chọn một kho khác (--store)."
            )
        case NotAllowedError(right=Right.SUBMISSION, unit=unit) if unit:
            return f"Tài khoản của bạn không được nạp hay rút số liệu của đơn vị gửi {unit}. {_ASK_ADMIN}"
        case NotAllowedError():
            return f"Tài khoản của bạn không có quyền {RIGHTS[error.right]}. {_ASK_ADMIN}"
        case QuarterClosedError():
            return (
                f"{quarter(error.quarter)} đã chốt nên không nạp hay rút số liệu được nữa. "
                "Cần sửa thì đề nghị Văn phòng Sở mở lại kỳ."
            )
        case WrongPasswordError():
            return "Tên đăng nhập hoặc mật khẩu không đúng. Nếu vẫn không vào được, hãy hỏi quản trị."
        case TooManyAttemptsError():
            return (
                f"Đã thử quá nhiều lần. Hãy thử lại sau {moment(error.until)}; "
                "quên mật khẩu thì xin quản trị một liên kết đặt lại."
            )
        case WeakPasswordError():
            return _WEAK[error.reason]
        case StaleLinkError():
            return "Liên kết này đã dùng, đã được thay hoặc đã hết hạn. Hãy xin quản trị một liên kết mới."
        case UnknownBackupError():
            return f"Không có bản sao lưu “{error.name}”."
        case DamagedBackupError():
            return f"Không khôi phục từ {error.path.name}: {_DAMAGED[error.reason]}. Kho hiện tại vẫn nguyên như cũ."
        case UnknownPersonError():
            return f"Không có tài khoản “{error.login}”."
        case TakenLoginError():
            return f"“{error.login}” đã thuộc về một tài khoản khác."
        case BadLoginError():
            return (
                f"Tên đăng nhập “{error.login}” không dùng được: cần 2 đến 32 ký tự gồm chữ thường không dấu, chữ số, "
                "dấu chấm, gạch ngang hoặc gạch dưới, và bắt đầu bằng chữ."
            )
        case LastAdminError():
            return f"“{error.login}” là quản trị duy nhất: hãy giao quyền quản trị cho người khác trước."
        case HoldsRealPeopleError():
            return (
                f"Kho số liệu {error.path.name} có tài khoản thật nên không chạy thử ở đây được: "
                "chạy thử cho mọi người xem mật khẩu. Hãy chọn một kho khác (KPI_STORE)."
            )
        case UnknownTaskError():
            return f"Kế hoạch không có nhiệm vụ “{error.task}”."
        case UnknownPlanTextError():
            return f"Không giữ bản kế hoạch nào có mã {error.sha256}."
        case StalePlanError():
            return (
                f"Tệp kế hoạch {error.path.name} vừa được thay đổi ở nơi khác. "
                "Chưa lưu gì; hãy xem lại nội dung mới rồi làm lại."
            )
        case UneditablePlanError():
            return (
                "Tệp kế hoạch này viết theo cách mà trang này không sửa được mà giữ nguyên phần còn lại. "
                "Hãy để các mục cùng tên ([[indicator]], [[task]], [[criterion]]) đứng liền nhau, hoặc sửa tệp bằng tay."
            )
        case UnknownSubjectError():
            return (
                f"Kế hoạch không có đối tượng, tiêu chuẩn hay thành phần hồ sơ nào mang mã “{error.subject}”."
            )
        case PersonalErasedError():
            return (
                f"Từ ngày {day(error.since)} chương trình không giữ xếp loại, kỷ luật của cá nhân nữa nên không nhận "
                "danh sách này. Cần giữ lâu hơn thì sửa “erase_personal” của kế hoạch."
            )
        case UnknownSnapshotError():
            return f"Không có lần xuất báo cáo “{error.snapshot}”."
        case LostFileError():
            return f"Tệp {error.path.name} bị mất hoặc không còn nguyên vẹn. Hãy chép lại từ bản sao lưu."
        case FolderInUseError(of=Path()):
            return (
                f"Thư mục {error.path} nằm trong thư mục của kho {error.of}, nơi chỉ để tệp của kho đó. "
                "Kho mới cần một thư mục ở nơi khác."
            )
        case FolderInUseError():
            return f"Thư mục {error.path} đã có tệp. Kho mới cần một thư mục chưa có, hoặc còn trống; không tệp nào bị ghi đè."
        case NoOfficeProgramError(failed=True):
            return "LibreOffice không chuyển được tài liệu này sang PDF. Hãy tải bản Word rồi lưu thành PDF."
        case NoOfficeProgramError():
            return (
                "Máy chủ chưa cài LibreOffice nên chưa tạo được PDF. Hãy cài LibreOffice, "
                "hoặc tải bản Word rồi lưu thành PDF."
            )
        case TemplateError():
            return f"Mẫu tài liệu {error.path.name} không dùng được: {error.reason}"
        case FaultyFileError():
            wrong = "\n".join(f"- {fault(found)}" for found in error.faults if not found.warning)
            return f"Tệp dữ liệu {error.path.name} có lỗi, chưa dùng được:\n{wrong}"
        case _:
            return f"Không thực hiện được: {error}"


# --- accounts and the record ---

ACCOUNT_HEADINGS = ("Tên đăng nhập", "Họ tên", "Vai trò", "Thư điện tử", "Đăng nhập gần nhất", "Tình trạng")
EVENT_HEADINGS = ("Số", "Lúc (giờ Hà Nội)", "Người", "Việc", "Đối tượng", "Đơn vị", "Kỳ", "Trước", "Sau")
NO_PEOPLE = "Chưa có tài khoản nào."
_NOBODY = "Không rõ"
_SIGNS = {"disabled": "đã khóa", "waiting": "chờ đặt mật khẩu"}
_ON_UPLOADS = {Act.UPLOAD_KEPT, Act.WITHDRAWAL, Act.APPROVAL}
_CHECK = re.compile(r"([0-9a-f]{64}) (\d+) problems, (\d+) doubts")
_TOLD = {Act.TASK, Act.JUDGEMENT, Act.RECEIPT}
_EXPORT = re.compile(r"([0-9a-f]{10}) ([0-9a-f]{64})(?: ([0-9a-f]{64}))?")
_KEPT = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{64})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FLAWS = {
    "missing": "Việc số {} không còn: đã bị xóa, hoặc thứ tự đã bị đổi.",
    "edited": "Việc số {} đã bị sửa.",
    "unchained": "Việc số {} không nối với việc ngay trước nó: có việc đã bị thay, chèn hoặc đổi chỗ.",
    "cut": "Mã chốt của việc số {} không khớp. Hãy xem lại mã đã gõ; nếu đúng thì nhật ký đã bị cắt bớt hay viết lại, "
    "hoặc kho đã được khôi phục từ một bản sao lưu cũ hơn.",
    "figures": "Số liệu đã lưu của lần nạp số {} không còn đúng như lúc lưu.",
    "unnoted": "Có số liệu, lần rút, duyệt hoặc chốt kỳ không do chương trình ghi (lần nạp số {}; 0 là chốt hoặc mở kỳ).",
    "task": "Cập nhật nhiệm vụ số {} không đúng như nhật ký để lại.",
    "export": "Có lần xuất báo cáo không đúng như nhật ký để lại (việc số {}; 0 là lần xuất không có trong nhật ký).",
    "evidence": "Tệp minh chứng của cập nhật nhiệm vụ số {} bị mất hoặc không còn nguyên vẹn.",
    "plan": "Có bản kế hoạch đã giữ không còn đúng như lúc giữ, hoặc bị mất (việc số {}; 0 là bản chỉ được giữ kèm báo cáo).",
    "judgement": "Ý kiến Hội đồng số {} không đúng như nhật ký để lại.",
    "receipt": "Lần nhận hồ sơ số {} không đúng như nhật ký để lại.",
    "account": "Có tài khoản không đúng như nhật ký để lại (việc số {}; 0 là tài khoản không có trong nhật ký).",
    "gone": "Nhật ký có ghi nhưng trong kho không còn (lần nạp số {}; 0 là chốt hoặc mở kỳ).",
}

Names = Mapping[Role, Mapping[str, str]]
"""Of each role that is bound: code -> name of what it can be bound to."""


def bound_names(plans: Iterable[Plan]) -> Names:
    known = [*plans]
    return {
        Role.REPORTER: {code: name for plan in known for code, name in _reporting(plan)},
        Role.ROOM: {room.code: room.name for plan in known for room in plan.rooms},
    }


def _reporting(plan: Plan) -> Iterator[tuple[str, str]]:
    """Who sends figures, and who tells of tasks without sending any; rooms go by a role of their own."""
    rooms = {room.code for room in plan.rooms}
    yield from ((reporter.code, reporter.name) for reporter in plan.reporters)
    sending = {reporter.code for reporter in plan.reporters}
    yield from ((c, name) for c, name in plan.assignees.items() if c not in sending | rooms)


def grants(held: Iterable[Grant], names: Names) -> str:
    """Roles in words, each with the names of all it is bound to."""
    found = [*held]
    words = {
        role: [names.get(role, {}).get(g.unit, g.unit) for g in found if g.role is role and g.unit]
        for role in Role
    }
    mine = {one.role for one in found}
    return "; ".join(
        ": ".join(filter(None, (ROLES[role], ", ".join(words[role])))) for role in Role if role in mine
    )


def person(known: Person) -> str:
    """Somebody, unmistakably: two may have one name."""
    return f"{known.name} ({known.login})"


def who(signature: str, people: Mapping[str, Person]) -> str:
    """Whom the record names."""
    if signature == PROGRAM:
        return "Chương trình"
    if signature.endswith(CONSOLE):
        return f"{signature.removesuffix(CONSOLE)} (dòng lệnh)"
    return person(people[signature]) if signature in people else signature or _NOBODY


def account_state(known: Person) -> str:
    if known.disabled:
        return "Đã khóa"
    return "Chờ đặt mật khẩu" if known.waiting else "Đang dùng"


def link_path(token: str) -> str:
    return f"/dang-nhap/moi/{token}"


def second(utc: datetime) -> str:
    """A time of the store as the clock in Hà Nội shows it, to the second."""
    return f"{utc.replace(tzinfo=UTC).astimezone(HANOI):%d/%m/%Y %H:%M:%S}"


_LIST = {"kept": "Lưu danh sách", "replaced": "Thay danh sách", "erased": "Xóa danh sách"}
_BACKUP = {"failed": "Không thành", "download": "Tải về máy"}


def subject(event: Event, people: Mapping[str, Person]) -> str:
    """What was acted on."""
    if event.act in _ON_UPLOADS:
        return f"Lần nạp số {event.subject}"
    if event.act is Act.ACCOUNT:
        return who(event.subject, people)
    if event.act in _TOLD:
        number, _, about = event.subject.partition(" ")
        return f"Lần ghi số {number}: {', '.join(about.split())}" if number.isdecimal() else event.subject
    # A page refused is named by its right, which stands beside it.
    return "" if event.act is Act.REFUSED and event.subject == event.after else event.subject


def unit_of(event: Event, plans: Mapping[str, Plan]) -> str:
    own = [plans[event.plan]] if event.plan in plans else []
    return bound_names(own)[Role.REPORTER].get(event.unit, event.unit)


def quarter_of(event: Event) -> str:
    return _quarter_named(event.quarter)


def _quarter_named(text: str) -> str:
    try:
        return quarter(Quarter.parse(text))
    except ValueError:
        return text


def details(event: Event, names: Names) -> tuple[str, str]:
    """What was before and after, in words and with every fact."""
    before, after = event.before, event.after
    match event.act:
        case Act.ACCOUNT:
            return _account(before, names), _account(after, names)
        case Act.REFUSED:
            return before, f"Thiếu quyền {RIGHTS[Right(after)]}" if after in {*Right} else after
        case Act.SIGN_IN | Act.SIGN_IN_FAILED | Act.SIGN_IN_LOCKED if after:
            return before, f"Từ máy {after}"
        case Act.WITHDRAWAL:
            return _file(before), f"Lý do: {after}"
        case Act.REOPEN if after:
            return before, f"Lý do: {after}"
        case act if act in _TOLD and after:
            return before, f"Nội dung {after}"
        case Act.PERSONAL:
            return _personal(before), _personal(after)
        case Act.PLAN:
            return before and f"Bản {before}", after and f"Bản {after}"
        case Act.BACKUP if after in _BACKUP:
            return before, _BACKUP[after]
        case Act.RESTORE:
            return before and f"Mã chốt {before}", f"Mã chốt {after}"
        case Act.REBUILD:
            return f"Mã chốt {before}", _not_taken(after)
        case Act.EXPORT if found := _EXPORT.fullmatch(after):
            return before, f"{'Xuất' if found[3] else 'Lấy lại'} lần {found[1]}; {_file(found[2]).lower()}"
        case Act.UPLOAD_KEPT if found := _KEPT.fullmatch(after):
            return before, f"{_file(found[1])}, số liệu {found[2]}"
        case Act.UPLOAD_CHECKED | Act.UPLOAD_REFUSED if found := _CHECK.fullmatch(after):
            return before, f"{found[2]} lỗi, {found[3]} câu hỏi; {_file(found[1]).lower()}"
    return _file(before), _file(after)


def _not_taken(facts: str) -> str:
    """Of a new store: "figures:2 edited:14; approval:7 close:2022-Q4", in words."""
    flaws, semicolon, held = facts.partition("; ")
    if not semicolon:
        return facts
    broken = " ".join(flaw(*found) for part in flaws.split() if (found := _fact(part))[0] in _FLAWS)
    told = ", ".join(withheld(*_fact(part)) for part in held.split())
    return " ".join(filter(None, (broken and f"Kho cũ: {broken}", told and f"Không chuyển sang: {told}.")))


def _fact(part: str) -> tuple[str, str]:
    sort, _, at = part.partition(":")
    return sort, at


def withheld(act: str, of: str) -> str:
    """A decision that a new store does not take over: an upload's approval, or a quarter's closing."""
    return f"duyệt lần nạp số {of}" if act == Act.APPROVAL else f"chốt {_quarter_named(of)}"


def _file(text: str) -> str:
    return f"Tệp {text}" if _SHA256.fullmatch(text) else text


def _personal(facts: str) -> str:
    """What was done with the list of people, and with how many."""
    done, _, rest = facts.partition(" ")
    count, _, sha256 = rest.partition(" ")
    if done not in _LIST:
        return facts
    return f"{_LIST[done]} {count} người" + (f"; {_file(sha256).lower()}" if sha256 else "")


def _account(facts: str, names: Names) -> str:
    """What the record says of an account: name, e-mail address, roles and signs."""
    if facts == "password":
        return "Mật khẩu khác"
    parts = facts.split("; ")
    told: list[str] = []
    while len(parts) > 1 and parts[-1] in _SIGNS:
        told.insert(0, _SIGNS[parts.pop()])
    if len(parts) > 1 and (held := _grants(parts[-1])):
        parts[-1] = grants(held, names)
    return "; ".join(parts + told)


def _grants(text: str) -> list[Grant]:
    try:
        return [Grant.parse(part) for part in text.split()]
    except ValueError:
        return []


def sound(events: int, head: str) -> str:
    return f"Nhật ký nguyên vẹn: {number(events)} việc, mã chốt {head}."


def unsound(flaws: int) -> str:
    return f"Nhật ký KHÔNG còn nguyên vẹn: {number(flaws)} chỗ. Hãy giữ nguyên kho số liệu và đối chiếu với bản sao lưu."


def flaw(fault: str, at: int | str) -> str:
    """Where the record, or what was kept, does not hold."""
    return _FLAWS[fault].format(at)


def handover(known: Person, link: str, until: datetime) -> str:
    where = (
        ""
        if link.startswith("http")
        else "Ghép vào sau địa chỉ của chương trình, ví dụ http://127.0.0.1:8501\n"
    )
    return (
        f"Liên kết một lần cho {person(known)}, dùng được đến {moment(until)}:\n{link}\n{where}"
        "Hãy giao tận tay hoặc qua kênh riêng: ai mở trước thì người đó đặt được mật khẩu."
    )


def account_saved(known: Person, names: Names) -> str:
    return f"{person(known)}: {grants(known.grants, names)}. {account_state(known)}."


# --- the command line ---

OPERATOR = "Người dùng dòng lệnh"
VERDICT = {
    "accept": "Đọc được, không có gì phải sửa",
    "warn": "Đọc được, có lưu ý",
    "ask": "Cần trả lời câu hỏi trước khi lưu",
    "refuse": "Chưa nhận được, cần sửa tệp",
}
COMMANDS = {
    "kpi": "Theo dõi phong trào thi đua: mọi việc các trang làm được, cho các tập lệnh của Văn phòng.",
    "check": "Kiểm tra mọi tệp dữ liệu: kế hoạch, đơn vị.",
    "demo": "Nạp số liệu minh họa của các kế hoạch mẫu vào kho data/demo.",
    "blank": "Tạo biểu mẫu trống của một đơn vị gửi.",
    "read": "Đọc thử một biểu đã điền, không lưu gì.",
    "annotate": "Ghi một bản của biểu có đánh dấu ô sai, lời nhắc ở từng ô và trang “Lỗi”; từ tệp .xls thì chỉ ghi danh sách, dạng .xlsx.",
    "keep": "Lưu một biểu đã điền.",
    "uploads": "Liệt kê các lần nạp, mới nhất trước.",
    "original": "Lấy lại tệp gốc của một lần nạp, đúng từng byte.",
    "withdraw": "Rút một lần nạp: số liệu trước đó được tính lại.",
    "progress": "Tiến độ các chỉ tiêu đến hết một quý.",
    "export": "Xuất báo cáo gửi Ban Thi đua – Khen thưởng của một kỳ, hoặc lấy lại một lần xuất cũ.",
    "snapshots": "Liệt kê các lần xuất báo cáo, mới nhất trước.",
    "--snapshot": "Lấy lại đúng từng byte tệp của lần xuất này; không dùng cùng --plan và --period.",
    "verify": "Kiểm tra nhật ký và số liệu đã lưu có còn nguyên vẹn không.",
    "person": "Tài khoản: mời, liệt kê, đổi vai trò, khóa, đặt lại mật khẩu.",
    "add": "Tạo tài khoản; in liên kết một lần để người ấy tự đặt mật khẩu.",
    "list": "Liệt kê các tài khoản.",
    "role": "Đặt lại các vai trò: đúng những vai trò nêu ở đây, không thêm vai trò cũ.",
    "disable": "Khóa một tài khoản; các phiên đang mở kết thúc.",
    "enable": "Mở khóa một tài khoản.",
    "reset": "Bỏ mật khẩu hiện tại; in liên kết một lần để đặt mật khẩu mới.",
    "--role": "viewer, office, admin, reporter:MÃ hoặc room:MÃ; lặp lại được.",
    "approve": "Duyệt một lần nạp.",
    "close": "Chốt một kỳ: không nạp, không rút số liệu của kỳ ấy được nữa.",
    "reopen": "Mở lại một kỳ đã chốt, có lý do.",
    "backup": "Sao lưu kho số liệu, tệp gốc và mã chốt nhật ký vào một tệp .zip.",
    "backup --out": "Tệp .zip sẽ ghi, thay cho thư mục backups cạnh kho số liệu; không ghi đè tệp đã có.",
    "restore": "Thay kho số liệu bằng một bản sao lưu, khi bảng theo dõi đã dừng; kho cũ được giữ cạnh đó.",
    "rebuild": "Đọc lại mọi tệp gốc đã lưu, so với số đã lưu; có --out thì dựng một kho mới từ các tệp ấy.",
    "rebuild --out": "Kho mới sẽ ghi (.duckdb, hoặc thư mục chứa kpi.duckdb), trong một thư mục chưa có gì; kho cũ không đổi.",
    "--head": "Mã chốt đã in hoặc chép trước đây; lặp lại được.",
    "--store": "Tệp kho số liệu (.duckdb) hoặc thư mục chứa kpi.duckdb; thay cho KPI_STORE.",
    "--json": "Dòng cuối của kết quả là một giá trị JSON.",
    "--closed": "Đánh giá như kỳ đã chốt.",
    "--answer": "Trả lời câu hỏi ở một ô: D12=96% hoặc Trang!D12=96%.",
    "--children": "Thêm các đơn vị trực thuộc.",
    "--out": "Tệp sẽ ghi.",
    "--samples": "Ghi cả các biểu mẫu để nạp thử bằng tay vào thư mục này.",
}
UPLOAD_HEADINGS = ("Số", "Kỳ", "Đơn vị gửi", "Tệp", "Nạp lúc", "Người nạp", "Tình trạng")
PROGRESS_HEADINGS = ("STT", "Chỉ tiêu", "Chỉ tiêu giao", "Kết quả", "Đánh giá", "Còn thiếu", "Báo cáo")
NAMELESS = "cần tên người làm, không để trống"
NO_EXPORTS = "Chưa xuất báo cáo nào."
SNAPSHOT_ALONE = "Dùng --snapshot một mình: tệp được lấy lại đúng như đã xuất, nên không có --plan, --period, --format hay --closed."
PLAN_AND_PERIOD = "Cần --plan và --period (hoặc --quarter); hoặc --snapshot để lấy lại một lần xuất."
NO_UPLOADS = "Chưa có lần nạp nào."
NO_FAULTS = "Các tệp dữ liệu không có lỗi."
_KNOWN_AS = {
    "plan": "kế hoạch",
    "reporter": "đơn vị gửi",
    "quarter": "quý",
    "period": "kỳ",
    "unit": "đơn vị",
    "role": "vai trò",
    "room": "phòng",
    "task": "nhiệm vụ",
}


def withdrawal(upload: Upload) -> str:
    """Who withdrew an upload, when and why; "" for one that still stands."""
    if upload.withdrawn_at is None:
        return ""
    return f"{upload.withdrawn_by} rút lúc {moment(upload.withdrawn_at)}, lý do: {upload.why}"


def upload_state(upload: Upload) -> str:
    if upload.withdrawn:
        return "đã rút"
    return "đang dùng" if upload.current else "đã được thay"


def kept(upload: str, new: int, changed: int, unchanged: int) -> str:
    return (
        f"Đã lưu (lần nạp số {upload}): {number(new)} số liệu mới, {number(changed)} thay đổi, "
        f"{number(unchanged)} giữ nguyên."
    )


def withdrawn(upload: str) -> str:
    return f"Đã rút lần nạp số {upload}."


def head(mark: str) -> str:
    return f"Mã chốt nhật ký: {mark}"


def approved(upload: str) -> str:
    return f"Đã duyệt lần nạp số {upload}."


def closed(q: Quarter) -> str:
    return f"Đã chốt {quarter(q)}: không nạp, không rút số liệu của kỳ này được nữa."


def reopened(q: Quarter) -> str:
    return f"Đã mở lại {quarter(q)}."


def backed_up(path: Path, mark: str) -> str:
    return (
        f"Đã sao lưu vào {path}.\n{head(mark)}\n"
        "Hãy chép tệp này sang ổ đĩa khác. Chương trình không bao giờ xóa bản sao lưu cũ."
    )


def restored(path: Path, mark: str, replaced: Path | None) -> str:
    kept_aside = f" Kho cũ không bị xóa, đã chuyển vào {replaced}." if replaced else ""
    return (
        f"Đã khôi phục {path} từ bản sao lưu.{kept_aside}\n{head(mark)}\n"
        "Tài khoản và mật khẩu trở lại như lúc sao lưu; mọi người cần đăng nhập lại."
    )


def no_store(path: Path) -> str:
    return f"Chưa có kho số liệu {path} để sao lưu."


def never_overwritten(path: Path) -> str:
    return f"{path} đã có. Bản sao lưu cũ không bị ghi đè; hãy chọn tên khác."


def written(path: Path) -> str:
    return f"Đã ghi {path}."


def cannot_write(path: Path) -> str:
    return f"Không ghi được {path}: thư mục không có hoặc không cho ghi."


def demo_loaded(count: int, path: Path) -> str:
    loaded = f"đã nạp {number(count)} báo cáo vào" if count else "đã có đủ trong"
    return f"{ILLUSTRATIVE}: {loaded} {path}."


def read_summary(reporter: str, q: Quarter, readings: int) -> str:
    return f"{reporter}, {quarter(q)}: {number(readings)} số liệu."


def unknown(what: str, code: str, known: Iterable[str]) -> str:
    """What a wrong code on the command line could have been."""
    return f"Không có {_KNOWN_AS[what]} “{code}”. Có: {', '.join(known)}."


def no_such_head(text: str) -> str:
    return f"“{text}” không phải mã chốt: cần số việc, gạch ngang, rồi 20 chữ số hoặc chữ a–f."


def nothing_asked(cell: str) -> str:
    return f"Không có câu hỏi nào ở ô {cell}."


def no_such_choice(cell: str, choices: Iterable[str]) -> str:
    return f"Câu hỏi ở ô {cell} chỉ nhận một trong: {'; '.join(choices)}."


def readable_by_others(path: Path) -> str:
    return f"Tệp {path.name} chứa mã bí mật mà tài khoản nào trên máy cũng đọc được; hãy chỉ cho phép tài khoản chạy chương trình đọc."


def welcome(address: str, set_up: str | None, shown: Sequence[tuple[Person, str]]) -> str:
    """What the console says when the server has started."""
    lines = [f"Địa chỉ: {address}"]
    if set_up:
        lines += [
            "Chưa có tài khoản quản trị. Mở liên kết này để tạo (dùng một lần, trong 24 giờ):",
            f"  {address}/dang-nhap/moi/{set_up}",
        ]
    if shown:
        width = max(len(person.login) for person, _ in shown)
        lines += ["Chạy thử, số liệu minh họa. Tài khoản và mật khẩu của lần chạy này:"]
        lines += [f"  {person.login:<{width}}  {password}  {roles(person)}" for person, password in shown]
    return "\n".join(lines)


def bug(code: str) -> str:
    return f"Chương trình gặp lỗi ngoài dự kiến, chưa làm được việc này. Mã tra cứu: {code}."


# --- reports ---

WHOLE_PROVINCE = "Toàn tỉnh"
UNIT = "Đơn vị"
SOURCE = "Nguồn"
NOTES = "Ghi chú"
A_TASK = "nhiệm vụ"

TASK_STATE: Mapping[TaskState, str] = {
    TaskState.NOT_STARTED: "Chưa bắt đầu",
    TaskState.IN_PROGRESS: "Đang thực hiện",
    TaskState.DONE: "Hoàn thành",
    TaskState.OVERDUE: "Quá hạn",
    TaskState.DROPPED: "Không còn áp dụng",
}


NO_TEMPLATE = "không có tệp này trong thư mục templates. Hãy chép lại từ bộ cài."
EXPORT_HEADINGS = ("Mã", "Lúc xuất", "Kỳ", "Tệp", "Người xuất", "Từ đó đến nay", "Mã tệp")
TASK_HEADINGS = ("Mã", "Nhiệm vụ", "Kết quả")
CHANGE_HEADINGS = ("Dòng", "Cột", "Lúc xuất", "Bây giờ")
SERIES = {"value": "Kết quả", "pace": "Tiến độ cần có", "target": "Chỉ tiêu"}
PICTURE = {
    "Download plot as a PNG": "Tải ảnh PNG",
    "Download plot as a png": "Tải ảnh PNG",
    "Taking snapshot - this may take a few seconds": "Đang tạo ảnh…",
    "Snapshot succeeded": "Đã tải ảnh",
}
"""What Plotly says, and how we say it."""
UNCHANGED = "Không đổi"
CHANGED = "Số liệu đã khác"
PLAN_CHANGED = "Kế hoạch đã sửa"


def judged_by(snapshot: Snapshot) -> str:
    """By which text of the plan an export was judged, and how to find its figures again."""
    return (
        f"Đánh giá theo bản kế hoạch {snapshot.plan_sha256[:12]}…, "
        f"{'coi như đã chốt kỳ' if snapshot.closed else 'kỳ chưa chốt'}; "
        f"mã số liệu {snapshot.figures_sha256[:12]}…, mã tệp {snapshot.sha256}."
    )


def exported(snapshot: Snapshot) -> str:
    return f"Lần xuất {snapshot.id}: {judged_by(snapshot)}"


def report_title(province: str, p: Period) -> str:
    return f"Kết quả thực hiện các chỉ tiêu, nhiệm vụ thi đua, {province}, {period(p)}"


def matrix_title(province: str, p: Period) -> str:
    return f"Kết quả theo đơn vị, {province}, {period(p)}"


def report_headings(p: Period) -> tuple[str, ...]:
    return (
        "STT",
        "Chỉ tiêu, nhiệm vụ",
        "Đơn vị tính",
        f"Chỉ tiêu năm {p.year}",
        f"Kết quả {period(p)}",
        "Tử số",
        "Mẫu số",
        "So với chỉ tiêu",
        "Đánh giá",
        "Đơn vị thực hiện",
        "Số liệu tính đến ngày",
        SOURCE,
        NOTES,
    )


def short_heading(indicator: Indicator) -> str:
    return f"{indicator.number}. {indicator.short_name}"


def matrix_heading(indicator: Indicator) -> str:
    return f"{short_heading(indicator)} ({indicator.unit_of_measure})"


def entered(indicator: Indicator, reading: Reading) -> str:
    """What a unit wrote: "Có", "12/15", "86,5% (không có tử số, mẫu số)", "hạng 51 (năm 2021)"."""
    if reading.state is State.NOT_APPLICABLE:
        words = STATUS[Status.NOT_APPLICABLE]
    elif reading.value is not None:
        value = Fraction(reading.value)
        ranked = indicator.kind is Kind.RANK
        words = figure(indicator, value, edition=reading.edition) if ranked else f"{percent(value)} ({BARE})"
    elif reading.denominator is None:
        words = "Có" if reading.numerator else "Không"
    else:
        words = f"{number(reading.numerator or 0)}/{number(reading.denominator)}"
    return f"{words} (ước tính)" if reading.state is State.ESTIMATE else words


def sources(files: int, cells: int, first: str) -> str:
    """Where a sum came from: how much was added up, and where to begin to look."""
    return f"{number(files)} tệp, {number(cells)} ô; đầu tiên: {first[:1].lower()}{first[1:]}"


def performers(names: Iterable[str]) -> str:
    """Names in a row; what offices of one sort share is said once."""
    groups = (list(group) for _, group in groupby(names, key=lambda name: name.split()[:3]))
    return "; ".join(_together(group) for group in groups)


def _together(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    words = [name.split() for name in names]
    shortest = min(map(len, words))
    shared = next((n for n in range(shortest) if len({w[n] for w in words}) > 1), shortest - 1)
    return f"{' '.join(words[0][:shared])}: {', '.join(' '.join(w[shared:]) for w in words)}"


def denominator_at(cell: Cell) -> str:
    return f"mẫu số ô {cell.address}"


def within_bounds(indicator: Indicator, lower: Fraction, upper: Fraction) -> str:
    return f"trong khoảng {bounds(indicator, lower, upper)}"


def stale_units(count: int) -> str:
    return f"{STALE} của {number(count)} đơn vị"


def estimates(count: int) -> str:
    return f"có {number(count)} số ước tính"


def as_of_since(first: date) -> str:
    return f"có số liệu từ ngày {day(first)}"


def with_numbers(words: str, numbers: Sequence[str]) -> str:
    return f"{words}: chỉ tiêu {', '.join(numbers)}"


def document(found: Document) -> str:
    """As documents are cited: title, number, day, issuer."""
    parts = [
        found.title,
        found.number and f"số {found.number}",
        found.signed_on and f"ngày {day(found.signed_on)}",
        found.issuer and f"của {found.issuer}",
    ]
    return " ".join(part for part in parts if part)


def days_late(days: int) -> str:
    return f"chậm {number(days)} ngày"
