"""An office's own sheets: several tables, groups, strange headings and letters, and what the preview shows of them."""

from __future__ import annotations

import pytest

from kpi.model import Quarter
from kpi.problems import (
    HeadingUnclear,
    IndicatorUnclear,
    QuarterUnclear,
    ReporterUnclear,
    UnitUnclear,
    Why,
    reason,
)
from kpi.store import Store, UncleanDraftError
from kpi.vi import traces as words
from tests.filled import LAN
from tests.sheets import Q1, edit, fraction, reading, reasons, reported, sentences, sheet_of

TITLE = ("BÁO CÁO KẾT QUẢ QUÝ I/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
POST = ("Đơn vị gửi: Bưu điện tỉnh",)
TRACH, LOC = "01891", "01894"


def own(*rows, over=(TITLE, BA_BE)) -> bytes:
    return sheet_of(*over, *rows)


def traced(draft, why) -> list[str]:
    return [trace.area for trace in draft.traces if trace.why is why]


# Tables.


def test_two_tables_on_one_sheet_are_each_read_under_their_own_heading(desk):
    draft = desk.read(
        own(
            ("STT", "Đơn vị", "(1)", "(3)"),
            (1, "Xã Bành Trạch", "Có", "Không"),
            (2, "Xã Phúc Lộc", "Có", "Có"),
            (),
            ("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số"),
            ("A", "B", 1, 2),
            (1, "Xã Bành Trạch", 5, 10),
            (),
            ("STT", "Chỉ tiêu", "Tử số", "Mẫu số"),
            (1, "(11) Hồ sơ trực tuyến", 3, 4),
        )
    )
    assert draft.clean, sentences(draft)
    assert fraction(draft, "4", TRACH) == (5, 10)
    assert fraction(draft, "11", "061") == (3, 4)
    assert reading(draft, "3", LOC).numerator == 1
    assert traced(draft, Why.HEADING) == ["A3:D3", "A7:D7", "A11:D11"]


def test_the_unit_stands_in_the_column_of_communes_and_not_in_that_of_districts_above_it(desk):
    heads = ("STT", "Huyện", "Xã", "(4) Tử số", "(4) Mẫu số")
    draft = desk.read(own(heads, (1, "Ba Bể", "Bành Trạch", 5, 10), (2, "Ba Bể", "Phúc Lộc", 6, 10)))
    assert draft.clean, sentences(draft)
    assert (fraction(draft, "4", TRACH), fraction(draft, "4", LOC)) == ((5, 10), (6, 10))


def test_a_group_and_a_sum_of_groups_are_added_up_again(desk):
    rows = (
        ("STT", "Đơn vị", "(6) Tử số", "(6) Mẫu số"),
        ("A", "Vùng thấp", 9, 30),
        (1, "Huyện Ba Bể", 3, 10),
        (2, "Huyện Na Rì", 5, 20),
        ("B", "Vùng cao", 4, 10),
        (1, "Huyện Pác Nặm", 4, 10),
        (None, "Cộng A + B", 12, 41),
    )
    draft = desk.read(own(*rows, over=(TITLE, ROOM)))
    assert draft.clean, sentences(draft)
    said = [(n.at.address, n.found, n.computed) for n in draft.notices if reason(n) == "total_differs"]
    assert said == [("C4", "9", "8"), ("D9", "41", "40")]
    assert (traced(draft, Why.GROUP), traced(draft, Why.SUBTOTAL)) == (["A4:D4", "A7:D7"], ["B9:D9"])


def test_a_subtotal_inside_a_part_counts_for_the_part_too(desk):
    rows = (
        ("STT", "Đơn vị", "(6) Tử số", "(6) Mẫu số"),
        ("A", "Miền Đông", 9, 40),
        ("I", "Vùng thấp", 3, 10),
        (1, "Huyện Ba Bể", 3, 10),
        ("II", "Vùng cao", 5, 30),
        (1, "Huyện Na Rì", 5, 30),
    )
    draft = desk.read(own(*rows, over=(TITLE, ROOM)))
    said = [(n.at.address, n.computed) for n in draft.notices if reason(n) == "total_differs"]
    assert said == [("C4", "8")]


@pytest.mark.parametrize(
    "words", ["I. Vùng thấp", "A - Các huyện phía Đông", "PHẦN I: VÙNG THẤP", "II) Vùng cao"]
)
def test_a_group_may_be_named_in_one_cell_with_its_number(desk, words):
    heads = ("Đơn vị", "(6) Tử số", "(6) Mẫu số")
    draft = desk.read(own(heads, (words, 4, 10), ("H. Ba Bể", 3, 10), over=(TITLE, ROOM)))
    assert draft.clean, sentences(draft)
    assert traced(draft, Why.GROUP) == ["A4:C4"]
    assert "total_differs" in reasons(draft)
    assert fraction(draft, "6", "061") == (3, 10)


def test_words_merged_over_the_table_are_a_title_and_no_unit(desk):
    rows = (("Đơn vị", "(6) Tử số", "(6) Mẫu số"), ("Huyện Ba Bè và Huyện Na Rí",), ("Ba Bể", 3, 10))
    content = edit(own(*rows, over=(TITLE, ROOM)), lambda book: book.active.merge_cells("A4:C4"))
    draft = desk.read(content)
    assert draft.clean, sentences(draft)
    assert traced(draft, Why.WORDS) == ["A4"]


# What the preview shows.


def test_every_cell_is_accounted_for(desk):
    content = own(
        ("STT", "Đơn vị", "(1)", "Kế hoạch", "(1) quý trước", "Dân số", "Ghi chú"),
        ("A", "B", 1, 2, 3, 4, 5),
        (1, "Xã Bành Trạch", "Có", 1, "Có", None, "đã kiểm tra"),
        (2, "Xã Lạ", "Có", 1, "Có", None, None),
        (None, "Tổng cộng", 2),
        ("Ghi chú: đã đối chiếu",),
        (None, None, None, "Ba Bể, ngày 20 tháng 3 năm 2022"),
        (None, "Người lập biểu"),
    )
    draft = desk.read(content)
    whys = {trace.why for trace in draft.traces}
    assert {Why.TITLE, Why.HEADING, Why.INDEX, Why.FIGURE, Why.NAME, Why.ORDER, Why.ROW, Why.TOTAL, Why.REMARKS,
            Why.SIGNATURE, Why.WRONG} <= whys  # fmt: skip
    (excerpt,) = draft.excerpts
    kinds = draft.kinds(excerpt)
    filled = [(r, c) for r, row in enumerate(excerpt.rows) for c, text in enumerate(row) if text]
    assert all(kinds[r][c] for r, c in filled)
    assert kinds[4] == ["skipped", "read", "read", "skipped", "skipped", None, "skipped"]
    assert kinds[5][1] == "unknown"
    assert {words.KIND[trace.kind] for trace in draft.traces} == set(words.KIND.values())
    assert all(words.trace(trace).startswith("Trang “Biểu 01”") for trace in draft.traces)


def test_a_sheet_that_is_hidden_or_has_no_table_is_named(desk):
    def more(book):
        book.create_sheet("Bìa").append(["BÁO CÁO"])
        book.create_sheet("Cũ").append(["x"])
        book["Cũ"].sheet_state = "hidden"

    draft = desk.read(edit(own(("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có")), more))
    assert {t.sheet: t.why for t in draft.traces if not t.area} == {
        "Bìa": Why.NO_TABLE,
        "Cũ": Why.HIDDEN_SHEET,
    }


def test_an_answer_that_leaves_cells_out_turns_them_grey(desk):
    content = own(("STT", "Đơn vị", "(1)", "(7) Tử số", "(7) Mẫu số"), (1, "Xã Bành Trạch", "Có", 3, 4))
    assert traced(desk.read(content), Why.ASKED) == ["D4", "E4"]
    left = desk.read(content, answers={"D4": "Bỏ qua"})
    assert (traced(left, Why.ASKED), traced(left, Why.LEFT_OUT)) == ([], ["D4", "E4"])


# Where things belong.

POSTS = (("STT", "Huyện", "Điểm có người trực", "Tổng điểm"), (1, "Ba Bể", 19, 20), (2, "Na Rì", 18, 20))


def settle(desk, content, **asked):
    """Answers the first open question with each choice in `asked`, by its first cell."""
    return desk.read(content, answers=asked)


def test_a_heading_that_says_nothing_is_asked_about_while_something_has_no_column(desk):
    draft = desk.read(own(*POSTS, over=(TITLE, POST)))
    assert [type(d) for d in draft.open_doubts] == [HeadingUnclear, HeadingUnclear]
    assert [d.at.address for d in draft.doubts] == ["C3", "D3"]
    over, under = draft.doubts[0].choices[:2]
    assert over == "(7) Điểm bưu chính có người phục vụ – Tử số"
    settled = settle(desk, own(*POSTS, over=(TITLE, POST)), C3=over, D3=under)
    assert settled.clean, sentences(settled)
    assert fraction(settled, "7", "061") == (19, 20)
    assert settled.placed == {
        ("heading_unclear", "diem co nguoi truc"): over,
        ("heading_unclear", "tong diem"): under,
    }
    twice = settle(desk, own(*POSTS, over=(TITLE, POST)), C3=over, D3=over)
    assert "indicator_twice" in reasons(twice)


def test_a_column_that_nobody_asks_for_is_only_named(desk):
    heads = ("STT", "Đơn vị", "(1)", "(2)", "(3)", "(4) Tử số", "(4) Mẫu số", "Dân số")
    draft = desk.read(own(heads, (1, "Xã Bành Trạch", "Có", "Có", "Có", 5, 10, 3000)))
    assert draft.clean, sentences(draft)
    assert "column_ignored" in reasons(draft)
    assert traced(draft, Why.COLUMN) == ["H4"]


def test_a_row_that_names_no_indicator_is_asked_about(desk):
    content = own(("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, "Hồ sơ qua mạng", 3, 4), (2, "(12)", 1, 2))
    (doubt,) = desk.read(content).open_doubts
    assert isinstance(doubt, IndicatorUnclear)
    assert "(12) Cuộc họp trực tuyến" not in doubt.choices
    settled = desk.read(content, answers={"B4": "(11) Hồ sơ trực tuyến"})
    assert settled.clean, sentences(settled)
    assert fraction(settled, "11", "061") == (3, 4)


def test_what_was_settled_is_kept_with_the_upload_and_offered_to_the_same_reporter(desk, tmp_path):
    with Store(tmp_path / "kpi.duckdb") as store:
        content = own(*POSTS, over=(TITLE, POST))
        over, under = desk.read(content).doubts[0].choices[:2]
        store.keep(settle(desk, content, C3=over, D3=under), LAN)
        assert store.mappings.choices("bac-kan-2022", "061") == {}
        (first, _) = store.mappings.settled("bac-kan-2022", "BDT")
        assert (first.choice, first.person) == (over, "Lan")
        second = own(*POSTS[:2], over=(("BÁO CÁO QUÝ II/2022",), POST))
        offered = desk.read(second, remembered=store.mappings.choices)
        assert offered.clean, sentences(offered)
        assert fraction(offered, "7", "061") == (19, 20)
        assert offered.answers == {"Biểu 01!C3": over, "Biểu 01!D3": under}
        assert f"“Tổng điểm”: đã chọn sẵn “{under}” như lần nạp trước; có thể đổi." in sentences(offered)
        changed = desk.read(second, remembered=store.mappings.choices, answers={"C3": "Bỏ qua"})
        assert not reported(changed, "7", "061")
        store.keep(offered, LAN)
        assert store.verify() == []


def test_the_newest_choice_counts(desk, tmp_path):
    heads = ("STT", "Đơn vị", "(1)", "Trạm số hóa")
    with Store(tmp_path / "kpi.duckdb") as store:
        for title, choice in (
            ("QUÝ I/2022", "Bỏ qua"),
            ("QUÝ II/2022", "(3) Đài truyền thanh ứng dụng CNTT-VT – Kỳ này"),
        ):
            content = own(heads, (1, "Xã Bành Trạch", "Có", 1), over=((f"BÁO CÁO {title}",), BA_BE))
            draft = desk.read(content, answers={"D3": choice}, remembered=store.mappings.choices)
            assert draft.clean, sentences(draft)
            store.keep(draft, LAN)
        assert store.mappings.choices("bac-kan-2022", "061") == {("heading_unclear", "tram so hoa"): choice}


# Whose, and for when.


def test_a_title_that_disagrees_with_what_was_chosen_is_a_question(desk):
    content = own(
        ("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có"), over=(TITLE, ("Đơn vị gửi: UBND huyện Na Rì",))
    )
    draft = desk.read(content, reporter="061", quarter=Q1)
    assert ReporterUnclear in {type(d) for d in draft.open_doubts}
    assert QuarterUnclear not in {type(d) for d in draft.open_doubts}


def test_two_titles_of_different_quarters_are_a_question_even_when_nobody_chose(desk):
    second = (("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, "(11)", 3, 4))

    def more(book):
        sheet = book.create_sheet("Biểu 02")
        for row in (("BÁO CÁO KẾT QUẢ QUÝ II/2022",), *second):
            sheet.append(row)

    content = edit(own(("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có")), more)
    (doubt,) = (d for d in desk.read(content).open_doubts if isinstance(d, QuarterUnclear))
    assert doubt.choices == ("Quý I/2022", "Quý II/2022", "Để tôi sửa tệp")
    settled = desk.read(content, answers={str(doubt.at): "Quý II/2022"})
    assert {str(r.quarter) for r in settled.readings} == {"2022-Q2"}


def test_the_key_of_a_form_outweighs_what_was_chosen_only_where_that_is_wanted(desk):
    chosen = desk.read(desk.filled(), reporter="060", quarter=Q1, form_decides=True)
    assert (chosen.verdict, chosen.reporter.code) == ("accept", "061")
    assert reasons(desk.read(desk.filled(), reporter="060", quarter=Q1)) == {"reporter_disagrees"}


# Letters and digits that are not what they seem.


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Xã Bành Тrạch", "Т"), ("Xã Bành Trạсh", "с"), ("Xã Βành Trạch", "Β"), ("Xã \u202eBành Trạch", "")],
)
def test_letters_of_other_scripts_and_turned_text_are_refused_with_the_reason(desk, name, letters):
    draft = desk.read(own(("STT", "Đơn vị", "(1)"), (1, name, "Có"), (2, "Xã Phúc Lộc", "Có")))
    (problem,) = draft.problems
    assert (reason(problem), problem.at.address, problem.letters) == ("foreign_letters", "B4", letters)
    assert reported(draft, "1", LOC)
    assert "gõ lại bằng bàn phím" in sentences(draft)


def test_they_are_refused_in_headings_titles_and_values_too(desk):
    row = (1, "Xã Bành Trạch", "Có")
    heading = desk.read(own(("STT", "Đơn vị", "(1) Тrạm truyền thanh"), row))
    title = desk.read(own(("STT", "Đơn vị", "(1)"), row, over=(("BÁO CÁO QUÝ І/2022",), BA_BE)))
    value = desk.read(own(("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "х")))
    for draft, at in ((heading, "C3"), (title, "A1"), (value, "C4")):
        assert ("foreign_letters", at) in [(reason(p), p.at and p.at.address) for p in draft.problems]


def test_a_width_of_zero_is_forgiven(desk):
    draft = desk.read(own(("STT", "Đơn\u200b vị", "(1)"), (1, "Xã\ufeff Bành\u200d Trạch", "C\u200bó")))
    assert draft.clean, sentences(draft)
    assert reported(draft, "1", TRACH)


@pytest.mark.parametrize(
    "raw", ["1_000", "１２", "1e999", "1e5", "inf", "NaN", "∞", "٣", "9" * 5000, "1" + "0" * 20, "0x1F", "½", "5²", 1e300, 10**15]
)  # fmt: skip
def test_what_only_python_calls_a_number_never_becomes_a_figure(desk, raw):
    for heads, row in (
        (("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, "(11)", raw, raw)),
        (("STT", "Chỉ tiêu", "Tỷ lệ (%)"), (1, "(11)", raw)),
    ):
        draft = desk.read(own(heads, row))
        assert draft.verdict == "refuse", sentences(draft)
        assert draft.readings == ()
        assert max(map(len, sentences(draft).splitlines())) < 600


def test_a_file_with_one_wrong_cell_keeps_nothing(desk, tmp_path):
    draft = desk.read(own(("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có"), (2, "Xã Phúc Lộc", "hỏng")))
    assert reported(draft, "1", TRACH)
    with Store(tmp_path / "kpi.duckdb") as store:
        with pytest.raises(UncleanDraftError):
            store.keep(draft, LAN)
        assert store.current("bac-kan-2022") == []
        assert store.uploads() == []


def test_a_name_of_two_units_is_remembered_too(coast):
    def content(quarter):
        over = (f"BÁO CÁO QUÝ {quarter}/2022",), ("Đơn vị gửi: Văn phòng Sở",)
        return own(("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số"), (1, "Phước Hưng", 5, 10), over=over)

    (doubt,) = coast.read(content("I")).open_doubts
    assert isinstance(doubt, UnitUnclear)
    settled = coast.read(content("I"), answers={"B4": doubt.choices[1]})
    again = coast.read(content("II"), remembered=lambda plan, reporter: settled.placed)
    assert again.clean, sentences(again)
    assert reported(again, "4", "26677")


# Columns beside the figures: of a plan, of a share, of other times, of other counts.

Q4 = Quarter(2022, 4)
LAST = (("BÁO CÁO KẾT QUẢ QUÝ IV/2022",), BA_BE)


@pytest.mark.parametrize("planned", ["Kế hoạch", "Chỉ tiêu giao", "KH năm"])
@pytest.mark.parametrize(
    "heading", ["Tỷ lệ đạt (%)", "% đạt", "% hoàn thành", "Tỷ lệ thực hiện so với kế hoạch", "Tỷ lệ đạt"]
)
def test_how_much_of_a_plan_was_done_is_no_share(desk, planned, heading):
    heads = ("STT", "Chỉ tiêu", "ĐVT", planned, "Thực hiện", heading)
    draft = desk.read(own(heads, (1, "(11) Hồ sơ trực tuyến", "%", "25%", "5/50", "40%")))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == (5, 50)
    assert "F4" in " ".join(traced(draft, Why.TARGET))
    bare = desk.read(own(heads, (1, "(11) Hồ sơ trực tuyến", "%", "25%", "20%", "80%")))
    assert reading(bare, "11", "061").value == 20, sentences(bare)


def test_beside_a_plan_alone_how_much_was_done_is_asked_about(desk):
    heads = ("STT", "Chỉ tiêu", "Kế hoạch", "Tỷ lệ đạt (%)")
    draft = desk.read(own(heads, (1, "(11) Hồ sơ trực tuyến", "25%", "80%")))
    assert not reported(draft, "11", "061")
    assert "heading_unclear" in reasons(draft), sentences(draft)


@pytest.mark.parametrize(
    ("result", "share", "says"),
    [
        ("5/50", 10, None),
        ("5/50", "10%", None),
        ("5/50", "-", None),
        ("5/50", 12, "ratio_disagrees"),
        ("5/50", "20%", "ratio_disagrees"),
        (12, "5/50", "ratio_disagrees"),
        ("20%", "12%", "ratio_disagrees"),
        (5, "10%", "part_missing"),
    ],
)
def test_a_fraction_beside_a_share_is_what_is_read(desk, result, share, says):
    heads = ("STT", "Chỉ tiêu", "Kết quả", "Tỷ lệ (%)")
    draft = desk.read(own(heads, (1, "(11) Hồ sơ trực tuyến", result, share)))
    if says:
        assert says in reasons(draft), sentences(draft)
        assert not reported(draft, "11", "061")
    else:
        assert fraction(draft, "11", "061") == (5, 50), sentences(draft)


def test_a_whole_and_what_was_done_beside_a_share_are_its_parts(desk):
    row = (1, "(11) Hồ sơ trực tuyến", 50, 5, "10%")
    heads = ("STT", "Chỉ tiêu", "Tổng số", "Thực hiện", "Tỷ lệ")
    assert fraction(desk.read(own(heads, row)), "11", "061") == (5, 50)
    assert "ratio_disagrees" in reasons(desk.read(own(heads, (*row[:4], "12%"))))
    wide = (("STT", "Đơn vị", "(11)"), (None, None, "Tổng số", "Thực hiện", "Tỷ lệ"))
    content = own(*wide, (1, "Huyện Ba Bể", 50, 5, "10%"))
    draft = desk.read(edit(content, lambda book: book.active.merge_cells("C3:E3")))
    assert fraction(draft, "11", "061") == (5, 50), sentences(draft)
    assert "part_missing" in reasons(desk.read(own(heads, (*row[:2], "50 xã", 5, "10%"))))


@pytest.mark.parametrize(
    "heads",
    [
        ("Thực hiện quý III/2022", "Thực hiện quý IV/2022"),
        ("Quý III/2022", "Quý IV/2022"),
        ("Quý III", "Quý IV"),
        ("Thực hiện năm 2021", "Thực hiện"),
        ("Thực hiện quý IV/2021", "Thực hiện quý IV/2022"),
        ("Lũy kế năm", "Thực hiện quý IV/2022"),
        ("Lũy kế năm 2022", "Quý này"),
        ("Thực hiện năm 2022", "Thực hiện quý 4"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_times_the_chosen_quarter_is_read(desk, heads, turned):
    cells = ("30/100", "3/10")
    row = (1, "(11) Hồ sơ trực tuyến", *(cells[::-1] if turned else cells))
    draft = desk.read(own(("STT", "Chỉ tiêu", *(heads[::-1] if turned else heads)), row, over=LAST))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == (3, 10)
    ignored = traced(draft, Why.EARLIER) + traced(draft, Why.OTHER_COUNT)
    assert ignored == ["D4" if turned else "C4"]


@pytest.mark.parametrize("times", [
    ("Quý trước", "Quý này"), ("Quý III", "Quý IV"), ("Quý III/2022", "Quý IV/2022"), ("Năm 2021", "Quý IV/2022"),
])  # fmt: skip
@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("long", [False, True])
def test_the_heading_over_a_group_decides_the_time(desk, times, merged, long):
    first, name = ("Chỉ tiêu", "(11) Hồ sơ trực tuyến") if long else ("Đơn vị", "Huyện Ba Bể")
    parts = ("Tử số", "Mẫu số") if long else ("(11) Tử số", "(11) Mẫu số")
    rows = (
        ("STT", first, times[0], None, times[1]),
        (None, None, *parts, *parts),
        (1, name, 30, 100, 3, 10),
    )

    def merge(book):
        for area in ("C3:D3", "E3:F3") if merged else ():
            book.active.merge_cells(area)

    draft = desk.read(edit(own(*rows, over=LAST), merge))
    assert draft.clean, sentences(draft)
    assert fraction(draft, "11", "061") == (3, 10)
    assert traced(draft, Why.EARLIER) == ["C5:D5"]


def test_another_year_over_a_group_is_another_times(desk):
    rows = (
        ("STT", "Chỉ tiêu", "Năm 2021", None, "Năm 2022"),
        (None, None, "Tử số", "Mẫu số", "Tử số", "Mẫu số"),
        (1, "(9) TTHC qua BCCI cấp huyện", 30, 100, 3, 10),
    )
    for over in ((TITLE, BA_BE), LAST):
        draft = desk.read(own(*rows, over=over))
        assert fraction(draft, "9", "061") == (3, 10), sentences(draft)
        assert traced(draft, Why.EARLIER) == ["C5:D5"]


@pytest.mark.parametrize(
    ("number", "heads"),
    [
        ("11", ("Lũy kế",)),
        ("11", ("Lũy kế năm 2022",)),
        ("11", ("Thực hiện năm 2022",)),
        ("9", ("Phát sinh",)),
        ("9", ("Thực hiện trong quý",)),
        ("9", ("Phát sinh trong quý",)),
    ],
)
def test_a_count_of_the_other_kind_is_never_kept(desk, number, heads):
    draft = desk.read(own(("STT", "Chỉ tiêu", *heads), (1, f"({number})", "3/10"), over=LAST))
    assert not reported(draft, number, "061")
    assert "other_count" in reasons(draft), sentences(draft)


@pytest.mark.parametrize(
    ("number", "heads"),
    [
        ("11", ("Tử số", "Mẫu số lũy kế")),
        ("11", ("Tử số phát sinh", "Mẫu số lũy kế")),
        ("9", ("Tử số trong quý", "Mẫu số lũy kế")),
    ],
)
def test_parts_of_two_counts_are_never_put_together(desk, number, heads):
    draft = desk.read(own(("STT", "Chỉ tiêu", *heads), (1, f"({number})", 3, 10), over=LAST))
    assert not reported(draft, number, "061")
    assert draft.problems, sentences(draft)
