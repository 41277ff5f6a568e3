"""A cell as a person sees it in Excel."""

from __future__ import annotations

import re
from decimal import Decimal

from kpi import vi
from kpi.workbook.grid import Spot
from kpi.workbook.stored import without_words
from kpi.workbook.values import as_date, stored_number, trimmed

# Letters of a cell: enough to know it again.
MOST_LETTERS = 60
# Beyond, a number has more digits than anybody reads. NaN is not smaller either.
_LARGEST = 10**13
_PLACES = re.compile(r"[^.;/E]*[0#?](?:\.([0#?]+))?[^0#?.;/E]*")
_OWN_PLACES = 5


def seen(spot: Spot | None) -> str:
    """About what Excel shows, cut when it is long."""
    if spot is None or spot.value is None:
        return ""
    value = spot.value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST:
        written = stored_number(value, spot.number_format)
        return _rounded(written.readings[0], spot.number_format) + ("%" if written.percent else "")
    text = vi.day(day) if (day := as_date(value)) else spot.text
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _rounded(number: Decimal, number_format: str) -> str:
    """With as many decimals as the format shows; left to itself, Excel shows about five in a column of its own width."""
    shown = _PLACES.fullmatch(without_words(number_format).partition(";")[0])
    return vi.number(number, len(shown[1] or "")) if shown else vi.number(trimmed(round(number, _OWN_PLACES)))
