"""How headings and rows name the indicators of a plan and the units of its province."""

from __future__ import annotations

import re
from functools import lru_cache

from kpi.model import Cell, Entry, Plan, Quarter
from kpi.problems import ForeignLetters, Problem
from kpi.units import Units
from kpi.workbook.grid import Spot
from kpi.workbook.roles import MODES, VALUES, Role, role_of
from kpi.workbook.words import fold, foreign_letters, plain, tidy, turns

# With the office before it and the district behind it.
LONGEST_NAME = 80

# An indicator may be part of another: "8.1".
NUMBERED = re.compile(
    r"\((\d{1,2}(?:\.\d{1,2})?)\)|ct\s*\.?\s*(\d{1,2}(?:\.\d{1,2})?)\b"
    r"|(?:chi tieu|tieu chi) (?:so )?(\d{1,2}(?:\.\d{1,2})?)\b(?!/)"
    r"|(\d{1,2})[.)]\s+(?=[^\W\d])|(\d{1,2}\.\d{1,2})(?:$|[.)]?\s+(?=[^\W\d]|\())"
)
NUMBER_LAST = re.compile(
    r"(.+?)\s*[-–]?\s*(?:\((\d{1,2})\)|\(?\bct\s*\.?\s*(\d{1,2})\)?|\(?\bchi tieu (?:so )?(\d{1,2})\)?)"
)


@lru_cache(maxsize=256)
def _spaced(words: str) -> re.Pattern[str]:
    """Plain words as they may stand in a text."""
    return re.compile(r"[^a-z0-9%]+".join(map(re.escape, words.split())))


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
        self.parts: dict[str, list[tuple[str, Role]]] = {}
        """What the plan itself calls numerators and denominators, and of which indicators they are."""
        for indicator in plan.indicators:
            for part, role in (
                (indicator.numerator, Role.NUMERATOR),
                (indicator.denominator, Role.DENOMINATOR),
            ):
                if part and indicator.entry is Entry.FRACTION:
                    self.parts.setdefault(plain(part), []).append((indicator.number, role))
        self._part_words = [frozenset(part.split()) for part in self.parts]
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
        """What stands in a heading or a row that is neither the number nor the name of an indicator."""
        shown = tidy(_TARGET_LINE.sub("", text))
        words = fold(shown)
        if len(words) != len(shown):
            shown = words
        numbered = NUMBERED.match(words)
        begin = numbered.end() if numbered else 0
        rest = plain(words[begin:])
        name = next((name for name, _ in self._longest_first if f" {name} " in f" {rest} "), None)
        if name is None and self._by_name(rest):
            return ""
        # Under its name a form says what its parts are.
        for said in (name, *self.parts):
            if said and f" {said} " in f" {rest} " and (found := _spaced(said).search(words, begin)):
                shown = f"{shown[: found.start()]} {shown[found.end() :]}"
                words = f"{words[: found.start()]} {words[found.end() :]}"
        return tidy(shown[begin:])

    def is_unit(self, text: str) -> bool:
        """A name of the directory; nothing that long is one."""
        if len(text) > LONGEST_NAME or text.isdecimal() or self.is_measure(text):
            return False
        if text not in self._seen:
            self._seen[text] = self._units.knows(text)
        return self._seen[text]

    def is_part(self, text: str) -> bool:
        """What the plan calls a numerator or a denominator, or words of one."""
        words = frozenset(plain(text).split())
        return bool(words) and any(words <= part for part in self._part_words)

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
