"""How the cells of every form look: their fonts, fills and borders, what may be typed, and the printed page."""

from __future__ import annotations

from openpyxl.cell.cell import Cell as Box
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kpi import vi

FONT = "Times New Roman"
INPUT = PatternFill("solid", fgColor="FFF8DC")
HEADING = PatternFill("solid", fgColor="E3EAF2")
SUBHEADING = PatternFill("solid", fgColor="F2F5F9")
LINE = Side(style="thin", color="9AA5B1")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
GREY = "707070"
DAY = "dd/mm/yyyy"


def head(
    sheet: Worksheet,
    row: int,
    column: int,
    words: str,
    *,
    down: int = 0,
    across: int = 0,
    fill: PatternFill = HEADING,
    size: int = 11,
) -> None:
    for r in range(row, row + down + 1):
        for c in range(column, column + across + 1):
            sheet.cell(r, c).border = BOX
            sheet.cell(r, c).fill = fill
    box = sheet.cell(row, column, words)
    box.font = Font(name=FONT, size=size, bold=True)
    box.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if down or across:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + down, end_column=column + across)


def text(box: Box, *, bold: bool = False, center: bool = False) -> None:
    # Names of units and of plans are text even when they begin with "=".
    if isinstance(box.value, str):
        box.data_type = "s"
    box.font = Font(name=FONT, size=11, bold=bold)
    box.border = BOX
    box.alignment = Alignment(horizontal="center" if center else "left", vertical="center", wrap_text=True)


def fill_in(box: Box, *, number_format: str = "General", center: bool = False) -> None:
    box.font = Font(name=FONT, size=11)
    box.fill = INPUT
    box.border = BOX
    box.protection = Protection(locked=False)
    box.number_format = number_format
    box.alignment = Alignment(horizontal="center" if center else None, vertical="center", wrap_text=True)


def add_rule(
    sheet: Worksheet, rule: DataValidation, words: tuple[str, str], column: int, first: int, last: int
) -> None:
    rule.allow_blank = True
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = words
    rule.promptTitle, rule.prompt = words
    letter = get_column_letter(column)
    rule.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(rule)


def page_setup(sheet: Worksheet, *, landscape: bool) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    # In inches. A wide table needs the paper more than the margins of a letter.
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.oddFooter.center.text = vi.PAGE


def height_of(words: str, width: float, size: int) -> float:
    """Points that a wrapped text needs: Excel does not fit the height of merged cells itself."""
    # A letter of Times New Roman takes about as many units of column width as this, at 11 points.
    letters = max(width * 1.02 * 11 / size - 1, 1)
    lines = sum(max(1, -(-len(line) // int(letters))) for line in words.split("\n"))
    return max(18.0, lines * size * 1.36 + 4)
