"""Why somebody is, or is not, to be proposed for an award: records with facts; `kpi.vi.awards` has the sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kpi.model import (
    Document,
    Edition,
    Indicator,
    Initiative,
    Judgement,
    Reading,
    Status,
    TaskState,
)


class Verdict(StrEnum):
    """What the program finds of a criterion; the council decides."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class IndicatorStands:
    """One indicator at its final value."""

    verdict: Verdict | None
    """None when it neither helps nor stands in the way."""
    indicator: Indicator
    status: Status
    target: Decimal | None
    """What it was held against."""
    value: Fraction | None
    numerator: Decimal | None
    denominator: Decimal | None
    lower: Fraction | None
    upper: Fraction | None
    gain: int | None
    edition: int | None
    reported: int
    expected: int


@dataclass(frozen=True, slots=True)
class TaskStands:
    """One task, or one piece of work of a person, which has no key."""

    verdict: Verdict | None
    """None when it does not count: it is dropped, or the criterion asks only for what is due in the round."""
    key: str
    content: str
    due: date
    state: TaskState
    done_on: date | None
    days_late: int
    is_later: bool = False
    """It is due only after the round."""


@dataclass(frozen=True, slots=True)
class NothingAssigned:
    """The plan gives the nominee nothing to be measured by."""

    tasks_only: bool
    verdict: Verdict = Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class NoList:
    """The list of people with ratings and discipline was not handed in, or was erased."""

    verdict: Verdict = Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class NobodyListed:
    """The list names nobody of the room."""

    verdict: Verdict = Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class Unrated:
    count: int
    of: int
    verdict: Verdict = Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class RatedBelow:
    """So many are rated below good."""

    count: int
    of: int
    verdict: Verdict = Verdict.NOT_MET


@dataclass(frozen=True, slots=True)
class NoneExcellent:
    of: int
    verdict: Verdict = Verdict.NOT_MET


@dataclass(frozen=True, slots=True)
class AllRated:
    excellent: int
    of: int
    verdict: Verdict = Verdict.MET


@dataclass(frozen=True, slots=True)
class Disciplined:
    """So many with a warning or worse in the time of the plan."""

    count: int
    of: int
    verdict: Verdict = Verdict.NOT_MET


@dataclass(frozen=True, slots=True)
class DisciplineUnsaid:
    count: int
    of: int
    verdict: Verdict = Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class NobodyDisciplined:
    of: int
    verdict: Verdict = Verdict.MET


@dataclass(frozen=True, slots=True)
class Recognised:
    initiatives: tuple[Initiative, ...]
    verdict: Verdict = Verdict.MET


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """Of so many initiatives none has a decision, with number and day, of the time of the plan."""

    count: int
    start: date
    end: date
    verdict: Verdict = Verdict.NOT_MET


@dataclass(frozen=True, slots=True)
class CouncilSays:
    verdict: Verdict
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class CouncilAwaited:
    """Nothing but the council's word counts, and it is not there."""

    verdict: Verdict = Verdict.UNDECIDED


Reason = (
    IndicatorStands
    | TaskStands
    | NothingAssigned
    | NoList
    | NobodyListed
    | Unrated
    | RatedBelow
    | NoneExcellent
    | AllRated
    | Disciplined
    | DisciplineUnsaid
    | NobodyDisciplined
    | Recognised
    | NotRecognised
    | CouncilSays
    | CouncilAwaited
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The readings behind an indicator; of a ranking also the editions that the plan itself names."""

    indicator: Indicator
    readings: tuple[Reading, ...]
    editions: tuple[Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskProof:
    """What came of a task, and the name of the file that proves it."""

    key: str
    content: str
    document: Document
    filename: str


@dataclass(frozen=True, slots=True)
class MemberList:
    """The list that the office handed in, of so many people."""

    of: int


@dataclass(frozen=True, slots=True)
class Recognition:
    initiative: Initiative


@dataclass(frozen=True, slots=True)
class Minutes:
    """That the council has judged."""

    judgement: Judgement


Evidence = Figures | TaskProof | MemberList | Recognition | Minutes
