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
    day: date,
    personal: bool,
) -> list[Ruling]:
    """Every criterion for every nominee, rooms first; people only when their list was handed in (`personal`).

    `assessments` are the province's at the plan's last quarter. `day` is when it is asked: of own work without an end
    it decides whether it is late. Of several judgements the last counts.
    """
    said = {(j.subject, j.criterion): j for j in judgements}
    figures = {a.indicator.number: a for a in assessments if a.unit.code == plan.province}
    cases = _cases(plan, figures, tuple(standings), members if personal else (), day, listed=personal)
    return [
        _ruling(case, criterion, said.get((case.subject, criterion.key)))
        for case in cases
        for criterion in plan.criteria
        if criterion.nominee is case.nominee
    ]


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was looked at, and what follows from it."""

    assessments: tuple[Assessment, ...]
    """The province's at the plan's last quarter."""
    standings: tuple[Standing, ...]
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
    closed: bool = False,
) -> Hearing:
    """Assess the plan's last quarter and judge. `members` is None when no list was handed in.

    Figures are final once the plan is over, or when its last quarter is `closed`: until then what is not met may
    still be.
    """
    last = plan.quarters[-1]
    assessments = tuple(assess(plan, units, last, readings, closed=closed or day > plan.end))
    standings = tuple(stand(plan.tasks, updates, last, day))
    rulings = judge(
        plan, assessments, standings, members or (), judgements, day=day, personal=members is not None
    )
    return Hearing(assessments, standings, members, tuple(rulings))


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
    reasons = [*map(_final, found), *tasks]
    return reasons or [NothingAssigned(tasks_only=False)], [*map(_figures, found), *proofs]


def _only_tasks(case: _Case, _: Criterion) -> Found:
    if case.nominee is Nominee.INDIVIDUAL and not case.listed:
        return [NoList()], []
    reasons, proofs = _work(case)
    return reasons or [NothingAssigned(tasks_only=True)], proofs


def _work(case: _Case) -> Found:
    """The tasks of a room, the own work of a person."""
    reasons: list[Reason] = [_task(s.task, s.state, s.done_on, s.days_late) for s in case.standings]
    reasons += [_own_task(task, case.day) for task in case.own_tasks]
    proofs: list[Evidence] = [
        TaskProof(s.task.key, s.task.content, s.result, s.updates[0].evidence if s.updates else "")
        for s in case.standings
        if s.result or (s.updates and s.updates[0].evidence)
    ]
    return reasons, proofs


def _task(task: Task, state: TaskState, done_on: date | None, days_late: int) -> TaskStands:
    return TaskStands(_of_task(state, days_late), task.key, task.content, task.due, state, done_on, days_late)


def _own_task(task: OwnTask, day: date) -> TaskStands:
    late = max(((task.done_on or day) - task.due).days, 0)
    if task.done_on is not None:
        state = TaskState.DONE
    else:
        state = TaskState.OVERDUE if late else TaskState.IN_PROGRESS
    return TaskStands(_of_task(state, late), "", task.content, task.due, state, task.done_on, late)


def _of_task(state: TaskState, days_late: int) -> Verdict | None:
    if state is TaskState.DROPPED:
        return None
    if days_late or state is TaskState.OVERDUE:
        return Verdict.NOT_MET
    return Verdict.MET if state is TaskState.DONE else Verdict.UNDECIDED


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
    hard = sum(_is_hard(case.plan, member) for member in case.members)
    unsaid = sum(member.discipline is None for member in case.members)
    reasons: list[Reason] = [Disciplined(hard, of)] if hard else []
    reasons += [DisciplineUnsaid(unsaid, of)] if unsaid else []
    return reasons or [NobodyDisciplined(of)], [MemberList(of)]


def _is_hard(plan: Plan, member: Member) -> bool:
    """A warning or worse; one whose decision is of another time does not count."""
    if member.discipline in {None, Discipline.NONE, Discipline.REPRIMAND}:
        return False
    signed = member.decision.signed_on
    return signed is None or plan.start <= signed <= plan.end


def _initiative(case: _Case, _: Criterion) -> Found:
    if lacking := _no_people(case):
        return lacking
    plan, all_of = case.plan, [i for member in case.members for i in member.initiatives]
    good = tuple(i for i in all_of if _is_recognised(plan, i))
    if good:
        return [Recognised(good)], [Recognition(initiative) for initiative in good]
    return [NotRecognised(len(all_of), plan.start, plan.end)], [MemberList(len(case.members))]


def _is_recognised(plan: Plan, initiative: Initiative) -> bool:
    decision: Document = initiative.recognition
    signed = decision.signed_on
    return bool(decision.number) and signed is not None and plan.start <= signed <= plan.end


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


def papers(plan: Plan, subject: str, room: str, receipts: Iterable[Receipt]) -> list[Paper]:
    """Every component for one nominee of a room; of several receipts the last counts."""
    last = {(r.subject, r.component): r for r in receipts}
    until = deadline(plan)
    found = []
    for component in plan.components:
        holder = subject if component.per_nominee else room
        receipt = last.get((holder, component.key))
        came = receipt.received_at if receipt else None
        in_time = None if came is None or until is None else came < until
        found.append(Paper(component, holder, receipt if came else None, in_time))
    return found


def deadline(plan: Plan) -> datetime | None:
    """The first moment that is too late, UTC without a zone: midnight of the office's clock as the day begins."""
    if plan.dossier_before is None:
        return None
    begins = datetime.combine(plan.dossier_before, time(), _OFFICE)
    return begins.astimezone(UTC).replace(tzinfo=None)
