"""What is said of tasks: their states, what is told of them, what is wrong with it, and their forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from kpi import vi
from kpi.model import Document, Plan, Quarter, Task, TaskState, TaskUpdate
from kpi.problems import (
    BadEvidence,
    DateWithoutDone,
    DayToCome,
    DoneAfterQuarter,
    DoneBeforeStart,
    DoneWithoutDate,
    DoneWithoutResult,
    ForeignTask,
    KeyChanged,
    NoTaskForm,
    NothingTold,
    Problem,
    ResultWithoutDone,
    TaskNotice,
    TaskProblem,
    TaskTwice,
    TextTooLong,
    UnknownOwner,
    UnknownState,
    UnknownTask,
)

SYMBOL: Mapping[TaskState, str] = {
    TaskState.NOT_STARTED: "○",
    TaskState.IN_PROGRESS: "◐",
    TaskState.DONE: "✔",
    TaskState.OVERDUE: "✖",
    TaskState.DROPPED: "–",
}
TELLABLE = (TaskState.NOT_STARTED, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.DROPPED)
"""What a person may say; overdue follows from the day."""
STATES: Mapping[str, TaskState] = {vi.TASK_STATE[state]: state for state in TELLABLE}

# The form.
SHEET = "Nhiệm vụ"
TASK_KEY, CONTENT, DUE, STANDING, STATE, DONE_ON, NOTE = (
    "Mã",
    "Nội dung nhiệm vụ",
    "Thời hạn",
    "Đang ghi nhận",
    "Tình trạng",
    "Ngày hoàn thành",
    "Ghi chú quý",
)
RESULT, PLANNED = "Văn bản kết quả", "Sản phẩm dự kiến"
NUMBER, SIGNED_ON, ISSUER, TITLE = "Số, ký hiệu", "Ngày ban hành", "Cơ quan ban hành", "Trích yếu"
OWNER = "Đơn vị thực hiện:"
GUIDE_TITLE = "HƯỚNG DẪN ĐIỀN BIỂU NHIỆM VỤ"
ASK_STATE = ("Tình trạng", f"Chọn một trong: {', '.join(STATES)}. Để trống nếu không thay đổi.")
ASK_DAY = ("Ngày", "Nhập ngày/tháng/năm, ví dụ 05/12/2022.")


def form_title(q: Quarter) -> str:
    return f"BIỂU CẬP NHẬT NHIỆM VỤ – {vi.quarter(q)}".upper()


def guide(q: Quarter, due: date) -> tuple[tuple[str, str], ...]:
    return (
        (
            "1. Cách điền",
            "Mỗi dòng là một nhiệm vụ. Chỉ điền các ô màu vàng của nhiệm vụ có thay đổi; dòng để trống hết thì giữ nguyên "
            "như cột chữ xám. Ô nào để trống thì giữ nội dung đang ghi nhận của ô ấy.",
        ),
        (
            "2. Tình trạng",
            f"Chọn một trong bốn: {', '.join(STATES)}. Không cần ghi “{vi.TASK_STATE[TaskState.OVERDUE]}”: chương trình "
            "tự tính khi đã qua thời hạn mà chưa hoàn thành.",
        ),
        (
            "3. Khi đã hoàn thành",
            f"Ghi ngày hoàn thành (không sau ngày hôm nay, không sau ngày {vi.day(q.last_day)}) và văn bản kết quả nếu có: số, "
            "ký hiệu; ngày và cơ quan ban hành; trích yếu. Hoàn thành sau thời hạn được tính là chậm.",
        ),
        (
            "4. Sản phẩm dự kiến",
            "Chỉ ghi khi văn bản dự kiến khác với kế hoạch hoặc kế hoạch chưa nêu.",
        ),
        (
            "5. Gửi biểu",
            f"Lưu tệp dạng .xlsx rồi nạp ở trang “Nhiệm vụ” trước hết ngày {vi.day(due)}. Chương trình báo mọi chỗ cần sửa "
            "kèm trang và ô, cho xem những gì sẽ thay đổi, và chỉ lưu khi bạn bấm nút lưu. Tệp minh chứng nạp riêng ở từng "
            "nhiệm vụ trên trang ấy.",
        ),
        ("6. Nếu gửi sai", "Sửa và gửi lại: lần mới nhất của quý được tính, các lần trước vẫn được giữ."),
    )


def holds(update: TaskUpdate) -> str:
    """What is told of a task, in a line or two: state, day, documents, note."""
    parts = [vi.TASK_STATE[update.state]]
    if update.done_on:
        parts[0] += f" ngày {vi.day(update.done_on)}"
    if update.result:
        parts.append(f"{RESULT}: {vi.document(update.result)}")
    if update.planned:
        parts.append(f"{PLANNED}: {vi.document(update.planned)}")
    if update.note:
        parts.append(f"Ghi chú: {update.note}")
    return "; ".join(parts)


def differences(old: TaskUpdate, new: TaskUpdate) -> list[tuple[str, str, str]]:
    """What would change: its name, as it was, as it is told now."""
    pairs: list[tuple[str, object, object]] = [
        (STATE, old.state, new.state),
        (DONE_ON, old.done_on, new.done_on),
        (RESULT, old.result, new.result),
        (PLANNED, old.planned, new.planned),
        (NOTE, old.note, new.note),
    ]
    return [(name, _fact(was), _fact(now)) for name, was, now in pairs if was != now]


def _fact(fact: object) -> str:
    match fact:
        case TaskState():
            return vi.TASK_STATE[fact]
        case Document():
            return vi.document(fact)
        case date():
            return vi.day(fact)
        case _:
            return "" if fact is None else str(fact)


def name(task: Task) -> str:
    return f"{task.key}. {task.content}"


def deadline(task: Task) -> str:
    return f"hạn {vi.day(task.due)}"


def as_of(day: date) -> str:
    return f"Tính đến {vi.day(day)}"


# What is wrong.


def explain(problem: Problem | TaskProblem) -> str:
    """What is wrong and how to mend it, with its place."""
    if not isinstance(problem, TaskProblem):
        return vi.explain(problem)
    words = _mistake(problem)
    return f"{vi.place(problem.at)}: {words}" if problem.at else words[:1].upper() + words[1:]


def notice(found: TaskNotice) -> str:
    words = _remark(found)
    return f"{vi.place(found.at)}: {words}" if found.at else words[:1].upper() + words[1:]


def _mistake(problem: TaskProblem) -> str:
    match problem:
        case NoTaskForm(figures=True):
            return "đây là biểu số liệu, không phải biểu nhiệm vụ. Hãy nạp ở trang “Nạp số liệu”."
        case NoTaskForm():
            return "tệp không phải biểu nhiệm vụ do chương trình tạo. Hãy tải biểu ở mục “Cập nhật bằng Excel” và điền vào biểu đó."
        case KeyChanged():
            return "trang ẩn của biểu đã bị sửa nên không chắc biểu của ai, quý nào. Hãy tải biểu mới và điền lại."
        case UnknownOwner(found):
            return f"kế hoạch không giao nhiệm vụ cho “{found}”. Hãy tải biểu mới."
        case UnknownTask(_, found):
            return f"không có nhiệm vụ mã “{found}” trong kế hoạch. Ghi lại đúng mã như biểu đã tải."
        case ForeignTask(_, task, assignee):
            return f"nhiệm vụ {task} là của {assignee}, không thuộc biểu này. Xóa dòng này."
        case TaskTwice(_, first, task):
            return f"nhiệm vụ {task} có hai dòng, dòng này và ô {first.address}. Xóa một dòng."
        case UnknownState(_, found):
            return f"tình trạng “{found}” không hợp lệ. Chọn một trong: {', '.join(STATES)}."
        case DoneWithoutDate(_, task):
            return f"nhiệm vụ {task} hoàn thành nhưng chưa ghi ngày hoàn thành. Ghi ngày/tháng/năm."
        case DateWithoutDone(_, task):
            return (
                f"nhiệm vụ {task} có ngày hoàn thành nhưng tình trạng không phải “{vi.TASK_STATE[TaskState.DONE]}”. "
                "Chọn lại tình trạng hoặc xóa ngày."
            )
        case ResultWithoutDone(_, task):
            return (
                f"nhiệm vụ {task} có văn bản kết quả nhưng tình trạng không phải “{vi.TASK_STATE[TaskState.DONE]}”. "
                "Chọn lại tình trạng, hoặc ghi văn bản vào phần dự kiến."
            )
        case _:
            return _wrong_fact(problem)


def _wrong_fact(
    problem: DayToCome | DoneAfterQuarter | DoneBeforeStart | TextTooLong | BadEvidence,
) -> str:
    match problem:
        case DayToCome(_, found, today):
            return f"ngày {vi.day(found)} chưa tới (hôm nay là {vi.day(today)}). Ghi ngày đã qua."
        case DoneAfterQuarter(_, found, quarter):
            return (
                f"ngày hoàn thành {vi.day(found)} sau {vi.quarter(quarter)}. "
                f"Ghi ngày không sau {vi.day(quarter.last_day)}, hoặc cập nhật ở quý có ngày ấy."
            )
        case DoneBeforeStart(_, found, start):
            return f"ngày hoàn thành {vi.day(found)} trước ngày bắt đầu nhiệm vụ ({vi.day(start)}). Ghi lại ngày."
        case TextTooLong(_, length, limit):
            return f"nội dung dài {vi.number(length)} chữ, nhiều hơn mức {vi.number(limit)}. Viết ngắn lại."
        case BadEvidence(filename, "empty"):
            return f"tệp minh chứng “{filename}” rỗng hoặc tải lên chưa hết. Chọn lại tệp."
        case BadEvidence(filename, "large"):
            return f"tệp minh chứng “{filename}” lớn hơn 5 MB. Nén hoặc quét lại ở độ phân giải thấp hơn."
        case BadEvidence(filename):
            return (
                f"tệp minh chứng “{filename}” không phải PDF, JPG, PNG, DOCX hay XLSX, hoặc nội dung không đúng với đuôi tệp. "
                "Hãy lưu lại tệp ở một trong các dạng ấy."
            )
        case _:
            assert_never(problem)


def _remark(found: TaskNotice) -> str:
    match found:
        case DoneWithoutResult(_, task):
            return f"nhiệm vụ {task} hoàn thành nhưng chưa ghi văn bản kết quả; vẫn lưu được, nên bổ sung."
        case NothingTold():
            return "biểu không có gì thay đổi so với đang ghi nhận."
        case _:
            assert_never(found)


# The command line.

COMMANDS = {
    "task": "Nhiệm vụ của kế hoạch: xem, cập nhật, biểu Excel.",
    "list": "Liệt kê các nhiệm vụ như đã biết đến hết một quý.",
    "set": "Cập nhật một nhiệm vụ cho một quý.",
    "blank": "Tạo biểu cập nhật nhiệm vụ của một đơn vị, phòng.",
    "read": "Đọc thử một biểu nhiệm vụ đã điền, không lưu gì.",
    "keep": "Lưu một biểu nhiệm vụ đã điền.",
    "--unit": "Mã đơn vị hoặc phòng thực hiện; để trống là cơ quan ban hành kế hoạch.",
    "--evidence": "Tệp minh chứng: PDF, JPG, PNG, DOCX hoặc XLSX, không quá 5 MB.",
}
LIST_HEADINGS = (TASK_KEY, "Nhiệm vụ", "Thực hiện", "Hạn", STATE, DONE_ON, "Chậm")
NO_TASKS = "Kế hoạch này không giao nhiệm vụ nào."


def kept(count: int) -> str:
    return f"Đã lưu cập nhật của {vi.number(count)} nhiệm vụ."


def unchanged(task: str) -> str:
    return f"Nhiệm vụ {task} không có gì thay đổi so với đang ghi nhận."


def change(task: str, fact: str, was: str, now: str) -> str:
    return f"- {task}, {fact}: {was or vi.NOTHING} → {now or vi.NOTHING}"


def no_day(text: str) -> str:
    return f"Ngày “{text}” không đúng dạng năm-tháng-ngày, ví dụ 2022-12-05."


def told_by(update: TaskUpdate) -> str:
    """Who told it and when."""
    when = f" lúc {vi.moment(update.kept_at)}" if update.kept_at else ""
    source = f", tệp {update.filename}" if update.filename else ""
    where = f" ô {update.cell.address}" if update.cell else ""
    return f"{update.person}{when}{source}{where}"


def read_summary(plan: Plan, owner: str, q: Quarter, count: int) -> str:
    return f"{owner}, {plan.title}, {vi.quarter(q)}: {vi.number(count)} nhiệm vụ có thay đổi."
