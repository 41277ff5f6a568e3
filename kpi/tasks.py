"""Where each task of a plan stands on a day, from the plan and what was told of it since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kpi.model import Document, Quarter, Task, TaskState, TaskUpdate


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
    done_on = task.done_on
    planned, result = task.output, task.result
    if newest is not None:
        done_on = newest.done_on if newest.state is TaskState.DONE else None
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


def _state(task: Task, newest: TaskUpdate | None, done_on: date | None, day: date) -> TaskState:
    if task.dropped if newest is None else newest.state is TaskState.DROPPED:
        return TaskState.DROPPED
    if done_on is not None and done_on <= day:
        return TaskState.DONE
    if day > task.due:
        return TaskState.OVERDUE
    begun = task.started if newest is None else newest.state in {TaskState.IN_PROGRESS, TaskState.DONE}
    return TaskState.IN_PROGRESS if begun and day >= task.start else TaskState.NOT_STARTED
