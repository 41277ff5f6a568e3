"""Words of plan files as the program writes them, and of those it has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kpi import vi
from kpi.model import Criterion, Indicator, Plan, Task


def number_to_fill(number: str) -> str:
    """The number of a document not issued yet: its symbol stays. "17/KH-STTTT" -> "…/KH-STTTT"."""
    return f"…/{number.rpartition('/')[2]}"


def issued_to_fill(year: int) -> str:
    return f"ngày … tháng … năm {year}"


def copied_from(code: str) -> str:
    return f"Chép từ kế hoạch {code}; phải đối chiếu từng mục với văn bản được ban hành (?)."


def in_years(text: str, years: range, later: int) -> str:
    """A text whose years of a plan are those of a later one; "2021-2025" of a plan that began in 2022 is "2026-2029"."""

    def moved(found: re.Match[str]) -> str:
        first, between, last = found["first"], found["between"] or "", found["last"] or ""
        if last and int(last) in years:
            return f"{years.start + later}{between}{int(last) + later}"
        return f"{_moved(first, years, later)}{between}{last and _moved(last, years, later)}"

    return _YEARS.sub(moved, text)


_YEARS = re.compile(r"(?<!\d)(?P<first>\d{4})(?:(?P<between> ?[-–] ?)(?P<last>\d{4}))?(?!\d)")


def _moved(year: str, years: range, later: int) -> str:
    return str(int(year) + later) if int(year) in years else year


def overlaid(path: Path) -> str:
    """Which file counts instead of the one in the data folder."""
    return f"Kế hoạch {path.stem} đang dùng bản sửa trong chương trình: {path}."


NO_ROOM = "chưa giao phòng"
OTHERWISE = "Nội dung khác với bản trước; xem phần so sánh từng dòng."
_BLOCKING = {True: "bắt buộc", False: "không bắt buộc"}


def differences(before: Plan, after: Plan) -> list[str]:
    """What a plan says now that it said otherwise, a sentence each: old → new."""
    rooms = {room.code: room.name for plan in (before, after) for room in plan.rooms}
    found = [
        *_of_head(before, after),
        *_of_indicators(before, after),
        *_of_tasks(before, after, rooms),
        *_of_criteria(before, after),
    ]
    return found or ([] if before.text == after.text else [OTHERWISE])


def room_of(plan: Plan, number: str) -> str | None:
    """The room that answers for an indicator, by code."""
    return next((room.code for room in plan.rooms if number in room.indicators), None)


def milestones(i: Indicator) -> str:
    """ "quý I 20, quý II 40,5"."""
    words = [f"quý {_ROMAN[quarter]} {vi.number(value)}" for quarter, value in sorted(i.milestones.items())]
    return ", ".join(words) or "không có"


_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def time_of(task: Task) -> str:
    return f"{vi.day(task.start)} – {vi.day(task.due)}"


def once(plan: Plan) -> dict[str, Task]:
    """Every piece of work by its key in the file, once even when it is given to several."""
    found: dict[str, Task] = {}
    for task in plan.tasks:
        found.setdefault(task.key.partition(".")[0], task)
    return found


def _of_head(before: Plan, after: Plan) -> Iterator[str]:
    for name, old, new in (
        ("Tên kế hoạch", before.title, after.title),
        ("Số, ký hiệu", before.number, after.number),
        (
            "Thời gian",
            f"{vi.day(before.start)} – {vi.day(before.end)}",
            f"{vi.day(after.start)} – {vi.day(after.end)}",
        ),
    ):
        if old != new:
            yield f"{name}: {old} → {new}"


def _of_indicators(before: Plan, after: Plan) -> Iterator[str]:
    rooms: dict[str | None, str] = {None: NO_ROOM}
    rooms |= {room.code: room.name for plan in (before, after) for room in plan.rooms}
    known = {i.number: i for i in before.indicators}
    for new in after.indicators:
        if (old := known.get(new.number)) is None:
            yield f"Thêm chỉ tiêu {vi.short_heading(new)}"
            continue
        for name, was, now in (
            ("chỉ tiêu giao", vi.target(old), vi.target(new)),
            ("phòng phụ trách", rooms[room_of(before, old.number)], rooms[room_of(after, new.number)]),
            ("mốc từng quý", milestones(old), milestones(new)),
        ):
            if was != now:
                yield f"Chỉ tiêu {vi.short_heading(new)}, {name}: {was} → {now}"
    for number in known.keys() - {i.number for i in after.indicators}:
        yield f"Bỏ chỉ tiêu {vi.short_heading(known[number])}"


def _of_tasks(before: Plan, after: Plan, rooms: dict[str, str]) -> Iterator[str]:
    known, now = once(before), once(after)
    for key, new in now.items():
        if (old := known.get(key)) is None:
            yield f"Thêm nhiệm vụ {key}: {new.content} ({new.assignee}, {time_of(new)})"
            continue
        if time_of(old) != time_of(new):
            yield f"Nhiệm vụ {key}, thời gian: {time_of(old)} → {time_of(new)}"
        if old.room != new.room:
            was, is_now = (rooms[t.room] if t.room else NO_ROOM for t in (old, new))
            yield f"Nhiệm vụ {key}, phòng phụ trách: {was} → {is_now}"
    for key in [key for key in known if key not in now]:
        yield f"Bỏ nhiệm vụ {key}: {known[key].content}"


def _of_criteria(before: Plan, after: Plan) -> Iterator[str]:
    known: dict[str, Criterion] = {c.key: c for c in before.criteria}
    for new in after.criteria:
        old = known.get(new.key)
        if old and old.blocking != new.blocking:
            yield f"Tiêu chí {new.key}: {_BLOCKING[old.blocking]} → {_BLOCKING[new.blocking]}"
