"""The nouns of the field. Plain frozen values: no I/O, no Vietnamese, no third-party import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self


class KpiError(Exception):
    """Something the program may not do. Subclasses carry the facts; `kpi.vi` has the sentences."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a data file; a warning does not stop the file from being used."""

    path: Path
    key: str
    """The key as a dotted path, its parts named by number or code ("indicator.2.target"), or a column."""
    value: object
    reason: str
    """What kind of fault, in snake_case; `kpi.vi.fault` has a sentence for each."""
    warning: bool = False
    line: int | None = None
    facts: tuple[str, ...] = ()
    """What the sentence needs besides the value, in its order."""


class FaultyFileError(KpiError):
    """A data file cannot be used. `faults` holds everything wrong in it, and the warnings."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        super().__init__(f"{path.name}: " + "; ".join(f"{f.key} {f.reason}" for f in faults))
        self.path = path
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(self.number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2022-Q1"; raise ValueError for anything else."""
        year, _, number = text.partition("-Q")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """What a report is about: a quarter, or a year from its first day up to half, three quarters or all of it."""

    year: int
    part: str
    """ "Q1" … "Q4", "H1", "9M", or "" for the whole year."""

    def __post_init__(self) -> None:
        if self.part not in _LAST_QUARTER:
            raise ValueError(self.part)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2022-Q4", "2022-H1", "2022-9M" or "2022"; raise ValueError for anything else."""
        year, _, part = text.partition("-")
        if not (year.isascii() and year.isdecimal() and len(year) == 4) or text.endswith("-"):
            raise ValueError(text)
        return cls(int(year), part)

    @classmethod
    def of(cls, quarter: Quarter) -> Self:
        return cls(quarter.year, f"Q{quarter.number}")

    @classmethod
    def ending(cls, quarter: Quarter) -> tuple[Self, ...]:
        """The periods whose last quarter it is, the quarter itself first."""
        return tuple(
            cls(quarter.year, part) for part, last in _LAST_QUARTER.items() if last == quarter.number
        )

    def __str__(self) -> str:
        return f"{self.year}-{self.part}" if self.part else str(self.year)

    @property
    def quarter(self) -> Quarter:
        """The last quarter: figures of a period stand as they do at its end."""
        return Quarter(self.year, _LAST_QUARTER[self.part])


_LAST_QUARTER: Mapping[str, int] = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "H1": 2, "9M": 3, "": 4}


class Level(StrEnum):
    """Where a unit stands. Order in lists is always by code."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is measured. (code, valid_from) is the key; neither code nor name is one alone."""

    code: str
    name: str
    kind: str
    level: Level
    parent: str | None
    valid_from: date
    valid_to: date | None = None

    @property
    def title(self) -> str:
        """The name with its kind ahead, as an official writes it; agencies have no kind."""
        kind = self.kind[:1].upper() + self.kind[1:]
        return f"{kind} {self.name}" if self.kind else self.name

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Kind(StrEnum):
    COUNT = "count"
    SHARE = "share"
    RANK = "rank"


class Behaviour(StrEnum):
    """How the values of one year add up (domain: "over the quarters of a year")."""

    STOCK = "stock"
    FLOW = "flow"
    DISTINCT = "distinct"
    EDITION = "edition"


class Entry(StrEnum):
    """What a form asks for in one place."""

    YES_NO = "yes_no"
    FRACTION = "fraction"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Target:
    """A floor. With `rise`, the number of places to climb in a ranking where 1 is best."""

    value: Decimal
    rise: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """One yearly publication of a ranking, known before or beside the uploads."""

    year: int
    rank: int
    published: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One promise of a plan. `number` is its number in the plan, as text, and its only key."""

    number: str
    name: str
    short_name: str
    group: str
    unit_of_measure: str
    kind: Kind
    behaviour: Behaviour
    entry: Entry
    levels: tuple[Level, ...]
    """The levels of the units it is reported for."""
    target: Target | None
    """None where the plan asks for the work and gives no number."""
    numerator: str
    """What the numerator counts, in words; the question itself for a yes/no roster; "" for a rank."""
    denominator: str
    """What the denominator counts, in words; "" for counts and ranks."""
    things: str
    """The noun of a gap: "xã", "thôn", "km", "hồ sơ" …"""
    decimals: int = 0
    """Decimals allowed in numerator and denominator: 0 for counts, 3 for kilometres."""
    within: str | None = None
    """Number of the yes/no indicator whose "yes" units are this one's denominator."""
    all_of: tuple[str, ...] = ()
    """Numbers of the yes/no indicators a unit must all have: nobody reports this one, it follows from them."""
    universe: int | Mapping[str, int] | None = None
    """Known denominator: of the province, or of each unit by code. Rosters need none: it is their units.
    Of a ranking, how many are ranked."""
    maintain: bool = False
    """Any fall below the target is late at once."""
    baseline: Decimal | None = None
    """Value at the end of the year before the plan, in the unit of the target."""
    milestones: Mapping[int, Decimal] = field(default_factory=dict)
    """Quarter number -> value asked for; wins over the line from the baseline."""
    expected_year_total: Decimal | None = None
    """For a flow: the denominator expected for the whole year, when the plan says."""
    editions: tuple[Edition, ...] = ()
    assumptions: tuple[str, ...] = ()
    definition: str = ""


