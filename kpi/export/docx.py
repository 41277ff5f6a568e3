"""A report as a Word document, from a template that the office edits in Word (`data/templates/README.md`)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jinja2
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing

from kpi import vi
from kpi.export.report import Paragraph, Report, Stamp
from kpi.export.tables import Figure, Table, Value, on_screen
from kpi.model import Period, TemplateError
from kpi.vi import report as words

TEMPLATE = Path("bao-cao.docx")
# The columns of the summary, by the names the template has for them.
_COLUMNS = (
    "order",
    "name",
    "unit",
    "target",
    "result",
    "numerator",
    "denominator",
    "difference",
    "verdict",
    "performers",
    "as_of",
    "source",
    "notes",
)
_NO_FILE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError)
_BROKEN = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
# What XML 1.0 has no place for.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_MOST_NEAR = 60


def document(report: Report, stamp: Stamp, template: bytes, path: Path = TEMPLATE) -> bytes:
    """The same report, stamp and template always give the same bytes. `path` is what a refusal calls the template."""
    return fill(template, _context(report, stamp), stamp.made_at, path)


def check(template: bytes) -> list[str]:
    """What is wrong with a template of the report, a sentence each."""
    stamp = Stamp("1", "0" * 64, datetime.fromisoformat("2022-03-31"), "x", "0" * 64)
    return faults(template, [_context(report, stamp) for report in _examples()])


def fill(template: bytes, context: Mapping[str, object], made_at: datetime, path: Path) -> bytes:
    """Any template with its places filled: text, or lists and records of text. Raise TemplateError."""
    filled, wrong = _filled(template, context)
    if filled is None or wrong:
        raise TemplateError(path, " ".join(wrong))
    return _packed(filled, made_at)


def faults(template: bytes, contexts: Iterable[Mapping[str, object]]) -> list[str]:
    """What goes wrong when a template is filled with each of these."""
    found = (reason for context in contexts for reason in _filled(template, context)[1])
    return list(dict.fromkeys(found))


def _filled(template: bytes, context: Mapping[str, object]) -> tuple[Any, list[str]]:
    """The filled document, None when there is none, and what is wrong with the template."""
    unknown: list[str] = []
    made = _Template(io.BytesIO(template))
    try:
        made.render_init()
    except (*_NO_FILE, SyntaxError):
        return None, [words.not_a_word_file()]
    try:
        made.render(_clean(context), _environment(unknown))
    except _BROKEN as error:
        # What is unknown was counted, called or looped over: say that instead.
        return None, _unknown(unknown) or [words.broken_command(_near(error))]
    except SyntaxError:
        return None, [words.misplaced_command()]
    return made, _unknown(unknown)


def _unknown(names: Iterable[str]) -> list[str]:
    return [words.unknown_place(name) for name in dict.fromkeys(names)]


def _near(error: Exception) -> str:
    lines = " ".join(getattr(error, "docx_context", ()))
    plain = " ".join(lines.split())
    return plain if len(plain) <= _MOST_NEAR else f"{plain[:_MOST_NEAR]}…"


def _environment(unknown: list[str]) -> SandboxedEnvironment:
    """A template may come from anywhere: nothing of Python is in its reach, and text stays text."""

    class Missing(jinja2.ChainableUndefined):
        def __init__(
            self,
            hint: str | None = None,
            obj: object = missing,
            name: str | None = None,
            exc: type[jinja2.TemplateRuntimeError] = jinja2.UndefinedError,
        ) -> None:
            super().__init__(hint, obj, name, exc)
            unknown.append(str(name))

    made = _Sandbox(autoescape=True, undefined=Missing)
    made.globals.clear()
    return made


class _Sandbox(SandboxedEnvironment):
    """Without what could fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - as jinja2 has it
        raise jinja2.TemplateRuntimeError(operator)


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl mends broken XML by leaving out what it does not understand; here that is refused."""

    def fix_tables(self, xml: str) -> Any:  # noqa: ANN401 - an element of lxml
        parse_xml(xml)
        tree = super().fix_tables(xml)
        for table in tree.iter(qn("w:tbl")):
            _settle(table)
        return tree


def _settle(table: Any) -> None:  # noqa: ANN401
    """Columns made by a loop are as wide as their cells, or share the page in that proportion."""
    grid = table.find(qn("w:tblGrid")).findall(qn("w:gridCol"))
    rows = [
        [tc.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for tc in row.findall(qn("w:tc"))]
        for row in table.findall(qn("w:tr"))
    ]
    whole = [row for row in rows if len(row) == len(grid) and all(w is not None for w in row)]
    wanted = [int(w.get(qn("w:w"))) for w in whole[0]] if whole else []
    if not wanted or wanted == [int(column.get(qn("w:w"))) for column in grid]:
        return
    width = min(sum(wanted), _text_width(table))
    settled = [w * width // sum(wanted) for w in wanted]
    for row in (grid, *whole):
        for element, own in zip(row, settled, strict=True):
            element.set(qn("w:w"), str(own))


def _text_width(table: Any) -> int:  # noqa: ANN401
    """Between the margins of the table's page: a section is described after what it holds."""
    section = table.xpath("following::w:sectPr[1]", namespaces=table.nsmap)[0]
    page, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    return int(page.get(qn("w:w"))) - int(margins.get(qn("w:left"))) - int(margins.get(qn("w:right")))


