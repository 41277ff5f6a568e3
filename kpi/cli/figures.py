"""What was sent, and how far it gets the plan."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from kpi import vi
from kpi.cli.home import BY, CLOSED, OPERATOR, OUT, PLAN, QUARTER, Home, command, of_plan, say, table, write
from kpi.model import Person, Quarter, Reading, Unit, Upload
from kpi.progress import Assessment, assess, is_final
from kpi.units import Units


@command
def uploads(ctx: click.Context) -> None:
    home = Home(ctx)
    found: list[Upload] = []
    if home.path.exists():
        with home.store() as store:
            found = store.uploads()
    click.echo(table(vi.UPLOAD_HEADINGS, map(_upload_line, found)) if found else vi.NO_UPLOADS)
    say(ctx, [_upload_json(upload) for upload in found])


@command
@click.argument("upload")
@OUT
def original(ctx: click.Context, upload: str, out: Path) -> None:
    with Home(ctx).existing(upload) as store:
        content = store.original(upload, OPERATOR)
    write(ctx, out, content)


@command
@click.argument("upload")
@BY
@click.option("--why", required=True)
def withdraw(ctx: click.Context, upload: str, person: str, why: str) -> None:
    with Home(ctx).existing(upload) as store:
        store.withdraw(upload, Person.operator(person), why)
    click.echo(vi.withdrawn(upload))
    say(ctx, {"upload": upload})


@command
@PLAN
@QUARTER
@click.option("--unit")
@click.option("--children", is_flag=True, help=vi.COMMANDS["--children"])
@CLOSED
def progress(
    ctx: click.Context, code: str, quarter: Quarter, unit: str | None, children: bool, closed: bool
) -> None:
    home = Home(ctx)
    plan = home.plan(code)
    of_plan(plan, quarter)
    units = home.units(plan)
    top = _unit(units, unit or plan.province)
    asked = [top, *(units.children(top.code) if children else ())]
    readings, sent = home.held(code)
    final = closed or is_final(plan, quarter, home.closed(code))
    rows = assess(plan, units, quarter, readings, asked, closed=final)
    for one in asked:
        click.echo(f"\n{one.title}, {vi.quarter(quarter)}")
        click.echo(table(vi.PROGRESS_HEADINGS, [_line(row) for row in rows if row.unit == one]))
    kept = {upload.id: upload for upload in sent}
    say(ctx, [_assessment_json(row, kept) for row in rows])


def _unit(units: Units, code: str) -> Unit:
    if code not in units:
        known = [unit.code for unit in units.children(units.province.code)]
        raise click.BadParameter(vi.unknown("unit", code, known), param_hint="--unit")
    return units.get(code)


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
    goal = row.goal
    return {
        "indicator": row.indicator.number,
        "unit": row.unit.code,
        "quarter": str(row.quarter),
        "numerator": digits(row.numerator),
        "denominator": digits(row.denominator),
        "value": digits(row.value, goal),
        "target": digits(row.target),
        "status": row.status.value,
        "status_vi": vi.status(row.status, some=row.value is not None),
        "gap": digits(row.gap),
        "needed": digits(row.needed if row.needed_rest is None else row.needed_rest),
        "needed_rest": digits(row.needed_rest),
        "missing_units": list(row.missing),
        "unreported": list(row.unreported),
        "stale": list(row.stale),
        "lower": digits(row.lower, goal),
        "upper": digits(row.upper, goal),
        "pace": digits(row.pace),
        "gain": digits(row.gain),
        "edition": digits(row.edition),
        "reported": digits(row.reported),
        "expected": digits(row.expected),
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


def digits(value: Decimal | Fraction | int | None, target: Decimal | None = None) -> str | None:
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
        vi.NOTHING if row.target is None else vi.target(row.indicator, row.target),
        vi.figure(row.indicator, row.value, row.numerator, row.denominator, row.edition),
        f"{vi.SYMBOL[row.status]} {vi.status(row.status, some=row.value is not None)}",
        lacking,
        f"{row.reported}/{row.expected}",
    )
