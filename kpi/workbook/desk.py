"""What reading a workbook goes by, and what it has found so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from kpi.model import Level, Plan, Quarter, Reading, Reporter
from kpi.problems import Notice, Problem
from kpi.units import Match, Units
from kpi.workbook.names import Names
from kpi.workbook.questions import Questions
from kpi.workbook.trail import Trail


@dataclass
class Desk:
    plan: Plan
    units: Units
    reporter: Reporter
    quarter: Quarter
    held: tuple[Reading, ...]
    questions: Questions
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    asked_columns: set[tuple[str, int]] = field(default_factory=set)
    """Sheet and column of those that a question was asked about."""

    waiting: set[tuple[str, str | None]] = field(default_factory=set)
    """Sheet and indicator, None for any, of which a column still waits for somebody to say which part it is."""

    def __post_init__(self) -> None:
        self.names = Names(self.plan, self.units, self.quarter)
        self.trail = Trail()
        self._matches: dict[tuple[str, frozenset[Level] | None, str | None], Match] = {}
        self.duties = {(d.indicator, d.unit) for d in self.reporter.duties}
        self.asked: dict[str, list[str]] = {}
        for duty in self.reporter.duties:
            self.asked.setdefault(duty.indicator, []).append(duty.unit)

    @property
    def within(self) -> str | None:
        """The reporter's own unit, when it is one: its names are looked for there first."""
        return self.reporter.code if self.reporter.code in self.units else None

    def match(self, name: str, levels: frozenset[Level] | None = None, within: str | None = None) -> Match:
        """As the directory matches it; a sheet of quarters or indicators names each unit many times."""
        key = name, levels, within
        if key not in self._matches:
            self._matches[key] = self.units.match(name, levels=levels, within=within)
        return self._matches[key]

    def levels(self, indicators: Collection[str]) -> frozenset[Level]:
        """Of the units the reporter is asked for, else of those anybody is."""
        found = {level for i in indicators for level in self._levels.get(i, ())}
        return frozenset(found or {level for i in indicators for level in self.plan.indicator(i).levels})

    @cached_property
    def earlier(self) -> dict[tuple[str, str], list[Reading]]:
        """Indicator and unit -> what is held of the earlier quarters of the year, where it counts things."""
        found: dict[tuple[str, str], list[Reading]] = {}
        for r in self.held:
            if r.numerator is not None and r.quarter.year == self.quarter.year and r.quarter < self.quarter:
                found.setdefault((r.indicator, r.unit), []).append(r)
        return found

    @cached_property
    def _levels(self) -> dict[str, frozenset[Level]]:
        """Asked once for every row, of reporters with a hundred duties a row."""
        return {i: frozenset(self.units.get(code).level for code in codes) for i, codes in self.asked.items()}
