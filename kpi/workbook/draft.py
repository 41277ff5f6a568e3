"""What one file says, before anybody has agreed to keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from openpyxl.utils.cell import get_column_letter, range_boundaries

from kpi import vi
from kpi.model import Plan, Quarter, Reading, Reporter
from kpi.problems import Doubt, Notice, Problem, Trace, TraceKind
from kpi.workbook.questions import placed

Verdict = Literal["accept", "warn", "ask", "refuse"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first rows of a sheet as they stand there, from row 1 and column A."""

    sheet: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Draft:
    """`readings` holds whatever could be read, even when there are problems; only a clean draft may be kept."""

    filename: str
    content: bytes
    plan: Plan | None = None
    reporter: Reporter | None = None
    quarter: Quarter | None = None
    as_of: date | None = None
    readings: tuple[Reading, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    """Every question of the file, answered or not."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """ "Sheet!A1" of a question's first cell -> the choice given; an answer that is no choice is not in here."""
    notices: tuple[Notice, ...] = ()
    traces: tuple[Trace, ...] = ()
    """What became of every part of every sheet, in the order of the file; the later of two for one cell holds."""
    excerpts: tuple[Excerpt, ...] = ()

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """Questions without an answer, or answered with the wish to mend the file."""
        return tuple(d for d in self.doubts if self.answers.get(str(d.at), vi.MEND_FILE) == vi.MEND_FILE)

    def kinds(self, excerpt: Excerpt) -> list[list[TraceKind | None]]:
        """What became of each cell of an excerpt; None for a cell that holds nothing, or was not looked at."""
        found: list[list[TraceKind | None]] = [[None for _ in row] for row in excerpt.rows]
        for trace in self.traces:
            if trace.sheet == excerpt.sheet:
                _colour(found, trace)
        return [
            [k if t else None for k, t in zip(ks, ts, strict=True)]
            for ks, ts in zip(found, excerpt.rows, strict=True)
        ]

    @property
    def placed(self) -> dict[tuple[str, str], str]:
        """What a person settled about where headings, rows and names belong: sort of question and text -> choice."""
        return placed(self.doubts, self.answers)

    @property
    def clean(self) -> bool:
        known = self.plan is not None and self.reporter is not None and self.quarter is not None
        return known and not self.problems and not self.open_doubts

    @property
    def verdict(self) -> Verdict:
        if self.problems:
            return "refuse"
        if self.open_doubts:
            return "ask"
        return "warn" if self.notices else "accept"


def columns(width: int) -> list[str]:
    """A, B, C …"""
    return [str(get_column_letter(place)) for place in range(1, width + 1)]


def _colour(kinds: list[list[TraceKind | None]], trace: Trace) -> None:
    height, width = len(kinds), len(kinds[0]) if kinds else 0
    bounds = range_boundaries(trace.area) if trace.area else (1, 1, width, height)
    left, top, right, bottom = (int(bound or 1) for bound in bounds)
    for row in range(top, min(bottom, height) + 1):
        for column in range(left, min(right, width) + 1):
            kinds[row - 1][column - 1] = trace.kind


Sort = Literal["new", "changed", "unchanged", "missing"]


@dataclass(frozen=True, slots=True)
class Change:
    """What keeping a draft would do to one value; "missing" is a duty nobody has ever reported this quarter."""

    indicator: str
    unit: str
    old: Reading | None
    new: Reading | None
    sort: Sort


def compare(draft: Draft, held: Iterable[Reading]) -> list[Change]:
    """Changes in the order of the form, then the figures a form does not ask for."""
    if draft.reporter is None or draft.quarter is None:
        return []
    new = {(r.indicator, r.unit): r for r in draft.readings}
    kept = [r for r in held if r.quarter == draft.quarter]
    same_edition = {(r.indicator, r.unit, r.edition): r for r in kept}
    any_edition = {(r.indicator, r.unit) for r in kept}
    duties = dict.fromkeys((d.indicator, d.unit) for d in draft.reporter.duties)
    changes = []
    for key in dict.fromkeys((*duties, *new)):
        reading = new.get(key)
        if reading is not None:
            old = same_edition.get((*key, reading.edition))
            changes.append(Change(*key, old, reading, _sort(old, reading)))
        elif key not in any_edition and not _answered_by_base(draft, new, key):
            changes.append(Change(*key, None, None, "missing"))
    return changes


def _answered_by_base(draft: Draft, new: Mapping[tuple[str, str], Reading], key: tuple[str, str]) -> bool:
    """A unit without the thing at all is not asked whether it works well."""
    base = draft.plan.indicator(key[0]).within if draft.plan else None
    reading = new.get((base, key[1])) if base else None
    return reading is not None and not reading.numerator


def _sort(old: Reading | None, new: Reading) -> Sort:
    if old is None:
        return "new"
    return "unchanged" if old.figures == new.figures else "changed"
