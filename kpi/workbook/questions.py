"""Questions a file raises: one for all cells that ask the same, answered under the first of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from kpi import vi
from kpi.model import Cell
from kpi.problems import ChoiceRemembered, Doubt, Placing, reason
from kpi.workbook.words import fold

CONFIRM = (vi.LEAVE_OUT, vi.MEND_FILE)
Build = Callable[[tuple[Cell, ...]], Doubt]
Remembered = Mapping[tuple[str, str], str]
"""What a reporter chose before: sort of question and text -> choice, as `placed` gives them."""


@dataclass(slots=True)
class _Asked:
    build: Build
    choices: tuple[str, ...]
    first: Cell
    cells: dict[Cell, None] = field(default_factory=dict)
    """In the order in which they asked; a column may hold thousands."""

    @property
    def doubt(self) -> Doubt:
        return self.build(tuple(self.cells))


class Questions:
    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._asked: dict[Hashable, _Asked] = {}
        self.remembered: Remembered = {}

    def ask(self, key: Hashable, at: Cell, choices: tuple[str, ...], build: Build) -> int | None:
        """The place of the choice that was given for this question; None while it is open."""
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = _Asked(build, choices, at)
        asked.cells[at] = None
        answer = self._answer(asked)
        return None if answer is None else asked.choices.index(answer)

    def _answer(self, asked: _Asked) -> str | None:
        """What was answered now, else what the reporter chose for the same words before."""
        return self._given(asked) or self._before(asked)

    def _given(self, asked: _Asked) -> str | None:
        if not self._answers:
            return None
        given = self._answers.get(str(asked.first), self._answers.get(asked.first.address))
        return given if given in asked.choices else None

    def _before(self, asked: _Asked) -> str | None:
        if not self.remembered:
            return None
        key = _key(asked.build((asked.first,)))
        choice = self.remembered.get(key) if key else None
        return choice if choice in asked.choices else None

    @property
    def doubts(self) -> list[Doubt]:
        return [asked.doubt for asked in self._asked.values()]

    @property
    def answers(self) -> dict[str, str]:
        """By first cell, those that are a choice of their question."""
        found = {str(asked.first): self._answer(asked) for asked in self._asked.values()}
        return {cell: answer for cell, answer in found.items() if answer is not None}

    @property
    def preselected(self) -> list[ChoiceRemembered]:
        """The answers that come from an earlier workbook."""
        found = []
        for asked in self._asked.values():
            doubt = asked.build((asked.first,))
            choice = None if self._given(asked) else self._before(asked)
            if choice is not None and isinstance(doubt, _PLACINGS):
                found.append(ChoiceRemembered(asked.first, doubt.found, choice))
        return found


_PLACINGS = get_args(Placing)


def _key(doubt: Doubt) -> tuple[str, str] | None:
    return (reason(doubt), fold(doubt.found)) if isinstance(doubt, _PLACINGS) else None


def placed(doubts: tuple[Doubt, ...], answers: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """What was settled about where things belong, to be remembered for the reporter."""
    found = {}
    for doubt in doubts:
        key, choice = _key(doubt), answers.get(str(doubt.at), vi.MEND_FILE)
        if key and choice != vi.MEND_FILE:
            found[key] = choice
    return found
