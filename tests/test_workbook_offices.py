"""Sheets as offices patch them together: tables side by side, rows like headings, totals, what is hidden, several at once."""

from __future__ import annotations

import pytest

from kpi import vi
from kpi.problems import HiddenRows, TablesBeside, TotalDiffers, Why
from kpi.store import Store, UncleanDraftError
from tests.filled import LAN
from tests.sheets import edit, fraction, reading, reasons, reported, sentences, sheet_of

TITLE = ("BÁO CÁO KẾT QUẢ QUÝ I/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
TRACH, LOC = "01891", "01894"
ROSTER = ("STT", "Đơn vị", "(1)", "Ghi chú")
LONG = ("STT", "Chỉ tiêu", "Huyện", "Tử số", "Mẫu số")


def own(*rows, over=(TITLE, BA_BE)):
    return sheet_of(*over, *rows)


# Two tables side by side.


@pytest.mark.parametrize(
    ("row", "at"),
    [
        ((1, "Xã Bành Trạch", "Có", None, 1, None, "Không"), "F4"),
        ((1, None, "Có", None, 1, "Xã Bành Trạch", "Không"), "F4"),
    ],
)
def test_a_unit_on_one_side_only_does_not_speak_for_the_other(desk, row, at):
    heads = ("STT", "Xã", "(1)", None, "STT", "Xã", "(3)")
    draft = desk.read(own(heads, row))
    assert [str(p.at) for p in draft.problems if isinstance(p, TablesBeside)] == [f"Biểu 01!{at}"]


def test_a_side_that_has_no_column_of_units_is_about_the_units_of_the_row(desk):
    heads = ("STT", "Xã", "(1)", None, "STT", "(3)")
    draft = desk.read(own(heads, (1, "Xã Bành Trạch", "Có", None, 1, "Không")))
    assert draft.clean, sentences(draft)
    assert reading(draft, "1", TRACH).numerator == 1
    assert reading(draft, "3", TRACH).numerator == 0


# Rows that look like something else.


@pytest.mark.parametrize(
    "row",
    [
        ("Đơn vị: Xã Phúc Lộc", "Quý I/2022"),
        (None, "Đơn vị: Xã Phúc Lộc", None, "Quý I/2022"),
        (None, "Đơn vị: Xã Phúc Lộc", "Có", "Quý I/2022"),
        (None, "Đơn vị Phúc Lộc", None, "Quý I/2022"),
        ("Đơn vị gửi: UBND xã Phúc Lộc", None, "Quý I/2022"),
    ],
)
def test_a_row_of_a_roster_that_looks_like_a_heading_is_never_passed_over(desk, row):
    draft = desk.read(own(ROSTER, (1, "Xã Bành Trạch", "Có"), row, (3, "Xã Hà Hiệu", "Có")))
    assert reported(draft, "1", TRACH)
    assert draft.problems or "row_ignored" in reasons(draft), sentences(draft)


@pytest.mark.parametrize(
    ("labels", "compared"),
    [
        ((None, "Tổng cộng", None), ["D6"]),
        ((3, "(6)", "Tổng cộng"), ["D6"]),
        ((3, "(6)", "Toàn tỉnh"), ["D6"]),
    ],
)
def test_a_total_in_a_table_with_a_row_per_indicator_is_no_figure(desk, labels, compared):
    rows = ((1, "(6)", "Ba Bể", 3, 10), (2, "(6)", "Na Rì", 5, 20), (*labels, 9, 30))
    draft = desk.read(own(LONG, *rows, over=(TITLE, ROOM)))
    assert draft.clean, sentences(draft)
    assert {r.unit for r in draft.readings} == {"061", "066"}
    assert [t.area.split(":")[1] for t in draft.traces if t.why is Why.TOTAL] == ["E6"]
    assert [n.at.address for n in draft.notices if isinstance(n, TotalDiffers)] == compared


def test_a_total_under_a_name_of_its_own_is_asked_about(desk):
    rows = ((1, "(6)", "Ba Bể", 3, 10), (2, "Tổng cộng (6)", None, 3, 10))
    draft = desk.read(own(LONG, *rows, over=(TITLE, ROOM)))
    assert not draft.problems, sentences(draft)
    assert [str(d.at) for d in draft.open_doubts] == ["Biểu 01!B5"]


def test_groups_of_a_table_with_a_row_per_indicator_are_passed_over(desk):
    rows = (("I", "Hạ tầng"), (1, "(6)", "Ba Bể", 3, 10), ("II", "Bưu chính"), (2, "(6)", "Na Rì", 5, 20))
    draft = desk.read(own(LONG, *rows, over=(TITLE, ROOM)))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "6", "066") == (5, 20)
    assert [t.area for t in draft.traces if t.why is Why.GROUP] == ["A4:B4", "A6:B6"]


