"""What the subprocess answers, as JSON. Every number comes out as it went in: Python writes a float so that it reads back equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from kpi.model import Cell
from kpi.problems import Unreadable
from kpi.workbook.grid import Grid, Spot

# More than the largest workbook within the limits comes to.
LONGEST_ANSWER = 64 * 1024 * 1024
_REFUSALS = {kind.__name__: kind for kind in get_args(Unreadable)}


def packed(answer: tuple[Grid, ...] | Unreadable) -> bytes:
    if not isinstance(answer, tuple):
        return _bytes({"refused": type(answer).__name__, "facts": asdict(answer)})
    texts: dict[str, int] = {}
    grids = [
        {
            "title": grid.title,
            "hidden": grid.hidden,
            "hidden_rows": grid.hidden_rows,
            "merges": grid.merges,
            # In one row: a list for each cell would keep the server's garbage collector busy.
            "spots": [fact for spot in grid.spots.values() for fact in _packed_spot(spot, texts)],
        }
        for grid in answer
    ]
    return _bytes({"grids": grids, "texts": list(texts)})


def _bytes(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def _packed_spot(spot: Spot, texts: dict[str, int]) -> tuple[object, ...]:
    """Each text is sent once, however many cells show it."""

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    kind, value = "", spot.value
    if isinstance(value, str):
        kind, value = "text", place(value)
    elif isinstance(value, timedelta):
        kind, value = "duration", [value.days, value.seconds, value.microseconds]
    elif isinstance(value, date | time):
        kind, value = type(value).__name__, value.isoformat()
    formula = None if spot.formula is None else place(spot.formula)
    return spot.row, spot.column, kind, value, place(spot.number_format), formula, int(spot.broken)


def unpacked(answer: bytes) -> tuple[Grid, ...] | Unreadable:
    """Raises ValueError, KeyError or TypeError for what is no such answer."""
    found = json.loads(answer)
    if "refused" in found:
        facts = found["facts"]
        if facts["at"]:
            facts["at"] = Cell(**facts["at"])
        refused: Unreadable = _REFUSALS[found["refused"]](**facts)
        return refused
    return tuple(_unpacked_grid(grid, found["texts"]) for grid in found["grids"])


def _unpacked_grid(grid: dict[str, Any], texts: list[str]) -> Grid:
    spots = {(spot.row, spot.column): spot for spot in _unpacked_spots(grid["spots"], texts)}
    return Grid.of(grid["title"], grid["hidden"], spots, grid["merges"], grid["hidden_rows"])


def _unpacked_spots(facts: list[Any], texts: list[str]) -> Iterator[Spot]:
    each = iter(facts)
    for row, column, kind, value, number_format, formula, broken in zip(*[each] * 7, strict=True):
        if kind == "text":
            value = texts[value]
        elif kind:
            value = _MOMENTS[kind](value)
        yield Spot(
            row,
            column,
            value,
            texts[number_format],
            None if formula is None else texts[formula],
            bool(broken),
        )


_MOMENTS: dict[str, Callable[[Any], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda parts: timedelta(*parts),
}
