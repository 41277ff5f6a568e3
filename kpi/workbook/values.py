"""One cell, read as staff meant it. A number with two readings is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from kpi.workbook.limits import MOST_CODES
from kpi.workbook.stored import without_words
from kpi.workbook.words import fold, tidy


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was written: `readings` are all it may mean, as decimals and then as thousands."""

    readings: tuple[Decimal, ...]
    percent: bool = False
    """It said "%", in the text or by the cell's format, and is in percent already."""
    remark: str = ""
    """What stands after the number."""


@dataclass(frozen=True, slots=True)
class WrittenFraction:
    numerator: Decimal
    denominator: Decimal
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WrittenRank:
    """A rank, or a gain of places when `gain` is set."""

    rank: int | None = None
    gain: int | None = None


# Nothing that is counted has more; the rest is a cat on the keyboard, or an attack.
MOST_DIGITS = 40
# What stands for a group of thousands between digits: a space of any width.
_SPACE = "[ \u00a0\u2009\u202f']"
# Digits of other scripts and of double width are digits to Python, and nobody's figures here.
_NUMBER = re.compile(rf"[+-]?[0-9]+(?:(?:[.,]|{_SPACE}(?=[0-9]{{3}}(?![0-9])))[0-9]+)*(?!\d)")
_THOUSANDS = re.compile(rf"[0-9]{{1,3}}(?:(?P<mark>[.,]|{_SPACE})[0-9]{{3}})(?:(?P=mark)[0-9]{{3}})*")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
_BOTH = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?:(?P<mark>[.,]|{_SPACE})[0-9]{{3}})(?:(?P=mark)[0-9]{{3}})*)(?P<point>[.,])(?P<rest>[0-9]+)"
)
_AT_LEAST = re.compile(r"^(>=|=>|≥|>)\s*")


def number(text: str) -> tuple[Decimal, ...]:
    """Every reading the digits allow: "1.292" is 1.292 and 1292, "96,5" is 96.5, "1.234,5" is 1234.5; () for no number."""
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text.removeprefix("+"))
    if len(digits) > MOST_DIGITS:
        return ()
    if digits.isascii() and digits.isdecimal():
        return (Decimal(sign + digits),)
    if (both := _BOTH.fullmatch(digits)) and both["mark"] != both["point"]:
        return (Decimal(f"{sign}{_only_digits(both['whole'])}.{both['rest']}"),)
    found = []
    if _DECIMAL.fullmatch(digits):
        found.append(Decimal(sign + digits.replace(",", ".")))
    # "0.960" and "012.345" can only be decimals: nobody groups thousands after a zero.
    if _THOUSANDS.fullmatch(digits) and not digits.startswith("0"):
        found.append(Decimal(sign + _only_digits(digits)))
    return tuple(found)


def _only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def written_number(text: str) -> Written | None:
    """A text that begins with a number, at most "≥" before it; None for any other text."""
    text = _AT_LEAST.sub("", tidy(text).replace("−", "-"))
    found = _NUMBER.match(text)
    readings = number(found.group()) if found else ()
    if not found or not readings:
        return None
    rest = text[found.end() :].strip()
    percent = rest.startswith("%")
    return Written(readings, percent, rest.removeprefix("%").strip())


def written_fraction(text: str) -> WrittenFraction | None:
    """ "98/108", "98 / 108 xã"; None when it is no fraction or its numbers can be read two ways."""
    left, slash, right = tidy(text).partition("/")
    over, under = number(left.strip()), written_number(right)
    if not slash or len(over) != 1 or under is None or len(under.readings) != 1:
        return None
    # A third part makes it a date.
    if under.percent or under.remark.startswith("/"):
        return None
    return WrittenFraction(over[0], under.readings[0], under.remark)


_RANK = re.compile(
    r"(?:dung\s*|xep\s*)?(?:thu\s*)?(?:hang\s*)?(?:thu\s*)?([0-9]{1,3})(?:\s*/\s*[0-9]{1,3})?(?:[\s,]*(?:tinh|thanh pho|tp)){0,3}"
)
_GAIN = re.compile(r"(?:(tang|len|giam|xuong|tut)\s*|([+-])\s*)?([0-9]{1,3})\s*(bac)?(?:\s*hang)?")


def written_rank(text: str) -> WrittenRank | None:
    """ "51", "51/63", "hạng 51" are ranks; "tăng 2 bậc", "+2", "02 bậc", "giảm 12 bậc" are gains."""
    words = fold(text)
    if found := _RANK.fullmatch(words):
        return WrittenRank(rank=int(found[1]))
    found = _GAIN.fullmatch(words)
    if not found or not (found[1] or found[2] or found[4]):
        return None
    falls = found[1] in {"giam", "xuong", "tut"} or found[2] == "-"
    return WrittenRank(gain=-int(found[3]) if falls else int(found[3]))


def stored_number(value: int | float, number_format: str) -> Written:
    """A number that Excel itself holds; "96%" typed there is 0.96 with a percent format."""
    # Excel keeps 15 digits: the noise behind them, as in 0.1 + 0.2, was never typed and never shown.
    found = Decimal(value) if isinstance(value, int) else trimmed(Decimal(f"{value:.15g}"))
    if is_percent(number_format):
        return Written((trimmed(found * 100),), percent=True)
    if _shows_thousandths(number_format) and 1 <= found < 1000:
        # It is seen as "3,000", and nobody who looks at it knows that 3 was typed.
        return Written((found, found * 1000))
    return Written((found,))


@lru_cache(maxsize=MOST_CODES)
def _shows_thousandths(number_format: str) -> bool:
    return bool(re.fullmatch(r"[#,]*0\.000\s*", without_words(number_format)))


@lru_cache(maxsize=MOST_CODES)
def shows_as_typed(number_format: str) -> bool:
    """Whoever looks at a whole number below a thousand sees that number."""
    return not is_percent(number_format) and not _shows_thousandths(number_format)


@lru_cache(maxsize=MOST_CODES)
def is_percent(number_format: str) -> bool:
    """A "%" in quotes or after a backslash is only printed; it does not multiply."""
    return "%" in without_words(number_format)


def trimmed(value: Decimal) -> Decimal:
    """Without an exponent and without trailing zeros behind the point."""
    text = f"{value:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4})")
_IN_WORDS = re.compile(r"(?:ngai\s*)?(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")


def date_in(text: str) -> tuple[date | None, str] | None:
    """The first date of a text, day first, and as it stands there; no date when the calendar has none such."""
    words = fold(text)
    found = _DAY_FIRST.search(words) or _IN_WORDS.search(words)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day), found.group()
    except ValueError:
        return None, found.group()


def as_date(value: object) -> date | None:
    """A date cell; also the bare number of its day, which is what stands there when its format was lost."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, int) and value in _SERIALS:
        return _EPOCH + timedelta(days=value)
    return value if isinstance(value, date) else None


_EPOCH = date(1899, 12, 30)
# Excel's numbers of the days from 2000 to 2099.
_SERIALS = range(36_526, 73_051)
