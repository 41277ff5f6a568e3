"""python -m kpi: what the pages can do, for scripts. 0 done, 1 refused (the reasons on stdout), 2 wrong usage."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from os import environ
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import click

from kpi import demo as demonstration
from kpi import export as exports
from kpi import plan as plan_files
from kpi import settings, vi, workbook
from kpi.model import (
    AlreadyKeptError,
    Cell,
    Grant,
    KpiError,
    Person,
    Plan,
    Quarter,
    Reading,
    Role,
    Unit,
    UnknownPersonError,
    UnknownUploadError,
    Upload,
)
from kpi.problems import reason
from kpi.progress import Assessment, assess
from kpi.store import Flaw, Kept, Store
from kpi.store import restore as restore_store
from kpi.store.backups import read_head
from kpi.store.database import now
from kpi.store.people import INVITATION, RESET
from kpi.store.record import check as check_record
from kpi.store.record import read_anchor
from kpi.units import Directory, Units
from kpi.workbook import Draft

Command = TypeVar("Command", bound=Callable[..., Any])
_JSON = "kpi.json"
_STORE = "kpi.store"
logger = logging.getLogger("kpi")


class Home:
    """The data of one run; each part is loaded when it is first needed."""

    def __init__(self, context: click.Context, folder: str = "live") -> None:
        self.data = Path(environ.get("KPI_DATA") or plan_files.SHIPPED)
        path = Path(context.meta.get(_STORE) or environ.get("KPI_STORE") or self.data / folder)
        self.path = path if path.suffix == ".duckdb" else path / "kpi.duckdb"

    @cached_property
    def directory(self) -> Directory:
        return Directory.load(plan_files.folder(self.data, "units"))

    @cached_property
    def plans(self) -> dict[str, Plan]:
        return plan_files.load_all(plan_files.folder(self.data, "plans"), self.directory)

    def plan(self, code: str) -> Plan:
        if code not in self.plans:
            raise click.BadParameter(vi.unknown("plan", code, self.plans), param_hint="--plan")
        return self.plans[code]

    def units(self, plan: Plan) -> Units:
        return self.directory.on(plan.end, plan.province)

    def store(self) -> Store:
        return Store(self.path)

    def held(self, plan: str) -> tuple[list[Reading], list[Upload]]:
        """What counts and what was sent; a store that does not exist yet is not made by looking into it."""
        if not self.path.exists():
            return [], []
        with self.store() as store:
            return store.current(plan), store.uploads(plan)

    def note_export(self, plan: str, quarter: Quarter, name: str, content: bytes) -> str:
        """Put on record that a report goes out; return the head to print, "" where nothing is kept yet."""
        if not self.path.exists():
            return ""
        with self.store() as store:
            return store.note_export(_OPERATOR, plan, quarter, name, content)

    @cached_property
    def site(self) -> str:
        """The address people use, "" when the settings do not say."""
        return settings.load(settings.beside(self.path)).url

    def known(self, login: str) -> Store:
        """The store a person is asked of."""
        if not self.path.exists():
            raise UnknownPersonError(login)
        return self.store()

    def existing(self, upload: str) -> Store:
        """The store an upload is asked of."""
        if not self.path.exists():
            raise UnknownUploadError(upload)
        return self.store()


class _Refusing(click.Group):
    """Turns what the program may not do into a sentence, and a bug into a lookup code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except KpiError as error:
            click.echo(vi.refusal(error))
            _say(ctx, {"reason": _reason(error), "message": vi.refusal(error)})
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:
            code = uuid4().hex[:8]
            logger.exception(code)
            click.echo(vi.bug(code))
            _say(ctx, {"reason": "bug", "message": vi.bug(code)})
        return ctx.exit(1)


def _to_quarter(_: click.Context, __: click.Parameter, value: str | None) -> Quarter | None:
    try:
        return None if value is None else Quarter.parse(value)
    except ValueError as error:
        raise click.BadParameter(vi.unknown("quarter", value or "", ["2022-Q1", "2022-Q2", "…"])) from error


