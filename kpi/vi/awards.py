"""The words of awards: verdicts and their reasons, the list of people, the papers of a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import assert_never

from kpi import vi
from kpi.model import (
    Cell,
    Discipline,
    Edition,
    Indicator,
    Initiative,
    Judgement,
    Kind,
    Nominee,
    Plan,
    Rating,
    Reading,
    Round,
    Status,
    TaskState,
)
from kpi.problems import (
    BadCode,
    CodeOfRoom,
    CodeTwice,
    CodeUnlisted,
    DecisionMissing,
    FieldMissing,
    MemberProblem,
    NobodyNamed,
    NoSuchColumn,
    NoSuchSheet,
    NotOneOf,
    Problem,
)
from kpi.reasons import (
    AllRated,
    CouncilAwaited,
    CouncilSays,
    Disciplined,
    DisciplineUnsaid,
    Evidence,
    Figures,
    IndicatorStands,
    MemberList,
    Minutes,
    NobodyDisciplined,
    NobodyListed,
    NoList,
    NoneExcellent,
    NothingAssigned,
    NotRecognised,
    RatedBelow,
    Reason,
    Recognised,
    Recognition,
    TaskProof,
    TaskStands,
    Unrated,
    Verdict,
)

# --- verdicts ---

VERDICT: Mapping[Verdict, str] = {
    Verdict.MET: "Đạt",
    Verdict.NOT_MET: "Không đạt",
    Verdict.UNDECIDED: "Chưa đủ dữ liệu",
}
SYMBOL: Mapping[Verdict, str] = {Verdict.MET: "✔", Verdict.NOT_MET: "✖", Verdict.UNDECIDED: "○"}
PROPOSAL = {
    "proposable": "Đủ điều kiện đề nghị khen thưởng",
    "ineligible": "Không đủ điều kiện",
    "incomplete": "Chưa đủ dữ liệu",
}
NOMINEE: Mapping[Nominee, str] = {Nominee.COLLECTIVE: "Tập thể", Nominee.INDIVIDUAL: "Cá nhân"}
ONLY_PROPOSED = (
    "Chương trình chỉ đối chiếu số liệu và đề xuất; Hội đồng Thi đua – Khen thưởng xem xét, "
    "người có thẩm quyền quyết định khen thưởng."
)
NOT_BLOCKING = "không bắt buộc"


def verdict(found: Verdict) -> str:
    return f"{SYMBOL[found]} {VERDICT[found]}"


# --- reasons ---


def reason(reasons: Iterable[Reason], judged: str, council: str) -> str:
    """Everything in one line: what fails first."""
    return " ".join(reason_lines(reasons, judged, council))


def reason_lines(reasons: Iterable[Reason], judged: str, council: str) -> list[str]:
    """A line for each verdict found, with every number; then what the council has still to look at.

    `council`: none, awaited, yes or no.
    """
    found = list(reasons)
    order: Sequence[tuple[Verdict | None, str]] = (
        (Verdict.NOT_MET, VERDICT[Verdict.NOT_MET]),
        (Verdict.UNDECIDED, VERDICT[Verdict.UNDECIDED]),
        (None, "Không tính"),
        (Verdict.MET, VERDICT[Verdict.MET]),
    )
    lines = []
    for which, label in order:
        said = [_because(r) for r in found if r.verdict is which]
        lines += [f"{label}: {'; '.join(said)}."] if said else []
    waits = council == "awaited" and not any(isinstance(r, CouncilAwaited) for r in found)
    return [*lines, f"Còn chờ Hội đồng xem xét: {judged}."] if waits else lines


def _because(found: Reason) -> str:
    match found:
        case IndicatorStands():
            return f"{_named(found.indicator)}: {_measured(found)}"
        case TaskStands():
            return f"{_work(found.key, found.content)}: {_done(found)}"
        case NothingAssigned(tasks_only=True):
            return "không có nhiệm vụ nào được giao để đánh giá"
        case NothingAssigned():
            return "kế hoạch không giao chỉ tiêu, nhiệm vụ nào để đánh giá"
        case NoList():
            return "chưa có danh sách cá nhân (xếp loại, kỷ luật, sáng kiến, công việc)"
        case NobodyListed():
            return "danh sách cá nhân không có ai của phòng, đơn vị này"
        case Unrated(count, of):
            return f"{_people(count, of)} chưa có xếp loại"
        case RatedBelow(count, of):
            return f"{_people(count, of)} xếp loại dưới mức hoàn thành tốt nhiệm vụ"
        case NoneExcellent(of):
            return f"không có ai trong {vi.number(of)} người hoàn thành xuất sắc nhiệm vụ"
        case AllRated(excellent, of):
            best = f"{vi.number(excellent)} người hoàn thành xuất sắc nhiệm vụ"
            return f"{_people(of, of)} xếp loại hoàn thành tốt nhiệm vụ trở lên, trong đó {best}"
        case Disciplined(count, of):
            return f"{_people(count, of)} bị kỷ luật từ cảnh cáo trở lên"
        case DisciplineUnsaid(count, of):
            return f"{_people(count, of)} chưa ghi có bị kỷ luật hay không"
        case NobodyDisciplined(of):
            return f"{_people(0, of)} bị kỷ luật từ cảnh cáo trở lên"
        case Recognised(initiatives):
            return "; ".join(map(_initiative, initiatives))
        case NotRecognised(0):
            return "danh sách không ghi sáng kiến hay đề tài nghiên cứu khoa học nào"
        case NotRecognised(count, start, end):
            return (
                f"{vi.number(count)} sáng kiến, đề tài nhưng không có quyết định công nhận ghi số, ký từ ngày "
                f"{vi.day(start)} đến ngày {vi.day(end)}"
            )
        case CouncilSays(_, judgement):
            return minutes(judgement)
        case CouncilAwaited():
            return "chờ Hội đồng xem xét"
        case _:
            assert_never(found)


def _named(indicator: Indicator) -> str:
    return f"chỉ tiêu {indicator.number} ({indicator.short_name})"


def _work(key: str, content: str) -> str:
    short = content if len(content) <= 90 else f"{content[:88].rsplit(' ', 1)[0]} …"
    return f"nhiệm vụ {key} ({short.rstrip('.')})" if key else f"công việc “{short.rstrip('.')}”"


def _people(count: int, of: int) -> str:
    return f"{vi.number(count)}/{vi.number(of)} người"


_SIGN: Mapping[Verdict | None, str] = {Verdict.MET: "≥", Verdict.NOT_MET: "<"}


def _measured(found: IndicatorStands) -> str:
    """ "95/99 = 95,96% < 96%", or why that cannot be said."""
    if found.verdict is None:
        return vi.NO_TARGET if found.target is None else _small(vi.STATUS[found.status])
    words = _compared(found)
    if found.reported < found.expected and found.indicator.kind is not Kind.RANK:
        words += f" ({vi.reports(found.reported, found.expected)})"
    return words


def _compared(found: IndicatorStands) -> str:
    status = _small(vi.status(found.status, some=found.value is not None))
    if found.indicator.kind is Kind.RANK:
        return _climbed(found, status)
    if found.value is None or found.target is None:
        return status
    sign = _SIGN.get(found.verdict)
    if sign is None:
        bounds = "" if found.lower is None or found.upper is None else _bounds(found)
        return f"{status}{bounds}, chỉ tiêu {_floor(found)}"
    if found.indicator.kind is Kind.COUNT:
        return f"{vi.figure(found.indicator, found.value)} {sign} {vi.number(found.target)}"
    shares = found.value
    if found.verdict is Verdict.MET and found.lower is not None:
        shares = found.lower
    share = f"{vi.percent(shares, found.target)} {sign} {vi.number(found.target)}%"
    parts = found.numerator is not None and found.denominator is not None
    over = f"{vi.number(found.numerator or 0)}/{vi.number(found.denominator or 0)} = " if parts else ""
    beyond = f", {status}" if found.status is Status.UNREACHABLE else ""
    return f"{over}{share}{beyond}"


def _climbed(found: IndicatorStands, status: str) -> str:
    goal = "" if found.target is None else f", chỉ tiêu {vi.target(found.indicator)}"
    if found.status is Status.AWAITING or found.gain is None:
        return f"{status}{goal}"
    return f"{vi.gain(found.gain, found.edition)}{goal}"


def _bounds(found: IndicatorStands) -> str:
    if found.lower is None or found.upper is None:
        return ""
    return f", {vi.within_bounds(found.indicator, found.lower, found.upper)}"


def _floor(found: IndicatorStands) -> str:
    unit = "%" if found.indicator.kind is Kind.SHARE else f" {found.indicator.things}"
    return f"≥ {vi.number(found.target or Decimal(0))}{unit}"


def _done(found: TaskStands) -> str:
    late = f", {vi.days_late(found.days_late)}" if found.days_late else ""
    due = f"hạn {vi.day(found.due)}"
    if found.done_on is not None:
        return f"hoàn thành ngày {vi.day(found.done_on)}, {due}{late}"
    if found.state is TaskState.OVERDUE:
        return f"chưa hoàn thành, {due}{late}"
    later = " (sau năm bình xét)" if found.is_later else ""
    return f"{_small(vi.TASK_STATE[found.state])}, {due}{later}"


def _initiative(found: Initiative) -> str:
    decision = vi.document(found.recognition)
    return f"“{found.title}”" + (f", công nhận tại {_small(decision)}" if decision else "")


def minutes(found: Judgement) -> str:
    says = "xác nhận" if found.fulfilled else "không công nhận"
    note = f" ({found.note.rstrip('.')})" if found.note else ""
    return f"Hội đồng {says}: {found.by}, ngày {vi.day(found.judged_on)}{note}"


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


# --- evidence ---


def evidence(found: Evidence, files: Mapping[str, str]) -> str:
    """What a verdict rests on; `files`: number of an upload -> its file."""
    match found:
        case Figures(indicator, readings, editions):
            told = [*map(_edition, editions), *([_cells(readings, files)] if readings else [])]
            return f"Chỉ tiêu {indicator.number}: {'; '.join(told) or 'chưa có số liệu'}"
        case TaskProof(key, _, document, filename):
            file = f"tệp {filename}" if filename else ""
            return f"Nhiệm vụ {key}: {'; '.join(filter(None, (vi.document(document), file)))}"
        case MemberList(of):
            return f"Danh sách cá nhân do Văn phòng Sở lập ({vi.number(of)} người)"
        case Recognition(initiative):
            return f"Sáng kiến {_initiative(initiative)}"
        case Minutes(judgement):
            return minutes(judgement)
        case _:
            assert_never(found)


def _edition(found: Edition) -> str:
    source = f" ({found.source})" if found.source else ""
    return f"hạng {found.rank} năm {found.year}{source}"


def _cells(readings: Sequence[Reading], files: Mapping[str, str]) -> str:
    places = {(r.upload, c) for r in readings for c in (r.cell, r.denominator_cell) if c is not None}
    first = min(readings, key=lambda r: (r.quarter, files.get(r.upload or "", ""), _position(r.cell)))
    where = vi.source(files.get(first.upload or "", ""), first.cell)
    if len(readings) > 1:
        return vi.sources(len({r.upload for r in readings}), len(places), where)
    apart = first.denominator_cell
    beside = f", {vi.denominator_at(apart)}" if apart is not None and apart != first.cell else ""
    return f"{_small(where)}{beside}"


def _position(cell: Cell) -> tuple[str, int, str]:
    return cell.sheet, int("".join(filter(str.isdigit, cell.address)) or 0), cell.address


# --- the list of people ---

RATING: Mapping[Rating, str] = {
    Rating.EXCELLENT: "Hoàn thành xuất sắc nhiệm vụ",
    Rating.GOOD: "Hoàn thành tốt nhiệm vụ",
    Rating.COMPLETED: "Hoàn thành nhiệm vụ",
    Rating.FAILED: "Không hoàn thành nhiệm vụ",
}
DISCIPLINE: Mapping[Discipline, str] = {
    Discipline.NONE: "Không",
    Discipline.REPRIMAND: "Khiển trách",
    Discipline.WARNING: "Cảnh cáo",
    Discipline.SALARY: "Hạ bậc lương",
    Discipline.DEMOTION: "Giáng chức",
    Discipline.REMOVAL: "Cách chức",
    Discipline.DISMISSAL: "Buộc thôi việc",
}
PEOPLE_SHEET, INITIATIVE_SHEET, WORK_SHEET, GUIDE_SHEET = "Cá nhân", "Sáng kiến", "Công việc", "Hướng dẫn"
MEMBER_CODE, MEMBER_NAME, ROOM, POSITION = "Mã cán bộ", "Họ và tên", "Phòng", "Chức vụ"
RATED, DISCIPLINED = "Xếp loại", "Kỷ luật"
DECISION, DECISION_DAY, ISSUER = "Số quyết định", "Ngày quyết định", "Cơ quan ban hành"
INITIATIVE_TITLE = "Tên sáng kiến, đề tài"
WORK, DUE, DONE_ON = "Nội dung công việc", "Hạn hoàn thành", "Ngày hoàn thành"
MEMBER_FORM: Mapping[str, tuple[str, ...]] = {
    PEOPLE_SHEET: (
        MEMBER_CODE,
        MEMBER_NAME,
        ROOM,
        POSITION,
        RATED,
        DISCIPLINED,
        DECISION,
        DECISION_DAY,
        ISSUER,
    ),
    INITIATIVE_SHEET: (MEMBER_CODE, INITIATIVE_TITLE, DECISION, DECISION_DAY, ISSUER),
    WORK_SHEET: (MEMBER_CODE, WORK, DUE, DONE_ON),
}
"""Sheet -> its headings, in order."""
RESTRICTED = "DỮ LIỆU CÁ NHÂN – CHỈ DÙNG TRONG VĂN PHÒNG SỞ"
MEMBER_FORM_TITLE: Mapping[str, str] = {
    PEOPLE_SHEET: "DANH SÁCH CÁ NHÂN: XẾP LOẠI, KỶ LUẬT",
    INITIATIVE_SHEET: "SÁNG KIẾN, ĐỀ TÀI NGHIÊN CỨU KHOA HỌC ĐƯỢC CÔNG NHẬN",
    WORK_SHEET: "NHIỆM VỤ GIAO CHO CÁ NHÂN",
}
PICK = ("Chọn trong danh sách", "Hãy chọn một mục trong danh sách.")
TYPE_DAY = ("Ngày", "Ghi ngày/tháng/năm, ví dụ 14/12/2022.")


def member_guide(plan: Plan, of: Round) -> tuple[tuple[str, str], ...]:
    """Heading and words of each part of the guide in the form."""
    erased = (
        f"Danh sách tự xóa khỏi chương trình từ ngày {vi.day(plan.erase_personal)}."
        if plan.erase_personal
        else "Kế hoạch chưa đặt ngày xóa danh sách."
    )
    return (
        (
            "Ai được dùng",
            f"Chỉ Văn phòng Sở lập và nạp tệp này ở trang “Bình xét”. Tệp không được giữ lại trong chương trình; {_small(erased)}",
        ),
        (
            PEOPLE_SHEET,
            f"Mỗi người một dòng. “{MEMBER_CODE}” là mã riêng của từng người, gồm chữ không dấu, chữ số, dấu chấm, gạch nối. "
            f"Để trống “{RATED}” hoặc “{DISCIPLINED}” nghĩa là chưa có thông tin; không bị kỷ luật thì chọn “{DISCIPLINE[Discipline.NONE]}”. "
            f"Có kỷ luật thì ghi số và ngày quyết định.",
        ),
        (
            INITIATIVE_SHEET,
            f"Mỗi sáng kiến, đề tài một dòng, theo “{MEMBER_CODE}”. Chỉ tính khi có số và ngày quyết định công nhận, "
            f"ký từ ngày {vi.day(plan.start)} đến ngày {vi.day(of.end)}.",
        ),
        (
            WORK_SHEET,
            f"Nhiệm vụ giao riêng cho từng người và hạn của nó. Chưa xong thì để trống “{DONE_ON}”.",
        ),
    )


def explain(problem: Problem | MemberProblem) -> str:
    """What is wrong in the list of people and how to mend it, with its place."""
    match problem:
        case NoSuchSheet(sheet):
            return f"Tệp không có trang “{sheet}”. Hãy dùng biểu mẫu tải ở trang “Bình xét”, không đổi tên trang."
        case NoSuchColumn(sheet, heading):
            return f"Trang “{sheet}” không có cột “{heading}”. Hãy dùng biểu mẫu tải ở trang “Bình xét”, không xóa cột."
        case NobodyNamed():
            return f"Trang “{PEOPLE_SHEET}” chưa ghi ai. Hãy ghi mỗi người một dòng rồi nạp lại."
        case (
            FieldMissing()
            | DecisionMissing()
            | BadCode()
            | CodeTwice()
            | CodeOfRoom()
            | CodeUnlisted()
            | NotOneOf()
        ):
            return f"{vi.place(problem.at)}: {_mistake(problem)}"
        case _:
            return vi.explain(problem)


def _mistake(
    problem: FieldMissing | DecisionMissing | BadCode | CodeTwice | CodeOfRoom | CodeUnlisted | NotOneOf,
) -> str:
    match problem:
        case FieldMissing(_, heading):
            return f"thiếu “{heading}”. Hãy ghi vào, hoặc xóa cả dòng."
        case DecisionMissing(_, heading):
            return f"có kỷ luật nhưng thiếu “{heading}”. Hãy ghi theo quyết định kỷ luật, hoặc sửa cột “{DISCIPLINED}”."
        case BadCode(_, found):
            return f"mã “{found}” không dùng được: chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới, nhiều nhất 32 ký tự."
        case CodeTwice(_, first, code):
            return f"mã “{code}” đã ghi ở ô {first.address}. Mỗi người một mã, một dòng."
        case CodeOfRoom(_, code):
            return f"mã “{code}” là mã của một phòng. Hãy đặt mã khác cho người này."
        case CodeUnlisted(_, code):
            return f"mã “{code}” không có ở trang “{PEOPLE_SHEET}”. Sửa mã, hoặc thêm người ấy vào trang đó."
        case NotOneOf(_, found, heading, choices):
            return f"cột “{heading}” không nhận “{found}”. Chọn một trong: {'; '.join(choices)}."
        case _:
            assert_never(problem)


# --- dossiers ---

COUNCIL = "Hội đồng Thi đua – Khen thưởng Sở"
SIGNED_AS: Mapping[Nominee, str] = {
    Nominee.COLLECTIVE: "THỦ TRƯỞNG ĐƠN VỊ",
    Nominee.INDIVIDUAL: "NGƯỜI BÁO CÁO",
}
SHEET = "Trang 1"
FIGURES_TITLE = "PHỤ LỤC SỐ LIỆU"
IN_TIME, TOO_LATE, NOT_IN = "Đúng hạn", "Quá hạn", "Chưa nhận"
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
EVIDENCE_TITLE = "DANH MỤC MINH CHỨNG"
EVIDENCE_HEADINGS = (vi.ORDER, "Căn cứ", "Minh chứng")
NO_FORM = "không có mẫu quy định vào ngày này"


def deadline(before: date | None) -> str:
    """The last moment, and the last working day when that is a weekend."""
    if before is None:
        return "Kế hoạch không nêu thời hạn nhận hồ sơ."
    last = before - timedelta(days=1)
    said = f"Nhận hồ sơ trước ngày {vi.day(before)}: chậm nhất 23:59 {_WEEKDAYS[last.weekday()]}, ngày {vi.day(last)}"
    work = last
    while work.weekday() > 4:
        work -= timedelta(days=1)
    friday = f"; ngày làm việc cuối cùng là {_WEEKDAYS[work.weekday()]}, ngày {vi.day(work)}"
    return f"{said}{friday if work != last else ''}."


def received(in_time: bool | None, came: datetime | None) -> str:
    """Whether a paper is in, and in time; `came` is UTC without a zone."""
    if came is None:
        return NOT_IN
    if in_time is None:
        return "Đã nhận"
    return IN_TIME if in_time else TOO_LATE


def office_time(moment: datetime) -> datetime:
    """A time of the store on the clock of the office, without a zone."""
    return moment.replace(tzinfo=UTC).astimezone(vi.HANOI).replace(tzinfo=None)


def utc(day: date, clock: time) -> datetime:
    """What the clock of the office showed, as a time of the store."""
    return datetime.combine(day, clock, vi.HANOI).astimezone(UTC).replace(tzinfo=None)


def form_cited(number: str, decree: str) -> str:
    """ "Mẫu số 07 (Nghị định số 91/2017/NĐ-CP)"."""
    return f"{number} ({decree})"


def plan_cited(number: str, issued: str, issuer: str) -> str:
    """ "Kế hoạch số …/KH-STTTT tháng 01 năm 2022 của Sở …": a plan published without its number leaves the place open."""
    cited = f"số {'…' if number.startswith('/') else ''}{number}" if number else ""
    return " ".join(filter(None, ("Kế hoạch", cited, issued, f"của {issuer}")))


def awards(names: Sequence[str]) -> str:
    return "; ".join(names) or "hình thức khen thưởng theo kế hoạch"


def dossier_mark(plan_sha256: str, figures_sha256: str) -> str:
    """By which it can be seen from what a dossier was made."""
    return f"Bản kế hoạch {plan_sha256[:12]} · số liệu {figures_sha256[:12]}"


def erased(since: date) -> str:
    return (
        f"Danh sách cá nhân của kế hoạch này đã đến ngày xóa ({vi.day(since)}): chương trình không giữ và không nhận "
        "xếp loại, kỷ luật của cá nhân nữa. Tiêu chuẩn cần danh sách ghi “Chưa đủ dữ liệu”."
    )


def list_read(people: int, initiatives: int, work: int) -> str:
    return f"{vi.number(people)} người, {vi.number(initiatives)} sáng kiến, {vi.number(work)} công việc"


def of_year(plan: Plan, year: int, before: str = " ") -> str:
    """Which round it is, to be put after a name; nothing for a plan with only one."""
    return f"{before}năm {year}" if len(plan.rounds) > 1 else ""


def movement(plan: Plan, year: int) -> str:
    return plan.title + of_year(plan, year, ", ")


# --- the command line ---

AWARDED = "Bình xét "
AWARD_HEADINGS = ("Tiêu chuẩn", "Đánh giá", "", "Lý do")
COMMANDS = {
    "awards": "Đối chiếu từng tập thể, cá nhân với các tiêu chuẩn khen thưởng của kế hoạch; chỉ đề xuất.",
    "dossier": "Tạo hồ sơ đề nghị khen thưởng của một tập thể, cá nhân: một tệp .zip đúng các thành phần kế hoạch nêu.",
    "--subject": "Mã phòng, hoặc mã cán bộ trong danh sách cá nhân.",
    "council": "Việc của Hội đồng: ý kiến, nhận hồ sơ, danh sách cá nhân.",
    "judge": "Ghi ý kiến Hội đồng về một tiêu chuẩn của một tập thể, cá nhân.",
    "receive": "Ghi nhận một thành phần hồ sơ đã đến; không có --at là rút lại ghi nhận.",
    "blank": "Tạo biểu mẫu trống của danh sách cá nhân.",
    "keep": "Lưu danh sách cá nhân đã điền, thay danh sách cũ; có lỗi thì không lưu gì.",
    "--says": "yes: công nhận; no: không công nhận; withdrawn: rút lại ý kiến đã ghi.",
    "--by": "Người kết luận, theo biên bản.",
    "--at": "Lúc nhận, theo giờ Hà Nội.",
    "--year": "Năm bình xét, với kế hoạch nhiều năm; mặc định năm gần nhất đã hết hoặc đã có số liệu.",
    "--day": "Ngày đối chiếu, ngày lập hồ sơ (quyết định mẫu) hoặc ngày họp; mặc định hôm nay.",
}


def no_such_day(text: str) -> str:
    return f"“{text}” không phải ngày: viết năm-tháng-ngày, ví dụ 2023-01-10."


def no_such_moment(text: str) -> str:
    return f"“{text}” không phải ngày giờ: viết như 2023-01-14T23:59."


def judged(number: str, year: str) -> str:
    return f"Đã ghi ý kiến Hội đồng{year} (số {number})."


def received_as(number: str, year: str) -> str:
    return f"Đã ghi nhận hồ sơ{year} (số {number})."


def list_kept(people: int, year: str) -> str:
    return f"Đã lưu danh sách{year}: {vi.number(people)} người. Tệp Excel không được giữ lại."


def no_such_round(year: int, known: Iterable[int]) -> str:
    return f"Kế hoạch không có kỳ bình xét năm {year}. Có: {', '.join(map(str, known))}."


def unknown_subject(code: str, known: Iterable[str]) -> str:
    return f"Không có tập thể, cá nhân nào mang mã “{code}”. Có: {', '.join(known)}."
