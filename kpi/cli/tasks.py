"""Tasks: how they stand, and the telling of it, one by one or from a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from kpi import vi
from kpi.cli.home import (
    BY,
    FILE,
    IN_STORE,
    OF_QUARTER,
    OUT,
    PLAN,
    QUARTER,
    Home,
    command_of,
    main,
    of_plan,
    say,
    table,
    write,
)
from kpi.model import Cell, Document, Person, Plan, Quarter, Task, TaskState, TaskUpdate
from kpi.problems import reason
from kpi.tasks import (
    Standing,
    bad_evidence,
    evidence_name,
    known_on,
    lean,
    owners,
    stand,
    told_again,
    wrong,
)
from kpi.vi import tasks as words
from kpi.workbook import TaskDraft, blank_tasks, read_tasks

_TELLABLE = [state.value for state in words.TELLABLE]


@main.group("task", help=words.COMMANDS["task"])
@IN_STORE
def task() -> None:
    pass


_command = command_of(task, words.COMMANDS)


def _to_day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(words.no_day(value or "")) from error


@_command
@PLAN
@OF_QUARTER
def list_(ctx: click.Context, code: str, quarter: Quarter | None) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    found = _standings(home, plan, _asked(plan, quarter))
    lines = [_line(standing) for standing in found]
    click.echo(table(words.LIST_HEADINGS, lines) if lines else words.NO_TASKS)
    say(ctx, [_json(standing) for standing in found])


@_command
@click.argument("key")
@PLAN
@QUARTER
@click.option("--state", type=click.Choice(_TELLABLE), required=True)
@click.option("--done-on", callback=_to_day, metavar="2022-12-05")
@click.option("--title")
@click.option("--number")
@click.option("--signed-on", callback=_to_day, metavar="2022-12-05")
@click.option("--issuer")
@click.option("--note")
@click.option("--evidence", type=FILE, help=words.COMMANDS["--evidence"])
@BY
def set_(
    ctx: click.Context,
    key: str,
    code: str,
    quarter: Quarter,
    state: str,
    done_on: date | None,
    title: str | None,
    number: str | None,
    signed_on: date | None,
    issuer: str | None,
    note: str | None,
    evidence: Path | None,
    person: str,
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of_plan(plan, quarter)
    known = next((t for t in plan.tasks if t.key == key), None)
    if known is None:
        raise click.BadParameter(vi.unknown("task", key, (t.key for t in plan.tasks)), param_hint="KEY")
    with home.store() as store:
        (held,) = stand([known], store.tasks.updates(code), quarter, known_on(plan, quarter, _today()))
        again = told_again(held, quarter)
        done = state == TaskState.DONE
        was = again.result if done else Document()
        result = Document(
            was.title if title is None else title,
            was.number if number is None else number,
            signed_on or was.signed_on,
            was.issuer if issuer is None else issuer,
        )
        told = replace(
            again,
            state=TaskState(state),
            done_on=done_on or (again.done_on if done else None),
            result=result,
            note=again.note if note is None else note,
        )
        content = evidence.read_bytes() if evidence else b""
        if evidence:
            told = replace(told, evidence=evidence_name(evidence.name))
        mistakes = [*wrong(plan, told, _today()), *_evidence(told.evidence, evidence, content)]
        if mistakes:
            _show_findings(
                ctx, {}, [{"reason": reason(m), "message": words.explain(m), **_at(m.at)} for m in mistakes]
            )
            ctx.exit(1)
        proof = {key: content} if evidence else None
        store.tasks.keep(plan, [lean(known, told)], Person.operator(person), evidence=proof)
        (held,) = stand([known], store.tasks.updates(code), quarter, known_on(plan, quarter, _today()))
    click.echo(words.kept(1))
    say(ctx, _json(held))


def _evidence(name: str, path: Path | None, content: bytes) -> list[Any]:
    bad = bad_evidence(name, content) if path else None
    return [bad] if bad else []


@_command
@PLAN
@click.option("--unit", default="", help=words.COMMANDS["--unit"])
@QUARTER
@OUT
def blank(ctx: click.Context, code: str, unit: str, quarter: Quarter, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of_plan(plan, quarter)
    known = owners(plan)
    if unit not in known:
        raise click.BadParameter(vi.unknown("unit", unit, filter(None, known)), param_hint="--unit")
    write(ctx, out, blank_tasks(plan, unit, quarter, _standings(home, plan, quarter)))


@_command
@click.argument("file", type=FILE)
def read(ctx: click.Context, file: Path) -> None:
    home = Home(ctx)
    draft = read_tasks(file.name, file.read_bytes(), home.plans, lambda plan: _updates(home, plan), _today())
    _show_draft(ctx, draft)
    ctx.exit(0 if draft.clean else 1)


@_command
@click.argument("file", type=FILE)
@BY
def keep(ctx: click.Context, file: Path, person: str) -> None:
    home = Home(ctx)
    with home.store() as store:
        draft = read_tasks(file.name, file.read_bytes(), home.plans, store.tasks.updates, _today())
        if not draft.clean or draft.plan is None:
            _show_draft(ctx, draft)
            ctx.exit(1)
        if draft.updates:
            store.tasks.keep(draft.plan, draft.updates, Person.operator(person), workbook=draft.content)
    click.echo(words.kept(len(draft.updates)))
    say(ctx, {"kept": [update.task for update in draft.updates], "sha256": draft.sha256})


def _today() -> date:
    return datetime.now(vi.HANOI).date()


def _asked(plan: Plan, quarter: Quarter | None) -> Quarter:
    """The quarter asked for; else the one it is now, as far as the plan goes."""
    if quarter is not None:
        of_plan(plan, quarter)
        return quarter
    begun = [q for q in plan.quarters if q.first_day <= _today()]
    return begun[-1] if begun else plan.quarters[0]


def _updates(home: Home, plan: str) -> list[TaskUpdate]:
    """What was told; a store that does not exist yet is not made by looking into it."""
    if not home.path.exists():
        return []
    with home.store() as store:
        return store.tasks.updates(plan)


def _standings(home: Home, plan: Plan, quarter: Quarter) -> list[Standing]:
    return stand(plan.tasks, _updates(home, plan.code), quarter, known_on(plan, quarter, _today()))


def _line(found: Standing) -> tuple[str, ...]:
    known: Task = found.task
    return (
        known.key,
        known.content,
        known.assignee,
        vi.day(known.due),
        vi.TASK_STATE[found.state],
        vi.day(found.done_on) if found.done_on else "",
        vi.days_late(found.days_late) if found.late else "",
    )


def _json(found: Standing) -> dict[str, Any]:
    known = found.task
    return {
        "key": known.key,
        "content": known.content,
        "assignee": known.assignee,
        "unit": known.unit,
        "room": known.room,
        "group": known.group,
        "start": known.start.isoformat(),
        "due": known.due.isoformat(),
        "state": found.state.value,
        "done_on": found.done_on and found.done_on.isoformat(),
        "days_late": str(found.days_late),
        "planned": _document(found.planned),
        "result": _document(found.result),
        "note": found.note,
        "arising": known.arising,
        "milestone": known.milestone,
        "evidence": found.evidence.evidence if found.evidence else None,
    }


def _document(document: Document) -> dict[str, str | None]:
    return {
        "title": document.title,
        "number": document.number,
        "signed_on": document.signed_on.isoformat() if document.signed_on else None,
        "issuer": document.issuer,
    }


def _show_draft(ctx: click.Context, draft: TaskDraft) -> None:
    """What a form says: a summary and everything found in it."""
    if draft.plan and draft.quarter:
        owner = owners(draft.plan)[draft.owner]
        click.echo(words.read_summary(draft.plan, owner, draft.quarter, len(draft.changes)))
    findings = [{"reason": reason(p), "message": words.explain(p), **_at(p.at)} for p in draft.problems]
    findings += [{"reason": reason(n), "message": words.notice(n), **_at(n.at)} for n in draft.notices]
    changes = [
        {"task": c.new.task, "fact": name, "old": was, "new": is_now}
        for c in draft.changes
        if draft.quarter
        for name, was, is_now in words.differences(told_again(c.old, draft.quarter), c.new)
    ]
    for change in changes:
        click.echo(words.change(change["task"], change["fact"], change["old"], change["new"]))
    facts = {
        "plan": draft.plan and draft.plan.code,
        "unit": draft.owner,
        "quarter": draft.quarter and str(draft.quarter),
        "changes": changes,
    }
    _show_findings(ctx, facts, findings)


def _show_findings(ctx: click.Context, facts: dict[str, Any], findings: Iterable[dict[str, Any]]) -> None:
    found = [*findings]
    for finding in found:
        click.echo(f"- {finding['message']}")
    say(ctx, {**facts, "findings": found})


def _at(cell: Cell | None) -> dict[str, str | None]:
    return {"sheet": cell.sheet, "cell": cell.address} if cell else {"sheet": None, "cell": None}
