"""The formats a report is handed out in: one table of them, for the page and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpi import vi
from kpi.export.docx import document
from kpi.export.pdf import convert
from kpi.export.report import Report, Stamp
from kpi.export.tables import write
from kpi.export.xlsx import workbook
from kpi.model import Period, Plan, Snapshot, TemplateError

REPORT_TEMPLATE = "bao-cao.docx"
_Made = Callable[[Report, Stamp, Path], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """`make` takes the report, the stamp and the folder of templates."""

    ending: str
    """Of the file's name, after plan and period."""
    mime: str
    make: _Made


def _csv(to: str, *, units: bool = False) -> _Made:
    def make(report: Report, _stamp: Stamp, _templates: Path) -> bytes:
        return write(report.matrix if units else report.summary, "csv" if to == "csv" else "csv-machine")

    return make


def _docx(report: Report, stamp: Stamp, templates: Path) -> bytes:
    path = templates / REPORT_TEMPLATE
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(path, vi.NO_TEMPLATE) from error
    return document(report, stamp, template, path)


def _pdf(report: Report, stamp: Stamp, templates: Path) -> bytes:
    return convert(_docx(report, stamp, templates))


_TEXT = "text/csv"
FORMATS: Mapping[str, Form] = {
    "docx": Form(".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
    "pdf": Form(".pdf", "application/pdf", _pdf),
    "xlsx": Form(
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda report, stamp, _: workbook(report, stamp),
    ),
    "csv": Form(".csv", _TEXT, _csv("csv")),
    "csv-machine": Form("-may-doc.csv", _TEXT, _csv("csv-machine")),
    "csv-units": Form("-don-vi.csv", _TEXT, _csv("csv", units=True)),
    "csv-units-machine": Form("-don-vi-may-doc.csv", _TEXT, _csv("csv-machine", units=True)),
}


def filename(plan: Plan, period: Period, form: str) -> str:
    return f"bao-cao-{plan.code}-{period}{FORMATS[form].ending}"


def render(report: Report, made: Snapshot, templates: Path) -> bytes:
    """The file of a snapshot, from its report."""
    stamp = Stamp(made.id, made.figures_sha256, made.made_at, made.person, made.plan_sha256)
    return FORMATS[made.format].make(report, stamp, templates)
