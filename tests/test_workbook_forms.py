import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from kpi import workbook
from kpi.model import Cell, Quarter, Reading, State
from kpi.workbook import fill
from kpi.workbook.filling import NotAskedError
from tests.sheets import COMMUNES, DISTRICT, Q1, fraction, reading, reasons

REPORTERS = ("058", "060", "061", "PBCVT", "BDT", "TTPVHCC", "PCNTT")


def opened(content):
    return load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("code", REPORTERS)
def test_a_blank_is_the_same_bytes_every_time(desk, code):
    again = workbook.blank(desk.plan, desk.units, desk.reporter(code), Q1, ())
    assert again == desk.blank(code)
    assert fill(again, desk.figures(code)) == desk.filled(code)


@pytest.mark.parametrize("code", REPORTERS)
def test_a_filled_form_is_accepted_and_says_the_same_figures(desk, code):
    draft = desk.read(desk.filled(code))
    assert (draft.verdict, draft.clean) == ("accept", True), reasons(draft)
    assert {(r.indicator, r.unit) for r in draft.readings} == set(desk.figures(code))
    assert draft.reporter == desk.reporter(code)
    assert draft.quarter == Q1
    assert draft.as_of == date(2022, 3, 14)
    for (indicator, unit), figure in desk.figures(code).items():
        found = reading(draft, indicator, unit)
        if isinstance(figure, bool):
            assert fraction(draft, indicator, unit) == (int(figure), None)
        elif indicator == "13":
            assert (found.edition, found.value) == figure
        else:
            assert fraction(draft, indicator, unit) == figure


@pytest.mark.parametrize("code", REPORTERS)
def test_a_blank_as_it_was_handed_out_reports_nothing(desk, code):
    draft = desk.read(desk.blank(code))
    assert reasons(draft) == {"nothing_reported"}


@pytest.mark.parametrize("code", REPORTERS)
def test_only_the_places_to_fill_in_are_unlocked_and_they_are_coloured(desk, code):
    book = opened(desk.blank(code))
    asked = 0
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        for box in (box for row in sheet.iter_rows() for box in row):
            if not box.protection.locked:
                assert box.fill.fgColor.rgb.endswith("FFF8DC")
                asked += 1
    assert asked >= len(desk.reporter(code).duties)


@pytest.mark.parametrize("code", REPORTERS)
def test_every_place_to_fill_in_says_in_vietnamese_what_it_takes(desk, code):
    for sheet in opened(desk.blank(code)).worksheets[:-2]:
        rules = sheet.data_validations.dataValidation
        guarded = {
            (row, column)
            for rule in rules
            for area in rule.sqref.ranges
            for row, column in ((r, c) for r in range(area.min_row, area.max_row + 1)
                                for c in range(area.min_col, area.max_col + 1))
        }  # fmt: skip
        notes = sheet.max_column
        for box in (box for row in sheet.iter_rows() for box in row):
            if not box.protection.locked and box.column != notes:
                assert (box.row, box.column) in guarded
        for rule in rules:
            assert rule.showErrorMessage
            assert 0 < len(rule.errorTitle) <= 32
            assert 0 < len(rule.error) <= 225


@pytest.mark.parametrize("code", REPORTERS)
def test_a_form_prints_on_a4_across_with_its_headings_on_every_page(desk, code):
    for sheet in opened(desk.blank(code)).worksheets[:-2]:
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "9"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows.startswith("$7:$")
        assert sheet.freeze_panes
        assert "&P" in sheet.oddFooter.center.text


def test_the_form_of_a_district_has_its_communes_below_one_another_and_itself_across(desk):
    book = opened(desk.blank())
    assert book.sheetnames == [DISTRICT, COMMUNES, "Hướng dẫn", "_khoa"]
    assert book["_khoa"].sheet_state == "hidden"
    communes = book[COMMUNES]
    assert communes["A1"].value == "BÁO CÁO SỐ LIỆU QUÝ I/2022"
    assert communes["A3"].value == "Đơn vị gửi: Phòng Văn hóa và Thông tin huyện Ba Bể"
    assert communes["C9"].value == "Thị trấn Chợ Rã"
    assert "Chỉ tiêu năm: ≥ 96%" in communes["F7"].value
    assert communes["K8"].value == "Tử số: Số thôn, bản, tổ dân phố có sóng 3G, 4G"
    own = book[DISTRICT]
    heads = [own.cell(7, c).value for c in range(1, 11)]
    assert heads == ["STT", "Chỉ tiêu", "Đơn vị", "ĐVT", "Chỉ tiêu năm 2022", "Quý trước",
                     "Tử số", "Mẫu số", "Tỷ lệ (%)", "Ghi chú"]  # fmt: skip
    assert "Mẫu số: Số TTHC cấp huyện đã triển khai qua BCCI" in own["B8"].value


