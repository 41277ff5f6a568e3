"""Workbooks: a blank form out, a filled one in."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kpi import vi, workbook
from kpi.cli.figures import digits
from kpi.cli.home import (
    BY,
    FILE,
    OF_QUARTER,
    OUT,
    PLAN,
    QUARTER,
    Home,
    command,
    of_plan,
    say,
    write,
    write_bytes,
)
from kpi.model import AlreadyKeptError, Cell, Person, Quarter, Reading
from kpi.problems import Why, reason
from kpi.store import Kept
from kpi.vi import marks as words
from kpi.vi import traces
from kpi.workbook import Draft
from kpi.workbook.annotate import is_markable

# What is wrong or asked is among the findings.
NOT_UNDERSTOOD = {Why.COLUMN, Why.NO_HEADING, Why.ROW}
_OF_REPORTER = click.option("--reporter")


@command
@PLAN
@click.option("--reporter", required=True)
@QUARTER
@OUT
def blank(ctx: click.Context, code: str, reporter: str, quarter: Quarter, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of_plan(plan, quarter)
    codes = [known.code for known in plan.reporters]
    if reporter not in codes:
        raise click.BadParameter(vi.unknown("reporter", reporter, codes), param_hint="--reporter")
    readings, _ = home.held(code)
    form = workbook.blank(plan, home.units(plan), plan.reporter(reporter), quarter, readings)
    write(ctx, out, form)


@command
@click.argument("file", type=FILE)
@_OF_REPORTER
@OF_QUARTER
def read(ctx: click.Context, file: Path, reporter: str | None, quarter: Quarter | None) -> None:
    home = Home(ctx)
    draft = _read(
        home, file, file.read_bytes(), reporter, quarter, lambda plan: home.held(plan)[0], home.choices
    )
    _show(ctx, draft)
    ctx.exit(0 if draft.clean else 1)


@command
@click.argument("file", type=FILE)
@OUT
@_OF_REPORTER
@OF_QUARTER
def annotate(
    ctx: click.Context, file: Path, out: Path, reporter: str | None, quarter: Quarter | None
) -> None:
    home, content = Home(ctx), file.read_bytes()
    _check_out(file, out, old=not is_markable(content))
    draft = _read(home, file, content, reporter, quarter, lambda plan: home.held(plan)[0], home.choices)
    marks = len(draft.problems) + len(draft.open_doubts)
    if not marks:
        click.echo(words.nothing_wrong(file.name))
        say(ctx, {"out": None, "marks": "0"})
        return
    write_bytes(out, workbook.annotate(content, draft))
    click.echo(words.marked(marks))
    if not is_markable(content):
        click.echo(words.OLD_WORKBOOK)
    say(ctx, {"out": str(out), "marks": str(marks)})


def _check_out(file: Path, out: Path, *, old: bool) -> None:
    if out.exists() and out.samefile(file):
        raise click.BadParameter(words.never_over_the_original(out), param_hint="--out")
    wanted = words.suffix(file.name)
    if out.suffix.lower() != wanted:
        raise click.BadParameter(words.other_suffix(out, wanted, old=old), param_hint="--out")


@command
@click.argument("file", type=FILE)
@BY
@_OF_REPORTER
@OF_QUARTER
@click.option("--answer", "answers", multiple=True, metavar="CELL=CHOICE", help=vi.COMMANDS["--answer"])
def keep(
    ctx: click.Context,
    file: Path,
    person: str,
    reporter: str | None,
    quarter: Quarter | None,
    answers: tuple[str, ...],
) -> None:
    home, content = Home(ctx), file.read_bytes()
    with home.store() as store:
        if there := store.find(hashlib.sha256(content).hexdigest()):
            click.echo(vi.refusal(AlreadyKeptError(there)))
            in_force = {(r.indicator, r.unit, r.quarter, r.figures) for r in store.current(there.plan)}
            mine = {(r.indicator, r.unit, r.quarter, r.figures) for r in store.readings(there.id)}
            _say_kept(ctx, Kept(there.id, there.sha256, 0, 0, len(mine & in_force)))
            return
        draft = _read(home, file, content, reporter, quarter, store.current, store.mappings.choices, answers)
        if not draft.clean:
            _show(ctx, draft)
            ctx.exit(1)
        kept = store.keep(draft, Person.operator(person))
    click.echo(vi.kept(kept.upload, kept.new, kept.changed, kept.unchanged))
    _say_kept(ctx, kept)


def _read(
    home: Home,
    file: Path,
    content: bytes,
    reporter: str | None,
    quarter: Quarter | None,
    held: Callable[[str], Iterable[Reading]],
    remembered: Callable[[str, str], Mapping[tuple[str, str], str]],
    answers: Sequence[str] = (),
) -> Draft:
    def read(given: Mapping[str, str]) -> Draft:
        return workbook.read(
            file.name,
            content,
            home.plans,
            home.directory,
            reporter=reporter,
            quarter=quarter,
            held=held,
            answers=given,
            remembered=remembered,
        )

    draft, given = read({}), dict[str, str]()
    waiting = dict(_split(answer) for answer in answers)
    while waiting:
        given |= _matched(draft, waiting)
        draft = read(given)
    return draft


def _split(answer: str) -> tuple[str, str]:
    where, equals, choice = answer.partition("=")
    if not equals:
        raise click.BadParameter(answer, param_hint="--answer")
    return where, unicodedata.normalize("NFC", choice)


def _matched(draft: Draft, waiting: dict[str, str]) -> dict[str, str]:
    """Take the answers to what the draft asks out of `waiting`, by the first cell; an answer may raise new questions."""
    found = {}
    for doubt in draft.doubts:
        for name in (n for cell in doubt.cells for n in (str(cell), cell.address) if n in waiting):
            choice = waiting.pop(name)
            if choice not in doubt.choices:
                raise click.BadParameter(vi.no_such_choice(name, doubt.choices), param_hint="--answer")
            found[str(doubt.at)] = choice
    if not found:
        raise click.BadParameter(vi.nothing_asked(next(iter(waiting))), param_hint="--answer")
    return found


def _show(ctx: click.Context, draft: Draft) -> None:
    """What a workbook says: a summary and everything found in it."""
    click.echo(f"{draft.filename}: {vi.VERDICT[draft.verdict]}.")
    if draft.reporter and draft.quarter:
        click.echo(vi.read_summary(draft.reporter.name, draft.quarter, len(draft.readings)))
    findings = [*_findings(draft)]
    for found in findings:
        click.echo(f"- {found['message']}")
    for trace in draft.traces:
        if trace.why in NOT_UNDERSTOOD:
            click.echo(f"- {traces.trace(trace)}")
    say(
        ctx,
        {
            "verdict": draft.verdict,
            "plan": draft.plan and draft.plan.code,
            "reporter": draft.reporter and draft.reporter.code,
            "quarter": draft.quarter and str(draft.quarter),
            "as_of": draft.as_of and draft.as_of.isoformat(),
            "readings": [reading_json(reading) for reading in draft.readings],
            "findings": findings,
            "traces": [
                {"sheet": t.sheet, "area": t.area, "kind": t.kind, "why": t.why.value} for t in draft.traces
            ],
        },
    )


def _findings(draft: Draft) -> Iterable[dict[str, Any]]:
    for problem in draft.problems:
        yield {"reason": reason(problem), "message": vi.explain(problem), **_at(problem.at)}
    for doubt in draft.open_doubts:
        asked = {"reason": reason(doubt), "message": vi.ask(doubt), **_at(doubt.at)}
        yield {**asked, "choices": list(doubt.choices), "cells": [str(cell) for cell in doubt.cells]}
    for notice in draft.notices:
        yield {"reason": reason(notice), "message": vi.notice(notice), **_at(notice.at)}


def _at(cell: Cell | None) -> dict[str, str | None]:
    return {"sheet": cell.sheet, "cell": cell.address} if cell else {"sheet": None, "cell": None}


def reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "indicator": reading.indicator,
        "unit": reading.unit,
        "quarter": str(reading.quarter),
        "numerator": digits(reading.numerator),
        "denominator": digits(reading.denominator),
        "value": digits(reading.value),
        "edition": digits(reading.edition),
        "state": reading.state.value,
        "as_of": reading.as_of.isoformat(),
        "sheet": reading.cell.sheet,
        "cell": reading.cell.address,
        "denominator_cell": reading.denominator_cell and reading.denominator_cell.address,
    }


def _say_kept(ctx: click.Context, kept: Kept) -> None:
    counts = {"new": str(kept.new), "changed": str(kept.changed), "unchanged": str(kept.unchanged)}
    say(ctx, {"upload": kept.upload, "sha256": kept.sha256, **counts})
