"""What every command shares: the data of a run, the group it belongs to, its options, and how it answers."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from os import environ
from pathlib import Path
from typing import IO, Any, TypeVar
from uuid import uuid4

import click

from kpi import plan as plan_files
from kpi import settings, vi
from kpi.model import (
    KpiError,
    Person,
    Plan,
    Quarter,
    Reading,
    UnknownPersonError,
    UnknownUploadError,
    Upload,
)
from kpi.store import Store
from kpi.units import Directory, Units
from kpi.vi import usage

Command = TypeVar("Command", bound=Callable[..., Any])
_JSON = "kpi.json"
_STORE = "kpi.store"
OPERATOR = Person.operator(vi.OPERATOR)
logger = logging.getLogger("kpi")


class Home:
    """The data of one run; each part is loaded when it is first needed."""

    def __init__(self, context: click.Context, folder: str = "live") -> None:
        self.data = Path(environ.get("KPI_DATA") or plan_files.SHIPPED)
        path = Path(context.meta.get(_STORE) or environ.get("KPI_STORE") or self.data / folder)
        self.path = store_file(path)

    @cached_property
    def directory(self) -> Directory:
        return Directory.load(plan_files.folder(self.data, "units"))

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Those that can be used; of the others it is said why, once."""
        for error in self._loaded[1]:
            click.echo(vi.refusal(error), err=True)
        return self._loaded[0]

    @cached_property
    def _loaded(self) -> tuple[dict[str, Plan], list[plan_files.PlanError]]:
        return plan_files.load_each(plan_files.paths(self.data, self.path), self.directory)

    def plan(self, code: str) -> Plan:
        for error in self._loaded[1]:
            if error.path.stem == code:
                raise error
        if code not in self.plans:
            raise click.BadParameter(vi.unknown("plan", code, self.plans), param_hint="--plan")
        return self.plans[code]

    def units(self, plan: Plan) -> Units:
        return self.directory.on(plan.start, plan.province)

    def store(self) -> Store:
        return Store(self.path)

    def held(self, plan: str) -> tuple[list[Reading], list[Upload]]:
        """What counts and what was sent; a store that does not exist yet is not made by looking into it."""
        if not self.path.exists():
            return [], []
        with self.store() as store:
            return store.current(plan), store.uploads(plan)

    def choices(self, plan: str, reporter: str) -> dict[tuple[str, str], str]:
        """What a reporter settled before about its own sheets; nothing in a store that does not exist yet."""
        if not self.path.exists():
            return {}
        with self.store() as store:
            return store.mappings.choices(plan, reporter)

    def closed(self, plan: str) -> set[Quarter]:
        """The quarters that the office has closed."""
        if not self.path.exists():
            return set()
        with self.store() as store:
            return store.closed(plan)

    @property
    def templates(self) -> Path:
        return plan_files.folder(self.data, "templates")

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


def store_file(path: Path) -> Path:
    """A store may be named by its folder."""
    return path if path.suffix == ".duckdb" else path / "kpi.duckdb"


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or usage.USAGE)

    def write_heading(self, heading: str) -> None:
        super().write_heading(usage.HEADINGS.get(heading, heading))


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(click.Command):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_vietnamese(super().get_help_option(ctx))


def _in_vietnamese(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = usage.HELP
    return option


class _MistypedError(click.UsageError):
    """What click has to say of a command line, in Vietnamese."""

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(error.format_message(), error.ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        if self.ctx:
            click.echo(usage.way(self.ctx.get_usage(), self.ctx.command_path), file=file, err=True)
        click.echo(usage.mistake(self.message), file=file, err=True)


class _Refusing(click.Group):
    """Turns what the program may not do into a sentence, and a bug into a lookup code."""

    context_class = _Context
    command_class = _Command
    group_class = type

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_vietnamese(super().get_help_option(ctx))

    def make_context(self, *args: Any, **extra: Any) -> click.Context:  # noqa: ANN401 - as click has it
        try:
            return super().make_context(*args, **extra)
        except click.UsageError as error:
            raise _mistyped(error) from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _mistyped(error) from error
        except KpiError as error:
            click.echo(vi.refusal(error))
            say(ctx, {"reason": _reason(error), "message": vi.refusal(error)})
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:
            code = uuid4().hex[:8]
            logger.exception(code)
            click.echo(vi.bug(code))
            say(ctx, {"reason": "bug", "message": vi.bug(code)})
        return ctx.exit(1)


def _mistyped(error: click.UsageError) -> click.UsageError:
    """Once: a group within the group has said it already, and help that was asked for by typing nothing is none."""
    asked_for_help = getattr(click.exceptions, "NoArgsIsHelpError", ())  # since click 8.2
    return error if isinstance(error, (_MistypedError, asked_for_help)) else _MistypedError(error)


def _to_quarter(_: click.Context, __: click.Parameter, value: str | None) -> Quarter | None:
    try:
        return None if value is None else Quarter.parse(value)
    except ValueError as error:
        raise click.BadParameter(vi.unknown("quarter", value or "", ["2022-Q1", "2022-Q2", "…"])) from error


def _to_name(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter(vi.NAMELESS)
    return value


def _remember(key: str) -> Callable[[click.Context, click.Parameter, object], None]:
    def remember(ctx: click.Context, _: click.Parameter, value: object) -> None:
        if value:
            ctx.meta[key] = value

    return remember


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=vi.COMMANDS["--out"]
)
PLAN = click.option("--plan", "code", required=True)
QUARTER = click.option("--quarter", callback=_to_quarter, metavar="2022-Q1", required=True)
OF_QUARTER = click.option("--quarter", callback=_to_quarter, metavar="2022-Q1")
CLOSED = click.option("--closed", is_flag=True, help=vi.COMMANDS["--closed"])
BY = click.option("--person", callback=_to_name, required=True)
_AS_JSON = click.option(
    "--json", is_flag=True, expose_value=False, callback=_remember(_JSON), help=vi.COMMANDS["--json"]
)
IN_STORE = click.option(
    "--store", expose_value=False, callback=_remember(_STORE), help=vi.COMMANDS["--store"]
)


@click.group(cls=_Refusing, help=vi.COMMANDS["kpi"])
@IN_STORE
def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def command_of(group: click.Group, helps: Mapping[str, str] = vi.COMMANDS) -> Callable[[Command], Command]:
    """Registers functions under their names; `helps` says what each does, where another group has the same name."""

    def command(function: Command) -> Command:
        name = function.__name__.rstrip("_")
        group.command(name, help=helps[name])(IN_STORE(_AS_JSON(click.pass_context(function))))
        return function

    return command


command = command_of(main)


def of_plan(plan: Plan, quarter: Quarter) -> None:
    if quarter not in plan.quarters:
        text = vi.unknown("quarter", str(quarter), map(str, plan.quarters))
        raise click.BadParameter(text, param_hint="--quarter")


def say(ctx: click.Context, value: object) -> None:
    if ctx.meta.get(_JSON):
        click.echo(json.dumps(value, ensure_ascii=False))


def write(ctx: click.Context, out: Path, content: bytes) -> None:
    write_bytes(out, content)
    say(ctx, {"out": str(out), "sha256": hashlib.sha256(content).hexdigest()})


def write_bytes(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.UsageError(vi.cannot_write(out)) from error
    click.echo(vi.written(out))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _reason(error: KpiError) -> str:
    """A name for machines: StoreBusyError -> "store_busy"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__.removesuffix("Error")).lower()
