"""Who fulfils which criterion of an award, and the dossier of one nominee."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from kpi import forms as form_files
from kpi import plan as plan_files
from kpi.awards import Hearing, Proposal, Ruling, by_subject, hear, newest_year, proposal
from kpi.cli.home import (
    BY,
    FILE,
    IN_STORE,
    OPERATOR,
    OUT,
    PLAN,
    Home,
    command_of,
    main,
    say,
    table,
    write,
    write_bytes,
)
from kpi.export import dossier as dossiers
from kpi.model import Document, Judgement, Person, Plan, Receipt, Upload
from kpi.store.database import now
from kpi.vi import awards as words
from kpi.workbook import blank_members, read_members

command = command_of(main, words.COMMANDS)


def _to_day(_: click.Context, __: click.Parameter, value: str | None) -> date:
    try:
        return _today() if value is None else date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(words.no_such_day(value or "")) from error


def _today() -> date:
    return words.office_time(now()).date()


def _to_moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """What the clock of the office showed, as a time of the store."""
    try:
        shown = None if value is None else datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(words.no_such_moment(value or "")) from error
    return None if shown is None else words.utc(shown.date(), shown.time())


_SAYS: Mapping[str, bool | None] = {"yes": True, "no": False, "withdrawn": None}
_SUBJECT = click.option("--subject", required=True, help=words.COMMANDS["--subject"])
_YEAR = click.option("--year", type=int, help=words.COMMANDS["--year"])
_DAY = click.option("--day", callback=_to_day, metavar="2023-01-10", help=words.COMMANDS["--day"])


@dataclass(frozen=True, slots=True)
class _Heard:
    hearing: Hearing
    uploads: tuple[Upload, ...] = ()
    illustrative: bool = False


@command
@PLAN
@_YEAR
@_DAY
def awards(ctx: click.Context, code: str, year: int | None, day: date) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of = _year(home, plan, year, day)
    heard = _hear(home, plan, of, day)
    if named := words.of_year(plan, of, words.AWARDED):
        click.echo(named)
    files = {upload.id: upload.filename for upload in heard.uploads}
    found = by_subject(heard.hearing.rulings)
    for rulings in found.values():
        said = words.PROPOSAL[proposal(rulings).value]
        click.echo(f"\n{rulings[0].subject_name} ({rulings[0].subject}): {said}")
        click.echo(table(words.AWARD_HEADINGS, [_line(ruling) for ruling in rulings]))
    click.echo(f"\n{words.ONLY_PROPOSED}")
    proposals = {subject: proposal(rulings) for subject, rulings in found.items()}
    say(ctx, [_ruling_json(of, r, proposals[r.subject], files) for r in heard.hearing.rulings])


@command
@PLAN
@_YEAR
@_SUBJECT
@_DAY
@OUT
def dossier(ctx: click.Context, code: str, year: int | None, subject: str, day: date, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of = _year(home, plan, year, day)
    heard = _hear(home, plan, of, day)
    known = dossiers.subjects(plan, heard.hearing)
    if subject not in known:
        raise click.BadParameter(words.unknown_subject(subject, known), param_hint="--subject")
    content = dossiers.dossier(
        plan,
        heard.hearing,
        subject,
        forms=form_files.load(plan_files.forms(home.data)),
        templates=plan_files.folder(home.data, "templates"),
        day=day,
        uploads=heard.uploads,
        illustrative=heard.illustrative,
    )
    if home.path.exists():
        with home.store() as store:
            store.awards.note_dossier(plan, subject, out.name, content, OPERATOR)
    write_bytes(out, content)
    names = list(dossiers.names(plan, subject))
    for name in names:
        click.echo(f"- {name}")
    say(
        ctx,
        {"out": str(out), "sha256": hashlib.sha256(content).hexdigest(), "names": names, "year": of},
    )


@main.group("council", help=words.COMMANDS["council"])
@IN_STORE
def council() -> None:
    pass


_of_council = command_of(council, words.COMMANDS)


@_of_council
@PLAN
@_YEAR
@_SUBJECT
@click.option("--criterion", required=True)
@click.option("--says", type=click.Choice(list(_SAYS)), required=True, help=words.COMMANDS["--says"])
@click.option("--by", required=True, help=words.COMMANDS["--by"])
@_DAY
@click.option("--note", default="")
@BY
def judge(
    ctx: click.Context,
    code: str,
    year: int | None,
    subject: str,
    criterion: str,
    says: str,
    by: str,
    day: date,
    note: str,
    person: str,
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of = _year(home, plan, year, day)
    judgement = Judgement(of, subject, criterion, _SAYS[says], by, day, note)
    with home.store() as store:
        number = store.awards.judge(plan, judgement, Person.operator(person))
    click.echo(words.judged(number, words.of_year(plan, of)))
    say(ctx, {"judgement": number, "year": of})


@_of_council
@PLAN
@_YEAR
@_SUBJECT
@click.option("--component", required=True)
@click.option("--at", "came", callback=_to_moment, metavar="2023-01-14T23:59", help=words.COMMANDS["--at"])
@click.option("--number", default="")
@click.option("--note", default="")
@BY
def receive(
    ctx: click.Context,
    code: str,
    year: int | None,
    subject: str,
    component: str,
    came: datetime | None,
    number: str,
    note: str,
    person: str,
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of = _year(home, plan, year, _today())
    receipt = Receipt(of, subject, component, came, Document(number=number), note)
    with home.store() as store:
        kept = store.awards.receive(plan, receipt, Person.operator(person))
    click.echo(words.received_as(kept, words.of_year(plan, of)))
    say(ctx, {"receipt": kept, "year": of})


@_of_council
@PLAN
@_YEAR
@OUT
def blank(ctx: click.Context, code: str, year: int | None, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    write(ctx, out, blank_members(plan, _year(home, plan, year, _today())))


@_of_council
@click.argument("file", type=FILE)
@PLAN
@_YEAR
@BY
def keep(ctx: click.Context, file: Path, code: str, year: int | None, person: str) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of = _year(home, plan, year, _today())
    draft = read_members(file.name, file.read_bytes(), plan)
    for problem in draft.problems:
        click.echo(f"- {words.explain(problem)}")
    if draft.clean:
        with home.store() as store:
            store.awards.keep_members(
                plan,
                of,
                draft.members,
                Person.operator(person),
                today=_today(),
                sha256=draft.sha256,
                filename=draft.filename,
            )
        click.echo(words.list_kept(len(draft.members), words.of_year(plan, of)))
    problems = [words.explain(p) for p in draft.problems]
    say(ctx, {"members": str(len(draft.members)), "problems": problems, "year": of})
    ctx.exit(0 if draft.clean else 1)


def _year(home: Home, plan: Plan, asked: int | None, day: date) -> int:
    """The round that is asked for; without one, the last that is over or has figures."""
    years = [r.year for r in plan.rounds]
    if asked is None:
        readings = home.held(plan.code)[0] if len(years) > 1 else ()
        return newest_year(plan, readings, day)
    if asked not in years:
        raise click.BadParameter(words.no_such_round(asked, years), param_hint="--year")
    return asked


def _hear(home: Home, plan: Plan, year: int, day: date) -> _Heard:
    """As known today, asked for a day; a store that does not exist yet is not made by looking into it."""
    units = home.units(plan)
    if not home.path.exists():
        return _Heard(hear(plan, units, (), (), None, (), day, year=year))
    with home.store() as store:
        hearing = hear(
            plan,
            units,
            store.current(plan.code),
            store.tasks.updates(plan.code),
            store.awards.members(plan, year, OPERATOR, _today()),
            store.awards.judgements(plan.code, year),
            day,
            year=year,
            closed=plan.round(year).quarter in store.closed(plan.code),
        )
        return _Heard(hearing, tuple(store.uploads(plan.code)), store.illustrative(plan.code))


def _line(ruling: Ruling) -> tuple[str, ...]:
    return (
        ruling.criterion.key,
        words.verdict(ruling.verdict),
        "" if ruling.criterion.blocking else words.NOT_BLOCKING,
        _reason(ruling),
    )


def _reason(ruling: Ruling) -> str:
    return words.reason(ruling.reasons, ruling.criterion.judged, ruling.council.value)


def _ruling_json(year: int, ruling: Ruling, proposed: Proposal, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "year": year,
        "subject": ruling.subject,
        "name": ruling.subject_name,
        "nominee": ruling.nominee.value,
        "criterion": ruling.criterion.key,
        "verdict": ruling.verdict.value,
        "verdict_vi": words.VERDICT[ruling.verdict],
        "clause": ruling.criterion.clause,
        "reason": _reason(ruling),
        "evidence": [words.evidence(one, files) for one in ruling.evidence],
        "judgement": ruling.council.value,
        "blocking": ruling.criterion.blocking,
        "proposal": proposed.value,
    }
