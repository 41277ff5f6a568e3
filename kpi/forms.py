"""Which prescribed form a paper follows on a day: numbers of forms and their decrees expire (`data/forms.csv`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi.model import Fault, FaultyFileError

_COLUMNS = ("paper", "number", "decree", "valid_from", "valid_to", "source")
_MAY_BE_EMPTY = {"valid_to"}
_DATES = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Form:
    paper: str
    """The kind of paper, as the components of a plan name it."""
    number: str
    """As it is cited: "Mẫu số 07"; what nobody has checked ends with "(?)"."""
    decree: str
    valid_from: date
    valid_to: date | None
    source: str
    """Where the number is taken from."""

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load(path: Path) -> tuple[Form, ...]:
    """Raise FaultyFileError with everything that is wrong."""
    forms, faults = _read(path)
    if faults:
        raise FaultyFileError(path, faults)
    return forms


def check(path: Path) -> list[Fault]:
    """Everything wrong in the file."""
    return _read(path)[1]


def valid(forms: Iterable[Form], paper: str, day: date) -> Form | None:
    """The form of a paper on a day; None when none is prescribed."""
    return next((form for form in forms if form.paper == paper and form.on(day)), None)


def _read(path: Path) -> tuple[tuple[Form, ...], list[Fault]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return (), [Fault(path, "", content[error.start : error.end].hex(), "not_utf8", line=line)]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        return (), [Fault(path, "", str(error), "broken_csv", line=reader.line_num)]
    header = rows[0][1] if rows else []
    faults = [*_wrong_columns(path, header)]
    if faults:
        return (), faults
    lines = [(line, cells) for line, cells in rows[1:] if any(cells)]
    faults = [fault for line, cells in lines for fault in _wrong_row(path, line, header, cells)]
    if faults:
        return (), faults
    forms = [(line, _form(dict(zip(header, cells, strict=True)))) for line, cells in lines]
    return tuple(form for _, form in forms), [*_overlaps(path, forms)]


def _wrong_columns(path: Path, header: Sequence[str]) -> Iterator[Fault]:
    for column in header:
        if column not in _COLUMNS:
            yield Fault(path, column, column, "unknown_column", line=1, facts=_COLUMNS)
    for column in _COLUMNS:
        if column not in header:
            yield Fault(path, column, "", "missing_column", line=1)


def _wrong_row(path: Path, line: int, header: Sequence[str], cells: Sequence[str]) -> Iterator[Fault]:
    if len(cells) != len(header):
        yield Fault(path, "", len(cells), "wrong_cell_count", line=line, facts=(str(len(header)),))
        return
    row = dict(zip(header, cells, strict=True))
    for column, text in row.items():
        if not text and column not in _MAY_BE_EMPTY:
            yield Fault(path, column, "", "missing", line=line)
        elif text and column in _DATES and _day(text) is None:
            yield Fault(path, column, text, "not_date", line=line)
    start, end = _day(row["valid_from"]), _day(row["valid_to"])
    if start and end and end < start:
        yield Fault(
            path, "valid_to", row["valid_to"], "ends_before_it_begins", line=line, facts=(str(start),)
        )


def _overlaps(path: Path, forms: Sequence[tuple[int, Form]]) -> Iterator[Fault]:
    for place, (line, form) in enumerate(forms):
        for before, other in forms[:place]:
            if other.paper == form.paper and (other.on(form.valid_from) or form.on(other.valid_from)):
                facts = form.paper, f"{path.name}:{before}"
                yield Fault(path, "valid_from", str(form.valid_from), "overlaps", line=line, facts=facts)


def _form(row: dict[str, str]) -> Form:
    return Form(
        row["paper"],
        row["number"],
        row["decree"],
        date.fromisoformat(row["valid_from"]),
        _day(row["valid_to"]),
        row["source"],
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
