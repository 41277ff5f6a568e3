"""What words over figures say of them: that they are of another time than the quarter, of a plan, or the opposite.

All take plain words, as `kpi.workbook.words.plain` gives them, but for `cut_off_elsewhere`, which needs the signs of a date.
"""

from __future__ import annotations

import re
from datetime import date

from kpi.model import Quarter

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER = re.compile(r"\b(?:qui |q)(iv|i{1,3}|[1-4])\b")
_YEAR = re.compile(r"\b20\d\d\b")
_MONTHS = re.compile(r"\b(\d{1,2}) thang\b")
_UP_TO_MONTH = re.compile(r"\b(?:den|het)(?: het)? thang (\d{1,2})\b")
_MONTH = re.compile(r"\bthang \d{1,2}\b")
# "Từ đầu năm" and "6 tháng đầu năm" count this year.
_ELSEWHERE = re.compile(
    r"\b(?:truoc|cung ki|nam ngoai|dau ki|(?:qui|nam|thang|ki) (?:sau|toi|tiep theo|tiep))\b"
    r"|(?<!tu )(?<!thang )\bdau nam\b"
)
_WHOLE_YEAR = re.compile(r"\b(?:ca|het) nam\b")
_TIME = re.compile(
    r"\b(?:trong )?(?:(?:qui |q)(?:iv|i{1,3}|[1-4])\b(?: nam\b)?(?: 20\d\d\b)?|nam 20\d\d\b|ca nam\b)"
)
# What was done of a plan is no plan.
_PLANNED = re.compile(
    r"(?<!thuc hien )\bke hoach\b|\bkh (?:nam|giao|qui)\b|\bchi tieu (?:giao|nam|phan dau|dang ki)\b"
    r"|\b(?:duoc giao|muc tieu|du kien|phan dau)\b"
)
_YES_OR_NO = re.compile(r"\bco (?:hai |hoac )?khong\b")
_DENIES = re.compile(r"\b(?:chua|khong|kem|qua han|tre han|cham|ngung|hong|xau)\b")
_UP_TO = re.compile(
    r"\b(?:den|ngai)\s*(?:het\s*)?(?:ngai\s*)?(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(20\d\d))?"
)


def names_time(words: str) -> bool:
    """It names a quarter or a year."""
    return bool(_TIME.search(words))


def without_time(words: str) -> str:
    return " ".join(_TIME.sub(" ", words).split())


def quarters_in(words: str) -> set[int]:
    return {_ROMAN.get(q) or int(q) for q in _QUARTER.findall(words)}


def years_in(words: str) -> set[int]:
    return {int(year) for year in _YEAR.findall(words)}


def is_elsewhere(words: str, quarter: Quarter) -> bool:
    """Another time than the quarter, or than the year up to its end."""
    if years_in(words) - {quarter.year} or quarters_in(words) - {quarter.number}:
        return True
    if _ELSEWHERE.search(words) or (_WHOLE_YEAR.search(words) and quarter.number != 4):
        return True
    if any(int(count) != 3 * quarter.number for count in _MONTHS.findall(words)):
        return True
    if upto := _UP_TO_MONTH.findall(words):
        return any(int(month) not in _months(quarter) for month in upto)
    return bool(_MONTH.search(words))


def cut_off_elsewhere(text: str, quarter: Quarter) -> bool:
    """ "(đến 30/9/2022)" of folded text, over figures of another quarter."""
    found = _UP_TO.findall(text)
    return any(
        int(month) not in _months(quarter) or (year and int(year) != quarter.year) for _, month, year in found
    )


def _months(quarter: Quarter) -> range:
    first: date = quarter.first_day
    return range(first.month, first.month + 3)


def is_planned(words: str) -> bool:
    return bool(_PLANNED.search(words))


def is_denied(words: str) -> bool:
    """Beside the name of an indicator: the opposite of what it counts."""
    return bool(_DENIES.search(_YES_OR_NO.sub(" ", words)))
