"""Who fulfils which criterion of an award, why not, and which papers are in. It proposes; the council decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from kpi.measure import Tree
from kpi.model import (
    Component,
    Criterion,
    Discipline,
    Document,
    Initiative,
    Judgement,
    Kind,
    Member,
    Nominee,
    OwnTask,
    Plan,
    Rating,
    Reading,
    Receipt,
    Round,
    Rule,
    Status,
    Task,
    TaskState,
    TaskUpdate,
)
from kpi.progress import Assessment, assess
from kpi.reasons import (
    AllRated,
    CouncilAwaited,
    CouncilSays,
    Disciplined,
    DisciplineUnsaid,
    Evidence,
    Figures,
    IndicatorStands,
    MemberList,
    Minutes,
    NobodyDisciplined,
    NobodyListed,
    NoList,
    NoneExcellent,
    NothingAssigned,
    NotRecognised,
    RatedBelow,
    Reason,
    Recognised,
    Recognition,
    TaskProof,
    TaskStands,
    Unrated,
    Verdict,
)
from kpi.tasks import Standing, stand

_OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")


class Council(StrEnum):
    """How far the council is with what only people can judge of a criterion."""

    NONE = "none"
    """There is no such thing."""
    AWAITED = "awaited"
    YES = "yes"
    NO = "no"


class Proposal(StrEnum):
    """What the program proposes of one nominee."""

    PROPOSABLE = "proposable"
    INELIGIBLE = "ineligible"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One criterion for one nominee."""

    subject: str
    """Code of a room, or of a member."""
    subject_name: str
    nominee: Nominee
    criterion: Criterion
    verdict: Verdict
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    council: Council
    judgement: Judgement | None
    """What the council said last, unless it was taken back."""


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known of one nominee."""

    plan: Plan
    round: Round
    day: date
    nominee: Nominee
    subject: str
    name: str
    assessments: Mapping[str, Assessment]
    """Of the whole province, by number."""
    indicators: tuple[str, ...]
    """The numbers of those it answers for."""
    standings: tuple[Standing, ...]
    own_tasks: tuple[OwnTask, ...]
    members: tuple[Member, ...]
    """Everybody of the room, or the person."""
    listed: bool
    """Whether the list of people was handed in."""


Found = tuple[list[Reason], list[Evidence]]


def judge(
    plan: Plan,
    assessments: Iterable[Assessment],
    standings: Iterable[Standing],
    members: Sequence[Member],
    judgements: Iterable[Judgement],
    *,
    of: Round,
    day: date,
    personal: bool,
) -> list[Ruling]:
    """Every criterion for every nominee, rooms first; people only when their list was handed in (`personal`).

    `assessments` are the province's at the round's last quarter. `day` is when it is asked: of own work without an end
    it decides whether it is late. Of several judgements of the round the last counts.
    """
    said = {(j.subject, j.criterion): j for j in judgements if j.year == of.year}
    figures = {a.indicator.number: a for a in assessments if a.unit.code == plan.province}
    cases = _cases(plan, of, figures, tuple(standings), members if personal else (), day, listed=personal)
    return [
        _ruling(case, criterion, said.get((case.subject, criterion.key)))
        for case in cases
        for criterion in plan.criteria
        if criterion.nominee is case.nominee
    ]


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was looked at, and what follows from it."""

    round: Round
    assessments: tuple[Assessment, ...]
    """The province's at the round's last quarter."""
    standings: tuple[Standing, ...]
    """Of the tasks that begin before the round is over."""
    members: tuple[Member, ...] | None
    rulings: tuple[Ruling, ...]


def hear(
    plan: Plan,
    units: Tree,
    readings: Iterable[Reading],
    updates: Iterable[TaskUpdate],
    members: tuple[Member, ...] | None,
    judgements: Iterable[Judgement],
    day: date,
    *,
    year: int,
    closed: bool = False,
) -> Hearing:
    """Assess the last quarter of a round and judge. `members` is None when no list of that year was handed in.

    Figures are final once the year is over, or when its last quarter is `closed`: until then what is not met may
    still be.
    """
    of = plan.round(year)
    known = [reading for reading in readings if reading.quarter <= of.quarter]
    assessments = tuple(assess(plan, units, of.quarter, known, closed=closed or day > of.end))
    standings = tuple(_standings(plan, of, updates, day))
    rulings = judge(
        plan, assessments, standings, members or (), judgements, of=of, day=day, personal=members is not None
    )
    return Hearing(of, assessments, standings, members, tuple(rulings))


