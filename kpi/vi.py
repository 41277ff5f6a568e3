"""Every Vietnamese word the package says: numbers, dates, statuses, problems, questions, refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from kpi.model import Cell, Quarter

# --- numbers, dates, statuses ---

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ILLUSTRATIVE = "Số liệu minh họa"


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """1234.50 -> "1.234,5"; with `decimals`, exactly so many."""
    exact = Decimal(value) if decimals is None else round_half_up(Fraction(value), decimals)
    text = (
        f"{exact:,f}" if decimals is not None or exact == exact.to_integral() else f"{exact.normalize():,f}"
    )
    if decimals is None and exact == exact.to_integral():
        text = f"{int(exact):,}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """Exact decimal of a ratio, halves away from zero."""
    scaled = value * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return (
        Decimal(whole if scaled >= 0 else -whole)
        .scaleb(-decimals)
        .quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    )


def percent(value: Fraction | Decimal, target: Decimal | None = None) -> str:
    """One decimal, and as many more as it takes for the print to stay on the value's own side of the target."""
    exact = Fraction(value)
    decimals = 1
    if target is not None and exact != target:
        while decimals < 12 and (round_half_up(exact, decimals) >= target) != (exact >= target):
            decimals += 1
    return f"{number(round_half_up(exact, decimals), decimals)}%"


def quarter(q: Quarter) -> str:
    return f"Quý {('I', 'II', 'III', 'IV')[q.number - 1]}/{q.year}"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def moment(utc: datetime) -> str:
    """A time of the store (UTC without zone) as the clock in Hà Nội shows it."""
    return f"{utc.replace(tzinfo=UTC).astimezone(HANOI):%H:%M ngày %d/%m/%Y}"


def place(cell: Cell) -> str:
    return f"Trang “{cell.sheet}”, ô {cell.address}"


# --- forms ---

# --- problems, questions, notices ---

# --- faults of data files ---

# --- refusals ---

# --- reports ---
