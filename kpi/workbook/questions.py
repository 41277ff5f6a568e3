"""Questions a file raises: one for all cells that ask the same, answered under the first of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from kpi.model import Cell
from kpi.problems import Doubt

Build = Callable[[tuple[Cell, ...]], Doubt]


@dataclass(slots=True)
class _Asked:
    build: Build
    choices: tuple[str, ...]
    cells: list[Cell] = field(default_factory=list)


class Questions:
    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._asked: dict[Hashable, _Asked] = {}

    def ask(self, key: Hashable, at: Cell, choices: tuple[str, ...], build: Build) -> int | None:
        """The place of the choice that was given for this question; None while it is open."""
        asked = self._asked.setdefault(key, _Asked(build, choices))
        if at not in asked.cells:
            asked.cells.append(at)
        answer = self._answer(asked)
        return None if answer is None else asked.choices.index(answer)

    def _answer(self, asked: _Asked) -> str | None:
        first = asked.cells[0]
        given = self._answers.get(str(first), self._answers.get(first.address))
        return given if given in asked.choices else None

    @property
    def doubts(self) -> list[Doubt]:
        return [asked.build(tuple(asked.cells)) for asked in self._asked.values()]

    @property
    def answers(self) -> dict[str, str]:
        """By first cell, those that are a choice of their question."""
        found = {str(asked.cells[0]): self._answer(asked) for asked in self._asked.values()}
        return {cell: answer for cell, answer in found.items() if answer is not None}