@pytest.mark.parametrize("code", REPORTERS)
def test_no_text_is_wider_than_its_row_is_high(desk, code):
    """A rough check of the fit: letters a line holds, lines a row holds."""
    for sheet in opened(desk.blank(code)).worksheets[:-1]:
        areas = {(a.min_row, a.min_col): a for a in sheet.merged_cells.ranges}
        for box in (box for row in sheet.iter_rows() for box in row):
            if not isinstance(box.value, str) or box.value.startswith("=") or not box.alignment.wrap_text:
                continue
            area = areas.get((box.row, box.column))
            last_row, last = (area.max_row, area.max_col) if area else (box.row, box.column)
            columns = range(box.column, last + 1)
            width = sum(sheet.column_dimensions[get_column_letter(c)].width for c in columns)
            height = sum(sheet.row_dimensions[r].height or 15 for r in range(box.row, last_row + 1))
            per_line = width * 1.12 * 11 / box.font.size
            lines = sum(-(-len(line) // max(1, int(per_line))) or 1 for line in box.value.split("\n"))
            assert lines * box.font.size * 1.2 <= height + 4, (sheet.title, box.coordinate, box.value)


def test_last_quarter_stands_grey_beside_the_place_to_fill_in(desk):
    def was(indicator, unit, n, d, value=None, edition=None):
        state = State.REPORTED
        return Reading(indicator, unit, Quarter(2022, 1), n, d, value, state, date(2022, 3, 14), Cell("x", "A1"), edition=edition)  # fmt: skip

    held = (was("1", "01888", Decimal(1), None), was("4", "01888", Decimal(8), Decimal(10)))
    sheet = opened(desk.blank(quarter=Quarter(2022, 2), held=held))[COMMUNES]
    assert sheet["D9"].value == "Có"
    assert sheet["J9"].value == "8/10"
    assert sheet["J9"].font.color.rgb.endswith("707070")
    assert sheet["J9"].protection.locked


def test_the_ranking_asks_for_last_years_edition_beside_the_rank_before(desk):
    sheet = opened(desk.blank("PCNTT"))["Xếp hạng"]
    assert sheet["G8"].value == 2021
    assert sheet["F8"].value == "hạng 59 (năm 2020)"


def test_a_figure_the_form_does_not_ask_for_is_not_written(desk):
    with pytest.raises(NotAskedError):
        fill(desk.blank(), {("7", "061"): (1, 2)})


def test_a_figure_of_none_leaves_its_place_blank(desk):
    figures = dict.fromkeys(desk.figures()) | {("11", "061"): (3, 4)}
    draft = desk.read(fill(desk.blank(), figures))
    assert [(r.indicator, r.numerator, r.denominator) for r in draft.readings] == [("11", 3, 4)]


def test_the_forms_total_is_a_formula_that_is_neither_read_nor_missed(desk):
    book = opened(desk.blank())
    assert book[COMMUNES]["E24"].value == '=IF(COUNTA(E9:E23)=0,"",COUNTIF(E9:E23,"Có"))'
    assert book[COMMUNES]["E24"].data_type == "f"
    assert book[COMMUNES]["A24"].value == "Tổng cộng"


def test_comparing_shows_what_is_new_changed_unchanged_and_missing(desk):
    first = desk.read(desk.filled())
    figures = desk.figures() | {("11", "061"): (9, 10), ("4", "01888"): None}
    second = desk.read(fill(desk.blank(), figures))
    assert {c.sort for c in workbook.compare(first, ())} == {"new"}
    changes = {(c.indicator, c.unit): c for c in workbook.compare(second, first.readings)}
    assert changes["11", "061"].sort == "changed"
    assert changes["11", "061"].old == reading(first, "11", "061")
    assert changes["9", "061"].sort == "unchanged"
    assert ("4", "01888") not in changes
    missing = [(c.indicator, c.unit) for c in workbook.compare(second, ()) if c.sort == "missing"]
    assert missing == [("4", "01888")]
