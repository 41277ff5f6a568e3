"""Where the province stands, in a sentence and in four numbers; and what is lacking, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kpi import vi
from kpi.model import Quarter, Status

DONE = {Status.MET, Status.EXCEEDED}
LATE = {Status.BEHIND, Status.MISSED, Status.UNREACHABLE}
UNDER_WAY = {Status.ON_TRACK, Status.IN_PROGRESS}
_OTHERS: Sequence[tuple[str, Status]] = (
    ("chậm tiến độ", Status.BEHIND),
    ("chưa đạt", Status.MISSED),
    ("không thể đạt", Status.UNREACHABLE),
    ("đúng tiến độ", Status.ON_TRACK),
    ("đang thực hiện", Status.IN_PROGRESS),
    ("chờ công bố", Status.AWAITING),
    ("không phát sinh", Status.NOT_APPLICABLE),
    ("chưa đủ số liệu", Status.NO_DATA),
)

Statuses = Sequence[tuple[str, Status]]
"""Number of each indicator, and where it stands."""


def done(found: Statuses) -> str:
    """ "8/13 chỉ tiêu đạt hoặc vượt"."""
    return f"{sum(s in DONE for _, s in found)}/{len(found)} chỉ tiêu đạt hoặc vượt"


def others(found: Statuses) -> list[str]:
    """ "2 chậm tiến độ (chỉ tiêu 9, 11)" and so on, for every status that is not done."""
    groups = ((words, [n for n, s in found if s is status]) for words, status in _OTHERS)
    return [f"{len(numbers)} {words} (chỉ tiêu {', '.join(numbers)})" for words, numbers in groups if numbers]


def sentence(found: Statuses, called: str) -> str:
    """`called`: the quarter or period at whose end this is so."""
    return f"Đến hết {called}: {'; '.join([done(found), *others(found)])}."


def counts(found: Statuses) -> dict[str, int]:
    """How many are done, under way, late or lost, and not to be judged yet."""
    known = DONE | UNDER_WAY | LATE
    return {
        "Đạt, vượt": sum(s in DONE for _, s in found),
        "Đang thực hiện": sum(s in UNDER_WAY for _, s in found),
        "Chậm, chưa đạt": sum(s in LATE for _, s in found),
        "Chờ số liệu": sum(s not in known for _, s in found),
    }


def late(
    number: str, name: str, status: str, needed: Decimal | None, gap: Decimal | None, things: str
) -> str:
    lacking = f"; {vi.gap(needed, gap, things)}" if gap else ""
    return f"Chỉ tiêu {number} ({name}): {status[:1].lower()}{status[1:]}{lacking}."


def short(number: str, name: str, done: Decimal, whole: Decimal, things: str) -> str:
    """Of what has no target but is meant for all."""
    return f"Chỉ tiêu {number} ({name}): mới {vi.number(done)}/{vi.number(whole)}, còn {vi.number(whole - done)} {things}."


def unsent(names: Iterable[str], quarter: Quarter) -> str:
    found = list(names)
    return f"{vi.number(len(found))} đơn vị chưa gửi số liệu {vi.quarter(quarter)}: {'; '.join(found)}."


def late_task(key: str, content: str, assignee: str, state: str, days: int) -> str:
    short = content if len(content) <= 90 else f"{content[:88].rsplit(' ', 1)[0]} …"
    return f"Nhiệm vụ {key} ({short.rstrip('.')}; {assignee}): {state[:1].lower()}{state[1:]}, {vi.days_late(days)}."
