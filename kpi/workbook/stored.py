"""What Excel stores, and what it means: the number formats it only names, and days that are numbers."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from kpi.workbook.limits import MOST_CODES

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
"""Day 0. Excel believes in 29/02/1900, so a day before that is one later."""
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
"""Day 0 of workbooks that were begun on an old Mac."""

GENERAL = "General"
# ECMA-376, 18.8.30: formats that are named by number alone.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);\\("$"#,##0\\)', 6: '"$"#,##0_);[Red]\\("$"#,##0\\)',
    7: '"$"#,##0.00_);\\("$"#,##0.00\\)', 8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip

# What is never closed goes on to the end: looked for from each bracket anew, it would take the square of the length.
_PRINTED = r'"[^"]*(?:"|\Z)|[\\_*].'
_SILENT = re.compile(_PRINTED + r"|\[(?!(?:h+|m+|s+)\])[^\]]*(?:\]|\Z)", re.IGNORECASE)
_WITHOUT_WORDS = re.compile(_PRINTED + r"|\[[^\]]*(?:\]|\Z)")
_RUNNING = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,3})?")
# Beyond, a float no longer tells neighbours apart.
_WHOLE = 10**15
_DAY = timedelta(days=1)


@lru_cache(maxsize=MOST_CODES)
def is_moment(number_format: str) -> bool:
    """It shows a day or a time of day; of several parts of a format the first is for what is above 0."""
    return bool(re.search("[dmhys]", _spoken(number_format), re.IGNORECASE))


@lru_cache(maxsize=MOST_CODES)
def is_duration(number_format: str) -> bool:
    return bool(_RUNNING.search(_spoken(number_format)))


def _spoken(number_format: str) -> str:
    if number_format.casefold() == GENERAL.casefold():
        return ""
    return _SILENT.sub("", number_format).split(";")[0]


def without_words(number_format: str) -> str:
    """What of a format is neither printed as it stands there nor a colour, a language or a condition."""
    return _WITHOUT_WORDS.sub("", number_format or "")


def moment(number: float, number_format: str, epoch: datetime) -> datetime | time | timedelta:
    """Raises OverflowError or ValueError for a number that is no day of the calendar."""
    if is_duration(number_format):
        return timedelta(milliseconds=round(number * 86_400_000))
    days, part = divmod(number, 1)
    rest = timedelta(milliseconds=round(part * 86_400_000))
    if days == 0 and rest < _DAY:
        return (EPOCH + rest).time()
    early = epoch == EPOCH and 0 < number < 60
    return epoch + timedelta(days=days + early) + rest


def number(text: str) -> int | float | None:
    """What a number's text means to Excel; None for what no program writes, such as "1_000", "NaN" or a page of digits."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        return whole(float(text))


def whole(value: float) -> int | float | None:
    """A float without a fraction is the whole number it was typed as; None for what is infinite or no number."""
    if value - value != 0:
        return None
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value
