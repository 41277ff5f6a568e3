"""What staff send in, and what is said about it: rows 35–99 of the list of messy sheets, as real workbooks."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kpi import workbook
from kpi.model import Cell, Duty, Level, Quarter, Reading, Reporter, State
from kpi.workbook.identity import period
from tests.sheets import (
    COMMUNES,
    DISTRICT,
    Q1,
    Desk,
    change,
    edit,
    fraction,
    reading,
    reasons,
    reported,
    sentences,
    sheet_of,
    with_result,
)

TOWN, NEXT = "01888", "01891"
"""Codes of the first two communes of the form: Thị trấn Chợ Rã in row 9, Xã Bành Trạch in row 10."""
FILES_RATIO = {f"{DISTRICT}!G9": None, f"{DISTRICT}!H9": None}
"""Leaves the ratio of indicator 11 alone in its row."""


def share(desk, value, number_format="General", **asked):
    return desk.changed({**FILES_RATIO, f"{DISTRICT}!I9": (value, number_format)}, **asked)


def parts(desk, numerator, denominator, **asked):
    cells = {f"{DISTRICT}!G9": numerator, f"{DISTRICT}!H9": denominator, f"{DISTRICT}!I9": None}
    return desk.changed(cells, **asked)


# Units: rows 35–62.


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (35, "Huyện Ba Bể"), (35, "H. Ba Bể"), (35, "H.Ba Bể"), (35, "Ba Bể"), (35, "BA BỂ"),
        (62, "UBND huyện Ba Bể"), (62, "Bưu điện huyện Ba Bể"),
    ],
)  # fmt: skip
def test_a_district_is_known_under_its_usual_names(desk, row, code):
    draft = desk.changed({"Cấp huyện!B11": None, "Cấp huyện!C11": code}, "PBCVT")
    assert draft.verdict == "accept", sentences(draft)
    assert reported(draft, "6", "061")


@pytest.mark.parametrize("name", ["Thành Phố Bắc Kạn", "TP Bắc Kạn", "TP.Bắc Kạn", "Tp. Bắc Kạn", "Bắc Kạn"])
def test_the_city_is_told_from_the_province_of_the_same_name(desk, name):
    draft = desk.changed({"Cấp huyện!B9": None, "Cấp huyện!C9": name}, "PBCVT")
    assert draft.clean, sentences(draft)
    assert reported(draft, "6", "058")


@pytest.mark.parametrize(
    ("name", "code", "place"),
    [("Pac Nam", "060", 10), ("Pắc Nặm", "060", 10), ("Pác Nậm", "060", 10), ("Cho Don", "064", 14),
     ("Na Rỳ", "066", 16), ("Nari", "066", 16)],
)  # fmt: skip
def test_a_name_without_its_accents_is_read_and_said(desk, name, code, place):
    draft = desk.changed({f"Cấp huyện!B{place}": None, f"Cấp huyện!C{place}": name}, "PBCVT")
    assert draft.clean
    assert reported(draft, "6", code)
    assert f"đọc “{name}” là" in sentences(draft) or name == "Na Rỳ"


@pytest.mark.parametrize(
    ("reporter", "name", "code"),
    [
        ("063", "Sĩ Bình", "01978"),
        ("063", "Sỹ Bình", "01978"),
        ("064", "Phương Viên", "02050"),
        ("058", "Huyền Tụng", "01846"),
        ("058", "Phường Minh Khai", "01834"),
        ("061", "Xã Bành Trạch", NEXT),
        ("061", "Xã\u00a0Bành  Trạch\u200b\n", NEXT),
    ],
)
def test_spellings_of_communes_are_one_commune(desk, units, reporter, name, code):
    book = load_workbook(io.BytesIO(desk.filled(reporter)))
    row = next(r for r in range(9, 40) if book[COMMUNES].cell(r, 2).value == code)
    draft = desk.changed({f"B{row}": None, f"C{row}": name}, reporter)
    assert draft.clean, sentences(draft)
    assert reported(draft, "4", code)


@pytest.mark.parametrize(
    ("row", "name", "reason", "says"),
    [
        (45, "B¾c K¹n", "old_encoding", "TCVN3"),
        (46, "Baéc Kaïn", "old_encoding", "VNI"),
        (53, "Xã Bành Trạcg", "unknown_unit", "Có phải: Xã Bành Trạch"),
        (54, "Huyện Ba Vì", "unknown_unit", "không phải đơn vị thuộc tỉnh Bắc Kạn"),
        (60, "Xã Ba Bể", "unit_of_later_day", "chỉ có từ ngày 01/07/2025"),
    ],
)
def test_a_name_that_is_no_unit_says_why_at_its_cell(desk, row, name, reason, says):
    draft = desk.changed({"B9": None, "C9": name})
    assert draft.verdict == "refuse"
    assert [p.at for p in draft.problems] == [Cell(COMMUNES, "C9")]
    assert reason in reasons(draft)
    assert says in sentences(draft)
    assert reported(draft, "4", NEXT), "the other rows are read all the same"


def test_two_real_communes_one_letter_apart_are_never_taken_for_each_other(desk):
    draft = desk.changed({"B9": None, "C9": "Xã Xuân La"})
    assert not reported(draft, "4", TOWN)
    assert not draft.clean


def test_a_unit_twice_is_no_matter_when_equal_and_a_problem_when_not(desk):
    same = desk.changed({"B9": None, "C9": "Xã Bành Trạch"})
    assert same.clean
    assert "same_twice" in reasons(same)
    other = desk.changed({"B9": None, "C9": "Xã Bành Trạch", "K9": 3})
    assert "unit_twice" in reasons(other)
    assert "ô này và ô K9" in sentences(other)


def test_what_is_missing_is_named_and_never_zero(desk):
    draft = desk.changed({f"{c}9": None for c in "EGIKLM"})
    assert draft.clean
    assert draft.verdict == "warn"
    assert not reported(draft, "1", TOWN)
    assert "Tệp này chưa có số liệu chỉ tiêu 1, 2, 3, 4 của 1/15 đơn vị: Thị trấn Chợ Rã." in sentences(draft)


def test_a_code_that_lost_its_zeros_is_padded(desk):
    draft = desk.changed({"B9": 1888, "B10": 1891.0})
    assert draft.verdict == "accept", sentences(draft)


def test_code_and_name_must_agree(desk):
    draft = desk.changed({"C9": "Xã Phúc Lộc"})
    assert "mã 01888 là Thị trấn Chợ Rã nhưng tên ghi Xã Phúc Lộc" in sentences(draft)


def test_a_merged_name_holds_for_its_rows_only(desk):
    content = sheet_of(
        ("Báo cáo Quý I/2022",),
        ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",),
        ("STT", "Đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số"),
        (1, "Huyện Ba Bể", "(5) Phủ sóng 5G", 0, 1),
        (2, None, "(6) Ngầm hóa cáp", 2.5, 10),
        (3, None, "(5) Phủ sóng 5G", 1, 1),
    )
    draft = desk.read(edit(content, lambda book: book.active.merge_cells("B4:B5")))
    assert reading(draft, "6", "061").numerator == Decimal("2.5")
    assert [p.at.address for p in draft.problems] == ["D6"]


def test_nothing_happened_is_a_state_and_not_a_division(desk):
    draft = parts(desk, 0, 0)
    assert draft.clean
    assert reading(draft, "11", "061").state is State.NOT_APPLICABLE


@pytest.fixture
def coast(plan, directory):
    """The same plan in a province with numbered wards and with a district that has no commune."""
    units = directory.on(date(2022, 1, 1), "77")
    asked = [*units.below("77", Level.COMMUNE), *units.below("77", Level.DISTRICT)]
    duties = tuple(Duty("4" if u.level is Level.COMMUNE else "11", u.code) for u in asked)
    reporter = Reporter("VP", "Văn phòng Sở", duties)
    ours = replace(plan, code="ba-ria", province="77", reporters=(reporter,))
    return Desk(ours, {ours.code: ours}, directory, units)


def on_the_coast(desk, row, cells, **asked):
    book = load_workbook(io.BytesIO(desk.filled("VP")))
    places = {book[COMMUNES].cell(r, 2).value: r for r in range(9, 100)}
    return desk.read(change(desk.filled("VP"), {f"{c}{places[row]}": v for c, v in cells.items()}), **asked)


def test_a_bare_name_that_two_communes_bear_is_a_question(coast):
    draft = on_the_coast(coast, "26548", {"B": None, "C": "Phước Hưng"})
    choices = draft.open_doubts[0].choices
    assert choices == ("Phường Phước Hưng (Thành phố Bà Rịa)", "Xã Phước Hưng (Huyện Long Điền)")
    at = str(draft.open_doubts[0].at)
    answered = on_the_coast(coast, "26548", {"B": None, "C": "Phước Hưng"}, answers={at: choices[0]})
    assert answered.clean
    assert reported(answered, "4", "26548")
    assert on_the_coast(coast, "26548", {"C": "Phước Hưng"}).clean, "the code decides"


@pytest.mark.parametrize("name", [1, 1.0, "Phường 01", "P.1", "P1"])
def test_a_ward_may_be_only_a_number(coast, name):
    draft = on_the_coast(coast, "26506", {"B": None, "C": name})
    assert draft.clean, sentences(draft)
    assert reported(draft, "4", "26506")


def test_a_name_of_a_district_and_a_commune_is_decided_by_the_sheet(coast):
    communes = {u.name: u for u in coast.units.below("77", Level.COMMUNE)}
    districts = {u.name for u in coast.units.below("77", Level.DISTRICT)}
    both = [name for name in communes if name in districts]
    assert both
    for name in both:
        draft = on_the_coast(coast, communes[name].code, {"B": None, "C": name})
        assert reported(draft, "4", communes[name].code), name


# Rows: 63–68.


def test_totals_are_added_up_again_and_compared(desk):
    draft = desk.changed({"E24": 14, "K24": 120, "L24": 150})
    assert draft.clean
    assert "dòng tổng cộng trong tệp (14) khác tổng tính lại (15)" in sentences(draft)
    assert "total_differs" not in reasons(
        desk.changed({"E24": 15, "K24": 120, "L24": 150, "M24": (0.8, "0%")})
    )


@pytest.mark.parametrize("words", ["Tổng cộng", "Tổng số", "Cộng", "Toàn tỉnh", "TỔNG", "Cộng I + II"])
def test_a_row_of_totals_is_no_unit(desk, words):
    assert desk.changed({"A24": words}).verdict == "accept"


@pytest.mark.parametrize("order", ["1", 1.0, "01", "-", None, "I", "a)"])
def test_the_running_number_is_never_a_key(desk, order):
    assert desk.changed({"A9": order}).verdict == "accept"


def test_groups_signatures_and_notes_are_not_units(desk):
    def dress(book):
        sheet = book[COMMUNES]
        sheet["A26"], sheet["B26"] = "II", "CÁC XÃ VÙNG CAO"
        sheet["K28"] = "Ba Bể, ngày 20 tháng 3 năm 2022"
        sheet["C29"], sheet["K29"] = "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"
        sheet["C30"] = "(Ký, ghi rõ họ tên)"
        sheet["C31"] = "Ghi chú: số liệu đã đối chiếu"

    assert desk.read(edit(desk.filled(), dress)).verdict in {"accept", "warn"}
    assert not desk.read(edit(desk.filled(), dress)).problems


def test_the_day_of_the_figures_may_stand_in_a_note(desk):
    cells = {f"{DISTRICT}!A4": None, f"{DISTRICT}!C4": None, "A26": "* Số liệu tính đến ngày 10/3/2022"}
    draft = desk.changed(cells)
    assert draft.clean
    assert reading(draft, "1", TOWN).as_of == date(2022, 3, 10)
    assert "cut_off_read" in reasons(draft)


# Values: 69–93.


@pytest.mark.parametrize(
    ("row", "value", "number_format", "percent"),
    [
        (69, 0.96, "0%", "96"), (69, 0.57, "0.0%", "57"), (69, 0.29, "0.00%", "29"), (70, 96, "General", "96"),
        (73, "96%", "@", "96"), (73, "96 %", "@", "96"), (73, "96,0", "@", "96"), (73, "96.0", "@", "96"),
        (73, "96,0%", "@", "96"), (73, "≥ 96%", "@", "96"), (73, "0,96%", "@", "0.96"), (89, 95.96, "0", "95.96"),
        (89, 0.9596, "0%", "95.96"), (69, 0.1 + 0.2, "0%", "30"), (69, 96, '0"%"', "96"),
    ],
)  # fmt: skip
def test_a_percent_is_read_as_it_was_meant(desk, row, value, number_format, percent):
    draft = share(desk, value, number_format)
    assert draft.clean, sentences(draft)
    assert reading(draft, "11", "061").value == Decimal(percent)
    assert reading(draft, "11", "061").denominator is None


@pytest.mark.parametrize(
    ("value", "choices"), [(0.96, ("96%", "0,96%")), (1, ("100%", "1%")), ("0,5", ("50%", "0,5%"))]
)
def test_a_percent_of_one_or_of_a_hundred_is_asked_once_for_its_column(desk, value, choices):
    draft = share(desk, value)
    assert draft.verdict == "ask"
    assert [d.choices for d in draft.open_doubts] == [choices]
    for key in (f"{DISTRICT}!I9", "I9"):
        for answer, percent in zip(choices, (100, 1), strict=True):
            answered = share(desk, value, answers={key: answer})
            assert answered.clean
            assert answered.answers == {f"{DISTRICT}!I9": answer}
            factor = Decimal(str(value).replace(",", "."))
            assert reading(answered, "11", "061").value == factor * percent
    assert share(desk, value, answers={"I9": "12%"}).verdict == "ask"


def test_numerator_and_denominator_decide_what_a_percent_of_one_means(desk):
    draft = desk.changed({f"{DISTRICT}!G9": 96, f"{DISTRICT}!H9": 100, f"{DISTRICT}!I9": 0.96})
    assert draft.verdict == "accept", sentences(draft)
    draft = desk.changed({f"{DISTRICT}!G9": 24, f"{DISTRICT}!H9": 2500, f"{DISTRICT}!I9": 0.96})
    assert draft.verdict == "accept", sentences(draft)


@pytest.mark.parametrize(
    ("raw", "number"),
    [("1.234", 1234), ("1,234", 1234), ("1 234", 1234), ("1.234.567", 1234567), ("12", 12), ("12 hồ sơ", 12),
     ("96,0", 96), (12.0, 12)],
)  # fmt: skip
def test_in_a_column_of_whole_numbers_a_point_groups_thousands(desk, raw, number):
    draft = parts(desk, raw, 2_000_000)
    assert draft.clean, sentences(draft)
    assert reading(draft, "11", "061").numerator == number


def test_in_a_percent_column_thousands_or_decimals_is_a_question(desk):
    draft = share(desk, "1.292")
    assert [d.choices for d in draft.open_doubts] == [("1,292", "1292")]
    answered = share(desk, "1.292", answers={f"{DISTRICT}!I9": "1,292"})
    assert reading(answered, "11", "061").value == Decimal("1.292")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("0.125", "0.125"),
        ("2,75 km", "2.75"),
    ],
)
def test_kilometres_have_decimals(desk, raw, number):
    draft = desk.changed({"Cấp huyện!I11": raw, "Cấp huyện!J11": 9999}, "PBCVT")
    assert draft.clean, sentences(draft)
    assert reading(draft, "6", "061").numerator == Decimal(number)


def test_kilometres_with_three_digits_behind_the_point_are_a_question(desk):
    cells = {"Cấp huyện!I11": "1.234", "Cấp huyện!I12": "2.345", "Cấp huyện!J11": 9999, "Cấp huyện!J12": 9999}
    draft = desk.changed(cells, "PBCVT")
    assert [len(d.cells) for d in draft.open_doubts] == [2]
    answered = desk.changed(cells, "PBCVT", answers={"Cấp huyện!I11": "1,234"})
    assert reading(answered, "6", "062").numerator == Decimal("2.345")


@pytest.mark.parametrize("raw", ["98/108", "98 / 108 hồ sơ"])
def test_a_fraction_in_one_cell_is_both_its_numbers(desk, raw):
    draft = share(desk, raw)
    assert fraction(draft, "11", "061") == (98, 108)
    assert reading(draft, "11", "061").value is None


def test_a_date_in_place_of_a_number_is_refused_and_of_a_fraction_asked_about(desk):
    day = (datetime(2022, 12, 10, tzinfo=UTC).replace(tzinfo=None), "d-mmm")
    refused = parts(desk, day, 20)
    assert reasons(refused) == {"date_in_value"}
    assert "10/12/2022" in sentences(refused)
    asked = share(desk, *day)
    assert asked.open_doubts[0].choices[0] == "10/12"
    answered = share(desk, *day, answers={"I9": "10/12"})
    assert fraction(answered, "11", "061") == (10, 12)


@pytest.mark.parametrize(
    ("raw", "yes"),
    [("Đạt", 1), ("đạt", 1), ("Có", 1), ("CÓ", 1), ("x", 1), ("X", 1), ("✓", 1), (1, 1), ("Chưa đạt", 0),
     ("Không", 0), ("khong", 0), (0, 0), ("0", 0)],
)  # fmt: skip
def test_yes_and_no_have_many_words(desk, raw, yes):
    draft = desk.changed({"I9": raw})
    assert draft.clean
    assert reading(draft, "3", TOWN).numerator == yes


@pytest.mark.parametrize("raw", ["Đạt", "x", "Có", "✓"])
def test_a_yes_is_no_number(desk, raw):
    assert f"chỉ tiêu 11 cần số, không nhận “{raw}”" in sentences(parts(desk, raw, 10))


@pytest.mark.parametrize("raw", ["có 2 trạm", 7, "14/16", "hỏng"])
def test_a_number_is_no_yes(desk, raw):
    assert reasons(desk.changed({"I9": raw})) == {"not_yes_or_no"}


@pytest.mark.parametrize("raw", ["-", "–", "…", "...", "  ", None])
def test_dashes_and_dots_are_missing(desk, raw):
    draft = desk.changed({"I9": raw, "K9": raw, "L9": raw})
    assert draft.clean
    assert not reported(draft, "3", TOWN)
    assert not reported(draft, "4", TOWN)


@pytest.mark.parametrize("raw", ["chưa có", "chưa có số liệu"])
def test_not_yet_is_missing_and_said(desk, raw):
    draft = parts(desk, raw, raw)
    assert draft.clean
    assert not reported(draft, "11", "061")
    assert "read_as_missing" in reasons(draft)


@pytest.mark.parametrize("raw", ["không có", "KPS", "không phát sinh"])
def test_none_is_zero_where_things_are_counted_and_missing_elsewhere(desk, raw):
    counted = parts(desk, raw, 10)
    assert reading(counted, "11", "061").numerator == 0
    assert "read_as_zero" in reasons(counted)
    asked = desk.changed({"I9": raw})
    assert not reported(asked, "3", TOWN)
    assert "read_as_missing" in reasons(asked)


def test_all_zero_is_kept_and_pointed_at(desk):
    draft = desk.changed({"E9": 0, "G9": None, "I9": 0, "K9": 0, "L9": 0})
    assert draft.clean
    assert "tất cả chỉ tiêu của Thị trấn Chợ Rã bằng 0" in sentences(draft)


@pytest.mark.parametrize("raw", [(-0.05, "0%"), ("-5%", "@"), (-5, "General")])
def test_a_percent_below_zero_is_refused(desk, raw):
    assert reasons(share(desk, *raw)) == {"out_of_range"}


def test_a_stock_above_a_hundred_percent_is_refused_and_a_flow_only_warned_of(desk):
    stock = {f"{DISTRICT}!G8": None, f"{DISTRICT}!H8": None, f"{DISTRICT}!I8": (1.2, "0%")}
    assert reasons(desk.changed(stock)) == {"out_of_range"}
    assert reasons(share(desk, 1.2, "0%")) == {"above_all", "only_percent"}


def test_more_than_all_is_refused_for_a_stock_and_warned_of_for_a_flow(desk):
    assert reasons(desk.changed({"K9": 11})) == {"numerator_above_denominator"}
    flow = parts(desk, 11, 10)
    assert flow.clean
    assert reasons(flow) == {"above_all"}


@pytest.mark.parametrize(("written", "fine"), [("80%", True), (0.8, True), ("33,3%", False), (0.805, False)])
def test_a_ratio_must_agree_with_its_numbers(desk, written, fine):
    draft = desk.changed({f"{DISTRICT}!I9": (written, "0%" if isinstance(written, float) else "@")})
    assert draft.clean is fine


@pytest.mark.parametrize(
    ("written", "fine"), [("33,3%", True), ("33%", True), ("33,33", True), ("33,4%", False)]
)
def test_a_ratio_may_be_rounded_by_half_its_last_digit(desk, written, fine):
    cells = {f"{DISTRICT}!G9": 1, f"{DISTRICT}!H9": 3, f"{DISTRICT}!I9": written}
    assert desk.changed(cells).clean is fine


def test_a_broken_formula_is_refused_except_a_ratio_of_nothing(desk):
    assert reasons(parts(desk, "#REF!", 10)) == {"broken_formula"}
    cells = {f"{DISTRICT}!G9": 0, f"{DISTRICT}!H9": 0, f"{DISTRICT}!I9": "#DIV/0!"}
    draft = desk.changed(cells)
    assert draft.clean
    assert "divided_by_nothing" in reasons(draft)
    assert "broken_formula" in reasons(share(desk, "#DIV/0!"))


def test_a_formula_that_was_never_worked_out_is_not_a_blank(desk):
    draft = parts(desk, "=3+4", 10)
    assert reasons(draft) == {"uncalculated_formula"}
    assert "Trang “Cấp huyện”, ô G9: ô có công thức =3+4 nhưng chưa có kết quả" in sentences(draft)


def test_the_stored_result_of_a_formula_is_its_value(desk):
    draft = desk.read(with_result(desk.filled(), "G9", "3+4", "7"))
    assert draft.verdict == "accept"
    assert reading(draft, "11", "061").numerator == 7
    linked = desk.read(with_result(desk.filled(), "G9", "[1]Sheet1!A1", "7"))
    assert linked.clean
    assert reasons(linked) == {"linked_formula"}


def test_the_forms_own_ratio_is_cut_and_still_agrees(desk):
    content = change(desk.filled(), {f"{DISTRICT}!G8": 95, f"{DISTRICT}!H8": 99})
    assert desk.read(with_result(content, "I8", "ROUNDDOWN(G8/H8,4)", "0.9595")).verdict == "accept"


def test_true_and_false_are_neither_numbers_nor_answers(desk):
    assert reasons(parts(desk, True, 10)) == {"logical_in_value"}
    assert "logical_in_value" in reasons(desk.changed({"I9": True}))


@pytest.mark.parametrize("raw", ["96% (tính đến 14/3)", "khoảng 96%", "trên 96%"])
def test_a_remark_belongs_beside_the_value(desk, raw):
    assert reasons(share(desk, raw)) == {"remark_in_value"}
    assert "chuyển lời giải thích sang cột Ghi chú" in sentences(share(desk, raw))


def test_notes_may_say_anything(desk):
    assert desk.changed({"N9": "=ghi chú", "N10": "+ đang sửa", "N11": "@ghi"}).problems == ()


def test_half_a_fraction_lacks_the_other_half(desk):
    assert [p.at.address for p in parts(desk, None, 10).problems] == ["G9"]
    assert [p.at.address for p in parts(desk, 3, None).problems] == ["H9"]


def test_something_out_of_nothing_is_refused(desk):
    assert reasons(parts(desk, 3, 0)) == {"something_of_nothing"}


@pytest.mark.parametrize("raw", [2.5, "2,5"])
def test_things_are_counted_in_whole_numbers(desk, raw):
    assert reasons(parts(desk, raw, 10)) == {"too_fine"}


# The rank: row 91.


@pytest.mark.parametrize("raw", [51, "51", "51/63", "hạng 51", "Hạng 51/63", "xếp thứ 51"])
def test_a_rank_is_read_in_any_words(desk, raw):
    draft = desk.changed({"Xếp hạng!H8": raw}, "PCNTT")
    assert draft.verdict == "accept", sentences(draft)
    found = reading(draft, "13", "06")
    assert found.value == 51
    assert found.edition == 2021
    assert found.numerator is None


@pytest.mark.parametrize(
    ("raw", "rank"), [("02 bậc", 57), ("tăng 2 bậc", 57), ("+2", 57), ("giảm 3 bậc", 62)]
)
def test_a_gain_of_places_is_counted_from_the_edition_before(desk, raw, rank):
    draft = desk.changed({"Xếp hạng!H8": raw}, "PCNTT")
    assert draft.clean
    assert reading(draft, "13", "06").value == rank
    assert f"đọc “{raw}” là hạng {rank} của năm 2021 (hạng năm trước: 59)" in sentences(draft)


def test_a_gain_from_an_unknown_rank_is_refused(desk):
    draft = desk.changed({"Xếp hạng!G8": 2022, "Xếp hạng!H8": "tăng 2 bậc"}, "PCNTT")
    assert reasons(draft) == {"no_earlier_rank"}
    held = (Reading("13", "06", Q1, None, None, Decimal(51), State.REPORTED, date(2022, 3, 14), Cell("x", "A1"), edition=2021),)  # fmt: skip
    known = desk.changed({"Xếp hạng!G8": 2022, "Xếp hạng!H8": "tăng 2 bậc"}, "PCNTT", held=held)
    assert reading(known, "13", "06").value == 49


@pytest.mark.parametrize(
    ("cell", "raw", "why"), [("G8", 2030, "edition_outside_plan"), ("H8", "cao", "not_a_rank")]
)
def test_a_rank_or_year_that_is_none_is_refused(desk, cell, raw, why):
    assert why in reasons(desk.changed({f"Xếp hạng!{cell}": raw}, "PCNTT"))


# Periods: 94–99.


@pytest.mark.parametrize(
    ("raw", "quarter"),
    [
        ("Quý I/2022", 1), ("Quý 1/2022", 1), ("Q1/2022", 1), ("Q.I-2022", 1), ("quý I năm 2022", 1),
        ("Qúy I/2022", 1), ("QUÝ IV NĂM 2022", 4), ("BÁO CÁO SỐ LIỆU QUÝ III/2022", 3), ("6 tháng đầu năm 2022", 2),
        ("9 tháng năm 2022", 3), ("9 tháng/2022", 3), ("Năm 2022", 4), ("Báo cáo năm 2022", 4),
    ],
)  # fmt: skip
def test_a_period_has_many_spellings(raw, quarter):
    found = period(raw, 2022)
    assert found
    assert found.quarter == Quarter(2022, quarter)


@pytest.mark.parametrize("raw", ["Quý IIII", "Quý V", "Quý 5", "Quý V/2022", "Quý 5/2022", "Quý 0/2022"])
def test_a_period_that_does_not_exist_is_said_to_be_none(desk, raw):
    found = period(raw, 2022)
    assert found
    assert found.quarter is None
    draft = desk.changed({"A1": f"BÁO CÁO SỐ LIỆU {raw}"})
    assert reasons(draft) == {"invalid_period"}


@pytest.mark.parametrize(
    "raw", ["Tháng. . . năm . .", "Kính thưa quý vị", "kinh tế - xã hội năm 2022", "Quý trước"]
)
def test_other_words_are_no_period(raw):
    assert period(raw, 2022) is None


@pytest.mark.parametrize("raw", ["31/3/2022", "31-03-2022", "31.3.2022", datetime(2022, 3, 31)])  # noqa: DTZ001
def test_the_day_comes_first_in_a_date(desk, raw):
    draft = desk.changed({f"{DISTRICT}!C4": raw})
    assert draft.clean, sentences(draft)
    assert draft.as_of == date(2022, 3, 31)


@pytest.mark.parametrize(
    ("raw", "why"),
    [("3/31/2022", "not_a_date"), ("hôm qua", "not_a_date"), ("14/03/2002", "date_outside_quarter")],
)
def test_a_day_that_is_none_or_lies_elsewhere_is_refused(desk, raw, why):
    draft = desk.changed({f"{DISTRICT}!C4": raw})
    assert reasons(draft) == {why}
    assert draft.problems[0].at == Cell(DISTRICT, "C4")


@pytest.mark.parametrize(
    "heading", ["Tử số quý trước", "Tử số năm 2021", "Tử số (Quý IV/2021)", "Tử số cùng kỳ", "Tử số kế hoạch"]
)
def test_a_column_of_another_time_is_never_read_for_this_quarter(desk, heading):
    def insert(book):
        sheet = book[DISTRICT]
        sheet.insert_cols(7)
        sheet["G7"] = heading
        for row in (8, 9, 10):
            sheet.cell(row, 7).value = 3

    draft = desk.read(edit(desk.filled(), insert))
    assert draft.clean, sentences(draft)
    own = {(r.indicator, r.numerator, r.denominator) for r in draft.readings if r.unit == "061"}
    assert own == {("9", 8, 10), ("11", 8, 10), ("12", 8, 10)}


def test_two_columns_for_one_part_are_refused(desk):
    draft = desk.changed({f"{DISTRICT}!K7": "Tử số"})
    assert "indicator_twice" in reasons(draft)


def test_a_typed_total_beside_gaps_is_the_district_s_own_figure(desk):
    draft = desk.read(change(desk.blank(), {"E9": "Có", "E24": 12}))
    assert draft.clean, sentences(draft)
    assert ("1", "061", 12) in [(r.indicator, r.unit, r.numerator) for r in draft.readings]


def test_a_rank_beyond_the_last_place_is_refused(desk):
    draft = desk.changed({"Xếp hạng!H8": 64}, code="PCNTT")
    assert reasons(draft) >= {"out_of_range"}


def test_a_day_soon_after_the_quarter_is_kept_and_pointed_at(desk):
    draft = desk.changed({f"{DISTRICT}!C4": "05/04/2022"})
    assert draft.clean, sentences(draft)
    assert draft.as_of == date(2022, 4, 5)
    assert "date_beside_quarter" in reasons(draft)


def test_a_quarter_outside_the_plan_is_refused(desk):
    def strip(book):
        del book["_khoa"]
        for sheet in (COMMUNES, DISTRICT):
            book[sheet]["A1"] = "BÁO CÁO SỐ LIỆU QUÝ I/2023"

    assert "nằm ngoài kế hoạch năm 2022" in sentences(desk.read(edit(desk.filled(), strip)))


# Who sends it, for when.


def test_a_form_without_its_key_is_known_by_its_titles(desk):
    draft = desk.read(edit(desk.filled(), lambda book: book.remove(book["_khoa"])))
    assert draft.verdict == "accept"
    assert (draft.plan.code, draft.reporter.code, draft.quarter) == ("bac-kan-2022", "061", Q1)


def test_who_and_when_may_be_said_when_the_file_does_not(desk):
    def strip(book):
        del book["_khoa"]
        for sheet in (COMMUNES, DISTRICT):
            book[sheet]["A1"], book[sheet]["A3"] = "Tháng. . . năm . .", "Đơn vị gửi: ........"

    content = edit(desk.filled(), strip)
    assert reasons(desk.read(content)) == {"unknown_reporter", "unknown_quarter"}
    draft = desk.read(content, reporter="061", quarter=Q1)
    assert draft.verdict == "accept"
    assert len(draft.readings) == len(desk.reporter().duties)


def test_a_file_of_another_office_or_quarter_is_refused_once(desk):
    draft = desk.read(desk.filled(), reporter="060", quarter=Quarter(2022, 2))
    assert reasons(draft) == {"reporter_disagrees", "quarter_disagrees"}
    assert len(draft.problems) == 2
    titles = {"A1": "BÁO CÁO SỐ LIỆU QUÝ II/2022", "A3": "Đơn vị gửi: UBND huyện Na Rì"}
    assert reasons(desk.changed(titles)) == {"reporter_disagrees", "quarter_disagrees"}


def test_an_older_form_is_read_and_said(desk):
    assert reasons(desk.changed({"_khoa!B1": "0"})) == {"older_form"}


# The shape of the table.


def test_columns_may_be_moved_and_added(desk):
    def shuffle(book):
        sheet = book[COMMUNES]
        areas = [str(a) for a in sheet.merged_cells.ranges]
        for area in areas:
            sheet.unmerge_cells(area)
        rows = [[sheet.cell(r, c).value for c in range(1, 15)] for r in range(7, 24)]
        order = [2, 13, 9, 11, 10, 12, 7, 8, 5, 6, 3, 4, 1, 0]
        for r, row in enumerate(rows, start=7):
            heads = [row[9] if r == 7 and place in (10, 11) else row[place] for place in order]
            for c in range(1, 16):
                sheet.cell(r, c).value = None
            for c, value in enumerate(heads, start=1):
                sheet.cell(r, c).value = value
            sheet.cell(r, 15).value = {7: "Dân số", 8: None}.get(r, 1000 + r)
        sheet.delete_rows(24)

    before, after = desk.read(desk.filled()), desk.read(edit(desk.filled(), shuffle))
    assert after.clean, sentences(after)
    assert reasons(after) == {"column_ignored"}
    assert {(r.indicator, r.unit): r.figures for r in after.readings} == {
        (r.indicator, r.unit): r.figures for r in before.readings
    }


OWN = (("BÁO CÁO KẾT QUẢ QUÝ I/2022",), ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",))


@pytest.mark.parametrize(
    "heads",
    [
        ("TT", "Tên xã", "(1)", "(2)", "(3)", "(4) Tử số", "(4) Mẫu số", "Lý do"),
        ("STT", "Đơn vị", "CT1", "CT2", "CT3", "CT4 - Tử số", "CT4 - Mẫu số", "Ghi chú"),
        ("Số TT", "Xã, phường, thị trấn", "Chỉ tiêu 1", "Chỉ tiêu 2", "Chỉ tiêu 3",
         "Tử số (4)", "Mẫu số (4)", "Ghi chú"),
        ("STT", "Tên đơn vị", "Trạm truyền thanh hoạt động", "Trạm truyền thanh hoạt động tốt",
         "Đài truyền thanh ứng dụng CNTT-VT", "(4) Số thôn, bản, tổ dân phố có sóng 3G, 4G",
         "(4) Tổng số thôn, bản, tổ dân phố", "Ghi chú"),
    ],
)  # fmt: skip
def test_an_offices_own_table_is_read_by_its_headings(desk, heads):
    draft = desk.read(
        sheet_of(
            *OWN,
            heads,
            ("A", "B", 1, 2, 3, 4, 5, 6),
            ("I", "Vùng thấp"),
            (1, "X. Bành Trạch", "x", "x", "x", 5, 10, "=tốt"),
            (2, "Phúc Lộc", "Có", "Không", "Không", 10, 10),
            (None, "Tổng cộng", 2, 1, 1, 15, 20),
            (None, None, None, None, None, "Ba Bể, ngày 20 tháng 3 năm 2022"),
            (None, "Người lập biểu", None, None, None, "Thủ trưởng đơn vị"),
        )
    )
    assert not draft.problems, sentences(draft)
    assert reasons(draft) <= {"units_missing"}
    assert len(draft.readings) == 8
    assert fraction(draft, "4", NEXT) == (5, 10)


def test_two_heading_rows_without_merges_belong_together(desk):
    draft = desk.read(
        sheet_of(
            *OWN,
            ("STT", "Đơn vị", "(4) Phủ sóng 3G, 4G", None, None),
            (None, None, "Tử số", "Mẫu số", "Tỷ lệ (%)"),
            (1, "Xã Bành Trạch", 5, 10, 50),
        )
    )
    assert not draft.problems, sentences(draft)
    assert fraction(draft, "4", NEXT) == (5, 10)


def test_a_long_table_may_leave_its_only_unit_out(desk):
    draft = desk.read(
        sheet_of(
            *OWN,
            ("STT", "Chỉ tiêu", "Đơn vị tính", "Chỉ tiêu giao", "Ước thực hiện"),
            (1, "(11) Hồ sơ trực tuyến", "%", 25, "98/108"),
            (2, "Tỷ lệ cuộc họp cấp ủy, chính quyền", "%", "6%", "12%"),
        )
    )
    assert not draft.problems, sentences(draft)
    assert reading(draft, "11", "061").state is State.ESTIMATE
    assert reading(draft, "12", "061").value == 12
    assert {"estimated", "target_differs"} <= reasons(draft)


def test_beside_each_other_a_flow_takes_the_period_and_a_distinct_count_the_year(desk):
    draft = desk.read(
        sheet_of(
            *OWN,
            ("STT", "Chỉ tiêu", "Phát sinh", "Lũy kế"),
            (1, "(11) Hồ sơ trực tuyến", "3/10", "30/100"),
            (2, "(9) TTHC qua BCCI cấp huyện", "4/20", "12/20"),
        )
    )
    assert not draft.problems, sentences(draft)
    assert fraction(draft, "11", "061") == (3, 10)
    assert fraction(draft, "9", "061") == (12, 20)


def test_an_indicator_in_two_columns_and_a_column_without_heading_are_refused(desk):
    rows = (("STT", "Đơn vị", "(1)", "(1)"), (1, "Xã Bành Trạch", "x", "x", 17))
    assert {"indicator_twice", "column_without_heading"} <= reasons(desk.read(sheet_of(*OWN, *rows)))


def test_a_heading_whose_number_and_name_disagree_is_refused(desk):
    rows = (("STT", "Đơn vị", "(3) Trạm truyền thanh hoạt động tốt"), (1, "Xã Bành Trạch", "x"))
    assert "heading_disagrees" in reasons(desk.read(sheet_of(*OWN, *rows)))


def test_a_sheet_without_a_heading_is_told_and_a_file_without_one_refused(desk):
    draft = desk.read(edit(desk.filled(), lambda book: book.create_sheet("Bìa").append(["Báo cáo"])))
    assert reasons(draft) == {"sheet_skipped"}
    assert "no_heading" in reasons(desk.read(sheet_of(*OWN, ("abc", "def"))))


def test_a_hidden_sheet_is_not_read_and_hidden_rows_are(desk):
    def hide(book):
        book[COMMUNES].row_dimensions[9].hidden = True
        book[DISTRICT].sheet_state = "hidden"

    draft = desk.read(edit(desk.filled(), hide))
    assert reasons(draft) == {"hidden_sheet", "hidden_rows", "units_missing"}
    assert reported(draft, "1", TOWN)


# What the reporter is asked for.


def test_an_indicator_that_is_not_the_reporters_is_asked_about_and_never_kept(desk):
    rows = (
        ("STT", "Đơn vị", "(1)", "(7) Tử số", "(7) Mẫu số"),
        (1, "Xã Bành Trạch", "Có", 3, 4),
        (2, "Xã Phúc Lộc", "Có", 1, 2),
    )
    draft = desk.read(sheet_of(*OWN, *rows))
    assert [d.choices for d in draft.open_doubts] == [("Bỏ qua", "Để tôi sửa tệp")]
    assert [c.address for c in draft.doubts[0].cells] == ["D4", "E4", "D5", "E5"]
    left_out = desk.read(sheet_of(*OWN, *rows), answers={"D4": "Bỏ qua"})
    assert left_out.clean
    assert {r.indicator for r in left_out.readings} == {"1"}
    assert desk.read(sheet_of(*OWN, *rows), answers={"D4": "Để tôi sửa tệp"}).verdict == "ask"


def test_a_unit_that_is_not_the_reporters_is_asked_about(desk):
    draft = desk.changed({"B9": None, "C9": "Xã Bằng Thành"})
    assert "unit_not_asked" in reasons(draft)
    assert desk.changed({"B9": None, "C9": "Xã Bằng Thành"}, answers={"E9": "Bỏ qua"}).clean


def test_in_a_roster_of_ticks_a_blank_is_one_question(desk):
    cells: dict[str, object] = {f"{column}{row}": "x" for column in "EGI" for row in range(9, 24)}
    cells |= {"E9": None, "G9": None, "I9": None, "I10": None}
    draft = desk.changed(cells)
    asked = {d.indicator: [c.address for c in d.cells] for d in draft.open_doubts}
    assert asked == {"1": ["E9"], "3": ["I9", "I10"]}
    choice = ("Chưa có số liệu", "Không")
    assert all(d.choices == choice for d in draft.doubts)
    no = desk.changed(cells, answers={"E9": "Không", "I9": "Không"})
    assert no.clean
    assert [reading(no, "3", code).numerator for code in (TOWN, NEXT)] == [0, 0]
    unknown = desk.changed(cells, answers={"E9": "Không", "I9": "Chưa có số liệu"})
    assert unknown.clean
    assert not reported(unknown, "3", TOWN)
    assert "units_missing" in reasons(unknown)


def test_working_well_presumes_working(desk):
    draft = desk.changed({"E9": "Không", "E10": None})
    assert [p.at.address for p in draft.problems] == ["G9", "G10"]
    assert {"base_denied", "base_unknown"} <= reasons(draft)
    fine = desk.changed({"E9": "Không", "G9": None})
    assert fine.verdict == "accept", sentences(fine)


def test_a_figure_of_the_whole_district_is_kept_as_its_own(desk):
    cells: dict[str, object] = {"A24": None, **{f"{c}24": None for c in "EGIKLM"}}

    def district(book):
        sheet = book[COMMUNES]
        sheet.unmerge_cells("A24:C24")
        for address, value in (cells | {"C24": "Huyện Ba Bể", "E24": 13, "K24": 120, "L24": 150}).items():
            sheet[address] = value
        sheet["K9"], sheet["L9"] = None, None

    draft = desk.read(edit(desk.filled(), district))
    assert draft.clean
    assert fraction(draft, "4", "061") == (120, 150)
    assert fraction(draft, "1", "061") == (13, 15)
    assert {"own_figure", "own_figure_differs"} <= reasons(draft)


def test_a_typed_total_over_blank_communes_is_the_districts_own(desk):
    blanks = {f"{c}{row}": None for c in "KLM" for row in range(9, 24)}
    draft = desk.changed({**blanks, "K24": 120, "L24": 150})
    assert draft.clean
    assert fraction(draft, "4", "061") == (120, 150)


def held(indicator, unit, quarter, n, d):
    return Reading(indicator, unit, quarter, Decimal(n), Decimal(d), None, State.REPORTED,
                   date(2022, 3, 14), Cell("x", "A1"))  # fmt: skip


def test_a_cumulative_figure_that_falls_is_a_question(desk):
    content = desk.filled(quarter=Quarter(2022, 2))
    before = (held("9", "061", Q1, 9, 10),)
    draft = desk.read(content, held=before)
    assert reasons(draft) == {"cumulative_fell"}
    kept = desk.read(content, held=lambda plan: before, answers={f"{DISTRICT}!G8": "Giữ số mới"})
    assert kept.clean
    assert reading(kept, "9", "061").numerator == 8


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file(desk):
    draft = desk.changed({f"{DISTRICT}!G9": "abc", "B9": None, "C9": "Xã Lạ", "K12": -1, "E11": 7, "K11": 11})
    places = [str(p.at) for p in draft.problems]
    assert places == [
        f"{DISTRICT}!G9",
        f"{COMMUNES}!C9",
        f"{COMMUNES}!E11",
        f"{COMMUNES}!K11",
        f"{COMMUNES}!K12",
    ]
    assert all(
        line.startswith("Trang “") for line in sentences(draft).splitlines() if "hưa có số liệu" not in line
    )


# Whatever is filled in comes back.

fractions = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(sorted).map(tuple)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_figures_filled_in_are_read_back(desk, data):
    figures: dict[tuple[str, str], object] = {}
    for duty in desk.reporter().duties:
        key = duty.indicator, duty.unit
        if duty.indicator in {"1", "3"}:
            figures[key] = data.draw(st.sampled_from((True, False, None)))
        elif duty.indicator == "2":
            figures[key] = data.draw(st.booleans()) if figures["1", duty.unit] else None
        else:
            figures[key] = data.draw(st.none() | fractions.filter(lambda f: f[1] > 0 or f[0] == 0))
    draft = desk.read(workbook.fill(desk.blank(), figures))
    if not any(v is not None for v in figures.values()):
        assert reasons(draft) == {"nothing_reported"}
        return
    assert draft.clean, sentences(draft)
    found = {(r.indicator, r.unit): r for r in draft.readings}
    for key, figure in figures.items():
        if figure is None:
            assert key not in found
        elif isinstance(figure, bool):
            assert found[key].numerator == int(figure)
        else:
            assert fraction(draft, *key) == figure


def test_a_reporter_may_have_many_units_of_other_shapes(desk, plan, plans, directory, units):
    reporter = Reporter("X", "Phòng X", tuple(d for d in desk.reporter("061").duties if d.indicator == "4"))
    assert workbook.blank(plan, units, reporter, Q1)
