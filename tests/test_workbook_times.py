"""Figures of other times, of plans, of other units and in other measures are never taken for those that are asked."""

from __future__ import annotations

import pytest

from kpi import workbook
from kpi.model import Quarter
from kpi.problems import EditionUnclear, HeadingUnclear, IndicatorUnclear, PercentOrCount, Why, reason
from kpi.workbook.loading import load_here
from tests.sheets import edit, fraction, reading, reasons, sentences, sheet_of

Q4 = Quarter(2022, 4)
TITLE = ("BÁO CÁO KẾT QUẢ QUÝ IV/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Công nghệ thông tin",)
LONG = ("STT", "Chỉ tiêu", "Kết quả")
MEETINGS, RECORDS, POST = "Cuộc họp trực tuyến", "Hồ sơ trực tuyến", "TTHC qua BCCI cấp huyện"
STATION, WAVES = "Trạm truyền thanh hoạt động", "(4) Phủ sóng 3G, 4G thôn, bản"
TRACH, LOC = "01891", "01894"
NOW, OTHER = (10, 50), "7/70"


def own(*rows, over=(TITLE, BA_BE), merged=()) -> bytes:
    content = sheet_of(*over, *rows)

    def merge(book):
        for area in merged:
            book.active.merge_cells(area)

    return edit(content, merge) if merged else content


def of_meetings(draft):
    return [(r.indicator, r.numerator, r.denominator) for r in draft.readings if r.indicator == "12"]


# Headings.


