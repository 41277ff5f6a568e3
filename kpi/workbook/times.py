"""What words over figures say of them: another time than the quarter, a plan, the opposite, or only a part.

Texts are taken as they stand, without the name of an indicator in them.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from kpi.model import Quarter
from kpi.workbook.words import fold, plain, tidy

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER = re.compile(r"\b(?:qui |q)(iv|i{1,3}|[1-4])\b")
_YEAR = re.compile(r"\b20\d\d\b")
_MONTHS = re.compile(r"\b(\d{1,2}) thang\b")
_UP_TO_MONTH = re.compile(r"\b(?:den|het)(?: het)? thang (\d{1,2})\b")
_MONTH = re.compile(r"\bthang (\d{1,2}(?: (?:va |den |thang )*\d{1,2})*)\b")
# "Từ đầu năm" and "6 tháng đầu năm" count this year.
_ELSEWHERE = re.compile(
    r"\btruoc\b(?! (?:han|ngai|dai)\b)|\b(?:cung ki|nam ngoai|dau ki)\b|\b(?:qui|nam|thang|ki) (?:sau|toi|tiep theo)\b"
    r"|(?<!tu )(?<!thang )\bdau nam\b"
)
_WHOLE_YEAR = re.compile(r"\b(?:ca|het) nam\b")
_TIME = re.compile(
    r"\b(?:trong )?(?:(?:qui |q)(?:iv|i{1,3}|[1-4])\b(?: nam\b)?(?: 20\d\d\b)?|nam 20\d\d\b|ca nam\b)"
)
# An office that reports after the quarter may count up to the day it writes.
SOON_AFTER = timedelta(days=31)
_UP_TO = re.compile(
    r"\b(?:den|ngai)\s*(?:het\s*)?(?:ngai\s*)?(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(20\d\d))?"
)
# What a heading tells besides: its target, the document it goes back to, since when, compared with what.
_ASIDE = re.compile(
    r"[(]?\b(?:chi tieu|ke hoach|kh|muc tieu|phan dau)(?: (?:giao|nam|de ra|phan dau))*(?: 20\d\d)? ?(?:la |dat |tu )?"
    r"[:=]? ?(?:≥|>=|=>|>|tren|it nhat|toi thieu)? ?(?!20\d\d\b)\d{1,6}(?:[.,]\d{1,6})? ?(?:%|xa\b|bac\b)?[)]?"
    r"|\b(?:ke hoach|quiet dinh|qd|nghi dinh|thong tu|cong van|nghi quiet|chi thi|de an|chuong trinh) (?:so )?(?!20\d\d\b)\d[^,;)]{0,80}"
    r"|\btheo (?:muc tieu|de an|chuong trinh|nghi quiet|quiet dinh)\b[^,;)]{0,80}"
    r"|\bgiai doan \d{4} ?[-–] ?\d{4}\b"
    r"|\btu (?:ngai )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?= ?(?:den\b|-))"
    r"|(?<=.)\bso voi [^,;)]{0,80}"
)
# What was done of a plan is no plan.
_RESULT = re.compile(r"(?:ket qua|thuc hien|kq|th|so lieu|bao cao|tinh hinh)\b")
_PLANNED = re.compile(
    r"\bkế hoạch\b|\bkh (?:năm|giao|quý|20\d\d)\b|\bchỉ tiêu (?:giao|năm|phấn đấu|đăng ký|được giao)\b"
    r"|\b(?:được giao|mục tiêu|dự kiến|phấn đấu)\b"
)
_DENIES = re.compile(r"\b(?:chưa|không|kém|quá hạn|trễ hạn|chậm|ngừng|ngưng|hỏng|xấu|yếu)\b")
# "(Có/Không)", "Có = 1, Không = 0", "(không tính hồ sơ một cửa)": how to fill in, or what is left out.
_INSTRUCTION = re.compile(
    r"[(][^()]{0,80}\b(?:có|đạt)\b[^()]{0,80}\b(?:không|chưa)\b[^()]{0,80}[)]|\b(?:có|đạt) ?(?:/|hay|hoặc) ?(?:không|chưa)\b|\bhay (?:không|chưa)\b"
    r"|\bcó ?= ?1\b[^()]{0,20}\b(?:không|chưa) ?= ?0\b|[(]1 ?= ?có\b[^()]{0,20}[)]"
    r"|\bkhông (?:tính|gồm|bao gồm|kể)\b[^,;)]{0,80}"
)
_PART = re.compile(
    r"\b(?:viettel|vnpt|mobifone|vinaphone|vietnamobile|trong đó|riêng)\b|\bcấp (?:xã|huyện|tỉnh|sở)\b"
    r"|\bcủa (?:ubnd|sở)\b|\bvới (?:tỉnh|trung ương|xã|huyện)\b"
)
_IN_YEAR = re.compile(
    r"\b(?:lui ke|ca nam|tu dau nam|cong don|dau nam den|tong (?:cac|4|bon) qui)\b|\btu (?:ngai )?0?1 0?1\b"
)
# Up to a day, and no word of since when.
_SO_FAR = re.compile(r"^(?!.*\btu\b).*\b(?:den (?:het|cuoi|nay)\b(?! (?:qui|ki)\b)|den (?:ngai )?\d)")
_IN_QUARTER = re.compile(r"\b(?:phat sinh|(?:trong|rieng) (?:qui|ki))\b")


def names_time(words: str) -> bool:
    """Plain words that name a quarter or a year."""
    return bool(_TIME.search(words))


def without_time(words: str) -> str:
    return " ".join(_TIME.sub(" ", words).split())


def quarters_in(words: str) -> set[int]:
    return {_ROMAN.get(q) or int(q) for q in _QUARTER.findall(words)}


def years_in(words: str) -> set[int]:
    return {int(year) for year in _YEAR.findall(words)}


@lru_cache(maxsize=4096)
def without_asides(text: str) -> str:
    """Without what a heading tells besides. Folding keeps every letter's place."""
    shown = tidy(text)
    words = fold(shown)
    if len(words) != len(shown):
        return shown
    for found in reversed(list(_ASIDE.finditer(words))):
        shown = shown[: found.start()] + " " + shown[found.end() :]
    return tidy(shown)