def newest_year(plan: Plan, readings: Iterable[Reading], day: date | None = None) -> int:
    """The last year with figures, or, when a day is given, that was over by then; else the first."""
    reported = {reading.quarter.year for reading in readings}
    found = [r.year for r in plan.rounds if r.year in reported or (day is not None and r.end < day)]
    return found[-1] if found else plan.rounds[0].year


def _standings(plan: Plan, of: Round, updates: Iterable[TaskUpdate], day: date) -> list[Standing]:
    """What is due later is seen from the round's last day: it cannot be late yet.

    What is due in the round is seen with all that was told since: that it was done in time may be told late.
    """
    told = list(updates)
    now, later = [], []
    for task in plan.tasks:
        if not _is_later(of, task.due):
            now.append(task)
        elif task.start <= of.end:
            later.append(task)
    found = [
        *stand(now, told, plan.quarters[-1], day),
        *stand(later, told, of.quarter, min(day, of.end)),
    ]
    places = {task.key: place for place, task in enumerate(plan.tasks)}
    return sorted(found, key=lambda standing: places[standing.task.key])


def _is_later(of: Round, due: date) -> bool:
    """Whether the time of some work ends in a later round; after the last there is none."""
    return due > of.end and not of.is_last


def proposal(rulings: Iterable[Ruling]) -> Proposal:
    """Of all rulings of one nominee; only what is blocking counts."""
    counting = [r for r in rulings if r.criterion.blocking]
    if any(r.verdict is Verdict.NOT_MET for r in counting):
        return Proposal.INELIGIBLE
    settled = all(r.verdict is Verdict.MET and r.council is not Council.AWAITED for r in counting)
    return Proposal.PROPOSABLE if counting and settled else Proposal.INCOMPLETE


def by_subject(rulings: Iterable[Ruling]) -> dict[str, list[Ruling]]:
    found: dict[str, list[Ruling]] = {}
    for ruling in rulings:
        found.setdefault(ruling.subject, []).append(ruling)
    return found


def _cases(
    plan: Plan,
    of: Round,
    figures: Mapping[str, Assessment],
    standings: tuple[Standing, ...],
    members: Sequence[Member],
    day: date,
    *,
    listed: bool,
) -> Iterator[_Case]:
    for room in plan.rooms:
        yield _Case(
            plan,
            of,
            day,
            Nominee.COLLECTIVE,
            room.code,
            room.name,
            figures,
            room.indicators,
            tuple(s for s in standings if s.task.key in room.tasks),
            (),
            tuple(m for m in members if m.room == room.code),
            listed,
        )
    for member in members:
        yield _Case(
            plan,
            of,
            day,
            Nominee.INDIVIDUAL,
            member.code,
            member.name,
            figures,
            (),
            (),
            member.tasks,
            (member,),
            listed,
        )


def _ruling(case: _Case, criterion: Criterion, said: Judgement | None) -> Ruling:
    said = said if criterion.judged and said is not None and said.fulfilled is not None else None
    reasons, evidence = _RULES[criterion.rule](case, criterion)
    if said is not None:
        evidence.append(Minutes(said))
    if said is not None and (criterion.rule is Rule.JUDGEMENT or not said.fulfilled):
        reasons.insert(0, CouncilSays(Verdict.MET if said.fulfilled else Verdict.NOT_MET, said))
    if not reasons and said is None:
        reasons.append(CouncilAwaited())
    return Ruling(
        case.subject,
        case.name,
        case.nominee,
        criterion,
        _together(reasons),
        tuple(reasons),
        tuple(evidence),
        _council(criterion, said),
        said,
    )


def _council(criterion: Criterion, said: Judgement | None) -> Council:
    if not criterion.judged:
        return Council.NONE
    if said is None:
        return Council.AWAITED
    return Council.YES if said.fulfilled else Council.NO


def _together(reasons: Iterable[Reason]) -> Verdict:
    """What fails beats what is not known, which beats what is met; from nothing nothing follows."""
    found = {reason.verdict for reason in reasons}
    order = (Verdict.NOT_MET, Verdict.UNDECIDED, Verdict.MET)
    return next((verdict for verdict in order if verdict in found), Verdict.UNDECIDED)


# The rules.