@pytest.mark.parametrize(
    "heading",
    [
        "Lũy kế 9 tháng", "Lũy kế đến hết quý trước", "Lũy kế cùng kỳ", "Lũy kế đến tháng 9", "Lũy kế đến 30/9/2022",
        "Kết quả (9 tháng)", "Kết quả (đến 30/9/2022)", "Thực hiện (tháng 10)", "Tháng 10", "6 tháng đầu năm", "Đầu năm",
        "Số đầu kỳ", "Năm 2021", "Quý III", "Kế hoạch năm 2023", "Kế hoạch", "Dự kiến", "Chỉ tiêu được giao năm 2022",
        "Ước thực hiện tháng 12", "Ước quý sau", 2021,
    ],
)  # fmt: skip
def test_a_column_of_another_time_or_of_a_plan_is_not_read(desk, heading):
    draft = desk.read(own(("STT", "Chỉ tiêu", heading, "Kết quả"), (1, MEETINGS, OTHER, "10/50")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert of_meetings(draft) == [("12", *NOW)]
    alone = desk.read(own(("STT", "Chỉ tiêu", heading), (1, MEETINGS, OTHER)), quarter=Q4)
    assert not alone.readings
    assert "only_other_times" in reasons(alone)


@pytest.mark.parametrize(
    "heading",
    ["Kết quả quý IV", "Thực hiện trong quý", "Thực hiện quý IV/2022", "Số liệu quý 4 năm 2022", "Thực hiện kế hoạch", "Cả quý"],
)  # fmt: skip
def test_a_column_of_this_quarter_is_read_whatever_it_is_called(desk, heading):
    draft = desk.read(own(("STT", "Chỉ tiêu", heading), (1, RECORDS, "10/50")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == NOW


@pytest.mark.parametrize(
    "group",
    ["Kế hoạch", "Kế hoạch năm 2022", "Đầu năm", "6 tháng đầu năm", "9 tháng đầu năm", "Năm trước", "Đầu kỳ", "Quý III", 2021],
)  # fmt: skip
def test_what_the_heading_of_a_group_says_of_the_time_holds_for_its_parts(desk, group):
    rows = (
        ("STT", "Chỉ tiêu", group, None, "Thực hiện quý IV", None),
        (None, None, "Tử số", "Mẫu số", "Tử số", "Mẫu số"),
        (1, RECORDS, 7, 70, 10, 50),
    )
    draft = desk.read(own(*rows, merged=("A3:A4", "B3:B4", "C3:D3", "E3:F3")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == NOW


def test_quarters_beside_the_year_give_the_quarter_to_a_flow_and_the_year_to_the_rest(desk):
    heads = ("STT", "Chỉ tiêu", "Quý I", "Quý II", "Quý III", "Quý IV", "Cả năm")
    rows = (
        (1, POST, "1/10", "2/10", "3/10", "4/10", "7/10"),
        (2, RECORDS, "1/10", "2/10", "3/10", "4/10", "10/40"),
    )
    draft = desk.read(own(heads, *rows), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert (fraction(draft, "9", "061"), fraction(draft, "11", "061")) == ((7, 10), (4, 10))


def test_of_rows_of_several_quarters_only_those_of_the_chosen_one_are_read(desk):
    heads = ("STT", "Kỳ báo cáo", "Chỉ tiêu", "Kết quả")
    rows = ((1, "Quý III", RECORDS, "7/70"), (2, "Quý IV", RECORDS, "10/50"))
    draft = desk.read(own(heads, *rows), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == NOW
    assert [t.area for t in draft.traces if t.why is Why.EARLIER] == ["A4:D4"]


# Names.


@pytest.mark.parametrize(
    "row",
    [
        f"{MEETINGS} năm 2021", f"{MEETINGS} lũy kế 9 tháng", f"{MEETINGS} (kế hoạch)", f"{MEETINGS} - kế hoạch năm 2023",
        f"Chỉ tiêu giao {MEETINGS.lower()}", f"Không tổ chức {MEETINGS.lower()}", f"{MEETINGS} quá hạn",
    ],
)  # fmt: skip
def test_a_row_that_says_more_than_its_indicator_is_asked_about(desk, row):
    content = own(LONG, (1, row, "10/50"))
    draft = desk.read(content, quarter=Q4)
    assert not draft.readings
    (doubt,) = draft.open_doubts
    assert isinstance(doubt, IndicatorUnclear)
    mine = next(choice for choice in doubt.choices if choice.startswith("(12)"))
    again = desk.read(content, quarter=Q4, answers={str(doubt.at): mine})
    assert of_meetings(again) == [("12", *NOW)]


@pytest.mark.parametrize(
    "heading", ["Xã chưa có trạm truyền thanh hoạt động", f"Không có {STATION.lower()}", f"{STATION} kém"]
)
def test_a_heading_that_says_the_opposite_is_asked_about(desk, heading):
    draft = desk.read(
        own(("STT", "Xã", heading), (1, "Xã Bành Trạch", "x"), (2, "Xã Phúc Lộc", None)), quarter=Q4
    )
    assert not draft.readings
    assert [type(doubt) for doubt in draft.open_doubts] == [HeadingUnclear]


def test_words_that_mean_another_part_are_no_part(desk):
    merged = ("A3:A4", "B3:B4", "C3:E3")
    rows = (("STT", "Xã", WAVES, None, None), (None, None, "Tổng số thôn", "Số thôn chưa có sóng", "Tỷ lệ"))
    draft = desk.read(own(*rows, (1, "Xã Bành Trạch", 9, 4, None), merged=merged), quarter=Q4)
    assert not draft.readings
    # Nothing is missing before somebody has said what the column is.
    assert (reasons(draft) & {"part_missing"}, len(draft.open_doubts)) == (set(), 1)


@pytest.mark.parametrize(
    ("yes", "no"), [("Có", "Không"), ("Đạt", "Chưa đạt"), ("Hoạt động", "Không hoạt động"), ("Có", "Chưa có")]
)
def test_a_column_and_its_opposite_beside_it_are_ticked(desk, yes, no):
    rows = (
        ("STT", "Xã", f"(1) {STATION}", None),
        (None, None, yes, no),
        (1, "Xã Bành Trạch", 1, 0),
        (2, "Xã Phúc Lộc", 0, 1),
    )
    draft = desk.read(own(*rows, merged=("A3:A4", "B3:B4", "C3:D3")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert [reading(draft, "1", unit).numerator for unit in (TRACH, LOC)] == [1, 0]


def test_counts_under_yes_and_no_are_the_districts_own(desk):
    rows = (
        ("STT", "Đơn vị", f"(1) {STATION}", None),
        (None, None, "Có", "Không"),
        (1, "Huyện Ba Bể", 13, 2),
    )
    draft = desk.read(own(*rows, merged=("A3:A4", "B3:B4", "C3:D3")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert fraction(draft, "1", "061") == (13, 15)


# Titles.


@pytest.mark.parametrize(
    "title",
    [
        "KẾ HOẠCH QUÝ I/2023",
        "Dự kiến chỉ tiêu quý I/2023",
        "Phụ lục kế hoạch năm 2023",
        "BÁO CÁO KẾT QUẢ NĂM 2021",
    ],
)
def test_a_title_of_another_time_is_a_question(desk, title):
    draft = desk.read(own(LONG, (1, MEETINGS, "10/50"), over=((title,), BA_BE)), reporter="061", quarter=Q4)
    assert [reason(doubt) for doubt in draft.open_doubts] == ["quarter_unclear"]


@pytest.mark.parametrize(
    "label", ["Đơn vị báo cáo: Phòng VH&TT huyện Ba Bể", "Nội dung: thi đua", "Đơn vị: Huyện Ba Bể"]
)
def test_a_label_over_the_title_hides_no_other_quarter(desk, label):
    over = ((label,), ("BÁO CÁO SỐ LIỆU QUÝ III/2022",))
    draft = desk.read(own(LONG, (1, MEETINGS, "10/50"), over=over), reporter="061", quarter=Q4)
    assert [reason(doubt) for doubt in draft.open_doubts] == ["quarter_unclear"]


@pytest.mark.parametrize(
    "said",
    [
        "Đơn vị: Huyện Chợ Đồn", "Đơn vị báo cáo: Phòng VH&TT huyện Chợ Đồn", "HUYỆN CHỢ ĐỒN", "Đơn vị: Bưu điện tỉnh Bắc Kạn",
        "BÁO CÁO SỐ LIỆU CỦA HUYỆN CHỢ ĐỒN QUÝ IV/2022", "Đơn vị gửi: UBND xã Chu Hương",
    ],
)  # fmt: skip
def test_another_unit_over_the_table_is_a_question(desk, said):
    draft = desk.read(own(LONG, (1, MEETINGS, "10/50"), over=((said,), TITLE)), reporter="061", quarter=Q4)
    assert "reporter_unclear" in [reason(doubt) for doubt in draft.open_doubts]


def test_another_unit_over_a_later_table_is_a_question(desk):
    rows = (LONG, (1, MEETINGS, "10/50"), (), ("Huyện Chợ Đồn",), LONG, (1, RECORDS, "7/70"))
    draft = desk.read(own(*rows), reporter="061", quarter=Q4)
    assert [reason(doubt) for doubt in draft.open_doubts] == ["reporter_unclear"]


@pytest.mark.parametrize(
    "over", [(TITLE, BA_BE, ("UBND xã Bành Trạch",)), (TITLE, BA_BE, ("Xã Bành Trạch",), ())]
)
def test_a_table_of_indicators_under_the_name_of_a_commune_is_that_communes(desk, over):
    draft = desk.read(own(LONG, (1, WAVES, "5/9"), over=over), reporter="061", quarter=Q4)
    assert fraction(draft, "4", TRACH) == (5, 9)


def test_rows_under_a_commune_or_under_an_indicator_are_of_both(desk):
    by_commune = (LONG, ("I", "Xã Bành Trạch"), (1, WAVES, "5/9"), ("II", "Xã Phúc Lộc"), (1, WAVES, "6/9"))
    by_indicator = (
        ("STT", "Nội dung", "Kết quả"),
        ("I", WAVES),
        (1, "Xã Bành Trạch", "5/9"),
        (2, "Xã Phúc Lộc", "6/9"),
    )
    for rows in (by_commune, by_indicator):
        draft = desk.read(own(*rows), quarter=Q4)
        assert draft.clean, sentences(draft)
        assert (fraction(draft, "4", TRACH), fraction(draft, "4", LOC)) == ((5, 9), (6, 9))


# Measures, percents and ranks.


@pytest.mark.parametrize(
    ("heads", "row", "over"),
    [
        (("STT", "Chỉ tiêu", "ĐVT", "Kết quả"), (1, RECORDS, "nghìn hồ sơ", "7/70"), ()),
        (LONG, (1, RECORDS, "7/70"), (("Đơn vị tính: nghìn hồ sơ",),)),
        (("STT", "Đơn vị", "(11) Hồ sơ trực tuyến (nghìn hồ sơ)"), (1, "Huyện Ba Bể", "7/70"), ()),
    ],
)
def test_figures_in_another_measure_are_refused(desk, heads, row, over):
    assert "other_measure" in reasons(desk.read(own(heads, row, over=(TITLE, BA_BE, *over)), quarter=Q4))


def test_a_bare_number_where_a_share_is_asked_is_a_question_unless_something_says_percent(desk):
    content = own(LONG, (1, RECORDS, 40))
    (doubt,) = desk.read(content).open_doubts
    assert isinstance(doubt, PercentOrCount)
    draft = desk.read(content, answers={str(doubt.at): doubt.choices[0]})
    assert (draft.clean, str(reading(draft, "11", "061").value)) == (True, "40")
    measured = desk.read(own(("STT", "Chỉ tiêu", "ĐVT", "Kết quả"), (1, RECORDS, "%", 40)))
    assert (measured.clean, str(reading(measured, "11", "061").value)) == (True, "40")
    counted = desk.read(own(("STT", "Chỉ tiêu", "ĐVT", "Kết quả"), (1, RECORDS, "hồ sơ", 40)))
    assert "part_missing" in reasons(counted)


def test_a_share_of_yes_answers_is_no_count_of_them(desk):
    draft = desk.read(own(("STT", "Chỉ tiêu", "Tỷ lệ (%)"), (1, STATION, 90)), quarter=Q4)
    assert "thiếu tử số" in sentences(draft)


@pytest.mark.parametrize(
    "rows",
    [
        (("STT", "Chỉ tiêu", "Năm 2022"), (1, "(13)", 51)),
        (LONG, (1, "(13) Xếp hạng chuyển đổi số (DTI) năm 2022", 51)),
    ],
)
def test_a_rank_of_another_year_than_the_newest_edition_is_a_question(desk, rows):
    content = own(*rows, over=(TITLE, ROOM))
    (doubt,) = desk.read(content, quarter=Q4).open_doubts
    assert isinstance(doubt, EditionUnclear)
    draft = desk.read(content, quarter=Q4, answers={str(doubt.at): "Bảng xếp hạng năm 2022"})
    found = next(r for r in draft.readings if r.indicator == "13")
    assert (found.edition, found.value) == (2022, 51)


# Totals and side rows.


def test_totals_of_sections_are_compared_and_are_nobodys_own(desk):
    heads = ("STT", "Đơn vị", f"{WAVES} - Tử số", f"{WAVES} - Mẫu số")
    rows = ((1, "Xã Bành Trạch", 5, 9), (None, "Cộng", 6, 9), (1, "Xã Phúc Lộc", 6, 9), (None, "Cộng", 6, 9))
    draft = desk.read(own(heads, *rows), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert {r.unit for r in draft.readings} == {TRACH, LOC}
    assert [n.at.address for n in draft.notices if reason(n) == "total_differs"] == ["C5"]


@pytest.mark.parametrize("words", ["Tổng cộng quý III", "Toàn huyện quý III", "Tổng cộng kế hoạch năm"])
def test_a_total_of_another_time_or_of_a_plan_is_nothing(desk, words):
    heads = ("STT", "Đơn vị", f"{WAVES} - Tử số", f"{WAVES} - Mẫu số")
    draft = desk.read(own(heads, (1, "Xã Bành Trạch", 5, 9), (None, words, 120, 140)), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert {r.unit for r in draft.readings} == {TRACH}
    assert [t.area for t in draft.traces if t.why is Why.EARLIER] == ["B5:D5"]


@pytest.mark.parametrize(("row", "why"), [(("Trong đó:",), Why.WORDS), (("Tỷ lệ", "77,8%"), Why.RATES)])
def test_a_row_beside_the_totals_is_no_unknown_unit(desk, row, why):
    heads = ("STT", "Đơn vị", f"{WAVES} - Tử số", f"{WAVES} - Mẫu số")
    draft = desk.read(
        own(heads, (1, "Xã Bành Trạch", 5, 9), (None, *row), (2, "Xã Phúc Lộc", 6, 9)), quarter=Q4
    )
    assert draft.clean, sentences(draft)
    assert why in {t.why for t in draft.traces if t.area.startswith("B5")}


def test_the_second_plans_parts_are_known_by_their_numbers_alone(plans, directory):
    rows = (("STT", "Xã", "8.1", 8.2), (1, "Xã Tân Hưng", "Có", "Không"), (2, "Xã Long Phước", "Có", "Không"))
    content = sheet_of(("BÁO CÁO",), *rows)
    draft = workbook.read("a.xlsx", content, plans, directory, reporter="748", quarter=Q4, load=load_here)
    assert draft.clean, sentences(draft)
    assert {(r.indicator, str(r.numerator)) for r in draft.readings} == {("8.1", "1"), ("8.2", "0")}