@lru_cache(maxsize=4096)
def is_elsewhere(text: str, quarter: Quarter) -> bool:
    """Another time than the quarter, or than the year up to its end."""
    text = without_asides(text)
    words = plain(text)
    quarters = quarters_in(words)
    if years_in(words) - {quarter.year} or quarters - {quarter.number} or _ELSEWHERE.search(words):
        return True
    if _WHOLE_YEAR.search(words) and quarter.number != 4:
        return True
    if any(int(count) not in {3, 3 * quarter.number} for count in _MONTHS.findall(words)):
        return True
    return _ends_elsewhere(fold(text), quarter) or (not quarters and _is_of_other_months(words, quarter))


def _is_of_other_months(words: str, quarter: Quarter) -> bool:
    """A month alone is no quarter; up to one of the quarter's it may be."""
    months = set(range(quarter.first_day.month, quarter.first_day.month + 3))
    if upto := _UP_TO_MONTH.findall(words):
        return any(int(month) not in months for month in upto)
    said = {int(number) for found in _MONTH.findall(words) for number in re.findall(r"\d+", found)}
    return bool(said) and said != months


def _ends_elsewhere(words: str, quarter: Quarter) -> bool:
    """ "(đến 30/9/2022)" over figures of another quarter."""
    for day, month, year in _UP_TO.findall(words):
        try:
            end = date(int(year or quarter.year), int(month), int(day))
        except ValueError:
            return True
        if not quarter.first_day <= end <= quarter.last_day + SOON_AFTER:
            return True
    return False


@lru_cache(maxsize=4096)
def is_planned(text: str) -> bool:
    text = without_asides(text)
    return not _RESULT.match(plain(text)) and _says(_PLANNED, text)


@lru_cache(maxsize=4096)
def is_denied(text: str) -> bool:
    """Beside the name of an indicator: the opposite of what it counts."""
    shown = without_asides(text)
    words = fold(shown) if shown.isascii() else shown.casefold()
    return _says(_DENIES, _spelled(_INSTRUCTION, shown).sub(" ", words))


@lru_cache(maxsize=4096)
def is_partial(text: str) -> bool:
    """Beside the name of an indicator: only some of what it counts."""
    return _says(_PART, without_asides(text))


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """With its accents, since "kèm" is no "kém"; of a text typed without any the letters must do."""
    return bool(_spelled(pattern, text).search(fold(text) if text.isascii() else text.casefold()))


def _spelled(pattern: re.Pattern[str], text: str) -> re.Pattern[str]:
    return re.compile(fold(pattern.pattern)) if text.isascii() else pattern


@lru_cache(maxsize=4096)
def counts_year(text: str, quarter: Quarter | None, *, dated: bool = True) -> bool:
    """The year so far, or all of it; `dated`: to name the year says so, as it does not beside an indicator's name."""
    words = plain(without_asides(text))
    if _IN_YEAR.search(words):
        return True
    # Of the first quarter's year there is nothing but the quarter.
    if quarter is None or quarter.number == 1:
        return False
    if any(int(n) > 3 for n in _MONTHS.findall(words)):
        return True
    named = not quarters_in(words) and re.search(r"\bnam 20\d\d\b", words)
    return dated and bool(named or _SO_FAR.search(words))


def counts_quarter(text: str) -> bool:
    return bool(_IN_QUARTER.search(plain(text)))
