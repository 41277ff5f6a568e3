"""The store and the files beside it: saved, restored, verified, and filled with samples."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from kpi import demo as demonstration
from kpi import plan as plan_files
from kpi import vi
from kpi.cli.home import FILE, OPERATOR, Home, command, say, write_bytes
from kpi.export import docx, dossier
from kpi.model import TemplateError
from kpi.store import Flaw
from kpi.store import restore as restore_store
from kpi.store.backups import read_head
from kpi.store.record import check as check_record
from kpi.store.record import read_anchor
from kpi.vi import plans as plan_words

# Word keeps such a file beside one that is open.
_OPEN_IN_WORD = "~$"


def _to_heads(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            read_anchor(value)
        except ValueError as error:
            raise click.BadParameter(vi.no_such_head(value)) from error
    return values


@command
def check(ctx: click.Context) -> None:
    home = Home(ctx)
    faults = plan_files.check(home.data, home.path)
    for path in sorted(plan_files.overlay(home.path).glob("*.toml")):
        click.echo(plan_words.overlaid(path))
    for found in faults:
        click.echo(vi.fault(found))
    spoiled = list(_templates(home.templates))
    for error in spoiled:
        click.echo(vi.refusal(error))
    wrong = [found for found in faults if not found.warning]
    if not wrong and not spoiled:
        click.echo(vi.NO_FAULTS)
    told = [{"file": str(f.path), "key": f.key, "reason": f.reason, "message": vi.fault(f)} for f in faults]
    told += [
        {"file": str(e.path), "key": "", "reason": "template", "message": vi.refusal(e)} for e in spoiled
    ]
    say(ctx, told)
    ctx.exit(1 if wrong or spoiled else 0)


def _templates(folder: Path) -> Iterator[TemplateError]:
    """Everything that is wrong with the templates of the report and of the papers of a dossier."""
    report = folder / "bao-cao.docx"
    if not report.exists():
        yield TemplateError(report, vi.NO_TEMPLATE)
    for path in sorted(folder.glob("*.docx")):
        if path.name.startswith(_OPEN_IN_WORD):
            continue
        checked = docx.check if path == report else dossier.check
        yield from (TemplateError(path, reason) for reason in checked(path.read_bytes()))


@command
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
        write_bytes((samples or Path()) / name, content)
    click.echo(vi.demo_loaded(kept, home.path))
    say(ctx, {"kept": str(kept), "store": str(home.path)})


@command
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=vi.COMMANDS["backup --out"])
def backup(ctx: click.Context, out: Path | None) -> None:
    home = Home(ctx)
    if not home.path.exists():
        raise click.UsageError(vi.no_store(home.path))
    if out is not None and out.exists():
        raise click.UsageError(vi.never_overwritten(out))
    with home.store() as store:
        made = store.back_up(OPERATOR, out)
    head = read_head(made)
    click.echo(vi.backed_up(made, head))
    with made.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    say(ctx, {"out": str(made), "sha256": sha256, "head": head})


@command
@click.argument("file", type=FILE)
def restore(ctx: click.Context, file: Path) -> None:
    home = Home(ctx)
    done = restore_store(file, home.path, OPERATOR)
    click.echo(vi.restored(home.path, done.head, done.replaced))
    say(
        ctx,
        {"store": str(home.path), "head": done.head, "replaced": done.replaced and str(done.replaced)},
    )


@command
@click.option(
    "--head", "heads", multiple=True, metavar="1234-0123…", callback=_to_heads, help=vi.COMMANDS["--head"]
)
def verify(ctx: click.Context, heads: tuple[str, ...]) -> None:
    home = Home(ctx)
    count, head, flaws = 0, "0-", check_record((), heads)
    if home.path.exists():
        with home.store() as store:
            head, flaws = store.record.head(), store.verify(*heads)
            count = len(store.record.events(OPERATOR))
    if not flaws:
        click.echo(vi.sound(count, head))
    show_flaws(flaws)
    say(ctx, {"events": str(count), "head": head, "flaws": [flaw_json(found) for found in flaws]})
    ctx.exit(1 if flaws else 0)


def show_flaws(flaws: Sequence[Flaw]) -> None:
    """All that does not hold in a store; nothing of one that is sound."""
    if flaws:
        click.echo(vi.unsound(len(flaws)))
    for found in flaws:
        click.echo(f"- {vi.flaw(found.fault, found.id)}")


def flaw_json(found: Flaw) -> dict[str, str]:
    return {"fault": found.fault, "upload" if found.fault == "figures" else "event": str(found.id)}
