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
from kpi.awards import Hearing, Proposal, Ruling, by_subject, hear, proposal
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
_DAY = click.option("--day", callback=_to_day, metavar="2023-01-10", help=words.COMMANDS["--day"])


@dataclass(frozen=True, slots=True)
class _Heard:
    hearing: Hearing
    uploads: tuple[Upload, ...] = ()
    illustrative: bool = False


@command
@PLAN
@_DAY
def awards(ctx: click.Context, code: str, day: date) -> None:
    home = Home(ctx)
    heard = _hear(home, home.plan(code), day)
    files = {upload.id: upload.filename for upload in heard.uploads}
    found = by_subject(heard.hearing.rulings)
    for rulings in found.values():
        said = words.PROPOSAL[proposal(rulings).value]
        click.echo(f"\n{rulings[0].subject_name} ({rulings[0].subject}): {said}")
        click.echo(table(words.AWARD_HEADINGS, [_line(ruling) for ruling in rulings]))
    click.echo(f"\n{words.ONLY_PROPOSED}")
    proposals = {subject: proposal(rulings) for subject, rulings in found.items()}
    say(ctx, [_ruling_json(r, proposals[r.subject], files) for r in heard.hearing.rulings])


@command
@PLAN
@_SUBJECT
@_DAY
@OUT
def dossier(ctx: click.Context, code: str, subject: str, day: date, out: Path) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    heard = _hear(home, plan, day)
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
    say(ctx, {"out": str(out), "sha256": hashlib.sha256(content).hexdigest(), "names": names})


@main.group("council", help=words.COMMANDS["council"])
@IN_STORE
def council() -> None:
    pass


_of_council = command_of(council, words.COMMANDS)


@_of_council
@PLAN
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
    subject: str,
    criterion: str,
    says: str,
    by: str,
    day: date,
    note: str,
    person: str,
) -> None:
    home = Home(ctx)
    judgement = Judgement(subject, criterion, _SAYS[says], by, day, note)
    with home.store() as store:
        number = store.awards.judge(home.plan(code), judgement, Person.operator(person))
    click.echo(words.judged(number))
    say(ctx, {"judgement": number})


@_of_council
@PLAN
@_SUBJECT
@click.option("--component", required=True)
@click.option("--at", "came", callback=_to_moment, metavar="2023-01-14T23:59", help=words.COMMANDS["--at"])
@click.option("--number", default="")
@click.option("--note", default="")
@BY
def receive(
    ctx: click.Context,
    code: str,
    subject: str,
    component: str,
    came: datetime | None,
    number: str,
    note: str,
    person: str,
) -> None:
    home = Home(ctx)
    receipt = Receipt(subject, component, came, Document(number=number), note)
    with home.store() as store:
        kept = store.awards.receive(home.plan(code), receipt, Person.operator(person))
    click.echo(words.received_as(kept))
    say(ctx, {"receipt": kept})


@_of_council
@PLAN
@OUT
def blank(ctx: click.Context, code: str, out: Path) -> None:
    write(ctx, out, blank_members(Home(ctx).plan(code)))


@_of_council
@click.argument("file", type=FILE)
@PLAN
@BY
def keep(ctx: click.Context, file: Path, code: str, person: str) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    draft = read_members(file.name, file.read_bytes(), plan)
    for problem in draft.problems:
        click.echo(f"- {words.explain(problem)}")
    if draft.clean:
        with home.store() as store:
            store.awards.keep_members(
                plan,
                draft.members,
                Person.operator(person),
                today=_today(),
                sha256=draft.sha256,
                filename=draft.filename,
            )
        click.echo(words.list_kept(len(draft.members)))
    say(ctx, {"members": str(len(draft.members)), "problems": [words.explain(p) for p in draft.problems]})
    ctx.exit(0 if draft.clean else 1)


def _hear(home: Home, plan: Plan, day: date) -> _Heard:
    """As known today, asked for a day; a store that does not exist yet is not made by looking into it."""
    units = home.units(plan)
    if not home.path.exists():
        return _Heard(hear(plan, units, (), (), None, (), day))
    with home.store() as store:
        hearing = hear(
            plan,
            units,
            store.current(plan.code),
            store.tasks.updates(plan.code),
            store.awards.members(plan, OPERATOR, _today()),
            store.awards.judgements(plan.code),
            day,
            closed=plan.quarters[-1] in store.closed(plan.code),
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


def _ruling_json(ruling: Ruling, proposed: Proposal, files: Mapping[str, str]) -> dict[str, Any]:
    return {
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