def _to_heads(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            read_anchor(value)
        except ValueError as error:
            raise click.BadParameter(vi.no_such_head(value)) from error
    return values


def _remember(key: str) -> Callable[[click.Context, click.Parameter, object], None]:
    def remember(ctx: click.Context, _: click.Parameter, value: object) -> None:
        if value:
            ctx.meta[key] = value

    return remember


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=vi.COMMANDS["--out"]
)
_PLAN = click.option("--plan", "code", required=True)
_QUARTER = click.option("--quarter", callback=_to_quarter, metavar="2022-Q1", required=True)
_OF_REPORTER = click.option("--reporter")
_OF_QUARTER = click.option("--quarter", callback=_to_quarter, metavar="2022-Q1")
_CLOSED = click.option("--closed", is_flag=True, help=vi.COMMANDS["--closed"])
_BY = click.option("--person", required=True)
_ROLES = click.option(
    "--role", "roles", multiple=True, required=True, metavar="ROLE[:CODE]", help=vi.COMMANDS["--role"]
)
_OPERATOR = Person.operator(vi.OPERATOR)
_AS_JSON = click.option(
    "--json", is_flag=True, expose_value=False, callback=_remember(_JSON), help=vi.COMMANDS["--json"]
)
_IN_STORE = click.option(
    "--store", expose_value=False, callback=_remember(_STORE), help=vi.COMMANDS["--store"]
)


@click.group(cls=_Refusing, help=vi.COMMANDS["kpi"])
@_IN_STORE
def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.group(help=vi.COMMANDS["person"])
@_IN_STORE
def person() -> None:
    pass


def _command_of(group: click.Group) -> Callable[[Command], Command]:
    def command(function: Command) -> Command:
        name = function.__name__.rstrip("_")
        group.command(name, help=vi.COMMANDS[name])(_IN_STORE(_AS_JSON(click.pass_context(function))))
        return function

    return command


_command = _command_of(main)
_person_command = _command_of(person)


@_command
def check(ctx: click.Context) -> None:
    faults = plan_files.check(Home(ctx).data)
    for found in faults:
        click.echo(vi.fault(found))
    wrong = [found for found in faults if not found.warning]
    if not wrong:
        click.echo(vi.NO_FAULTS)
    _say(
        ctx, [{"file": str(f.path), "key": f.key, "reason": f.reason, "message": vi.fault(f)} for f in faults]
    )
    ctx.exit(1 if wrong else 0)


@_command
@click.option("--samples", type=click.Path(file_okay=False, path_type=Path), help=vi.COMMANDS["--samples"])
def demo(ctx: click.Context, samples: Path | None) -> None:
    home = Home(ctx, "demo")
    with home.store() as store:
        with click.progressbar(length=100, file=sys.stderr, item_show_func=lambda label: label) as bar:
            kept = demonstration.load(
                store, home.plans, home.directory, lambda percent, label: bar.update(percent - bar.pos, label)
            )
        made = demonstration.samples(store, home.plans, home.directory) if samples else {}
    for name, content in made.items():
        _write_bytes((samples or Path()) / name, content)
    click.echo(vi.demo_loaded(kept, home.path))
    _say(ctx, {"kept": str(kept), "store": str(home.path)})


