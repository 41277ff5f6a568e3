"""Every Vietnamese word the package says: numbers, dates, statuses, problems, questions, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from kpi.model import (
    AlreadyKeptError,
    AlreadyWithdrawnError,
    Cell,
    DamagedOriginalError,
    Fault,
    FaultyFileError,
    HoldsRealFiguresError,
    Indicator,
    Kind,
    KpiError,
    NotKeptError,
    Quarter,
    Reading,
    State,
    Status,
    StoreBusyError,
    StoreUnusableError,
    TaskState,
    UncleanDraftError,
    UnknownUploadError,
    Upload,
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


def quarter(q: Quarter) -> str:
    return f"Quý {('I', 'II', 'III', 'IV')[q.number - 1]}/{q.year}"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def moment(utc: datetime) -> str:
    """A time of the store (UTC without zone) as the clock in Hà Nội shows it."""
    return f"{utc.replace(tzinfo=UTC).astimezone(HANOI):%H:%M ngày %d/%m/%Y}"


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


def target(indicator: Indicator, value: Decimal | None = None) -> str:
    """ "≥ 96%", "≥ 100 xã, phường", "tăng ≥ 2 bậc"; `value` is a unit's own part of a count."""
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
    share = percent(value, indicator.target.value)
    if numerator is None or denominator is None:
        return share
    return f"{share} ({number(numerator)}/{number(denominator)})"


def bounds(indicator: Indicator, lower: Fraction, upper: Fraction) -> str:
    """ "86,1–93,5%", or "93–98 xã"."""
    if indicator.kind is Kind.COUNT:
        return f"{number(_exact(lower))}–{number(_exact(upper))} {_unit_of_count(indicator)}"
    goal = indicator.target.value
    return f"{_beside(lower, goal)}–{_beside(upper, goal)}%"


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
    if reached is None:
        return NOTHING
    away = reached - Fraction(indicator.target.value if goal is None else goal)
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


def rest(needed_rest: Fraction) -> str:
    """What a flow needs until the end of the year."""
    if not needed_rest:
        return "đã đủ cho cả năm"
    words = f"cần {percent(needed_rest, Decimal(100))} trong thời gian còn lại"
    return f"không thể đạt: {words}" if needed_rest > 100 else words


def gain(places: int) -> str:
    """Places climbed since the edition before, in words."""
    if places == 0:
        return "giữ nguyên hạng"
    return f"{'tăng' if places > 0 else 'giảm'} {number(abs(places))} bậc"


def _unit_of_count(indicator: Indicator) -> str:
    return indicator.unit_of_measure or indicator.things


def _exact(value: Fraction) -> Decimal:
    """A count or a rank: it came from a Decimal, so some number of decimals holds it."""
    decimals = 0
    while Fraction(round_half_up(value, decimals)) != value:
        decimals += 1
    return round_half_up(value, decimals)


# --- forms ---

# --- problems, questions, notices ---

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
    return f"{'Lưu ý: ' if found.warning else ''}{place}: {_wrong(found)}."


