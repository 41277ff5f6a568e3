"""The dossier of one nominee: exactly the papers that the plan names, in one zip.

Letters, reports and minutes are filled from templates that the office edits in Word (`data/templates`); the figures and
the list of evidence are workbooks. Nothing here is kept, and the same facts of the same day give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from textwrap import wrap

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kpi import vi
from kpi.awards import Council, Hearing, Ruling, proposal
from kpi.export import docx
from kpi.export.tables import Figure, Table, Value, on_screen, report, write
from kpi.forms import Form, valid
from kpi.model import (
    Component,
    Criterion,
    Member,
    Nominee,
    Plan,
    Room,
    Rule,
    TemplateError,
    UnknownSubjectError,
    Upload,
)
from kpi.reasons import CouncilAwaited, Reason, Verdict
from kpi.vi import awards as words
from kpi.vi import report as report_words

FIGURES, EVIDENCE = "phu-luc-so-lieu", "danh-muc-minh-chung"
"""The papers that are workbooks and have no template."""
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_FONT = "Times New Roman"
_A4 = 9
# Widths of columns, in digits.
_NARROWEST, _WIDEST = 8, 60
# All columns together; a wide table has narrower ones.
_PAGE = 220
# Points of one line of text.
_LINE = 15


@dataclass(frozen=True, slots=True)
class _Nominee:
    code: str
    name: str
    nominee: Nominee
    room: Room
    member: Member | None
    rulings: tuple[Ruling, ...]

    @property
    def place_of_work(self) -> str:
        position = self.member.position if self.member else ""
        return ", ".join(filter(None, (position, self.room.name)))


@dataclass(frozen=True, slots=True)
class _Papers:
    """All that the papers of one dossier are made from."""

    plan: Plan
    year: int
    """Of the round."""
    who: _Nominee
    figures: Table
    uploads: Mapping[str, str]
    """Number of an upload -> its file."""
    forms: Sequence[Form]
    templates: Path
    day: date
    illustrative: bool

    @property
    def mark(self) -> str:
        """By which it can be seen from what it was made."""
        figures = hashlib.sha256(write(self.figures, "csv-machine")).hexdigest()
        return words.dossier_mark(self.plan.text, figures)

    @property
    def made_at(self) -> datetime:
        return datetime.combine(self.day, time())


def dossier(
    plan: Plan,
    hearing: Hearing,
    subject: str,
    *,
    forms: Sequence[Form],
    templates: Path,
    day: date,
    uploads: Iterable[Upload] = (),
    illustrative: bool = False,
) -> bytes:
    """The zip of a room, or of a member; UnknownSubjectError for anybody else. `day` decides which forms are valid."""
    who = _nominee(plan, hearing, subject)
    sent = list(uploads)
    files = {upload.id: upload.filename for upload in sent}
    figures = _figures(plan, hearing, who, sent, illustrative=illustrative)
    papers = _Papers(plan, hearing.round.year, who, figures, files, forms, templates, day, illustrative)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, component in names(plan, subject).items():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            packed.writestr(entry, _paper(papers, component), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def check(template: bytes) -> list[str]:
    """What is wrong with the template of any paper of a dossier, a sentence each."""
    return docx.faults(template, [_context(papers, "x") for papers in _examples()])


def names(plan: Plan, subject: str) -> dict[str, Component]:
    """The files of a dossier, in the order of the plan."""
    found = {}
    for number, component in enumerate(plan.components, start=1):
        whose = f"-{subject}" if component.per_nominee else ""
        ending = "xlsx" if component.paper in _WORKBOOKS else "docx"
        found[f"{number:02}-{component.key}{whose}.{ending}"] = component
    return found


def subjects(plan: Plan, hearing: Hearing) -> dict[str, str]:
    """Code -> name of everybody a dossier can be made for."""
    people = {member.code: member.name for member in hearing.members or ()}
    return {room.code: room.name for room in plan.rooms} | people


def filename(plan: Plan, year: int, subject: str) -> str:
    named = f"{plan.code}-{year}" if len(plan.rounds) > 1 else plan.code
    return f"ho-so-{named}-{subject}.zip"


def _nominee(plan: Plan, hearing: Hearing, subject: str) -> _Nominee:
    own = tuple(r for r in hearing.rulings if r.subject == subject)
    rooms = {room.code: room for room in plan.rooms}
    if subject in rooms:
        room = rooms[subject]
        return _Nominee(subject, room.name, Nominee.COLLECTIVE, room, None, own)
    member = next((m for m in hearing.members or () if m.code == subject), None)
    if member is None:
        raise UnknownSubjectError(subject)
    # The plan may have lost a room since the list was handed in.
    room = rooms.get(member.room) or Room(member.room, member.room, ())
    return _Nominee(subject, member.name, Nominee.INDIVIDUAL, room, member, own)


def _figures(
    plan: Plan, hearing: Hearing, who: _Nominee, uploads: Sequence[Upload], *, illustrative: bool
) -> Table:
    """The rows of the report that are the nominee's; of a person, the own work."""
    if who.member is not None:
        rows = tuple(
            (str(n), task.content, task.due, task.done_on) for n, task in enumerate(who.member.tasks, start=1)
        )
        return Table(words.WORK_SHEET, (vi.ORDER, words.WORK, words.DUE, words.DONE_ON), rows)
    return report(
        plan,
        hearing.round.quarter,
        [a for a in hearing.assessments if a.indicator.number in who.room.indicators],
        standings=[s for s in hearing.standings if s.task.key in who.room.tasks],
        uploads=uploads,
        illustrative=illustrative,
    )


