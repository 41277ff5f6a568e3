"""Reports handed out: made, listed, made again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kpi import export as exported
from kpi import vi
from kpi.cli.home import CLOSED, OPERATOR, OUT, Home, command, say, table, write_bytes
from kpi.export.formats import FORMATS, filename, render
from kpi.export.gather import gather
from kpi.model import Period, Plan, Snapshot
from kpi.progress import is_final
from kpi.store import Store


def _to_period(_: click.Context, __: click.Parameter, value: str | None) -> Period | None:
    try:
        return None if value is None else Period.parse(value)
    except ValueError as error:
        known = ["2022-Q4", "2022-H1", "2022-9M", "2022"]
        raise click.BadParameter(vi.unknown("period", value or "", known)) from error


@command
@click.option("--plan", "code")
@click.option("--period", "--quarter", "period", callback=_to_period, metavar="2022-Q4|2022-H1|2022-9M|2022")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@CLOSED
@click.option("--snapshot", help=vi.COMMANDS["--snapshot"])
@OUT
def export(
    ctx: click.Context,
    code: str | None,
    period: Period | None,
    form: str,
    closed: bool,
    snapshot: str | None,
    out: Path,
) -> None:
    home = Home(ctx)
    if not out.parent.is_dir():  # before anything is kept as handed out
        raise click.UsageError(vi.cannot_write(out))
    if snapshot is not None:
        if code is not None or period is not None or closed or _is_given(ctx, "form"):
            raise click.UsageError(vi.SNAPSHOT_ALONE)
        with home.store() as store:
            made = store.exports.snapshot(snapshot)
            content, head = store.exports.content(snapshot, OPERATOR), store.record.head()
    elif code is None or period is None:
        raise click.UsageError(vi.PLAN_AND_PERIOD)
    else:
        plan = home.plan(code)
        if period not in plan.periods:
            said = vi.unknown("period", str(period), map(str, plan.periods))
            raise click.BadParameter(said, param_hint="--period")
        with home.store() as store:
            made = _hand_out(home, store, plan, period, form, closed=closed)
            content, head = store.exports.kept(made), store.record.head()
    write_bytes(out, content)
    click.echo(vi.exported(made))
    click.echo(vi.head(head))
    say(ctx, {"snapshot": made.id, "sha256": made.sha256, "out": str(out), "head": head})


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _hand_out(home: Home, store: Store, plan: Plan, period: Period, form: str, *, closed: bool) -> Snapshot:
    final = closed or is_final(plan, period.quarter, store.closed(plan.code))
    report = gather(
        plan,
        home.units(plan),
        period,
        store.current(plan.code),
        store.tasks.updates(plan.code),
        day=datetime.now(UTC).astimezone(vi.HANOI).date(),
        closed=final,
        uploads=store.uploads(plan.code),
    )
    return store.exports.keep(
        OPERATOR,
        plan.code,
        period,
        form,
        filename(plan, period, form),
        exported.to_json(report),
        plan.source,
        lambda made: render(report, made, home.templates),
        closed=final,
        illustrative=report.illustrative,
    )


@command
@click.option("--plan", "code")
def snapshots(ctx: click.Context, code: str | None) -> None:
    home = Home(ctx)
    found: list[Snapshot] = []
    if home.path.exists():
        with home.store() as store:
            found = store.exports.snapshots(code)
    headings = (*vi.EXPORT_HEADINGS[:5], vi.EXPORT_HEADINGS[-1])
    click.echo(table(headings, map(_line, found)) if found else vi.NO_EXPORTS)
    say(ctx, [_json(snapshot) for snapshot in found])


def _line(found: Snapshot) -> tuple[str, ...]:
    made = vi.moment(found.made_at)
    return found.id, made, vi.period(found.period), found.filename, found.person, found.sha256[:12]


def _json(found: Snapshot) -> dict[str, object]:
    return {
        "id": found.id,
        "plan": found.plan,
        "period": str(found.period),
        "format": found.format,
        "filename": found.filename,
        "made_at": f"{found.made_at.isoformat()}Z",
        "person": found.person,
        "plan_sha256": found.plan_sha256,
        "figures_sha256": found.figures_sha256,
        "sha256": found.sha256,
        "closed": found.closed,
        "illustrative": found.illustrative,
    }
