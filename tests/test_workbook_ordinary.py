"""Ordinary sheets, as offices word them, are read without a question; what only looks like them is not."""

from __future__ import annotations

import pytest

from kpi.model import Quarter
from kpi.problems import HeadingUnclear, Why
from tests.sheets import DISTRICT, edit, fraction, reading, reasons, reported, sentences, sheet_of

Q4 = Quarter(2022, 4)
TITLE = ("BÁO CÁO KẾT QUẢ QUÝ IV/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
LONG = ("STT", "Chỉ tiêu", "Kết quả")
RECORDS, POST = "Hồ sơ trực tuyến", "TTHC qua BCCI cấp huyện"
OFFICIAL = "Tỷ lệ hồ sơ giải quyết dịch vụ công trực tuyến trên tổng số hồ sơ phát sinh"
STATION, WAVES = "(3) Đài truyền thanh ứng dụng CNTT-VT", "(4) Phủ sóng 3G, 4G thôn, bản"
TRACH, LOC = "01891", "01894"


def own(*rows, over=(TITLE, BA_BE), merged=()) -> bytes:
    content = sheet_of(*over, *rows)

    def merge(book):
        for area in merged:
            book.active.merge_cells(area)

    return edit(content, merge) if merged else content


@pytest.mark.parametrize(
    "beside",
    [
        " đạt ít nhất 25%", " (≥25%)", " (KH năm 2022: 25%)", " (chỉ tiêu giao: 25%)", "\n(Mục tiêu 25%)", " năm 2022",
        " theo Kế hoạch số 12/KH-STTTT", " (theo Quyết định số 468/QĐ-TTg ngày 27/3/2021)", " (trong quý)", " - quý IV",
        " (không tính hồ sơ một cửa)", " (danh sách kèm theo)", " (theo kết quả chấm điểm)", " giai đoạn 2021-2025",
        " (giải quyết trước hạn)",
    ],
)  # fmt: skip
def test_an_official_name_may_carry_its_target_its_document_or_a_note(desk, beside):
    draft = desk.read(own(LONG, (1, OFFICIAL + beside, "3/10")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == (3, 10)


@pytest.mark.parametrize(
    "note",
    [
        "(Có/Không)", "(x: có; bỏ trống: không)", "(Có ghi x, không có để trống)", ": Có = 1, Không = 0", " hay chưa",
        "(1 = có, 0 = chưa)", "(Đạt/Chưa đạt)", "(Kế hoạch: 90%)", "\n(Chỉ tiêu năm 2022: ≥ 90%)",
    ],
)  # fmt: skip
def test_a_heading_may_say_how_to_fill_in(desk, note):
    draft = desk.read(own(("STT", "Xã", f"{STATION} {note}"), (1, "Xã Bành Trạch", "Có")), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert reading(draft, "3", TRACH).numerator == 1


@pytest.mark.parametrize("target", ["Chỉ tiêu năm: ≥ 25%", "(KH năm 2022: ≥ 25%)", "Chỉ tiêu giao ≥ 25%"])
def test_our_own_form_with_its_line_breaks_lost_is_still_our_form(desk, target):
    def glue(book):
        for row in book[DISTRICT].iter_rows():
            for box in row:
                if isinstance(box.value, str) and "\nChỉ tiêu năm" in box.value:
                    box.value = f"{box.value.partition(chr(10))[0]} {target}"

    draft = desk.read(edit(desk.filled("PBCVT"), glue))
    assert draft.clean, sentences(draft)
    assert len(draft.readings) == len(desk.read(desk.filled("PBCVT")).readings)


@pytest.mark.parametrize(
    "heading", ["Phường, xã", "Xã, thị trấn", "Tên xã, thị trấn", "Các xã, thị trấn", "Tên đơn vị hành chính"]
)
def test_a_column_of_units_may_be_called_by_their_kinds(desk, heading):
    rows = (
        ("STT", heading, "(1)", "(3)"),
        (1, "Xã Bành Trạch", "Có", "Không"),
        (2, "Xã Phúc Lộc", "Có", "Có"),
        (),
        ("STT", "Nội dung", "Tử số", "Mẫu số"),
        (1, RECORDS, 3, 10),
    )
    draft = desk.read(own(*rows), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert reading(draft, "3", LOC).numerator == 1
    assert fraction(draft, "11", "061") == (3, 10)


@pytest.mark.parametrize(
    "heading",
    ["Kết quả (%)", "Thực hiện (%)", "KQ (%)", "Kết quả đạt được (%)", "Thực hiện quý IV/2022 (%)", "Tỷ lệ thực hiện quý IV"],
)  # fmt: skip
def test_a_percent_that_the_heading_tells_is_no_question(desk, heading):
    draft = desk.read(own(("STT", "Chỉ tiêu", heading), (1, RECORDS, 40)), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert reading(draft, "11", "061").value == 40


@pytest.mark.parametrize("rows", [((1, RECORDS, 30.5), (2, POST, 40)), ((1, RECORDS, "30%"), (2, POST, 40))])
def test_a_percent_that_a_neighbour_tells_is_no_question(desk, rows):
    draft = desk.read(own(LONG, *rows), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert reading(draft, "9", "061").value == 40


@pytest.mark.parametrize(
    "title",
    [
        "Kế hoạch chuyển đổi số đến năm 2025, định hướng đến năm 2030", "BÁO CÁO TỔNG KẾT NĂM 2022, KẾ HOẠCH NĂM 2023",
        "Kết quả thực hiện các chỉ tiêu thi đua quý IV, so sánh với năm 2021", "Biểu mẫu ban hành năm 2021",
        "(Kèm theo Công văn số 36/CV-VHTT ngày 10/10/2022)", "Cụm thi đua số 2 (huyện Ba Bể, huyện Pác Nặm)",
        "(Không bao gồm số liệu của huyện Pác Nặm)", "Nơi nhận báo cáo: thành phố Bắc Kạn",
    ],
)  # fmt: skip
def test_a_title_may_tell_of_plans_documents_and_neighbours(desk, title):
    draft = desk.read(
        own(LONG, (1, RECORDS, "3/10"), over=(TITLE, BA_BE, (title,))), reporter="061", quarter=Q4
    )
    assert draft.clean, sentences(draft)


@pytest.mark.parametrize("heading", ["Quý IV/2022", "Thực hiện quý IV/2022", "Kết quả năm 2022"])
def test_the_time_of_the_report_is_no_edition_of_a_ranking(desk, heading):
    over = (TITLE, ("Đơn vị gửi: Phòng Công nghệ thông tin",))
    draft = desk.read(own(("STT", "Chỉ tiêu", heading), (1, "(13)", 51), over=over), quarter=Q4)
    assert [r.edition for r in draft.readings if r.indicator == "13"] == [2021]


@pytest.mark.parametrize("said", ["Chưa công bố", "Chờ công bố"])
def test_a_rank_that_is_not_published_is_missing(desk, said):
    over = (TITLE, ("Đơn vị gửi: Phòng Công nghệ thông tin",))
    draft = desk.read(own(LONG, (1, "(13)", said), over=over), quarter=Q4)
    assert not reported(draft, "13", "06")
    assert "read_as_missing" in reasons(draft)


@pytest.mark.parametrize(
    "group",
    [
        "Thực hiện 9 tháng đầu năm", "9 tháng năm 2022", "Thực hiện từ đầu năm đến nay", "Cộng dồn từ đầu năm",
        "Thực hiện từ 01/01 đến 30/9/2022", "Lũy kế", "Năm 2022",
    ],
)  # fmt: skip
def test_the_year_so_far_is_never_the_quarters_own_count(desk, group):
    rows = (
        ("STT", "Chỉ tiêu", group, None),
        (None, None, "Tử số", "Mẫu số"),
        (1, RECORDS, 30, 100),
        (2, POST, 3, 10),
    )
    over = (("BÁO CÁO QUÝ III/2022",), BA_BE)
    draft = desk.read(own(*rows, over=over, merged=("A3:A4", "B3:B4", "C3:D3")), quarter=Quarter(2022, 3))
    assert [r.indicator for r in draft.readings] == ["9"]
    assert "other_count" in reasons(draft)


@pytest.mark.parametrize(
    ("heads", "row", "why"),
    [
        (("STT", "Nội dung", "Năm", "Tử số", "Mẫu số"), (1, RECORDS, 2021, 3, 10), Why.EARLIER),
        (("STT", "Nội dung", "Tháng", "Tử số", "Mẫu số"), (1, RECORDS, 12, 3, 10), Why.EARLIER),
        (("STT", "Nội dung", "Thời gian", "Tử số", "Mẫu số"), (1, RECORDS, "Quý III", 3, 10), Why.EARLIER),
        (("STT", "Nội dung", "Loại", "Tử số", "Mẫu số"), (1, RECORDS, "Kế hoạch", 3, 10), Why.TARGET),
        (("STT", "Nội dung", None, "Tử số", "Mẫu số"), (1, RECORDS, "KH", 3, 10), Why.TARGET),
        (("STT", "Nội dung", "Loại", "Tử số", "Mẫu số"), (1, RECORDS, "Năm trước", 3, 10), Why.EARLIER),
    ],
)
def test_a_row_that_says_itself_that_it_is_of_another_time_is_not_read(desk, heads, row, why):
    draft = desk.read(own(heads, row, (2, POST, None, 4, 10)), quarter=Q4)
    assert {r.indicator for r in draft.readings} == {"9"}
    assert why in {t.why for t in draft.traces if t.area.startswith("A4")}


@pytest.mark.parametrize("title", ["Kế hoạch 2023", "Dự kiến", "9T-2022", "Năm trước"])
def test_a_sheet_of_a_plan_or_of_another_time_is_named_and_not_read(desk, title):
    def add(book):
        sheet = book.create_sheet(title)
        for row in (LONG, (1, POST, "4/10")):
            sheet.append(row)

    draft = desk.read(edit(own(LONG, (1, RECORDS, "3/10")), add), quarter=Q4)
    assert {r.indicator for r in draft.readings} == {"11"}
    assert "sheet_of_another_time" in reasons(draft)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (POST, "Số hồ sơ tiếp nhận qua BCCI"), (RECORDS, "Số hồ sơ giải quyết trong quý"), (RECORDS, "Trực tiếp"),
        ("Cuộc họp trực tuyến", "Số cuộc họp tổ chức"),
    ],
)  # fmt: skip
def test_a_part_that_may_count_something_else_is_asked_about(desk, name, part):
    rows = (("STT", "Đơn vị", name, None), (None, None, "Mẫu số", part), (1, "Huyện Ba Bể", 10, 3))
    draft = desk.read(own(*rows, merged=("A3:A4", "B3:B4", "C3:D3")), quarter=Q4)
    assert not draft.readings
    assert [type(doubt) for doubt in draft.open_doubts] == [HeadingUnclear]


@pytest.mark.parametrize("row", [f"{RECORDS} cấp xã", f"{RECORDS} của UBND huyện", f"{RECORDS} (VNPT)"])
def test_a_part_of_what_is_asked_is_not_taken_for_the_whole(desk, row):
    draft = desk.read(own(LONG, (1, row, "3/10")), quarter=Q4)
    assert not draft.readings
    assert draft.open_doubts


@pytest.mark.parametrize("measure", ["1.000 hồ sơ", "10 hồ sơ", "nghìn hồ sơ", "người"])
def test_other_things_or_dozens_of_them_are_refused(desk, measure):
    draft = desk.read(own(("STT", "Chỉ tiêu", "ĐVT", "Kết quả"), (1, RECORDS, measure, "3/10")), quarter=Q4)
    assert "other_measure" in reasons(draft)


@pytest.mark.parametrize("title", ["Đơn vị tính: mét", "Đơn vị: mét"])
def test_metres_are_no_kilometres(desk, title):
    rows = (("STT", "Huyện", "(6) Tử số", "(6) Mẫu số"), (1, "Huyện Ba Bể", 300, 1500))
    assert "other_measure" in reasons(desk.read(own(*rows, over=(TITLE, ROOM, (title,))), quarter=Q4))


def test_neither_a_district_nor_a_kind_of_thing_is_a_thousand(desk):
    over = (("BÁO CÁO KẾT QUẢ QUÝ IV/2022 (NGÂN SƠN)",), ("Đơn vị gửi: Phòng VH&TT huyện Ngân Sơn",))
    rows = (("STT", "Chỉ tiêu", "ĐVT", "Tử số (Ngân Sơn)", "Mẫu số"), (1, "(1)", "trạm", 5, 11))
    assert "other_measure" not in reasons(desk.read(own(*rows, over=over), quarter=Q4))


def test_a_province_wide_sender_may_name_the_district_above_its_rows_or_on_the_sheet(desk):
    rows = (LONG, ("I", "Huyện Ba Bể"), (1, "(6)", "3/15"), ("II", "Huyện Pác Nặm"), (1, "(6)", "4/15"))
    draft = desk.read(own(*rows, over=(TITLE, ROOM)), quarter=Q4)
    assert draft.clean, sentences(draft)
    assert (fraction(draft, "6", "061"), fraction(draft, "6", "060")) == ((3, 15), (4, 15))


def test_a_tick_under_an_unknown_heading_is_asked_about(desk):
    draft = desk.read(
        own(("STT", "Xã", "Trạm truyền thanh", "(3)"), (1, "Xã Bành Trạch", "x", "x")), quarter=Q4
    )
    assert [type(doubt) for doubt in draft.open_doubts] == [HeadingUnclear]


def test_figures_over_the_first_heading_are_never_a_title(desk):
    rows = (("STT", "Nơi", "Tình hình"), (1, "Xã Bành Trạch", "Có"), (), LONG, (1, RECORDS, "3/10"))
    assert "rows_without_heading" in reasons(desk.read(own(*rows), quarter=Q4))


def test_a_fall_below_the_last_place_is_refused(desk):
    over = (TITLE, ("Đơn vị gửi: Phòng Công nghệ thông tin",))
    draft = desk.read(own(LONG, (1, "(13)", "giảm 60 bậc"), over=over), quarter=Q4)
    assert not [r for r in draft.readings if r.indicator == "13"]
