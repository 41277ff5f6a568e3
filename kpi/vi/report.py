"""The words of reports: heads and feet of documents, what a template may have wrong, and the sentences of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from kpi import vi
from kpi.model import Document, Indicator, Kind, Period, Status, TaskState

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SUMMARY_SHEET = "Tổng hợp"
MATRIX_SHEET = "Theo đơn vị"
CHART_SHEET = "Biểu đồ"
NO_CHARTS = "Chưa có số liệu để vẽ biểu đồ."
CHART_FIGURES = "Số liệu của các biểu đồ"
CHART_HEADINGS = ("STT", "Chỉ tiêu", "Đơn vị tính", "Số liệu")
RESULT = "Kết quả"
TARGET = "Chỉ tiêu giao"
MADE_BY = "NGƯỜI LẬP BIỂU"
HEAD_OF_OFFICE = "THỦ TRƯỞNG ĐƠN VỊ"
SIGNED = "(Ký, ghi rõ họ tên)"
SIGNED_AND_SEALED = "(Ký tên, đóng dấu)"
_NAMED_AT_MOST = 12
_PERFORMERS_AT_MOST = 4
# A single digit that counts things: what follows is a word, so 4G, 3,9 and 5/8 stay as they are.
_COUNT = re.compile(r"(?<![\w.,/–-])([1-9])(?=,? [^\W\d])")


class Result(Protocol):
    """What a paragraph needs of `kpi.progress.Assessment`."""

    @property
    def indicator(self) -> Indicator: ...
    @property
    def status(self) -> Status: ...
    @property
    def numerator(self) -> Decimal | None: ...
    @property
    def denominator(self) -> Decimal | None: ...
    @property
    def value(self) -> Fraction | None: ...
    @property
    def target(self) -> Decimal | None: ...
    @property
    def lower(self) -> Fraction | None: ...
    @property
    def upper(self) -> Fraction | None: ...
    @property
    def reported(self) -> int: ...
    @property
    def expected(self) -> int: ...
    @property
    def gap(self) -> Decimal | None: ...
    @property
    def needed(self) -> Decimal | None: ...
    @property
    def needed_rest(self) -> Fraction | None: ...
    @property
    def to_come(self) -> Decimal | None: ...
    @property
    def gain(self) -> int | None: ...
    @property
    def edition(self) -> int | None: ...
    @property
    def stale(self) -> tuple[str, ...]: ...
    @property
    def bare(self) -> bool: ...


# --- heads and feet ---


def heading(p: Period) -> str:
    return f"Kết quả thực hiện các chỉ tiêu, nhiệm vụ thi đua {in_sentence(p)}"


def in_sentence(p: Period) -> str:
    """A period in the middle of a sentence: "Quý IV/2022", "năm 2022"."""
    words = vi.period(p)
    return words if p.part.startswith("Q") else words[:1].lower() + words[1:]


def under(title: str, number: str, issued: str) -> str:
    """The plan a table belongs to, below its title."""
    return f"(Kế hoạch {cited(number, issued)}: {title})"


def charts_title(province: str, p: Period) -> str:
    return f"Diễn biến các chỉ tiêu qua các quý, {province}, {vi.period(p)}"


def opening(issuer: str, title: str, number: str, issued: str, p: Period) -> str:
    return (
        f"Thực hiện Kế hoạch {cited(number, issued)} của {issuer} về “{title}”, "
        f"{issuer} báo cáo kết quả thực hiện {in_sentence(p)} như sau:"
    )


def basis(words: str) -> str:
    return f"Căn cứ {words};"


def symbol(plan_number: str) -> str:
    """The symbol of a report, from that of the plan: "/KH-STTTT" -> "BC-STTTT"."""
    _, dash, office = plan_number.rpartition("-")
    return f"BC-{office}" if dash else "BC"


def short_issuer(issuer: str, superior: str, province: str) -> str:
    """Without the province when the line above it in the head names it already."""
    end = _one_dash(f" {province}")
    both = all(_one_dash(name).endswith(end) for name in (issuer, superior))
    return issuer[: -len(province)].rstrip() if both else issuer


def _one_dash(name: str) -> str:
    """Of the same length: "Bà Rịa – Vũng Tàu" is written with either."""
    return name.lower().replace("–", "-")


def today(utc: datetime) -> date:
    """The day in Hà Nội."""
    return utc.replace(tzinfo=UTC).astimezone(vi.HANOI).date()


def dated(place: str, day: date) -> str:
    """ "Bắc Kạn, ngày 05 tháng 02 năm 2022"."""
    return ", ".join(filter(None, (place, in_full(day))))


def recipients(lines: Iterable[str]) -> list[str]:
    """With the archive last, as "Nơi nhận" ends."""
    known = [line.rstrip(" ;.") for line in lines]
    known += [] if any(line.startswith("Lưu") for line in known) else ["Lưu: VT"]
    return [f"- {line};" for line in known[:-1]] + [f"- {known[-1]}."]


def in_full(day: date) -> str:
    """As Nghị định 30/2020 writes days: a leading zero below ten, but of the months only for 1 and 2."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def export_mark(id: str, figures_sha256: str, plan_sha256: str) -> str:  # noqa: A002 - as in `Stamp`
    """What every page carries: by what the export is found again, and by which text of the plan it was judged."""
    return f"Bản xuất {id} · mã {figures_sha256[:12]} · kế hoạch {plan_sha256[:12]}"


def made(mark: str, utc: datetime, person: str) -> str:
    return f"{mark} · {vi.moment(utc)} · {person}"


def page(number: str, pages: str) -> str:
    return f"Trang {number}/{pages}"


# --- templates ---