def _paper(papers: _Papers, component: Component) -> bytes:
    if component.paper in _WORKBOOKS:
        return _WORKBOOKS[component.paper](papers)
    path = papers.templates / f"{component.paper}.docx"
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(path, vi.NO_TEMPLATE) from error
    return docx.fill(template, _context(papers, component.paper), papers.made_at, path)


def _context(papers: _Papers, paper: str) -> dict[str, object]:
    plan, who = papers.plan, papers.who
    form = valid(papers.forms, paper, papers.day)
    return {
        "issuer": plan.issuer.upper(),
        "unit": who.room.name.upper(),
        "unit_name": who.room.name,
        "unit_code": who.room.code,
        "dated": report_words.dated(plan.place, papers.day),
        "movement": plan.title,
        "year": str(papers.year),
        "of_year": words.of_year(plan, papers.year, ", "),
        "plan_cited": words.plan_cited(plan.number, plan.issued, plan.issuer),
        "bases": [report_words.basis(line) for line in plan.legal_basis],
        "council": words.COUNCIL,
        "awards": words.awards(plan.awards),
        "kind": words.NOMINEE[who.nominee].lower(),
        "nominee": who.name,
        "place_of_work": who.place_of_work,
        "signed_as": words.SIGNED_AS[who.nominee],
        "form": words.form_cited(form.number, form.decree) if form else words.NO_FORM,
        "proposal": words.PROPOSAL[proposal(who.rulings).value].lower(),
        "only_proposed": words.ONLY_PROPOSED,
        "criteria": [_criterion(number, ruling) for number, ruling in enumerate(who.rulings, start=1)],
        "results": [] if who.member else [_result(n, row) for n, row in enumerate(papers.figures.rows, 1)],
        "papers": [component.name for component in plan.components if component.paper != paper],
        "illustrative": vi.ILLUSTRATIVE if papers.illustrative else "",
        "mark": papers.mark,
    }


def _criterion(number: int, ruling: Ruling) -> dict[str, object]:
    lines = words.reason_lines(ruling.reasons, ruling.criterion.judged, ruling.council.value)
    return {
        "number": str(number),
        "text": ruling.criterion.text.rstrip("."),
        "clause": ruling.criterion.clause,
        "verdict": words.VERDICT[ruling.verdict],
        "lines": lines,
        "reason": " ".join(lines),
    }


def _result(number: int, row: Sequence[Value]) -> dict[str, str]:
    shown = [vi.NOTHING if value is None else on_screen(value) for value in row]
    keys = ("name", "unit", "target", "result", "numerator", "denominator", "difference", "verdict")
    return {"order": str(number), **dict(zip(keys, shown[1:9], strict=True))}


def _annex(papers: _Papers) -> bytes:
    return _workbook(papers, words.FIGURES_TITLE, papers.figures)


def _evidence(papers: _Papers) -> bytes:
    found = [
        (ruling.criterion.clause, words.evidence(one, papers.uploads))
        for ruling in papers.who.rulings
        for one in ruling.evidence
    ]
    rows = tuple((str(n), criterion, proof) for n, (criterion, proof) in enumerate(found, start=1))
    return _workbook(papers, words.EVIDENCE_TITLE, Table("", words.EVIDENCE_HEADINGS, rows))


_WORKBOOKS: Mapping[str, Callable[[_Papers], bytes]] = {FIGURES: _annex, EVIDENCE: _evidence}


