"""What the columns and rows of an office's own table hold: totals, estimates, ticks, parts, and numbers in odd formats."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi.model import Quarter, State
from kpi.problems import HeadingUnclear, OwnFigure, SeparatorUnclear, Why
from tests.sheets import edit, fraction, reading, reasons, sentences, sheet_of

Q4 = Quarter(2022, 4)
TITLE = ("BÁO CÁO KẾT QUẢ QUÝ IV/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
TRACH, LOC = "01891", "01894"
MEETINGS, RECORDS, POST = "Cuộc họp trực tuyến", "Hồ sơ trực tuyến", "TTHC qua BCCI cấp huyện"
STATION, WAVES = "(1) Trạm truyền thanh hoạt động", "(4) Phủ sóng 3G, 4G thôn, bản"


def own(*rows, over=(TITLE, BA_BE), merged=()) -> bytes:
    content = sheet_of(*over, *rows)

    def merge(book):
        for area in merged:
            book.active.merge_cells(area)

    return edit(content, merge) if merged else content


def why(draft, column) -> set[Why]:
    return {t.why for t in draft.traces if t.area.startswith(column)}


# Totals.


def test_a_row_that_counts_something_is_no_total_of_the_table(desk):
    rows = (
        ("STT", "Nội dung", "Kết quả"),
        (1, RECORDS, "100/200"),
        (2, f"Tổng số {MEETINGS.lower()}", "10/50"),
    )
    draft = desk.read(own(*rows))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "12", "061") == (10, 50)


def test_a_row_that_counts_something_unknown_is_asked_about(desk):
    rows = (("STT", "Nội dung", "Kết quả"), (1, RECORDS, "100/200"), (2, "Tổng số văn bản đi", "10/50"))
    assert "dòng “Tổng số văn bản đi” có số liệu nhưng không rõ là chỉ tiêu nào" in sentences(
        desk.read(own(*rows))
    )


@pytest.mark.parametrize("words", ["Tổng cộng", "TỔNG CỘNG:", "Cộng", "Tổng số", "Toàn huyện"])
def test_the_total_of_an_indicators_rows_is_added_up_again(desk, words):
    rows = (
        ("STT", "Chỉ tiêu", "Đơn vị", "Tử số", "Mẫu số"),
        (1, WAVES, "Xã Bành Trạch", 5, 9),
        (2, WAVES, "Xã Phúc Lộc", 6, 10),
        (None, WAVES, words, 12, 19),
    )
    draft = desk.read(own(*rows))
    assert fraction(draft, "4", TRACH) == (5, 9)
    own_figure = next(n for n in draft.notices if isinstance(n, OwnFigure))
    assert (own_figure.found, own_figure.computed) == ("12/19", "11/19")


def test_a_typed_total_beside_some_communes_is_said_with_both_numbers(desk):
    rows = (
        ("STT", "Đơn vị", f"{WAVES} - Tử số", f"{WAVES} - Mẫu số"),
        (1, "Xã Bành Trạch", 5, 9),
        (2, "Xã Phúc Lộc", 6, 10),
        (None, "Tổng cộng", 100, 120),
    )
    draft = desk.read(own(*rows))
    assert draft.clean
    assert fraction(draft, "4", "061") == (100, 120)
    assert (
        "ô C6: chỉ tiêu 4: tổng ghi trong tệp (100/120) khác tổng của 2/15 xã có số liệu (11/19), nên được lấy làm "
        "số chung của Huyện Ba Bể cho cả những xã chưa có số liệu riêng."
    ) in sentences(draft)


def test_without_names_of_units_a_district_speaks_of_itself(desk):
    rows = (("STT", "Chỉ tiêu", "Kết quả", "Mẫu số"), (1, STATION, 14, 15), (2, WAVES, "100/120", None))
    draft = desk.read(own(*rows))
    assert draft.clean, sentences(draft)
    assert (fraction(draft, "1", "061"), fraction(draft, "4", "061")) == ((14, 15), (100, 120))


def test_a_row_without_its_indicator_says_so(desk):
    rows = (
        ("STT", "Chỉ tiêu", "Đơn vị", "Kết quả"),
        (1, STATION, "Xã Bành Trạch", "Có"),
        (2, None, "Xã Phúc Lộc", "Có"),
    )
    assert "ô D5: dòng này có số liệu nhưng không có tên chỉ tiêu" in sentences(desk.read(own(*rows)))


# Estimates.


@pytest.mark.parametrize(
    "expected", ["Ước quý sau", "Ước cả năm", "Ước thực hiện năm 2022", "Ước thực hiện quý I/2023"]
)
@pytest.mark.parametrize("before", [True, False])
def test_what_is_expected_of_another_time_is_not_read(desk, expected, before):
    heads, row = (expected, "Thực hiện"), ("5/50", "7/50")
    turn = slice(None) if before else slice(None, None, -1)
    draft = desk.read(own(("STT", "Chỉ tiêu", *heads[turn]), (1, POST, *row[turn])), quarter=Q4)
    assert fraction(draft, "9", "061") == (7, 50)
    assert Why.EARLIER in why(draft, "C" if before else "D")


def test_where_nothing_is_done_yet_what_is_expected_is_read_and_said(desk):
    rows = (
        ("STT", "Chỉ tiêu", "Ước thực hiện", "Thực hiện"),
        (1, POST, "5/50", "7/50"),
        (2, RECORDS, "8/60", None),
    )
    draft = desk.read(own(*rows))
    assert draft.clean
    assert (fraction(draft, "9", "061"), fraction(draft, "11", "061")) == ((7, 50), (8, 60))
    assert reading(draft, "9", "061").state is State.REPORTED
    assert reading(draft, "11", "061").state is State.ESTIMATE
    assert "ô C5: chỉ tiêu 11: số liệu là ước thực hiện" in sentences(draft)


def test_months_of_the_quarter_are_only_to_compare_with(desk):
    rows = (
        ("STT", "Chỉ tiêu", "Tháng 10", None, "Cả quý", None),
        (None, None, "Tử số", "Mẫu số", "Tử số", "Mẫu số"),
        (1, MEETINGS, 3, 30, 10, 50),
    )
    draft = desk.read(own(*rows, merged=("A3:A4", "B3:B4", "C3:D3", "E3:F3")))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "12", "061") == (10, 50)


# Ticks.


@pytest.mark.parametrize("merged", [("A3:A4", "B3:B4", "C3:D3", "E3:F3"), ()])
def test_yes_and_no_may_each_have_a_column_to_tick(desk, merged):
    rows = (
        ("STT", "Xã", STATION, None, "(3) Đài truyền thanh ứng dụng CNTT-VT", None),
        (None, None, "Có", "Không", "Có", "Không"),
        (1, "Xã Bành Trạch", "x", None, None, "x"),
        (2, "Xã Phúc Lộc", None, "X", None, None),
    )
    draft = desk.read(own(*rows, merged=merged))
    assert draft.clean, sentences(draft)
    said = {(r.indicator, r.unit): (r.numerator, r.cell.address) for r in draft.readings}
    # What nobody ticked is missing.
    assert said == {("1", TRACH): (1, "C5"), ("3", TRACH): (0, "F5"), ("1", LOC): (0, "D6")}


def test_a_title_may_say_what_is_ticked(desk):
    rows = (
        (f"Biểu 01: {STATION}",),
        ("STT", "Xã", "Có", "Không"),
        (1, "Xã Bành Trạch", "x"),
        (2, "Xã Phúc Lộc", None, "x"),
    )
    draft = desk.read(own(*rows))
    assert draft.clean, sentences(draft)
    assert [reading(draft, "1", unit).numerator for unit in (TRACH, LOC)] == [1, 0]


@pytest.mark.parametrize(
    ("ticks", "says"),
    [
        (("x", "x"), "ô D4: chỉ tiêu 1 được đánh dấu ở cả cột “Có” (ô C4) và cột “Không”. Xóa một dấu."),
        (("hỏng", None), "ô C4: chỉ tiêu 1 cần “Có” hoặc “Không”, không nhận “hỏng”."),
        ((None, "15/12"), "ô D4: chỉ tiêu 1 cần “Có” hoặc “Không”, không nhận “15/12”."),
    ],
)
def test_a_tick_in_both_columns_or_no_tick_at_all_is_refused(desk, ticks, says):
    draft = desk.read(
        own((f"{STATION}",), ("STT", "Xã", "Có", "Không"), (1, "Xã Bành Trạch", *ticks), over=(BA_BE,))
    )
    assert says in sentences(draft)


def test_a_row_of_yes_and_no_without_a_name_is_no_heading(desk):
    rows = (("STT", "Xã", "(1)", "(3)"), (1, None, "Có", "Không"), (2, "Xã Phúc Lộc", "Có", "Không"))
    assert "row_without_unit" in reasons(desk.read(own(*rows)))


# Parts under an indicator's heading.


def under_waves(*heads, rows):
    width = len(heads) - 1
    area = f"C3:{chr(ord('C') + width)}3"
    table = (("STT", "Xã", WAVES, *[None] * width), (None, None, *heads), *rows)
    return own(*table, merged=("A3:A4", "B3:B4", area))


def test_counts_beside_their_share_are_its_parts_in_either_order(desk):
    rows = ((1, "Xã Bành Trạch", 9, 5, 55.56), (2, "Xã Phúc Lộc", 9, 6, 66.67))
    draft = desk.read(under_waves("Tổng số thôn", "Số thôn có sóng", "Tỷ lệ %", rows=rows))
    assert draft.clean, sentences(draft)
    assert (fraction(draft, "4", TRACH), fraction(draft, "4", LOC)) == ((5, 9), (6, 9))


def test_parts_may_be_called_by_words_of_their_own(desk):
    draft = desk.read(under_waves("Số thôn có sóng", "Tổng số thôn", rows=((1, "Xã Bành Trạch", 5, 9),)))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "4", TRACH) == (5, 9)


def test_a_share_that_contradicts_its_parts_is_refused(desk):
    content = under_waves(
        "Tổng số thôn", "Số thôn có sóng", "Tỷ lệ %", rows=((1, "Xã Bành Trạch", 5, 4, 55.56),)
    )
    assert "ratio_disagrees" in reasons(desk.read(content))


def test_a_part_that_says_nothing_known_is_asked_about_among_the_indicators_own(desk):
    content = under_waves("Nơi đã xong", "Nơi phải làm", rows=((1, "Xã Bành Trạch", 5, 9),))
    draft = desk.read(content)
    assert not draft.readings
    doubts = [d for d in draft.open_doubts if isinstance(d, HeadingUnclear)]
    assert [d.at.address for d in doubts] == ["C4", "D4"]
    assert all(choice.startswith("(4)") for choice in doubts[0].choices[:-2])
    answers = {str(d.at): d.choices[place] for place, d in enumerate(doubts)}
    again = desk.read(content, answers=answers)
    assert again.clean, sentences(again)
    assert fraction(again, "4", TRACH) == (5, 9)


def test_a_column_beside_the_parts_that_says_nothing_known_is_named(desk):
    content = under_waves("Tử số", "Mẫu số", "Số hộ", rows=((1, "Xã Bành Trạch", 5, 9, 700),))
    draft = desk.read(content)
    assert draft.clean
    assert "column_ignored" in reasons(draft)


# Headings further down, and odd formats.


def test_a_year_in_a_later_heading_hides_no_swapped_parts(desk):
    heads = ("STT", "Chỉ tiêu", "Tử số", "Mẫu số")
    later = ("STT", "Chỉ tiêu", "Mẫu số", "Tử số", 2021)
    draft = desk.read(own(heads, (1, MEETINGS, 3, 30), (), later, (1, RECORDS, 300, 30, 5)))
    assert fraction(draft, "11", "061") == (30, 300)
    assert Why.EARLIER in why(draft, "E")


def formatted(value, number_format):
    def write(book):
        book.active["C4"].value, book.active["C4"].number_format = value, number_format

    return edit(own(("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, MEETINGS, None, 3000)), write)


def test_a_count_that_is_shown_as_a_percent_is_refused(desk):
    assert (
        "ô C4: ô cần số đếm nhưng đang có định dạng phần trăm (Excel hiện 100%). Đổi định dạng ô về Số (Number) rồi "
        "nhập lại số."
    ) in sentences(desk.read(formatted(1, "0%")))


@pytest.mark.parametrize("number_format", ["0.000", "#,##0.000", "0.000_ "])
def test_a_count_that_looks_like_thousands_is_a_question(desk, number_format):
    content = formatted(3, number_format)
    (doubt,) = desk.read(content).open_doubts
    assert isinstance(doubt, SeparatorUnclear)
    assert (doubt.found, doubt.choices) == ("3,000", ("3", "3000"))
    for choice, meant in (("3", 3), ("3000", 3000)):
        draft = desk.read(content, answers={str(doubt.at): choice})
        assert draft.clean, sentences(draft)
        assert reading(draft, "12", "061").numerator == Decimal(meant)


@pytest.mark.parametrize(
    ("value", "number_format"), [(3, "#,##0"), (3, "0.00"), (3, '0" cuộc"'), (1200, "#,##0.000")]
)
def test_a_count_in_any_other_format_is_what_it_is(desk, value, number_format):
    draft = desk.read(formatted(value, number_format))
    assert draft.clean, sentences(draft)
    assert reading(draft, "12", "061").numerator == value


def test_a_fraction_under_a_heading_of_numerators_alone_is_read_from_its_one_cell(desk):
    draft = desk.read(own(("STT", "Chỉ tiêu", "Tử số"), (1, MEETINGS, "10/50")))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "12", "061") == (10, 50)
    assert str(reading(draft, "12", "061").denominator_cell) == "Biểu 01!C4"