# What is hidden, and what runs.


def test_a_hidden_column_is_read_like_any_other(desk):
    def hide(book):
        book.active.column_dimensions["D"].hidden = True

    draft = desk.read(edit(own(("STT", "Đơn vị", "(1)", "(3)"), (1, "Xã Bành Trạch", "Có", "Không")), hide))
    assert draft.clean, sentences(draft)
    assert reading(draft, "3", TRACH).numerator == 0


def test_every_hidden_row_of_a_unit_is_named_once(desk):
    def hide(book):
        for row in (2, 4, 6):
            book.active.row_dimensions[row].hidden = True

    rows = ((1, "Xã Bành Trạch", "Có"), (2, "Xã Phúc Lộc", "Có"), (3, "Xã Hà Hiệu", "Có"))
    draft = desk.read(edit(own(ROSTER, *rows), hide))
    assert draft.clean, sentences(draft)
    assert reported(draft, "1", TRACH)
    said = [vi.notice(n) for n in draft.notices if isinstance(n, HiddenRows)]
    assert said == ["Trang “Biểu 01”, ô A4: các dòng ẩn vẫn được đọc: 4, 6."]


# Several sheets.


def two_sheets(figure):
    """A roster, and a second sheet with one indicator of the district in C4."""

    def more(book):
        sheet = book.create_sheet("Biểu 02")
        for row in (TITLE, BA_BE, ("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, "(11)", figure, 4)):
            sheet.append(row)

    return edit(own(ROSTER, (1, "Xã Bành Trạch", "Có"), (2, "Xã Phúc Lộc", "Không")), more)


def test_a_workbook_with_one_refused_sheet_keeps_nothing_and_mended_keeps_all(desk, tmp_path):
    draft = desk.read(two_sheets("nhiều"))
    assert [str(p.at) for p in draft.problems] == ["Biểu 02!C4"]
    assert {t.sheet for t in draft.traces if t.why is Why.FIGURE} == {"Biểu 01", "Biểu 02"}
    with Store(tmp_path / "kpi.duckdb") as store:
        with pytest.raises(UncleanDraftError):
            store.keep(draft, LAN)
        assert (store.uploads(), store.current("bac-kan-2022")) == ([], [])
        store.keep(desk.read(two_sheets(3)), LAN)
        kept = {(r.indicator, r.unit) for r in store.current("bac-kan-2022")}
    assert kept == {("1", TRACH), ("1", LOC), ("11", "061")}


def test_the_same_figure_in_two_sheets_is_kept_once_and_another_is_refused(desk):
    for word, why in (("Có", "same_twice"), ("Không", "unit_twice")):

        def more(book, word=word):
            sheet = book.create_sheet("Biểu 02")
            for row in (TITLE, BA_BE, ROSTER, (1, "Xã Bành Trạch", word)):
                sheet.append(row)

        draft = desk.read(edit(own(ROSTER, (1, "Xã Bành Trạch", "Có")), more))
        assert why in reasons(draft), sentences(draft)
        assert "(ô C4, trang “Biểu 01”)" in sentences(draft) or "và ô C4, trang “Biểu 01”" in sentences(draft)
