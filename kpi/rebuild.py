"""Every kept workbook read again by today's reader: whether the same comes out, and a new store made of what does.

What was kept is never altered: the store whose workbooks are read again stays as it is, whatever they say now.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Literal

from kpi import plan as plan_files
from kpi import vi, workbook
from kpi.model import (
    CONSOLE,
    PROGRAM,
    Act,
    AlreadyKeptError,
    DamagedOriginalError,
    Event,
    FolderInUseError,
    Grant,
    KpiError,
    LostFileError,
    Person,
    Plan,
    Quarter,
    QuarterClosedError,
    Reading,
    Role,
    TaskUpdate,
    UnknownPlanTextError,
    UnknownTaskError,
    Upload,
)
from kpi.problems import Doubt, Problem, TaskProblem, UnknownPlan
from kpi.store import Flaw, Store
from kpi.store.database import now
from kpi.store.files import EVIDENCE
from kpi.units import Directory
from kpi.workbook.apart import load_apart
from kpi.workbook.loading import Load

Sort = Literal["same", "other", "unread", "lost"]
"""The same comes out; something else; nothing, for reasons of the file; or the file itself is not what was kept."""
Progress = Callable[[int, str], object]
"""Percent done, and which file is read."""
# What one workbook can meet, without the others having to wait for it.
_OF_ONE = DamagedOriginalError, LostFileError, UnknownTaskError, QuarterClosedError, AlreadyKeptError
_DONE = {Act.UPLOAD_KEPT, Act.WITHDRAWAL, Act.APPROVAL, Act.CLOSE, Act.REOPEN, Act.TASK}


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of tasks at one moment, in a workbook or typed."""

    plan: str
    updates: tuple[TaskUpdate, ...]

    @property
    def filename(self) -> str:
        """The workbook, "" when it was typed."""
        return self.updates[0].filename if self.updates[0].workbook_sha256 else ""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What comes out otherwise than it was kept; None where there was, or is now, nothing."""

    was: Reading | TaskUpdate | None
    now: Reading | TaskUpdate | None


@dataclass(frozen=True, slots=True)
class Reread:
    """One kept workbook and what comes out of it now."""

    source: Upload | Told
    differences: tuple[Otherwise, ...] = ()
    findings: tuple[Problem | Doubt | TaskProblem, ...] = ()
    """Why nothing comes out of it any more: what is wrong, or asked and was not answered then."""
    error: KpiError | None = None
    number: str = ""
    """As the new store counts the upload; "" when it is not in there."""

    @property
    def sort(self) -> Sort:
        if self.error:
            return "lost"
        if self.findings:
            return "unread"
        return "other" if self.differences else "same"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A new store: what was read for it, and what it does not take over from the old one."""

    files: list[Reread]
    flaws: list[Flaw]
    """Where the old store is not as its record has it; the new one, written afresh, shows nothing of that."""
    withheld: list[Event]
    """Approvals and closings of figures that came out otherwise: nobody has decided about those."""


def reread(
    store: Store,
    plans: Mapping[str, Plan],
    directory: Directory,
    progress: Progress = lambda percent, filename: None,
    *,
    load: Load = load_apart,
) -> list[Reread]:
    """Every workbook of a store in the order it was kept, read with what was known, answered and held at that moment."""
    return [*_Replay(store, plans, directory, load, None).run(progress)]


