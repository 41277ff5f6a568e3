"""Where each task of a plan stands on a day, from the plan and what was told of it since; and what may be told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from kpi.access import may
from kpi.model import Document, Person, Plan, Quarter, Right, Task, TaskState, TaskUpdate
from kpi.problems import (
    BadEvidence,
    DateWithoutDone,
    DayToCome,
    DoneAfterQuarter,
    DoneBeforeStart,
    DoneWithoutDate,
    ResultWithoutDone,
    TaskProblem,
    TextTooLong,
)

LONGEST = 1_000
"""Letters of a note, or of any part of a document."""
LARGEST = 5_000_000
"""Bytes of a file that proves something."""
EVIDENCE = ("pdf", "jpg", "jpeg", "png", "docx", "xlsx")


@dataclass(frozen=True, slots=True)
class Standing:
    """One task as it was known on a day."""

    task: Task
    day: date
    state: TaskState
    done_on: date | None
    planned: Document
    """What is to come of it."""
    result: Document
    """What came of it; empty until it is done."""
    days_late: int
    """After due: done so late, or not done for so long; 0 in time."""
    updates: tuple[TaskUpdate, ...] = ()
    """What was told up to then, newest first: the first counts."""

    @property
    def note(self) -> str:
        return self.updates[0].note if self.updates else ""

    @property
    def evidence(self) -> TaskUpdate | None:
        """The update whose file proves it, when there is one."""
        return self.updates[0] if self.updates and self.updates[0].evidence else None

    @property
    def late(self) -> bool:
        return self.days_late > 0

    @property
    def told(self) -> TaskState:
        """The state without what follows from the day."""
        if self.state is TaskState.DONE:
            return self.state
        if self.updates:
            return self.updates[0].state
        begun = TaskState.IN_PROGRESS if self.task.started else TaskState.NOT_STARTED
        return begun if self.state is TaskState.OVERDUE else self.state


def known_on(plan: Plan, quarter: Quarter, today: date) -> date:
    """The day as of which tasks are told for a quarter: its last, or today while it lasts.

    After the plan's last quarter nothing follows, so what is late then is late by today.
    """
    return today if quarter == plan.quarters[-1] else min(quarter.last_day, today)


def stand(
    tasks: Iterable[Task], updates: Iterable[TaskUpdate], quarter: Quarter, day: date
) -> list[Standing]:
    """The tasks in their order, with what was told for quarters up to this one, as known on the day."""
    told: dict[str, list[TaskUpdate]] = {}
    for update in updates:
        if update.quarter <= quarter:
            told.setdefault(update.task, []).append(update)
    for found in told.values():
        found.sort(key=lambda update: (update.quarter, int(update.id or 0)), reverse=True)
    return [_standing(task, tuple(told.get(task.key, ())), day) for task in tasks]


def _standing(task: Task, updates: tuple[TaskUpdate, ...], day: date) -> Standing:
    newest = updates[0] if updates else None
    done_on = _done_on(task, newest)
    planned, result = task.output, task.result
    if newest is not None:
        planned, result = newest.planned or planned, newest.result or result
    state = _state(task, newest, done_on, day)
    done = state is TaskState.DONE
    late = ((done_on if done and done_on else day) - task.due).days
    return Standing(
        task,
        day,
        state,
        done_on if done else None,
        planned,
        result if done else Document(),
        max(late, 0) if state in {TaskState.DONE, TaskState.OVERDUE} else 0,
        updates,
    )


def _done_on(task: Task, newest: TaskUpdate | None) -> date | None:
    """What was told counts, unless the plan knows of a later quarter that it was done then."""
    if newest is None:
        return task.done_on
    if newest.state is TaskState.DONE:
        return newest.done_on
    later = task.done_on is not None and task.done_on > newest.quarter.last_day
    return task.done_on if later else None


def _state(task: Task, newest: TaskUpdate | None, done_on: date | None, day: date) -> TaskState:
    if task.dropped if newest is None else newest.state is TaskState.DROPPED:
        return TaskState.DROPPED
    if done_on is not None and done_on <= day:
        return TaskState.DONE
    if day > task.due:
        return TaskState.OVERDUE
    begun = task.started if newest is None else newest.state in {TaskState.IN_PROGRESS, TaskState.DONE}
    return TaskState.IN_PROGRESS if begun and day >= task.start else TaskState.NOT_STARTED


def holders(task: Task) -> tuple[str, ...]:
    """Codes of those who may tell of a task, beside the office: who does it, and the room that answers for it."""
    return tuple(dict.fromkeys(code for code in (task.unit, task.room) if code)) or ("",)


def may_tell(person: Person, task: Task, plan: Plan) -> bool:
    return any(may(person, Right.TASK, code, plan) for code in holders(task))


def owners(plan: Plan) -> dict[str, str]:
    """Everyone who can be sent a form of their tasks: code -> name; "" for the work nobody has by code."""
    names = dict(plan.assignees) | {r.code: r.name for r in plan.rooms} | {"": plan.issuer}
    return {code: names[code] for code in dict.fromkeys(c for t in plan.tasks for c in holders(t))}


def of_owner(plan: Plan, owner: str) -> list[Task]:
    return [task for task in plan.tasks if owner in holders(task)]


def told_again(standing: Standing, quarter: Quarter) -> TaskUpdate:
    """What stands, told anew for a quarter: what a form begins with, and what an undo tells."""
    newest = standing.updates[0] if standing.updates else None
    again = TaskUpdate(
        task=standing.task.key,
        quarter=quarter,
        state=standing.told,
        done_on=standing.done_on,
        planned=standing.planned,
        result=standing.result,
    )
    if newest is None:
        return again
    if standing.told is TaskState.DONE and standing.done_on is None:  # done after the day of the standing
        again = replace(again, done_on=newest.done_on, result=newest.result)
    note = newest.note if newest.quarter == quarter else ""
    return replace(again, note=note, evidence=newest.evidence, evidence_sha256=newest.evidence_sha256)


def by_work(standings: Iterable[Standing]) -> dict[str, dict[str, list[Standing]]]:
    """Group -> content -> the tasks of that work, one for each of those it was given to; all in their order."""
    found: dict[str, dict[str, list[Standing]]] = {}
    for standing in standings:
        of_group = found.setdefault(standing.task.group, {})
        of_group.setdefault(standing.task.content, []).append(standing)
    return found


def lean(task: Task, update: TaskUpdate) -> TaskUpdate:
    """Without what only repeats the plan, so that a mended plan is not hidden by it."""
    return replace(update, planned=Document()) if update.planned == task.output else update


def before(standing: Standing, quarter: Quarter) -> TaskUpdate | None:
    """The task as it was told before the newest update of a quarter; None when nothing was told for it."""
    if not standing.updates or standing.updates[0].quarter != quarter:
        return None
    (earlier,) = stand([standing.task], standing.updates[1:], quarter, standing.day)
    return told_again(earlier, quarter)


def wrong(plan: Plan, update: TaskUpdate, today: date) -> list[TaskProblem]:
    """All that cannot be so in what is told; where it stands is for the caller to say."""
    task = plan.task(update.task)
    at = update.cell
    found: list[TaskProblem] = []
    if update.state is not TaskState.DONE:
        found += [DateWithoutDone(at, task.key)] if update.done_on else []
        found += [ResultWithoutDone(at, task.key)] if update.result else []
    elif update.done_on is None:
        found.append(DoneWithoutDate(at, task.key))
    else:
        found += _wrong_day(plan, task, update, update.done_on, today)
    if update.result.signed_on is not None and update.result.signed_on > today:
        found.append(DayToCome(at, update.result.signed_on, today))
    texts = [
        update.note,
        *(t for d in (update.planned, update.result) for t in (d.title, d.number, d.issuer)),
    ]
    found += [TextTooLong(at, len(text), LONGEST) for text in texts if len(text) > LONGEST]
    return found


def _wrong_day(plan: Plan, task: Task, update: TaskUpdate, done_on: date, today: date) -> list[TaskProblem]:
    """What was done after the plan's last quarter can only be told for that quarter."""
    if done_on > today:
        return [DayToCome(update.cell, done_on, today)]
    if done_on < task.start:
        return [DoneBeforeStart(update.cell, done_on, task.start)]
    if done_on > update.quarter.last_day and update.quarter != plan.quarters[-1]:
        return [DoneAfterQuarter(update.cell, done_on, update.quarter)]
    return []