class TaskState(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    OVERDUE = "overdue"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Document:
    """An official document as it is cited. Texts are "" where unknown."""

    title: str = ""
    number: str = ""
    """Number and symbol: "676/QĐ-UBND"."""
    signed_on: date | None = None
    issuer: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.number)


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work of a plan for one assignee; late is done after due. What is told of it later is a TaskUpdate."""

    key: str
    """Its key in the plan; of work given to several, followed by a dot and the assignee's code."""
    content: str
    assignee: str
    """Who does it, by name."""
    start: date
    due: date
    unit: str = ""
    """Who does it, by code: a room of the department or a reporter; "" for the department as a whole."""
    room: str | None = None
    """The room that answers for it."""
    group: str = ""
    output: Document = Document()
    """What is planned to come of it."""
    done_on: date | None = None
    result: Document = Document()
    """What came of it."""
    dropped: bool = False
    started: bool = False
    milestone: bool = False
    """A review of the movement itself: interim, yearly, final."""
    arising: bool = False
    """Given after the plan was issued."""
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """What was told of a task for a quarter. The newest of a quarter counts; `kept_at` is UTC without a zone."""

    task: str
    quarter: Quarter
    state: TaskState
    """NOT_STARTED, IN_PROGRESS, DONE or DROPPED: whether it is overdue follows from the day."""
    done_on: date | None = None
    planned: Document = Document()
    """Replaces what the plan says is to come of it, when given."""
    result: Document = Document()
    note: str = ""
    evidence: str = ""
    """Name of the file that proves it, "" when there is none."""
    evidence_sha256: str = ""
    id: str = ""
    person: str = ""
    kept_at: datetime | None = None
    filename: str = ""
    """The workbook it came in, "" when it was typed."""
    workbook_sha256: str = ""
    """Of that workbook, which is kept."""
    cell: Cell | None = None
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """One place a reporter has to fill each quarter."""

    indicator: str
    unit: str


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who sends one workbook a quarter: a district's office, or a provincial one."""

    code: str
    name: str
    duties: tuple[Duty, ...]
    """In the order of the form: by level, then unit, then indicator."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the department, accountable for indicators and tasks; it reports nothing itself."""

    code: str
    name: str
    indicators: tuple[str, ...]
    tasks: tuple[str, ...] = ()


class Nominee(StrEnum):
    """Who can be proposed for an award."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"


class Rule(StrEnum):
    """How the program finds out about a criterion (domain, "Awards")."""

    TARGETS_AND_TASKS = "targets_and_tasks"
    """Every indicator assigned is met at its final value, and every task was done in time."""
    TASKS = "tasks"
    """At least one task is assigned, and every one was done in time."""
    RATINGS = "ratings"
    """Every member at least good, one at least excellent."""
    DISCIPLINE = "discipline"
    """Nobody with a warning or worse."""
    INITIATIVE = "initiative"
    """A recognised initiative of the plan's time."""
    CHECKLIST = "checklist"
    """A share of an indicator of the whole province, at least so much."""
    JUDGEMENT = "judgement"
    """Nothing but what the council says."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition for an award."""

    key: str
    nominee: Nominee
    text: str
    clause: str
    """Where the plan says so."""
    rule: Rule
    judged: str = ""
    """What only people can judge of it: "chất lượng cao"."""
    blocking: bool = True
    """Whether nobody is proposed without it."""
    indicator: str = ""
    """Of a checklist: which."""
    at_least: Decimal = Decimal(100)
    """Of a checklist: percent."""


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of a dossier. `paper` names the template in `data/templates` and the kind in `data/forms.csv`."""

    key: str
    name: str
    paper: str
    per_nominee: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One year of a plan, at the end of which awards are judged."""

    year: int
    start: date
    end: date
    quarter: Quarter
    """Its last."""
    is_last: bool
    """No other round of the plan comes after it."""