def rebuild(
    store: Store,
    plans: Mapping[str, Plan],
    directory: Directory,
    out: Path,
    person: Person,
    progress: Progress = lambda percent, filename: None,
    *,
    load: Load = load_apart,
) -> Rebuilt:
    """As `reread`, and keep what comes out, with all that was decided about it, in a new store at `out`.

    A workbook out of which nothing comes any more is not in it. Raise FolderInUseError unless its folder is new or
    empty, and no part of the old store's: the files beside a store are its own.
    """
    folder = out.parent
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUseError(folder)
    if folder.resolve().is_relative_to(store.path.parent.resolve()):
        raise FolderInUseError(folder, of=store.path)
    flaws = store.verify()
    clock = _Clock(now())
    try:
        with Store(out, clock) as target:
            replay = _Replay(store, plans, directory, load, _Target(target, clock, store.files()))
            found = Rebuilt([*replay.run(progress)], flaws, replay.withheld)
            clock.at = now()
            head = store.record.head()
            target.record.add(
                person, Act.REBUILD, subject=store.path.name, before=head, after=_not_taken(found)
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found


def _not_taken(found: Rebuilt) -> str:
    """For the record: "figures:2 edited:14; approval:7 close:2022-Q4"; "" when all is taken over."""
    flaws = [f"{flaw.fault}:{flaw.id}" for flaw in found.flaws]
    held = [":".join(decision(event)) for event in found.withheld]
    return "; ".join((" ".join(flaws), " ".join(held))) if flaws or held else ""


def decision(event: Event) -> tuple[str, str]:
    """Of an approval or a closing: which of the two, and of which upload or quarter."""
    return event.act.value, event.subject if event.act is Act.APPROVAL else event.quarter


@dataclass
class _Clock:
    """What happens in the new store happens when it happened in the old one."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


class _Target:
    """The new store, in which things are done again by those who did them."""

    def __init__(self, store: Store, clock: _Clock, files: Mapping[str, Callable[[], bytes]]) -> None:
        self.store, self._clock, self._files = store, clock, files
        self._numbers: dict[str, str] = {}
        """Of the uploads there -> here."""

    def keep(self, draft: workbook.Draft, upload: Upload, signature: str) -> str:
        self._clock.at = upload.kept_at
        then = upload.kept_at if upload.illustrative else None
        who = _acting(signature, upload.person)
        kept = self.store.keep(draft, who, illustrative=upload.illustrative, kept_at=then)
        self._numbers[upload.id] = kept.upload
        return kept.upload

    def tell(self, plan: Plan, told: Told, updates: Iterable[TaskUpdate], content: bytes, who: str) -> None:
        first = told.updates[0]
        self._clock.at = first.kept_at or self._clock.at
        known = [*updates]
        proofs = {u.task: self._files[f"{EVIDENCE}/{u.evidence_sha256}"]() for u in known if u.evidence}
        self.store.tasks.keep(
            plan,
            known,
            _acting(who, first.person),
            evidence=proofs,
            workbook=content,
            illustrative=first.illustrative,
            kept_at=first.kept_at if first.illustrative else None,
        )

    def decide(self, event: Event, upload: Upload | None, person: Person) -> None:
        """Withdraw, approve, close or reopen; nothing of an upload that is not here."""
        self._clock.at = event.at
        number = self._numbers.get(upload.id, "") if upload else ""
        match event.act:
            case Act.WITHDRAWAL if number and upload:
                self._clock.at = upload.withdrawn_at or event.at
                self.store.withdraw(number, replace(person, name=upload.withdrawn_by), upload.why)
            case Act.APPROVAL if number and upload:
                self._clock.at = upload.approved_at or event.at
                self.store.approve(number, replace(person, name=upload.approved_by))
            case Act.CLOSE:
                self.store.close_quarter(event.plan, Quarter.parse(event.quarter), person)
            case Act.REOPEN:
                self.store.reopen_quarter(event.plan, Quarter.parse(event.quarter), person, event.after)


class _Replay:
    """The record of a store gone through from its beginning."""

    def __init__(
        self,
        store: Store,
        plans: Mapping[str, Plan],
        directory: Directory,
        load: Load,
        target: _Target | None,
    ) -> None:
        self._store, self._directory, self._load, self._target = store, directory, load, target
        self._plans = _Plans(store, plans, directory)
        self._uploads = {upload.id: upload for upload in reversed(store.uploads())}
        self._updates = store.tasks.updates()
        self._told = {told[0].id: tuple(told) for told in _at_once(self._updates)}
        self._names = {person.login: person.name for person in store.people.everybody()}
        self._kept: dict[str, tuple[str, tuple[Reading, ...]]] = {}
        """Upload -> its plan and what was read from it, while it is not withdrawn."""
        self._held: dict[str, dict[tuple[object, ...], Reading]] = {}
        """Plan -> what counts."""
        self._other: set[str] = set()
        """The uploads out of which something else comes, or nothing."""
        self.withheld: list[Event] = []

    def run(self, progress: Progress) -> Iterator[Reread]:
        done, most = 0, len(self._uploads) + len(self._told)
        for event in self._events():
            source = self._source(event)
            if source is None:
                self._decide(event)
                continue
            progress(100 * done // most, source.filename)
            found = self._upload(source, event) if isinstance(source, Upload) else self._tell(source, event)
            if isinstance(source, Upload) and found.sort != "same":
                self._other.add(source.id)
            yield found
            done += 1
        progress(100, "")

    def _events(self) -> Iterator[Event]:
        """What was done, oldest first; an upload that is not on record comes before those that were kept after it."""
        events = [e for e in reversed(self._store.record.events(_READER)) if e.act in _DONE]
        noted = {e.subject for e in events if e.act is Act.UPLOAD_KEPT}
        missing = [upload for number, upload in self._uploads.items() if number not in noted]
        for event in events:
            if event.act is Act.UPLOAD_KEPT and event.subject in self._uploads:
                while missing and int(missing[0].id) < int(event.subject):
                    yield _unnoted(missing.pop(0), event.id)
            yield event
        yield from (_unnoted(upload, events[-1].id if events else 0) for upload in missing)

    def _source(self, event: Event) -> Upload | Told | None:
        if event.act is Act.UPLOAD_KEPT:
            return self._uploads.get(event.subject)
        updates = self._told.get(event.subject.partition(" ")[0]) if event.act is Act.TASK else None
        return Told(event.plan, updates) if updates else None

    def _upload(self, upload: Upload, event: Event) -> Reread:
        was = tuple(self._store.readings(upload.id))
        try:
            draft = self._read(upload, event.id)
            if not draft.clean:
                self._hold(upload, was)
                return Reread(upload, _otherwise(was, ()), (*draft.problems, *draft.open_doubts))
            self._hold(upload, draft.readings)
            number = self._target.keep(draft, upload, event.person) if self._target else ""
        except _OF_ONE as error:
            self._hold(upload, was)
            return Reread(upload, error=error)
        return Reread(upload, _otherwise(was, draft.readings), number=number)

    def _read(self, upload: Upload, event: int) -> workbook.Draft:
        plan = self._plans.at(upload.plan, event)
        mappings = self._store.mappings
        return workbook.read(
            upload.filename,
            self._store.content(upload),
            {plan.code: plan} if plan else {},
            self._directory,
            reporter=upload.reporter,
            quarter=upload.quarter,
            held=lambda code: self._held.get(code, {}).values(),
            answers=self._store.answers(upload.id),
            remembered=lambda plan, reporter: mappings.choices(plan, reporter, among=self._kept),
            load=self._load,
        )

    def _hold(self, upload: Upload, readings: tuple[Reading, ...]) -> None:
        """What comes out now counts from here on; where nothing does, what was kept."""
        self._kept[upload.id] = upload.plan, readings
        self._held.setdefault(upload.plan, {}).update({_place(r): r for r in readings})

    def _decide(self, event: Event) -> None:
        upload = self._uploads.get(event.subject)
        if event.act is Act.WITHDRAWAL and upload and event.subject in self._kept:
            del self._kept[event.subject]
            left = (readings for plan, readings in self._kept.values() if plan == upload.plan)
            self._held[upload.plan] = {_place(r): r for readings in left for r in readings}
        if self._is_of_other_figures(event):
            self.withheld.append(event)
        elif self._target:
            name = event.person.removesuffix(CONSOLE)
            self._target.decide(event, upload, _acting(event.person, self._names.get(name, name)))

    def _is_of_other_figures(self, event: Event) -> bool:
        """An approval or a closing of figures that were not those that come out now."""
        if event.act is Act.APPROVAL:
            return event.subject in self._other
        standing = (self._uploads[number] for number in self._kept if number in self._other)
        place = event.plan, event.quarter
        return event.act is Act.CLOSE and any((u.plan, str(u.quarter)) == place for u in standing)

    def _tell(self, told: Told, event: Event) -> Reread:
        plan = self._plans.at(told.plan, event.id)
        if plan is None:
            return Reread(told, findings=(UnknownPlan(told.plan),))
        try:
            if not told.filename:
                if self._target:
                    self._target.tell(plan, told, told.updates, b"", event.person)
                return Reread(told)
            draft = self._read_tasks(told, plan)
            if not draft.clean:
                return Reread(told, _told_otherwise(told.updates, ()), draft.problems)
            if self._target and draft.updates:
                self._target.tell(plan, told, draft.updates, draft.content, event.person)
        except _OF_ONE as error:
            return Reread(told, error=error)
        return Reread(told, _told_otherwise(told.updates, draft.updates))

    def _read_tasks(self, told: Told, plan: Plan) -> workbook.TaskDraft:
        first = told.updates[0]
        earlier = [u for u in self._store.tasks.updates(plan.code) if int(u.id) < int(first.id)]
        content = self._store.files()[f"{EVIDENCE}/{first.workbook_sha256}"]()
        return workbook.read_tasks(
            first.filename, content, {plan.code: plan}, earlier, _day(first), load=self._load
        )


class _Plans:
    """The plans as they stood at a moment of the record; as they are today where it does not know."""

    def __init__(self, store: Store, plans: Mapping[str, Plan], directory: Directory) -> None:
        self._store, self._today, self._directory = store, plans, directory
        self._read: dict[str, Plan | None] = {}
        self._changes = {
            code: store.plans.changes(code)[::-1] for code in {u.plan for u in store.uploads()} | {*plans}
        }

    def at(self, code: str, event: int) -> Plan | None:
        changes = self._changes.get(code, [])
        before = [change.after for change in changes if change.event < event]
        # Of the time before the first change, what was changed then is known, or what was found in the file.
        told = before[-1] if before else next((c.before or c.after for c in changes), "")
        return (self._of(code, told) if told else None) or self._today.get(code)

    def _of(self, code: str, sha256: str) -> Plan | None:
        if sha256 not in self._read:
            try:
                text = self._store.plans.text(sha256).encode()
                self._read[sha256] = plan_files.loads(Path(f"{code}.toml"), text, self._directory)
            except (UnknownPlanTextError, plan_files.PlanError):
                self._read[sha256] = None
        return self._read[sha256]


_READER = Person.operator(vi.OPERATOR)


def _acting(signature: str, name: str) -> Person:
    """Whoever the record names, once more at the machine's own command line."""
    login = "" if signature.endswith(CONSOLE) else signature
    return Person(login, name, grants=(Grant(Role.ADMIN), Grant(Role.OFFICE)))


def _unnoted(upload: Upload, place: int) -> Event:
    return Event(place, upload.kept_at, "", PROGRAM, Act.UPLOAD_KEPT, upload.plan, subject=upload.id)


def _at_once(updates: Iterable[TaskUpdate]) -> Iterator[list[TaskUpdate]]:
    for _, told in groupby(updates, lambda u: (u.kept_at, u.person, u.workbook_sha256)):
        yield [*told]


def _place(reading: Reading) -> tuple[object, ...]:
    return reading.indicator, reading.unit, reading.quarter, reading.edition


def _otherwise(was: Iterable[Reading], now: Iterable[Reading]) -> tuple[Otherwise, ...]:
    kept = {_place(r): replace(r, upload=None) for r in was}
    found = {_place(r): replace(r, upload=None) for r in now}
    pairs = ((kept.get(place), found.get(place)) for place in dict.fromkeys((*kept, *found)))
    return tuple(Otherwise(old, new) for old, new in pairs if old != new)


def _told_otherwise(was: Iterable[TaskUpdate], now: Iterable[TaskUpdate]) -> tuple[Otherwise, ...]:
    kept, found = {u.task: _bare(u) for u in was}, {u.task: _bare(u) for u in now}
    pairs = ((kept.get(task), found.get(task)) for task in dict.fromkeys((*kept, *found)))
    return tuple(Otherwise(old, new) for old, new in pairs if old != new)


def _bare(update: TaskUpdate) -> TaskUpdate:
    """Without what the store gives it."""
    return replace(update, id="", person="", kept_at=None, workbook_sha256="", illustrative=False)


def _day(update: TaskUpdate) -> date:
    moment = update.kept_at or datetime.min  # noqa: DTZ901 - UTC without a zone, as the store has it
    return moment.replace(tzinfo=UTC).astimezone(vi.HANOI).date()
