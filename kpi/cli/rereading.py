"""Every kept workbook read again, and a new store made of what comes out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kpi import rebuild as rebuilding
from kpi import vi
from kpi.cli.home import OPERATOR, Home, command, say, store_file
from kpi.cli.keeping import flaw_json, show_flaws
from kpi.cli.workbooks import reading_json
from kpi.model import Reading, TaskUpdate, Upload
from kpi.problems import Doubt, reason
from kpi.rebuild import Otherwise, Rebuilt, Reread, decision
from kpi.vi import rebuilding as words
from kpi.vi import tasks as task_words


@command
@click.option("--out", type=click.Path(path_type=Path), help=vi.COMMANDS["rebuild --out"])
def rebuild(ctx: click.Context, out: Path | None) -> None:
    home = Home(ctx)
    if not home.path.exists():
        raise click.UsageError(words.no_store(home.path))
    target = out and store_file(out)
    with (
        home.store() as store,
        click.progressbar(length=100, file=sys.stderr, item_show_func=lambda name: name) as bar,
    ):

        def progress(percent: int, filename: str) -> None:
            bar.update(percent - bar.pos, filename)

        made = (
            rebuilding.rebuild(store, home.plans, home.directory, target, OPERATOR, progress)
            if target
            else Rebuilt(rebuilding.reread(store, home.plans, home.directory, progress), store.verify(), [])
        )
    show_flaws(made.flaws)
    _show_reread(home, made.files)
    if target:
        _show_made(made, target)
    files = [_reread_json(one) for one in made.files if _is_file(one)]
    told = {"out": target and str(target), "files": files, "flaws": [flaw_json(flaw) for flaw in made.flaws]}
    say(ctx, told)
    ctx.exit(0 if not made.flaws and all(one.sort == "same" for one in made.files) else 1)


def _show_reread(home: Home, found: Sequence[Reread]) -> None:
    sorts = Counter(one.sort for one in found if _is_file(one) or one.sort != "same")
    click.echo(words.summary(sorts["same"], sorts["other"], sorts["unread"], sorts["lost"]))
    for one in found:
        for line in _told_of(home, one):
            click.echo(line)


def _show_made(made: Rebuilt, target: Path) -> None:
    numbers = {
        int(s.id): int(one.number) for one in made.files if isinstance(s := one.source, Upload) and one.number
    }
    click.echo(words.made(target, len(numbers)))
    if made.withheld:
        click.echo(words.withheld(vi.withheld(*decision(event)) for event in made.withheld))
    for old, new in _runs(numbers):
        if old != new:
            click.echo(words.renumbered(old, new))


def _runs(numbers: Mapping[int, int]) -> Iterator[tuple[range, range]]:
    """Those that follow one another in both stores together."""
    found: tuple[range, range] | None = None
    for old, new in sorted(numbers.items()):
        if found and (found[0].stop, found[1].stop) == (old, new):
            found = range(found[0].start, old + 1), range(found[1].start, new + 1)
            continue
        if found:
            yield found
        found = range(old, old + 1), range(new, new + 1)
    if found:
        yield found


def _is_file(one: Reread) -> bool:
    """What was typed is repeated in a new store, but there is nothing to read again."""
    return bool(one.source.filename)


def _told_of(home: Home, one: Reread) -> Iterator[str]:
    """One file of which something else comes out, or nothing."""
    source = one.source
    if isinstance(source, Upload):
        name = words.upload(source.id, source.filename)
    else:
        name = words.task_form(source.filename, ", ".join(update.id for update in source.updates))
    if one.error:
        yield words.lost(name, vi.refusal(one.error))
    elif one.findings:
        yield words.unread(name)
        yield from (f"- {sentence}" for sentence in _sentences(one))
    elif one.differences:
        yield words.other(name, len(one.differences))
        yield from (f"- {_difference(home, source.plan, found)}" for found in one.differences)


def _sentences(one: Reread) -> list[str]:
    asked = [vi.ask(found) for found in one.findings if isinstance(found, Doubt)]
    return [task_words.explain(found) for found in one.findings if not isinstance(found, Doubt)] + asked


def _difference(home: Home, code: str, found: Otherwise) -> str:
    was, now = found.was, found.now
    if isinstance(was, TaskUpdate) or isinstance(now, TaskUpdate):
        old, new = (told if isinstance(told, TaskUpdate) else None for told in (was, now))
        return words.update(old, new)
    known = was or now
    unit, plan = known.unit if known else "", home.plans.get(code)
    units = home.units(plan) if plan else None
    return words.reading(units.get(unit).title if units and unit in units else unit, was, now)


def _reread_json(one: Reread) -> dict[str, Any]:
    source = one.source
    facts = (
        {"upload": source.id, "sha256": source.sha256, "number": one.number or None}
        if isinstance(source, Upload)
        else {"updates": [u.id for u in source.updates], "sha256": source.updates[0].workbook_sha256}
    )
    return {
        **facts,
        "filename": source.filename,
        "sort": one.sort,
        "differences": [_difference_json(found) for found in one.differences],
        "reasons": [reason(found) for found in one.findings],
        "message": vi.refusal(one.error) if one.error else None,
    }


def _difference_json(found: Otherwise) -> dict[str, Any]:
    return {"was": _said_json(found.was), "now": _said_json(found.now)}


def _said_json(said: Reading | TaskUpdate | None) -> dict[str, Any] | None:
    if isinstance(said, TaskUpdate):
        cell = said.cell
        told = {"task": said.task, "state": said.state.value}
        return {**told, "sheet": cell and cell.sheet, "cell": cell and cell.address}
    return reading_json(said) if said else None
