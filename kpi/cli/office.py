"""What the office does with a quarter: approve what came in, close it."""

from __future__ import annotations

import click

from kpi import vi
from kpi.cli.home import BY, PLAN, QUARTER, Home, command, of_plan, say
from kpi.model import Person, Quarter


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