def evidence_name(filename: str) -> str:
    """The name of a file without its folders, and without what cannot be seen."""
    name = PurePath(filename.replace("\\", "/")).name
    name = "".join(letter for letter in name if letter.isprintable())
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:120]}{dot}{ending}" if dot else name[:120]


def bad_evidence(filename: str, content: bytes) -> BadEvidence | None:
    """Why a file is not taken: nothing in it, too large, or by its first bytes not of the kind its name says."""
    if not content.strip(b"\0 \t\r\n"):
        return BadEvidence(filename, "empty")
    if len(content) > LARGEST:
        return BadEvidence(filename, "large")
    ending = PurePath(filename).suffix.lower().removeprefix(".")
    return None if ending in EVIDENCE and _is(ending, content) else BadEvidence(filename, "kind")


_FIRST_BYTES: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "docx": b"PK",
    "xlsx": b"PK",
}
_PARTS: Mapping[str, str] = {"docx": "word/", "xlsx": "xl/"}


def _is(ending: str, content: bytes) -> bool:
    if not content.startswith(_FIRST_BYTES[ending]):
        return False
    if ending not in _PARTS:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return any(name.startswith(_PARTS[ending]) for name in parts.namelist())
    # A mangled table of contents fails in many ways; all of them mean it is no such file.
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, UnicodeError, EOFError):
        return False