@dataclass(frozen=True)
class Plan:
    """A plan with its reporters already expanded to duties (see `kpi.plan.load`)."""

    code: str
    title: str
    number: str
    """Number and symbol of the document."""
    issuer: str
    issued: str
    """As written, since the published copy leaves the day open."""
    legal_basis: tuple[str, ...]
    province: str
    """Code of the province's unit."""
    start: date
    end: date
    dossier_before: date | None
    """A dossier must be in before this day begins; None when the plan does not say."""
    as_of_day: int
    """Day of a quarter's last month on which administrative data close."""
    report_day: int
    """Day of a quarter's last month by which workbooks are due."""
    indicators: tuple[Indicator, ...]
    reporters: tuple[Reporter, ...]
    rooms: tuple[Room, ...]
    tasks: tuple[Task, ...]
    assumptions: tuple[str, ...] = ()
    place: str = ""
    """Where its documents are dated: "Bắc Kạn"."""
    superior: str = ""
    """Who stands above the issuer in the head of a document: "UBND tỉnh Bắc Kạn"."""
    signer: str = ""
    """Who signs its documents, by name."""
    recipients: tuple[str, ...] = ()
    """Who is sent its reports, a line each."""
    awards: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    components: tuple[Component, ...] = ()
    erase_personal: date | None = None
    """From this day on, ratings and discipline of people are erased."""
    text: str = ""
    """SHA-256 of the file it was read from."""
    source: str = field(default="", repr=False)
    """All that the file says."""

    def indicator(self, number: str) -> Indicator:
        return next(i for i in self.indicators if i.number == number)

    def reporter(self, code: str) -> Reporter:
        return next(r for r in self.reporters if r.code == code)

    def room(self, code: str) -> Room:
        return next(r for r in self.rooms if r.code == code)

    def task(self, key: str) -> Task:
        return next(t for t in self.tasks if t.key == key)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Everything a report can be about."""
        return tuple(period for quarter in self.quarters for period in Period.ending(quarter))

    @cached_property
    def assignees(self) -> Mapping[str, str]:
        """Code -> name of everyone who has work of the plan by code."""
        rooms = {room.code: room.name for room in self.rooms}
        return {task.unit: rooms.get(task.unit, task.assignee) for task in self.tasks if task.unit}

    @cached_property
    def year(self) -> int:
        return self.end.year

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        found = [Quarter(self.start.year, (self.start.month + 2) // 3)]
        while found[-1].last_day < self.end:
            found.append(found[-1].next)
        return tuple(found)

    def year_of(self, quarter: Quarter) -> int:
        """The year a quarter lies in; of one before or after the plan, the plan's nearest."""
        return min(max(quarter, self.quarters[0]), self.quarters[-1]).year

    def quarters_of(self, quarter: Quarter) -> tuple[Quarter, ...]:
        """The plan's quarters of that year."""
        year = self.year_of(quarter)
        return tuple(q for q in self.quarters if q.year == year)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        years = dict.fromkeys(quarter.year for quarter in self.quarters)
        return tuple(self._round(year) for year in years)

    def round(self, year: int) -> Round:
        return next(r for r in self.rounds if r.year == year)

    def _round(self, year: int) -> Round:
        return Round(
            year,
            max(self.start, date(year, 1, 1)),
            min(self.end, date(year, 12, 31)),
            max(q for q in self.quarters if q.year == year),
            is_last=year == self.quarters[-1].year,
        )

    @cached_property
    def expected(self) -> Mapping[str, tuple[str, ...]]:
        """Indicator number -> codes of the units it is reported for, in the order of the code."""
        codes: dict[str, set[str]] = {i.number: set() for i in self.indicators}
        for reporter in self.reporters:
            for duty in reporter.duties:
                codes[duty.indicator].add(duty.unit)
        for indicator in self.indicators:
            for part in indicator.all_of:
                codes[indicator.number] |= codes[part]
        return {number: tuple(sorted(units)) for number, units in codes.items()}

    def as_of(self, quarter: Quarter) -> date:
        return quarter.last_day.replace(day=self.as_of_day)

    def due(self, quarter: Quarter) -> date:
        return quarter.last_day.replace(day=self.report_day)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where in a workbook something was found, as staff would say it."""

    sheet: str
    address: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}"


class State(StrEnum):
    """What a reading says. There is no reading for what is missing."""

    REPORTED = "reported"
    ESTIMATE = "estimate"
    NOT_APPLICABLE = "not_applicable"
    """The denominator is 0: nothing happened that could be counted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one unit for one quarter, and the cell it came from.

    A yes/no entry has numerator 1 or 0 and no denominator; a fraction has both, or only `value` (percent) when the
    sheet gave nothing else; a rank has only `value`, and the year of its edition.
    """

    indicator: str
    unit: str
    quarter: Quarter
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    state: State
    as_of: date
    cell: Cell
    """Where the numerator, or the bare value, was written."""
    denominator_cell: Cell | None = None
    edition: int | None = None
    upload: str | None = None

    @property
    def figures(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, State, int | None]:
        """What counts when two readings are compared: the same figures are no change."""
        return self.numerator, self.denominator, self.value, self.state, self.edition


class Status(StrEnum):
    """Where an indicator stands, in the order in which `kpi.progress` decides."""

    NO_DATA = "no_data"
    AWAITING = "awaiting"
    NOT_APPLICABLE = "not_applicable"
    EXCEEDED = "exceeded"
    MET = "met"
    MISSED = "missed"
    UNREACHABLE = "unreachable"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    IN_PROGRESS = "in_progress"


class Role(StrEnum):
    """What a person is here for."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    ROOM = "room"
    OFFICE = "office"
    ADMIN = "admin"

    @property
    def bound(self) -> bool:
        """Whether it is held for one reporter, or one room, and never for everything."""
        return self in {Role.REPORTER, Role.ROOM}