def _written(value: object) -> str:
    """A value of a file as its writer would know it again, cut when it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return day(value)
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _wrong(found: Fault) -> str:
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
    "code_or_each": "người gửi phải có đúng một trong hai khóa code và each",
    "name_without_unit": "tên phải chứa {unit} để mỗi đơn vị có tên riêng",
    "nobody_reports": "không có ai báo cáo chỉ tiêu này ở cấp đó",
    "over_100": "tỷ lệ không thể vượt 100%",
    "no_pace": "chưa có số cuối năm trước và mốc từng quý nên không tính được tiến độ, chỉ biết còn thiếu bao nhiêu",
    "no_room": "chưa giao phòng phụ trách",
}


def _limit(fact: str) -> str:
    name, value = fact.split()
    words = {"ge": "từ", "gt": "lớn hơn", "le": "không quá", "lt": "nhỏ hơn"}
    return f"{words[name]} {number(Decimal(value))}"


def _iso_day(text: str) -> str:
    return day(date.fromisoformat(text))


# --- refusals ---


def refusal(error: KpiError) -> str:
    """Why the program may not do it, and what to do."""
    match error:
        case UncleanDraftError():
            wrong = f"{error.problems} lỗi" if error.problems else ""
            asked = f"{error.open_doubts} câu hỏi chưa trả lời" if error.open_doubts else ""
            why = " và ".join(filter(None, (wrong, asked))) or "chưa rõ kế hoạch, đơn vị gửi hoặc quý"
            return f"Chưa lưu: tệp “{error.filename}” còn {why}."
        case AlreadyKeptError(upload=kept):
            return (
                f"Tệp này đã được nạp lúc {moment(kept.kept_at)} (lần nạp số {kept.id}, người nạp: {kept.person}). "
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
        case FaultyFileError():
            wrong = "\n".join(f"- {fault(found)}" for found in error.faults if not found.warning)
            return f"Tệp dữ liệu {error.path.name} có lỗi, chưa dùng được:\n{wrong}"
        case _:
            return f"Không thực hiện được: {error}"


VERDICT = {
    "accept": "Đọc được, không có gì phải sửa",
    "warn": "Đọc được, có lưu ý",
    "ask": "Cần trả lời câu hỏi trước khi lưu",
    "refuse": "Chưa nhận được, cần sửa tệp",
}
COMMANDS = {
    "kpi": "Theo dõi phong trào thi đua: mọi việc các trang làm được, cho các tập lệnh của Văn phòng.",
    "check": "Kiểm tra mọi tệp dữ liệu: kế hoạch, đơn vị.",
    "demo": "Nạp bốn quý số liệu minh họa vào kho data/demo.",
    "blank": "Tạo biểu mẫu trống của một đơn vị gửi.",
    "read": "Đọc thử một biểu đã điền, không lưu gì.",
    "keep": "Lưu một biểu đã điền.",
    "uploads": "Liệt kê các lần nạp, mới nhất trước.",
    "original": "Lấy lại tệp gốc của một lần nạp, đúng từng byte.",
    "withdraw": "Rút một lần nạp: số liệu trước đó được tính lại.",
    "progress": "Tiến độ các chỉ tiêu đến hết một quý.",
    "export": "Xuất bảng gửi Ban Thi đua – Khen thưởng.",
    "--store": "Tệp kho số liệu (.duckdb) hoặc thư mục chứa kpi.duckdb; thay cho KPI_STORE.",
    "--json": "Dòng cuối của kết quả là một giá trị JSON.",
    "--closed": "Đánh giá như kỳ đã chốt.",
    "--answer": "Trả lời câu hỏi ở một ô: D12=96% hoặc Trang!D12=96%.",
    "--children": "Thêm các đơn vị trực thuộc.",
    "--out": "Tệp sẽ ghi.",
}
UPLOAD_HEADINGS = ("Số", "Kỳ", "Đơn vị gửi", "Tệp", "Nạp lúc", "Người nạp", "Tình trạng")
PROGRESS_HEADINGS = ("STT", "Chỉ tiêu", "Chỉ tiêu giao", "Kết quả", "Đánh giá", "Còn thiếu", "Báo cáo")
NO_UPLOADS = "Chưa có lần nạp nào."
NO_FAULTS = "Các tệp dữ liệu không có lỗi."
_KNOWN_AS = {"plan": "kế hoạch", "reporter": "đơn vị gửi", "quarter": "quý", "unit": "đơn vị"}


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


def nothing_asked(cell: str) -> str:
    return f"Không có câu hỏi nào ở ô {cell}."


def bug(code: str) -> str:
    return f"Chương trình gặp lỗi ngoài dự kiến, chưa làm được việc này. Mã tra cứu: {code}."


# --- reports ---

WHOLE_PROVINCE = "Toàn tỉnh"
UNIT = "Đơn vị"
NOTES = "Ghi chú"
A_TASK = "nhiệm vụ"

TASK_STATE: Mapping[TaskState, str] = {
    TaskState.NOT_STARTED: "Chưa bắt đầu",
    TaskState.IN_PROGRESS: "Đang thực hiện",
    TaskState.DONE: "Hoàn thành",
    TaskState.OVERDUE: "Quá hạn",
    TaskState.DROPPED: "Không còn áp dụng",
}


def report_title(province: str, q: Quarter) -> str:
    return f"Kết quả thực hiện các chỉ tiêu, nhiệm vụ thi đua, {province}, {quarter(q)}"


def matrix_title(province: str, q: Quarter) -> str:
    return f"Kết quả theo đơn vị, {province}, {quarter(q)}"


def report_headings(year: int, q: Quarter) -> tuple[str, ...]:
    return (
        "STT",
        "Chỉ tiêu, nhiệm vụ",
        "Đơn vị tính",
        f"Chỉ tiêu năm {year}",
        f"Kết quả {quarter(q)}",
        "Tử số",
        "Mẫu số",
        "So với chỉ tiêu",
        "Đánh giá",
        "Đơn vị thực hiện",
        "Số liệu tính đến ngày",
        "Nguồn",
        NOTES,
    )


def matrix_heading(indicator: Indicator) -> str:
    return f"{indicator.number}. {indicator.short_name} ({indicator.unit_of_measure})"


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
    return f"{number(files)} tệp, {number(cells)} ô; trước hết: {first}"


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


def days_late(days: int) -> str:
    return f"chậm {number(days)} ngày"
