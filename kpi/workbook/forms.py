"""Blank forms: an .xlsx a clerk likes to fill in, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as Box
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kpi import vi
from kpi.model import Entry, Indicator, Level, Plan, Quarter, Reading, Reporter, Unit
from kpi.units import Units
from kpi.workbook.layout import (
    DAY,
    FONT,
    GREY,
    SUBHEADING,
    add_rule,
    fill_in,
    head,
    height_of,
    page_setup,
    text,
)

KEY_SHEET = "_khoa"
KEY_MARK = "kpi-form"
KEY_ROWS = 4
"""After mark, plan, reporter and quarter come the places to fill in."""
VERSION = "1"
TITLE_ROWS = 6
UNIT_WIDTH = 25

_DOUBTFUL = PatternFill("solid", bgColor="F8CBAD")
# Fixed, so that one plan, reporter and quarter always give one file. Zip knows no earlier day.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Form:
    plan: Plan
    units: Units
    reporter: Reporter
    quarter: Quarter
    held: Sequence[Reading]
    inputs: list[tuple[str, ...]] = field(default_factory=list)
    """Indicator, unit, sheet and addresses of every place to fill in, for the key."""

    @property
    def year(self) -> int:
        return self.plan.year_of(self.quarter)

    def before(self, indicator: Indicator, unit: Unit) -> str:
        """What was reported for the quarter before; of a ranking the edition before."""
        mine = [r for r in self.held if (r.indicator, r.unit) == (indicator.number, unit.code)]
        if indicator.entry is Entry.RANK:
            known = {e.year: e.rank for e in indicator.editions}
            known |= {r.edition: int(r.value) for r in mine if r.edition and r.value is not None}
            earlier = [year for year in known if year < self.year - 1]
            last = max(earlier, default=None)
            return "" if last is None else vi.figure(indicator, Fraction(known[last]), edition=last)
        return next((vi.entered(indicator, r) for r in mine if r.quarter == self.quarter.previous), "")


@dataclass(frozen=True, slots=True)
class _Page:
    """One sheet: the units of one level and what is asked of them."""

    title: str
    level: Level
    units: tuple[Unit, ...]
    indicators: tuple[Indicator, ...]

    @property
    def long(self) -> bool:
        """One unit reads best downwards, but a yes or no needs a column of its own."""
        return len(self.units) == 1 and all(i.entry is not Entry.YES_NO for i in self.indicators)


def blank(
    plan: Plan, units: Units, reporter: Reporter, quarter: Quarter, held: Iterable[Reading] = ()
) -> bytes:
    """The form of a reporter for a quarter; `held` fills the grey column of the quarter before."""
    form = _Form(plan, units, reporter, quarter, tuple(held))
    book = Workbook()
    book.remove(book.active)
    pages = tuple(_pages(form))
    for place, page in enumerate(pages):
        sheet = book.create_sheet(page.title)
        bottom, right = _long(form, page, sheet) if page.long else _wide(form, page, sheet)
        _title(form, sheet, right, with_day=place == 0)
        _finish(form, sheet, bottom, right, 8 if page.long else 9)
    _guide(form, book.create_sheet(vi.GUIDE_SHEET))
    _key(form, book.create_sheet(KEY_SHEET))
    return save(book, plan.as_of(quarter))


def save(book: Workbook, day: date) -> bytes:
    """The bytes of a workbook without the time at which they were made."""
    made = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Excel's own times have no zone
    book.properties.creator = "KPI"
    book.properties.created = made
    raw, steady = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}".encode()
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, part)
    return steady.getvalue()


def _pages(form: _Form) -> Iterator[_Page]:
    """A sheet for each level of the duties; a ranking has its own columns and so its own sheet."""
    groups: dict[tuple[Level, bool], tuple[dict[str, None], dict[str, None]]] = {}
    for duty in form.reporter.duties:
        level = form.units.get(duty.unit).level
        ranked = form.plan.indicator(duty.indicator).entry is Entry.RANK
        units, indicators = groups.setdefault((level, ranked), ({}, {}))
        units[duty.unit] = None
        indicators[duty.indicator] = None
    order = [i.number for i in form.plan.indicators]
    for (level, ranked), (codes, numbers) in groups.items():
        yield _Page(
            vi.RANK_SHEET if ranked else vi.LEVEL_SHEET[level],
            level,
            tuple(form.units.get(code) for code in codes),
            tuple(form.plan.indicator(n) for n in sorted(numbers, key=order.index)),
        )


def _asked(form: _Form, indicator: Indicator, unit: Unit) -> bool:
    return any((d.indicator, d.unit) == (indicator.number, unit.code) for d in form.reporter.duties)


# The wide shape: a row per unit, the columns of an indicator under its name.


def _wide(form: _Form, page: _Page, sheet: Worksheet) -> tuple[int, int]:
    top, first = TITLE_ROWS + 1, TITLE_ROWS + 3
    last = first + len(page.units) - 1
    for column, (words, width) in enumerate(
        ((vi.ORDER, 5), (vi.CODE, 9), (vi.UNIT_OF_LEVEL[page.level], UNIT_WIDTH)), start=1
    ):
        head(sheet, top, column, words, down=1)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for place, unit in enumerate(page.units):
        text(sheet.cell(first + place, 1, place + 1), center=True)
        text(sheet.cell(first + place, 2, unit.code), center=True)
        text(sheet.cell(first + place, 3, unit.title))
        sheet.row_dimensions[first + place].height = height_of(unit.title, UNIT_WIDTH, 11)
    bottom = last
    if len(page.units) > 1:
        bottom = last + 1
        _total_row(page, sheet, bottom)
    column = 4
    heights = []
    for indicator in page.indicators:
        column, height = _wide_indicator(form, page, sheet, indicator, column, first)
        heights.append(height)
    head(sheet, top, column, vi.NOTES, down=1)
    sheet.column_dimensions[get_column_letter(column)].width = 17
    for row in range(first, last + 1):
        fill_in(sheet.cell(row, column))
    sheet.row_dimensions[top].height = max(h for h, _ in heights)
    sheet.row_dimensions[top + 1].height = max(h for _, h in heights)
    sheet.freeze_panes = sheet.cell(first, 4)
    return bottom, column


def _total_row(page: _Page, sheet: Worksheet, row: int) -> None:
    right = 4 + sum(len(_parts(indicator)) for indicator in page.indicators)
    sheet.cell(row, 1, vi.TOTAL)
    for column in range(1, right + 1):
        text(sheet.cell(row, column), bold=True, center=column != 1)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)


def _wide_indicator(
    form: _Form, page: _Page, sheet: Worksheet, indicator: Indicator, column: int, first: int
) -> tuple[int, tuple[float, float]]:
    """Return the next free column and the heights that the two headings need."""
    parts = _parts(indicator)
    widths = [width for _, width in parts]
    top, last = first - 2, first + len(page.units) - 1
    head(sheet, top, column, vi.heading_with_target(indicator), across=len(parts) - 1)
    for place, (words, width) in enumerate(parts):
        head(sheet, first - 1, column + place, words, fill=SUBHEADING, size=10)
        sheet.column_dimensions[get_column_letter(column + place)].width = width
    for place, unit in enumerate(page.units):
        if _asked(form, indicator, unit):
            _wide_cells(form, sheet, indicator, unit, first + place, column)
        else:
            for c in range(column, column + len(parts)):
                text(sheet.cell(first + place, c))
    _validate(form, sheet, indicator, column, first, last)
    if len(page.units) > 1:
        _wide_total(sheet, indicator, column, first, last)
    heading = height_of(vi.heading_with_target(indicator), sum(widths), 11)
    return column + len(parts), (heading, max(height_of(words, width, 10) for words, width in parts))


def _parts(indicator: Indicator) -> tuple[tuple[str, float], ...]:
    """Subheading and width of each column."""
    if indicator.entry is Entry.YES_NO:
        return (vi.BEFORE, 8.5), (vi.meaning(vi.NOW, vi.question(indicator.numerator)), 17)
    if indicator.entry is Entry.RANK:
        return (vi.RANK_BEFORE, 16), (vi.EDITION, 12), (vi.RANK, 12)
    return (
        (vi.BEFORE, 11),
        (vi.meaning(vi.NUMERATOR, indicator.numerator), 15.5),
        (vi.meaning(vi.DENOMINATOR, indicator.denominator), 15.5),
        (vi.SHARE, 9),
    )


def _wide_cells(
    form: _Form, sheet: Worksheet, indicator: Indicator, unit: Unit, row: int, column: int
) -> None:
    _before(sheet.cell(row, column), form.before(indicator, unit))
    asked = 1 if indicator.entry is Entry.YES_NO else 2
    boxes = [sheet.cell(row, column + place) for place in range(1, asked + 1)]
    form.inputs.append((indicator.number, unit.code, sheet.title, *(box.coordinate for box in boxes)))
    for box in boxes:
        fill_in(box, number_format=_number_format(indicator), center=asked == 1)
    if indicator.entry is Entry.YES_NO:
        return
    if indicator.entry is Entry.RANK:
        sheet.cell(row, column + 1).value = form.year - 1
        return
    _share(sheet.cell(row, column + 3), sheet.cell(row, column + 1), sheet.cell(row, column + 2))


def _wide_total(sheet: Worksheet, indicator: Indicator, column: int, first: int, last: int) -> None:
    def over(place: int) -> str:
        letter = get_column_letter(column + place)
        return f"{letter}{first}:{letter}{last}"

    row = last + 1
    if indicator.entry is Entry.YES_NO:
        sheet.cell(row, column + 1).value = f'=IF(COUNTA({over(1)})=0,"",COUNTIF({over(1)},"{vi.YES}"))'
    elif indicator.entry is Entry.FRACTION:
        for place in (1, 2):
            box = sheet.cell(row, column + place)
            box.value = f'=IF(COUNT({over(place)})=0,"",SUM({over(place)}))'
            box.number_format = _number_format(indicator)
        _share(
            sheet.cell(row, column + 3), sheet.cell(row, column + 1), sheet.cell(row, column + 2), bold=True
        )


# The long shape: a row per indicator, for one unit.


def _long(form: _Form, page: _Page, sheet: Worksheet) -> tuple[int, int]:
    ranked = page.indicators[0].entry is Entry.RANK
    headings: tuple[tuple[str, float], ...] = (
        (vi.ORDER, 5),
        (vi.INDICATOR, 62),
        (vi.UNIT, 20),
        (vi.UNIT_OF_MEASURE, 7),
        (vi.year_target(form.year), 13),
        *(
            ((vi.RANK_BEFORE, 16), (vi.EDITION, 12), (vi.RANK, 12))
            if ranked
            else ((vi.BEFORE, 16), (vi.NUMERATOR, 13), (vi.DENOMINATOR, 13), (vi.SHARE, 10))
        ),
        (vi.NOTES, 24),
    )
    top, first = TITLE_ROWS + 1, TITLE_ROWS + 2
    for column, (words, width) in enumerate(headings, start=1):
        head(sheet, top, column, words)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[top].height = 34
    for place, indicator in enumerate(page.indicators):
        _long_row(form, sheet, indicator, page.units[0], first + place, place + 1)
        _validate(form, sheet, indicator, 6, first + place, first + place)
        fill_in(sheet.cell(first + place, len(headings)))
    sheet.freeze_panes = sheet.cell(first, 3)
    return first + len(page.indicators) - 1, len(headings)


def _long_row(form: _Form, sheet: Worksheet, indicator: Indicator, unit: Unit, row: int, order: int) -> None:
    words = vi.heading_with_parts(indicator) if indicator.denominator else vi.heading(indicator)
    text(sheet.cell(row, 1, order), center=True)
    text(sheet.cell(row, 2, words))
    text(sheet.cell(row, 3, unit.title))
    text(sheet.cell(row, 4, indicator.unit_of_measure), center=True)
    text(sheet.cell(row, 5, vi.target(indicator) if indicator.target else None), center=True)
    _wide_cells(form, sheet, indicator, unit, row, 6)
    sheet.row_dimensions[row].height = max(height_of(words, 62, 11), height_of(unit.title, 20, 11), 34)


# What both shapes share.


def _validate(
    form: _Form, sheet: Worksheet, indicator: Indicator, column: int, first: int, last: int
) -> None:
    if indicator.entry is Entry.YES_NO:
        rule = DataValidation("list", formula1=f'"{vi.YES},{vi.NO}"')
        add_rule(sheet, rule, vi.ask_yes_or_no(), column + 1, first, last)
        return
    if indicator.entry is Entry.RANK:
        years = tuple(range(form.year - 2, form.year + 1))
        rule = DataValidation("list", formula1=f'"{",".join(map(str, years))}"')
        add_rule(sheet, rule, vi.ask_edition(years), column + 1, first, last)
        rule = DataValidation("whole", operator="greaterThanOrEqual", formula1="1")
        add_rule(sheet, rule, vi.ask_rank(), column + 2, first, last)
        return
    for place, part in ((1, vi.NUMERATOR), (2, vi.DENOMINATOR)):
        whole = indicator.decimals == 0
        rule = DataValidation("whole" if whole else "decimal", operator="greaterThanOrEqual", formula1="0")
        words = vi.ask_whole(part) if whole else vi.ask_decimal(part, indicator.decimals, indicator.things)
        add_rule(sheet, rule, words, column + place, first, last)
    over, under = (f"${get_column_letter(column + place)}{first}" for place in (1, 2))
    area = f"{get_column_letter(column + 1)}{first}:{get_column_letter(column + 1)}{last}"
    above = CellIsRule(operator="greaterThan", formula=[f'IF({under}="",{over},{under})'], fill=_DOUBTFUL)
    sheet.conditional_formatting.add(area, above)


def _title(form: _Form, sheet: Worksheet, right: int, *, with_day: bool) -> None:
    """Six rows over the table: title, plan, sender, day, legend, and air."""
    rows = (
        (vi.form_title(form.quarter), 14),
        (form.plan.title, 12),
        (f"{vi.SENDER} {form.reporter.name}", 12),
    )
    for row, (words, size) in enumerate(rows, start=1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=right)
        box = sheet.cell(row, 1, words)
        box.font = Font(name=FONT, size=size, bold=True)
        box.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    width = sum(sheet.column_dimensions[get_column_letter(c)].width for c in range(1, right + 1))
    sheet.row_dimensions[1].height = 24
    sheet.row_dimensions[2].height = height_of(form.plan.title, width, 12)
    sheet.row_dimensions[3].height = 20
    # The frozen part must leave room for the rows that are filled in.
    sheet.row_dimensions[4].height = sheet.row_dimensions[6].height = 6
    legend = sheet.cell(5, 1, vi.LEGEND)
    legend.font = Font(name=FONT, size=10, italic=True, color=GREY)
    if with_day:
        _cut_off(form, sheet)


def _cut_off(form: _Form, sheet: Worksheet) -> None:
    label = sheet.cell(4, 1, vi.AS_OF)
    label.font = Font(name=FONT, size=11)
    sheet.merge_cells(start_row=4, start_column=1, end_row=4, end_column=2)
    label.alignment = Alignment(horizontal="left", vertical="center", wrap_text=True)
    box = sheet.cell(4, 3, form.plan.as_of(form.quarter))
    fill_in(box, number_format=DAY)
    box.alignment = Alignment(horizontal="left", vertical="center")
    sheet.row_dimensions[4].height = 32
    days = (form.quarter.first_day, form.quarter.last_day)
    first, last = (f"DATE({d.year},{d.month},{d.day})" for d in days)
    rule = DataValidation("date", operator="between", formula1=first, formula2=last)
    rule.errorStyle = "warning"
    add_rule(sheet, rule, vi.ask_as_of(form.quarter), 3, 4, 4)


def _finish(form: _Form, sheet: Worksheet, bottom: int, right: int, first: int) -> None:
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.print_title_rows = f"{TITLE_ROWS + 1}:{first - 1}"
    sheet.print_area = f"A1:{get_column_letter(right)}{bottom}"
    page_setup(sheet, landscape=True)
    sheet.oddHeader.left.text = form.reporter.name.replace("&", "&&")
    sheet.oddHeader.right.text = vi.quarter(form.quarter)
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_view.showGridLines = False


def _guide(form: _Form, sheet: Worksheet) -> None:
    for letter, width in (("A", 38), ("B", 22), ("C", 78)):
        sheet.column_dimensions[letter].width = width
    sheet.cell(1, 1, vi.GUIDE_TITLE).font = Font(name=FONT, size=14, bold=True)
    row = 2
    due, as_of = form.plan.due(form.quarter), form.plan.as_of(form.quarter)
    for heading, words in vi.guide(form.quarter, due, as_of):
        for line, bold in ((heading, True), (words, False)):
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
            box = sheet.cell(row, 1, line)
            box.font = Font(name=FONT, size=12, bold=bold)
            box.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[row].height = height_of(line, 138, 12)
            row += 1
    sheet.cell(row, 1, vi.GUIDE_INDICATORS).font = Font(name=FONT, size=12, bold=True)
    row += 1
    for column, words in enumerate(vi.GUIDE_HEADINGS, start=1):
        head(sheet, row, column, words)
    asked = {d.indicator for d in form.reporter.duties}
    for indicator in (i for i in form.plan.indicators if i.number in asked):
        row += 1
        cells = (vi.heading(indicator), vi.asks_for(indicator), vi.meanings(indicator))
        for column, (words, width) in enumerate(zip(cells, (38, 22, 78), strict=True), start=1):
            text(sheet.cell(row, column, words))
            height = sheet.row_dimensions[row].height or 0
            sheet.row_dimensions[row].height = max(height, height_of(words, width, 11))
    sheet.protection.sheet = True
    page_setup(sheet, landscape=False)


def _key(form: _Form, sheet: Worksheet) -> None:
    """What the reader goes by before it goes by titles."""
    rows = (
        (KEY_MARK, VERSION),
        ("plan", form.plan.code),
        ("reporter", form.reporter.code),
        ("quarter", str(form.quarter)),
    )
    for row in (*rows, *form.inputs):
        sheet.append(row)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _before(box: Box, words: str) -> None:
    box.value = words or None
    text(box, center=True)
    box.font = Font(name=FONT, size=10, italic=True, color=GREY)


def _share(box: Box, numerator: Box, denominator: Box, *, bold: bool = False) -> None:
    """Derived and cut, never rounded up: 95,96 % may not be shown as 96 %."""
    over, under = numerator.coordinate, denominator.coordinate
    box.value = f'=IF(OR({over}="",{under}=""),"",IF({under}=0,"",ROUNDDOWN({over}/{under},4)))'
    box.number_format = "0.00%"
    text(box, bold=bold, center=True)
    box.data_type = "f"


def _number_format(indicator: Indicator) -> str:
    if indicator.entry is Entry.RANK:
        return "0"
    # A pattern with optional decimals prints a lonely comma behind whole numbers.
    return "General" if indicator.decimals else "#,##0"