class Right(StrEnum):
    """What a person may do; the folders of `pages/` are named after them."""

    PROGRESS = "progress"
    """See every figure and verdict."""
    SUBMISSION = "submission"
    """Keep and withdraw workbooks of a reporter."""
    ORIGINAL = "original"
    """Fetch a workbook as it was sent."""
    TASK = "task"
    """Tell how a task stands; of a bound role, its own tasks."""
    OFFICE = "office"
    """Approve, close a quarter, export, prepare awards."""
    PLAN = "plan"
    """Change a plan."""
    RECORD = "record"
    """Read what everyone did."""
    ADMIN = "admin"
    """Accounts, plans, backups."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role, and of which reporter or room when the role is bound to one."""

    role: Role
    unit: str = ""

    def __post_init__(self) -> None:
        if self.role.bound != bool(self.unit):
            raise ValueError(f"{self.role}:{self.unit}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "office" or "reporter:061"; raise ValueError for anything else."""
        role, _, unit = text.partition(":")
        return cls(Role(role), unit)

    def __str__(self) -> str:
        return f"{self.role}:{self.unit}" if self.unit else str(self.role)


CONSOLE = "@console"
"""Marks on record who sat at the command line."""
PROGRAM = "@program"
"""Who is on record for what the program did of itself."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `last_sign_in` is UTC without a zone."""

    login: str
    name: str
    email: str = ""
    grants: tuple[Grant, ...] = ()
    disabled: bool = False
    waiting: bool = False
    """Invited, or reset: has no password until a link is used."""
    demonstration: bool = False
    """Its password is shown to everybody."""
    last_sign_in: datetime | None = None

    @classmethod
    def operator(cls, name: str) -> Self:
        """Whoever sits at the machine's own command line and could open the store's file anyway."""
        return cls("", name, grants=(Grant(Role.ADMIN), Grant(Role.OFFICE)))

    @property
    def signature(self) -> str:
        """How the record names this person: what cannot change, and no login can look like."""
        return self.login or f"{self.name}{CONSOLE}"


class Act(StrEnum):
    """What goes on record."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LOCKED = "sign_in_locked"
    SIGN_OUT = "sign_out"
    UPLOAD_CHECKED = "upload_checked"
    UPLOAD_REFUSED = "upload_refused"
    UPLOAD_KEPT = "upload_kept"
    WITHDRAWAL = "withdrawal"
    APPROVAL = "approval"
    CLOSE = "close"
    REOPEN = "reopen"
    EXPORT = "export"
    TASK = "task"
    JUDGEMENT = "judgement"
    RECEIPT = "receipt"
    PERSONAL = "personal"
    BACKUP = "backup"
    RESTORE = "restore"
    REBUILD = "rebuild"
    ACCOUNT = "account"
    PLAN = "plan"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Event:
    """One act on record. Texts are "" where they do not apply."""

    id: int
    at: datetime
    """UTC without a zone."""
    offset: str
    """What the clocks of the office showed beyond UTC: "+07:00"."""
    person: str
    """The login, the operator's name with CONSOLE, PROGRAM, or "" for nobody known."""
    act: Act
    plan: str = ""
    unit: str = ""
    quarter: str = ""
    subject: str = ""
    """What was acted on: the number of an upload, a login, a file."""
    before: str = ""
    after: str = ""
    previous: str = ""
    """The hash of the event before; "" for the first."""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `id` is no secret; times are UTC without a zone."""

    id: str
    login: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """What a one-time link is for: to choose the password of a person, or of the first administrator."""

    login: str
    name: str
    first: bool


@dataclass(frozen=True, slots=True)
class Upload:
    """One workbook that was kept. `kept_at` is UTC without a zone."""

    id: str
    plan: str
    reporter: str
    quarter: Quarter
    filename: str
    sha256: str
    person: str
    kept_at: datetime
    illustrative: bool = False
    withdrawn: bool = False
    current: bool = True
    """False when withdrawn, or when a later upload has replaced every reading of it."""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    why: str = ""
    """The reason of the withdrawal."""
    approved_by: str = ""
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One report that was handed out, and what it was made from. `made_at` is UTC without a zone."""

    id: str
    plan: str
    period: Period
    format: str
    filename: str
    made_at: datetime
    person: str
    plan_sha256: str
    """Of the plan text it was judged by."""
    figures_sha256: str
    """Of the figures, as kept."""
    sha256: str
    """Of the file."""
    closed: bool = False
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the council said of one criterion of one nominee; the newest counts."""

    year: int
    """Of the round."""
    subject: str
    """Code of a room, or of a member."""
    criterion: str
    fulfilled: bool | None
    """None takes back what was said before."""
    by: str
    """Who judged, by name, as the minutes say."""
    judged_on: date
    note: str = ""
    id: str = ""
    person: str = ""
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a paper of a dossier came in. Times are UTC without a zone."""

    year: int
    """Of the round."""
    subject: str
    component: str
    received_at: datetime | None
    """None takes back what was said before."""
    document: Document = Document()
    note: str = ""
    id: str = ""
    person: str = ""
    kept_at: datetime | None = None


class Rating(StrEnum):
    """A yearly rating of a person, from the best down."""

    EXCELLENT = "excellent"
    GOOD = "good"
    COMPLETED = "completed"
    FAILED = "failed"


class Discipline(StrEnum):
    """What was imposed on a person, from the mildest up."""

    NONE = "none"
    REPRIMAND = "reprimand"
    WARNING = "warning"
    SALARY = "salary"
    DEMOTION = "demotion"
    REMOVAL = "removal"
    DISMISSAL = "dismissal"


@dataclass(frozen=True, slots=True)
class Initiative:
    """An initiative or research of a person; the decision that recognised it."""

    title: str
    recognition: Document = Document()


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A piece of work of one person."""

    content: str
    due: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a room. Personal: for the office only, in no chart and no general export."""

    code: str
    name: str
    room: str
    position: str = ""
    rating: Rating | None = None
    """None while nobody has said."""
    discipline: Discipline | None = None
    """None while nobody has said."""
    decision: Document = Document()
    """Of the discipline."""
    initiatives: tuple[Initiative, ...] = ()
    tasks: tuple[OwnTask, ...] = ()
    cell: Cell | None = None


class UnknownTaskError(KpiError):
    def __init__(self, task: str) -> None:
        super().__init__(task)
        self.task = task


class UnknownPlanTextError(KpiError):
    def __init__(self, sha256: str) -> None:
        super().__init__(sha256)
        self.sha256 = sha256


class StalePlanError(KpiError):
    """A plan file is no longer what the change was made from."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class UneditablePlanError(KpiError):
    """A plan's text cannot be changed without disturbing what was not to be changed."""


class UnknownSubjectError(KpiError):
    """Nobody who can be proposed for an award has this code, or no criterion or paper has this key."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


class PersonalErasedError(KpiError):
    """The day has come from which ratings and discipline are no longer kept."""

    def __init__(self, since: date) -> None:
        super().__init__(since.isoformat())
        self.since = since


class UnknownSnapshotError(KpiError):
    def __init__(self, snapshot: str) -> None:
        super().__init__(snapshot)
        self.snapshot = snapshot


class LostFileError(KpiError):
    """A file that was kept is missing, or no longer the bytes that were kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class FolderInUseError(KpiError):
    """A new store was to be made where something lies already, or among the files of another, `of`."""

    def __init__(self, path: Path, of: Path | None = None) -> None:
        super().__init__(str(path))
        self.path, self.of = path, of


class NoOfficeProgramError(KpiError):
    """LibreOffice, which makes PDF of documents, is not installed, or failed."""

    def __init__(self, *, failed: bool = False) -> None:
        super().__init__()
        self.failed = failed


class TemplateError(KpiError):
    """A template of `data/templates` cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class UncleanDraftError(KpiError):
    """A draft with mistakes or open questions was offered for keeping."""

    def __init__(self, filename: str, problems: int, open_doubts: int) -> None:
        super().__init__(f"{filename}: {problems} problems, {open_doubts} open doubts")
        self.filename = filename
        self.problems = problems
        self.open_doubts = open_doubts


class AlreadyKeptError(KpiError):
    """The same bytes are an upload that still counts."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(f"the same file is upload {upload.id}")
        self.upload = upload


class UnknownUploadError(KpiError):
    def __init__(self, upload: str) -> None:
        super().__init__(upload)
        self.upload = upload


class AlreadyWithdrawnError(KpiError):
    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.id)
        self.upload = upload


