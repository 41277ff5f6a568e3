"""How headings and rows name the indicators of a plan and the units of its province."""

from __future__ import annotations

import re

from kpi.model import Cell, Plan, Quarter
from kpi.problems import ForeignLetters, Problem
from kpi.units import Units
from kpi.workbook.grid import Spot
from kpi.workbook.roles import MODES, VALUES, role_of
from kpi.workbook.words import fold, foreign_letters, plain, turns

# With the office before it and the district behind it.
LONGEST_NAME = 80

# An indicator may be part of another: "8.1".
NUMBERED = re.compile(
    r"\((\d{1,2}(?:\.\d{1,2})?)\)|ct\s*\.?\s*(\d{1,2}(?:\.\d{1,2})?)\b"
    r"|(?:chi tieu|tieu chi) (?:so )?(\d{1,2}(?:\.\d{1,2})?)\b(?!/)"
    r"|(\d{1,2})[.)]\s+(?=[^\W\d])|(\d{1,2}\.\d{1,2})(?:$|[.)]?\s+(?=[^\W\d]))"
)
NUMBER_LAST = re.compile(
    r"(.+?)\s*[-–]?\s*(?:\((\d{1,2})\)|\(?\bct\s*\.?\s*(\d{1,2})\)?|\(?\bchi tieu (?:so )?(\d{1,2})\)?)"
)


# Under the name of an indicator its target may stand, as in the forms.
_TARGET_LINE = re.compile(r"\n\s*(?:chỉ tiêu|kế hoạch|mục tiêu)[^:\n]*:[^\n]*", re.IGNORECASE)


def strange(at: Cell, spot: Spot | None) -> Problem | None:
    """What a text hides from whoever looks at it."""
    if spot is None or not isinstance(spot.value, str):
        return None
    if letters := foreign_letters(spot.value):
        return ForeignLetters(at, spot.text, letters)
    return ForeignLetters(at, spot.text, "") if turns(spot.value) else None


class Names:
    """The indicators of a plan by number and by name."""

    def __init__(self, plan: Plan, units: Units, quarter: Quarter | None = None) -> None:
        self.quarter = quarter
        self._plan = plan
        self._units = units
        self._seen: dict[str, bool] = {}
        self._measures = {plain(w) for i in plan.indicators for w in (i.unit_of_measure, i.things) if w} | {
            "%"
        }
        self._numbers = {i.number for i in plan.indicators}
        self.parts = {plain(part) for i in plan.indicators for part in (i.numerator, i.denominator) if part}
        """What the plan itself calls numerators and denominators."""
        named = [(plain(name), i.number) for i in plan.indicators for name in (i.name, i.short_name) if name]
        self._longest_first = sorted(named, key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> tuple[str | None, str | None]:
        """The number a heading says, and the number of the indicator it names."""
        words = fold(text)
        numbered = NUMBERED.match(words)
        if numbered is None and (last := NUMBER_LAST.fullmatch(words)) and role_of(last[1]) in VALUES | MODES:
            number: str | None = next((g for g in last.groups()[1:] if g), None)
        else:
            number = next((g for g in numbered.groups() if g), None) if numbered else None
        number = ".".join(str(int(part)) for part in number.split(".")) if number else None
        rest = text if numbered is None else words[numbered.end() :]
        return number if number in self._numbers else None, self._by_name(plain(rest))

    def beside(self, text: str) -> str:
        """The plain words of a heading or a row that are neither the number nor the name of an indicator."""
        words = fold(_TARGET_LINE.sub("", text))
        numbered = NUMBERED.match(words)
        padded = f" {plain(words[numbered.end() :] if numbered else words)} "
        name = next((name for name, _ in self._longest_first if f" {name} " in padded), None)
        if name is None and self._by_name(padded.strip()):
            return ""
        return (padded.replace(f" {name} ", " ", 1) if name else padded).strip()

    def is_unit(self, text: str) -> bool:
        """A name of the directory; nothing that long is one."""
        if len(text) > LONGEST_NAME or text.isdecimal() or self.is_measure(text):
            return False
        if text not in self._seen:
            self._seen[text] = self._units.knows(text)
        return self._seen[text]

    def is_measure(self, text: str) -> bool:
        return text == "%" or plain(text) in self._measures

    def known(self, text: str) -> str | None:
        number, name = self.find(text)
        return number or name

    def _by_name(self, words: str) -> str | None:
        padded = f" {words} "
        for name, number in self._longest_first:
            if f" {name} " in padded:
                return number
        if len(words.split()) < 4:
            return None
        begun = {number for name, number in self._longest_first if name.startswith(words)}
        return begun.pop() if len(begun) == 1 else None
