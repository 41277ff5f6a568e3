"""What is said when kept workbooks are read again: whether the same comes out, and of the store made from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kpi import vi
from kpi.model import Cell, Reading, State, Status, TaskUpdate
from kpi.vi import tasks

NO_PLACE = "không có"
LEFT_OUT = (
    "Chỉ những gì đọc từ tệp gốc và những việc đã làm với các lần nạp (rút, duyệt, chốt, mở lại kỳ) cùng các lần ghi nhiệm vụ "
    "mới có trong kho mới. Tài khoản, kế hoạch sửa trên trang, ý kiến Hội đồng, hồ sơ đã nhận và các lần xuất báo cáo thì không."
)
UNTOUCHED = "Kho cũ không bị thay đổi gì."


def no_store(path: Path) -> str:
    return f"Chưa có kho số liệu {path} để đọc lại."


def summary(same: int, other: int, unread: int, lost: int) -> str:
    return (
        f"Đã đọc lại {vi.number(same + other + unread + lost)} tệp: {vi.number(same)} đúng như đã lưu, "
        f"{vi.number(other)} khác số đã lưu, {vi.number(unread)} không còn đọc được, {vi.number(lost)} mất tệp gốc."
    )


def upload(number: str, filename: str) -> str:
    return f"Lần nạp số {number} (tệp {filename})"


def task_form(filename: str, numbers: str) -> str:
    told = f"Lần ghi nhiệm vụ số {numbers}"
    return f"{told} (tệp {filename})" if filename else told


def other(source: str, count: int) -> str:
    return f"{source}: nay đọc khác số đã lưu ở {vi.number(count)} chỗ."


def unread(source: str) -> str:
    return f"{source}: nay không còn đọc được."


def lost(source: str, why: str) -> str:
    return f"{source}: không đọc lại được. {why}"


def reading(unit: str, was: Reading | None, now: Reading | None) -> str:
    """ "Chỉ tiêu 7, huyện Ba Bể: đã lưu 18/20 (…, ô G10), nay đọc 19/20 (…, ô G10)"."""
    known = was or now
    number = known.indicator if known else ""
    days = was is not None and now is not None and was.as_of != now.as_of
    old, new = (_reading(r, days=days) for r in (was, now))
    return f"Chỉ tiêu {number}, {unit}: đã lưu {old}, nay đọc {new}."


def update(was: TaskUpdate | None, now: TaskUpdate | None) -> str:
    known = was or now
    old, new = map(_update, (was, now))
    return f"Nhiệm vụ {known.task if known else ''}: đã lưu {old}, nay đọc {new}."


def made(path: Path, uploads: int) -> str:
    return f"Đã dựng kho mới {path} với {vi.number(uploads)} lần nạp.\n{LEFT_OUT}\n{UNTOUCHED}"


def renumbered(old: range, new: range) -> str:
    """One upload, or several one after the other in both stores."""
    if len(old) == 1:
        return f"Lần nạp số {old[0]} là lần nạp số {new[0]} trong kho mới."
    return f"Các lần nạp số {old[0]}–{old[-1]} là các lần nạp số {new[0]}–{new[-1]} trong kho mới."


def withheld(told: Iterable[str]) -> str:
    """`told` of `vi.withheld`."""
    return (
        f"Không chuyển sang kho mới: {', '.join(told)}. Số liệu ở đó nay đọc khác số đã duyệt, đã chốt; "
        "người có trách nhiệm cần xem và duyệt, chốt lại."
    )


def _reading(found: Reading | None, *, days: bool) -> str:
    if found is None:
        return NO_PLACE
    as_of = f", tính đến {vi.day(found.as_of)}" if days else ""
    beside = found.denominator_cell
    return f"{figures(found)} ({_cell(found.cell)}{f' và {beside.address}' if beside else ''}{as_of})"


def figures(found: Reading) -> str:
    """Exactly as they were read, nothing rounded."""
    if found.state is State.NOT_APPLICABLE:
        said = vi.STATUS[Status.NOT_APPLICABLE]
    elif found.value is not None:
        said = vi.number(found.value) + (f" (năm {found.edition})" if found.edition else "")
    elif found.denominator is None:
        said = "Có" if found.numerator else "Không"
    else:
        said = f"{vi.number(found.numerator or 0)}/{vi.number(found.denominator)}"
    return f"{said} (ước tính)" if found.state is State.ESTIMATE else said


def _update(found: TaskUpdate | None) -> str:
    if found is None:
        return NO_PLACE
    return f"“{tasks.holds(found)}”" + (f" ({_cell(found.cell)})" if found.cell else "")


def _cell(cell: Cell) -> str:
    where = vi.place(cell)
    return where[:1].lower() + where[1:]
