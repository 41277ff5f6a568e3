"""A report as an Excel workbook: the forms an office prints, and real charts. Every cell keeps its type."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from textwrap import wrap
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kpi import vi
from kpi.export.report import Course, Report, Stamp
from kpi.export.tables import Figure, Table, Value, on_screen
from kpi.model import Period
from kpi.vi import report as words

_FONT = "Times New Roman"
_A4 = 9
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
# Widths of columns, in digits.
_NARROWEST, _SHORT, _CENTRED, _WIDEST = 9, 14, 20, 30
# Points of one line of text.
_LINE = 15
# Charts in pixels, and in rows of 20 pixels: two beside each other, two rows of them on a page.
_CHART_WIDTH, _CHART_HEIGHT, _CHART_GAP, _CHART_ROWS, _BESIDE, _ROWS_ON_PAGE = 480, 285, 10, 15, 2, 2
_CHART_COLUMNS = (6, 48, 14, 14)
_CHART_NUMBER, _CHART_SCALE = 13, 90
_BLUE, _RED = "#9DC3E6", "#C00000"


def workbook(report: Report, stamp: Stamp) -> bytes:
    """The same report and stamp always give the same bytes."""
    out = io.BytesIO()
    # Columns are measured in digits of the default font, so it has to be the one that is written.
    look = {"font_name": _FONT, "font_size": 11}
    book = Workbook(
        out,
        {
            "in_memory": True,
            "default_format_properties": look,
            "default_row_height": 20,
            "default_column_width": 64,
        },
    )
    _describe(book, report, stamp)
    _Forms(book, report, stamp).fill()
    book.close()
    return out.getvalue()


def _describe(book: Workbook, report: Report, stamp: Stamp) -> None:
    period = Period.parse(report.period)
    book.set_properties(
        {
            "title": words.heading(period),
            "subject": report.title,
            "author": report.issuer,
            "company": report.issuer,
            "comments": words.export_mark(stamp.id, stamp.figures_sha256, stamp.plan_sha256),
            "created": stamp.made_at,
        }
    )


def _sheet_names(titles: Iterable[str]) -> Iterator[str]:
    """A name for each that Excel accepts, no two alike whatever their case."""
    taken: set[str] = set()
    for title in titles:
        plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip("'") or "–"
        name, count = plain[:_LONGEST_NAME].strip(), 1
        while name.casefold() in taken:
            count += 1
            end = f" ({count})"
            name = plain[: _LONGEST_NAME - len(end)].strip() + end
        taken.add(name.casefold())
        yield name


@dataclass(frozen=True, slots=True)
class _Styles:
    """Formats are of one workbook and made once each."""

    book: Workbook
    made: dict[tuple[tuple[str, object], ...], Format]

    def __call__(self, **look: object) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(
                {"font_name": _FONT, "font_size": 11, "valign": "vcenter", **look}
            )
        return self.made[key]

    def cell(self, value: Value, align: str) -> Format:
        """How a cell of a table looks: a number with just the decimals it is shown with."""
        look: dict[str, object] = {"border": 1, "text_wrap": True, "align": align}
        # Keeps a text off the number that stands right-aligned before it.
        look |= {"indent": 1} if align == "left" else {}
        match value:
            case Figure():
                look |= {"num_format": _number_format(value.shown), "align": "right", "indent": 0}
            case date():
                look |= {"num_format": "dd/mm/yyyy", "align": "center", "indent": 0}
        return self(**look)


def _number_format(shown: Decimal) -> str:
    decimals = max(-int(shown.as_tuple().exponent), 0)
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")


class _Forms:
    """Lays the sheets out, one after the other."""

    def __init__(self, book: Workbook, report: Report, stamp: Stamp) -> None:
        self.book = book
        self.report = report
        self.stamp = stamp
        self.period = Period.parse(report.period)
        self.mark = words.export_mark(stamp.id, stamp.figures_sha256, stamp.plan_sha256)
        self.style = _Styles(book, {})

    def fill(self) -> None:
        report = self.report
        own = (words.SUMMARY_SHEET, words.MATRIX_SHEET, words.CHART_SHEET)
        names = _sheet_names((*own, *(annex.title for annex in report.annexes)))
        sheets = [self._sheet(name) for name in names]
        self._summary(sheets[0])
        self._single(sheets[1], report.matrix)
        self._charts(sheets[2])
        for sheet, annex in zip(sheets[3:], report.annexes, strict=True):
            self._annex(sheet, annex.own, annex.communes)

    def _sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.7)
        sheet.hide_gridlines(2)
        face = f'&"{_FONT},Regular"&9'
        made = f"{vi.ILLUSTRATIVE} · {self.mark}" if self.report.illustrative else self.mark
        sheet.set_footer(f"&L{face}{made}&R{face}{words.page('&P', '&N')}")
        return sheet

    def _summary(self, sheet: Worksheet) -> None:
        table = self.report.summary
        heading, after = self._form(sheet, table, _widths(table))
        sheet.freeze_panes(heading + 1, 2)
        last = self._sign(sheet, after + 1, len(table.headings))
        self._print(sheet, last, len(table.headings), heading)

    def _single(self, sheet: Worksheet, table: Table) -> None:
        heading, after = self._form(sheet, table, _widths(table))
        sheet.freeze_panes(heading + 1, 1)
        self._print(sheet, after, len(table.headings), heading)

    def _annex(self, sheet: Worksheet, own: Table, communes: Table | None) -> None:
        """The communes get a first column with their order, so that both tables share the columns' widths."""
        below = None if communes is None else _numbered(communes)
        widths = _widths(own)
        widths += _widths(below)[len(widths) :] if below else []
        heading, after = self._form(sheet, own, widths)
        if below is None:
            self._print(sheet, after, len(own.headings), heading)
        else:
            self._title(sheet, after + 1, len(own.headings), below.title, size=12)
            notes = len(below.headings) - 1
            spread = next(
                (n for n in range(notes, len(widths)) if sum(widths[notes : n + 1]) >= _WIDEST), notes
            )
            _, last = self._table(sheet, after + 2, below, widths, spread)
            self._print(sheet, last, len(widths), None)
        sheet.freeze_panes(0, 2)

    def _form(self, sheet: Worksheet, table: Table, widths: Sequence[int]) -> tuple[int, int]:
        """Head, title and table."""
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        row = self._head(sheet, widths[: len(table.headings)])
        row = self._title(sheet, row, len(table.headings), table.title)
        return self._table(sheet, row + 1, table, widths)

    def _head(self, sheet: Worksheet, widths: Sequence[int]) -> int:
        """Who issues it on the left, country and motto on the right."""
        report = self.report
        left = _first_part(widths)
        issuer = words.short_issuer(report.issuer, report.superior, report.province)
        last = len(widths) - 1
        lines = (
            (report.superior.upper(), words.COUNTRY, False),
            (issuer.upper(), words.MOTTO, True),
        )
        for row, (ours, country, underlined) in enumerate(lines):
            for first, end, text in ((0, left - 1, ours), (left, last, country)):
                bold = text != report.superior.upper()
                look = self.style(bold=bold, align="center", underline=int(underlined), font_size=12)
                _across(sheet, row, first, end, text, look)
        return len(lines) + 1

    def _title(self, sheet: Worksheet, row: int, columns: int, title: str, size: int = 14) -> int:
        plan = words.under(self.report.title, self.report.number, self.report.issued)
        centred: dict[str, object] = {"align": "center", "text_wrap": True}
        lines = [(title.upper(), self.style(bold=True, font_size=size, **centred), size + 6)]
        if size > 12:
            lines.append((plan, self.style(italic=True, **centred), 18))
            if self.report.illustrative:
                lines.append(
                    (vi.ILLUSTRATIVE, self.style(bold=True, italic=True, font_color=_RED, **centred), 18)
                )
        for number, (text, look, height) in enumerate(lines, row):
            sheet.set_row(number, height)
            _across(sheet, number, 0, columns - 1, text, look)
        return row + len(lines)

    def _table(
        self, sheet: Worksheet, row: int, table: Table, widths: Sequence[int], spread: int = 0
    ) -> tuple[int, int]:
        """The row of the headings, and the row after the table; its last column reaches as far as column `spread`."""
        head = self.style(bold=True, align="center", text_wrap=True, border=1, bg_color="#E8EEF6")
        centred, last = _centred(table), len(table.headings) - 1
        room = [*widths[:last], sum(widths[last : max(spread, last) + 1])]
        sheet.set_row(row, _height(table.headings, room))
        if spread > last:
            sheet.merge_range(row, last, row, spread, "", head)
        for column, heading in enumerate(table.headings):
            sheet.write_string(row, column, heading, head)
        for number, line in enumerate(table.rows, row + 1):
            sheet.set_row(number, _height(line, room))
            for column, value in enumerate(line):
                if column == last and spread > column:
                    sheet.merge_range(number, column, number, spread, "", self.style.cell(value, "left"))
                self._write(sheet, number, column, value, column in centred)
        return row, row + len(table.rows) + 1

    def _write(self, sheet: Worksheet, row: int, column: int, value: Value, centred: bool) -> None:
        look = self.style.cell(value, align="center" if centred else "left")
        match value:
            case None:
                sheet.write_blank(row, column, None, look)
            case Figure(_, shown):
                sheet.write_number(row, column, shown, look)
            case date():
                sheet.write_datetime(row, column, value, look)
            case str():
                sheet.write_string(row, column, value, look)

    def _sign(self, sheet: Worksheet, row: int, columns: int) -> int:
        """Two signatures; below them what the sheet is found again by."""
        half = columns // 2
        centred = self.style(align="center")
        bold = self.style(align="center", bold=True)
        italic = self.style(align="center", italic=True)
        day = words.dated(self.report.place, words.today(self.stamp.made_at))
        right = half, columns - 1
        left = 0, half - 1
        for offset, (first, end), text, look in (
            (0, right, day, italic),
            (1, left, words.MADE_BY, bold),
            (1, right, words.HEAD_OF_OFFICE, bold),
            (2, left, words.SIGNED, italic),
            (2, right, words.SIGNED_AND_SEALED, italic),
            (7, right, self.report.signer, bold),
            (7, left, "", centred),
        ):
            _across(sheet, row + offset, first, end, text, look)
        made = words.made(self.mark, self.stamp.made_at, self.stamp.person)
        sheet.write_string(row + 9, 0, made, self.style(font_size=9, italic=True))
        return row + 9

    def _print(self, sheet: Worksheet, last: int, columns: int, heading: int | None) -> None:
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, last, columns - 1)
        if heading is not None:
            sheet.repeat_rows(heading)

    def _charts(self, sheet: Worksheet) -> None:
        """Charts above, and their figures in cells below; both go onto paper as they stand."""
        drawn = [c for c in self.report.courses if any(value is not None for value in c.values)]
        labels = drawn[0].labels if drawn else ()
        widths = [*_CHART_COLUMNS, *(_CHART_NUMBER for _ in range(max(len(labels), 4)))]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        top = self._title(sheet, 0, len(widths), words.charts_title(self.report.province, self.period)) + 1
        if not drawn:
            _across(sheet, top, 0, len(widths) - 1, words.NO_CHARTS, self.style(align="center"))
        rows = -(-len(drawn) // _BESIDE)
        figures = top + rows * _CHART_ROWS
        # Excel heeds page breaks only without "fit to page".
        pages = range(_ROWS_ON_PAGE, rows, _ROWS_ON_PAGE)
        sheet.set_h_pagebreaks([*(top + n * _CHART_ROWS for n in pages), figures])
        sheet.set_print_scale(_CHART_SCALE)
        if drawn:
            self._figures(sheet, figures, widths, drawn)
        for place, course in enumerate(drawn):
            down, beside = divmod(place, _BESIDE)
            chart = self._chart(sheet.get_name(), figures + 1, figures + 2 + place * 2, course)
            place_of = {"x_offset": beside * (_CHART_WIDTH + _CHART_GAP), "y_offset": 5, "object_position": 3}
            sheet.insert_chart(top + down * _CHART_ROWS, 0, chart, place_of)
        sheet.print_area(0, 0, figures + 1 + 2 * len(drawn), len(widths) - 1)

    def _figures(self, sheet: Worksheet, row: int, widths: Sequence[int], drawn: Sequence[Course]) -> None:
        """Two lines a chart, what was reached and what was asked for."""
        self._title(sheet, row, len(widths), words.CHART_FIGURES, size=12)
        lines: list[tuple[Value, ...]] = []
        for course in drawn:
            what = course.number, course.name, course.unit_of_measure
            lines += [
                (*what, words.RESULT, *course.values),
                (*what, words.TARGET, *(course.target for _ in course.values)),
            ]
        headings = (*words.CHART_HEADINGS, *drawn[0].labels)
        self._table(sheet, row + 1, Table("", headings, tuple(lines)), widths)

    def _chart(self, sheet: str, labels: int, row: int, course: Course) -> Chart:
        """`labels` and `row` are where the names of the quarters and the course's results stand."""
        first = len(_CHART_COLUMNS)
        last = first + len(course.values) - 1
        chart: Any = self.book.add_chart({"type": "column"})
        font = {"name": _FONT, "size": 9}
        common: dict[str, object] = {"categories": [sheet, labels, first, labels, last]}
        chart.add_series(
            common
            | {
                "name": words.RESULT,
                "values": [sheet, row, first, row, last],
                "fill": {"color": _BLUE},
                "gap": 80,
                "data_labels": {
                    "value": True,
                    "position": "inside_base",
                    "font": font | {"bold": True},
                },
            }
        )
        if course.target is not None:
            # The line is labelled once, at its end.
            hidden: list[dict[str, object]] = [{"delete": True} for _ in course.values[1:]]
            line: Any = self.book.add_chart({"type": "line"})
            line.add_series(
                common
                | {
                    "name": words.TARGET,
                    "values": [sheet, row + 1, first, row + 1, last],
                    "line": {"color": _RED, "width": 2, "dash_type": "dash"},
                    "data_labels": {
                        "value": True,
                        "position": "above",
                        "custom": [*hidden, {}],
                        "font": font | {"color": _RED, "bold": True},
                    },
                }
            )
            chart.combine(line)
        chart.set_title(
            {
                "name": f"{course.number}. {course.name}",
                "name_font": {"name": _FONT, "size": 11},
                "overlay": False,
            }
        )
        chart.set_x_axis({"num_font": font, "name_font": font})
        chart.set_y_axis(
            {
                "min": 0,
                "name": course.unit_of_measure,
                "name_font": font | {"bold": False},
                "num_font": font,
                "num_format": "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            }
        )
        chart.set_legend({"position": "bottom", "font": font})
        chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
        chart.show_blanks_as("gap")
        return chart


def _across(sheet: Worksheet, row: int, first: int, last: int, text: str, look: Format) -> None:
    """Text over several columns; it stays text whatever it begins with."""
    if first < last:
        sheet.merge_range(row, first, row, last, "", look)
    sheet.write_string(row, first, text, look)


def _numbered(table: Table) -> Table:
    rows = tuple((str(order), *row) for order, row in enumerate(table.rows, 1))
    return Table(table.title, (vi.ORDER, *table.headings), rows)


def _first_part(widths: Sequence[int]) -> int:
    """How many columns make up the left part of the head."""
    gone, half = 0, sum(widths) * 9 // 20
    for count, width in enumerate(widths[:-1], 1):
        gone += width
        if gone > half:
            return max(count, 1)
    return max(len(widths) - 1, 1)


def _widths(table: Table) -> list[int]:
    """Wide enough for the longest word and number of each column; long texts wrap."""
    return [_width(table, column) for column in range(len(table.headings))]


def _width(table: Table, column: int) -> int:
    cells = [row[column] for row in table.rows]
    texts = [cell for cell in cells if isinstance(cell, str)]
    others = [len(on_screen(cell)) + 2 for cell in cells if not isinstance(cell, str)]
    longest_word = max((len(w) for t in (*texts, table.headings[column]) for w in t.split()), default=0)
    text = max((len(t) for t in texts), default=0)
    wanted = text + 1 if text <= _SHORT else max(_SHORT, text * 2 // 3)
    least = 5 if column == 0 and text <= 3 else _NARROWEST
    return min(max(wanted, longest_word + 1, least, *others), _WIDEST)


def _centred(table: Table) -> set[int]:
    """Columns of short words, like units of measure and verdicts, but not of names."""
    columns = [[row[n] for row in table.rows if isinstance(row[n], str)] for n in range(len(table.headings))]
    short = {n for n, texts in enumerate(columns) if all(len(str(t)) <= _CENTRED for t in texts)}
    return short - ({1} if all(str(text).isdecimal() for text in columns[0]) else {0, 1})


def _height(line: Sequence[Value], widths: Sequence[int]) -> int:
    """Enough for every cell of the row: a program that opens the file does not always look itself."""
    return max(1, *(_lines(on_screen(v), width) for v, width in zip(line, widths, strict=False))) * _LINE + 3


def _lines(text: str, width: int) -> int:
    """Letters are narrower than digits, which evens out in a long text but not in a short one."""
    surely, likely = (
        len(wrap(text, room, break_on_hyphens=False)) for room in (width - 1, width * 8 // 7 - 1)
    )
    return max(likely, min(surely, 3))
