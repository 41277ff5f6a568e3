"""What the office does with a quarter: report it, approve what came in, close it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from kpi import export as exports
from kpi import vi
from kpi.cli.home import BY, CLOSED, OUT, PLAN, QUARTER, Home, command, of_plan, say, write_bytes
from kpi.model import Person, Quarter
from kpi.progress import assess


@command
@PLAN
@QUARTER
@click.option("--format", "to", type=click.Choice(["csv", "csv-machine"]), default="csv", show_default=True)
@CLOSED
@OUT
def export(
    ctx: click.Context, code: str, quarter: Quarter, to: exports.Format, closed: bool, out: Path
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of_plan(plan, quarter)
    readings, sent = home.held(code)
    rows = assess(plan, home.units(plan), quarter, readings, closed=closed)
    illustrative = any(upload.illustrative and not upload.withdrawn for upload in sent)
    table = exports.report(plan, quarter, rows, uploads=sent, illustrative=illustrative)
    content = exports.write(table, to)
    head = home.note_export(code, quarter, out.name, content)
    write_bytes(out, content)
    if head:
        click.echo(vi.head(head))
    say(ctx, {"out": str(out), "sha256": hashlib.sha256(content).hexdigest(), "head": head})


@command
@click.argument("upload")
@BY
def approve(ctx: click.Context, upload: str, person: str) -> None:
    with Home(ctx).existing(upload) as store:
        store.approve(upload, Person.operator(person))
    click.echo(vi.approved(upload))
    say(ctx, {"upload": upload})


@command
@PLAN
@QUARTER
@BY
def close(ctx: click.Context, code: str, quarter: Quarter, person: str) -> None:
    home = Home(ctx)
    of_plan(home.plan(code), quarter)
    with home.store() as store:
        store.close_quarter(code, quarter, Person.operator(person))
    click.echo(vi.closed(quarter))
    say(ctx, {"plan": code, "quarter": str(quarter)})


@command
@PLAN
@QUARTER
@BY
@click.option("--why", required=True)
def reopen(ctx: click.Context, code: str, quarter: Quarter, person: str, why: str) -> None:
    home = Home(ctx)
    of_plan(home.plan(code), quarter)
    with home.store() as store:
        store.reopen_quarter(code, quarter, Person.operator(person), why)
    click.echo(vi.reopened(quarter))
    say(ctx, {"plan": code, "quarter": str(quarter)})