@_command
@_PLAN
@click.option("--reporter", required=True)
@_QUARTER
@_OUT
def blank(ctx: click.Context, code: str, reporter: str, quarter: Quarter, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    _of_plan(plan, quarter)
    codes = [known.code for known in plan.reporters]
    if reporter not in codes:
        raise click.BadParameter(vi.unknown("reporter", reporter, codes), param_hint="--reporter")
    readings, _ = home.held(code)
    form = workbook.blank(plan, home.units(plan), plan.reporter(reporter), quarter, readings)
    _write(ctx, out, form)


@_command
@click.argument("file", type=_FILE)
@_OF_REPORTER
@_OF_QUARTER
def read(ctx: click.Context, file: Path, reporter: str | None, quarter: Quarter | None) -> None:
    home = Home(ctx)
    draft = _read(home, file, file.read_bytes(), reporter, quarter, lambda plan: home.held(plan)[0])
    _show(ctx, draft)
    ctx.exit(0 if draft.clean else 1)


@_command
@click.argument("file", type=_FILE)
@click.option("--person", required=True)
@_OF_REPORTER
@_OF_QUARTER
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
        draft = _read(home, file, content, reporter, quarter, store.current, answers)
        if not draft.clean:
            _show(ctx, draft)
            ctx.exit(1)
        kept = store.keep(draft, Person.operator(person))
    click.echo(vi.kept(kept.upload, kept.new, kept.changed, kept.unchanged))
    _say_kept(ctx, kept)


@_command
def uploads(ctx: click.Context) -> None:
    home = Home(ctx)
    found: list[Upload] = []
    if home.path.exists():
        with home.store() as store:
            found = store.uploads()
    click.echo(_table(vi.UPLOAD_HEADINGS, map(_upload_line, found)) if found else vi.NO_UPLOADS)
    _say(ctx, [_upload_json(upload) for upload in found])


@_command
@click.argument("upload")
@_OUT
def original(ctx: click.Context, upload: str, out: Path) -> None:
    with Home(ctx).existing(upload) as store:
        content = store.original(upload, Person.operator(vi.OPERATOR))
    _write(ctx, out, content)


@_command
@click.argument("upload")
@click.option("--person", required=True)
@click.option("--why", required=True)
def withdraw(ctx: click.Context, upload: str, person: str, why: str) -> None:
    with Home(ctx).existing(upload) as store:
        store.withdraw(upload, Person.operator(person), why)
    click.echo(vi.withdrawn(upload))
    _say(ctx, {"upload": upload})


@_command
@_PLAN
@_QUARTER
@click.option("--unit")
@click.option("--children", is_flag=True, help=vi.COMMANDS["--children"])
@_CLOSED
def progress(
    ctx: click.Context, code: str, quarter: Quarter, unit: str | None, children: bool, closed: bool
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    _of_plan(plan, quarter)
    units = home.units(plan)
    top = _unit(units, unit or plan.province)
    asked = [top, *(units.children(top.code) if children else ())]
    readings, sent = home.held(code)
    rows = assess(plan, units, quarter, readings, asked, closed=closed)
    for one in asked:
        click.echo(f"\n{one.title}, {vi.quarter(quarter)}")
        click.echo(_table(vi.PROGRESS_HEADINGS, [_line(row) for row in rows if row.unit == one]))
    kept = {upload.id: upload for upload in sent}
    _say(ctx, [_assessment_json(row, kept) for row in rows])


@_command
@_PLAN
@_QUARTER
@click.option("--format", "to", type=click.Choice(["csv", "csv-machine"]), default="csv", show_default=True)
@_CLOSED
@_OUT
def export(
    ctx: click.Context, code: str, quarter: Quarter, to: exports.Format, closed: bool, out: Path
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    _of_plan(plan, quarter)
    readings, sent = home.held(code)
    rows = assess(plan, home.units(plan), quarter, readings, closed=closed)
    illustrative = any(upload.illustrative and not upload.withdrawn for upload in sent)
    table = exports.report(plan, quarter, rows, uploads=sent, illustrative=illustrative)
    content = exports.write(table, to)
    head = home.note_export(code, quarter, out.name, content)
    _write_bytes(out, content)
    if head:
        click.echo(vi.head(head))
    _say(ctx, {"out": str(out), "sha256": hashlib.sha256(content).hexdigest(), "head": head})


@_command
@click.argument("upload")
@_BY
def approve(ctx: click.Context, upload: str, person: str) -> None:
    with Home(ctx).existing(upload) as store:
        store.approve(upload, Person.operator(person))
    click.echo(vi.approved(upload))
    _say(ctx, {"upload": upload})


@_command
@_PLAN
@_QUARTER
@_BY
def close(ctx: click.Context, code: str, quarter: Quarter, person: str) -> None:
    home = Home(ctx)
    _of_plan(home.plan(code), quarter)
    with home.store() as store:
        store.close_quarter(code, quarter, Person.operator(person))
    click.echo(vi.closed(quarter))
    _say(ctx, {"plan": code, "quarter": str(quarter)})


@_command
@_PLAN
@_QUARTER
@_BY
@click.option("--why", required=True)
def reopen(ctx: click.Context, code: str, quarter: Quarter, person: str, why: str) -> None:
    home = Home(ctx)
    _of_plan(home.plan(code), quarter)
    with home.store() as store:
        store.reopen_quarter(code, quarter, Person.operator(person), why)
    click.echo(vi.reopened(quarter))
    _say(ctx, {"plan": code, "quarter": str(quarter)})


@_command
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=vi.COMMANDS["backup --out"])
def backup(ctx: click.Context, out: Path | None) -> None:
    home = Home(ctx)
    if not home.path.exists():
        raise click.UsageError(vi.no_store(home.path))
    if out is not None and out.exists():
        raise click.UsageError(vi.never_overwritten(out))
    with home.store() as store:
        made = store.back_up(_OPERATOR, out)
    head = read_head(made)
    click.echo(vi.backed_up(made, head))
    with made.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    _say(ctx, {"out": str(made), "sha256": sha256, "head": head})


@_command
@click.argument("file", type=_FILE)
def restore(ctx: click.Context, file: Path) -> None:
    home = Home(ctx)
    done = restore_store(file, home.path, _OPERATOR)
    click.echo(vi.restored(home.path, done.head, done.replaced))
    _say(
        ctx,
        {"store": str(home.path), "head": done.head, "replaced": done.replaced and str(done.replaced)},
    )


@_command
@click.option(
    "--head", "heads", multiple=True, metavar="1234-0123…", callback=_to_heads, help=vi.COMMANDS["--head"]
)
def verify(ctx: click.Context, heads: tuple[str, ...]) -> None:
    home = Home(ctx)
    count, head, flaws = 0, "0-", check_record((), heads)
    if home.path.exists():
        with home.store() as store:
            head, flaws = store.record.head(), store.verify(*heads)
            count = len(store.record.events(_OPERATOR))
    click.echo(vi.unsound(len(flaws)) if flaws else vi.sound(count, head))
    for found in flaws:
        click.echo(f"- {vi.flaw(found.fault, found.id)}")
    _say(ctx, {"events": str(count), "head": head, "flaws": [_flaw_json(found) for found in flaws]})
    ctx.exit(1 if flaws else 0)


@_person_command
@click.argument("login")
@click.option("--name", required=True)
@click.option("--email", default="")
@_ROLES
def add(ctx: click.Context, login: str, name: str, email: str, roles: tuple[str, ...]) -> None:
    home = Home(ctx)
    new = Person(login, " ".join(name.split()), " ".join(email.split()), _grants(home, roles))
    if not new.name:
        raise click.BadParameter(repr(name), param_hint="--name")
    site = home.site
    with home.store() as store:
        token = store.people.invite(new, _OPERATOR)
        _hand_over(ctx, new, f"{site}{vi.link_path(token)}", INVITATION)


@_person_command
def list_(ctx: click.Context) -> None:
    home = Home(ctx)
    found: list[Person] = []
    if home.path.exists():
        with home.store() as store:
            found = store.people.everybody()
    names = vi.bound_names(home.plans.values())
    lines = [_person_line(known, names) for known in found]
    click.echo(_table(vi.ACCOUNT_HEADINGS, lines) if found else vi.NO_PEOPLE)
    _say(ctx, [_person_json(known) for known in found])


@_person_command
@click.argument("login")
@_ROLES
def role(ctx: click.Context, login: str, roles: tuple[str, ...]) -> None:
    home = Home(ctx)
    grants = _grants(home, roles)
    with home.known(login) as store:
        store.people.change(replace(store.people.get(login), grants=grants), _OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_person_command
@click.argument("login")
def disable(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    with home.known(login) as store:
        store.people.disable(login, _OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_person_command
@click.argument("login")
def enable(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    with home.known(login) as store:
        store.people.enable(login, _OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_person_command
@click.argument("login")
def reset(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    site = home.site
    with home.known(login) as store:
        token = store.people.reset(login, _OPERATOR)
        _hand_over(ctx, store.people.get(login), f"{site}{vi.link_path(token)}", RESET)


def _grants(home: Home, roles: Iterable[str]) -> tuple[Grant, ...]:
    """The roles named, each bound to something that a plan knows."""
    names = vi.bound_names(home.plans.values())
    found = set()
    for text in roles:
        try:
            grant = Grant.parse(text)
        except ValueError as error:
            known = [f"{role}:…" if role.bound else str(role) for role in Role]
            raise click.BadParameter(vi.unknown("role", text, known), param_hint="--role") from error
        if grant.role.bound and grant.unit not in names[grant.role]:
            said = vi.unknown(grant.role.value, grant.unit, names[grant.role])
            raise click.BadParameter(said, param_hint="--role")
        found.add(grant)
    return tuple(sorted(found))


def _hand_over(ctx: click.Context, known: Person, link: str, good_for: timedelta) -> None:
    until = now() + good_for
    click.echo(vi.handover(known, link, until))
    _say(ctx, {"login": known.login, "link": link, "until": f"{until.isoformat(timespec='seconds')}Z"})


def _show_person(ctx: click.Context, home: Home, known: Person) -> None:
    click.echo(vi.account_saved(known, vi.bound_names(home.plans.values())))
    _say(ctx, _person_json(known))


def _person_json(known: Person) -> dict[str, Any]:
    last = known.last_sign_in
    return {
        "login": known.login,
        "name": known.name,
        "email": known.email,
        "roles": [str(grant) for grant in known.grants],
        "disabled": known.disabled,
        "waiting": known.waiting,
        "last_sign_in": last and f"{last.isoformat()}Z",
    }


def _person_line(known: Person, names: vi.Names) -> tuple[str, ...]:
    last = vi.moment(known.last_sign_in) if known.last_sign_in else ""
    roles = vi.grants(known.grants, names)
    return known.login, known.name, roles, known.email, last, vi.account_state(known)


def _flaw_json(found: Flaw) -> dict[str, str]:
    return {"fault": found.fault, "upload" if found.fault == "figures" else "event": str(found.id)}


def _of_plan(plan: Plan, quarter: Quarter) -> None:
    if quarter not in plan.quarters:
        text = vi.unknown("quarter", str(quarter), map(str, plan.quarters))
        raise click.BadParameter(text, param_hint="--quarter")


def _unit(units: Units, code: str) -> Unit:
    if code not in units:
        known = [unit.code for unit in units.children(units.province.code)]
        raise click.BadParameter(vi.unknown("unit", code, known), param_hint="--unit")
    return units.get(code)


def _read(
    home: Home,
    file: Path,
    content: bytes,
    reporter: str | None,
    quarter: Quarter | None,
    held: Callable[[str], Iterable[Reading]],
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


def _write_bytes(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.UsageError(vi.cannot_write(out)) from error
    click.echo(vi.written(out))


def _write(ctx: click.Context, out: Path, content: bytes) -> None:
    _write_bytes(out, content)
    _say(ctx, {"out": str(out), "sha256": hashlib.sha256(content).hexdigest()})


def _show(ctx: click.Context, draft: Draft) -> None:
    """What a workbook says: a summary and everything found in it."""
    click.echo(f"{draft.filename}: {vi.VERDICT[draft.verdict]}.")
    if draft.reporter and draft.quarter:
        click.echo(vi.read_summary(draft.reporter.name, draft.quarter, len(draft.readings)))
    findings = [*_findings(draft)]
    for found in findings:
        click.echo(f"- {found['message']}")
    _say(
        ctx,
        {
            "verdict": draft.verdict,
            "plan": draft.plan and draft.plan.code,
            "reporter": draft.reporter and draft.reporter.code,
            "quarter": draft.quarter and str(draft.quarter),
            "as_of": draft.as_of and draft.as_of.isoformat(),
            "readings": [_reading_json(reading) for reading in draft.readings],
            "findings": findings,
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


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "indicator": reading.indicator,
        "unit": reading.unit,
        "quarter": str(reading.quarter),
        "numerator": _digits(reading.numerator),
        "denominator": _digits(reading.denominator),
        "value": _digits(reading.value),
        "edition": _digits(reading.edition),
        "state": reading.state.value,
        "as_of": reading.as_of.isoformat(),
        "sheet": reading.cell.sheet,
        "cell": reading.cell.address,
        "denominator_cell": reading.denominator_cell and reading.denominator_cell.address,
    }


def _upload_json(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "plan": upload.plan,
        "sha256": upload.sha256,
        "reporter": upload.reporter,
        "quarter": str(upload.quarter),
        "filename": upload.filename,
        "kept_at": f"{upload.kept_at.isoformat()}Z",
        "person": upload.person,
        "current": upload.current,
        "withdrawn": upload.withdrawn,
        "illustrative": upload.illustrative,
    }


def _assessment_json(row: Assessment, kept: Mapping[str, Upload]) -> dict[str, Any]:
    goal = row.target
    return {
        "indicator": row.indicator.number,
        "unit": row.unit.code,
        "quarter": str(row.quarter),
        "numerator": _digits(row.numerator),
        "denominator": _digits(row.denominator),
        "value": _digits(row.value, goal),
        "target": _digits(goal),
        "status": row.status.value,
        "status_vi": vi.status(row.status, some=row.value is not None),
        "gap": _digits(row.gap),
        "needed": _digits(row.needed if row.needed_rest is None else row.needed_rest),
        "needed_rest": _digits(row.needed_rest),
        "missing_units": list(row.missing),
        "unreported": list(row.unreported),
        "stale": list(row.stale),
        "lower": _digits(row.lower, goal),
        "upper": _digits(row.upper, goal),
        "pace": _digits(row.pace),
        "gain": _digits(row.gain),
        "edition": _digits(row.edition),
        "reported": _digits(row.reported),
        "expected": _digits(row.expected),
        "bare": row.bare,
        "source": [_source(reading, kept) for reading in row.readings],
    }


def _source(reading: Reading, kept: Mapping[str, Upload]) -> dict[str, Any]:
    upload = kept[reading.upload or ""]
    return {
        "file": upload.filename,
        "sheet": reading.cell.sheet,
        "cell": reading.cell.address,
        "denominator_cell": reading.denominator_cell and reading.denominator_cell.address,
        "upload": upload.id,
        "indicator": reading.indicator,
        "unit": reading.unit,
        "quarter": str(reading.quarter),
        "person": upload.person,
        "kept_at": f"{upload.kept_at.isoformat()}Z",
    }


def _digits(value: Decimal | Fraction | int | None, target: Decimal | None = None) -> str | None:
    """Exact, or a ratio to 10 decimals and as many more as keep it on its own side of the target."""
    if value is None:
        return None
    if isinstance(value, Fraction):
        decimals = 10
        while target is not None and (vi.round_half_up(value, decimals) >= target) != (value >= target):
            decimals += 1
        value = vi.round_half_up(value, decimals)
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _upload_line(upload: Upload) -> tuple[str, ...]:
    return (
        upload.id,
        vi.quarter(upload.quarter),
        upload.reporter,
        upload.filename,
        vi.moment(upload.kept_at),
        upload.person,
        vi.upload_state(upload),
    )


def _line(row: Assessment) -> tuple[str, ...]:
    lacking = "" if row.gap is None else vi.gap(row.needed, row.gap, row.indicator.things)
    return (
        row.indicator.number,
        row.indicator.short_name,
        vi.target(row.indicator, row.target),
        vi.figure(row.indicator, row.value, row.numerator, row.denominator, row.edition),
        f"{vi.SYMBOL[row.status]} {vi.status(row.status, some=row.value is not None)}",
        lacking,
        f"{row.reported}/{row.expected}",
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _say_kept(ctx: click.Context, kept: Kept) -> None:
    counts = {"new": str(kept.new), "changed": str(kept.changed), "unchanged": str(kept.unchanged)}
    _say(ctx, {"upload": kept.upload, "sha256": kept.sha256, **counts})


def _reason(error: KpiError) -> str:
    """A name for machines: StoreBusyError -> "store_busy"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__.removesuffix("Error")).lower()


def _say(ctx: click.Context, value: object) -> None:
    if ctx.meta.get(_JSON):
        click.echo(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    main(prog_name="python -m kpi")
