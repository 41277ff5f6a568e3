"""Rows, sheets and tables that were once taken silently wrong: signatures, groups, periods, heads, merged cells."""

from __future__ import annotations

import pytest

from kpi.model import Quarter
from kpi.problems import reason
from tests.sheets import edit, fraction, reading, reasons, sentences, sheet_of

Q3 = Quarter(2022, 3)
TITLE = ("BÁO CÁO KẾT QUẢ QUÝ III/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
HEADS = ("STT", "Đơn vị", "(1)", "Ghi chú")
TRACH, LOC = "01891", "01894"


def own(*rows, over=(TITLE, BA_BE)) -> bytes:
    return sheet_of(*over, *rows)


# Signatures.


@pytest.mark.parametrize(
    "note",
    [
        "Thủ trưởng xã xác nhận",
        "Giám đốc trung tâm xác nhận",
        "Bành Trạch, ngày 10 tháng 12 năm 2022",
        "Chủ tịch xã xác nhận",
    ],
)
@pytest.mark.parametrize("number", [1, None])
def test_a_note_in_the_words_of_a_signature_ends_no_table(desk, note, number):
    rows = (
        (number, "Xã Bành Trạch", "Có", note),
        (number and 2, "Xã Phúc Lộc", "Không", None),
        (),
        (None, None, None, "Ba Bể, ngày 20 tháng 9 năm 2022"),
        (None, "Người lập biểu", "Thủ trưởng đơn vị"),
        (None, "Nguyễn Văn Nam", "Trần Thị Hoa"),
    )
    draft = desk.read(own(HEADS, *rows), reporter="061", quarter=Q3)
    assert draft.clean, sentences(draft)
    assert [str(reading(draft, "1", unit).numerator) for unit in (TRACH, LOC)] == ["1", "0"]


def test_a_row_under_words_of_a_signature_is_read(desk):
    rows = ((1, "Xã Bành Trạch", "Có"), (None, "Người lập biểu"), (2, "Xã Phúc Lộc", "Có"))
    draft = desk.read(own(HEADS, *rows), reporter="061", quarter=Q3)
    assert reading(draft, "1", LOC).numerator == 1


# Groups.


@pytest.mark.parametrize("marks", [("I", "II", "III"), ("A", "B", "C"), ("a", "b", "c")])
def test_a_unit_numbered_like_a_group_is_named_when_it_is_unknown(desk, marks):
    rows = (
        (marks[0], "Xã Bành Trạch", "Có"),
        (marks[1], "Xã Lạ Hoắc", "Có"),
        (marks[2], "Xã Phúc Lộc", "Có"),
    )
    draft = desk.read(own(HEADS, *rows), reporter="061", quarter=Q3)
    assert "unknown_unit" in reasons(draft), sentences(draft)


def test_a_numbered_row_with_figures_and_no_name_is_named(desk):
    rows = (("I", "Xã Bành Trạch", "Có"), ("II", None, "Có"))
    draft = desk.read(own(HEADS, *rows), reporter="061", quarter=Q3)
    assert "row_without_unit" in reasons(draft), sentences(draft)


def test_an_indicator_numbered_like_a_group_is_asked_about(desk):
    rows = (
        ("STT", "Chỉ tiêu", "Tử số", "Mẫu số"),
        ("I", "Chỉ tiêu chưa ai biết đến", 5, 6),
        ("II", "(11) Hồ sơ trực tuyến", 3, 4),
    )
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    assert {"indicator_unclear", "unknown_indicator"} & {*reasons(draft)}, sentences(draft)
    assert fraction(draft, "11", "061") == (3, 4)


def test_a_group_with_the_sums_of_its_rows_stays_one(desk):
    rows = (
        ("STT", "Đơn vị", "(6) Tử số", "(6) Mẫu số"),
        ("I", "Phía Nam", 8, 30),
        (1, "Huyện Ba Bể", 3, 10),
        (2, "Huyện Na Rì", 5, 20),
    )
    draft = desk.read(own(*rows, over=(TITLE, ROOM)), quarter=Q3)
    assert draft.clean, sentences(draft)


# Periods.

WIDE = (("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có"))
OTHER = (("STT", "Đơn vị", "(3)"), (1, "Xã Bành Trạch", "Có"))


def two_sheets(first, second, name="Biểu 02") -> bytes:
    def more(book):
        sheet = book.create_sheet(name)
        for row in (*second, BA_BE, *OTHER):
            sheet.append(row)

    return edit(sheet_of(*first, BA_BE, *WIDE), more)


def places(draft, why="quarter_disagrees") -> list[str]:
    return [str(p.at) for p in draft.problems if reason(p) == why]


def test_a_sheet_of_another_quarter_is_named(desk):
    content = two_sheets([TITLE], [("BÁO CÁO KẾT QUẢ QUÝ IV/2022",)])
    draft = desk.read(content, reporter="061", quarter=Q3)
    assert places(draft) == ["Biểu 02!A1"], sentences(draft)
    assert "quarter_unclear" in reasons(desk.read(content, reporter="061"))


def test_a_sheet_named_after_another_quarter_is_named(desk):
    draft = desk.read(two_sheets([TITLE], [("BIỂU TỔNG HỢP",)], "Quý IV"), reporter="061", quarter=Q3)
    assert places(draft) == ["Quý IV!A1"], sentences(draft)
    same = desk.read(two_sheets([TITLE], [("BIỂU TỔNG HỢP",)], "Quý III"), reporter="061", quarter=Q3)
    assert same.clean, sentences(same)


@pytest.mark.parametrize("title", ["QUÝ IV/2022", "Bảng 2. Kết quả quý bốn năm 2022", "THÁNG 12 NĂM 2022"])
def test_a_second_table_of_another_quarter_is_named(desk, title):
    draft = desk.read(own(*WIDE, (), (title,), *OTHER), reporter="061", quarter=Q3)
    assert places(draft) == ["Biểu 01!A6"], sentences(draft)


@pytest.mark.parametrize(
    "title",
    [
        "BÁO CÁO KẾT QUẢ QUÝ BỐN NĂM 2022",
        "QUÝ BỐN NĂM 2022",
        "BÁO CÁO QUÝ TƯ NĂM 2022",
        "THÁNG 12 NĂM 2022",
        "BÁO CÁO KẾT QUẢ THÁNG 10 NĂM 2022",
        "(Từ ngày 01/10/2022 đến ngày 31/12/2022)",
        "BÁO CÁO KẾT QUẢ (từ 01/10/2022 đến 31/12/2022)",
    ],
)
def test_a_period_in_words_that_is_another_than_the_chosen_is_asked_about(desk, title):
    draft = desk.read(own(*WIDE, over=((title,), BA_BE)), reporter="061", quarter=Q3)
    assert "quarter_unclear" in reasons(draft), sentences(draft)


@pytest.mark.parametrize(
    "title",
    [
        "BÁO CÁO KẾT QUẢ QUÝ BA NĂM 2022",
        "THÁNG 9 NĂM 2022",
        "(Từ ngày 01/07/2022 đến ngày 30/09/2022)",
        "Ba Bể, ngày 05 tháng 10 năm 2022",
        "(Kèm theo Báo cáo số 12/BC-VHTT ngày 10 tháng 10 năm 2022)",
    ],
)
def test_a_period_in_words_that_is_the_chosen_one_is_no_question(desk, title):
    draft = desk.read(own(*WIDE, over=((title,), BA_BE)), reporter="061", quarter=Q3)
    assert draft.clean, sentences(draft)


# Heads.


@pytest.mark.parametrize(
    "head",
    [
        [("UBND HUYỆN CHỢ MỚI",)],
        [("UBND HUYỆN CHỢ MỚI",), ("PHÒNG VĂN HÓA VÀ THÔNG TIN",)],
        [("PHÒNG VĂN HÓA VÀ THÔNG TIN HUYỆN CHỢ MỚI",)],
        [("ỦY BAN NHÂN DÂN HUYỆN CHỢ MỚI\nPHÒNG VĂN HÓA VÀ THÔNG TIN",)],
    ],
)
def test_a_head_of_another_reporter_is_asked_about(desk, head):
    draft = desk.read(own(*WIDE, over=(*head, TITLE)), reporter="061", quarter=Q3)
    assert "reporter_unclear" in reasons(draft), sentences(draft)


@pytest.mark.parametrize(
    "head",
    [
        [("UBND HUYỆN BA BỂ",), ("PHÒNG VĂN HÓA VÀ THÔNG TIN",)],
        [("UBND TỈNH BẮC KẠN",), ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG",), ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)],
        [("UBND TỈNH BẮC KẠN",), ("UBND HUYỆN BA BỂ",)],
    ],
)
def test_a_head_of_the_own_office_is_no_question(desk, head):
    draft = desk.read(own(*WIDE, over=(*head, TITLE)), reporter="061", quarter=Q3)
    assert draft.clean, sentences(draft)


def test_a_head_of_another_reporter_on_a_second_sheet_is_asked_about(desk):
    def more(book):
        sheet = book.create_sheet("Biểu 02")
        for row in (("UBND HUYỆN CHỢ MỚI",), *OTHER):
            sheet.append(row)

    content = edit(own(*WIDE, over=(("UBND HUYỆN BA BỂ",), TITLE)), more)
    assert "reporter_unclear" in reasons(desk.read(content, reporter="061", quarter=Q3))


# Tables.

PLAIN = ("STT", "Xã", "Kết quả")


def test_the_title_just_over_a_table_says_its_indicator(desk):
    rows = (
        ("Bảng 1: (1) Đài truyền thanh",),
        PLAIN,
        (1, "Xã Bành Trạch", "Có"),
        (2, "Xã Phúc Lộc", "Không"),
        (),
        ("Bảng 2: (3) Bưu điện văn hóa",),
        PLAIN,
        (1, "Xã Bành Trạch", "Không"),
        (2, "Xã Phúc Lộc", "Có"),
    )
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    assert draft.clean, sentences(draft)
    found = {(n, u): reading(draft, n, u).numerator for n in "13" for u in (TRACH, LOC)}
    assert found == {("1", TRACH): 1, ("1", LOC): 0, ("3", TRACH): 0, ("3", LOC): 1}


def test_a_second_table_without_a_title_is_not_about_the_first_one(desk):
    rows = (("Bảng 1: (1) Đài",), PLAIN, (1, "Xã Bành Trạch", "Có"), (), PLAIN, (1, "Xã Phúc Lộc", "Có"))
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    assert not draft.clean, sentences(draft)
    assert ("1", LOC) not in {(r.indicator, r.unit) for r in draft.readings}


def test_two_tables_side_by_side_are_refused_by_name(desk):
    rows = (
        ("STT", "Xã", "(1)", None, "STT", "Xã", "(3)"),
        (1, "Xã Bành Trạch", "Có", None, 1, "Xã Phúc Lộc", "Có"),
        (2, "Xã Phúc Lộc", "Không", None, 2, "Xã Bành Trạch", "Không"),
    )
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    assert places(draft, "tables_beside") == ["Biểu 01!F4", "Biểu 01!F5"], sentences(draft)


@pytest.mark.parametrize("short", ["first", "second"])
def test_of_tables_side_by_side_one_may_be_longer(desk, short):
    left, right = (1, "Xã Bành Trạch", "Có"), (1, "Xã Phúc Lộc", "Có")
    none = (None, None, None)
    row = (*none, None, *right) if short == "first" else (*left, None, *none)
    rows = (("STT", "Xã", "(1)", None, "STT", "Xã", "(3)"), (*left, None, *left), row)
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    found = {(r.indicator, r.unit) for r in draft.readings}
    wrong = {("1", LOC)} if short == "first" else {("3", LOC)}
    assert not found & wrong, sentences(draft)
    if short == "first":
        assert not draft.clean, sentences(draft)


def test_tables_side_by_side_of_the_same_units_are_read(desk):
    left = (1, "Xã Bành Trạch")
    rows = (("STT", "Xã", "(1)", None, "STT", "Xã", "(3)"), (*left, "Có", None, *left, "Không"))
    draft = desk.read(own(*rows), reporter="061", quarter=Q3)
    assert draft.clean, sentences(draft)
    assert reading(draft, "3", TRACH).numerator == 0


# Merged values.


def test_a_value_merged_over_two_units_is_named(desk):
    content = own(HEADS, (1, "Xã Bành Trạch", "Có"), (2, "Xã Phúc Lộc"), (3, "Xã Hà Hiệu", "Có"))
    draft = desk.read(
        edit(content, lambda book: book.active.merge_cells("C4:C5")), reporter="061", quarter=Q3
    )
    assert places(draft, "value_across_units") == ["Biểu 01!C4"], sentences(draft)