def _workbook(papers: _Papers, title: str, table: Table) -> bytes:
    """One printed sheet with a title, whose cells keep their types."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"title": title, "author": papers.plan.issuer, "created": papers.made_at})
    sheet = book.add_worksheet(words.SHEET)
    look = {"font_name": _FONT, "font_size": 11, "valign": "vcenter"}
    bold = book.add_format({**look, "font_size": 13, "bold": True})
    plain, small = book.add_format(look), book.add_format({**look, "italic": True})
    head = {**look, "bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#E3EAF2"}
    lines = [(title, bold), (papers.who.name, bold), (words.movement(papers.plan, papers.year), plain)]
    lines += [(vi.ILLUSTRATIVE, bold)] if papers.illustrative else []
    for place, (line, style) in enumerate(lines):
        sheet.write_string(place, 0, line, style)
    top = len(lines) + 1
    heading = book.add_format(head)
    widths = _widths(table)
    for column, (words_of, width) in enumerate(zip(table.headings, widths, strict=True)):
        sheet.write_string(top, column, words_of, heading)
        sheet.set_column(column, column, width)
    sheet.set_row(top, _LINE * _lines(table.headings, widths))
    styles: dict[str, Format] = {}
    for place, row in enumerate(table.rows, start=top + 1):
        sheet.set_row(place, _LINE * _lines(row, widths))
        for column, value in enumerate(row):
            _write(book, sheet, styles, place, column, value)
    sheet.write_string(top + len(table.rows) + 2, 0, papers.mark, small)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)
    book.close()
    return out.getvalue()


def _widths(table: Table) -> list[int]:
    """As wide as the longest cell, but no wider than the page has room for; a heading may break in two."""
    widest = min(_WIDEST, max(2 * _PAGE // (3 * len(table.headings)), 2 * _NARROWEST))
    longest = [
        max((len(_shown(row[column])) for row in table.rows), default=0)
        for column in range(len(table.headings))
    ]
    wanted = (max(_NARROWEST, n + 1, len(h) // 2 + 2) for h, n in zip(table.headings, longest, strict=True))
    return [min(width, 2 * widest if len(table.headings) < 6 else widest) for width in wanted]


def _lines(row: Sequence[Value], widths: Sequence[int]) -> int:
    """How many lines the highest cell takes: Excel does not fit rows that a program wrote."""
    return max(
        (len(wrap(_shown(value), max(width - 1, 1))) for value, width in zip(row, widths, strict=True)),
        default=1,
    )


def _shown(value: Value) -> str:
    return "" if value is None else on_screen(value)


def _write(
    book: Workbook, sheet: Worksheet, styles: dict[str, Format], row: int, column: int, value: Value
) -> None:
    shown = value.shown if isinstance(value, Figure) else None
    number_format = "@"
    if shown is not None:
        decimals = max(-int(shown.as_tuple().exponent), 0)
        number_format = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    elif isinstance(value, date):
        number_format = "dd/mm/yyyy"
    if number_format not in styles:
        look = {"font_name": _FONT, "font_size": 11, "border": 1, "valign": "vcenter", "text_wrap": True}
        styles[number_format] = book.add_format({**look, "num_format": number_format})
    style = styles[number_format]
    if shown is not None:
        sheet.write_number(row, column, Decimal(shown), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), style)
    elif isinstance(value, str) and value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


# --- what a template is tried with ---


def _examples() -> Iterator[_Papers]:
    """Papers that have one of everything, and papers that have nothing."""
    day = date(2022, 12, 31)
    room = Room("x", "x", ())
    plan = Plan(
        code="x",
        title="x",
        number="",
        issuer="x",
        issued="",
        legal_basis=("x",),
        province="x",
        start=day,
        end=day,
        dossier_before=None,
        as_of_day=1,
        report_day=1,
        indicators=(),
        reporters=(),
        rooms=(room,),
        tasks=(),
        components=(Component("x", "x", "y", per_nominee=False),),
    )
    criterion = Criterion("x", Nominee.COLLECTIVE, "x", "x", Rule.JUDGEMENT, "x")
    waiting: tuple[Reason, ...] = (CouncilAwaited(),)
    ruling = Ruling(
        "x", "x", Nominee.COLLECTIVE, criterion, Verdict.UNDECIDED, waiting, (), Council.AWAITED, None
    )
    form = Form("x", "x", "x", day, None, "x")
    for rulings, rows, forms in (((ruling,), (("x",) * 9,), (form,)), ((), (), ())):
        who = _Nominee("x", "x", Nominee.COLLECTIVE, room, None, rulings)
        table = Table("x", ("x",) * 9, rows)
        yield _Papers(plan, day.year, who, table, {}, forms, Path(), day, illustrative=bool(rulings))