def _packed(made: Any, made_at: datetime) -> bytes:  # noqa: ANN401
    """The file with every clock in it set to `made_at`, or to none."""
    properties = made.docx.core_properties
    properties.created = properties.modified = made_at
    properties.last_modified_by = properties.author
    loose, out = io.BytesIO(), io.BytesIO()
    made.save(loose)
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(out, "w") as packed:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, _ZIP_DAY)
            packed.writestr(entry, parts.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _clean(value: Any) -> Any:  # noqa: ANN401 - what a context holds
    match value:
        case str():
            return _UNWRITABLE.sub("", value)
        case Mapping():
            return {key: _clean(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
    return value


# --- the places of the report's template ---


def _context(report: Report, stamp: Stamp) -> dict[str, object]:
    period = Period.parse(report.period)
    rows = [_row(line) for line in report.summary.rows]
    return {
        "superior": report.superior.upper(),
        "issuer": words.short_issuer(report.issuer, report.superior, report.province).upper(),
        "office": report.issuer,
        "symbol": words.symbol(report.number),
        "dated": words.dated(report.place, words.today(stamp.made_at)),
        "heading": words.heading(period),
        "illustrative": vi.ILLUSTRATIVE if report.illustrative else "",
        "bases": [words.basis(line) for line in report.legal_basis],
        "opening": words.opening(report.issuer, report.title, report.number, report.issued, period),
        "period": vi.period(period),
        "period_in_sentence": words.in_sentence(period),
        "year": str(period.year),
        "province": report.province,
        "plan": report.title,
        "standing": report.standing,
        "counts": [{"label": label, "number": _text(number)} for label, number in report.counts],
        "indicators": _paragraphs(report.paragraphs),
        "tasks": _paragraphs(report.tasks),
        "results": [row for row in rows if row["unit"] != vi.A_TASK],
        "works": [row for row in rows if row["unit"] == vi.A_TASK],
        "summary": {"title": report.summary.title, "rows": rows},
        "matrix": _wide(report.matrix),
        "lacking": list(report.lacking),
        "recipients": words.recipients(report.recipients),
        "signer": report.signer,
        "mark": words.export_mark(stamp.id, stamp.figures_sha256, stamp.plan_sha256),
    }


def _text(value: Value) -> str:
    return vi.NOTHING if value is None else on_screen(value)


def _row(line: Sequence[Value]) -> dict[str, str]:
    return dict(zip(_COLUMNS, map(_text, line), strict=True))


def _wide(table: Table) -> dict[str, object]:
    """A table of units: first the unit, last the notes, between them a column for each indicator."""
    rows = [[_text(value) for value in line] for line in table.rows]
    return {
        "title": table.title,
        "headings": list(table.headings[1:-1]),
        "rows": [{"unit": row[0], "cells": row[1:-1], "notes": row[-1]} for row in rows],
    }


def _paragraphs(found: Iterable[Paragraph]) -> list[dict[str, str]]:
    return [{"number": p.number, "name": p.name.rstrip(" ."), "text": p.text} for p in found]


# --- what a template is tried with ---


def _examples() -> tuple[Report, ...]:
    """Reports with two of everything, since once may go well by chance; with many tasks; with nothing."""
    one = Figure(Fraction(1), Decimal(1))
    line: tuple[Value, ...] = ("1", "x", "%", *[one] * 5, "x", "x", date(2022, 3, 31), "x", "x")
    headings = vi.report_headings(Period(2022, ""))
    said = Paragraph("1", "x", "x")
    empty = Report(
        plan="x",
        title="x",
        issuer="x",
        superior="",
        place="",
        signer="",
        recipients=(),
        legal_basis=(),
        number="",
        issued="",
        province="x",
        period="2022",
        day=date(2022, 12, 31),
        closed=False,
        illustrative=False,
        standing="",
        counts=(),
        summary=Table("x", headings, ()),
        matrix=Table("x", ("x", "x"), ()),
        annexes=(),
        paragraphs=(),
        tasks=(),
        lacking=(),
        courses=(),
    )
    full = replace(
        empty,
        superior="x",
        place="x",
        signer="x",
        recipients=("x", "x"),
        legal_basis=("x", "x"),
        illustrative=True,
        standing="x",
        counts=(("x", one),) * 2,
        summary=Table("x", headings, (line, line, ("2", "x", vi.A_TASK, *line[3:]))),
        matrix=Table("x", ("x", "x", "x", "x"), (("x", one, one, "x"),) * 2),
        paragraphs=(said, said),
        tasks=(said, said),
        lacking=("x", "x"),
    )
    return full, replace(full, tasks=(said,) * 50), empty