def _targets_and_tasks(case: _Case, _: Criterion) -> Found:
    found = [case.assessments[number] for number in case.indicators if number in case.assessments]
    tasks, proofs = _work(case)
    # What is due in a later round counts there.
    tasks = [replace(t, verdict=None) if isinstance(t, TaskStands) and t.is_later else t for t in tasks]
    reasons = [*map(_final, found), *tasks]
    return reasons or [NothingAssigned(tasks_only=False)], [*map(_figures, found), *proofs]


def _only_tasks(case: _Case, _: Criterion) -> Found:
    if case.nominee is Nominee.INDIVIDUAL and not case.listed:
        return [NoList()], []
    reasons, proofs = _work(case)
    return reasons or [NothingAssigned(tasks_only=True)], proofs


def _work(case: _Case) -> Found:
    """The tasks of a room, the own work of a person."""
    reasons: list[Reason] = [
        _task(s.task, s.state, s.done_on, s.days_late, is_later=_is_later(case.round, s.task.due))
        for s in case.standings
    ]
    reasons += [
        _own_task(task, case.day, is_later=_is_later(case.round, task.due)) for task in case.own_tasks
    ]
    proofs: list[Evidence] = [
        TaskProof(s.task.key, s.task.content, s.result, s.updates[0].evidence if s.updates else "")
        for s in case.standings
        if s.result or (s.updates and s.updates[0].evidence)
    ]
    return reasons, proofs


def _task(
    task: Task, state: TaskState, done_on: date | None, days_late: int, *, is_later: bool
) -> TaskStands:
    verdict = _of_task(state, days_late, is_later=is_later)
    return TaskStands(verdict, task.key, task.content, task.due, state, done_on, days_late, is_later)


def _own_task(task: OwnTask, day: date, *, is_later: bool) -> TaskStands:
    late = 0 if is_later else max(((task.done_on or day) - task.due).days, 0)
    if task.done_on is not None:
        state = TaskState.DONE
    else:
        state = TaskState.OVERDUE if late else TaskState.IN_PROGRESS
    verdict = _of_task(state, late, is_later=is_later)
    return TaskStands(verdict, "", task.content, task.due, state, task.done_on, late, is_later)


def _of_task(state: TaskState, days_late: int, *, is_later: bool) -> Verdict | None:
    """What is due only after the round is not late in it."""
    if state is TaskState.DROPPED:
        return None
    if days_late or state is TaskState.OVERDUE:
        return Verdict.NOT_MET
    return Verdict.MET if is_later or state is TaskState.DONE else Verdict.UNDECIDED


_FINAL: Mapping[Status, Verdict | None] = {
    Status.MET: Verdict.MET,
    Status.EXCEEDED: Verdict.MET,
    Status.MISSED: Verdict.NOT_MET,
    Status.UNREACHABLE: Verdict.NOT_MET,
    Status.NOT_APPLICABLE: None,
}


def _final(found: Assessment) -> IndicatorStands:
    # Where the plan gives no number there is nothing that could be met or missed.
    asked = found.target is not None
    return _stands(found, _FINAL.get(found.status, Verdict.UNDECIDED) if asked else None)


def _stands(found: Assessment, verdict: Verdict | None) -> IndicatorStands:
    return IndicatorStands(
        verdict,
        found.indicator,
        found.status,
        found.target,
        found.value,
        found.numerator,
        found.denominator,
        found.lower,
        found.upper,
        found.gain,
        found.edition,
        found.reported,
        found.expected,
    )


def _figures(found: Assessment) -> Figures:
    ranked = found.indicator.kind is Kind.RANK and found.edition is not None
    years = {found.edition, found.edition - 1} if ranked and found.edition else set()
    return Figures(
        found.indicator, found.readings, tuple(e for e in found.indicator.editions if e.year in years)
    )


def _ratings(case: _Case, _: Criterion) -> Found:
    if lacking := _no_people(case):
        return lacking
    of = len(case.members)
    ratings = [m.rating for m in case.members]
    below = sum(r in {Rating.COMPLETED, Rating.FAILED} for r in ratings)
    unsaid, excellent = ratings.count(None), ratings.count(Rating.EXCELLENT)
    reasons: list[Reason] = [RatedBelow(below, of)] if below else []
    if unsaid:
        reasons.append(Unrated(unsaid, of))
    elif not excellent:
        reasons.append(NoneExcellent(of))
    return reasons or [AllRated(excellent, of)], [MemberList(of)]