class DamagedOriginalError(KpiError):
    """A kept workbook is missing, or no longer the bytes that were kept."""

    def __init__(self, upload: Upload, path: Path) -> None:
        super().__init__(f"upload {upload.id}: {path}")
        self.upload = upload
        self.path = path


class StoreBusyError(KpiError):
    """Another process has the store open."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class StoreUnusableError(KpiError):
    """The file cannot be opened, is no store, or is from a newer program."""

    def __init__(self, path: Path, *, newer: bool = False) -> None:
        super().__init__(str(path))
        self.path = path
        self.newer = newer


class NotKeptError(KpiError):
    """The disk refused; nothing was stored."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class HoldsRealFiguresError(KpiError):
    """Invented figures were to be mixed into a store of real ones."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class NotAllowedError(KpiError):
    def __init__(self, person: Person, right: Right, unit: str = "") -> None:
        super().__init__(f"{person.signature}: {right} {unit}")
        self.person = person
        self.right = right
        self.unit = unit


class WrongPasswordError(KpiError):
    """Name or password is wrong, or the account is disabled; nobody outside learns which."""


class TooManyAttemptsError(KpiError):
    """`until` is UTC without a zone."""

    def __init__(self, until: datetime) -> None:
        super().__init__(str(until))
        self.until = until


class WeakPasswordError(KpiError):
    """`reason` is short, long, common, personal, simple or same."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleLinkError(KpiError):
    """A one-time link that was used, replaced, or is too old."""


class UnknownPersonError(KpiError):
    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class TakenLoginError(KpiError):
    """The login, or the e-mail address, belongs to somebody else."""

    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class BadLoginError(KpiError):
    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class LastAdminError(KpiError):
    """Nobody would be left who can manage accounts."""

    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class QuarterClosedError(KpiError):
    def __init__(self, plan: str, quarter: Quarter) -> None:
        super().__init__(f"{plan} {quarter}")
        self.plan = plan
        self.quarter = quarter


class HoldsRealPeopleError(KpiError):
    """Everybody's passwords were to be shown in a store of real accounts."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class UnknownBackupError(KpiError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class DamagedBackupError(KpiError):
    """A file is no backup, or not as it was made; nothing was touched.

    `reason` is zip, names, store, newer, record or originals.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