def not_a_word_file() -> str:
    return "tệp không phải tài liệu Word (.docx) hoặc đã hỏng. Hãy mở bằng Word rồi lưu lại thành .docx."


def unknown_place(name: str) -> str:
    return f"chỗ điền “{name}” không có; xem tên các chỗ điền trong data/templates/README.md."


def broken_command(near: str) -> str:
    """`near` is the text of the template around it, "" when it is not known where."""
    where = f", gần chỗ “{near}”" if near else ""
    return f"có lệnh trong dấu {{{{ }}}} hoặc {{% %}} viết sai hoặc chưa đóng{where}. Hãy chép lại chỗ ấy từ mẫu gốc."


def misplaced_command() -> str:
    return "có lệnh {% %} mở ở một đoạn hoặc hàng của bảng mà đóng ở nơi khác loại. Hãy chép lại chỗ ấy từ mẫu gốc."


# --- sentences ---


def in_prose(words: str) -> str:
    """Counts below ten as documents write them: "02 bậc"."""
    return _COUNT.sub(r"0\1", words)


def paragraph(
    row: Result, performers: Sequence[str], missing: Sequence[str], unreported: Sequence[str] = ()
) -> str:
    """What there is to say of one indicator, without its name.

    `missing` are the names of the units that lack what is counted, `unreported` of those that sent nothing.
    """
    sentences = [
        _result(row),
        f"Đánh giá: {vi.status(row.status, some=row.value is not None)}",
        _reported(row),
        _lacking(row),
        _listed("Còn thiếu ở", missing),
        _listed("Chưa báo cáo", unreported),
        f"Đơn vị thực hiện: {_performers(performers)}" if performers else "",
    ]
    return " ".join(f"{_capital(words)}." for words in sentences if words)


def task_paragraph(
    assignee: str,
    state: TaskState,
    due: date,
    done_on: date | None = None,
    days_late: int = 0,
    result: Document = Document(),  # noqa: B008 - frozen
    note: str = "",
) -> str:
    """What there is to say of one task, without its content."""
    done = f" ngày {vi.day(done_on)}" if done_on else ""
    late = f", {in_prose(vi.days_late(days_late))}" if days_late else ""
    sentences = [
        f"Tình trạng: {vi.TASK_STATE[state]}{done}{late} (thời hạn {vi.day(due)})",
        f"Văn bản kết quả: {vi.document(result)}" if result else "",
        f"Đơn vị thực hiện: {assignee}" if assignee else "",
        _capital(note).rstrip("."),
    ]
    return " ".join(f"{words}." for words in sentences if words)


def cited(number: str, issued: str) -> str:
    """ "số …/KH-STTTT tháng 01 năm 2022": a plan published without its number leaves the place open."""
    cited = f"số {'…' if number.startswith('/') else ''}{number}" if number else ""
    return " ".join(filter(None, (cited, issued)))


def _result(row: Result) -> str:
    indicator, goal = row.indicator, row.target
    asked = None if indicator.target is None or goal is None else in_prose(vi.target(indicator, goal))
    if row.value is None:
        return f"Chỉ tiêu giao: {asked}" if asked else ""
    shown = in_prose(vi.figure(indicator, row.value, row.numerator, row.denominator, row.edition))
    climbed = "" if row.gain is None else f", {in_prose(vi.gain(row.gain, row.edition))}"
    if asked is None or goal is None:
        return f"Kết quả: {shown}{climbed}"
    # An older edition than the plan's is no result of it: nothing to compare yet.
    if row.status is Status.AWAITING or (indicator.kind is Kind.RANK and row.gain is None):
        return f"Chỉ tiêu giao: {asked}; mới nhất đã biết: {shown}{climbed}"
    # As a reader subtracts who sees only what is printed.
    value = Fraction(vi.rounded(row.value, goal)) if indicator.kind is Kind.SHARE else row.value
    away = in_prose(vi.difference(indicator, value, row.gain, goal))
    compared = f"{away} ({asked})" if away.endswith("chỉ tiêu") else f"{away} so với chỉ tiêu ({asked})"
    return f"Kết quả: {shown}{climbed}, {compared}"


def _reported(row: Result) -> str:
    known = [
        *([f"{vi.reports(row.reported, row.expected)} đơn vị"] if row.reported < row.expected else []),
        *(
            [in_prose(vi.within_bounds(row.indicator, row.lower, row.upper))]
            if row.lower is not None and row.upper is not None
            else []
        ),
        *([in_prose(vi.stale_units(len(row.stale)))] if row.stale else []),
        *([vi.BARE] if row.bare else []),
    ]
    return ", ".join(known)


def _lacking(row: Result) -> str:
    if row.needed_rest is not None:
        return in_prose(vi.rest(row.needed_rest, row.to_come, row.indicator.things))
    if not row.gap:
        return ""
    things = "bậc" if row.indicator.kind is Kind.RANK else row.indicator.things
    return in_prose(vi.gap(row.needed, row.gap, things))


def _performers(names: Sequence[str]) -> str:
    """Many offices of one sort are counted; the table names them."""
    groups = (group.partition(": ") for group in vi.performers(names).split("; "))
    counted = [(kind, offices, offices.count(",") + 1) for kind, _, offices in groups]
    return "; ".join(
        f"{kind} ({in_prose(f'{count} đơn vị')})"
        if count > _PERFORMERS_AT_MOST
        else ": ".join(filter(None, (kind, offices)))
        for kind, offices, count in counted
    )


def _listed(words: str, names: Iterable[str]) -> str:
    known = list(names)
    if not known:
        return ""
    more = len(known) - _NAMED_AT_MOST
    some = ", ".join(known[:_NAMED_AT_MOST])
    return f"{words}: {some}" + (f" và {in_prose(f'{more} đơn vị')} khác" if more > 0 else "")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