def _discipline(case: _Case, _: Criterion) -> Found:
    if lacking := _no_people(case):
        return lacking
    of = len(case.members)
    hard = sum(_is_hard(case.round, member) for member in case.members)
    unsaid = sum(member.discipline is None for member in case.members)
    reasons: list[Reason] = [Disciplined(hard, of)] if hard else []
    reasons += [DisciplineUnsaid(unsaid, of)] if unsaid else []
    return reasons or [NobodyDisciplined(of)], [MemberList(of)]


def _is_hard(of: Round, member: Member) -> bool:
    """A warning or worse; one whose decision is of another time does not count."""
    if member.discipline in {None, Discipline.NONE, Discipline.REPRIMAND}:
        return False
    signed = member.decision.signed_on
    return signed is None or of.start <= signed <= of.end


def _initiative(case: _Case, _: Criterion) -> Found:
    if lacking := _no_people(case):
        return lacking
    start, end = case.plan.start, case.round.end
    all_of = [i for member in case.members for i in member.initiatives]
    good = tuple(i for i in all_of if _is_recognised(i, start, end))
    if good:
        return [Recognised(good)], [Recognition(initiative) for initiative in good]
    return [NotRecognised(len(all_of), start, end)], [MemberList(len(case.members))]


def _is_recognised(initiative: Initiative, start: date, end: date) -> bool:
    decision: Document = initiative.recognition
    signed = decision.signed_on
    return bool(decision.number) and signed is not None and start <= signed <= end


def _checklist(case: _Case, criterion: Criterion) -> Found:
    found = case.assessments.get(criterion.indicator)
    if found is None:
        return [NothingAssigned(tasks_only=False)], []
    lower = found.value if found.lower is None else found.lower
    upper = found.value if found.upper is None else found.upper
    in_part = found.lower is None and found.reported < found.expected
    if lower is None or upper is None or in_part:
        verdict = Verdict.UNDECIDED
    elif lower >= criterion.at_least:
        verdict = Verdict.MET
    else:
        verdict = Verdict.NOT_MET if upper < criterion.at_least else Verdict.UNDECIDED
    return [replace(_stands(found, verdict), target=criterion.at_least)], [_figures(found)]


def _council_alone(_: _Case, __: Criterion) -> Found:
    return [], []


def _no_people(case: _Case) -> Found | None:
    if not case.listed:
        return [NoList()], []
    return None if case.members else ([NobodyListed()], [])


_RULES: Mapping[Rule, Callable[[_Case, Criterion], Found]] = {
    Rule.TARGETS_AND_TASKS: _targets_and_tasks,
    Rule.TASKS: _only_tasks,
    Rule.RATINGS: _ratings,
    Rule.DISCIPLINE: _discipline,
    Rule.INITIATIVE: _initiative,
    Rule.CHECKLIST: _checklist,
    Rule.JUDGEMENT: _council_alone,
}


# The papers of a dossier.


@dataclass(frozen=True, slots=True)
class Paper:
    """One component of a nominee's dossier, as far as it is in."""

    component: Component
    holder: str
    """Who hands it in, by code: of a component for the whole unit, the nominee's room."""
    receipt: Receipt | None
    in_time: bool | None
    """None while it is not in, or when the plan sets no day."""


def papers(plan: Plan, year: int, subject: str, room: str, receipts: Iterable[Receipt]) -> list[Paper]:
    """Every component for one nominee of a room in a round; of several receipts the last counts."""
    last = {(r.subject, r.component): r for r in receipts if r.year == year}
    until = deadline(plan, year)
    found = []
    for component in plan.components:
        holder = subject if component.per_nominee else room
        receipt = last.get((holder, component.key))
        came = receipt.received_at if receipt else None
        in_time = None if came is None or until is None else came < until
        found.append(Paper(component, holder, receipt if came else None, in_time))
    return found


def dossier_before(plan: Plan, year: int) -> date | None:
    """The plan's day is that of its last round."""
    return plan.dossier_before if plan.round(year).is_last else None


def deadline(plan: Plan, year: int) -> datetime | None:
    """The first moment that is too late, UTC without a zone: midnight of the office's clock as the day begins."""
    before = dossier_before(plan, year)
    if before is None:
        return None
    begins = datetime.combine(before, time(), _OFFICE)
    return begins.astimezone(UTC).replace(tzinfo=None)
